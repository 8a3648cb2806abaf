"""The loops of an 837 as a walk over its segments: who bills, for whom, which claim, which line.

A segment that cannot be read costs the line it stands in, else the claim, else the claims of the person
that it may have told of; never the file.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from claimrules.formats.bill import is_anaesthesia
from claimrules.formats.x12.claim import ClaimLoop, Days, Line
from claimrules.formats.x12.delimiters import separator_in
from claimrules.formats.x12.person import Person, patient_key
from claimrules.formats.x12.service import days, read_service
from claimrules.model.checks import maker
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import VOID
from claimrules.model.finding import Rejected

BROKEN: Final = "holds a segment that cannot be read"
_BROKEN_BEFORE: Final = "follows a segment that cannot be read: whose claim it is cannot be told"
_NO_LINES: Final = "is a claim without service lines"
_NO_SERVICE: Final = "is a service line without SV1 or SV2"
_DENTAL: Final = "is a dental service (SV3), which no table here speaks of"
_VOID: Final = "stands on a claim of frequency 8, which voids an earlier one and bills nothing"
_NOT_COVERED: Final = (
    "stands on an inpatient's, home health or hospice bill (its type of bill), which no table here covers; "
    "--setting outpatient checks it as an outpatient's"
)
_NPI: Final = "XX"
_UNDATED: Final = ("from_date", "to_date")
_NO_DAYS: Final[Days] = (None, None)
_LEVEL, _DAY, _ID_KIND, _ID = 2, 2, 7, 8
"""Where elements stand in HL, DTP and NM1, from 0."""

Entry = tuple[ClaimLine | Rejected, int, int]
"""What is given, the byte where it began, and its segment."""


class Loops:
    """Takes the segments of one interchange after the other, and gives lines as they are complete."""

    def __init__(self, name: str, setting: Setting | None, give: Callable[[Entry], None]) -> None:
        """Start outside of any transaction set."""
        self._name, self._setting, self._give = name, setting, give
        self._make: Final[Callable[..., ClaimLine]] = maker(ClaimLine)
        self.component, self.claims = ":", 0
        self.handlers: Final[dict[str, Callable[[list[str], int, int], None]]] = {
            "HL": self._hl,
            "NM1": self._nm1,
            "DMG": self._dmg,
            "PAT": self._pat,
            "SBR": self._sbr,
            "CLM": self._clm,
            "CL1": self._cl1,
            "DTP": self._dtp,
            "HI": self._hi,
            "REF": self._ref,
            "LX": self._lx,
            **{tag: partial(self._service, tag) for tag in ("SV1", "SV2", "SV3")},
        }
        self.timed = False
        self._dependent: Person | None = None
        self.reset()

    @property
    def start(self) -> int | None:
        """Where the line at hand begins, else the claim; ``None`` outside of both."""
        part = self._claim and (self._claim.line or self._claim)
        return part.offset if part else None

    def reset(self) -> None:
        """Forget everything: a transaction set begins."""
        self._claim: ClaimLoop | None = None
        self._billing: str | None = None
        self._fault = ""
        self._new_subscriber()

    def broken(self) -> None:
        """Take a segment that cannot be read."""
        if self._claim is None:
            self._fault = _BROKEN_BEFORE
        elif self._claim.line is None:
            self._claim.fault = BROKEN
        else:
            self._claim.line.fault = BROKEN

    def end(self, fault: str = "") -> None:
        """End the claim at hand; with a fault its last line is not complete."""
        claim = self._claim
        if claim is None:
            return
        if fault and claim.line is not None:
            claim.line.fault = fault
        self._end_line(claim)
        if not claim.lines:
            self._reject(fault or claim.fault or _NO_LINES, claim.offset, claim.segment)
        self._claim = None

    def _hl(self, elements: list[str], _offset: int, _segment: int) -> None:
        self.end()
        level = elements[_LEVEL].strip() if len(elements) > _LEVEL else ""
        self._fault = ""
        if level == "20":
            self._billing = None
        if level in ("20", "22"):
            self._new_subscriber()
        elif level == "23":
            self._dependent = self._person = Person()

    def _new_subscriber(self) -> None:
        self._subscriber = self._person = Person()
        self._dependent = None

    def _nm1(self, elements: list[str], _offset: int, _segment: int) -> None:
        role = elements[0].strip()
        claim = self._claim
        if claim is not None:
            if role == "82" and not claim.other_payer:
                target = claim if claim.line is None else claim.line
                target.provider = _npi(elements)
        elif role == "85":
            self._billing = _npi(elements)
        elif role == "IL":
            self._subscriber.named(elements)
        elif role == "QC":
            self._dependent = self._dependent or Person()
            self._person = self._dependent
            self._dependent.named(elements)

    def _dmg(self, elements: list[str], _offset: int, _segment: int) -> None:
        if self._claim is None:
            self._person.described(elements)

    def _pat(self, elements: list[str], _offset: int, _segment: int) -> None:
        if self._claim is None and "".join(elements[4:5]).strip() == "D8":
            self._person.death_date = "".join(elements[5:6]).strip()

    def _sbr(self, _elements: list[str], _offset: int, _segment: int) -> None:
        if self._claim is not None:
            self._claim.other_payer = True

    def _clm(self, elements: list[str], offset: int, segment: int) -> None:
        self.end()
        self.claims += 1
        patient = patient_key(self._subscriber, self._dependent)
        claim = ClaimLoop(offset, segment, patient=patient, billing=self._billing, fault=self._fault)
        self.component = separator_in("".join(elements[4:5]), self.component)
        claim.describe(elements, self.component, self._dependent or self._subscriber)
        self._claim = claim

    def _cl1(self, elements: list[str], _offset: int, _segment: int) -> None:
        if self._claim is not None:
            self._claim.cells["patient_status"] = "".join(elements[2:3]).strip()

    def _dtp(self, elements: list[str], _offset: int, _segment: int) -> None:
        claim = self._claim
        if claim is None:
            return
        if claim.line is None:
            if not claim.other_payer:
                claim.dated(elements)
        elif elements[0] == "472":
            found = days(elements[1], elements[_DAY]) if len(elements) > _DAY else None
            claim.line.days, claim.line.date_fault = found, found is None

    def _hi(self, elements: list[str], _offset: int, _segment: int) -> None:
        if self._claim is not None and self._claim.line is None:
            self._claim.coded(elements, self.component)

    def _ref(self, elements: list[str], _offset: int, _segment: int) -> None:
        if elements[0] == "F8" and self._claim is not None:
            self._claim.replacing("".join(elements[1:2]).strip())
        elif elements[0] == "6R" and self._claim is not None and self._claim.line is not None:
            self._claim.line.control = "".join(elements[1:2]).strip()
        elif elements[0] == "X4" and self._claim is not None and self._claim.line is None:
            self._claim.cells["clia"] = "".join(elements[1:2]).strip()

    def _lx(self, elements: list[str], offset: int, segment: int) -> None:
        if self._claim is not None:
            self._end_line(self._claim)
            self._open_line(self._claim, offset, segment).number = elements[0].strip()

    def _open_line(self, claim: ClaimLoop, offset: int, segment: int) -> Line:
        claim.line = Line(offset, segment)
        claim.lines += 1
        claim.other_payer = False
        return claim.line

    def _service(self, tag: str, elements: list[str], offset: int, segment: int) -> None:
        claim = self._claim
        if claim is None:
            self._reject("is a service line outside of any claim", offset, segment)
            return
        line = claim.line
        if line is not None and line.service is not None:
            self._end_line(claim)
            line = None
        line = line or self._open_line(claim, offset, segment)
        line.service = tag, elements

    def _end_line(self, claim: ClaimLoop) -> None:
        line = claim.line
        if line is None:
            return
        claim.line, service = None, line.service
        if service is not None and service[0] == "SV2":
            setting = claim.institutional(self._setting)
        else:
            setting = self._setting or Setting.PROFESSIONAL
        fault = claim.fault or line.fault
        if service is None or setting is None or service[0] == "SV3" or claim.frequency == VOID:
            fault = fault or _fault_of(service, claim.frequency)
        if fault or service is None or setting is None:
            self._reject(fault, line.offset, line.segment)
            return
        days = line.days or self._days(claim, line, hospital=service[0] == "SV2")
        self._give((self._made(service, days, claim, line, setting), line.offset, line.segment))

    def _days(self, claim: ClaimLoop, line: Line, *, hospital: bool) -> Days:
        """A line without a date has the claim's, and on a hospital's bill that of a statement of one day."""
        if line.date_fault:
            return _NO_DAYS
        found = claim.service_days
        if found is None and hospital and claim.statement and claim.statement[0] == claim.statement[1]:
            found = claim.statement
        return found or _NO_DAYS

    def _made(
        self, given: tuple[str, list[str]], days: Days, claim: ClaimLoop, line: Line, setting: Setting
    ) -> ClaimLine:
        service = read_service(*given, self.component, claim.place)
        self.timed = self.timed or (service.minutes is not None and is_anaesthesia(service.code))
        return self._make(
            code=service.code,
            modifiers=service.modifiers,
            units=service.units,
            from_date=days[0],
            to_date=days[1],
            place_of_service=service.place,
            charge=service.charge,
            setting=setting,
            revenue_code=service.revenue_code,
            line_id=line.control or line.number or str(claim.lines),
            claim_id=claim.claim_id,
            patient=claim.patient,
            provider=line.provider or claim.provider,
            billing_provider=claim.billing,
            minutes=service.minutes,
            diagnosis_pointers=service.pointers,
            noncovered_charge=service.noncovered_charge,
            facts=claim.facts(),
            unreadable=service.unreadable + _UNDATED if line.date_fault else service.unreadable,
            repaired=service.repaired,
        )

    def _reject(self, reason: str, offset: int, segment: int) -> None:
        entry = Rejected(file=self._name, line=segment, offset=offset, reason=reason)
        self._give((entry, offset, segment))


def _fault_of(service: tuple[str, list[str]] | None, frequency: str) -> str:
    if service is None:
        return _NO_SERVICE
    if service[0] == "SV3":
        return _DENTAL
    return _VOID if frequency == VOID else _NOT_COVERED


def _npi(elements: list[str]) -> str | None:
    """A provider is known by the NPI; a tax number is nobody's in particular."""
    if len(elements) > _ID and elements[_ID_KIND].strip() == _NPI:
        return elements[_ID].strip() or None
    return None
