"""A rule: what it says, where it comes from, and the examples that prove it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import attrs

from claimrules.expr.growth import holds_on
from claimrules.expr.nodes import Condition, NamedSet, named_sets, names
from claimrules.expr.vocabulary import VOCABULARY, Field, input_of
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.code import Cause
from claimrules.model.facts import ClaimFacts
from claimrules.model.finding import Outcome, Severity
from claimrules.rulebook.template import Template

MAX_FIELDS: Final = 42
"""An outcome is one byte: four plain outcomes, then a field and one of six causes (252 = 42 x 6)."""

LAST_STRATUM: Final = 3
"""The stratum of the rules that look around without the NCCI tables: it sees what the others denied."""

_family = re.compile(r"^[A-Z]+")


class Status(StrEnum):
    """How settled a rule is."""

    PREVIEW = "preview"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class RuleScope(StrEnum):
    """What a rule looks at."""

    LINE = "line"
    GROUP = "group"
    PAIR = "pair"


class Relation(StrEnum):
    """A published relation between two codes."""

    NCCI_PAIR = "ncci_pair"
    ADD_ON_PRIMARY = "add_on_primary"


@attrs.frozen
class Key:
    """Something that lines share: a field, or the members of a set that the line carries."""

    field: Field
    members: NamedSet | None = None

    def __str__(self) -> str:
        return f"modifiers:sets.{self.members.name}" if self.members else self.field.name


@attrs.frozen(kw_only=True)
class Needs:
    """What a rule must be able to see: days before the line and after it, and whose lines.

    ``year`` asks for the calendar year from 1 January to the line.
    """

    days_before: int = 0
    days_after: int = 0
    year: bool = False
    providers: str = "own"


@attrs.frozen(kw_only=True)
class Example:
    """Lines, what is published about their codes, and what the rule says of one of them.

    ``codes`` maps ``"G0105"`` or ``"G0105/26"`` to the attributes of that row; ``facts`` is what the
    claim of the lines says once.
    """

    kind: Outcome
    title: str
    lines: tuple[ClaimLine, ...]
    codes: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, hash=False)
    history: tuple[ClaimLine, ...] = ()
    pairs: tuple[tuple[str, str, str], ...] = ()
    add_ons: tuple[tuple[str, str, str], ...] = ()
    as_of: date | None = None
    history_from: date | None = None
    history_to: date | None = None
    history_providers: str = "own"
    complete: bool = False
    facts: ClaimFacts = attrs.field(factory=ClaimFacts)
    line: int = 1
    severity: Severity | None = None
    cause: Cause | None = None
    others: tuple[int, ...] | None = None


@attrs.frozen(kw_only=True, slots=False)
class Rule:
    """One rule, as its file says, with its conditions as trees.

    Two rules are equal when their files say the same.
    """

    code: str
    name: str
    title: str
    severity: Severity
    status: Status
    since: str
    settings: tuple[Setting, ...]
    scope: RuleScope
    applies: Condition
    when: Condition
    unless: Condition
    texts: Mapping[str, str] = attrs.field(hash=False)
    message: Template
    advice: Template
    why: str
    carc: str
    rarc: tuple[str, ...]
    group_code: str
    appealable: bool
    sources: tuple[str, ...]
    severity_if: tuple[tuple[Condition, Severity], ...] = ()
    hints: tuple[tuple[Condition, Template], ...] = ()
    same: tuple[Key, ...] = ()
    relation: Relation | None = None
    role: str = ""
    other: str = "any"
    reach: str = "claim"
    needs: Needs | None = None
    report: str = "each"
    supersedes: tuple[str, ...] = ()
    params: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    examples: Sequence[Example] = attrs.field(default=(), eq=False, repr=False)
    path: Path | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def family(self) -> str:
        """The letters of the id."""
        found = _family.match(self.code)
        return found.group() if found else self.code

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field that can leave the rule unknown, the order of which numbers them."""
        keys = (key.field for key in self.same)
        partner = (VOCABULARY["pair"]["modifier_indicator"],) if self.relation else ()
        found = dict.fromkeys((*names(self.applies, self.when, self.unless), *keys, *partner))
        if not found:
            # A history rule that names nothing can still be unknown.
            return (VOCABULARY["line"]["code"],)
        return tuple(found)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The optional inputs that its conditions name, and the lists that only a payer can give."""
        conditions = self.applies, self.when, self.unless
        lists = {f"sets.{found.name}" for found in named_sets(*conditions) if found.configured}
        return tuple(sorted(lists | {name for field in names(*conditions) if (name := input_of(field))}))

    @cached_property
    def fired_stays(self) -> bool:
        """Whether lines that a run does not see can only make the rule fire, never keep it from it."""
        return holds_on(self.when, self.unless)

    @property
    def stratum(self) -> int:
        """1 line rules; 2 pairs of the NCCI tables; 3 all others (language, A5)."""
        if self.scope is RuleScope.LINE:
            return 1
        return 2 if self.relation is Relation.NCCI_PAIR else LAST_STRATUM

    @property
    def gravest(self) -> Severity:
        """The gravest severity that a finding of this rule can have."""
        return min((self.severity, *(severity for _, severity in self.severity_if)), key=lambda s: s.rank)
