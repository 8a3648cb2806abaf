"""What a reader has to say about a file: one note per kind of remark, counted and located."""

import attrs

LINES_KEPT = 5


@attrs.frozen(kw_only=True)
class Note:
    """One remark, how often it holds, and the first lines of the file (1-based) where it does."""

    text: str
    count: int
    lines: tuple[int, ...]

    def __str__(self) -> str:
        places = ", ".join(str(line) for line in self.lines)
        more = ", …" if self.count > len(self.lines) else ""
        where = f"line {places}{more}" if self.count == 1 else f"{self.count} times, lines {places}{more}"
        return f"{self.text} ({where})" if self.lines else self.text


class Notebook:
    """Counts remarks while a file is read; a hostile file cannot make it grow without bound."""

    _KINDS = 1000

    def __init__(self) -> None:
        """Start with no remark."""
        self._counts: dict[str, int] = {}
        self._lines: dict[str, list[int]] = {}

    def add(self, text: str, line: int) -> None:
        """Remark ``text`` at ``line``."""
        if text not in self._counts and len(self._counts) >= self._KINDS:
            text = "further remarks of other kinds"
        self._counts[text] = self._counts.get(text, 0) + 1
        lines = self._lines.setdefault(text, [])
        if len(lines) < LINES_KEPT and line not in lines:
            lines.append(line)

    def notes(self) -> tuple[Note, ...]:
        """Give the remarks in the order in which they first occurred."""
        return tuple(
            Note(text=text, count=count, lines=tuple(self._lines[text]))
            for text, count in self._counts.items()
        )
