"""Reading TOML that may come from a stranger: size first, then syntax, then shape."""

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn

MAX_BYTES: Final = 256_000
MAX_DEPTH: Final = 12

_place = re.compile(r"\(at line (\d+), column \d+\)")


class RulebookError(ValueError):
    """Rule files that cannot be used; ``errors`` names all of them, with file and line."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        """Remember every error."""
        self.errors = errors
        super().__init__("\n".join(errors))


def read_toml(path: Path, *, remedy: str = "rule files are short") -> tuple[dict[str, Any], str]:
    """Read one TOML file: its data and its text; ``remedy`` is for one that is too large.

    Raises:
        RulebookError: it is too large, not UTF-8, not TOML, or nests too deeply.
    """
    text = read_text(path, remedy=remedy)
    return parse_toml(path, text), text


def read_text(path: Path, *, remedy: str = "rule files are short") -> str:
    """Read the text of one TOML file.

    Raises:
        RulebookError: it is too large, not UTF-8, or cannot be read.
    """
    try:
        if not path.is_file():
            there = path.exists() or path.is_symlink()
            _fail(f"{path}: not a file" if there else f"{path}: there is no such file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            _fail(f"{path}: more than {MAX_BYTES:,} bytes; {remedy}")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        _fail(f"{path}: {error.strerror or 'cannot be read'}")
    except UnicodeDecodeError as error:
        _fail(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8")


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """Read the data of a text, which stands at the beginning of a file.

    Raises:
        RulebookError: it is not TOML, or nests too deeply.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _place.search(str(error))
        _fail(f"{path}:{found[1] if found else 1}: not TOML: {error}")
    except (RecursionError, MemoryError, ValueError):
        _fail(f"{path}: nests too deeply, or holds a number too large to read")


def _fail(error: str) -> NoReturn:
    raise RulebookError((error,)) from None


def plain(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 (what TOML holds)
    """Write TOML's dates as ISO text, so that one strict converter serves TOML and JSON.

    Raises:
        RecursionError: the data nests deeper than any rule file does.
    """
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {("if_" if key == "if" else key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def position(text: str, key: str, number: int = 1) -> int:
    """The line, from 1, of a top-level key, of a table, or of the ``number``-th ``[[key]]``; else 1."""
    word = re.escape(key)
    heads = list(re.finditer(rf"^[ \t]*\[\[?[ \t]*{word}[ \t]*\]", text, re.MULTILINE))
    found = heads[number - 1 : number] or list(re.finditer(rf"^[ \t]*{word}[ \t]*=", text, re.MULTILINE))[:1]
    return text.count("\n", 0, found[0].start()) + 1 if found else 1
