"""Which column of a table holds which field of a line: by name, by a well-known alias, or as mapped."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import Final, TypeVar

import attrs

from claimrules.engine.missing import missing
from claimrules.expr.vocabulary import fields, input_of, npis
from claimrules.formats.preset import GENERIC, Preset, SettingBy, presets
from claimrules.model.claim import Setting
from claimrules.model.facts import FACTS
from claimrules.model.form import MAX_MODIFIERS

T = TypeVar("T")

MODIFIERS: Final = tuple(f"modifier_{slot}" for slot in range(1, MAX_MODIFIERS + 2))
"""A fifth is read too: that there is one is a finding."""
FIELDS: Final = (
    *("code", *MODIFIERS, "modifiers", "units", "from_date", "to_date", "place_of_service", "charge"),
    *("setting", "revenue_code", "claim_id", "line_id", "patient", "provider", "billing_provider", "group"),
    *("specialty", "documentation", "teaching", "narrative", "minutes", "dose"),
    *("diagnosis_pointers", "noncovered_charge", "allowed", "container", "equipment", "cancelled"),
    "purchased",
    *FACTS,
)
"""The fields of a line that a column can hold; ``modifiers`` holds all of them in one column."""

OPTIONAL: Final = frozenset(name for field in fields() if (name := input_of(field)) in FIELDS)
"""The fields that switch on rules which are otherwise not run."""

ALIASES: Final = presets()[GENERIC].aliases
"""Names that say the same in claim exports, in lower case with ``_`` between words."""

_separators = re.compile(r"[^0-9a-z]+")
_data = re.compile(r"[0-9][0-9.,/: -]*")
_WORDS: Final = {
    "code": ("hcpc", "cpt", "proc", "code"),
    "modifiers": ("mod", "mdfr"),
    "units": ("unit", "qty", "quant", "cnt"),
    "from_date": ("dt", "date", "dos", "day"),
}
"""How a word of a column's name may begin that holds a field which is missed."""
_NEAREST: Final = 3
_LOOKED_AT: Final = 1_000
"""Columns that nobody has taken among which names are sought that are nearly right."""
_LONGEST_NAME: Final = 60
"""Characters; what is longer is a whole line, and no name."""


@attrs.frozen(kw_only=True)
class BySetting:
    """The column that decides the setting: its name and place, what its values say, the type of bill."""

    name: str
    place: int
    values: Mapping[str, str]
    bill_type: int | None = None


@attrs.frozen(kw_only=True, slots=False)
class Columns:
    """Where each field stands (from 0), and what was concluded from names that are not the field's.

    ``titles`` are the names as they stand in the header.
    ``assumptions`` tell what is taken for granted because no column says it. A field that is ``joined``
    stands in several columns. Where one row holds several lines, each of ``groups`` tells where the fields of
    one stand. ``by`` and ``setting`` are those of the layout.
    """

    places: Mapping[str, int]
    width: int
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    joined: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    groups: tuple[Mapping[str, int], ...] = ()
    by: "BySetting | None" = None
    setting: Setting | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The optional inputs that the table offers."""
        called = [(field, self.names[place]) for field, place in self._all_places() if self.names]
        return OPTIONAL & self._held | npis(called)

    @cached_property
    def header(self) -> Mapping[int, str]:
        """The names of the columns that something is read from, by place; that of the code first.

        None where no column of its own holds the code. Exports that were put together repeat their header.
        """
        code = self.places.get("code")
        if code is None or not self.titles:
            return {}
        places = (code, *sorted(self.used - {code}))
        return {place: self.titles[place] for place in places}

    @property
    def used(self) -> frozenset[int]:
        """The places of all columns that something is read from."""
        by = (self.by.place, self.by.bill_type) if self.by else ()
        several = (place for places in self.joined.values() for place in places)
        found = (*(place for _, place in self._all_places()), *several, *by)
        return frozenset(place for place in found if place is not None)

    @property
    def _held(self) -> set[str]:
        return {field for field, _ in self._all_places()} | self.joined.keys()

    def _all_places(self) -> list[tuple[str, int]]:
        return [pair for places in (self.places, *self.groups) for pair in places.items()]


def map_option(field: str, column: str) -> str:
    """Write the option that says which column holds a field, as a shell takes it."""
    return f"--map {field}={shlex.quote(column)}"


def tidy(name: str) -> str:
    """Write a column's name in lower case, with ``_`` between words."""
    return _separators.sub("_", name.lower()).strip("_")


def looks_like_data(header: Sequence[str]) -> bool:
    """Say whether a first line holds numbers or dates: then it is no header, and is never echoed."""
    return any(_data.fullmatch(cell.strip()) for cell in header)


class Resolver:
    """Finds the columns of one header; ``errors`` collects what is wrong, all of it."""

    def __init__(self, header: Sequence[str]) -> None:
        """Look at the names only."""
        self.header = [cell.strip() for cell in header]
        self.names = [tidy(cell) for cell in header]
        self.places: dict[str, int] = {}
        self.joined: dict[str, tuple[int, ...]] = {}
        self.notes: list[str] = []
        self.errors: list[str] = []

    def resolve(self, mapping: Mapping[str, str], preset: Preset) -> Columns:
        """Find every field: as mapped, else as the preset says, by its own name, or by an alias."""
        for field, column in mapping.items():
            self._map(field, column)
        groups = self._by_preset(preset, mapping) if preset.name != GENERIC else ()
        grouped = groups[0].keys() if groups else ()
        for find in (self._by_name, self._by_alias):
            for field in FIELDS:
                if not {field} & {*self.places, *mapping, *grouped, *self.joined}:
                    find(field)
        self._settle_modifiers()
        if not {"code"} & {*self.places, *mapping, *grouped} and not self.names.count("code"):
            self.errors.append(self._no_code())
        if preset.name == GENERIC:
            self.notes += self._near_misses()
        return Columns(
            places=self.places,
            width=len(self.header),
            notes=tuple(self.notes),
            assumptions=tuple(self._assumed({*self.places, *grouped, *self.joined})),
            names=tuple(self.names),
            titles=tuple(self.header),
            joined=self.joined,
            groups=groups,
            by=self._by_setting(preset.setting_by),
            setting=preset.setting,
        )

    def _by_preset(self, preset: Preset, mapping: Mapping[str, str]) -> tuple[dict[str, int], ...]:
        self.notes.append(f"the header is that of {preset.name} ({preset.title}), and is read so")
        shared = {field: column for field, column in preset.shared().items() if field not in mapping}
        self.places |= self._places(shared)
        for field, columns in preset.joined.items():
            places = tuple(self._places(dict(enumerate(columns))).values())
            if places and field not in mapping:
                self.joined[field] = places
        groups = (self._places(preset.group(number)) for number in range(1, preset.groups + 1))
        return tuple(group for group in groups if "code" in group)

    def _places(self, columns: Mapping[T, str]) -> dict[T, int]:
        """Give where columns stand, those that the header has once."""
        tidied = {key: tidy(column) for key, column in columns.items()}
        return {key: self.names.index(name) for key, name in tidied.items() if self.names.count(name) == 1}

    def _by_setting(self, by: SettingBy | None) -> BySetting | None:
        if by is None or tidy(by.column) not in self.names:
            return None
        bill = tidy(by.bill_type)
        return BySetting(
            name=by.column,
            place=self.names.index(tidy(by.column)),
            values=by.values,
            bill_type=self.names.index(bill) if bill in self.names else None,
        )

    def _map(self, field: str, column: str) -> None:
        if field not in FIELDS:
            called = [name for name in FIELDS if field.lower() in ALIASES.get(name, ())]
            near = called or get_close_matches(field.lower(), FIELDS, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"fields are {', '.join(FIELDS)}"
            self.errors.append(f"--map {field}=...: there is no such field; {remedy}")
            return
        exact = [place for place, name in enumerate(self.header) if name == column.strip()]
        found = exact or [place for place, name in enumerate(self.names) if name == tidy(column)]
        if len(found) == 1:
            self.places[field] = found[0]
        elif found:
            self.errors.append(f"--map {field}={column}: the header has that column {len(found)} times")
        else:
            near = get_close_matches(tidy(column), self.names, n=2)
            shown = " or ".join(self.header[self.names.index(name)] for name in near)
            remedy = f"did you mean {shown}?" if near else "write a name as the header has it"
            self.errors.append(f"--map {field}={column}: the header has no such column; {remedy}")

    def _by_name(self, field: str) -> None:
        found = [place for place in self._free() if self.names[place] == field]
        if len(found) > 1:
            self.errors.append(f"the header has the column {field} {len(found)} times; name them differently")
        elif found:
            self.places[field] = found[0]

    def _by_alias(self, field: str) -> None:
        found = [place for place in self._free() if self.names[place] in ALIASES.get(field, ())]
        if len(found) > 1:
            names = [self.header[place] for place in found]
            words = " and ".join(names)
            self.errors.append(f"{words} could each be {field}; say which: {map_option(field, names[0])}")
        elif found:
            self.places[field] = found[0]
            self.notes.append(f"{self.header[found[0]]} is read as {field}")

    def _free(self) -> Iterator[int]:
        taken = set(self.places.values())
        return (place for place in range(len(self.header)) if place not in taken)

    def _looked_at(self) -> list[int]:
        """Give the first columns nobody has taken, those whose names are not far too long."""
        short = (place for place in self._free() if len(self.header[place]) <= _LONGEST_NAME)
        return list(islice(short, _LOOKED_AT))

    def _settle_modifiers(self) -> None:
        numbered = [name for name in MODIFIERS if name in self.places]
        if not numbered or "modifiers" not in self.places:
            return
        if "modifier_1" not in self.places and self.names[self.places["modifiers"]] in ("mod", "modifier"):
            place = self.places.pop("modifiers")
            self.places["modifier_1"] = place
            name = self.header[place]
            self.notes = [note for note in self.notes if note != f"{name} is read as modifiers"]
            self.notes.append(f"{name} is read as modifier_1")
            return
        self.errors.append(f"there are columns for modifiers and for {numbered[0]}; keep one of the two ways")

    def _no_code(self) -> str:
        near = self._nearest("code")
        guess = f"; is it {' or '.join(near)}?" if near else "."
        option = map_option("code", near[0] if near else "COLUMN")
        return f"no column holds the code{guess} Say which: {option}"

    def _assumed(self, held: set[str]) -> Iterator[str]:
        """Say what is taken for granted, and which columns could say it."""
        for field, text in missing(held).items():
            near = self._nearest(field)
            option = "modifier_1" if field == "modifiers" else field
            guess = f"; if it is {' or '.join(near)}, say {map_option(option, near[0])}" if near else ""
            yield text + guess

    def _nearest(self, field: str) -> list[str]:
        """Give the columns nobody has taken whose names are like that of a field."""
        free = {self.names[place]: self.header[place] for place in reversed(self._looked_at())}
        found = [name for name in reversed(free) if _like(field, name)]
        return [free[name] for name in found[:_NEAREST]]

    def _near_misses(self) -> Iterator[str]:
        """Say which unused columns are nearly called like a field that has none."""
        if looks_like_data(self.header):
            return
        absent = {
            alias: field
            for field in FIELDS
            if field not in self.places and not (field == "modifiers" and self.places.keys() & set(MODIFIERS))
            for alias in (field, *ALIASES.get(field, ()))
        }
        for place in self._looked_at():
            for alias in get_close_matches(self.names[place], absent, n=1, cutoff=0.85):
                column, field = self.header[place], absent[alias]
                yield f"{column} is not used; if it is {field}, say {map_option(field, column)}"


def _like(field: str, name: str) -> bool:
    known = any(word.startswith(_WORDS[field]) for word in name.split("_"))
    return known or bool(get_close_matches(name, (field, *ALIASES[field]), n=1, cutoff=0.75))
