"""``python -m claimrules``, and the command ``claimrules``."""

import gc
import os
import sys
from typing import Final

from claimrules.interrupted import INTERRUPTED

_OBJECTS: Final = 200_000
"""Objects that are made before Python looks for those that hold each other and nothing else holds: a command
makes few of these, and ends soon."""
_ALLOCATOR: Final = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
"""What Polars frees goes back to the system after ten seconds (jemalloc's own default), not after half a
second: a large check asks for it again, which took a sixteenth of its time. What the user set stands."""


def main() -> int:
    """Run the command line; who interrupts it while it loads sees no traceback either."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault(*_ALLOCATOR)
    try:
        from claimrules import cli  # noqa: PLC0415 (it takes most of the time of a short command)
    except KeyboardInterrupt:
        return INTERRUPTED
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
