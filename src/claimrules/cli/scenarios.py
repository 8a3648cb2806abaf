"""``claimrules scenarios``: run the claims of scenario files, and freeze what is seen of them."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import add_book_only, add_format, open_book, place
from claimrules.cli.output import replacing
from claimrules.report.json import SCHEMA
from claimrules.report.page import Page, Span
from claimrules.report.words import count
from claimrules.rulebook.select import Rulebook
from claimrules.scenarios.read import find, read_file
from claimrules.scenarios.run import Runner
from claimrules.scenarios.scenario import Ran, ScenarioError, ScenarioFile
from claimrules.scenarios.write import frozen_text

if TYPE_CHECKING:
    from claimrules.cli.options import Commands, Parser

_DESCRIPTION: Final = """\
Scenario files (*.claims.toml) hold claims in line shorthand, their history, and what the rules are
expected to say of them. 'run' holds them against the rules; 'freeze' writes beside each file what is seen
now (*.frozen.toml), with the content hash of the code book, so that 'run' tells whatever changes.
"""
_EPILOG: Final = """\
examples:
  claimrules scenarios run claims/
  claimrules scenarios run claims/visits.claims.toml --book my.claimbook --overlay payer.toml
  claimrules scenarios freeze claims/ --book my.claimbook
  pytest claims/                                  the same in pytest, a test for each claim

exit codes: 0 all as expected, 1 something is not, 2 a file could not be used.
"""
_FROM_FILES: Final = 2


@attrs.frozen(kw_only=True)
class _Told:
    """What was run of one file, or why it could not be used."""

    path: Path
    ran: tuple[Ran, ...] = ()
    errors: tuple[str, ...] = ()


def add(commands: "Commands") -> None:
    """Add the command with its two parts."""
    parser = commands.add_parser(
        "scenarios", help="run claims with expectations", description=_DESCRIPTION, epilog=_EPILOG
    )
    parts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    words = {
        "run": "run the claims of scenario files",
        "freeze": "write beside each file what is seen of it now",
    }
    for name, doing in (("run", run), ("freeze", freeze)):
        part = parts.add_parser(name, help=words[name], description=_DESCRIPTION, epilog=_EPILOG)
        part.add_argument(
            "places", nargs="+", type=place, metavar="DIR", help="folders, or files *.claims.toml"
        )
        _add_rules(part)
        part.set_defaults(run=doing)
        if name == "run":
            add_format(part)


def _add_rules(parser: "Parser") -> None:
    add_book_only(parser)
    parser.add_argument(
        "--overlay", type=Path, metavar="FILE", help="a payer's overlay (default: Medicare's, unchanged)"
    )
    parser.add_argument("--preview", action="store_true", help="run rules of status preview too")


def _runner(args: argparse.Namespace) -> Runner:
    return Runner(open_book(args.book), Rulebook.load(preview=args.preview, overlay=args.overlay))


def run(args: argparse.Namespace) -> int:
    """Run the scenarios, and give the exit code."""
    runner, paths = _runner(args), find(tuple(args.places))
    told = tuple(_run_file(runner, path) for path in paths)
    if args.format == "json":
        write_json(_object(told, runner), sys.stdout)
    else:
        write_page(_page(told, runner), sys.stdout)
    if any(each.errors for each in told):
        return _FROM_FILES
    return int(any(not ran.passed for each in told for ran in each.ran))


def _run_file(runner: Runner, path: Path) -> _Told:
    try:
        return _Told(path=path, ran=runner.run(read_file(path)))
    except ScenarioError as error:
        return _Told(path=path, errors=error.errors)


def freeze(args: argparse.Namespace) -> int:
    """Write what is seen of each file; nothing is written where one cannot be used."""
    runner = _runner(args)
    files = [read_file(path) for path in find(tuple(args.places))]
    for file in files:
        frozen = runner.freeze(file)
        _write(file, frozen_text(file, frozen))
        claims = count(len(frozen.claims), "claim")
        print(f"{file.frozen_path}: {claims}, code book {frozen.book[:12]}")  # noqa: T201 (what was asked for)
    return 0


def _write(file: ScenarioFile, text: str) -> None:
    try:
        with replacing(file.frozen_path, private=False) as new:
            new.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"{file.frozen_path}: cannot be written ({error.strerror})"
        raise Stop(message) from error


def _failed(told: Sequence[_Told]) -> Iterator[tuple[_Told, Ran]]:
    return ((each, ran) for each in told for ran in each.ran if not ran.passed)


def _page(told: Sequence[_Told], runner: Runner) -> Page:
    page = Page(width())
    for each in told:
        for text in each.errors:
            _error(page, text)
    for each, ran in _failed(told):
        page.add(Span("FAILED  ", "return"), Span(ran.scenario.title, "head"))
        page.add(Span(f"  {each.path}:{ran.scenario.line}", "dim"))
        for problem in ran.problems:
            page.wrap(problem, first="  ", rest="    ")
    page.gap()
    failed, everything = len(list(_failed(told))), sum(len(each.ran) for each in told)
    wrong = sum(bool(each.errors) for each in told)
    unused = f", {count(wrong, 'file')} could not be used" if wrong else ""
    page.add(
        f"{count(everything, 'claim')} of {count(len(told), 'file')}: {everything - failed} as expected, ",
        Span(f"{failed} not", "return" if failed else "good"),
        unused,
    )
    page.wrap(f"code book {runner.book.content_hash[:12]}: {runner.book.describe()}", role="dim")
    return page


def _error(page: Page, text: str) -> None:
    """Add an error as it is: a line of shorthand has its caret below."""
    first, *rest = text.split("\n")
    page.wrap(first, rest="  ", role="deny")
    for line in rest:
        page.add(line)


def _object(told: Sequence[_Told], runner: Runner) -> dict[str, Any]:
    files = [
        {
            "path": str(each.path),
            "errors": list(each.errors),
            "claims": [
                {
                    "title": ran.scenario.title,
                    "line": ran.scenario.line,
                    "passed": ran.passed,
                    "problems": list(ran.problems),
                }
                for ran in each.ran
            ],
        }
        for each in told
    ]
    failed = len(list(_failed(told)))
    everything = sum(len(each.ran) for each in told)
    return {
        "schema": SCHEMA,
        "book": runner.book.content_hash,
        "overlay": runner.overlay,
        "passed": everything - failed,
        "failed": failed,
        "files": files,
    }
