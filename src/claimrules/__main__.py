"""``python -m claimrules``, and the command ``claimrules``."""

import gc
import sys
from typing import Final

from claimrules.interrupted import INTERRUPTED

_OBJECTS: Final = 200_000
"""Objects that are made before Python looks for those that hold each other and nothing else holds: a command
makes few of these, and ends soon."""


def main() -> int:
    """Run the command line; who interrupts it while it loads sees no traceback either."""
    gc.set_threshold(_OBJECTS)
    try:
        from claimrules import cli  # noqa: PLC0415 (it takes most of the time of a short command)
    except KeyboardInterrupt:
        return INTERRUPTED
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
