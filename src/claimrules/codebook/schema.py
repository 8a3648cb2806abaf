"""The layout of a code book file: SQLite, one table of editions and one of rows for each table.

Everything is text as published, but for whole numbers; dates are ISO text. ``application_id`` marks the
file as a code book and ``user_version`` counts the layouts. ``ncci_pairs`` is a view for people: the
pairs themselves are stored beside their terms, because four million of them share some hundred terms.
"""

from typing import Final

from claimrules.codebook.cells import columns_of
from claimrules.codebook.tables import FACT_ROWS, AddOnRow, FeeRow
from claimrules.model.edition import Table

APPLICATION_ID: Final = 0x434C4D52
SCHEMA_VERSION: Final = 2

FEE_FIELDS: Final = FeeRow._fields
WHOLE: Final = frozenset({"pre", "intra", "post"})
DECIMAL: Final = frozenset(
    {"work_rvu", "nonfacility_pe_rvu", "facility_pe_rvu", "malpractice_rvu", "conversion_factor"}
)

_FEE_COLUMNS = ",\n    ".join(f"{name} {'INTEGER' if name in WHOLE else 'TEXT'}" for name in FEE_FIELDS)
_ADD_ON_COLUMNS = ", ".join(f'"{name}" TEXT NOT NULL' for name in AddOnRow._fields)


def _fact_table(table: Table) -> str:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in columns_of(FACT_ROWS[table]))
    return (
        f"CREATE TABLE {table.value} (edition INTEGER NOT NULL REFERENCES editions, code TEXT NOT NULL,"
        f" {columns}, PRIMARY KEY (edition, code)) WITHOUT ROWID;"
    )


CREATE: Final = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE book (content_hash TEXT NOT NULL);
CREATE TABLE editions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    table_name TEXT NOT NULL,
    program TEXT NOT NULL,
    setting TEXT NOT NULL,
    effective TEXT NOT NULL,
    part TEXT NOT NULL,
    ends TEXT NOT NULL,
    kind TEXT NOT NULL,
    covers TEXT NOT NULL,
    complete INTEGER NOT NULL,
    released TEXT,
    source_file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (table_name, program, setting, effective, part)
);
CREATE TABLE fee_schedule (
    edition INTEGER NOT NULL REFERENCES editions,
    code TEXT NOT NULL,
    modifier TEXT NOT NULL,
    {_FEE_COLUMNS},
    PRIMARY KEY (edition, code, modifier)
) WITHOUT ROWID;
CREATE TABLE mue (
    edition INTEGER NOT NULL REFERENCES editions,
    code TEXT NOT NULL,
    value INTEGER,
    mai TEXT,
    rationale TEXT,
    PRIMARY KEY (edition, code)
) WITHOUT ROWID;
CREATE TABLE pair_terms (
    id INTEGER PRIMARY KEY,
    effective TEXT NOT NULL,
    deletion TEXT NOT NULL,
    modifier_indicator TEXT NOT NULL,
    rationale TEXT NOT NULL,
    UNIQUE (effective, deletion, modifier_indicator, rationale)
);
CREATE TABLE pairs (
    edition INTEGER NOT NULL REFERENCES editions,
    column_1 TEXT NOT NULL,
    column_2 TEXT NOT NULL,
    term INTEGER NOT NULL REFERENCES pair_terms,
    PRIMARY KEY (edition, column_1, column_2, term)
) WITHOUT ROWID;
CREATE VIEW ncci_pairs AS
    SELECT edition, column_1, column_2, effective, deletion, modifier_indicator, rationale
    FROM pairs JOIN pair_terms ON pair_terms.id = pairs.term;
CREATE TABLE add_on (
    edition INTEGER NOT NULL REFERENCES editions,
    code TEXT NOT NULL,
    {_ADD_ON_COLUMNS}
);
CREATE INDEX add_on_edition ON add_on (edition, code);
{chr(10).join(_fact_table(table) for table in FACT_ROWS)}
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT,
    title TEXT NOT NULL,
    source_file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body TEXT NOT NULL
);
"""  # noqa: S608 (constants)

ROW_TABLES: Final = ("fee_schedule", "mue", "pairs", "add_on", *(table.value for table in FACT_ROWS))

BLANK_SPEAKS: Final = frozenset({"not_used", "endoscopic_base", "nonfacility_na", "facility_na"})
"""Fields of the fee schedule in which a published blank is itself the value: the mark is not set."""
