"""Which rules are in force: selectors, what is left out, and what is not run."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Self

import attrs

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import NamedSet
from claimrules.model.finding import NotRun
from claimrules.model.given import need, need_each, need_path
from claimrules.rulebook.load import load_rules, rules_folder
from claimrules.rulebook.overlay import Touched, adjust, digest_of, touched_by
from claimrules.rulebook.overlay_file import Overlay, read_overlay
from claimrules.rulebook.rule import Rule, Status

A_RULE: Final = "rules are named by text: write 'BILAT101'"
_prefix = re.compile(r"^([A-Z]+)([0-9]{0,3})$")


class SelectorError(ValueError):
    """A selector that selects nothing."""


@attrs.frozen(slots=False)
class Rulebook:
    """The rules in force, in the order of their ids.

    ``known`` are all rules that were read; ``explicit`` the ids that were selected one by one,
    which run even where an optional input is not offered.
    """

    rules: tuple[Rule, ...]
    known: tuple[Rule, ...] = attrs.field(default=(), repr=False)
    sets: Mapping[str, NamedSet] = attrs.field(factory=dict, repr=False, hash=False)
    explicit: frozenset[str] = frozenset()
    overlay: Overlay | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what are no rules: a selector."""
        need_each(self.rules, Rule, "a Rulebook is loaded: write Rulebook.load(select=...)")

    @classmethod
    def load(  # noqa: PLR0913 (what can be said of the rules)
        cls,
        select: str | Iterable[str] = ("ALL",),
        ignore: str | Iterable[str] = (),
        *,
        preview: bool = False,
        folders: Iterable[Path | str] = (),
        overlay: Path | str | None = None,
        lean: bool = False,
    ) -> Self:
        """Load the standard rules, and those of ``folders``; then select and ignore.

        A selector is a family (``BILAT``), a prefix (``BILAT1``), an id, a name, or ``ALL``; several in
        one text stand between commas. An ``overlay`` is a payer's file: it selects and ignores first,
        and adjusts the rules. ``lean`` reads no more standard rules than the selectors name by their ids:
        only these are ``known`` then.

        Raises:
            RulebookError: rule files or an overlay that cannot be used, all errors at once.
            SelectorError: a selector that selects nothing.
        """
        extra = tuple(
            map(Path, need_each(folders, str | Path, "folders takes several: write folders=['rules']"))
        )
        if overlay is not None:
            need_path(overlay, "overlay is a file: write overlay='payer.toml'")
        named = _named((*selectors(select), *selectors(ignore))) if lean and not (extra or overlay) else ()
        found = load_rules((rules_folder(), *extra)) if extra else _standard(named)
        if overlay is None:
            return cls.of(*found, select=select, ignore=ignore, preview=preview)
        read = read_overlay(Path(overlay))
        known, sets = adjust(read, found, matching, extra)
        ignored = (text for entry in read.ignore for text in entry.rules)
        select, ignore = selectors(select), (*selectors(ignore), *ignored)
        if read.select:
            select = read.select.rules if select == ("ALL",) else select
            preview = preview or read.select.preview
        return attrs.evolve(cls.of(known, sets, select=select, ignore=ignore, preview=preview), overlay=read)

    @property
    def touched(self) -> tuple[Touched, ...]:
        """What the overlay does, by rule."""
        return touched_by(self.overlay, self.known, matching) if self.overlay else ()

    @property
    def adjusted(self) -> Mapping[str, str]:
        """What each standard rule that the overlay adjusts looks like now, for its table ``seen``."""
        codes = {each.rule for each in self.touched if each.what not in ("not selected", "added")}
        return {rule.code: digest_of(rule) for rule in self.known if {rule.code, rule.name} & codes}

    @property
    def outdated(self) -> tuple[str, ...]:
        """The adjusted standard rules that have changed since the overlay was written."""
        seen = self.overlay.seen if self.overlay else {}
        return tuple(code for code, now in self.adjusted.items() if seen.get(code, now) != now)

    @classmethod
    def of(
        cls,
        known: tuple[Rule, ...],
        sets: Mapping[str, NamedSet] | None = None,
        *,
        select: str | Iterable[str] = ("ALL",),
        ignore: str | Iterable[str] = (),
        preview: bool = False,
    ) -> Self:
        """Select among rules that are already read."""
        select, ignore = selectors(select), selectors(ignore)
        chosen = {rule.code for text in select for rule in matching(text, known)}
        ignored = {rule.code for text in ignore for rule in matching(text, known)}
        explicit = frozenset(rule.code for rule in known for text in select if text in (rule.code, rule.name))
        rules = tuple(
            rule
            for rule in known
            if rule.code in chosen - ignored and (preview or rule.status is not Status.PREVIEW)
        )
        return cls(rules, known, sets or {}, explicit - ignored)

    @cached_property
    def by_code(self) -> Mapping[str, Rule]:
        """The rules in force, by id."""
        return {rule.code: rule for rule in self.rules}

    def get(self, word: str) -> Rule:
        """Find one rule that was read, by id or name.

        Raises:
            SelectorError: there is none.
        """
        need(word, str, A_RULE)
        for rule in self.known or self.rules:
            if word in (rule.code, rule.name):
                return rule
        words = [text for rule in self.known or self.rules for text in (rule.code, rule.name)]
        near = _nearest(word, words, self.known or self.rules)
        if any(rule.family == word.upper() for rule in self.known or self.rules):
            near = f"that is a family: claimrules rules --select {word.upper()} lists its rules"
        msg = f"there is no rule {word[:60]!r}; {near}"
        raise SelectorError(msg)

    def run_with(self, inputs: Iterable[str]) -> tuple[tuple[Rule, ...], tuple[NotRun, ...]]:
        """Split the rules into those that run with the optional inputs offered, and those that do not."""
        offered = frozenset(inputs)
        run, left = [], []
        for rule in self.rules:
            lacking = tuple(name for name in rule.inputs if name not in offered)
            if lacking and rule.code not in self.explicit:
                left.append(NotRun(rule=rule.code, inputs=lacking))
            else:
                run.append(rule)
        return tuple(run), tuple(left)


def selectors(given: str | Iterable[str]) -> tuple[str, ...]:
    """Selectors one by one: a text is some between commas, as on the command line."""
    if isinstance(given, str):
        return tuple(map(str.strip, given.split(",")))
    return need_each(given, str, A_RULE)


def matching(text: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules that a selector means.

    Raises:
        SelectorError: it means none.
    """
    if text == "ALL":
        return rules
    chosen = tuple(rule for rule in rules if rule.name == text or _begins(text, rule.code))
    if not chosen:
        families = {rule.family for rule in rules}
        names = [*families, *(rule.code for rule in rules), *(rule.name for rule in rules)]
        msg = f"{text[:60]!r} selects no rule; {_nearest(text, names, rules)}"
        raise SelectorError(msg)
    return chosen


def _named(words: tuple[str, ...]) -> tuple[str, ...]:
    """The selectors, if each begins the id of a standard rule; else none, and all rules must be known."""
    ids = [path.stem for path in rules_folder().glob("*/*.toml")]
    return words if all(any(_begins(word, code) for code in ids) for word in words) else ()


def _begins(word: str, code: str) -> bool:
    """Whether a selector means a rule by its family or the beginning of its id."""
    mine, its = _prefix.match(word), _prefix.match(code)
    return bool(mine and its and mine[1] == its[1] and code.startswith(word))


@cache
def _standard(words: tuple[str, ...] = ()) -> tuple[tuple[Rule, ...], Mapping[str, NamedSet]]:
    """The standard rules, or those that some selectors mean."""
    folders = (rules_folder(),)
    if not words:
        return load_rules(folders)
    return load_rules(folders, wanted=lambda code: any(_begins(word, code) for word in words))


def _nearest(text: str, words: Sequence[str], rules: Iterable[Rule]) -> str:
    """Suggest the nearest words, or the families if none is near: a list of all rules helps nobody."""
    near = did_you_mean(text, words)
    near = near if near.startswith("did") else did_you_mean(text.upper(), words)
    return (
        near if near.startswith("did") else "families: " + ", ".join(sorted({rule.family for rule in rules}))
    )
