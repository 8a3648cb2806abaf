"""Reading the source of a condition: its size and characters first, then Python's own syntax tree.

The tree comes from the standard library's ``ast`` and is never compiled. Columns count from the start
of the source as given, line ends included, so that a caret finds its place in a condition of several
lines.
"""

import ast
import re
import warnings
from typing import Final, NoReturn

from claimrules.expr.errors import refuse

MAX_LENGTH: Final = 2_000
MAX_NODES: Final = 200

_refused = re.compile(r"[^\t\r\n -~]")
_FLAT: Final = str.maketrans("\t\r\n", "   ")
_FORBIDDEN: Final = (("#", "a comment"), ("\\", "a backslash"), (";", "a semicolon"))


def read(source: str) -> ast.expr:
    """Read the syntax tree of a condition.

    Raises:
        ExpressionError: it is too long, holds a character that has no place in it, or is no expression.
    """
    _check_text(source)
    tree = _tree(source.translate(_FLAT), source)
    lead = len(source) - len(source.lstrip())
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset += lead
            node.end_col_offset = (node.end_col_offset or 0) + lead
            count += 1
    if count > MAX_NODES:
        problem = f"the condition has {count:,} nodes; at most {MAX_NODES} are read"
        refuse(problem, remedy="split the rule, or name a set")
    return tree


def too_deep() -> NoReturn:
    """Refuse a condition that nests more deeply than can be read.

    Raises:
        ExpressionError: always.
    """
    refuse("the condition nests too deeply", remedy="write it flatter")


def _check_text(source: str) -> None:
    if len(source) > MAX_LENGTH:
        problem = f"the condition has {len(source):,} characters; at most {MAX_LENGTH:,} are read"
        refuse(problem, remedy="split the rule, or name a set")
    if not source.strip():
        refuse("the condition is empty", remedy="leave the key out instead")
    for bad, what in _FORBIDDEN:
        if bad in source:
            refuse(f"{what} has no place in a condition", source, source.index(bad))
    found = _refused.search(source)
    if found:
        refuse("only plain ASCII characters may stand here", source, found.start())


def _tree(flat: str, source: str) -> ast.expr:
    """Read one line of text: line ends in a condition mean nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(flat.strip(), mode="eval").body
    except SyntaxError as error:
        at = len(flat) - len(flat.lstrip()) + max(0, (error.offset or 1) - 1)
        refuse(f"not a condition: {error.msg}", source, at)
    except (MemoryError, RecursionError, ValueError):
        too_deep()
