"""The tables of a code book in memory: the published rows of one edition each.

The rows are named tuples because a schedule has some twenty thousand of them: they are cheap to make,
to compare and to hand to SQLite.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

import attrs

from claimrules.model.edition import Edition, Table
from claimrules.model.period import OPEN_END
from claimrules.model.published import AscRow, HcpcsRow, ModifierRow, OppsRow, PlaceRow, RbcsRow

if TYPE_CHECKING:
    from claimrules.codebook.among import PairColumns
    from claimrules.codebook.documents import Documents
    from claimrules.codebook.search import SearchHit

ROWS: Final = ("", "26", "TC", "53")
"""The rows that a fee schedule can have for one code: the blank one, and one per modifier."""


class FeeRow(NamedTuple):
    """One row of the fee schedule; fields as in ``CodeAttributes``, ``None`` where the row is blank."""

    label: str | None = None
    status: str | None = None
    not_used: str | None = None
    pctc: str | None = None
    global_days: str | None = None
    pre: int | None = None
    intra: int | None = None
    post: int | None = None
    multiple_procedure: str | None = None
    bilateral: str | None = None
    assistant: str | None = None
    co_surgeon: str | None = None
    team: str | None = None
    pricing: str | None = None
    endoscopic_base: str | None = None
    supervision: str | None = None
    imaging_family: str | None = None
    nonfacility_na: str | None = None
    facility_na: str | None = None
    work_rvu: Decimal | None = None
    nonfacility_pe_rvu: Decimal | None = None
    facility_pe_rvu: Decimal | None = None
    malpractice_rvu: Decimal | None = None
    conversion_factor: Decimal | None = None


class MueRow(NamedTuple):
    """One medically unlikely edit: units of service, its adjudication indicator, its rationale."""

    value: int | None = None
    mai: str | None = None
    rationale: str | None = None


class PairRow(NamedTuple):
    """One NCCI edit of a pair; ``deletion`` is its last day in force."""

    effective: date
    deletion: date = OPEN_END
    modifier_indicator: str = "0"
    rationale: str = ""


class AddOnRow(NamedTuple):
    """One primary code of an add-on code; blank where the contractor defines it.

    ``deletion`` is the last day in force. ``settings`` are those to which the published note limits
    the edit, parted by spaces, blank for all; ``note`` is that note.
    """

    primary: str
    type: str
    effective: date
    deletion: date = OPEN_END
    settings: str = ""
    note: str = ""


def _check(table: Table) -> Callable[[object, object, Edition], None]:
    def check(_self: object, _field: object, edition: Edition) -> None:
        if edition.table is not table:
            msg = f"edition {edition.name}: is of the {edition.table.words}, not the {table.words}"
            raise ValueError(msg)

    return check


@attrs.frozen(kw_only=True)
class FeeSchedule:
    """One edition of the Physician Fee Schedule: for each code its rows, by ``""``, 26, TC and 53."""

    edition: Edition = attrs.field(validator=_check(Table.FEE_SCHEDULE))
    rows: Mapping[str, Mapping[str, FeeRow]] = attrs.field(repr=False, hash=False)


@attrs.frozen(kw_only=True)
class MueTable:
    """One edition of one setting's MUE table: for each code its row."""

    edition: Edition = attrs.field(validator=_check(Table.MUE))
    rows: Mapping[str, MueRow] = attrs.field(repr=False, hash=False)


@attrs.frozen(kw_only=True)
class PairTable:
    """One edition of one setting's NCCI pairs: (column 1, column 2) → its edits, past ones included."""

    edition: Edition = attrs.field(validator=_check(Table.NCCI_PAIRS))
    rows: Mapping[tuple[str, str], tuple[PairRow, ...]] = attrs.field(repr=False, hash=False)


@attrs.frozen(kw_only=True)
class AddOnTable:
    """One edition of the add-on edits: for each add-on code its primaries."""

    edition: Edition = attrs.field(validator=_check(Table.ADD_ON))
    rows: Mapping[str, tuple[AddOnRow, ...]] = attrs.field(repr=False, hash=False)


FactRow: TypeAlias = HcpcsRow | ModifierRow | OppsRow | AscRow | RbcsRow | PlaceRow

FACT_ROWS: Final[Mapping[Table, type[FactRow]]] = {
    Table.HCPCS: HcpcsRow,
    Table.MODIFIERS: ModifierRow,
    Table.ADDENDUM_B: OppsRow,
    Table.ASC: AscRow,
    Table.RBCS: RbcsRow,
    Table.PLACES: PlaceRow,
}
"""The tables that hold one record for each code, modifier or place, and the type of their records."""


CODE_LISTS: Final = (Table.FEE_SCHEDULE, Table.HCPCS)
"""The tables that list which codes there are."""


def _fact(_self: object, _field: object, edition: Edition) -> None:
    if edition.table not in FACT_ROWS:
        msg = f"edition {edition.name}: the {edition.table.words} is no table of one record a code"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class FactTable:
    """One edition of a table of ``FACT_ROWS``: for each code, modifier or place its record."""

    edition: Edition = attrs.field(validator=_fact)
    rows: Mapping[str, FactRow] = attrs.field(repr=False, hash=False)


AnyTable: TypeAlias = FeeSchedule | MueTable | PairTable | AddOnTable | FactTable


Span: TypeAlias = tuple[date | None, date | None]
"""The first and the last day of a row, where it says them."""


def spans_of(table: AnyTable) -> set[Span]:
    """Give the different first and last days of the rows of an add-on, HCPCS or modifier table.

    The day of a record's last action, from which its facts hold, is a first day too.
    """
    if isinstance(table, AddOnTable):
        return {(row.effective, row.deletion) for rows in table.rows.values() for row in rows}
    rows = table.rows.values() if isinstance(table, FactTable) else ()
    published = [row for row in rows if isinstance(row, HcpcsRow | ModifierRow)]
    return {(row.added, row.termination) for row in published} | {
        (row.action_effective, None) for row in published
    }


class Tables(Protocol):
    """Where a code book's tables come from: memory or a file."""

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition, in a fixed order."""

    @property
    def content_hash(self) -> str:
        """The SHA-256 of editions and rows, whatever the file they stand in."""

    def table(self, position: int) -> AnyTable:
        """Give the table of ``editions[position]``; it is read once."""

    def entry(self, position: int, code: str) -> object:
        """Give what ``editions[position]`` holds of a code: the value in its ``rows``, or ``None``."""

    def pairs(self, position: int, column_1: str, column_2: str) -> tuple[PairRow, ...]:
        """Give the edits of a pair in ``editions[position]``, past ones included."""

    def pairs_among(self, position: int, codes: frozenset[str]) -> "PairColumns":
        """Give every edit in ``editions[position]`` both of whose codes are among ``codes``."""

    def edits(self, position: int) -> Iterator[tuple[str, str, PairRow]]:
        """Give every edit in ``editions[position]``, in the order of the codes of column 1."""

    def spans(self, position: int) -> set[Span]:
        """Give the different first and last days of the rows of an add-on, HCPCS or modifier edition."""

    def documents(self) -> "Documents":
        """Give the code pages and profiles, bound to codes."""

    def search(self, query: str, limit: int) -> "tuple[SearchHit, ...]":
        """Find codes, pages and profiles by the words that they hold."""

    def known_codes(self) -> frozenset[str]:
        """Every code that any fee schedule or HCPCS edition holds."""
