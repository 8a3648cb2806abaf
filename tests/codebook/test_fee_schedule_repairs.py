"""A schedule that somebody exported: one header line, lost zeros, binary fractions."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import fee_schedule, fee_schedule_derived, fee_schedule_fixed
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FeeRow, FeeSchedule

Opened = Callable[..., PublishedFile]
Export = Callable[..., PublishedFile]

_CELLS = {
    "hcpcs": "G0105",
    "mod": "",
    "description": "Colorectal scrn; hi risk ind",
    "status_code": "A",
    "not_used_for_medicare_payment": "",
    "work_rvu": "3.26",
    "non_fac_pe_rvu": "6.44",
    "non_fac_indicator": "NA",
    "facility_pe_rvu": "0.07000000000000002",
    "facility_indicator": "",
    "mp_rvu": "0.0",
    "pctc_ind": "0",
    "glob_days": "10",
    "pre_op": "0.1",
    "intra_op": "0.8300000000000001",
    "post_op": "0.07000000000000002",
    "mult_proc": "2",
    "bilat_surg": "0",
    "asst_surg": "1",
    "co_surg": "0",
    "team_surg": "0",
    "endo_base": "",
    "conv_factor": "36.089600000000004",
    "physician_supervision_of_diagnostic_procedures": "9",
    "calculation_flag": "0",
    "diagnostic_imaging_family_indicator": "4",
}


@pytest.fixture
def export(tmp_path: Path, opened: Opened) -> Export:
    """Write an export; records are the cells that differ."""

    def write(*records: Mapping[str, str], name: str = "pprrvu_rvu20d_oct.csv") -> PublishedFile:
        lines = [_CELLS, *({**_CELLS, **record} for record in records)]
        path = tmp_path / name
        text = "\n".join([",".join(_CELLS), *(",".join(cells.values()) for cells in lines[1:])])
        path.write_text(text + "\n")
        return opened(path)

    return write


def _rows(result: ReadResult) -> dict[str, dict[str, FeeRow]]:
    (table,) = result.tables
    assert isinstance(table, FeeSchedule)
    return {code: dict(rows) for code, rows in table.rows.items()}


def _few(result: ReadResult) -> list[str]:
    return [str(note) for note in result.warnings if "not a complete schedule" not in note.text]


def test_an_export_is_recognised_and_named(export: Export) -> None:
    """By its header; the edition stands in the file name only."""
    file = export({})
    detected = [reader.detect(file) for reader in (fee_schedule, fee_schedule_fixed, fee_schedule_derived)]
    assert detected == [False, False, True]
    edition = fee_schedule_derived.read(file).tables[0].edition
    assert (edition.name, edition.effective, edition.released) == ("RVU20D", date(2020, 10, 1), None)
    with pytest.raises(BuildError, match="does not say its quarter"):
        fee_schedule_derived.read(export({}, name="export.csv"))


def test_lost_zeros_and_binary_fractions_are_undone(export: Export) -> None:
    """Each kind is counted with its first lines."""
    result = fee_schedule_derived.read(export({}, {"hcpcs": "100", "glob_days": "0"}, {"glob_days": "XXX"}))
    rows = _rows(result)
    assert list(rows) == ["G0105", "00100"]
    row = rows["G0105"][""]
    assert (row.global_days, row.supervision, row.imaging_family) == ("010", "09", "04")
    assert (row.pre, row.intra, row.post) == (10, 83, 7)
    assert (row.facility_pe_rvu, row.conversion_factor) == (Decimal("0.07"), Decimal("36.0896"))
    assert (row.nonfacility_na, row.not_used, row.pricing) == ("NA", "", None)
    assert rows["00100"][""].global_days == "000"
    rounded = "numbers with the rounding error of a binary fraction (0.30000000000000004), rounded"
    assert {note.text: note.count for note in result.warnings[:5]} == {
        "HCPCS: had lost its leading zeros, restored": 1,
        "global_days: had lost its leading zeros, restored": 2,
        "supervision: had lost its leading zeros, restored": 3,
        "imaging_family: had lost its leading zeros, restored": 3,
        rounded: 12,
    }


def test_a_padded_code_that_is_there_as_well_is_not_restored(export: Export) -> None:
    """The short one is then something else; it is lost, and an absent code proves nothing."""
    result = fee_schedule_derived.read(export({"hcpcs": "100"}, {"hcpcs": "00100"}))
    assert list(_rows(result)) == ["00100"]
    assert [str(note) for note in result.skipped] == [
        "HCPCS '100' has lost its leading zeros, and 00100 is there as well (line 2)"
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ({"physician_supervision_of_diagnostic_procedures": "7"}, "supervision: '7'"),
        ({"glob_days": "9"}, "global_days: '9'"),
        ({"work_rvu": "0.1234567"}, "work_rvu: '0.1234567'"),
        ({"work_rvu": "1e3"}, "work_rvu: '1e3'"),
        ({"pre_op": "10"}, "pre: '10'"),
        ({"pre_op": "0.105"}, "pre: '0.105'"),
    ],
)
def test_what_is_ambiguous_is_left_open(export: Export, cell: dict[str, str], value: str) -> None:
    """No value of the layout has these digits."""
    result = fee_schedule_derived.read(export(cell))
    assert f"{value} is not a value it can have; left open (line 2)" in _few(result)


def test_an_export_without_a_column_is_refused(export: Export, tmp_path: Path, opened: Opened) -> None:
    """The error names the column."""
    export({})
    path = tmp_path / "pprrvu_rvu20d_oct.csv"
    path.write_text(path.read_text().replace("co_surg", "two_surgeons"))
    assert fee_schedule_derived.detect(opened(path))
    with pytest.raises(BuildError, match="line 1: no column named 'co_surg' in the header"):
        fee_schedule_derived.read(opened(path))
