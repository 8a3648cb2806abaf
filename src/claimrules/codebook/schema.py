"""The layout of a code book file: SQLite, one table of editions and one of rows for each table.

Everything is text as published, but for whole numbers. ``application_id`` marks the file as a code
book and ``user_version`` counts the layouts.
"""

from typing import Final

from claimrules.codebook.tables import FeeRow

APPLICATION_ID: Final = 0x434C4D52
SCHEMA_VERSION: Final = 1

FEE_FIELDS: Final = FeeRow._fields
WHOLE: Final = frozenset({"pre", "intra", "post"})
DECIMAL: Final = frozenset(
    {"work_rvu", "nonfacility_pe_rvu", "facility_pe_rvu", "malpractice_rvu", "conversion_factor"}
)

_FEE_COLUMNS = ",\n    ".join(f"{name} {'INTEGER' if name in WHOLE else 'TEXT'}" for name in FEE_FIELDS)

CREATE: Final = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE book (content_hash TEXT NOT NULL);
CREATE TABLE editions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    table_name TEXT NOT NULL,
    setting TEXT NOT NULL,
    effective TEXT NOT NULL,
    ends TEXT NOT NULL,
    kind TEXT NOT NULL,
    covers TEXT NOT NULL,
    complete INTEGER NOT NULL,
    released TEXT,
    source_file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (table_name, setting, effective)
);
CREATE TABLE fee_schedule (
    edition INTEGER NOT NULL REFERENCES editions,
    code TEXT NOT NULL,
    modifier TEXT NOT NULL,
    {_FEE_COLUMNS},
    PRIMARY KEY (edition, code, modifier)
) WITHOUT ROWID;
CREATE INDEX fee_schedule_code ON fee_schedule (code);
CREATE TABLE mue (
    edition INTEGER NOT NULL REFERENCES editions,
    code TEXT NOT NULL,
    value INTEGER,
    mai TEXT,
    rationale TEXT,
    PRIMARY KEY (edition, code)
) WITHOUT ROWID;
"""

ROW_TABLES: Final = ("fee_schedule", "mue")

BLANK_SPEAKS: Final = frozenset({"not_used", "endoscopic_base", "nonfacility_na", "facility_na"})
"""Fields of the fee schedule in which a published blank is itself the value: the mark is not set."""
