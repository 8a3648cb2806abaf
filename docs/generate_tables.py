# ruff: noqa: INP001 (a script, no package)
"""Write the page of the code book's tables: `python docs/generate_tables.py`; `--check` only compares."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args, get_type_hints

from claimrules.codebook.modifiers import CPT_KNOWN
from claimrules.codebook.tables import FACT_ROWS, AddOnRow, FeeRow, MueRow, PairRow
from claimrules.model.edition import Kind, Table
from claimrules.model.hcpcs_indicator import FACT_INDICATORS, AddOnType, PairIndicator
from claimrules.model.indicator import INDICATORS, Indicator

PAGE: Final = Path(__file__).resolve().parent / "tables.md"
_MADE: Final = "<!-- made by docs/generate_tables.py: change the source, then `make docs` -->"
_HEAD: Final = f"""\
# The tables of the code book

{_MADE}

What a [code book](how-to/build-a-code-book.md) holds of each published table. A *snapshot* speaks for the
days of its quarter, a *cumulative* edition for every day up to the end of its quarter, through the dates of
its rows. Everything is text as published, but for dates, whole numbers and amounts; a field that is blank, or
whose value its indicator cannot have, is unknown. Why silence differs:
[decision 6](decisions/0006-a-table-says-what-its-silence-means.md)."""


class About(NamedTuple):
    """What the code cannot say of a table in words: kind, key, and what an absent key means."""

    kind: Kind
    key: str
    absent: str


ABOUT: Final[Mapping[Table, About]] = {
    Table.FEE_SCHEDULE: About(
        Kind.SNAPSHOT,
        "code, row (blank, `26`, `TC`, `53`)",
        "In a complete edition: a code of five digits, or of four digits and `T` or `F`, is not in force on "
        "the day. Other shapes: unknown. A row that a listed code lacks does not exist.",
    ),
    Table.MUE: About(
        Kind.SNAPSHOT,
        "setting, code",
        "Unknown: not published, or none. Never unlimited; some values are confidential.",
    ),
    Table.NCCI_PAIRS: About(
        Kind.CUMULATIVE,
        "setting, column 1, column 2",
        "Between the first and the last pair of a part that was read whole: no edit. Outside the parts that "
        "are loaded: unknown.",
    ),
    Table.ADD_ON: About(
        Kind.CUMULATIVE, "add-on code", "In a complete edition: no add-on code. Else unknown."
    ),
    Table.HCPCS: About(
        Kind.CUMULATIVE,
        "code",
        "In a complete edition, for days from the fourth calendar year before its own: a code of a letter "
        "and four digits is not valid, but for `D` (dental). Other shapes, and annual files: unknown.",
    ),
    Table.ADDENDUM_B: About(Kind.SNAPSHOT, "code", "Unknown."),
    Table.ASC: About(
        Kind.SNAPSHOT,
        "code",
        "Not on the list, if both addenda, AA and BB, are loaded and complete. Else unknown.",
    ),
    Table.RBCS: About(Kind.CUMULATIVE, "code", "Unknown."),
    Table.MODIFIERS: About(
        Kind.CUMULATIVE,
        "modifier",
        f"A CPT modifier: none, on days of {CPT_KNOWN.start:%Y} to {CPT_KNOWN.end:%Y}. One of Level II: "
        "none, on days for which a complete HCPCS file speaks, as for its codes. Else unknown.",
    ),
    Table.PLACES: About(Kind.CUMULATIVE, "place of service", "Not assigned."),
}
_ROWS: Final[Mapping[Table, Any]] = {
    Table.FEE_SCHEDULE: FeeRow,
    Table.MUE: MueRow,
    Table.NCCI_PAIRS: PairRow,
    Table.ADD_ON: AddOnRow,
    **FACT_ROWS,
}
_NAMED: Final[Mapping[tuple[Table, str], type[Indicator]]] = {
    (Table.NCCI_PAIRS, "modifier_indicator"): PairIndicator,
    (Table.ADD_ON, "type"): AddOnType,
}
_WORDS: Final = {"str": "text", "int": "whole number", "Decimal": "amount", "date": "date", "tuple": "texts"}


def indicator_of(table: Table, field: str) -> type[Indicator] | None:
    """Give the enum of a field, if it is an indicator."""
    known = FACT_INDICATORS if table in FACT_ROWS else INDICATORS
    return _NAMED.get((table, field)) or known.get(field)


def _table(table: Table) -> Iterator[str]:
    about, row = ABOUT[table], _ROWS[table]
    yield f"## {table.words[0].upper()}{table.words[1:]}"
    yield f"`{table.value}`: {about.kind.value}, by {about.key}."
    yield from _doc(row).split("\n\n")
    yield f"**A key that it lacks.** {about.absent}"
    fields = [(f"`{name}`", _kind(hint), _link(table, name)) for name, hint in get_type_hints(row).items()]
    yield _rows(("field", "is", "values"), fields)


def _doc(thing: object) -> str:
    return (inspect.getdoc(thing) or "").replace("``", "`")


def _kind(hint: object) -> str:
    """Say what a field holds: the type behind ``X | None`` and ``tuple[X, ...]``."""
    if getattr(hint, "__origin__", None) is tuple:
        return _WORDS["tuple"]
    found = [part for part in get_args(hint) if part is not type(None)] or [hint]
    return _WORDS[getattr(found[0], "__name__", "")]


def _link(table: Table, field: str) -> str:
    found = indicator_of(table, field)
    return f"[{found.__name__}](#{found.__name__.lower()})" if found else ""


def _indicators() -> Iterator[str]:
    named = {indicator_of(table, name) for table, row in _ROWS.items() for name in get_type_hints(row)}
    yield "## Indicators"
    yield "Each is an enum of `claimrules.model`; the meanings are in our own words."
    for found in sorted((each for each in named if each), key=lambda each: each.__name__):
        yield f"### {found.__name__}"
        yield " ".join(_doc(found).split())
        yield _rows(
            ("value", "means"),
            [(f"`{each.value}`" if each.value else "blank", each.meaning) for each in found],
        )


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def write(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join([write(head), f"|{'---|' * len(head)}", *map(write, rows)])


def page() -> str:
    """Write the page."""
    parts = [_HEAD, *(part for table in Table for part in _table(table)), *_indicators()]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or say whether it is stale."""
    if "--check" not in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page()
    if stale:
        sys.stderr.write("docs/tables.md is stale: make docs\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
