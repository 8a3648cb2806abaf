"""Building a book: recognised by content, replaced in one step, the same every time."""

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import BuildError, CodeBook, Declared, FileReport, build_book
from claimrules.codebook.writing import Building

Published = Callable[..., Path]

JULY = "2025 National Physician Fee Schedule Relative Value File July Release"
PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the book shall stand, alone in its folder."""
    folder = tmp_path / "books"
    folder.mkdir()
    return folder / "book.sqlite"


@pytest.fixture
def quarter(published: Published, tmp_path: Path) -> list[Path]:
    """One small published file of every kind, and two pages."""
    texts = {
        made.MUES: made.mue_text({"A4206": 5}),
        made.PAIRS: made.pair_text(made.pair_line("G0105", "G0121"), made.pair_line("G0105", "G0122")),
        "ccioph-v302r0-f1.txt": made.pair_text(made.pair_line("G0105", "G0121", indicator="0")),
        made.ADD_ONS: made.add_on_text("1,G2212,,G0463,,2024001,,", "2,V2785,,CCCCC,,2016366,,"),
        made.HCPCS: made.hcpcs_text(
            {"A4206": "Syringe invented", "E0100": "Cane invented", "XS": "Separate"}
        ),
        made.ADDENDUM_B: made.addendum_b_text({"G0105": "T"}),
        made.RBCS: made.rbcs_text("E0100,Non-Procedure,DME,Other DME,No RBCS Family,1986-01-01,9999-12-31,"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    for name in ("code_page_g0105.txt", "profile_g0105.txt"):
        shutil.copy(PAGES / name, tmp_path)
        texts[name] = ""
    return [published([{}, {"row": "53"}]), *(tmp_path / name for name in texts)]


def test_the_report_tells_what_became_of_each_file(published: Published, output: Path) -> None:
    """What it is, edition, dates, rows, extent, records left out with reason and line."""
    path = published([{}, "G0121,,short"], name="what is this.txt")
    report = build_book([path], output)
    (file,) = report.files
    assert isinstance(file, FileReport)
    (settled,) = file.taken
    assert (file.what, settled.edition.rows) == (
        "Physician Fee Schedule relative value file (CSV, workbook)",
        1,
    )
    assert report.lines() == (
        f"{path}: Physician Fee Schedule relative value file (CSV, workbook)",
        "  RVU25D: 2025-10-01 to 2025-12-31, 1 rows, absence says nothing",
        "  skipped: has 3 columns where the header has 31 (line 7)",
        "  skipped: an end-of-file mark (one 0x1A character), not a record (line 8)",
        *(f"  warning: {note}" for note in file.warnings),
        f"{output}: 1 edition, content {report.content_hash[:12]}",
    )
    assert CodeBook.open(output).content_hash == report.content_hash


def test_progress_counts_bytes(quarter: list[Path], output: Path) -> None:
    """What is read now, how much is done, how much there is; the last is all of it."""
    seen: list[tuple[str, int, int]] = []
    build_book(quarter, output, progress=lambda *told: seen.append(told))
    total = sum(path.stat().st_size for path in quarter)
    assert [what for what, _, _ in seen] == [*(path.name for path in quarter), "search index"]
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert (seen[0][1], seen[-1][1], {total for _, _, total in seen}) == (0, total, {total})


def test_any_mixture_of_files(quarter: list[Path], output: Path) -> None:
    """Each is recognised; the HCPCS file holds two tables; the page is bound through the schedule."""
    report = build_book(quarter, output)
    told = [(edition.name, edition.setting, edition.part, edition.rows) for edition in report.editions]
    assert told == [
        ("Add-on codes 2024Q3", "", "", 2),
        ("Addendum B 2024Q3", "", "", 1),
        ("RVU25D", "", "", 2),
        ("HCPCS 2024Q3", "", "", 2),
        ("HCPCS 2024Q3", "", "", 1),
        ("MUE 2024Q3", "professional", "", 1),
        ("NCCI pairs 2024Q3", "outpatient", "f1", 1),
        ("NCCI pairs 2024Q3", "professional", "f1", 2),
        ("RBCS 2024", "", "", 1),
    ]
    assert [len(file.taken) for file in report.files] == [1, 1, 1, 1, 1, 2, 1, 1, 0, 0]
    assert [file.documents for file in report.files][-2:] == [1, 1]
    assert (report.passed_over, report.unbound) == ((), ())
    assert "complete from G0105/G0121 to G0105/G0122" in "\n".join(report.lines())


def test_the_content_hash_is_of_the_content(quarter: list[Path], output: Path, tmp_path: Path) -> None:
    """Any order, any container, other file names, one by one or at once: the same hash."""
    one = build_book(quarter, output).content_hash
    assert build_book(quarter, output).content_hash == one
    assert build_book(reversed(quarter), output.with_name("b")).content_hash == one
    for number, path in enumerate(quarter):
        last = build_book([path], output.with_name("c"))
        assert len(last.editions) >= min(number + 1, 8)
    assert last.content_hash == one
    assert CodeBook.open(output.with_name("c")) == CodeBook.open(output)
    renamed = tmp_path / "renamed"
    renamed.mkdir()
    for number, path in enumerate(quarter):
        # Pairs, MUE and the like say their quarter by name only.
        shutil.copy(path, renamed / f"{number} {path.name}")
    assert build_book([renamed], output.with_name("d")).content_hash == one
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in quarter:
            archive.write(path, f"folder/{path.name}")
    assert build_book([tmp_path / "all.zip"], output.with_name("e")).content_hash == one
    without = build_book(quarter[1:], output.with_name("f"))
    assert without.content_hash != one


def test_the_order_of_records_is_no_content(published: Published, output: Path) -> None:
    """But what they say is."""
    a, b = {"code": "G0105"}, {"code": "G0121"}
    one = build_book([published([a, b], name="1.csv")], output).content_hash
    assert build_book([published([b, a], name="2.csv")], output.with_name("b")).content_hash == one
    other = build_book([published([a, b | {"team": "1"}])], output.with_name("c"))
    assert other.content_hash != one


def test_a_build_adds_to_the_book_that_is_there(published: Published, output: Path) -> None:
    """A new quarter stands beside the old one; in any order the book is the same."""
    october = published([{"bilateral": "1"}])
    july = published([{"bilateral": "2"}], name="july.csv", title=JULY, released="RELEASED 06/01/2025")
    hashes = set()
    for number, order in enumerate(permutations([october, july])):
        for path in order:
            report = build_book([path], output.with_name(f"{number}"))
        assert [edition.name for edition in report.editions] == ["RVU25C", "RVU25D"]
        hashes.add(report.content_hash)
    assert hashes == {build_book([october, july], output).content_hash}
    book = CodeBook.open(output)
    assert [book.code("G0105", on=date(2025, m, 1)).bilateral for m in (8, 11)] == ["2", "1"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x"), BuildError("x")])
@pytest.mark.parametrize("at", ["PPRRVU.csv", "july.csv", "search index"])
def test_whatever_interrupts_a_build_leaves_the_old_book(
    published: Published, output: Path, error: BaseException, at: str
) -> None:
    """Byte for byte, and no litter; a new book is not there at all."""
    july = published([{"bilateral": "2"}], name="july.csv", title=JULY, released="RELEASED 06/01/2025")
    build_book([published()], output)
    before = output.read_bytes()

    def stop(what: str, _done: int, _total: int) -> None:
        if what == at:
            raise error

    paths = [published([{"bilateral": "1"}]), july]
    for target in (output, output.with_name("new.sqlite")):
        with pytest.raises(type(error)):
            build_book(paths, target, progress=stop)
    assert output.read_bytes() == before
    assert list(output.parent.iterdir()) == [output]


def test_a_bad_file_leaves_the_old_book(published: Published, output: Path, tmp_path: Path) -> None:
    """The others are not taken either."""
    build_book([published()], output)
    before = output.read_bytes()
    (tmp_path / "empty.csv").touch()
    with pytest.raises(BuildError, match="empty"):
        build_book([published([{"bilateral": "1"}]), tmp_path / "empty.csv"], output)
    assert output.read_bytes() == before
    assert list(output.parent.iterdir()) == [output]


def test_every_bad_file_is_named_at_once(published: Published, output: Path, tmp_path: Path) -> None:
    """One error per file, each with what it is and what to do; the good ones are tried too."""
    heads = {
        "cut.zip": (b"PK\x03\x04", "is a damaged ZIP archive"),
        "cut.gz": (b"\x1f\x8b\x08", "is damaged or cut off"),
        "wide.csv": ("HCPCS".encode("utf-16"), "is UTF-16"),
        "claims.csv": (b"code,units\nG0105,1\n", "known are: Physician Fee Schedule"),
        "nul.csv": (bytes(5000), "is no published file that is known here"),
        "empty.csv": (b"", "is empty"),
        "mue.csv": (made.mue_text({"A4206": 1}).encode(), "the file does not say its quarter"),
        made.MUES: (made.mue_text({}).encode(), ""),
        "missing.csv": (None, "cannot be read"),
    }
    for name, (head, _) in heads.items():
        if head is not None:
            (tmp_path / name).write_bytes(head)
    with pytest.raises(BuildError) as caught:
        build_book([published(), *(tmp_path / name for name in heads)], output)
    errors = caught.value.errors
    assert len(errors) == len(heads)
    for error, (name, (_, text)) in zip(errors, heads.items(), strict=True):
        assert error.startswith(str(tmp_path / name))
        assert text in error
    assert str(caught.value) == "\n".join(errors)
    assert not output.exists()


def test_a_folder_is_read_with_all_below_it(published: Published, output: Path) -> None:
    """What is no table is passed over and named; hidden files and the book itself are left alone."""
    folder = output.parent
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    shutil.move(published(), folder / "deep" / "er" / "PPRRVU.csv")
    for name in ("notes.txt", "picture.png", ".hidden/PPRRVU.csv", ".DS_Store"):
        (folder / name).write_bytes(b"\x89PNG nothing")
    report = build_book([folder], output)
    assert [Path(file.file).name for file in report.files] == ["PPRRVU.csv"]
    unknown = "no published file that is known here"
    assert report.passed_over == tuple(f"{folder / name}: {unknown}" for name in ("notes.txt", "picture.png"))
    assert f"passed over: {folder / 'notes.txt'}: {unknown}" in report.lines()
    assert build_book([folder], output).content_hash == report.content_hash
    with pytest.raises(BuildError, match=r"no published file in .*books"):
        build_book([folder / "deep" / ".." / ".hidden"], output)


def test_members_of_an_archive_that_are_no_tables(output: Path, tmp_path: Path) -> None:
    """They are named; an archive without a table is an error."""
    with zipfile.ZipFile(tmp_path / "mue.zip", "w") as archive:
        archive.writestr(made.MUES, made.mue_text({"A4206": 5}))
        archive.writestr("Readme.txt", "read me")
        archive.writestr("Layout.pdf", "%PDF")
    report = build_book([tmp_path / "mue.zip"], output)
    assert [file.file for file in report.files] == [f"{tmp_path / 'mue.zip'} > {made.MUES}"]
    assert [line.split(" > ")[1] for line in report.passed_over] == [
        "Layout.pdf: not a table",
        "Readme.txt: no published file that is known here",
    ]
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("Layout.pdf", "%PDF")
    with pytest.raises(
        BuildError, match=r"none\.zip: is no published file that is known here; known are: .*MUE"
    ):
        build_book([tmp_path / "none.zip"], output)


def test_what_is_declared_reaches_the_readers(output: Path, tmp_path: Path) -> None:
    """Quarter, setting and code of files that do not say them."""
    (tmp_path / "pairs.txt").write_text(made.pair_text(made.pair_line("G0105", "G0121")))
    shutil.copy(PAGES / "code_page_g0105.txt", tmp_path / "page.txt")
    declared = Declared(effective=date(2026, 1, 1), setting="outpatient", code="G0105")
    report = build_book([tmp_path / "pairs.txt", tmp_path / "page.txt"], output, declared=declared)
    (edition,) = report.editions
    assert (edition.name, edition.setting, report.unbound) == ("NCCI pairs 2026Q1", "outpatient", ())
    assert [page.code for page in CodeBook.open(output).documents.pages] == ["G0105"]


def test_an_output_that_is_no_book_is_not_overwritten(
    published: Published, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither another file nor a missing folder nor an empty call nor a full disk does harm."""
    output.write_text("my thesis")
    with pytest.raises(BuildError, match=r"not a code book.*not overwritten"):
        build_book([published()], output)
    assert output.read_text() == "my thesis"
    with pytest.raises(BuildError, match=r"folder .* does not exist"):
        build_book([published()], output.parent / "no" / "book.sqlite")
    with pytest.raises(BuildError, match="no files given"):
        build_book([], output.with_name("new.sqlite"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Building, "put", full)
    with pytest.raises(BuildError, match=r"cannot be written \(.*No space left.*\); nothing was changed"):
        build_book([published()], output.with_name("new.sqlite"))
    assert list(output.parent.iterdir()) == [output]
