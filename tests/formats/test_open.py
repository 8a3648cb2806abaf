"""Any export: the format is recognised by content, whatever the file is called and however it is packed."""

import bz2
import gzip
import io
import json
import lzma
import random
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx
from tests.formats.claims_837 import CLAIM, LINE, claims

from claimrules.files import packed
from claimrules.files.workbook import Sheet
from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.formats.scan import read_plain
from claimrules.formats.sheet_rows import SheetRows
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

TEXT = "code,modifier_1,units,from_date\nG0105,50,2,2025-11-03\nG0121,,1,2025-11-03\n"
ROWS = [
    {"code": "G0105", "modifier_1": "50", "units": 2, "from_date": "2025-11-03"},
    {"code": "G0121", "units": 1.0},
]
CODES = ["G0105", "G0121"]


def gz(raw: bytes) -> bytes:
    """The same bytes at every run: the time of day stands in a gzip header."""
    return gzip.compress(raw, mtime=0)


def read(source: Path | bytes, **options: str) -> tuple[list[str | None], list[str], LineReader]:
    """Read a source: codes, reasons, the reader."""
    given = source if isinstance(source, Path) else io.BytesIO(source)
    with open_lines(given, ReadOptions(**options)) as reader:  # type: ignore[arg-type]
        entries = list(reader)
    codes = [entry.code for entry in entries if isinstance(entry, ClaimLine)]
    return codes, [entry.reason for entry in entries if isinstance(entry, Rejected)], reader


class Pipe(io.RawIOBase):
    """A stream that cannot seek, as standard input."""

    def __init__(self, raw: bytes) -> None:
        """Take what comes through it."""
        self._inside = io.BytesIO(raw)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Give a few bytes at a time."""
        found = self._inside.read(min(len(buffer), 100))
        buffer[: len(found)] = found
        return len(found)


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Make an archive, the same bytes at every run: they name tests, and workers must agree on these."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return raw.getvalue()


def parquet(frame: object) -> bytes:
    """Write a frame of Polars."""
    raw = io.BytesIO()
    frame.write_parquet(raw)  # type: ignore[attr-defined]
    return raw.getvalue()


def workbook(folder: Path, *sheets: list[list[str | float]]) -> bytes:
    """Write a workbook."""
    return write_xlsx(folder / "made.xlsx", *sheets).read_bytes()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda raw: raw,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda raw: zipped(("a.csv", raw)),
    "zip of gz": lambda raw: zipped(("a.csv.gz", gz(raw))),
    "gz of gz": lambda raw: gz(gz(raw)),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("piped", [False, True])
def test_text_however_it_is_packed(tmp_path: Path, packing: str, piped: bool) -> None:
    """From a file and from a pipe; the name says nothing."""
    raw = PACKINGS[packing](TEXT.encode())
    path = tmp_path / "claims.dat"
    path.write_bytes(raw)
    source = Pipe(raw) if piped else path
    with open_lines(source) as reader:  # type: ignore[arg-type]
        assert [entry.code for entry in reader if isinstance(entry, ClaimLine)] == CODES
        done, total = reader.progress
        assert (done > 0, total) == ((False, None) if piped else (True, len(raw)))


def test_zstandard(tmp_path: Path) -> None:
    """With what is installed for it; without, the error says what to install."""
    pa = pytest.importorskip("pyarrow")
    path = tmp_path / "claims.csv.zst"
    path.write_bytes(pa.Codec("zstd").compress(TEXT.encode(), asbytes=True))
    assert read(path)[0] == CODES


def test_zstandard_without_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named so, not called damaged."""
    monkeypatch.setattr(packed, "find_spec", lambda _name: None)
    with pytest.raises(ReadError, match="zstandard, which needs"):
        read(b"\x28\xb5\x2f\xfd" + bytes(100))
    assert tmp_path.exists()


def test_an_archive_of_several_files() -> None:
    """Each member is read as what it is; what is no table is passed over and said; ids tell them apart."""
    raw = zipped(("a/jan.csv", TEXT.encode()), ("b.837", claims(*CLAIM, *LINE)), ("layout.pdf", b"%PDF"))
    with open_lines(io.BytesIO(raw)) as reader:
        lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
    assert [(line.code, line.line_id) for line in lines] == [
        ("G0105", "jan.csv:1"),
        ("G0121", "jan.csv:2"),
        ("G0105", "1"),
    ]
    assert reader.notes == ("members that hold no table were passed over: layout.pdf",)
    assert "diagnosis_pointers" in reader.inputs


def test_an_archive_made_on_a_mac() -> None:
    """What the Mac sets down beside each file is no table of claims: it is passed over and said."""
    beside = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "
    raw = zipped(
        ("jan.csv", TEXT.encode()), ("__MACOSX/._jan.csv", beside), (".DS_Store", b"\x00\x00\x00\x01Bud1")
    )
    with open_lines(io.BytesIO(raw)) as reader:
        codes = [entry.code for entry in reader if isinstance(entry, ClaimLine)]
    assert codes == ["G0105", "G0121"]
    assert reader.notes == ("members that hold no table were passed over: __MACOSX/._jan.csv, .DS_Store",)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (zipped(("a.pdf", b"x")), "without any file of claims"),
        (zipped(("a.csv", b"x,y\n")), "a.csv: no column holds the code"),
        (zipped(), "without any file of claims"),
        (b"PK\x03\x04" + bytes(50), "damaged ZIP archive"),
        *((TEXT.encode(name), "is UTF-16") for name in ("utf-16", "utf-16-le", "utf-16-be")),
        ('{"code": "G0105"}'.encode("utf-16-le"), "is UTF-16"),
        (b"PAR1" + bytes(50), "damaged Parquet"),
        (b"", "is empty"),
        (b"\x1a", "end-of-file mark"),
        (b"[]", "no JSON of objects"),
        (b"{}", "no JSON of objects"),
        (b'["code"]', "no JSON of objects"),
        (gz(gz(gz(gz(b"x")))), "more than 3 times over"),
        (gz(TEXT.encode() * 9)[:40], "damaged or cut off"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, words: str) -> None:
    """From a pipe, too."""
    if raw.startswith(b"PAR1"):
        pytest.importorskip("polars")
    for source in (io.BytesIO(raw), Pipe(raw)):
        with pytest.raises(ReadError, match=words):
            list(open_lines(source))  # type: ignore[arg-type]


def test_an_archive_that_is_locked() -> None:
    """The member is named, and what to do."""
    raw = bytearray(zipped(("a.csv", TEXT.encode())))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadError, match="locked by a password"):
        read(bytes(raw))


@pytest.mark.parametrize("keep", [0.5, 0.9])
@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_stream_cut_off_is_an_error(keep: float, packing: str) -> None:
    """Never a shorter table."""
    draw = random.Random(7)  # noqa: S311 (drawn, not secret)
    text = "code,units\n" + "".join(f"G0105,{draw.random()}\n" for _ in range(20_000))
    raw = PACKINGS[packing](text.encode())
    with pytest.raises(ReadError, match="damaged or cut off"):
        read(raw[: int(len(raw) * keep)])


@pytest.mark.parametrize("packing", ["gz", "xz", "zip"])
def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, packing: str) -> None:
    """What unpacks to hundreds of times its size ends in an error."""
    monkeypatch.setattr(packed, "FREE", 1 << 16)
    monkeypatch.setattr(packed, "MOST_RATIO", 50)
    raw = PACKINGS[packing](b"code\n" + b"G0105\n" * 50_000)
    with pytest.raises(ReadError, match="times its size"):
        read(raw)


def test_a_workbook_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook is held in memory: its declared size is looked at first."""
    monkeypatch.setattr("claimrules.formats.sheet_rows.LARGEST", 1 << 20)
    with pytest.raises(ReadError, match="unpacks to more than 1 MiB"):
        read(zipped(("xl/workbook.xml", bytes(2 << 20))))


@pytest.mark.parametrize("layout", ["lines", "array", "pretty"])
def test_json_objects(layout: str) -> None:
    """One a line, an array, an array over lines; numbers are the text that they are."""
    raw = {
        "lines": "\n".join(json.dumps(row) for row in ROWS),
        "array": json.dumps(ROWS),
        "pretty": json.dumps(ROWS, indent=1),
    }[layout]
    with open_lines(io.BytesIO(raw.encode())) as reader:
        lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
    assert [(line.code, line.units, line.modifiers) for line in lines] == [
        ("G0105", Decimal(2), ("50",)),
        ("G0121", Decimal("1.0"), ()),
    ]


def test_json_records_that_are_none() -> None:
    """A nested value, a key that comes up late, no object: each costs itself."""
    monthly = [json.dumps({"code": "G0105", "modifiers": ["50", "LT"]})] * 1_000
    raw = "\n".join([*monthly, '{"code": "G0105", "units": 1}', '{"code": {"a": 1}}', "7", "{"]).encode()
    codes, reasons, _ = read(raw)
    assert len(codes) == 1_000
    assert reasons == [
        "has a key that none of the first 1,000 objects has",
        "holds an object or a list where a text or a number must be",
        "is no object",
        "is no JSON",
    ]


@pytest.mark.parametrize("between", ["", "\n"], ids=["one line", "lines"])
def test_a_json_array_gives_its_members_up_to_where_it_breaks(between: str) -> None:
    """They are read one by one: what comes before a fault is not lost, and few are held."""
    good = '{"code": "G0105"}'
    for text, lines, reasons in (
        (f"[{between}{good},{between}{good}{between}]", 2, []),
        (f"[{between}{good},{between}{good}{between}", 2, ["is no JSON; nothing from here on could be read"]),
        (f"[{between}{good},{between}]", 1, ["is no JSON; nothing from here on could be read"]),
        (f"[{between}{good},{between}[1],{good}]", 2, ["is no object"]),
        (f"[{between}{good},{between}{{'x'}},{good}]", 1, ["is no JSON; nothing from here on could be read"]),
        (f"[{between}{good}{between}{good}]", 1, ["is no JSON; nothing from here on could be read"]),
    ):
        codes, found, _ = read(text.encode())
        assert (len(codes), found) == (lines, reasons)


def test_more_columns_than_any_export_has_are_refused() -> None:
    """Each would cost memory in every row."""
    header = "code," + ",".join(f"c{number}" for number in range(20_000))
    with pytest.raises(ReadError, match="has more than 20,000 columns"):
        read(f"{header}\nG0105\n".encode())
    with pytest.raises(ReadError, match="has more than 20,000 columns"):
        read(json.dumps(dict.fromkeys(header.split(","), "G0105")).encode())


def test_what_stands_under_other_keys_of_json_does_not_matter() -> None:
    """Nested, late, or both: only what is read as a field can be wrong, or be lost."""
    rows = [{"code": "G0105", "raw": {"a": [1, {}]}, "tags": [1, 2]}] * 1_001
    late = [
        {"code": "G0121", "comment": [[]]},
        {"code": "G0121", "HCPCS": {"a": 1}},
        {"code": "G0121", "qty": 1},
    ]
    codes, reasons, _ = read("\n".join(map(json.dumps, [*rows, *late])).encode())
    assert codes == ["G0105"] * 1_001 + ["G0121"]
    assert reasons == ["has a key that none of the first 1,000 objects has"] * 2
    mapped = ReadOptions(mapping={"units": "raw"})
    with open_lines(io.BytesIO(json.dumps(rows[0]).encode()), mapped) as reader:
        assert [type(entry) for entry in reader] == [Rejected]


def test_parquet_of_any_types(tmp_path: Path) -> None:
    """Text, numbers, dates, lists; what a column lacks is blank; frames hold the same."""
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame(
        {
            "code": pl.Series(["G0105", "g0121", None], dtype=pl.Categorical),
            "modifiers": [["50", "LT"], [], None],
            "units": [2.0, 1.5, None],
            "charge": [Decimal("12.50"), Decimal(7), None],
            "from_date": [date(2025, 11, 3), None, date(2025, 11, 4)],
            "teaching": [True, False, None],
            "extra": [{"a": 1}, {"a": 2}, {"a": 3}],
            "to_date": [timedelta(days=3)] * 3,
        }
    )
    path = tmp_path / "claims"
    path.write_bytes(parquet(frame))
    for source in (path, path.read_bytes()):
        given = source if isinstance(source, Path) else io.BytesIO(source)
        with open_lines(given) as reader:
            lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
        assert [(line.code, line.units, line.modifiers) for line in lines] == [
            ("G0105", Decimal(2), ("50", "LT")),
            ("G0121", Decimal("1.5"), ()),
            (None, None, ()),
        ]
        assert [line.charge for line in lines] == [Decimal("12.50"), Decimal(7), None]
        assert [line.teaching for line in lines] == [True, False, None]
        assert reader.notes == (
            "columns that are nested, or hold bytes or spans of time, are not read: extra, to_date",
        )
    with open_lines(path) as reader:
        assert read_plain(reader, "") is None
    path.write_bytes(parquet(frame.drop("modifiers")))
    with open_lines(path) as reader:
        plain = read_plain(reader, "")
    assert plain is not None
    assert plain["units"].to_list() == ["2", "1.5", ""]


def test_parquet_whose_code_is_nested() -> None:
    """It is no column then, nor where it holds bytes, and that is said."""
    pl = pytest.importorskip("polars")
    for code in ([{"a": 1}], [b"G0105"]):
        with pytest.raises(ReadError, match=r"no column holds the code.*are not read: code"):
            read(parquet(pl.DataFrame({"code": code, "units": [1]})))


def test_damaged_pages_of_parquet_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polars panics over some of them, which is no ``Exception``: lines and frames say what it is."""
    pl = pytest.importorskip("polars")
    path = tmp_path / "claims.parquet"
    path.write_bytes(parquet(pl.DataFrame({"code": ["G0105"]})))

    def panic(*_: object) -> None:
        raise pl.exceptions.PanicException

    with open_lines(path) as reader, monkeypatch.context() as patched:
        patched.setattr(pl.LazyFrame, "collect", panic)
        assert read_plain(reader, "") is None
        with pytest.raises(ReadError, match="is damaged: its rows cannot be read any further"):
            open_lines(path)


def test_parquet_without_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setattr("claimrules.formats.parquet_rows.find_spec", lambda _name: None)
    with pytest.raises(ReadError, match=r"claimrules\[batch\]"):
        read(b"PAR1" + bytes(50))


def test_a_workbook_of_several_sheets(tmp_path: Path) -> None:
    """Every sheet of lines is read; another is named; without any, each fault is told."""
    pytest.importorskip("python_calamine")
    lines: list[list[str | float]] = [["code"], ["G0105"]]
    codes, _, reader = read(workbook(tmp_path, lines, [["Notes"], ["by hand"]], lines))
    assert codes == ["G0105", "G0105"]
    assert any("sheet Sheet2 is not read: no column holds the code" in note for note in reader.notes)
    with pytest.raises(ReadError, match="sheet Sheet1 is not read"):
        read(workbook(tmp_path, [["a"]], [["b"]]))


def test_a_workbook_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    raw = workbook(tmp_path, [["code"], ["G0105"]])
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(ReadError, match=r"claimrules\[excel\]"):
        read(raw)
    assert SheetRows(Sheet(title="a", grid=[["code"]])).header == ["code"]


@pytest.mark.parametrize("header", ["ISA_code,code", "ST_DATE|code", "GS,code", '"ISA",code'])
def test_a_table_that_begins_like_an_interchange(header: str) -> None:
    """A column may be called anything."""
    delimiter = "|" if "|" in header else ","
    assert read(f"{header}\nx{delimiter}G0105\n".encode())[0] == ["G0105"]


def test_the_format_can_be_given() -> None:
    """Against what the content looks like."""
    with pytest.raises(ReadError, match="no column holds the code"):
        read(b'{"code": "G0105"}\n', input_format="csv")
    assert read(b'{"code": "G0105"}\n', input_format="jsonl")[0] == ["G0105"]
