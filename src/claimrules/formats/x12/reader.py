"""Reads X12 837 interchanges, streaming: every service line is given, or rejected with its byte and why."""

import re
from collections.abc import Iterator
from typing import Final

import attrs

from claimrules.expr.vocabulary import OFFERABLE
from claimrules.formats.errors import ReadError
from claimrules.formats.reader import LineReader, Place, ReadOptions
from claimrules.formats.stream import Stream
from claimrules.formats.x12.counts import Envelope
from claimrules.formats.x12.delimiters import Delimiters
from claimrules.formats.x12.held import Held
from claimrules.formats.x12.loops import Entry, Loops
from claimrules.formats.x12.segments import BLANK, LEADS, Batch, Segment, Segments, words
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

_CUT: Final = "is not complete: the file ends, or another envelope begins, before its transaction set does"
_FEWER: Final = "is where {0} counts more than stands there: what is missing is lost"
_OPEN: Final = "is where an interchange breaks off without IEA: what followed is lost"
_CLAIM_SET: Final = "837"
_OFFERED: Final = frozenset(
    [
        "diagnosis_pointers",
        "diagnoses",
        "principal_diagnosis",
        "condition_codes",
        "icd_version",
        "birth_date",
        "death_date",
        "sex",
        "clia",
        "bill_type",
        "patient_status",
        "statement_from",
        "statement_to",
        "admission_date",
        "discharge_date",
        "noncovered_charge",
        "npi",
        "provider",
        "billing_provider",
    ]
)
_ENVELOPE: Final = frozenset(("ISA", "GS", "ST", "SE", "GE", "IEA"))
_PASSED_OVER: Final = frozenset(("BHT", "N3", "N4", "PER", "PRV", "AMT", "PWK", "NTE", "OI", "SVD", "CAS"))
"""Segments that say nothing of what is read, and are many; any other of a good tag is passed over too."""
_tag = re.compile("[A-Z][A-Z0-9]{1,2}")


class X12Reader(LineReader):
    """The lines of an 837; ``claims`` counts the CLM segments seen."""

    def __init__(self, stream: Stream, options: ReadOptions) -> None:
        """Read the delimiters.

        Raises:
            ReadError: it is no X12 interchange.
        """
        super().__init__(stream)
        self.has_columns = False
        self._segments = Segments(stream)
        if self._segments.delimiters is None:
            msg = "has no readable ISA segment: separators cannot be told; export the interchange again"
            raise ReadError(msg)
        self._envelope = Envelope()
        self._ready: list[Entry] = []
        self._loops = Loops(self.name, options.setting, self._ready.append)
        self._held = Held() if options.raw else None
        self._other_sets = 0
        self._element = ""
        self._skip = True
        self._use(self._segments.delimiters)
        handlers = dict.fromkeys(_PASSED_OVER) | self._loops.handlers
        self._plain: Final = {
            lead + tag: (handle, len(lead)) for lead in ("", *LEADS) for tag, handle in handlers.items()
        }

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every service line, once."""
        number, held = 0, self._held
        for batch in self._segments:
            if held is None and isinstance(batch, Batch) and batch.plain:
                for offset, pieces in batch.parts():
                    number = self._walk(offset, pieces, number)
                    yield from self._give()
                continue
            for segment in batch.segments() if isinstance(batch, Batch) else (batch,):
                if held is not None:
                    held.add(segment.offset, segment.piece)
                number = self._one(segment, number)
                yield from self._give()
                if held is not None:
                    held.trim(self._loops.start)
        self._close(number + 1)
        yield from self._give()

    def _walk(self, offset: int, pieces: list[str], number: int) -> int:
        """Take segments that stand one after the other; ``number`` is that of the one before."""
        element, plain = self._element, {} if self._skip else self._plain
        for piece in pieces:
            elements = piece.split(element)
            known = plain.get(elements.pop(0))
            if known is None or not piece.isascii():
                number = self._odd(offset, piece, number)
                element, plain = self._element, {} if self._skip else self._plain
            else:
                number += 1
                handle, lead = known
                if handle is not None:
                    handle(elements or [""], offset + lead, number)
            offset += len(piece) + 1
        return number

    def _odd(self, offset: int, piece: str, number: int) -> int:
        """Take a segment that is not plainly a claim's, or the blanks that stand for none."""
        text = piece.lstrip(BLANK)
        if not text:
            return number
        self._take(text, (offset + len(piece) - len(text), number + 1), ended=True)
        return number + 1

    def _one(self, segment: Segment, number: int) -> int:
        if segment.ended:
            return self._walk(segment.offset, [segment.text], number)
        self._take(segment.text, (segment.offset, number + 1), ended=False)
        return number + 1

    def _give(self) -> Iterator[ClaimLine | Rejected]:
        for entry, offset, number in self._ready:
            self.place = Place(number, offset)
            if self._held is not None and isinstance(entry, Rejected):
                data, size = self._held.raw_of(offset) or (None, None)
                yield attrs.evolve(entry, raw=data, raw_size=size)
            else:
                yield entry
        self._ready.clear()

    @property
    def claims(self) -> int:
        """The CLM segments seen."""
        return self._loops.claims

    @property
    def notes(self) -> tuple[str, ...]:
        """What the envelope counts wrongly, and what was passed over."""
        found = list(self._envelope.told())
        if self._envelope.in_interchange:
            found.append("an interchange is not closed (no IEA)")
        if self._segments.inferred:
            found.insert(0, "has no ISA segment: its separators were concluded from what follows")
        return tuple(found)

    @property
    def inputs(self) -> frozenset[str]:
        """What the format offers; minutes where anaesthesia read so far is billed in them."""
        return (_OFFERED | ({"minutes"} if self._loops.timed else set())) & OFFERABLE

    @property
    def assumptions(self) -> tuple[str, ...]:
        """An 837 says everything itself."""
        return ()

    def _take(self, text: str, where: tuple[int, int], *, ended: bool) -> None:
        """Take any segment, whatever it is."""
        if text[:3] == "ISA" and self._segments.delimiters is not None:
            self._use(self._segments.delimiters)
        tag, _, rest = text.partition(self._element)
        if not ended and (tag != "IEA" or self._envelope.in_set):
            self._loops.broken()
        elif tag in _ENVELOPE:
            self._enveloped(tag, rest.split(self._element), *where)
        elif self._skip:
            pass
        elif handle := self._loops.handlers.get(tag):
            try:
                handle(words(rest).split(self._element), *where)
            except UnicodeDecodeError:
                self._loops.claims += tag == "CLM"
                self._loops.broken()
        elif not _tag.fullmatch(tag):
            self._loops.broken()

    def _use(self, delimiters: Delimiters) -> None:
        self._element = delimiters.element
        self._loops.component = delimiters.component

    def _enveloped(self, tag: str, elements: list[str], offset: int, number: int) -> None:
        envelope = self._envelope
        if tag == "SE" and envelope.in_set:
            self._loops.end()
            envelope.close_set(elements, offset, number)
            self._skip = True
            return
        was_cut = envelope.in_set
        self._cut(offset, number)
        self._skip = True
        if tag == "ST":
            self._open_set(elements, offset, number)
        elif tag == "GS":
            envelope.open_group(offset)
        elif tag in ("GE", "IEA"):
            close = envelope.close_group if tag == "GE" else envelope.close_interchange
            if close(elements, offset):
                self._reject(_FEWER.format(tag), offset, number)
        elif tag == "ISA" and envelope.open_interchange(offset) and not was_cut:
            self._reject(_OPEN, offset, number)

    def _open_set(self, elements: list[str], offset: int, number: int) -> None:
        self._envelope.open_set("".join(elements[1:2]).strip(), number)
        self._loops.reset()
        kind = "".join(elements[:1]).strip()
        self._skip = kind != _CLAIM_SET
        if self._skip:
            self._other_sets += 1
            shown = kind if re.fullmatch("[0-9]{3}", kind) else "of an unknown kind"
            self._reject(f"is a transaction set {shown}, not a claim (837)", offset, number)

    def _close(self, number: int) -> None:
        if self._held is not None:
            self._held.end(self._stream.tell())
        was_cut = self._envelope.in_set
        self._cut(self._stream.tell(), number)
        if not self._loops.claims and not self._other_sets:
            reason = "is the end of a file without any claim (no CLM segment)"
        elif self._envelope.in_interchange and not was_cut:
            reason = _OPEN
        else:
            return
        self._reject(reason, self._stream.tell(), number)

    def _cut(self, offset: int, number: int) -> None:
        """End a transaction set that is open where none may be."""
        if not self._envelope.in_set:
            self._loops.end()
            return
        self._loops.end(_CUT)
        self._reject(
            "is where a transaction set breaks off without SE: what followed is lost", offset, number
        )
        self._envelope.in_set = False

    def _reject(self, reason: str, offset: int, number: int) -> None:
        entry = Rejected(file=self.name, line=number, offset=offset, reason=reason)
        self._ready.append((entry, offset, number))
