"""What a build has to say: of each file what it is, its editions, what was left out; and of the book."""

from typing import Final

import attrs

from claimrules.codebook.notes import Note
from claimrules.codebook.settle import Action, Settled
from claimrules.model.edition import MEDICARE, Edition, Table

_SAID: Final = {
    Action.ADDED: "",
    Action.REPLACES: "  replaces {other.name} from {other.source_file}{released}",
    Action.SAME: "  the same as {other.source_file}: nothing to add",
    Action.OLDER: "  not used: {other.source_file}{released} stands in its place",
    Action.TWIN: "  the twin of {other.source_file} but for the conversion factor: one edition",
}


_NO_SHAPES: Final = frozenset({Table.ADD_ON, Table.MODIFIERS, Table.PLACES})
"""Tables whose silence, if they are complete, speaks for every key."""


@attrs.frozen(kw_only=True)
class FileReport:
    """What became of one published file: its editions, or the number of pages and profiles it held."""

    file: str
    what: str
    taken: tuple[Settled, ...] = ()
    documents: int = 0
    documents_replaced: int = 0
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Tell it line by line."""
        told = [f"{self.file}: {self.what}"]
        for settled in self.taken:
            told += _edition_lines(settled)
        if self.documents:
            replaced = f", {self.documents_replaced} replaced" if self.documents_replaced else ""
            told.append(f"  {self.documents} read{replaced}")
        told += [f"  skipped: {note}" for note in self.skipped]
        told += [f"  warning: {note}" for note in self.warnings]
        return tuple(told)


@attrs.frozen(kw_only=True)
class BuildReport:
    """A book that was built: where, its content hash, its editions, the files read and passed over.

    ``passed_over`` are files in folders and archives that hold no table, with the reason; ``unbound``
    are pages and profiles that belong to no code, with the reason.
    """

    output: str
    content_hash: str
    editions: tuple[Edition, ...]
    files: tuple[FileReport, ...]
    passed_over: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Tell it line by line."""
        told = [line for file in self.files for line in file.lines()]
        told += [f"passed over: {each}" for each in self.passed_over]
        told += [f"unbound: {each}" for each in self.unbound]
        number = len(self.editions)
        count = f"{number} edition{'' if number == 1 else 's'}"
        return (*told, f"{self.output}: {count}, content {self.content_hash[:12]}")


def edition_title(edition: Edition) -> str:
    """Name an edition with its setting, part and program."""
    words = (edition.name, edition.setting, edition.part, edition.program)
    return ", ".join(word for word in words if word and word != MEDICARE)


def extent_of(edition: Edition) -> str:
    """Say in a few words what the silence of an edition means."""
    if edition.table is Table.NCCI_PAIRS and edition.covers:
        first, last = edition.covers[0].split("..")
        return f"complete from {first} to {last}" if edition.complete else "excerpt"
    speaks = edition.complete and (edition.covers or edition.table in _NO_SHAPES)
    return "complete" if speaks else "absence says nothing"


def _edition_lines(settled: Settled) -> list[str]:
    edition, other = settled.edition, settled.other
    dates = f"{edition.effective} to {edition.ends}"
    head = f"  {edition_title(edition)}: {dates}, {edition.rows:,} rows, {extent_of(edition)}"
    lines = [head]
    if other:
        released = f", released {other.released}" if other.released else ""
        lines.append(_SAID[settled.action].format(other=other, released=released))
    return [*lines, *(f"  warning: {note}" for note in settled.warnings)]
