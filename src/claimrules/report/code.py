"""What is published about one code on one day: text in words, or plain data by the names of the model."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs

from claimrules.codebook import CodeBook
from claimrules.model.claim import Setting
from claimrules.model.code import CodeAttributes
from claimrules.model.edition import How, Source, Table
from claimrules.model.indicator import INDICATORS
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.words import name_of

MUE_SETTINGS: Final = (Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.DME)
_MUE: Final = ("mue", "mai", "mue_rationale")
_NOT_LISTED: Final = frozenset(
    {"code", "row", "rows", "in_force", "sources", "missing", "first_date", "last_date", "label", *_MUE}
)
_LISTED: Final = tuple(f.name for f in attrs.fields(CodeAttributes) if f.name not in _NOT_LISTED)
_ADD_ON: Final = {
    "": "no add-on code",
    "1": "only with listed primaries",
    "2": "the contractor lists the primaries",
}
_IN_FORCE: Final = {
    "yes": "yes",
    "no": "no: gone, or not yet there",
    "unlisted": "no loaded edition ever held the code",
}


@attrs.frozen(kw_only=True)
class CodePage:
    """One code on one day: each row of the fee schedule, and the MUE of each setting."""

    code: str
    on: date
    setting: Setting
    by_row: Mapping[str, CodeAttributes]
    by_setting: Mapping[Setting, CodeAttributes]

    @property
    def main(self) -> CodeAttributes:
        """The row that a line without modifiers selects."""
        return next(iter(self.by_row.values()))


def look_up(book: CodeBook, code: str, *, on: date, setting: Setting, editions: str) -> CodePage:
    """Look a code up, in all its rows and settings."""
    slot = book.lookup(editions).slot(on, setting)
    main = slot.get(code)
    rows = [main.row, *sorted((main.rows or frozenset()) - {main.row})]
    settings = dict.fromkeys((setting, *MUE_SETTINGS))
    return CodePage(
        code=code,
        on=on,
        setting=setting,
        by_row={row: slot.get(code, row) for row in rows},
        by_setting={each: book.lookup(editions).slot(on, each).get(code) for each in settings},
    )


def code_object(found: CodePage) -> dict[str, Any]:
    """Give a code as plain data: the attributes by their names, then the other rows and settings."""
    return {
        "schema": SCHEMA,
        "on": found.on.isoformat(),
        "setting": found.setting.value,
        **to_dict(found.main),
        "by_row": {row: to_dict(attributes) for row, attributes in found.by_row.items()},
        "mue_by_setting": {
            setting.value: {name: getattr(attributes, name) for name in _MUE}
            for setting, attributes in found.by_setting.items()
        },
    }


def code_text(found: CodePage, book: CodeBook, *, width: int = WIDTH) -> Page:
    """Write a code's page."""
    page, main = Page(width), found.main
    page.add(Span(found.code, "head"), f"  on {found.on}", Span(f"  {found.setting.value}", "dim"))
    if main.label:
        page.wrap(main.label)
    page.table([("in force", _in_force(main)), ("rows", _rows(main))])
    page.gap()
    _table(page, main, Table.FEE_SCHEDULE)
    page.table(
        [row for name in _LISTED if name != "add_on_type" for row in _attribute(main, name)], indent="  "
    )
    for row, attributes in list(found.by_row.items())[1:]:
        _other_row(page, row, attributes, main)
    page.gap()
    for setting, attributes in found.by_setting.items():
        _mue(page, setting, attributes)
    page.gap()
    _table(page, main, Table.ADD_ON)
    if main.add_on_type is not None:
        page.table([("add-on type", _ADD_ON.get(main.add_on_type, main.add_on_type))], indent="  ")
    page.gap()
    page.wrap(book.describe(), role="dim")
    return page


def source_words(source: Source) -> str:
    """Say which edition speaks and how it was chosen."""
    edition = source.edition
    how = {
        How.EXACT: "exact",
        How.NEAR: "near: none holds on that day, the nearest of its year is used",
        How.LATEST: "latest: the newest loaded is used for every day",
    }[source.how]
    return f"{edition.name}, in force {edition.effective} to {edition.ends} ({how})"


def _in_force(main: CodeAttributes) -> str:
    if main.in_force is None:
        cause = main.cause(Table.FEE_SCHEDULE)
        return f"unknown: {cause.words} ({cause.value})"
    return _IN_FORCE[main.in_force]


def _rows(main: CodeAttributes) -> str:
    if main.rows is None:
        return "unknown"
    return ", ".join(row or "blank" for row in sorted(main.rows)) or "none"


def _table(page: Page, main: CodeAttributes, table: Table) -> None:
    source = main.sources.get(table)
    said = source_words(source) if source else ""
    if table in main.missing:
        cause = main.missing[table]
        said = f"unknown: {cause.words} ({cause.value})" + (f"; {said}" if said else "")
    page.wrap(said, first=f"{table.words}: ", rest="  ", role="head")


def _attribute(attributes: CodeAttributes, name: str) -> list[tuple[str, str, str]]:
    value = getattr(attributes, name)
    if value is None:
        return []
    text = str(value)
    enum = INDICATORS.get(name)
    meaning = enum(text).meaning if enum is not None and text in tuple(enum) else ""
    if name in ("pre", "intra", "post"):
        meaning = "percent of the global fee"
    return [(name_of(name), text, meaning)]


def _other_row(page: Page, row: str, attributes: CodeAttributes, main: CodeAttributes) -> None:
    page.gap()
    page.add(Span(f"row {row}, where it differs from the {main.row or 'blank'} row:", "head"))
    differ = [name for name in _LISTED if getattr(attributes, name) != getattr(main, name)]
    told = [
        line
        for name in differ
        for line in _attribute(attributes, name) or [(name_of(name), "-", "not given")]
    ]
    page.table(told or [("nothing", "", "")], indent="  ")


def _mue(page: Page, setting: Setting, attributes: CodeAttributes) -> None:
    head = f"MUE, {setting.value}: "
    source = attributes.sources.get(Table.MUE)
    if attributes.mue is None:
        cause = attributes.cause(Table.MUE)
        page.wrap(
            f"unknown: {cause.words} ({cause.value}); never unlimited", first=head, rest="  ", role="head"
        )
        return
    page.wrap(source_words(source) if source else "", first=head, rest="  ", role="head")
    rows = [
        ("units", str(attributes.mue), ""),
        *_attribute(attributes, "mai"),
        ("rationale", "", attributes.mue_rationale or ""),
    ]
    page.table(rows, indent="  ")
