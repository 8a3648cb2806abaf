"""``claimrules book``: build a code book, tell what one holds, what changed in it, and export a table."""

from typing import TYPE_CHECKING

from claimrules.cli import book_build, book_changes, book_export, book_info

if TYPE_CHECKING:
    from claimrules.cli.options import Commands


def add(commands: "Commands") -> None:
    """Add the command and its own."""
    parser = commands.add_parser(
        "book",
        help="build a code book, or tell what it holds",
        description="Builds a code book from the files that Medicare publishes, or tells what one holds.",
    )
    several = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (book_build, book_info, book_changes, book_export):
        command.add(several)
