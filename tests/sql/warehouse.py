"""A small warehouse: the lines of an example as ``claim_lines``, its code book as ``codes``, in DuckDB."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
import duckdb
import pyarrow as pa

from claimrules.engine.line import Checker
from claimrules.expr.nodes import named_sets
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.finding import Outcome, Severity
from claimrules.rulebook.rule import Example, Rule
from claimrules.sql.columns import GIVEN
from claimrules.sql.groups import HISTORY
from claimrules.testing.example_book import example_book
from claimrules.testing.examples import CLAIM, claim_of, history_lines, judged, rulebook_for

TYPES = {
    "text": pa.string(),
    "decimal": pa.decimal128(18, 3),
    "number": pa.int64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "array": pa.list_(pa.string()),
}
SPARK_TYPES = {
    "string": "string",
    "decimal128(18, 3)": "decimal(18, 3)",
    "int64": "bigint",
    "date32[day]": "date",
    "bool": "boolean",
    "list<item: string>": "array<string>",
    "list<element: string>": "array<string>",
}
Answer = Mapping[tuple[str, str], str]


def asked(rule: Rule, example: Example, query: str, known: Sequence[Rule]) -> Answer:
    """What a query says of every line of an example, by claim and line."""
    warehouse = connection()
    for name, table in tables_of(rule, example, known).items():
        warehouse.register(name, table)
    told = warehouse.sql(with_history(query, example)).fetchall()
    return {(claim, line): outcome for claim, line, outcome in told}


def tables_of(rule: Rule, example: Example, known: Sequence[Rule]) -> dict[str, pa.Table]:
    """The tables that a query may read."""
    book = example_book(example)
    return {
        "claim_lines": claim_lines(example, denied_lines(rule, example, known)),
        "codes": book.codes_by_day(),
        "pairs_by_day": book.pairs_by_day(),
        "pairs_covered": book.pairs_covered(),
        "payer_lists": payer_lists(rule),
    }


def with_history(query: str, example: Example) -> str:
    """The query with the days that the history of an example covers, as its user would write them."""
    return query.replace(HISTORY.body, declared(example))


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One warehouse for all examples, which are small."""
    return duckdb.connect(config={"threads": 1})


def expected(rule: Rule, example: Example, known: Sequence[Rule]) -> Answer:
    """What the line engine says of every line of the claim of an example."""
    return {
        (str(claim), str(line)): found[rule.code].outcome.value
        for (claim, line), found in judged(rule, example, known).outcomes.items()
    }


def lines_of(example: Example) -> list[ClaimLine]:
    """The lines of the history, then those of the claim, each with what its claim says."""
    past = [attrs.evolve(line, facts=example.facts.of_patient) for line in history_lines(example)]
    own = [
        attrs.evolve(line, claim_id=line.claim_id or CLAIM, line_id=str(number), facts=example.facts)
        for number, line in enumerate(example.lines, 1)
    ]
    return [*past, *own]


def denied_lines(rule: Rule, example: Example, known: Sequence[Rule]) -> set[tuple[str, str]]:
    """The lines that rules of earlier strata deny or return, as whoever runs these first would know."""
    if not any(field.name == "denied" for field in rule.fields):
        return set()
    lines = lines_of(example)
    checker = Checker(example_book(example), rulebook_for(rule, known), as_of=example.as_of)
    claim = attrs.evolve(claim_of(example), lines=tuple(lines))
    return {
        (str(found.claim_id), str(found.line_id))
        for found in checker.check(claim).findings
        if found.rule != rule.code and found.severity in (Severity.DENY, Severity.RETURN)
    }


def claim_lines(example: Example, denied: set[tuple[str, str]]) -> pa.Table:
    """The lines as a table with every column that a query may read."""
    rows = [
        row(line, number, example.as_of, denied=(str(line.claim_id), str(line.line_id)) in denied)
        for number, line in enumerate(lines_of(example))
    ]
    columns = {
        name: pa.array([each[name] for each in rows], TYPES[says.split(":")[0].split()[0].rstrip(",")])
        for name, says in GIVEN.items()
    }
    return pa.table(columns)


def row(line: ClaimLine, number: int, as_of: date | None, *, denied: bool) -> dict[str, Any]:
    """The cells of one line."""
    facts = line.facts or ClaimFacts()
    found: dict[str, Any] = {"seq": number, "group_id": line.group, "denied": denied, "as_of": as_of}
    for name in GIVEN:
        if name in found:
            continue
        if name == "form_modifier_count":
            found[name] = None if line.modifiers is None else len(line.modifiers)
        elif name.startswith("form_"):
            found[name] = line.form(name.removeprefix("form_")).value
        else:
            found[name] = cell(getattr(facts if name in FACTS else line, name))
    if line.modifiers is not None:
        found["modifiers"] = list(line.modifiers[:4])
    found["setting"] = line.setting.value
    return found


def cell(value: object) -> object:
    """A value as Arrow takes it."""
    return value.quantize(Decimal("0.001")) if isinstance(value, Decimal) else value


def payer_lists(rule: Rule) -> pa.Table:
    """The lists that only a payer can give: the samples of the rulebook stand in."""
    sets = [each for each in named_sets(rule.applies, rule.when, rule.unless) if each.configured]
    pairs = [(each.name, member) for each in sets for member in sorted(each.members)]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    return pa.table({"list": pa.array(columns[0], pa.string()), "member": pa.array(columns[1], pa.string())})


def declared(example: Example) -> str:
    """The days that the history of an example covers, in the place of the query's own guess."""
    days = (example.history_from, example.history_to)
    first, last = (f"DATE '{day}'" if day else "CAST(NULL AS DATE)" for day in days)
    return (
        f"SELECT {first} AS complete_from, {last} AS complete_to, '{example.history_providers}' AS providers"
    )


OUTCOMES = frozenset(outcome.value for outcome in Outcome)
