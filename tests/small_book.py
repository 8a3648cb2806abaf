"""A small code book from published files of many kinds, its content invented, for reports and commands."""

from collections.abc import Mapping
from pathlib import Path

from tests.codebook.made import (
    ADD_ONS,
    ADDENDUM_B,
    HCPCS,
    MUES,
    RBCS,
    add_on_text,
    addendum_b_text,
    hcpcs_text,
    mue_text,
    rbcs_text,
)

from claimrules.codebook import build_book

PAGES = Path(__file__).parent / "data" / "pages"
PRIMARIES = tuple(f"G{number:04d}" for number in range(101, 126))
_HEADER = (
    "hcpcs,mod,description,status_code,not_used_for_medicare_payment,work_rvu,non_fac_pe_rvu,"
    "non_fac_indicator,facility_pe_rvu,facility_indicator,mp_rvu,non_facility_total,facility_total,pctc_ind,"
    "glob_days,pre_op,intra_op,post_op,mult_proc,bilat_surg,asst_surg,co_surg,team_surg,endo_base,"
    "conv_factor,physician_supervision_of_diagnostic_procedures,calculation_flag,"
    "diagnostic_imaging_family_indicator,a,b,c"
)
_PLAIN = {
    "mod": "",
    "description": "Thing of a kind",
    "status_code": "A",
    "not_used_for_medicare_payment": "",
    "work_rvu": "3.26",
    "non_fac_pe_rvu": "6.44",
    "non_fac_indicator": "",
    "facility_pe_rvu": "1.79",
    "facility_indicator": "",
    "mp_rvu": "0.43",
    "pctc_ind": "0",
    "glob_days": "000",
    "pre_op": "0.10",
    "intra_op": "0.80",
    "post_op": "0.10",
    "mult_proc": "2",
    "bilat_surg": "0",
    "asst_surg": "1",
    "co_surg": "0",
    "team_surg": "0",
    "endo_base": "",
    "conv_factor": "33.2875",
    "physician_supervision_of_diagnostic_procedures": "09",
    "diagnostic_imaging_family_indicator": "99",
}


def fee_text(*records: Mapping[str, str]) -> str:
    """Write a fee schedule with one line of header; a record names the cells that differ."""
    names = _HEADER.split(",")
    lines = [",".join({**_PLAIN, **record}.get(name, "0") for name in names) for record in records]
    return "\n".join([_HEADER, *lines, ""])


def write_files(folder: Path) -> list[Path]:
    """Write the published files, and give their paths."""
    old = [
        {"hcpcs": "G0105", "description": "Colorectal scrn; hi risk ind"},
        {"hcpcs": "G0105", "mod": "53", "description": "Colorectal scrn; hi risk ind", "work_rvu": "1.63"},
        {"hcpcs": "G0412", "glob_days": "090", "bilat_surg": "1", "asst_surg": "0"},
        {"hcpcs": "G0130", "pctc_ind": "1", "glob_days": "XXX"},
        {"hcpcs": "G0130", "mod": "26", "pctc_ind": "1", "glob_days": "XXX"},
        {"hcpcs": "G0130", "mod": "TC", "pctc_ind": "1", "glob_days": "XXX"},
        {"hcpcs": "G0999"},
    ]
    new = [{**record, "conv_factor": "32.3465"} for record in old[:-1]]
    new[2] |= {"bilat_surg": "2"}
    texts = {
        "rvu24c.csv": fee_text(*old),
        "rvu24d.csv": fee_text(*new, {"hcpcs": "G0998"}),
        MUES: mue_text({"G0105": 1, "G0412": 0}),
        ADD_ONS: add_on_text(
            *(f"1,G0500,,{code},,2024001,," for code in PRIMARIES), "2,G0501,,CCCCC,,2024001,,only so"
        ),
        HCPCS: hcpcs_text(
            {"G0105": "Colorectal scrn; hi risk ind", "E0601": "Airway device", "XS": "Separate"}
        ),
        ADDENDUM_B: addendum_b_text({"G0105": "T", "E0601": "Y"}),
        RBCS: rbcs_text("G0105,Other,Procedure,Digestive,No RBCS Family,1998-01-01,,2014-01-01"),
    }
    paths = []
    for name, text in texts.items():
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    return [*paths, *sorted(PAGES.glob("*.txt"))]


def small_book(folder: Path) -> Path:
    """Build the book, and give its path."""
    path = folder / "small.claimbook"
    build_book(write_files(folder), path)
    return path
