"""The line shorthand: what it reads, what it writes, and how it refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.form import Form
from claimrules.model.shorthand import ShorthandError, format_line, parse_line

DAY = date(2025, 11, 3)

CODES = st.none() | st.text("0123456789ABCXYZ", min_size=5, max_size=5)
MODIFIERS = st.none() | st.lists(st.text("0159LRTX", min_size=2, max_size=2), max_size=5).map(tuple)
UNITS = st.none() | st.decimals(0, Decimal("9999999.999"), places=3)
WORDS = st.none() | st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
DATES = st.none() | st.dates(date(1800, 1, 1), date(2199, 12, 31))
FLAGS = st.none() | st.booleans()
COUNTS = st.none() | st.integers(0, 999_999_999)
LINES = st.builds(
    ClaimLine,
    code=CODES,
    modifiers=MODIFIERS,
    units=UNITS,
    from_date=DATES,
    to_date=DATES,
    place_of_service=st.none() | st.text("0123456789", min_size=2, max_size=2),
    charge=st.none() | st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2),
    setting=st.sampled_from(Setting),
    revenue_code=WORDS,
    patient=WORDS,
    provider=WORDS,
    billing_provider=WORDS,
    group=WORDS,
    specialty=WORDS,
    documentation=FLAGS,
    teaching=FLAGS,
    minutes=COUNTS,
    dose=UNITS,
    diagnosis_pointers=COUNTS,
    allowed=st.none() | st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2),
)
"""Every field but claim_id, line_id and repaired, for which the shorthand has no words, and unreadable."""


@settings(deadline=None)
@given(LINES)
def test_reading_is_the_inverse_of_writing(line: ClaimLine) -> None:
    """What the shorthand can express comes back as it was."""
    assert ClaimLine.parse(str(line)) == line


@settings(deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_the_words_is_free(line: ClaimLine, random: Any) -> None:
    """Only the code has a place of its own."""
    code, *words = str(line).split()
    random.shuffle(words)

    assert ClaimLine.parse(" ".join([code, *words])) == line


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("G0105-50x2 @$?:.by\t\n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings anything but a line or a ShorthandError."""
    try:
        line = ClaimLine.parse(text)
    except ShorthandError:
        return

    assert ClaimLine.parse(str(line)) == line


def test_the_sample_of_the_design() -> None:
    """Code, modifier, units, date and place."""
    line = ClaimLine.parse("47383-50 x2 2025-11-03 @22")

    assert line == ClaimLine(
        code="47383", modifiers=("50",), units=Decimal(2), from_date=DAY, place_of_service="22"
    )
    assert str(line) == "47383-50 x2 2025-11-03 @22"


def test_every_word_at_once() -> None:
    """The order in which words are written."""
    text = (
        "G0105-50-LT x1.5 2025-11-03..2025-11-05 @22 $150.25 by:1234567893 bill:1234567893 group:G1 spec:08"
        " patient:P001 rev:0510 setting:outpatient doc:yes teaching:no minutes:45 dose:2.5 dx:2"
    )

    assert str(ClaimLine.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("g0105-lt", "G0105-LT"),
        ("G0105 x1", "G0105"),
        ("G0105 X2.500", "G0105 x2.5"),
        ("G0105 $150", "G0105 $150.00"),
        ("G0105 2025-11-03..2025-11-03", "G0105 2025-11-03"),
        ("G0105 setting:h", "G0105 setting:outpatient"),
        ("G0105 setting:P", "G0105"),
        ("G0105 setting:asc", "G0105 setting:asc"),
        ("G0105 setting:D", "G0105 setting:dme"),
        ("  G0105\t@22 ", "G0105 @22"),
    ],
)
def test_what_is_read_is_written_in_one_way(text: str, written: str) -> None:
    """One line has one spelling."""
    assert str(ClaimLine.parse(text)) == written


def test_units_that_cannot_be_read_have_a_mark_of_their_own() -> None:
    """Unknown, as missing units are, but their form says why."""
    line = ClaimLine.parse("G0105 X! 2025-11-03")

    assert (line.units, line.unreadable) == (None, ("units",))
    assert line.form("units") is Form.UNREADABLE
    assert str(line) == "G0105 x! 2025-11-03"
    assert ClaimLine.parse(str(line)) == line


def test_what_is_unknown_has_its_own_mark() -> None:
    """A question mark is a missing code, unknown modifiers, missing units."""
    line = ClaimLine.parse("?-? x?")

    assert (line.code, line.modifiers, line.units) == (None, None, None)
    assert str(line) == "?-? x?"


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [
        (DAY, DAY, "2025-11-03"),
        (DAY, date(2025, 11, 1), "2025-11-03..2025-11-01"),
        (DAY, None, "2025-11-03..?"),
        (None, DAY, "?..2025-11-03"),
    ],
)
def test_spans_keep_both_ends(first: date | None, last: date | None, word: str) -> None:
    """A to_date that is missing, or lies before the from_date, is not repaired."""
    line = ClaimLine(code="G0105", from_date=first, to_date=last)

    assert str(line) == f"G0105 {word}"
    assert ClaimLine.parse(str(line)) == line


def test_writing_never_fails() -> None:
    """What the shorthand cannot express stands as it is; ids of claim and line are left out."""
    line = ClaimLine(code="G0105", claim_id="C001", line_id="1", unreadable=("units",), units=Decimal(-1))

    assert format_line(line) == "G0105 x-1"


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("", "there is no line", "write a code"),
        ("4738 x1", "begins with its code", "five letters or digits"),
        ("x2 47383", "begins with its code", "five letters or digits"),
        ("47383-5", "no modifier", "two letters or digits"),
        ("47383-", "no modifier", "two letters or digits"),
        ("47383-50-?", "no modifier", "-? alone"),
        ("47383 50", "stands alone", "G0105-50"),
        ("47383 -50", "stands alone", "G0105-50"),
        ("47383 2", "stands alone", "x2"),
        ("47383 x2 x3", "units stands twice", "remove one"),
        ("47383 x! x?", "units stands twice", "remove one"),
        ("47383 x!2", "no number of units", "x! if unreadable"),
        ("47383 2025-11-03 2025-11-03", "from_date stands twice", "remove one"),
        ("47383 x1e3", "no number of units", "seven digits"),
        ("47383 x-1", "no number of units", "seven digits"),
        ("47383 x1.2345", "no number of units", "three decimals"),
        ("47383 11/03/2025", "no date", "YYYY-MM-DD"),
        ("47383 20251103", "no date", "YYYY-MM-DD"),
        ("47383 2025-02-29", "no date", "YYYY-MM-DD"),
        ("47383 2025-11-03..", "no date", "? for an unknown end"),
        ("47383 ?..?", "both dates are missing", "leave the word out"),
        ("47383 @2", "no place", "two digits"),
        ("47383 $1,500", "no charge", "dollars"),
        ("47383 setting:hospital", "no value of setting:", "professional, outpatient, asc or dme"),
        ("47383 doc:maybe", "no value of doc:", "yes or no"),
        ("47383 minutes:1.5", "no value of minutes:", "whole number"),
        ("47383 by:", "no value of by:", "a text"),
        ("47383 pateint:P001", "this key", "did you mean patient:"),
        ("47383 PATIENT:P001", "this key", "did you mean patient:"),
        ("47383 patient", "this word", "did you mean patient:"),
        ("47383 hello", "this word", "xUNITS"),
        ("47383 zzzzzz:1", "this key", "one of by:, bill:"),
    ],
)
def test_errors_say_what_is_wrong_and_what_to_write(text: str, problem: str, remedy: str) -> None:
    """Problem first, then the remedy."""
    with pytest.raises(ShorthandError) as caught:
        parse_line(text)

    first = str(caught.value).splitlines()[0]
    assert problem in first
    assert remedy in first


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("47383-50 x1e3 @22", "x1e3"),
        ("47383-50-9 @22", "9"),
        ("47383\t@222", "@222"),
        ("47383 @11-Office", "@11-Office"),
        ("  4738 @22", "4738"),
    ],
)
def test_the_caret_stands_under_the_word(text: str, word: str) -> None:
    """Also within the first word, and after tabs."""
    with pytest.raises(ShorthandError) as caught:
        parse_line(text)

    _, shown, carets = str(caught.value).splitlines()
    assert len(shown) == len(text) + 2
    assert carets.strip() == "^" * len(word)
    assert carets.index("^") - 2 == text.index(word)


@pytest.mark.parametrize(
    "text",
    [
        "47383 by:1234567893 patient:P001 group:ACME $123.45 x?? 2001-02-03",
        "47383 pateint:P001",
        "47383 P001",
        "47383 1234567893",
        "patient:P001 47383",
        "Smith-Jones-P001 47383",
        "47383 bill:1234567893 bill:1234567893",
        "47383 x1234567893P001",
    ],
)
def test_errors_never_name_anybody(text: str) -> None:
    """Letters and digits of anything that may be an id are masked."""
    with pytest.raises(ShorthandError) as caught:
        parse_line(text)

    secrets = ("P001", "1234567893", "ACME", "123.45", "Smith", "Jones", "2001")
    assert not any(secret in str(caught.value) for secret in secrets)
