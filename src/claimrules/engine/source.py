"""Writing Python source: a small helper that numbers variables and keeps constants apart."""

from collections.abc import Callable, Mapping
from typing import Any

from claimrules.engine.outcomes import field_byte
from claimrules.expr import access, to_python
from claimrules.expr.nodes import Aggregate, Condition, Constant, Quantified
from claimrules.expr.to_python import Writer
from claimrules.expr.vocabulary import Field
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Rule

Byte = Callable[[Field], str]


class Source:
    """One generated function: its variables, constants and lines."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.variables: dict[Field | Aggregate | Quantified, str] = {}
        self.writer = Writer(self.variables)
        self.lines: list[str] = []

    def variable(self, item: Field | Aggregate | Quantified) -> str:
        """The variable of a field or aggregate."""
        return self.variables.setdefault(item, f"v{len(self.variables)}")

    def add(self, indent: int, text: str) -> None:
        """Add one line."""
        self.lines.append("    " * indent + text)

    def compile(
        self, name: str, arguments: str, extra: Mapping[str, Any] | None = None
    ) -> Callable[..., Any]:
        """Compile what was written into a function."""
        namespace: dict[str, Any] = {
            **access.FUNCTIONS,
            **to_python.FUNCTIONS,
            **{table.value: table for table in Table},
            **self.writer.constants,
            **(extra or {}),
        }
        text = "\n".join([f"def {name}({arguments}):", *self.lines])
        # The text holds numbered names and snippets of this package only (see to_python).
        exec(compile(text, f"<claimrules {name}>", "exec"), namespace)  # noqa: S102
        made: Callable[..., Any] = namespace[name]
        return made


def byte_of(rule: Rule, subject: Callable[[Field], str]) -> Byte:
    """How to write the byte of a missing field: its number plus its cause."""

    def byte(field: Field) -> str:
        return f"{field_byte(rule, field)} + {access.cause(field, subject(field))}"

    return byte


def verdict(source: Source, rule: Rule, byte: Byte, indent: int, put: str) -> None:
    """Write the five outcomes of a rule: the first that holds decides (design, decision 2)."""
    writer = source.writer
    applies, when, unless = rule.applies, rule.when, rule.unless
    word = "if"
    if not isinstance(applies, Constant):
        source.add(indent, f"if {writer.false(applies)}: {put.format(0)}")
        word = "elif"
    source.add(indent, f"{word} {writer.false(when)}: {put.format(1)}")
    if not isinstance(unless, Constant):
        source.add(indent, f"elif {writer.true(unless)}: {put.format(2)}")
    fires = [writer.true(applies), writer.true(when), writer.false(unless)]
    source.add(indent, f"elif {' and '.join(part for part in fires if part != 'True')}: {put.format(3)}")
    source.add(indent, f"else: {put.format(missing(writer, (applies, when, unless), byte))}")


def missing(writer: Writer, conditions: tuple[Condition, ...], byte: Byte) -> str:
    """Write the byte of the first unknown field of the first unknown condition."""
    rest = [condition for condition in conditions if not isinstance(condition, Constant)]
    tests = []
    for condition in rest[:-1]:
        known = f"{writer.true(condition)} or {writer.false(condition)}"
        tests.append(f"{writer.missing(condition, byte)} if not ({known}) else")
    return "(" + " ".join([*tests, writer.missing(rest[-1], byte)]) + ")"
