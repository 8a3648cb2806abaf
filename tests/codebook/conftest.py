"""Small published files and small tables for the tests of the code book."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.tables import FeeRow, FeeSchedule, MueRow, MueTable
from claimrules.model.edition import Edition, Table, snapshot_end

COVERS = ("nnnnn", "nnnnT", "nnnnF")

_LOWER = (
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,"
    "OP,PROC,SURG,SURG,SURG,SURG,{pricing}BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT"
)
_UPPER = (
    ",,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,"
    "BILAT,ASST,CO-,TEAM,{pricing}ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT"
)
_BLANK_CELLS = {
    "code": "G0105",
    "row": "",
    "label": "Colorectal scrn; hi risk ind",
    "status": "A",
    "not_used": "",
    "work": "3.26",
    "nonfacility": "6.44",
    "nonfacility_na": "",
    "facility": "1.79",
    "facility_na": "",
    "malpractice": "0.43",
    "total": "10.13",
    "facility_total": "5.48",
    "pctc": "0",
    "global_days": "000",
    "pre": "0.00",
    "intra": "0.00",
    "post": "0.00",
    "multiple_procedure": "2",
    "bilateral": "0",
    "assistant": "1",
    "co_surgeon": "0",
    "team": "0",
    "pricing": "1",
    "endoscopic_base": "",
    "conversion_factor": "32.3465",
    "supervision": "09",
    "flag": "0",
    "imaging_family": "99",
    "cap_1": "0.00",
    "cap_2": "0.00",
    "cap_3": "0.00",
}

Published = Callable[..., Path]
Opened = Callable[..., PublishedFile]
Schedule = Callable[..., FeeSchedule]
Mue = Callable[..., MueTable]


def _record(cells: Mapping[str, str], *, pricing: bool) -> str:
    full = {**_BLANK_CELLS, **cells}
    return ",".join(value for name, value in full.items() if pricing or name != "pricing")


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """Write a relative value file in the published layout; records are cells or whole lines."""

    def write(  # noqa: PLR0913 (every part of the file can be bent)
        records: Iterable[Mapping[str, str] | str] = ({},),
        *,
        name: str = "PPRRVU.csv",
        title: str = "2025 National Physician Fee Schedule Relative Value File October Release",
        released: str = "RELEASED 09/11/2025",
        pricing: bool = False,
        above: Iterable[str] = (),
        end: str = "\x1a,,",
    ) -> Path:
        column = "{0}," if pricing else ""
        lines = [
            f",,{title},,,",
            ",,CPT codes and descriptions only are copyright American Medical Association.,,,",
            *above,
            f",,{released},,,",
            _UPPER.format(pricing=column.format("PRIC")),
            _LOWER.format(pricing=column.format("IND")),
            *(record if isinstance(record, str) else _record(record, pricing=pricing) for record in records),
            end,
        ]
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in lines if line).encode("latin-1"))
        return path

    return write


@pytest.fixture
def opened() -> Opened:
    """Open the one published file at a path."""

    def only(path: Path, declared: Declared = Declared()) -> PublishedFile:  # noqa: B008 (a frozen value)
        (file,) = open_published(path, declared)
        assert isinstance(file, PublishedFile)
        return file

    return only


@pytest.fixture
def schedule() -> Schedule:
    """Make a fee schedule: codes with their rows, each a mapping of attributes."""

    def make(
        effective: date,
        rows: Mapping[str, Mapping[str, Mapping[str, str]]],
        *,
        name: str = "",
        complete: bool = True,
        released: date | None = None,
    ) -> FeeSchedule:
        edition = Edition(
            name=name or f"RVU {effective}",
            table=Table.FEE_SCHEDULE,
            effective=effective,
            ends=snapshot_end(effective),
            covers=COVERS,
            complete=complete,
            released=released,
        )
        fees = {
            code: {row: FeeRow(**values) for row, values in each.items()}  # type: ignore[arg-type]
            for code, each in rows.items()
        }
        return FeeSchedule(edition=edition, rows=fees)

    return make


@pytest.fixture
def mue() -> Mue:
    """Make an MUE table of one setting: codes with their values."""

    def make(effective: date, setting: str, values: Mapping[str, int]) -> MueTable:
        edition = Edition(
            name=f"MUE {setting} {effective}",
            table=Table.MUE,
            setting=setting,
            effective=effective,
            ends=snapshot_end(effective),
            complete=True,
        )
        rows = {code: MueRow(value, "2", "CMS Policy") for code, value in values.items()}
        return MueTable(edition=edition, rows=rows)

    return make
