"""What the relation tables say on a date: NCCI pairs, and the primaries of add-on codes."""

from datetime import date

import attrs

from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import AddOnTable, PairTable
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, How

_NEVER_AN_EDIT = "9"


@attrs.frozen(kw_only=True)
class PairFact:
    """An NCCI edit in force: modifier indicator ``0`` (never bypassed) or ``1``, and who says so."""

    modifier_indicator: str
    edition: Edition
    how: How = How.EXACT


@attrs.frozen(kw_only=True)
class AddOnFact:
    """The primaries of an add-on code in force; empty for type 2, where the contractor decides."""

    type: str
    primaries: frozenset[str]
    edition: Edition
    how: How = How.EXACT


def pair_fact(table: PairTable, choice: Choice, key: tuple[str, str], on: date) -> PairFact | Cause | None:
    """Find the edit of a pair in force on ``on``; ``None`` is known: there is none."""
    for row in table.rows.get(key, ()):
        if row.effective <= on <= row.deletion and row.modifier_indicator != _NEVER_AN_EDIT:
            edition, how = table.edition, choice.source.how
            return PairFact(modifier_indicator=row.modifier_indicator, edition=edition, how=how)
    return None if choice.exact and table.edition.complete else Cause.NO_CODE


def add_on_fact(table: AddOnTable, choice: Choice, code: str, on: date) -> AddOnFact | Cause | None:
    """Find the primaries of an add-on code on ``on``; ``None`` is known: it is no add-on code."""
    rows = [row for row in table.rows.get(code, ()) if row.effective <= on <= row.deletion]
    if not rows:
        return None if choice.exact and table.edition.complete else Cause.NO_CODE
    primaries = frozenset(row.primary for row in rows if row.primary)
    edition, how = table.edition, choice.source.how
    return AddOnFact(type=min(row.type for row in rows), primaries=primaries, edition=edition, how=how)


def add_on_type(table: AddOnTable, code: str, on: date) -> str | None:
    """Give the type of an add-on code on ``on``."""
    rows = table.rows.get(code, ())
    return min((row.type for row in rows if row.effective <= on <= row.deletion), default=None)
