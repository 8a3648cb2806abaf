"""``python -m claimrules``: the same as the command ``claimrules``."""

import sys

from claimrules.cli import main

if __name__ == "__main__":
    sys.exit(main())
