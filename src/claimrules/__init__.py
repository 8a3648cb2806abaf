"""Validate US medical claim lines against the tables that Medicare publishes."""

from claimrules.codebook import CodeBook
from claimrules.engine.history import Coverage, History
from claimrules.engine.line import Checker
from claimrules.model.claim import Claim, ClaimLine, Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.finding import CheckResult, Evidence, Finding, Outcome, Severity, Verdict
from claimrules.rulebook.reading import RulebookError
from claimrules.rulebook.select import Rulebook

__version__ = "0.1.0"

__all__ = [
    "Cause",
    "CheckResult",
    "Checker",
    "Claim",
    "ClaimLine",
    "CodeAttributes",
    "CodeBook",
    "Coverage",
    "Evidence",
    "Finding",
    "History",
    "Outcome",
    "Rulebook",
    "RulebookError",
    "Setting",
    "Severity",
    "Verdict",
]
