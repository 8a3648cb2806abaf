# ruff: noqa: INP001 (a script, no package)
"""Write the page of what the rules cover: `python docs/generate_coverage.py`; `--check` only compares.

Every published value is named by the condition of a rule, or `docs/coverage_reasons.toml` says why no
rule names it. A value with neither, and a reason for a value that a rule names, are errors.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from claimrules.expr.nodes import Carries, Compare, Literal, Member, Name, Node, Not
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.claim import Setting
from claimrules.model.hcpcs_indicator import FACT_INDICATORS, AddOnType, PairIndicator
from claimrules.model.indicator import INDICATORS, Indicator
from claimrules.rulebook.rule import Rule, Status
from claimrules.rulebook.select import Rulebook

DOCS: Final = Path(__file__).resolve().parent
PAGE: Final = DOCS / "coverage.md"
REASONS: Final = DOCS / "coverage_reasons.toml"
FIELDS: Final = (
    *(f"code.{name}" for name in INDICATORS),
    *("code.in_force", "code.add_on_type", "code.status_indicator", "code.payment_indicator"),
    *("code.coverage", "code.type_of_service", "code.pricing_categories", "pair.modifier_indicator"),
    "code.multiple_discount",
)
"""The fields of the language that hold a published indicator."""

_ENUMS: Final[Mapping[str, type[Indicator]]] = {
    **INDICATORS,
    **{name: FACT_INDICATORS[name] for name in ("status_indicator", "payment_indicator", "coverage")},
    "type_of_service": FACT_INDICATORS["type_of_service"],
    "pricing_categories": FACT_INDICATORS["pricing"],
    "add_on_type": AddOnType,
    "modifier_indicator": PairIndicator,
}
_IN_FORCE: Final = {
    "yes": "A table that is loaded holds the code for the day.",
    "no": "The code is gone by the day, or not there yet.",
    "unlisted": "No loaded edition holds it, although they are complete for codes of its shape.",
}
_MULTIPLE_DISCOUNT: Final = {
    "Y": "Reduced where several procedures are done in one session.",
    "N": "Paid in full beside others.",
    "": "Not in Addendum AA, which alone says it.",
}
_BLANK: Final = {
    "payment_indicator": "On neither of the two lists.",
    "not_used": "Not marked.",
    "nonfacility_na": "Not marked.",
    "facility_na": "Not marked.",
}
_HEAD: Final = """\
# What the rules cover

<!-- made by docs/generate_coverage.py: change the source, then `make docs` -->

First how many rules speak for each setting, then for every published value which rules name it in a
condition, or why none does. *Not* stands before a rule that names the value to leave it out (`!=`,
`not in`, `not`). A value that no rule names is read all the same: a rule that asks for another one
passes on it."""


def indicator_fields() -> tuple[Field, ...]:
    """Every field that holds a published indicator."""
    return tuple(VOCABULARY[space][word] for space, word in (name.split(".") for name in FIELDS))


def values_of(field: Field) -> dict[str, str]:
    """Every value that a field can have, and what it means."""
    if field.name == "in_force":
        return dict(_IN_FORCE)
    if field.name == "multiple_discount":
        return dict(_MULTIPLE_DISCOUNT)
    enum = _ENUMS[field.name]
    meanings = {each.value: each.meaning for each in enum}
    return {str(value): meanings.get(value) or _BLANK[field.name] for value in field.values or meanings}


def named_by(rules: Iterable[Rule]) -> dict[tuple[str, str], dict[str, bool]]:
    """For each field and value the ids of the rules that name it, and whether one only leaves it out."""
    found: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for rule in rules:
        severities = (condition for condition, _ in rule.severity_if)
        for root in (rule.applies, rule.when, rule.unless, *severities):
            for field, value, negated in _named(root, negated=False):
                found[str(field.base), value][rule.code] = (
                    found[str(field.base), value].get(rule.code, True) and negated
                )
    return found


def _named(node: Node, *, negated: bool) -> Iterator[tuple[Field, str, bool]]:
    match node:
        case Not():
            yield from _named(node.part, negated=not negated)
        case Member(value=Name(field=field)):
            yield from ((field, member, negated) for member in node.members.members)
        case Carries(holder=Name(field=field)):
            yield field, node.text, negated
        case Compare(left=Name(field=field), right=Literal(value=str(value))):
            yield field, value, negated != (node.op == "!=")
        case Compare(left=Literal(value=str(value)), right=Name(field=field)):
            yield field, value, negated != (node.op == "!=")
        case _:
            for child in node.children():
                yield from _named(child, negated=negated)


def read_reasons(path: Path = REASONS) -> dict[tuple[str, str], str]:
    """The reasons, by field and value; one key may hold several values, `blank` is the empty one."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        (f"{space}.{name}", "" if value == "blank" else value): reason
        for space, fields in tables.items()
        for name, reasons in fields.items()
        for key, reason in reasons.items()
        for value in key.split()
    }


def problems(rules: Iterable[Rule], reasons: Mapping[tuple[str, str], str]) -> list[str]:
    """Values without a rule and without a reason, and reasons that are not needed."""
    named = named_by(rules)
    known = {(str(field), value) for field in indicator_fields() for value in values_of(field)}
    holes = [
        f"{_show(key)}: no rule names it and no reason is given"
        for key in known - reasons.keys() - named.keys()
    ]
    odd = [f"{_show(key)}: there is no such field or value" for key in reasons.keys() - known]
    spare = [
        f"{_show(key)}: has a reason, but {', '.join(named[key])} names it"
        for key in reasons.keys() & known & named.keys()
    ]
    return sorted([*holes, *odd, *spare])


def _show(key: tuple[str, str]) -> str:
    return f"{key[0]} = {key[1] or 'blank'!r}"


def _families(rules: Sequence[Rule]) -> Iterator[str]:
    yield "## Families and settings"
    settings = list(Setting)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    folders: dict[str, str] = {}
    for rule in rules:
        folders.setdefault(rule.family, rule.path.parent.name.replace("_", " ") if rule.path else "")
        for row in (rule.family, "all"):
            counts[row].update([*(setting.value for setting in rule.settings), "all"])
            counts[row]["preview"] += rule.status is Status.PREVIEW
    columns = [*(setting.value for setting in settings), "all", "preview"]
    rows = [
        (
            f"`{family}`" if family != "all" else "all",
            folders.get(family, ""),
            *_cells(counts[family], columns),
        )
        for family in (*sorted(folders), "all")
    ]
    yield _table(("family", "folder", *columns), rows)


def _cells(counts: Counter[str], columns: Sequence[str]) -> Iterator[str]:
    return (str(counts[column] or "") for column in columns)


def _indicators(rules: Sequence[Rule], reasons: Mapping[tuple[str, str], str]) -> Iterator[str]:
    named = named_by(rules)
    yield "## Indicators"
    for field in indicator_fields():
        table = f", {field.table.words}" if field.table else ""
        yield f"### {field.name}\n\n`{field}`{table}"
        rows = []
        for value, meaning in values_of(field).items():
            key = str(field), value
            rows.append(
                (
                    f"`{value}`" if value else "blank",
                    meaning,
                    _rules(named.get(key, {})) or reasons.get(key, ""),
                )
            )
        yield _table(("value", "means", "rules, or why none"), rows)


def _rules(found: Mapping[str, bool]) -> str:
    return ", ".join(
        f"{'not ' if negated else ''}[{code}](rules/{code}.md)" for code, negated in sorted(found.items())
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def write(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join([write(head), f"|{'---|' * len(head)}", *map(write, rows)])


def page() -> str:
    """Write the page."""
    rules = Rulebook.load(preview=True).known
    return "\n\n".join([_HEAD, *_families(rules), *_indicators(rules, read_reasons())]) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or say whether it is stale; either way name what is not covered."""
    found = problems(Rulebook.load(preview=True).known, read_reasons())
    sys.stderr.writelines(f"docs/coverage_reasons.toml: {text}\n" for text in found)
    if "--check" not in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return int(bool(found))
    stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page()
    if stale:
        sys.stderr.write("docs/coverage.md is stale: make docs\n")
    return int(stale or bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
