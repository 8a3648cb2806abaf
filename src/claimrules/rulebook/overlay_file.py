"""The file of an overlay: what a payer changes in the standard rules; each change with reason and source."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from claimrules.model.finding import Severity
from claimrules.model.structure import StructureError, from_dict
from claimrules.rulebook.reading import RulebookError, plain, position, read_text, read_toml

_version = re.compile(r"[0-9]{1,6}(\.[0-9a-z]{1,12}){0,4}", re.ASCII)


@attrs.frozen(kw_only=True)
class Selected:
    """``[select]``: which rules are in force; without it all stable ones."""

    rules: tuple[str, ...] = ("ALL",)
    preview: bool = False
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Ignored:
    """``[[ignore]]``: rules that are not in force."""

    rules: tuple[str, ...]
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Reweighed:
    """``[[severity]]``: rules whose findings have another severity, whatever else they say of it."""

    rules: tuple[str, ...]
    severity: Severity
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Reset:
    """``[[params]]``: the value of a rule's parameter, from a day on or for every day."""

    rule: str
    name: str
    value: Any
    effective: date | None = None
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Relisted:
    """``[[sets]]``: the members of a named set: all of them, or some more, or some fewer."""

    name: str
    members: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Added:
    """``[[add]]``: a folder of further rules, laid out as ``rules/`` is; relative to the overlay."""

    folder: str
    reason: str
    source: str


@attrs.frozen(kw_only=True)
class Overlay:
    """What a payer changes: read from one file by ``read_overlay``.

    ``since`` is the version of the standard rules that it was written for, ``seen`` what each rule that
    it adjusts looked like then (``Rulebook.adjusted`` gives the present ones).
    """

    title: str
    since: str
    select: Selected | None = None
    ignore: tuple[Ignored, ...] = ()
    severity: tuple[Reweighed, ...] = ()
    params: tuple[Reset, ...] = ()
    sets: tuple[Relisted, ...] = ()
    add: tuple[Added, ...] = ()
    seen: dict[str, str] = attrs.field(factory=dict)
    path: str = ""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of further rules."""
        return tuple(Path(self.path).parent / entry.folder for entry in self.add)

    def place(self, key: str, entry: object) -> str:
        """Give the file and line of a change, and its table, for an error."""
        found = getattr(self, key)
        entries = found if isinstance(found, tuple) else (found,)
        number = next(at for at, each in enumerate(entries, 1) if each is entry)
        return f"{self.path}:{position(read_text(Path(self.path)), key, number)}: {key}"


def read_overlay(path: Path) -> Overlay:
    """Read an overlay.

    Raises:
        RulebookError: with every error of the file, or because it leads out of its own folder.
    """
    data, text = read_toml(path)
    try:
        overlay = from_dict(Overlay, {**plain(data), "path": str(path)})
    except StructureError as error:
        lines = (f"{path}:{position(text, _key(line))}: {line}" for line in error.errors)
        raise RulebookError(tuple(lines)) from None
    except RecursionError:
        raise RulebookError((f"{path}: nests too deeply",)) from None
    errors = [*_blank(overlay), *_leading_out(overlay, path, text)]
    if errors:
        raise RulebookError(tuple(errors))
    return overlay


def _key(error: str) -> str:
    return error.partition(":")[0].partition("[")[0].partition(".")[0]


def _blank(overlay: Overlay) -> list[str]:
    """Every change says of what, why, and who says so."""
    entries = [("select", overlay.select)] if overlay.select else []
    names = ("ignore", "severity", "params", "sets", "add")
    changes = [*entries, *((name, entry) for name in names for entry in getattr(overlay, name))]
    found = [
        f"{overlay.place(name, entry)}: {blank} is empty; say why, and where the payer says so"
        for name, entry in changes
        for blank in ("reason", "source")
        if not getattr(entry, blank).strip()
    ]
    if not _version.fullmatch(overlay.since):
        where = f"{overlay.path}:{position(read_text(Path(overlay.path)), 'since')}: since"
        found.append(f'{where}: the version of the standard rules that it is for, as in "0.1"')
    bare = [(name, entry) for name, entry in changes if not getattr(entry, "rules", True)]
    return found + [
        f'{overlay.place(name, entry)}: rules is empty; name some, as in ["BILAT101"], or leave the table out'
        for name, entry in bare
    ]


def _leading_out(overlay: Overlay, path: Path, text: str) -> list[str]:
    """A payer's file comes from elsewhere: it may not read what lies outside its own folder."""
    root = path.resolve().parent
    return [
        f"{path}:{position(text, 'add')}: add: {entry.folder[:60]!r} is not a folder beside the overlay"
        for entry in overlay.add
        if "\0" in entry.folder or root not in (path.parent / entry.folder).resolve().parents
    ]
