"""Errors of the rule language: what is wrong, where, and what to write instead."""

import difflib
from collections.abc import Iterable
from typing import NoReturn


class ExpressionError(ValueError):
    """A condition that the language refuses; the text shows the place with a caret."""

    def __init__(self, problem: str, source: str = "", at: int = 0, remedy: str = "") -> None:
        """Remember what is wrong, in which source, at which character, and the remedy."""
        self.problem, self.source, self.at, self.remedy = problem, source, at, remedy
        super().__init__(problem)

    def __str__(self) -> str:
        text = self.problem + (f"; {self.remedy}" if self.remedy else "")
        if not self.source:
            return text
        start = self.source.rfind("\n", 0, self.at) + 1
        line = self.source[start:].split("\n", 1)[0]
        shown, column = _window(line, self.at - start)
        return f"{text}\n    {shown}\n    {' ' * column}^"


def refuse(problem: str, source: str = "", at: int = 0, remedy: str = "") -> NoReturn:
    """Raise an ``ExpressionError``.

    Raises:
        ExpressionError: always.
    """
    raise ExpressionError(problem, source, at, remedy)


def _window(line: str, column: int, width: int = 100) -> tuple[str, int]:
    if len(line) <= width:
        return line, column
    start = max(0, min(column - width // 2, len(line) - width))
    return line[start : start + width], column - start


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known words, or list them if none is near."""
    choices = sorted(known)
    near = difflib.get_close_matches(word[:40], choices, n=2, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(near) + "?"
    return "one of: " + ", ".join(choices)
