"""Findings counted by what stands on their lines, for a summary."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Finding

Grouped = Counter[tuple[str, str, str]]
"""Findings by value, rule and severity; a line that lacks the value has a blank one."""
Each = Callable[[ClaimLine, Sequence[Finding]], None]
"""Takes a line and its findings."""
GROUPS: Final = ("rule", "code", "provider")


def value_of(line: ClaimLine, by: str) -> str:
    """The code of a line, or the provider who rendered it, else the one who bills; blank for others."""
    if by == "code":
        return line.code or ""
    return (line.provider or line.billing_provider or "") if by == "provider" else ""


def count_into(counts: Grouped, by: str) -> Each:
    """Give what counts the findings of one line after the other."""

    def each(line: ClaimLine, findings: Sequence[Finding]) -> None:
        counts.update((value_of(line, by), one.rule, one.severity.value) for one in findings)

    return each
