"""Several tables in one source, as one reader: the members of an archive, the sheets of a workbook."""

from collections.abc import Callable, Iterator, Sequence

import attrs

from claimrules.formats.errors import ReadError
from claimrules.formats.reader import LineReader
from claimrules.formats.stream import Stream
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

Open = Callable[[], LineReader]


@attrs.frozen(kw_only=True)
class Part:
    """One part: its name, and what opens it."""

    name: str
    open: Open


class PartsReader(LineReader):
    """The lines of several parts, one part after the other; ``passed_over`` names what is not read."""

    def __init__(self, stream: Stream, parts: Sequence[Part], passed_over: Sequence[str] = ()) -> None:
        """Look into every part.

        Raises:
            ReadError: a part cannot be read; every fault is named.
        """
        super().__init__(stream)
        self._parts = tuple(parts)
        self._inputs: frozenset[str] = frozenset()
        self.has_columns = False
        self._assumptions: dict[str, None] = {}
        self._notes: dict[str, tuple[str, ...]] = {}
        self._passed_over = tuple(passed_over)
        faults = []
        for part in self._parts:
            try:
                with part.open() as reader:
                    self._look(part, reader)
            except ReadError as error:
                faults.append(f"{part.name}: {error}")
        if faults:
            raise ReadError("; ".join(faults))

    def _look(self, part: Part, reader: LineReader) -> None:
        self._inputs |= reader.inputs
        self.has_columns = self.has_columns or reader.has_columns
        self._assumptions.update(dict.fromkeys(reader.assumptions))
        self._notes[part.name] = reader.notes

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every record of every part, once."""
        for part in self._parts:
            with part.open() as reader:
                for entry in reader:
                    self.place = reader.place
                    yield entry
                self._look(part, reader)

    @property
    def notes(self) -> tuple[str, ...]:
        """What each part tells, and what was passed over."""
        told = [f"{name}: {'; '.join(notes)}" for name, notes in self._notes.items() if notes]
        return (*told, *self._passed_over)

    @property
    def inputs(self) -> frozenset[str]:
        """What any part offers."""
        return self._inputs

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted in any part."""
        return tuple(self._assumptions)
