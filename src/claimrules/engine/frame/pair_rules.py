"""Pair rules on a frame: each line takes the strongest outcome of the lines that it meets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import around
from claimrules.engine.frame.around import NO_BYTE, OUTCOME, PARTNER, SEQ, Looked
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.deciding import (
    NO_TABLE,
    OTHERS,
    OWN,
    PAIR,
    TABLES,
    deciding,
    edition_of,
    named,
    number_of,
    numbers,
)
from claimrules.engine.frame.edits import EDITIONS
from claimrules.engine.frame.pairing import Pairing, candidates, unknown_key, unknown_pair
from claimrules.engine.frame.parts import conditions_of
from claimrules.engine.frame.shared import Shared, kept_as
from claimrules.engine.frame.verdicts import alone_outcome, byte_of, missing, severity, verdict
from claimrules.engine.outcomes import BYPASSED, FIRED, NOT_APPLICABLE, PASSED
from claimrules.expr.nodes import conjuncts, names
from claimrules.expr.to_frame import any_true
from claimrules.rulebook.rule import LAST_STRATUM, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.meeting import Meeting

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_WEAK: Final = {"any": {BYPASSED: 2_000, PASSED: 3_000}, "none": {FIRED: 2_000}}
"""Above any unknown byte, so that the smallest strength is the strongest; 0 is the one that decides.

For other = "none" a candidate that does not match says nothing, however many are unknown beside it.
"""
_RANKS: Final = 8
"""Above any rank of a severity."""
_JUDGED: Final = (
    *("me", "it", SEQ, "self_in", "others", "first_seq", "second_seq", "o_line_seq"),
    *("pair_edition", "candidate", "candidate_rank", "table"),
)
"""What of a candidate is asked once it is judged."""
_MARKS: Final = _RANKS * TABLES * EDITIONS
"""A proof is the number of its line times this; below that the pair's edition, what decided, the rank."""


@attrs.frozen(kw_only=True, eq=False)
class Joined:
    """Who meets whom, for all rules of a pairing.

    ``known`` are the lines concerned whose keys are known, ``keyless`` the others; ``distinct`` those
    known that differ, told apart by ``me``; ``met`` these beside those that may prove something.
    """

    pairing: Pairing
    known: "Lazy"
    keyless: "Lazy"
    distinct: "Lazy"
    met: "Lazy"

    def of(self, rule: Rule) -> "Joined":
        """What concerns one of the rules."""
        if len(self.pairing.rules) == 1:
            return self
        mine = around.concerns(self.pairing.context, rule, self.pairing.writer)
        parts = ("known", "keyless", "distinct", "met")
        return attrs.evolve(self, **{name: getattr(self, name).filter(mine) for name in parts})

    def among(self, lines: "Lazy") -> "Joined":
        """What concerns some of the lines."""
        known, keyless = (part.join(lines, on=SEQ, how="semi") for part in (self.known, self.keyless))
        return attrs.evolve(self, known=known, keyless=keyless)


def join(context: Context, run: around.Run, rules: Sequence[Rule], meeting: "Meeting") -> Joined:
    """Let the lines meet that some rules pair, which share keys, relation and stratum."""
    nw, backend, rule = context.nw, context.backend, rules[0]
    conditions = [condition for each in rules for condition in conditions_of(each)]
    lines = around.lines_for(context, run, rule, meeting.met, conditions)
    pairing = Pairing(context, lines, rules, meeting.published)
    unknown, _ = unknown_key(nw, rule)
    mine = backend.keep(pairing.mine.with_columns(key_unknown=unknown))
    own = ("it", *pairing.mine_columns)
    known = backend.keep(backend.identify(mine.filter(~nw.col("key_unknown")), "me", own))
    columns = dict.fromkeys((*own, around.GROUP, *pairing.other_columns))
    distinct = backend.keep(backend.distinct(known, "me", tuple(columns)))
    met = candidates(pairing, known, distinct)
    met = backend.keep(met) if len(rules) > 1 else met
    keyless = mine.filter(nw.col("key_unknown"))
    return Joined(pairing=pairing, known=known, keyless=keyless, distinct=distinct, met=met)


def join_once(context: Context, run: around.Run, rule: Rule, meeting: "Meeting", shared: Shared) -> Joined:
    """The same for a rule and all others that share its keys and its relation: found once for all."""
    if len(meeting.kin) < 2:  # noqa: PLR2004 (nobody to share it with)
        return join(context, run, (rule,), meeting)
    name = ("joined", *(each.code for each in meeting.kin))
    return kept_as(shared, name, lambda: join(context, run, meeting.kin, meeting))


def look(joined: Joined, rule: Rule, number: int) -> Looked:
    """Judge one pair rule on the lines that meet a partner."""
    joined = joined.of(rule)
    pairing, known = joined.pairing, joined.known
    nw, backend = pairing.nw, pairing.context.backend
    met = _telling(pairing, rule, joined.met)

    def write() -> dict[str, "Expr"]:
        return {
            "candidate": _candidate(pairing, rule),
            "candidate_rank": severity(pairing.writer, rule),
            "table": number_of(pairing.writer, deciding(rule) if rule.other == "any" else NO_TABLE),
        }

    asked = ("candidates", pairing.published is None)
    met = met.with_columns(**pairing.context.written(asked, rule, write))
    if rule.stratum < LAST_STRATUM:
        present = met.collect_schema().names()
        met = backend.keep(met.select(*(name for name in _JUDGED if name in present)))
    decided = _strongest(pairing, met)
    said = _outcomes(pairing, rule, joined.distinct.join(decided, on="me", how="left"))
    frame = _back(pairing, rule, known, said)
    _, byte = unknown_key(nw, rule)
    alone = around.told_of_itself(nw, rule, joined.keyless, **{OUTCOME: byte})
    frame = nw.concat([frame, alone], how="vertical")
    proving = _proving(pairing, known, met) if rule.stratum < LAST_STRATUM else None
    return Looked(rule=rule, number=number, frame=frame, proving=proving)


def _proving(pairing: Pairing, known: "Lazy", met: "Lazy") -> around.Proving:
    """Which lines prove what the rule found: a finding on NCCI pairs may depend on others."""
    nw, lines = pairing.nw, pairing.lines
    if PARTNER in lines.collect_schema():
        lines = lines.filter(nw.col(PARTNER) == 1)
    side = nw.lit(0, nw.Int64)
    if pairing.ordered:
        side = nw.when(nw.col("o_line_seq") < nw.col(SEQ)).then(nw.lit(-1, nw.Int64)).otherwise(side + 1)
    decisive = met.filter(nw.col("candidate") == FIRED).with_columns(side=side)
    return around.Proving(
        known=known.select(SEQ, "me"),
        decisive=decisive.select("me", "it", "side").unique(),
        others=lines.select(SEQ, "it"),
    )


def _strongest(pairing: Pairing, met: "Lazy") -> "Lazy":
    """For each distinct line the strongest outcome, its first proof and how many lines prove it."""
    nw, rule = pairing.nw, pairing.rule
    strength = nw.col("candidate")
    for plain, weak in _WEAK[rule.other].items():
        strength = nw.when(nw.col("candidate") == plain).then(nw.lit(weak, nw.Int64)).otherwise(strength)
    decisive = nw.col("candidate") == (FIRED if rule.other == "any" else PASSED)
    marks = (nw.col("pair_edition") * TABLES + nw.col("table")) * _RANKS + nw.col("candidate_rank")
    proof = nw.col("first_seq").cast(nw.Int64) * _MARKS + marks
    second = nw.col("second_seq").cast(nw.Int64) * _MARKS + marks
    of_self = decisive & (nw.col("self_in") == 1)
    met = met.with_columns(
        strength=nw.when(decisive).then(nw.lit(0, nw.Int64)).otherwise(strength),
        own=nw.when(of_self).then(proof),
        own_second=nw.when(of_self).then(second),
        elsewhere=nw.when(decisive & (nw.col("self_in") != 1)).then(proof),
        proofs=nw.when(decisive).then(nw.col("others") - nw.col("self_in")),
    )
    return met.group_by("me").agg(
        strength=nw.col("strength").min(),
        own=nw.col("own").min(),
        own_second=nw.col("own_second").min(),
        elsewhere=nw.col("elsewhere").min(),
        proofs=nw.col("proofs").sum(),
    )


def _telling(pairing: Pairing, rule: Rule, met: "Lazy") -> "Lazy":
    """The candidates but those of which the pair itself says that they pass: they are as good as none."""
    told = [each for each in conjuncts(rule.when) if {field.namespace for field in names(each)} == {"pair"}]
    if rule.other != "any" or not told:
        return met
    passing = any_true(list(map(pairing.writer.false, told))) & (unknown_pair(pairing, rule) == 0)
    return met.filter(~passing)


def _candidate(pairing: Pairing, rule: Rule) -> "Expr":
    """The outcome of one candidate; for other = "none" that of ``when`` alone."""
    nw, writer = pairing.nw, pairing.writer
    byte = byte_of(nw, rule)
    if rule.other == "any":
        outcome = verdict(writer, rule, byte)
    else:
        unsure = missing(writer, (rule.when,), byte)
        no = nw.when(writer.false(rule.when)).then(nw.lit(FIRED, nw.Int64)).otherwise(unsure)
        outcome = nw.when(writer.true(rule.when)).then(nw.lit(PASSED, nw.Int64)).otherwise(no)
    if rule.relation:
        unknown = unknown_pair(pairing, rule)
        outcome = nw.when(unknown > 0).then(unknown).otherwise(outcome)
    return outcome


def _outcomes(pairing: Pairing, rule: Rule, said: "Lazy") -> "Lazy":
    """The outcome of each distinct line from the strongest of its candidates."""
    nw, writer = pairing.nw, pairing.writer
    strength = nw.col("strength")
    if rule.other == "any":
        outcome = strength
        for plain, weak in _WEAK[rule.other].items():
            outcome = nw.when(strength == weak).then(nw.lit(plain, nw.Int64)).otherwise(outcome)
        outcome = nw.when(strength == 0).then(nw.lit(FIRED, nw.Int64)).otherwise(outcome)
        outcome = nw.when(strength.is_null()).then(nw.lit(PASSED, nw.Int64)).otherwise(outcome)
        outcome = around.covered(pairing.context, rule, outcome, keep=(FIRED, NOT_APPLICABLE))
    else:
        alone = alone_outcome(writer, rule)
        outcome = around.covered(pairing.context, rule, alone, keep=())
        unknown = (strength > FIRED) & (strength < NO_BYTE)
        outcome = nw.when(unknown.fill_null(value=False)).then(strength).otherwise(outcome)
        matched = (strength == 0).fill_null(value=False)
        outcome = nw.when(matched).then(nw.lit(PASSED, nw.Int64)).otherwise(outcome)
    kept = said.with_columns(**{OUTCOME: outcome})
    if rule.other == "any":
        return kept
    edition = edition_of(writer, rule).fill_null("")
    return kept.with_columns(severity_rank=severity(writer, rule), edition=edition)


def _named(pairing: Pairing, rule: Rule, joined: "Lazy") -> "Lazy":
    """Name the edition that decided: of the line's own code, of that of its first proof, or of their pair."""
    nw, told = pairing.nw, numbers(deciding(rule))
    mark = nw.col("nearest") % _MARKS
    columns = {number: OWN[number] for number in told if number in OWN}
    others = {number: f"o_{OTHERS[number]}" for number in told if number in OTHERS}
    if others:
        seen = joined.filter(nw.col(OUTCOME) == FIRED).select(proof=nw.col("nearest") // _MARKS).unique()
        editions = {f"o_{OTHERS[number]}": nw.col(OTHERS[number]) for number in sorted(others)}
        theirs = pairing.lines.select(proof=nw.col(SEQ).cast(nw.Int64), **editions)
        joined = joined.with_columns(proof=nw.col("nearest") // _MARKS)
        joined = joined.join(seen.join(theirs, on="proof", how="inner"), on="proof", how="left")
    if PAIR in told and pairing.editions:
        found: dict[str, list[Any]] = {"number": [*pairing.editions.values(), 0]}
        found["of_pair"] = [*pairing.editions, ""]
        table = pairing.context.backend.table(found, {"number": "number", "of_pair": "text"})
        table = table.with_columns(number=nw.col("number").cast(nw.Int64))
        joined = joined.with_columns(number=(mark // (_RANKS * TABLES)).fill_null(0))
        joined = joined.join(table, on="number", how="left")
        columns[PAIR] = "of_pair"
    edition = named(nw, mark // _RANKS % TABLES, columns | others)
    return joined.with_columns(edition=edition.fill_null(""))


def _back(pairing: Pairing, rule: Rule, known: "Lazy", said: "Lazy") -> "Lazy":
    """Join the outcomes of distinct lines back to the lines, each with its first proof."""
    nw = pairing.nw
    mine = known.select(SEQ, "me")
    columns = ["me", OUTCOME, "own", "own_second", "elsewhere", "proofs"]
    columns += ["severity_rank", "edition"] if rule.other == "none" else []
    columns += [OWN[each] for each in sorted(numbers(deciding(rule))) if rule.other == "any" and each in OWN]
    joined = mine.join(said.select(*columns), on="me", how="inner")
    first = (nw.col("own") - nw.col(SEQ).cast(nw.Int64) * _MARKS).fill_null(-1)
    is_first = (first >= 0) & (first < _MARKS)
    joined = joined.with_columns(among=nw.when(is_first).then(nw.col("own_second")).otherwise(nw.col("own")))
    among, elsewhere = nw.col("among"), nw.col("elsewhere")
    nearest = nw.when(among.is_null() | (elsewhere < among)).then(elsewhere).otherwise(among)
    joined = joined.with_columns(nearest=nw.when(elsewhere.is_null()).then(among).otherwise(nearest))
    fired = nw.col(OUTCOME) == FIRED
    proof = nw.col("nearest") // _MARKS
    rank = nw.col("severity_rank") if rule.other == "none" else nw.col("nearest") % _RANKS
    if rule.other == "any":
        joined = _named(pairing, rule, joined)
    return around.told(
        nw,
        joined,
        severity_rank=rank.fill_null(rule.severity.rank),
        other_seq=nw.when(fired).then(proof),
        other_count=nw.when(fired).then(nw.col("proofs").fill_null(0)).otherwise(nw.lit(0, nw.Int64)),
    )
