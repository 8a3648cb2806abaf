"""Reads a fee schedule that somebody exported as CSV with one header line of names like ``bilat_surg``.

It has neither title nor release date: the edition comes from the file name (``rvu20d``). Such exports
lost leading zeros and wrote binary fractions; ``fee_schedule_value`` undoes it.
"""

from typing import Final

from claimrules.codebook.readers.fee_schedule_issue import find_issue
from claimrules.codebook.readers.fee_schedule_record import Reading
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult

_COLUMNS: Final = {
    "code": "hcpcs",
    "row": "mod",
    "label": "description",
    "status": "status_code",
    "not_used": "not_used_for_medicare_payment",
    "work_rvu": "work_rvu",
    "nonfacility_pe_rvu": "non_fac_pe_rvu",
    "nonfacility_na": "non_fac_indicator",
    "facility_pe_rvu": "facility_pe_rvu",
    "facility_na": "facility_indicator",
    "malpractice_rvu": "mp_rvu",
    "pctc": "pctc_ind",
    "global_days": "glob_days",
    "pre": "pre_op",
    "intra": "intra_op",
    "post": "post_op",
    "multiple_procedure": "mult_proc",
    "bilateral": "bilat_surg",
    "assistant": "asst_surg",
    "co_surgeon": "co_surg",
    "team": "team_surg",
    "pricing": "pric_ind",
    "endoscopic_base": "endo_base",
    "conversion_factor": "conv_factor",
    "supervision": "physician_supervision_of_diagnostic_procedures",
    "imaging_family": "diagnostic_imaging_family_indicator",
}
_OPTIONAL: Final = frozenset({"pricing"})
_KNOWN_BY: Final = frozenset({"hcpcs", "mod", "status_code", "glob_days", "mult_proc"})


def detect(file: PublishedFile) -> bool:
    """Recognise the header line by some of its names."""
    first = file.head.strip().split("\n", 1)[0].lower()
    return {name.strip(' "\r') for name in first.replace("\t", ",").split(",")} >= _KNOWN_BY


def read(file: PublishedFile) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: a column is missing, the name does not tell the quarter, or no record can be read.
    """
    records = file.rows()
    line, header = next(records)
    names = [name.lower() for name in header]
    for field, name in _COLUMNS.items():
        if names.count(name) != 1 and not (field in _OPTIONAL and name not in names):
            fault = "no column" if name not in names else "more than one column"
            text = f"{fault} named {name!r} in the header; export the table again"
            raise file.error(text, line)
    columns = {field: names.index(name) for field, name in _COLUMNS.items() if name in names}
    issue = find_issue(file)
    reading = Reading(columns, len(header))
    reading.read(records)
    return reading.result(file, issue, line + 1)
