"""The exit code of a run, and the line on standard error where not everything was judged."""

import argparse

from claimrules.cli.console import note
from claimrules.cli.options import NEVER
from claimrules.model.finding import CheckResult, Severity
from claimrules.report.words import count


def exit_code(result: CheckResult, args: argparse.Namespace) -> int:
    """Give 0, or 1 if something fired at ``--fail-on`` or above; 2 if no record could be read."""
    if code := none_read(len(result.rejected), result.checked):
        return code
    if not result.checked:
        return int(args.strict and not args.exit_zero)
    failed = _fired(result, args.fail_on)
    if not failed and (result.unknown or result.rejected or not result.rules):
        note(_incomplete(result, strict=args.strict))
        failed = args.strict
    return int(failed and not args.exit_zero)


def none_read(rejected: int, read: int) -> int:
    """Give 2, and say why, if there are records and not one of them could be read."""
    if not rejected or read:
        return 0
    note(f"not one of {count(rejected, 'record')} could be read; the report says why")
    return 2


def _fired(result: CheckResult, fail_on: str) -> bool:
    if fail_on == NEVER:
        return False
    worst = Severity(fail_on).rank
    return any(number and severity.rank <= worst for severity, number in result.severities.items())


def _incomplete(result: CheckResult, *, strict: bool) -> str:
    parts = [f"{lines:,} {cause}" for cause, lines in result.unknown_by_cause.items()]
    if result.rejected:
        parts.append(f"{len(result.rejected):,} rejected")
    if not result.rules:
        parts.append("no rule was run")
    remedy = "" if strict else "; --strict makes this exit with 1"
    return f"incomplete: not everything could be judged ({', '.join(parts)}){remedy}"
