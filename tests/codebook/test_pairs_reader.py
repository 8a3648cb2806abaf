"""The NCCI pairs as published: six lines of header, tabs, stars, tombstones; what the name says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.codebook import made
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook import BuildError, PairRow, PairTable
from claimrules.codebook.readers import READERS, pairs
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.period import OPEN_END

Opened = Callable[..., PublishedFile]
Read = Callable[..., ReadResult]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ptp"
ONE = made.pair_line("G0105", "G0121")


@pytest.fixture
def read(tmp_path: Path, opened: Opened) -> Read:
    """Read a file that is recognised."""

    def of(text: str, name: str = made.PAIRS, declared: Declared = Declared()) -> ReadResult:  # noqa: B008 (frozen)
        path = tmp_path / name
        path.write_bytes(text.encode("latin-1"))
        file = opened(path, declared)
        assert [each.what for each in READERS if each.detect(file)] == ["NCCI procedure-to-procedure edits"]
        return pairs.read(file)

    return of


def only(result: ReadResult) -> tuple[Edition, dict[tuple[str, str], tuple[PairRow, ...]]]:
    """Give the edition and the rows of the one table."""
    (table,) = result.tables
    assert isinstance(table, PairTable)
    return table.edition, dict(table.rows)


def test_a_part_as_published(read: Read) -> None:
    """Header lines, a star for no deletion, a tombstone, and the edition that the name says."""
    text = made.pair_text(
        made.pair_line("0001A", "G0463", "20220101 20231231"),
        made.pair_line("0001A", "G0500", "20220101 20220101", "9"),
        "G0105 G0121 * 19960101 * 0 Misuse",
    )
    result = read(text)
    edition, rows = only(result)
    assert rows == {
        ("0001A", "G0463"): (PairRow(date(2022, 1, 1), date(2023, 12, 31), "1", "Misuse"),),
        ("0001A", "G0500"): (PairRow(date(2022, 1, 1), date(2022, 1, 1), "9", "Misuse"),),
        ("G0105", "G0121"): (PairRow(date(1996, 1, 1), OPEN_END, "0", "Misuse"),),
    }
    assert edition == Edition(
        name="NCCI pairs 2024Q3",
        table=Table.NCCI_PAIRS,
        setting="professional",
        part="f1",
        effective=date(2024, 7, 1),
        ends=date(2024, 9, 30),
        kind=Kind.CUMULATIVE,
        covers=("0001A/G0463..G0105/G0121",),
        complete=True,
        source_file=made.PAIRS,
        sha256=edition.sha256,
        rows=3,
    )
    assert (result.skipped, result.warnings) == ((), ())


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("ccipra-v302r0-f1.txt", Declared(), (date(2024, 7, 1), "professional", "f1")),
        ("ccioph-v310r0-f2.TXT", Declared(), (date(2025, 1, 1), "outpatient", "f2")),
        (
            "CCIPRA-V313R1-F4.txt",
            Declared(effective=date(2020, 1, 1)),
            (date(2025, 10, 1), "professional", "f4"),
        ),
        (
            "pairs.txt",
            Declared(effective=date(2025, 4, 1), setting="outpatient"),
            (date(2025, 4, 1), "outpatient", ""),
        ),
        (
            "practitioner pairs f3.txt",
            Declared(effective=date(2025, 4, 1)),
            (date(2025, 4, 1), "professional", "f3"),
        ),
    ],
)
def test_the_name_says_quarter_setting_and_part(
    read: Read, name: str, declared: Declared, expected: tuple[date, str, str]
) -> None:
    """Before what the caller declares, which counts where the name is silent."""
    edition, _ = only(read(made.pair_text(ONE), name, declared))
    assert (edition.effective, edition.setting, edition.part) == expected


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (
            Declared(),
            r"does not say its setting: .*ccipra-v302r0-f1\.txt.* --setting professional, outpatient",
        ),
        (Declared(setting="outpatient"), r"does not say its quarter: .*--effective YYYY-MM-DD"),
    ],
)
def test_what_nothing_says_is_asked_for(read: Read, declared: Declared, words: str) -> None:
    """The error gives an example and the option."""
    with pytest.raises(BuildError, match=words):
        read(made.pair_text(ONE), "pairs.txt", declared)


def test_a_pair_may_stand_several_times(read: Read) -> None:
    """With other dates it has several edits; the very same record counts once, and is counted."""
    text = made.pair_text(
        made.pair_line("G0105", "G0121", "20100101 20121231"),
        made.pair_line("G0105", "G0121", "20150101 *", "0"),
        made.pair_line("G0105", "G0121", "20100101 20121231"),
    )
    result = read(text)
    edition, rows = only(result)
    assert [row.modifier_indicator for row in rows["G0105", "G0121"]] == ["1", "0"]
    assert (edition.rows, edition.complete) == (3, True)
    assert [str(note) for note in result.warnings] == [
        "the same record stands there more than once; it counts once (line 9)"
    ]


@pytest.mark.parametrize(
    ("other", "warned"),
    [
        (("20121231 *", "0"), True),
        (("20130101 *", "0"), False),
        (("20110101 *", "1"), False),  # the indicators agree
        (("20110101 20110101", "0"), False),  # never in force
        (("20110101 *", "9"), False),  # never an edit
    ],
)
def test_edits_of_a_pair_that_overlap_are_warned_of(read: Read, other: tuple[str, str], warned: bool) -> None:
    """Only where they contradict each other on some day."""
    first = made.pair_line("G0105", "G0121", "20100101 20121231")
    result = read(made.pair_text(first, made.pair_line("G0105", "G0121", *other)))
    assert [
        note.text.startswith("a pair stands there twice for the same days") for note in result.warnings
    ] == ([True] if warned else [])


def test_what_cannot_be_read_is_counted_and_located(read: Read) -> None:
    """And the part is no longer complete: an absent pair proves nothing."""
    result = read(
        made.pair_text(
            ONE,
            made.pair_line("G010", "G0121"),
            made.pair_line("G0105", "G0122", "2020-01-01 *"),
            made.pair_line("G0105", "G0122", "20200230 *"),
            made.pair_line("G0105", "G0122", "20200101 "),
            made.pair_line("G0105", "G0122", "20200101 20191231"),
            made.pair_line("G0105", "G0122", indicator="2"),
            made.pair_line("G0105", "G0122", indicator=""),
            "G0105 G0122",
            "",
        )
    )
    edition, rows = only(result)
    assert (list(rows), edition.rows, edition.complete) == ([("G0105", "G0121")], 1, False)
    assert [str(note) for note in result.skipped] == [
        "column 1 or column 2 is no code of five characters (line 8)",
        "a date is not of the form YYYYMMDD (3 times, lines 9, 10, 11)",
        "is deleted before it takes effect (line 12)",
        "modifier indicator '2' is none of 0, 1, 9 (line 13)",
        "modifier indicator '' is none of 0, 1, 9 (line 14)",
        "does not have seven columns: is the file cut off? (line 15)",
    ]
    assert [str(note) for note in result.warnings] == [
        "records were skipped: an absent pair proves nothing (line 8)"
    ]


def test_a_file_that_was_cut_off(read: Read) -> None:
    """The last record is not whole: counted, and the part is not complete."""
    text = made.pair_text(ONE, made.pair_line("G0105", "G0122"))
    result = read(text[:-14])
    edition, _ = only(result)
    assert (edition.rows, edition.complete) == (1, False)
    assert "cut off? (line 8)" in str(result.skipped[0])


@pytest.mark.parametrize(
    "text",
    [
        made.PAIR_HEADER,
        made.pair_text(*["no record here"] * 30),
        made.pair_text(made.pair_line("G0105", "G0122", indicator="7")),
    ],
)
def test_a_file_without_a_record_is_refused(read: Read, text: str) -> None:
    """Never an empty table."""
    with pytest.raises(BuildError, match=r"no record.*; download it again"):
        read(text)


def test_padded_and_small_letters(read: Read) -> None:
    """Codes are stripped and in capitals; empty lines at the end are nothing."""
    result = read(made.pair_text(ONE.replace("G0105", "g0105")).replace("G0121", " G0121 ") + "\r\n\r\n")
    edition, rows = only(result)
    assert (list(rows), edition.complete) == ([("G0105", "G0121")], True)


def test_a_workbook(tmp_path: Path, opened: Opened) -> None:
    """Dates are numbers there."""
    pytest.importorskip("python_calamine")
    header: list[list[str | float]] = [list(line.split("\t")) for line in made.PAIR_HEADER.splitlines()]
    record: list[str | float] = ["G0105", "G0121", "", 20200101, "*", 1, "Misuse"]
    file = opened(write_xlsx(tmp_path / "ccipra-v302r0-f1.xlsx", [*header, record]))
    assert pairs.detect(file)
    _, rows = only(pairs.read(file))
    assert rows == {("G0105", "G0121"): (PairRow(date(2020, 1, 1), OPEN_END, "1", "Misuse"),)}


@pytest.mark.skipif(not DATA.exists(), reason="the published files are not there")
def test_the_first_records_of_the_third_quarter_of_2026(opened: Opened) -> None:
    """All 94 as published, tombstones too."""
    file = opened(DATA / "ccipra-v322r0-f1.excerpt.first_rows.txt")
    assert pairs.detect(file)
    result = pairs.read(file)
    edition, rows = only(result)
    assert (edition.name, edition.part, edition.rows) == ("NCCI pairs 2026Q3", "f1", 94)
    assert len([row for edits in rows.values() for row in edits if row.modifier_indicator == "9"]) > 0
    assert result.skipped == ()
