"""Writes published files of invented content for the benchmark of the code book: the same every time."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SCHEDULE_CODES: Final = 19_000
MUE_CODES: Final = 14_000
PARTS: Final = 2
PARTNERS: Final = (3, 700)
"""Fewest and most column 2 codes of a column 1 code; the real files have 1 to 3,000."""

_UPPER: Final = (
    ",,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,"
    "BILAT,ASST,CO-,TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT"
)
_LOWER: Final = (
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,"
    "OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT"
)
_RECORD: Final = (
    "{code},,Invented service no {number},A,,{work},{pe},,{pe},,0.50,9.99,9.99,0,{days},0.10,0.80,0.10,2,"
    "{side},{assistant},0,0,,32.3465,09,0,99,0.00,0.00,0.00"
)
_PAIRS_HEAD: Final = (
    "Invented edits in the published layout\n\n\n\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n"
    "\t\tprior to 1996\tDate\tDate *=no data\t0=not allowed\n"
)


def write_published(folder: Path, pairs: int) -> tuple[list[Path], Path]:
    """Write a quarter: a schedule, an MUE table, pairs in two parts; and the schedule of the next quarter."""
    draw = random.Random(1)  # noqa: S311 (codes, not secrets)
    codes = sorted(f"{number:05d}" for number in draw.sample(range(100, 99_999), SCHEDULE_CODES - 1))
    codes.append("99999")
    quarter = [_schedule(folder, codes, "July", "JUL"), _mue(folder, codes), *_pairs(folder, codes, pairs)]
    return quarter, _schedule(folder, codes, "October", "OCT")


def _schedule(folder: Path, codes: list[str], month: str, short: str) -> Path:
    draw = random.Random(month)  # noqa: S311
    path = folder / f"PPRRVU24_{short}.csv"
    title = f",,2024 National Physician Fee Schedule Relative Value File {month} Release,,,"
    records = (
        _RECORD.format(
            code=code,
            number=number,
            work=f"{draw.randrange(4_000) / 100:.2f}",
            pe=f"{draw.randrange(900) / 100:.2f}",
            days=draw.choice(("000", "010", "090", "XXX")),
            side=draw.choice("0129"),
            assistant=draw.choice("0129"),
        )
        for number, code in enumerate(codes)
    )
    path.write_text("\n".join([title, ",,RELEASED 06/10/2024,,,", _UPPER, _LOWER, *records, ""]), "utf-8")
    return path


def _mue(folder: Path, codes: list[str]) -> Path:
    path = folder / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
    head = (
        "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale",
        *(
            f"{code},{number % 9},2 Date of Service Edit: Policy,Invented"
            for number, code in enumerate(codes)
        ),
    )
    path.write_text("\n".join([*head[: MUE_CODES + 1], ""]), "utf-8")
    return path


def _pairs(folder: Path, codes: list[str], pairs: int) -> Iterator[Path]:
    records = list(_edits(codes, pairs))
    size = -(-len(records) // PARTS)
    for part in range(PARTS):
        path = folder / f"ccipra-v302r0-f{part + 1}.txt"
        path.write_text(_PAIRS_HEAD + "".join(records[part * size : (part + 1) * size]), "utf-8")
        yield path


def _edits(codes: list[str], pairs: int) -> Iterator[str]:
    draw = random.Random(2)  # noqa: S311
    left = pairs
    for first in codes:
        for second in sorted(draw.sample(codes, min(left, draw.randrange(*PARTNERS)))):
            left -= 1
            day = f"20{draw.randrange(10, 24)}0101"
            yield f"{first}\t{second}\t\t{day}\t*\t{draw.choice('0119')}\tInvented rationale\n"
        if not left:
            return
