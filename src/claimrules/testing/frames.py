"""Lines as a frame of any engine: text columns, as an export has them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from claimrules.model.claim import ClaimLine
from claimrules.model.facts import FACTS, NONE_GIVEN, NOT_SAID, REPLACES, ClaimFacts
from claimrules.model.form import MAX_MODIFIERS

_TEXT: Final = (
    *("code", "place_of_service", "revenue_code", "claim_id", "line_id", "patient", "provider"),
    *("billing_provider", "group", "specialty", "minutes", "diagnosis_pointers", "units", "charge", "dose"),
    *("noncovered_charge", "allowed", "container", "equipment"),
)
_FLAGS: Final = ("documentation", "teaching", "narrative", "cancelled", "purchased")
_NO_FACTS: Final = ClaimFacts()
Frame: TypeAlias = Any
"""A frame of whatever library."""

UNREADABLE: Final = "?!"
"""Stands in a cell for a field that cannot be read."""


def row_of(line: ClaimLine) -> dict[str, str | None]:
    """The cells of one line."""
    row = {name: _text(getattr(line, name)) for name in _TEXT}
    row |= {name: _day(getattr(line, name)) for name in ("from_date", "to_date")}
    row |= {name: _flag(value=getattr(line, name)) for name in _FLAGS}
    row |= {name: _cell(name, getattr(line.facts or _NO_FACTS, name)) for name in FACTS}
    if line.to_date is None and line.from_date is not None:
        # A blank end of a span means its start, in every frame and file.
        row["to_date"] = UNREADABLE
    row["setting"] = line.setting.value
    modifiers = (UNREADABLE,) if line.modifiers is None else line.modifiers
    for slot in range(MAX_MODIFIERS + 1):
        row[f"modifier_{slot + 1}"] = modifiers[slot] if slot < len(modifiers) else None
    row |= {name: UNREADABLE for name in line.unreadable if name != "modifiers"}
    return row


def _cell(name: str, value: object) -> str | None:
    """What a table says of a claim: several texts stand in one cell."""
    if value is None:
        # A blank cell of condition codes says that there are none.
        return NOT_SAID if name == "condition_codes" else None
    if name == REPLACES and value == "":
        return NONE_GIVEN
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _flag(*, value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def frame_of(rows: Sequence[Mapping[str, str | None]], engine: str) -> Frame:
    """Make a frame of text columns in one engine.

    Raises:
        ValueError: there is no such engine.
    """
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    maker = _MAKERS.get(engine)
    if maker is None:
        msg = f"there is no engine {engine!r}; one of {', '.join(_MAKERS)}"
        raise ValueError(msg)
    return maker(columns)


def _polars(columns: Mapping[str, list[Any]]) -> Frame:
    import polars as pl  # noqa: PLC0415 (only where the engine is asked for)

    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _pandas(columns: Mapping[str, list[Any]]) -> Frame:
    import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415

    return pd.DataFrame(columns, dtype=object)


def _arrow(columns: Mapping[str, list[Any]]) -> Frame:
    import pyarrow as pa  # noqa: PLC0415

    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _duckdb(columns: Mapping[str, list[Any]]) -> Frame:
    import duckdb  # noqa: PLC0415

    # It joins only what is in one connection: all are made in that of the process.
    return duckdb.from_arrow(_arrow(columns))


def _spark(columns: Mapping[str, list[Any]]) -> Frame:
    from pyspark.sql import SparkSession  # noqa: PLC0415

    session = SparkSession.builder.getOrCreate()
    schema = ", ".join(f"`{name}` string" for name in columns)
    return session.createDataFrame(list(zip(*columns.values(), strict=True)), schema)


_MAKERS: Final[Mapping[str, Any]] = {
    "polars": _polars,
    "polars-lazy": lambda columns: _polars(columns).lazy(),
    "pandas": _pandas,
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "spark": _spark,
}
