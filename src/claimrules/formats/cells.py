"""Cells to values: what ``model.form`` does not read itself, and modifiers over several cells."""

import re
from collections.abc import Sequence
from typing import Final

from claimrules.model.claim import EQUIPMENT, Setting
from claimrules.model.form import Form, read_modifier

_YES_NO: Final = {
    **dict.fromkeys(("yes", "y", "true", "1"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}
_SETTINGS: Final = {setting.value: setting for setting in Setting}
_whole = re.compile(r"[0-9]{1,6}")
_between = re.compile(r"[ ,:;|-]+")

Modifiers = tuple[tuple[str, ...] | None, Form]


def read_modifiers(texts: Sequence[str]) -> Modifiers:
    """Read one modifier a cell; a gap between them is closed, and one unreadable makes all unknown."""
    cells = [text.strip(" ") for text in texts]
    present = [cell for cell in cells if cell]
    modifiers, form = _read_all(present)
    if form is Form.OK and any(cells[len(present) :]):
        return modifiers, Form.REPAIRED
    return modifiers, form


def read_modifier_list(text: str) -> Modifiers:
    """Read all modifiers of one cell, separated by blanks or any of ``, : ; | -``."""
    return _read_all([word for word in _between.split(text) if word])


def _read_all(words: Sequence[str]) -> Modifiers:
    found: list[str] = []
    form = Form.OK
    for word in words:
        modifier, how = read_modifier(word)
        if modifier is None:
            return None, Form.UNREADABLE
        found.append(modifier)
        if how is Form.REPAIRED:
            form = how
    return tuple(found), form


def read_text(text: str) -> tuple[str | None, Form]:
    """Read an identifier: any text, blank is missing."""
    text = text.strip(" ")
    return (text, Form.OK) if text else (None, Form.MISSING)


def read_yes_no(text: str) -> tuple[bool | None, Form]:
    """Read yes or no, as words, letters, true and false, 1 and 0."""
    word = text.strip(" ").lower()
    value = _YES_NO.get(word)
    return value, Form.MISSING if not word else Form.UNREADABLE if value is None else Form.OK


def read_whole(text: str) -> tuple[int | None, Form]:
    """Read a whole number of at most six digits."""
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    return (int(text), Form.OK) if _whole.fullmatch(text) else (None, Form.UNREADABLE)


def read_equipment(text: str) -> tuple[str | None, Form]:
    """Read how an image was made."""
    word = text.strip(" ").lower()
    value = word if word in EQUIPMENT else None
    return value, Form.MISSING if not word else Form.UNREADABLE if value is None else Form.OK


def read_setting(text: str, default: Setting) -> Setting | None:
    """Read a setting by its name; blank is the default, anything else is none."""
    word = text.strip(" ").lower()
    return _SETTINGS.get(word) if word else default
