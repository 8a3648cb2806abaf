"""How long the code book takes: python tests/benchmarks/code_book.py [FILES...] [--add FILE] [--pairs N].

FILES are published files, archives or folders of them; without any, files of invented content in the
published layouts are written.
"""

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.published_files import write_published

from claimrules import CodeBook
from claimrules.codebook import build_book
from claimrules.model.claim import Setting
from claimrules.model.edition import Edition, Table

MANY: Final = 2_000
"""Different codes, or pairs of different column 1 codes, that are looked up."""

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(name: str, value: float, unit: str) -> None:
    """Print one line of the table."""
    sys.stdout.write(f"{name:<44}{value:>12,.2f} {unit}\n")


def peak() -> float:
    """Bytes of memory that this process held at most."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def build(files: Sequence[Path], book: Path) -> tuple[float, float, int]:
    """Build or add to a book; give seconds, peak of memory, and the number of rows in the book."""
    start = time.perf_counter()
    report = build_book(files, book)
    return time.perf_counter() - start, peak(), sum(edition.rows for edition in report.editions)


def measure_builds(files: Sequence[Path], add: Path | None, book: Path) -> None:
    """Each build in a process of its own, so that each has a peak of its own."""
    for name, given in (("build", files), ("add one file", [add] if add else [])):
        if given:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                took, most, rows = pool.submit(build, given, book).result()
            say(name, took, f"s, {most / 1e6:,.0f} MB at most, {rows:,} rows in the book")
    say("file", book.stat().st_size / 1e6, "MB")


def newest(book: CodeBook, table: Table) -> Edition | None:
    """The newest edition of a table, or its first part."""
    found = [edition for edition in book.editions if edition.table is table and edition.program == "medicare"]
    return max(found, key=lambda edition: edition.effective, default=None)


def keys(path: Path, table: Table, edition: Edition) -> list[tuple[str, ...]]:
    """Some keys of an edition: codes, or one pair for each of many column 1 codes."""
    columns = "column_1, max(column_2)" if table is Table.NCCI_PAIRS else "code"
    query = (
        f"SELECT {columns} FROM {table.value} AS rows JOIN editions ON editions.id = rows.edition"  # noqa: S608
        " WHERE table_name = ? AND editions.effective = ? AND setting = ? GROUP BY 1 ORDER BY 1"
    )
    cells = (table.value, edition.effective.isoformat(), edition.setting)
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(query, cells).fetchall()
    return list(islice(found, 0, None, max(1, len(found) // MANY)))[:MANY]


def measure_look_ups(path: Path, rounds: int) -> None:
    """Everything that can be asked of the book; tables that it lacks are left out."""
    say("open", best(lambda: CodeBook.open(path), rounds) * 1e3, "ms")
    book = CodeBook.open(path)
    for table, name in ((Table.FEE_SCHEDULE, "code"), (Table.MUE, "mue"), (Table.NCCI_PAIRS, "pair")):
        edition = newest(book, table)
        if edition is not None:
            measure_table(path, name, keys(path, table, edition), edition, rounds)
    schedule = newest(book, Table.FEE_SCHEDULE)
    if schedule is not None:
        codes = [code for (code,) in keys(path, Table.FEE_SCHEDULE, schedule)][:20]
        measure_words(book, codes, rounds)


def measure_table(path: Path, name: str, asked: list[tuple[str, ...]], edition: Edition, rounds: int) -> None:
    """A first look-up in a book just opened, then other keys the first time, then all of them again."""
    setting = Setting(edition.setting or "professional")

    def questions(book: CodeBook) -> Iterator[Work]:
        ask: Callable[..., object] = getattr(book, name)
        return (lambda key=key: ask(*key, on=edition.effective, setting=setting) for key in asked)  # type: ignore[misc]

    def first() -> object:
        return next(questions(CodeBook.open(path)))()

    say(f"open, first {name}", best(first, rounds) * 1e3, "ms")
    book = CodeBook.open(path)
    works = list(questions(book))
    works[0]()
    say(
        f"{name}, others the first time", seconds(lambda: run(works[1:])) / max(1, len(works) - 1) * 1e6, "µs"
    )
    say(f"{name}, again", best(lambda: run(works), rounds) / len(works) * 1e6, "µs")


def measure_words(book: CodeBook, codes: list[str], rounds: int) -> None:
    """Search by a word and by the beginning of a code; history of a code; what the book holds."""
    titles = (hit.title for code in codes for hit in book.search(code))
    word = max(next(titles, "invented").split(), key=len)
    works: dict[str, Work] = {
        "search, a word": lambda: book.search(word),
        "search, three characters of a code": lambda: book.search(codes[-1][:3]),
        "history of a code": lambda: book.history(codes[-1]),
        "info": book.info,
    }
    for name, work in works.items():
        say(name, best(work, rounds) * 1e3, "ms")


def run(works: Sequence[Work]) -> None:
    """Call one after the other."""
    for work in works:
        work()


def best(work: Work, rounds: int) -> float:
    """Seconds that the fastest round took."""
    return min(seconds(work) for _ in range(rounds))


def main() -> int:
    """Build, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--add", type=Path, help="a published file to add to the finished book")
    parser.add_argument("--pairs", type=int, default=400_000, help="invented pairs, without FILES")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files, add = args.files, args.add
        if not files:
            files, add = write_published(Path(folder), args.pairs)
        size = sum(path.stat().st_size for path in _plain(files))
        sys.stdout.write(
            f"code book: {len(list(_plain(files)))} files, {size / 1e6:,.0f} MB, best of {args.rounds}\n"
        )
        book = Path(folder) / "book"
        measure_builds(files, add, book)
        measure_look_ups(book, args.rounds)
        say("peak memory of all look-ups", peak() / 1e6, "MB")
    return 0


def _plain(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        yield from (each for each in sorted(path.rglob("*")) if each.is_file()) if path.is_dir() else [path]


if __name__ == "__main__":
    sys.exit(main())
