"""Polars, by hand: a scan, a join, eight expressions, one collect."""

from pathlib import Path
from typing import Final

import polars as pl
from tests.benchmarks.peers.eight import ASSISTANT, EIGHT, MODIFIERS, Pair

NAME: Final = "hand-written Polars"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> pl.DataFrame:
    """Find claim, line and rule."""
    known = pl.scan_csv(codes, infer_schema=False).with_columns(pl.col("mue").cast(pl.Int64))
    flags = checks()
    found = (
        pl.scan_csv(lines, infer_schema=False)
        .join(known, on="code", how="left")
        .select("claim_id", "line_id", **flags)
        .filter(pl.any_horizontal(*flags))
        .unpivot(on=list(flags), index=["claim_id", "line_id"], variable_name="rule", value_name="fired")
    )
    return found.filter("fired").drop("fired").collect(engine="streaming")


def checks() -> dict[str, pl.Expr]:
    """The eight."""
    code = pl.col
    one_day = code("from_date") == code("to_date")
    above = code("units").cast(pl.Float64) > code("mue")
    return {
        "ASST101": carries(*ASSISTANT) & (code("assistant") == "1"),
        "BILAT101": carries("50") & (code("bilateral") == "0"),
        "COSG101": carries("62") & (code("co_surgeon") == "0"),
        "MUE101": one_day & (code("mai") == "1") & (code("mue") >= 1) & above,
        "PCTC101": carries("26") & (code("has_26") == "N") & (code("pctc") != "1"),
        "PCTC102": carries("TC") & (code("has_tc") == "N") & (code("pctc") != "1"),
        "STAT103": code("status") == "N",
        "TEAM101": carries("66") & (code("team") == "0"),
    }


def carries(*modifiers: str) -> pl.Expr:
    """Whether the line carries one of them."""
    return pl.any_horizontal(pl.col(name).is_in(modifiers) for name in MODIFIERS)


def pairs(found: pl.DataFrame) -> set[Pair]:
    """As claim, line and rule."""
    return set(found.select("claim_id", "line_id", "rule").iter_rows())
