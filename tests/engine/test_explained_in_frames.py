"""What a frame finds is explained, whatever its line is, and whoever the lines that prove it name."""

import attrs
import pytest

from claimrules import Checker, ClaimLine, Rulebook
from claimrules.testing.frames import frame_of, row_of

ENGINES = ("polars", "polars-lazy", "pandas", "pyarrow", "duckdb")


def line_of(text: str, number: int) -> ClaimLine:
    """A line of one claim."""
    return attrs.evolve(ClaimLine.parse(text), claim_id="C1", line_id=str(number))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_claim_whose_lines_name_several_patients(engine: str) -> None:
    """A rule about lines of a claim looks at all of them: the line that proves it comes along."""
    pytest.importorskip(engine.partition("-")[0])
    texts = ("G0105 2025-11-03", "G0105 2025-11-03 patient:P1", "G0105 2025-11-03 patient:P2")
    lines = [line_of(f"{text} by:1234567893", number) for number, text in enumerate(texts, 1)]
    checker = Checker(rulebook=Rulebook.load(select=["DUP103"]))
    explained = checker.check_frame(frame_of([row_of(line) for line in lines], engine)).explained(None)

    assert explained.findings == checker.check_lines(lines).findings
    proofs = {each.line_id: each.other_line_ids for each in explained.findings}
    assert proofs == {"2": ("1", "3"), "3": ("1", "2")}


@pytest.mark.parametrize("engine", ENGINES)
def test_five_modifiers(engine: str) -> None:
    """The finding tells how many there are."""
    pytest.importorskip(engine.partition("-")[0])
    lines = [line_of("27447-RT-78-22-GC-KX 2025-11-03", 1), line_of("27447-RT-78-22-GC 2025-11-03", 2)]
    checker = Checker(rulebook=Rulebook.load(select=["FMT104"]))
    explained = checker.check_frame(frame_of([row_of(line) for line in lines], engine)).explained(None)

    assert explained.findings == checker.check_lines(lines).findings
    assert [each.line_id for each in explained.findings] == ["1"]
    assert "carries 5 modifiers" in explained.findings[0].message
