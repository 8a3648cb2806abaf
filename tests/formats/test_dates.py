"""Dates as exports write them: one format a column, nothing guessed, the same in frames."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimrules.formats.dates import (
    DAY_FIRST,
    DAY_NUMBER,
    DEFAULT,
    FORMATS,
    MONTH_FIRST,
    choose,
    reader_of,
    unlike,
)
from claimrules.formats.errors import ReadError
from claimrules.formats.iso_dates import iso_dates
from claimrules.formats.open import open_lines
from claimrules.formats.reader import ReadOptions
from claimrules.model.claim import ClaimLine
from claimrules.model.form import Form, read_date


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (DEFAULT, "2023-01-15"),
        (DEFAULT, "20230115"),
        (DEFAULT, "2023-01-15T00:00:00"),
        (DEFAULT, "2023-01-15 23:59:59.123+05:30"),
        (DEFAULT, " 2023-01-15T10:00Z "),
        (MONTH_FIRST, "1/15/2023"),
        (MONTH_FIRST, "01/15/2023 12:00:00 AM"),
        (MONTH_FIRST, "01-15-2023"),
        (MONTH_FIRST, "20230115"),
        (DAY_FIRST, "15.1.2023"),
        (DAY_FIRST, "15/01/2023 0:00"),
        ("yyyy/m/d", "2023/1/15"),
        ("d-mon-yyyy", "15-Jan-2023"),
        ("d-mon-yyyy", "15JAN2023"),
        ("d-mon-yyyy", "15 jan 2023"),
    ],
)
def test_the_forms_that_exports_use(name: str, text: str) -> None:
    """Each is found by itself, and read."""
    assert reader_of(name)(text) == (date(2023, 1, 15), Form.OK)
    assert choose([text, ""]) in {name, DEFAULT}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "10",
            "Tuesday",
            "1/15/23",
            "15-Jan-23",
            "2/30/2023",
            "1/15-2023",
            "13/13/2023",
            "44941",
            "2023-1-15",
        ),
        *("1/15/2023x", "1/15/2023 25", "15-Jxn-2023", "0/1/2023", "1/15/0223"),
    ],
)
def test_what_is_no_date_is_unreadable(text: str) -> None:
    """Two-digit years, serial numbers and days that do not exist are not repaired."""
    formats = [name for name in FORMATS if name != DAY_NUMBER]
    assert [reader_of(name)(text) for name in formats] == [(None, Form.UNREADABLE)] * len(formats)
    assert choose([text, "Tuesday"]) == DEFAULT


def test_a_day_above_twelve_tells_month_and_day_apart() -> None:
    """One cell is enough."""
    assert choose(["01/02/2023", "01/13/2023"]) == MONTH_FIRST
    assert choose(["01/02/2023", "13/01/2023"]) == DAY_FIRST


@pytest.mark.parametrize(
    "texts", [["01/02/2023"], ["1/2/2023", "3-4-2023"], ["01/13/2023", "13/01/2023", "1/2/2023"]]
)
def test_ambiguous_dates_are_refused(texts: list[str]) -> None:
    """Also where cells contradict each other; the text holds none of them."""
    with pytest.raises(ReadError, match="--date-format m/d/yyyy") as caught:
        choose(texts)
    assert "2023" not in str(caught.value)


@pytest.mark.parametrize("texts", [["45964"], ["45964", "45965.5", ""], ["45964", "45965", "x"]])
def test_day_numbers_are_refused(texts: list[str]) -> None:
    """They could count days from another day, or be years with the day of the year."""
    with pytest.raises(ReadError, match="--date-format day-number") as caught:
        choose(texts)
    assert "4596" not in str(caught.value)


def test_a_number_among_dates_is_no_format() -> None:
    """One column is one format: the stray cell is unreadable."""
    assert choose(["45964", "2025-11-03"]) == DEFAULT
    assert choose(["45964", "45965", "45966", "11/13/2025"]) == MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45964", date(2025, 11, 3)),
        ("45964.75", date(2025, 11, 3)),
        ("9863", date(1927, 1, 1)),
        ("99999", date(2173, 10, 13)),
        ("20251103", date(2025, 11, 3)),
    ],
)
def test_day_numbers_are_read_where_asked(text: str, day: date) -> None:
    """As Excel counts them, a time of day passed over."""
    assert reader_of(DAY_NUMBER)(text) == (day, Form.OK)


@pytest.mark.parametrize("text", ["0", "999", "045964", "459640", "-45964", "4.6E4"])
def test_other_numbers_are_no_day_numbers(text: str) -> None:
    """Four or five digits."""
    assert reader_of(DAY_NUMBER)(text) == (None, Form.UNREADABLE)


def test_a_column_without_a_date_is_told_by_its_look(tmp_path: Path) -> None:
    """Digits and letters stand for themselves: no value is told."""
    path = tmp_path / "claims.csv"
    path.write_text(
        "code,from_date,birth_date\nG0105,11/3/25,1762128000000\nG0105,12/3/25,JONES é 1950-01-01 MORE\n"
    )
    with open_lines(path) as reader:
        notes = " ".join(reader.notes)
    assert "from_date holds no date that can be read in the first 2 rows, but nn/n/nn" in notes
    assert "birth_date holds no date that can be read in the first 2 rows, but nnnnnnnnnnnnn" in notes
    assert unlike(["JONES é 1950-01-01 MORE"], DEFAULT) == "aaaaa ? nnnn-nn-nn a..."
    assert unlike(["2025-11-03", "x"], DEFAULT) == unlike([" "], DEFAULT) == ""


def test_the_format_most_cells_have() -> None:
    """A stray one does not count."""
    assert choose(["1/15/2023"] * 3 + ["15-Jan-2023"]) == MONTH_FIRST
    assert choose(["2023-01-15"] * 9 + ["15-Jan-2023"]) == "d-mon-yyyy"
    assert choose([]) == choose(["", "x"]) == DEFAULT


TEXTS = st.one_of(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)).flatmap(
        lambda day: st.sampled_from(
            [
                *(
                    "{:%Y-%m-%d}",
                    "{:%Y%m%d}",
                    "{:%m/%d/%Y}",
                    "{:%d.%m.%Y}",
                    "{:%d-%b-%Y}",
                    "{:%d%b%Y}",
                    "{:%Y/%m/%d}",
                ),
                *("{:%y%j}", "4{:%j%M}", "4{:%j%M}.25"),
                *("{:%Y-%m-%dT%H:%M:%S}", "{:%m/%d/%Y} 1:00 PM", " {:%m-%d-%Y} ", "{:%m/%d-%Y}"),
            ]
        ).map(lambda form: form.format(day))
    ),
    st.text(alphabet="0123456789-/. TJanuMY:", max_size=12),
)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20), st.sampled_from(FORMATS))
def test_frames_read_the_same_days(texts: list[str], name: str) -> None:
    """Text that the frame engine then reads as a date: the day of the line reader, or none."""
    pl = pytest.importorskip("polars")
    found = pl.DataFrame({"a": texts}).select(iso_dates(pl.col("a"), name))["a"].to_list()
    assert [read_date(text)[0] for text in found] == [reader_of(name)(text)[0] for text in texts]


def test_the_option_settles_it(tmp_path: Path) -> None:
    """A column that cannot be told by itself is read as asked for."""
    path = tmp_path / "claims.csv"
    path.write_text("code,from_date\nG0105,02/01/2023\n")
    with pytest.raises(ReadError, match="from_date holds dates"):
        open_lines(path)
    for name, day in ((MONTH_FIRST, date(2023, 2, 1)), (DAY_FIRST, date(2023, 1, 2))):
        with open_lines(path, ReadOptions(date_format=name)) as reader:
            assert [entry.from_date for entry in reader if isinstance(entry, ClaimLine)] == [day]
            assert reader.notes == (f"from_date is read as {name}",)
