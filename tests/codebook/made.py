"""Small tables, and small published files of every kind, made by hand for the tests of the code book."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs

from claimrules.codebook.readers.hcpcs_text import COLUMNS
from claimrules.codebook.relations import key_range
from claimrules.codebook.tables import (
    AddOnRow,
    AddOnTable,
    FactRow,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.period import quarter_end

CUMULATIVE: Final = frozenset({Table.NCCI_PAIRS, Table.ADD_ON, Table.HCPCS, Table.RBCS, Table.MODIFIERS})
JULY_2024: Final = date(2024, 7, 1)
PAIRS: Final = "ccipra-v302r0-f1.txt"
MUES: Final = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
ADD_ONS: Final = "AOC_V2024Q3-MCR.csv"
HCPCS: Final = "HCPC2024_JUL_ANWEB.csv"
ADDENDUM_B: Final = "2024_July_Web_Addendum_B.07012024.csv"
RBCS: Final = "RBCS_RY2024.csv"
PAIR_HEADER: Final = (
    "Codes are copyright of their owner.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)


def edition(table: Table, effective: date, *, name: str = "", complete: bool = True, **more: Any) -> Edition:
    """Make an edition that holds to its quarter's end, of the kind that its table is."""
    known = Edition(
        name=name or f"{table} {effective}",
        table=table,
        effective=effective,
        ends=quarter_end(effective),
        kind=Kind.CUMULATIVE if table in CUMULATIVE else Kind.SNAPSHOT,
        complete=complete,
    )
    return attrs.evolve(known, **more)


def fees(effective: date, codes: Mapping[str, str], /, **more: Any) -> FeeSchedule:
    """Make a fee schedule: codes with their bilateral indicator."""
    rows = {code: {"": FeeRow(status="A", bilateral=bilateral)} for code, bilateral in codes.items()}
    covers = ("nnnnn", "nnnnT", "nnnnF")
    return FeeSchedule(
        edition=edition(Table.FEE_SCHEDULE, effective, **{"covers": covers, **more}), rows=rows
    )


def mues(effective: date, values: Mapping[str, int], /, **more: Any) -> MueTable:
    """Make the MUE table of a setting, of the practitioners if none is given."""
    rows = {code: MueRow(value, "2", "CMS Policy") for code, value in values.items()}
    given = {"setting": "professional", "complete": False, **more}
    return MueTable(edition=edition(Table.MUE, effective, **given), rows=rows)


def pairs(
    effective: date, rows: Mapping[tuple[str, str], PairRow | tuple[PairRow, ...]], /, **more: Any
) -> PairTable:
    """Make a part of the pairs of a setting, of the practitioners if none is given."""
    given = {
        "setting": "professional",
        "covers": (key_range(min(rows), max(rows)),) if more.get("part") else (),
        **more,
    }
    edits = {key: (found,) if isinstance(found, PairRow) else found for key, found in rows.items()}
    return PairTable(edition=edition(Table.NCCI_PAIRS, effective, **given), rows=edits)


def add_ons(effective: date, rows: Mapping[str, tuple[AddOnRow, ...]], /, **more: Any) -> AddOnTable:
    """Make an edition of the add-on codes."""
    return AddOnTable(edition=edition(Table.ADD_ON, effective, **more), rows=rows)


def facts(table: Table, effective: date, rows: Mapping[str, FactRow], /, **more: Any) -> FactTable:
    """Make an edition of a table that has one record a code."""
    return FactTable(edition=edition(table, effective, **more), rows=rows)


def pair_text(*records: str) -> str:
    """Write a part of the pairs; the cells of a record are parted by blanks, the rationale is one word."""
    lines = [record.replace(" ", "\t") for record in records]
    return PAIR_HEADER + "".join(f"{line}\r\n" for line in lines)


def pair_line(first: str, second: str, days: str = "20200101 *", indicator: str = "1") -> str:
    """Write one record of the pairs, blank where it says whether the edit is older than 1996."""
    return f"{first} {second}  {days} {indicator} Misuse"


def mue_text(values: Mapping[str, int], words: str = "Practitioner Services") -> str:
    """Write an MUE table with its notice and its header over two lines."""
    head = f'"HCPCS/\nCPT Code",{words} MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
    records = (
        f"{code},{value},2 Date of Service Edit: Policy,CMS Policy\n" for code, value in values.items()
    )
    return '"Codes are copyright \nof their owner.",,,\n' + head + "".join(records)


def add_on_text(*records: str) -> str:
    """Write add-on code edits: ``type,code,,primary,,first day,last day,note``."""
    head = (
        "AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,"
        "AOC_Edit_EffDT,AOC_Edit_DelDT,Special_Instruction_Notes\n"
    )
    return head + "".join(f"{record}\n" for record in records)


def hcpcs_text(codes: Mapping[str, str]) -> str:
    """Write HCPCS Level II in columns: codes with their short descriptions, all from 2020-01-01 on."""
    names = ["HCPC", "SEQNUM", *list(COLUMNS)[1:]]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name.replace("MULT PI", "MULT_PI").replace("ASC ", "ASC_") for name in names])
    for code, description in codes.items():
        cells = {
            "HCPC": f"{code:>5}",
            "SEQNUM": "0010",
            "RECID": "3" if len(code) == 5 else "7",
            "LONG DESCRIPTION": f"{description}, each",
            "SHORT DESCRIPTION": description,
            "ADD DT": "20200101",
            "ACT EFF DT": "20200101",
        }
        writer.writerow([cells.get(name, "") for name in names])
    return text.getvalue()


def addendum_b_text(codes: Mapping[str, str]) -> str:
    """Write OPPS Addendum B: codes with their status indicator."""
    head = (
        "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2024,,,,,,,,,\n"
        "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,"
        'Minimum Unadjusted Copayment,"Note: Actual copayments would be lower",* Indicates a Change\n'
    )
    return head + "".join(f"{code},Thing of a kind,{status},,,,,,,\n" for code, status in codes.items())


def rbcs_text(*records: str) -> str:
    """Write the RBCS: ``code,procedure,category,subcategory,family,added,ended,effective``."""
    head = (
        "hcpcs_code,rbcs_procedure,rbcs_category,rbcs_subcategory,rbcs_family,"
        "hcpcs_date_added,hcpcs_date_ended,rbcs_date_effective\n"
    )
    return head + "".join(f"{record}\n" for record in records)
