"""Draws lines out of the rules' own examples: mixed into claims, moved in time, changed in a field."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import attrs
from tests.benchmarks.synthetic import PLACES

from claimrules import ClaimLine, CodeBook
from claimrules.codebook.tables import AnyTable
from claimrules.model.claim import EQUIPMENT, Setting
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.rulebook.rule import Example, Rule
from claimrules.testing.example_book import example_book, example_tables

Fields = dict[str, Any]

PROVIDERS: Final = ("1234567893", "1245319599", "1234567890", "ABC")
_BOTH: Final = (True, False)
_VALUES: Final[Mapping[str, Sequence[Any]]] = {
    "units": [Decimal(text) for text in ("0", "1", "2", "3", "10", "31", "1.5", "0.001", "9999999.999")],
    "charge": [Decimal(text) for text in ("0", "-10", "0.01", "10", "2500", "999999999.99")],
    "place_of_service": (*PLACES, "00", "99", "02", "10", "34"),
    "setting": tuple(Setting),
    "revenue_code": ("0360", "0450", "360", "0001", "0636", "0X1"),
    "provider": PROVIDERS,
    "billing_provider": PROVIDERS,
    "group": ("G1", "G2"),
    "specialty": ("10", "20", "43", "50", "97"),
    "documentation": _BOTH,
    "teaching": _BOTH,
    "narrative": _BOTH,
    "cancelled": _BOTH,
    "purchased": _BOTH,
    "minutes": (0, 7, 8, 15, 23, 60, 999_999),
    "dose": [Decimal(text) for text in ("0", "0.5", "10", "100.001")],
    "diagnosis_pointers": (0, 1, 4, 5),
    "noncovered_charge": [Decimal(text) for text in ("0", "10", "-1", "0.01")],
    "allowed": [Decimal(text) for text in ("0", "99.99", "2410", "2480.01")],
    "container": [Decimal(text) for text in ("1", "50", "0.5")],
    "equipment": EQUIPMENT,
}
"""What a field may be beside what it is in examples."""
_MAY_LACK: Final = (
    *(name for name in _VALUES if name != "setting"),
    "code",
    "from_date",
    "claim_id",
    "patient",
)
_SHIFTS: Final = (1, -1, 1, -1, 7, 30, 90, -90, 365, -365, 366, 3650)
_FIRST, _LAST = date(1800, 1, 1), date(2199, 12, 31)
_TOGETHER: Final = (
    *(("patient",), ("patient", "provider"), ("patient", "provider", "day"), ("provider", "day"), ("facts",)),
)
_OF_LINE: Final = tuple(
    each.name for each in attrs.fields(ClaimLine) if each.name not in ("line_id", "facts")
)
_MOST: Final = 60
"""Of so many lines of an example no more are taken."""
_SHAPED: Final = ("units", "code", "place_of_service", "charge")


def book_of(examples: Sequence[Example], draw: Random) -> CodeBook:
    """A book of what examples say of codes, one or the other where they differ, in one edition or two."""
    if draw.random() < 0.5:
        return example_book(_merged(examples, draw))
    turn = date(2025, draw.choice((1, 6, 11)), draw.choice((1, 15)))
    pause = timedelta(days=draw.choice((1, 1, 30, 200)))
    first, second = date(draw.choice((1900, 2015, 2024)), 1, 1), date(draw.choice((2025, 2026, 2199)), 12, 31)
    early, late = (example_tables(_merged(examples, draw)) for _ in range(2))
    parts = [*_within(early, first, turn, "EARLY"), *_within(late, turn + pause, second, "LATE")]
    kept = draw.choice((1.0, 0.9, 0.7))
    return CodeBook.from_tables([each for each in parts if draw.random() < kept])


def _within(tables: Sequence[AnyTable], start: date, end: date, name: str) -> Iterator[AnyTable]:
    for table in tables:
        edition = attrs.evolve(table.edition, effective=start, ends=max(start, end), name=name)
        yield attrs.evolve(table, edition=edition)


def _merged(examples: Sequence[Example], draw: Random) -> Example:
    mixed = list(examples)
    draw.shuffle(mixed)
    codes: dict[str, dict[str, Any]] = {}
    pairs: dict[tuple[str, str], tuple[str, str, str]] = {}
    for each in mixed:
        for key, attributes in each.codes.items():
            held = codes.setdefault(key, {})
            for name, value in attributes.items():
                held.setdefault(name, value)
        for pair in each.pairs:
            pairs.setdefault(pair[:2], pair)
    add_ons = {link for each in mixed for link in each.add_ons}
    return attrs.evolve(
        mixed[0],
        codes=codes,
        pairs=tuple(pairs.values()),
        add_ons=tuple(sorted(add_ons)),
        complete=draw.choice(_BOTH),
    )


class Mixed:
    """Draws lines of patients, each out of the examples of one rule or of several."""

    def __init__(self, rules: Sequence[Rule], draw: Random, days: Sequence[date]) -> None:
        """Take the examples of rules; ``days`` are those to which some are moved."""
        self.draw, self.days = draw, days
        self.rules = [rule for rule in rules if rule.examples]
        lines = [line for rule in rules for each in rule.examples for line in each.lines]
        self.codes = sorted({line.code for line in lines if line.code})
        self.modifiers = sorted({word for line in lines for word in line.modifiers or ()})
        facts = [each.facts for rule in rules for each in rule.examples]
        self.facts = {
            name: [got for each in facts if (got := getattr(each, name)) is not None] for name in FACTS
        }

    def lines(self, count: int) -> Iterator[ClaimLine]:
        """So many lines, or a few more."""
        number = patient = 0
        while number < count:
            for fields in self._patient(patient):
                yield ClaimLine(**fields, line_id=str(number))
                number += 1
            patient += 1

    def _patient(self, number: int) -> Iterator[Fields]:
        draw, changed = self.draw, self.draw.choice((0.0, 0.2, 0.5))
        one, whole = draw.random() < 0.6, draw.random() < 0.6
        move = draw.choice(self.days) if draw.random() < 0.4 else None
        found: list[Fields] = []
        for part in range(draw.choice((1, 1, 2, 2, 3))):
            example = draw.choice(draw.choice(self.rules).examples)
            patient = f"{number}" if one else f"{number}-{part}"
            found += self._of_example(example, (patient, f"{patient}.{0 if whole else part}"), move)
        if whole and draw.random() < 0.5:
            self._gather(found)
        for fields in found:
            if draw.random() < changed:
                self._change(fields)
            _settle(fields)
        found += [dict(fields) for fields in found if draw.random() < 0.05]
        if draw.random() < 0.15:
            self._replace(found)
        if draw.random() < 0.3:
            draw.shuffle(found)
        yield from found

    def _of_example(self, example: Example, names: tuple[str, str], move: date | None) -> Iterator[Fields]:
        """The lines of an example and of its history, under the names of a patient and of a claim."""
        patient, claim = names
        first = example.lines[0].from_date
        shift = move - first if move and first else timedelta(0)
        facts = example.facts if example.facts != ClaimFacts() or self.draw.random() < 0.5 else None
        said = None if facts is None else _moved_facts(facts, shift)
        past = None if said is None else said.of_patient
        for lines, own, told in ((example.history, f"A{claim}", past), (example.lines, f"C{claim}", said)):
            for line in lines[:_MOST]:
                yield {
                    **{name: getattr(line, name) for name in _OF_LINE},
                    "facts": told,
                    "claim_id": f"{line.claim_id or ''}{own}",
                    "patient": line.patient and f"{line.patient}.{patient}",
                    "from_date": _moved(line.from_date, shift),
                    "to_date": _moved(line.to_date, shift),
                }

    def _gather(self, found: Sequence[Fields]) -> None:
        """Bring lines of several examples together: one patient, provider, day or bill."""
        draw, first = self.draw, self.draw.choice(found)
        names = draw.choice(_TOGETHER)
        for fields in found:
            for name in names:
                if name != "day":
                    fields[name] = first[name]
                elif fields["from_date"] and first["from_date"]:
                    shift = first["from_date"] - fields["from_date"]
                    fields |= {each: _moved(fields[each], shift) for each in ("from_date", "to_date")}

    def _replace(self, found: Sequence[Fields]) -> None:
        """Let one claim say that it replaces another, named or not."""
        draw = self.draw
        mine, other = draw.choice(found)["claim_id"], draw.choice(found)["claim_id"]
        said = {
            "frequency": draw.choice(("7", "7", "8", "6", "1", None)),
            "replaces": draw.choice((other, other, "", "elsewhere", None)),
        }
        for fields in found:
            if fields["claim_id"] == mine:
                fields["facts"] = attrs.evolve(fields["facts"] or ClaimFacts(), **said)

    def _change(self, fields: Fields) -> None:
        """Change one thing of a line."""
        ways = (
            self._revalue,
            self._forget,
            self._modify,
            self._recode,
            self._redate,
            self._refact,
            self._part,
        )
        self.draw.choices(ways, (3, 1, 2, 1, 1, 1, 1))[0](fields)

    def _revalue(self, fields: Fields) -> None:
        name = self.draw.choice(tuple(_VALUES))
        fields[name] = self.draw.choice(_VALUES[name])

    def _forget(self, fields: Fields) -> None:
        name = self.draw.choice(_MAY_LACK)
        fields[name] = None
        if name in _SHAPED and self.draw.random() < 0.5:
            fields["unreadable"] = (*fields["unreadable"], name)

    def _recode(self, fields: Fields) -> None:
        fields["code"] = self.draw.choice(self.codes)

    def _part(self, fields: Fields) -> None:
        """Move a line to another claim, or its patient away."""
        name = self.draw.choice(("claim_id", "patient"))
        if fields[name]:
            fields[name] += self.draw.choice(("b", "c"))

    def _modify(self, fields: Fields) -> None:
        draw, held = self.draw, list(fields["modifiers"] or ())
        kind = draw.randrange(6)
        if kind == 0:
            fields["modifiers"] = None
            return
        if kind == 1 and held:
            held.pop(draw.randrange(len(held)))
        elif kind == 2:
            draw.shuffle(held)
        elif kind == 3 and held:
            held.append(draw.choice(held))
        else:
            held.insert(draw.randrange(len(held) + 1), draw.choice(self.modifiers))
            if kind == 5:
                held += draw.sample(self.modifiers, 3)
        fields["modifiers"] = tuple(held[:5])

    def _redate(self, fields: Fields) -> None:
        draw, start, end = self.draw, fields["from_date"], fields["to_date"]
        kind = draw.randrange(4)
        if kind == 0 and start:
            fields["to_date"] = _moved(start, timedelta(days=draw.choice((1, 2, 29, 364, -1))))
        elif kind == 1 and not start:
            fields["from_date"] = end or date(2025, 11, 3)
        else:
            shift = timedelta(days=draw.choice(_SHIFTS))
            fields |= {"from_date": _moved(start, shift), "to_date": _moved(end, shift)}

    def _refact(self, fields: Fields) -> None:
        draw, name = self.draw, self.draw.choice(FACTS)
        value = draw.choice((None, *self.facts[name])) if self.facts[name] else None
        if isinstance(value, date):
            value = _moved(value, timedelta(days=draw.choice((0, 0, *_SHIFTS))))
        fields["facts"] = attrs.evolve(fields["facts"] or ClaimFacts(), **{name: value})


def _settle(fields: Fields) -> None:
    """Say of a line what a row of text says of it: a blank stands for no modifiers, and for an end."""
    open_end = fields["from_date"] is not None and fields["to_date"] is None
    lost = [
        name
        for name, is_lost in (("modifiers", fields["modifiers"] is None), ("to_date", open_end))
        if is_lost
    ]
    held = [name for name in fields["unreadable"] if fields[name] is None]
    if fields["modifiers"]:
        fields["modifiers"] = fields["modifiers"][:5]  # a row has room for no more
    fields |= {"unreadable": tuple(dict.fromkeys((*held, *lost))), "repaired": ()}


def _moved(day: date | None, shift: timedelta) -> date | None:
    moved = day and day + shift
    return moved if moved and _FIRST <= moved <= _LAST else day


def _moved_facts(facts: ClaimFacts, shift: timedelta) -> ClaimFacts:
    if not shift:
        return facts
    found = {name: getattr(facts, name) for name in FACTS}
    dates: dict[str, Any] = {
        name: _moved(value, shift) for name, value in found.items() if isinstance(value, date)
    }
    return attrs.evolve(facts, **dates)
