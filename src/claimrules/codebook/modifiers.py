"""What is known of one modifier: the catalogue's words, and what loaded HCPCS files publish."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from claimrules.codebook.catalogue import modifier_table
from claimrules.codebook.tables import FactRow, FactTable, Span, Tables
from claimrules.model.edition import Edition, Table
from claimrules.model.modifier import ModifierCounts, ModifierState
from claimrules.model.period import Period
from claimrules.model.published import ModifierRow

CPT_KNOWN: Final = Period(date(2010, 1, 1), date(2026, 12, 31))
"""The days for which the catalogue's CPT modifiers are known to be all: read in 2026, 21 ended in 2008."""

_cpt_shape: Final = re.compile(r"\d\d|P\d|\dP", re.ASCII)
_physical_status: Final = re.compile(r"P\d", re.ASCII)


def modifier_of(tables: Tables, modifier: str) -> ModifierRow | None:
    """Give one modifier, ``None`` where neither the catalogue nor a loaded file holds it.

    Descriptions, coverage and dates are those of the newest loaded file that holds it, else of the
    catalogue; name, category, indicator, partners and settings are always the catalogue's.
    """
    catalogued = modifier_table().rows.get(modifier)
    known = catalogued if isinstance(catalogued, ModifierRow) else None
    published = _newest(tables, modifier)
    if published is None or known is None:
        return published[1] if published else known
    edition, row = published
    return attrs.evolve(
        row,
        name=known.name,
        category=known.category,
        indicator=known.indicator,
        excludes=known.excludes,
        settings=known.settings,
        added=row.added or known.added,
        termination=row.termination or known.termination,
        source=edition.name,
    )


def _newest(tables: Tables, modifier: str) -> tuple[Edition, ModifierRow] | None:
    found: list[tuple[Edition, ModifierRow]] = []
    for position, edition in enumerate(tables.editions):
        row = tables.entry(position, modifier) if edition.table is Table.MODIFIERS else None
        if isinstance(row, ModifierRow):
            found.append((edition, row))
    return max(found, key=lambda each: each[0].effective, default=None)


class ModifierBook:
    """Every modifier that the catalogue or a loaded HCPCS file holds, with its first and last day."""

    def __init__(self, tables: Tables) -> None:
        """Merge what the files publish with the catalogue."""
        held: dict[str, FactRow] = dict(modifier_table().rows)
        positions = [place for place, each in enumerate(tables.editions) if each.table is Table.MODIFIERS]
        positions.sort(key=lambda place: tables.editions[place].effective)
        for position in positions:
            table = tables.table(position)
            held |= table.rows if isinstance(table, FactTable) else {}
        catalogue = modifier_table().rows
        self._spans: dict[str, Span] = {}
        for modifier, row in held.items():
            own = catalogue.get(modifier, row)
            if isinstance(row, ModifierRow) and isinstance(own, ModifierRow):
                # HCPCS files list P1 to P6, which are the AMA's, from 2006: anaesthetists billed them before.
                first = None if _physical_status.fullmatch(modifier) else row.added or own.added
                self._spans[modifier] = (first, row.termination or own.termination)

    def state(self, modifier: str, day: date, *, silence: bool) -> ModifierState | None:
        """Say whether a modifier can be used on a day; ``None`` where it is not known.

        ``silence``: a complete HCPCS file speaks for the day, so that a Level II modifier that nobody
        holds is none. The catalogue itself is whole for the CPT modifiers.
        """
        found = self._spans.get(modifier)
        if found is None:
            spoken = day in CPT_KNOWN if _cpt_shape.fullmatch(modifier) else silence
            return ModifierState.UNLISTED if spoken else None
        first, last = found
        if first is not None and day < first:
            return ModifierState.EARLY
        return ModifierState.ENDED if last is not None and last < day else ModifierState.LISTED

    def count(self, modifiers: Iterable[str], day: date, *, silence: bool) -> ModifierCounts | None:
        """Count the modifiers of a line by their states; ``None`` where one state is not known."""
        states = [self.state(modifier, day, silence=silence) for modifier in modifiers]
        if None in states:
            return None
        return ModifierCounts(
            unlisted=states.count(ModifierState.UNLISTED),
            early=states.count(ModifierState.EARLY),
            ended=states.count(ModifierState.ENDED),
        )


def catalogue_spans() -> set[Span]:
    """Give the different first and last days of the catalogue's modifiers."""
    rows = modifier_table().rows.values()
    return {(row.added, row.termination) for row in rows if isinstance(row, ModifierRow)}
