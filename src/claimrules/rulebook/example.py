"""Examples: the tests of a rule in every engine, and the tables of its page."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from claimrules.codebook import FeeRow
from claimrules.expr.errors import did_you_mean
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.model.claim import ClaimLine
from claimrules.model.code import Cause
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.finding import Outcome
from claimrules.model.shorthand import ShorthandError
from claimrules.rulebook.files import ExampleTable, RuleFile
from claimrules.rulebook.reading import position
from claimrules.rulebook.rule import Example

if TYPE_CHECKING:
    from claimrules.rulebook.load import _Reader

T = TypeVar("T")

BLOCKS: Final = {
    "fires": Outcome.FIRED,
    "passes": Outcome.PASSED,
    "unknown": Outcome.UNKNOWN,
    "bypassed": Outcome.BYPASSED,
}
_DATES: Final = ("first_date", "last_date")
_LISTS: Final = ("type_of_service", "pricing_categories")
_ASC: Final = ("payment_indicator", "multiple_discount")
_FACTS: Final = ("coverage", "status_indicator", *_ASC, *_LISTS, *_DATES)
ATTRIBUTES: Final = frozenset(FeeRow._fields) | {"mue", "mai", "mue_rationale", *_FACTS}
_code = re.compile(r"[0-9A-Z]{5}(/(26|TC|53))?", re.ASCII)
_block = re.compile(rf"^\[\[(?:{'|'.join(BLOCKS)})\]\]", re.MULTILINE)
_other_table = re.compile(rf"^[ \t]*\[(?!\[(?:{'|'.join(BLOCKS)})\]\])", re.MULTILINE)
_INDICATORS: Final = ("0", "1", "9")
_ADD_ONS: Final = ("1", "2", "3")
_WHOLE: Final = ("mue", "pre", "intra", "post")


def before_examples(text: str) -> str:
    """The text of a rule file up to its first example; all of it where other tables follow that one."""
    first = _block.search(text)
    if first is None or _other_table.search(text, first.start()):
        return text
    return text[: first.start()]


def read_examples(reader: "_Reader", file: RuleFile) -> tuple[Example, ...]:
    """Read every example of a file; errors go to the reader."""
    found = []
    for block, kind in BLOCKS.items():
        for number, table in enumerate(getattr(file, block), 1):
            example = _Example(reader, block, number, table).read(kind)
            if example is not None:
                found.append(example)
    return tuple(found)


class Examples(Sequence[Example]):
    """Examples that are read when somebody asks."""

    def __init__(self, read: Callable[[], tuple[Example, ...]]) -> None:
        """Remember what reads them."""
        self._ask: Callable[[], tuple[Example, ...]] | None = read
        self._read: tuple[Example, ...] = ()

    def _all(self) -> tuple[Example, ...]:
        if self._ask is not None:
            self._read, self._ask = self._ask(), None
        return self._read

    @overload
    def __getitem__(self, place: int) -> Example: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, place: int | slice) -> Example | tuple[Example, ...]:
        """Give one example, or some."""
        return self._all()[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all())

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as a tuple."""
        return tuple, (self._all(),)


class _Example:
    """Reads one example block."""

    def __init__(self, reader: "_Reader", block: str, number: int, table: ExampleTable) -> None:
        self.reader, self.table, self.bad = reader, table, False
        self.block, self.number = block, number

    def error(self, problem: str) -> None:
        """Collect an error; where the block stands is looked for only then."""
        self.bad = True
        line = position(self.reader.text, self.block, self.number)
        where = f"{self.reader.path}:{line}: [[{self.block}]] {self.number} ({self.table.title[:60]})"
        self.reader.errors.append(f"{where}: {problem}")

    def attempt(self, what: str, read: Callable[[str], T], text: str | None) -> T | None:
        """Read one text, or collect why it cannot be read."""
        if text is None:
            return None
        try:
            return read(text)
        except (ShorthandError, ValueError) as error:
            self.error(f"{what}: {error}")
            return None

    def read(self, kind: Outcome) -> Example | None:
        """Read the block."""
        table, given, expect = self.table, self.table.given, self.table.expect
        lines = [self.attempt("lines", ClaimLine.parse, text) for text in table.lines]
        history = [self.attempt("history", ClaimLine.parse, text) for text in table.history]
        if not 1 <= expect.line <= len(lines):
            self.error(f"expect.line is {expect.line}, of {len(lines)} lines")
        if any(not 1 <= other <= len(lines) or other == expect.line for other in expect.others or ()):
            self.error(
                f"expect.others names a line that is not there, or the line itself; {len(lines)} lines"
            )
        codes = {code: self._read_code(code, attributes) for code, attributes in table.codes.items()}
        self._check_relation("pairs", table.pairs, _INDICATORS)
        self._check_relation("add_ons", table.add_ons, _ADD_ONS)
        dates = {
            key: self.attempt(key, date.fromisoformat, getattr(given, key))
            for key in ("as_of", "history_from", "history_to")
        }
        facts = self._read_facts()
        outcome = self.attempt("expect.outcome", Outcome, expect.outcome) or kind
        cause = self.attempt("expect.cause", Cause, expect.cause)
        if self.bad:
            return None
        return Example(
            kind=outcome,
            title=table.title,
            lines=tuple(line for line in lines if line),
            history=tuple(line for line in history if line),
            codes=codes,
            pairs=table.pairs,
            add_ons=table.add_ons,
            history_providers=given.history_providers,
            complete=given.complete,
            line=expect.line,
            severity=expect.severity,
            cause=cause,
            others=expect.others,
            facts=facts,
            **dates,
        )

    def _read_facts(self) -> ClaimFacts:
        """Read what the claim says once, as cells of a table are read."""
        cells = {name: text for name in FACTS if (text := getattr(self.table.given, name)) is not None}
        facts = ClaimFacts.read(cells)
        for name in cells:
            if getattr(facts, name) is None:
                self.error(f"given.{name} cannot be read; write it as a claim has it")
        return facts

    def _check_relation(self, name: str, rows: tuple[tuple[str, ...], ...], kinds: tuple[str, ...]) -> None:
        for row in rows:
            codes, kind = row[:-1], row[-1:]
            # An add-on code of type 2 has no listed primary.
            bare = name == "add_ons" and kind == ("2",) and codes[1:] == ("",)
            right = all(_code.fullmatch(code) and "/" not in code for code in codes[: 1 if bare else None])
            if len(codes) != 2 or not right or kind[0] not in kinds:  # noqa: PLR2004 (two codes)
                self.error(f"{name}: two codes and one of {', '.join(kinds)}, in text")

    def _read_code(self, code: str, attributes: dict[str, Any]) -> dict[str, Any]:
        """Check the attributes of one code; dates become dates."""
        if not _code.fullmatch(code):
            self.error(f'codes."{code[:20]}": write G0105, or "G0105/26" for its 26 row')
        found = dict(attributes)
        for name, value in attributes.items():
            where = f"codes.{code}.{name}"
            field = VOCABULARY["code"].get(name)
            if name not in ATTRIBUTES:
                self.error(f"codes.{code}: no attribute {name[:40]!r}; {did_you_mean(name, ATTRIBUTES)}")
            elif name in _DATES:
                found[name] = self.attempt(where, date.fromisoformat, str(value))
            elif name in _LISTS:
                if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                    self.error(f'{where}: write a list of texts, as in ["2"]')
            elif field and field.values and value not in field.values:
                values = ", ".join(each or "blank" for each in field.values)
                self.error(f"{where} is never {str(value)[:20]!r}; it can be {values}")
            elif (name in _WHOLE) != (isinstance(value, int) and not isinstance(value, bool)):
                self.error(f"{where}: write {'a whole number' if name in _WHOLE else 'text'}")
        return found
