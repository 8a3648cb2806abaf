"""Writes what was seen of a file of scenarios: TOML, line by line, so that a change is read in a diff."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from claimrules.scenarios.scenario import Frozen, ScenarioFile

_HEAD: Final = """\
# What the rules said of {name}, written by `claimrules scenarios freeze`.
# Read a change of this file as you read code: it is what a payer's claims are promised.
"""


def frozen_text(file: ScenarioFile, frozen: Frozen) -> str:
    """Give the text of the file that keeps what was seen."""
    return "\n".join(_parts(file, frozen)) + "\n"


def _parts(file: ScenarioFile, frozen: Frozen) -> Iterator[str]:
    yield _HEAD.format(name=file.path.name)
    yield f"book = {_quoted(frozen.book)}"
    if frozen.overlay:
        yield f"overlay = {_quoted(frozen.overlay)}"
    for claim in frozen.claims:
        yield ""
        yield "[[claims]]"
        yield f"title    = {_quoted(claim.title)}"
        yield f"digest   = {_quoted(claim.digest)}"
        yield f"findings = {_list(claim.findings)}"
        if claim.unknown:
            yield f"unknown  = {_list(claim.unknown)}"


def _list(texts: Sequence[str]) -> str:
    if not texts:
        return "[]"
    return "\n".join(["[", *(f"  {_quoted(text)}," for text in texts), "]"])


def _quoted(text: str) -> str:
    """Write a basic string of TOML: JSON's escapes are among TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
