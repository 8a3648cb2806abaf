"""The starter: what it holds, what it may not hold, and that it says what it is."""

from collections.abc import Iterator
from datetime import date

from claimrules.codebook import CodeBook, FeeRow, FeeSchedule, MueTable
from claimrules.codebook.schema import BLANK_SPEAKS
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Table, code_shape
from claimrules.model.indicator import INDICATORS

DAY = date(2025, 11, 3)

RBCS_GROUPS = {
    "Anesthesia: Anesthesia",
    "E&M: E&M - Miscellaneous",
    "E&M: Office/Outpatient Services",
    "Imaging: Standard X-ray",
    "Procedure: Digestive/Gastrointestinal",
    "Procedure: Musculoskeletal",
    "Procedure: Other Organ Systems",
    "Test: Cardiography",
    "Test: General Laboratory",
    "Treatment: Injections and Infusions (nononcologic)",
}
"""Groups of the public Restructured BETOS Classification System, 2024: category and subcategory."""


def _tables() -> Iterator[object]:
    book = CodeBook.starter()
    for position in range(len(book.editions)):
        yield book._tables.table(position)  # noqa: SLF001


def _fees() -> dict[tuple[str, str], FeeRow]:
    (schedule,) = (table for table in _tables() if isinstance(table, FeeSchedule))
    return {(code, row): fee for code, rows in schedule.rows.items() for row, fee in rows.items()}


def test_about_sixty_codes_and_forty_of_level_ii() -> None:
    """The sentence about the starter counts them."""
    codes = {code for code, _ in _fees()}
    codes |= {code for table in _tables() if isinstance(table, MueTable) for code in table.rows}
    level_ii = {code for code in codes if code_shape(code) == "Annnn"}
    assert 55 <= len(codes) <= 65
    assert len(level_ii) >= 40
    assert not any(code.startswith("D") for code in codes)
    assert CodeBook.starter().describe() == (
        f"This is the starter book: {len(codes)} codes of one quarter, for trying things out; "
        "load the published tables with: claimrules book build FILES... --output BOOK"
    )


def test_no_label_of_a_cpt_code_but_its_public_group() -> None:
    """Only HCPCS Level II codes have labels of their own."""
    labels = {fee.label for (code, _), fee in _fees().items() if code_shape(code) != "Annnn"}
    assert labels <= RBCS_GROUPS


def test_every_value_is_one_that_is_published() -> None:
    """No typing error can hide in an indicator."""
    for fee in _fees().values():
        for name, members in INDICATORS.items():
            value = getattr(fee, name, None)
            assert value in (None, *members) or (value == "" and name in BLANK_SPEAKS)


def test_it_holds_something_for_every_rule() -> None:
    """Every indicator value that a rule asks for occurs."""
    fees = _fees()
    wanted = {
        "bilateral": "01239",
        "assistant": "0129",
        "co_surgeon": "0129",
        "team": "0129",
        "pctc": "012345679",
        "status": "ABCEIJMNPRTX",
    }
    for name, values in wanted.items():
        assert {getattr(fee, name) for fee in fees.values()} == set(values), name
    assert {row for _, row in fees} == {"", "26", "TC", "53"}
    assert {fee.global_days for fee in fees.values()} == {"000", "010", "090", "XXX", "YYY", "ZZZ"}
    mues = [row for table in _tables() if isinstance(table, MueTable) for row in table.rows.values()]
    assert {row.mai for row in mues} == {"1", "2", "3"}
    assert any(row.value == 0 for row in mues)


def test_its_editions_are_honest() -> None:
    """One quarter, never complete, and the MUE editions say where their values come from."""
    book = CodeBook.starter()
    assert {(e.effective, e.ends) for e in book.editions} == {(date(2025, 10, 1), date(2025, 12, 31))}
    assert not any(edition.complete for edition in book.editions)
    assert [(e.name, e.setting) for e in book.editions] == [
        ("RVU25D", ""),
        ("STARTER MUE (values of July 2024)", "professional"),
        ("STARTER MUE (values of July 2024)", "outpatient"),
        ("STARTER MUE (values of July 2024)", "dme"),
    ]
    assert all("starter" in edition.source_file for edition in book.editions)
    assert book.is_starter
    assert book.info().is_starter
    assert "starter" in repr(book)


def test_the_seed_code_on_a_day_of_the_starter() -> None:
    """Ablation 47383: the attributes of October 2025 and the practitioner's MUE."""
    found = CodeBook.starter().code("47383", on=DAY)
    assert (found.status, found.pctc, found.global_days, found.multiple_procedure) == ("A", "0", "010", "2")
    assert (found.bilateral, found.assistant, found.co_surgeon, found.team) == ("0", "1", "0", "0")
    assert (found.pre, found.intra, found.post, found.imaging_family) == (10, 80, 10, "99")
    assert (found.mue, found.mai, found.in_force, found.rows) == (1, "2", "yes", frozenset({""}))
    assert found.label == "Procedure: Digestive/Gastrointestinal"


def test_absence_from_the_starter_says_nothing() -> None:
    """It is never complete: no code is unlisted because the starter lacks it."""
    found = CodeBook.starter().code("99999", on=DAY)
    assert (found.in_force, found.rows) == (None, None)
    assert found.cause(Table.FEE_SCHEDULE) is Cause.NO_CODE


def test_the_settings_differ() -> None:
    """A supply may be one thing to a practitioner and another to a supplier."""
    book = CodeBook.starter()
    values = [book.code("L1833", on=DAY, setting=setting).mue for setting in Setting]
    assert dict(zip(Setting, values, strict=True)) == {
        Setting.PROFESSIONAL: 0,
        Setting.OUTPATIENT: 2,
        Setting.ASC: 0,
        Setting.DME: 2,
    }
