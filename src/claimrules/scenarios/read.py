"""Reads scenario files, which may come from a stranger: size first, then syntax, then shape, then meaning."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from claimrules.codebook import EDITION_MODES
from claimrules.engine.history import History
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.shorthand import ShorthandError
from claimrules.model.structure import StructureError, from_dict, unknown_field
from claimrules.rulebook.reading import RulebookError, plain, position, read_toml
from claimrules.scenarios.scenario import ENDING, Expected, Frozen, Scenario, ScenarioError, ScenarioFile

T = TypeVar("T")

MOST_CLAIMS: Final = 1_000
MOST_LINES: Final = 1_000
LONGEST_TITLE: Final = 120
MOST_FILES: Final = 10_000
MOST_ERRORS: Final = 50
"""Of one file, that are told one by one."""
_BLOCK: Final = "claims"
_OWN: Final = ("title", "lines", "history", "given", "expect", "no_findings")
_JUDGED: Final = ("title", "expect", "no_findings")
"""Keys that say nothing of the claim itself."""
_KEYS: Final = (*_OWN, *(field.name for field in attrs.fields(Claim) if field.name != "lines"))
_DIGITS: Final = 12


@attrs.frozen(kw_only=True)
class _File:
    """The keys of a file."""

    title: str = ""
    as_of: date | None = None
    editions: str = "near"
    claims: tuple[Mapping[str, Any], ...] = ()


@attrs.frozen(kw_only=True)
class _Given:
    """What is declared of a run: its day, and which history is complete."""

    as_of: date | None = None
    history_from: date | None = None
    history_to: date | None = None
    history_providers: str = "own"


@attrs.frozen(kw_only=True)
class _Block:
    """The keys of a claim that are no fields of it."""

    title: str
    lines: tuple[str, ...]
    history: tuple[str, ...] = ()
    given: _Given = attrs.field(factory=_Given)
    expect: tuple[Expected, ...] = ()
    no_findings: tuple[str, ...] = ()


def find(places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Give the scenario files of folders, and those named one by one, in order.

    Raises:
        ScenarioError: a place is not there, is another kind of file, or holds none or too many.
    """
    found: dict[Path, None] = {}
    errors = []
    for place in places:
        if place.is_dir():
            inside = sorted(path for path in place.rglob(f"*{ENDING}") if path.is_file())
            if not inside:
                errors.append(f"{place}: holds no file whose name ends in {ENDING}")
            found.update(dict.fromkeys(inside))
        elif not place.exists():
            errors.append(f"{place}: there is no such file or folder")
        elif not place.name.endswith(ENDING):
            errors.append(f"{place}: is no folder, and its name does not end in {ENDING}")
        elif not place.is_file():
            errors.append(f"{place}: is no regular file")
        else:
            found[place] = None
    if len(found) > MOST_FILES:
        errors.append(f"more than {MOST_FILES:,} scenario files; run folder by folder")
    if errors:
        raise ScenarioError(*errors)
    return tuple(found)


def read_file(path: Path) -> ScenarioFile:
    """Read one file, and what was frozen beside it.

    Raises:
        ScenarioError: with every error of the file.
    """
    data, text = _toml(path)
    file = _shaped(_File, data, path, text)
    reader = _Reader(path, text, file)
    if len(file.claims) > MOST_CLAIMS:
        msg = f"{path}:1: more than {MOST_CLAIMS:,} claims; split the file"
        raise ScenarioError(msg)
    scenarios = tuple(reader.scenario(number, block) for number, block in enumerate(file.claims, 1))
    reader.check([str(block.get("title", "")) for block in file.claims])
    if reader.errors:
        raise ScenarioError(*_first(reader.errors, path))
    read = ScenarioFile(
        path=path,
        scenarios=tuple(each for each in scenarios if each),
        editions=file.editions,
        title=file.title,
    )
    return attrs.evolve(read, frozen=_frozen(read.frozen_path))


def _frozen(path: Path) -> Frozen | None:
    if not path.exists():
        return None
    data, text = _toml(path)
    return _shaped(Frozen, data, path, text)


def _toml(path: Path) -> tuple[dict[str, Any], str]:
    try:
        data, text = read_toml(path, remedy="split it into several files")
        whole: dict[str, Any] = plain(data)
    except RulebookError as error:
        raise ScenarioError(*error.errors) from None
    except RecursionError:
        msg = f"{path}: nests too deeply"
        raise ScenarioError(msg) from None
    return whole, text


def _shaped(kind: type[T], data: object, path: Path, text: str) -> T:
    try:
        return from_dict(kind, data)
    except StructureError as error:
        found = [_located(path, text, each) for each in error.errors]
        raise ScenarioError(*_first(found, path)) from None


def _first(errors: list[str], path: Path) -> list[str]:
    """Give so many errors as somebody reads, and count the others."""
    more = len(errors) - MOST_ERRORS
    return errors if more <= 0 else [*errors[:MOST_ERRORS], f"{path}: and {more:,} more errors"]


def _located(path: Path, text: str, error: str) -> str:
    """Put file and line before an error that begins with the path of its field."""
    key = error.partition(":")[0]
    name, _, rest = key.partition("[")
    number = int(rest.partition("]")[0]) + 1 if rest else 1
    return f"{path}:{position(text, name.partition('.')[0], number)}: {error}"


class _Reader:
    """Reads the claims of one file; collects every error."""

    def __init__(self, path: Path, text: str, file: _File) -> None:
        self.path, self.text, self.file = path, text, file
        self.errors: list[str] = []

    def error(self, number: int, problem: str) -> None:
        """Collect an error of a claim."""
        place = position(self.text, _BLOCK, number)
        self.errors.append(f"{self.path}:{place}: [[{_BLOCK}]] {number}: {problem}")

    def check(self, titles: list[str]) -> None:
        """Collect what is wrong with the file as a whole."""
        if not self.file.claims:
            self.errors.append(f"{self.path}:1: holds no [[{_BLOCK}]]; write at least one")
        if self.file.editions not in EDITION_MODES:
            place = position(self.text, "editions")
            self.errors.append(f"{self.path}:{place}: editions: write one of {', '.join(EDITION_MODES)}")
        for number, title in enumerate(titles, 1):
            if title in titles[: number - 1]:
                self.error(
                    number, f"the title {title[:LONGEST_TITLE]!r} stands twice; titles tell claims apart"
                )

    def scenario(self, number: int, table: Mapping[str, Any]) -> Scenario | None:
        """Read one claim."""
        before = len(self.errors)
        block = self.shaped(_Block, number, {key: value for key, value in table.items() if key in _OWN})
        for key in (key for key in table if key not in _KEYS):
            self.error(number, unknown_field(key, _KEYS))
        rest = {key: value for key, value in table.items() if key in _KEYS and key not in _OWN}
        claim = self.shaped(Claim, number, {**rest, "lines": []})
        if block is None or claim is None:
            return None
        lines = self.lines(number, "lines", block.lines)
        past = self.lines(number, "history", block.history)
        history = self.history(number, block.given, self.earlier(claim, past))
        self.judge(number, block, lines)
        if len(self.errors) > before:
            return None
        said = {key: value for key, value in table.items() if key not in _JUDGED}
        told = json.dumps(said, sort_keys=True, default=str).encode()
        return Scenario(
            title=block.title,
            claim=attrs.evolve(claim, lines=lines),
            history=history,
            expected=block.expect,
            no_findings=block.no_findings,
            as_of=block.given.as_of or self.file.as_of,
            line=position(self.text, _BLOCK, number),
            digest=hashlib.sha256(told).hexdigest()[:_DIGITS],
        )

    def shaped(self, kind: type[T], number: int, data: object) -> T | None:
        """Read a shape, or collect what does not fit."""
        try:
            return from_dict(kind, data)
        except StructureError as error:
            for each in error.errors:
                self.error(number, each)
            return None

    def lines(self, number: int, key: str, texts: tuple[str, ...]) -> tuple[ClaimLine, ...]:
        """Read lines in shorthand."""
        if len(texts) > MOST_LINES:
            self.error(number, f"{key}: more than {MOST_LINES:,} lines; split the claim")
            return ()
        found = []
        for place, text in enumerate(texts, 1):
            try:
                found.append(ClaimLine.parse(text))
            except ShorthandError as error:
                self.error(number, f"{key} {place}: {error}")
            except ValueError as error:
                self.error(number, f"{key} {place}: {error}")
        return tuple(found)

    def judge(self, number: int, block: _Block, lines: tuple[ClaimLine, ...]) -> None:
        """Collect what a claim says that cannot be."""
        if not block.title.strip() or len(block.title) > LONGEST_TITLE or not block.title.isprintable():
            self.error(number, f"title: write one line of at most {LONGEST_TITLE} characters")
        if not block.lines:
            self.error(number, 'lines: write at least one, as in lines = ["G0105-50 2025-11-03"]')
        for each in block.expect:
            if not 1 <= each.line <= max(len(lines), len(block.lines)):
                self.error(number, f"expect: line {each.line}, of a claim of {len(block.lines)} lines")

    def earlier(self, claim: Claim, lines: tuple[ClaimLine, ...]) -> tuple[ClaimLine, ...]:
        """Give the lines of the history: they stand on an earlier claim of the same patient."""
        return tuple(
            attrs.evolve(
                line, claim_id="history", line_id=f"history {number}", patient=line.patient or claim.patient
            )
            for number, line in enumerate(lines, 1)
        )

    def history(self, number: int, given: _Given, lines: tuple[ClaimLine, ...]) -> History:
        """Declare the history."""
        if given.history_from and given.history_to and given.history_to < given.history_from:
            self.error(number, "given.history_to lies before given.history_from; change one")
        try:
            return History(
                lines,
                complete_from=given.history_from,
                complete_to=given.history_to,
                providers=given.history_providers,
            )
        except ValueError as error:
            self.error(number, f"given.history_{error}")
            return History()
