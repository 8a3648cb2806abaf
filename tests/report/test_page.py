"""Pages of text: wrapped, and with nothing in them that a terminal would obey."""

from datetime import date

from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Evidence
from claimrules.report.page import Page, safe
from claimrules.report.words import facts, line_words, place_words


def test_control_and_direction_characters_are_escaped() -> None:
    """Escape sequences, line breaks and right-to-left marks become visible."""
    assert safe("\x1b[2Jé\r\n\u202eok\x00") == "\\x1b[2Jé\\x0d\\x0a\\u202eok\\x00"


def test_long_text_hangs_under_its_label() -> None:
    """A paragraph is wrapped to the width; words are never broken."""
    page = Page(20)
    page.wrap("one two three four five", first="label ")
    assert page.text == "label one two three\n      four five\n"


def test_a_gap_is_one_blank_line() -> None:
    """None at the top, and never two."""
    page = Page()
    page.gap()
    page.add("a")
    page.gap()
    page.gap()
    page.add("b")
    assert page.text == "a\n\nb\n"


def test_the_cells_of_a_table_stand_below_each_other() -> None:
    """The last cell is wrapped."""
    page = Page()
    page.table([("a", "long", "x"), ("bbb", "c", "y")], indent=" ")
    assert page.text == " a    long  x\n bbb  c     y\n"


def test_a_line_in_words_has_nobody_s_id() -> None:
    """Code, modifiers, units, dates and place only."""
    line = ClaimLine.parse("G0105-50 x2 2025-11-03 @22 by:1234567893 patient:P1 $150")
    assert line_words(line) == "G0105-50 x2 2025-11-03 @22"
    assert line_words(ClaimLine(modifiers=None, units=None)) == "?-? x? no date"


def test_a_claim_without_id_is_not_named() -> None:
    """The stand-in of the engine is no id."""
    assert place_words("C1", "2") == "claim C1 line 2"
    assert place_words("(this claim)", "2") == place_words(None, "2") == "line 2"


def test_facts_in_words() -> None:
    """What is published first, with its meaning; then the line's own; editions once, and how chosen."""
    published = Evidence(
        field="code.assistant",
        value="1",
        meaning="Barred by statute.",
        edition="RVU25D",
        holds_from=date(2025, 10, 1),
        holds_to=date(2025, 12, 31),
        how="near",
    )
    other = Evidence(field="sum(line.units)", value="3")
    assert facts([other, published]) == (
        "assistant indicator 1 (Barred by statute), sum of units 3 "
        "[RVU25D, in force 2025-10-01 to 2025-12-31: the nearest of that year, not of that day]"
    )


def test_the_days_for_which_an_edition_speaks() -> None:
    """A cumulative one speaks up to its end, and an edit that was never deleted from its first day on."""
    add_ons = Evidence(
        field="code.add_on_type",
        value="1",
        edition="Add-on codes 2026Q2",
        holds_to=date(2026, 6, 30),
        how="exact",
    )
    pair = Evidence(
        field="pair.modifier_indicator",
        value="0",
        edition="NCCI pairs 2024Q3",
        holds_from=date(2020, 1, 1),
        holds_to=date(9999, 12, 31),
    )
    assert facts([add_ons]).endswith("[Add-on codes 2026Q2, up to 2026-06-30]")
    assert facts([pair]).endswith("[NCCI pairs 2024Q3, from 2020-01-01]")
