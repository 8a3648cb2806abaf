"""The starter code book: some sixty codes of one quarter, data files inside the package."""

import csv
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from typing import Any

from claimrules.codebook.schema import BLANK_SPEAKS, DECIMAL, FEE_FIELDS, WHOLE
from claimrules.codebook.tables import AnyTable, FeeRow, FeeSchedule, MueRow, MueTable
from claimrules.model.edition import Edition, Table


def starter_tables() -> tuple[AnyTable, ...]:
    """Read the tables of the starter; every one is ``complete = False``: its silence says nothing."""
    described = tomllib.loads(_text("starter.toml"))["editions"]
    return tuple(_table(entry) for entry in described)


def _table(entry: Mapping[str, Any]) -> AnyTable:
    records = list(csv.DictReader(_text(entry["file"]).splitlines()))
    if entry["table"] == Table.FEE_SCHEDULE:
        rows = _fee_rows(records)
        return FeeSchedule(edition=_edition(entry, sum(map(len, rows.values()))), rows=rows)
    mues = {
        record["code"]: MueRow(int(record["value"]), record["mai"], record["rationale"])
        for record in records
        if record["setting"] == entry["setting"]
    }
    return MueTable(edition=_edition(entry, len(mues)), rows=mues)


def _fee_rows(records: list[dict[str, str]]) -> dict[str, dict[str, FeeRow]]:
    rows: dict[str, dict[str, FeeRow]] = {}
    for record in records:
        fee = FeeRow._make(_value(name, record[name]) for name in FEE_FIELDS)
        rows.setdefault(record["code"], {})[record["row"]] = fee
    return rows


def _value(field: str, text: str) -> str | int | Decimal | None:
    if not text:
        return "" if field in BLANK_SPEAKS else None
    if field in DECIMAL:
        return Decimal(text)
    return int(text) if field in WHOLE else text


def _edition(entry: Mapping[str, Any], rows: int) -> Edition:
    return Edition(
        name=entry["name"],
        table=Table(entry["table"]),
        setting=entry.get("setting", ""),
        effective=entry["effective"],
        ends=entry["ends"],
        released=entry.get("released"),
        source_file=entry["source"],
        rows=rows,
    )


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
