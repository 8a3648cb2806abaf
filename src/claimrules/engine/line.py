"""The checker: lines and claims go in, findings come out; no I/O, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.codebook import CodeBook, Lookup, mode_of
from claimrules.engine import tally
from claimrules.engine.both_sides import answer, convention_of
from claimrules.engine.global_periods import calendar
from claimrules.engine.grouped import Each
from claimrules.engine.history import Coverage, History
from claimrules.engine.offering import inputs_of
from claimrules.engine.past import Past
from claimrules.engine.replacing import settle
from claimrules.engine.run import Engine, Judged
from claimrules.engine.sides_converted import convert
from claimrules.engine.subject import (
    NO_FACTS,
    Subject,
    claim_subjects,
    lone_subject,
    subjects,
    wanted_row,
)
from claimrules.engine.telling import Telling
from claimrules.model.both_sides import BilateralAnswer, Converted, SideForm
from claimrules.model.claim import Claim, ClaimLine, Setting
from claimrules.model.facts import ClaimFacts
from claimrules.model.finding import CheckResult, Finding, NotRun, Rejected
from claimrules.model.given import COLUMNS, need, need_asked, need_day, need_each, need_lines, need_row
from claimrules.model.global_period import GlobalCalendar
from claimrules.rulebook.replaced import cautious
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook

if TYPE_CHECKING:
    from claimrules.engine.frame import FrameResult


A_HISTORY: Final = "a history is a History: write History(lines, complete_from=...)"
_A_LINE: Final = "write ClaimLine.parse('G0105-50 2025-11-03')"
_LINES: Final = "write [ClaimLine.parse('G0105-50 2025-11-03')]"
_A_COVERAGE: Final = (
    "history takes a Coverage: write Coverage(complete_from=...), and give its lines as past="
)


@attrs.frozen(slots=False)
class Checker:
    """A code book and a rulebook, ready to check; immutable, shared between threads, picklable.

    ``editions`` says which edition of a table speaks for a date: ``"exact"``, ``"near"`` (of the
    same calendar year, and said so) or ``"latest"``. ``as_of`` is the date of the run, for rules
    that compare with today; the checker never reads the clock. ``inputs`` are the optional inputs
    that the lines carry (``specialty`` …): rules that need others are not run.
    """

    book: CodeBook = attrs.field(factory=CodeBook.starter)
    rulebook: Rulebook = attrs.field(factory=Rulebook.load)
    editions: str = attrs.field(default="near", kw_only=True, converter=mode_of)
    as_of: date | None = attrs.field(default=None, kw_only=True)
    inputs: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=inputs_of)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no code book, rulebook or date: a path, a selector, a text."""
        need(self.book, CodeBook, "a Checker takes a CodeBook: write CodeBook.open(path)")
        need(self.rulebook, Rulebook, "rulebook takes a Rulebook: write Rulebook.load(select=...)")
        need_day("as_of", self.as_of)

    @cached_property
    def lookup(self) -> Lookup:
        """The look-up of the code book."""
        return self.book.lookup(self.editions)

    @cached_property
    def engine(self) -> Engine:
        """The compiled rules."""
        return Engine(self.rulebook.run_with(self.offered)[0])

    def engine_of(self, offered: frozenset[str], rules: tuple[Rule, ...]) -> Engine:
        """The compiled rules that run with some inputs: kept, for what is written of them is kept too."""
        if offered == self.offered:
            return self.engine
        return self._engines.get(offered) or self._engines.setdefault(offered, Engine(rules))

    @cached_property
    def _engines(self) -> dict[frozenset[str], Engine]:
        return {}

    @cached_property
    def cautious(self) -> Engine:
        """The compiled rules where claims replace others and it is not known which."""
        return Engine([cautious(rule) for rule in self.engine.rules])

    def cautious_of(self, offered: frozenset[str], engine: Engine) -> Engine:
        """The same for the rules that run with some inputs: ``engine`` has them as they are written."""
        if offered == self.offered:
            return self.cautious
        found = self._cautious.get(offered)
        return found or self._cautious.setdefault(offered, Engine([cautious(rule) for rule in engine.rules]))

    @cached_property
    def _cautious(self) -> dict[frozenset[str], Engine]:
        return {}

    @property
    def offered(self) -> frozenset[str]:
        """The optional inputs that this run offers: those of the lines, and the date of the run."""
        return self.inputs | {"as_of"} if self.as_of else self.inputs

    @cached_property
    def _not_run(self) -> tuple[NotRun, ...]:
        return self.rulebook.run_with(self.offered)[1]

    @cached_property
    def _assumptions(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of a run whose lines all name their patients, and of one where some do not."""
        rules = self.engine.rules
        return (
            tally.assumptions(rules, without_patient=False),
            tally.assumptions(rules, without_patient=True),
        )

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def check_line(self, line: ClaimLine) -> CheckResult:
        """Check one line alone, as a claim of one line."""
        need(line, ClaimLine, f"check_line takes a ClaimLine: {_A_LINE}")
        subject = lone_subject(line, self.lookup, self.as_of)
        return self.judge([subject], NO_FACTS, None).result(outcomes=True)

    def check(self, claim: Claim, history: History | None = None) -> CheckResult:
        """Check a claim; the lines of the history prove, and are not judged."""
        need(claim, Claim, "check takes a Claim: write Claim(lines=lines), or check_lines(lines)")
        if history is not None:
            need(history, History, A_HISTORY)
        first = len(history.lines) if history else 0
        found = claim_subjects(claim, self.lookup, self.as_of, first)
        return self.judge(found, claim, history).result(outcomes=True)

    def check_lines(
        self,
        lines: Iterable[ClaimLine],
        history: History | None = None,
        *,
        rejected: Iterable[Rejected] = (),
        outcomes: bool = False,
        each: Each | None = None,
    ) -> CheckResult:
        """Check the lines of many claims together; each carries its own claim, patient and facts.

        ``each`` is told every line that has findings.
        """
        lines = need_lines(lines, f"check_lines takes ClaimLines: {_LINES}")
        rejected = need_each(rejected, Rejected, "rejected takes what a reader rejected: Rejected(...)")
        if history is not None:
            need(history, History, A_HISTORY)
        first = len(history.lines) if history else 0
        found = subjects(lines, NO_FACTS, self.lookup, first=first, as_of=self.as_of)
        telling = self.judge(found, NO_FACTS, history)
        if each is not None:
            telling.tell(each)
        return telling.result(outcomes=outcomes, rejected=rejected)

    def outcomes(self, line: ClaimLine) -> bytes:
        """The outcomes of the line rules as one interned ``bytes``: a byte a rule of ``engine.rules``."""
        need(line, ClaimLine, f"outcomes takes a ClaimLine: {_A_LINE}")
        rules = self.engine.of_setting(line.setting)
        known = rules.known(line, self.lookup.slot(line.from_date, line.setting))
        if known is not None and known.complete:
            return known.outcomes
        return rules.judge(Subject(line, NO_FACTS, line.claim_id, self.lookup, 0, self.as_of))

    def check_frame(
        self,
        frame: Any,  # noqa: ANN401 (five libraries have no common type)
        *,
        columns: Mapping[str, str] | None = None,
        setting: Setting = Setting.PROFESSIONAL,
        history: Coverage | None = None,
        past: Any = None,  # noqa: ANN401 (five libraries have no common type)
    ) -> "FrameResult":
        """Check a frame of lines: Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark.

        Columns are named like the fields of a line; ``columns`` maps others:
        ``check_frame(frame, columns={"code": "hcpcs_cd"})``. ``setting`` is that of lines whose column
        says none. ``history`` declares what is complete; by default the frame's own first to last
        from-date, own providers. ``past`` is a frame of the same kind: its lines prove, and are not judged.

        Raises:
            TypeError: ``columns`` is no mapping of texts, or ``history`` no ``Coverage``.
            FrameError: the frame is of no supported kind, or lacks a column.
        """
        if columns is not None:
            need(columns, Mapping, COLUMNS)
            need_each([*columns.keys(), *columns.values()], str, COLUMNS)
        if history is not None:
            need(history, Coverage, _A_COVERAGE)
        from claimrules.engine.frame import check_frame  # noqa: PLC0415 (imports no dataframe library until asked)

        return check_frame(
            self, frame, coverage=history, columns=columns, setting=Setting(setting), past=past
        )

    def global_periods(
        self,
        billed: Iterable[Claim | ClaimLine] | Claim | ClaimLine,
        *,
        contractor_days: Mapping[str, str] | str | None = None,
    ) -> GlobalCalendar:
        """Give the windows of the global surgical package that claims or lines open, and what opens none.

        ``contractor_days`` says what holds for codes whose period the contractor sets (YYY): ``"010"``,
        or ``{"0600T": "010"}``; without it they are unknown.

        Raises:
            ValueError: ``contractor_days`` holds something else than 000, 010, 090 or XXX.
        """
        sets = self.rulebook.sets or Rulebook.load().sets
        return calendar(billed, self.lookup, sets, contractor_days)

    def bilateral_forms(
        self,
        code: str,
        *,
        on: date | None,
        setting: Setting = Setting.PROFESSIONAL,
        row: str = "",
        convention: str | None = None,
    ) -> BilateralAnswer:
        """Say which forms of billing both sides are accepted for a code on a day, and why.

        ``convention`` is the payer's: ``medicare``, ``modifier_50``, ``two_lines`` or ``two_units``; by
        default the parameter ``both_sides`` of the rules, which an overlay sets.

        Raises:
            ValueError: there is no such convention.
        """
        need_asked(on, setting, code)
        need_row(row)
        used = convention or convention_of(self.rulebook, on)
        attributes = self.lookup.slot(on, setting).get(code, row)
        return answer(attributes, on=on, setting=setting, convention=used)

    def convert_sides(
        self, lines: Iterable[ClaimLine], *, to: SideForm | None = None, convention: str | None = None
    ) -> Converted:
        """Rewrite lines that bill both sides in the form that is accepted, or in ``to`` where that is.

        What was changed, and what was left and why, stands in the result; so do doubts.
        """
        lines = need_lines(lines, f"convert_sides takes ClaimLines: {_LINES}")
        to = None if to is None else SideForm(to)

        def ask(line: ClaimLine) -> BilateralAnswer:
            row = wanted_row(line.modifiers or ())
            return self.bilateral_forms(
                line.code or "", on=line.from_date, setting=line.setting, row=row, convention=convention
            )

        return convert(lines, ask, to)

    def judge(self, found: Sequence[Subject], facts: ClaimFacts, history: History | None) -> Telling:
        """Judge lines in their places, beside a history; what is said of them is told when asked."""
        of_patient = facts.of_patient if history else NO_FACTS
        lines, is_open = settle(found, history.lines if history else (), of_patient)
        engine = self.cautious if is_open else self.engine
        past = Past(lines, of_patient, self.as_of) if history else None
        coverage = history.coverage if history else Coverage()
        judged = engine.run(found, coverage, self.lookup, past)
        return self._telling(judged, coverage, engine)

    def findings(self, judged: Sequence[Judged]) -> tuple[Finding, ...]:
        """The findings on lines that the engine has judged."""
        return self._telling(judged, None).findings()

    def summary(self, judged: Sequence[Judged], coverage: Coverage | None = None) -> CheckResult:
        """The counts of a run, without its findings."""
        return self._telling(judged, coverage).summary()

    def _telling(
        self, judged: Sequence[Judged], coverage: Coverage | None, engine: Engine | None = None
    ) -> Telling:
        return Telling(
            engine or self.engine, self.lookup, judged, coverage, (self._not_run, self._assumptions)
        )
