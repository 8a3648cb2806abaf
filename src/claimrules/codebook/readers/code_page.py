"""Reads a code page: prose, one list of attributes, one of modifiers, a history, copyright notices.

Lists are cells parted by ``|``: ``Short Descr | … | Medium Descr | …``, ``GC | text | 22 | text``,
``2017-01-01 | Changed | note``. A line that is only the mark belongs to the lines around it. Prose is the
first run of paragraphs; text that stands apart from it, after a list, has no place.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.page_words import DESCRIPTORS, FIELDS, decode_words, name_key
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.page import CodePage, PageAttribute, PageChange, PageModifier

_MARK: Final = "|"
_LIST = re.compile(r"^[ \t|]*Short Descr(?:iptor|iption)?\s*\|", re.IGNORECASE | re.MULTILINE)
_NOTICE = re.compile(r"©|\(c\)\s*(?:Copyright|\d{4})|Copyright\s", re.IGNORECASE)
_PROFILE = re.compile(r"Name of the Procedure\b", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_BULLET = re.compile(r"[-*•]\s|\d{1,2}[.)]\s", re.ASCII)
_HEADER: Final = frozenset({"date", "action", "note", "notes"})
_ALONE: Final = "put each page and each profile in a file of its own"


def detect(file: PublishedFile) -> bool:
    """Say whether the file is a code page: its attribute list begins with the short descriptor."""
    return file.is_text and _LIST.search(file.head) is not None


def read(file: PublishedFile) -> ReadResult:
    """Read one page.

    Raises:
        BuildError: the file holds a second page, or a profile too.
    """
    reading = _Reading(file)
    for number, line in _joined(file.lines()):
        reading.line(number, line)
    return reading.result()


def _joined(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give each line that is not blank with its number; cells that stand alone join the marks around them."""
    first, parts, after_mark = 0, list[str](), False
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        if parts and (text == _MARK or (after_mark and _MARK not in text)):
            parts.append(text)
        else:
            if parts:
                yield first, " ".join(parts)
            first, parts = number, [text]
        after_mark = text == _MARK
    if parts:
        yield first, " ".join(parts)


def _is_name(cell: str) -> bool:
    return name_key(cell) in FIELDS or name_key(cell) in DESCRIPTORS


def _is_rule(cell: str) -> bool:
    return not cell.strip("-: ")


class _Reading:
    """What was read of one page so far."""

    def __init__(self, file: PublishedFile) -> None:
        self._file = file
        self._descriptors: dict[str, str] = {}
        self._attributes: dict[str, PageAttribute] = {}
        self._modifiers: dict[str, PageModifier] = {}
        self._history: dict[PageChange, None] = {}
        self._prose: list[tuple[int, str]] = []
        self._prose_ended = False
        self._notices: list[str] = []
        self._unplaced: list[str] = []
        self._skipped, self._warnings = Notebook(), Notebook()

    def line(self, number: int, line: str) -> None:
        """Place one line."""
        if _NOTICE.match(line):
            self._notices.append(line)
        elif _PROFILE.match(line):
            text = f"a procedure profile in the file of a code page; {_ALONE}"
            raise self._file.error(text, number)
        elif _MARK in line:
            self._prose_ended = bool(self._prose)
            self._cells(number, line)
        elif self._prose_ended:
            self._leave(number, line, "text apart from the page's prose")
        else:
            self._prose.append((number, line))

    def result(self) -> ReadResult:
        """Give the page."""
        self._check_prose()
        if not self._attributes:
            self._warnings.add("the page lists no attribute beside descriptors", 1)
        page = CodePage(
            code=self._file.declared.code,
            **self._descriptors,
            attributes=tuple(self._attributes.values()),
            modifiers=tuple(self._modifiers.values()),
            history=tuple(self._history),
            prose=tuple(text for _, text in self._prose),
            notices=tuple(self._notices),
            unplaced=tuple(self._unplaced),
            source_file=self._file.name,
        )
        skipped, warnings = self._skipped.notes(), self._warnings.notes()
        return ReadResult(documents=(page,), skipped=skipped, warnings=warnings)

    def _cells(self, number: int, line: str) -> None:
        cells = [cell.strip() for cell in line.strip(_MARK + " ").split(_MARK)]
        if _is_name(cells[0]):
            self._read_attributes(number, cells)
        elif _DATE.fullmatch(cells[0]) or cells[0].casefold() in _HEADER:
            self._read_history(number, cells)
        elif _MODIFIER.fullmatch(cells[0]):
            self._read_modifiers(number, cells)
        elif not all(map(_is_rule, cells)):
            self._leave(number, line, "cells of no known list")

    def _read_attributes(self, number: int, cells: list[str]) -> None:
        rest = list(reversed(cells))
        while rest:
            name = rest.pop()
            text = rest.pop() if rest and not _is_name(rest[-1]) else ""
            if not name:
                self._leave(number, text, "a cell without the name of an attribute")
            elif name_key(name) in DESCRIPTORS:
                self._descriptor(number, DESCRIPTORS[name_key(name)], text)
            else:
                self._attribute(number, name, text)

    def _descriptor(self, number: int, field: str, text: str) -> None:
        if not text:
            self._warnings.add(f"the {field.replace('_', ' ')} is blank", number)
        elif self._descriptors.setdefault(field, text) != text:
            error = f"a second {field.replace('_', ' ')}: is it another page? {_ALONE}"
            raise self._file.error(error, number)

    def _attribute(self, number: int, name: str, text: str) -> None:
        key = name_key(name)
        field = FIELDS.get(key)
        value = decode_words(field, text) if field else None
        found = PageAttribute(name=name, text=text, field=field, value=value)
        kept = self._attributes.setdefault(field or key, found)
        if kept.text != text:
            self._leave(number, f"{name} {_MARK} {text}", "an attribute that stands twice and disagrees")
        elif kept is not found:
            self._warnings.add("an attribute stands twice", number)
        elif field is None:
            self._warnings.add("an attribute whose name is not known: kept as printed", number)
        elif value is None:
            self._warnings.add(f"{field}: the words are of no known value: kept as printed", number)

    def _read_modifiers(self, number: int, cells: list[str]) -> None:
        rest = list(reversed(cells))
        while rest:
            cell = rest.pop()
            if not _MODIFIER.fullmatch(cell):
                self._leave(number, cell, "a cell in the list of modifiers that belongs to none")
                continue
            text = rest.pop() if rest and not _MODIFIER.fullmatch(rest[-1]) else ""
            found = PageModifier(modifier=cell, text=text)
            kept = self._modifiers.setdefault(cell, found)
            if kept.text != text:
                self._leave(number, f"{cell} {_MARK} {text}", "a modifier that stands twice and disagrees")
            elif kept is not found:
                self._warnings.add("a modifier stands twice", number)
            elif not text:
                self._warnings.add("a modifier without text", number)

    def _read_history(self, number: int, cells: list[str]) -> None:
        rest = list(reversed(cells))
        while rest:
            cell = rest.pop()
            if _DATE.fullmatch(cell):
                parts = [rest.pop() for _ in range(2) if rest and not _DATE.fullmatch(rest[-1])]
                self._change(number, cell, *parts)
            elif not _is_rule(cell) and cell.casefold() not in _HEADER:
                self._leave(number, cell, "a cell of the history without a date")

    def _change(self, number: int, day: str, action: str = "", note: str = "") -> None:
        try:
            change = PageChange(on=date.fromisoformat(day), action=action, note=note)
        except ValueError:
            text = f" {_MARK} ".join((day, action, note))
            self._leave(number, text, "a change whose date is not in the calendar")
            return
        if not action:
            self._warnings.add("a change without its action", number)
        if change in self._history:
            self._warnings.add("a change stands twice", number)
        else:
            self._history[change] = None

    def _leave(self, number: int, text: str, why: str) -> None:
        if text:
            self._unplaced.append(text)
            self._skipped.add(f"{why}: kept as unplaced", number)

    def _check_prose(self) -> None:
        following = [*(text for _, text in self._prose[1:]), ""]
        for (number, text), after in zip(self._prose, following, strict=False):
            if text.endswith(":") and not _BULLET.match(after):
                self._warnings.add("a paragraph announces a list that is not in the file", number)
