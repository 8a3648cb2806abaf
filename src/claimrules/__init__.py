"""Validate US medical claim lines against the tables that Medicare publishes."""

from typing import TYPE_CHECKING, Final

from claimrules.lazy import lazy_names

if TYPE_CHECKING:
    from claimrules.codebook import CodeBook
    from claimrules.engine.history import Coverage, History
    from claimrules.engine.line import Checker
    from claimrules.model.claim import Claim, ClaimLine, Setting
    from claimrules.model.code import Cause, CodeAttributes
    from claimrules.model.facts import ClaimFacts
    from claimrules.model.finding import CheckResult, Evidence, Finding, Outcome, Severity, Verdict
    from claimrules.rulebook.reading import RulebookError
    from claimrules.rulebook.select import Rulebook

__version__ = "0.1.0"

__all__ = [
    "Cause",
    "CheckResult",
    "Checker",
    "Claim",
    "ClaimFacts",
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

_HOMES: Final = {
    "codebook": "CodeBook",
    "engine.history": "Coverage History",
    "engine.line": "Checker",
    "model.claim": "Claim ClaimLine Setting",
    "model.facts": "ClaimFacts",
    "model.code": "Cause CodeAttributes",
    "model.finding": "CheckResult Evidence Finding Outcome Severity Verdict",
    "rulebook.reading": "RulebookError",
    "rulebook.select": "Rulebook",
}
"""Where each public name is defined: a module is loaded when a name of it is first asked for."""

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
