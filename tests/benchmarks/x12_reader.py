"""How fast an 837 is read, and with how much memory.

python tests/benchmarks/x12_reader.py [--megabytes 100]
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.interchange import write

from claimrules.formats.open import open_lines
from claimrules.model.claim import ClaimLine


def main() -> int:
    """Make a file, read it, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=100)
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.837"
        size = write(path, megabytes) / 1e6
        before, spent = time.perf_counter(), time.process_time()
        with open_lines(path) as reader:
            lines = sum(isinstance(entry, ClaimLine) for entry in reader)
        seconds, spent = time.perf_counter() - before, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"837 reader: {size:.1f} MB, {lines:,} lines\n")
    sys.stdout.write(f"{size / seconds:.1f} MB/s, {lines / seconds:,.0f} lines/s ")
    sys.stdout.write(f"({size / spent:.1f} MB a second of processor time), peak memory {peak:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
