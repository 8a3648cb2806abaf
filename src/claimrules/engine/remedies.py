"""What kept a line from being judged, in words, and what would help."""

from datetime import date
from typing import Final

from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table

Entry = tuple[Cause, str, str]
"""What is missing: the cause, in words, and what would help."""
LACKS: Final = "code not in the {}"
_BUILD: Final = "claimrules book build FILES... --output BOOK"
_RESTS_ON: Final = {
    **dict.fromkeys(("repeated_modifiers", "component", "modifier_count"), "modifiers"),
    **dict.fromkeys(("modifiers_unlisted", "modifiers_early", "modifiers_ended"), "modifiers"),
    "units_whole": "units",
    "days": "to_date",
    "through_date": "to_date",
    "code_shape": "code",
}
"""What a computed field is made from, where that is one input."""


_ABSENT: Final = {
    Table.NCCI_PAIRS: (
        "pair outside of what is loaded of the NCCI pair table",
        f"load every file of its quarter: {_BUILD}",
    ),
    Table.MUE: (
        LACKS.format(Table.MUE.words),
        f"not every MUE is published; where this table is an excerpt, load the whole: {_BUILD}",
    ),
}
"""What is said where an edition holds no key, if that is not that it lacks a code."""


def told(field: Field, cause: Cause, day: date | None) -> Entry:
    """Say what is missing of a field, and what would help; ``day`` is one that needs an edition."""
    published = field.base.table or Table.FEE_SCHEDULE
    table, load = published.words, f"load {published.file}: {_BUILD}"
    match cause:
        case Cause.NO_TABLE:
            what, remedy = f"no {table} loaded", load
        case Cause.NO_EDITION:
            when = f"{day.year} Q{(day.month + 2) // 3}" if day else "the date"
            what, remedy = f"no {table} for {when}", load
        case Cause.NO_CODE:
            complete = (LACKS.format(table), f"load a complete {table}: {_BUILD}")
            what, remedy = _ABSENT.get(published, complete)
        case Cause.NO_VALUE:
            what, remedy = f"{field} is left open by the published row", ""
        case _ if field.base.namespace == "code":
            what = "the line's code, date or modifiers are missing or unreadable"
            remedy = "give code, modifiers, and from_date as YYYY-MM-DD or YYYYMMDD"
        case _ if field.base.namespace == "pair":
            what = "the pair with another line cannot be looked up: a code or date is missing or unreadable"
            remedy = "give code and from_date on every line"
        case _ if field.base.name == "replaces_none":
            what = "which claim it replaces is not known, and the other claim may be that one"
            remedy = "say which, by the id of its lines in the history: replaces; none if they are not given"
        case _:
            name = _RESTS_ON.get(field.name, field.name)
            if field.base.table is Table.MODIFIERS:
                what = "the line's modifiers or date are missing or unreadable"
                return cause, what, "give modifiers, and from_date as YYYY-MM-DD or YYYYMMDD"
            written = " as YYYY-MM-DD or YYYYMMDD" if name.endswith("_date") else ""
            namespace = "line" if field.namespace == "form" else field.namespace
            what, remedy = f"{namespace}.{name} is missing or unreadable", f"give {name}{written}"
    return cause, what, remedy
