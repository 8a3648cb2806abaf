"""Cells of published files, and what their names say."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import naming, values
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile


def _published(folder: Path, name: str, declared: Declared) -> PublishedFile:
    path = folder / name
    path.write_text("anything\n", encoding="utf-8")
    (file,) = open_published(path, declared)
    assert isinstance(file, PublishedFile)
    return file


@pytest.mark.parametrize("text", ["A4206", "00100", "0001U", "12345"])
def test_codes_are_five_digits_or_capitals(text: str) -> None:
    """Leading zeros count; a code is text."""
    assert values.is_code(text)


@pytest.mark.parametrize("text", ["", "100", "a4206", "A4206 ", "A42066", "A420\n", "١٢٣٤٥", "A-206"])
def test_what_is_no_code(text: str) -> None:
    """Short, long, lower case, blanks, digits of other scripts."""
    assert not values.is_code(text)


def test_modifiers_are_two_digits_or_capitals() -> None:
    """As codes, but two characters."""
    assert [values.is_modifier(text) for text in ("50", "LT", "1P", "X", "lt", "")] == [True] * 3 + [
        False
    ] * 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        (" 12\xa0", 12),
        ("90,000", 90_000),
        ("007", 7),
        ("1.0", None),
        ("-1", None),
        ("1,00", None),
        ("", None),
        ("n/a", None),
        ("9" * 10, None),
    ],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    """Nothing is rounded, nothing is guessed."""
    assert values.whole(text) == number


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$7,683.85 ", "7683.85"),
        ("7683.85", "7683.85"),
        ("$ 0.00", "0.00"),
        (".5", "0.5"),
        ("12.", "12"),
        ("\xa0", None),
        ("", None),
        ("$", None),
        ("1,00.00", None),
        ("-1.00", None),
        ("1e5", None),
    ],
)
def test_amounts(text: str, amount: str | None) -> None:
    """Dollar sign, commas and blanks go; the decimals stay as published."""
    assert values.money(text) == (None if amount is None else Decimal(amount))


def test_compact_dates() -> None:
    """YYYYMMDD and nothing else."""
    assert values.compact_date(" 20240229 ") == date(2024, 2, 29)
    assert [values.compact_date(text) for text in ("20230229", "00000000", "2024029", "*", "")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2013091", date(2013, 4, 1)),
        ("2025365", date(2025, 12, 31)),
        ("2016366", date(2016, 12, 31)),
        ("2024001", date(2024, 1, 1)),
        ("9999365", date(9999, 12, 31)),
        ("2025366", None),
        ("2025000", None),
        ("0000001", None),
        ("20250101", None),
        ("", None),
    ],
)
def test_julian_dates(text: str, day: date | None) -> None:
    """The year and the day of that very year."""
    assert values.julian_date(text) == day


def test_filled() -> None:
    """Blank cells are ``None``, no-break spaces are blanks."""
    assert [values.filled(text) for text in ("\xa0 x \xa0", " \xa0", "")] == ["x", None, None]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", date(2024, 7, 1)),
        ("add-code-edits-medicare-effective-04012026.zip", date(2026, 4, 1)),
        ("medicare-ncci-2025-q4-practitioner-services-mue-table.zip", date(2025, 10, 1)),
        ("AOC_V2026Q2-MCR.xlsx", date(2026, 4, 1)),
        ("q3_2024.csv", date(2024, 7, 1)),
        ("MCD-MUE-PRA-v2014q1-F1-D.txt", date(2014, 1, 1)),
        ("ccipra-v302r0-f1.txt", date(2024, 7, 1)),
        ("ccioph-v322r0-f3.TXT", date(2026, 7, 1)),
        ("RVU25D.zip", date(2025, 10, 1)),
        ("RVU24AR.zip", date(2024, 1, 1)),
        ("PPRRVU22_JAN.csv", date(2022, 1, 1)),
        ("PPRRVU2025_Oct.txt", date(2025, 10, 1)),
        ("HCPC2020_OCT_anweb.xlsx", date(2020, 10, 1)),
        ("2026_April_Web_Addendum_B.03232026.csv", date(2026, 4, 1)),
        ("addendum_b_2026_04_derived.csv", date(2026, 4, 1)),
        ("20260401.zip", date(2026, 4, 1)),
        ("2026-04-01_AA.csv", date(2026, 4, 1)),
        ("jan_2026_released_dec_2025.csv", None),
        ("asc_20251219.csv", None),
        ("table_eff_13-41-2024.csv", None),
        ("HCPC2019_CONTR_ANWEB.txt", None),
        ("march_of_the_codes.csv", None),
        ("AA.csv", None),
    ],
)
def test_the_date_in_a_name(name: str, day: date | None) -> None:
    """Effective dates, quarters, versions, months; never a release date, never a guess."""
    assert naming.date_in(name) == day


def test_a_year_alone_counts_only_where_it_is_asked_for() -> None:
    """Annual files are named after their year."""
    assert naming.date_in("HCPC2019_CONTR_ANWEB.txt", year_alone=True) == date(2019, 1, 1)
    assert naming.date_in("2019_to_2020.txt", year_alone=True) is None


def test_name_then_container_then_caller(tmp_path: Path) -> None:
    """What the name says wins over what the caller declares."""
    declared = Declared(effective=date(2023, 4, 1), setting="dme")
    named = _published(tmp_path, "hospital_2024Q3.csv", declared)
    assert naming.effective_date(named, "x") == date(2024, 7, 1)
    assert naming.setting(named, "x") == "outpatient"
    unnamed = _published(tmp_path, "table.csv", declared)
    assert naming.effective_date(unnamed, "x") == date(2023, 4, 1)
    assert naming.setting(unnamed, "x") == "dme"


def test_a_silent_file_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    """The error shows a published name and the option."""
    file = _published(tmp_path, "table.csv", Declared())
    with pytest.raises(
        BuildError, match=r"table\.csv: the file does not say its quarter.*V2026Q2.*--effective"
    ):
        naming.effective_date(file, "AOC_V2026Q2-MCR.xlsx")
    with pytest.raises(BuildError, match=r"table\.csv: the file does not say its setting.*--setting"):
        naming.setting(file, "ccipra-v302r0-f1.txt")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", "professional"),
        ("MCR_MUE_OutpatientHospitalServices_Eff_07-01-2024.csv", "outpatient"),
        ("MCR_MUE_DMESupplierServices_Eff_07-01-2024.csv", "dme"),
        ("ccipra-v302r0-f1.txt", "professional"),
        ("ccioph-v302r0-f1.txt", "outpatient"),
        ("MCD-MUE-OPH-v2014q1.txt", "outpatient"),
        ("practitioner_and_hospital.csv", None),
        ("prague.csv", None),
    ],
)
def test_the_setting_in_a_name(name: str, setting: str | None) -> None:
    """Words and the abbreviations of the published names."""
    assert naming.setting_in(name) == setting


def test_the_program_in_a_name() -> None:
    """The agency's own name says Medicaid and means nothing."""
    assert naming.program_in("medicaid-ncci-2026-q2-mue-edits-practitioner-services.zip") == "medicaid"
    assert naming.program_in("MCD_MUE_PractitionerServices.csv") == "medicaid"
    assert naming.program_in("Centers for Medicare & Medicaid Services") == "medicare"
    assert naming.program_in("MCR_MUE_PractitionerServices.csv") == "medicare"


def test_quarter_names() -> None:
    """Every month has its quarter."""
    names = [naming.quarter_name(date(2024, month, 1)) for month in (1, 3, 4, 7, 10, 12)]
    assert names == ["2024Q1", "2024Q1", "2024Q2", "2024Q3", "2024Q4", "2024Q4"]
