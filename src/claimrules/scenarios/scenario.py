"""The values of scenario files: what a file says, and what a run makes of it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import attrs

from claimrules.engine.history import History
from claimrules.model.claim import Claim
from claimrules.model.code import Cause
from claimrules.model.finding import Outcome, Severity

ENDING: Final = ".claims.toml"
FROZEN_ENDING: Final = ".frozen.toml"


class ScenarioError(ValueError):
    """Files that cannot be used; ``errors`` names each fault with file and line, and nobody's id."""

    def __init__(self, *errors: str) -> None:
        """Remember every error."""
        super().__init__("\n".join(errors))
        self.errors: tuple[str, ...] = errors


@attrs.frozen(kw_only=True)
class Expected:
    """What one rule is expected to say of one line of a claim, the lines counted from 1."""

    rule: str
    outcome: Outcome = Outcome.FIRED
    line: int = 1
    severity: Severity | None = None
    cause: Cause | None = None


@attrs.frozen(kw_only=True)
class Scenario:
    """One claim with its history and what is expected; ``no_findings`` are selectors of silent rules.

    ``line`` is where it stands in its file; ``digest`` tells a scenario that has changed.
    """

    title: str
    claim: Claim = attrs.field(repr=False)
    history: History = attrs.field(repr=False)
    expected: tuple[Expected, ...] = ()
    no_findings: tuple[str, ...] = ()
    as_of: date | None = None
    line: int = 1
    digest: str = ""


@attrs.frozen(kw_only=True)
class FrozenClaim:
    """What was seen of one scenario: every finding, and what was unknown, by line."""

    title: str
    digest: str
    findings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Frozen:
    """What was seen of a file, with the book and the overlay that it was seen with.

    ``book`` is the content hash of the code book.
    """

    book: str
    overlay: str = ""
    claims: tuple[FrozenClaim, ...] = ()

    @property
    def by_title(self) -> Mapping[str, FrozenClaim]:
        """The claims by their titles."""
        return {claim.title: claim for claim in self.claims}


@attrs.frozen(kw_only=True)
class ScenarioFile:
    """A file of scenarios, and what was frozen beside it, if anything was."""

    path: Path
    scenarios: tuple[Scenario, ...]
    editions: str = "near"
    title: str = ""
    frozen: Frozen | None = None

    @property
    def frozen_path(self) -> Path:
        """Where what was seen is kept."""
        return self.path.with_name(self.path.name.removesuffix(ENDING) + FROZEN_ENDING)


@attrs.frozen(kw_only=True)
class Ran:
    """One scenario that was run, and what is wrong; nothing is wrong where it passed."""

    scenario: Scenario
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems
