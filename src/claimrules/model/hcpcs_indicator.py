"""The published indicators of the HCPCS Level II file and of the NCCI tables, with their meanings.

Sources of the value sets: HCPCS record layout (CONTR_ANWEB) with its tables of codes (the numbers in
brackets are its columns); NCCI Policy Manual, chapter I, sections A and R.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from claimrules.model.betos import Betos
from claimrules.model.facility_indicator import AscPayment, OppsStatus
from claimrules.model.indicator import Indicator


class HcpcsCoverage(Indicator):
    """Coverage (230): what Medicare's manuals say about covering the code."""

    CONTRACTOR = "C", "The contractor judges whether it is covered."
    SPECIAL = "D", "Covered under special instructions."
    NOT_PAYABLE = "I", "Not payable by Medicare."
    NOT_COVERED = "M", "Not covered by Medicare."
    STATUTE = "S", "Not covered, by statute."


class HcpcsAction(Indicator):
    """Action (293): what the last change of the record was."""

    ADDED = "A", "The code was added."
    DATA_AND_LONG_TEXT = "B", "Its data and its long description were changed."
    LONG_TEXT = "C", "Its long description was changed."
    DISCONTINUED = "D", "The code was discontinued."
    DATA = "F", "Its data were changed."
    NONE = "N", "Nothing was changed."
    PAYMENT = "P", "What its payment rests on was changed."
    REACTIVATED = "R", "The code came back after it had been discontinued."
    SHORT_TEXT = "S", "Its short description was changed."
    MISCELLANEOUS = "T", "Its BETOS or type of service was changed."


class PricingIndicator(Indicator):
    """Pricing (120-127, up to four): by which method Part B prices the code."""

    NOT_PRICED = "00", "Not priced separately by Part B: not covered, packaged, or of Part A only."
    PFS_RVU = "11", "Fee schedule: by national RVUs."
    PFS_ANESTHESIA = "12", "Fee schedule: by national anaesthesia base units."
    PFS_CARRIER = "13", "Fee schedule: the contractor sets the price."
    LAB_LIMIT = "21", "Laboratory fee schedule: up to the national limit."
    LAB_CARRIER = "22", "Laboratory fee schedule: the contractor sets the price."
    FREQUENTLY_SERVICED = "31", "Equipment that needs frequent servicing."
    INEXPENSIVE = "32", "Equipment that is inexpensive or routinely bought."
    OXYGEN = "33", "Oxygen and the equipment for it."
    SUPPLIES = "34", "Supplies for equipment."
    DRESSINGS = "35", "Surgical dressings."
    CAPPED_RENTAL = "36", "Equipment that is rented for a limited number of months."
    OSTOMY = "37", "Supplies for ostomy, tracheostomy or the urinary tract."
    ORTHOTICS = "38", "Orthotics, prosthetics, and aids to vision."
    NUTRITION = "39", "Nutrition through a tube or a vein."
    LYMPHEDEMA = "40", "Compression garments for lymphoedema."
    CUSTOMISED = "45", "Equipment made for one patient."
    EQUIPMENT_CARRIER = "46", "Equipment and supplies whose price the contractor sets."
    DRUGS = "51", "Drugs."
    REASONABLE_CHARGE = "52", "By the reasonable charge."
    STATUTE = "53", "By a rule of the statute."
    VACCINES = "54", "Vaccines."
    SPLINTS = "55", "Splints and casts; since October 2014."
    OFFICE_LENS = "56", "Lenses implanted in a physician's office; since October 2014."
    OTHER_CARRIER = "57", "Other items whose price the contractor sets."
    NO_VALUE = "99", "No value has been established."


class MultiplePricing(Indicator):
    """Multiple pricing (128): whether more than one method can price the code. D, E, F ended in 1998."""

    NOT_APPLICABLE = "9", "Not priced, or without an established value."
    ONE = "A", "One method prices it."
    PROFESSIONAL_RVU = "B", "The professional part by RVUs, the technical part and the whole by contractors."
    INTERPRETATION = "C", "A physician's interpretation by the fee schedule, the test by the laboratory's."
    PSYCHOLOGIST = "D", "Once: physicians by RVUs, psychologists by their own schedule."
    SOCIAL_WORKER = "E", "Once: physicians by RVUs, psychologists and social workers by their own schedules."
    PSYCHOLOGIST_CARRIER = "F", "Once: physicians by contractors, psychologists and social workers otherwise."
    WITH_BLOOD = "G", "A laboratory test, by the reasonable charge if blood products are on the claim."


class TypeOfService(Indicator):
    """Type of service (261-265, up to five): the kind of service that a contractor records."""

    BLOOD = "0", "Whole blood."
    MEDICAL = "1", "Medical care."
    SURGERY = "2", "Surgery."
    CONSULTATION = "3", "Consultation."
    DIAGNOSTIC_RADIOLOGY = "4", "Diagnostic radiology."
    LABORATORY = "5", "Diagnostic laboratory tests."
    THERAPEUTIC_RADIOLOGY = "6", "Therapeutic radiology."
    ANESTHESIA = "7", "Anaesthesia."
    ASSISTANT = "8", "Assistant at surgery."
    OTHER = "9", "Other medical items or services."
    USED_EQUIPMENT = "A", "Used durable equipment."
    HIGH_RISK_MAMMOGRAPHY = "B", "Screening mammography at high risk; until 1998."
    LOW_RISK_MAMMOGRAPHY = "C", "Screening mammography at low risk; until 1998."
    AMBULANCE = "D", "Ambulance."
    NUTRITION = "E", "Nutrition through a tube or a vein."
    SURGICAL_CENTER = "F", "A surgical centre's facility service."
    IMMUNOSUPPRESSION = "G", "Drugs that suppress the immune system."
    HOSPICE = "H", "Hospice; until 1995."
    INSTALMENTS = "I", "Equipment bought by instalments; until 1995."
    DIABETIC_SHOES = "J", "Shoes for diabetics."
    HEARING = "K", "Hearing items and services."
    RENAL_SUPPLIES = "L", "Supplies for end-stage renal disease."
    DIALYSIS_MONTH = "M", "A physician's monthly payment for dialysis."
    KIDNEY_DONOR = "N", "Services to a kidney donor."
    PURCHASE = "P", "Equipment, prosthetics and orthotics bought at once."
    VISION = "Q", "Vision items and services."
    RENTAL = "R", "Rented equipment."
    SUPPLIES = "S", "Surgical dressings and other medical supplies."
    MENTAL_HEALTH = "T", "Outpatient mental health care."
    OCCUPATIONAL_THERAPY = "U", "Occupational therapy."
    VACCINE = "V", "Vaccine against pneumococci or influenza."
    PHYSICAL_THERAPY = "W", "Physical therapy."
    SECOND_OPINION = "Y", "A second opinion on planned surgery; until 1997."
    THIRD_OPINION = "Z", "A third opinion on planned surgery; until 1997."


class AddOnType(Indicator):
    """Type of an add-on code: who says which primary codes it can go with."""

    COMPLETE = "1", "The list of its primary codes is complete; contractors cannot add to it."
    CONTRACTOR = "2", "No primary code is listed; the contractor decides."
    PARTIAL = "3", "Some primary codes are listed; the contractor can accept others."
    NONE = "", "Not an add-on code."


class PairIndicator(Indicator):
    """Modifier indicator of an NCCI pair: whether a modifier allows both codes."""

    NEVER = "0", "No modifier allows both codes for one patient on one day."
    MODIFIER = "1", "An associated modifier allows both codes where it is justified."
    DELETED = "9", "The edit ended on the day it began; it was never in force."


FACT_INDICATORS: Final[Mapping[str, type[Indicator]]] = MappingProxyType(
    {
        "status_indicator": OppsStatus,
        "payment_indicator": AscPayment,
        "coverage": HcpcsCoverage,
        "action": HcpcsAction,
        "type_of_service": TypeOfService,
        "betos": Betos,
        "pricing": PricingIndicator,
        "multiple_pricing": MultiplePricing,
    }
)
"""The enum of each indicator, by the field of ``OppsRow``, ``AscRow``, ``HcpcsRow``, ``ModifierRow``.

``pricing`` and ``type_of_service`` hold several members. ``pricing`` of the fee schedule is another
thing: see ``claimrules.model.indicator.INDICATORS``.
"""
