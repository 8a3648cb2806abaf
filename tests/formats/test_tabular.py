"""The reader of delimited text: every record is a line, or rejected with its place and a reason."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimrules.formats.errors import ReadError
from claimrules.formats.records import LONGEST_LINE
from claimrules.formats.tabular import TableReader, read_table
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Rejected

HEADER = (
    "claim_id,line_id,patient,provider,code,modifier_1,modifier_2,units,from_date,to_date,place_of_service"
)
GOOD = "C1,7,P1,1234567893,G0105,50,,2,2025-11-03,,22"


def table(*lines: str | bytes, header: str = HEADER, end: bytes = b"\n", **options: str) -> TableReader:
    """Open a table given as lines."""
    raw = [line.encode() if isinstance(line, str) else line for line in (header, *lines)]
    return read_table(io.BytesIO(end.join(raw) + end), **options)  # type: ignore[arg-type]


def read(*lines: str | bytes, header: str = HEADER, end: bytes = b"\n") -> list[ClaimLine | Rejected]:
    """Read all records of a table."""
    return list(table(*lines, header=header, end=end))


def only(*lines: str | bytes, header: str = HEADER) -> ClaimLine:
    """Read a table of one line."""
    (line,) = read(*lines, header=header)
    assert isinstance(line, ClaimLine)
    return line


def faults(entries: list[ClaimLine | Rejected]) -> list[tuple[int, str]]:
    """Where records were rejected, and why."""
    return [(entry.line, entry.reason) for entry in entries if isinstance(entry, Rejected)]


def test_a_record_becomes_a_line() -> None:
    """Every column goes to its field; a blank to-date is the from-date."""
    assert only(GOOD) == ClaimLine(
        claim_id="C1",
        line_id="7",
        patient="P1",
        provider="1234567893",
        code="G0105",
        modifiers=("50",),
        units=Decimal(2),
        from_date=date(2025, 11, 3),
        place_of_service="22",
    )


def test_every_field_has_a_column() -> None:
    """The rarer fields are read too, in their own types."""
    header = "code,charge,setting,revenue_code,billing_provider,group,specialty"
    header += ",documentation,teaching,minutes,dose,allowed_amount"
    line = only("g0105,12.50,asc,0450,1,G,02,yes,0,45,2.5,9.75", header=header)
    assert (line.charge, line.setting, line.revenue_code) == (Decimal("12.50"), Setting.ASC, "0450")
    assert (line.billing_provider, line.group, line.specialty) == ("1", "G", "02")
    assert (line.documentation, line.teaching, line.minutes, line.dose) == (True, False, 45, Decimal("2.5"))
    assert (line.allowed, line.repaired) == (Decimal("9.75"), ("code",))


def test_without_a_units_column_units_are_unknown() -> None:
    """Neither a blank cell nor a missing column is one unit."""
    assert only("G0105", header="code").units is None
    assert only("G0105,", header="code,units").units is None
    assert only("G0105", header="code").form("units").value == "missing"


def test_ids_default_to_the_number_of_the_record_and_to_nothing() -> None:
    """A line without an id has its number, rejected records counted; a claim without one has none."""
    lines = read("G0105", "a,b", "G0121", header="code")
    assert isinstance(lines[2], ClaimLine)
    assert (lines[2].line_id, lines[2].claim_id) == ("3", None)
    (line,) = table("G0105", header="code", line_prefix="jan.csv:")
    assert isinstance(line, ClaimLine)
    assert line.line_id == "jan.csv:1"


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ("NO SHOW,,1,2025-11-03,11", "code"),
        ("=cmd|'/c calc'!A0,,1,2025-11-03,11", "code"),
        ("G0\0105,,1,2025-11-03,11", "code"),
        ("G0105,95-AH,1,2025-11-03,11", "modifiers"),
        ("G0105,,one,2025-11-03,11", "units"),
        ("G0105,,1e3,2025-11-03,11", "units"),
        ("G0105,,-1,2025-11-03,11", "units"),
        ("G0105,,1,3 November 2025,11", "from_date"),
        ("G0105,,1,2025-02-30,11", "from_date"),
        ("G0105,,1,2025-11-03,7", "place_of_service"),
    ],
)
def test_an_unreadable_cell_leaves_its_field_unknown(cell: str, field: str) -> None:
    """The line is checked; the field is unknown and named."""
    line = only(cell, header="code,modifier_1,units,from_date,place_of_service")
    assert getattr(line, field) is None
    assert line.unreadable == (field,)


@pytest.mark.parametrize(
    ("cells", "modifiers", "form"),
    [
        (",,,", (), "ok"),
        ("50,,,", ("50",), "ok"),
        ("50,LT,59,76", ("50", "LT", "59", "76"), "ok"),
        (",50,,LT", ("50", "LT"), "repaired"),
        ("lt,,,", ("LT",), "repaired"),
        ("50,5,,", None, "unreadable"),
        ("5059,,,", None, "unreadable"),
    ],
)
def test_modifiers_in_four_columns(cells: str, modifiers: tuple[str, ...] | None, form: str) -> None:
    """A gap is closed and counts as repaired; one unreadable makes all unknown."""
    line = only(f"G0105,{cells}", header="code,modifier_1,modifier_2,modifier_3,modifier_4")
    assert (line.modifiers, line.form("modifiers").value) == (modifiers, form)


@pytest.mark.parametrize(
    ("cells", "modifiers", "form"),
    [
        ("RT,78,22,GC,KX", ("RT", "78", "22", "GC", "KX"), "ok"),
        ("RT,78,22,,KX", ("RT", "78", "22", "KX"), "repaired"),
        ("RT,78,22,GC,?", None, "unreadable"),
    ],
)
def test_a_column_for_a_fifth_modifier(cells: str, modifiers: tuple[str, ...] | None, form: str) -> None:
    """It is read: a line with five is no line with four, and a fifth behind a gap is the fourth."""
    line = only(f"G0105,{cells}", header="code,modifier_1,modifier_2,modifier_3,modifier_4,modifier_5")
    assert (line.modifiers, line.form("modifiers").value) == (modifiers, form)


@pytest.mark.parametrize("text", ["50 59", '"50,59"', "50:59", "50;59", "50-59", "50 - 59"])
def test_modifiers_in_one_column(text: str) -> None:
    """Any of the usual separators divides them."""
    assert only(f"G0105|{text}", header="code|modifiers").modifiers == ("50", "59")


def test_more_than_four_modifiers_in_one_column_are_kept() -> None:
    """A rule may ask how many they are."""
    assert only("G0105,50 59 76 LT GA", header="code,modifiers").modifiers == ("50", "59", "76", "LT", "GA")


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    """Spreadsheets write one."""
    assert only("G0105", header="\ufeffcode").code == "G0105"


def test_lines_that_are_not_utf_8_are_read_as_windows_1252() -> None:
    """A name in an older encoding costs nothing; bytes of neither reject their line alone."""
    entries = read(b"G0105,M\xfcller", b"G0105,\x81\xff", b"G0121,x", header="code,name")
    assert [entry.code for entry in entries if isinstance(entry, ClaimLine)] == ["G0105", "G0121"]
    assert faults(entries) == [(3, "holds bytes that are neither UTF-8 nor Windows-1252")]


def test_ragged_records_are_rejected() -> None:
    """Fewer and more columns than the header."""
    entries = read("G0105", "G0105,1,2", "G0105,1", header="code,units")
    assert faults(entries) == [
        (2, "has 1 column where the header has 2"),
        (3, "has 3 columns where the header has 2"),
    ]


def test_an_unclosed_quote_costs_its_line_alone() -> None:
    """Also where a later quote would close it; a closed one may hold a line break."""
    entries = read('G0105,"open', "G0121,1", 'G0101,"a', 'b"', 'G0117,"x"', header="code,name")
    assert [entry.code for entry in entries if isinstance(entry, ClaimLine)] == ["G0121", "G0101", "G0117"]
    assert faults(entries) == [(2, "opens a quote that is not closed where a cell ends")]


def test_an_unclosed_quote_at_the_end_of_the_file() -> None:
    """It is one rejected record, and ends the file."""
    assert faults(read("G0105,x", 'G0121,"open', header="code,name")) == [
        (3, "opens a quote that is not closed where a cell ends")
    ]


def test_a_file_of_open_quotes_is_read_to_its_end() -> None:
    """No record swallows the rest, and none is lost."""
    assert len(faults(read(*['"G0105'] * 500, header="code"))) == 500


def test_a_long_line_is_rejected_and_the_next_is_read() -> None:
    """The line is never held whole; line numbers stay right."""
    entries = read(
        "G0105," + "x" * (LONGEST_LINE + 1), "G0121,", "G0101," + "y" * 200_000, header="code,name"
    )
    assert faults(entries) == [(2, f"is longer than {LONGEST_LINE:,} bytes")]
    assert [entry.code for entry in entries if isinstance(entry, ClaimLine)] == ["G0121", "G0101"]


def test_an_end_of_file_mark_is_rejected() -> None:
    """It is counted, and said."""
    assert faults(read("G0105", "\x1a", header="code")) == [
        (3, "is an end-of-file mark (one 0x1A character), not a record")
    ]


def test_line_ends_may_be_mixed_and_blank_lines_are_no_records() -> None:
    """CRLF, LF and CR; numbers count physical lines."""
    raw = b"code,units\r\nG0105,1\r\r\nG0121,1\nG0101,1\r\n\r\nG0117\r\n"
    entries = list(read_table(io.BytesIO(raw)))
    assert [entry.code for entry in entries if isinstance(entry, ClaimLine)] == ["G0105", "G0121", "G0101"]
    assert faults(entries) == [(7, "has 1 column where the header has 2")]


@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"])
def test_the_delimiter_is_seen_in_the_header(delimiter: str) -> None:
    """Whatever stands in the cells."""
    assert only(delimiter.join(["G0105", "2"]), header=delimiter.join(["code", "units"])).units == 2


def test_a_header_without_records() -> None:
    """No lines, no error."""
    assert read() == []


@pytest.mark.parametrize(
    ("raw", "options", "words"),
    [
        (b"", {}, "is empty"),
        (b"\n \r\n", {}, "is empty"),
        (b"\x1a", {}, "end-of-file mark"),
        (b'code,"units', {}, "its header opens a quote that is not closed"),
        (
            b"procedure,units\n",
            {},
            "no column holds the code; is it procedure? Say which: --map code=procedure",
        ),
        (b"a,b\n", {}, "--map code=COLUMN; its header is taken to be the first line, with 2 columns"),
        (b"Proc Type,units\n", {}, "is it Proc Type? Say which: --map code='Proc Type'"),
        (b"proc units " * 9 + b"\n", {}, "Say which: --map code=COLUMN; its header has one column only"),
        (b"code,units\n", {"delimiter": ";"}, "has no semicolon in its header, but 1 times a comma"),
        (b"code,hcpcs\n", {"mapping": {"cod": "hcpcs"}}, "did you mean code?"),
        (b"code,units\n", {"mapping": {"units": "unit"}}, "did you mean units?"),
        (b"hcpcs,cpt\n", {}, "hcpcs and cpt could each be code; say which: --map code=hcpcs"),
        (b"code,code\n", {}, "the header has the column code 2 times; name them differently"),
        (b"code,modifiers,modifier_1\n", {}, "keep one of the two ways"),
        (b"code units\n", {}, "its header has one column only"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(raw: bytes, options: dict[str, object], words: str) -> None:
    """One error, with the remedy."""
    with pytest.raises(ReadError) as caught:
        read_table(io.BytesIO(raw), **options)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert "--map code=code;" not in f"{caught.value};"


def test_a_first_line_of_data_is_never_echoed() -> None:
    """It is somebody's claim, not a header."""
    with pytest.raises(ReadError) as caught:
        table(header="Cody Procter,P0001,G0105,2025-11-03", mapping={"units": "Cody"})  # type: ignore[arg-type]
    assert "name the columns" in str(caught.value)
    assert "Cody" not in str(caught.value)
    assert "P0001" not in str(caught.value)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A folder, and a file that is not there."""
    with pytest.raises(ReadError, match="one by one"):
        read_table(tmp_path)
    with pytest.raises(ReadError, match="cannot be read"):
        read_table(tmp_path / "nothing.csv")


def test_aliases_are_used_and_announced() -> None:
    """A well-known name is read, and said; what is read by its own name is not."""
    found = table("G0105,50,2,2025-11-03,22", header="HCPCS_CD,Mod 1,Qty,DOS,POS").columns
    assert found.places == {"code": 0, "modifier_1": 1, "units": 2, "from_date": 3, "place_of_service": 4}
    assert found.notes == (
        "HCPCS_CD is read as code",
        "Mod 1 is read as modifier_1",
        "Qty is read as units",
        "DOS is read as from_date",
        "POS is read as place_of_service",
    )


def test_one_column_called_modifier_beside_a_second() -> None:
    """It is the first of several, not a list."""
    found = table("G0105,50,LT", header="code,modifier,modifier_2")
    assert found.columns.places["modifier_1"] == 1
    (line,) = found
    assert isinstance(line, ClaimLine)
    assert line.modifiers == ("50", "LT")


def test_a_mapping_goes_before_names() -> None:
    """The column asked for is taken, whatever others are called."""
    found = table("G0105,G0121", header="code,proc", mapping={"code": "proc"})  # type: ignore[arg-type]
    (line,) = found
    assert isinstance(line, ClaimLine)
    assert line.code == "G0121"


def test_a_near_miss_is_said() -> None:
    """A misspelt column would silently be left out."""
    notes = table("G0105,50", header="code,modifer_1").columns.notes
    assert notes == ("modifer_1 is not used; if it is modifier_1, say --map modifier_1=modifer_1",)


def test_names_are_compared_with_so_many_only() -> None:
    """A header of a hundred thousand columns would take minutes."""
    many = ",".join(f"c{number}" for number in range(1_000))
    assert table(header=f"code,modifer_1,{many},unitz").columns.notes == (
        "modifer_1 is not used; if it is modifier_1, say --map modifier_1=modifer_1",
    )


def test_what_no_column_says_is_an_assumption() -> None:
    """Nothing is taken for granted silently."""
    assert len(table("G0105", header="code").columns.assumptions) == 3
    told = table("G0105,50,2,x", header="code,mod_a,n_units,svc_dt").columns.assumptions
    assert [text.partition("; ")[2] for text in told] == [
        "if it is mod_a, say --map modifier_1=mod_a",
        "if it is n_units, say --map units=n_units",
        "if it is svc_dt, say --map from_date=svc_dt",
    ]
    assert table(GOOD).columns.assumptions == ()


def test_optional_inputs_are_those_with_a_column() -> None:
    """They switch rules on."""
    assert table("G0105,02,15", header="code,specialty,minutes").columns.inputs == {"specialty", "minutes"}


def test_a_setting_that_is_none_rejects_the_line() -> None:
    """Which tables govern it is not guessed; blank is the default."""
    entries = read("G0105,clinic", "G0105,", "G0105,DME", header="code,setting")
    assert faults(entries) == [(2, "its setting is none of professional, outpatient, asc, dme")]
    assert [entry.setting for entry in entries if isinstance(entry, ClaimLine)] == ["professional", "dme"]


RECORDS = st.lists(
    st.one_of(
        st.sampled_from(
            [GOOD.encode(), b"G0105,50", b"", b'"', b"\x1a", b"\xff", b"\0", b",,,,,,,,,,", b'"a""b",c']
        ),
        st.binary(max_size=40),
    ),
    max_size=12,
)


@given(records=RECORDS, ends=st.lists(st.sampled_from([b"\n", b"\r\n", b"\r"]), min_size=1, max_size=3))
def test_any_bytes_are_lines_or_rejected(records: list[bytes], ends: list[bytes]) -> None:
    """Nothing raises, every id is given once, places lie in the file, and no reason echoes a value."""
    raw = HEADER.encode() + b"\n"
    for number, record in enumerate(records):
        raw += record + ends[number % len(ends)]
    entries = list(read_table(io.BytesIO(raw)))
    physical = len(raw.splitlines())
    assert len(entries) <= physical
    for entry in entries:
        if isinstance(entry, Rejected):
            assert 1 < entry.line <= physical
            assert "P1" not in entry.reason


@given(st.lists(st.sampled_from([GOOD, "G0105", '"x', "\x1a", "a,b"]), max_size=30))
def test_no_record_is_lost(records: list[str]) -> None:
    """Lines in are lines and rejected ones, record by record."""
    assert len(read(*records)) == len(records)


def test_lines_are_split_wherever_the_stream_is_cut() -> None:
    """A CRLF may lie across two reads; a line too long may be the last."""
    raw = b"code\r\n" + b"G0105\r\n" * 40_000 + b"x" * (LONGEST_LINE + 5)
    entries = list(read_table(io.BytesIO(raw)))
    assert len(entries) == 40_001
    assert faults(entries) == [(40_002, f"is longer than {LONGEST_LINE:,} bytes")]


def test_a_header_within_the_file_is_no_line() -> None:
    """Exports that were put together repeat it; a line that only says ``code`` is one."""
    found = read("G0105,1,x", "code,units,note", "code,units ,other", "code,1,x", header="code,units,note")
    assert [entry.code for entry in found if isinstance(entry, ClaimLine)] == ["G0105", None]
    assert faults(found) == [(number, "repeats the header: it is no line") for number in (3, 4)]


def test_a_header_within_the_file_is_told_as_it_is_written() -> None:
    """Names are read in any case and by other names; what repeats them is compared as it stands."""
    found = read("G0105,1,x", "HCPCS Code,Qty,Note", header="HCPCS Code,Qty,Note")
    assert [entry.code for entry in found if isinstance(entry, ClaimLine)] == ["G0105"]
    assert faults(found) == [(3, "repeats the header: it is no line")]
