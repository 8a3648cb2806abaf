"""Says which line rules no line could decide, and what is missing for each.

Run it with ``python tests/benchmarks/undecided.py [BOOK] [--lines N] [--all]``. BOOK is a code book of every
published file at hand, made by ``claimrules book build FOLDER --output BOOK``; without it the starter
speaks. Half of the lines are plain ones over all codes of the book, in dates of every edition; the other
half is built for each rule from the codes, modifiers and places that its conditions name. Each line gives
every optional input. A rule is undecided if it never fired, passed or was bypassed. The same lines come
from the same book and rules.

It also prints the rules that fire on many of the plain lines that they govern, and the rules that hardly
fire without another one: one defect may be told twice there.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.synthetic import MODIFIERS, PLACES

from claimrules import ClaimLine, CodeBook, Rulebook
from claimrules.codebook.catalogue import modifier_table
from claimrules.engine.outcomes import BYPASSED, FIRED, FIRST_UNKNOWN, NOT_APPLICABLE, PASSED, missing_of
from claimrules.engine.run import Engine
from claimrules.engine.subject import Subject
from claimrules.expr.nodes import Carries, Compare, Literal, Member, Name, NamedSet, Node
from claimrules.model.claim import EQUIPMENT, Setting
from claimrules.model.edition import Table
from claimrules.model.facts import DATES, ClaimFacts
from claimrules.rulebook.rule import Rule, RuleScope

T = TypeVar("T")

LINES: Final = 200_000
MOST: Final = 25
"""So many undecided rules are let pass."""
OFTEN: Final = 0.10
ALMOST: Final = 0.90
TOGETHER: Final = 20
"""Rules that fire on fewer lines than this say nothing about each other."""
TABLES: Final = (
    *(Table.FEE_SCHEDULE, Table.MUE, Table.ADD_ON, Table.HCPCS),
    *(Table.ADDENDUM_B, Table.ASC, Table.RBCS),
)
UNITS: Final = ("1", "1", "1", "1", "1", "2", "3", "4", "10", "60", "0", "1.5", "0.2", None)
CHARGES: Final = ("150", "80", "45.5", "1200", "20", "600", "0.5", "0", "-5", None)
REVENUE: Final = ("0450", "0510", "0360", "0420", "0430", "0440", "0250", "0636", None)
SPECIALTIES: Final = ("01", "08", "11", "30", "42", "43", "65", "69", "50", "97")
WORDS: Final = {
    "line.code": "codes",
    "line.place_of_service": "places",
    "line.modifiers": "modifiers",
    "line.revenue_code": "revenue_codes",
    "line.specialty": "specialties",
    "claim.condition_codes": "condition_codes",
}
"""What a text that stands beside a field is."""
IN_A_RANGE: Final = 40
"""So many codes of a range are tried."""
FORMS: Final = ("code", "modifiers", "units", "from_date", "to_date", "place_of_service", "charge")
NO_CODES: Final = ("99999", "NOSHO", "G0000", None)
UNREADABLE: Final = 0.05
CENTRE: Final = "24"
OWN_WORDS, RARE, HALF = 0.75, 0.1, 0.5
MOST_MODIFIERS: Final = 5


@attrs.define
class Tally:
    """What happened to each rule, and what was in the way."""

    outcomes: dict[str, Counter[int]]
    plain: dict[str, Counter[int]]
    missing: dict[str, Counter[str]]
    fired: Counter[str]
    together: Counter[tuple[str, str]]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> "Tally":
        """Start with nothing."""
        codes = [rule.code for rule in rules]
        return cls(
            {code: Counter() for code in codes},
            {code: Counter() for code in codes},
            {code: Counter() for code in codes},
            Counter(),
            Counter(),
        )

    def add(self, rules: Sequence[Rule], outcomes: bytes, *, plain: bool) -> None:
        """Count the outcomes of one line."""
        firing = []
        for rule, byte in zip(rules, outcomes, strict=True):
            if byte == NOT_APPLICABLE:
                continue
            kind = min(byte, FIRST_UNKNOWN)
            self.outcomes[rule.code][kind] += 1
            if plain:
                self.plain[rule.code][kind] += 1
            if byte >= FIRST_UNKNOWN:
                field, cause = missing_of(rule, byte)
                self.missing[rule.code][f"{field} ({cause.value})"] += 1
            elif byte == FIRED:
                firing.append(rule.code)
        self.fired.update(firing)
        self.together.update(combinations(sorted(firing), 2))


class Drawer:
    """Draws lines from a book and from the words of rules."""

    def __init__(self, book: CodeBook) -> None:
        """Read the codes and the days of the book."""
        self.draw = random.Random(1)  # noqa: S311 (lines, not secrets)
        found = {code for table in TABLES for code in codes_of(book, table)}
        self.codes = sorted(found)
        self.days = sorted({edition.effective + timedelta(days=31) for edition in book.editions})
        self.modifiers = sorted(modifier_table().rows)

    def one(self, choices: Sequence[T]) -> T:
        """Choose one."""
        return self.draw.choice(choices)

    def plain(self, number: int) -> ClaimLine:
        """A line as it may come: every code in turn, few modifiers, mostly one unit."""
        modifiers, setting = self.one(MODIFIERS), self.one((Setting.PROFESSIONAL, *Setting))
        if self.draw.random() < RARE:
            modifiers = (*modifiers, self.one(self.modifiers))
        return self.line(
            code=self.codes[number % len(self.codes)],
            modifiers=modifiers,
            place_of_service=CENTRE if setting is Setting.ASC else self.one(PLACES),
            setting=setting,
            revenue_code=self.one(REVENUE),
        )

    def pointed(self, rule: Rule, words: Mapping[str, Sequence[str]]) -> ClaimLine:
        """A line made of the words of a rule, with some that it does not name."""
        own = words.get("modifiers", ())
        some = self.draw.sample(own, min(len(own), self.one((0, 1, 1, 2, 2, 2, 5))))
        others = (*self.one(MODIFIERS), self.one(self.modifiers), "Z9")
        modifiers = (*some, *self.draw.sample(others, self.draw.randrange(2)))
        given = {
            "code": self.one_of(words.get("codes", ()), (*self.codes, *NO_CODES)),
            "modifiers": tuple(self.draw.sample(modifiers, len(modifiers)))[:MOST_MODIFIERS],
            "place_of_service": self.one_of(words.get("places", ()), (*PLACES, CENTRE, CENTRE, "98")),
            "revenue_code": self.one_of(words.get("revenue_codes", ()), REVENUE),
            "specialty": self.one_of(words.get("specialties", ()), SPECIALTIES),
        }
        return self.line(setting=self.one(rule.settings), **{**given, **self.odd()})

    def one_of(self, own: Sequence[T], others: Sequence[T]) -> T:
        """Choose one of a rule's own words, three times of four."""
        return self.one(own if own and self.draw.random() < OWN_WORDS else others)

    def line(self, **given: Any) -> ClaimLine:
        """A line of these words; the rest is drawn as it mostly comes, every optional input among it."""
        day = self.one(self.days)
        drawn = {
            "units": Decimal(self.one((1, 1, 1, 1, 1, 1, 2, 3, 4, 10))),
            "charge": Decimal(self.one(("150", "80", "45.5", "1200", "20", "600"))),
            "from_date": day,
            "to_date": day,
            "specialty": self.one(SPECIALTIES),
            "documentation": True,
            "teaching": self.one((True, False)),
            "narrative": True,
            "minutes": self.one((15, 30, 60, 90)),
            "dose": self.one((Decimal(5), Decimal(400))),
            "diagnosis_pointers": 1,
            "noncovered_charge": Decimal(0),
            "allowed": Decimal(80),
            "container": Decimal(20),
            "equipment": "digital",
            "cancelled": False,
            "purchased": False,
        }
        return ClaimLine(**{**drawn, **given})

    def odd(self) -> dict[str, Any]:
        """Values at the edge: of a line that is made for a rule."""
        day = self.one(self.days)
        units, charge = self.one(UNITS), self.one(CHARGES)
        last = self.one((None, *(0,) * 6, 2, 30, 200, -1))
        found: dict[str, Any] = {
            "units": None if units is None else Decimal(units),
            "charge": None if charge is None else Decimal(charge),
            "from_date": day,
            "to_date": None if last is None else day + timedelta(days=last),
            "documentation": self.one((True, False)),
            "narrative": self.one((True, False)),
            "minutes": self.one((0, 1, 7, 8, 15, 23, 45, 95, 240, 1_500)),
            "dose": self.one((Decimal(1), Decimal(5), Decimal("37.5"), Decimal(400))),
            "diagnosis_pointers": self.one((0, 5, *(1,) * 8)),
            "noncovered_charge": self.one((Decimal(0), Decimal(150))),
            "allowed": self.one((Decimal(0), Decimal(80))),
            "container": self.one((Decimal(1), Decimal(20))),
            "equipment": self.one(EQUIPMENT),
            "cancelled": self.one((True, False)),
            "purchased": self.one((True, False)),
        }
        if self.draw.random() < UNREADABLE:
            name = self.one(FORMS)
            found |= {name: None, "unreadable": (name,)}
        return found

    def facts(self, day: date) -> ClaimFacts:
        """A claim around a line as it mostly comes."""
        return ClaimFacts(
            birth_date=day - timedelta(days=self.one((9_000, 25_000))),
            sex=self.one("FM"),
            diagnoses=("C220",) * self.one((1, 4, 12)),
            principal_diagnosis="C220",
            icd_version="10",
            condition_codes=(),
            bill_type=self.one(("131", "121", "711")),
            frequency="1",
            replaces="",
            patient_status="01",
            clia="05D0000000",
            received_date=day + timedelta(days=20),
            **dict.fromkeys(("statement_from", "admission_date"), day),
            **dict.fromkeys(("statement_to", "discharge_date"), day + timedelta(days=self.one((0, 0, 5)))),
            coverage_from=day - timedelta(days=400),
            coverage_to=day + timedelta(days=400),
        )

    def odd_facts(self, day: date, words: Mapping[str, Sequence[str]]) -> ClaimFacts:
        """A claim at the edge."""
        own = words.get("condition_codes", ())
        days = {name: day + timedelta(days=self.one((-40, -1, 0, 1, 40, 400))) for name in DATES}
        return ClaimFacts(
            **days,
            frequency="1",
            replaces="",
            sex=self.one("FM"),
            diagnoses=("C220",) * self.one((1, 13, 26)) + ("C22?",) * self.one((0, 0, 1)),
            principal_diagnosis=self.one(("C220", "W19XXXA")),
            icd_version=self.one(("9", "10")),
            condition_codes=tuple(own if self.draw.random() < HALF else ()),
            bill_type=self.one(("131", "121", "711", "85X")),
            patient_status=self.one(("01", "20", "30")),
            clia=self.one(("05D0000000", "none")),
        )


def codes_of(book: CodeBook, table: Table) -> set[str]:
    """Every code of a table; none if the book lacks it."""
    if not any(edition.table is table for edition in book.editions):
        return set()
    return set(book.to_frame(table, backend="pyarrow").column("code").to_pylist())


def words_of(rule: Rule) -> dict[str, list[str]]:
    """The codes, modifiers, places and the like that the conditions of a rule name."""
    found: dict[str, set[str]] = defaultdict(set)
    conditions = (rule.applies, rule.when, rule.unless, *(part for part, _ in rule.severity_if))
    for node in (node for root in conditions for node in root.walk()):
        for kind, text in _words(node):
            found[kind].add(text)
    return {kind: sorted(texts) for kind, texts in found.items()}


def _words(node: Node) -> Iterator[tuple[str, str]]:
    members = getattr(node, "members", None)
    if isinstance(members, NamedSet) and members.name:
        yield from ((members.kind, text) for text in members.members)
        for low, high in members.ranges:
            step = max(1, (int(high) - int(low)) // IN_A_RANGE)
            yield from (("codes", f"{number:05}") for number in range(int(low), int(high) + 1, step))
    elif isinstance(node, Member) and (kind := WORDS.get(str(node.value.field))):
        yield from ((kind, text) for text in node.members.members)
    elif isinstance(node, Carries) and (kind := WORDS.get(str(node.holder.field))):
        yield kind, node.text
    elif isinstance(node, Compare) and isinstance(node.left, Name) and isinstance(node.right, Literal):
        kind = WORDS.get(str(node.left.field))
        if kind and node.right.value:
            yield kind, str(node.right.value)


def judge(engine: Engine, book: CodeBook, number: int) -> Tally:
    """Judge the lines, half of them plain and half made for a rule."""
    rules = engine.line_rules
    tally, drawer, lookup = Tally.of(rules), Drawer(book), book.lookup()

    def one(line: ClaimLine, words: Mapping[str, Sequence[str]], *, plain: bool) -> None:
        day = line.from_date or date(2025, 1, 1)
        facts = drawer.facts(day) if plain else drawer.odd_facts(day, words)
        subject = Subject(line, facts, None, lookup, 0, day + timedelta(days=drawer.one((-1, *(30,) * 9))))
        tally.add(rules, engine.line_function(line.setting)(subject), plain=plain)

    for each in range(number // 2):
        one(drawer.plain(each), {}, plain=True)
    for rule in rules:
        words = words_of(rule)
        for _ in range(number // 2 // len(rules)):
            one(drawer.pointed(rule, words), words, plain=False)
    return tally


def wants(rule: Rule, tally: Tally) -> str:
    """What an undecided rule lacks."""
    if tally.missing[rule.code]:
        return ", ".join(f"{what} {count:,}x" for what, count in tally.missing[rule.code].most_common(3))
    return "a line to which it applies"


def undecided(rules: Sequence[Rule], tally: Tally) -> dict[str, str]:
    """The rules that no line could decide, each with what is missing."""
    found = {}
    for rule in rules:
        lists = [name for name in rule.inputs if name.startswith("sets.")]
        outcomes = tally.outcomes[rule.code]
        if lists:
            found[rule.code] = "the payer's list: " + ", ".join(lists)
        elif not any(outcomes[kind] for kind in (PASSED, BYPASSED, FIRED)):
            found[rule.code] = wants(rule, tally)
    return found


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def say_rates(rules: Sequence[Rule], tally: Tally) -> None:
    """Print the rules that fire on many of the plain lines that they govern."""
    say("", f"fire on more than {OFTEN:.0%} of the plain lines that they govern:")
    for rule in rules:
        plain = tally.plain[rule.code]
        share = plain[FIRED] / plain.total() if plain.total() else 0
        if share > OFTEN:
            severities = f"{rule.severity.value}, {rule.status.value}"
            say(f"{rule.code:<9}{share:>7.1%} of {plain.total():>7,}  {severities:<17} {rule.name}")


def say_pairs(rules: Sequence[Rule], tally: Tally) -> None:
    """Print the rules that hardly fire without another one, where neither supersedes the other."""
    by_code = {rule.code: rule for rule in rules}
    say(
        "",
        f"fire with another rule on {ALMOST:.0%} of their lines (the first, the second, both):",
    )
    for pair, count in sorted(tally.together.items()):
        one, two = sorted(pair, key=lambda code: tally.fired[code])
        superseded = one in by_code[two].supersedes or two in by_code[one].supersedes
        if not superseded and tally.fired[one] >= TOGETHER and count >= ALMOST * tally.fired[one]:
            severities = f"{by_code[one].severity.value}, {by_code[two].severity.value}"
            say(f"{one:<9}{two:<9}{tally.fired[one]:>8,}{tally.fired[two]:>9,}{count:>9,}  {severities}")


def say_all(rules: Sequence[Rule], tally: Tally) -> None:
    """Print the counts of every rule."""
    say("", f"{'rule':<9}{'fired':>9}{'passed':>9}{'bypassed':>9}{'unknown':>9}  most often unknown")
    for rule in rules:
        counts = tally.outcomes[rule.code]
        numbers = "".join(f"{counts[kind]:>9,}" for kind in (FIRED, PASSED, BYPASSED, FIRST_UNKNOWN))
        missing = ", ".join(what for what, _ in tally.missing[rule.code].most_common(2))
        say(f"{rule.code:<9}{numbers}  {missing}")


def main() -> int:
    """Judge the lines and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("book", nargs="?", type=Path, help="a code book of every published file at hand")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--all", action="store_true", help="the counts of every rule, too")
    args = parser.parse_args()
    book = CodeBook.open(args.book) if args.book else CodeBook.starter()
    rules = [rule for rule in Rulebook.load(preview=True).known if rule.scope is RuleScope.LINE]
    engine = Engine(rules)
    tally = judge(engine, book, args.lines)
    found = undecided(rules, tally)
    say(f"{len(rules)} line rules, {args.lines:,} lines; {len(found)} that no line could decide:")
    say(*(f"{code:<9}{what}" for code, what in found.items()))
    never = [rule.code for rule in rules if rule.code not in found and not tally.fired[rule.code]]
    say("", f"decided, and never fired: {' '.join(never) or 'none'}")
    say_rates(rules, tally)
    say_pairs(rules, tally)
    if args.all:
        say_all(rules, tally)
    return 0 if len(found) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
