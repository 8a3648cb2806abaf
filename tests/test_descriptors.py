"""No descriptor of a CPT code stands in the repository: held against the published files beside it."""

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = ROOT.parent / "shared"
SCHEDULE_2022: Final = SHARED / "data" / "pfs" / "PPRRVU22_JAN.csv"
SCHEDULE_2025: Final = SHARED / "data" / "pfs" / "PPRRVU2025_Oct.txt"
PAGES: Final = SHARED / "seeds"
RUN: Final = 5
"""So many words in a row are taken from somewhere."""
LINES_OF_A_NAME: Final = 3
"""The kind of the code, a heading, and the name of the procedure."""

Words = tuple[str, ...]
_word = re.compile(r"[a-z0-9]+")
_descriptor = re.compile(r"\b(?:Short|Medium|Long) Descr \| ([^|]+)")
_cpt_code = re.compile(r"[0-9]{4}[0-9A-Z]")

pytestmark = pytest.mark.skipif(
    not SCHEDULE_2022.exists() or shutil.which("git") is None,
    reason="no published files, or no git",
)


def runs(text: str) -> Iterator[Words]:
    """Every run of five words of a text, whatever its case and punctuation."""
    words = _word.findall(text.lower())
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def labels() -> Iterator[str]:
    """The short descriptors of CPT codes in two schedules."""
    with SCHEDULE_2022.open(encoding="latin-1", newline="") as stream:
        yield from (row[2] for row in csv.reader(stream) if _cpt_code.fullmatch(row[0]))
    for line in SCHEDULE_2025.read_text(encoding="latin-1").splitlines():
        if _cpt_code.fullmatch(line[:5]):
            yield line[7:57]


def descriptors_of_pages() -> Iterator[str]:
    """The descriptors of a code page stand in a row of cells; those of a profile in its first lines."""
    for path in sorted(PAGES.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (cell for line in lines for cell in _descriptor.findall(line))
        if "CPT4 code" in lines:
            yield from lines[: lines.index("CPT4 code") + LINES_OF_A_NAME]


def committed() -> Iterator[Path]:
    """Every file that is committed, or would be by ``git add``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (our own)
    if listed.returncode:
        pytest.skip("not a checkout")
    return (path for name in listed.stdout.split("\0") if (path := ROOT / name).is_file())


def test_no_run_of_five_words_of_a_descriptor_is_committed() -> None:
    """In no text file: not in a rule, a page, a test, nor the data of the starter."""
    descriptors = {run for text in (*labels(), *descriptors_of_pages()) for run in runs(text)}
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [(str(path.relative_to(ROOT)), " ".join(run)) for run in runs(text) if run in descriptors]

    assert len(descriptors) > 1_000
    assert found == []
