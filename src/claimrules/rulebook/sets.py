"""Named sets of codes, modifiers and places: data under ``rules/sets``."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import NamedSet
from claimrules.model.structure import StructureError, from_dict
from claimrules.rulebook.overlay_file import Overlay, Relisted
from claimrules.rulebook.reading import RulebookError, plain, position, read_toml

KINDS: Final = {"modifiers": 2, "codes": 5, "places": 2, "revenue_codes": 4, "bill_classes": 2}
"""What a set can hold, and how many characters each member has."""

_member = re.compile(r"[0-9A-Z]+\Z", re.ASCII)
_range = re.compile(r"(\d{5})-(\d{5})\Z", re.ASCII)
_name = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_NOTHING: Final = NamedSet("", "", frozenset())


@attrs.frozen(kw_only=True)
class SetTable:
    """One set, as its table says."""

    title: str
    kind: str
    source: str = ""
    members: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    digits_only: bool = True
    configured: bool = False


def load_sets(folders: tuple[Path, ...], overlay: Overlay | None = None) -> Mapping[str, NamedSet]:
    """Read every ``sets/*.toml`` of the folders; then lay an overlay's changes over them.

    Raises:
        RulebookError: with every error of every file.
    """
    found = _Sets()
    for path in (path for folder in folders for path in sorted((folder / "sets").glob("*.toml"))):
        found.read(path)
    if overlay is not None:
        for change in overlay.sets:
            found.relist(change, overlay)
    found.resolve()
    if found.errors:
        raise RulebookError(tuple(found.errors))
    return found.sets


class _Sets:
    """Reads tables, then makes sets of them; each once, whoever includes it."""

    def __init__(self) -> None:
        self.tables: dict[str, tuple[SetTable, str]] = {}
        self.sets: dict[str, NamedSet] = {}
        self.errors: list[str] = []

    def read(self, path: Path) -> None:
        """Read the tables of one file."""
        try:
            data, text = read_toml(path)
        except RulebookError as error:
            self.errors.extend(error.errors)
            return
        for name, table in data.items():
            where = f"{path}:{position(text, name)}: [{name[:40]}]"
            if name in self.tables or not _name.match(name):
                self.errors.append(f"{where}: the name is taken, or not lower-case letters, digits and _")
                continue
            try:
                self.tables[name] = from_dict(SetTable, plain(table)), where
            except StructureError as error:
                self.errors.extend(f"{where}: {line}" for line in error.errors)
            except RecursionError:
                self.errors.append(f"{where}: nests too deeply")

    def relist(self, change: Relisted, overlay: Overlay) -> None:
        """Lay one change of an overlay over a set; a list that only a payer can give is given then."""
        if problem := self._fault(change):
            self.errors.append(f"{overlay.place('sets', change)}: {problem}")
            return
        table, where = self.tables[change.name]
        table, members = _base(table, change), _changed(table, change)
        self.tables[change.name] = attrs.evolve(table, members=members, configured=False), where

    def _fault(self, change: Relisted) -> str:
        """Say why a set cannot be changed so; nothing where it can."""
        if change.name not in self.tables:
            return f"there is no set {change.name[:40]!r}; {did_you_mean(change.name, self.tables)}"
        table, _ = self.tables[change.name]
        if change.members is None and not (change.add or change.remove):
            return f"{change.name} is not changed; write members, add or remove"
        if table.kind in KINDS and (bad := _malformed((*(change.members or ()), *change.add), table.kind)):
            return f"{change.name}: {bad}"
        base = _base(table, change)
        lost = [text[:20] for text in change.remove if text not in {*base.members, *change.add}]
        if lost:
            remedy = "not listed in the set itself; write members, which replace all of it"
            return f"{change.name}: {', '.join(map(repr, lost[:8]))}: {remedy}"
        if not (_changed(table, change) or base.include or base.ranges):
            return f"{change.name} would hold nothing; ignore the rules that ask for it"
        return ""

    def resolve(self) -> None:
        """Make every set: those that it includes come first."""
        waiting = dict(self.tables)
        while waiting:
            ready = [name for name, (table, _) in waiting.items() if not waiting.keys() & set(table.include)]
            for name in ready or list(waiting):
                table, where = waiting.pop(name)
                if not ready:
                    self.errors.append(f"{where}: includes itself, or a set that includes it")
                self.sets[name] = self._make(name, table, where)

    def _make(self, name: str, table: SetTable, where: str) -> NamedSet:
        self._check_members(table, where)
        members, ranges = set(table.members), []
        for text in table.ranges:
            found = _range.match(text)
            if found is None or table.kind != "codes" or not table.digits_only or found[1] > found[2]:
                remedy = "write 99202-99499: five digits, the smaller first"
                self.errors.append(f"{where}: range {text[:40]!r}; {remedy}")
                continue
            ranges.append((found[1], found[2]))
        for other in dict.fromkeys(table.include):
            if other not in self.tables:
                remedy = did_you_mean(other, self.tables)
                self.errors.append(f"{where}: include {other[:40]!r} is not a set; {remedy}")
                continue
            included = self.sets.get(other, _NOTHING)
            if included.kind not in (table.kind, ""):
                self.errors.append(f"{where}: includes {other}, which holds {included.kind}")
            members |= included.members
            ranges.extend(included.ranges)
        kept = tuple(dict.fromkeys(ranges))
        title, source, configured = table.title, table.source, table.configured
        return NamedSet(name, table.kind, frozenset(members), kept, title, source, configured)

    def _check_members(self, table: SetTable, where: str) -> None:
        if table.kind not in KINDS:
            self.errors.append(f"{where}: kind {table.kind[:40]!r}; {did_you_mean(table.kind, KINDS)}")
            return
        if bad := _malformed(table.members, table.kind):
            self.errors.append(f"{where}: {bad}")
        if not (table.members or table.ranges or table.include):
            self.errors.append(f"{where}: holds nothing; write members, include or ranges")


def _malformed(members: Iterable[str], kind: str) -> str:
    """Say which members have not the shape of their kind; nothing where all have."""
    bad = [text[:20] for text in members if not _member.match(text) or len(text) != KINDS[kind]]
    remedy = f"a member of {kind} has {KINDS[kind]} characters, 0-9 and A-Z"
    return f"{', '.join(map(repr, bad[:8]))}: {remedy}" if bad else ""


def _base(table: SetTable, change: Relisted) -> SetTable:
    """What a change is laid over: nothing, where it gives all members or the set's are samples."""
    replaced = change.members is not None or table.configured
    return attrs.evolve(table, members=change.members or (), include=(), ranges=()) if replaced else table


def _changed(table: SetTable, change: Relisted) -> tuple[str, ...]:
    members = (*_base(table, change).members, *change.add)
    return tuple(member for member in members if member not in change.remove)
