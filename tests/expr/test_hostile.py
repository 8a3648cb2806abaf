"""Rule packs come from strangers: whatever a condition or a message holds, it is refused at once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from claimrules.engine.source import Source
from claimrules.expr.errors import ExpressionError
from claimrules.expr.nodes import Condition, outer_names
from claimrules.expr.parse import parse
from claimrules.expr.syntax import MAX_LENGTH, MAX_NODES
from claimrules.rulebook.template import MAX_LENGTH as MAX_TEMPLATE
from claimrules.rulebook.template import Template

Read = Callable[..., Condition]
Refused = Callable[..., ExpressionError]


@contextmanager
def _few_frames(spare: int) -> Iterator[None]:
    """Leave so few frames that nothing can recurse further than ``spare``."""
    depth, frame = 0, sys._getframe()  # noqa: SLF001 (there is no other way to know the depth)
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + spare)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 900 + "line.denied" + ")" * 900,
        "not " * 490 + "line.denied",
        "-" * 1_900 + "1 > line.units",
        "[" * 1_000,
        "{" * 1_000,
        "line" + ".a" * 900,
        "line.units" + " + 1" * 400 + " > 1",
        "any(" * 390 + "line.denied" + ")" * 390,
        "a" + "()" * 900,
        "a" + "[0]" * 600,
        "lambda: " * 200 + "1",
        "1 if 1 else " * 150 + "1",
    ],
)
@pytest.mark.parametrize("spare", [60, 150, 100_000])
def test_deep_nesting_is_refused_however_few_frames_are_left(source: str, spare: int) -> None:
    """Too deep is too deep: never a crash, never a RecursionError."""
    assert len(source) <= MAX_LENGTH
    with _few_frames(spare), pytest.raises(ExpressionError) as caught:
        parse(source)
    assert caught.value.problem


def test_ten_thousand_nodes_are_refused_unread(refused: Refused) -> None:
    """The length is looked at before anything else."""
    error = refused(" and ".join(["line.denied"] * 10_000))

    assert "characters; at most 2,000" in error.problem
    assert error.source == ""


def test_the_nodes_of_a_short_text_are_counted_too(refused: Refused) -> None:
    """Two characters can be a node."""
    assert f"at most {MAX_NODES}" in refused("1," * 400).problem


@pytest.mark.parametrize(
    "source",
    [
        "line.__class__",
        "line.code.__class__.__mro__",
        "__import__('os').system('x')",
        "line.units.real > 1",
        "line.code.upper() == 'X'",
        "().__class__",
        "open('x')",
        "eval('1')",
        "getattr(line, 'code')",
        "lambda: line.denied",
        "[x for x in line.modifiers]",
        "{x for x in line.modifiers}",
        "{1: 2}",
        "any(x for x in line.modifiers)",
        'f"{line.code}" == "X"',
        'line.code == f"{1}"',
        "(x := line.denied)",
        "line.code in (*line.modifiers,)",
        "line.code in [line.code]",
        "line.denied if line.denied else line.denied",
        "line.modifiers[0] == '50'",
        "await line.denied",
        "(yield)",
        "line.units ** 9 > 1",
        "line.units << 9 > 1",
        "~line.units > 1",
        "line.units & 1 > 1",
        "line.units @ 1 > 1",
        "sets.side",
        "param.__class__ == 'x'",
        "sets.__class__",
        "b'50' in line.modifiers",
        "line.code == b'47383'",
        "line.code == u'47383'",
        "line.code == r'47383'",
        "line.code == '''47383'''",
        "line.code == '47' '383'",
        "'a' % 'b' == line.code",
        "line.code == '{line.code}' * 9",
        "True",
        "None",
        "...",
        "1",
        "'text'",
        "line",
        "print(1)",
        "line.units > float('inf')",
        "not",
        ")",
        "line.denied; line.denied",
        "line.denied # comment",
        "line.code == 'a\\x41'",
        "line.denied\\\n",
        "line.denied\x00",
        "line.denied\x0c",
        "line.denied\x1b[31m",
        "l\u0456ne.denied",
        "\ufb01ne.denied",
        "line.c\u00bade == 'X'",
        "line.code == '\uff14\uff17\uff13\uff18\uff13'",
        "line.denied\u2028",
        "\ufeffline.denied",
        "\ud800",
    ],
)
def test_what_is_not_in_the_language_is_refused(refused: Refused, source: str) -> None:
    """By one kind of error, whose text can be printed."""
    for scope in ("line", "group", "pair"):
        assert str(refused(source, scope)).encode("ascii", "backslashreplace")


@pytest.mark.parametrize("digits", [16, 400, 1_900])
@pytest.mark.parametrize(
    "place", ["line.units > {}", "line.units in (1, {})", "line.units > 0.{}", "line.units * {} > 1"]
)
def test_huge_numbers_are_refused(refused: Refused, digits: int, place: str) -> None:
    """No arithmetic is done on them."""
    assert "15 digits" in refused(place.format("9" * digits)).problem


def test_a_number_of_four_thousand_digits_is_refused(refused: Refused) -> None:
    """It is too long a text already."""
    assert "characters" in refused(f"line.units > {'9' * 4_000}").problem
    assert "15 digits" in refused("line.units > param.x", x=10**4_000).problem


def test_a_long_word_is_not_echoed_in_full(refused: Refused) -> None:
    """Errors stay short."""
    assert len(str(refused(f"line.{'x' * 1_900} > 1"))) < 3_000
    assert len(refused(f"line.{'x' * 1_900} > 1").problem) < 100
    assert len(refused(f'code.status in ("{"x" * 50}")').remedy) < 60


@pytest.mark.parametrize(
    "source",
    [
        "add_days(" * 60 + "line.from_date" + ", 0)" * 60 + " > line.to_date",
        "(" + "line.denied and (claim.npi_valid or (" * 24 + "line.denied" + "))" * 24 + ")",
        "not " * 190 + "line.denied",
        "line.units" + " + 1" * 90 + " > 1",
        " and ".join(["line.denied"] * 66),
    ],
)
def test_the_largest_conditions_that_are_read_compile_to_little(read: Read, source: str) -> None:
    """The generated text grows with the square of the source at most: no pack can make it explode."""
    node, generated = read(source), Source()
    for field in outer_names(node):
        generated.variable(field)
    texts = [generated.writer.true(node), generated.writer.false(node), generated.writer.missing(node, str)]

    assert sum(map(len, texts)) < len(source) ** 2 + 20_000
    assert compile(f"({texts[0]}, {texts[1]})", "test", "eval")


@pytest.mark.parametrize(
    "text",
    [
        "{line.code.__class__}",
        "{line.code.__class__.__mro__[1]}",
        "{line.__class__}",
        "{0}",
        "{}",
        "{line}",
        "{line.code!r}",
        "{line.code!s}",
        "{line.code:>999999999}",
        "{line.code:{line.units}}",
        "{line.modifiers[0]}",
        "{line[code]}",
        "{claim.__dict__}",
        "{param.x}",
        "{sets.side}",
        "{",
        "}",
        "{line.code",
        "line.code}",
        "{{line.code}",
        "{ line.code }",
        "{LINE.code}",
        "{line.patient}",
        "{line.claim}",
        "{line.provider}",
        "{line.group}",
        "{line.physician}",
        "{other.patient}",
        "{claim.birth_date}",
        "{claim.death_date}",
        "{line.modifiers:>10}",
        "{line.modifiers!r}",
        "{line.modifiers:side}",
        "{line.modifiers:sets.}",
        "{line.modifiers:sets.nothing}",
        "{line.modifiers:{line.code}}",
        "red \x1b[31m",
        "null \x00",
        "x" * (MAX_TEMPLATE + 1),
    ],
)
def test_messages_name_fields_and_nothing_else(text: str) -> None:
    """No attribute of an object, no format, nobody's id."""
    for scope in ("line", "pair"):
        with pytest.raises(ExpressionError):
            Template.parse(text, scope)


def test_messages_of_other_lines_belong_to_pairs() -> None:
    """``{other.code}`` means nothing elsewhere."""
    assert [str(field) for field in Template.parse("{other.code} {{x}} {line.code}", "pair").fields] == [
        "other.code",
        "line.code",
    ]
    with pytest.raises(ExpressionError, match="is not a field"):
        Template.parse("{other.code}", "group")


def test_values_in_messages_are_not_templates() -> None:
    """What fills a template is never read again."""
    template = Template.parse("{{{line.code}}}")

    assert template.render({template.fields[0]: "{line.patient}"}) == "{{line.patient}}"
