# ruff: noqa: INP001, T201 (an example script)
"""Check three lines, and print what is found and why more is not known: python check_lines.py."""

from claimrules import Checker, ClaimLine

CHECKER = Checker()
for text in ("99213 2025-11-03 @11", "G0105-50 2025-11-03 @22", "47383-80 2025-11-03 @22"):
    result = CHECKER.check_line(ClaimLine.parse(f"{text} by:1234567893"))
    causes = dict.fromkeys(entry.cause for entry in result.unknown)
    print(f"{text}: {result.verdict}; unknown: {', '.join(causes)}")
    for finding in result.findings:
        print(f"  {finding.rule}, {finding.severity}: {finding.message}")

# 99213 2025-11-03 @11: incomplete; unknown: no_history, no_table
# G0105-50 2025-11-03 @22: findings; unknown: no_history, no_table
#   BILAT101, return: G0105 does not take modifier 50: its bilateral indicator is 0.
# 47383-80 2025-11-03 @22: findings; unknown: no_history, no_table
#   ASST101, deny: 47383 never pays an assistant at surgery: its assistant indicator is 1.
