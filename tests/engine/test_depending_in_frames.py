"""Findings that depend on others, in frames: the line engine looks at the same proofs."""

import random
from datetime import date
from itertools import pairwise

import attrs
import polars as pl
import pytest
from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, ClaimLine, CodeBook, Rulebook
from claimrules.codebook import PairRow, PairTable
from claimrules.codebook.relations import key_range
from claimrules.model.edition import Edition, Kind, Table
from claimrules.testing.frames import frame_of, row_of

EARLIER = date(2025, 7, 1)
CODES = ("G0101", "G0102", "G0103", "G0104", "G0105", "G0121")


@pytest.mark.parametrize("seed", range(4))
def test_what_depends_is_the_same_line_by_line_and_in_a_frame(seed: int) -> None:
    """Chains, circles, and more proofs than are told: each finding has the same severity."""
    draw = random.Random(seed)  # noqa: S311 (a test)
    pairs = [(one, two) for one in CODES for two in CODES if one != two and draw.random() < 0.3]
    book = pair_book(*((*pair, PairRow(FIRST, LAST, "1")) for pair in pairs))
    checker = Checker(book, Rulebook.load(select=("NCCI101", "NCCI102")))
    rows = [
        {
            "claim_id": "c",
            "line_id": f"{number:03d}",
            "patient": draw.choice("abcccccccc"),
            "provider": "1234567893",
            "code": draw.choice(CODES),
            "modifier_1": draw.choice(("", "", "", "59")),
            "from_date": "2025-11-03",
        }
        for number in range(60)
    ]

    framed = checker.check_frame(pl.DataFrame(rows)).findings

    lines = [_line(row) for row in rows]
    told = checker.check_lines(lines).findings
    one = {(each.rule, each.line_id): (each.severity.value, *each.editions) for each in told}
    assert one
    assert one == {
        (row["rule"], row["line_id"]): (row["severity"], row["edition"]) for row in framed.rows(named=True)
    }
    assert {(fact.holds_from, fact.holds_to) for each in told for fact in each.evidence if fact.edition} == {
        (FIRST, LAST)
    }
    assert any(each.depends_on and len(each.other_line_ids) > 1 for each in told)


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_a_finding_names_the_edition_that_holds_its_pair(engine: str) -> None:
    """Of several editions that which knows the pair, of several proofs that of the first."""
    newer = {pair: PairRow(FIRST, LAST, "1") for pair in pairwise(CODES)}
    first = {pair: row for pair, row in newer.items() if pair < (CODES[2], "")}
    older = {pair: PairRow(EARLIER, LAST, "0") for pair in (("G0101", "G0105"), ("G0101", "G0121"))}
    tables = [
        _table(EARLIER, older),
        _table(FIRST, first, part="f1"),
        _table(FIRST, {pair: row for pair, row in newer.items() if pair not in first}, part="f2"),
    ]
    checker = Checker(CodeBook.from_tables(tables), Rulebook.load(select=("NCCI101", "NCCI102")))
    days = ("2025-11-03", "2025-12-31", "2025-08-01", "2026-02-01")
    billed = [(code, day) for day in days for code in (*CODES, CODES[0])]
    lines = [
        attrs.evolve(
            ClaimLine.parse(f"{code} {day} by:1234567893 patient:P1"), claim_id="c", line_id=f"{number}"
        )
        for number, (code, day) in enumerate(billed)
    ]

    result = checker.check_frame(frame_of([row_of(line) for line in lines], engine))

    found = result.local(result.found.select("rule", "line_id", "edition"))
    told = {(rule, line): edition for rule, line, edition in zip(*found.values(), strict=True)}
    one = {(str(each.rule), each.line_id): each.editions[0] for each in checker.check_lines(lines).findings}
    assert told == one
    assert set(one.values()) == {"PTP 2025-07-01 ", "PTP 2025-10-01 f1", "PTP 2025-10-01 f2"}


def _table(effective: date, rows: dict[tuple[str, str], PairRow], part: str = "") -> PairTable:
    edition = Edition(
        name=f"PTP {effective} {part}",
        table=Table.NCCI_PAIRS,
        setting="professional",
        part=part,
        effective=effective,
        ends=LAST,
        kind=Kind.CUMULATIVE,
        complete=not part,
        covers=(key_range(min(rows), max(rows)),),
    )
    return PairTable(edition=edition, rows={key: (row,) for key, row in rows.items()})


def _line(row: dict[str, str]) -> ClaimLine:
    text = f"{row['code']}{'-59' if row['modifier_1'] else ''} {row['from_date']} by:{row['provider']}"
    line = ClaimLine.parse(text)
    return attrs.evolve(line, claim_id=row["claim_id"], line_id=row["line_id"], patient=row["patient"])
