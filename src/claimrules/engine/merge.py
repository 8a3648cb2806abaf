"""Results of parts of one run, put together: as if all lines had been checked at once.

It holds where no rule looks from a line of one part to one of another, and every part was checked by the
same rules and book and with the same history declared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs

from claimrules.engine.tally import SHOWN_CODES
from claimrules.model.code import Cause
from claimrules.model.finding import CheckResult, EditionUse, RuleCount, Severity, UnknownCount

_BETWEEN = ": "
_MORE = " …"


def merge_results(parts: Iterable[CheckResult]) -> CheckResult:
    """Give the result of all parts together; findings and rejected records stand in their order.

    The codes named as examples of what a table lacks are those of the parts with most lines: they are
    lacking for certain, and not always the most frequent ones.
    """
    found = tuple(parts)
    if len(found) == 1:
        return found[0]
    return CheckResult(
        findings=tuple(finding for part in found for finding in part.findings),
        rules=_rules(part.rules for part in found),
        checked=sum(part.checked for part in found),
        rejected=tuple(entry for part in found for entry in part.rejected),
        severities=_severities(part.severities for part in found),
        unknown=_unknown([entry for part in found for entry in part.unknown]),
        unknown_by_cause=_causes(part.unknown_by_cause for part in found),
        incomplete_lines=sum(part.incomplete_lines for part in found),
        not_run=found[0].not_run if found else (),
        assumptions=_texts(part.assumptions for part in found),
        editions=_editions(use for part in found for use in part.editions),
    )


def _rules(parts: Iterable[Mapping[str, RuleCount]]) -> dict[str, RuleCount]:
    sums: dict[str, Counter[str]] = {}
    for part in parts:
        for code, counts in part.items():
            sums.setdefault(code, Counter()).update(attrs.asdict(counts))
    return {code: RuleCount(**sums[code]) for code in sorted(sums)}


def _severities(parts: Iterable[Mapping[Severity, int]]) -> dict[Severity, int]:
    total = Counter[Severity]()
    for part in parts:
        total.update(part)
    return {severity: total[severity] for severity in Severity}


def _causes(parts: Iterable[Mapping[Cause, int]]) -> dict[Cause, int]:
    total = Counter[Cause]()
    for part in parts:
        total.update(part)
    return {cause: total[cause] for cause in Cause if total[cause]}


def _texts(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _unknown(entries: Sequence[UnknownCount]) -> tuple[UnknownCount, ...]:
    lines: Counter[tuple[Cause, str, str]] = Counter()
    rules: dict[tuple[Cause, str, str], set[str]] = {}
    codes: dict[tuple[Cause, str, str], Counter[str]] = {}
    for entry in entries:
        what, examples = _parted(entry)
        key = entry.cause, what, entry.remedy
        lines[key] += entry.lines
        rules.setdefault(key, set()).update(entry.rules)
        weights = codes.setdefault(key, Counter())
        for place, code in enumerate(examples, 1):
            weights[code] += entry.lines // place + 1
    found = [
        UnknownCount(
            cause=key[0],
            what=key[1] + _examples(codes[key]),
            lines=count,
            remedy=key[2],
            rules=tuple(sorted(rules[key])),
        )
        for key, count in lines.items()
    ]
    return tuple(sorted(found, key=lambda entry: (-entry.lines, entry.cause, entry.what)))


def _parted(entry: UnknownCount) -> tuple[str, tuple[str, ...]]:
    """What is missing, and the codes named as examples; a mark that there are more stands among them."""
    if entry.cause is not Cause.NO_CODE or _BETWEEN not in entry.what:
        return entry.what, ()
    what, _, listed = entry.what.partition(_BETWEEN)
    codes = tuple(listed.removesuffix(_MORE).split(", "))
    return what, (*codes, _MORE) if listed.endswith(_MORE) else codes


def _examples(weights: Counter[str]) -> str:
    codes = sorted((code for code in weights if code != _MORE), key=lambda code: (-weights[code], code))
    if not codes:
        return ""
    more = _MORE if len(codes) > SHOWN_CODES or _MORE in weights else ""
    return _BETWEEN + ", ".join(codes[:SHOWN_CODES]) + more


def _editions(uses: Iterable[EditionUse]) -> tuple[EditionUse, ...]:
    found: dict[tuple[str, str, str], EditionUse] = {}
    for use in uses:
        key = use.table, use.edition, use.how
        found[key] = _together(found[key], use) if key in found else use
    return tuple(sorted(found.values(), key=_place))


def _place(use: EditionUse) -> tuple[str, int, str, str]:
    return use.table, -use.lines, use.edition, use.how


def _together(one: EditionUse, other: EditionUse) -> EditionUse:
    first = [use.first for use in (one, other) if use.first is not None]
    last = [use.last for use in (one, other) if use.last is not None]
    return attrs.evolve(
        one,
        lines=one.lines + other.lines,
        first=min(first, default=None),
        last=max(last, default=None),
    )
