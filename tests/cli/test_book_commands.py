"""``book build``, ``info``, ``diff``, ``history`` and ``export``."""

import csv
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.codebook.made import MUES, mue_text
from tests.small_book import PAGES, small_book, write_files

from claimrules.codebook.readers import READERS

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A book of many tables, with pages and profiles."""
    return str(small_book(tmp_path_factory.mktemp("book")))


def test_a_folder_is_built_into_a_book(run: Run, tmp_path: Path) -> None:
    """Each file is told: what it is, its editions, or why it was passed over."""
    folder = tmp_path / "published"
    folder.mkdir()
    write_files(folder)
    (folder / "read me.txt").write_text("hello")
    output = tmp_path / "my.claimbook"
    ended = run("book", "build", str(folder), "--output", str(output))
    assert (ended.code, ended.err) == (0, "")
    for part in ("RVU24C: 2024-07-01 to 2024-09-30", "MUE 2024Q3, professional", "passed over: "):
        assert part in ended.out
    again = run("book", "build", str(folder), "--output", str(output), "--format", "json").data
    assert again["schema"] == "claimrules/1"
    assert again["content_hash"] in run("book", "info", str(output)).out


def test_what_the_files_do_not_say_can_be_declared(run: Run, tmp_path: Path) -> None:
    """The first day and the setting; a page's code."""
    path, book = tmp_path / "table.csv", str(tmp_path / "my.claimbook")
    path.write_text(mue_text({"G0105": 1}, words="Some"), encoding="utf-8")
    ended = run("book", "build", str(path), "--output", book)
    assert (ended.code, "--effective" in ended.err or "--setting" in ended.err) == (2, True)
    words = ("--effective", "2024-07-01", "--setting", "dme")
    assert run("book", "build", str(path), "--output", book, *words).code == 0
    assert "MUE 2024Q3 dme" in run("book", "info", book).out
    page = PAGES / "code_page_g0105.txt"
    assert run("book", "build", str(page), "--output", book, "--code", "g0121").code == 0
    found = run("code", "G0121", "--book", book, "--on", "2024-08-01", "--format", "json").data
    assert found["pages"][0]["source_file"] == "code_page_g0105.txt"


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere.csv",),
        (str(PAGES / "code_page_g0105.txt"), "--code", "G01"),
        (str(PAGES / "code_page_g0105.txt"), "--effective", "July"),
        (str(PAGES / "code_page_g0105.txt"), "--setting", "asc"),
    ],
)
def test_what_cannot_be_built_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """One paragraph, and no book."""
    ended = run("book", "build", *words, "--output", str(tmp_path / "b"))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert not (tmp_path / "b").exists()


def test_the_help_names_everything_that_is_read(run: Run) -> None:
    """Every reader has its line."""
    text = " ".join(run("book", "build", "--help").out.split()).lower()
    words = {
        "relative value": "physician fee schedule relative values",
        "mue": "medically unlikely",
        "procedure-to-procedure": "procedure-to-procedure",
        "add-on": "add-on code edits",
        "hcpcs": "hcpcs level ii codes and modifiers",
        "addendum b": "opps addendum b",
        "asc": "asc addenda aa and bb",
        "rbcs": "rbcs",
        "code page": "code pages",
        "profile": "procedure profiles",
    }
    for reader in READERS:
        assert [said for part, said in words.items() if part in reader.what.lower() and said in text], reader


def test_info_tells_tables_gaps_and_what_is_missing(run: Run, book: str) -> None:
    """What each table's silence means, too."""
    text = " ".join(run("book", "info", book).out.split())
    for part in (
        "fee schedule 2024-07-01 to 2024-12-31",
        "SHA-256",
        "not loaded: NCCI pair table, ASC addenda: what they say is unknown (no_table)",
        "never unlimited: some values are confidential",
        "1 code page, 2 procedure profiles",
        "profile_g0121.txt: profile bound to no code",
    ):
        assert part in text, part
    data = run("book", "info", book, "--format", "json").data
    assert data["missing"] == ["ncci_pairs", "asc"]
    assert len(data["silence"]) == len(data["editions"])
    assert {cover["table"] for cover in data["covers"]} >= {"fee_schedule", "mue"}


def test_two_editions(run: Run, book: str) -> None:
    """By the names that info gives; what is no edition is refused with those that are."""
    assert "added  1" in run("book", "diff", book, "RVU24C", "RVU24D").out
    assert "2 more (--limit 3" in run("book", "diff", book, "RVU24C", "RVU24D", "--limit", "1").out
    data = run("book", "diff", book, "RVU24C", "RVU24D", "--format", "json").data
    assert data["counts"]["added"] == 1
    ended = run("book", "diff", book, "RVU24C", "RVU99A")
    assert (ended.code, "it holds" in ended.err) == (2, True)
    ended = run("book", "diff", book, "RVU24C", "HCPCS 2024Q3")
    assert (ended.code, "not of the same table" in ended.err) == (2, True)
    assert run("book", "diff", book, "HCPCS 2024Q3 modifiers", "HCPCS 2024Q3 modifiers").code == 0


def test_a_history(run: Run, book: str) -> None:
    """Every change; none is said on standard error."""
    assert "bilateral 1 -> 2" in run("book", "history", book, "G0412").out
    data = run("book", "history", book, "g0412", "--format", "json").data
    assert {change["field"] for change in data["changes"]} == {"bilateral", "conversion_factor"}
    ended = run("book", "history", book, "Z9999")
    assert (ended.code, "no change is known" in ended.err) == (0, True)
    assert run("book", "history", book, "Z99").code == 2


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_exported(run: Run, book: str, tmp_path: Path, suffix: str) -> None:
    """With the rights that the umask gives, and nothing left beside it."""
    pytest.importorskip("pyarrow")
    path = tmp_path / f"fees.{suffix}"
    mask = os.umask(0o027)
    try:
        ended = run("book", "export", book, "fee_schedule", str(path))
    finally:
        os.umask(mask)
    assert (ended.code, ended.out, "14 rows" in ended.err) == (0, "", True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]
    if suffix == "csv":
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        assert (rows[0]["edition"], rows[0]["code"], len(rows)) == ("RVU24C", "G0105", 14)
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_table(path).num_rows == 14


def test_what_cannot_be_exported_is_refused(run: Run, book: str, tmp_path: Path) -> None:
    """Another form, another table, no folder, the book itself."""
    pytest.importorskip("pyarrow")
    for table, file in (
        ("fee_schedule", tmp_path / "fees.xls"),
        ("prices", tmp_path / "fees.csv"),
        ("ncci_pairs", tmp_path / "pairs.csv"),
        ("mue", tmp_path / "nowhere" / "mue.csv"),
    ):
        ended = run("book", "export", book, table, str(file))
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1), file
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_the_old_file(
    run: Run, book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing beside it."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "mue.csv"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("claimrules.cli.output.os.fsync", full)
    ended = run("book", "export", book, "mue", str(path))
    assert (ended.code, "No space left on device" in ended.err) == (2, True)
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_the_old_name_of_a_file_says_its_quarter(run: Run, tmp_path: Path) -> None:
    """The published name is enough."""
    path = tmp_path / MUES
    path.write_text(mue_text({"G0105": 1}), encoding="utf-8")
    ended = run("book", "build", str(path), "--output", str(tmp_path / "b"))
    assert "MUE 2024Q3, professional: 2024-07-01" in ended.out


@pytest.mark.parametrize("command", [["diff"], ["history"], ["export"], ["build"], ["info"]])
def test_help_teaches(run: Run, command: list[str]) -> None:
    """With examples."""
    assert "examples:\n  claimrules book" in run("book", *command, "--help").out
