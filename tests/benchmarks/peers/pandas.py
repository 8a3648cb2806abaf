"""pandas: a merge, eight masks, one concatenation."""

from pathlib import Path
from typing import Any, Final

import pandas as pd  # type: ignore[import-untyped]
from tests.benchmarks.peers.eight import ASSISTANT, EIGHT, MODIFIERS, Pair

NAME: Final = "pandas"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> Any:
    """Find claim, line and rule."""
    frame = joined(lines, codes)
    parts = [
        frame.loc[mask, ["claim_id", "line_id"]].assign(rule=rule) for rule, mask in checks(frame).items()
    ]
    return pd.concat(parts)


def joined(lines: Path, codes: Path) -> Any:
    """The lines with what is known of their codes."""
    frame, known = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (lines, codes))
    known["mue"] = pd.to_numeric(known["mue"])
    frame["units"] = pd.to_numeric(frame["units"])
    return frame.merge(known, on="code", how="left")


def checks(frame: Any) -> dict[str, Any]:
    """The eight."""
    one_day = frame["from_date"] == frame["to_date"]
    limited = (frame["mai"] == "1") & (frame["mue"] >= 1) & (frame["units"] > frame["mue"])
    whole = frame["pctc"] != "1"
    return {
        "ASST101": carries(frame, *ASSISTANT) & (frame["assistant"] == "1"),
        "BILAT101": carries(frame, "50") & (frame["bilateral"] == "0"),
        "COSG101": carries(frame, "62") & (frame["co_surgeon"] == "0"),
        "MUE101": one_day & limited,
        "PCTC101": carries(frame, "26") & (frame["has_26"] == "N") & whole,
        "PCTC102": carries(frame, "TC") & (frame["has_tc"] == "N") & whole,
        "STAT103": frame["status"] == "N",
        "TEAM101": carries(frame, "66") & (frame["team"] == "0"),
    }


def carries(frame: Any, *modifiers: str) -> Any:
    """Whether the line carries one of them."""
    first, *others = (frame[name].isin(modifiers) for name in MODIFIERS)
    for other in others:
        first |= other
    return first


def pairs(found: Any) -> set[Pair]:
    """As claim, line and rule."""
    return set(found.itertuples(index=False, name=None))
