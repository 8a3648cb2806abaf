"""The traps of the rule language, each a named test."""

import ast
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add
from pathlib import Path

import pytest

import claimrules
from claimrules.expr.errors import ExpressionError
from claimrules.expr.nodes import Compare, Condition, Literal, Member
from claimrules.expr.parse import parse
from claimrules.expr.syntax import MAX_LENGTH
from claimrules.expr.values import shift_days, shift_years, thousandths
from claimrules.expr.vocabulary import Type
from claimrules.rulebook.reading import RulebookError, read_toml
from claimrules.testing.frames import frame_of, row_of

Read = Callable[..., Condition]
Refused = Callable[..., ExpressionError]
SOURCES = Path(claimrules.__file__).parent


def test_a_bracketed_text_is_no_tuple(refused: Refused) -> None:
    """``in ("XXX")`` would search letters; the remedy writes the tuple."""
    error = refused('code.global_days in ("XXX")')

    assert "letter by letter" in error.problem
    assert error.remedy == 'write ("XXX",) or =='
    assert error.at == len("code.global_days in (")


def test_a_forgotten_comma_is_no_longer_text(refused: Refused) -> None:
    """Python would join the two texts, and the set would hold neither."""
    assert "comma" in refused('line.place_of_service in ("21" "22", "23")').remedy


@pytest.mark.parametrize(
    "source", ['"00100" <= line.code <= "01999"', 'line.code > "01999"', "line.code < line.code"]
)
def test_text_has_no_ranges(refused: Refused, source: str) -> None:
    """Ranges of text catch codes of other shapes."""
    error = refused(source)

    assert "text has no order" in error.problem
    assert "rules/sets" in error.remedy


def test_ranges_of_sets_hold_digits_only(read: Read) -> None:
    """Category II and III codes sort between two anaesthesia codes and are none."""
    node = read("line.code in sets.anaesthesia")

    assert isinstance(node, Member)
    assert "00100" in node.members
    assert "01999" in node.members
    for code in (
        "0101T",
        "0012F",
        "00099",
        "02000",
        "0010",
        "001000",
        "\u0660\u0660\u0661\u0660\u0660",
        None,
        100,
    ):
        assert code not in node.members


@pytest.mark.parametrize(
    ("lines", "at", "shown"),
    [
        (["line.units > 1", "  and code.statsu == 'A'"], (1, 6), "code.statsu"),
        (["", "   line.units >", "\tline.untis"], (2, 1), "line.untis"),
        (["line.units > 1 and", "", "any_of(line.modifiers, sets.sidd)"], (2, 23), "sets.sidd"),
    ],
)
def test_the_caret_finds_its_place_in_conditions_of_several_lines(
    refused: Refused, lines: list[str], at: tuple[int, int], shown: str
) -> None:
    """The line that is shown is the one that is wrong, the caret under the word."""
    error = refused("\n".join(lines))

    _, line, caret = str(error).split("\n")
    row, column = at
    assert line == "    " + lines[row]
    assert caret == " " * (4 + column) + "^"
    assert lines[row][column:].startswith(shown)


def test_several_lines_need_no_brackets(read: Read) -> None:
    """Line ends and indentation mean nothing."""
    flat = read('line.units > 1 and "50" in line.modifiers')

    assert read('\n    line.units > 1\r\n        and "50" in line.modifiers\n') == flat


def test_units_never_are_floats() -> None:
    """Four fractions that meet the limit exactly do not exceed it; floats would, added one by one."""
    parts = ("56.4", "44.5", "118.2", "4.9")

    assert reduce(add, map(float, parts)) > 224
    assert sum(thousandths(Decimal(part)) or 0 for part in parts) == 224_000


def test_decimal_literals_never_are_floats(read: Read) -> None:
    """A literal becomes an integer with a scale, from its text."""
    node = read("line.units > 0.3")

    assert isinstance(node, Compare)
    assert isinstance(node.right, Literal)
    assert (node.right.value, node.right.scale) == (3, 1)


def test_a_text_beside_a_date_is_a_date(read: Read) -> None:
    """The vocabulary types the literal, on either side and in tuples."""
    for source in ('line.from_date >= "2019-07-01"', '"2019-07-01" <= line.from_date'):
        node = read(source)
        assert isinstance(node, Compare)
        days = [side.value for side in (node.left, node.right) if isinstance(side, Literal)]
        assert days == [date(2019, 7, 1)]
        assert {node.left.type, node.right.type} == {Type.DATE}
    assert read('line.from_date in ("2019-07-01", "2020-01-01")')


@pytest.mark.parametrize(
    "text", ["10", "Tuesday", "20190701", "2019-7-1", "2019-02-29", "01/07/2019", "2019-W01-1"]
)
def test_dates_are_never_guessed(refused: Refused, text: str) -> None:
    """Only the ISO form of a day of the calendar is a date."""
    assert refused(f'line.from_date >= "{text}"').remedy == 'write "2025-11-03"'


def test_a_date_without_quotes_is_refused(refused: Refused) -> None:
    """Python has no date literal: ``2019-07-01`` is a syntax error."""
    assert "not a condition" in refused("line.from_date >= 2019-07-01").problem


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_the_guessing_parser() -> None:
    """``dateutil.parser`` reads "10" as a day of this month."""
    for path in SOURCES.rglob("*.py"):
        assert not [name for name in _imports(path) if name.startswith("dateutil.parser")], path


def test_narwhals_is_imported_in_its_stable_form_only() -> None:
    """The main namespace changes between releases."""
    for path in SOURCES.rglob("*.py"):
        found = [name for name in _imports(path) if name.split(".")[0] == "narwhals"]
        assert all(name.startswith("narwhals.stable.v2") for name in found), path


@pytest.mark.parametrize("failure", [RecursionError, MemoryError, ValueError])
def test_whatever_the_syntax_reader_raises_becomes_one_error(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    """Hostile text makes Python's own parser fail in several ways."""

    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(ast, "parse", fail)
    with pytest.raises(ExpressionError, match="nests too deeply"):
        parse("line.units > 1")


def test_length_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text is never given to Python's parser."""
    monkeypatch.setattr(ast, "parse", lambda *_, **__: pytest.fail("it was parsed"))
    with pytest.raises(ExpressionError, match="2,001 characters"):
        parse("x" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("failure", [RecursionError, MemoryError])
def test_whatever_the_toml_reader_raises_becomes_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    """The same holds for files."""

    def fail(*_: object, **__: object) -> None:
        raise failure

    path = tmp_path / "A.toml"
    path.write_text("a = 1")
    monkeypatch.setattr("claimrules.rulebook.reading.tomllib.loads", fail)
    with pytest.raises(RulebookError, match="nests too deeply"):
        read_toml(path)


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_absent_modifiers_never_lose_a_line(engine: str) -> None:
    """Joins drop null keys; lines without a second modifier must stay."""
    pytest.importorskip({"polars-lazy": "polars"}.get(engine, engine))
    from claimrules.engine.line import Checker  # noqa: PLC0415 (the frame engine only where it is asked for)
    from claimrules.model.claim import ClaimLine  # noqa: PLC0415

    texts = ["G0105", "G0105-50", "G0105-50-59", "G0105-50-59-GC-51", "G0105-?", "?-?"]
    rows = []
    for number, text in enumerate(texts):
        line = ClaimLine.parse(f"{text} 2025-11-03")
        rows.append(row_of(line) | {"claim_id": "C1", "line_id": str(number)})
    outcomes = Checker().check_frame(frame_of(rows, engine)).outcomes()

    assert sorted(outcomes) == [("C1", str(number)) for number in range(len(texts))]


@pytest.mark.parametrize("field", ["code.last_date", "line.to_date"])
@pytest.mark.parametrize("shift", ["add_years({}, 1)", "add_days({}, 90)", "add_days({}, -1)"])
def test_no_date_lies_after_the_end_of_the_calendar(read: Read, shift: str, field: str) -> None:
    """A year after the end of the calendar a frame cannot write; both engines leave such a date as it is."""
    pl = pytest.importorskip("polars")
    from claimrules.expr.to_frame import FrameWriter  # noqa: PLC0415 (the frame engine only where it is asked for)

    node = read(f"line.from_date < {shift.format(field)}")
    assert isinstance(node, Compare)
    days = [None, date(2024, 2, 29), date(9998, 12, 31), date(9999, 10, 2), date(9999, 10, 3), date.max]
    frame = pl.DataFrame({field.replace(".", "_"): days}).select(
        FrameWriter(pl).value(node.right).alias("moved")
    )
    moved = shift_years if "years" in shift else shift_days
    assert frame["moved"].to_list() == [moved(day, int(shift.split()[1].rstrip(")"))) for day in days]
    assert shift_years(date.max, 1) == shift_days(date.max, 1) == date.max
