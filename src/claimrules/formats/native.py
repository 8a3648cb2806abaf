"""Frames of text as the frame engine asked for takes them."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import polars as pl

FRAMES: Final = ("polars", "duckdb")
"""The frame engines of the command line; both read files with Polars."""
_NEEDS: Final = {"polars": ("polars",), "duckdb": ("polars", "duckdb", "pyarrow")}
_EXTRAS: Final = {"polars": "batch", "duckdb": "batch,duckdb"}


def lacking(engine: str) -> str:
    """Say how to install what an engine needs; nothing if all is there."""
    there = all(find_spec(name) for name in _NEEDS.get(engine, ()))
    return "" if there else f"pip install 'claimrules[{_EXTRAS[engine]}]'"


class Native:
    """Gives frames of one run to one engine: DuckDB joins no relations of two connections."""

    def __init__(self, engine: str) -> None:
        """Open what the engine needs; whatever is not DuckDB is Polars."""
        self._connection: Any = None
        if engine == "duckdb":
            import duckdb  # noqa: PLC0415 (an extra)

            self._connection = duckdb.connect()

    def of(self, frame: "pl.DataFrame") -> Any:  # noqa: ANN401 (a frame of the engine)
        """Give the frame as the engine takes it."""
        return frame if self._connection is None else self._connection.from_arrow(frame.to_arrow())
