"""Pair rules on a frame: distinct lines meet distinct other lines, and each line takes the strongest outcome."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook import AddOnFact
from claimrules.engine.frame import around
from claimrules.engine.frame.around import NO_BYTE, OUTCOME, SEQ, Looked
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.line_rules import table_of
from claimrules.engine.frame.verdicts import byte_of, missing, severity, verdict
from claimrules.engine.outcomes import BYPASSED, FIRED, NOT_APPLICABLE, PASSED, unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.expr.nodes import Constant, names
from claimrules.expr.to_frame import FrameWriter
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Key, Relation, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_WEAK: Final = {BYPASSED: 2_000, PASSED: 3_000}
"""Above any unknown byte, so that the smallest strength is the strongest outcome; 0 is fired."""
PHYSICIAN: Final = ("line_provider", "line_group", "line_specialty")


class Pairing:
    """One pair rule on one frame."""

    def __init__(self, context: Context, lines: "Lazy", rule: Rule) -> None:
        """Find the lines, those that the rule concerns, and the others that they can meet."""
        self.context, self.rule, self.nw = context, rule, context.nw
        self.fields = around.fields_of(rule)
        self.writer = FrameWriter()
        self.by_physician = any(key.field.name == "physician" for key in rule.same)
        self.keys: tuple[Key, ...] = tuple(key for key in rule.same if key.field.name != "physician")
        self.key_names = [f"g_{index}" for index in range(len(self.keys) + len(context.extra))]
        self.ordered = any(str(field) == "other.seq" for field in names(rule.when, rule.unless))
        lines = around.of_concerned_codes(context, lines, rule, self.writer)
        lines = lines.with_columns(**around.key_expressions(context, self.keys))
        self.lines = lines
        self.mine = lines.filter(around.concerns(context, rule, self.writer))

    def known_keys(self) -> "Expr":
        """Whether every plain key of a line is known."""
        nw = self.nw
        known = nw.lit(value=True)
        for name in self.key_names[: len(self.keys)]:
            known = known & ~nw.col(name).is_null()
        if self.by_physician:
            own = ~nw.col(PHYSICIAN[0]).is_null()
            group = ~nw.col(PHYSICIAN[1]).is_null() & ~nw.col(PHYSICIAN[2]).is_null()
            known = known & (own | group)
        return known

    def columns(self, *, other: bool) -> list[str]:
        """The columns of one side: what its fields need."""
        schema = set(self.lines.collect_schema().names())
        found: dict[str, None] = dict.fromkeys(PHYSICIAN) if self.by_physician else {}
        fields = [
            f for f in self.fields if (f.namespace in PAIR_NAMESPACES) == other and f.namespace != "pair"
        ]
        for field in fields:
            if field.name != "seq":
                found.update(dict.fromkeys(_needed(field)))
        if self.rule.relation:
            found.update(dict.fromkeys(("line_code", "k_slot", "line_from_date", "line_setting")))
        if not other:
            found.update(dict.fromkeys((f"edition_{table_of(self.rule)}", "line_from_date", "line_setting")))
            if self.ordered:
                found[SEQ] = None
        return [name for name in found if name in schema]


def _needed(field: Field) -> tuple[str, ...]:
    """The columns that a field and the cause of its silence need."""
    from claimrules.engine.frame.context import line_columns  # noqa: PLC0415

    base = field.base
    if base.name in ("global_start", "global_end"):
        return (f"line_{base.name}", "line_from_date", "cause_fee_schedule")
    if base.namespace == "code":
        return (f"code_{base.name}", f"cause_{base.table}")
    if base.name in ("denied", "as_of"):
        return (f"{base.namespace}_{base.name}",)
    return tuple(sorted(line_columns((base,))))


def look(context: Context, lines: "Lazy", rule: Rule, number: int) -> Looked:
    """Judge one pair rule."""
    nw, pairing = context.nw, Pairing(context, lines, rule)
    mine_columns, other_columns = pairing.columns(other=False), pairing.columns(other=True)
    mine = context.backend.keep(pairing.mine)
    own = list(dict.fromkeys([*pairing.key_names, *mine_columns, *other_columns]))
    known = mine.filter(pairing.known_keys())
    distinct = _identified(pairing, known, own)
    others = _others(pairing, known, other_columns)
    met = _meet(pairing, distinct, others, mine_columns, other_columns)
    decided = _decide(pairing, context.backend.keep(met))
    said = distinct.join(decided, on="me", how="left") if decided is not None else distinct
    said = _outcomes(pairing, said)
    joined = _back(pairing, known, said, own)
    unknown_key, byte = _unknown(pairing)
    alone = around.told(
        nw,
        mine.filter(unknown_key),
        **{OUTCOME: byte},
        severity_rank=nw.lit(rule.severity.rank, nw.Int64),
        edition=nw.lit(""),
        other_seq=nw.lit(None, nw.Int64),
        other_count=nw.lit(0, nw.Int64),
    )
    return Looked(rule=rule, number=number, frame=nw.concat([joined, alone], how="vertical"))


def _filled(nw: Any, schema: Any, names_: Sequence[str]) -> dict[str, "Expr"]:
    """Join columns without nulls: each column as text, nulls as a text that nothing else is."""
    return {f"j_{name}": nw.col(name).cast(nw.String).fill_null("\x1f") for name in names_ if name in schema}


def _identified(pairing: Pairing, known: "Lazy", own: Sequence[str]) -> "Lazy":
    """The distinct lines, each with one text ``me`` that tells it apart."""
    nw = pairing.nw
    distinct = known.select(*own).unique()
    filled = _filled(nw, own, own)
    return distinct.with_columns(me=nw.concat_str(list(filled.values()), separator="\x1e"))


def _others(pairing: Pairing, known: "Lazy", columns: Sequence[str]) -> "Lazy":
    """The distinct other lines that share a key with a line concerned, with their number and order."""
    nw, keys = pairing.nw, pairing.key_names
    plain = keys[: len(pairing.keys)]
    reachable = (
        pairing.lines.join(known.select(*keys).unique(), on=keys, how="semi") if plain else pairing.lines
    )
    names_ = list(dict.fromkeys([*keys, *columns]))
    filled = _filled(nw, names_, names_)
    reachable = reachable.with_columns(it=nw.concat_str(list(filled.values()), separator="\x1e"))
    counted = (
        reachable.group_by("it")
        .agg(others=nw.len(), first_seq=nw.col(SEQ).min(), last_seq=nw.col(SEQ).max())
        .with_columns(others=nw.col("others").cast(nw.Int64))
    )
    first = reachable.join(counted, on="it", how="inner")
    second = first.filter(nw.col(SEQ) > nw.col("first_seq")).group_by("it").agg(second_seq=nw.col(SEQ).min())
    shapes = first.filter(nw.col(SEQ) == nw.col("first_seq")).join(second, on="it", how="left")
    wanted = ["it", "others", "first_seq", "last_seq", "second_seq"]
    renamed = {f"o_{name}": nw.col(name) for name in columns}
    return shapes.select(*wanted, **{f"p_{name}": nw.col(name) for name in keys}, **renamed)


def _meet(
    pairing: Pairing,
    distinct: "Lazy",
    others: "Lazy",
    mine_columns: Sequence[str],
    other_columns: Sequence[str],
) -> "Lazy":
    """Every distinct line beside every distinct other that shares its keys."""
    nw, keys = pairing.nw, pairing.key_names
    theirs = [f"p_{name}" for name in keys]
    names_ = list(dict.fromkeys([*keys, *other_columns]))
    filled = _filled(nw, names_, names_)
    distinct = distinct.with_columns(my_shape=nw.concat_str(list(filled.values()), separator="\x1e"))
    if not pairing.by_physician:
        return distinct.join(others, left_on=keys, right_on=theirs, how="inner")
    ways = ([PHYSICIAN[0]], [PHYSICIAN[1], PHYSICIAN[2]])
    parts = [
        distinct.join(
            others, left_on=[*keys, *way], right_on=[*theirs, *(f"o_{name}" for name in way)], how="inner"
        )
        for way in ways
    ]
    columns = ["me", "it"]
    pairs = nw.concat([part.select(*columns) for part in parts], how="vertical").unique()
    return pairs.join(distinct, on="me", how="inner").join(others, on="it", how="inner")


def _decide(pairing: Pairing, met: "Lazy") -> "Lazy":
    """For each distinct line the strongest outcome, its first proof and how many lines prove it."""
    nw, rule = pairing.nw, pairing.rule
    self_in = (nw.col("it") == nw.col("my_shape")).cast(nw.Int64)
    met = met.with_columns(self_in=self_in)
    if pairing.ordered:
        return _strongest(pairing, _split(pairing, met))
    met = met.filter(nw.col("others") > nw.col("self_in"))
    if rule.relation:
        met = _related(pairing, met)
    # Which of equal lines is the proof depends on the line itself: both first ones are kept.
    return _strongest(pairing, met.with_columns(o_line_seq=nw.col("first_seq")))


def _split(pairing: Pairing, met: "Lazy") -> "Lazy":
    """Where ``other.seq < line.seq`` tells equal lines apart: those before, and those after."""
    nw = pairing.nw
    before = met.filter(nw.col("first_seq") < nw.col(SEQ)).with_columns(o_line_seq=nw.col("first_seq"))
    after = met.filter(nw.col("last_seq") > nw.col(SEQ)).with_columns(o_line_seq=nw.col("last_seq"))
    return nw.concat([before, after], how="vertical")


def _strongest(pairing: Pairing, met: "Lazy") -> "Lazy":
    nw, rule, writer = pairing.nw, pairing.rule, pairing.writer
    byte = byte_of(nw, rule)
    if rule.other == "any":
        outcome = verdict(writer, rule, byte)
    else:
        unsure = missing(writer, (rule.when,), byte)
        no = nw.when(writer.false(rule.when)).then(nw.lit(FIRED, nw.Int64)).otherwise(unsure)
        outcome = nw.when(writer.true(rule.when)).then(nw.lit(PASSED, nw.Int64)).otherwise(no)
    if rule.relation:
        outcome = nw.when(nw.col("pair_unknown") > 0).then(nw.col("pair_unknown")).otherwise(outcome)
    met = met.with_columns(candidate=outcome, candidate_rank=severity(writer, rule))
    strength = nw.col("candidate")
    for plain, weak in _WEAK.items():
        strength = nw.when(nw.col("candidate") == plain).then(nw.lit(weak, nw.Int64)).otherwise(strength)
    decisive = FIRED if rule.other == "any" else PASSED
    met = met.with_columns(
        strength=nw.when(nw.col("candidate") == decisive).then(nw.lit(0, nw.Int64)).otherwise(strength),
        proof=nw.when(nw.col("candidate") == decisive).then(
            nw.col("first_seq") * 8 + nw.col("candidate_rank")
        ),
        second=nw.when(nw.col("candidate") == decisive).then(
            nw.col("second_seq") * 8 + nw.col("candidate_rank")
        ),
        is_self=nw.when((nw.col("candidate") == decisive) & (nw.col("self_in") == 1)).then(
            nw.lit(1, nw.Int64)
        ),
        proofs=nw.when(nw.col("candidate") == decisive).then(nw.col("others") - nw.col("self_in")),
    )
    own = nw.when(nw.col("is_self") == 1).then(nw.col("proof"))
    other = nw.when(nw.col("is_self").is_null()).then(nw.col("proof"))
    met = met.with_columns(
        own=own, elsewhere=other, own_second=nw.when(nw.col("is_self") == 1).then(nw.col("second"))
    )
    return met.group_by("me").agg(
        strength=nw.col("strength").min(),
        own=nw.col("own").min(),
        own_second=nw.col("own_second").min(),
        elsewhere=nw.col("elsewhere").min(),
        proofs=nw.col("proofs").sum(),
    )


def _related(pairing: Pairing, met: "Lazy") -> "Lazy":
    """Keep the candidates that stand in the published relation, and those of which it is unknown."""
    nw, rule = pairing.nw, pairing.rule
    columns = ["k_slot", "line_setting", "line_from_date", "line_code", "o_line_code"]
    backend = pairing.context.backend
    asked = met.select(*columns).unique().collect("pyarrow" if backend.name in ("duckdb", "spark") else None)
    rows = list(zip(*(asked[name].to_list() for name in columns), strict=True))
    texts = ("k_code", "k_other", "k_setting")
    found: dict[str, list[Any]] = {
        name: [] for name in ("k_slot", "k_day", *texts, "pair_modifier_indicator", "pair_unknown")
    }
    for slot, setting, day, code, other in rows:
        fact = _fact(pairing, slot, setting, day, code, other)
        if fact is None:
            continue
        unknown = unknown_byte(rule, INDICATOR, fact) if isinstance(fact, Cause) else 0
        values = (slot, day, code or "", other or "", setting, "" if unknown else fact, unknown)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    kinds = dict.fromkeys(found, "text") | {"k_slot": "number", "k_day": "date", "pair_unknown": "number"}
    table = backend.table(found, kinds).with_columns(pair_unknown=nw.col("pair_unknown").cast(nw.Int64))
    met = met.with_columns(
        k_code=nw.col("line_code").fill_null(""), k_other=nw.col("o_line_code").fill_null("")
    )
    on = ["k_slot", "line_setting", "line_from_date", "k_code", "k_other"]
    return met.join(
        table, left_on=on, right_on=["k_slot", "k_setting", "k_day", "k_code", "k_other"], how="inner"
    )


def _fact(
    pairing: Pairing, slot: int, setting: str, day: Any, code: str | None, other: str | None
) -> str | Cause | None:
    """The modifier indicator of a pair (blank for a primary), the cause that it is unknown, or ``None``."""
    lookup = pairing.context.resolver.slots[slot][1]
    rule = pairing.rule
    if setting not in tuple(Setting):
        return None
    if rule.relation is Relation.NCCI_PAIR:
        columns = (other, code) if rule.role == "column_2" else (code, other)
        fact = lookup.pair(*columns, day, Setting(setting))
        return fact if fact is None or isinstance(fact, Cause) else fact.modifier_indicator
    primaries = lookup.primaries(code, day)
    if isinstance(primaries, AddOnFact):
        return "" if other in primaries.primaries else None
    return primaries


def _outcomes(pairing: Pairing, said: "Lazy") -> "Lazy":
    """The outcome of each distinct line from the strongest of its candidates."""
    nw, rule, writer = pairing.nw, pairing.rule, pairing.writer
    strength = nw.col("strength")
    if rule.other == "any":
        outcome = strength
        for plain, weak in _WEAK.items():
            outcome = nw.when(strength == weak).then(nw.lit(plain, nw.Int64)).otherwise(outcome)
        outcome = nw.when(strength == 0).then(nw.lit(FIRED, nw.Int64)).otherwise(outcome)
        outcome = nw.when(strength.is_null()).then(nw.lit(PASSED, nw.Int64)).otherwise(outcome)
        outcome = around.covered(pairing.context, rule, outcome, keep=(FIRED, NOT_APPLICABLE))
    else:
        alone = _alone(pairing)
        outcome = around.covered(pairing.context, rule, alone, keep=())
        unknown = (strength > FIRED) & (strength < NO_BYTE)
        outcome = nw.when(unknown.fill_null(value=False)).then(strength).otherwise(outcome)
        outcome = (
            nw.when((strength == 0).fill_null(value=False)).then(nw.lit(PASSED, nw.Int64)).otherwise(outcome)
        )
    edition = nw.col(f"edition_{table_of(rule)}")
    kept = said.with_columns(**{OUTCOME: outcome}, edition=edition.fill_null(""))
    if rule.other == "none":
        return kept.with_columns(
            severity_rank=nw.lit(rule.severity.rank, nw.Int64)
            if not rule.severity_if
            else severity(writer, rule)
        )
    return kept


def _alone(pairing: Pairing) -> "Expr":
    """What a rule with other = "none" says where no candidate matches."""
    nw, rule, writer = pairing.nw, pairing.rule, pairing.writer
    parts = tuple(part for part in (rule.applies, rule.unless) if not isinstance(part, Constant))
    found = missing(writer, parts, byte_of(nw, rule)) if parts else nw.lit(FIRED, nw.Int64)
    fires = writer.true(rule.applies) & writer.false(rule.unless)
    found = nw.when(fires).then(nw.lit(FIRED, nw.Int64)).otherwise(found)
    return nw.when(writer.true(rule.unless)).then(nw.lit(BYPASSED, nw.Int64)).otherwise(found)


def _back(pairing: Pairing, known: "Lazy", said: "Lazy", own: Sequence[str]) -> "Lazy":
    """Join the outcomes of distinct lines back to the lines, each with its first proof."""
    nw, rule = pairing.nw, pairing.rule
    filled = _filled(nw, own, own)
    mine = known.with_columns(me=nw.concat_str(list(filled.values()), separator="\x1e")).select(SEQ, "me")
    columns = ["me", OUTCOME, "edition", "own", "own_second", "elsewhere", "proofs"]
    columns += ["severity_rank"] if rule.other == "none" else []
    joined = mine.join(said.select(*columns), on="me", how="inner")
    first = (nw.col("own") - nw.col(SEQ) * 8).fill_null(-1)
    among = nw.when((first >= 0) & (first < 8)).then(nw.col("own_second")).otherwise(nw.col("own"))  # noqa: PLR2004 (a rank is below eight)
    elsewhere = nw.col("elsewhere")
    joined = joined.with_columns(among=among)
    nearest = (
        nw.when(nw.col("among").is_null() | (elsewhere < nw.col("among")))
        .then(elsewhere)
        .otherwise(nw.col("among"))
    )
    joined = joined.with_columns(
        nearest=nw.when(elsewhere.is_null()).then(nw.col("among")).otherwise(nearest)
    )
    fired = nw.col(OUTCOME) == FIRED
    proof = nw.col("nearest") // 8
    rank = nw.col("severity_rank") if rule.other == "none" else nw.col("nearest") - proof * 8
    return around.told(
        nw,
        joined,
        severity_rank=rank.fill_null(rule.severity.rank),
        other_seq=nw.when(fired).then(proof),
        other_count=nw.when(fired).then(nw.col("proofs").fill_null(0)).otherwise(nw.lit(0, nw.Int64)),
    )


def _unknown(pairing: Pairing) -> tuple["Expr", "Expr"]:
    """Whether a key of a line is unknown, and the byte of the first that is."""
    nw, rule = pairing.nw, pairing.rule
    found = nw.lit(NO_BYTE, nw.Int64)
    for key in rule.same[::-1]:
        byte = nw.lit(unknown_byte(rule, key.field, Cause.NO_INPUT), nw.Int64)
        if key.field.name == "physician":
            own = nw.col(PHYSICIAN[0]).is_null()
            absent = own & (nw.col(PHYSICIAN[1]).is_null() | nw.col(PHYSICIAN[2]).is_null())
        else:
            absent = nw.col(f"g_{pairing.keys.index(key)}").is_null()
        found = nw.when(absent).then(byte).otherwise(found)
    return ~pairing.known_keys(), found
