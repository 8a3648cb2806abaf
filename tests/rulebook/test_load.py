"""Loading rule files: everything that is wrong, at once, with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claimrules.model.finding import Severity
from claimrules.rulebook.load import load_rules
from claimrules.rulebook.reading import RulebookError

Write = Callable[..., Path]
Errors = Callable[[], tuple[str, ...]]


def _line(path: Path, start: str) -> int:
    return next(i for i, line in enumerate(path.read_text().split("\n"), 1) if line.startswith(start))


def test_a_plain_rule_has_plain_defaults(write: Write, tmp_path: Path) -> None:
    """Stable, line scope, group CO, appealable only where the severity is deny."""
    write()
    [rule], sets = load_rules((tmp_path,))

    assert (rule.status, rule.scope, rule.group_code, rule.appealable) == ("stable", "line", "CO", False)
    assert (rule.family, rule.stratum, rule.gravest) == ("TEST", 1, Severity.REVIEW)
    assert (rule.inputs, rule.examples, dict(sets)) == ((), (), {})


def test_a_parameter_can_have_values_by_date(write: Write, tmp_path: Path) -> None:
    """The first holds for all earlier days, too; each of the others from its day on."""
    table = "{ 2026-01-01 = 3, 2025-01-01 = 2 }"
    write(f"params = {{ most = {table} }}", when="when = 'line.units > param.most'")
    early, late = "line.from_date < '2026-01-01'", "line.from_date >= '2026-01-01'"
    plain = f"{early} and line.units > 2 or {late} and line.units > 3"
    write(code="TEST102", when=f'when = "{plain}"')
    dated, written = load_rules((tmp_path,))[0]

    assert dated.when == written.when


def test_every_error_of_every_file_comes_at_once(write: Write, errors: Errors) -> None:
    """Each with its file and line."""
    one = write(code="TEST101", when="when = 'line.unit > 1'", message='message = "{line.cod}"')
    two = write("rarc = [5]", code="TEST102")
    three = write("scope = ", code="TEST103")
    found = errors()

    assert len(found) == 4
    assert found[0].startswith(f"{one}:{_line(one, 'when')}: when: line has no field 'unit'")
    assert found[1].startswith(f"{one}:{_line(one, 'message')}: message: line has no field 'cod'")
    assert found[2].startswith(f"{two}:{_line(two, 'rarc')}: rarc")
    assert found[3].startswith(f"{three}:{_line(three, 'scope')}: not TOML")


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ("sevrity = 'deny'", 'sevrity: unknown field; did you mean "severity"?'),
        ("status = 'beta'", "status"),
        ("scope = 'claim'", "scope"),
        ("carc = 4", "carc"),
        ("rarc = 'N519'", "rarc"),
        ("group_code = 'XX'", "group_code: one of CO, PR, OA"),
        ("appealable = 'no'", "appealable"),
        ("severity_if = [{ when = 'line.denied', severity = 'deny' }]", "severity_if[0].if"),
        ("severity_if = [{ if = 'line.denied', severity = 'grave' }]", "severity_if[0].severity"),
        (
            "severity_if = [{ if = 'line.denie', severity = 'deny' }]",
            "severity_if: line has no field 'denie'",
        ),
        ("hints = [{ if = 'line.denied', text = '{x}' }]", "hints: 'x' is not a field"),
        ("applies = 'line.unit > 1'", "applies: line has no field 'unit'"),
        ("unless = '1'", "unless: "),
        ("params = { most = {} }", "params: 'most'"),
        ("params = { most = { 2025-13-01 = 2 } }", "params: 'most'"),
        ("params = { most = { 2025-01-01 = 2, 2026-01-01 = 'x' } }", "params: 'most'"),
        ("params = { most = { 2025-01-01 = true } }", "params: 'most'"),
        ("advice = '{line.code!r}'", "advice: a template names fields only"),
        ("same = ['code']", "same: has no meaning in line scope"),
        ("reach = 'history'", "reach: has no meaning in line scope"),
        ("report = 'first'", "report: has no meaning in line scope"),
        ("other = 'any'", "other: has no meaning in line scope"),
        ("scope = 'group'", "scope: group scope needs same"),
        ("scope = 'pair'", "scope: pair scope needs same"),
        ("scope = 'group'\nsame = ['codes']", "same: 'codes': did you mean code"),
        (
            "scope = 'group'\nsame = ['modifiers:sets.x']",
            "same: 'modifiers:sets.x' names no set of modifiers",
        ),
        ("scope = 'group'\nsame = ['code']\nother = 'any'", "other: has no meaning in group scope"),
        (
            "scope = 'group'\nsame = ['code']\nrelation = 'ncci_pair'",
            "relation: has no meaning in group scope",
        ),
        ("scope = 'group'\nsame = ['code']\nreport = 'last'", "report: one of each, first"),
        ("scope = 'pair'\nsame = ['code']\nreport = 'first'", "report: has no meaning in pair scope"),
        ("scope = 'pair'\nsame = ['code']\nother = 'all'", "other: one of any, none"),
        ("scope = 'pair'\nsame = ['code']\nrelation = 'twin'", "relation"),
        (
            "scope = 'pair'\nsame = ['code']\nrelation = 'ncci_pair'",
            "line: which side is to correct: column_1 or column_2",
        ),
        ("scope = 'pair'\nsame = ['code']\nline = 'column_2'", "line: needs a relation"),
        ("scope = 'group'\nsame = ['code']\nreach = 'history'", "reach: reach = "),
        ("scope = 'group'\nsame = ['code']\nreach = 'week'", "reach: one of claim, history"),
        ("scope = 'group'\nsame = ['code']\nneeds = { days_before = 90 }", "reach: reach = "),
        (
            "scope = 'group'\nsame = ['code']\nreach = 'history'\nneeds = { days_before = 9999 }",
            "needs: days_before",
        ),
        (
            "scope = 'group'\nsame = ['code']\nreach = 'history'\nneeds = { days_after = -1 }",
            "needs: days_before and days_after",
        ),
        (
            "scope = 'group'\nsame = ['code']\nreach = 'history'\nneeds = { providers = 'mine' }",
            "needs: days_before",
        ),
        (
            "scope = 'group'\nsame = ['code']\nreach = 'history'\nneeds = { days = 9 }",
            "needs.days: unknown field",
        ),
        ("scope = 'group'\nsame = ['code']\napplies = 'line.seq > 1'", "applies: line.seq belongs into"),
        (
            "scope = 'group'\nsame = ['code']\napplies = 'any(line.denied)'",
            "applies: aggregates exist in group scope only",
        ),
        ("params = { X = 1 }", "params: 'X'"),
        ("params = { x = true }", "params: 'x'"),
        ("params = { x = [1] }", "params: 'x'"),
        ("params = { x = { y = 1 } }", "params: 'x'"),
        ("settings = ['clinic']", "Cannot overwrite a value"),
    ],
)
def test_what_a_key_may_hold(write: Write, errors: Errors, keys: str, error: str) -> None:
    """Unknown keys, wrong values, keys of another scope."""
    path = write(keys)
    found = errors()

    assert any(error in text for text in found), found
    assert all(text.startswith(f"{path}:") for text in found)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{other.code} is not there", "message: names other.code"),
        ("{other_code.status} is not there", "message: names other_code.status"),
        ("{pair.modifier_indicator}", "message: names pair.modifier_indicator"),
    ],
)
def test_where_no_line_is_found_no_text_names_one(
    write: Write, errors: Errors, text: str, error: str
) -> None:
    """A rule of other = "none" fires because there is no other line."""
    write("scope = 'pair'\nsame = ['code']\nother = 'none'", message=f'message = "{text}"')

    assert error in errors()[0]


@pytest.mark.parametrize(
    "key", ["unless = 'other.denied'", "severity_if = [{ if = 'other.denied', severity = 'info' }]"]
)
def test_where_no_line_is_found_no_condition_on_it_is_asked(write: Write, errors: Errors, key: str) -> None:
    """Neither what resolves the rule, nor how grave it is."""
    write(f"scope = 'pair'\nsame = ['code']\nother = 'none'\n{key}", when="when = 'not other.denied'")

    assert "pair scope only" in errors()[0]


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"code": "test101"}, "code: 'test101'"),
        ({"code": "TEST1"}, "code: 'TEST1'"),
        ({"code": "TEST101", "file": "TEST102"}, "code: 'TEST101'"),
        ({"name": "Not_Kebab"}, "name: 'Not_Kebab'"),
    ],
)
def test_ids_and_names_have_a_form(write: Write, errors: Errors, parts: dict[str, str], error: str) -> None:
    """The file is called as the rule is."""
    write(**parts)

    assert error in errors()[0]


def test_ids_and_names_are_unique(write: Write, errors: Errors) -> None:
    """Across all folders; the error names the other file."""
    one = write(code="TEST101", name="same")
    write(code="TEST102", name="same")
    [error] = errors()

    assert error.endswith(f"is already defined in {one}")


def test_parameters_serve_conditions(write: Write, tmp_path: Path) -> None:
    """Numbers, texts and lists of texts."""
    keys = "params = { most = 2, states = ['A', 'R'] }"
    write(keys, when="when = 'line.units > param.most and code.status in param.states'")
    [rule], _ = load_rules((tmp_path,))

    assert [str(field) for field in rule.fields] == ["line.units", "code.status"]


_PLAIN = '[[fires]]\ntitle = "x"\n'


@pytest.mark.parametrize(
    ("example", "error"),
    [
        ("lines = []", "expect.line is 1, of 0 lines"),
        ("lines = ['G0105 x']", "lines: this is no number of units"),
        ("lines = 'G0105'", "fires[0].lines"),
        ("line = ['G0105']", "fires[0].line: unknown field"),
        ("lines = ['G0105']\nhistory = ['?5']", "history: a line begins with its code"),
        ("lines = ['G0105']\nexpect = { line = 2 }", "expect.line is 2, of 1 lines"),
        ("lines = ['G0105']\nexpect = { outcome = 'failed' }", "expect.outcome"),
        ("lines = ['G0105']\nexpect = { severity = 'grave' }", "fires[0].expect.severity"),
        ("lines = ['G0105']\nexpect = { cause = 'no_idea' }", "expect.cause"),
        ("lines = ['G0105']\nexpect = { others = [1] }", "expect.others"),
        ("lines = ['G0105']\nexpect = { others = [7] }", "expect.others"),
        ("lines = ['G0105']\nexpect = { outcom = 'fired' }", 'did you mean "outcome"?'),
        ("lines = ['G0105']\ngiven = { as_of = 'soon' }", "as_of: Invalid isoformat"),
        ("lines = ['G0105']\ngiven = { history = 1 }", "fires[0].given.history: unknown field"),
        ("lines = ['G0105']\ncodes.G010 = { mue = 1 }", 'codes."G010": write G0105'),
        ("lines = ['G0105']\ncodes.'G0105/27' = { mue = 1 }", "write G0105"),
        ("lines = ['G0105']\ncodes.G0105 = { bilatral = '1' }", "did you mean bilateral"),
        (
            "lines = ['G0105']\ncodes.G0105 = { bilateral = '7' }",
            "codes.G0105.bilateral is never '7'; it can be 0, 1",
        ),
        ("lines = ['G0105']\ncodes.G0105 = { bilateral = 1 }", "codes.G0105.bilateral is never '1'"),
        ("lines = ['G0105']\ncodes.G0105 = { mue = '1' }", "codes.G0105.mue: write a whole number"),
        ("lines = ['G0105']\ncodes.G0105 = { mue = true }", "codes.G0105.mue: write a whole number"),
        (
            "lines = ['G0105']\ncodes.G0105 = { endoscopic_base = 5 }",
            "codes.G0105.endoscopic_base: write text",
        ),
        ("lines = ['G0105']\ncodes.G0105 = 5", "fires[0].codes"),
        ("lines = ['G0105']\npairs = [['G0105', 'G0121']]", "pairs: two codes and one of 0, 1, 9"),
        ("lines = ['G0105']\npairs = [[]]", "pairs: two codes and one of 0, 1, 9"),
        ("lines = ['G0105']\npairs = [['G0105', 'G0121', '5']]", "pairs: two codes and one of 0, 1, 9"),
        ("lines = ['G0105']\nadd_ons = [['G0105', 'G01', '1']]", "add_ons: two codes and one of 1, 2, 3"),
    ],
)
def test_what_an_example_may_hold(write: Write, errors: Errors, example: str, error: str) -> None:
    """The error names the block and the line on which it begins."""
    path = write(examples=f"{_PLAIN}lines = ['G0105']\n\n{_PLAIN}{example}")
    found = errors()

    assert any(error.replace("fires[0]", "fires[1]") in text for text in found), found
    second = path.read_text().rindex("[[fires]]")
    assert found[0].startswith(f"{path}:{path.read_text().count(chr(10), 0, second) + 1}: ")


def test_no_error_of_an_example_names_anybody(write: Write, errors: Errors) -> None:
    """Ids in shorthand that cannot be read are masked."""
    write(examples=f"{_PLAIN}lines = ['G0105 patient:P007 byy:1234567893']")
    text = "\n".join(errors())

    assert "P007" not in text
    assert "1234567893" not in text


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A silent gap would be worse."""
    with pytest.raises(RulebookError, match="there is no such folder"):
        load_rules((tmp_path / "none",))


def test_line_ends_and_marks_of_editors_do_not_matter(write: Write, tmp_path: Path) -> None:
    """CRLF and a byte order mark are read; a caret still finds its place."""
    path = write(when="when = '''\n  line.units > 1\n  and line.denied'''")
    [plain], _ = load_rules((tmp_path,))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    [rule], _ = load_rules((tmp_path,))

    assert rule == plain
