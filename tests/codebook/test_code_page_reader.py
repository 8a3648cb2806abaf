"""The reader of code pages: every field placed or reported, whatever the order and the line ends."""

from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import code_page, profile
from claimrules.codebook.readers.containers import PassedOver, open_published
from claimrules.codebook.readers.page_words import FIELDS, decode_words
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.page import CodePage, PageChange, PageModifier

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
REAL = Path(__file__).resolve().parents[3] / "shared" / "seeds"
VALUES = {
    "status": "A",
    "global_days": "000",
    "pctc": "0",
    "multiple_procedure": "2",
    "bilateral": "0",
    "supervision": "09",
    "assistant": "1",
    "co_surgeon": "0",
    "team": "0",
    "imaging_family": "99",
    "status_indicator": "T",
    "payment_indicator": "A2",
    "type_of_service": "2",
    "betos": "P8D",
    "mue": "1",
}


def published(path: Path, content: str | bytes | None = None, code: str | None = None) -> PublishedFile:
    """Open a file, written first where its content is given."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (file,) = open_published(path, Declared(code=code))
    assert not isinstance(file, PassedOver)
    return file


def read_text(path: Path, content: str | bytes) -> tuple[CodePage, ReadResult]:
    """Read a page from its text."""
    result = code_page.read(published(path / "page.txt", content))
    (page,) = result.documents
    assert isinstance(page, CodePage)
    return page, result


def sample() -> str:
    """The invented page, as text."""
    return (PAGES / "code_page_g0105.txt").read_text(encoding="utf-8")


def test_every_field_is_read(tmp_path: Path) -> None:
    """Descriptors, attributes decoded and as printed, modifiers, history, prose and notices."""
    page, result = read_text(tmp_path, sample())
    assert page.code is None
    assert page.short_descriptor == "COLORECTAL SCRN; HI RISK IND"
    assert page.medium_descriptor == "COLORECTAL CANCER SCREENING HIGH RISK INDIVIDUAL"
    assert page.long_descriptor == "Colorectal cancer screening; colonoscopy on individual at high risk"
    assert {each.field: each.value for each in page.attributes} == VALUES
    assert page.attributes[2].name == "PC/TC Indicator (26, TC)"
    assert page.attributes[2].text == "0 - Physician Service Code"
    assert [each.modifier for each in page.modifiers] == ["GC", "53", "PT", "XS"]
    assert page.modifiers[-1] == PageModifier(modifier="XS", text="Another organ or structure")
    assert page.history == (
        PageChange(on=date(2019, 1, 1), action="Changed", note="Short description edited."),
        PageChange(on=date(1998, 1, 1), action="Added", note="Added"),
    )
    assert len(page.prose) == 4
    assert [notice[:16] for notice in page.notices] == ["© Copyright 2025"] * 2
    assert result.tables == ()


def test_what_has_no_place_is_kept_and_reported(tmp_path: Path) -> None:
    """A line below the history is unplaced; lists that are announced and missing are warned of."""
    page, result = read_text(tmp_path, sample())
    assert page.unplaced == ("Try our coding helper today.",)
    assert [str(note) for note in result.skipped] == [
        "text apart from the page's prose: kept as unplaced (line 18)"
    ]
    assert [str(note) for note in result.warnings] == [
        "a paragraph announces a list that is not in the file (2 times, lines 4, 5)"
    ]


def test_a_list_that_follows_its_announcement_is_prose(tmp_path: Path) -> None:
    """Bullets below a colon are paragraphs, and nothing is warned of."""
    page, result = read_text(tmp_path, "Steps are:\n- one\n- two\n\nShort Descr | A | MUE | 2 |\n")
    assert page.prose == ("Steps are:", "- one", "- two")
    assert result.warnings == ()


def test_windows_line_ends_latin_1_and_order_do_not_matter(tmp_path: Path) -> None:
    """The same page with other line ends, encoding, and its parts upside down."""
    plain, _ = read_text(tmp_path, sample())
    windows, _ = read_text(tmp_path, sample().replace("\n", "\r\n").encode("latin-1"))
    assert windows == plain
    lines = sample().splitlines()
    turned, _ = read_text(tmp_path, "\n\n".join([*lines[6:8], *lines[:6], *lines[8:]]))
    assert turned == plain


def test_lists_may_be_spread_over_lines(tmp_path: Path) -> None:
    """One attribute, one modifier or one cell a line; marks at both ends; a header in one line."""
    text = (
        "| Short Descr | Screening |\n| Global Days | XXX - Concept does not apply |\nMUE\n|\n2\n|\n"
        "| GC | Resident |\n| 53 | Given up |\nDate | Action | Notes\n2020-01-01\n|\nAdded\n|\nNew\n|\n"
    )
    page, result = read_text(tmp_path, text)
    assert (page.short_descriptor, page.value("global_days"), page.value("mue")) == ("Screening", "XXX", "2")
    assert [each.modifier for each in page.modifiers] == ["GC", "53"]
    assert page.history == (PageChange(on=date(2020, 1, 1), action="Added", note="New"),)
    assert (page.unplaced, result.skipped) == ((), ())


def test_words_that_are_not_known_are_kept_and_warned_of(tmp_path: Path) -> None:
    """An unknown name, unknown words, an impossible value: as printed, without a value."""
    text = "Short Descr | A | Status Code | Sleeping Code | Global Days | 011 - Odd | Colour | green |"
    page, result = read_text(tmp_path, text)
    assert [(each.text, each.field, each.value) for each in page.attributes] == [
        ("Sleeping Code", "status", None),
        ("011 - Odd", "global_days", None),
        ("green", None, None),
    ]
    assert [str(note) for note in result.warnings] == [
        "status: the words are of no known value: kept as printed (line 1)",
        "global_days: the words are of no known value: kept as printed (line 1)",
        "an attribute whose name is not known: kept as printed (line 1)",
    ]


def test_missing_and_surplus_cells_do_not_shift_the_others(tmp_path: Path) -> None:
    """A missing text, a missing modifier text and a cell too many are reported; the rest is read."""
    text = "Short Descr | A | Status Code | Global Days | 000 | MUE | 1 |\nGC | 53 | Given up | more |\n"
    page, result = read_text(tmp_path, text)
    assert [page.value(field) for field in ("status", "global_days", "mue")] == [None, "000", "1"]
    assert page.modifiers == (
        PageModifier(modifier="GC", text=""),
        PageModifier(modifier="53", text="Given up"),
    )
    assert page.unplaced == ("more",)
    assert [note.text for note in result.warnings] == [
        "status: the words are of no known value: kept as printed",
        "a modifier without text",
    ]


def test_what_stands_twice_is_counted_or_unplaced(tmp_path: Path) -> None:
    """Equal: a warning. Different: the first counts, the other is kept as unplaced."""
    text = (
        "Short Descr | A | MUE | 1 | MUE | 1 | MUE | 2 |\nGC | x | GC | x | GC | y |\n"
        "2020-01-01 | Added | n |\n2020-01-01 | Added | n |\n"
    )
    page, result = read_text(tmp_path, text)
    assert (page.value("mue"), len(page.modifiers), len(page.history)) == ("1", 1, 1)
    assert page.unplaced == ("MUE | 2", "GC | y")
    assert [note.text for note in result.warnings] == [
        "an attribute stands twice",
        "a modifier stands twice",
        "a change stands twice",
    ]


def test_history_entries_without_date_or_out_of_the_calendar_are_unplaced(tmp_path: Path) -> None:
    """A date is never guessed; an entry without note is read."""
    text = (
        "Short Descr | A | MUE | 1 |\nDate | Action | Notes |\n2020-02-31 | Added | n |\n"
        "01/02/2020 | Changed | n |\n2021-01-01 | Changed | |\n2022-01-01 | |\n"
    )
    page, result = read_text(tmp_path, text)
    assert [(each.on.year, each.action, each.note) for each in page.history] == [
        (2021, "Changed", ""),
        (2022, "", ""),
    ]
    assert page.unplaced == ("2020-02-31 | Added | n", "01/02/2020 | Changed | n |")
    assert [note.lines for note in result.skipped] == [(3,), (4,)]
    assert [note.text for note in result.warnings] == ["a change without its action"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ("Short Descr | Another | MUE | 2 |", "a second short descriptor"),
        ("Name of the Procedure:\nAnother", "a procedure profile in the file of a code page"),
    ],
    ids=["page", "profile"],
)
def test_one_page_a_file(tmp_path: Path, more: str, error: str) -> None:
    """A second page or a profile would be mixed with the first: an error with line and remedy."""
    with pytest.raises(BuildError, match=rf"page.txt, line 19: {error}.*file of its own"):
        read_text(tmp_path, f"{sample()}\n{more}")


def test_a_declared_code_is_taken(tmp_path: Path) -> None:
    """The page states none; the caller may."""
    (page,) = code_page.read(published(tmp_path / "page.txt", sample(), code="G0105")).documents
    assert page.code == "G0105"
    assert page.source_file == "page.txt"


def test_a_page_of_descriptors_only_is_warned_of(tmp_path: Path) -> None:
    """It is read, but says nothing."""
    page, result = read_text(tmp_path, "Short Descr | A | Medium Descr | |\n")
    assert page.attributes == ()
    assert [note.text for note in result.warnings] == [
        "the medium descriptor is blank",
        "the page lists no attribute beside descriptors",
    ]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("status", "Statutory exclusion", "X"),
        ("status", "A", "A"),
        ("status", "Not valid for Medicare purposes", None),
        ("global_days", "MMM - Maternity", "MMM"),
        ("global_days", "Concept does not apply.", "XXX"),
        ("global_days", "10", None),
        ("supervision", "Concept does not apply", "09"),
        ("team", "7 - Odd", None),
        ("status_indicator", "J1 - Comprehensive", "J1"),
        ("status_indicator", "STV-Packaged Codes", "Q1"),
        ("status_indicator", "Non-Covered Service, not paid under OPPS", "E1"),
        ("payment_indicator", "Packaged service/item; no separate payment made.", "N1"),
        ("payment_indicator", "Device-intensive procedure; paid at adjusted rate.", "J8"),
        ("payment_indicator", "New Technology Intraocular Lens (NTIOL); special payment.", "L6"),
        ("betos", "Z2 - Undefined codes", "Z2"),
        ("type_of_service", "P1 - Odd", None),
        ("mue", "Not published", None),
        ("mue", "12", "12"),
    ],
)
def test_words_are_decoded_exactly_or_not_at_all(field: str, text: str, value: str | None) -> None:
    """The value first, alone, or the published words; what two values share stays unknown."""
    assert decode_words(field, text) == value


def test_no_profile_is_a_page(tmp_path: Path) -> None:
    """Detection goes by content: neither a profile nor a table is a page."""
    assert code_page.detect(published(tmp_path / "p", sample()))
    assert not profile.detect(published(tmp_path / "p", sample()))
    for path in PAGES.glob("profile_*.txt"):
        assert not code_page.detect(published(path))
    assert not code_page.detect(
        published(tmp_path / "t.csv", "HCPCS,Short Descriptor,SI\nG0105,Screening,T\n")
    )


@pytest.mark.skipif(not REAL.exists(), reason="the real pages are not here")
def test_the_real_page_is_read_whole() -> None:
    """Every attribute is decoded, every modifier and change read; one line has no place."""
    (file,) = (f for f in map(published, sorted(REAL.glob("*.txt"))) if code_page.detect(f))
    result = code_page.read(file)
    (page,) = result.documents
    assert isinstance(page, CodePage)
    expected = {"global_days": "010", "status_indicator": "J1", "payment_indicator": "J8", "betos": "P1G"}
    assert {each.field: each.value for each in page.attributes} == VALUES | expected
    assert set(VALUES) == set(FIELDS.values())
    assert (len(page.modifiers), len(page.history), len(page.prose), len(page.notices)) == (9, 2, 4, 2)
    assert [(note.count, note.lines) for note in result.skipped] == [(1, (18,))]
    assert [(note.count, note.lines) for note in result.warnings] == [(2, (4, 5))]
    assert len(page.unplaced) == 1
