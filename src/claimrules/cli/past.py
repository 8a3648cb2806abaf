"""The files of ``--history``: their lines prove, and are not judged."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.rejects_out import Refuse, only_held
from claimrules.engine.history import Coverage, History
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected
from claimrules.report.facts import Past
from claimrules.report.words import span

OWN: Final = "own"
PROVIDERS: Final = (OWN, "all")


@attrs.frozen(kw_only=True)
class PastOptions:
    """What ``--history`` and its kin said: the files, and what is declared to be complete."""

    files: tuple[Path, ...] = ()
    complete_from: date | None = None
    complete_to: date | None = None
    providers: str = OWN

    @property
    def given(self) -> bool:
        """Whether anything was said."""
        return self != PastOptions()


def check_past(options: PastOptions) -> None:
    """Refuse days that cannot be.

    Raises:
        Stop: the history would end before it begins.
    """
    first, last = options.complete_from, options.complete_to
    if first is not None and last is not None and last < first:
        message = f"--history-complete-to {last}: lies before --history-complete-from {first}; change one"
        raise Stop(message)


def coverage_of(options: PastOptions, days: Iterable[date]) -> Coverage:
    """Say which days are complete: as declared, else those of the files that are checked.

    The frame engine takes a frame so too (language, A8).
    """
    days = set(days)
    return Coverage(
        complete_from=options.complete_from or min(days, default=None),
        complete_to=options.complete_to or max(days, default=None),
        providers=options.providers,
    )


def keep_apart(
    found: Iterable[ClaimLine | Rejected],
    judged: Sequence[ClaimLine],
    coverage: Coverage,
    files: Sequence[str],
    refuse: Refuse = only_held,
) -> tuple[History, Past]:
    """Give the history, and what a report tells of it; ``refuse`` takes what could not be read.

    What stands in the checked files too is left out: a line must not prove something of itself.
    """
    known = {line for line in judged if line.claim_id is not None}
    lines: list[ClaimLine] = []
    rejected: list[Rejected] = []
    twins = 0
    for entry in found:
        if isinstance(entry, Rejected):
            rejected.append(refuse(entry))
        elif entry in known:
            twins += 1
        else:
            lines.append(entry)
    past = Past(
        files=tuple(files),
        lines=len(lines),
        rejected=tuple(rejected),
        twins=twins,
        strangers=sum(line.patient is None for line in lines),
        **attrs.asdict(coverage),
    )
    return History(lines, **attrs.asdict(coverage)), past


def assumed(options: PastOptions, coverage: Coverage | None) -> tuple[str, ...]:
    """Say what is taken for granted of the checked files, where the days were not declared."""
    if coverage is None or coverage.complete_from is None or options.complete_from is not None:
        return ()
    days = span(coverage.complete_from, coverage.complete_to)
    whose = "these providers" if coverage.providers == OWN else "all providers of these patients"
    return (f"every line of {whose} from {days} is in these files",)
