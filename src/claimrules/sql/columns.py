"""The columns of a query: what the claim lines must hold, and how each field of the language comes of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from claimrules.expr.sql_dialect import Dialect
from claimrules.expr.to_sql import column
from claimrules.expr.vocabulary import PRESENT, PRESENT_ANYWAY, Field, Type
from claimrules.model.edition import Table
from claimrules.model.facts import DIAGNOSIS, DOUBTFUL, FREQUENCY_AT, REPLACING

GIVEN: Final[Mapping[str, str]] = {
    "claim_id": "text: the claim that the line stands on",
    "line_id": "text: the line, within its claim",
    "seq": "number: the place of the line in the order of the claims, different for each line",
    "code": "text: five characters, capitals",
    "modifiers": "array of text: the first four, in order; empty where there are none",
    "units": "decimal: units of service",
    "from_date": "date: first day of service",
    "to_date": "date: last day of service",
    "place_of_service": "text: two digits",
    "charge": "decimal: dollars",
    "setting": "text: professional, outpatient, asc or dme; never NULL",
    "revenue_code": "text: four digits",
    "patient": "text: who the patient is",
    "provider": "text: NPI of who rendered the service",
    "billing_provider": "text: NPI of who bills",
    "group_id": "text: the provider's group",
    "specialty": "text: two characters",
    "documentation": "boolean: documentation came with the line",
    "teaching": "boolean: in a teaching setting",
    "narrative": "boolean: the line has a narrative",
    "minutes": "number: minutes of service",
    "dose": "decimal: the amount given, in units of the code",
    "diagnosis_pointers": "number: diagnoses that the line points to",
    "noncovered_charge": "decimal: dollars",
    "allowed": "decimal: dollars, where the line was priced",
    "container": "decimal: units of the smallest container that the drug is sold in",
    "equipment": "text: film, computed, digital, ct_noncompliant or ct_compliant",
    "cancelled": "boolean: called off before the patient was prepared",
    "purchased": "boolean: a part was bought from somebody else",
    "denied": "boolean, never NULL: a line rule or an NCCI pair denies or returns the line (run those first)",
    "sex": "text: F or M",
    "clia": "text: CLIA number of the claim",
    "as_of": "date: the day on which the claim is looked at",
    "icd_version": "text: 9 or 10",
    "principal_diagnosis": "text: without the point",
    "diagnoses": "array of text: the diagnoses of the claim",
    "condition_codes": "array of text: the condition codes of the claim",
    "bill_type": "text: three characters, without the leading 0",
    "frequency": "text: 1 original, 7 replacement …; NULL where the type of bill says it",
    "replaces": "text: id of the claim that it replaces; blank where no line of that one is among the lines",
    "patient_status": "text: two digits",
    **{
        name: f"date: {name.replace('_', ' ')} of the claim"
        for name in (
            *("birth_date", "death_date", "received_date", "statement_from", "statement_to"),
            *("admission_date", "discharge_date", "coverage_from", "coverage_to"),
            *("assumed_care_date", "relinquished_care_date"),
        )
    },
    **{
        f"form_{name}": f"text: how {name} arrived: ok, missing, unreadable or repaired"
        for name in ("code", "modifiers", "units", "from_date", "to_date", "place_of_service", "charge")
    },
    "form_modifier_count": "number: how many modifiers the line carried, beyond four too",
}
"""The columns that a query may read of the claim lines; a query names those that it does."""

CODED: Final = ("global_start", "global_end")
"""Fields of the line that come of what is published about its code."""
SPEAKING: Final = ("in_force", "rows", "add_on_type", "payment_indicator", "multiple_discount")
"""Attributes of a code that no table holds: silence tells them too."""


def reason_against(field: Field) -> str:
    """Why a field cannot be had in a query; blank where it can."""
    if field.table is Table.MODIFIERS:
        return f"{field} asks the list of modifiers that is part of the program, not of an exported table"
    return ""


def derived(field: Field, dialect: Dialect) -> str:
    """The expression of a field over the columns of the claim lines."""
    base = field.base
    if base.namespace == "form" and base.name in (*PRESENT, *PRESENT_ANYWAY):
        given = "group_id" if base.name == "group" else base.name
        return f"CASE WHEN {given} IS NULL THEN 'missing' ELSE 'ok' END"
    if base.namespace == "form":
        return column(base)
    if base.name == "npi_valid":
        return _luhn("billing_provider" if base.namespace == "claim" else _PROVIDER, dialect)
    named = (_of_claim if base.namespace == "claim" else _of_line)(dialect)
    if base.type is Type.NUMBER and base.scale and base.name not in named:
        return f"CAST({base.name} AS DECIMAL(18, {base.scale}))"
    return named.get(base.name, base.name)


_FREQUENCY: Final = f"coalesce(frequency, substr(bill_type, {FREQUENCY_AT + 1}, 1))"
_REPLACING: Final = ", ".join(f"'{each}'" for each in REPLACING)
_PROVIDER: Final = "coalesce(provider, billing_provider)"


def _of_line(dialect: Dialect) -> Mapping[str, str]:
    carries_26, carries_tc = (dialect.contains.format("modifiers", text) for text in ("'26'", "'TC'"))
    size = dialect.size.format
    return {
        "units_whole": "units = floor(units)",
        "days": f"{dialect.days_between.format('from_date', 'to_date')} + 1",
        "year": "year(from_date)",
        "claim": "claim_id",
        "group": "group_id",
        "patient": "coalesce(patient, claim_id)",
        "provider": _PROVIDER,
        "physician": _PROVIDER,
        "component": (
            f"CASE WHEN {carries_26} AND NOT {carries_tc} THEN '26'"
            f" WHEN {carries_tc} AND NOT {carries_26} THEN 'TC' WHEN modifiers IS NOT NULL THEN '' END"
        ),
        "replaces_none": (
            f"CASE WHEN replaces = '{DOUBTFUL}' THEN NULL"
            f" WHEN replaces = '' OR {_FREQUENCY} NOT IN ({_REPLACING})"
            f" OR ({_FREQUENCY} IS NULL AND replaces IS NULL) THEN TRUE END"
        ),
        "age": (
            "CASE WHEN from_date >= birth_date THEN year(from_date) - year(birth_date)"
            " - CASE WHEN month(from_date) * 100 + day(from_date) < month(birth_date) * 100 + day(birth_date)"
            " THEN 1 ELSE 0 END END"
        ),
        "code_shape": shape("code", dialect),
        "repeated_modifiers": f"{size('modifiers')} - {size(dialect.different.format('modifiers'))}",
    }


def _of_claim(dialect: Dialect) -> Mapping[str, str]:
    malformed = f"NOT {dialect.matches.format('upper(trim(d))', dialect.text(_diagnosis_pattern()))}"
    return {
        "diagnoses": dialect.size.format("diagnoses"),
        "diagnoses_malformed": dialect.count_where.format("diagnoses", malformed),
        "principal_letter": "substr(principal_diagnosis, 1, 1)",
        "bill_class": "substr(bill_type, 1, 2)",
        "frequency": _FREQUENCY,
        "through_date": "coalesce(statement_to, to_date)",
        "statement_years": "year(statement_to) - year(statement_from) + 1",
    }


def _diagnosis_pattern() -> str:
    return f"^{DIAGNOSIS.replace(chr(92) + '.', '[.]')}$"


def shape(code: str, dialect: Dialect) -> str:
    """The shape of a code."""
    tests = {
        "^[0-9]{5}$": "'nnnnn'",
        "^[0-9]{4}[TFUMA]$": f"concat('nnnn', substr({code}, 5, 1))",
        "^[A-Z][0-9]{4}$": "'Annnn'",
    }
    cases = " ".join(
        f"WHEN {dialect.matches.format(code, dialect.text(pattern))} THEN {found}"
        for pattern, found in tests.items()
    )
    return f"CASE {cases} WHEN {code} IS NOT NULL THEN 'other' END"


def unlisted(code: str, dialect: Dialect) -> str:
    """Under which name ``codes`` says what holds of a code that no table holds."""
    dental = dialect.matches.format(code, dialect.text("^D[0-9]{4}$"))
    return shape(code, dialect).replace("CASE ", f"CASE WHEN {dental} THEN 'Dnnnn' ", 1)


def fee_row(dialect: Dialect) -> str:
    """The row of the fee schedule that the modifiers select."""
    has = {text: dialect.contains.format("modifiers", f"'{text}'") for text in ("26", "TC", "53")}
    return (
        f"CASE WHEN {has['26']} AND {has['TC']} THEN 'whole' WHEN {has['26']} THEN '26'"
        f" WHEN {has['TC']} THEN 'TC' WHEN {has['53']} THEN '53' WHEN modifiers IS NOT NULL THEN 'whole' END"
    )


def global_day(name: str, dialect: Dialect) -> str:
    """The first or the last day of the global package, over what is published about the code."""
    after = dialect.add_days.format
    if name == "global_start":
        return (
            "CASE WHEN codes.global_days IN ('000', '010') THEN lines.from_date"
            f" WHEN codes.global_days = '090' THEN {after('lines.from_date', '-1')} END"
        )
    return (
        "CASE codes.global_days WHEN '000' THEN lines.from_date"
        f" WHEN '010' THEN {after('lines.from_date', 10)} WHEN '090' THEN {after('lines.from_date', 90)} END"
    )


def _luhn(npi: str, dialect: Dialect) -> str:
    """Whether an NPI has a right check digit: the odd places count double, digit sums of them."""
    digits = [f"substr({npi}, {place}, 1)" for place in range(1, 11)]
    doubled = [
        f"translate({digit}, '0123456789', '0246813579')" if place % 2 == 0 else digit
        for place, digit in enumerate(digits)
    ]
    total = " + ".join(f"TRY_CAST({digit} AS INT)" for digit in doubled)
    right = dialect.matches.format(npi, dialect.text("^[0-9]{10}$"))
    return f"CASE WHEN NOT {right} THEN FALSE ELSE (24 + {total}) % 10 = 0 END"


def given_in(expressions: Iterable[str]) -> tuple[str, ...]:
    """The columns of the claim lines that some expressions name."""
    words = {word for text in expressions for word in re.findall(r"(?<![.'\w])\w+", text)}
    return tuple(name for name in GIVEN if name in words)
