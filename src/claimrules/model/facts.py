"""What a bill says once for all of its lines: the patient's dates, the stay, the diagnoses.

A claim says it of its lines; a line that comes from a file of many claims carries it itself. The
patterns of the texts are those of the frame engine too (design, decision 1).
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final, Self

import attrs

from claimrules.model.checks import Check, day, shape, texts, unchecked
from claimrules.model.form import read_date

DATES: Final = (
    *("birth_date", "death_date", "received_date", "statement_from", "statement_to", "admission_date"),
    *("discharge_date", "coverage_from", "coverage_to", "assumed_care_date", "relinquished_care_date"),
)
"""The dates among them."""

TEXTS: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "sex": ("[FM]", ()),
    "bill_type": ("0?[1-9][0-9][0-9A-Z]", (("^0", ""),)),
    "frequency": (r"[0-9A-Z](?:\.0)?", ((r"\.0$", ""),)),
    "patient_status": ("[0-9]{2}", ()),
    "clia": (".+", ()),
    "icd_version": ("9|10|0", (("^0$", "10"),)),
    "principal_diagnosis": (r"[0-9A-Z]{3}\.?[0-9A-Z]{0,4}", ((r"\.", ""),)),
}
"""The texts among them, in capitals: the pattern that each has to match, and what is replaced then."""

LISTS: Final = {"diagnoses": "[ ,:;|]+", "condition_codes": "[^0-9A-Z]+"}
"""The lists among them, in one cell, and what stands between two members."""

REPLACES: Final = "replaces"
"""The id of the claim that this one replaces, as it is written."""
NONE_GIVEN: Final = "none"
"""Stands there where no line is given of the claim that is replaced."""
DOUBTFUL: Final = "?"
"""Stands there where another claim may replace this one, whatever its frequency says."""

FACTS: Final = (*TEXTS, REPLACES, *LISTS, *DATES)
"""All of them, by the names of their columns."""

REPLACING: Final = ("6", "7", "8", "F", "G", "H", "I", "J", "K", "M", "P", "Q")
"""Frequencies of a claim that takes the place of an earlier one (7), takes it back (8) or adjusts it."""
VOID: Final = "8"
"""The frequency of a claim that takes an earlier one back, and bills nothing."""
FREQUENCY_AT: Final = 2
"""Where the frequency stands in a type of bill."""

DIAGNOSIS: Final = r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?"
"""The shape of a code of ICD-10-CM."""
COUNT: Final = "[0-9]{1,2}"
"""A cell of diagnoses that holds their number holds no codes."""
NOT_SAID: Final = "?"
"""Stands for the condition codes where nothing says them: a blank cell says that there are none."""

_replacing = frozenset(REPLACING)
_diagnosis = re.compile(DIAGNOSIS, re.ASCII)
_patterns: Final = {name: re.compile(pattern, re.ASCII) for name, (pattern, _) in TEXTS.items()}


def _shaped(pattern: str, says: str) -> Check:
    return shape(re.compile(pattern), says, "give None where it is unknown")


@attrs.frozen(kw_only=True)
class ClaimFacts:
    """What a bill says once; ``None`` is *unknown*, never *none*, and dates are calendar days.

    The type of bill has three characters (no leading 0); diagnoses are codes of ICD-10-CM
    or, where ``icd_version`` is ``"9"``, of ICD-9-CM; admission and discharge are those of the stay
    during which the services were given. The care that was assumed and relinquished is that after surgery.
    ``frequency`` is that of the claim (1 original, 7 replacement), for hospitals the last character of the
    type of bill; ``replaces`` is the id of the claim that it replaces, ``""`` where no line of that is given.

    Raises:
        ValueError: a field has not the shape that its form has; the text never holds the value.
    """

    birth_date: date | None = attrs.field(default=None, repr=False, validator=day)
    death_date: date | None = attrs.field(default=None, repr=False, validator=day)
    sex: str | None = attrs.field(default=None, repr=False, validator=_shaped("F|M", "F or M"))
    diagnoses: tuple[str, ...] | None = attrs.field(default=None, repr=False, validator=texts)
    principal_diagnosis: str | None = attrs.field(
        default=None, repr=False, validator=_shaped("[0-9A-Z]{3,7}", "three to seven characters, no dot")
    )
    icd_version: str | None = attrs.field(default=None, validator=_shaped("9|10", "9 or 10"))
    frequency: str | None = attrs.field(default=None, validator=_shaped("[0-9A-Z]", "one character, as in 7"))
    replaces: str | None = attrs.field(default=None, repr=False, validator=_shaped(".*", "one line of text"))
    condition_codes: tuple[str, ...] | None = attrs.field(default=None, validator=texts)
    bill_type: str | None = attrs.field(
        default=None, validator=_shaped("[1-9][0-9][0-9A-Z]", "three characters, as in 131")
    )
    patient_status: str | None = attrs.field(
        default=None, repr=False, validator=_shaped("[0-9]{2}", "two digits")
    )
    clia: str | None = attrs.field(default=None, repr=False, validator=_shaped(".+", "one line of text"))
    received_date: date | None = attrs.field(default=None, validator=day)
    statement_from: date | None = attrs.field(default=None, validator=day)
    statement_to: date | None = attrs.field(default=None, validator=day)
    admission_date: date | None = attrs.field(default=None, repr=False, validator=day)
    discharge_date: date | None = attrs.field(default=None, repr=False, validator=day)
    coverage_from: date | None = attrs.field(default=None, repr=False, validator=day)
    coverage_to: date | None = attrs.field(default=None, repr=False, validator=day)
    assumed_care_date: date | None = attrs.field(default=None, repr=False, validator=day)
    relinquished_care_date: date | None = attrs.field(default=None, repr=False, validator=day)

    @property
    def told_frequency(self) -> str | None:
        """The frequency of the claim, where need be from its type of bill."""
        return self.frequency or (self.bill_type[FREQUENCY_AT] if self.bill_type else None)

    @property
    def replaces_none(self) -> bool | None:
        """Yes where it replaces no claim of which lines may be given; where it does, that is unknown.

        A claim of no frequency replaces another where it names one. So is it where another may replace it.
        """
        if self.replaces == DOUBTFUL:
            return None
        frequency = self.told_frequency
        replaces = self.replaces is not None if frequency is None else frequency in _replacing
        return None if replaces and self.replaces != "" else True

    @property
    def of_patient(self) -> "ClaimFacts":
        """What is the same on every bill of the patient."""
        if self.birth_date is None and self.death_date is None and self.sex is None:
            return _nothing()
        return ClaimFacts(birth_date=self.birth_date, death_date=self.death_date, sex=self.sex)

    @classmethod
    def read(cls, cells: Mapping[str, str], **known: tuple[str, ...]) -> Self:
        """Read cells of a table, by the names of ``FACTS``; what cannot be read is unknown.

        ``known`` are lists that need no reading: an empty one says that there are none.
        """
        found: dict[str, Any] = {name: _read(name, text) for name, text in cells.items()}
        return unchecked(cls, found | known)


@cache
def _nothing() -> ClaimFacts:
    return ClaimFacts()


@lru_cache(1 << 14)
def _read(name: str, text: str) -> Any:  # noqa: ANN401 (a text, a date, or several texts)
    """One cell as the value of its field."""
    if name in DATES:
        return read_date(text)[0]
    text = text.strip(" ")
    if name == REPLACES:
        return "" if text.lower() == NONE_GIVEN else text or None
    text = text.upper()
    if name in LISTS:
        members = tuple(part for part in re.split(LISTS[name], text) if part)
        if name == "diagnoses":
            return None if re.fullmatch(COUNT, text) else members or None
        return None if text == NOT_SAID else members
    if not _patterns[name].fullmatch(text):
        return None
    for pattern, replacement in TEXTS[name][1]:
        text = re.sub(pattern, replacement, text)
    return text


@lru_cache(8192)
def malformed(diagnoses: tuple[str, ...]) -> int:
    """How many diagnoses have not the shape of a code of ICD-10-CM."""
    return sum(_diagnosis.fullmatch(code.strip().upper()) is None for code in diagnoses)
