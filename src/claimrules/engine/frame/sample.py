"""The first findings of each rule, explained: their lines go through the line engine once more.

The frame finds, the line explains (design, decision 4). The lines of the same patients come along,
because they prove what fired.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.findings import findings_of
from claimrules.engine.frame.around import SEQ
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, MODIFIERS, derive
from claimrules.engine.frame.packing import least
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import FIRED
from claimrules.engine.run import Judged
from claimrules.engine.subject import NO_FACTS, subjects
from claimrules.expr.to_frame import UNKNOWN_MODIFIERS, YES, any_true
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.finding import Finding
from claimrules.model.form import Form

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.combos import Combinations
    from claimrules.engine.frame.result import FrameResult
    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]

Place = tuple[str | None, str | None]
"""Claim id and line id."""
_IDS: Final = ("r_claim_id", "r_line_id")
_WHO: Final = ("line_patient", "line_claim")
_PLACE: Final = ("claim_id", "line_id")
_BETWEEN: Final = "\x1f"
FORMS: Final = ("code", "modifiers", "units", "from_date", "to_date", "place_of_service", "charge")
_READ: Final = (
    *("code", "units", "place_of_service", "charge", "revenue_code", "group", "specialty", "documentation"),
    *("teaching", "narrative", "minutes", "dose", "diagnosis_pointers", "noncovered_charge", "container"),
    *("allowed", "equipment", "cancelled", "purchased", "patient", "claim"),
)
_FORMED: Final = ("code", "modifiers", "units", "place_of_service", "charge")
_WANTED: Final = frozenset(
    {
        *(f"line_{name}" for name in _READ),
        *MODIFIER_COLUMNS,
        *(f"form_{name}" for name in _FORMED),
        "form_modifier_count",
    }
)


@attrs.frozen
class Explained:
    """Findings with message and evidence, and the lines on which they stand."""

    findings: tuple[Finding, ...] = ()
    lines: Mapping[Place, ClaimLine] = attrs.field(factory=dict, repr=False)


def explain(result: "FrameResult", limit: int | None) -> Explained:
    """The first ``limit`` findings of each rule, or all of them."""
    context, nw = result.context, result.context.nw
    wanted = _wanted(result, limit)
    if not wanted:
        return Explained()
    keys, claim = sorted({key for _, key in wanted}), context.reader.raw("claim_id")
    ids = nw.concat_str([claim, nw.lit(_BETWEEN), context.reader.raw("line_id")])
    near = claim.is_in(sorted({key.partition(_BETWEEN)[0] for key in keys}))
    hit = ids.is_in(keys)
    hit = hit & (nw.col(SEQ) >= context.first) if context.first else hit
    around = with_patients(context, result.combos, near, hit).with_columns(_key=ids)
    return _explain(result, result.local(around.sort(SEQ) if context.engine.around else around), wanted)


def _wanted(result: "FrameResult", limit: int | None) -> dict[tuple[str, str], None]:
    """The first findings of each rule, by its code and the ids of claim and line.

    Where each stands is found once: the plan of all findings joins the lines for every rule.
    """
    hits = _first(result, _found(result).select("rule", *_PLACE), limit)
    rules = [rule.code for rule in result.context.engine.rules]
    return {(rule, _BETWEEN.join(place)): None for rule in rules for place in hits.get(rule, ())}


def _found(result: "FrameResult") -> Any:
    """The findings: as they were worked out, where they were."""
    known: Any = vars(result).get("findings")
    return known.lazy() if type(known).__module__.startswith("polars") else result.found


def _first(result: "FrameResult", found: Any, limit: int | None) -> dict[str, list[tuple[str, str]]]:
    """The first findings of each rule in the order of the ids of their lines."""
    backend = result.context.backend
    if limit is None or backend.name == "polars":
        few = found if limit is None else least(found, "rule", _PLACE, limit)
        parts = [backend.local(few.sort("rule", *_PLACE))]
    else:
        counts, found = result.summary.rules, backend.keep(found)
        fired = [found.filter(backend.nw.col("rule") == rule) for rule in counts if counts[rule].fired]
        parts = [backend.local(rows.sort(*_PLACE).head(limit)) for rows in fired]
    hits: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        for rule, claim, line in zip(*(part[name] for name in ("rule", *_PLACE)), strict=True):
            hits.setdefault(rule, []).append((claim, line))
    return hits


def judge_again(
    context: Context, checker: "Checker", rows: Mapping[str, list[Any]]
) -> tuple[list[ClaimLine], list[Judged]]:
    """Some lines, in their order, through the line engine; those of a history only prove."""
    named = tuple(name for name in FACTS if name in context.named)
    count = len(rows["line_code"])
    lines = [
        line_of({name: values[number] for name, values in rows.items()}, named) for number in range(count)
    ]
    everything = subjects(lines, NO_FACTS, checker.lookup, as_of=checker.as_of)
    earlier = sum(number < context.first for number in rows[SEQ]) if context.first else 0
    for subject in everything[:earlier]:
        subject.only_proves()
    return lines, context.engine.run(everything, context.coverage or Coverage(), checker.lookup)


def with_patients(context: Context, combos: "Combinations", near: Any, hit: Any) -> "Lazy":
    """The lines that ``hit`` finds and those of the same patients, with all that the line engine reads.

    All that it finds ``near`` finds too, in less work; only of these ``hit`` is asked.
    Where no rule compares lines of different days, those of other days are left out.
    """
    nw, backend = context.nw, context.backend
    lines = combos.lines if context.engine.around else combos.dated
    blanks = context.blanks(lines.collect_schema().names())
    lines = plus(lines, {name: blanks[name] for name in _IDS if name in blanks})
    keys = [frozenset(key.field.name for key in each.rule.same) for each in context.engine.around]
    of_a_day = all(each.same.dated for each in context.engine.around)
    on = ["line_patient", *(["line_from_date"] if of_a_day else [])]
    mine = backend.keep(_naming(context, backend.keep(lines.filter(near)).filter(hit), *_WHO))
    # Who is asked for one column first, and named further where few lines are left.
    found = _naming(context, lines, on[0]).join(mine.select(on[0]).unique(), on=on[0], how="semi")
    found = _naming(context, found.join(mine.select(*on).unique(), on=on, how="semi"), *_WHO)
    alone = mine.filter(any_true([nw.col(name).is_null() for name in on]))
    parts = [found, alone]
    if any("patient" not in each for each in keys):
        # Lines of one claim may name several patients, or some of them none.
        of_claim = _naming(context, lines, *_WHO)
        of_claim = of_claim.join(mine.select("line_claim").unique(), on="line_claim", how="semi")
        parts = [found, alone.join(of_claim, on=SEQ, how="anti"), of_claim.join(found, on=SEQ, how="anti")]
    # These are few: all else is read of them alone.
    columns = [name for name in mine.collect_schema().names() if name != "line_claim"]
    few = backend.keep(nw.concat([part.select(*columns) for part in parts], how="vertical"))
    return derive(nw, whole_of(context, combos.with_dates(few)), context.reader, _WANTED - {"line_patient"})


def _naming(context: Context, lines: Any, *who: str) -> Any:
    """The lines with whom they name, as far as they lack that."""
    held = lines.collect_schema().names()
    wanted = frozenset(who) - {*held}
    return derive(context.nw, plus(lines, context.blanks(held, wanted)), context.reader, wanted)


def _explain(
    result: "FrameResult", rows: Mapping[str, list[Any]], wanted: Mapping[tuple[str, str], None]
) -> Explained:
    context, lookup = result.context, result.checker.lookup
    lines, judged = judge_again(context, result.checker, rows)
    earlier = len(lines) - len(judged)
    found: dict[tuple[str, str], Finding] = {}
    for one, key in zip(judged, rows["_key"][earlier:], strict=True):
        if FIRED in one.outcomes:
            for finding in findings_of(context.engine, one, lookup):
                found.setdefault((finding.rule, key), finding)
    findings = tuple(found[each] for each in wanted if each in found)
    places = {(finding.claim_id, finding.line_id) for finding in findings}
    shown = {(line.claim_id, line.line_id): line for line in lines if (line.claim_id, line.line_id) in places}
    return Explained(findings, shown)


def whole_of(context: Context, lines: Any) -> Any:
    """The lines with every input: blank where it did not come."""
    return plus(lines, context.blanks(lines.collect_schema().names()))


def line_of(row: Mapping[str, Any], facts: Sequence[str] = ()) -> ClaimLine:
    """A line of a frame as the line engine takes it; ``facts`` are the columns of its claim."""
    forms = {name: row[f"form_{name}"] for name in FORMS}
    modifiers = tuple(row[name] for name in MODIFIER_COLUMNS if row[name])
    if (row["form_modifier_count"] or 0) > len(modifiers):
        modifiers = (*modifiers, (_text(row[f"r_{MODIFIERS[-1]}"]) or "").upper())
    return ClaimLine(
        code=row["line_code"],
        modifiers=None if UNKNOWN_MODIFIERS in modifiers else modifiers,
        units=_decimal(row["line_units"], 3),
        from_date=_day(row["line_from_date"]),
        to_date=_day(row["line_to_date"]),
        place_of_service=row["line_place_of_service"],
        charge=_decimal(row["line_charge"], 2),
        setting=Setting(row["line_setting"]),
        revenue_code=row["line_revenue_code"],
        line_id=_text(row["r_line_id"]),
        claim_id=row["line_claim"],
        patient=_text(row["r_patient"]),
        provider=_text(row["r_provider"]),
        billing_provider=_text(row["r_billing_provider"]),
        group=row["line_group"],
        specialty=row["line_specialty"],
        documentation=_flag(row["line_documentation"]),
        teaching=_flag(row["line_teaching"]),
        narrative=_flag(row["line_narrative"]),
        minutes=row["line_minutes"],
        dose=_decimal(row["line_dose"], 3),
        diagnosis_pointers=row["line_diagnosis_pointers"],
        noncovered_charge=_decimal(row["line_noncovered_charge"], 2),
        allowed=_decimal(row["line_allowed"], 2),
        container=_decimal(row["line_container"], 3),
        equipment=row["line_equipment"],
        cancelled=_flag(row["line_cancelled"]),
        purchased=_flag(row["line_purchased"]),
        facts=ClaimFacts.read({name: _text(row[f"r_{name}"]) or "" for name in facts}) if facts else None,
        unreadable=tuple(name for name, form in forms.items() if form == Form.UNREADABLE),
        repaired=tuple(name for name, form in forms.items() if form == Form.REPAIRED),
    )


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip(" ")
    return text or None


def _decimal(value: int | None, scale: int) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-scale)


def _day(value: Any) -> date | None:
    return None if value is None else date(value.year, value.month, value.day)


def _flag(value: str | None) -> bool | None:
    return None if value is None else value == YES
