"""The frame engine: the same rules over Polars, pandas, PyArrow, DuckDB and PySpark frames."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.codebook import Lookup
from claimrules.engine.frame import around, depending, group_rules, pair_rules, passing, shapes
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.combos import Combinations, combine
from claimrules.engine.frame.context import Context, check_types, read_names
from claimrules.engine.frame.door import Backend, FrameError, open_frame
from claimrules.engine.frame.facts import Resolver
from claimrules.engine.frame.fields import offered_by
from claimrules.engine.frame.gathering import gather
from claimrules.engine.frame.index import passes_alone, settled
from claimrules.engine.frame.meeting import around_others, meet, told_alone
from claimrules.engine.frame.normalise import arrive
from claimrules.engine.frame.parts import conditions_of
from claimrules.engine.frame.past import TURN, before, count_of
from claimrules.engine.frame.replacing import Read, leave_out, says, weigh
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.frame.shared import Shared
from claimrules.engine.frame.sharing import concerned_by, several
from claimrules.engine.frame.unlisted import Unlisted, unlisted, with_primaries
from claimrules.engine.frame.verdicts import severity_word
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import FIRED, PASSED
from claimrules.engine.run import DENYING
from claimrules.model.claim import Setting
from claimrules.model.finding import Rejected
from claimrules.rulebook.rule import LAST_STRATUM, Relation, Rule, RuleScope

if TYPE_CHECKING:
    from claimrules.engine.line import Checker

_TOGETHER: Final = 3
"""How many rules are told at once: engines do what these share once, and work side by side."""
_BESIDE: Final = 2
"""How many such rounds stand beside each other."""

__all__ = ["FrameError", "FrameResult", "check_frame"]


def check_frame(  # noqa: PLR0913 (what can be said of a frame)
    checker: "Checker",
    native: Any,
    *,
    coverage: Coverage | None = None,
    columns: Mapping[str, str] | None = None,
    setting: Setting = Setting.PROFESSIONAL,
    realms: Mapping[str, Lookup] | None = None,
    coverages: Mapping[str, Coverage] | None = None,
    past: Any = None,
) -> FrameResult:
    """Check a frame of lines; those of ``past``, a frame of the same kind, only prove.

    ``setting`` is that of the lines whose column says none. ``realms`` gives several code books, told
    apart by a column ``realm``: the examples of a rule, each with its own facts, run in one frame;
    ``coverages`` are the histories that they declare.

    Raises:
        FrameError: the frame is of no supported kind, or lacks a column.
    """
    backend = open_frame(native)
    nw = backend.nw
    schema = backend.frame.collect_schema()
    named = read_names(schema.names(), columns or {})
    check_types({name: schema[name] for name in named.values()})
    offered = checker.offered | offered_by(named)
    rules, not_run = checker.rulebook.run_with(offered)
    engine = checker.engine_of(offered, rules)
    turn: tuple[str, ...] = ()
    if past is not None and engine.around:
        backend, turn = before(backend, past, columns or {}), (TURN,)
    extra = (*turn, *(("realm",) if realms else ()))
    lines, reader = arrive(nw, backend.frame, named, setting, extra, late=backend.name == "polars")
    if turn and says(named):
        read = leave_out(backend, Read(lines=lines, reader=reader, named=named))
        lines, reader, named = read.lines, read.reader, dict(read.named)
    rejected: tuple[Rejected, ...] = ()
    if "setting" in named:
        known = nw.col("line_setting").is_in([each.value for each in Setting])
        judged = lines.filter(nw.col(f"r_{TURN}") == 1) if turn else lines
        rejected = _rejected(judged.filter(~known), backend)
        lines = lines.filter(known)
    if "from_date" not in named:
        lines = lines.with_columns(r_from_date=nw.lit(""))
    if engine.around:
        ids = [name for name in ("claim_id", "line_id") if name in named]
        lines = backend.number(lines, SEQ, [f"r_{name}" for name in (*turn, *(ids or named))])
    first = 0
    if turn:
        first = count_of(backend, lines)
        lines = lines.drop(f"r_{TURN}")
    context = Context(
        backend=backend,
        reader=reader,
        engine=engine,
        resolver=Resolver(realms or {"": checker.lookup}),
        lines=lines,
        coverage=coverage,
        as_of=checker.as_of,
        named=named,
        settings=tuple(Setting) if "setting" in named else (setting,),
        extra=("r_realm",) if realms else (),
        first=first,
        coverages=coverages or {},
    )
    context = weigh(gather(context), checker, offered)
    combos = combine(context)
    if engine.around and (beside := backend.beside()):
        context, combos = context.beside(beside), _brought(backend, combos)
    if coverage is None and not coverages and any(compiled.rule.needs for compiled in engine.around):
        context = attrs.evolve(context, coverage=_own_coverage(context, combos))
    context = context.by_size(combos.lines)
    return FrameResult(
        checker=checker,
        context=context,
        combos=combos,
        looked=tuple(_judged(context, each) for each in _look_around(context, combos)),
        not_run=not_run,
        rejected=rejected,
    )


def _brought(backend: Backend, combos: Combinations) -> Combinations:
    """The lines and their combinations in this process: rules that look around make big plans."""
    frame, lines, core = (backend.near(part)[1] for part in (combos.frame, combos.lines, combos.core))
    return attrs.evolve(combos, frame=frame, lines=lines, core=core)


def _rejected(lines: Any, backend: Backend) -> tuple[Rejected, ...]:
    """The lines whose setting is none of ours: no table and no rule would govern them."""
    words = ", ".join(setting.value for setting in Setting)
    count = int(backend.local(lines.select(backend.nw.len().alias("n")))["n"][0])
    return tuple(Rejected(file="", line=0, reason=f"the setting is none of {words}") for _ in range(count))


def _own_coverage(context: Context, combos: Combinations) -> Coverage:
    """A frame covers its own first to last from-date, own providers (language, A8)."""
    if context.first:
        nw, day = context.nw, context.nw.col("line_from_date")
        lines = combos.lines.filter(nw.col(SEQ) >= context.first)
        found = context.local(lines.select(first=day.min(), last=day.max()))
        return Coverage(complete_from=found["first"][0], complete_to=found["last"][0])
    ends = [day for span in combos.days.values() for day in span if day is not None]
    return Coverage(complete_from=min(ends, default=None), complete_to=max(ends, default=None))


def _look_around(context: Context, combos: Combinations) -> tuple[Looked, ...]:
    """Run the rules of the later strata; pairs of the NCCI tables deny lines for the last one."""
    run = around.Run(combos=combos)
    shared = Shared()
    rules = [each.rule for each in context.engine.around if set(each.rule.settings) & set(context.settings)]
    with ThreadPoolExecutor(max_workers=1) as beside:
        if context.backend.name == "polars":
            beside.submit(_company_of_the_last, context, run, rules, shared)
        return _by_strata(context, run, rules, shared)


def _company_of_the_last(context: Context, run: around.Run, rules: Sequence[Rule], shared: Shared) -> None:
    """Find which lines share the keys of group rules of the last stratum while others are run."""
    if all(rule.stratum == LAST_STRATUM for rule in rules):
        return
    groups = [each for each in rules if each.stratum == LAST_STRATUM and each.scope is RuleScope.GROUP]
    for rule in groups:
        if passes_alone(rule) or not concerned_by(context, run.combos, rule):
            continue
        if keys := shapes.keys_by_rows(context, run, rule):
            several(context, run.combos, keys, shared)


def _by_strata(
    context: Context, run: around.Run, rules: Sequence[Rule], shared: Shared
) -> tuple[Looked, ...]:
    """Run rules that look around, stratum by stratum."""
    found: list[Looked] = []
    for last, theirs in groupby(rules, lambda rule: rule.stratum == LAST_STRATUM):
        if last and found:
            run = attrs.evolve(run, denied=_denied(context, found))
        found += _told(context, run, tuple(theirs), shared)
        found = found if last else depending.weigh(context, found)
    return tuple(found)


def _told(context: Context, run: around.Run, rules: Sequence[Rule], shared: Shared) -> Iterator[Looked]:
    """Run rules of one stratum, some at a time, and these beside each other where the engine can."""

    def some(at: int) -> list[Looked]:
        looked = [_look(context, run, rule, shared) for rule in rules[at : at + _TOGETHER]]
        return passing.apart(context, run, looked)

    places = range(0, len(rules), _TOGETHER)
    if context.backend.name != "polars":
        yield from chain.from_iterable(map(some, places))
        return
    # Python plans for one while Polars works for the other.
    with ThreadPoolExecutor(max_workers=_BESIDE) as beside:
        yield from chain.from_iterable(beside.map(some, places))


def _look(context: Context, run: around.Run, rule: Rule, shared: Shared) -> Looked:
    """Run one rule that looks around."""
    number = context.engine.numbers[rule.code]
    concerned = concerned_by(context, run.combos, rule)
    if not concerned:
        return around.nothing(context, rule, number)
    if rule.scope is RuleScope.GROUP:
        return _look_at_group(context, run, rule, shared)
    if rule.relation is Relation.ADD_ON_PRIMARY and rule.other == "none":
        found = unlisted(context, run, rule, shared)
        if found is not None:
            return _look_at_listed(context, run, rule, found, shared)
    meeting = meet(context, run.combos, rule, shared)
    rest = dict.fromkeys(concerned, PASSED) if meeting.alone is not None and settled(rule.applies) else {}
    if meeting.alone is None or meeting.meets(context):
        joined = pair_rules.join_once(context, run, rule, meeting, shared)
        looked = attrs.evolve(pair_rules.look(joined, rule, number), rest=rest)
    else:
        looked = around.nothing(context, rule, number, rest)
    if meeting.alone is None:
        return looked
    told = meeting.unspoken if meeting.passes and rest else told_alone(context, run, rule, meeting.alone)
    if told is None:
        return looked
    return attrs.evolve(looked, itself=told)


def _look_at_listed(context: Context, run: around.Run, rule: Rule, found: Unlisted, shared: Shared) -> Looked:
    """Run a rule on primaries where a table tells them; what it says of the other lines is found."""
    number = context.engine.numbers[rule.code]
    together = with_primaries(context, run, rule, found, shared)
    looked = around.nothing(context, rule, number)
    if together is not None:
        looked = pair_rules.look(together, rule, number)
    return attrs.evolve(looked, itself=found.told, rest=found.rest)


def _look_at_group(context: Context, run: around.Run, rule: Rule, shared: Shared) -> Looked:
    """Run one group rule: on the lines that share their keys, where all others pass."""
    number, combos = context.engine.numbers[rule.code], run.combos
    if not passes_alone(rule) and (looked := shapes.look(context, run, rule, shared)) is not None:
        return looked
    lines, rest = around_others(context, combos, rule, shared)
    if rest and not context.any(lines):
        return around.nothing(context, rule, number, rest)
    lines = around.lines_for(context, run, rule, lines, conditions_of(rule))
    return attrs.evolve(group_rules.look(context, lines, rule, number), rest=rest)


def _judged(context: Context, looked: Looked) -> Looked:
    """What a rule says of the lines that are judged: those of a history only prove."""
    if not context.first:
        return looked
    mine = context.nw.col(SEQ) >= context.first
    return attrs.evolve(
        looked,
        frame=context.backend.keep(looked.frame.filter(mine)),
        passed=None if looked.passed is None else context.backend.keep(looked.passed.filter(mine)),
    )


def _denied(context: Context, found: list[Looked]) -> Any:
    """The lines that a pair of the NCCI tables has denied (language, A5); ``None`` where there are none."""
    nw = context.nw
    words = [severity.value for severity in DENYING]
    parts = [
        looked.frame.filter(
            (nw.col(OUTCOME) == FIRED) & severity_word(nw, nw.col("severity_rank")).is_in(words)
        ).select(SEQ)
        for looked in found
    ]
    denied = context.backend.keep(nw.concat(parts, how="vertical").unique())
    return denied if context.any(denied) else None
