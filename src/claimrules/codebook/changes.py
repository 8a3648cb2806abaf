"""What changed: one code over every edition loaded, and one edition against another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, Final

import attrs

from claimrules.codebook.errors import BookError
from claimrules.codebook.tables import AddOnRow, FeeRow, MueRow, PairRow, Tables
from claimrules.model.edition import Edition, Table, names_of
from claimrules.model.page import CodePage
from claimrules.model.period import OPEN_END

_BY_CODE: Final = (
    Table.FEE_SCHEDULE,
    Table.MUE,
    Table.HCPCS,
    Table.ADDENDUM_B,
    Table.ASC,
    Table.RBCS,
)
"""Tables that hold a record for each code, so that editions can be laid side by side."""


class Did(StrEnum):
    """What happened to a code or to one of its attributes."""

    ADDED = "added"
    ENDED = "ended"
    CHANGED = "changed"


@attrs.frozen(kw_only=True)
class Change:
    """One change: from ``on``, a code or one attribute of it.

    ``field`` is the attribute, blank where the whole record came or went; ``row`` the fee schedule row
    (blank, 26, TC, 53). ``before`` and ``after`` are as published, ``None`` for a blank. ``edition``
    says it and ``previous`` is the edition before: with editions missing between the two, the change
    happened somewhere between. ``note`` is a published remark, or that of a code page.
    """

    on: date
    action: Did
    key: str
    table: Table | None = None
    setting: str = ""
    row: str = ""
    field: str = ""
    before: str | None = None
    after: str | None = None
    edition: str = ""
    previous: str = ""
    note: str = ""


@attrs.frozen(kw_only=True)
class Diff:
    """Two editions of one table: keys that came, that went, and every field that changed."""

    before: Edition
    after: Edition
    added: tuple[str, ...]
    ended: tuple[str, ...]
    changed: tuple[Change, ...]

    @property
    def changed_keys(self) -> tuple[str, ...]:
        """The keys of which at least one field changed."""
        return tuple(dict.fromkeys(change.key for change in self.changed))


def history_of(tables: Tables, code: str, pages: Iterable[CodePage] = ()) -> tuple[Change, ...]:
    """Give every change of every attribute of ``code``, the oldest first."""
    found: list[Change] = []
    for editions in _series(tables.editions):
        for (before, old), (after, new) in pairwise(editions):
            entries = tables.entry(before, code), tables.entry(after, code)
            found += _compare(code, old, new, *(entry_records(entry) for entry in entries))
    found += _own_days(tables, code)
    for page in pages:
        if page.code == code:
            found += (_noted(code, entry.on, entry.action, entry.note, page) for entry in page.history)
    ordered = dict.fromkeys(sorted(found, key=_order))
    return tuple(ordered)


def position_of(editions: Sequence[Edition], wanted: Edition | str) -> int:
    """Find an edition, given as such or by a name that only one has.

    Raises:
        BookError: there is no such edition, or several have the name.
    """
    found = [
        position
        for position, edition in enumerate(editions)
        if edition == wanted or (isinstance(wanted, str) and wanted in names_of(edition))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(repr(names_of(editions[position])[-1]) for position in found)
        msg = f"{wanted!r} names several editions; name one of {names}"
        raise BookError(msg)
    there = ", ".join(names_of(edition)[-1] for edition in editions)
    msg = f"{wanted!r} is no edition of this book; it holds {there}"
    raise BookError(msg)


def diff_of(tables: Tables, before: int, after: int) -> Diff:
    """Compare two editions, given by their positions.

    Raises:
        BookError: they are not of the same table.
    """
    old, new = tables.editions[before], tables.editions[after]
    if (old.table, old.setting, old.program) != (new.table, new.setting, new.program):
        msg = f"{old.name} and {new.name} are not of the same table and setting; name two editions of one"
        raise BookError(msg)
    earlier: Mapping[Any, object] = tables.table(before).rows
    later: Mapping[Any, object] = tables.table(after).rows
    keys = {_text(key): key for key in (*earlier, *later)}
    changed: list[Change] = []
    for text, key in sorted(keys.items()):
        one, other = earlier.get(key), later.get(key)
        if one is not None and other is not None and one != other:
            changed += _compare(text, old, new, entry_records(one), entry_records(other))
    return Diff(
        before=old,
        after=new,
        added=tuple(text for text, key in sorted(keys.items()) if key not in earlier),
        ended=tuple(text for text, key in sorted(keys.items()) if key not in later),
        changed=tuple(changed),
    )


def entry_records(entry: object) -> Mapping[str, Mapping[str, Any]]:
    """Give what a table holds of one key as records by row (fee schedule, add-ons, pairs), else one."""
    if entry is None:
        return {}
    if isinstance(entry, Mapping):
        return {row: fee._asdict() for row, fee in entry.items()}
    if isinstance(entry, MueRow):
        return {"": entry._asdict()}
    if isinstance(entry, tuple):
        return {_name_of(row): row._asdict() for row in entry}
    kind: Any = type(entry)
    return {"": {field.name: getattr(entry, field.name) for field in attrs.fields(kind)}}


def _name_of(row: AddOnRow | PairRow | FeeRow) -> str:
    return f"{row.primary or 'contractor'} {row.effective}" if isinstance(row, AddOnRow) else f"{row[0]}"


def _series(editions: Sequence[Edition]) -> Iterator[list[tuple[int, Edition]]]:
    """Give the editions of each table and setting, the oldest first, by their positions."""
    numbered = [(position, edition) for position, edition in enumerate(editions) if edition.table in _BY_CODE]
    numbered.sort(key=lambda entry: (*_kind(entry[1]), entry[1].effective, entry[1].released or date.min))
    for _, group in groupby(numbered, key=lambda entry: _kind(entry[1])):
        yield list(group)


def _kind(edition: Edition) -> tuple[str, ...]:
    return edition.table, edition.program, edition.setting, edition.part


def _compare(
    key: str,
    old: Edition,
    new: Edition,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> Iterator[Change]:
    shared: dict[str, Any] = {
        "on": new.effective,
        "key": key,
        "table": new.table,
        "setting": new.setting,
        "edition": new.name,
        "previous": old.name,
    }
    for row in sorted({*before, *after}):
        if row not in before or row not in after:
            came = row in after
            if came and not old.complete and not before:
                continue
            if not came and not new.complete and not after:
                continue
            yield Change(**shared, row=row, action=Did.ADDED if came else Did.ENDED)
            continue
        for field, value in after[row].items():
            if before[row][field] != value:
                texts = _cell(before[row][field]), _cell(value)
                shared |= {"before": texts[0], "after": texts[1]}
                yield Change(**shared, row=row, action=Did.CHANGED, field=field)


def _own_days(tables: Tables, code: str) -> Iterator[Change]:
    """Give the days that the records themselves name: HCPCS and RBCS the code's, add-ons the edit's."""
    for position, edition in enumerate(tables.editions):
        if edition.table not in (Table.HCPCS, Table.RBCS, Table.ADD_ON):
            continue
        for record in entry_records(tables.entry(position, code)).values():
            shared: dict[str, Any] = {"key": code, "table": edition.table}
            last = record.get("termination") or record.get("ended") or record.get("deletion")
            if edition.table is Table.ADD_ON:
                note = record["primary"] or "primaries defined by the contractor"
                shared |= {"field": "primary", "note": f"add-on type {record['type']}"}
                yield Change(**shared, on=record["effective"], action=Did.ADDED, after=note)
                if last and last < OPEN_END:
                    yield Change(**shared, on=last + timedelta(days=1), action=Did.ENDED, before=note)
                continue
            if record.get("added"):
                yield Change(**shared, on=record["added"], action=Did.ADDED)
            if last:
                yield Change(**shared, on=last + timedelta(days=1), action=Did.ENDED)


def _noted(code: str, on: date, action: str, note: str, page: CodePage) -> Change:
    did = next((each for each in Did if each.value == action.lower()), Did.CHANGED)
    text = "" if note.lower() == action.lower() else note
    return Change(on=on, action=did, key=code, note=text, edition=page.source_file)


def _order(change: Change) -> tuple[Any, ...]:
    return change.on, change.table or "", change.setting, change.row, change.field, change.edition


def _cell(value: object) -> str | None:
    if value is None or value in ("", ()):
        return None
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _text(key: object) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)
