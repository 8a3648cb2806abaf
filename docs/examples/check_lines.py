# ruff: noqa: INP001, T201 (an example script)
"""Check three lines and print the findings: python check_lines.py."""

from claimrules import Checker, ClaimLine

CHECKER = Checker()
for text in ("99213 2025-11-03 @11", "G0105-50 2025-11-03 @22", "47383-80 2025-11-03 @22"):
    result = CHECKER.check_line(ClaimLine.parse(f"{text} by:1234567893"))
    print(f"{text}: {result.verdict}")
    for finding in result.findings:
        print(f"  {finding.rule}, {finding.severity}: {finding.message}")

# 99213 2025-11-03 @11: clean
# G0105-50 2025-11-03 @22: findings
#   BILAT101, return: G0105 does not take modifier 50: its bilateral indicator is 0.
# 47383-80 2025-11-03 @22: findings
#   ASST101, deny: 47383 never pays an assistant at surgery: its assistant indicator is 1.
