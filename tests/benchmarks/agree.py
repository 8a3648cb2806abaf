"""Holds the engines together: python tests/benchmarks/agree.py [BOOK] [--lines N] [--rounds N].

Patients have a few lines on a day or two, under one to three providers, some of a group, with codes that
stand close to each other, add-ons and their primaries, and gaps in every field. All rules, previews too,
are asked line by line and in a frame (``--engine``); every outcome, cause, finding and count must be the
same. BOOK is a code book of published files, made by ``claimrules book build``; without it the starter
speaks, and most tables are silent.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.synthetic import MODIFIERS, PLACES
from tests.engine.drawing import FACTS
from tests.engine.test_agreement import agree

from claimrules import ClaimLine, CodeBook, Rulebook
from claimrules.engine.history import Coverage
from claimrules.model.claim import Setting
from claimrules.model.facts import ClaimFacts

PROVIDERS: Final = ("1234567893", "1245319599", "1234567890")
BILLS: Final = tuple(ClaimFacts(bill_type=bill) for bill in ("131", "851", "721"))
ADDED: Final = sorted({modifier for several in MODIFIERS for modifier in several})
SETTINGS: Final = (*[Setting.PROFESSIONAL] * 4, *Setting)
COVERED: Final = (
    Coverage(),
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


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, run and compare; a difference ends it with what it is about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--select", default="ALL")
    parser.add_argument("--engine", default="polars", choices=("polars", "pandas", "pyarrow", "duckdb"))
    args = parser.parse_args(argv)
    book = CodeBook.open(args.book) if args.book else CodeBook.starter()
    rules = Rulebook.load(args.select, preview=True)
    for seed in range(args.seed, args.seed + args.rounds):
        start, drawn = time.perf_counter(), Drawn(book, seed)
        lines = tuple(drawn.lines(args.lines))
        agree(lines, book, rules, drawn.draw.choice(COVERED), args.engine)
        sys.stdout.write(f"seed {seed}: {len(lines):,} lines agree, {time.perf_counter() - start:.1f} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
