"""The engines of ``check``: the same report of the same file, and who takes what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claimrules.cli import main
from claimrules.formats.plain_parts import NotPlainError, plain_parts
from claimrules.formats.scan import read_plain
from claimrules.formats.tabular import read_table

ROOT = Path(__file__).parents[2]
HEADER = "claim_id,line_id,patient,provider,code,modifier_1,units,from_date\n"
LINE = "C1,1,P1,1234567893,G0105,50,1,2025-11-03\n"

pytest.importorskip("polars")
pytest.importorskip("duckdb")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a file of claim lines."""

    def made(content: bytes) -> Path:
        path = tmp_path / "claims.csv"
        path.write_bytes(content)
        return path

    return made


def run(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """What a check prints."""
    main(["check", *args, "--exit-zero", "--as-of", "2026-01-01"])
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "json"])
def test_both_engines_write_the_same(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """The example claims, by lines and by frames, to the letter."""
    claims = str(ROOT / "docs" / "examples" / "claims.csv")
    texts = [run(capsys, claims, "--format", form, "--engine", engine) for engine in ("python", "polars")]

    assert len(texts[0]) > 1000
    if form == "text":
        assert texts[0] == texts[1]
    else:
        assert sorted(texts[0]) == sorted(texts[1])


def test_a_blank_line_number_is_that_of_the_record(
    write: Callable[[bytes], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """By every engine, also beside lines that have one: the line can be found again."""
    lines = [LINE.replace(",1,P1,", f",{number},P1,") for number in ("", "2", " ")]
    path = str(write((HEADER + "".join(lines)).encode()))
    texts = [
        run(capsys, path, "--select", "BILAT101", "--engine", engine)
        for engine in ("python", "polars", "duckdb")
    ]

    assert all(f"line {number}  G0105-50" in texts[0] for number in (1, 2, 3))
    assert texts[0] == texts[1] == texts[2]


def test_duckdb_writes_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Some rules on lines, claims and patients, to the letter."""
    claims = str(ROOT / "docs" / "examples" / "claims.csv")
    few = ("--select", "BILAT,FMT,DUP1,MUE")
    texts = [run(capsys, claims, *few, "--engine", engine) for engine in ("python", "duckdb")]

    assert "BILAT101" in texts[0]
    assert texts[0] == texts[1]


def test_an_engine_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Callable[[bytes], Path]
) -> None:
    """With what installs it, before any work."""
    monkeypatch.setattr("claimrules.formats.native.find_spec", lambda name: name != "duckdb")
    code = main(["check", str(write((HEADER + LINE).encode())), "--engine", "duckdb"])

    assert code == 2
    assert "pip install 'claimrules[batch,duckdb]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        HEADER + LINE + '"C2\n",1,P1,1234567893,G0105,50,1,2025-11-03\n',
        HEADER + LINE + "C2,1,P1,1234567893,G0105,50,1\n",
        HEADER + LINE + "\n" + LINE,
        HEADER + LINE + "C2,1,P1,1234567893,G0\x00105,50,1,2025-11-03\n",
        HEADER + LINE + "\x1a\n",
        HEADER + LINE.replace("\n", "\r"),
        HEADER + LINE + '"C2,1,P1,1234567893,G0105,50,1,2025-11-03\n',
    ],
    ids=[
        "quoted line end",
        "ragged",
        "empty line",
        "NUL",
        "end-of-file mark",
        "mixed line ends",
        "open quote",
    ],
)
def test_a_file_that_is_not_plain_is_left_to_the_line_reader(
    capsys: pytest.CaptureFixture[str], write: Callable[[bytes], Path], content: str
) -> None:
    """Frames are not taken where a record could be lost; the line reader accounts for every one."""
    path = write(content.encode())

    assert main(["check", str(path), "--engine", "polars"]) == 2
    assert "--engine python" in capsys.readouterr().err
    assert "BILAT101" in run(capsys, str(path))


@pytest.mark.parametrize(
    "narrow", ["", "C2,1,P1,1234567893,G0105,50,1", '"C2,1",P1'], ids=["empty", "narrow", "quoted"]
)
@pytest.mark.parametrize("parts", [False, True], ids=["whole", "parts"])
@pytest.mark.parametrize("first", [0, 30_000])
def test_a_wide_line_does_not_hide_a_narrow_one(
    write: Callable[[bytes], Path], narrow: str, *, parts: bool, first: int
) -> None:
    """Where cells are too many in one line and as many too few in another, the file is not plain."""
    missing = HEADER.count(",") - narrow.count(",")
    wide = LINE.replace("\n", "," * missing + "\n")
    path = write((HEADER + LINE * first + wide + narrow + "\n" + LINE * 9).encode())
    with read_table(path, mapping={}) as table:
        if parts:
            with pytest.raises(NotPlainError):
                list(plain_parts(table, ""))
        else:
            assert read_plain(table, "") is None


def test_bytes_that_are_not_utf8_are_left_to_the_line_reader(write: Callable[[bytes], Path]) -> None:
    """A Latin-1 letter in a name column costs the frame, not the line."""
    path = write((HEADER + LINE.replace("P1", "P\xe9")).encode("latin-1"))
    with read_table(path, mapping={}) as table:
        assert read_plain(table, "") is None


def test_a_plain_file_is_read_whole(write: Callable[[bytes], Path]) -> None:
    """Byte order mark, CRLF, no newline at the end: plain all the same."""
    path = write(("\ufeff" + HEADER + LINE + LINE).replace("\n", "\r\n").rstrip().encode())
    with read_table(path, mapping={}) as table:
        frame = read_plain(table, "")

    assert frame is not None
    assert frame["code"].to_list() == ["G0105", "G0105"]


@pytest.mark.parametrize("header", [HEADER, HEADER.upper(), HEADER.replace("_", " ").title()])
@pytest.mark.parametrize("options", [(), ("--partitions", "3")], ids=["whole", "parts"])
def test_a_header_within_the_file_is_rejected_by_all(
    capsys: pytest.CaptureFixture[str], write: Callable[[bytes], Path], options: tuple[str, ...], header: str
) -> None:
    """Files that were put together with their headers: no line is made of one, in any engine."""
    path = write((header + LINE + header + LINE.replace("C1", "C2") + header).encode())
    told = {
        run(capsys, str(path), "--select", "BILAT101", "--engine", engine, *options)
        for engine in ("python", "polars")
    }
    assert len(told) == 1
    assert f"2 records: repeats the header: it is no line; {path}:3 (byte " in " ".join(told.pop().split())
