"""Reading TOML that may come from a stranger: size first, then syntax, then shape."""

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

MAX_BYTES: Final = 256_000
MAX_DEPTH: Final = 12


class RulebookError(ValueError):
    """Rule files that cannot be used; ``errors`` names all of them, with file and line."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        """Remember every error."""
        self.errors = errors
        super().__init__("\n".join(errors))


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Read one TOML file: its data and its text.

    Raises:
        RulebookError: it is too large, not UTF-8, not TOML, or nests too deeply.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RulebookError((f"{path}: {size:,} bytes; at most {MAX_BYTES:,} are read",))
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal), text
    except OSError as error:
        raise RulebookError((f"{path}: {error.strerror or error}",)) from None
    except UnicodeDecodeError as error:
        raise RulebookError((f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8",)) from None
    except tomllib.TOMLDecodeError as error:
        raise RulebookError((f"{path}: not TOML: {error}",)) from None
    except (RecursionError, MemoryError, ValueError):
        raise RulebookError((f"{path}: nests too deeply, or holds a number too large to read",)) from None


def plain(value: Any, depth: int = 0) -> Any:
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


def position(text: str, key: str) -> int:
    """The line, from 1, on which a top-level key stands; 1 where it cannot be found."""
    found = re.search(rf"^\s*{re.escape(key)}\s*=", text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.end()) + 1
