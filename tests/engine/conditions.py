"""Random conditions from the vocabulary, as rules of all three scopes."""

from typing import Any

import attrs
from hypothesis import strategies as st
from tests.engine.drawing import CODES, MODIFIERS

from claimrules.expr.nodes import FALSE, TRUE
from claimrules.expr.parse import Scope, parse
from claimrules.expr.vocabulary import KEY_FIELDS, VOCABULARY, Type
from claimrules.model.claim import Setting
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Key, Rule, RuleScope, Status
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.template import Template

SETS = Rulebook.load().sets
_MODIFIER_SETS = [name for name, found in SETS.items() if found.kind == "modifiers"]
_CODE_SETS = [name for name, found in SETS.items() if found.kind == "codes"]
_SKIPPED = {
    "physician",
    "seq",
    "age",
    "npi_valid",
}
_DATES = ["2025-10-01", "2025-10-02", "2026-01-01"]


def _fields(spaces: tuple[str, ...], kind: Type) -> list[str]:
    return [
        str(field)
        for space in spaces
        for field in VOCABULARY[space].values()
        if field.type is kind and field.name not in _SKIPPED
    ]


def atoms(spaces: tuple[str, ...]) -> st.SearchStrategy[str]:
    """The source of one small condition."""
    numbers = st.sampled_from(_fields(spaces, Type.NUMBER))
    texts = st.sampled_from(_fields(spaces, Type.TEXT))
    days = st.sampled_from(_fields(spaces, Type.DATE))
    flags = st.sampled_from(_fields(spaces, Type.BOOL))
    modifiers = st.sampled_from(_fields(spaces, Type.MODIFIERS))
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    member = st.sampled_from(MODIFIERS)
    named = st.sampled_from(_MODIFIER_SETS)
    plain = st.one_of(numbers, st.sampled_from(["1", "2", "1.5", "0"]))
    value = st.one_of(
        numbers,
        st.tuples(numbers, st.sampled_from(["+", "-"]), plain).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["2", "3"]), numbers).map(lambda t: f"({t[0]} * {t[1]})"),
        st.tuples(st.sampled_from(["count_of", "first_of", "last_of"]), modifiers, named).map(
            lambda t: f"{t[0]}({t[1]}, sets.{t[2]})"
        ),
    )
    return st.one_of(
        st.tuples(value, operators, plain).map(" ".join).filter(_readable(spaces)),
        st.tuples(texts, st.sampled_from(["==", "!="])).flatmap(
            lambda t: _literal(t[0]).map(lambda text: f'{t[0]} {t[1]} "{text}"')
        ),
        texts.flatmap(
            lambda name: st.lists(_literal(name), min_size=1, max_size=3).map(
                lambda found: f"{name} in ({', '.join(repr(str(x)) for x in found)},)"
            )
        ),
        st.tuples(days, operators, st.one_of(days, st.sampled_from(_DATES).map(lambda day: f'"{day}"'))).map(
            " ".join
        ),
        st.tuples(days, operators, days, st.sampled_from(["1", "90", "-1"])).map(
            lambda t: f"{t[0]} {t[1]} add_days({t[2]}, {t[3]})"
        ),
        st.tuples(days, operators, days).map(lambda t: f"{t[0]} {t[1]} add_years({t[2]}, 1)"),
        flags,
        st.tuples(member, modifiers).map(lambda t: f'"{t[0]}" in {t[1]}'),
        st.tuples(modifiers, named).map(lambda t: f"any_of({t[0]}, sets.{t[1]})"),
        st.sampled_from(_CODE_SETS).map(lambda name: f"line.code in sets.{name}"),
        st.sampled_from(["", "26", "TC", "53"]).map(lambda row: f'"{row}" in code.rows'),
    )


def _readable(spaces: tuple[str, ...]) -> Any:
    scope = Scope(scope="pair" if "other" in spaces else "line", sets=SETS)

    def check(source: str) -> bool:
        try:
            parse(source, scope)
        except ValueError:
            return False
        return True

    return check


def _literal(name: str) -> st.SearchStrategy[str]:
    space, _, word = name.partition(".")
    values = VOCABULARY[space][word].values
    known = {"code": CODES, "place_of_service": ("11", "22"), "patient": ("P1",), "claim": ("C1",)}
    return st.sampled_from(list(values or known.get(word, ("10", "GRP1", "1234567893"))))


def conditions(spaces: tuple[str, ...], leaf: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[str]:
    """The source of a condition: atoms joined by and, or, not."""
    return st.recursive(
        atoms(spaces) if leaf is None else leaf,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda t: f"({t[0]} and {t[1]})"),
            st.tuples(inner, inner).map(lambda t: f"({t[0]} or {t[1]})"),
            inner.map(lambda t: f"(not {t})"),
        ),
        max_leaves=4,
    )


_LINE = ("line", "code", "form", "claim")


def _aggregates() -> st.SearchStrategy[str]:
    inner = conditions(_LINE)
    where = st.one_of(st.just(""), inner.map(lambda text: f", {text}"))
    numbers = st.sampled_from(["line.units", "line.charge", "code.pre", "line.days", "line.seq"])
    counted = st.tuples(st.sampled_from(["sum", "min", "max", "distinct"]), numbers, where).map(
        lambda t: f"{t[0]}({t[1]}{t[2]}) > 1"
    )
    quantified = st.tuples(st.sampled_from(["any", "all"]), inner, where).map(
        lambda t: f"{t[0]}({t[1]}{t[2]})"
    )
    texts = st.tuples(st.sampled_from(["line.code", "line.claim", "line.place_of_service"]), where).map(
        lambda t: f"min({t[0]}{t[1]}) != max({t[0]}{t[1]})"
    )
    return st.one_of(
        counted,
        quantified,
        texts,
        inner.map(lambda text: f"count({text}) >= 2"),
        st.just("line.seq > min(line.seq)"),
    )


@st.composite
def rules(draw: st.DrawFn, number: int) -> Rule:
    """One rule: its scope, its keys, its conditions."""
    scope = draw(st.sampled_from(list(RuleScope)))
    line_scope, own = Scope(scope="line", sets=SETS), Scope(scope=scope.value, sets=SETS)
    texts: dict[str, str] = {}

    def read(key: str, source: str, scope_of: Scope) -> Any:
        texts[key] = source
        return parse(source, scope_of)

    applies = read("applies", draw(conditions(_LINE)), line_scope) if draw(st.booleans()) else TRUE
    leaves = {
        RuleScope.LINE: None,
        RuleScope.GROUP: st.one_of(_aggregates(), atoms(_LINE)),
        RuleScope.PAIR: st.one_of(atoms((*_LINE, "other", "other_code")), st.just("other.seq < line.seq")),
    }[scope]
    when = read("when", draw(conditions(_LINE, leaves)), own)
    other = draw(st.sampled_from(["any", "none"])) if scope is RuleScope.PAIR else "any"
    alone = scope is RuleScope.PAIR and other == "none"
    unless = FALSE
    if draw(st.booleans()):
        unless = read(
            "unless", draw(conditions(_LINE, None if alone else leaves)), line_scope if alone else own
        )
    grave = read("severity_if", draw(atoms(_LINE)), line_scope)
    names = draw(
        st.lists(
            st.sampled_from([n for n in KEY_FIELDS if n != "physician"]), min_size=1, max_size=2, unique=True
        )
    )
    same = tuple(Key(VOCABULARY["line"][name]) for name in names) if scope is not RuleScope.LINE else ()
    return Rule(
        code=f"DRAW{100 + number}",
        name=f"drawn-{number}",
        title="drawn",
        severity=Severity.REVIEW,
        severity_if=((grave, Severity.DENY),),
        status=Status.STABLE,
        since="0.1",
        settings=(Setting.PROFESSIONAL, Setting.OUTPATIENT),
        scope=scope,
        applies=applies,
        when=when,
        unless=unless,
        texts={**texts, "scope": f"{scope.value} {other}"},
        message=Template(),
        advice=Template(),
        why="",
        carc="",
        rarc=(),
        group_code="CO",
        appealable=False,
        sources=(),
        same=same,
        other=other,
    )


@st.composite
def rules_of_conditions(draw: st.DrawFn) -> Rulebook:
    """A few drawn rules as a rulebook."""
    found = tuple(draw(rules(number)) for number in range(draw(st.integers(1, 4))))
    explicit = frozenset(rule.code for rule in found)
    return Rulebook(tuple(attrs.evolve(rule) for rule in found), found, SETS, explicit)
