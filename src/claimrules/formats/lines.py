"""Cells to claim lines: every row of a table is one line, or several, or says why it is none."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import attrs

from claimrules.formats.bill import setting_of_bill
from claimrules.formats.cells import (
    Modifiers,
    read_equipment,
    read_modifier_list,
    read_modifiers,
    read_setting,
    read_text,
    read_whole,
    read_yes_no,
)
from claimrules.formats.columns import MODIFIERS, Columns
from claimrules.formats.dates import Read as ReadDay
from claimrules.formats.preset import BY_BILL
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import DATES, FACTS, ClaimFacts
from claimrules.model.form import Form, read_code, read_money, read_place, read_units

KEPT: Final = 8192

_REMEDY: Final = "--setting SETTING checks it all the same"

Read = Callable[[str], tuple[Any, Form]]

_READERS: Final[Mapping[str, Read]] = {
    "code": read_code,
    "units": read_units,
    "place_of_service": read_place,
    "charge": read_money,
    "dose": read_units,
    "minutes": read_whole,
    "diagnosis_pointers": read_whole,
    "documentation": read_yes_no,
    "teaching": read_yes_no,
    "narrative": read_yes_no,
    "noncovered_charge": read_money,
    "allowed": read_money,
    "container": read_units,
    "equipment": read_equipment,
    "cancelled": read_yes_no,
    "purchased": read_yes_no,
}
_IDENTIFIERS: Final = (
    *("revenue_code", "claim_id", "line_id", "patient", "provider", "billing_provider", "group", "specialty"),
)
REPEATED: Final = "repeats the header: it is no line"
UNITED: Final = frozenset(("bill_type",))
"""Fields whose parts in several columns stand without a blank between them."""


@attrs.frozen(kw_only=True)
class Making:
    """What lines need beside their cells: how dates are read, the setting asked for, what ids begin with."""

    dates: Mapping[str, ReadDay]
    setting: Setting | None
    prefix: str = ""


class LineMaker:
    """Makes the lines of a table; equal cells are read once."""

    def __init__(self, columns: Columns, making: Making) -> None:
        """Bind each column to its reader."""
        self._columns = columns
        self._prefix = making.prefix
        self._default = making.setting or columns.setting or Setting.PROFESSIONAL
        self._by = columns.by if making.setting is None else None
        self._setting_place = columns.places.get("setting")
        code: tuple[int | None, str] = next(iter(columns.header.items()), (None, ""))
        self._code, self._called = code
        self._parts = [
            _Part({**columns.places, **group}, columns.joined, making) for group in columns.groups or ({},)
        ]

    def lines(self, cells: list[str], number: int) -> Iterator[ClaimLine | str]:
        """Give the lines of a row, or the reason why it holds none; ``number`` counts rows from 1."""
        if self._code is not None and cells[self._code].strip() == self._called and self._repeats(cells):
            yield REPEATED
            return
        setting = self._setting(cells)
        if isinstance(setting, str) and not isinstance(setting, Setting):
            yield setting
            return
        own = f"{self._prefix}{number}"
        if not self._columns.groups:
            yield self._parts[0].line(cells, setting, own)
            return
        held = [at for at, group in enumerate(self._columns.groups) if _is_line(group, cells)]
        if not held:
            yield f"has no code in any of its {len(self._parts)} groups of columns"
        for at in held:
            yield self._parts[at].line(cells, setting, f"{own}.{at + 1}")

    def _repeats(self, cells: list[str]) -> bool:
        return all(cells[place].strip() == name for place, name in self._columns.header.items())

    def _setting(self, cells: list[str]) -> Setting | str:
        if self._setting_place is not None:
            found = read_setting(cells[self._setting_place], self._default)
            return found or f"its setting is none of {', '.join(Setting)}"
        if self._by is None or not (text := cells[self._by.place].strip()):
            return self._default
        value = self._by.values.get(text, "")
        if value == BY_BILL:
            bill = "" if self._by.bill_type is None else cells[self._by.bill_type]
            found = setting_of_bill(bill)
        else:
            found = Setting(value) if value else None
        return found or f"its {self._by.name} is of no kind that a table here covers; {_REMEDY}"


def _is_line(group: Mapping[str, int], cells: list[str]) -> bool:
    """Whether a group of columns holds a line: amounts of zero stand in those that do not."""
    return any(cells[group[field]].strip() for field in ("code", "provider") if field in group)


class _Part:
    """The places of one line in a row, each with what reads it."""

    def __init__(
        self, places: Mapping[str, int], joined: Mapping[str, tuple[int, ...]], making: Making
    ) -> None:
        readers = {field: lru_cache(KEPT)(read) for field, read in _READERS.items() if field in places}
        self._cells = [(field, places[field], read) for field, read in readers.items()]
        self._texts = [(field, places[field]) for field in _IDENTIFIERS if field in places]
        self._days = [
            (field, places.get(field), lru_cache(KEPT)(making.dates[field]))
            for field in ("from_date", "to_date")
        ]
        self._modifiers = _modifier_reader(places)
        said = [name for name in FACTS if name in places or name in joined]
        self._facts = [_fact_reader(name, places, joined, making.dates) for name in said]
        self._read_facts = lru_cache(KEPT)(
            lambda *cells: ClaimFacts.read(dict(zip(said, cells, strict=True)))
        )

    def line(self, cells: list[str], setting: Setting, own_id: str) -> ClaimLine:
        """Make the line."""
        values: dict[str, Any] = {"units": None, "setting": setting, "line_id": own_id}
        forms: dict[str, Form] = {}
        for field, place, read in self._cells:
            values[field], forms[field] = read(cells[place])
        values["modifiers"], forms["modifiers"] = self._modifiers(cells)
        for field, place in self._texts:
            text, _ = read_text(cells[place])
            if text is not None:
                values[field] = text
        if self._facts:
            values["facts"] = self._read_facts(*[read(cells) for read in self._facts])
        for field, day, read_day in self._days:
            values[field], forms[field] = (None, Form.MISSING) if day is None else read_day(cells[day])
        if forms["to_date"] is Form.MISSING:
            values["to_date"] = values["from_date"]
        return ClaimLine(
            **values,
            unreadable=tuple(field for field, form in forms.items() if form is Form.UNREADABLE),
            repaired=tuple(field for field, form in forms.items() if form is Form.REPAIRED),
        )


def _modifier_reader(places: Mapping[str, int]) -> Callable[[list[str]], Modifiers]:
    if "modifiers" in places:
        place, read = places["modifiers"], lru_cache(KEPT)(read_modifier_list)
        return lambda cells: read(cells[place])
    several = [places[name] for name in MODIFIERS if name in places]
    read_several = lru_cache(KEPT)(read_modifiers)
    return lambda cells: read_several(tuple(cells[place] for place in several))


def _fact_reader(
    name: str,
    places: Mapping[str, int],
    joined: Mapping[str, tuple[int, ...]],
    dates: Mapping[str, ReadDay],
) -> Callable[[list[str]], str]:
    if name in joined:
        several, between = joined[name], "" if name in UNITED else " "
        return lambda cells: between.join(text for place in several if (text := cells[place].strip()))
    place = places[name]
    if name not in DATES:
        return lambda cells: cells[place]
    read = lru_cache(KEPT)(dates[name])
    return lambda cells: day.isoformat() if (day := read(cells[place])[0]) else ""
