"""The page of a code: every table in words, with the edition that says so, or why none does."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.small_book import PRIMARIES, small_book

from claimrules import Checker, CodeBook, Setting
from claimrules.codebook import build_book
from claimrules.model.edition import Table
from claimrules.model.period import Period
from claimrules.report.changes import diff_object, diff_page, history_object, history_page
from claimrules.report.code import CodeFacts, code_object, code_text, look_up
from claimrules.report.code_schedule import global_period
from claimrules.report.code_stories import AGREES, DIFFERS, ONLY_HERE, page_says

DAY = date(2024, 8, 1)
SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> CodeBook:
    """A book of many tables, with pages and profiles."""
    return CodeBook.open(small_book(tmp_path_factory.mktemp("book")))


def found_of(book: CodeBook, code: str, on: date = DAY, editions: str = "near") -> CodeFacts:
    """Look a code up."""
    return look_up(Checker(book, editions=editions), code, on=on, setting=Setting.PROFESSIONAL)


def text_of(book: CodeBook, code: str, on: date = DAY, **more: Any) -> str:
    """Write a code's page, its lines joined."""
    return " ".join(code_text(found_of(book, code, on), book, **more).text.split())


def test_every_table_names_its_edition_or_its_silence(book: CodeBook) -> None:
    """Exact, near, or the cause."""
    text = text_of(book, "G0105")
    for part in (
        "fee schedule: RVU24C, in force 2024-07-01 to 2024-09-30 (exact)",
        "MUE, professional: MUE 2024Q3",
        "MUE, dme: unknown: no such table is loaded (no_table); never unlimited",
        "OPPS Addendum B: Addendum B 2024Q3",
        "status indicator T A significant procedure, reduced when it is not the only one.",
        "ASC addenda: unknown: no such table is loaded (no_table)",
        "HCPCS Level II table: HCPCS 2024Q3, in force up to 2024-09-30 (exact)",
        "RBCS classification: RBCS 2024",
        "row 53, where it differs from the blank row: work RVU 1.63",
    ):
        assert part in text, part
    assert "RVU24C, in force 2024-07-01 to 2024-09-30 (near: none holds" in text_of(
        book, "G0105", date(2024, 3, 1)
    )


def test_the_global_period_has_real_days(book: CodeBook) -> None:
    """The day before and ninety after; nothing where the indicator is no count of days."""
    assert "2024-07-31 to 2024-10-30 (D-1 to D+90)" in text_of(book, "G0412")
    main = found_of(book, "G0412").main
    assert global_period(main, DAY) == Period(date(2024, 7, 31), date(2024, 10, 30))
    assert global_period(found_of(book, "G0130").main, DAY) is None
    assert "For a procedure of 2024-08-01: 2024-08-01 (D)." in text_of(book, "G0105")


def test_modifiers_stand_by_what_the_rules_say(book: CodeBook) -> None:
    """Those with one reason together; those without a rule are counted, or listed."""
    text = text_of(book, "G0412")
    cannot, rest = text.split("only with documentation, or after a review")
    review, can = rest.split("can go with it: a rule looked")
    assert "62 two surgeons share one operation COSG101 deny: G0412 does not" in cannot
    assert "80 physician assists the surgeon; 81" in review
    assert "50 both sides treated in one session AOC104 BILAT101" in can
    assert "further modifiers no line rule says anything with this code (--all lists them)" in can
    assert " GC " in text_of(book, "G0412", everything=True).split("no line rule says")[1]
    unknown = text_of(book, "E0601")
    assert "unknown: a rule could still object" in unknown
    assert "COSG101 COSG102 COSG103: code.co_surgeon: the edition does not hold the code (no_code)" in unknown


def test_primaries_of_an_add_on_code(book: CodeBook) -> None:
    """The first twenty, then all; what the contractor defines is said."""
    assert "25 codes: G0101 G0102" in text_of(book, "G0500")
    assert "G0120 and 5 more (--all lists them)" in text_of(book, "G0500")
    assert "more (--all" not in text_of(book, "G0500", everything=True).split("modifiers")[0]
    assert "any that the contractor accepts note only so" in text_of(book, "G0501")
    assert code_object(found_of(book, "G0500"))["primaries"]["primaries"] == sorted(PRIMARIES)


def test_pages_and_profiles_of_the_code(book: CodeBook) -> None:
    """Each attribute of a page beside what the tables say of it."""
    text = text_of(book, "G0105")
    assert "code page: code_page_g0105.txt" in text
    assert "procedure profile: profile_g0105.txt" in text
    assert "modifiers that it lists: GC 53 PT XS (--all tells what it says of them)" in text
    assert "A resident did part of it" in text_of(book, "G0105", everything=True)
    found = found_of(book, "G0105")
    said = {each.field: page_says(found.main, each) for each in found.pages[0].attributes}
    assert (said["global_days"], said["mue"], said["type_of_service"]) == (AGREES, AGREES, ONLY_HERE)
    later = found_of(book, "G0105", date(2026, 1, 1))
    assert {page_says(later.main, each) for each in later.pages[0].attributes} == {ONLY_HERE}


def test_where_a_page_and_a_table_differ_both_are_told(book: CodeBook) -> None:
    """A page bound to a code whose attributes are others."""
    found = found_of(book, "G0412")
    page = found_of(book, "G0105").pages[0]
    differ = [each.field for each in page.attributes if page_says(found.main, each) == DIFFERS]
    assert {"global_days", "bilateral"} <= set(differ)


def test_the_history_is_told_newest_entries_first_left(book: CodeBook) -> None:
    """Fields of one edition in one line; many primaries are counted."""
    text = text_of(book, "G0412")
    assert "2024-10-01 changed fee schedule, RVU24D after RVU24C: bilateral 1 -> 2; conversion factor" in text
    assert "G0110 and 15 more (add-on type 1)" in text_of(book, "G0500")
    assert "G0125 (add-on type 1)" in text_of(book, "G0500", everything=True)
    assert "code page, code_page_g0105.txt: Short description edited." in text_of(book, "G0105")


def test_the_object_of_a_code_leaves_nothing_out(book: CodeBook) -> None:
    """By the names of the model."""
    data = code_object(found_of(book, "G0105"))
    assert (data["hcpcs"]["short_description"], data["opps"]["status_indicator"]) == (
        "Colorectal scrn; hi risk ind",
        "T",
    )
    assert (data["rbcs"]["category"], data["missing"]["asc"]) == ("Procedure", "no_table")
    assert data["global_period"] == {"start": "2024-08-01", "end": "2024-08-01"}
    fits = {fit["modifier"]: fit for fit in data["modifiers"]}
    assert len(fits) > 400
    assert fits["50"]["fits"] == "no"
    assert fits["50"]["fired"][0] == {
        "rule": "BILAT101",
        "message": "G0105 does not take modifier 50: its bilateral indicator is 0.",
        "severity": "return",
        "cause": None,
    }
    assert data["pages"][0]["source_file"] == "code_page_g0105.txt"
    assert len(data["history"]) == len(book.history("G0105"))


def test_every_width_holds(book: CodeBook) -> None:
    """No line is wider than the page, but for a single word."""
    for width in (60, 80, 120):
        page = code_text(found_of(book, "G0105"), book, width=width)
        lines = ["".join(span.text for span in line) for line in page.lines]
        assert [line for line in lines if len(line) > width and " " in line.strip()] == []


def test_two_editions_are_compared(book: CodeBook) -> None:
    """Counts, then the keys of each kind, cut where asked."""
    diff = book.diff("RVU24C", "RVU24D")
    text = diff_page(diff, limit=1).text
    for part in ("fee schedule: RVU24C -> RVU24D", "added  1", "added: G0998", "ended: G0999"):
        assert part in text
    assert "changed  3 (7 fields)" in text
    assert "2 more (--limit 3 shows them)" in text
    assert "added:" not in diff_page(diff, limit=0).text
    data = diff_object(diff)
    assert data["counts"] == {"added": 1, "ended": 1, "changed": 3, "fields": 7}
    assert (data["before"]["name"], data["added"], len(data["changed"])) == ("RVU24C", ["G0998"], 7)


def test_a_history_of_its_own(book: CodeBook) -> None:
    """In full."""
    changes = book.history("G0500")
    assert "G0125 (add-on type 1)" in " ".join(history_page("G0500", changes).text.split())
    assert len(history_object("G0500", changes)["changes"]) == len(changes) == 25


@pytest.mark.skipif(not (SHARED / "seeds").exists(), reason="the pages are not there")
def test_a_real_code_page_agrees_with_the_published_tables(tmp_path: Path) -> None:
    """On every attribute that both have: fee schedule, MUE, hospital and surgical centre."""
    data = SHARED / "data"
    sources = [
        data / "pfs" / "PPRRVU2025_Oct.txt",
        *sorted((data / "mue").glob("MCR_MUE_Practitioner*2024*")),
        *sorted((data / "opps").glob("add*")),
        data / "asc" / "2026",
        SHARED / "seeds",
    ]
    path = tmp_path / "real.claimbook"
    build_book(sources, path)
    found = found_of(CodeBook.open(path), "47383", date(2026, 6, 30), "latest")
    assert (len(found.pages), len(found.profiles)) == (1, 1)
    assert {Table.FEE_SCHEDULE, Table.MUE, Table.ADDENDUM_B, Table.ASC} <= found.main.sources.keys()
    said = {each.field: page_says(found.main, each) for each in found.pages[0].attributes}
    assert DIFFERS not in said.values()
    assert {field for field, words in said.items() if words == AGREES} == {
        *("status", "global_days", "pctc", "multiple_procedure", "bilateral", "supervision", "assistant"),
        *("co_surgeon", "team", "imaging_family", "status_indicator", "payment_indicator", "mue"),
    }
    values = {each.field: each.value for each in found.pages[0].attributes}
    assert (values["mue"], values["status_indicator"], values["payment_indicator"]) == ("1", "J1", "J8")
    assert (values["type_of_service"], values["betos"]) == ("2", "P1G")
