"""Loading: rule files become rules, or every error of every file is reported at once."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import attrs

from claimrules.expr.errors import ExpressionError
from claimrules.expr.nodes import FALSE, TRUE, Condition, NamedSet
from claimrules.expr.parse import Param, Scope
from claimrules.model.finding import Severity
from claimrules.model.structure import StructureError, from_dict
from claimrules.rulebook import around
from claimrules.rulebook.dated import Change, by_date, parse_dated, periods_of, replaced_by
from claimrules.rulebook.example import Examples, before_examples, read_examples
from claimrules.rulebook.files import RuleFile
from claimrules.rulebook.overlay_file import Overlay, Reset
from claimrules.rulebook.params import PARAM_NAME, fault_of, kind_of, value_of
from claimrules.rulebook.reading import RulebookError, parse_toml, plain, position, read_text
from claimrules.rulebook.rule import MAX_FIELDS, Example, Needs, Rule, RuleScope
from claimrules.rulebook.sets import load_sets
from claimrules.rulebook.template import Template

_code = re.compile(r"[A-Z]{2,8}[0-9]{3}")
_name = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_key = re.compile(r"(\w+)(?:\[(\d+)\])?")
_SKIPPED: Final = frozenset({"sets", "overlays"})

SOURCES: Final = "sources.toml"
"""Beside the families' folders: the published sources that the rules cite. It holds no rule."""


@cache
def rules_folder() -> Path:
    """The standard rules: inside the wheel, or the repository's folder in an editable install."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parent.parent / "rules"


def load_rules(
    folders: tuple[Path, ...], overlay: Overlay | None = None, wanted: Callable[[str], bool] | None = None
) -> tuple[tuple[Rule, ...], Mapping[str, NamedSet]]:
    """Read the sets and the rules of the folders, in the order of their ids, as an overlay adjusts them.

    ``wanted`` says by its id whether a rule is: files are called as their rules.

    Raises:
        RulebookError: with every error of every file.
    """
    missing = tuple(f"{folder}: there is no such folder" for folder in folders if not folder.is_dir())
    if missing:
        raise RulebookError(missing)
    sets = load_sets(folders, overlay)
    rules: dict[str, Rule] = {}
    beside = (path for folder in folders for path in sorted(folder.glob("*.toml")))
    loose = (path for path in beside if path.name != SOURCES)
    errors = [f"{path}: stands in no family's folder, so it would not be read; move it" for path in loose]
    for path in (path for folder in folders for path in sorted(folder.glob("*/*.toml"))):
        if path.parent.name in _SKIPPED or not (wanted is None or wanted(path.stem)):
            continue
        try:
            rule = load_rule(path, sets, overlay)
        except RulebookError as error:
            errors.extend(error.errors)
            continue
        twins = [known for known in rules.values() if known.code == rule.code or known.name == rule.name]
        if twins:
            errors.append(f"{path}: {rule.code} ({rule.name}) is already defined in {twins[0].path}")
        rules[rule.code] = rule
    if errors:
        raise RulebookError(tuple(errors))
    return tuple(rules[code] for code in sorted(rules)), sets


def load_rule(path: Path, sets: Mapping[str, NamedSet], overlay: Overlay | None = None) -> Rule:
    """Read one rule file; its examples hold for the file as it stands, not for an overlay.

    Raises:
        RulebookError: with every error of the file.
    """
    text = read_text(path)
    shipped = rules_folder() in path.parents
    file = _shaped(path, before_examples(text) if shipped else text)
    reader = _Reader(path, text, file, sets, overlay)
    try:
        return reader.rule(shipped=shipped)
    except RulebookError as error:
        if not overlay or not reader.reset:
            raise
        load_rule(path, sets)
        # The rule is right by itself: what the overlay makes of it is not.
        why = error.errors[0].partition(f"{path}:")[2].partition(": ")[2].partition("\n")[0]
        places = (overlay.place("params", entry) for entry in reader.reset)
        raise RulebookError(tuple(f"{place}: {file.code} cannot be so: {why}" for place in places)) from None


def _shaped(path: Path, text: str) -> RuleFile:
    """Read the beginning of a rule file, or all of it, before its texts are understood.

    Raises:
        RulebookError: with every error of the file.
    """
    try:
        return from_dict(RuleFile, plain(parse_toml(path, text)))
    except StructureError as error:
        found = (_located(path, text, line.replace("if_", "if")) for line in error.errors)
        raise RulebookError(tuple(found)) from None
    except RecursionError:
        raise RulebookError((f"{path}: nests too deeply",)) from None


def _located(path: Path, text: str, error: str) -> str:
    found = _key.match(error)
    key, number = (found[1], int(found[2] or 0) + 1) if found else ("", 1)
    return f"{path}:{position(text, key, number)}: {error}"


class _Reader:
    """Reads the texts of one file; collects every error."""

    def __init__(
        self,
        path: Path,
        text: str,
        file: RuleFile,
        sets: Mapping[str, NamedSet],
        overlay: Overlay | None = None,
    ) -> None:
        self.path, self.text, self.file = path, text, file
        self.errors: list[str] = []
        self.dated: list[Change] = []
        self.reset: list[Reset] = []
        defaults = self._params()
        self.periods = periods_of(defaults, replaced_by(self.dated, self._changes(defaults, overlay)))
        self.scope = Scope(scope=file.scope.value, sets=sets, params=self.periods[None])

    def _params(self) -> dict[str, Param]:
        """Read the parameters: texts, numbers, and lists of texts; what has dates, as of the first."""
        found: dict[str, Param] = {}
        for name, value in self.file.params.items():
            dated = by_date(value) if isinstance(value, dict) else {date.min: value}
            values = [each for each in map(value_of, dated.values()) if each is not None]
            right = values and len(values) == len(dated) and len({*map(kind_of, values)}) == 1
            if not PARAM_NAME.fullmatch(name) or not right:
                what = "a name and a text, a number, or a list of texts; or a table of them by date"
                self.error("params", f"{name[:40]!r}: {what}")
                continue
            found[name] = values[0]
            self.dated += [(name, day, each) for day, each in zip(dated, values, strict=True)][1:]
        return found

    def _changes(self, defaults: Mapping[str, Param], overlay: Overlay | None) -> list[Change]:
        """What an overlay sets of this rule's parameters."""
        found: list[Change] = []
        if overlay is None:
            return found
        for entry in overlay.params:
            if entry.rule not in (self.file.code, self.file.name):
                continue
            value = value_of(entry.value)
            if problem := fault_of(entry.name, value, defaults):
                self.errors.append(f"{overlay.place('params', entry)}: {self.file.code}{problem}")
            elif value is not None:
                self.reset.append(entry)
                found.append((entry.name, entry.effective, value))
        return found

    def error(self, key: str, problem: str) -> None:
        """Collect an error at a top-level key."""
        self.errors.append(f"{self.path}:{position(self.text, key)}: {key}: {problem}")

    def condition(self, key: str, source: str | None, absent: Condition, scope: str = "") -> Condition:
        """Read one condition."""
        if source is None:
            return absent
        try:
            return parse_dated(
                source, attrs.evolve(self.scope, scope=scope or self.scope.scope), self.periods
            )
        except ExpressionError as error:
            self.error(key, str(error))
            return absent

    def template(self, key: str, source: str) -> Template:
        """Read one template."""
        try:
            return Template.parse(source, self.file.scope.value, self.scope.sets)
        except ExpressionError as error:
            self.error(key, str(error))
            return Template()

    def rule(self, *, shipped: bool = False) -> Rule:
        """Read everything, then report all errors, or give the rule.

        The examples of a rule that is ``shipped`` are read when somebody asks: a check does not.
        """
        file = self.file
        if not _code.fullmatch(file.code) or file.code != self.path.stem:
            self.error("code", f"{file.code[:40]!r}: capitals and three digits, as the file is called")
        if not _name.fullmatch(file.name):
            self.error("name", f"{file.name[:60]!r}: kebab-case, the wrong pattern; reads well after 'allow'")
        for key, value in (("title", file.title), ("why", file.why.strip()), ("settings", file.settings)):
            if not value:
                self.error(key, "is empty")
        if not file.sources:
            self.error("sources", "a rule cites its source: add [[sources]] with a title")
        if file.group_code not in ("CO", "PR", "OA"):
            self.error("group_code", "one of CO, PR, OA")
        # `applies` names the line alone: no aggregate, no other line (design, decision 2).
        applies = self.condition("applies", file.applies, TRUE, scope="line")
        when = self.condition("when", file.when, TRUE)
        alone = "line" if file.other == "none" else ""
        unless = self.condition("unless", file.unless, FALSE, scope=alone)
        rule = self._build(applies, when, unless)
        around.check(self, rule)
        if len(rule.fields) > MAX_FIELDS:
            self.error("when", f"the rule names {len(rule.fields)} fields; at most {MAX_FIELDS}")
        examples = Examples(self._examples) if shipped else read_examples(self, file)
        rule = attrs.evolve(rule, examples=examples)
        if self.errors:
            raise RulebookError(tuple(self.errors))
        return rule

    def _examples(self) -> tuple[Example, ...]:
        """Read the examples, which stand behind all else in the text.

        Raises:
            RulebookError: with every error of the examples.
        """
        found = read_examples(self, _shaped(self.path, self.text))
        if self.errors:
            raise RulebookError(tuple(self.errors))
        return found

    def _build(self, applies: Condition, when: Condition, unless: Condition) -> Rule:
        file = self.file
        alone = "line" if file.scope is RuleScope.GROUP or file.other == "none" else ""
        return Rule(
            **{
                name: getattr(file, name)
                for name in (
                    *("code", "name", "title", "severity", "status", "since", "settings", "scope"),
                    *("why", "carc", "rarc", "group_code", "relation", "supersedes", "params"),
                )
            },
            applies=applies,
            when=when,
            unless=unless,
            texts={key: getattr(file, key) for key in ("applies", "when", "unless") if getattr(file, key)},
            message=self.template("message", file.message),
            advice=self.template("advice", file.advice),
            appealable=file.severity is Severity.DENY if file.appealable is None else file.appealable,
            sources=tuple(source.title for source in file.sources),
            severity_if=tuple(
                (self.condition("severity_if", part.if_, FALSE, alone), part.severity)
                for part in file.severity_if
            ),
            hints=tuple(
                (self.condition("hints", part.if_, FALSE, alone), self.template("hints", part.text))
                for part in file.hints
            ),
            same=around.keys(self, file.same),
            role=file.line or "",
            other=file.other or "any",
            reach=file.reach or "claim",
            needs=Needs(**attrs.asdict(file.needs)) if file.needs else None,
            report=file.report or "each",
            path=self.path,
        )
