"""What is known of one modifier: the catalogue's words, and what loaded HCPCS files publish."""

import attrs

from claimrules.codebook.catalogue import modifier_table
from claimrules.codebook.tables import Tables
from claimrules.model.edition import Edition, Table
from claimrules.model.published import ModifierRow


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
