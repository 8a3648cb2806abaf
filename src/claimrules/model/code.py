"""What is published about one code on one date."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from claimrules.model.edition import Source, Table
from claimrules.model.published import AscRow, HcpcsRow, OppsRow, RbcsRow


class Cause(StrEnum):
    """Why something is unknown (design, decision 2)."""

    NO_INPUT = "no_input"
    NO_HISTORY = "no_history"
    NO_TABLE = "no_table"
    NO_EDITION = "no_edition"
    NO_CODE = "no_code"
    NO_VALUE = "no_value"

    __hash__ = str.__hash__  # that of Enum is slow, and differs from that of an equal text

    @property
    def words(self) -> str:
        """The cause in a sentence."""
        return _CAUSE_WORDS[self.value]


_CAUSE_WORDS = {
    "no_input": "the line or its claim lacks it",
    "no_history": "the history given does not reach far enough",
    "no_table": "no such table is loaded",
    "no_edition": "no loaded edition speaks for the date",
    "no_code": "the edition does not hold the code",
    "no_value": "the published row leaves it open",
}


@attrs.frozen(kw_only=True)
class CodeAttributes:
    """The published attributes of one code, for one row of the fee schedule, on one date.

    Every indicator is text, as published; ``None`` is *unknown*. ``row`` is the fee schedule row
    that was chosen: blank, ``26``, ``TC`` or ``53``; ``rows`` are the rows that exist. ``pre``,
    ``intra`` and ``post`` are whole percent of the global fee; RVUs are relative value units;
    ``mue`` is in units of service. ``in_force`` is ``yes``, ``no`` (gone, or not yet there) or
    ``unlisted`` (in no loaded edition). ``first_date`` and ``last_date`` are those of the code itself,
    from HCPCS Level II, else from the RBCS (9999-12-31: it has no end). ``hcpcs``, ``opps``, ``asc``
    and ``rbcs`` are the records of those tables. ``sources`` names, for each table, the edition that
    speaks; ``missing`` says, for each table that is silent, why: a table in neither holds that the code
    is not on its list.

    Source of the facts: National Physician Fee Schedule Relative Value File, record layout; NCCI
    Policy Manual, chapter I, section V (MUE); HCPCS record layout; OPPS Addendum B; ASC addenda AA, BB.
    """

    code: str
    row: str = ""
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
    mue: int | None = None
    mai: str | None = None
    mue_rationale: str | None = None
    add_on_type: str | None = None
    rows: frozenset[str] | None = None
    in_force: str | None = None
    first_date: date | None = None
    last_date: date | None = None
    hcpcs: HcpcsRow | None = None
    opps: OppsRow | None = None
    asc: AscRow | None = None
    rbcs: RbcsRow | None = None
    sources: Mapping[Table, Source] = attrs.field(factory=dict, hash=False)
    missing: Mapping[Table, Cause] = attrs.field(factory=dict, hash=False)

    @property
    def status_indicator(self) -> str | None:
        """The OPPS status indicator (Addendum B)."""
        return self.opps.status_indicator if self.opps else None

    @property
    def apc(self) -> str | None:
        """The ambulatory payment classification (Addendum B)."""
        return self.opps.apc if self.opps else None

    @property
    def payment_indicator(self) -> str | None:
        """The ASC payment indicator; blank where the code is known not to be on the ASC lists."""
        if self.asc:
            return self.asc.payment_indicator
        return None if Table.ASC in self.missing else ""

    @property
    def multiple_discount(self) -> str | None:
        """Whether an ASC's further procedures of a day are paid half: ``Y``, ``N``.

        Blank where the code is no surgery of the ASC lists: the mark stands in Addendum AA alone.
        """
        if self.asc and self.asc.addendum == "AA":
            return self.asc.multiple_discount
        return None if Table.ASC in self.missing else ""

    @property
    def coverage(self) -> str | None:
        """The coverage code of HCPCS Level II."""
        return self.hcpcs.coverage if self.hcpcs else None

    @property
    def type_of_service(self) -> frozenset[str] | None:
        """The types of service of HCPCS Level II."""
        return frozenset(self.hcpcs.type_of_service) if self.hcpcs else None

    @property
    def pricing_categories(self) -> frozenset[str] | None:
        """The pricing indicators of HCPCS Level II: who prices the code, and how."""
        return frozenset(self.hcpcs.pricing) if self.hcpcs else None

    def cause(self, table: Table) -> Cause:
        """Say why an attribute of ``table`` is unknown here."""
        return self.missing.get(table, Cause.NO_VALUE)
