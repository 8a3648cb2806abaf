"""Pages about one code that people wrote: its attributes in words, and the profile of a procedure."""

from datetime import date

import attrs


@attrs.frozen(kw_only=True)
class PageAttribute:
    """One attribute of a code page, as printed and decoded.

    ``field`` names it as in ``CodeAttributes``, ``OppsRow``, ``AscRow`` or ``HcpcsRow``; ``None`` where
    the name is not known. ``value`` is the published indicator (``010``, ``J1``) or, for ``mue``, whole
    units of service as text; ``None`` where the words are not those of a known value.
    """

    name: str
    text: str
    field: str | None = None
    value: str | None = None


@attrs.frozen(kw_only=True)
class PageModifier:
    """One modifier that a code page lists, with the text it prints; the text may be empty."""

    modifier: str
    text: str


@attrs.frozen(kw_only=True)
class PageChange:
    """One entry of a code page's history: from ``on``, what was done (Added, Changed), and the note."""

    on: date
    action: str
    note: str


@attrs.frozen(kw_only=True)
class CodePage:
    """What a page says of one code.

    No page states its code: ``code`` is what the caller declared, else what the build bound it to, else
    ``None``. ``prose`` holds the paragraphs, ``notices`` the copyright lines, ``unplaced`` whatever the
    layout has no place for, as it stood.
    """

    code: str | None = None
    short_descriptor: str | None = None
    medium_descriptor: str | None = None
    long_descriptor: str | None = None
    attributes: tuple[PageAttribute, ...] = ()
    modifiers: tuple[PageModifier, ...] = ()
    history: tuple[PageChange, ...] = ()
    prose: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    source_file: str = ""

    def value(self, field: str) -> str | None:
        """Give the decoded value of one field (``status``, ``status_indicator``, ``mue``), if any."""
        return next((each.value for each in self.attributes if each.field == field), None)


@attrs.frozen(kw_only=True)
class ProcedureProfile:
    """A procedure told to people who are not coders.

    ``title`` is the long descriptor that stands above the line ``CPT4 code``. The tuples hold one
    paragraph or bullet each; in the texts, paragraphs are parted by line breaks. A section that the
    profile lacks is ``None`` or empty. ``unplaced`` holds the lines of no section, as they stood.
    """

    code: str | None = None
    title: str | None = None
    name: str | None = None
    common_names: tuple[str, ...] = ()
    technical_terms: tuple[str, ...] = ()
    summary: str | None = None
    purpose: str | None = None
    indications: tuple[str, ...] = ()
    preparation: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    duration: str | None = None
    setting: str | None = None
    personnel: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    recovery: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    patient_experience: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    source_file: str = ""
