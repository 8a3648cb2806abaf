"""What a run over a frame gives: findings as a frame of the caller's kind, and the counts."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine import tally
from claimrules.engine.frame import line_rules, totals
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.counts import Counts
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.grouped import grouped
from claimrules.engine.frame.sample import Explained, explain
from claimrules.engine.frame.unreadable import Unreadable, unreadable
from claimrules.engine.frame.verdicts import severity_word
from claimrules.engine.grouped import GROUPS, Grouped
from claimrules.engine.missing import missing
from claimrules.engine.outcomes import FIRED, FIRST_UNKNOWN, PASSED, PLAIN
from claimrules.model.finding import CheckResult, NotRun, Rejected, RuleCount, Severity
from claimrules.model.given import need

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]

_LIMIT: Final = "limit takes a whole number: write 5, or None for every finding"


@attrs.frozen(kw_only=True, eq=False, slots=False)
class FrameResult:
    """The findings and the counts of one run over a frame.

    ``findings`` has one row per finding, in the kind of the frame that came in. ``summary`` counts
    outcomes, causes and editions; ``result(limit)`` adds the first findings of each rule, explained.
    """

    checker: "Checker"
    context: Context
    combos: Combinations
    looked: tuple[Looked, ...]
    not_run: tuple[NotRun, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    @cached_property
    def findings(self) -> Any:
        """Every finding: claim, line, rule, severity, reason code, edition, first proof, count of proofs."""
        return self.context.backend.back(self.found)

    @cached_property
    def found(self) -> "Lazy":
        """The findings before they are given back in the caller's kind."""
        nw = self.context.nw
        parts = (self._line_findings(), *map(self._around_findings, self.looked))
        return nw.concat(parts, how="vertical")

    @cached_property
    def judged(self) -> "Lazy":
        """The lines that are judged, without those of a history."""
        return self._of_run(self.combos.lines)

    @property
    def classed(self) -> "Lazy":
        """The same, with their classes."""
        return self._of_run(self.combos.classed)

    @property
    def dated(self) -> "Lazy":
        """The same, with their dates."""
        return self._of_run(self.combos.dated)

    def _of_run(self, lines: "Lazy") -> "Lazy":
        first = self.context.first
        return lines.filter(self.context.nw.col(SEQ) >= first) if first else lines

    def _ids(self) -> dict[str, Any]:
        """The ids of claim and line as text, blank where the frame has none."""
        context, blank = self.context, self.context.nw.lit("")
        ids = ("claim_id", "line_id")
        return {name: context.reader.raw(name) if name in context.named else blank for name in ids}

    def _line_findings(self) -> "Lazy":
        nw, fired = self.context.nw, line_rules.fired(self.context, self.combos)
        lines = self.judged.join(fired, on=COMBO, how="inner")
        return lines.select(
            **self._ids(),
            rule=nw.col("rule"),
            severity=nw.col("severity"),
            carc=nw.col("carc"),
            edition=nw.col("edition"),
            other_claim_id=nw.lit(""),
            other_line_id=nw.lit(""),
            other_count=nw.lit(0, nw.Int64),
        )

    def _around_findings(self, looked: Looked) -> "Lazy":
        nw, backend, present = self.context.nw, self.context.backend, self.combos.lines.collect_schema()
        raw = [name for name in ("r_claim_id", "r_line_id") if name in present]
        lines = self.combos.lines.select(SEQ, *raw)
        fired = backend.at(lines, self.told_once(looked), SEQ)
        fired = plus(fired, self._ids()).drop(*raw)
        joined = backend.at(lines.select(*raw, other_seq=nw.col(SEQ)), fired, "other_seq", how="left")
        ids = {f"other_{name}": each for name, each in self._ids().items()}
        joined = plus(joined, ids)
        return joined.select(
            "claim_id",
            "line_id",
            rule=nw.lit(looked.rule.code),
            severity=severity_word(nw, nw.col("severity_rank")),
            carc=nw.lit(looked.rule.carc),
            edition=nw.col("edition"),
            **{name: nw.col(name).fill_null("") for name in ids},
            other_count=nw.col("other_count").cast(nw.Int64),
        )

    def _told(self, looked: Looked) -> "Lazy":
        """Where a rule that looks around fired, and no line rule that takes it in did."""
        nw, combos = self.context.nw, self.combos
        fired = looked.frame.filter(nw.col(OUTCOME) == FIRED)
        classes = line_rules.taken(self.context, combos, looked.number)
        if not classes:
            return fired
        folded = combos.lines.filter(combos.among(nw, classes)).select(SEQ)
        return fired.join(folded, on=SEQ, how="anti")

    def told_once(self, looked: Looked) -> "Lazy":
        """Where it is told, and no rule that looks around and takes it in fired too."""
        nw, engine, fired = self.context.nw, self.context.engine, self._told(looked)
        takers = engine.takers.get(engine.numbers[looked.rule.code], ())
        for other in self.looked:
            if engine.numbers[other.rule.code] in takers:
                lines = other.frame.filter(nw.col(OUTCOME) == FIRED).select(SEQ)
                fired = fired.join(lines, on=SEQ, how="anti")
        return fired

    def local(self, frame: "Lazy") -> dict[str, list[Any]]:
        """A small frame as lists."""
        return self.context.local(frame)

    @cached_property
    def counts(self) -> Counts:
        """How often each outcome was said."""
        return Counts(context=self.context, combos=self.combos, looked=self.looked, judged=self.judged)

    def _around_counts(self, looked: Looked, checked: int) -> RuleCount:
        found = Counter[str]()
        for byte, count in self.counts.outcomes[looked.number].items():
            found[PLAIN[byte].value if byte < FIRST_UNKNOWN else "unknown"] += count
        found["not_applicable"] += checked - sum(found.values())
        return RuleCount(**found)

    @cached_property
    def summary(self) -> CheckResult:
        """The counts of the run, without findings."""
        rules = self.context.engine.rules
        groups, severities, lacked = self._counted()
        unknown, causes, incomplete = tally.unknown_counts(rules, groups, lacked, self.context.coverage)
        counts = dict(tally.rule_counts(rules, groups))
        checked = sum(groups.values())
        counts |= {looked.rule.code: self._around_counts(looked, checked) for looked in self.looked}
        return CheckResult(
            rules=dict(sorted(counts.items())),
            checked=checked,
            severities=severities,
            rejected=self.rejected,
            unknown=unknown,
            unknown_by_cause=causes,
            incomplete_lines=incomplete,
            not_run=self.not_run,
            assumptions=(
                *missing(self.context.named).values(),
                *tally.assumptions(rules, without_patient=self.without_patient),
            ),
            editions=tally.editions(groups),
        )

    def _counted(
        self,
    ) -> tuple[Mapping[tally.Group, int], Mapping[Severity, int], Mapping[str, Counter[str]]]:
        """What is counted of the run, some of it while Python counts the rest where the engine can."""
        if self.context.backend.name != "polars":
            return self.counts.groups, totals.severities(self), totals.lacked_codes(self)
        with ThreadPoolExecutor(max_workers=1) as beside:
            severities = beside.submit(totals.severities, self)
            lacked = beside.submit(totals.lacked_codes, self)
            return self.counts.groups, severities.result(), lacked.result()

    @cached_property
    def without_patient(self) -> bool:
        """Whether a line of the run names no patient, so that its claim stands for one."""
        context = self.context
        if "patient" not in context.named:
            return True
        nw, given = context.nw, self.judged.select("r_patient")
        if context.backend.name == "polars" and given.collect_schema()["r_patient"] == nw.String:
            # The least of the texts tells it, unless it begins below every visible character.
            ends = self.local(
                given.select(least=nw.col("r_patient").min(), nulls=nw.col("r_patient").null_count())
            )
            if not ends["nulls"][0] and (ends["least"][0] or "") >= "!":
                return False
        who = given.unique().select(who=context.reader.identifier("patient"))
        return bool(self.local(who.filter(nw.col("who").is_null()).head(1))["who"])

    def outcomes(self, *extra: str) -> dict[tuple[Any, ...], dict[str, int]]:
        """The outcome byte of every rule for every line, by claim id and line id: for small frames."""
        rules = [rule.code for rule in self.context.engine.line_rules]
        number = (SEQ,) if self.looked else ()
        columns = self.local(self.classed.select(CLASS, *extra, *number, **self._ids()))
        around = {part.rule.code: self.local(part.frame.select(SEQ, OUTCOME)) for part in self.looked}
        said = {code: dict(zip(part[SEQ], part[OUTCOME], strict=True)) for code, part in around.items()}
        rests = {part.rule.code: part.rest for part in self.looked}
        for part in self.looked:
            if part.passed is not None:
                said[part.rule.code] |= dict.fromkeys(self.local(part.passed)[SEQ], PASSED)
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for row, group in enumerate(columns[CLASS]):
            key = tuple(columns[name][row] for name in (*extra, "claim_id", "line_id"))
            found[key] = dict(zip(rules, self.combos.classes[group].outcomes, strict=True))
            found[key] |= {
                code: part.get(columns[SEQ][row], rests[code].get(group, 0)) for code, part in said.items()
            }
        return found

    def result(self, limit: int | None = 5) -> CheckResult:
        """The counts, and the first ``limit`` findings of each rule (``None``: all), explained."""
        return attrs.evolve(self.summary, findings=self.explained(limit).findings)

    def explained(self, limit: int | None) -> Explained:
        """The first findings of each rule, with message, advice and the deciding facts, and their lines.

        Raises:
            TypeError: ``limit`` is no whole number.
        """
        if limit is not None:
            need(limit, int, _LIMIT)
        return explain(self, limit)

    def grouped(self, by: str) -> Grouped:
        """The findings counted by ``code`` or ``provider`` of their lines, or by ``rule`` alone.

        Raises:
            ValueError: ``by`` is none of these.
        """
        if by not in GROUPS:
            msg = f"by: write one of {', '.join(GROUPS)}"
            raise ValueError(msg)
        return grouped(self, by)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """The fields that could not be read, with the first lines of each."""
        return unreadable(self)
