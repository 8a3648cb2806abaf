"""What the envelope of an interchange counts, compared with what stands in it."""

from typing import Final

import attrs

from claimrules.formats.reader import MOST_NOTES

_FAULTS: Final = {
    "SE": "transaction set: SE counts {said} segments, {seen} stand there",
    "GE": "functional group: GE counts {said} transaction sets, {seen} stand there",
    "IEA": "interchange: IEA counts {said} functional groups, {seen} stand there",
}

_LONGEST: Final = 10
"""Digits of a count."""


@attrs.define
class Envelope:
    """How many sets and groups were seen, and which are open; ``notes`` tell what disagrees."""

    first: int = 0
    sets: int = 0
    groups: int = 0
    control: str = ""
    in_set: bool = False
    in_interchange: bool = False
    in_group: bool = False
    all_sets: int = 0
    wrong: int = 0
    notes: list[str] = attrs.field(factory=list)

    def open_interchange(self, offset: int) -> bool:
        """Count from here, and say whether the one before was never closed."""
        was_open = self.in_interchange
        if was_open:
            self._note(f"another interchange begins before one is closed, without IEA (byte {offset:,})")
        self.in_interchange, self.in_group, self.groups = True, False, 0
        return was_open

    def open_group(self, offset: int) -> None:
        """Count from here; the one before must be closed."""
        self._need_no_group(offset)
        self.in_group, self.groups, self.sets = True, self.groups + 1, 0

    def open_set(self, control: str, segment: int) -> None:
        """Count from this segment; the set closes under the same control number."""
        self.in_set, self.first, self.control = True, segment, control
        self.sets, self.all_sets = self.sets + 1, self.all_sets + 1

    def close_set(self, elements: list[str], offset: int, segment: int) -> None:
        """Compare the number of segments, and the control number."""
        self.in_set = False
        self._compare("SE", elements, segment - self.first + 1, offset)
        if self.control != "".join(elements[1:2]).strip():
            self._note(f"a transaction set ends under another control number (byte {offset:,})")

    def close_group(self, elements: list[str], offset: int) -> bool:
        """Compare the number of sets, and say whether some are missing."""
        self.in_group = False
        return self._compare("GE", elements, self.sets, offset)

    def close_interchange(self, elements: list[str], offset: int) -> bool:
        """Compare the number of groups, the last of them closed, and say whether some are missing."""
        self._need_no_group(offset)
        self.in_interchange = False
        return self._compare("IEA", elements, self.groups, offset)

    def told(self) -> tuple[str, ...]:
        """Everything that disagrees: the first of it in words, the rest as a number."""
        further = self.wrong - len(self.notes)
        return (*self.notes, f"{further:,} further counts disagree") if further else tuple(self.notes)

    def _need_no_group(self, offset: int) -> None:
        if self.in_group:
            self._note(f"a functional group is not closed, without GE (byte {offset:,})")
        self.in_group = False

    def _compare(self, tag: str, elements: list[str], seen: int, offset: int) -> bool:
        """Note what disagrees, and say whether more is counted than stands there."""
        text = "".join(elements[:1]).strip()
        said = int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else None
        if said != seen:
            shown = "no" if said is None else f"{said:,}"
            self._note(f"{_FAULTS[tag].format(said=shown, seen=f'{seen:,}')} (byte {offset:,})")
        return said is not None and said > seen

    def _note(self, text: str) -> None:
        self.wrong += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)
