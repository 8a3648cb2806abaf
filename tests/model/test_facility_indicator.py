"""The indicators of the facility, HCPCS and NCCI tables: their values, and what they mean."""

import attrs
import pytest

from claimrules.model.betos import Betos
from claimrules.model.facility_indicator import AscPayment, OppsStatus
from claimrules.model.hcpcs_indicator import (
    FACT_INDICATORS,
    AddOnType,
    HcpcsAction,
    HcpcsCoverage,
    MultiplePricing,
    PairIndicator,
    PricingIndicator,
    TypeOfService,
)
from claimrules.model.indicator import Indicator
from claimrules.model.published import AscRow, HcpcsRow, OppsRow

PUBLISHED: dict[type[Indicator], str] = {
    OppsStatus: "A B C E1 E2 F G H H1 J1 J2 K K1 L M N P Q1 Q2 Q3 Q4 R S S1 T U V Y E Q X",
    AscPayment: "A2 G2 J8 P2 P3 R2 Z2 Z3 N1 K2 K5 K7 H2 J7 F4 L1 L6 S2 B5 D1 D2 D5 C5 E5 M6 U5 X5 Y5 S1",
    HcpcsCoverage: "C D I M S",
    HcpcsAction: "A B C D F N P R S T",
    PricingIndicator: "00 11 12 13 21 22 31 32 33 34 35 36 37 38 39 40 45 46 51 52 53 54 55 56 57 99",
    MultiplePricing: "9 A B C D E F G",
    TypeOfService: "0 1 2 3 4 5 6 7 8 9 A B C D E F G H I J K L M N P Q R S T U V W Y Z",
    PairIndicator: "0 1 9",
    Betos: (
        "M1A M1B M2A M2B M2C M3 M4A M4B M5A M5B M5C M5D M6 P0 P1A P1B P1C P1D P1E P1F P1G "
        "P2A P2B P2C P2D P2E P2F P3A P3B P3C P3D P4A P4B P4C P4D P4E P5A P5B P5C P5D P5E "
        "P6A P6B P6C P6D P7A P7B P8A P8B P8C P8D P8E P8F P8G P8H P8I P9A P9B "
        "I1A I1B I1C I1D I1E I1F I2A I2B I2C I2D I3A I3B I3C I3D I3E I3F I4A I4B "
        "T1A T1B T1C T1D T1E T1F T1G T1H T2A T2B T2C T2D D1A D1B D1C D1D D1E D1F D1G "
        "O1A O1B O1C O1D O1E O1F O1G O1L Y1 Y2 Z1 Z2"
    ),
}
KINDS: list[type[Indicator]] = [*PUBLISHED, AddOnType]
MEMBERS = [pytest.param(m, id=f"{kind.__name__}-{m}") for kind in KINDS for m in kind]


@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_values_are_the_published_ones(kind: type[Indicator]) -> None:
    """Each enum has exactly the values of its legend or record layout, past ones included."""
    assert [str(member) for member in kind] == PUBLISHED[kind].split()


def test_an_add_on_type_can_be_none() -> None:
    """The blank stands for a code that is not an add-on."""
    assert [str(member) for member in AddOnType] == ["1", "2", "3", ""]


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_says_what_it_means(member: Indicator) -> None:
    """A meaning is one sentence, and no two members of an enum share it."""
    assert member.meaning[0].isupper()
    assert member.meaning.endswith(".")
    assert sum(other.meaning == member.meaning for other in type(member)) == 1


def test_every_fact_indicator_is_a_field_of_a_published_row() -> None:
    """The mapping speaks of fields that exist."""
    fields = {field.name for row in (OppsRow, AscRow, HcpcsRow) for field in attrs.fields(row)}

    assert set(FACT_INDICATORS) <= fields


def test_the_mapping_cannot_be_changed() -> None:
    """There is no registry to add to."""
    assert not hasattr(FACT_INDICATORS, "__setitem__")
