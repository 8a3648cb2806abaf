"""Lines set aside on disk in parts, so that lines which can prove something of each other stay together.

The part of a line follows from its patient, for whom otherwise the claim stands. Where one claim names
several patients, or replaces the claim of another, all lines of these patients stand together in a last part
of their own.
"""

import pickle
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from claimrules.formats.errors import setting_aside
from claimrules.model.claim import ClaimLine

_HELD: Final = 500
"""Lines of a part that are held before they are written."""
_LINKS: Final = 4096
Entry = tuple[int, int, bool, ClaimLine]
"""The number of a line, the number of its patient, whether it only proves, and the line."""


def number_of(text: str) -> int:
    """Give the same number of 63 bits for the same text, in every run."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


class LineSpill:
    """Claim lines in parts; add all, then read part after part, 0 … ``parts``, the last included."""

    def __init__(self, folder: Path, parts: int) -> None:
        """Take a folder that nobody else can read."""
        self.parts: Final = parts
        self.lines = 0
        self._folder = folder
        self._held: list[list[Entry]] = [[] for _ in range(parts)]
        self._links: list[array[int]] = [array("q") for _ in range(parts)]
        self._last = (-1, -1)
        self._mixed: frozenset[int] | None = None

    def add(self, line: ClaimLine, *, past: bool = False) -> None:
        """Set a line aside; ``past`` says that it only proves."""
        name = line.patient or line.claim_id
        key = self.lines if name is None else number_of(name)
        held = self._held[key % self.parts]
        held.append((self.lines, key, past, line))
        if len(held) >= _HELD:
            self._write(key % self.parts)
        self.lines += 1
        if line.claim_id is not None:
            self._link(number_of(line.claim_id), key)
        if line.facts is not None and line.facts.replaces:
            self._link(number_of(line.facts.replaces), ~key)

    def _link(self, claim: int, key: int) -> None:
        """Keep which patient a claim names; ``~key``: a claim of his replaces it."""
        if (claim, key) == self._last:
            return
        self._last = claim, key
        links = self._links[claim % self.parts]
        links.extend((claim, key))
        if len(links) >= _LINKS:
            self._write_links(claim % self.parts)

    def _write(self, part: int) -> None:
        path = self._folder / f"{part:04}.lines"
        with setting_aside(self._folder), path.open("ab") as stream:
            pickle.dump(self._held[part], stream, pickle.HIGHEST_PROTOCOL)
        self._held[part] = []

    def _write_links(self, part: int) -> None:
        path = self._folder / f"{part:04}.links"
        with setting_aside(self._folder), path.open("ab") as stream:
            self._links[part].tofile(stream)
        self._links[part] = array("q")

    @property
    def mixed(self) -> frozenset[int]:
        """The patients that share a claim with another; call it when all lines are added."""
        if self._mixed is None:
            self._mixed = frozenset(key for part in range(self.parts) for key in self._mixed_in(part))
        return self._mixed

    def _mixed_in(self, part: int) -> set[int]:
        self._write_links(part)
        links = array("q")
        links.frombytes((self._folder / f"{part:04}.links").read_bytes())
        first: dict[int, int] = {}
        found: set[int] = set()
        for claim, key in zip(links[::2], links[1::2], strict=True):
            if key >= 0 and (known := first.setdefault(claim, key)) != key:
                found |= {known, key}
        for claim, key in zip(links[::2], links[1::2], strict=True):
            if key < 0 and (known := first.get(claim, ~key)) != ~key:
                found |= {known, ~key}
        return found

    def part(self, number: int) -> list[Entry]:
        """Give the lines of a part in their order."""
        mixed = self.mixed
        if number < self.parts:
            return [entry for entry in self._read(number) if entry[1] not in mixed]
        if not mixed:
            return []
        found = [entry for part in range(self.parts) for entry in self._read(part) if entry[1] in mixed]
        return sorted(found, key=lambda entry: entry[0])

    def _read(self, part: int) -> Iterator[Entry]:
        path = self._folder / f"{part:04}.lines"
        if path.exists():
            with path.open("rb") as stream:
                while stream.peek(1):
                    yield from pickle.load(stream)  # noqa: S301 (written above, in a folder of our own)
        yield from self._held[part]
