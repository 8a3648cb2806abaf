"""Who meets whom in a pair rule on a frame: distinct lines, and the distinct others that share their keys."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from claimrules.codebook import PairFact
from claimrules.engine.frame import around
from claimrules.engine.frame.add_ons import primaries_met
from claimrules.engine.frame.around import GROUP, MINE, NO_BYTE, PARTNER, PHYSICIAN, SEQ
from claimrules.engine.frame.context import COUNTED, Context, line_columns
from claimrules.engine.frame.deciding import OWN, deciding, numbers
from claimrules.engine.frame.edits import EDITIONS
from claimrules.engine.frame.ordering import before_and_after
from claimrules.engine.outcomes import field_byte, unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.expr.nodes import names
from claimrules.expr.to_frame import FrameWriter, any_true
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Key, Relation, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_PHYSICIAN: Final = ("line_provider", "line_group", "line_specialty")
_ASKED: Final = ("k_slot", "line_setting", "line_from_date", "line_code", "o_line_code")
"""What a published relation is asked about: the fields of ``_Asked``."""


@attrs.frozen(kw_only=True, eq=False)
class Published:
    """Pairs of codes that are, or may be, published, and the editions that speak for each day."""

    facts: "Lazy"
    choices: "Lazy"
    editions: dict[str, int]


class Pairing:
    """Pair rules on one frame that share keys and relation: their lines meet once.

    ``rule`` is one of them; each has a say of its own.
    """

    def __init__(
        self,
        context: Context,
        lines: "Lazy",
        rules: Sequence[Rule],
        published: "Published | None" = None,
    ) -> None:
        """Find the lines, those that a rule concerns, and the columns that each side needs."""
        rule = rules[0]
        self.rules = tuple(rules)
        self.published = published
        self.editions = {} if published is None else published.editions
        self.context, self.rule, self.nw = context, rule, context.nw
        self.writer = FrameWriter(self.nw)
        physician = any(key.field.name == PHYSICIAN for key in rule.same)
        self.by_physician = physician and context.by_team
        keys: tuple[Key, ...] = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
        names_of_keys = [f"g_{index}" for index in range(len(keys) + len(context.extra))]
        names_of_keys += ["line_provider"] if physician and not context.by_team else []
        self.ordered = ordered(rule)
        self.lines = lines.with_columns(**around.key_expressions(context, keys))
        self.mine_columns, self.other_columns = self._columns(other=False), self._columns(other=True)
        # What differs is told apart by one column each: the keys, a line as others see it, a line itself.
        identify = context.backend.identify
        self.lines = identify(self.lines, GROUP, names_of_keys)
        self.lines = context.backend.keep(identify(self.lines, "it", (GROUP, *self.other_columns)))
        mine = self.lines if MINE not in lines.collect_schema() else self.lines.filter(self.nw.col(MINE) == 1)
        self.mine = mine.filter(any_true([around.concerns(context, each, self.writer) for each in rules]))

    def _columns(self, *, other: bool) -> list[str]:
        """The columns of one side: what its fields need."""
        schema = set(self.lines.collect_schema().names())
        found: dict[str, None] = dict.fromkeys(_PHYSICIAN) if self.by_physician else {}
        for field in (each for rule in self.rules for each in around.fields_of(rule)):
            of_other = field.namespace in PAIR_NAMESPACES
            if of_other == other and field.namespace != "pair" and field.name != "seq":
                found.update(dict.fromkeys(_needed(field)))
        if self.rule.relation:
            found.update(dict.fromkeys(("line_code", "k_slot", "line_from_date", "line_setting")))
        if not other:
            told = sorted(frozenset[int]().union(*(numbers(deciding(each)) for each in self.rules)))
            editions = (OWN[number] for number in told if number in OWN)
            found.update(dict.fromkeys((*editions, "line_from_date", "line_setting")))
            if self.ordered:
                found[SEQ] = None
            if self.context.coverages:
                found.update(dict.fromkeys(self.context.extra))
        return [name for name in found if name in schema]


def ordered(rule: Rule) -> bool:
    """Whether a pair rule asks which of two lines came first."""
    return any(str(field) == "other.seq" for field in names(rule.when, rule.unless))


def unknown_key(nw: Any, rule: Rule) -> tuple["Expr", "Expr"]:
    """Whether a key of a line is unknown, and the byte of the first that is; the physician comes last."""
    keys = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
    physician = tuple(key for key in rule.same if key.field.name == PHYSICIAN)
    unknown, found = nw.lit(value=False), nw.lit(NO_BYTE, nw.Int64)
    for key in (*keys, *physician)[::-1]:
        byte = nw.lit(unknown_byte(rule, key.field, Cause.NO_INPUT), nw.Int64)
        if key.field.name == PHYSICIAN:
            provider, group, specialty = (nw.col(name).is_null() for name in _PHYSICIAN)
            absent = provider & (group | specialty)
        else:
            absent = nw.col(f"g_{keys.index(key)}").is_null()
        unknown, found = unknown | absent, nw.when(absent).then(byte).otherwise(found)
    return unknown, found


def _needed(field: Field) -> tuple[str, ...]:
    """The columns that a field and the cause of its silence need."""
    base = field.base
    if base.name in ("global_start", "global_end"):
        return (f"line_{base.name}", "line_from_date", "cause_fee_schedule")
    if base.name in COUNTED:
        return (f"line_{base.name}", f"cause_{base.table}")
    if base.namespace == "code":
        return (f"code_{base.name}", f"cause_{base.table}")
    if base.name in ("denied", "as_of"):
        return (f"{base.namespace}_{base.name}",)
    return tuple(sorted(line_columns((base,))))


def candidates(pairing: Pairing, known: "Lazy", distinct: "Lazy") -> "Lazy":
    """Each of the distinct lines beside each of the distinct others that can prove something about it.

    ``known`` are the lines concerned whose keys are known; ``distinct`` those that differ, told apart
    by ``me``. ``self_in`` is 1 where the line itself is one of the ``others``.
    """
    nw = pairing.nw
    reachable = _reachable(pairing, known)
    met = pairing.context.backend.keep(_meet(pairing, distinct, _others(pairing, reachable)))
    met = met.with_columns(self_in=(nw.col("it") == nw.col("my_shape")).cast(nw.Int64))
    if pairing.rule.relation is Relation.ADD_ON_PRIMARY:
        met = primaries_met(pairing.context, pairing.rule, met)
    elif pairing.published is not None:
        met = _published(pairing, pairing.published, met)
    elif pairing.rule.relation:
        met = _related(pairing, met)
    if pairing.rule.relation is not Relation.NCCI_PAIR:
        met = met.with_columns(pair_edition=nw.lit(0, nw.Int64))
    if pairing.ordered:
        return before_and_after(pairing.context, met, reachable)
    met = met.filter(nw.col("others") > nw.col("self_in"))
    # Which of equal lines is the proof depends on the line itself: both first ones are kept.
    return met.with_columns(o_line_seq=nw.col("first_seq"))


def _reachable(pairing: Pairing, known: "Lazy") -> "Lazy":
    """The lines that share a key with a line concerned, and may prove something."""
    lines = pairing.lines
    if PARTNER in lines.collect_schema():
        lines = lines.filter(pairing.nw.col(PARTNER) == 1)
    return lines.join(known.select(GROUP).unique(), on=GROUP, how="semi")


def _others(pairing: Pairing, reachable: "Lazy") -> "Lazy":
    """The distinct ones among them, with their number and order."""
    nw = pairing.nw
    counted = (
        reachable.group_by("it")
        .agg(others=nw.len(), first_seq=nw.col(SEQ).min(), last_seq=nw.col(SEQ).max())
        .with_columns(others=nw.col("others").cast(nw.Int64))
    )
    first = reachable.join(counted, on="it", how="inner")
    second = first.filter(nw.col(SEQ) > nw.col("first_seq")).group_by("it").agg(second_seq=nw.col(SEQ).min())
    shapes = first.filter(nw.col(SEQ) == nw.col("first_seq")).join(second, on="it", how="left")
    wanted = ["it", "others", "first_seq", "last_seq", "second_seq"]
    renamed = {f"o_{name}": nw.col(name) for name in pairing.other_columns}
    return shapes.select(*wanted, p_group=nw.col(GROUP), **renamed)


def _meet(pairing: Pairing, distinct: "Lazy", others: "Lazy") -> "Lazy":
    """Every distinct line beside every distinct other that shares its keys."""
    nw = pairing.nw
    distinct = distinct.with_columns(my_shape=nw.col("it")).drop("it")
    if not pairing.by_physician:
        return distinct.join(others, left_on=GROUP, right_on="p_group", how="inner")
    provider, *team = _PHYSICIAN
    parts = [
        distinct.join(
            others,
            left_on=[GROUP, *way],
            right_on=["p_group", *(f"o_{name}" for name in way)],
            how="inner",
        )
        for way in ([provider], team)
    ]
    pairs = nw.concat([part.select("me", "it") for part in parts], how="vertical").unique()
    return pairs.join(distinct, on="me", how="inner").join(others, on="it", how="inner")


@attrs.frozen
class _Asked:
    """Two codes of which a published relation is asked, in the order of ``_ASKED``."""

    slot: int
    setting: str
    day: date | None
    code: str | None
    other: str | None


def _published(pairing: Pairing, published: "Published", met: "Lazy") -> "Lazy":
    """Keep the candidates that are a published pair, and those of which it is unknown (``relations``)."""
    nw = pairing.nw
    met = met.with_columns(
        k_code=nw.col("line_code").fill_null(""),
        k_other=nw.col("o_line_code").fill_null(""),
        k_day=nw.col("line_from_date"),
    )
    met = met.join(published.choices, on=["k_slot", "line_setting", "k_day"], how="inner")
    met = met.join(published.facts, on=["k_choice", "k_day", "k_code", "k_other"], how="inner")
    return met.with_columns(pair_modifier_indicator=nw.col("indicator"))


def unknown_pair(pairing: Pairing, rule: Rule) -> "Expr":
    """The byte of the cause that it is unknown whether a candidate is a published pair, else 0."""
    nw, lack = pairing.nw, pairing.nw.col("lack")
    if pairing.published is None:
        return cast("Expr", nw.col("pair_unknown"))
    unknown = nw.when(lack >= 0).then(lack + field_byte(rule, INDICATOR)).otherwise(nw.lit(0, nw.Int64))
    return cast("Expr", unknown.cast(nw.Int64))


def _related(pairing: Pairing, met: "Lazy") -> "Lazy":
    """Keep the candidates that stand in the published relation, and those of which it is unknown."""
    nw, backend = pairing.nw, pairing.context.backend
    asked = backend.local(met.select(*_ASKED).unique())
    texts = ("k_code", "k_other", "k_setting")
    found: dict[str, list[Any]] = {
        name: []
        for name in ("k_slot", "k_day", *texts, "pair_modifier_indicator", "pair_unknown", "pair_edition")
    }
    for row in zip(*(asked[name] for name in _ASKED), strict=True):
        one = _Asked(*row)
        fact = _fact(pairing, one)
        if fact is None:
            continue
        unknown = unknown_byte(pairing.rule, INDICATOR, fact) if isinstance(fact, Cause) else 0
        key = (one.slot, one.day, one.code or "", one.other or "", one.setting)
        indicator, edition = ("", 0) if isinstance(fact, Cause) else _told(pairing, fact)
        for name, value in zip(found, (*key, indicator, unknown, edition), strict=True):
            found[name].append(value)
    numbers = ("k_slot", "pair_unknown", "pair_edition")
    kinds = dict.fromkeys(found, "text") | dict.fromkeys(numbers, "number") | {"k_day": "date"}
    whole = {name: nw.col(name).cast(nw.Int64) for name in numbers[1:]}
    table = backend.table(found, kinds).with_columns(**whole)
    met = met.with_columns(
        k_code=nw.col("line_code").fill_null(""), k_other=nw.col("o_line_code").fill_null("")
    )
    on = ["k_slot", "line_setting", "line_from_date", "k_code", "k_other"]
    return met.join(
        table, left_on=on, right_on=["k_slot", "k_setting", "k_day", "k_code", "k_other"], how="inner"
    )


def _told(pairing: Pairing, fact: PairFact) -> tuple[str, int]:
    """The modifier indicator of an edit, and the number of its edition."""
    number = pairing.editions.setdefault(fact.edition.name, len(pairing.editions) + 1)
    return fact.modifier_indicator, number if number < EDITIONS else 0


def _fact(pairing: Pairing, one: _Asked) -> PairFact | Cause | None:
    """The edit on a pair, the cause that it is unknown, or ``None``."""
    lookup, rule = pairing.context.resolver.slots[one.slot][1], pairing.rule
    if one.setting not in tuple(Setting):
        return None
    columns = (one.other, one.code) if rule.role == "column_2" else (one.code, one.other)
    return lookup.pair(*columns, one.day, Setting(one.setting))
