"""What a checked frame says: its findings written, the first explained, and what could not be read."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import attrs

from claimrules.cli.task import CheckOptions
from claimrules.formats.findings import FrameRows
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Finding
from claimrules.report.facts import Place, Unread

if TYPE_CHECKING:
    from claimrules.engine.frame import FrameResult
    from claimrules.engine.frame.sample import Explained


@attrs.frozen(kw_only=True)
class FrameSaid:
    """The first findings, if they are shown, and the fields that could not be read."""

    explained: "Explained | None"
    unread: tuple[Unread, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that are shown."""
        return self.explained.findings if self.explained else ()

    @property
    def lines(self) -> Mapping[Place, ClaimLine]:
        """The lines on which they stand."""
        return self.explained.lines if self.explained else {}


def said_of_frame(
    framed: "FrameResult", options: CheckOptions, *, write: bool = True, shown: bool = True
) -> FrameSaid:
    """Write the findings, explain the first of them, and find what could not be read.

    Polars does all of it side by side; a connection of DuckDB is asked one thing after the other.
    """
    put = options.put if write else None
    if options.engine == "duckdb":
        if put is not None:
            put(FrameRows(framed.findings))
        explained = framed.explained(options.limit) if shown else None
        return FrameSaid(explained=explained, unread=_unread(framed))
    with ThreadPoolExecutor(max_workers=3) as beside:
        unread = beside.submit(_unread, framed)
        written = beside.submit(put, FrameRows(framed.findings)) if put is not None else None
        counted = beside.submit(lambda: framed.summary)
        explained = framed.explained(options.limit) if shown else None
        counted.result()
        if written is not None:
            written.result()
        return FrameSaid(explained=explained, unread=unread.result())


def _unread(framed: "FrameResult") -> tuple[Unread, ...]:
    return tuple(Unread(field=one.field, lines=one.lines, first=one.first) for one in framed.unreadable())
