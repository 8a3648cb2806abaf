"""FHIR claims: codings by system, whatever their order; a bad resource costs itself."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.formats.claims_fhir import BILL, CPT, HCPCS, LOCAL, NPI, TYPE, claim, coding, item, only, read

from claimrules.model.claim import Setting


def test_an_item_is_a_line() -> None:
    """Everything that a line has."""
    resource = claim(
        item(
            productOrService=coding((LOCAL, "99999"), (HCPCS, "G0105")),
            modifier=[coding((LOCAL, "x"), (HCPCS, "50")), coding((CPT, "LT"))],
            quantity={"value": 2.50},
            locationCodeableConcept=coding(
                (LOCAL, "1"),
                (
                    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
                    "22",
                ),
            ),
            revenue=coding(("https://www.nubc.org/CodeSystem/RevenueCodes", "450")),
            net={"value": 100.50, "currency": "USD"},
            careTeamSequence=[2],
            diagnosisSequence=[1, 2],
        ),
        provider={"identifier": {"system": NPI, "value": "1234567893"}},
        careTeam=[
            {"sequence": 1, "role": coding((LOCAL, "rendering")), "provider": {"reference": "#elsewhere"}},
            {"sequence": 2, "role": coding((LOCAL, "performing")), "provider": {"reference": "#doc"}},
        ],
        contained=[
            {
                "resourceType": "Practitioner",
                "id": "doc",
                "identifier": [{"system": NPI, "value": "1912301953"}],
            }
        ],
        diagnosis=[
            {
                "diagnosisCodeableConcept": coding(
                    (LOCAL, "x"), ("http://hl7.org/fhir/sid/icd-10-cm", "K29.70")
                )
            }
        ],
    )
    (line,), reasons, _ = read(resource)
    assert reasons == []
    assert (line.code, line.modifiers, line.units) == ("G0105", ("50", "LT"), Decimal("2.5"))
    assert (line.place_of_service, line.revenue_code, line.charge) == ("22", "0450", Decimal("100.5"))
    assert (line.provider, line.billing_provider, line.patient) == ("1912301953", "1234567893", "M77")
    assert (line.claim_id, line.line_id, line.diagnosis_pointers) == ("C77", "1", 2)
    assert (line.from_date, line.to_date) == (date(2025, 11, 3), date(2025, 11, 3))
    assert line.facts is not None
    assert (line.facts.diagnoses, line.facts.icd_version) == (("K2970",), "10")


@pytest.mark.parametrize(
    ("product", "code", "unreadable"),
    [
        (coding((LOCAL, "G0121"), (CPT, "G0105")), "G0105", ()),
        (coding((HCPCS, "G0105"), (CPT, "G0105")), "G0105", ()),
        (coding((HCPCS + "/", "g0105")), "G0105", ()),
        (coding(("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable")), None, ()),
        (coding((HCPCS, "TOOLONG")), None, ("code",)),
        ({}, None, ()),
        (None, None, ()),
    ],
)
def test_the_code_is_chosen_by_its_system(
    product: Any, code: str | None, unreadable: tuple[str, ...]
) -> None:
    """Not by its place; no code is missing, a code of no shape unreadable."""
    line = only(productOrService=product)
    assert (line.code, line.unreadable) == (code, unreadable)


@pytest.mark.parametrize(
    ("product", "reason"),
    [
        (coding((LOCAL, "G0105")), "has an item whose code is of no HCPCS or CPT system"),
        (coding((HCPCS, "G0105"), (CPT, "G0121")), "has an item with two different codes"),
    ],
)
def test_a_code_that_cannot_be_told(product: Any, reason: str) -> None:
    """It is not guessed, and the next item is read."""
    lines, reasons, _ = read(claim(item(productOrService=product), item()))
    assert ([line.code for line in lines], reasons) == (["G0105"], [reason])


def test_a_modifier_of_another_system_makes_all_unknown() -> None:
    """What it was meant to be cannot be told."""
    line = only(modifier=[coding((HCPCS, "50")), coding(("http://unitsofmeasure.org", "GG"))])
    assert (line.modifiers, line.unreadable) == (None, ("modifiers",))


def test_several_modifiers_in_one_concept() -> None:
    """Some exports put them there, in one system."""
    assert only(modifier=[coding((HCPCS, "50"), (HCPCS, "LT"))]).modifiers == ("50", "LT")


@pytest.mark.parametrize(
    ("serviced", "days"),
    [
        ({"servicedDate": "2025-11-03"}, (date(2025, 11, 3), date(2025, 11, 3))),
        ({"servicedDate": "2025-11-03T10:00:00Z"}, (date(2025, 11, 3), date(2025, 11, 3))),
        (
            {"servicedPeriod": {"start": "2025-11-03", "end": "2025-11-05"}},
            (date(2025, 11, 3), date(2025, 11, 5)),
        ),
        ({"servicedPeriod": {"start": "2025-11-03"}}, (date(2025, 11, 3), date(2025, 11, 3))),
        ({"servicedDate": "2025-11"}, (None, None)),
        ({"servicedDate": None}, (None, None)),
        ({"servicedDate": ["x"]}, (None, None)),
    ],
)
def test_the_days(serviced: Any, days: tuple[date | None, date | None]) -> None:
    """A date, a period, or nothing; a month is no day."""
    line = only(**({"servicedDate": None} | serviced))
    assert (line.from_date, line.to_date) == days


def test_a_claim_of_one_day_dates_its_items() -> None:
    """A longer one does not."""
    for last, found in (("2025-11-03", date(2025, 11, 3)), ("2025-11-04", None)):
        period = {"start": "2025-11-03", "end": last}
        (line,), _, _ = read(claim(item(servicedDate=None), billablePeriod=period))
        assert line.from_date == found


def test_minutes() -> None:
    """A quantity in minutes is anaesthesia time."""
    line = only(quantity={"value": 95, "code": "min"})
    assert (line.units, line.minutes) == (Decimal(95), 95)


def test_the_submitted_amount() -> None:
    """By its own name, else the only one; two that differ are none."""
    submitted = {"category": coding((LOCAL, "submitted")), "amount": {"value": 75.0}}
    named = "https://bluebutton.cms.gov/resources/variables/rev_cntr_tot_chrg_amt"
    total = {"category": coding((LOCAL, "submitted"), (LOCAL, named)), "amount": {"value": 99.9}}
    assert only(adjudication=[submitted]).charge == 75
    assert only(adjudication=[submitted, total]).charge == Decimal("99.9")
    assert only(adjudication=[submitted, submitted]).charge is None


def test_the_rendering_provider_of_several() -> None:
    """The item's own; of two on the claim, neither; the primary where nobody rendered."""
    team = [
        {"sequence": number, "role": coding((LOCAL, role)), "provider": {"reference": f"Practitioner/{name}"}}
        for number, (role, name) in enumerate((("rendering", "A"), ("rendering", "B"), ("primary", "P")), 1)
    ]
    lines, _, _ = read(claim(item(careTeamSequence=[2]), item(), item(careTeamSequence=[3]), careTeam=team))
    assert [line.provider for line in lines] == ["B", None, "P"]


@pytest.mark.parametrize(
    ("more", "setting"),
    [
        ({}, Setting.PROFESSIONAL),
        ({"type": coding((TYPE, "institutional"))}, Setting.OUTPATIENT),
        (
            {
                "type": coding(
                    (TYPE, "professional"),
                    ("https://bluebutton.cms.gov/resources/variables/nch_clm_type_cd", "82"),
                )
            },
            Setting.DME,
        ),
    ],
)
def test_the_setting(more: dict[str, Any], setting: Setting) -> None:
    """By the type of the claim."""
    (line,), _, _ = read(claim(item(), **more))
    assert line.setting is setting


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"status": "cancelled"}, "bills nothing"),
        ({"use": "preauthorization"}, "bills nothing"),
        ({"type": coding((TYPE, "pharmacy"))}, "pharmacy"),
        (
            {
                "type": coding((TYPE, "institutional")),
                "subType": coding(
                    ("http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBInstitutionalClaimSubType", "inpatient")
                ),
            },
            "no table here covers",
        ),
        ({"item": []}, "without items"),
        ({"item": "x"}, "without items"),
        ({"item": ["x"]}, "no object"),
    ],
)
def test_a_resource_that_is_no_bill_costs_itself(more: dict[str, Any], words: str) -> None:
    """With a reason; the next one is read."""
    lines, reasons, _ = read({**claim(item()), **more}, claim(item()))
    assert (len(lines), len(reasons)) == (1, 1)
    assert words in reasons[0]


def test_a_bundle_finds_its_providers_and_patients() -> None:
    """By reference; what is no claim is passed over and counted."""
    entries = [
        {"resource": {"resourceType": "Patient", "id": "M77", "birthDate": "1950-07-03", "gender": "female"}},
        {
            "fullUrl": "urn:uuid:1",
            "resource": {"resourceType": "Practitioner", "identifier": [{"system": NPI, "value": "1"}]},
        },
        {"resource": claim(item(), provider={"reference": "urn:uuid:1"})},
        {"resource": claim(item(), resourceType="ExplanationOfBenefit")},
    ]
    lines, reasons, reader = read({"resourceType": "Bundle", "entry": entries})
    assert (len(lines), reasons, lines[0].billing_provider) == (2, [], "1")
    assert lines[0].facts is not None
    assert (lines[0].facts.birth_date, lines[0].facts.sex) == (date(1950, 7, 3), "F")
    assert reader.notes == ("resources that are no claims were passed over: Patient 1, Practitioner 1",)


def test_bundles_within_a_bundle() -> None:
    """The answer to a batch holds pages of searches: all is read in order, and a next page is said."""
    practitioner = {"resourceType": "Practitioner", "identifier": [{"system": NPI, "value": "1"}]}
    page = {
        "resourceType": "Bundle",
        "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}],
        "entry": [{"resource": claim(item(), id="C2", provider={"reference": "urn:uuid:1"})}],
    }
    deeper = {"resourceType": "Bundle", "entry": [{"resource": page}, {"resource": claim(item(), id="C3")}]}
    entries = [
        {"resource": claim(item(), id="C1")},
        {"resource": deeper},
        {"fullUrl": "urn:uuid:1", "resource": practitioner},
        {"resource": claim(item(), id="C4")},
    ]
    lines, reasons, reader = read({"resourceType": "Bundle", "entry": entries})
    assert [line.claim_id for line in lines] == ["C1", "C2", "C3", "C4"]
    assert (reasons, lines[1].billing_provider) == ([], "1")
    assert reader.notes == (
        "resources that are no claims were passed over: Practitioner 1",
        "bundles that say there is a next page: 1; give every page",
    )


@pytest.mark.parametrize(
    ("related", "replaces"),
    [
        ({"claim": {"reference": "Claim/C12"}}, "C12"),
        ({"claim": {"identifier": {"value": "N9"}}}, "N9"),
        ({"reference": {"value": "P123"}}, "P123"),
        ({"relationship": coding((LOCAL, "associated")), "claim": {"reference": "Claim/C12"}}, None),
    ],
)
def test_a_bill_that_replaces_another(related: dict[str, Any], replaces: str | None) -> None:
    """The prior claim is the one that is replaced, where the type of bill has a frequency."""
    prior = {
        "relationship": coding(("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior"))
    }
    bill = {"category": coding((LOCAL, "typeofbill")), "code": coding((BILL, "0137"))}
    more = {"supportingInfo": [bill], "type": coding((TYPE, "institutional"))}
    (line,), _, _ = read(claim(item(), related=[prior | related], **more))
    assert line.facts is not None
    assert (line.facts.told_frequency, line.facts.replaces) == ("7", replaces)


def test_a_prior_claim_is_not_replaced_where_nothing_says_so() -> None:
    """A professional claim has no frequency here, and a prior claim of the same services may stand."""
    prior = {"relationship": coding((LOCAL, "prior")), "claim": {"reference": "Claim/C12"}}
    (line,), _, _ = read(claim(item(), related=[prior]))
    assert line.facts is not None
    assert line.facts.replaces_none


def test_a_line_that_the_payer_added_is_no_billed_line() -> None:
    """It replaces billed lines or goes with them: each is accounted for, whether or not items stand there."""
    added = {"itemSequence": [1], "productOrService": coding((HCPCS, "G0121")), "quantity": {"value": 1}}
    lines, reasons, _ = read(claim(item(), resourceType="ExplanationOfBenefit", addItem=[added, added]))
    assert [line.code for line in lines] == ["G0105"]
    assert len(reasons) == 2
    assert all("the payer added (addItem)" in reason for reason in reasons)
    lines, reasons, _ = read(claim(resourceType="ExplanationOfBenefit", addItem=[added]))
    assert (lines, len(reasons)) == ([], 2)
