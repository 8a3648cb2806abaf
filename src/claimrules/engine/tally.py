"""The tally of a run: outcomes by rule, what was unknown and why, which editions spoke."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import compress

import attrs

from claimrules.codebook import Slot
from claimrules.codebook.tables import CODE_LISTS
from claimrules.engine.history import Coverage, lacking
from claimrules.engine.outcomes import FIRED, FIRST_UNKNOWN, PLAIN, missing_of
from claimrules.engine.remedies import LACKS, Entry, told
from claimrules.expr.access import CAUSE_INDEX, CAUSES
from claimrules.expr.vocabulary import RULE_TABLES, Field
from claimrules.model.code import Cause
from claimrules.model.edition import How, Source, Table
from claimrules.model.finding import EditionUse, RuleCount, UnknownCount
from claimrules.model.period import quarter_start
from claimrules.rulebook.rule import Needs, Rule

SHOWN_CODES = 3
_NO_SUCH_CODE = {(Cause.NO_CODE, LACKS.format(each.words)) for each in CODE_LISTS}
"""What says everything of a line; a pair or a limit that a table lacks hides nothing else."""


@attrs.frozen(cache_hash=True)
class Group:
    """Lines that count alike: their outcomes, the slot that spoke, and the days where they matter."""

    outcomes: bytes
    slot: Slot
    first: date | None
    last: date | None
    code: str | None


_unlisted = re.compile(
    b"[" + re.escape(bytes(range(FIRST_UNKNOWN + CAUSE_INDEX[Cause.NO_CODE], 256, len(CAUSES)))) + b"]"
)
"""Finds an outcome that is unknown because no table holds the code."""


_unknown = re.compile(b"[" + re.escape(bytes(range(FIRST_UNKNOWN, 256))) + b"]")
_fired = bytes([FIRED])
_UNKNOWN_ALONE = bytes(FIRST_UNKNOWN) + bytes(range(FIRST_UNKNOWN, 256))
"""Makes every outcome that is known the same."""


def is_incomplete(outcomes: bytes) -> bool:
    """Whether nothing fired on a line and something is unknown."""
    return _fired not in outcomes and _unknown.search(outcomes) is not None


def group_of(outcomes: bytes, slot: Slot, day: date | None, code: str | None) -> Group:
    """The group of a line: its code matters only where no table holds it."""
    first, last = _days(slot, day, day)
    return Group(outcomes, slot, first, last, code if _unlisted.search(outcomes) else None)


def group_of_days(outcomes: bytes, slot: Slot, first: date | None, last: date | None) -> Group:
    """The group of lines of some days of one quarter: days matter where an edition is not exact."""
    return Group(outcomes, slot, *_days(slot, first, last), None)


def _days(slot: Slot, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    sources = (slot.source(Table.FEE_SCHEDULE), slot.source(Table.MUE))
    for source in sources:
        if isinstance(source, Source) and source.how is not How.EXACT:
            return first, last
    if Cause.NO_EDITION in sources and first is not None:
        return quarter_start(first), None
    return None, None


class RuleCounts(Mapping[str, RuleCount]):
    """How often each rule had each outcome, in lines; counted when it is first asked for."""

    def __init__(self, rules: Sequence[Rule], lines: Mapping[bytes, int]) -> None:
        """Remember how many lines had which outcomes."""
        self._rules, self._lines = rules, lines

    @cached_property
    def _counts(self) -> dict[str, RuleCount]:
        lines, width = list(self._lines.values()), len(self._rules)
        # All outcomes of a rule are every so many bytes of one text: counted without a loop over groups.
        together = b"".join(self._lines)
        found = {
            rule.code: _counted(together[number::width], lines) for number, rule in enumerate(self._rules)
        }
        return dict(sorted(found.items()))

    def __getitem__(self, code: str) -> RuleCount:
        """The counts of one rule."""
        return self._counts[code]

    def __iter__(self) -> Iterator[str]:
        """The ids of the rules, in their order."""
        return iter(self._counts)

    def __len__(self) -> int:
        """How many rules."""
        return len(self._rules)

    def __repr__(self) -> str:
        return repr(self._counts)

    def __reduce__(self) -> tuple[type[dict[str, RuleCount]], tuple[dict[str, RuleCount]]]:
        return dict, (self._counts,)


_WORDS = tuple(PLAIN[byte].value if byte < FIRST_UNKNOWN else "unknown" for byte in range(256))
_WORD_MASKS = {word: bytes(each == word for each in _WORDS) for word in dict.fromkeys(_WORDS)}
"""For each word a table that makes its bytes 1 and all others 0."""


def _counted(outcomes: bytes, lines: Sequence[int]) -> RuleCount:
    """The counts of one rule: ``lines`` says how many lines had each of the outcomes."""
    words = {_WORDS[byte] for byte in set(outcomes)}
    masks = {word: outcomes.translate(_WORD_MASKS[word]) for word in words}
    return RuleCount(**{word: sum(compress(lines, mask)) for word, mask in masks.items()})


def rule_counts(rules: Sequence[Rule], groups: Mapping[Group, int]) -> RuleCounts:
    """How often each rule had each outcome, in lines; counted when it is first asked for."""
    lines: Counter[bytes] = Counter()
    for group, count in groups.items():
        lines[group.outcomes] += count
    return RuleCounts(rules, lines)


def unlisted_codes(groups: Mapping[Group, int]) -> Mapping[str, Counter[str]]:
    """For each table the codes that it lacks, with their lines."""
    found: dict[str, Counter[str]] = {}
    for group, count in groups.items():
        for table in RULE_TABLES if group.code else ():
            if group.slot.get(group.code).missing.get(table) is Cause.NO_CODE:
                found.setdefault(table.words, Counter())[group.code or ""] += count
    return found


def unknown_counts(
    rules: Sequence[Rule],
    groups: Mapping[Group, int],
    codes: Mapping[str, Counter[str]],
    coverage: Coverage | None = None,
) -> tuple[tuple[UnknownCount, ...], dict[Cause, int], int]:
    """What kept lines from being judged, most lines first; lines by cause; how many are incomplete.

    A line is incomplete when nothing fired on it and something is unknown; a line whose code is in no
    list of codes counts under that cause only. ``codes``: those that a table lacks.
    """
    lines: Counter[Entry] = Counter()
    causes: Counter[Cause] = Counter()
    kept: dict[Entry, set[str]] = {}
    incomplete = 0
    alike: Counter[tuple[bytes, date | None, bool]] = Counter()
    for group, count in groups.items():
        alike[group.outcomes.translate(_UNKNOWN_ALONE), group.first, FIRED in group.outcomes] += count
    for (outcomes, day, fired), count in alike.items():
        entries = _entries(rules, outcomes, day, coverage)
        if not entries:
            continue
        incomplete += 0 if fired else count
        unlisted = {entry: found for entry, found in entries.items() if entry[:2] in _NO_SUCH_CODE}
        for entry, found in (unlisted or entries).items():
            lines[entry] += count
            kept.setdefault(entry, set()).update(found)
        causes.update(dict.fromkeys({entry[0] for entry in unlisted or entries}, count))
    counts = [
        UnknownCount(
            cause=cause,
            what=what + _examples(cause, what, codes),
            lines=count,
            remedy=remedy,
            rules=tuple(sorted(kept[cause, what, remedy])),
        )
        for (cause, what, remedy), count in lines.items()
    ]
    ordered = sorted(counts, key=lambda entry: (-entry.lines, entry.cause, entry.what))
    return tuple(ordered), {cause: causes[cause] for cause in Cause if causes[cause]}, incomplete


def _entries(
    rules: Sequence[Rule], outcomes: bytes, day: date | None, coverage: Coverage | None
) -> dict[Entry, set[str]]:
    """What some lines lack, each with the rules that it keeps from judging."""
    missing: dict[tuple[Field, Cause, Needs | None], set[str]] = {}
    for each in _unknown.finditer(outcomes):
        rule, byte = rules[each.start()], outcomes[each.start()]
        missing.setdefault(_missing(rule, byte), set()).add(rule.code)
    entries: dict[Entry, set[str]] = {}
    for (field, cause, needs), found in missing.items():
        entry = (Cause.NO_HISTORY, *lacking(needs, coverage)) if needs else told(field, cause, day)
        entries.setdefault(entry, set()).update(found)
    return entries


def _missing(rule: Rule, byte: int) -> tuple[Field, Cause, Needs | None]:
    """The field and the cause of an unknown outcome, and what the rule needs of a history it lacks."""
    field, cause = missing_of(rule, byte)
    return field, cause, rule.needs or Needs() if cause is Cause.NO_HISTORY else None


def _examples(cause: Cause, what: str, codes: Mapping[str, Counter[str]]) -> str:
    """The most frequent codes that a table lacks."""
    lacking = next((found for table, found in codes.items() if what.endswith(table)), Counter[str]())
    if cause is not Cause.NO_CODE or not lacking:
        return ""
    ordered = sorted(lacking, key=lambda code: (-lacking[code], code))
    return ": " + ", ".join(ordered[:SHOWN_CODES]) + (" …" if len(ordered) > SHOWN_CODES else "")


def editions(groups: Mapping[Group, int]) -> tuple[EditionUse, ...]:
    """Which editions spoke for how many lines, and how they were chosen."""
    uses: dict[tuple[Table, str, str], EditionUse] = {}
    alike: Counter[tuple[Slot, date | None, date | None]] = Counter()
    for group, count in groups.items():
        alike[group.slot, group.first, group.last] += count
    for (slot, first, last), count in alike.items():
        for table in (Table.FEE_SCHEDULE, Table.MUE):
            source = slot.source(table)
            if isinstance(source, Source):
                key = (table, source.edition.name, source.how.value)
                days = () if source.how is How.EXACT else (first, last)
                uses[key] = _add(uses.get(key), key, count, days)
    return tuple(sorted(uses.values(), key=lambda use: (use.table, -use.lines, use.edition, use.how)))


def _add(
    known: EditionUse | None, key: tuple[Table, str, str], lines: int, more: tuple[date | None, ...]
) -> EditionUse:
    table, edition, how = key
    before = known or EditionUse(edition=edition, table=table.words, how=how, lines=0)
    days = [each for each in (before.first, before.last, *more) if each is not None]
    first, last = (min(days), max(days)) if days else (None, None)
    return attrs.evolve(before, lines=before.lines + lines, first=first, last=last)


def _beyond_the_claim(rule: Rule) -> bool:
    """Say whether a line of another claim could change what a rule says, and no history is asked for."""
    within = any(key.field.name == "claim" for key in rule.same)
    return rule.stratum > 1 and rule.reach == "claim" and not within


def assumptions(rules: Iterable[Rule], *, without_patient: bool) -> tuple[str, ...]:
    """What the run took for granted."""
    found = []
    reach = sorted(rule.code for rule in rules if _beyond_the_claim(rule))
    if reach:
        found.append(f"no other claim of the same provider for the same day ({', '.join(reach)})")
    if without_patient:
        found.append("a line without a patient stands for its claim's patient")
    return tuple(found)
