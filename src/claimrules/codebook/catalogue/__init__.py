"""The project's own data: every modifier and every place of service, in our own words.

``modifiers/*.csv`` hold one modifier a record, by group: ``cpt`` (22 to 99 and the measure and physical
status modifiers), ``anatomic``, and the other Level II modifiers by their first letter. The columns are
those of ``ModifierRow``; a blank cell is not known, or says nothing:

* ``category`` is one of ``CATEGORIES``; ``indicator`` is the attribute of the line's own code that
  decides whether the modifier fits (a field of ``CodeAttributes``);
* ``settings``, parted by spaces, are those in which the modifier is used; blank where no source
  restricts it;
* ``coverage``, ``added``, ``action_effective``, ``termination`` (the last usable day) and ``action``
  are as the HCPCS file publishes them. For modifiers that no HCPCS file here holds, ``added`` is the
  first day on which the outpatient editor (I/OCE) takes them. Dates that no source gives are blank.

``modifiers/exclusions.toml`` says, with reason and source, which modifiers cannot share a line; the
loader turns it into ``ModifierRow.excludes``, in both directions. Not in the catalogue: the pairs of
ambulance origin and destination (letters D E G H I J N P R S X), which share their shape with
modifiers on ambulance codes, and the placeholders ``#0`` to ``#Z`` of the I/OCE.

``places.csv`` holds the assigned place of service codes; ``rate`` is blank where Medicare pays no
claim from the place. ``catalogue.toml`` describes the editions. Sources: HCPCS Level II files; I/OCE
tables; Medicare Claims Processing Manual (Pub. 100-04), chapters 1, 4, 5, 12, 17, 23 and 26; NCCI
Policy Manual for Medicare Services, chapter I.
"""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from typing import Any, Final

from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.published import ModifierRow, PlaceRow

CATEGORIES: Final[Mapping[str, str]] = {
    "anatomic": "says where on the body; can let a line pass an edit",
    "bypass": "can let a line pass an edit or stand outside a global period",
    "pricing": "changes what is paid",
    "coverage": "says whether or why the service is covered",
    "liability": "says who pays if Medicare does not",
    "informational": "informs and changes nothing",
    "statistical": "counts for a quality measure",
}
"""What a modifier does to its line; the first that holds. Blank where no source says it."""


@cache
def modifier_table() -> FactTable:
    """Give the modifier catalogue; it is read once."""
    described = _described("modifiers")
    excludes = _exclusions()
    rows = {
        record["modifier"]: _modifier(record, excludes.get(record["modifier"], frozenset()))
        for name in described["files"]
        for record in _records(f"modifiers/{name}")
    }
    return FactTable(edition=_edition(Table.MODIFIERS, described, len(rows)), rows=rows)


@cache
def place_table() -> FactTable:
    """Give the place of service codes; they are read once."""
    described = _described("places")
    rows = {record["code"]: _place(record) for record in _records(described["file"])}
    return FactTable(edition=_edition(Table.PLACES, described, len(rows)), rows=rows)


def _modifier(record: Mapping[str, str], excludes: frozenset[str]) -> ModifierRow:
    return ModifierRow(
        name=record["name"],
        category=record["category"] or None,
        indicator=record["indicator"] or None,
        excludes=tuple(sorted(excludes)),
        settings=tuple(record["settings"].split()),
        coverage=record["coverage"] or None,
        added=_day(record["added"]),
        action_effective=_day(record["action_effective"]),
        termination=_day(record["termination"]),
        action=record["action"] or None,
        source=record["source"],
    )


def _place(record: Mapping[str, str]) -> PlaceRow:
    return PlaceRow(
        name=record["name"],
        rate=record["rate"] or None,
        added=_day(record["added"]),
        ended=_day(record["ended"]),
    )


def _exclusions() -> dict[str, frozenset[str]]:
    partners: dict[str, set[str]] = defaultdict(set)
    for entry in tomllib.loads(_text("modifiers/exclusions.toml"))["exclusions"]:
        for one, other in _pairs(entry):
            partners[one].add(other)
            partners[other].add(one)
    return {modifier: frozenset(others) for modifier, others in partners.items()}


def _pairs(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "one_of" in entry:
        return combinations(entry["one_of"], 2)
    return product(entry["these"], entry["those"])


def _edition(table: Table, described: Mapping[str, Any], rows: int) -> Edition:
    return Edition(
        name=described["name"],
        table=table,
        effective=described["effective"],
        ends=described["ends"],
        kind=Kind.CUMULATIVE,
        complete=described["complete"],
        source_file=described["source"],
        rows=rows,
    )


def _described(table: str) -> dict[str, Any]:
    described: dict[str, Any] = tomllib.loads(_text("catalogue.toml"))[table]
    return described


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _records(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
