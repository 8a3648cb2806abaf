"""What a bill says once: the same in the line engine, in frames and from CSV."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest

from claimrules import Checker, Claim, ClaimLine, CodeBook, History, Rulebook
from claimrules.engine.frame.claim_fields import makers
from claimrules.engine.frame.door import open_frame, plus
from claimrules.engine.frame.normalise import absent, arrive
from claimrules.engine.subject import NO_FACTS, Subject
from claimrules.expr import access
from claimrules.expr.vocabulary import VOCABULARY, Type
from claimrules.formats.tabular import read_table
from claimrules.model.claim import Setting
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.npi import npi_valid
from claimrules.testing.frames import frame_of, row_of

CELLS: tuple[dict[str, str], ...] = (
    {},
    {
        "sex": "f",
        "bill_type": "0131",
        "clia": "05d0000000",
        "icd_version": "0",
        "principal_diagnosis": "w19.xxxa",
    },
    {"sex": "U", "bill_type": "13", "patient_status": "1", "icd_version": "10", "principal_diagnosis": "C22"},
    {
        "bill_type": "85x",
        "patient_status": "01",
        "icd_version": "9",
        "diagnoses": "C22.0 Z12.11, 22C.0|U07.1",
    },
    {"diagnoses": "12", "condition_codes": "W2 45"},
    {"diagnoses": "C22-0", "condition_codes": ""},
    {
        "statement_from": "2025-12-30",
        "statement_to": "20260102",
        "birth_date": "1950-02-30",
        "coverage_to": "x",
    },
    {
        "birth_date": "1950-02-28",
        "death_date": "2025-03-01",
        "admission_date": "2025-02-27",
        "discharge_date": "",
        "assumed_care_date": "2025-03-12",
        "relinquished_care_date": "20250608",
    },
)
"""Cells as tables have them: right, wrong, and blank."""
NPIS = ("1234567893", "1234567890", "1558598797", "A234567893", None)


def lines() -> Iterator[ClaimLine]:
    """A line for each row of cells, as a reader makes it."""
    for number, cells in enumerate(CELLS):
        npi = NPIS[number % len(NPIS)]
        facts = ClaimFacts.read(cells)
        yield ClaimLine(code="G0105", billing_provider=npi, line_id=str(number), facts=facts)


def claim_fields() -> list[str]:
    """The fields of the claim that a frame has a column for."""
    return [name for name in VOCABULARY["claim"] if name != "as_of"]


def said(line: ClaimLine, cells: Mapping[str, str]) -> dict[str, str | None]:
    """A row of the frame, with the cells as they came."""
    facts = {name: cells.get(name) for name in FACTS} | {"condition_codes": cells.get("condition_codes", "?")}
    return {**row_of(line), **facts}


def plain(value: Any) -> Any:
    """A value as both engines' can be compared."""
    if isinstance(value, str) and value.startswith("<"):
        return tuple(value.strip("<>").split("><"))
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("engine", ["polars", "pyarrow", "duckdb", "pandas"])
def test_frames_read_the_facts_as_the_line_engine_does(engine: str) -> None:
    """Right, wrong and blank cells; the number of diagnoses, and of those without the shape."""
    everything = tuple(lines())
    rows = [said(line, cells) for line, cells in zip(everything, CELLS, strict=True)]
    backend = open_frame(frame_of(rows, engine))
    nw = backend.nw
    named = {name: name for name in rows[0] if name != "setting"}
    frame, reader = arrive(nw, backend.frame, named, Setting.PROFESSIONAL)
    frame = plus(frame, absent(nw, named))
    wanted = makers(nw, reader)
    read = frame.select("r_line_id", **{name: make()[name] for name, make in wanted.items()})
    found = backend.local(read)
    lookup = CodeBook.starter().lookup()

    for place, line_id in enumerate(found["r_line_id"]):
        line = everything[int(line_id)]
        subject = Subject(line, NO_FACTS, None, lookup, 0)
        for name in wanted:
            space, _, word = name.partition("_")
            text = access.snippet(VOCABULARY[space][word], "s")
            value = eval(text, dict(access.FUNCTIONS), {"s": subject})  # noqa: S307 (a snippet of this package)
            if VOCABULARY[space][word].type is Type.TEXTS and value == ():
                value = ""
            assert plain(found[name][place]) == value, (name, CELLS[int(line_id)])


def test_a_csv_gives_the_facts() -> None:
    """Columns by the names that exports use; lines of one claim share what it says."""
    text = (
        "claim_id,hcpcs,dob,gender,type_of_bill,dx_codes,cond_codes\n"
        "1,G0105,1950-02-28,F,0131,C22.0;Z12.11,W2\n1,G0106,1950-02-28,F,0131,C22.0;Z12.11,W2\n2,G0105,,,,,\n"
    )
    with read_table(BytesIO(text.encode())) as table:
        first, second, third = table
        assert table.columns.inputs == {"birth_date", "sex", "bill_type", "diagnoses", "condition_codes"}

    assert isinstance(first, ClaimLine)
    assert isinstance(second, ClaimLine)
    assert isinstance(third, ClaimLine)
    assert first.facts is second.facts
    assert first.facts is not None
    assert first.facts.bill_type == "131"
    assert first.facts.diagnoses == ("C22.0", "Z12.11")
    assert third.facts == ClaimFacts(condition_codes=())


@pytest.mark.parametrize(
    ("header", "offered"),
    [
        ("code,rendering_npi", True),
        ("code,provider", False),
        ("code,org_npi_num", True),
        ("code,snpix", False),
    ],
)
def test_only_columns_called_npi_hold_npis(header: str, offered: object) -> None:
    """An id of another kind has no check digit."""
    with read_table(BytesIO(f"{header}\n".encode())) as table:
        assert ("npi" in table.columns.inputs) is offered


def test_a_timely_filing_finding_comes_from_a_csv_and_is_explained_from_a_frame() -> None:
    """DATE307 in both engines, with the facts that a line carries."""
    header = "claim_id,line_id,code,from_date,received_date"
    text = f"{header}\n1,1,G0105,2025-03-03,2026-03-04\n1,2,G0105,2025-03-03,\n"
    with read_table(BytesIO(text.encode())) as table:
        checker = Checker(rulebook=Rulebook.load(select=("DATE307",)), inputs=table.columns.inputs)
        read = [line for line in table if isinstance(line, ClaimLine)]

    [finding] = checker.check_lines(read).findings
    kept = ("claim_id", "line_id", "code", "from_date", "received_date")
    rows = [{name: row_of(line)[name] for name in kept} for line in read]
    explained = checker.check_frame(frame_of(rows, "polars")).explained(5).findings

    assert (finding.rule, finding.line_id) == ("DATE307", "1")
    assert [(each.rule, each.line_id, each.message) for each in explained] == [
        ("DATE307", "1", finding.message)
    ]


def test_a_history_shares_the_patient_not_the_bill() -> None:
    """The other bill was received on another day."""
    claim = Claim(lines=(ClaimLine(code="G0105"),), sex="F", bill_type="131")

    assert claim.of_patient == ClaimFacts(sex="F")
    checker = Checker(rulebook=Rulebook.load(select=("DATE307",)))
    assert checker.check(claim, History((ClaimLine(code="G0106"),))).checked == 1


def test_values_that_identify_are_not_shown() -> None:
    """Neither in the text of a claim nor in that of an error."""
    with pytest.raises(ValueError, match="sex: F or M") as error:
        ClaimFacts(sex="secret")
    assert "secret" not in str(error.value)
    shown = repr(Claim(lines=(), sex="F", principal_diagnosis="C220", clia="05D0000000"))
    assert not [word for word in ("C220", "05D", "'F'") if word in shown]
    assert FACTS
    assert npi_valid(NPIS[0] or "")
