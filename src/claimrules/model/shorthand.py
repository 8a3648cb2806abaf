"""The line shorthand, one line of text for one claim line: ``G0105-50 x2 2025-11-03 @22``.

    CODE[-MOD]* [xUNITS] [DATE|DATE..DATE] [@POS] [$CHARGE] [by:NPI] [bill:NPI] [group:G] [spec:S]
    [patient:P] [rev:R] [setting:H] [doc:yes|no] [teaching:yes|no] [text:yes|no] [minutes:N] [dose:N] [dx:N]
    [noncovered:CHARGE] [allowed:AMOUNT] [container:N] [equipment:E] [cancelled:yes|no]
    [purchased:yes|no]

The code comes first; the other words stand in any order, each once, and are written in the order
above. ``?`` is a missing code, ``-?`` says that the modifiers are not known, ``x?`` that the units are
missing (no ``xN`` means 1 unit), ``..?`` and ``?..`` that one end of the span is. What cannot be read is
``!``: the code, ``-!`` the modifiers, ``x!`` the units, ``@!`` the place, ``$!`` the charge, ``!`` or
``!..DATE`` a date. A setting is a full name or its letter: ``P`` professional, ``H`` hospital outpatient,
``A`` asc, ``D`` dme.

The shorthand has no words for ``claim_id``, ``line_id``, ``facts`` and ``repaired``.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import attrs

from claimrules.model.claim import Setting
from claimrules.model.form import (
    DATE_PATTERN,
    read_code,
    read_date,
    read_modifier,
    read_plain_place,
    read_units,
)
from claimrules.model.shorthand_keys import KEYS, NUMBER, WORDS, close_key, read_amount, read_value

if TYPE_CHECKING:
    from claimrules.model.claim import ClaimLine

T = TypeVar("T")

__all__ = ["WORDS", "ShorthandError", "format_line", "parse_line"]

UNKNOWN: Final = "?"
UNREADABLE: Final = "!"
_MARKED: Final = {"x": "units", "X": "units", "@": "place_of_service", "$": "charge"}
_ANY_KEY: Final = "one of " + ", ".join(f"{key}:" for key in KEYS)

_word = re.compile(r"\S+")
_date = re.compile(DATE_PATTERN, re.ASCII)
_between_dashes = re.compile(r"(?:^|(?<=-))[^-]*")
_not_an_id = re.compile(r"[xX@][\d.,?!+-]*", re.ASCII)
_code_and_modifiers = re.compile(r"[^\W_]{0,7}[?!]?(-[\w?!]{0,3})*", re.ASCII)
_bare = re.compile(r"\d{1,7}(\.\d+)?|\w\w", re.ASCII)


class ShorthandError(ValueError):
    """A word that the shorthand does not have; the text shows it by a caret and says what to write.

    Only codes, modifiers, units and places are echoed; of any other word letters stand as ``a`` and
    digits as ``n``, because it may be somebody's id.
    """


@attrs.frozen
class _Word:
    """One word of the text, and where it starts."""

    line: str
    text: str
    start: int


def parse_line(text: str) -> dict[str, Any]:
    """Read one line of shorthand as the keyword arguments of ``ClaimLine``.

    Raises:
        TypeError: it is no text.
        ShorthandError: a word is unknown, misplaced, unreadable or given twice.
    """
    if not isinstance(text, str):
        msg = "a line is written as text: write 'G0105-50 x2 2025-11-03 @22'"
        raise TypeError(msg)
    words = [_Word(text, match.group(), match.start()) for match in _word.finditer(text)]
    if not words:
        _fail(_Word(text, "", 0), "there is no line", 'write a code, as in "G0105-50 x2 2025-11-03 @22"')
    fields = _read_code(words[0])
    unreadable = [*fields.pop("unreadable", ())]
    for word in words[1:]:
        found = _read_word(word)
        unreadable += found.pop("unreadable", ())
        for field, value in found.items():
            if field in fields:
                _fail(word, f"{field} stands twice", "remove one of the two words")
            fields[field] = value
    return fields | {"unreadable": tuple(unreadable)} if unreadable else fields


def format_line(line: "ClaimLine") -> str:
    """Write a line in the shorthand; what it cannot express stands as it is, and may not read back."""
    absent = dict.fromkeys(line.unreadable, UNREADABLE)
    modifiers = (absent.get("modifiers", UNKNOWN),) if line.modifiers is None else line.modifiers
    words = ["-".join((line.code or absent.get("code", UNKNOWN), *modifiers))]
    if line.units != 1:
        words.append("x" + (absent.get("units", UNKNOWN) if line.units is None else _plain(line.units)))
    if dates := _format_dates(line, absent):
        words.append(dates)
    if line.place_of_service is not None or "place_of_service" in absent:
        words.append(f"@{line.place_of_service or UNREADABLE}")
    if line.charge is not None or "charge" in absent:
        words.append(UNREADABLE.join(("$", "")) if line.charge is None else f"${line.charge:.2f}")
    words += [f"{key}:{value}" for key, value in _format_keys(line)]
    return " ".join(words)


def _read_code(word: _Word) -> dict[str, Any]:
    parts = _between_dashes.finditer(word.text)
    first, *rest = (_Word(word.line, part.group(), word.start + part.start()) for part in parts)
    code, _ = read_code(first.text)
    if code is None and first.text not in (UNKNOWN, UNREADABLE):
        _fail(first, "a line begins with its code", "write five letters or digits, or ? if it is missing")
    unreadable = ("code",) if first.text == UNREADABLE else ()
    if [part.text for part in rest] in ([UNKNOWN], [UNREADABLE]):
        unread = ("modifiers",) if rest[0].text == UNREADABLE else ()
        return {"code": code, "modifiers": None, "unreadable": (*unreadable, *unread)}
    remedy = "two letters or digits, or -? alone where the modifiers are unknown"
    return {
        "code": code,
        "modifiers": tuple(_known(part, read_modifier(part.text)[0], "modifier", remedy) for part in rest),
        "unreadable": unreadable,
    }


def _read_word(word: _Word) -> dict[str, Any]:
    text = word.text
    key, colon, value = text.partition(":")
    if colon and key.isalpha():
        return {_field(word, key): _read_key(word, key, value)}
    if text[1:] == UNREADABLE and text[0] in _MARKED:
        return {_MARKED[text[0]]: None, "unreadable": (_MARKED[text[0]],)}
    if text[0] in "xX":
        return {"units": _read_units(word)}
    if text[0] == "@":
        place, _ = read_plain_place(text[1:])
        return {"place_of_service": _known(word, place, "place", "@ and two digits, as in @22")}
    if text[0] == "$":
        return {"charge": _known(word, read_amount(text[1:]), "charge", "dollars, as in $150 or $150.25")}
    if text[0] == "-" or _bare.fullmatch(text):
        remedy = "write a modifier straight after the code, as in G0105-50, and units as x2"
        _fail(word, "this word stands alone", remedy)
    if ".." not in text and not text[0].isdecimal() and text != UNREADABLE:
        close = close_key(key)
        remedy = (
            f"did you mean {close}:…?" if close else f"write xUNITS, a date, @PLACE, $CHARGE or {_ANY_KEY}"
        )
        _fail(word, "this word is none of the shorthand's", remedy)
    return _read_dates(word)


def _field(word: _Word, key: str) -> str:
    if key not in KEYS:
        close = close_key(key)
        remedy = f"did you mean {close}:…?" if close else f"write {_ANY_KEY}"
        _fail(word, "this key is none of the shorthand's", remedy)
    return KEYS[key]


def _read_units(word: _Word) -> Decimal | None:
    if word.text[1:] == UNKNOWN:
        return None
    remedy = f"x and {NUMBER}, as in x2 or x1.5; x? if they are missing, x! if unreadable"
    return _known(word, read_units(word.text[1:])[0], "number of units", remedy)


def _read_dates(word: _Word) -> dict[str, Any]:
    first, dots, last = word.text.partition("..")
    parts = (("from_date", first), ("to_date", last if dots else first))
    unreadable = tuple(field for field, part in parts if part == UNREADABLE)
    if unreadable:
        absent = (UNKNOWN, UNREADABLE)
        days = {field: None if part in absent else _day(word, part) for field, part in parts}
        return {**days, "unreadable": unreadable}
    if not dots:
        return {"from_date": (day := _day(word, first)), "to_date": day}
    if first == last == UNKNOWN:
        _fail(word, "both dates are missing", "leave the word out")
    return {
        field: None if part == UNKNOWN else _day(word, part)
        for field, part in (("from_date", first), ("to_date", last))
    }


def _day(word: _Word, text: str) -> date:
    remedy = "YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD (? for an unknown end)"
    return _known(word, read_date(text)[0] if _date.fullmatch(text) else None, "date", remedy)


def _read_key(word: _Word, key: str, value: str) -> object:
    found, remedy = read_value(key, value)
    return _known(word, found, f"value of {key}:", remedy)


def _known(word: _Word, value: T | None, what: str, remedy: str) -> T:
    if value is None:
        _fail(word, f"this is no {what}", f"write {remedy}")
    return value


def _fail(word: _Word, problem: str, remedy: str) -> NoReturn:
    shown = "".join(" " if character.isspace() else character for character in _shown(word.line))
    caret = " " * word.start + "^" * max(len(word.text), 1)
    message = f"{problem}; {remedy}\n  {shown}\n  {caret}"
    raise ShorthandError(message)


def _shown(line: str) -> str:
    """Show the line with nobody's id in it, every character in its place."""
    first = len(line) - len(line.lstrip())
    return _word.sub(lambda match: _shown_word(match.group(), first=match.start() == first), line)


def _shown_word(word: str, *, first: bool) -> str:
    if _not_an_id.fullmatch(word) or (first and _code_and_modifiers.fullmatch(word)):
        return word
    key, colon, value = word.partition(":")
    if colon and (key in KEYS or close_key(key)):
        return f"{key}:{_shape(value)}"
    return _shape(word)


def _shape(text: str) -> str:
    return "".join("n" if c.isdecimal() else "a" if c.isalpha() else c for c in text)


def _format_dates(line: "ClaimLine", absent: dict[str, str]) -> str:
    first, last = (
        str(day) if day else absent.get(field, UNKNOWN)
        for field, day in (("from_date", line.from_date), ("to_date", line.to_date))
    )
    if first == last:
        return "" if first == UNKNOWN else first
    return f"{first}..{last}"


def _format_keys(line: "ClaimLine") -> Iterator[tuple[str, str]]:
    for key, field in KEYS.items():
        value = getattr(line, field)
        if value is None or value is Setting.PROFESSIONAL:
            continue
        if isinstance(value, bool):
            yield key, "yes" if value else "no"
        else:
            yield key, _plain(value) if isinstance(value, Decimal) else str(value)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
