"""How the Python engine gets the value of a field from a subject: one snippet of source each.

A subject is a line with what stands around it: ``line``, ``modifiers`` (at most four), ``code``
(its attributes), ``claim`` (what is said once), ``claim_id``, ``patient``, ``provider``, ``seq``,
``denied``. What is made from single values, ``values.py`` makes.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Protocol

from claimrules.expr.values import (
    component,
    days,
    form_of,
    how_many,
    how_many_malformed,
    npi_right,
    repeated,
    scaled,
    shape,
    shift_days,
    shift_years,
    start,
    thousandths,
    whole,
    year,
    years,
)
from claimrules.expr.vocabulary import PRESENT, PRESENT_ANYWAY, Field
from claimrules.model.claim import ClaimLine
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Table
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.form import MAX_MODIFIERS, Form
from claimrules.model.modifier import ModifierCounts


class Slot(Protocol):
    """What the functions below ask of the slot of a look-up."""

    def modifier_counts(self, modifiers: tuple[str, ...]) -> ModifierCounts | Cause:
        """Count the modifiers of a line by their states on the day."""


class Subject(Protocol):
    """What the functions below read of a subject."""

    @property
    def modifiers(self) -> tuple[str, ...] | None:
        """The modifiers that rules look at."""

    @property
    def slot(self) -> Slot:
        """What answers for the line's day."""

    @property
    def line(self) -> ClaimLine:
        """The line."""

    @property
    def code(self) -> CodeAttributes:
        """What is published about its code."""

    @property
    def claim(self) -> ClaimFacts:
        """What is said once for its claim."""


CAUSES: Final = tuple(Cause)
CAUSE_INDEX: Final[Mapping[Cause, int]] = {cause: index for index, cause in enumerate(CAUSES)}
_OK, _MISSING = Form.OK.value, Form.MISSING.value
_GLOBAL_DAYS: Final = {"000": 0, "010": 10, "090": 90}


def global_start(subject: Subject) -> date | None:
    """The first day of the global package: the day before for 090."""
    day, global_days = subject.line.from_date, subject.code.global_days
    if day is None or global_days not in _GLOBAL_DAYS:
        return None
    return day - timedelta(days=1) if global_days == "090" and day > date.min else day


def global_end(subject: Subject) -> date | None:
    """The last day of the global package; the day after the procedure is day 1."""
    day, global_days = subject.line.from_date, subject.code.global_days
    if day is None or global_days not in _GLOBAL_DAYS:
        return None
    return shift_days(day, _GLOBAL_DAYS[global_days])


def age(subject: Subject) -> int | None:
    """Whole years of the patient on the from-date."""
    born, day = subject.claim.birth_date, subject.line.from_date
    if born is None or day is None or day < born:
        return None
    return int(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def code_cause(subject: Subject, table: Table) -> int:
    """Why an attribute of a table is unknown, as an index into ``CAUSES``."""
    return CAUSE_INDEX[subject.code.cause(table)]


def modifier_count(subject: Subject, state: str) -> int | None:
    """How many of the line's modifiers are in a state, where that is known of each."""
    if subject.modifiers is None:
        return None
    found = subject.slot.modifier_counts(subject.modifiers)
    return None if isinstance(found, Cause) else int(getattr(found, state))


def modifiers_cause(subject: Subject) -> int:
    """Why the states of the line's modifiers are unknown, as an index into ``CAUSES``."""
    if subject.modifiers is None:
        return CAUSE_INDEX[Cause.NO_INPUT]
    found = subject.slot.modifier_counts(subject.modifiers)
    return CAUSE_INDEX[found if isinstance(found, Cause) else Cause.NO_VALUE]


_LINE: Final = {
    "modifiers": "{s}.modifiers",
    "units": "thousandths({s}.line.units)",
    "units_whole": "whole({s}.line.units)",
    "days": "days({s}.line)",
    "charge": "scaled({s}.line.charge, 2)",
    "dose": "scaled({s}.line.dose, 3)",
    "noncovered_charge": "scaled({s}.line.noncovered_charge, 2)",
    "allowed": "scaled({s}.line.allowed, 2)",
    "container": "scaled({s}.line.container, 3)",
    "npi_valid": "npi_right({s}.line.provider)",
    "year": "year({s}.line.from_date)",
    "setting": "{s}.line.setting._value_",
    "claim": "{s}.claim_id",
    "patient": "{s}.patient",
    "provider": "{s}.provider",
    "replaces_none": "{s}.claim.replaces_none",
    "seq": "{s}.seq",
    "denied": "{s}.denied",
    "component": "component({s}.modifiers)",
    "global_start": "global_start({s})",
    "global_end": "global_end({s})",
    "age": "age({s})",
    "code_shape": "shape({s}.line.code)",
    "repeated_modifiers": "repeated({s}.modifiers)",
    "modifiers_unlisted": "modifier_count({s}, 'unlisted')",
    "modifiers_early": "modifier_count({s}, 'early')",
    "modifiers_ended": "modifier_count({s}, 'ended')",
}

_CLAIM: Final = {
    "as_of": "{s}.as_of",
    "billing_provider": "{s}.billing_provider",
    "npi_valid": "npi_right({s}.billing_provider)",
    "diagnoses": "how_many({s}.claim.diagnoses)",
    "diagnoses_malformed": "how_many_malformed({s}.claim.diagnoses)",
    "principal_letter": "start({s}.claim.principal_diagnosis, 1)",
    "bill_class": "start({s}.claim.bill_type, 2)",
    "frequency": "{s}.claim.told_frequency",
    "through_date": "({s}.claim.statement_to or {s}.line.to_date)",
    "statement_years": "years({s}.claim.statement_from, {s}.claim.statement_to)",
}

_GIVEN: Final = {"patient": "patient_id", "billing_provider": "billing_provider"}
"""Inputs that a claim may say once for its lines."""

_SPECIAL: Final[Mapping[str, Mapping[str, str]]] = {"line": _LINE, "claim": _CLAIM}

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        scaled,
        thousandths,
        whole,
        days,
        component,
        repeated,
        form_of,
        shape,
        global_start,
        global_end,
        shift_days,
        shift_years,
        age,
        npi_right,
        how_many,
        how_many_malformed,
        start,
        year,
        years,
        code_cause,
        modifier_count,
        modifiers_cause,
    )
}
"""What the snippets call."""


def snippet(field: Field, subject: str) -> str:
    """The source that gets a field's value from the variable ``subject``."""
    base = field.base
    if base.namespace in _SPECIAL:
        found = _SPECIAL[base.namespace].get(base.name, f"{{s}}.{base.namespace}.{base.name}")
        return found.format(s=subject)
    if base.namespace == "form":
        if base.name in (*PRESENT, *PRESENT_ANYWAY):
            where = _GIVEN.get(base.name, f"{'claim' if base.name in FACTS else 'line'}.{base.name}")
            return f"({_MISSING!r} if {subject}.{where} is None else {_OK!r})"
        if base.name == "modifier_count":
            return f"(None if {subject}.line.modifiers is None else len({subject}.line.modifiers))"
        return f"form_of({subject}.line, {base.name!r})"
    if base.namespace == "pair":
        return f"{subject}.pair_{base.name}"
    return f"{subject}.{base.namespace}.{base.name}"


def cause(field: Field, subject: str) -> str:
    """The source that says why a field is unknown, as an index into ``CAUSES``."""
    base = field.base
    if base.name in ("global_start", "global_end"):
        unread = CAUSE_INDEX[Cause.NO_INPUT]
        known = f"code_cause({subject}, fee_schedule)"
        return f"({unread} if {subject}.line.from_date is None else {known})"
    if base.table is Table.MODIFIERS:
        return f"modifiers_cause({subject})"
    if base.namespace == "code" and base.table is not None:
        return f"code_cause({subject}, {base.table.value})"
    return str(CAUSE_INDEX[Cause.NO_INPUT])


def clip(modifiers: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The modifiers that rules look at: the first four."""
    if modifiers is None or len(modifiers) <= MAX_MODIFIERS:
        return modifiers
    return modifiers[:MAX_MODIFIERS]
