"""The parser: a restricted Python expression becomes our own typed tree, or an error with a caret.

The source is read by the standard library's ``ast`` and never evaluated. What is not listed in
``docs/language.md`` is refused. Types are settled in ``typing_rules``, functions in ``functions``.
"""

import ast
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NoReturn, TypeGuard

import attrs

from claimrules.expr import functions, syntax, typing_rules
from claimrules.expr.errors import did_you_mean, refuse
from claimrules.expr.nodes import (
    And,
    Carries,
    Condition,
    Flag,
    Literal,
    Name,
    NamedSet,
    Not,
    Or,
    Value,
)
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Type

MAX_SHOWN: Final = 40

Param = str | int | Decimal | date | tuple[str, ...]

_number = re.compile(r"\d+(\.\d+)?", re.ASCII)
_text = re.compile(r"[ -~]{0,60}")
_COMPARISONS: Final[Mapping[type, str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: Final[Mapping[type, str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


@attrs.frozen(kw_only=True)
class Scope:
    """What a condition may see: its rule's scope, the named sets, and the rule's parameters."""

    scope: str = "line"
    sets: Mapping[str, NamedSet] = attrs.field(factory=dict)
    params: Mapping[str, Param] = attrs.field(factory=dict)


def parse(source: str, scope: Scope | None = None) -> Condition:
    """Read a condition.

    Raises:
        ExpressionError: the language refuses it; says what, where, and what to write instead.
    """
    try:
        return Parser(source, scope or Scope()).condition(syntax.read(source))
    except (RecursionError, MemoryError):
        syntax.too_deep()


class Parser:
    """Turns one source into nodes; holds the source for its errors."""

    def __init__(self, source: str, scope: Scope) -> None:
        """Remember the source and what it may see."""
        self.source, self.scope, self.inside = source, scope, ""

    def fail(self, node: ast.AST, problem: str, remedy: str = "") -> NoReturn:
        """Refuse ``node``."""
        refuse(problem, self.source, getattr(node, "col_offset", 0), remedy)

    def condition(self, node: ast.expr) -> Condition:
        """Condition := ``or``, ``and``, ``not``, a comparison, a function, or a yes-or-no field."""
        match node:
            case ast.BoolOp():
                parts = tuple(self.condition(value) for value in node.values)
                kind = And if isinstance(node.op, ast.And) else Or
                return kind(parts, at=node.col_offset)
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.condition(node.operand), at=node.col_offset)
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                found = functions.call(self, node)
                if isinstance(found, Condition):
                    return found
                self.fail(node, "this function gives a value, not a condition", "compare it with something")
        value = self.value(node)
        if isinstance(value, Name) and value.type is Type.BOOL:
            return Flag(value, at=node.col_offset)
        return self.fail(node, f"this is a {value.type.value}, not a condition", "compare it with something")

    def comparison(self, node: ast.Compare) -> Condition:
        """Comparison := value (op value)+, or x ``in`` something."""
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            if len(node.ops) > 1:
                self.fail(node, "`in` cannot be chained", "join two conditions with `and`")
            found = self.membership(node.left, node.comparators[0])
            return Not(found, at=node.col_offset) if isinstance(node.ops[0], ast.NotIn) else found
        operands = [node.left, *node.comparators]
        values = self.operands(operands)
        parts = []
        for op, left, right, where in zip(node.ops, values, values[1:], operands[1:], strict=False):
            word = _COMPARISONS.get(type(op))
            if word is None:
                self.fail(where, "this comparison is not in the language", "use == != < <= > >= in, not in")
            parts.append(typing_rules.compare(self, where, word, left, right))
        return parts[0] if len(parts) == 1 else And(tuple(parts), at=node.col_offset)

    def operands(self, nodes: list[ast.expr]) -> list[Value]:
        """Read values that are compared with each other: text beside a date is a date."""
        values = [self.value(node) for node in nodes]
        if any(value.type is Type.DATE for value in values):
            pairs = zip(nodes, values, strict=True)
            return [typing_rules.as_date(self, node, value) for node, value in pairs]
        return values

    def membership(self, left: ast.expr, right: ast.expr) -> Condition:
        """Membership := field ``in`` ("a", "b"), field ``in`` sets.x, or "a" ``in`` line.modifiers."""
        if isinstance(right, ast.Tuple):
            return self.one_of(left, [self.value(item) for item in right.elts], right)
        if _is_in(right, "sets"):
            item = self.value(left)
            return typing_rules.member(self, left, item, self.named_set(right))
        if _is_in(right, "param"):
            value = self.param(right)
            if isinstance(value, tuple):
                texts = [Literal(text, at=right.col_offset) for text in value]
                return self.one_of(left, list(texts), right)
        if isinstance(right, ast.Constant):
            written = self.written(right)
            remedy = f"write ({written},) or ==" if len(written) <= MAX_SHOWN else "write a tuple, or =="
            self.fail(right, "`in` needs a tuple; a text alone would be searched letter by letter", remedy)
        holder = self.value(right)
        if not isinstance(holder, Name) or holder.type not in (Type.MODIFIERS, Type.TEXTS):
            self.fail(right, "`in` needs a tuple of literals, a named set, or a set of modifiers")
        text = self.value(left)
        if not isinstance(text, Literal) or not isinstance(text.value, str):
            self.fail(left, "only a text literal can be looked for here", f'write "50" in {holder.field}')
        if holder.type is Type.MODIFIERS:
            typing_rules.check_modifier(self, left, text.value)
        return Carries(text.value, holder, at=left.col_offset)

    def one_of(self, left: ast.expr, items: list[Value], right: ast.expr) -> Condition:
        """Compare one value with each literal of a tuple."""
        value = self.value(left)
        if not items:
            self.fail(right, "an empty tuple holds nothing")
        if not all(isinstance(item, Literal) for item in items):
            self.fail(right, "a tuple may hold literals only")
        if value.type is Type.TEXT:
            texts = [typing_rules.text_literal(self, right, item) for item in items]
            members = NamedSet("", "literal", frozenset(texts))
            return typing_rules.member(self, left, value, members)
        if value.type is Type.DATE:
            items = [typing_rules.as_date(self, right, item) for item in items]
        parts = tuple(typing_rules.compare(self, right, "==", value, item) for item in items)
        return Or(parts, at=left.col_offset)

    def value(self, node: ast.expr) -> Value:
        """Value := literal, field, param, arithmetic, or a function that gives a value."""
        match node:
            case ast.Constant():
                return self.literal(node)
            case ast.Attribute():
                return self.param_value(node) if _is_in(node, "param") else self.name(node)
            case ast.BinOp():
                return self.arithmetic(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
                return self.negative(node, self.literal(operand))
            case ast.Call():
                found = functions.call(self, node)
                if isinstance(found, Value):
                    return found
                self.fail(node, "this function gives a condition, not a value")
            case ast.Name():
                remedy = "write a field such as line.code or code.status"
                self.fail(node, f"{node.id[:40]!r} stands alone", remedy)
        return self.fail(node, f"{type(node).__name__} is not in the language")

    def written(self, node: ast.expr) -> str:
        """Give the text of a node as it stands in the source."""
        return self.source[node.col_offset : node.end_col_offset]

    def literal(self, node: ast.Constant) -> Literal:
        """Literal := text, whole number or decimal number."""
        text = self.written(node)
        if isinstance(node.value, str):
            if not _text.fullmatch(node.value):
                self.fail(node, "a text literal has at most 60 plain characters")
            if text not in (f'"{node.value}"', f"'{node.value}'"):
                self.fail(node, "a text literal is one text in plain quotes", "is a comma missing?")
            return Literal(node.value, type=Type.TEXT, at=node.col_offset)
        number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if not number or not _number.fullmatch(text):
            self.fail(node, "this literal is not in the language", "write text, 10 or 1.5")
        return typing_rules.number_literal(self, node, Decimal(text))

    def negative(self, node: ast.UnaryOp, literal: Literal) -> Literal:
        """Turn a number around."""
        if not isinstance(literal.value, int):
            self.fail(node, "only a number can be negative")
        return attrs.evolve(literal, value=-literal.value)

    def arithmetic(self, node: ast.BinOp) -> Value:
        """Arithmetic := number (``+`` | ``-`` | ``*``) number."""
        op = _ARITHMETIC.get(type(node.op))
        if op is None:
            remedy = "use + - *; multiply instead of dividing"
            self.fail(node, "this operation is not in the language", remedy)
        return typing_rules.arithmetic(self, node, op, self.value(node.left), self.value(node.right))

    def name(self, node: ast.Attribute) -> Name:
        """Name := namespace ``.`` field."""
        if not isinstance(node.value, ast.Name):
            self.fail(node, "a field is a namespace and a name", "write line.code, code.status …")
        space, word = node.value.id, node.attr
        if space not in VOCABULARY:
            known = [*VOCABULARY, "param", "sets"]
            self.fail(node, f"there is no namespace {space[:40]!r}", did_you_mean(space, known))
        if space in PAIR_NAMESPACES and (self.scope.scope != "pair" or self.inside):
            self.fail(node, f"{space!r} exists in pair scope only")
        field = VOCABULARY[space].get(word)
        if field is None:
            self.fail(node, f"{space} has no field {word[:40]!r}", did_you_mean(word, VOCABULARY[space]))
        if field.name == "physician":
            self.fail(node, "a physician is compared by `same` only", 'write same = ["physician"]')
        return Name(field, type=field.type, scale=field.scale, bound=field.bound, at=node.col_offset)

    def named_set(self, node: ast.expr) -> NamedSet:
        """Find ``sets.name``."""
        if not _is_in(node, "sets"):
            self.fail(node, "a named set stands here", "write sets.anatomic")
        word = node.attr
        found = self.scope.sets.get(word)
        if found is None:
            self.fail(node, f"there is no set {word[:40]!r}", did_you_mean(word, self.scope.sets))
        return found

    def param(self, node: ast.Attribute) -> Param:
        """Find ``param.name``."""
        if node.attr not in self.scope.params:
            known = self.scope.params or {"none is declared": ""}
            self.fail(node, f"there is no parameter {node.attr[:40]!r}", did_you_mean(node.attr, known))
        return self.scope.params[node.attr]

    def param_value(self, node: ast.Attribute) -> Value:
        """Read ``param.name`` as the literal that it stands for."""
        value = self.param(node)
        match value:
            case str():
                return Literal(value, type=Type.TEXT, at=node.col_offset)
            case date():
                return Literal(value, type=Type.DATE, at=node.col_offset)
            case int() | Decimal():
                return typing_rules.number_literal(self, node, Decimal(value))
        return self.fail(node, "a list can only stand behind `in`")

    def aggregate(self, node: ast.expr, read: Callable[[], Condition | Value]) -> Condition | Value:
        """Read the inside of an aggregate, where ``line`` and ``code`` are the member."""
        if self.scope.scope != "group":
            self.fail(node, "aggregates exist in group scope only", 'write scope = "group" and same = [...]')
        if self.inside:
            self.fail(node, "an aggregate cannot stand inside another")
        self.inside = "aggregate"
        try:
            return read()
        finally:
            self.inside = ""


def _is_in(node: ast.expr, namespace: str) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == namespace
