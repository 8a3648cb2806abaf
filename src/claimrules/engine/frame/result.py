"""What a run over a frame gives: findings as a frame of the caller's kind, and the counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine import tally
from claimrules.engine.frame import line_rules
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.line_rules import COUNT, Combinations
from claimrules.engine.frame.sample import Explained, Unreadable, explain, unreadable
from claimrules.engine.frame.verdicts import severity_word
from claimrules.engine.outcomes import FIRED, FIRST_UNKNOWN, PASSED, PLAIN
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.vocabulary import RULE_TABLES
from claimrules.model.code import Cause
from claimrules.model.finding import CheckResult, NotRun, Rejected, RuleCount, Severity

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]


Key = tuple[bytes, int, int]
"""The outcomes of the line rules, the slot and the quarter of some lines."""


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
        parts = [
            part
            for part in (self._line_findings(), *map(self._around_findings, self.looked))
            if part is not None
        ]
        return nw.concat(parts, how="vertical")

    def _ids(self) -> dict[str, Any]:
        """The ids of claim and line as text, blank where the frame has none."""
        return {name: self.context.reader.raw(name) for name in ("claim_id", "line_id")}

    def _line_findings(self) -> "Lazy | None":
        nw, fired = self.context.nw, line_rules.fired(self.context, self.combos)
        if fired is None:
            return None
        lines = self.combos.lines.join(fired, on=list(self.combos.keys), how="inner")
        return lines.select(
            **self._ids(),
            rule=nw.col("rule"),
            severity=nw.col("severity"),
            carc=nw.col("carc"),
            edition=nw.col("edition"),
            other_line_id=nw.lit(""),
            other_count=nw.lit(0, nw.Int64),
        )

    def _around_findings(self, looked: Looked) -> "Lazy":
        nw = self.context.nw
        fired = self._told_once(looked)
        lines = self.combos.lines.select(SEQ, **self._ids())
        others = lines.select(other_seq=nw.col(SEQ), other_line_id=nw.col("line_id"))
        joined = fired.join(lines, on=SEQ, how="inner").join(others, on="other_seq", how="left")
        return joined.select(
            "claim_id",
            "line_id",
            rule=nw.lit(looked.rule.code),
            severity=severity_word(nw, nw.col("severity_rank")),
            carc=nw.lit(looked.rule.carc),
            edition=nw.col("edition"),
            other_line_id=nw.col("other_line_id").fill_null(""),
            other_count=nw.col("other_count").cast(nw.Int64),
        )

    def _told(self, looked: Looked) -> "Lazy":
        """Where a rule that looks around fired, and no line rule that takes it in did."""
        nw, engine, combos = self.context.nw, self.context.engine, self.combos
        fired = looked.frame.filter(nw.col(OUTCOME) == FIRED)
        number = engine.numbers[looked.rule.code]
        if not any(taker < len(engine.line_rules) for taker in engine.takers.get(number, ())):
            return fired
        folded = combos.frame.filter(line_rules.taken(self.context, number)).select(*combos.keys)
        lines = combos.lines.join(folded, on=list(combos.keys), how="semi").select(SEQ)
        return fired.join(lines, on=SEQ, how="anti")

    def _told_once(self, looked: Looked) -> "Lazy":
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
    def _groups(self) -> Mapping[tally.Group, int]:
        """Lines that count alike, with the outcomes of every rule."""
        nw, rules = self.context.nw, self.context.engine.rules
        names = [f"x_{number}" for number in range(len(self.context.engine.line_rules))]
        special = self._special(names)
        taken: Counter[Key] = Counter()
        groups: Counter[tally.Group] = Counter()
        for (key, around), count in special.items():
            taken[key] += count
            groups[self._group(key, around)] += count
        by = (*names, "k_slot", "k_quarter")
        columns = self.local(self.combos.frame.group_by(*by).agg(nw.col(COUNT).sum().alias(COUNT)))
        blank = bytes(len(rules) - len(names))
        for row, count in enumerate(columns[COUNT]):
            key = _key(columns, names, row)
            if count > taken[key]:
                groups[self._group(key, blank)] += int(count) - taken[key]
        return groups

    def _special(self, names: Sequence[str]) -> Counter[Any]:
        """The lines about which a rule that looks around says something, with what all rules say."""
        found: Counter[Any] = Counter()
        nw = self.context.nw
        parts = [
            part.frame.filter(nw.col(OUTCOME) > PASSED).select(
                SEQ, OUTCOME, rule=nw.lit(part.number, nw.Int64)
            )
            for part in self.looked
        ]
        if not parts:
            return found
        apart = {
            f"y_{part.number}": nw.when(nw.col("rule") == part.number).then(nw.col(OUTCOME))
            for part in self.looked
        }
        told = nw.concat(parts, how="vertical").with_columns(**apart)
        told = told.group_by(SEQ).agg(**{name: nw.col(name).max() for name in apart})
        lines = self.combos.lines.select(SEQ, *self.combos.keys).join(told, on=SEQ, how="inner")
        keyed = self.combos.frame.select(*self.combos.keys, "k_slot", "k_quarter", *names)
        joined = lines.join(keyed, on=list(self.combos.keys), how="inner")
        others = [f"y_{part.number}" for part in self.looked]
        counted = (
            joined.with_columns(**{name: nw.col(name).fill_null(0) for name in others})
            .group_by(*names, *others, "k_slot", "k_quarter")
            .agg(nw.len().alias(COUNT))
        )
        columns = self.local(counted)
        base, total = len(names), len(self.context.engine.rules)
        for row, count in enumerate(columns[COUNT]):
            around = bytearray(total - base)
            for part in self.looked:
                around[part.number - base] = columns[f"y_{part.number}"][row]
            found[_key(columns, names, row), bytes(around)] += int(count)
        return found

    def _group(self, key: "Key", around: bytes) -> tally.Group:
        outcomes, slot, quarter = key
        first, last = self.combos.days[slot, quarter]
        return tally.group_of_days(outcomes + around, self.context.resolver.slots[slot][0], first, last)

    def _around_counts(self, looked: Looked, checked: int) -> RuleCount:
        nw = self.context.nw
        columns = self.local(looked.frame.group_by(OUTCOME).agg(nw.len().alias(COUNT)))
        found = Counter[str]()
        for byte, count in zip(columns[OUTCOME], columns[COUNT], strict=True):
            found[PLAIN[byte].value if byte < FIRST_UNKNOWN else "unknown"] += int(count)
        found["not_applicable"] += checked - sum(found.values())
        return RuleCount(**found)

    @cached_property
    def summary(self) -> CheckResult:
        """The counts of the run, without findings."""
        groups = self._groups
        rules = self.context.engine.rules
        unknown, causes, incomplete = tally.unknown_counts(
            rules, groups, self._unlisted(), self.context.coverage
        )
        counts = tally.rule_counts(rules, groups)
        checked = sum(groups.values())
        counts |= {looked.rule.code: self._around_counts(looked, checked) for looked in self.looked}
        return CheckResult(
            rules=dict(sorted(counts.items())),
            checked=checked,
            severities=self._severities(),
            rejected=self.rejected,
            unknown=unknown,
            unknown_by_cause=causes,
            incomplete_lines=incomplete,
            not_run=self.not_run,
            assumptions=tally.assumptions(rules, without_patient=not self.has_patient),
            editions=tally.editions(groups),
        )

    def _severities(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity, from the combinations and the lines looked at."""
        nw, counts = self.context.nw, dict.fromkeys(Severity, 0)
        parts = [
            self._told_once(looked).select(rank=nw.col("severity_rank"), n=nw.lit(1, nw.Int64))
            for looked in self.looked
        ]
        parts += line_rules.ranks(self.context, self.combos)
        if not parts:
            return counts
        columns = self.local(nw.concat(parts, how="vertical").group_by("rank").agg(nw.col("n").sum()))
        for rank, count in zip(columns["rank"], columns["n"], strict=True):
            counts[list(Severity)[rank]] += int(count)
        return counts

    @property
    def has_patient(self) -> bool:
        """Whether the frame names the patient of each line."""
        return "patient" in self.context.named

    def _unlisted(self) -> Mapping[str, Counter[str]]:
        """For each table the codes that it lacks, the most frequent ones."""
        nw, found = self.context.nw, {}
        for table in RULE_TABLES:
            lacking = self.combos.frame.filter(nw.col(f"cause_{table}") == CAUSE_INDEX[Cause.NO_CODE])
            counted = lacking.group_by("k_code").agg(nw.col(COUNT).sum().alias(COUNT))
            columns = self.local(
                counted.sort(COUNT, "k_code", descending=[True, False]).head(tally.SHOWN_CODES + 1)
            )
            found[table.words] = Counter(dict(zip(columns["k_code"], map(int, columns[COUNT]), strict=True)))
        return found

    def outcomes(self, *extra: str) -> dict[tuple[Any, ...], dict[str, int]]:
        """The outcome byte of every rule for every line, by claim id and line id: for small frames."""
        nw, rules = self.context.nw, self.context.engine.rules
        names = {f"x_{number}": rule.code for number, rule in enumerate(self.context.engine.line_rules)}
        keyed = self.combos.frame.select(*self.combos.keys, *names)
        lines = self.combos.lines.join(keyed, on=list(self.combos.keys), how="inner")
        number = {"_seq": nw.col(SEQ)} if self.looked else {}
        columns = self.local(lines.select(*names, *extra, **self._ids(), **number))
        around = {part.rule.code: self.local(part.frame.select(SEQ, OUTCOME)) for part in self.looked}
        said = {code: dict(zip(part[SEQ], part[OUTCOME], strict=True)) for code, part in around.items()}
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for row in range(len(columns["claim_id"])):
            key = tuple(columns[name][row] for name in (*extra, "claim_id", "line_id"))
            found[key] = {code: columns[name][row] for name, code in names.items()}
            found[key] |= {code: part.get(columns["_seq"][row], 0) for code, part in said.items()}
        assert len(rules) == len(names) + len(said)  # noqa: S101 (every rule has said something)
        return found

    def result(self, limit: int | None = 5) -> CheckResult:
        """The counts, and the first ``limit`` findings of each rule (``None``: all), explained."""
        return attrs.evolve(self.summary, findings=self.explained(limit).findings)

    def explained(self, limit: int | None) -> Explained:
        """The first findings of each rule, with message, advice and the deciding facts, and their lines."""
        return explain(self, limit)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """The fields that could not be read, with the first lines of each."""
        return unreadable(self)


def _key(columns: Mapping[str, Sequence[Any]], names: Sequence[str], row: int) -> Key:
    outcomes = bytes(columns[name][row] for name in names)
    return outcomes, columns["k_slot"][row], columns["k_quarter"][row]
