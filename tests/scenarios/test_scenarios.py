"""Scenario files: what they say is held against the rules; hostile ones are refused with place and remedy."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import attrs
import pytest

from claimrules import CodeBook, Rulebook
from claimrules.scenarios.read import find, read_file
from claimrules.scenarios.run import FREEZE, Runner
from claimrules.scenarios.scenario import Ran, ScenarioError, ScenarioFile
from claimrules.scenarios.write import frozen_text

Write = Callable[..., Path]

SIDES = """
[[claims]]
title = "Both sides"
lines = ["G0105-50 2025-11-03 @22"]
"""
VISIT = """
[[claims]]
title = "A visit in the package"
patient = "P1"
lines = ["99213 2025-11-03 by:1234567893 @11 $90"]
history = ["G0412 2025-10-20 by:1234567893"]
"""
PAYER = """
title = "A payer"
since = "0.1"

[[severity]]
rules = ["BILAT101"]
severity = "review"
reason = "tests"
source = "tests"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file."""

    def made(text: str | bytes, name: str = "a.claims.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return made


@pytest.fixture(scope="module")
def runner() -> Runner:
    """The starter and the standard rules."""
    return Runner()


def problems(runner: Runner, path: Path) -> list[str]:
    """Run a file, and give everything that is wrong."""
    return [problem for ran in runner.run(read_file(path)) for problem in ran.problems]


def freeze(runner: Runner, path: Path) -> ScenarioFile:
    """Freeze a file, and read it again."""
    file = read_file(path)
    file.frozen_path.write_text(frozen_text(file, runner.freeze(file)), "utf-8")
    return read_file(path)


def test_what_is_expected_and_comes(runner: Runner, write: Write) -> None:
    """Outcome, severity, cause; a rule by id or name; a second line; silent families."""
    path = write(
        SIDES
        + """
        expect = [
          { rule = "BILAT101", severity = "return" },
          { rule = "BILAT102", outcome = "passed" },
          { rule = "STAT110", outcome = "unknown", cause = "no_table" },
        ]
        no_findings = ["MUE", "ASST"]
        """
        + VISIT
        + 'expect = [{ rule = "GLOB404" }, { rule = "GLOB404", line = 1, severity = "deny" }]\n'
    )

    assert [ran.passed for ran in runner.run(read_file(path))] == [True, True]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (
            'expect = [{ rule = "BILAT101", outcome = "passed" }]',
            "line 1: BILAT101: expected passed, but it is fired",
        ),
        ('expect = [{ rule = "BILAT101", severity = "deny" }]', "expected severity deny, but it is return"),
        ('expect = [{ rule = "BILAT102" }]', "expected fired, but it is passed [code.bilateral = 0 (RVU25D)"),
        (
            'expect = [{ rule = "STAT110", outcome = "unknown", cause = "no_code" }]',
            "expected the cause no_code, but it is unknown",
        ),
        ('expect = [{ rule = "BILAT109x" }]', "there is no rule 'BILAT109x'; did you mean"),
        ('expect = [{ rule = "DATE307" }]', "it was not run: it needs received_date"),
        ('no_findings = ["BILAT"]', "line 1: BILAT101 fired (return) [line.modifiers = 50"),
        ('no_findings = ["NONE"]', "'NONE' selects no rule"),
        (
            "",
            f"nothing is expected; write expect or no_findings, or run {FREEZE} a.claims.toml",
        ),
    ],
)
def test_what_is_expected_and_does_not_come(runner: Runner, write: Write, expected: str, said: str) -> None:
    """Each problem says what was expected, what came, and the facts."""
    [problem] = problems(runner, write(SIDES + expected))

    assert said in problem


def test_a_claim_offers_what_it_holds(runner: Runner, write: Write) -> None:
    """A date of receipt switches its rule on; the day of the run is the file's, or the claim's own."""
    claim = SIDES + 'received_date = 2027-01-01\nexpect = [{ rule = "DATE307" }]\n'
    assert problems(runner, write(claim)) == []
    later = 'as_of = 2026-01-01\n[[claims]]\ntitle = "x"\nlines = ["G0105 2026-02-01"]\n'
    file = read_file(write(later + "given = { as_of = 2026-03-01 }\n"))
    assert [each.as_of for each in file.scenarios] == [date(2026, 3, 1)]
    assert [each.as_of for each in read_file(write(later)).scenarios] == [date(2026, 1, 1)]


def test_the_history_is_of_the_same_patient_and_as_complete_as_declared(runner: Runner, write: Write) -> None:
    """Undeclared it is unknown where nothing fires; declared it is passed."""
    quiet = (
        VISIT.replace("2025-10-20", "2025-07-01") + "{}\nexpect = [{{ rule = 'GLOB404', outcome = '{}' }}]\n"
    )
    given = "given = { history_from = 2025-01-01, history_to = 2025-12-31, history_providers = 'all' }"

    assert problems(runner, write(quiet.format("", "unknown"))) == []
    assert problems(runner, write(quiet.format(given, "passed"))) == []


def test_what_was_frozen_is_held_against_what_is_seen(runner: Runner, write: Write) -> None:
    """Nothing changes: passed. A finding more, a finding less, another unknown: told, with what to do."""
    path = write(SIDES + VISIT)
    frozen = freeze(runner, path).frozen
    assert frozen is not None
    assert frozen.book == runner.book.content_hash
    assert [claim.findings for claim in frozen.claims] == [
        ("line 1: BILAT101 return",),
        ("line 1: GLOB404 deny",),
    ]
    assert problems(runner, path) == []
    kept = path.with_name("a.frozen.toml")
    text = kept.read_text("utf-8")

    kept.write_text(text.replace("BILAT101", "BILAT102"), "utf-8")
    again = f"look at it, then run {FREEZE} a.claims.toml"
    assert problems(runner, path) == [
        f"frozen finding is gone: line 1: BILAT102 return; {again}",
        f"finding that was not frozen: line 1: BILAT101 return; {again}",
    ]
    kept.write_text(text.replace("no_table ", "no_table AAAA101 "), "utf-8")
    assert any("frozen unknown is gone" in problem for problem in problems(runner, path))


def test_another_book_is_no_silent_pass(runner: Runner, write: Write) -> None:
    """The message names both books; expectations that are written by hand are held against any book."""
    path = write(SIDES + 'expect = [{ rule = "BILAT101" }]\n')
    freeze(runner, path)
    other = attrs.evolve(runner, book=CodeBook.from_tables([]))

    found = problems(other, path)

    assert len(found) == 2
    assert "BILAT101: expected fired, but it is unknown" in found[0]
    assert f"was frozen with the code book {runner.book.content_hash[:12]}, this one is" in found[1]
    assert other.book.content_hash[:12] in found[1]
    assert "--book" in found[1]


def test_another_overlay_is_told_too(runner: Runner, write: Write, tmp_path: Path) -> None:
    """What was frozen without one is not held against a payer's rules, nor the other way round."""
    (tmp_path / "payer.toml").write_text(PAYER, "utf-8")
    payer = attrs.evolve(runner, rulebook=Rulebook.load(overlay=tmp_path / "payer.toml"))
    path = write(SIDES)
    freeze(runner, path)

    assert "frozen with no overlay, this run has the overlay 'A payer'" in problems(payer, path)[0]
    freeze(payer, path)
    assert problems(payer, path) == []
    assert "frozen with the overlay 'A payer', this run has no overlay" in problems(runner, path)[0]


def test_a_claim_that_was_changed_is_not_judged_by_what_was_frozen(runner: Runner, write: Write) -> None:
    """Other lines or another title: look and freeze again; other expectations change nothing."""
    path = write(SIDES)
    freeze(runner, path)

    write(SIDES + 'expect = [{ rule = "BILAT101" }]\n')
    assert problems(runner, path) == []
    for change in (SIDES.replace("G0105-50", "G0105-80"), SIDES.replace("Both", "Two")):
        write(change)
        assert "does not know this claim as it stands" in problems(runner, path)[0]


LINE = '[[claims]]\ntitle = "x"\nlines = ["G0105 2025-11-03"]\n'
ID = "SECRET-PATIENT-7"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.claims.toml:1: holds no [[claims]]"),
        ("claims = 1", "a.claims.toml:1: claims: expected a list"),
        ("claims = [1]", "a.claims.toml:1: claims[0]: expected an object"),
        ("\n[[claims]\n", "a.claims.toml:2: not TOML"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        ("x = " + "[" * 5_000 + "]" * 5_000, "nests too deeply"),
        ("x = 1" + "0" * 5_000, "number too large to read"),
        ("# " + "x" * 300_000, "more than 256,000 bytes; split it into several files"),
        ("titel = 'x'\n" + LINE, 'a.claims.toml:1: titel: unknown field; did you mean "title"?'),
        ("as_of = 'soon'\n" + LINE, "a.claims.toml:1: as_of:"),
        ("editions = 'all'\n" + LINE, "a.claims.toml:1: editions: write one of"),
        (LINE + LINE, "the title 'x' stands twice"),
        (LINE * 1_001, "more than 1,000 claims"),
        ("\n[[claims]]\nlines = ['G0105']", "a.claims.toml:2: [[claims]] 1: title: required, but missing"),
        ("[[claims]]\ntitle = ''\nlines = ['G0105']", "title: write one line of at most 120"),
        ("[[claims]]\ntitle = 'a\\u0007'\nlines = ['G0105']".replace("'", '"'), "title: write one line"),
        ("[[claims]]\ntitle = 'x'\nlines = []", "lines: write at least one"),
        ("[[claims]]\ntitle = 'x'\nlines = [" + "'G0105'," * 1_001 + "]", "lines: more than 1,000 lines"),
        ("[[claims]]\ntitle = 'x'\nlines = 'G0105'", "lines: expected a list"),
        (f"[[claims]]\ntitle = 'x'\nlines = ['G0105 patient:{ID} patient:{ID}']", "patient stands twice"),
        (f"[[claims]]\ntitle = 'x'\nlines = ['{ID} 2025']", "lines 1: a line begins with its code"),
        (f"[[claims]]\ntitle = 'x'\nlines = ['G0105']\nhistory = ['G0105 {ID}']", "history 1: this word"),
        (LINE + "expect = [{ rule = 'X', line = 2 }]", "expect: line 2, of a claim of 1 lines"),
        (LINE + "expect = [{ rule = 'X', line = 0 }]", "expect: line 0"),
        (LINE + "expect = [{ line = 1 }]", "expect[0].rule: required, but missing"),
        (LINE + "expect = [{ rule = 'X', outcome = 'fire' }]", "expect[0].outcome"),
        (LINE + f"patiant = '{ID}'", 'patiant: unknown field; did you mean "patient"?'),
        (LINE + "expects = []", 'expects: unknown field; did you mean "expect"?'),
        (
            LINE + f"'{'k' * 5_000}' = 1",
            f"[[claims]] 1: {'k' * 60}...: unknown field; the fields are title, lines",
        ),
        (LINE + "".join(f"k{number} = 1\n" for number in range(100)), "a.claims.toml: and 50 more errors"),
        (LINE + '"a\\u0000\\u001b" = 1', r"[[claims]] 1: a\x00\x1b: unknown field"),
        ('"a\\u0000\\u001b" = 1\n' + LINE, r"a.claims.toml:1: a\x00\x1b: unknown field"),
        (LINE + "given = 5", "given: expected an object, got a whole number"),
        (LINE + f"sex = '{ID}'", "sex: F or M; give None"),
        (LINE + f"bill_type = '{ID}'", "bill_type: three characters, as in 131"),
        (LINE + "patient = nan", "patient: expected text"),
        (LINE + LINE, "a.claims.toml:4: [[claims]] 2: the title 'x' stands twice"),
        (LINE + f"patient = ['{ID}']", "patient: expected text in quotes, got a list"),
        (LINE + "given = { history_providers = 'some' }", "given.history_providers: 'some' is neither"),
        (
            LINE + "given = { history_from = 2025-02-01, history_to = 2025-01-01 }",
            "given.history_to lies before given.history_from",
        ),
    ],
)
def test_a_hostile_file_is_refused_with_place_and_remedy(write: Write, text: str | bytes, said: str) -> None:
    """Every error names the file, and the line where it can; none holds an id."""
    with pytest.raises(ScenarioError) as raised:
        read_file(write(text))

    assert said in str(raised.value)
    assert all("a.claims.toml" in each for each in raised.value.errors)
    assert ID not in str(raised.value)


def test_every_error_of_a_file_is_told_at_once(write: Write) -> None:
    """Two claims, a fault in each."""
    wrong = "\n[[claims]]\ntitle = 'y'\nlines = ['G0105']\nexpect = [{ rule = 1 }]\n"
    text = "[[claims]]\ntitle = 'x'\nlines = ['']\n" + wrong
    with pytest.raises(ScenarioError) as raised:
        read_file(write(text))

    assert [each.partition(": ")[0].rpartition(":")[2] for each in raised.value.errors] == ["1", "5"]


def test_what_was_frozen_may_be_hostile_too(write: Write) -> None:
    """The fault is in the frozen file, and the message says so."""
    path = write(SIDES)
    write("book = 1", "a.frozen.toml")

    with pytest.raises(ScenarioError, match=r"a\.frozen\.toml:1: book: expected text"):
        read_file(path)


def test_files_are_found_in_folders(write: Write, tmp_path: Path) -> None:
    """By their ending, in order, folders within folders; a place that holds none is an error."""
    (tmp_path / "b").mkdir()
    paths = [write(SIDES), write(SIDES, "b/c.claims.toml")]
    write(SIDES, "other.toml")

    assert find((tmp_path,)) == tuple(paths)
    assert find((paths[1], tmp_path / "b")) == (paths[1],)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScenarioError) as raised:
        find((tmp_path / "empty", tmp_path / "other.toml", tmp_path / "none.claims.toml"))
    assert len(raised.value.errors) == 3


def test_texts_come_back_as_they_were_written(runner: Runner, write: Write) -> None:
    """Quotes, umlauts and backslashes in a title."""
    path = write(
        "[[claims]]\ntitle = '''a \"quoted\" \\ title, für O'Hara'''\nlines = ['G0105-50 2025-11-03']\n"
    )

    frozen = freeze(runner, path).frozen

    assert frozen is not None
    assert frozen.claims[0].title == 'a "quoted" \\ title, für O\'Hara'
    assert runner.run(read_file(path)) == (Ran(scenario=read_file(path).scenarios[0]),)
