"""The options that several commands share, each with the same words everywhere."""

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import claimrules
from claimrules.cli.console import note
from claimrules.cli.errors import Stop
from claimrules.codebook import EDITION_MODES, CodeBook
from claimrules.model.claim import Setting
from claimrules.model.edition import Kind
from claimrules.model.finding import Severity
from claimrules.model.form import read_date
from claimrules.rulebook.select import Rulebook

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]  # noqa: SLF001 (its only name)

SETTINGS: Final = tuple(setting.value for setting in Setting)
FORMATS: Final = ("text", "json")
NEVER: Final = "never"

_TOP_EPILOG: Final = """\
examples:
  claimrules check claims.csv                     check a file; findings on standard output
  claimrules check claims.csv --map code=proc     where a column has another name
  claimrules line "47383-50 x2 2025-11-03 @22"    one line, and what every rule says of it
  claimrules rule BILAT101                        one rule in full
  claimrules code G0105 --on 2025-11-03           everything that is known about a code
  claimrules modifier 50                          one modifier, and the rules that name it
  claimrules globals claims.csv --on 2025-11-03   whose surgical package is open on a day
  claimrules search colorectal screening          codes by words
  claimrules scenarios run claims/                the claims of *.claims.toml, held against what is expected
  claimrules book build PPRRVU26_JAN.csv --output my.claimbook

exit codes: 0 nothing fired at --fail-on or above, 1 something did, 2 could not run.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one paragraph and name the remedy."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (handed on)
        """Keep examples as they are written; take no abbreviations."""
        settings |= {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(**settings)

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401 (of any type)
        """Refuse what is none of the choices, naming the nearest."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = get_close_matches(str(value), known, n=1)
        meant = f"; did you mean {near[0]}? Choose from" if near else "; choose from"
        if isinstance(action, argparse._SubParsersAction) and Path(str(value)).exists():  # noqa: SLF001 (as above)
            meant = f"; a file stands behind a command, as in {self.prog} {known[0]} {value}. Choose from"
        message = f"invalid choice: {value!r}{meant} {', '.join(known)}"
        raise argparse.ArgumentError(action, message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 (as argparse has it)
        """Refuse what is no option, naming the nearest: a command knows its own, which the whole does not."""
        words = sys.argv[1:] if args is None else args
        if self._subparsers and words and words[0][:1] == "-" and words[0] not in self._option_string_actions:
            option = words[0].split("=")[0]
            self.error(
                f"{option} stands before the command: write {self.prog} COMMAND, and {option} behind it"
            )
        found, left = super().parse_known_args(args, namespace)
        strange = next((word.split("=")[0] for word in left if word.startswith("-")), None)
        if strange is not None:
            near = get_close_matches(strange, self._option_string_actions, n=1)
            self.error(f"there is no option {strange}{f'; did you mean {near[0]}?' if near else ''}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without the usage, and leave with exit code 2."""
        note(f"{message} ({self.prog} --help tells what can be given)")
        self.exit(2)


def top_parser() -> tuple[Parser, "Commands"]:
    """Make the parser without its commands, and what takes them."""
    parser = Parser(
        prog="claimrules",
        description="Checks medical claim lines against the tables that Medicare publishes, and says\n"
        "what is wrong, why, and what to do.",
        epilog=_TOP_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"claimrules {claimrules.__version__}")
    return parser, parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add_format(parser: Parser, words: str = "") -> None:
    """Add ``--format``; ``words`` tell what the object holds."""
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help=f"text for people, or a JSON object{words} (default: text)",
    )


def add_book_only(parser: Parser) -> None:
    """Add ``--book``."""
    parser.add_argument(
        "--book",
        type=Path,
        metavar="BOOK",
        help="code book made by 'book build' (default: the small starter)",
    )


def add_book(parser: Parser) -> None:
    """Add ``--book`` and ``--editions``."""
    add_book_only(parser)
    add_editions(parser, "near", default="near")


def add_editions(parser: Parser, words: str, *, default: str | None) -> None:
    """Add ``--editions``; ``words`` tell what the default is."""
    parser.add_argument(
        "--editions",
        choices=EDITION_MODES,
        default=default,
        help="which edition of a table speaks for a day: exact, only one published for it; near, else the "
        f"nearest of the same calendar year, and say so; latest, the newest for every day (default: {words})",
    )


def add_all(parser: Parser, text: str) -> None:
    """Add ``--all``."""
    parser.add_argument("--all", action="store_true", help=text)


def add_rules(parser: Parser) -> None:
    """Add what chooses rules."""
    chooses: dict[str, Any] = {"action": "append", "type": _words, "metavar": "RULES"}
    parser.add_argument(
        "--select",
        **chooses,
        help="rules to run: BILAT, BILAT1, BILAT101, a name, or ALL; with commas, repeatable (default: ALL)",
    )
    parser.add_argument("--ignore", **chooses, help="rules to leave out, as for --select (default: none)")
    parser.add_argument(
        "--overlay",
        type=Path,
        metavar="FILE",
        help="a payer's file that selects, ignores, reweighs and adds rules (default: Medicare's, unchanged)",
    )
    parser.add_argument(
        "--preview", action="store_true", help="run rules of status preview too (default: only settled ones)"
    )


def add_as_of(parser: Parser) -> None:
    """Add ``--as-of``."""
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="the day of the run, for rules that compare with it, YYYY-MM-DD (default: today)",
    )


def add_verdict(parser: Parser) -> None:
    """Add what decides the exit code."""
    parser.add_argument(
        "--fail-on",
        choices=(*(severity.value for severity in Severity), NEVER),
        default=Severity.RETURN.value,
        help="exit with 1 if a finding of this severity or a graver one fired (default: return)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 also if something could not be judged or read (default: say so, exit with 0)",
    )
    parser.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 whatever was found (could not run stays 2)"
    )


def day(text: str) -> date:
    """Read a date of the command line; never guess."""
    found, _ = read_date(text)
    if found is None:
        message = "this is no date; write YYYY-MM-DD, as in 2025-11-03"
        raise argparse.ArgumentTypeError(message)
    return found


def whole(text: str) -> int:
    """Read a whole number that is not negative."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:  # noqa: PLR2004 (more is no count)
        message = "write a whole number, as in 5"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def place(text: str) -> Path:
    """Read the name of a file or folder; a blank one would be the folder one is in."""
    if not text.strip():
        message = "the name of a file is blank: is a variable not set?"
        raise argparse.ArgumentTypeError(message)
    return Path(text)


def today() -> date:
    """Read the clock: the only place that does."""
    return datetime.now().astimezone().date()


def open_book(path: Path | None) -> CodeBook:
    """Open the book asked for, or the starter."""
    return CodeBook.starter() if path is None else CodeBook.open(path)


def newest_day(book: CodeBook) -> date | None:
    """Give the last day of the newest edition: of the snapshots, where there are any."""
    editions = [each for each in book.editions if each.kind is Kind.SNAPSHOT] or book.editions
    newest = max(editions, key=lambda each: (each.effective, each.ends), default=None)
    return newest.ends if newest else None


def load_rules(args: argparse.Namespace, *, lean: bool = False) -> Rulebook:
    """Load the rules that the options choose, and no others where ``lean``.

    Raises:
        Stop: they leave none, and a run without rules would look clean.
    """
    found = Rulebook.load(
        flat(args.select) or ("ALL",),
        flat(args.ignore),
        preview=args.preview,
        overlay=args.overlay,
        lean=lean,
    )
    if not found.rules:
        message = (
            "--select and --ignore leave no rule; select more, or add --preview for rules of that status"
        )
        raise Stop(message)
    return found


def flat(lists: list[list[str]] | None) -> tuple[str, ...]:
    """Join the words of a repeated option."""
    return tuple(word for words in lists or () for word in words)


def _words(text: str) -> list[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        message = "write at least one rule, as in BILAT or BILAT101"
        raise argparse.ArgumentTypeError(message)
    return words


Run = Callable[[argparse.Namespace], int]
"""What a command does: give its exit code."""
