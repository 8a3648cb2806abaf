"""Findings: what fired, on which line, and the facts that decided it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

import attrs

from claimrules.model.code import Cause
from claimrules.model.one_of import OneOf


class Severity(StrEnum):
    """What a finding means for the line, the gravest first."""

    DENY = "deny"
    RETURN = "return"
    REVIEW = "review"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


_NONE: Final = dict.fromkeys(Severity, 0)
_COUNTING: Final = tuple(severity for severity in Severity if severity is not Severity.INFO)
"""A finding of one of these speaks against a run."""


class Outcome(OneOf):
    """What a rule says of a line."""

    FIRED = "fired"
    PASSED = "passed"
    BYPASSED = "bypassed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What a run says of all its lines."""

    FINDINGS = "findings"
    INCOMPLETE = "incomplete"
    CLEAN = "clean"


@attrs.frozen(kw_only=True, order=True)
class Evidence:
    """One deciding fact: a field, its value as text, what it means, and which edition says so."""

    field: str
    value: str
    meaning: str = ""
    edition: str = ""
    holds_from: date | None = attrs.field(default=None, order=False)
    holds_to: date | None = attrs.field(default=None, order=False)
    how: str = ""


@attrs.frozen(kw_only=True, order=True)
class Finding:
    """One rule that fired, on one line, with the other lines that prove it.

    ``fields`` are positions one can point at (``modifiers[1]``, ``units``). At most eight proofs
    stand in ``other_line_ids``, their claims in ``other_claim_ids``; ``other_count`` counts them all.
    ``basis`` is ``"npi"`` where group or specialty were unknown. ``carc`` and ``rarc`` are the reason and
    remark codes that Medicare uses; ``appealable`` says whether a denial would carry appeal rights.
    ``editions`` are those of the deciding facts, in the order of ``evidence``; none where no table decided,
    or what was counted over lines did. The column ``edition`` of frames and files is the first.
    """

    claim_id: str | None = attrs.field(default=None, repr=False)
    line_id: str | None = attrs.field(default=None, repr=False)
    rule: str
    name: str
    severity: Severity
    message: str
    advice: str = ""
    other_line_ids: tuple[str, ...] = attrs.field(default=(), repr=False)
    other_claim_ids: tuple[str | None, ...] = attrs.field(default=(), repr=False)
    other_count: int = 0
    fields: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    carc: str = ""
    rarc: tuple[str, ...] = ()
    group_code: str = ""
    appealable: bool = False
    basis: str = ""
    also: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Judgement:
    """What one rule says of one line; ``cause`` is set when it is unknown.

    ``others`` are the ids of the other lines that prove it.
    """

    outcome: Outcome
    reason: str = ""
    cause: Cause | None = None
    evidence: tuple[Evidence, ...] = ()
    others: tuple[str, ...] = attrs.field(default=(), repr=False)


@attrs.frozen(kw_only=True)
class RuleCount:
    """How often a rule had each outcome, in lines."""

    fired: int = 0
    passed: int = 0
    bypassed: int = 0
    unknown: int = 0
    not_applicable: int = 0


@attrs.frozen(kw_only=True)
class Rejected:
    """A record that cannot be framed as a line: where it stood and why.

    ``line`` is the line of the file, or the segment of an interchange, from 1; ``offset`` the byte of
    the file at which it begins, from 0, where that is known. ``raw`` is the record as it stands there, or
    its beginning if ``raw_size`` is more: health data, kept only where ``ReadOptions.raw`` asks for it,
    never shown, and left out of plain data and JSON.
    """

    file: str
    line: int
    reason: str
    offset: int | None = None
    raw: bytes | None = attrs.field(default=None, repr=False)
    raw_size: int | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class UnknownCount:
    """Lines that something keeps from being judged: the cause, what is missing, what would help.

    ``rules`` are the rules that are unknown on them for that.
    """

    cause: Cause
    what: str
    lines: int
    remedy: str = ""
    rules: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class NotRun:
    """A rule that was not run, and the optional inputs that would switch it on."""

    rule: str
    inputs: tuple[str, ...]


@attrs.frozen(kw_only=True)
class EditionUse:
    """How many lines an edition spoke for, and how it was chosen; near dates as a span."""

    edition: str
    table: str
    how: str
    lines: int
    first: date | None = None
    last: date | None = None


class Later:
    """A value some fields of which are made when they are first asked for."""

    __slots__ = ("_make",)

    _make: Callable[[str], Any]

    @classmethod
    def later(cls, make: Callable[[str], Any], known: Mapping[str, Any]) -> Self:
        """Give a value of which these fields are known; ``make`` gives any other by its name."""
        made = object.__new__(cls)
        object.__setattr__(made, "_make", make)
        for name, value in known.items():
            object.__setattr__(made, name, value)
        return made

    if not TYPE_CHECKING:  # what no field is stays an error to mypy

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (any field)
            if name == "_make":
                raise AttributeError(name)
            value = self._make(name)
            object.__setattr__(self, name, value)
            return value


@attrs.frozen(kw_only=True)
class CheckResult(Later):
    """What a run says: the findings, and for every rule how often it did what.

    ``findings`` may be the first of many: ``severities`` counts them all. ``unknown`` lists what kept
    lines from being judged, most lines first; a line whose code is unknown counts under that cause
    only. ``unknown_by_cause`` counts each line once per cause. ``lines`` = ``checked`` +
    ``len(rejected)``.
    """

    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, RuleCount] = attrs.field(factory=dict)
    outcomes: Mapping[tuple[str | None, str | None], Mapping[str, Judgement]] = attrs.field(
        factory=dict, repr=False
    )
    checked: int = 0
    rejected: tuple[Rejected, ...] = ()
    severities: Mapping[Severity, int] = attrs.field(
        default=attrs.Factory(lambda self: count_severities(self.findings), takes_self=True)
    )
    unknown: tuple[UnknownCount, ...] = ()
    unknown_by_cause: Mapping[Cause, int] = attrs.field(
        default=attrs.Factory(lambda self: _by_cause(self.unknown), takes_self=True)
    )
    incomplete_lines: int = 0
    not_run: tuple[NotRun, ...] = ()
    assumptions: tuple[str, ...] = ()
    editions: tuple[EditionUse, ...] = ()

    @property
    def lines(self) -> int:
        """Lines that came in."""
        return self.checked + len(self.rejected)

    @property
    def verdict(self) -> Verdict:
        """``findings``, ``incomplete`` or ``clean``: ``info`` never counts.

        What was rejected is not clean, nor is a run that checked no line at all, or ran no rule.
        """
        if any(map(self.severities.get, _COUNTING)):
            return Verdict.FINDINGS
        if self.rejected or self.incomplete_lines or self.unknown or not (self.checked and self.rules):
            return Verdict.INCOMPLETE
        return Verdict.CLEAN

    @property
    def clean(self) -> bool:
        """Nothing fired and nothing was left unknown."""
        return self.verdict is Verdict.CLEAN


def count_severities(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity."""
    counts = dict(_NONE)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _by_cause(unknown: Iterable[UnknownCount]) -> dict[Cause, int]:
    """Lines per cause, as far as the entries alone can tell."""
    counts: dict[Cause, int] = {}
    for entry in unknown:
        counts[entry.cause] = counts.get(entry.cause, 0) + entry.lines
    return counts
