"""Named sets of codes, modifiers and places: data under ``rules/sets``."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import NamedSet
from claimrules.model.structure import StructureError, from_dict
from claimrules.rulebook.reading import RulebookError, plain, read_toml

KINDS: Final = {"modifiers": 2, "codes": 5, "places": 2}
"""What a set can hold, and how many characters each member has."""

_member = re.compile(r"^[0-9A-Z]+$", re.ASCII)
_range = re.compile(r"^(\d{5})-(\d{5})$", re.ASCII)
_name = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


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


def load_sets(folders: tuple[Path, ...]) -> Mapping[str, NamedSet]:
    """Read every ``sets/*.toml`` of the folders.

    Raises:
        RulebookError: with every error of every file.
    """
    tables: dict[str, tuple[SetTable, str]] = {}
    errors: list[str] = []
    for path in (path for folder in folders for path in sorted((folder / "sets").glob("*.toml"))):
        try:
            data, text = read_toml(path)
        except RulebookError as error:
            errors.extend(error.errors)
            continue
        for name, table in data.items():
            where = f"{path}: [{name[:40]}]"
            if name in tables or not _name.match(name):
                errors.append(f"{where}: the name is taken, or not lower-case letters, digits and _")
                continue
            try:
                tables[name] = from_dict(SetTable, plain(table)), where
            except (StructureError, RecursionError) as error:
                errors.extend(f"{where}: {line}" for line in getattr(error, "errors", ("nests too deeply",)))
    sets = {name: _resolve(name, tables, errors, ()) for name in tables}
    if errors:
        raise RulebookError(tuple(errors))
    return sets


def _resolve(
    name: str, tables: Mapping[str, tuple[SetTable, str]], errors: list[str], above: tuple[str, ...]
) -> NamedSet:
    table, where = tables[name]
    length = KINDS.get(table.kind)
    if length is None:
        errors.append(f"{where}: kind {table.kind[:40]!r}; {did_you_mean(table.kind, KINDS)}")
    bad = [text[:20] for text in table.members if not _member.match(text) or len(text) != (length or len(text))]
    if bad:
        errors.append(f"{where}: {', '.join(bad)}: a member of {table.kind} has {length} characters, 0-9 and A-Z")
    members, ranges = set(table.members), []
    for text in table.ranges:
        found = _range.match(text)
        if found is None or table.kind != "codes" or not table.digits_only or found[1] > found[2]:
            errors.append(f"{where}: range {text[:40]!r}; write 99202-99499: five digits, the smaller first")
            continue
        ranges.append((found[1], found[2]))
    for other in table.include:
        if other not in tables or other == name or other in above:
            errors.append(f"{where}: include {other[:40]!r} is not a set, or includes itself")
            continue
        included = _resolve(other, tables, [], (*above, name))
        if included.kind != table.kind:
            errors.append(f"{where}: includes {other}, which holds {included.kind}")
        members |= included.members
        ranges.extend(included.ranges)
    return NamedSet(name, table.kind, frozenset(members), tuple(ranges), table.title, table.source)


