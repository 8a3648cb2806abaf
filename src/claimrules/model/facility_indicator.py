"""The published indicators of the facility tables: OPPS status and ASC payment, with their meanings.

Sources of the value sets: OPPS Addendum D1 and the status indicators of the Integrated Outpatient Code
Editor; ASC Addendum DD1; Medicare Claims Processing Manual (Pub. 100-04), chapters 4 and 14.
"""

from claimrules.model.indicator import Indicator


class OppsStatus(Indicator):
    """OPPS status indicator (Addendum B, ``SI``): how a hospital's outpatient service is paid.

    The editor's internal ``W`` and ``Z`` stand in no published table; ``E``, ``Q`` and ``X`` are of
    past years.
    """

    OTHER_SCHEDULE = "A", "Paid to hospitals by another fee schedule or payment system."
    NOT_RECOGNISED = "B", "Not recognised on a hospital's outpatient bill; another code may exist."
    INPATIENT_ONLY = "C", "Paid for inpatients only."
    NEVER_PAID = "E1", "Never paid: not covered, excluded by law, or not recognised by Medicare."
    NO_DATA = "E2", "Not paid, because no price and no claims data are known."
    REASONABLE_COST = "F", "Corneal tissue, certain anaesthetists' services: paid at reasonable cost."
    PASS_THROUGH_DRUG = "G", "A drug or biological with pass-through status, paid separately."
    PASS_THROUGH_DEVICE = "H", "A device with pass-through status, paid separately."
    NON_OPIOID_DEVICE = "H1", "A device that spares opioids in pain relief, paid separately."
    COMPREHENSIVE = "J1", "One payment for the whole claim; nearly all else on it is packaged."
    COMPREHENSIVE_IF = (
        "J2",
        "One payment for the whole claim if a set of services is met, such as observation.",
    )
    DRUG = "K", "A drug or biological without pass-through status, paid separately."
    NON_OPIOID_DRUG = "K1", "A drug that spares opioids in pain relief, paid separately."
    VACCINE = "L", "A vaccine or antibody paid at reasonable cost, without deductible or coinsurance."
    NOT_BILLABLE = "M", "Not billable to the A/B contractor."
    PACKAGED = "N", "Always part of the payment of other services; never paid separately."
    PARTIAL_HOSPITAL = "P", "Partial hospitalisation or intensive outpatient care, paid by the day."
    PACKAGED_STV = "Q1", "Packaged with a service of status S, T or V on the claim; else paid separately."
    PACKAGED_T = "Q2", "Packaged with a procedure of status T on the claim; else paid separately."
    COMPOSITE = "Q3", "Paid in a composite group if its conditions are met; else separately or packaged."
    PACKAGED_LAB = (
        "Q4",
        "A laboratory test: packaged with other outpatient services; else paid by its schedule.",
    )
    BLOOD = "R", "Blood or a blood product, paid separately."
    SIGNIFICANT = "S", "A significant procedure, paid in full beside others."
    SKIN_SUBSTITUTE = "S1", "A skin substitute, paid separately."
    SIGNIFICANT_REDUCED = "T", "A significant procedure, reduced when it is not the only one."
    BRACHYTHERAPY = "U", "A brachytherapy source, paid separately."
    VISIT = "V", "A visit to a clinic or an emergency department."
    EQUIPMENT = "Y", "Durable equipment that is not implanted: billed to the DME contractor."
    NOT_PAID_OLD = "E", "Not paid; divided into E1 and E2 in 2017."
    PACKAGED_OLD = "Q", "Packaged under conditions; divided into Q1, Q2 and Q3 in 2009."
    ANCILLARY_OLD = "X", "An ancillary service, paid separately; ended in 2015."


class AscPayment(Indicator):
    """ASC payment indicator (Addenda AA and BB): how a surgical centre is paid for a code.

    The last seven stand in no addendum: they say why a code that is not listed is denied.
    """

    ON_LIST_2007 = "A2", "A surgical procedure on the list since 2007, paid by its OPPS weight."
    ADDED_2008 = "G2", "A surgical procedure added in 2008 or later, seldom done in offices; OPPS weight."
    DEVICE_INTENSIVE = (
        "J8",
        "A procedure whose device is a large part of its cost; the rate includes the device.",
    )
    OFFICE_OPPS = "P2", "A procedure mostly done in offices, paid by its OPPS weight."
    OFFICE_PFS = "P3", "A procedure mostly done in offices, paid by the fee schedule's practice expense."
    OFFICE_NO_RVU = "R2", "Mostly done in offices, without practice expense in the fee schedule; OPPS weight."
    ANCILLARY_OPPS = "Z2", "Radiology or another ancillary service beside covered surgery; OPPS weight."
    ANCILLARY_PFS = (
        "Z3",
        "Radiology or another ancillary service beside covered surgery; paid by its PFS RVUs.",
    )
    PACKAGED = "N1", "Always part of the payment of another procedure; never paid separately."
    DRUG = "K2", "A drug or biological paid separately beside covered surgery, at the OPPS rate."
    DRUG_AWAITING_PRICE = "K5", "A drug or biological whose price is not set yet."
    DRUG_UNCLASSIFIED = "K7", "An unclassified drug or biological; the contractor sets the price."
    BRACHYTHERAPY = "H2", "A brachytherapy source beside covered surgery, at the OPPS rate."
    PASS_THROUGH_DEVICE = "J7", "A device with pass-through status; the contractor sets the price."
    REASONABLE_COST = "F4", "Corneal tissue or hepatitis B vaccine, paid at reasonable cost."
    VACCINE = "L1", "A vaccine: its payment is part of others'."
    SPECIAL = "L6", "A new technology lens or another item with a special payment."
    SKIN_SUBSTITUTE = "S2", "A skin substitute beside covered surgery, paid separately."
    ANOTHER_CODE = "B5", "Another code may exist for it; not paid."
    DENTAL_ANCILLARY = "D1", "An ancillary dental service; part of the payment of others."
    DENTAL = "D2", "A dental procedure added in 2024 or later; paid by its OPPS weight."
    DELETED = "D5", "Discontinued or deleted; not paid."
    INPATIENT = "C5", "Paid for inpatients only."
    NOT_VALID = "E5", "Not covered, or not valid for Medicare."
    NO_PAYMENT = "M6", "No payment: paid to somebody else, or in another way."
    UNLISTED = "U5", "Unlisted surgery, which the list leaves out."
    UNSAFE = "X5", "Unsafe in a surgical centre, and therefore left out of the list."
    EXCLUDED = "Y5", "Excluded from Medicare by law."
    NOT_SURGERY = "S1", "Not a surgical service; part of others' payment or not payable here."
