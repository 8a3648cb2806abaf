"""What changed in words: the history of one code, and one edition against another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from claimrules.codebook import Change, Did, Diff
from claimrules.model.edition import names_of
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.words import count, name_of

_NEWEST: Final = 8
"""Entries of a history that the page of a code shows."""
_VALUES: Final = 10
"""Values of one kind, such as the primaries of an add-on code, that an entry there names."""
_MANY: Final = 100


def add_history(page: Page, changes: Sequence[Change], *, everything: bool) -> None:
    """Add the history of a code, the newest entries only unless ``everything``."""
    if not changes:
        return
    page.gap()
    entries = _entries(changes, values=None if everything else _VALUES)
    shown = entries if everything else entries[-_NEWEST:]
    page.add(Span("history", "head"))
    if len(entries) > len(shown):
        page.add(Span(f"  {count(len(entries) - len(shown), 'earlier change')} (--all lists them)", "dim"))
    page.table(shown, indent="  ")


def history_page(code: str, changes: Sequence[Change], *, width: int = WIDTH) -> Page:
    """Write every change of one code."""
    page = Page(width)
    page.add(Span(code, "head"), Span(f"  {count(len(changes), 'change')}", "dim"))
    page.table(_entries(changes), indent="  ")
    return page


def history_object(code: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Give the history of a code as plain data."""
    return {"schema": SCHEMA, "code": code, "changes": [to_dict(change) for change in changes]}


def diff_page(diff: Diff, *, limit: int, width: int = WIDTH) -> Page:
    """Write what changed between two editions: counts, then the first ``limit`` of each kind."""
    page = Page(width)
    titles = [names_of(edition)[-1] for edition in (diff.before, diff.after)]
    page.add(Span(f"{diff.before.table.words}: {titles[0]} -> {titles[1]}", "head"))
    changed = diff.changed_keys
    page.table([(word, f"{len(keys):,}") for word, keys in (("added", diff.added), ("ended", diff.ended))])
    page.add(f"changed  {len(changed):,} ({count(len(diff.changed), 'field')})")
    for word, keys in (("added", diff.added), ("ended", diff.ended)):
        _keys(page, word, keys, limit)
    _fields(page, diff.changed)
    _details(page, diff.changed, limit)
    return page


def diff_object(diff: Diff) -> dict[str, Any]:
    """Give the difference of two editions as plain data, in full."""
    counts = {
        "added": len(diff.added),
        "ended": len(diff.ended),
        "changed": len(diff.changed_keys),
        "fields": len(diff.changed),
    }
    return {"schema": SCHEMA, "counts": counts, **to_dict(diff)}


def _entries(changes: Iterable[Change], *, values: int | None = None) -> list[tuple[str, str, str]]:
    """Write changes a line each, fields that changed in one edition together."""
    told = []
    for _, found in groupby(changes, key=_entry):
        group = list(found)
        change = group[0]
        table = change.table.words if change.table else "code page"
        fields = "; ".join(_fields_of(group, values))
        place = " ".join(word for word in (table, change.setting, change.row and f"row {change.row}") if word)
        said = f"{place}{_editions(change)}" + (f": {fields}" if fields else "")
        told.append((str(change.on), change.action.value, said))
    return told


def _entry(change: Change) -> tuple[object, ...]:
    return change.on, change.action, change.table, change.setting, change.row, change.edition, change.previous


def _editions(change: Change) -> str:
    if change.previous:
        return f", {change.edition} after {change.previous}"
    return f", {change.edition}" if change.edition else ""


def _fields_of(group: Sequence[Change], most: int | None) -> Iterator[str]:
    """Write the fields of one entry; values that came or went for the same reason stand together."""
    if group[0].action is Did.CHANGED:
        yield from (text for text in map(_field, group) if text)
        return
    alike: dict[tuple[str, str], list[str]] = {}
    for change in group:
        value = change.after if change.before is None else change.before
        alike.setdefault((change.field, change.note), []).extend([value] if value else [])
    for (field, note), found in alike.items():
        if not field:
            yield from [note] if note else []
            continue
        more = f" and {len(found) - most:,} more" if most is not None and len(found) > most else ""
        yield f"{name_of(field)} {' '.join(found[:most])}{more}" + (f" ({note})" if note else "")


def _field(change: Change) -> str:
    """Write one field that changed."""
    if not change.field:
        return change.note
    return f"{name_of(change.field)} {_value(change.before)} -> {_value(change.after)}"


def _value(value: str | None) -> str:
    return "blank" if value is None else value


def _keys(page: Page, word: str, keys: Sequence[str], limit: int) -> None:
    if not keys or not limit:
        return
    more = f" and {len(keys) - limit:,} more (--limit {len(keys)} shows them)" if len(keys) > limit else ""
    page.gap()
    page.wrap(f"{' '.join(keys[:limit])}{more}", first=f"{word}: ", rest="  ")


def _fields(page: Page, changed: Sequence[Change]) -> None:
    if not changed:
        return
    page.gap()
    page.add(Span("changed, by field", "head"))
    rows = []
    for field, number in Counter(change.field for change in changed).most_common():
        alike = _alike(changed, field, number)
        rows.append((name_of(field) if field else "a row came or went", f"{number:,}", alike))
    page.table(rows, indent="  ")


def _alike(changed: Sequence[Change], field: str, number: int) -> str:
    """Say from what to what a field changed, where it did so alike for very many keys."""
    pairs = {(change.before, change.after) for change in changed if change.field == field}
    if number < _MANY or len(pairs) != 1 or not field:
        return ""
    ((before, after),) = pairs
    return f"{_value(before)} -> {_value(after)} each time: left out below"


def _details(page: Page, changed: Sequence[Change], limit: int) -> None:
    numbers = Counter(change.field for change in changed)
    hidden = {field for field, number in numbers.items() if _alike(changed, field, number)}
    groups: dict[str, list[Change]] = {}
    for change in changed:
        if change.field not in hidden:
            groups.setdefault(change.key, []).append(change)
    if not groups or not limit:
        return
    page.gap()
    page.add(Span("changed", "head"))
    page.table(
        [(key, "; ".join(map(_detail, found))) for key, found in list(groups.items())[:limit]], indent="  "
    )
    if len(groups) > limit:
        page.add(Span(f"  {len(groups) - limit:,} more (--limit {len(groups)} shows them)", "dim"))


def _detail(change: Change) -> str:
    row = f"row {change.row}: " if change.row else ""
    return row + (_field(change) or change.action.value)
