"""Overlays drawn for the rules there are: what is ignored, how grave rules are, parameters, sets."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

from claimrules import Rulebook
from claimrules.expr.nodes import NamedSet
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

WHY: Final = 'reason = "drawn"\nsource = "nobody"\n'
CONVENTIONS: Final = ("medicare", "modifier_50", "two_lines", "two_units")
DATES: Final = ("2019-07-01", "2025-01-01", "2025-11-04", "2026-01-01", "2199-12-31")


def drawn_overlay(path: Path, rules: Rulebook, select: str, draw: Random) -> Rulebook:
    """Write an overlay and load the rules with it."""
    head = 'title = "Drawn"\nsince = "0.1"\n'
    path.write_text("\n".join((head, *_tables(rules, draw))), encoding="utf-8")
    return Rulebook.load(select, preview=True, overlay=path)


def _tables(rules: Rulebook, draw: Random) -> Iterator[str]:
    codes = [rule.code for rule in rules.rules]
    ignored = draw.sample(codes, min(len(codes) // 4, draw.randrange(9)))
    yield from [_table("ignore", rules=ignored)] if ignored else []
    for severity in Severity:
        chosen = draw.sample(codes, min(len(codes), draw.randrange(9)))
        yield from [_table("severity", rules=chosen, severity=severity.value)] if chosen else []
    for rule in rules.rules:
        yield from (
            table for name in rule.params if draw.random() < 0.5 for table in _reset(rule, name, draw)
        )
    for changed in draw.sample(sorted(rules.sets.values(), key=lambda found: found.name), 12):
        yield _relist(rules, changed, draw)


def _reset(rule: Rule, name: str, draw: Random) -> Iterator[str]:
    """One or two values of a parameter, the second from a day on."""
    default = rule.params[name]
    for effective in (None, draw.choice(DATES))[: draw.choice((1, 2))]:
        since = {"effective": date.fromisoformat(effective)} if effective else {}
        yield _table("params", rule=rule.code, name=name, value=_value(default, draw), **since)


def _value(default: Any, draw: Random) -> Any:
    if isinstance(default, dict):
        default = next(iter(default.values()))
    if isinstance(default, list):
        return draw.sample([*default, "05", "41"], draw.choice((1, 2, 3)))
    if isinstance(default, str):
        return draw.choice(CONVENTIONS if default in CONVENTIONS else DATES)
    return draw.choice((0, 1, 2, default + 1, 2 * default))


def _relist(rules: Rulebook, changed: NamedSet, draw: Random) -> str:
    """A set with members of its own and of others of its kind: all of them, or some more."""
    others = {
        member for found in rules.sets.values() if found.kind == changed.kind for member in found.members
    }
    more = draw.sample(sorted(others), min(len(others), draw.choice((1, 3, 9))))
    if changed.members and draw.random() < 0.5:
        own = sorted(changed.members)
        return _table("sets", name=changed.name, members=[*draw.sample(own, (len(own) + 1) // 2), *more])
    return _table("sets", name=changed.name, add=more)


def _table(table: str, /, **values: Any) -> str:
    lines = (
        f"{key} = {value if isinstance(value, date) else json.dumps(value)}\n"
        for key, value in values.items()
    )
    return f"[[{table}]]\n{''.join(lines)}{WHY}"
