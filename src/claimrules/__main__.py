"""``python -m claimrules``, and the command ``claimrules``."""

import sys

from claimrules.interrupted import INTERRUPTED


def main() -> int:
    """Run the command line; who interrupts it while it loads sees no traceback either."""
    try:
        from claimrules import cli  # noqa: PLC0415 (it takes most of the time of a short command)
    except KeyboardInterrupt:
        return INTERRUPTED
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
