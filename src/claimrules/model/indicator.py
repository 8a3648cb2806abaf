"""The published indicators: one text enum each, whose members say in our own words what they mean.

Sources of the value sets: National Physician Fee Schedule Relative Value File, record layout and
attachment A (every indicator but the MUE's); NCCI Policy Manual, chapter I, section V (MUE); the
numbers in brackets are the columns of the fixed-width record.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self


class Indicator(StrEnum):
    """One published property of a code: ``str(member)`` is the published text."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make a member of its published text and its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Status(Indicator):
    """Status code (58): how the fee schedule treats the code. D, F, G, H and Q are of past years."""

    ACTIVE = "A", "Paid separately under the fee schedule when it is covered."
    BUNDLED = "B", "Always part of another service; never paid separately."
    CONTRACTOR_PRICED = "C", "The contractor sets the price, usually after reading a report."
    DELETED = "D", "Deleted at the start of the year."
    EXCLUDED = "E", "Left out of the fee schedule by regulation; where covered, paid in another way."
    DISCONTINUED = "F", "Discontinued, without a period of grace."
    NOT_VALID_GRACE = "G", "Not valid for Medicare, which uses another code; it had a period of grace."
    MODIFIER_DELETED = "H", "The professional or technical part of last year no longer exists."
    NOT_VALID = "I", "Not valid for Medicare, which uses another code; no period of grace."
    ANESTHESIA = "J", "An anaesthesia service, paid by base units and time instead of RVUs."
    MEASUREMENT = "M", "For reporting and measurement only; never paid."
    NOT_COVERED = "N", "Not covered by Medicare."
    BUNDLED_OR_EXCLUDED = "P", "Part of a physician's service of that day, or else paid outside the schedule."
    FUNCTIONAL_REPORTING = "Q", "Once used to report functional information in therapy; not paid."
    RESTRICTED = "R", "Covered under restrictions and special instructions."
    INJECTION = "T", "Paid only if nothing else is payable to the same provider on that day."
    STATUTORY_EXCLUSION = "X", "Not a physician's service by law; other fee schedules may pay it."


class PcTc(Indicator):
    """Professional and technical parts (103): which of modifiers 26 and TC the code can take."""

    PHYSICIAN = "0", "A physician's service that has no separate parts: neither 26 nor TC."
    DIAGNOSTIC = "1", "A test or radiology service with both parts: 26, TC, or the whole."
    PROFESSIONAL_ONLY = "2", "The code itself is the professional part: neither 26 nor TC."
    TECHNICAL_ONLY = "3", "The code itself is the technical part: neither 26 nor TC."
    GLOBAL_ONLY = "4", "The code itself is the whole test, its parts have own codes: neither 26 nor TC."
    INCIDENT_TO = "5", "Given by staff under a physician's direction; not paid so for hospital patients."
    LAB_INTERPRETATION = "6", "A laboratory test whose interpretation by a physician is paid with 26; no TC."
    THERAPY = "7", "A therapist's service; not paid to an independent therapist for hospital patients."
    SMEAR_INTERPRETATION = "8", "A physician's reading of an abnormal smear, for hospital inpatients only."
    NOT_APPLICABLE = "9", "The idea of parts does not apply."


class GlobalDays(Indicator):
    """Global surgery (104-106): the days whose related care the fee includes."""

    SAME_DAY = "000", "Endoscopy or minor procedure: the fee includes related care of that day."
    TEN_DAYS = "010", "Minor procedure: the fee includes related care of that day and of ten days after."
    NINETY_DAYS = "090", "Major surgery: the fee includes the day before, that day and ninety days after."
    MATERNITY = "MMM", "Maternity: the package follows the code's content, not a count of days."
    NOT_APPLICABLE = "XXX", "The idea of a global period does not apply."
    CONTRACTOR = "YYY", "The contractor decides whether there is a global period, and how long it is."
    ADD_ON = "ZZZ", "Goes with another service and shares its global period."


class MultipleProcedure(Indicator):
    """Multiple procedures, modifier 51 (116): how further procedures of a session are reduced."""

    NONE = "0", "No reduction."
    RANKED_TO_25 = "1", "The ranking of before 1995: 100, 50, then 25 percent."
    RANKED_TO_50 = "2", "Standard ranking: 100 percent, then 50; from the sixth on, by report."
    ENDOSCOPY = "3", "Endoscopy family: the dearest in full, the others less their common base code."
    IMAGING = "4", "Diagnostic imaging: both parts of the second and later ones are reduced."
    THERAPY = "5", "Therapy: the practice expense of all but the dearest unit is halved."
    CARDIOVASCULAR = "6", "Cardiovascular tests: the technical part of the second and later ones is reduced."
    OPHTHALMOLOGY = "7", "Eye tests: the technical part of the second and later ones is reduced."
    NOT_APPLICABLE = "9", "The idea does not apply."


class Bilateral(Indicator):
    """Bilateral surgery, modifier 50 (117): what both sides in one session are paid."""

    NOT_BILATERAL = "0", "No bilateral payment: the anatomy, or a separate code for both sides, rules it out."
    CONDITIONAL = "1", "Both sides are paid 150 percent when billed with modifier 50."
    INHERENT = "2", "The value already stands for both sides; never paid as bilateral."
    INDEPENDENT = "3", "Each side is paid in full; no 150 percent."
    NOT_APPLICABLE = "9", "The idea of two sides does not apply."


class Assistant(Indicator):
    """Assistant at surgery, modifiers 80, 81, 82 and AS (118): whether one is paid."""

    DOCUMENTED = "0", "Paid only with documents that show the need."
    NEVER = "1", "Barred by statute: an assistant is never paid."
    PAID = "2", "An assistant may be paid."
    NOT_APPLICABLE = "9", "The idea of an assistant does not apply."


class CoSurgeon(Indicator):
    """Co-surgeons, modifier 62 (119): whether two surgeons may share the procedure."""

    NEVER = "0", "Two surgeons are not paid."
    DOCUMENTED = "1", "Paid only with documents that show the need for two surgeons."
    PAID = "2", "Paid, if the two surgeons are of different specialties."
    NOT_APPLICABLE = "9", "The idea of two surgeons does not apply."


class Team(Indicator):
    """Team surgery, modifier 66 (120): whether a team of surgeons is paid."""

    NEVER = "0", "A team is not paid."
    DOCUMENTED = "1", "Paid by report, with documents that show the need for a team."
    PAID = "2", "A team is paid, by report."
    NOT_APPLICABLE = "9", "The idea of a team does not apply."


class Supervision(Indicator):
    """Supervision of diagnostic tests (142-143): who must be how near; for review, never for denial."""

    GENERAL = "01", "General supervision by a physician."
    DIRECT = "02", "Direct supervision by a physician."
    PERSONAL = "03", "Personal supervision by a physician."
    PSYCHOLOGIST = "04", "None for a qualified psychologist; general supervision for others."
    AUDIOLOGIST = "05", "None for a qualified audiologist; general supervision for others."
    ELECTROPHYSIOLOGY = "06", "Done by a physician or by a physical therapist certified in electrophysiology."
    TECHNICIAN_GENERAL = "21", "General for a certified technician; direct for others."
    TECHNICIAN_CONTACT = "22", "A technician may do it in live contact with a physician."
    CERTIFIED_THERAPIST = "66", "Done by a physician or a physical therapist certified for this procedure."
    CERTIFIED_THERAPIST_PLUS = (
        "6A",
        "As 66, and the certified therapist may supervise another, but alone bills.",
    )
    THERAPIST_OR_TECHNICIAN = "77", "A certified therapist; others direct; a certified technician general."
    THERAPIST_OR_TECHNICIAN_PLUS = (
        "7A",
        "As 77, and the certified therapist may supervise another, but alone bills.",
    )
    NOT_APPLICABLE = "09", "The idea of supervision does not apply."


class ImagingFamily(Indicator):
    """Diagnostic imaging family (146-147): which images reduce each other. 01 to 11 ended in 2011."""

    ULTRASOUND_TRUNK = "01", "Ultrasound of chest, abdomen or pelvis; until 2010."
    CT_TRUNK = "02", "Computed tomography of chest, abdomen or pelvis; until 2010."
    CT_HEAD = "03", "Computed tomography of head or neck; until 2010."
    MR_TRUNK = "04", "Magnetic resonance of chest, abdomen or pelvis; until 2010."
    MR_HEAD = "05", "Magnetic resonance of head or neck; until 2010."
    MR_SPINE = "06", "Magnetic resonance of the spine; until 2010."
    CT_SPINE = "07", "Computed tomography of the spine; until 2010."
    MR_LOWER_LIMB = "08", "Magnetic resonance of the leg; until 2010."
    CT_LOWER_LIMB = "09", "Computed tomography of the leg; until 2010."
    MR_UPPER_LIMB = "10", "Magnetic resonance of the arm; until 2010."
    CT_UPPER_LIMB = "11", "Computed tomography of the arm; until 2010."
    REDUCED = "88", "Subject to the reductions for several images in one session."
    NOT_APPLICABLE = "99", "The idea does not apply."


class Mai(Indicator):
    """MUE adjudication indicator: how units are tested against the medically unlikely edit."""

    LINE = "1", "Each line is tested by itself; modifiers can allow further lines."
    DAY_POLICY = "2", "All units of the day are summed; the limit is absolute, because policy sets it."
    DAY_CLINICAL = "3", "All units of the day are summed; more may be paid on evidence of need."


class Pricing(Indicator):
    """Pricing indicator (121, from 2026): whether two conversion factors exist for the code."""

    QUALIFYING_APM = "1", "Priced higher for participants in a qualifying alternative payment model."
    NOT_APPLICABLE = "9", "One price for all."


class NotUsed(Indicator):
    """Not used for Medicare payment (CSV layout only; blank otherwise)."""

    SHOWN_ONLY = "+", "The RVUs are shown for information; Medicare does not pay by them."


class Na(Indicator):
    """NA indicators (73-74 non-facility, 82-83 facility; blank otherwise): places that are unusual."""

    RARE = "NA", "Rarely or never done in that kind of place."


INDICATORS: Final[Mapping[str, type[Indicator]]] = MappingProxyType(
    {
        "status": Status,
        "pctc": PcTc,
        "global_days": GlobalDays,
        "multiple_procedure": MultipleProcedure,
        "bilateral": Bilateral,
        "assistant": Assistant,
        "co_surgeon": CoSurgeon,
        "team": Team,
        "supervision": Supervision,
        "imaging_family": ImagingFamily,
        "mai": Mai,
        "pricing": Pricing,
        "not_used": NotUsed,
        "nonfacility_na": Na,
        "facility_na": Na,
    }
)
"""The enum of each indicator, by the field of ``CodeAttributes`` that holds it."""
