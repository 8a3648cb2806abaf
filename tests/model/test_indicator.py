"""The published indicators: their values, their meanings, and how they stand beside plain text."""

import pickle

import attrs
import pytest

from claimrules.model.code import CodeAttributes
from claimrules.model.indicator import INDICATORS, Bilateral, GlobalDays, Indicator

PUBLISHED = {
    "status": "A B C D E F G H I J M N P Q R T X",
    "pctc": "0 1 2 3 4 5 6 7 8 9",
    "global_days": "000 010 090 MMM XXX YYY ZZZ",
    "multiple_procedure": "0 1 2 3 4 5 6 7 9",
    "bilateral": "0 1 2 3 9",
    "assistant": "0 1 2 9",
    "co_surgeon": "0 1 2 9",
    "team": "0 1 2 9",
    "supervision": "01 02 03 04 05 06 21 22 66 6A 77 7A 09",
    "imaging_family": "01 02 03 04 05 06 07 08 09 10 11 88 99",
    "mai": "1 2 3",
    "pricing": "1 9",
    "not_used": "+",
    "nonfacility_na": "NA",
    "facility_na": "NA",
}
KINDS = list(dict.fromkeys(INDICATORS.values()))
MEMBERS = [pytest.param(m, id=f"{kind.__name__}-{m}") for kind in KINDS for m in kind]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_values_are_the_published_ones(name: str) -> None:
    """Each enum has exactly the values of the record layout."""
    assert [str(member) for member in INDICATORS[name]] == PUBLISHED[name].split()


def test_every_indicator_is_an_attribute_of_a_code() -> None:
    """The mapping speaks of fields that exist, and of no others."""
    assert set(INDICATORS) == set(PUBLISHED)
    assert set(INDICATORS) <= {field.name for field in attrs.fields(CodeAttributes)}


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_says_what_it_means(member: Indicator) -> None:
    """A meaning is one sentence, and no two members of an enum share it."""
    assert member.meaning[0].isupper()
    assert member.meaning.endswith(".")
    assert sum(other.meaning == member.meaning for other in type(member)) == 1


def test_a_member_is_the_published_text() -> None:
    """Equality, hashing, str() and look-up work with plain text."""
    text: str = Bilateral.NOT_BILATERAL

    assert text == "0"
    assert str(GlobalDays.TEN_DAYS) == f"{GlobalDays.TEN_DAYS}" == "010"
    assert {"090": 1}[GlobalDays.NINETY_DAYS] == 1
    assert Bilateral("3") is Bilateral.INDEPENDENT
    assert "000" in set(GlobalDays)


def test_members_pickle_as_themselves() -> None:
    """A member that crosses a process is the same member."""
    assert pickle.loads(pickle.dumps(Bilateral.INHERENT)) is Bilateral.INHERENT  # noqa: S301 (our own bytes)


def test_a_value_that_was_never_published_is_refused() -> None:
    """Multiple procedure 8 and bilateral 7 do not exist."""
    with pytest.raises(ValueError, match="7"):
        Bilateral("7")


def test_the_mapping_cannot_be_changed() -> None:
    """There is no registry to add to."""
    assert not hasattr(INDICATORS, "__setitem__")
