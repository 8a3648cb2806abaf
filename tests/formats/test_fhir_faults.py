"""FHIR in any layout, and what is none: each fault costs itself."""

import io
import json
from typing import Any

import pytest
from tests.formats.claims_fhir import claim, item, read

from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.reader import ReadOptions
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("many", [False, True])
def test_json_of_any_layout(indent: int | None, many: bool) -> None:
    """One resource, an array, one after the other, pretty or not; recognised by content."""
    one = claim(item())
    text = json.dumps([one, one] if many else one, indent=indent)
    for raw, count in ((text, 1 + many), (f"\ufeff{text}\n{text}\n", 2 + 2 * many)):
        with open_lines(io.BytesIO(raw.encode())) as reader:
            assert len([entry for entry in reader if isinstance(entry, ClaimLine)]) == count


def test_bad_lines_cost_themselves() -> None:
    """Broken JSON, huge nesting, half characters, keys that stand twice, other values."""
    good = json.dumps(claim(item()))
    bad = [
        (good[:-9], "is no JSON"),
        ('{"resourceType": "Claim", "x": ' + "[" * 200_000, "is nested too deeply to be read"),
        (good.replace('"C77"', r'"\ud800"'), "holds half a character (a lone surrogate)"),
        (good.replace('"status"', '"id": "a", "status"'), "holds an object with the same key twice"),
        ("17", "is no object, so no resource"),
        ('{"a": 1}', "is no resource: it names no resourceType"),
    ]
    raw = "\n".join([good, *(line for line, _ in bad), good]).encode()
    with open_lines(io.BytesIO(raw)) as reader:
        entries = list(reader)
    assert [type(entry) for entry in entries] == [ClaimLine, *[Rejected] * len(bad), ClaimLine]
    found = [(entry.reason, entry.line) for entry in entries if isinstance(entry, Rejected)]
    assert found == [(reason, number) for number, (_, reason) in enumerate(bad, 2)]


def test_a_document_that_breaks_off() -> None:
    """What was whole is read; the rest is said with its line."""
    text = json.dumps(claim(item()), indent=1)
    raw = f"{text}\n{text[:-20]}".encode()
    with open_lines(io.BytesIO(raw)) as reader:
        first, last = reader
    assert isinstance(first, ClaimLine)
    assert isinstance(last, Rejected)
    assert (last.line, last.offset) == (text.count("\n") + 2, len(text) + 1)


def test_no_claim_is_never_silent() -> None:
    """A bundle of patients has no claim, and that is said."""
    assert read({"resourceType": "Patient"})[1] == [
        "is the end of a file without any Claim or ExplanationOfBenefit"
    ]


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [{}], {"coding": 1}, {"coding": [1]}, [[[]]]])
@pytest.mark.parametrize(
    "key",
    [
        *item(),
        "modifier",
        "locationCodeableConcept",
        "careTeamSequence",
        "revenue",
        "net",
        "detail",
        "adjudication",
        "diagnosisSequence",
        "servicedPeriod",
    ],
)
def test_values_of_other_kinds_never_raise(key: str, value: Any) -> None:
    """An item is a line or has a reason, whatever its parts are."""
    lines, reasons, _ = read(claim(item(**{key: value})))
    assert len(lines) + len(reasons) == 1


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [{}], {"coding": 1}, [[[]]]])
@pytest.mark.parametrize(
    "key",
    [
        *claim(),
        "careTeam",
        "contained",
        "provider",
        "diagnosis",
        "billablePeriod",
        "supportingInfo",
        "identifier",
        "subType",
    ],
)
def test_claims_of_other_kinds_never_raise(key: str, value: Any) -> None:
    """Also where the claim itself is odd."""
    lines, reasons, _ = read(claim(item()) | {key: value})
    assert len(lines) + len(reasons) == 1


def test_a_file_that_is_no_json_at_all() -> None:
    """Every line is rejected, none raises."""
    with open_lines(io.BytesIO(b"{nonsense\n{more"), ReadOptions(input_format="fhir")) as reader:
        assert [isinstance(entry, Rejected) for entry in reader] == [True, True]
    with pytest.raises(ReadError, match="no JSON of objects"):
        open_lines(io.BytesIO(b"{nonsense\n{more"))
