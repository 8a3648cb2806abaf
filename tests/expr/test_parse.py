"""The parser: every kind of node, and how it refuses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from claimrules.expr.errors import ExpressionError
from claimrules.expr.nodes import (
    Aggregate,
    And,
    AnyOf,
    Arithmetic,
    Both,
    Carries,
    Compare,
    Condition,
    Count,
    Flag,
    Literal,
    Member,
    Name,
    Node,
    Not,
    Or,
    Quantified,
    Shift,
    aggregates,
    names,
    outer_names,
)

Read = Callable[..., Condition]
Refused = Callable[..., ExpressionError]


@pytest.mark.parametrize(
    ("source", "scope", "kinds"),
    [
        ("line.units > 1", "line", [Compare, Name, Literal]),
        ('code.status in ("A", "R")', "line", [Member, Name]),
        ("line.code in sets.anaesthesia", "line", [Member, Name]),
        ("line.place_of_service in sets.hospital", "line", [Member, Name]),
        ('"50" in line.modifiers', "line", [Carries, Name]),
        ('"26" in code.rows', "line", [Carries, Name]),
        ("any_of(line.modifiers, sets.side)", "line", [AnyOf, Name]),
        ("count_of(line.modifiers, sets.side) > 1", "line", [Compare, Count, Name, Literal]),
        ("first_of(line.modifiers, sets.side) == 1", "line", [Compare, Count, Name, Literal]),
        ("last_of(line.modifiers, sets.side) == 0", "line", [Compare, Count, Name, Literal]),
        ("shared(line.modifiers, other.modifiers, sets.side)", "pair", [Both, Name, Name]),
        ("differ(line.modifiers, other.modifiers, sets.side)", "pair", [Both, Name, Name]),
        ("add_days(line.from_date, 90) >= line.to_date", "line", [Compare, Shift, Name, Literal, Name]),
        ("add_years(line.from_date, -1) < line.to_date", "line", [Compare, Shift, Name, Literal, Name]),
        ("line.denied", "line", [Flag, Name]),
        ("claim.npi_valid", "line", [Flag, Name]),
        ("not line.denied", "line", [Not, Flag, Name]),
        ("line.denied and claim.npi_valid", "line", [And, Flag, Name, Flag, Name]),
        ("line.denied or claim.npi_valid", "line", [Or, Flag, Name, Flag, Name]),
        (
            "line.units + line.days > 2 * code.mue",
            "line",
            [Compare, Arithmetic, Name, Name, Arithmetic, Literal, Name],
        ),
        ("any(line.denied)", "group", [Quantified, Flag, Name]),
        ("all(line.denied, line.units > 1)", "group", [Quantified, Flag, Name, Compare, Name, Literal]),
        ("count() > 1", "group", [Compare, Aggregate, Literal]),
        ("count(line.denied) > 1", "group", [Compare, Aggregate, Flag, Name, Literal]),
        ("sum(line.units, line.denied) > 1", "group", [Compare, Aggregate, Name, Flag, Name, Literal]),
        ("min(line.claim) != max(line.claim)", "group", [Compare, Aggregate, Name, Aggregate, Name]),
        ("distinct(line.provider) > 1", "group", [Compare, Aggregate, Name, Literal]),
        ("min(line.from_date) < line.from_date", "group", [Compare, Aggregate, Name, Name]),
        ('pair.modifier_indicator == "1"', "pair", [Compare, Name, Literal]),
        ("other.seq < line.seq", "pair", [Compare, Name, Name]),
        ('other_code.status == "A"', "pair", [Compare, Name, Literal]),
        ('form.units == "unreadable"', "line", [Compare, Name, Literal]),
    ],
)
def test_every_kind_of_node(read: Read, source: str, scope: str, kinds: list[type[Node]]) -> None:
    """What is written becomes these nodes, in the order of the source."""
    assert [type(node) for node in read(source, scope).walk()] == kinds


def test_chains_are_conjunctions(read: Read) -> None:
    """``1 <= x <= 4`` is two comparisons."""
    node = read("1 <= line.units <= 4")

    assert isinstance(node, And)
    assert [part.op for part in node.parts if isinstance(part, Compare)] == ["<=", "<="]
    assert node == read("1 <= line.units and line.units <= 4")


def test_precedence_is_that_of_python(read: Read) -> None:
    """``not`` before ``and`` before ``or``; ``*`` before ``+``."""
    node = read("not line.denied and claim.npi_valid or line.teaching")

    assert isinstance(node, Or)
    assert isinstance(node.parts[0], And)
    assert isinstance(node.parts[0].parts[0], Not)
    assert read("line.units + 2 * line.days > 1") == read("line.units + (2 * line.days) > 1")
    assert read("line.units - line.days - 1 > 1") == read("(line.units - line.days) - 1 > 1")


def test_not_in_is_the_negation_of_in(read: Read) -> None:
    """Both for tuples and for modifiers."""
    assert read('code.status not in ("A",)') == read('not code.status in ("A",)')
    assert read('"50" not in line.modifiers') == read('not ("50" in line.modifiers)')


def test_members_of_a_tuple_have_no_order(read: Read) -> None:
    """Numbers and dates become comparisons; text becomes a set."""
    assert read('code.status in ("A", "R")') == read('code.status in ("R", "A", "A")')
    assert isinstance(read("line.units in (1, 2.5)"), Or)


@pytest.mark.parametrize(
    ("text", "value", "scale"),
    [("10", 10, 0), ("-3", -3, 0), ("1.50", 150, 2), ("-0.001", -1, 3), ("999999999999999", 10**15 - 1, 0)],
)
def test_numbers(read: Read, text: str, value: int, scale: int) -> None:
    """Whole, decimal and negative numbers are integers with a scale."""
    node = read(f"line.days > {text}")

    assert isinstance(node, Compare)
    assert isinstance(node.right, Literal)
    assert (node.right.value, node.right.scale) == (value, scale)


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "0x10",
        "1_000",
        "1j",
        "1.0000001",
        "1234567890123456",
        "True",
        "None",
        "...",
        "b'1'",
        "--1",
        "+1",
    ],
)
def test_no_other_number_is_read(refused: Refused, text: str) -> None:
    """Exponents, other bases, separators, too many digits, booleans."""
    assert refused(f"line.days > {text}")


def test_parameters_are_literals(read: Read) -> None:
    """Text, numbers, dates and lists of text; a list stands behind ``in`` only."""
    assert read("line.units > param.x", x=Decimal("1.5")) == read("line.units > 1.5")
    assert read("line.units > param.x", x=-2) == read("line.units > -2")
    assert read("code.status == param.x", x="A") == read('code.status == "A"')
    assert read("line.from_date > param.x", x="2025-11-03") == read('line.from_date > "2025-11-03"')
    assert read("line.from_date > param.x", x=date(2025, 11, 3)) == read('line.from_date > "2025-11-03"')
    assert read("code.status in param.x", x=("A", "R")) == read('code.status in ("A", "R")')
    assert read("add_days(line.from_date, param.x) > line.to_date", x=7)


@pytest.mark.parametrize(
    ("source", "problem", "remedy"),
    [
        ("lime.units > 1", "no namespace 'lime'", "did you mean line"),
        ("line.unit > 1", "line has no field 'unit'", "did you mean units?"),
        ('code.bilatral == "1"', "code has no field 'bilatral'", "did you mean bilateral"),
        ("any_off(line.modifiers, sets.side)", "no function 'any_off'", "did you mean any_of"),
        ("line.code in sets.anaestesia", "no set 'anaestesia'", "did you mean anaesthesia?"),
        ("line.units > param.x", "no parameter 'x'", ""),
        ("line.units", "this is a number, not a condition", "compare"),
        ("line.units and line.denied", "this is a number, not a condition", "compare"),
        ("count_of(line.modifiers, sets.side)", "gives a value, not a condition", "compare"),
        ("any_of(line.modifiers, sets.side) == 1", "gives a condition, not a value", ""),
        ("units > 1", "'units' stands alone", "line.code"),
        ('line.units == "1"', "a number cannot be compared with a text", "codes and indicators are text"),
        ("line.code == 47383", "a text cannot be compared with a number", "codes and indicators are text"),
        ("code.bilateral in (0, 9)", "text is compared with text", 'write "0"'),
        ("line.modifiers == line.modifiers", "a modifiers cannot be compared", '"50" in line.modifiers'),
        ("1 < 2", "two literals are compared", "name a field"),
        ("line.units / 2 > 1", "this operation", "multiply instead of dividing"),
        ("line.units % 2 == 1", "this operation", ""),
        ("line.from_date + 1 > line.to_date", "works on numbers, not on a date", "add_days"),
        ("line.code is line.code", "this comparison is not in the language", "use == !="),
        ('"50" in line.modifiers in ("A",)', "`in` cannot be chained", "and"),
        ('"5" in line.modifiers', "is not a modifier", "two characters"),
        ('"lt" in line.modifiers', "is not a modifier", "upper case"),
        ('"50" in line.code', "needs a tuple of literals", ""),
        ("line.code in line.modifiers", "only a text literal", ""),
        ("line.units in ()", "an empty tuple", ""),
        ('line.code in ("A", line.code)', "literals only", ""),
        ("line.code in sets.side", "holds modifiers", "any_of"),
        ("line.code in sets.hospital", "holds places", ""),
        ("line.units in sets.side", "only a text field", ""),
        ("any_of(line.modifiers, sets.hospital)", "holds places, not modifiers", ""),
        ("any_of(line.code, sets.side)", "the modifiers of a line stand here", ""),
        ("any_of(line.modifiers)", "takes other arguments", "write any_of(line.modifiers, sets.name)"),
        ("any_of(line.modifiers, *sets.side)", "by position", ""),
        ("any_of(m=line.modifiers, s=sets.side)", "by position", ""),
        ("add_days(line.units, 1) > line.to_date", "works on a date", ""),
        ("add_days(line.from_date, line.days) > line.to_date", "takes a whole number", "a parameter"),
        ("add_days(line.from_date, 1.5) > line.to_date", "takes a whole number", ""),
        ("add_days(line.from_date, 999999) > line.to_date", "at most 200,000 days", ""),
        ("add_years(line.from_date, 600) > line.to_date", "at most 200,000 days", ""),
        ('line.from_date > "soon"', "a date stands beside a date", "2025-11-03"),
        ("line.physician == line.physician", "compared by `same` only", 'same = ["physician"]'),
        ("", "is empty", "leave the key out"),
        ("  \n ", "is empty", "leave the key out"),
        ("line.units >", "not a condition", ""),
        ("line.units = 1", "not a condition", ""),
    ],
)
def test_errors_say_what_is_wrong_and_what_to_write(
    refused: Refused, source: str, problem: str, remedy: str
) -> None:
    """Problem first, then the remedy."""
    error = refused(source)

    assert problem in error.problem
    assert remedy in error.remedy


def test_an_indicator_lists_the_values_that_it_can_have(refused: Refused) -> None:
    """A literal that can never be is an error when the rule is read."""
    for source in ('code.bilateral == "7"', 'code.bilateral in ("0", "7")', '"7" != code.bilateral'):
        error = refused(source)
        assert 'code.bilateral is never "7"' in error.problem
        assert error.remedy == 'it can be "0", "1", "2", "3", "9"'
    assert '"professional"' in refused('line.setting == "hospital"').remedy


def test_two_names_that_are_near_are_both_suggested(refused: Refused) -> None:
    """The nearest come first; if none is near, all are listed."""
    assert "did you mean" in refused("line.dat > 1").remedy
    assert refused("pear.x == 1").remedy.startswith(("did you mean pair", "one of"))
    assert refused("line.zzzzzz > 1").remedy.startswith("one of: age")


def test_products_have_at_most_six_decimals(refused: Refused) -> None:
    """Scales add up."""
    assert "6 decimals" in refused("line.units * 0.0001 > 1").problem


def test_the_caret_stands_under_the_wrong_word(refused: Refused) -> None:
    """Also behind blanks, and in long lines, of which a window is shown."""
    for source in ("   line.unit > 1", f"{'line.denied and ' * 20}line.unit > 1"):
        error = refused(source)
        _, shown, caret = str(error).split("\n")
        assert shown[caret.index("^") :].startswith("line.unit >")
        assert len(shown) <= 104


def test_fields_are_listed_once_and_in_order(read: Read) -> None:
    """Inside and outside of aggregates."""
    node = read("sum(line.units, line.days == 1) > code.mue and line.days > 1 and code.mue > 0", "group")

    assert [str(field) for field in names(node)] == ["line.units", "line.days", "code.mue"]
    assert [str(field) for field in outer_names(node)] == ["code.mue", "line.days"]
    assert len(aggregates(node)) == 1
