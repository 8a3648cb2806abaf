"""The first findings of each rule, explained: their lines go through the line engine once more.

The frame finds, the line explains (design, decision 4). The lines of the same patients come along,
because they prove what fired.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.findings import findings_of
from claimrules.engine.frame.around import SEQ
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, derive
from claimrules.engine.history import Coverage
from claimrules.engine.subject import ClaimFacts, Subject
from claimrules.expr.to_frame import UNKNOWN_MODIFIERS, YES
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Finding
from claimrules.model.form import Form

if TYPE_CHECKING:
    from claimrules.engine.frame.result import FrameResult

_FORMS: Final = ("code", "modifiers", "units", "from_date", "to_date", "place_of_service", "charge")
_WANTED: Final = frozenset(
    {
        *("line_code", *MODIFIER_COLUMNS, "line_units", "line_place_of_service", "line_charge", "line_revenue_code"),
        *("line_group", "line_specialty", "line_documentation", "line_teaching", "line_minutes", "line_dose"),
        *("line_diagnosis_pointers", "line_patient", "line_claim", "form_code", "form_modifiers", "form_units"),
        *("form_place_of_service", "form_charge"),
    }
)


def explain(result: "FrameResult", limit: int | None) -> tuple[Finding, ...]:
    """The first ``limit`` findings of each rule, or all of them."""
    context, nw = result.context, result.context.nw
    picked: list[tuple[str, str]] = []
    for rule in context.engine.rules:
        hits = result._findings.filter(nw.col("rule") == rule.code).sort("claim_id", "line_id")  # noqa: SLF001 (this is the result's other half)
        hits = hits if limit is None else hits.head(limit)
        columns = result._local(hits.select("claim_id", "line_id"))  # noqa: SLF001
        picked += [(rule.code, f"{c}\x1f{l}") for c, l in zip(columns["claim_id"], columns["line_id"], strict=True)]
    if not picked:
        return ()
    wanted = dict.fromkeys(picked)
    lines = derive(nw, result.combos.lines, context.reader, _WANTED)
    ids = nw.concat_str([context.reader.raw("claim_id"), nw.lit("\x1f"), context.reader.raw("line_id")])
    lines = lines.with_columns(_key=ids)
    chosen = lines.filter(nw.col("_key").is_in([key for _, key in wanted])).select("line_patient").unique()
    alone = lines.filter(nw.col("_key").is_in([key for _, key in wanted]) & nw.col("line_patient").is_null())
    around = nw.concat([lines.join(chosen, on="line_patient", how="semi"), alone], how="vertical")
    rows = result._local(around.sort(SEQ) if SEQ in around.collect_schema().names() else around)  # noqa: SLF001
    return _explain(result, rows, wanted)


def _explain(result: "FrameResult", rows: Mapping[str, list[Any]], wanted: Mapping[tuple[str, str], None]) -> tuple[Finding, ...]:
    context = result.context
    facts = ClaimFacts(as_of=result.checker.as_of)
    subjects = []
    for number in range(len(rows["_key"])):
        line = line_of({name: values[number] for name, values in rows.items()})
        lookup = context.resolver.slots[rows["k_slot"][number]][1]
        subjects.append(Subject(line, facts, line.claim_id, lookup, number))
    lookup = result.checker.lookup
    judged = context.engine.run(subjects, context.coverage or Coverage(), lookup)
    found: dict[tuple[str, str], Finding] = {}
    for one, key in zip(judged, rows["_key"], strict=True):
        for finding in findings_of(context.engine, one, lookup):
            found.setdefault((finding.rule, key), finding)
    return tuple(found[each] for each in wanted if each in found)


def line_of(row: Mapping[str, Any]) -> ClaimLine:
    """A line of a frame as the line engine takes it."""
    forms = {name: row[f"form_{name}"] for name in _FORMS}
    modifiers = tuple(row[name] for name in MODIFIER_COLUMNS if row[name])
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
        minutes=row["line_minutes"],
        dose=_decimal(row["line_dose"], 3),
        diagnosis_pointers=row["line_diagnosis_pointers"],
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


