"""Reads procedure profiles: a title above ``CPT4 code``, then sections of prose or bullets, in any order.

One file may hold several; each begins with its title. A heading stands alone, with a colon or without,
or as ``Name: value``. What stands in no section is kept as unplaced and reported.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import attrs

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.page import ProcedureProfile

HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name of the procedure": "name",
        "name of procedure": "name",
        "common name": "common_names",
        "common names": "common_names",
        "technical or medical terms": "technical_terms",
        "technical terms": "technical_terms",
        "medical terms": "technical_terms",
        "summary": "summary",
        "purpose": "purpose",
        "indications": "indications",
        "preparation": "preparation",
        "procedure description": "description",
        "description": "description",
        "duration": "duration",
        "setting": "setting",
        "personnel": "personnel",
        "risks and complications": "risks",
        "risks": "risks",
        "benefits": "benefits",
        "recovery": "recovery",
        "alternatives": "alternatives",
        "patient experience": "patient_experience",
    }
)
"""The field of ``ProcedureProfile`` for each heading, without case, colon and ``(s)``."""

_TEXTS: Final = frozenset({"summary", "purpose", "duration", "setting"})
_NAMES: Final = frozenset({"common_names", "technical_terms"})

_NAME = re.compile(r"^[ \t#*]*Name of (?:the )?Procedure\b", re.IGNORECASE | re.MULTILINE)
_BODY = re.compile(r"^[ \t#*]*(?:Summary|Purpose)\b", re.IGNORECASE | re.MULTILINE)
_CODE_LINE = re.compile(r"(?:CPT|HCPCS)[ -]?4? code(?:\s*:)?\s*([0-9A-Z]{5})?", re.IGNORECASE | re.ASCII)
_BULLET = re.compile(r"(?:[-–—*•·◦]\s+|\d{1,2}[.)]\s+)(.*)")  # noqa: RUF001 (dashes)
_DECORATION = re.compile(r"^#+\s*|\*\*|^\d{1,2}[.)]\s+|\(s\)", re.IGNORECASE)
_BRACKETED_OR_COMMA = re.compile(r"\([^()]*\)|(,)\s")
_SENTENCE_END: Final = (".", "!", "?", ")", ";", ":")

_WRAPPED_FROM: Final = 60
"""Characters: a line as long as this that ends no sentence was wrapped; the next one goes on."""

_HEADING_WORDS: Final = 6

Line = tuple[int, str]


def detect(file: PublishedFile) -> bool:
    """Say whether the file holds profiles: a name of the procedure, and a summary or a purpose."""
    return file.is_text and _NAME.search(file.head) is not None and _BODY.search(file.head) is not None


def read(file: PublishedFile) -> ReadResult:
    """Read every profile of the file.

    Raises:
        BuildError: no line begins a profile, or several do and the caller declares one code.
    """
    lines = list(enumerate(file.lines(), start=1))
    starts = list(_starts(lines))
    if not starts:
        text = 'no profile begins: give each a title line and below it the line "CPT4 code"'
        raise file.error(text)
    if file.declared.code and len(starts) > 1:
        text = f"holds {len(starts)} profiles, but --code names one; put each in a file of its own"
        raise file.error(text)
    skipped, warnings = Notebook(), Notebook()
    before = [line for line in lines[: starts[0]] if line[1].strip()]
    around = frozenset(text.strip() for _, text in before)
    profiles = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        reading = _Reading(skipped, warnings, around)
        reading.leave_all(before)
        before = []
        reading.read(lines[first:end])
        profiles.append(reading.profile(lines[first][0], file))
    return ReadResult(documents=tuple(profiles), skipped=skipped.notes(), warnings=warnings.notes())


def _starts(lines: Sequence[Line]) -> Iterator[int]:
    """Give the position of each profile's first line: its title, else what names the procedure."""
    above: int | None = None
    named = True
    for position, (_, line) in enumerate(lines):
        text = line.strip()
        heading = _heading(text)
        if _CODE_LINE.fullmatch(text):
            yield position if above is None else above
            named, above = False, None
            continue
        if heading and heading[0] == "name":
            if named:
                yield position
            named = True
        if text:
            above = None if heading or _BULLET.match(text) else position


def _heading(text: str) -> tuple[str, str] | None:
    """Give the field that a heading names and what stands on its line, if the line is a heading."""
    name, _, rest = _DECORATION.sub("", text).partition(":")
    field = HEADINGS.get(" ".join(name.casefold().split()))
    return (field, rest.strip()) if field else None


def _names(text: str) -> tuple[str, ...]:
    """Part names at semicolons, else at commas that stand outside brackets."""
    marks = (match.start(1) for match in _BRACKETED_OR_COMMA.finditer(text) if match[1])
    cuts = [-1, *marks, len(text)]
    parts = [text[start + 1 : end] for start, end in pairwise(cuts)]
    names = (name.strip() for name in (text.split(";") if ";" in text else parts))
    return tuple(name for name in names if name)


def _is_like_a_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and not text.endswith((".", "!", "?", ";", ","))


@attrs.define
class _Item:
    """A paragraph or a bullet: its lines, the first without the mark of a bullet."""

    lines: list[str]
    is_bullet: bool

    @property
    def text(self) -> str:
        """The lines in one."""
        return " ".join(self.lines)


class _Reading:
    """What was read of one profile so far."""

    def __init__(self, skipped: Notebook, warnings: Notebook, around: frozenset[str]) -> None:
        self._skipped, self._warnings, self._around = skipped, warnings, around
        self._sections: dict[str, list[_Item]] = {}
        self._section: str | None = None
        self._paragraph_ended = True
        self._title: str | None = None
        self._code: str | None = None
        self._unplaced: list[str] = []

    def leave_all(self, lines: Sequence[Line]) -> None:
        """Keep lines that stand above the profile."""
        for number, line in lines:
            self._leave(number, line.strip())

    def read(self, lines: Sequence[Line]) -> None:
        """Read the lines of one profile, its title first."""
        for number, line in lines:
            text = line.strip()
            code_line = _CODE_LINE.fullmatch(text)
            if not text:
                self._paragraph_ended = True
            elif code_line:
                self._code = code_line[1].upper() if code_line[1] else None
            elif self._title is None and number == lines[0][0] and not _heading(text):
                self._title = text
            elif text in self._around:
                self._leave(number, text)
            else:
                self._place(number, line)

    def profile(self, first: int, file: PublishedFile) -> ProcedureProfile:
        """Give the profile, which begins at line ``first``."""
        if self._title is None:
            self._warnings.add('no title above "CPT4 code": the profile cannot be bound to a code', first)
        for field, items in self._sections.items():
            if not items:
                self._warnings.add(f"the section {field.replace('_', ' ')} is empty", first)
        fields: dict[str, Any] = {name: self._shaped(name) for name, items in self._sections.items() if items}
        return ProcedureProfile(
            code=file.declared.code or self._code,
            title=self._title,
            unplaced=tuple(self._unplaced),
            source_file=file.name,
            **fields,
        )

    def _place(self, number: int, line: str) -> None:
        text = line.strip()
        bullet = _BULLET.match(text)
        heading = _heading(text)
        if heading:
            self._begin(number, *heading)
        elif self._section is None:
            self._leave(number, text)
        elif bullet:
            self._add(bullet[1], is_bullet=True)
        elif self._goes_on(line):
            self._sections[self._section][-1].lines.append(text)
        else:
            self._suspect(number, text)
            self._add(text, is_bullet=False)

    def _begin(self, number: int, field: str, inline: str) -> None:
        self._section = field
        if self._sections.setdefault(field, []):
            self._warnings.add(f"the section {field.replace('_', ' ')} stands twice: joined", number)
        self._paragraph_ended = True
        if inline:
            self._add(inline, is_bullet=False)

    def _add(self, text: str, *, is_bullet: bool) -> None:
        self._sections[self._section or ""].append(_Item([text], is_bullet))
        self._paragraph_ended = False

    def _goes_on(self, line: str) -> bool:
        """Say whether a line that begins no bullet continues the item above it."""
        items = self._sections[self._section or ""]
        if self._paragraph_ended or not items:
            return False
        if items[-1].is_bullet and line[0].isspace():
            return True
        last = items[-1].lines[-1]
        wrapped = len(last) >= _WRAPPED_FROM and not last.endswith(_SENTENCE_END)
        text = line.strip()
        return text[0].islower() or (wrapped and not _is_like_a_heading(text))

    def _suspect(self, number: int, text: str) -> None:
        """Warn of what may be a heading that is not known: its lines go to the section above."""
        items = self._sections[self._section or ""]
        at_end = bool(items) and (items[-1].is_bullet or items[-1].lines[-1].endswith(_SENTENCE_END))
        if at_end and _is_like_a_heading(text):
            shown = (self._section or "").replace("_", " ")
            self._warnings.add(f"perhaps an unknown heading: read as part of {shown}", number)

    def _shaped(self, field: str) -> str | tuple[str, ...]:
        items = self._sections[field]
        if field == "name":
            return " ".join(item.text for item in items)
        if field in _TEXTS:
            return "\n".join(item.text for item in items)
        if field in _NAMES and len(items) == 1 and not items[0].is_bullet:
            return _names(items[0].text)
        return tuple(item.text for item in items)

    def _leave(self, number: int, text: str) -> None:
        self._unplaced.append(text)
        self._skipped.add("a line that belongs to no section: kept as unplaced", number)
