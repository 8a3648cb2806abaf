"""The reader of 837 interchanges: what stands on a claim reaches its lines."""

import io
from datetime import date
from decimal import Decimal

import pytest
from tests.formats.claims_837 import (
    BILLER,
    CLAIM,
    ISA,
    LINE,
    PERSON,
    claims,
    interchange,
    transaction,
    written,
)

from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Rejected


def read(raw: bytes, **options: Setting) -> tuple[list[ClaimLine], list[Rejected], LineReader]:
    """Read an interchange: lines, rejected entries, and the reader."""
    with open_lines(io.BytesIO(raw), ReadOptions(**options)) as reader:  # type: ignore[arg-type]
        entries = list(reader)
    lines = [entry for entry in entries if isinstance(entry, ClaimLine)]
    return lines, [entry for entry in entries if isinstance(entry, Rejected)], reader


def only(*segments: str, **options: Setting) -> ClaimLine:
    """Read a claim of one line; nothing is odd about it."""
    lines, rejected, reader = read(claims(*segments), **options)
    assert (rejected, reader.notes) == ([], ())
    (line,) = lines
    return line


def test_a_professional_line() -> None:
    """Everything that stands on the claim, at the line, its claim and its person."""
    line = only(
        *CLAIM,
        "NM1*82*1*DOC*ANN****XX*1912301953",
        "LX*1",
        "SV1*HC:g0105:50::LT*100.50*UN*2*22**1:2",
        "DTP*472*RD8*20251103-20251104",
        "REF*6R*L9",
    )
    assert (line.code, line.modifiers, line.units) == ("G0105", ("50", "LT"), Decimal(2))
    assert (line.charge, line.place_of_service) == (Decimal("100.5"), "22")
    assert (line.from_date, line.to_date) == (date(2025, 11, 3), date(2025, 11, 4))
    assert (line.claim_id, line.line_id, line.patient) == ("C77", "L9", "M77")
    assert (line.provider, line.billing_provider) == ("1912301953", "1234567893")
    assert (line.setting, line.diagnosis_pointers) == (Setting.PROFESSIONAL, 2)
    assert line.repaired == ("code", "modifiers")
    assert line.facts is not None
    assert (line.facts.diagnoses, line.facts.principal_diagnosis) == (("K2970", "I10"), "K2970")
    assert (line.facts.birth_date, line.facts.sex, line.facts.icd_version) == (date(1950, 7, 3), "F", "10")


def test_the_line_goes_before_the_claim() -> None:
    """Place, rendering provider and date of the line, where it has its own; else the claim's."""
    lines, _, _ = read(
        claims(
            *CLAIM,
            "DTP*472*D8*20251101",
            "NM1*82*1*DOC*ANN****XX*1912301953",
            *(
                "LX*1",
                "SV1*HC:G0105*100*UN*1*24**1",
                "DTP*472*D8*20251103",
                "NM1*82*1*DOC*BO****XX*1234567893",
            ),
            *("LX*2", "SV1*HC:G0121*100*UN*1***1"),
        )
    )
    assert [line.provider for line in lines] == ["1234567893", "1912301953"]
    assert [line.place_of_service for line in lines] == ["24", "11"]
    assert [line.from_date for line in lines] == [date(2025, 11, 3), date(2025, 11, 1)]
    assert [line.line_id for line in lines] == ["1", "2"]


def test_four_modifiers_and_a_description() -> None:
    """A fifth component is a description, not a modifier."""
    line = only(*CLAIM, "LX*1", "SV1*HC:G0105:50:LT:59:76:SOME TEXT*1*UN*1***1", "DTP*472*D8*20251103")
    assert line.modifiers == ("50", "LT", "59", "76")


@pytest.mark.parametrize(
    ("quantity", "units", "minutes", "unreadable"),
    [
        ("UN*2", Decimal(2), None, ()),
        ("UN*.5", Decimal("0.5"), None, ()),
        ("UN*2.000", Decimal(2), None, ()),
        ("MJ*95", Decimal(95), 95, ()),
        ("UN*", None, None, ()),
        ("UN*x", None, None, ("units",)),
        ("ZZ*2", None, None, ("units",)),
    ],
)
def test_units_and_minutes(
    quantity: str, units: Decimal | None, minutes: int | None, unreadable: tuple[str, ...]
) -> None:
    """Anaesthesia is billed in minutes; another measure is no number of units."""
    line = only(*CLAIM, "LX*1", f"SV1*HC:G0105*100*{quantity}***1", "DTP*472*D8*20251103")
    assert (line.units, line.minutes, line.unreadable) == (units, minutes, unreadable)


@pytest.mark.parametrize(
    ("place", "setting"),
    [("13:A:1", Setting.OUTPATIENT), ("85:A:1", Setting.OUTPATIENT), ("83:A:1", Setting.ASC)],
)
def test_a_hospital_line(place: str, setting: Setting) -> None:
    """Revenue code, bill type and the statement's day, which stands for a date that is not there."""
    raw = claims(
        f"CLM*C77*300***{place}*Y*A*Y*Y",
        *("DTP*434*RD8*20251103-20251103", "CL1*1*7*30", "HI*ABK:K2970", "HI*BG:44"),
        *("LX*1", "SV2*450*HC:G0105:PO*100.25*UN*1**5"),
    )
    (line,), _, _ = read(raw)
    assert (line.setting, line.revenue_code, line.code, line.modifiers) == (setting, "0450", "G0105", ("PO",))
    assert (line.from_date, line.place_of_service) == (date(2025, 11, 3), None)
    assert line.noncovered_charge == 5
    assert line.facts is not None
    assert (line.facts.bill_type, line.facts.patient_status) == (place[:2] + "1", "30")
    assert line.facts.condition_codes == ("44",)


def test_a_hospital_line_without_a_code() -> None:
    """Supplies stand under a revenue code alone."""
    (line,), _, _ = read(claims("CLM*C*1***13:A:1", "LX*1", "SV2*0270**10*UN*1", "DTP*472*D8*20251103"))
    assert (line.code, line.modifiers, line.unreadable) == (None, (), ())


def test_an_inpatient_bill_is_not_taken_for_an_outpatients() -> None:
    """No table here covers it; asked for, it is checked all the same."""
    segments = ("CLM*C*1***11:A:1", "LX*1", "SV2*0270*HC:G0105*10*UN*1", "LX*2", "SV2*0270*HC:G0121*10*UN*1")
    lines, rejected, _ = read(claims(*segments))
    assert (lines, len(rejected)) == ([], 2)
    assert "--setting outpatient" in rejected[0].reason
    assert len(read(claims(*segments), setting=Setting.OUTPATIENT)[0]) == 2


def test_a_dependent_is_a_patient_of_its_own() -> None:
    """A family is not one patient, a dependent is the same on every claim, and no name stands in the key."""
    child = ("HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*TED", "DMG*D8*20150703*M")
    other = ("HL*4*2*23*0", "PAT*19", "NM1*QC*1*DOE*ANN", "DMG*D8*20150703*F")
    lines, _, _ = read(
        claims(*CLAIM, *LINE, *child, *CLAIM, *LINE, *other, *CLAIM, *LINE, *child, *CLAIM, *LINE)
    )
    patients = [line.patient for line in lines]
    assert patients[0] == "M77"
    assert len(set(patients)) == 3
    assert patients[1] == patients[3]
    assert "TED" not in str(patients)


def test_another_payers_loops_say_nothing_of_the_claim() -> None:
    """The subscriber and the providers of a second payer are not the claim's."""
    line = only(
        *CLAIM,
        "NM1*82*1*DOC*ANN****XX*1912301953",
        *(
            "SBR*S*18*******CI",
            "NM1*IL*1*OTHER*X****MI*Z9",
            "NM1*82*1*ELSE*Y****XX*1111111112",
            "DMG*D8*19600101*M",
        ),
        *LINE,
    )
    assert (line.patient, line.provider) == ("M77", "1912301953")


def test_a_tax_number_is_no_provider() -> None:
    """Only an NPI tells one from another."""
    line = only("NM1*85*2*CLINIC*****24*587654321", *CLAIM, "NM1*82*1*DOC*ANN****34*99", *LINE)
    assert (line.billing_provider, line.provider) == (None, None)


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "\r\n", "\r", "'", "|"])
@pytest.mark.parametrize("marks", [("*", ":"), ("+", ">"), ("\x1d", "\x1f")])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_separators_are_those_of_the_header(end: str, marks: tuple[str, str], mark: bytes) -> None:
    """Whatever they are, with a byte order mark or blanks before them."""
    raw = mark + written(interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE)), end, marks)
    (line,), rejected, reader = read(raw)
    assert (line.code, line.modifiers, rejected, reader.notes) == ("G0105", ("50",), [], ())


def test_a_header_that_is_not_padded() -> None:
    """Some programs trim its fields."""
    raw = written(interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE)))
    assert len(read(raw.replace(b"SENDER         ", b"SENDER").replace(b"*          *", b"**"))[0]) == 1


def test_a_component_separator_other_than_declared() -> None:
    """The claim itself shows which it is."""
    lines, _, _ = read(
        claims("CLM*C*1***11>B>1", "LX*1", "SV1*HC>G0105>50*1*UN*1***1", "DTP*472*D8*20251103")
    )
    assert (lines[0].code, lines[0].modifiers, lines[0].place_of_service) == ("G0105", ("50",), "11")


def test_several_interchanges_each_with_its_separators() -> None:
    """One after the other in a file."""
    body = interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))
    raw = (
        written(body)
        + written(body, "\n", ("|", ">"))
        + b"\r\n\r\n"
        + written(body, "'", ("+", ":"))
        + written(body)
    )
    lines, rejected, reader = read(raw)
    assert ([line.code for line in lines], rejected, reader.notes) == (["G0105"] * 4, [], ())


def test_places_are_bytes_of_the_file() -> None:
    """Also behind a byte order mark, line ends and letters of several bytes."""
    raw = b"\xef\xbb\xbf" + claims(
        "NM1*IL*1*MÜLLER*JO****MI*M1", *CLAIM, *LINE, "LX*2", "SV1*HC:G0121*1*UN*1***1"
    )
    with open_lines(io.BytesIO(raw)) as reader:
        places = [reader.place for _ in reader]
    assert [raw[place.offset or 0 :].startswith(b"LX*") for place in places] == [True, True]
    assert places[0].line < places[1].line


def test_segments_are_found_wherever_the_stream_is_cut() -> None:
    """A stream that gives a few bytes at a time is read like a whole one."""

    class Slow(io.RawIOBase):
        def __init__(self, raw: bytes) -> None:
            self._rest = raw

        def read(self, size: int = -1) -> bytes:
            found, self._rest = self._rest[: min(size, 7)], self._rest[min(size, 7) :]
            return found

    body = interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))
    raw = written(body) + written(body, "\n", ("|", ">"))
    assert len([*open_lines(Slow(raw))]) == 2  # type: ignore[arg-type]


def test_lines_wrapped_at_a_fixed_width() -> None:
    """Line ends within segments are no part of them."""
    raw = written(interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE)), "~")
    wrapped = b"\r\n".join(raw[at : at + 80] for at in range(0, len(raw), 80))
    assert [line.code for line in read(wrapped)[0]] == ["G0105"]


def test_the_fourth_version_of_the_format() -> None:
    """4010: no ICD-10, no repetition separator, the biller by a tax number."""
    body = interchange(
        transaction(
            *("HL*1**20*1", "NM1*85*2*CLINIC*****24*587654321", *PERSON),
            *("CLM*C*100***11::1*Y*A*Y*Y", "HI*BK:0340*BF:V7389", *LINE),
            version="004010X098A1",
        ),
        version="004010X098A1",
    )
    (line,), _, reader = read(written(body).replace(b"*^*00501", b"*U*00401"))
    assert (line.place_of_service, reader.notes) == ("11", ())
    assert line.facts is not None
    assert (line.facts.icd_version, line.facts.diagnoses) == ("9", ("0340", "V7389"))


def test_the_inputs_it_offers() -> None:
    """They switch rules on; minutes where anaesthesia is billed in them, for nothing else gives them."""
    offered = read(claims(*CLAIM, *LINE))[2].inputs
    assert {"diagnosis_pointers", "icd_version"} <= offered
    assert "minutes" not in offered
    timed = "SV1*HC:00790:AA*100*MJ*95***1"
    assert "minutes" in read(claims(*CLAIM, LINE[0], timed, LINE[2], "LX*2", *LINE[1:]))[2].inputs
    assert ISA.endswith(":")


def test_a_claim_that_replaces_another() -> None:
    """Its frequency, and the payer's number of the other; that of another payer, or of a line, is none."""
    line = only(
        *("CLM*C77*300***11:B:7*Y*A*Y*Y", "REF*F8*P123", "SBR*S*18", "REF*F8*OTHER"),
        *("LX*1", "SV1*HC:G0105*100*UN*1***1", "DTP*472*D8*20251103", "REF*F8*LINE"),
    )
    assert line.facts is not None
    assert (line.facts.frequency, line.facts.replaces, line.facts.bill_type) == ("7", "P123", None)


@pytest.mark.parametrize(("place", "frequency"), [("11:B:1", "1"), ("11:B", None), ("13:A:7", "7")])
def test_the_frequency_of_a_claim(place: str, frequency: str | None) -> None:
    """It stands beside the place, or in the type of bill."""
    service = "SV2*450*HC:G0105*100*UN*1" if ":A" in place else "SV1*HC:G0105*100*UN*1***1"
    line = only(f"CLM*C77*300***{place}*Y*A*Y*Y", "LX*1", service, "DTP*472*D8*20251103")
    assert line.facts is not None
    assert (line.facts.told_frequency, line.facts.replaces) == (frequency, None)
