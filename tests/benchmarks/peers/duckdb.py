"""DuckDB, by hand: one SELECT that joins, and one for each check."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
from tests.benchmarks.peers.eight import ASSISTANT, EIGHT, Pair

if TYPE_CHECKING:
    import pyarrow as pa

NAME: Final = "hand-written DuckDB SQL"
CHECKS: Final = EIGHT


def carries(*modifiers: str) -> str:
    """Whether the line carries one of them."""
    return (
        "("
        + " OR ".join(f"'{m}' IN (modifier_1, modifier_2, modifier_3, modifier_4)" for m in modifiers)
        + ")"
    )


SQL: Final = {
    "ASST101": f"{carries(*ASSISTANT)} AND assistant = '1'",
    "BILAT101": f"{carries('50')} AND bilateral = '0'",
    "COSG101": f"{carries('62')} AND co_surgeon = '0'",
    "MUE101": "from_date = to_date AND mai = '1' AND mue::INT >= 1 AND units::DECIMAL(12, 3) > mue::INT",
    "PCTC101": f"{carries('26')} AND has_26 = 'N' AND pctc <> '1'",
    "PCTC102": f"{carries('TC')} AND has_tc = 'N' AND pctc <> '1'",
    "STAT103": "status = 'N'",
    "TEAM101": f"{carries('66')} AND team = '0'",
}


def run(lines: Path, codes: Path) -> "pa.Table":
    """Find claim, line and rule."""
    one_by_one = (
        f"SELECT claim_id, line_id, '{rule}' AS rule FROM l WHERE {check}"  # noqa: S608 (our own names)
        for rule, check in SQL.items()
    )
    query = f"""WITH l AS MATERIALIZED (
        SELECT * FROM read_csv('{lines}', all_varchar = true) AS lines
        JOIN read_csv('{codes}', all_varchar = true) AS codes USING (code)
    ) {" UNION ALL ".join(one_by_one)}"""  # noqa: S608 (our own names)
    return duckdb.connect().sql(query).to_arrow_table()


def pairs(found: "pa.Table") -> set[Pair]:
    """As claim, line and rule."""
    return set(zip(*(found[name].to_pylist() for name in ("claim_id", "line_id", "rule")), strict=True))
