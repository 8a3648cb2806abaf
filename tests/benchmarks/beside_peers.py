"""The eight common checks beside what one would pick instead: python tests/benchmarks/beside_peers.py."""

import argparse
import importlib
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.peers.eight import EIGHT, checker, write_codes, write_lines

BASE: Final = "polars"
FRAMES: Final = {
    "polars": "polars",
    "claimrules_polars": "polars",
    "claimrules_counts": "polars",
    "duckdb": "duckdb pyarrow",
    "claimrules_duckdb": "duckdb pyarrow",
    "pandas": "pandas",
    "pandera": "pandera pandas",
}
"""Peers that take a frame, each with what it needs."""
LINE_BY_LINE: Final = {
    "plain_python": "",
    "claimrules_lines": "",
    "zen": "zen-engine",
    "rule_engine": "rule-engine",
    "business_rules": "business-rules",
    "claim_validator": "claim-validator httpx",
    "pyoce": "pyoce",
}
"""Peers that see one line or claim at a time: of fewer lines."""
NEWER: Final = {"pyoce": (3, 12)}
"""The Python without which some do not install."""


@attrs.frozen(kw_only=True)
class Size:
    """The lines of a kind of peer."""

    path: Path
    lines: int


@attrs.frozen(kw_only=True)
class Measured:
    """What a peer found, and the least that it took."""

    peer: Any
    lines: int
    equal: bool
    findings: int
    seconds: float
    processor: float


def present(names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The peers that are installed; say of the others how to get them."""
    for name, needs in names.items():
        try:
            yield name, importlib.import_module(f"tests.benchmarks.peers.{name}")
        except ModuleNotFoundError as error:
            least = NEWER.get(name, (3, 11))
            how = f"pip install {needs}"
            if sys.version_info < least:
                how += f", with Python {least[0]}.{least[1]} or later"
            sys.stdout.write(f"{name}: skipped, {error.name} is not installed ({how})\n")


def measure(peer: Any, size: Size, codes: Path, expected: set[Any], rounds: int) -> Measured:
    """Compare what it finds, then time it; the first run, which is compared, is not timed."""
    found = peer.pairs(peer.run(size.path, codes))
    times = [_timed(peer, size.path, codes) for _ in range(rounds)]
    return Measured(
        peer=peer,
        lines=size.lines,
        equal=found == {pair for pair in expected if pair[2] in peer.CHECKS},
        findings=len(found),
        seconds=min(seconds for seconds, _ in times),
        processor=min(processor for _, processor in times),
    )


def _timed(peer: Any, lines: Path, codes: Path) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    peer.run(lines, codes)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(each: Measured, base: Measured) -> str:
    """One line of the table: times and ratios are those of a million lines."""
    a_million = 1e6 / each.lines
    ratio = each.seconds / each.lines / (base.seconds / base.lines)
    work = each.processor / each.lines / (base.processor / base.lines)
    judged = f"{len(each.peer.CHECKS)} of {len(EIGHT)}"
    equal = ("equal" if each.equal else "DIFFERENT") if each.peer.CHECKS else "none"
    cells = (each.peer.NAME, judged, equal, f"{each.findings:,}", f"{each.lines:,}")
    times = (
        f"{each.seconds * a_million:.2f}",
        f"{ratio:.2f}",
        f"{each.processor * a_million:.2f}",
        f"{work:.2f}",
    )
    return "| " + " | ".join((*cells, *times)) + " |\n"


def report(measured: Sequence[Measured]) -> None:
    """Print the table, and what the peers leave open."""
    base = next(each for each in measured if each.peer.__name__.endswith(f".{BASE}"))
    heads = (
        "",
        "checks",
        "findings",
        "how many",
        "lines",
        "s a million",
        "x Polars",
        "CPU s a million",
        "x Polars",
    )
    sys.stdout.write("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads) + "\n")
    sys.stdout.writelines(row(each, base) for each in measured)
    for each in measured:
        if each.peer.CHECKS and set(EIGHT) != set(each.peer.CHECKS):
            lacking = ", ".join(code for code in EIGHT if code not in each.peer.CHECKS)
            sys.stdout.write(f"{each.peer.NAME} cannot say {lacking}\n")


def undecided(path: Path) -> int:
    """How many outcomes claimrules counts as unknown."""
    polars = importlib.import_module("polars")
    result = checker().check_frame(polars.scan_csv(path, infer_schema=False))
    return sum(count.unknown for count in result.summary.rules.values())


def run(folder: Path, args: argparse.Namespace) -> list[Measured]:
    """Draw the lines, then compare and time every peer."""
    known = folder / "codes.csv"
    start = time.perf_counter()
    _ = checker().engine
    setup = time.perf_counter() - start
    codes, measured = write_codes(known), list[Measured]()
    reference = importlib.import_module("tests.benchmarks.peers.claimrules_polars")
    for names, lines in ((FRAMES, args.lines), (LINE_BY_LINE, args.few)):
        path = folder / f"{lines}.csv"
        size = Size(path=path, lines=write_lines(path, codes, lines, args.distinct))
        expected = reference.pairs(reference.run(path, known))
        count = Counter(rule for _, _, rule in expected)
        words = ", ".join(f"{rule} {count[rule]:,}" for rule in EIGHT)
        sys.stdout.write(f"{size.lines:,} lines, {args.distinct:.0%} distinct; findings: {words}\n")
        sys.stdout.write(f"unknown outcomes, which only claimrules counts: {undecided(path):,}\n")
        chosen = {
            name: needs for name, needs in names.items() if name in (*args.peers, BASE) or not args.peers
        }
        measured += [measure(peer, size, known, expected, args.rounds) for _, peer in present(chosen)]
    sys.stdout.write(f"claimrules reads its rules once a process: {setup:.1f} s, in none of the times\n")
    return measured


def main() -> int:
    """Measure, print, and fail where a peer finds something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="for peers that take frames")
    parser.add_argument("--few", type=int, default=20_000, help="for peers that see one line at a time")
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="*", default=[], choices=(*FRAMES, *LINE_BY_LINE))
    args = parser.parse_args()
    if find_spec("polars") is None:
        sys.stderr.write("polars is not installed: pip install 'claimrules[batch]'\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        measured = run(Path(folder), args)
    report(measured)
    return 0 if all(each.equal for each in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
