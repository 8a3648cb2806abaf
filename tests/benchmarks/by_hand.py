"""Checks claims made by hand: no right one is denied or returned, and each wrong one is found.

Run it with ``python tests/benchmarks/by_hand.py BOOK``. BOOK is a code book of every published file at
hand, made by ``claimrules book build FOLDER --output BOOK``; tables of other days than theirs may rightly
say otherwise. The claims stand in ``by_hand/``; in ``wrong.toml`` each names the rule that is to find it.
A line without a day, a provider or a charge has those below.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from claimrules import Checker, CheckResult, Claim, ClaimLine, CodeBook, History

FOLDER: Final = Path(__file__).resolve().parent / "by_hand"
WRONG: Final = "wrong"
DAY: Final = date(2024, 8, 5)
PROVIDER: Final = "1003000118"
BILLING: Final = "1003000191"
AS_OF: Final = date(2026, 9, 1)
INPUTS: Final = (
    "group",
    "specialty",
    "minutes",
    "documentation",
    "teaching",
    "dose",
    "narrative",
    "diagnosis_pointers",
    "noncovered_charge",
    "allowed",
    "container",
    "equipment",
    "cancelled",
    "purchased",
)


def claims(name: str) -> list[dict[str, Any]]:
    """Read the claims of a file."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["claims"]
    return found


def names() -> list[str]:
    """Name the files."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_lines(texts: list[str], claim: str) -> tuple[ClaimLine, ...]:
    """Read lines, with what they do not say."""
    return tuple(_line(text, number, claim) for number, text in enumerate(texts))


def _line(text: str, number: int, claim: str) -> ClaimLine:
    line = ClaimLine.parse(text)
    day = line.from_date or DAY
    return attrs.evolve(
        line,
        from_date=day,
        to_date=line.to_date or day,
        provider=line.provider or PROVIDER,
        charge=Decimal(100 + 7 * number) if line.charge is None else line.charge,
        claim_id=claim,
        line_id=str(number + 1),
        patient="P1",
    )


def check(checkers: dict[frozenset[str], Checker], book: CodeBook, entry: Mapping[str, Any]) -> CheckResult:
    """Check a claim with its history; the rules run with the inputs that it has."""
    lines, past = read_lines(entry["lines"], "C1"), read_lines(entry.get("history", []), "H1")
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in entry.get("facts", {}).items()
    }
    given = {name for name in INPUTS if any(getattr(line, name) is not None for line in (*lines, *past))}
    inputs = frozenset(given | set(facts))
    checker = checkers.setdefault(inputs, Checker(book, inputs=inputs, as_of=AS_OF))
    claim = Claim(lines=lines, claim_id="C1", patient="P1", billing_provider=BILLING, **facts)
    if "known" not in entry:
        return checker.check(claim, History(past))
    first, last, providers = entry["known"]
    known = History(
        past,
        complete_from=date.fromisoformat(first),
        complete_to=date.fromisoformat(last),
        providers=providers,
    )
    return checker.check(claim, known)


def complaints(book: CodeBook) -> Iterator[str]:
    """Say each right claim that is denied or returned, and each wrong one that is not found."""
    checkers: dict[frozenset[str], Checker] = {}
    for name in names():
        for entry in claims(name):
            found = check(checkers, book, entry).findings
            if name == WRONG and entry["finds"] not in {each.rule for each in found}:
                yield f"{name}: {entry['finds']} does not find {entry['lines']}"
            for each in found if name != WRONG else ():
                if each.severity in ("deny", "return"):
                    yield f"{name}: {each.severity} {each.rule} line {each.line_id} of {entry['lines']}"


def main() -> int:
    """Check them all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("book", type=Path, metavar="BOOK")
    said = list(complaints(CodeBook.open(parser.parse_args().book)))
    counts = ", ".join(f"{name} {len(claims(name))}" for name in names())
    sys.stdout.write("\n".join([*said, f"{counts}: {len(said)} not as expected\n"]))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
