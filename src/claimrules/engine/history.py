"""What a run can see beyond the lines that it judges, as the caller declares it (language, A8)."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import MAXYEAR, date
from typing import Final

import attrs

from claimrules.model.checks import day
from claimrules.model.claim import ClaimLine
from claimrules.model.given import need_lines
from claimrules.rulebook.rule import Needs

_REACH: Final = {"own": 0, "all": 1}
_FILES: Final = "give --history FILE --history-complete-from DATE"
_MORE: Final = f"{_FILES}, or History(lines, complete_from=)"
_PROVIDERS: Final = 'give --history-providers all where it holds them, or History(lines, providers="all")'


def _providers(_self: object, _field: object, value: str) -> None:
    if value not in [*_REACH]:
        msg = f'providers: {value!r} is neither "own" nor "all"'
        raise ValueError(msg)


def _need_order(self: "Coverage | History") -> None:
    """Refuse days that no line can lie between: all that needs a history would be unknown, in silence."""
    if self.complete_from and self.complete_to and self.complete_to < self.complete_from:
        msg = "complete_to lies before complete_from; change one"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class Coverage:
    """The days, both included, and the providers of which every line is known."""

    complete_from: date | None = attrs.field(default=None, validator=day)
    complete_to: date | None = attrs.field(default=None, validator=day)
    providers: str = attrs.field(default="own", validator=_providers)

    __attrs_post_init__ = _need_order

    def covers(self, needs: Needs, on: date | None) -> bool:
        """Whether everything is known that a rule needs for a line of that day."""
        return bool(coverer({needs: 1})(self, on))


def coverer(needing: Mapping[Needs | None, int]) -> Callable[[Coverage, date | None], int]:
    """Give what says of which needs everything is known for a day: the bits of each together.

    Between two of the numbers of days that are needed all is the same: it is found out once.
    """
    always = needing.get(None, 0)
    needs = [(each, bits) for each, bits in needing.items() if each is not None]
    befores = sorted({each.days_before for each, _ in needs})
    afters = sorted({each.days_after for each, _ in needs})
    kept: dict[tuple[int, int, bool, int], int] = {}

    def covered(coverage: Coverage, day: date | None) -> int:
        first, last = coverage.complete_from, coverage.complete_to
        if day is None or first is None or last is None:
            return always
        at, reach = day.toordinal(), _REACH[coverage.providers]
        before, after = at - first.toordinal(), last.toordinal() - at
        whole_year = day >= new_year(first)
        key = bisect_right(befores, before), bisect_right(afters, after), whole_year, reach
        found = kept.get(key)
        if found is None:
            found = always
            for each, bits in needs:
                near = each.days_before <= before and each.days_after <= after
                if near and (whole_year or not each.year) and _REACH[each.providers] <= reach:
                    found |= bits
            kept[key] = found
        return found

    return covered


def new_year(first: date) -> date:
    """The first 1 January on or after a day: from there on, years are known from their beginning."""
    if (first.month, first.day) == (1, 1) or first.year == MAXYEAR:
        return first
    return date(first.year + 1, 1, 1)


def _lines(lines: Iterable[ClaimLine]) -> tuple[ClaimLine, ...]:
    return need_lines(lines, "a history holds ClaimLines: write History([ClaimLine.parse(...)])")


@attrs.frozen
class History:
    """Earlier and other lines of the same patients: they prove, they are not judged.

    ``complete_from`` … ``complete_to`` are the days for which *no line is missing*; without them
    rules that need a history are ``unknown (no_history)`` where nothing fires. ``providers`` says
    whose lines are complete: ``"own"`` or ``"all"``.
    """

    lines: tuple[ClaimLine, ...] = attrs.field(default=(), converter=_lines)
    complete_from: date | None = attrs.field(default=None, kw_only=True, validator=day)
    complete_to: date | None = attrs.field(default=None, kw_only=True, validator=day)
    providers: str = attrs.field(default="own", kw_only=True, validator=_providers)

    __attrs_post_init__ = _need_order

    @property
    def coverage(self) -> Coverage:
        """What the history declares."""
        return Coverage(
            complete_from=self.complete_from, complete_to=self.complete_to, providers=self.providers
        )


def lacking(needs: Needs, coverage: Coverage | None) -> tuple[str, str]:
    """Say from which day a history is known for rules with these needs, and how more is declared."""
    who = _who(needs)
    if coverage is None or coverage.complete_from is None or coverage.complete_to is None:
        return (
            f"no history is declared for {who}",
            f"{_FILES}, or History(lines, complete_from=, complete_to=)",
        )
    if _REACH[coverage.providers] < _REACH[needs.providers]:
        return f"the history is that of own providers, for {who}", _PROVIDERS
    last = coverage.complete_to.toordinal() - needs.days_after
    first = min(coverage.complete_from.toordinal() + needs.days_before, date.max.toordinal())
    first = max(first, new_year(coverage.complete_from).toordinal()) if needs.year else first
    since = f"(complete from {coverage.complete_from} to {coverage.complete_to})"
    if first > last:
        return f"known for no day for {who} {since}", _MORE
    until = f" to {date.fromordinal(last)}" if needs.days_after else ""
    return f"known from {date.fromordinal(first)}{until} for {who} {since}", _MORE


def _who(needs: Needs) -> str:
    days = [
        f"{way} {number} day{'' if number == 1 else 's'}"
        for way, number in (("back", needs.days_before), ("ahead", needs.days_after))
        if number
    ]
    days = [*days, "back to 1 January"] if needs.year else days
    looks = f"look {' and '.join(days)}" if days else "look at other claims"
    return f"rules that {looks}" + (" at all providers" if needs.providers == "all" else "")
