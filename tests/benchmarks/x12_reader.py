"""How fast an 837 is read, and with how much memory.

python tests/benchmarks/x12_reader.py [MEGABYTES]      # 100 by default
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.interchange import write

from claimrules.formats.open import open_lines
from claimrules.model.claim import ClaimLine


def main(megabytes: float = 100) -> None:
    """Make a file, read it, and tell."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.837"
        size = write(path, megabytes)
        before = time.perf_counter()
        with open_lines(path) as reader:
            lines = sum(isinstance(entry, ClaimLine) for entry in reader)
        seconds = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{size / 1e6:.1f} MB, {lines:,} lines: {seconds:.2f} s")  # noqa: T201 (what it is for)
    print(f"{size / 1e6 / seconds:.1f} MB/s, {lines / seconds:,.0f} lines/s, peak {peak:.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:2]))
