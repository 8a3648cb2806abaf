"""One claim of an 837 as its segments come: what holds for all of its lines, and the line at hand."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import attrs

from claimrules.formats.bill import setting_of_bill
from claimrules.formats.x12.person import Person
from claimrules.formats.x12.service import KEPT, days
from claimrules.model.claim import Setting
from claimrules.model.facts import REPLACES, ClaimFacts

Days = tuple[date | None, date | None]

_DIAGNOSES: Final = frozenset(("BK", "ABK", "BF", "ABF"))
_PRINCIPAL: Final = frozenset(("BK", "ABK"))
_ICD_10: Final = "A"
_CONDITION: Final = "BG"
_DATES: Final = {"435": "admission_date", "096": "discharge_date"}


@attrs.define
class Line:
    """The line at hand: where it began, and what was found so far."""

    offset: int
    segment: int
    number: str = ""
    control: str = ""
    service: tuple[str, list[str]] | None = None
    days: Days | None = None
    date_fault: bool = False
    provider: str | None = None
    fault: str = ""


@attrs.define
class ClaimLoop:
    """Loop 2300: the claim as it stands so far."""

    offset: int
    segment: int
    claim_id: str | None = None
    patient: str | None = None
    billing: str | None = None
    provider: str | None = None
    place: str = ""
    facility: str = ""
    frequency: str = ""
    cells: dict[str, str] = attrs.field(factory=dict)
    diagnoses: list[str] = attrs.field(factory=list)
    conditions: list[str] = attrs.field(factory=list)
    service_days: Days | None = None
    statement: Days | None = None
    other_payer: bool = False
    line: Line | None = None
    lines: int = 0
    fault: str = ""
    _facts: ClaimFacts | None = None
    _setting: Setting | None = None

    def describe(self, elements: list[str], component: str, patient: Person) -> None:
        """Take CLM, and what was said of the patient before it."""
        self.claim_id = elements[0].strip() or None
        self.facility, kind, self.frequency = _where(elements[4] if len(elements) > 4 else "", component)  # noqa: PLR2004 (the fifth)
        self.place = self.facility if kind != "A" else ""
        self.cells = patient.cells() | {"frequency": self.frequency}

    def dated(self, elements: list[str]) -> None:
        """Take a DTP of the claim."""
        qualifier, form, text = ([part.strip() for part in elements] + ["", "", ""])[:3]
        if qualifier == "472":
            self.service_days = days(form, text)
        elif qualifier == "434":
            self.statement = days(form, text)
            first, _, last = text.partition("-")
            self.cells |= {"statement_from": first, "statement_to": last or first}
        elif qualifier in _DATES and form in ("D8", "DT"):
            self.cells[_DATES[qualifier]] = text[:8]

    def coded(self, composites: Iterable[str], component: str) -> None:
        """Take HI: diagnoses and condition codes; their codes have no dots, and need none."""
        for composite in composites:
            kind, code = _coded(composite, component)
            if not code:
                continue
            if kind in _DIAGNOSES:
                self.diagnoses.append(code)
                self.cells["icd_version"] = "10" if kind.startswith(_ICD_10) else "9"
                if kind in _PRINCIPAL:
                    self.cells["principal_diagnosis"] = code
            elif kind == _CONDITION:
                self.conditions.append(code)

    def replacing(self, claim: str) -> None:
        """Take the payer's number of the claim that this one replaces."""
        if self.line is None and not self.other_payer:
            self.cells[REPLACES] = claim

    def facts(self) -> ClaimFacts:
        """What the claim says once, read once: its lines come after it."""
        if self._facts is None:
            self._facts = ClaimFacts.read(
                {name: text for name, text in self.cells.items() if text},
                diagnoses=tuple(self.diagnoses),
                condition_codes=tuple(self.conditions),
            )
        return self._facts

    def institutional(self, given: Setting | None) -> Setting | None:
        """Give the setting of a hospital's line; ``None`` where no table here covers the bill."""
        if "bill_type" not in self.cells and self.facility:
            self.cells["bill_type"] = f"{self.facility}{self.frequency}"
        return given or setting_of_bill(self.facility)


@lru_cache(KEPT)
def _where(text: str, component: str) -> tuple[str, str, str]:
    """Facility, its kind and the frequency of a bill (``11:B:1``)."""
    parts = [part.strip() for part in text.split(component)] + ["", "", ""]
    return parts[0], parts[1], parts[2]


@lru_cache(KEPT)
def _coded(text: str, component: str) -> tuple[str, str]:
    """Kind and code of a composite (``ABK:K2970``)."""
    kind, _, rest = text.partition(component)
    return kind.strip(), rest.partition(component)[0].strip().replace(".", "")
