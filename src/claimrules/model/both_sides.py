"""How a procedure on both sides is billed: the forms, and which of them are accepted for a code."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import attrs

from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.code import Cause
from claimrules.model.one_of import OneOf


class SideForm(OneOf):
    """A form of billing both sides."""

    MODIFIER_50 = "modifier_50"
    TWO_LINES = "two_lines"
    TWO_UNITS = "two_units"
    ONE_UNIT = "one_unit"

    @property
    def words(self) -> str:
        """The form as people write it."""
        return _WORDS[self.value]


_WORDS: Final[Mapping[str, str]] = {
    "modifier_50": "one line with 50, one unit",
    "two_lines": "two lines, RT and LT, one unit each",
    "two_units": "one line with two units",
    "one_unit": "one line, one unit, without 50",
}


class Acceptance(StrEnum):
    """Whether a form is accepted; ``doubtful`` where the published texts leave it open or conflict."""

    YES = "yes"
    NO = "no"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class FormAnswer:
    """One form, whether it is accepted, and why; ``doubt`` says what is not certain of it."""

    form: SideForm
    accepted: Acceptance
    why: str
    doubt: str = ""


@attrs.frozen(kw_only=True)
class BilateralAnswer:
    """Which forms of billing both sides are accepted for a code on a day in a setting.

    ``surgical`` is the kind of code that decides: by its global days surgical (000, 010, 090, ZZZ) or
    diagnostic; ``None`` where these leave it open. ``convention`` is the payer's, ``medicare`` by
    default. ``percent`` is what both sides pay together, of the fee of one. ``cause`` says why nothing
    is known.
    """

    code: str
    on: date | None
    setting: Setting
    indicator: str | None = None
    global_days: str | None = None
    surgical: bool | None = None
    mue: int | None = None
    mai: str | None = None
    convention: str = "medicare"
    percent: int | None = None
    forms: tuple[FormAnswer, ...] = ()
    cause: Cause | None = None

    @property
    def preferred(self) -> SideForm | None:
        """The first form that is accepted; ``None`` where none is, or it is not known."""
        return next((each.form for each in self.forms if each.accepted is Acceptance.YES), None)

    def form(self, form: SideForm) -> FormAnswer:
        """Give what is said of one form."""
        return next(each for each in self.forms if each.form is form)


@attrs.frozen(kw_only=True)
class Step:
    """Lines that were billed in one form and now stand in another."""

    code: str
    was: SideForm
    now: SideForm
    line_ids: tuple[str, ...] = attrs.field(default=(), repr=False)
    doubt: str = ""


@attrs.frozen(kw_only=True)
class Left:
    """Lines of both sides that were not converted, and why."""

    code: str
    why: str
    line_ids: tuple[str, ...] = attrs.field(default=(), repr=False)


@attrs.frozen(kw_only=True)
class Converted:
    """Lines in the accepted form, in their order; what was changed, and what was left as it was."""

    lines: tuple[ClaimLine, ...]
    steps: tuple[Step, ...] = ()
    left: tuple[Left, ...] = ()
