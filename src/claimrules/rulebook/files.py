"""The shape of a rule file, before its texts are understood."""

from typing import Any

import attrs

from claimrules.model.claim import Setting
from claimrules.model.facts import FACTS
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Relation, RuleScope, Status


@attrs.frozen(kw_only=True)
class SeverityIf:
    """A graver or milder severity, and when."""

    if_: str
    severity: Severity


@attrs.frozen(kw_only=True)
class HintText:
    """A sentence added to the advice, and when."""

    if_: str
    text: str


@attrs.frozen(kw_only=True)
class NeedsTable:
    """What a rule must be able to see."""

    days_before: int = 0
    days_after: int = 0
    year: bool = False
    providers: str = "own"


@attrs.frozen(kw_only=True)
class SourceTable:
    """A published source: manual, chapter, section."""

    title: str


_Facts: Any = attrs.make_class(
    "_Facts",
    {name: attrs.field(default=None, type=str | None, kw_only=True) for name in FACTS},  # type: ignore[arg-type]
    frozen=True,
)
"""What the claim of an example says once: each a text, as a cell of a table has it."""


@attrs.frozen(kw_only=True)
class Given(_Facts):  # type: ignore[misc]
    """What an example declares about its run, and about its claim."""

    as_of: str | None = None
    history_from: str | None = None
    history_to: str | None = None
    history_providers: str = "own"
    complete: bool = False


@attrs.frozen(kw_only=True)
class Expect:
    """What an example expects beyond its block's name."""

    line: int = 1
    outcome: str | None = None
    severity: Severity | None = None
    cause: str | None = None
    others: tuple[int, ...] | None = None


@attrs.frozen(kw_only=True)
class ExampleTable:
    """One example, as its block says."""

    title: str
    lines: tuple[str, ...]
    codes: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    history: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str, str], ...] = ()
    add_ons: tuple[tuple[str, str, str], ...] = ()
    given: Given = attrs.field(factory=Given)
    expect: Expect = attrs.field(factory=Expect)


@attrs.frozen(kw_only=True)
class RuleFile:
    """One rule file: every key that it may have."""

    code: str
    name: str
    title: str
    severity: Severity
    since: str
    settings: tuple[Setting, ...]
    when: str
    message: str
    why: str
    sources: tuple[SourceTable, ...]
    status: Status = Status.STABLE
    scope: RuleScope = RuleScope.LINE
    severity_if: tuple[SeverityIf, ...] = ()
    hints: tuple[HintText, ...] = ()
    same: tuple[str, ...] = ()
    relation: Relation | None = None
    line: str | None = None
    other: str | None = None
    reach: str | None = None
    needs: NeedsTable | None = None
    report: str | None = None
    supersedes: tuple[str, ...] = ()
    params: dict[str, Any] = attrs.field(factory=dict)
    applies: str | None = None
    unless: str | None = None
    advice: str = ""
    carc: str = ""
    rarc: tuple[str, ...] = ()
    group_code: str = "CO"
    appealable: bool | None = None
    fires: tuple[ExampleTable, ...] = ()
    passes: tuple[ExampleTable, ...] = ()
    unknown: tuple[ExampleTable, ...] = ()
    bypassed: tuple[ExampleTable, ...] = ()
