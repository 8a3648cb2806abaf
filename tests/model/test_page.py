"""Code pages and procedure profiles as values: plain data out and in again."""

from datetime import date

import pytest

from claimrules.model.page import CodePage, PageAttribute, PageChange, PageModifier, ProcedureProfile
from claimrules.model.structure import StructureError, from_dict, from_json, to_dict, to_json

PAGE = CodePage(
    code="G0105",
    short_descriptor="COLORECTAL SCRN; HI RISK IND",
    attributes=(
        PageAttribute(name="Status Code", text="Active Code", field="status", value="A"),
        PageAttribute(name="Colour", text="green"),
    ),
    modifiers=(PageModifier(modifier="PT", text="A screening that turned into a treatment"),),
    history=(PageChange(on=date(1998, 1, 1), action="Added", note=""),),
    prose=("One paragraph.",),
    notices=("© Example Pages",),
    unplaced=("Try it today.",),
    source_file="page.txt",
)
PROFILE = ProcedureProfile(title="Screening", common_names=("Scope",), summary="A look.", unplaced=("Menu",))


@pytest.mark.parametrize(
    "value",
    [PAGE, PROFILE, CodePage(), ProcedureProfile()],
    ids=["page", "profile", "empty page", "empty profile"],
)
def test_plain_data_lead_back_to_the_value(value: CodePage | ProcedureProfile) -> None:
    """Dicts and JSON keep every field."""
    assert from_dict(type(value), to_dict(value)) == value
    assert from_json(type(value), to_json(value)) == value


def test_a_date_is_text_in_plain_data() -> None:
    """A change goes out with its day in ISO form."""
    assert to_dict(PAGE)["history"] == [{"on": "1998-01-01", "action": "Added", "note": ""}]


def test_a_wrong_field_is_named() -> None:
    """What does not fit is an error with its path."""
    with pytest.raises(StructureError, match=r"history\[0\].on"):
        from_dict(CodePage, {"history": [{"on": "soon", "action": "Added", "note": ""}]})


def test_a_value_is_found_by_its_field() -> None:
    """What the page does not print, or prints in unknown words, has no value."""
    assert PAGE.value("status") == "A"
    assert PAGE.value("mue") is None
