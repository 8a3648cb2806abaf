"""JSON objects as rows: a key is a column; a list of modifiers is one cell."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from claimrules.formats.errors import ReadError
from claimrules.formats.json_values import Value, json_values, raw_of
from claimrules.formats.named import could_hold
from claimrules.formats.raw import Raw
from claimrules.formats.records import Record
from claimrules.formats.stream import Stream

_SAMPLE: Final = 1_000
"""Objects whose keys make the header."""
_NESTED: Final = "holds an object or a list where a text or a number must be"


class JsonRows:
    """The objects of a stream as rows; what stands under keys that are not ``used`` is passed over.

    A key that comes up late and could hold a field would be lost, so it rejects its row.
    """

    def __init__(self, stream: Stream) -> None:
        """Take the header from the first objects.

        Raises:
            ReadError: there is no object among them.
        """
        values = json_values(stream)
        first = list(islice(values, _SAMPLE))
        self.header = list(
            dict.fromkeys(key for value in first if isinstance(value.value, dict) for key in value.value)
        )
        if not self.header:
            fault = next((value.fault for value in first if value.fault), "")
            msg = (
                f"is no JSON of objects ({fault or 'it holds none'}); write an object a line, a key a column"
            )
            raise ReadError(msg)
        self._known = frozenset(self.header)
        self._values = chain(first, values)
        self._read: tuple[str | None, ...] = tuple(self.header)
        self.notes: tuple[str, ...] = ()

    def use(self, places: frozenset[int]) -> None:
        """Read the columns at these places only: the others are blank."""
        self._read = tuple(name if place in places else None for place, name in enumerate(self.header))

    def __iter__(self) -> Iterator[Record]:
        """Give every object, once."""
        return (self._record(value) for value in self._values)

    def _record(self, value: Value) -> Record:
        fault, cells = value.fault, list[str]()
        if not fault and not isinstance(value.value, dict):
            fault = "is no object"
        elif not fault and any(could_hold(key) for key in value.value.keys() - self._known):
            fault = f"has a key that none of the first {_SAMPLE:,} objects has"
        elif not fault:
            found = ["" if name is None else _cell(value.value.get(name)) for name in self._read]
            fault = _NESTED if None in found else ""
            cells = [cell or "" for cell in found]
        return Record(value.line, value.offset, [] if fault else cells, fault, value)

    @staticmethod
    def raw_of(record: Record) -> Raw:
        """Give an object as it stands in the file; a member of a list, and of a document, as JSON text."""
        return raw_of(record.source)


def _cell(value: Any) -> str | None:  # noqa: ANN401 (JSON is anything)
    """Write a value as the text of a cell; nothing for what has no text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    return str(value) if isinstance(value, str) else None
