"""Small runs: what the other lines may prove, before any key is compared, and who shares a key."""

from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.index import Group, Places
from claimrules.engine.keys import Same
from claimrules.engine.subject import Subject

if TYPE_CHECKING:
    from datetime import date

    from claimrules.engine.asking import Masks

_NONE: Final = (0, 0)


class Neighbours:
    """The lines of a small run, of which each is looked at: an index would cost more."""

    def __init__(self, masks: "Masks", places: Places) -> None:
        """Gather what all lines may prove, and those of each day that is near."""
        self._masks = masks
        self._near, self._everyone, self._rest = places.near, places.everyone, places.rest
        self._groups: dict[tuple[Same, tuple[Any, ...]], Group] = {}
        self._days: dict[date | None, tuple[int, int]] = {}
        self._codes: dict[tuple[date | None, str | None], int] = {}
        # What any of the lines may prove, and what two of them: that is proven by another whoever asks.
        once = twice = 0
        related = masks.related  # whatever the other line is
        alike: dict[int, bool] = {}
        for subject in self._everyone:
            proves = subject.proves
            alike[proves] = proves in alike
        for each, again in alike.items():
            proves = each | related
            twice |= proves if again else once & proves
            once |= proves
        self._once, self._twice = once, twice
        days, codes = self._days, self._codes
        for subject in self._near:
            line, proves = subject.line, subject.proves | related
            day, code = line.from_date, line.code
            once, twice = days.get(day, _NONE)
            days[day] = once | proves, twice | once & proves
            codes[day, code] = codes.get((day, code), 0) + 1

    def may_prove(self, subject: Subject) -> int:
        """The rules, as bits, for which another line may matter to a line that is near."""
        line, masks = subject.line, self._masks
        day, own = line.from_date, ~(subject.proves | masks.related)
        once, twice = self._days[day]
        dated = masks.dated if self._codes[day, line.code] > 1 else masks.dated & ~masks.coded
        return (self._twice | self._once & own) & ~masks.dated | (twice | once & own) & dated

    def share(self, same: Same, subject: Subject) -> bool:
        """Whether a line shares a key with another; those that come last are lines of its claim."""
        among = self._near if same.dated else self._everyone
        for function, finder in zip(same.functions, same.finders, strict=True):
            key = function(subject)
            if isinstance(key, int):
                continue
            if finder.shares(among, key, subject):
                return True
            if not same.dated and self._rest is not None and finder.shares(self._rest(), key, subject):
                return True
        return False

    def proving(self, same: Same, subject: Subject, bits: int) -> list[Subject]:
        """The other lines that share a key and may prove something for rules, given as bits."""
        among = self._near if same.dated else self._everyone
        found: list[Subject] = []
        for function, finder in zip(same.functions, same.finders, strict=True):
            key = function(subject)
            if not isinstance(key, int):
                more = finder.find(among, bits, key)
                found = sorted({*found, *more}, key=_seq) if found else more
        return [other for other in found if other is not subject]

    def group(self, same: Same, subject: Subject, bits: int) -> Group | None:
        """The lines of one key that may add something for rules, given as bits, if others are among them.

        It is the same group for all of the lines: they are asked with the same bits.
        """
        key = same.functions[0](subject)
        if isinstance(key, int):
            return None
        found = self._groups.get((same, key))
        if found is None:
            among = self._near if same.dated else self._everyone
            found = self._groups[same, key] = Group(same.finders[0].find(among, bits, key))
        members = found.members
        return None if not members or (len(members) == 1 and members[0] is subject) else found


def _seq(subject: Subject) -> int:
    return subject.seq
