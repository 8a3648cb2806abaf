"""Which edition speaks for a day: exact, near, latest (design, decision 5)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, How, Kind, Source, Table

EditionMode: TypeAlias = Literal["exact", "near", "latest"]
EDITION_MODES: Final[tuple[str, ...]] = get_args(EditionMode)

_SETTING_OF: Final = {
    Setting.PROFESSIONAL: "professional",
    Setting.ASC: "professional",
    Setting.OUTPATIENT: "outpatient",
    Setting.DME: "dme",
}
"""Ambulatory surgical centres use the practitioner tables (NCCI Policy Manual, chapter I, section V)."""

_PER_SETTING: Final = frozenset({Table.MUE, Table.NCCI_PAIRS})


class Choice(NamedTuple):
    """The edition that speaks, by its position in the book, and how it was chosen."""

    position: int
    source: Source

    @property
    def exact(self) -> bool:
        """Was the edition published for the day? Only then does its silence say anything."""
        return self.source.how is How.EXACT


class Shelf:
    """The editions of one table for one setting, the oldest first, a reissue after what it replaces."""

    def __init__(self, editions: Sequence[Edition], table: Table, setting: Setting) -> None:
        """Pick and sort the editions that could speak."""
        wanted = _SETTING_OF[setting] if table in _PER_SETTING else ""
        found = [
            (position, edition)
            for position, edition in enumerate(editions)
            if edition.table is table and edition.setting == wanted
        ]
        self._found = sorted(
            found, key=lambda entry: (entry[1].effective, entry[1].released or date.min, entry[0])
        )
        self._effective = [edition.effective for _, edition in self._found]

    def choose(self, on: date, mode: EditionMode) -> Choice | Cause:
        """Choose the edition for ``on``."""
        if not self._found:
            return Cause.NO_TABLE
        if mode == "latest":
            position, newest = self._found[-1]
            return Choice(position, Source(newest, How.EXACT if speaks(newest, on) else How.LATEST))
        for position, edition in reversed(self._found):
            if speaks(edition, on):
                return Choice(position, Source(edition, How.EXACT))
        return self._near(on) if mode == "near" else Cause.NO_EDITION

    def breaks(self) -> Iterator[date]:
        """Give every day on which the choice may change, for any mode."""
        for _, edition in self._found:
            yield edition.effective
            yield date(edition.effective.year, 1, 1)
            if edition.effective.year < date.max.year:
                yield date(edition.effective.year + 1, 1, 1)
            if edition.ends < date.max:
                yield edition.ends + timedelta(days=1)

    def _near(self, on: date) -> Choice | Cause:
        split = bisect_right(self._effective, on)
        if split and self._effective[split - 1].year == on.year:
            return self._near_choice(split - 1)
        if split < len(self._found) and self._effective[split].year == on.year:
            # The last of those with that effective date: a reissue replaces its quarter.
            return self._near_choice(bisect_right(self._effective, self._effective[split]) - 1)
        return Cause.NO_EDITION

    def _near_choice(self, index: int) -> Choice:
        position, edition = self._found[index]
        return Choice(position, Source(edition, How.NEAR))


def speaks(edition: Edition, on: date) -> bool:
    """Say whether an edition was published for ``on``; a cumulative one also knows the past."""
    return on <= edition.ends and (edition.kind is Kind.CUMULATIVE or edition.effective <= on)
