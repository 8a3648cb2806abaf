"""Print the oldest release of each package that pyproject.toml allows, for pip: python tests/oldest.py."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_BOUND = re.compile(r"([A-Za-z0-9-]+)>=([0-9.]+)$")


def oldest(*extras: str) -> Iterator[str]:
    """The dependencies of the package and of some extras, each at its lower bound.

    Raises:
        ValueError: one has no lower bound alone.
    """
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    needed = [
        *project["dependencies"],
        *(each for name in extras for each in project["optional-dependencies"][name]),
    ]
    for one in dict.fromkeys(needed):
        found = _BOUND.match(one)
        if found is None:
            msg = f"{one}: give it a lower bound, and nothing else"
            raise ValueError(msg)
        yield "==".join(found.groups())


if __name__ == "__main__":
    sys.stdout.write("\n".join(oldest(*sys.argv[1:])) + "\n")
