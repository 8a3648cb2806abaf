"""The code pages and profiles bound to a code, and where a page says something else than a table."""

from typing import Any, Final, Protocol

from claimrules.model.code import CodeAttributes
from claimrules.model.page import CodePage, PageAttribute, ProcedureProfile
from claimrules.report.code_fits import modifier_words
from claimrules.report.code_words import meaning_of
from claimrules.report.page import Page, Span

AGREES: Final = "agrees"
DIFFERS: Final = "differs"
ONLY_HERE: Final = ""


class Told(Protocol):
    """What this section needs of a code."""

    @property
    def main(self) -> CodeAttributes:
        """The row that a line without modifiers selects."""

    @property
    def pages(self) -> tuple[CodePage, ...]:
        """The code pages."""

    @property
    def profiles(self) -> tuple[ProcedureProfile, ...]:
        """The procedure profiles."""


def table_value(main: CodeAttributes, field: str | None) -> tuple[str, ...] | None:
    """Give what the tables say of a field that a page names, as text; ``None`` where they say nothing."""
    holders: tuple[Any, ...] = (main.opps, main.asc, main.hcpcs, main)
    value = next((getattr(each, field) for each in holders if field and hasattr(each, field)), None)
    if value is None or value in ((), frozenset()):
        return None
    return tuple(value) if isinstance(value, tuple | frozenset) else (str(value),)


def page_says(main: CodeAttributes, attribute: PageAttribute) -> str:
    """Say whether an attribute of a page agrees with the tables: blank where one of the two is silent."""
    published = table_value(main, attribute.field)
    if published is None or attribute.value is None:
        return ONLY_HERE
    return AGREES if attribute.value in published else DIFFERS


def add_stories(page: Page, found: Told, *, everything: bool) -> None:
    """Add the code pages with their attributes, and the titles of the profiles."""
    for each in found.pages:
        page.gap()
        page.add(Span(f"code page: {each.source_file}", "head"))
        page.wrap(each.long_descriptor or each.medium_descriptor or each.short_descriptor or "", first="  ")
        rows = [_row(found.main, attribute) for attribute in each.attributes]
        page.table(rows, indent="  ")
        _modifiers(page, each, everything=everything)
    for profile in found.profiles:
        page.gap()
        page.add(Span(f"procedure profile: {profile.source_file}", "head"))
        page.wrap(profile.title or profile.name or "", first="  ")


def _row(main: CodeAttributes, attribute: PageAttribute) -> tuple[str, str, str]:
    said = page_says(main, attribute)
    if said == DIFFERS:
        said = f"differs: the tables say {' '.join(table_value(main, attribute.field) or ()) or 'blank'}"
    if attribute.value is None:
        return attribute.name, "-", attribute.text
    meaning = meaning_of(attribute.field, attribute.value)
    return attribute.name, attribute.value, f"{meaning} ({said})".strip() if said else meaning


def _modifiers(page: Page, found: CodePage, *, everything: bool) -> None:
    if not found.modifiers:
        return
    if everything:
        page.add("  modifiers that it lists:")
        page.table(
            [(each.modifier, each.text or modifier_words(each.modifier)) for each in found.modifiers],
            indent="    ",
        )
        return
    listed = " ".join(each.modifier for each in found.modifiers)
    page.wrap(
        f"{listed} (--all tells what it says of them)", first="  modifiers that it lists: ", rest="    "
    )
