"""A small code book with some NCCI pairs, in memory."""

from datetime import date

from claimrules.codebook import CodeBook, PairRow, PairTable
from claimrules.codebook.relations import key_range
from claimrules.model.edition import Edition, Kind, Table

FIRST, LAST = date(2025, 10, 1), date(2025, 12, 31)


def pair_book(*pairs: tuple[str, str, PairRow]) -> CodeBook:
    """Make a book with a part of the NCCI pairs: those of codes that begin with G."""
    edition = Edition(
        name="PTP",
        table=Table.NCCI_PAIRS,
        setting="professional",
        part="f1",
        effective=FIRST,
        ends=LAST,
        kind=Kind.CUMULATIVE,
        complete=True,
        covers=(key_range(("G0001", "00000"), ("G9999", "99999")),),
    )
    rows: dict[tuple[str, str], tuple[PairRow, ...]] = {}
    for column_1, column_2, row in pairs:
        rows[column_1, column_2] = (*rows.get((column_1, column_2), ()), row)
    return CodeBook.from_tables([PairTable(edition=edition, rows=rows)])
