# ruff: noqa: INP001 (a script, no package)
"""Write the generated parts of the documentation: `python docs/generate.py`; `--check` only compares.

What stands between `<!-- generated: name -->` and `<!-- end -->` in a page is made here from the
sources, so that a page never says something else than the program.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from claimrules.expr.functions import MAX_SHIFT
from claimrules.expr.syntax import MAX_LENGTH, MAX_NODES
from claimrules.expr.vocabulary import KEY_FIELDS, VOCABULARY, Field
from claimrules.rulebook.around import MAX_DAYS_BEFORE
from claimrules.rulebook.reading import MAX_BYTES
from claimrules.rulebook.rule import MAX_FIELDS
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.template import MAX_LENGTH as MAX_TEMPLATE

PAGE: Final = Path(__file__).resolve().parent / "language.md"
_block = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_UNITS: Final = {3: "number, 3 decimals", 2: "number, 2 decimals"}


def _row(field: Field) -> str:
    values = " ".join(f'`"{value}"`' for value in field.values or ())
    kind = _UNITS.get(field.scale, field.type.value)
    table = field.table.words if field.table else ""
    return f"| `{field}` | {kind} | {values} | {table} | {'optional' if field.optional else ''} |"


def field_table() -> str:
    """Every field that a rule can name; those of the other line are the same again."""
    chosen = [space for space in VOCABULARY if space not in ("other", "other_code")]
    rows = [_row(field) for space in chosen for field in VOCABULARY[space].values()]
    return "\n".join(["| field | is | values | from | input |", "|---|---|---|---|---|", *rows])


def keys() -> str:
    """The fields that ``same`` may name."""
    return " ".join(f"`{name}`" for name in KEY_FIELDS)


def limits() -> str:
    """Every limit of the language."""
    found = {
        "characters of a condition": MAX_LENGTH,
        "nodes of a condition": MAX_NODES,
        "fields of a rule": MAX_FIELDS,
        "characters of a message": MAX_TEMPLATE,
        "bytes of a file": MAX_BYTES,
        "days by which a date is moved": MAX_SHIFT,
        "`days_before` of `needs`": MAX_DAYS_BEFORE,
    }
    return "\n".join(
        ["| limit | |", "|---|---|", *(f"| {what} | {most:,} |" for what, most in found.items())]
    )


def set_table() -> str:
    """The named sets that ship with the rules."""
    sets = sorted(Rulebook.load().sets.values(), key=lambda found: (found.kind, found.name))
    rows = [f"| `sets.{found.name}` | {found.kind} | {found.title} |" for found in sets]
    return "\n".join(["| set | holds | |", "|---|---|---|", *rows])


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "fields": field_table,
    "keys": keys,
    "limits": limits,
    "sets": set_table,
}


def generate(text: str) -> str:
    """Give the text of a page with its generated parts as they must be."""
    return _block.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    made = generate(text)
    if "--check" in arguments:
        return int(made != text)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
