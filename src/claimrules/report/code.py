"""What is known of one code on one day: looked up once, as text in words or as plain data."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs

from claimrules.codebook import AddOnFact, Change, CodeBook
from claimrules.codebook.catalogue import modifier_table
from claimrules.engine.fitting import Fit, modifiers_for
from claimrules.engine.line import Checker
from claimrules.model.both_sides import BilateralAnswer
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.page import CodePage, ProcedureProfile
from claimrules.model.structure import to_dict
from claimrules.report.changes import add_history
from claimrules.report.code_facility import add_add_on, add_facility, add_hcpcs, add_rbcs
from claimrules.report.code_fits import add_fits
from claimrules.report.code_schedule import add_mues, add_schedule, global_period
from claimrules.report.code_sides import add_sides, sides_object
from claimrules.report.code_stories import add_stories
from claimrules.report.code_words import in_force_words, rows_words
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span

MUE_SETTINGS: Final = (Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.DME)
_MUE: Final = ("mue", "mai", "mue_rationale")


@attrs.frozen(kw_only=True)
class CodeFacts:
    """One code on one day: each row of the fee schedule, the MUE of each setting, and what goes with it.

    ``primaries`` is as ``CodeBook.primaries`` gives it; ``sides`` says how both sides are billed; ``fits``
    says of every modifier of the catalogue whether it can go with the code; ``pages`` and ``profiles`` are
    those bound to the code.
    """

    code: str
    on: date
    setting: Setting
    by_row: Mapping[str, CodeAttributes]
    by_setting: Mapping[Setting, CodeAttributes]
    primaries: AddOnFact | Cause | None = None
    sides: BilateralAnswer | None = None
    fits: tuple[Fit, ...] = ()
    history: tuple[Change, ...] = ()
    pages: tuple[CodePage, ...] = ()
    profiles: tuple[ProcedureProfile, ...] = ()

    @property
    def main(self) -> CodeAttributes:
        """The row that a line without modifiers selects."""
        return next(iter(self.by_row.values()))

    @property
    def title(self) -> str:
        """The longest name that anything loaded gives the code."""
        hcpcs = self.main.hcpcs
        names = [page.long_descriptor or page.medium_descriptor for page in self.pages]
        names += [hcpcs.long_description, hcpcs.short_description] if hcpcs else []
        listed = (
            self.main.label,
            *(row and row.short_description for row in (self.main.opps, self.main.asc)),
        )
        return next((name for name in (*names, *listed) if name), "")


def look_up(checker: Checker, code: str, *, on: date, setting: Setting) -> CodeFacts:
    """Look a code up in all its rows and settings, and ask the rules about every modifier."""
    book, lookup = checker.book, checker.lookup
    slot = lookup.slot(on, setting)
    main = slot.get(code)
    rows = [main.row, *sorted((main.rows or frozenset()) - {main.row})]
    documents = book.documents
    return CodeFacts(
        code=code,
        on=on,
        setting=setting,
        by_row={row: slot.get(code, row) for row in rows},
        by_setting={
            each: lookup.slot(on, each).get(code) for each in dict.fromkeys((setting, *MUE_SETTINGS))
        },
        primaries=book.primaries(code, on=on, setting=setting, editions=checker.editions),
        sides=checker.bilateral_forms(code, on=on, setting=setting, row=main.row),
        fits=modifiers_for(checker, code, on, setting, modifier_table().rows),
        history=book.history(code),
        pages=tuple(page for page in documents.pages if page.code == code),
        profiles=tuple(profile for profile in documents.profiles if profile.code == code),
    )


def code_object(found: CodeFacts) -> dict[str, Any]:
    """Give a code as plain data: the attributes by their names, then what else is known, in full."""
    period = global_period(found.main, found.on)
    add_on = found.primaries
    return {
        "schema": SCHEMA,
        "on": found.on.isoformat(),
        "setting": found.setting.value,
        "title": found.title,
        **to_dict(found.main),
        "by_row": {row: to_dict(attributes) for row, attributes in found.by_row.items()},
        "mue_by_setting": {
            setting.value: {name: getattr(attributes, name) for name in _MUE}
            for setting, attributes in found.by_setting.items()
        },
        "global_period": to_dict(period) if period else None,
        "primaries": to_dict(add_on) if isinstance(add_on, AddOnFact) else None,
        "both_sides": sides_object(found.sides) if found.sides else None,
        "modifiers": [to_dict(fit) for fit in found.fits],
        "history": [to_dict(change) for change in found.history],
        "pages": [to_dict(page) for page in found.pages],
        "profiles": [to_dict(profile) for profile in found.profiles],
    }


def code_text(found: CodeFacts, book: CodeBook, *, everything: bool = False, width: int = WIDTH) -> Page:
    """Write a code's page; long lists in full only if ``everything``."""
    page, main = Page(width), found.main
    page.add(Span(found.code, "head"), f"  on {found.on}", Span(f"  {found.setting.value}", "dim"))
    if found.title:
        page.wrap(found.title)
    page.table([("in force", in_force_words(main)), ("rows", rows_words(main))])
    add_schedule(page, found.by_row, found.on)
    add_mues(page, found.by_setting)
    if found.sides:
        add_sides(page, found.sides)
    add_facility(page, main)
    add_hcpcs(page, main)
    add_rbcs(page, main)
    add_add_on(page, main, found.primaries, everything=everything)
    add_fits(page, found.fits, everything=everything)
    add_stories(page, found, everything=everything)
    add_history(page, found.history, everything=everything)
    page.gap()
    page.wrap(book.describe(), role="dim")
    return page
