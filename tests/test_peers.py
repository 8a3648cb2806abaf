"""Mistakes that other checkers make: each is a test of ours, by its number in our list of them."""

import ast
import io
import os
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.formats.claims_837 import LINE, claims
from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Cause, Checker, Claim, ClaimLine, CodeBook, Outcome, Rulebook, Setting
from claimrules.codebook import MueRow, MueTable, PairFact, PairRow
from claimrules.formats.open import open_lines
from claimrules.model.edition import Edition, Table
from claimrules.model.facts import malformed
from claimrules.model.indicator import INDICATORS

DAY = date(2025, 11, 3)
NETWORK = {"aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "socket", "ssl", "urllib", "urllib3"}
ONE_CHECK = """
import sys
from claimrules import Checker, Claim, ClaimLine
Checker().check(Claim(claim_id="c", lines=(ClaimLine.parse("G0105 2025-11-03 by:1234567893"),)))
print(*({"socket", "ssl", "asyncio", "http.client", "urllib.request"} & set(sys.modules)))
"""


def mue_book(mai: str, value: int) -> CodeBook:
    """Make a book in which G0105 has one MUE."""
    edition = Edition(name="MUE", table=Table.MUE, setting="professional", effective=FIRST, ends=LAST)
    return CodeBook.from_tables([MueTable(edition=edition, rows={"G0105": MueRow(value, mai)})])


def outcomes(book: CodeBook, rule: str, *lines: str) -> list[Outcome]:
    """Say what one rule says of the lines of a claim."""
    claim = Claim(
        claim_id="c", lines=tuple(ClaimLine.parse(f"{line} 2025-11-03 by:1234567893") for line in lines)
    )
    result = Checker(book, Rulebook.load(select=(rule,))).check(claim)
    return [result.outcomes["c", str(number)][rule].outcome for number in range(1, len(lines) + 1)]


def test_1_indicator_1_is_by_line_and_2_is_absolute_by_day() -> None:
    """Two lines within the limit pass under 1 and fall under 2, whatever their modifiers."""
    assert outcomes(mue_book("1", 1), "MUE101", "G0105", "G0105-76") == [Outcome.PASSED] * 2
    assert outcomes(mue_book("2", 1), "MUE102", "G0105", "G0105-59") == [Outcome.FIRED] * 2
    assert outcomes(mue_book("3", 1), "MUE103", "G0105", "G0105-59") == [Outcome.FIRED] * 2


def test_2_units_are_compared_and_not_occurrences() -> None:
    """One line of three units exceeds two; two lines of one unit do not."""
    assert outcomes(mue_book("2", 2), "MUE102", "G0105 x3") == [Outcome.FIRED]
    assert outcomes(mue_book("2", 2), "MUE102", "G0105", "G0105") == [Outcome.PASSED] * 2
    assert outcomes(mue_book("3", 2), "MUE103", "G0105 x3") == [Outcome.FIRED]
    assert outcomes(mue_book("3", 2), "MUE103", "G0105", "G0105") == [Outcome.PASSED] * 2


def test_3_the_whole_line_and_all_lines_of_the_day_are_denied() -> None:
    """Every line of the code and day carries the finding, not the excess."""
    for mai, rule in (("2", "MUE102"), ("3", "MUE103")):
        assert outcomes(mue_book(mai, 2), rule, "G0105", "G0105", "G0105") == [Outcome.FIRED] * 3
        texts = Rulebook.load().by_code[rule]
        assert "excess" not in f"{texts.message} {texts.advice} {texts.why}"


def test_4_an_absent_pair_is_not_allowed() -> None:
    """Outside of the parts that are loaded nothing is known, least of all about no code at all."""
    book = pair_book(("G0105", "G0121", PairRow(FIRST, LAST, "1")))
    assert book.pair("E0601", "G0121", on=DAY) is Cause.NO_CODE
    assert book.pair("ZZZZZ", "G0121", on=DAY) is Cause.NO_CODE
    assert book.pair("G0105", "G0122", on=DAY) is None
    assert outcomes(book, "NCCI102", "G0121", "ZZZZZ")[0] is Outcome.UNKNOWN


def test_5_the_associated_modifiers_are_forty_four() -> None:
    """31 of the anatomy, six of the global period, seven others."""
    found = Rulebook.load().sets["ncci_associated"]
    assert len(found.members) == 44
    assert not found.members & {"22", "50", "51", "52", "62", "76", "77", "80", "26", "TC"}
    book = pair_book(("G0105", "G0121", PairRow(FIRST, LAST, "1")))
    for modifier in sorted(found.members):
        assert outcomes(book, "NCCI102", f"G0121-{modifier}", "G0105")[0] is Outcome.BYPASSED, modifier
    for modifier in ("22", "51", "76", "80"):
        assert outcomes(book, "NCCI102", f"G0121-{modifier}", "G0105")[0] is Outcome.FIRED, modifier


@pytest.mark.parametrize(
    ("day", "column_2", "column_1", "outcome"),
    [
        ("2019-07-01", "G0121-59", "G0105", Outcome.BYPASSED),
        ("2019-07-01", "G0121", "G0105-59", Outcome.BYPASSED),
        ("2019-07-01", "G0121", "G0105-XU", Outcome.BYPASSED),
        ("2019-06-30", "G0121", "G0105-59", Outcome.FIRED),
        ("2019-06-30", "G0121-59", "G0105", Outcome.BYPASSED),
    ],
)
def test_6_a_distinct_service_may_be_told_on_either_line(
    day: str, column_2: str, column_1: str, outcome: Outcome
) -> None:
    """Of a pair since July 2019; on column 2 alone before."""
    book = pair_book(("G0105", "G0121", PairRow(date(2019, 1, 1), date.max, "1")))
    lines = tuple(ClaimLine.parse(f"{text} {day} by:1234567893") for text in (column_2, column_1))
    checker = Checker(book, Rulebook.load(select=("NCCI102",)), editions="latest")
    found = checker.check(Claim(claim_id="c", lines=lines)).outcomes["c", "1"]
    assert found["NCCI102"].outcome is outcome


def test_7_modifiers_belong_to_their_line() -> None:
    """59 on a third line of the claim sets nothing apart; on the pair's own lines it does."""
    book = pair_book(("G0105", "G0121", PairRow(FIRST, LAST, "1")))
    assert outcomes(book, "NCCI102", "G0121", "G0105", "G0104-59")[0] is Outcome.FIRED
    assert outcomes(book, "NCCI102", "G0121-59", "G0105", "G0104")[0] is Outcome.BYPASSED


def test_8_findings_name_the_edition_that_speaks() -> None:
    """The starter says that it is one."""
    [finding] = [
        each
        for each in Checker().check_line(ClaimLine.parse("G0105 x2 2025-11-03 by:1234567893")).findings
        if each.rule == "MUE102"
    ]
    assert any("STARTER" in str(edition) for edition in finding.editions)
    line = ClaimLine.parse("G0105 x2 2025-11-03 by:1234567893")
    book = mue_book("2", 1)
    [own] = Checker(book, Rulebook.load(select=("MUE102",))).check_line(line).findings
    assert own.editions == ("MUE",)
    assert {fact.edition for fact in own.evidence if fact.edition} == {"MUE"}


def test_9_assistant_0_needs_documentation_and_1_is_never_paid() -> None:
    """Many pages swap the two."""
    found = INDICATORS["assistant"]
    assert "document" in found("0").meaning.lower()
    assert "never" in found("1").meaning.lower()
    rules = Rulebook.load().by_code
    assert (rules["ASST101"].severity, rules["ASST102"].severity) == ("deny", "review")
    never, documented = (
        {each.rule for each in Checker().check_line(ClaimLine.parse(f"{code}-80 2025-11-03")).findings}
        for code in ("47383", "73562")
    )
    assert ("ASST101" in never, "ASST102" in never) == (True, False)
    assert ("ASST101" in documented, "ASST102" in documented) == (False, True)


def test_10_diagnoses_without_dots_are_right() -> None:
    """X12 writes them so: none is malformed, and a dot that stands there is left out."""
    for written in ("HI*ABK:K2970*ABF:I10", "HI*ABK:K29.70*ABF:I10"):
        raw = claims("CLM*C*1***11:B:1", written, *LINE)
        (line,) = open_lines(io.BytesIO(raw))
        assert isinstance(line, ClaimLine)
        assert line.facts is not None
        assert line.facts.diagnoses == ("K2970", "I10")
        assert malformed(line.facts.diagnoses) == 0
        judged = Checker(inputs=frozenset({"diagnoses"})).check_line(line).outcomes
        assert next(iter(judged.values()))["DX102"].outcome is not Outcome.FIRED


@pytest.mark.parametrize("modifiers", ["EH", "RH", "GR"])
def test_11_an_ambulance_route_is_no_unknown_modifier(modifiers: str) -> None:
    """Origin and destination share the shape of a modifier."""
    line = ClaimLine.parse(f"A0425-{modifiers} x5 2025-11-03 @41")
    judged = next(iter(Checker().check_line(line).outcomes.values()))
    assert judged["MOD101"].outcome is Outcome.NOT_APPLICABLE


def test_12_a_check_never_goes_to_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for providers either."""

    def refuse(*_: object, **__: object) -> socket.socket:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    claim = Claim(claim_id="c", lines=(ClaimLine.parse("G0105 2025-11-03 by:1234567893"),))
    assert Checker().check(claim).checked == 1


def test_12_nothing_of_the_package_knows_the_network() -> None:
    """No source imports a module for it, and a check loads none, not even by a detour."""
    folder = Path(__file__).parents[1] / "src" / "claimrules"
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert NETWORK.isdisjoint(name.partition(".")[0] for name in names), path.name
    # Coverage, where it follows child processes, loads a socket of its own.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-c", ONE_CHECK]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=alone)  # noqa: S603 (our own text)
    assert said.stdout.split() == []


def test_13_a_deleted_edit_is_none_and_dates_are_read() -> None:
    """Indicator 9 never was an edit; others hold from their first to their last day."""
    book = pair_book(
        ("G0105", "G0121", PairRow(FIRST, FIRST, "9")),
        ("G0105", "G0122", PairRow(date(2025, 11, 3), date(2025, 11, 4), "1")),
    )
    assert book.pair("G0105", "G0121", on=FIRST) is None
    found = [
        isinstance(book.pair("G0105", "G0122", on=date(2025, 11, day), setting=Setting.ASC), PairFact)
        for day in (2, 3, 4, 5)
    ]
    assert found == [False, True, True, False]
    assert outcomes(book, "NCCI102", "G0121", "G0105")[0] is Outcome.PASSED
    assert outcomes(book, "NCCI102", "G0122", "G0105")[0] is Outcome.FIRED
