"""Two files for one place in a code book: which of them stands, and what is said about it."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from operator import eq
from typing import Any, Final

import attrs

from claimrules.codebook.digest import table_digest
from claimrules.codebook.errors import BuildError
from claimrules.codebook.notes import Note
from claimrules.codebook.tables import AddOnTable, AnyTable, FeeSchedule, PairTable
from claimrules.codebook.writing import Building, key_of
from claimrules.model.edition import Edition

_SHOWN: Final = 5


class Action(StrEnum):
    """What became of an edition that was read."""

    ADDED = "added"
    REPLACES = "replaces"
    SAME = "same"
    OLDER = "older"
    TWIN = "twin"


@attrs.frozen(kw_only=True)
class Settled:
    """What became of an edition; ``other`` is the one that stood in its place, or stands there still."""

    edition: Edition
    action: Action
    other: Edition | None = None
    warnings: tuple[Note, ...] = ()


def settle(building: Building, table: AnyTable, fresh: Mapping[object, str]) -> Settled:
    """Put a table into the book, if it is to stand there.

    A later release takes the place of an earlier one, whichever is read first. Of two files without a
    release date, or of equal ones, the one given now takes the place of what stood in the book before;
    within one call they must agree (``fresh``: the places filled in this call, and by which file). The
    QPP and nonQPP twins of a schedule differ in the conversion factor only and are one edition: the
    lower factor (nonQPP) stands. An excerpt never takes the place of a complete file of its release.

    Raises:
        BuildError: two files of this call disagree.
    """
    edition = table.edition
    other = building.editions.get(key_of(edition))
    digest = table_digest(table)
    if other is None:
        building.put(table, digest)
        return Settled(edition=edition, action=Action.ADDED)
    if edition.released and other.released and edition.released < other.released:
        return Settled(edition=edition, action=Action.OLDER, other=other)
    later = edition.released and other.released and edition.released > other.released
    same = digest == building.digest(edition)
    if later or (same and _says_more(edition, other)):
        building.put(table, digest)
        return Settled(edition=edition, action=Action.REPLACES, other=other)
    if same:
        return Settled(edition=edition, action=Action.SAME, other=other)
    return _equals(building, table, digest, fresh)


def _equals(building: Building, table: AnyTable, digest: str, fresh: Mapping[object, str]) -> Settled:
    edition = table.edition
    standing = building.standing(edition)
    if isinstance(table, FeeSchedule) and isinstance(standing, FeeSchedule) and _are_twins(table, standing):
        if _factor(table) < _factor(standing):
            building.put(table, digest)
        return Settled(edition=edition, action=Action.TWIN, other=standing.edition)
    if standing.edition.complete and not edition.complete:
        return Settled(edition=edition, action=Action.OLDER, other=standing.edition)
    told = _differences(table, standing)
    if (known := fresh.get(key_of(edition))) is not None and told:
        if _says_more(standing.edition, edition):
            return Settled(edition=edition, action=Action.OLDER, other=standing.edition)
        if not _says_more(edition, standing.edition):
            msg = f"disagrees with {known} about {edition.name}: {told}; give only the one that is right"
            raise BuildError(msg)
    building.put(table, digest)
    warnings = (Note(text=f"differs from what it replaces: {told}", count=1, lines=()),) if told else ()
    return Settled(edition=edition, action=Action.REPLACES, other=standing.edition, warnings=warnings)


def _says_more(one: Edition, other: Edition) -> bool:
    """A file with a release date stands before one without (the text form of a schedule has none)."""
    return (one.released is not None, one.complete) > (other.released is not None, other.complete)


def _are_twins(one: FeeSchedule, other: FeeSchedule) -> bool:
    if one.rows.keys() != other.rows.keys():
        return False
    return all(
        rows.keys() == other.rows[code].keys()
        and all(
            fee._replace(conversion_factor=None) == other.rows[code][row]._replace(conversion_factor=None)
            for row, fee in rows.items()
        )
        for code, rows in one.rows.items()
    )


def _factor(table: FeeSchedule) -> Decimal:
    factors = (fee.conversion_factor for rows in table.rows.values() for fee in rows.values())
    return max((factor for factor in factors if factor is not None), default=Decimal())


def _differences(one: AnyTable, other: AnyTable) -> str:
    mine: Mapping[Any, Any] = one.rows
    theirs: Mapping[Any, Any] = other.rows
    # The edits of a pair or of an add-on code have no order, and a book keeps none.
    same = _same_edits if isinstance(one, PairTable | AddOnTable) else eq
    keys = [key for key in mine.keys() | theirs.keys() if not same(mine.get(key), theirs.get(key))]
    if not keys:
        return ""
    shown = sorted("/".join(key) if isinstance(key, tuple) else str(key) for key in keys)[:_SHOWN]
    more = ", …" if len(keys) > _SHOWN else ""
    return f"{len(keys):,} keys ({', '.join(shown)}{more})"


def _same_edits(one: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> bool:
    return sorted(one or ()) == sorted(other or ())
