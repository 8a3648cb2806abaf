"""Holds the engines together: python tests/benchmarks/agree.py [BOOK] [--lines N] [--rounds N].

Lines are drawn in three ways, by turns or by ``--draw``. ``near``: patients have a few lines on a day or two,
under one to three providers, some of a group, with codes that stand close to each other, add-ons and their
primaries, and gaps in every field. ``examples``: lines of the rules' own examples, mixed into claims, moved
to other days and changed, some as a history. ``own``: the same, the book is what they say of codes.
All rules, previews too, are asked line by line and in a frame (``--engine``); every outcome, cause, finding,
explanation and count must be the same. At the end it says how many rules fired at all: one that never did
was not compared in what matters. Every fourth round comes without groups and specialties, two of
three have an overlay of their own, which ignores rules and sets severities, parameters and sets. BOOK is a
code book of published files, made by ``claimrules book build``; without it the starter speaks, and most
tables are silent.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import attrs
from tests.benchmarks.drawn_overlays import drawn_overlay
from tests.benchmarks.mixed_examples import Mixed, book_of
from tests.benchmarks.synthetic import MODIFIERS, PLACES
from tests.engine.drawing import FACTS
from tests.engine.test_agreement import INPUTS, agree

from claimrules import ClaimLine, CodeBook, Rulebook
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import BYPASSED, FIRED, FIRST_UNKNOWN, PASSED
from claimrules.engine.telling import Telling
from claimrules.model.claim import Setting
from claimrules.model.facts import ClaimFacts

PROVIDERS: Final = ("1234567893", "1245319599", "1234567890")
BILLS: Final = (
    *(ClaimFacts(bill_type=bill) for bill in ("131", "851", "721", "137")),
    *(ClaimFacts(frequency=frequency) for frequency in ("1", "7", "8")),
)
ADDED: Final = sorted({modifier for several in MODIFIERS for modifier in several})
SETTINGS: Final = (*[Setting.PROFESSIONAL] * 4, *Setting)
ENGINES: Final = ("polars", "polars-lazy", "pandas", "pyarrow", "duckdb", "spark")
FAR: Final = (date(2199, 12, 30), date(1800, 1, 2), date(2025, 12, 31), date(2026, 1, 1))
COVERED: Final = (
    Coverage(),
    Coverage(complete_from=date(2025, 1, 1), complete_to=date(2025, 12, 31)),
    Coverage(complete_from=date(2024, 12, 3), complete_to=date(2025, 11, 5), providers="all"),
    Coverage(complete_from=date(2020, 1, 1), complete_to=date(2027, 12, 31), providers="all"),
)


class Drawn:
    """Draws lines that bill some codes on some days."""

    def __init__(self, book: CodeBook, seed: int) -> None:
        """Take the codes and days of a book."""
        self.draw = Random(seed)  # noqa: S311 (lines, not secrets)
        self.codes = sorted(set(book.to_frame("mue")["code"].to_list()) | {"99213", "G0463", "01991"})
        self.links: list[tuple[str, str]] = []
        if any(edition.table.value == "add_on" for edition in book.editions):
            links = book.to_frame("add_on")
            self.links = sorted(set(zip(links["code"].to_list(), links["primary"].to_list(), strict=True)))
        newest = max(edition.effective for edition in book.editions if edition.table.value == "mue")
        self.days = [newest + timedelta(days=days) for days in (0, 1, 2, 9, 30, 91, -1, -200)]

    def lines(self, count: int) -> Iterator[ClaimLine]:
        """So many lines, or a few more: patients have all of theirs."""
        number = patient = 0
        while number < count:
            for fields in self._patient(f"P{patient}"):
                yield ClaimLine(**fields, line_id=str(number))
                number += 1
            patient += 1

    def _codes(self, count: int) -> list[str]:
        start, found = self.draw.randrange(len(self.codes)), list[str]()
        while len(found) < count:
            if self.links and self.draw.random() < 0.2:
                found += self.draw.choice(self.links)
            found.append(self.codes[(start + self.draw.randrange(12)) % len(self.codes)])
        return [code for code in found if len(code) == 5]

    def _patient(self, patient: str) -> Iterator[dict[str, Any]]:
        draw = self.draw
        gap, setting = draw.choice((0.0, 0.1, 0.2)), draw.choice(SETTINGS)
        facts = draw.choice((None, None, *FACTS, *BILLS))
        days, providers = draw.sample(self.days, draw.choice((1, 1, 2))), PROVIDERS[: draw.choice((1, 2, 3))]
        for code in self._codes(draw.choice((1, 2, 2, 3, 4, 8))):
            day = draw.choice(days)
            modifiers = tuple(draw.choices(ADDED, k=draw.choice((0, 0, 1, 1, 2, 3))))
            fields = {
                "code": code,
                "modifiers": modifiers,
                "units": Decimal(draw.choice(("1", "1", "2", "3", "10", "0", "1.5"))),
                "from_date": day,
                "place_of_service": draw.choice(PLACES),
                "charge": Decimal(draw.choice(("10", "0", "100.50"))),
                "claim_id": f"C{patient}{draw.choice((1, 1, 2))}",
                "patient": patient,
                "provider": draw.choice(providers),
                "billing_provider": draw.choice(PROVIDERS),
                "group": draw.choice((None, "G1", "G1", "G2")),
                "specialty": draw.choice((None, "10", "20", "43")),
            }
            fields |= {name: None for name in fields if draw.random() < gap}
            span = timedelta(days=draw.choice((0,) * 9 + (29,)))
            yield {
                **fields,
                "to_date": day + span if fields["from_date"] else draw.choice((None, day)),
                "setting": setting if draw.random() < 0.9 else draw.choice(SETTINGS),
                "facts": facts,
                "unreadable": () if fields["modifiers"] is not None else ("modifiers",),
            }


@attrs.frozen
class Run:
    """Lines to judge, those of a history, and what is said of the run."""

    book: CodeBook
    lines: Sequence[ClaimLine]
    past: Sequence[ClaimLine] = ()
    said: Mapping[str, Any] = attrs.field(factory=dict)


def near(book: CodeBook, rules: Rulebook, seed: int, count: int) -> Run:
    """Lines of neighbouring codes of the book."""
    del rules
    return Run(book, tuple(Drawn(book, seed).lines(count)))


def of_examples(book: CodeBook, rules: Rulebook, seed: int, count: int) -> Run:
    """Lines of mixed and changed examples of the rules."""
    draw = Random(seed)  # noqa: S311 (lines, not secrets)
    days = sorted({edition.effective for edition in book.editions} | set(FAR))
    lines = tuple(Mixed(rules.rules, draw, days).lines(count))
    said = {
        "editions": draw.choice(("near", "near", "exact", "latest")),
        "as_of": draw.choice((date(2026, 1, 1), date(2025, 6, 30), None)),
    }
    if draw.random() < 0.6:
        return Run(book, lines, said=said)
    share, of_claims = draw.choice((0.1, 0.4, 0.9)), draw.random() < 0.7
    gone = {line.claim_id: draw.random() < share for line in lines}
    past = [gone[line.claim_id] if of_claims else draw.random() < share for line in lines]
    parts = [
        tuple(line for line, is_past in zip(lines, past, strict=True) if is_past is kind)
        for kind in (False, True)
    ]
    return Run(book, parts[0] or lines, parts[1] if parts[0] else (), said)


def of_examples_alone(book: CodeBook, rules: Rulebook, seed: int, count: int) -> Run:
    """The same, with a book of what the examples say of codes."""
    del book
    draw = Random(seed)  # noqa: S311 (tables, not secrets)
    examples = [each for rule in rules.rules for each in rule.examples]
    return of_examples(book_of(examples, draw), rules, seed, count)


def without_teams(run: Run) -> Run:
    """The same lines where no group and no specialty came: columns that nobody fills are left out."""
    lines, past = (
        tuple(attrs.evolve(line, group=None, specialty=None) for line in each)
        for each in (run.lines, run.past)
    )
    return attrs.evolve(run, lines=lines, past=past)


WAYS: Final = {"near": near, "examples": of_examples, "own": of_examples_alone}


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, run and compare; a difference ends it with what it is about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--select", default="ALL")
    parser.add_argument("--engine", default="polars", choices=ENGINES)
    parser.add_argument("--draw", choices=tuple(WAYS), help="how lines are drawn; by default in turn")
    args = parser.parse_args(argv)
    book = CodeBook.open(args.book) if args.book else CodeBook.starter()
    rules = Rulebook.load(args.select, preview=True)
    inputs = frozenset(INPUTS).union(*(rule.inputs for rule in rules.rules)) - {"as_of"}
    said: dict[str, set[int]] = {rule.code: set() for rule in rules.rules}
    for seed in range(args.seed, args.seed + args.rounds):
        start, way = time.perf_counter(), args.draw or tuple(WAYS)[seed % len(WAYS)]
        run = WAYS[way](book, rules, seed, args.lines)
        run = run if seed % 4 else without_teams(run)
        coverage = Random(seed).choice(COVERED)  # noqa: S311 (days, not secrets)
        more = {"inputs": inputs, **run.said}
        asked = overlaid(rules, args.select, seed)
        ran, result = agree(run.lines, run.book, asked, coverage, args.engine, past=run.past, **more)
        _explained(ran, result)
        _add(said, ran)
        beside = f" and {len(run.past):,} of a history" if run.past else ""
        beside += ", with an overlay," if asked is not rules else ""
        took = time.perf_counter() - start
        sys.stdout.write(f"seed {seed}, {way}: {len(run.lines):,} lines{beside} agree, {took:.1f} s\n")
        sys.stdout.flush()
    sys.stdout.write(_reached(said))
    return 0


def overlaid(rules: Rulebook, select: str, seed: int) -> Rulebook:
    """The rules as an overlay of this round adjusts them, if it has one."""
    draw = Random(-seed)  # noqa: S311 (overlays, not secrets)
    if draw.random() < 1 / 3:
        return rules
    with tempfile.TemporaryDirectory() as folder:
        return drawn_overlay(Path(folder) / "overlay.toml", rules, select, draw)


def _explained(ran: Telling, result: FrameResult) -> None:
    """Compare every finding as a frame explains it: its words, evidence and proofs."""
    told = (ran.findings(), result.explained(None).findings)
    expected, found = ({(each.line_id, each.rule): each for each in findings} for findings in told)
    differ = [
        (expected.get(key), found.get(key))
        for key in {*expected, *found}
        if expected.get(key) != found.get(key)
    ]
    assert not differ, differ[:5]


def _add(said: dict[str, set[int]], ran: Telling) -> None:
    """Take in which plain outcomes rules had."""
    for outcomes in {one.outcomes for one in ran.judged}:
        for rule, byte in zip(ran.engine.rules, outcomes, strict=True):
            said[rule.code].add(min(byte, FIRST_UNKNOWN))


def _reached(said: Mapping[str, set[int]]) -> str:
    """How many rules had each outcome on a line, and which never fired."""
    words = {FIRED: "fired", BYPASSED: "were bypassed", PASSED: "passed", FIRST_UNKNOWN: "were unknown"}
    counts = (f"{sum(byte in found for found in said.values())} {word}" for byte, word in words.items())
    never = " ".join(code for code, found in said.items() if FIRED not in found)
    return f"of {len(said)} rules {', '.join(counts)}; never fired: {never or 'none'}\n"


if __name__ == "__main__":
    sys.exit(main())
