"""Binding pages and profiles to codes: one match binds, anything else stays unbound with a reason."""

import csv
from pathlib import Path

import attrs
import pytest

from claimrules.codebook.binding import Why, bind_pages, bind_profiles
from claimrules.codebook.readers import code_page, profile
from claimrules.codebook.readers.containers import PassedOver, open_published
from claimrules.codebook.readers.published import Declared
from claimrules.model.page import CodePage, ProcedureProfile

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCHEDULE = SHARED / "data" / "pfs" / "PPRRVU23_JAN.csv"
DESCRIPTORS = {
    "G0105": {"Colorectal scrn; hi risk ind"},
    "G0121": {"Colon ca scrn not hi rsk ind", "Colon ca scrn; not high risk"},
    "A4253": {"Strips"},
    "A4259": {"Lancets", "Strips"},
}
PAGE = CodePage(short_descriptor="COLORECTAL  SCRN; HI RISK IND", long_descriptor="Screening, high risk")
PROFILE = ProcedureProfile(title="Screening,  HIGH risk.")


def test_a_page_gets_the_code_of_its_short_descriptor() -> None:
    """Letter case, runs of spaces and what is behind the 28th character do not count."""
    longer = attrs.evolve(PAGE, short_descriptor="Colon ca scrn; not high risk individual")
    binding = bind_pages([PAGE, longer], DESCRIPTORS)
    assert [page.code for page in binding.documents] == ["G0105", "G0121"]
    assert binding.unbound == ()


@pytest.mark.parametrize(
    ("descriptor", "why", "codes", "words"),
    [
        (None, Why.NO_DESCRIPTOR, (), "the page has no short descriptor; give --code CODE"),
        ("Colorectal", Why.NO_MATCH, (), "no loaded schedule has its short descriptor"),
        ("strips", Why.SEVERAL_CODES, ("A4253", "A4259"), r"several codes; .* \(A4253, A4259\)"),
    ],
)
def test_a_page_without_one_code_stays_unbound(
    descriptor: str | None, why: Why, codes: tuple[str, ...], words: str
) -> None:
    """It is handed on as it is, with the reason."""
    page = attrs.evolve(PAGE, short_descriptor=descriptor)
    binding = bind_pages([page], DESCRIPTORS)
    assert binding.documents == (page,)
    (unbound,) = binding.unbound
    assert (unbound.document, unbound.why, unbound.codes) == (page, why, codes)
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(str(unbound))


def test_a_code_that_was_declared_is_kept() -> None:
    """Whatever the schedules say."""
    page = attrs.evolve(PAGE, code="G0121")
    assert bind_pages([page], DESCRIPTORS).documents == (page,)
    bound = attrs.evolve(PROFILE, code="G0121")
    assert bind_profiles([bound], [page]).documents == (bound,)


def test_pages_with_the_same_descriptor_are_all_bound() -> None:
    """Two pages may be about one code."""
    binding = bind_pages([PAGE, attrs.evolve(PAGE, prose=("Another.",))], DESCRIPTORS)
    assert [page.code for page in binding.documents] == ["G0105", "G0105"]


def test_a_profile_gets_the_code_of_the_page_with_its_title() -> None:
    """Two pages of one code are no doubt, nor is a page that is not bound."""
    pages = [attrs.evolve(PAGE, code="G0105"), attrs.evolve(PAGE, code="G0105", prose=("x",)), PAGE]
    binding = bind_profiles([PROFILE], pages)
    assert [made.code for made in binding.documents] == ["G0105"]
    assert binding.unbound == ()


@pytest.mark.parametrize(
    ("title", "codes", "why"),
    [
        (None, ("G0105",), Why.NO_DESCRIPTOR),
        ("Another", ("G0105",), Why.NO_MATCH),
        ("Screening, high risk", (), Why.NO_MATCH),
        ("Screening, high risk", ("G0105", "G0121"), Why.SEVERAL_CODES),
        ("Screening, high risk", (None,), Why.PAGE_UNBOUND),
    ],
)
def test_a_profile_without_one_code_stays_unbound(
    title: str | None, codes: tuple[str | None, ...], why: Why
) -> None:
    """It is handed on as it is, with the reason in words."""
    made = attrs.evolve(PROFILE, title=title)
    binding = bind_profiles([made], [attrs.evolve(PAGE, code=code) for code in codes])
    assert binding.documents == (made,)
    (unbound,) = binding.unbound
    assert unbound.why is why
    assert str(unbound)


def test_order_is_kept() -> None:
    """Bound and unbound documents come back in the order given."""
    other = attrs.evolve(PAGE, short_descriptor="Unknown")
    binding = bind_pages([other, PAGE, other], DESCRIPTORS)
    assert [page.code for page in binding.documents] == [None, "G0105", None]
    assert len(binding.unbound) == 2


@pytest.mark.skipif(
    not SCHEDULE.exists() or not (SHARED / "seeds").exists(), reason="the real files are not here"
)
def test_the_real_page_and_one_real_profile_bind_to_one_code() -> None:
    """Through the short descriptors of a real schedule; the other three profiles have no page."""
    descriptors: dict[str, set[str]] = {}
    with SCHEDULE.open(encoding="latin-1", newline="") as stream:
        for cells in csv.reader(stream):
            if len(cells) > 20 and len(cells[0]) == 5:
                descriptors.setdefault(cells[0], set()).add(cells[2])
    files = [f for path in sorted((SHARED / "seeds").glob("*.txt")) for f in open_published(path, Declared())]
    texts = [file for file in files if not isinstance(file, PassedOver)]
    read = [(code_page if code_page.detect(file) else profile).read(file) for file in texts]
    documents = [each for result in read for each in result.documents]
    pages = bind_pages([each for each in documents if isinstance(each, CodePage)], descriptors)
    profiles = [each for each in documents if isinstance(each, ProcedureProfile)]
    bound = bind_profiles(profiles, pages.documents)
    assert [page.code for page in pages.documents] == ["47383"]
    assert [made.code for made in bound.documents] == [None, "47383", None, None]
    assert [each.why for each in bound.unbound] == [Why.NO_MATCH] * 3
