"""What every reader of claim lines offers, whatever the format."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Final, NamedTuple, Self

import attrs

from claimrules.formats.stream import Stream
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Rejected
from claimrules.model.given import COLUMNS, need, need_each

MOST_NOTES: Final = 5
"""Notes of one kind; what comes after is counted."""


def _columns(_self: object, _field: object, mapping: Mapping[str, str]) -> None:
    need(mapping, Mapping, COLUMNS)
    need_each([*mapping.keys(), *mapping.values()], str, COLUMNS)


@attrs.frozen(kw_only=True)
class ReadOptions:
    """What the caller says of a source.

    ``setting`` is that of lines that do not tell their own; ``None`` leaves it to the format.
    ``line_prefix`` stands before the number of a line without an id of its own. With ``raw`` what is
    rejected holds its record as it stands in the file.
    """

    input_format: str | None = None
    delimiter: str | None = None
    mapping: Mapping[str, str] = attrs.field(factory=dict, validator=_columns)
    preset: str | None = None
    date_format: str | None = None
    setting: Setting | None = attrs.field(default=None, converter=attrs.converters.optional(Setting))
    line_prefix: str = ""
    raw: bool = attrs.field(default=False, repr=False)


class Place(NamedTuple):
    """Where an entry began: its line or segment, from 1, and its byte, from 0, where that is known."""

    line: int
    offset: int | None = None


class LineReader(ABC):
    """The lines of one source, in their order, once; close it, or use it in a ``with`` statement.

    ``notes`` tell what was concluded or found odd, and are complete when all is read; ``place`` is
    that of the entry given last; ``count`` is for whoever reads it to say how many there were. One that
    ``has_columns`` can be told which of them holds a field. ``refused`` are the numbers, from 1, of the
    records that a frame of them leaves out.
    """

    def __init__(self, stream: Stream) -> None:
        """Take the stream; it is closed with the reader."""
        self.name: Final = stream.name
        self.place = Place(0)
        self.count = 0
        self.has_columns = True
        self.refused: list[int] = []
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every record, once.

        Raises:
            ReadError: the source cannot be read any further.
        """

    def rejected(self, numbers: frozenset[int]) -> Iterator[Rejected]:
        """Give what is rejected among the records of these numbers; only a table has any."""
        raise NotImplementedError

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What was concluded, and what is odd."""

    @property
    @abstractmethod
    def inputs(self) -> frozenset[str]:
        """The optional inputs that the source offers; complete when all is read."""

    @property
    @abstractmethod
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted because the source does not say it."""

    @property
    def progress(self) -> tuple[int, int | None]:
        """Bytes read, and how many there are; ``None`` where that is not known."""
        return self._stream.progress

    def close(self) -> None:
        """Close the source; a stream that was given stays open."""
        self._stream.close()
