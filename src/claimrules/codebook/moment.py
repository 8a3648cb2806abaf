"""The day for which a slot speaks, and the modifiers that are known on it."""

from datetime import date

import attrs

from claimrules.codebook.attributes import level_ii_speaks
from claimrules.codebook.modifiers import ModifierBook
from claimrules.codebook.resolve import EditionMode, Shelf
from claimrules.codebook.tables import Tables
from claimrules.model.code import Cause
from claimrules.model.modifier import ModifierCounts


class Modifiers:
    """The modifiers that a look-up knows, and which HCPCS file speaks for a day; read on first use."""

    def __init__(self, tables: Tables, shelf: Shelf, mode: EditionMode) -> None:
        """Wrap the tables; they are read when the first line with modifiers comes."""
        self._tables = tables
        self._shelf = shelf
        self._mode: EditionMode = mode
        self._book: ModifierBook | None = None

    def count(self, modifiers: tuple[str, ...], day: date) -> ModifierCounts | Cause:
        """Count modifiers by their states on a day."""
        self._book = self._book or ModifierBook(self._tables)
        choice = self._shelf.choose(day, self._mode)
        found = self._book.count(modifiers, day, silence=level_ii_speaks(choice, day))
        if found is not None:
            return found
        return choice if isinstance(choice, Cause) else Cause.NO_CODE


@attrs.frozen
class Moment:
    """A day of a slot, whose tables' setting it is, and the modifiers that are known then."""

    day: date
    setting: str
    modifiers: Modifiers
