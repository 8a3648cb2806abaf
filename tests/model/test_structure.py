"""Strict structuring: what goes out comes back, and nothing that does not fit comes in."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimrules.model.claim import Claim, ClaimLine, Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Edition, How, Source, Table
from claimrules.model.finding import (
    CheckResult,
    EditionUse,
    Evidence,
    Finding,
    Judgement,
    NotRun,
    Outcome,
    Rejected,
    RuleCount,
    Severity,
    UnknownCount,
)
from claimrules.model.period import OPEN_END
from claimrules.model.structure import StructureError, from_dict, from_json, to_dict, to_json

TEXTS = st.none() | st.text(max_size=8)
DATES = st.none() | st.dates(date(1800, 1, 1), date(2199, 12, 31))
LINES = st.builds(
    ClaimLine,
    code=st.none() | st.from_regex("[0-9A-Z]{5}", fullmatch=True),
    modifiers=st.none() | st.lists(st.from_regex("[0-9A-Z]{2}", fullmatch=True), max_size=4).map(tuple),
    units=st.none() | st.decimals(Decimal(-9999999), Decimal(9999999), places=3),
    from_date=DATES,
    to_date=DATES,
    charge=st.none() | st.decimals(Decimal(-999999), Decimal(999999), places=2),
    setting=st.sampled_from(Setting),
    patient=TEXTS,
    documentation=st.none() | st.booleans(),
    minutes=st.none() | st.integers(),
    unreadable=st.just(("units",)) | st.just(()),
)
CLAIMS = st.builds(
    Claim,
    lines=st.lists(LINES, max_size=3).map(tuple),
    claim_id=TEXTS,
    birth_date=DATES,
    diagnoses=st.none() | st.just(("Z1211",)),
)

Outcomes = Mapping[tuple[str | None, str | None], Mapping[str, Judgement]]

EDITION = Edition(
    name="RVU25D",
    table=Table.FEE_SCHEDULE,
    effective=date(2025, 10, 1),
    ends=date(2025, 12, 31),
    covers=("nnnnn", "Annnn"),
)
EVIDENCE = (
    Evidence(field="code.bilateral", value="0", holds_from=date(2025, 10, 1)),
    Evidence(field="pair.modifier_indicator", value="0", holds_from=date(2020, 1, 1), holds_to=OPEN_END),
)
VALUES: list[attrs.AttrsInstance] = [
    CodeAttributes(
        code="47383",
        global_days="010",
        work_rvu=Decimal("8.88"),
        mue=1,
        rows=frozenset({"26", "", "TC"}),
        sources={Table.FEE_SCHEDULE: Source(EDITION, How.EXACT)},
        missing={Table.MUE: Cause.NO_TABLE},
    ),
    Finding(rule="R", name="n", severity=Severity.DENY, message="m", rarc=("N519",), evidence=EVIDENCE),
    Judgement(outcome=Outcome.UNKNOWN, reason="r", cause=Cause.NO_CODE),
    CheckResult(
        rules={"R": RuleCount(fired=2)},
        checked=2,
        rejected=(Rejected(file="f", line=3, reason="r"),),
        unknown=(UnknownCount(cause=Cause.NO_CODE, what="G9999", lines=1),),
        not_run=(NotRun(rule="S", inputs=("specialty",)),),
        editions=(EditionUse(edition="RVU25D", table="fee_schedule", how="exact", lines=2),),
    ),
]


DATE = 'as in "2025-11-03"'
ISO_DATE = f"YYYY-MM-DD, {DATE}"


def errors_of(cls: type[Any], data: object) -> tuple[str, ...]:
    """Structure what must be refused, and give the errors."""
    with pytest.raises(StructureError) as caught:
        from_dict(cls, data)
    return caught.value.errors


@settings(deadline=None)
@given(CLAIMS)
def test_claims_come_back_as_they_went(claim: Claim) -> None:
    """Through plain data and through JSON."""
    assert from_dict(Claim, to_dict(claim)) == claim
    assert from_json(Claim, to_json(claim)) == claim


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_everything_else_comes_back_too(value: attrs.AttrsInstance) -> None:
    """Mappings by table, sets, nested editions, enums."""
    assert from_json(type(value), to_json(value)) == value


def test_members_come_back_as_members() -> None:
    """A text enum equals its text, so equality alone would not show it."""
    judgement = from_dict(Judgement, {"outcome": "unknown", "cause": "no_code"})

    assert judgement.outcome is Outcome.UNKNOWN
    assert judgement.cause is Cause.NO_CODE


def test_every_field_is_kept_going_out() -> None:
    """The shape of the JSON does not depend on what is known."""
    assert set(to_dict(ClaimLine())) == {field.name for field in attrs.fields(ClaimLine)}


def test_plain_data_are_plain() -> None:
    """Decimals and dates are text, sets sorted lists, unknown is null."""
    plain = to_dict(VALUES[0])

    assert plain["work_rvu"] == "8.88"
    assert plain["rows"] == ["", "26", "TC"]
    assert plain["status"] is None
    assert plain["sources"]["fee_schedule"]["edition"]["effective"] == "2025-10-01"
    assert type(plain["sources"]["fee_schedule"]["how"]) is str


def test_exponents_are_written_out() -> None:
    """Decimal("1E+2") is a hundred, and text that is read back."""
    line = ClaimLine(units=Decimal("1E+2"))

    assert to_dict(line)["units"] == "100"
    assert from_dict(ClaimLine, to_dict(line)) == line


def test_outcomes_stay_out_of_json() -> None:
    """Their keys are pairs; the report writes them in a shape of its own."""
    judged: Outcomes = {("C001", "1"): {"R": Judgement(outcome=Outcome.PASSED)}}

    assert "outcomes" not in to_dict(CheckResult(outcomes=judged))
    assert errors_of(CheckResult, {"outcomes": {}})[0].startswith("outcomes: unknown field")


def test_a_missing_field_takes_its_default() -> None:
    """to_date follows from_date as it does in Python."""
    line = from_dict(ClaimLine, {"code": "G0105", "from_date": "2025-11-03"})

    assert line == ClaimLine(code="G0105", from_date=date(2025, 11, 3))


def test_trap_the_word_no_is_not_true() -> None:
    """bool("no") is True; cattrs would take it."""
    assert errors_of(ClaimLine, {"documentation": "no"}) == (
        "documentation: expected true or false, got text",
    )


def test_trap_text_is_not_a_list_of_letters() -> None:
    """tuple("abc") has three elements; cattrs would take it."""
    assert errors_of(ClaimLine, {"modifiers": "abc"}) == ("modifiers: expected a list, got text",)
    assert errors_of(CodeAttributes, {"code": "G0105", "rows": "26"}) == ("rows: expected a list, got text",)


def test_trap_a_number_is_not_text() -> None:
    """str(201) is text; cattrs would take it, and 00100 would become 100 on the way."""
    assert errors_of(ClaimLine, {"code": 201}) == ("code: expected text in quotes, got a whole number",)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"minutes": True}, "minutes: expected a whole number, got true or false"),
        ({"minutes": "45"}, "minutes: expected a whole number, got text"),
        ({"minutes": 1.0}, "minutes: expected a whole number, got a float"),
        ({"documentation": 1}, "documentation: expected true or false, got a whole number"),
        ({"units": 1.5}, 'units: expected a number written as text, as in "1.5", got a float'),
        ({"units": True}, 'units: expected a number written as text, as in "1.5", got true or false'),
        ({"units": "1e3"}, 'units: this text is no number; write digits with a point, as in "1.5"'),
        ({"units": "NaN"}, 'units: this text is no number; write digits with a point, as in "1.5"'),
        ({"units": "9" * 41}, 'units: this text is no number; write digits with a point, as in "1.5"'),
        ({"units": "1.2345"}, "units: must be below 10000000, with at most 3 decimals"),
        ({"units": 10**9}, "units: must be below 10000000, with at most 3 decimals"),
        ({"from_date": 20251103}, f"from_date: expected a date written as text, {DATE}, got a whole number"),
        ({"from_date": "2025-02-29"}, f"from_date: this text is no date of the calendar; write {ISO_DATE}"),
        ({"setting": "outpatiant"}, 'setting: this text is none of its values; did you mean "outpatient"?'),
        ({"setting": 1}, "setting: expected one of professional, outpatient, asc, dme, got a whole number"),
        ({"setting": None}, f"setting: expected one of {', '.join(Setting)}, got nothing (null)"),
        ({"unit": "1"}, 'unit: unknown field; did you mean "units"?'),
        ({"modifiers": {"1": "50"}}, "modifiers: expected a list, got an object"),
        ([], "expected an object with the fields of ClaimLine, got a list"),
        (None, "expected an object with the fields of ClaimLine, got nothing (null)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(data: object, error: str) -> None:
    """One fault, one text: the path, what was expected, what kind of value came."""
    assert errors_of(ClaimLine, data) == (error,)


def test_whole_numbers_are_exact_decimals() -> None:
    """JSON writers often give units as numbers; a whole one loses nothing."""
    assert from_json(ClaimLine, '{"units": 2}').units == Decimal(2)


def test_all_errors_come_at_once_with_their_paths() -> None:
    """A file is corrected in one round."""
    data = {
        "lines": [
            {"code": "G0105"},
            {"code": 201, "modifiers": [50, "LT", 51]},
            {"units": 1.5, "setting": "hospital", "cod": "x"},
            "G0105",
        ],
        "birth_date": "1950",
        "patiant": "P001",
    }

    paths = [error.partition(":")[0] for error in errors_of(Claim, data)]

    assert paths == [
        "birth_date",
        "lines[1].code",
        "lines[1].modifiers[0]",
        "lines[1].modifiers[2]",
        "lines[2].units",
        "lines[2].setting",
        "lines[2].cod",
        "lines[3]",
        "patiant",
    ]


def test_errors_in_mappings_name_the_key() -> None:
    """Both the key and its value are judged."""
    data = {"code": "47383", "sources": {"fees": {"how": "exact"}}, "missing": []}

    assert errors_of(CodeAttributes, data) == (
        "sources[fees]: this text is none of its values; write one of " + ", ".join(Table),
        "sources[fees].edition: required, but missing",
        "missing: expected an object, got a list",
    )


def test_required_fields_are_named() -> None:
    """A claim without lines is no claim."""
    assert errors_of(Claim, {}) == ("lines: required, but missing",)


def test_errors_hold_no_values() -> None:
    """Somebody's id in the wrong place is not printed."""
    data = {field.name: ["P001-secret"] for field in attrs.fields(ClaimLine)}
    data["charge"] = "123456789.999"  # type: ignore[assignment]

    text = "\n".join(errors_of(ClaimLine, data))

    assert "secret" not in text
    assert "123456789" not in text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "line 1, column 2: not JSON: "),
        ("[" * 200_000, "not JSON that can be read: it is nested too deeply"),
        ('{"minutes": ' + "9" * 5000 + "}", "not JSON that can be read: a whole number has too many digits"),
        ('{"units": NaN}', "units: expected a number written as text"),
        ("[]", "expected an object with the fields of ClaimLine"),
    ],
    ids=["broken", "deep", "digits", "nan", "list"],
)
def test_hostile_json_is_refused(text: str, error: str) -> None:
    """Every fault is a StructureError."""
    with pytest.raises(StructureError, match="^" + error.replace("(", r"\(")):
        from_json(ClaimLine, text)


def test_json_is_one_line_and_keeps_its_letters() -> None:
    """Text that is not ASCII stays readable."""
    text = to_json(ClaimLine(group="Łódź"))

    assert "Łódź" in text
    assert "\n" not in text
    assert json.loads(text)["group"] == "Łódź"
