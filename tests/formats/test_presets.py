"""Layouts as data: found by the header, said out loud, overruled by what the caller says."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimrules.formats.columns import FIELDS
from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.preset import BY_BILL, presets
from claimrules.formats.reader import ReadOptions
from claimrules.formats.scan import read_plain
from claimrules.formats.tabular import TableReader
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Rejected
from claimrules.model.form import read_date

CARRIER = (
    "BENE_ID|CLM_ID|NCH_CLM_TYPE_CD|LINE_NUM|PRF_PHYSN_NPI|CARR_CLM_BLG_NPI_NUM|PRVDR_SPCLTY|LINE_SRVC_CNT|"
    "LINE_PLACE_OF_SRVC_CD|LINE_1ST_EXPNS_DT|LINE_LAST_EXPNS_DT|HCPCS_CD|HCPCS_1ST_MDFR_CD|HCPCS_2ND_MDFR_CD|"
    "LINE_SBMTD_CHRG_AMT|ICD_DGNS_CD1|ICD_DGNS_CD2"
)
CARRIER_ROW = "P|C|71|1|1912301953|1234567893|41|2|11|30-May-2015|30-May-2015|G0105|50||12.50|K2970|I10"
OUTPATIENT = (
    "BENE_ID|CLM_ID|NCH_CLM_TYPE_CD|CLM_FAC_TYPE_CD|CLM_SRVC_CLSFCTN_TYPE_CD|CLM_FREQ_CD|ORG_NPI_NUM|CLM_LINE_NUM|"
    "REV_CNTR|REV_CNTR_DT|HCPCS_CD|HCPCS_1ST_MDFR_CD|REV_CNTR_UNIT_CNT|REV_CNTR_TOT_CHRG_AMT|RNDRNG_PHYSN_NPI"
)
TUVA = (
    "claim_id,claim_line_number,claim_type,person_id,bill_type_code,place_of_service_code,revenue_center_code,"
    "service_unit_quantity,hcpcs_code,hcpcs_modifier_1,claim_line_start_date,claim_line_end_date,charge_amount"
)
SYNPUF = ",".join(
    ["DESYNPUF_ID", "CLM_ID", "CLM_FROM_DT", "CLM_THRU_DT"]
    + [f"PRF_PHYSN_NPI_{n}" for n in range(1, 14)]
    + [f"HCPCS_CD_{n}" for n in range(1, 14)]
)


def read_days(text: str) -> date | None:
    """Read a date of a frame, as its engine does."""
    return read_date(text)[0]


def read(header: str, *rows: str, **options: object) -> tuple[list[ClaimLine], list[str], TableReader]:
    """Read a table: lines, reasons, the reader."""
    raw = "\n".join((header, *rows)).encode()
    with open_lines(io.BytesIO(raw), ReadOptions(**options)) as reader:  # type: ignore[arg-type]
        entries = list(reader)
    assert isinstance(reader, TableReader)
    lines = [entry for entry in entries if isinstance(entry, ClaimLine)]
    return lines, [entry.reason for entry in entries if isinstance(entry, Rejected)], reader


def test_every_preset_names_fields_that_there_are() -> None:
    """And settings that there are."""
    assert set(presets()) == {
        *("cms-rif-carrier", "cms-rif-dme", "cms-rif-outpatient", "desynpuf-carrier", "generic"),
        "tuva-medical-claim",
    }
    for preset in presets().values():
        assert {*preset.columns, *preset.joined} <= set(FIELDS)
        if preset.setting_by:
            assert set(preset.setting_by.values.values()) <= {*Setting, BY_BILL}


def test_a_carrier_file_of_cms() -> None:
    """Columns, dates, diagnoses over several columns, and the setting by the type of the claim."""
    lines, reasons, reader = read(CARRIER, CARRIER_ROW, CARRIER_ROW.replace("|71|", "|82|"))
    assert reasons == []
    line = lines[0]
    assert str(line) == ("G0105-50 x2 2015-05-30 @11 $12.50 by:1912301953 bill:1234567893 spec:41 patient:P")
    assert line.facts is not None
    assert line.facts.diagnoses == ("K2970", "I10")
    assert [each.setting for each in lines] == ["professional", "dme"]
    assert reader.notes[0] == (
        "the header is that of cms-rif-carrier (CMS research identifiable file, carrier), and is read so"
    )
    assert "from_date is read as d-mon-yyyy" in reader.notes


def test_an_outpatient_file_of_cms() -> None:
    """The type of bill stands in three columns; other institutional claims are rejected, or asked for."""
    row = "P|C|40|1|3|1|1234567893|7|0450|30-May-2015|G0105|PO|1|99.5|1912301953"
    (line,), reasons, _ = read(OUTPATIENT, row, row.replace("|40|", "|60|"))
    assert (line.setting, line.revenue_code, line.line_id) == (Setting.OUTPATIENT, "0450", "7")
    assert (line.charge, line.modifiers) == (Decimal("99.5"), ("PO",))
    assert line.facts is not None
    assert line.facts.bill_type == "131"
    assert len(reasons) == 1
    assert reasons[0].startswith("its NCH_CLM_TYPE_CD is of no kind that a table here covers")
    assert len(read(OUTPATIENT, row.replace("|40|", "|60|"), setting=Setting.OUTPATIENT)[0]) == 1


def test_a_delimiter_behind_the_last_column() -> None:
    """CMS ends rows so; behind a comma it may be a shifted row, which is rejected."""
    assert len(read(CARRIER, CARRIER_ROW + "|")[0]) == 1
    assert read("code,units", "G0105,1,")[1] == ["has 3 columns where the header has 2"]


def test_thirteen_lines_in_a_row() -> None:
    """Each group with a code or a provider is a line; a row without any is rejected."""
    codes = ["G0105", "", "G0121", *[""] * 10]
    npis = ["NPI1", "", "NPI3", "NPI4", *[""] * 9]
    row = ",".join(["P", "C", "20080115", "20080116", *npis, *codes])
    lines, reasons, reader = read(SYNPUF, row, ",".join(["P", "D", "20080115", "", *[""] * 26]))
    assert [(line.code, line.provider, line.line_id) for line in lines] == [
        ("G0105", "NPI1", "1.1"),
        ("G0121", "NPI3", "1.3"),
        (None, "NPI4", "1.4"),
    ]
    assert {(line.patient, line.claim_id, str(line.to_date)) for line in lines} == {("P", "C", "2008-01-16")}
    assert reasons == ["has no code in any of its 13 groups of columns"]
    assert "no column for units: they are unknown" in reader.assumptions


def test_a_table_of_tuva() -> None:
    """The type of bill decides the setting of an institutional line."""
    rows = (
        "C,1,professional,P,,11,,1,G0105,50,2023-01-15,2023-01-15,10",
        "C,2,institutional,P,131,,0450,1,G0105,,2023-01-15T00:00:00,,10",
        "C,3,institutional,P,111,,0450,1,G0105,,2023-01-15,,10",
        "C,4,pharmacy,P,,,,1,G0105,,2023-01-15,,10",
    )
    lines, reasons, _ = read(TUVA, *rows)
    assert [line.setting for line in lines] == ["professional", "outpatient"]
    assert lines[0].from_date == lines[1].to_date
    assert len(reasons) == 2
    assert "claim_type" in reasons[0]


def test_a_mapping_goes_before_the_preset() -> None:
    """And a preset before well-known names."""
    (line,), _, _ = read(CARRIER, CARRIER_ROW, mapping={"provider": "CARR_CLM_BLG_NPI_NUM"})
    assert line.provider == "1234567893"
    (line,), _, reader = read(CARRIER, CARRIER_ROW, preset="generic")
    assert (line.code, line.specialty) == ("G0105", "41")
    assert not any("cms-rif" in note for note in reader.notes)


def test_a_preset_that_does_not_fit() -> None:
    """Every column that is needed and missing is named, with the nearest."""
    with pytest.raises(ReadError) as caught:
        read(CARRIER.replace("HCPCS_CD|", "HCPCS_CDE|"), CARRIER_ROW, preset="cms-rif-carrier")
    assert "the header has no HCPCS_CD (nearest: hcpcs_cde" in str(caught.value)
    with pytest.raises(ReadError, match="there is none of that name"):
        read("code", preset="other")


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (CARRIER, [CARRIER_ROW, CARRIER_ROW.replace("|71|", "|81|").replace("30-May-2015", "31-JUN-2015")]),
        (OUTPATIENT, ["P|C|40|1|3|1|1234567893|7|0450|1/15/2023|G0105|PO|1|99.5|1912301953"]),
        ("code,dos", ["G0105,1/15/2023", "G0105,2/1/2023", "G0105,x"]),
    ],
)
def test_frames_are_read_alike(tmp_path: Path, header: str, rows: list[str]) -> None:
    """Dates, settings, joined columns: the frame holds what the line reader read."""
    pytest.importorskip("polars")
    path = tmp_path / "claims.txt"
    path.write_text("\n".join((header, *rows)) + "\n")
    with open_lines(path) as reader:
        frame = read_plain(reader, "")
        assert frame is not None
        lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
    days = [str(line.from_date) if line.from_date else None for line in lines]
    assert [str(day) if day else None for day in map(read_days, frame["from_date"])] == days
    if "setting" in frame.columns:
        assert frame["setting"].to_list() == [line.setting for line in lines]
    if "bill_type" in frame.columns:
        assert frame["bill_type"].to_list() == ["131"]


def test_frames_leave_what_must_be_rejected_to_the_line_reader(tmp_path: Path) -> None:
    """A claim type that no table covers is left out by its number; several lines in a row are no frame."""
    pytest.importorskip("polars")
    path = tmp_path / "claims.txt"
    path.write_text(f"{CARRIER}\n{CARRIER_ROW.replace('|71|', '|60|')}\n{CARRIER_ROW}\n")
    with open_lines(path) as reader:
        frame = read_plain(reader, "")
        assert frame is not None
        assert frame.height == 1
        assert reader.refused == [1]
    with open_lines(path) as reader:
        assert ["kind that a table" in entry.reason for entry in reader.rejected(frozenset((1,)))] == [True]
    path.write_text(f"{SYNPUF}\n{',' * 29}\n")
    with open_lines(path) as reader:
        assert read_plain(reader, "") is None


@pytest.mark.parametrize("name", ["frequency", "claim_frequency", "frequency_code", "CLM_FREQ_CD"])
def test_the_frequency_of_claims_by_its_names(name: str) -> None:
    """And the claim that is replaced: a word says that no line of it is given."""
    header = f"claim_id,code,from_date,{name},original_claim_id"
    rows = ("C1,G0105,2025-11-03,7,C0", "C2,G0105,2025-11-03,1,", "C3,G0105,2025-11-03,7,None")
    lines, _, _ = read(header, *rows)
    told = [
        (line.facts.frequency, line.facts.replaces, line.facts.replaces_none) for line in lines if line.facts
    ]
    assert told == [("7", "C0", None), ("1", None, True), ("7", "", True)]


def test_the_frequency_of_a_hospitals_research_file() -> None:
    """It stands in a column of its own, and ends the type of bill."""
    lines, _, _ = read(OUTPATIENT, "P|C|40|1|3|7|1234567893|1|0450|03-Nov-2025|G0105||1|100|1912301953")
    assert [(line.facts.bill_type, line.facts.told_frequency) for line in lines if line.facts] == [
        ("137", "7")
    ]
