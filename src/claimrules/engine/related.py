"""The lines of a group that stand, or may stand, in a published relation with a line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from claimrules.codebook import AddOnFact, Lookup
from claimrules.engine.index import Group
from claimrules.engine.pair_rules import PairRule, Partner, relation
from claimrules.engine.subject import Subject
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Relation

Related = Sequence[tuple[Partner | Cause, list[Subject]]]
"""Lines with their relation; those of which it is unknown for the same cause stand together."""
_OF_THE_DAY: Final = frozenset({Cause.NO_TABLE, Cause.NO_EDITION})
"""No table speaks for the day: what is unknown of one pair is unknown of all."""


def related_lines(compiled: PairRule, subject: Subject, group: Group, lookup: Lookup) -> Related:
    """Look up the pairs of the line's code with those of the group, once for all rules of a relation."""
    rule, line = compiled.rule, subject.line
    day = (rule.relation, line.from_date, line.setting)
    found: Related | None = group.kept.get(day) if line.code is not None else None
    if found is not None:
        return found
    key = (rule.role, line.code, lone_in(group, subject), *day)
    found = group.kept.get(key)
    if found is None:
        cause = _of_the_day(compiled, subject, group, lookup)
        if cause is not None:
            found = group.kept[day] = ((cause, group.members),)
            return found
        found = group.kept[key] = _gather(_pairs(compiled, subject, group, lookup))
    return found


def _of_the_day(compiled: PairRule, subject: Subject, group: Group, lookup: Lookup) -> Cause | None:
    """Why no table speaks for the day, so that all lines of the group, with their codes, are alike."""
    members = group.members
    other = members[-1] if members[0] is subject else members[0]
    if other is subject or other.line.code is None or None in _by_code(group):
        return None
    found = relation(compiled.rule, subject, other, lookup)
    return found if isinstance(found, Cause) and found in _OF_THE_DAY else None


def _gather(pairs: Iterator[tuple[Partner | Cause, list[Subject]]]) -> Related:
    related: list[tuple[Partner | Cause, list[Subject]]] = []
    unknown: dict[Cause, list[Subject]] = {}
    for partner, members in pairs:
        if isinstance(partner, Cause):
            unknown.setdefault(partner, []).extend(members)
        else:
            related.append((partner, members))
    for cause, lines in unknown.items():
        related.append((cause, sorted(lines, key=lambda line: line.seq)))
    return related


def _pairs(
    compiled: PairRule, subject: Subject, group: Group, lookup: Lookup
) -> Iterator[tuple[Partner | Cause, list[Subject]]]:
    others = {
        code: members
        for code, members in _by_code(group).items()
        if len(members) > 1 or members[0] is not subject
    }
    if compiled.rule.relation is Relation.ADD_ON_PRIMARY:
        yield from _primaries(subject, others, lookup)
        return
    of_the_day: Cause | None = None
    for code, members in others.items():
        known = of_the_day if code is not None else None
        partner = known or relation(compiled.rule, subject, members[0], lookup)
        if isinstance(partner, Cause) and partner in _OF_THE_DAY:
            of_the_day = partner
        if partner is not None:
            yield partner, members


def _primaries(
    subject: Subject, others: Mapping[str | None, list[Subject]], lookup: Lookup
) -> Iterator[tuple[Partner | Cause, list[Subject]]]:
    line = subject.line
    primaries = lookup.primaries(line.code, line.from_date, line.setting)
    if isinstance(primaries, Cause):
        for members in others.values():
            yield primaries, members
    elif isinstance(primaries, AddOnFact):
        for code, members in others.items():
            if code in primaries.primaries:
                yield Partner(), members


def lone_in(group: Group, subject: Subject) -> bool:
    """Whether no other line of a group has the code of one of its lines: lines of other groups ask it too."""
    members = _by_code(group).get(subject.line.code, ())
    return len(members) == 1 and members[0] is subject


def _by_code(group: Group) -> dict[str | None, list[Subject]]:
    codes: dict[str | None, list[Subject]] | None = group.kept.get("codes")
    if codes is None:
        codes = group.kept["codes"] = {}
        for member in group.members:
            codes.setdefault(member.line.code, []).append(member)
    return codes
