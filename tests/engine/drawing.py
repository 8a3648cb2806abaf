"""Random lines, code books and rules for the tests that hold the engines together."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from claimrules.codebook import (
    AddOnRow,
    AddOnTable,
    CodeBook,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.facts import ClaimFacts
from claimrules.model.indicator import INDICATORS
from claimrules.model.published import AscRow, HcpcsRow, ModifierRow, OppsRow

CODES = ("G0105", "G0121", "G0412", "99213", "0600T", "E0601")
MODIFIERS = (
    "50",
    "26",
    "TC",
    "53",
    "RT",
    "LT",
    "59",
    "76",
    "77",
    "80",
    "AS",
    "62",
    "55",
    "GY",
    "E1",
    "24",
    "ZZ",
    "GD",
)
DAYS = (
    *(date(2025, 10, day) for day in (1, 2, 3)),
    date(2025, 9, 30),
    date(2026, 1, 1),
    date(2024, 2, 29),
)
FACTS = (
    ClaimFacts(sex="F", bill_type="131", birth_date=DAYS[-1], icd_version="10", condition_codes=("W2",)),
    ClaimFacts(death_date=DAYS[0], statement_from=DAYS[3], statement_to=DAYS[4], diagnoses=("C220", "22C")),
    ClaimFacts(admission_date=DAYS[0], discharge_date=DAYS[2], principal_diagnosis="W19XXXA", clia="05D"),
    ClaimFacts(condition_codes=(), received_date=DAYS[4], coverage_from=DAYS[1], patient_status="30"),
)
"""What the claim of a line may say once."""
COVERED = ("nnnnn", "nnnnT", "nnnnF")


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or unknown."""
    return st.one_of(st.none(), values)


def _decimals(top: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, top * 10**places).map(lambda number: Decimal(number).scaleb(-places))


units = st.one_of(
    st.sampled_from([Decimal(0), Decimal(1), Decimal(2), Decimal("1.5"), Decimal("0.005")]), _decimals(9, 3)
)


@st.composite
def lines(draw: st.DrawFn, number: int = 0) -> ClaimLine:
    """One line; every field may be unknown."""
    unreadable = draw(st.sampled_from([(), (), (), ("units",), ("code",), ("place_of_service",)]))
    fields = {
        "code": draw(maybe(st.sampled_from(CODES))),
        "modifiers": draw(maybe(st.lists(st.sampled_from(MODIFIERS), max_size=4).map(tuple))),
        "units": draw(maybe(units)),
        "from_date": draw(maybe(st.sampled_from(DAYS))),
        "place_of_service": draw(maybe(st.sampled_from(["11", "21", "22", "24"]))),
        "charge": draw(maybe(_decimals(3, 2))),
        "setting": draw(st.sampled_from([Setting.PROFESSIONAL] * 3 + list(Setting))),
        "claim_id": draw(maybe(st.sampled_from(["C1", "C2"]))),
        "patient": draw(maybe(st.sampled_from(["P1", "P2"]))),
        "provider": draw(maybe(st.sampled_from(["1234567893", "1245319599"]))),
        "billing_provider": draw(maybe(st.sampled_from(["1234567893", "1234567890"]))),
        "group": draw(maybe(st.sampled_from(["GRP1", "GRP2"]))),
        "specialty": draw(maybe(st.sampled_from(["10", "20"]))),
        "documentation": draw(maybe(st.booleans())),
        "facts": draw(maybe(st.sampled_from(FACTS))),
    }
    fields.update(dict.fromkeys(unreadable))
    start = fields["from_date"]
    fields["to_date"] = (
        draw(st.sampled_from([start, start, *DAYS])) if start else draw(st.sampled_from([None, *DAYS]))
    )
    line_fields: dict[str, Any] = {**fields, "line_id": str(number), "unreadable": unreadable}
    if fields["modifiers"] is None:
        line_fields["unreadable"] = (*unreadable, "modifiers")
    return ClaimLine(**line_fields)


@st.composite
def batches(draw: st.DrawFn, most: int = 8) -> tuple[ClaimLine, ...]:
    """Some lines in an order, each with a number as its id."""
    count = draw(st.integers(1, most))
    return tuple(draw(lines(number)) for number in range(count))


def _edition(table: Table, name: str, start: date, end: date, **more: Any) -> Edition:
    return Edition(name=name, table=table, effective=start, ends=end, **more)


_ENUMS = (
    "status",
    "pctc",
    "global_days",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "multiple_procedure",
)


@st.composite
def fee_rows(draw: st.DrawFn) -> FeeRow:
    """One row of a fee schedule, with gaps."""
    values: dict[str, Any] = {name: draw(maybe(st.sampled_from(list(INDICATORS[name])))) for name in _ENUMS}
    values = {name: None if value is None else str(value) for name, value in values.items()}
    return FeeRow(
        **values, pre=draw(maybe(st.just(10))), intra=draw(maybe(st.just(80))), post=draw(maybe(st.just(10)))
    )


@st.composite
def books(draw: st.DrawFn) -> CodeBook:
    """A code book: tables, editions, codes, rows and values may each be missing."""
    tables: list[Any] = []
    for name, start, end in (
        ("FEE-A", date(2025, 7, 1), date(2025, 9, 30)),
        ("FEE-B", date(2025, 10, 1), date(2025, 12, 31)),
    ):
        if draw(st.booleans()):
            codes = draw(st.lists(st.sampled_from(CODES), unique=True))
            rows = {code: {row: draw(fee_rows()) for row in draw(_rows)} for code in codes}
            complete = draw(st.booleans())
            covers = COVERED if complete else ()
            edition = _edition(Table.FEE_SCHEDULE, name, start, end, complete=complete, covers=covers)
            tables.append(FeeSchedule(edition=edition, rows=rows))
    for setting in ("professional", "outpatient", "dme"):
        if draw(st.booleans()):
            codes = draw(st.lists(st.sampled_from(CODES), unique=True))
            limits = {
                code: MueRow(draw(maybe(st.integers(0, 3))), draw(maybe(st.sampled_from("123"))))
                for code in codes
            }
            edition = _edition(Table.MUE, "MUE", date(2025, 10, 1), date(2025, 12, 31), setting=setting)
            tables.append(MueTable(edition=edition, rows=limits))
        if setting != "dme" and draw(st.booleans()):
            tables.append(draw(_pairs(setting)))
    if draw(st.booleans()):
        tables.append(draw(_add_ons()))
    if draw(st.booleans()):
        tables += draw(_level_ii())
    return CodeBook.from_tables(tables)


_rows = st.sampled_from([("",), ("26",), ("", "26", "TC"), ("", "53")])
_YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@st.composite
def _pairs(draw: st.DrawFn, setting: str) -> PairTable:
    found = draw(
        st.lists(
            st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), st.sampled_from("019")), max_size=8
        )
    )
    rows = {
        (one, two): (PairRow(_YEAR[0], draw(st.sampled_from(DAYS)), indicator),)
        for one, two, indicator in found
    }
    more: dict[str, Any] = {"kind": Kind.CUMULATIVE, "complete": draw(st.booleans())}
    return PairTable(edition=_edition(Table.NCCI_PAIRS, "PTP", *_YEAR, setting=setting, **more), rows=rows)


@st.composite
def _level_ii(draw: st.DrawFn) -> list[FactTable]:
    """HCPCS codes and modifiers with dates of their own, Addendum B, and one or both ASC addenda."""
    days = maybe(st.sampled_from(DAYS))
    some = st.lists(st.sampled_from(CODES), unique=True, max_size=3)
    kinds = maybe(st.sampled_from(["C", "I"])), st.sampled_from([(), ("1",), ("1", "P")])
    codes = {
        code: HcpcsRow(
            added=draw(days),
            termination=draw(days),
            coverage=draw(kinds[0]),
            type_of_service=draw(kinds[1]),
            pricing=draw(kinds[1]),
        )
        for code in draw(some)
    }
    words = draw(st.lists(st.sampled_from(MODIFIERS), unique=True, max_size=3))
    modifiers = {word: ModifierRow(added=draw(days), termination=draw(days)) for word in words}
    opps = {code: OppsRow(status_indicator=draw(maybe(st.sampled_from(["J1", "N"])))) for code in draw(some)}
    asc = {code: AscRow(addendum="AA", payment_indicator="J8") for code in draw(some)}
    whole: dict[str, Any] = {"kind": Kind.CUMULATIVE, "complete": draw(st.booleans()), "covers": ("Annnn",)}
    tables = [
        FactTable(edition=_edition(Table.HCPCS, "HCPCS", *_YEAR, **whole), rows=codes),
        FactTable(edition=_edition(Table.MODIFIERS, "HCPCS", *_YEAR, **whole), rows=modifiers),
        FactTable(edition=_edition(Table.ADDENDUM_B, "B", *_YEAR), rows=opps),
    ]
    parts = draw(st.sampled_from([(), ("AA",), ("AA", "BB")]))
    for part in parts:
        edition = _edition(Table.ASC, "ASC", *_YEAR, part=part, complete=draw(st.booleans()))
        tables.append(FactTable(edition=edition, rows=asc if part == "AA" else {}))
    return tables


@st.composite
def _add_ons(draw: st.DrawFn) -> AddOnTable:
    codes = draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3))
    rows = {
        code: (AddOnRow(draw(st.sampled_from(CODES)), draw(st.sampled_from("123")), _YEAR[0]),)
        for code in codes
    }
    more: dict[str, Any] = {"kind": Kind.CUMULATIVE, "complete": draw(st.booleans())}
    return AddOnTable(edition=_edition(Table.ADD_ON, "AOC", *_YEAR, **more), rows=rows)
