"""What a terminal gets: colours and a progress bar where rich is there, plain text where not."""

import io
import sys
import time

import pytest

from claimrules.cli import console, main
from claimrules.cli.progress import Speed, progress
from claimrules.report.page import MARK, Page, Span


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "ascii"

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def page() -> Page:
    """One line with a severity and a letter that ASCII lacks."""
    made = Page()
    made.add(Span("DENY", "deny"), " [bold]\N{EM DASH}")
    return made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal that can show colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    return Terminal()


def test_a_terminal_gets_colours(page: Page, terminal: Terminal) -> None:
    """Where rich is installed; text that looks like its markup stays text."""
    pytest.importorskip("rich")
    console.write_page(page, terminal)
    assert "\x1b[1;31mDENY\x1b[0m" in terminal.getvalue()
    assert "[bold]" in terminal.getvalue()


@pytest.mark.parametrize(
    ("name", "value"), [("NO_COLOR", "1"), ("NO_COLOR", "0"), ("TERM", "dumb"), ("TERM", "unknown")]
)
def test_a_terminal_gets_plain_text_where_that_is_asked_for(
    page: Page, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """No escape sequence, for bold letters neither, whatever else is asked for; marks stay where they are."""
    monkeypatch.setenv(name, value)
    page.add(Span("`word`", MARK))
    console.write_page(page, terminal)
    assert terminal.getvalue() == "DENY [bold]\\u2014\n`word`\n"


def test_a_blank_no_color_says_nothing(
    page: Page, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its convention has it."""
    pytest.importorskip("rich")
    monkeypatch.setenv("NO_COLOR", "")
    console.write_page(page, terminal)
    assert "\x1b[1;31mDENY\x1b[0m" in terminal.getvalue()


def test_a_dumb_terminal_gets_no_progress(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar is drawn with escape sequences."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("claimrules.cli.progress._DELAY", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress() as tell:
        tell("reading", 1, 2)
        time.sleep(0.05)
    assert terminal.getvalue() == ""


def test_without_rich_a_terminal_gets_plain_text(
    page: Page, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words; what the encoding lacks is escaped."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    console.write_page(page, terminal)
    assert terminal.getvalue() == "DENY [bold]\\u2014\n"


def test_nobody_gets_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A shell closes standard output with ``>&-``: a run would end in its midst."""
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["rule", "BILAT101"]) == 2
    assert "standard output is closed" in capsys.readouterr().err


def test_a_file_gets_plain_text(page: Page) -> None:
    """No escape sequence in it."""
    stream = io.StringIO()
    console.write_page(page, stream)
    assert stream.getvalue() == "DENY [bold]\N{EM DASH}\n"


def test_the_page_is_as_wide_as_the_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within reason."""
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "300")
    assert console.width() == 120


def test_quick_work_shows_no_progress(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written in the first second."""
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress() as tell:
        tell("reading", 1, 2)
    assert terminal.getvalue() == ""


def test_slow_work_shows_progress(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the delay there is a bar."""
    pytest.importorskip("rich")
    monkeypatch.setattr("claimrules.cli.progress._DELAY", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress() as tell:
        tell("reading", 1, 2)
        for _ in range(200):
            if terminal.getvalue():
                break
            time.sleep(0.01)
    assert "reading" in terminal.getvalue()


def test_without_rich_there_is_no_progress(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence, not an error."""
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress() as tell:
        tell("reading")
    assert terminal.getvalue() == ""


def test_the_speed_is_that_of_the_work_that_goes_on() -> None:
    """Lines a second since it began; fewer lines than before are other work."""
    times = iter((0.0, 0.5, 2.0, 3.0, 5.0))
    speed = Speed(lambda: next(times))

    assert speed.words(100) == "100 lines"
    assert speed.words(4000) == "4,000 lines, 2,000 a second"
    assert speed.words(0) == ""
    assert speed.words(600) == "600 lines, 300 a second"
