"""The closed list of fields that a condition or a message may name."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

import attrs

from claimrules.model.claim import EQUIPMENT, Setting
from claimrules.model.edition import CODE_SHAPES, Table
from claimrules.model.facility_indicator import AscPayment, OppsStatus
from claimrules.model.form import Form
from claimrules.model.hcpcs_indicator import HcpcsCoverage
from claimrules.model.indicator import INDICATORS


class Type(StrEnum):
    """What a value is."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "yes or no"
    MODIFIERS = "modifiers"
    TEXTS = "set of text"


@attrs.frozen(cache_hash=True)
class Field:
    """One field of the language.

    ``scale`` is the number of decimals that the integers of a number carry (units 3, money 2) and
    ``bound`` the largest such integer. ``values`` lists what an indicator can be. ``table`` is the
    published table that says it. ``optional`` marks an input that a run need not offer.
    ``wide`` marks a field that takes so many values that distinct combinations would not help,
    ``private`` one that says who somebody is, or how they are: no message and no evidence holds it.
    """

    namespace: str
    name: str
    type: Type = Type.TEXT
    scale: int = 0
    bound: int = 0
    values: tuple[str, ...] | None = None
    table: Table | None = None
    optional: bool = False
    wide: bool = False
    private: bool = False

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name}"

    @property
    def base(self) -> "Field":
        """The same field of the line itself: ``other.units`` is ``line.units``."""
        return _base(self) if self.namespace in _BASES else self


_BASES: Final = {"other": "line", "other_code": "code"}


@cache
def _base(field: Field) -> Field:
    return attrs.evolve(field, namespace=_BASES[field.namespace])


_UNITS, _MONEY, _COUNT, _WIDE_COUNT = 10**10, 10**11, 10**4, 10**10
_MUE, _MINUTES, _PERCENT, _DAYS = 10**7, 10**6, 10**3, 4 * 10**6


def _number(namespace: str, name: str, bound: int, **more: object) -> Field:
    return Field(namespace, name, Type.NUMBER, bound=bound, **more)  # type: ignore[arg-type]


def _date(namespace: str, name: str, *, wide: bool = True, **more: object) -> Field:
    return Field(namespace, name, Type.DATE, wide=wide, **more)  # type: ignore[arg-type]


def _fact(name: str, kind: Type = Type.TEXT, **more: object) -> Field:
    """What a claim says once, if it says it."""
    return Field("claim", name, kind, optional=True, **more)  # type: ignore[arg-type]


_LINE: Final = (
    Field("line", "code"),
    Field("line", "modifiers", Type.MODIFIERS),
    _number("line", "units", _UNITS, scale=3),
    Field("line", "units_whole", Type.BOOL),
    _date("line", "from_date"),
    _date("line", "to_date"),
    _number("line", "days", _DAYS),
    _number("line", "year", _COUNT),
    Field("line", "place_of_service"),
    _number("line", "charge", _MONEY, scale=2, wide=True),
    Field("line", "setting", values=tuple(Setting)),
    Field("line", "revenue_code"),
    *(Field("line", name, wide=True, private=True) for name in ("claim", "patient", "provider", "physician")),
    Field("line", "group", optional=True, wide=True, private=True),
    Field("line", "npi_valid", Type.BOOL, optional=True, wide=True),
    Field("line", "specialty", optional=True),
    Field("line", "documentation", Type.BOOL, optional=True),
    Field("line", "teaching", Type.BOOL, optional=True),
    Field("line", "narrative", Type.BOOL, optional=True),
    _number("line", "minutes", _MINUTES, optional=True),
    _number("line", "dose", _UNITS, scale=3, optional=True),
    _number("line", "diagnosis_pointers", _COUNT, optional=True),
    _number("line", "noncovered_charge", _MONEY, scale=2, optional=True, wide=True),
    _number("line", "allowed", _MONEY, scale=2, optional=True, wide=True),
    _number("line", "container", _UNITS, scale=3, optional=True),
    Field("line", "equipment", values=EQUIPMENT, optional=True),
    Field("line", "cancelled", Type.BOOL, optional=True),
    Field("line", "purchased", Type.BOOL, optional=True),
    Field("line", "replaces_none", Type.BOOL),
    _number("line", "seq", _WIDE_COUNT, wide=True),
    Field("line", "component", values=("26", "TC", "")),
    _date("line", "global_start"),
    _date("line", "global_end"),
    Field("line", "denied", Type.BOOL),
    _number("line", "age", _COUNT, optional=True, wide=True),
    Field("line", "code_shape", values=CODE_SHAPES),
    _number("line", "repeated_modifiers", _COUNT),
    _number("line", "modifiers_unlisted", _COUNT, table=Table.MODIFIERS),
    _number("line", "modifiers_early", _COUNT, table=Table.MODIFIERS),
    _number("line", "modifiers_ended", _COUNT, table=Table.MODIFIERS),
)

_CLAIM: Final = (
    Field("claim", "billing_provider", wide=True, private=True),
    _fact("npi_valid", Type.BOOL, wide=True),
    _fact("diagnoses", Type.NUMBER, bound=_COUNT, wide=True),
    _fact("diagnoses_malformed", Type.NUMBER, bound=_COUNT, wide=True),
    _fact("principal_diagnosis", wide=True, private=True),
    _fact("principal_letter", wide=True),
    _fact("icd_version", values=("9", "10")),
    _fact("condition_codes", Type.TEXTS),
    _fact("bill_type"),
    Field("claim", "frequency"),
    _fact("bill_class"),
    _fact("patient_status"),
    _fact("sex", values=("F", "M"), private=True),
    _fact("clia", wide=True, private=True),
    _fact("as_of", Type.DATE),
    *(_fact(name, Type.DATE, wide=True) for name in ("received_date", "statement_from", "statement_to")),
    _date("claim", "through_date"),
    _fact("statement_years", Type.NUMBER, bound=_COUNT, wide=True),
    *(_fact(name, Type.DATE, wide=True, private=True) for name in ("birth_date", "death_date")),
    *(_fact(name, Type.DATE, wide=True) for name in ("admission_date", "discharge_date")),
    *(_fact(name, Type.DATE, wide=True) for name in ("coverage_from", "coverage_to")),
    *(_fact(name, Type.DATE, wide=True) for name in ("assumed_care_date", "relinquished_care_date")),
)

_HERE_OR_NOT: Final = (Form.OK.value, Form.MISSING.value)
PRESENT: Final = ("patient", "provider", "billing_provider", "birth_date", "clia")
"""Inputs of which a rule can ask whether they came, where the run offers them at all."""
PRESENT_ANYWAY: Final = (
    *("group", "revenue_code", "bill_type", "death_date", "admission_date", "discharge_date"),
    *("coverage_from", "coverage_to"),
)
"""Inputs of which it can ask so in every run: without them they did not come."""

_FORM: Final = (
    *(
        Field("form", name, values=tuple(Form), wide=name == "charge")
        for name in ("code", "modifiers", "units", "from_date", "to_date", "place_of_service", "charge")
    ),
    _number("form", "modifier_count", _COUNT),
    *(Field("form", name, values=_HERE_OR_NOT, optional=True, wide=True) for name in PRESENT),
    *(
        Field("form", name, values=_HERE_OR_NOT, wide=name not in ("revenue_code", "bill_type"))
        for name in PRESENT_ANYWAY
    ),
)

_FEE_TEXT: Final = (
    "status",
    "pctc",
    "global_days",
    "multiple_procedure",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "pricing",
    "supervision",
    "imaging_family",
    "not_used",
    "nonfacility_na",
    "facility_na",
)

_BLANK_SPEAKS: Final = ("not_used", "nonfacility_na", "facility_na")
"""Marks that are published as set or as blank."""


def _values(name: str) -> tuple[str, ...]:
    return (*INDICATORS[name], "") if name in _BLANK_SPEAKS else tuple(INDICATORS[name])


_CODE: Final = (
    *(Field("code", name, values=_values(name), table=Table.FEE_SCHEDULE) for name in _FEE_TEXT),
    Field("code", "endoscopic_base", table=Table.FEE_SCHEDULE),
    *(_number("code", name, _PERCENT, table=Table.FEE_SCHEDULE) for name in ("pre", "intra", "post")),
    Field("code", "rows", Type.TEXTS, table=Table.FEE_SCHEDULE),
    Field("code", "in_force", values=("yes", "no", "unlisted"), table=Table.FEE_SCHEDULE),
    _date("code", "first_date", wide=False, table=Table.HCPCS),
    _date("code", "last_date", wide=False, table=Table.HCPCS),
    Field("code", "status_indicator", values=tuple(OppsStatus), table=Table.ADDENDUM_B),
    Field("code", "payment_indicator", values=(*AscPayment, ""), table=Table.ASC),
    Field("code", "multiple_discount", values=("Y", "N", ""), table=Table.ASC),
    Field("code", "coverage", values=tuple(HcpcsCoverage), table=Table.HCPCS),
    Field("code", "type_of_service", Type.TEXTS, table=Table.HCPCS),
    Field("code", "pricing_categories", Type.TEXTS, table=Table.HCPCS),
    _number("code", "mue", _MUE, table=Table.MUE),
    Field("code", "mai", values=tuple(INDICATORS["mai"]), table=Table.MUE),
    Field("code", "add_on_type", values=("", "1", "2", "3"), table=Table.ADD_ON),
)

RULE_TABLES: Final = tuple(dict.fromkeys(field.table for field in _CODE if field.table is not None))
"""The tables that the attributes of a code come from, as far as rules can name them."""

_PAIR: Final = (Field("pair", "modifier_indicator", values=("0", "1", "9"), table=Table.NCCI_PAIRS),)


def _index(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


def _other(fields: tuple[Field, ...], namespace: str) -> dict[str, Field]:
    return {field.name: attrs.evolve(field, namespace=namespace) for field in fields}


VOCABULARY: Final[Mapping[str, Mapping[str, Field]]] = {
    "line": _index(*_LINE),
    "code": _index(*_CODE),
    "claim": _index(*_CLAIM),
    "form": _index(*_FORM),
    "other": _other(_LINE, "other"),
    "other_code": _other(_CODE, "other_code"),
    "pair": _index(*_PAIR),
}
"""Every field, by namespace and name."""

PAIR_NAMESPACES: Final = frozenset({"other", "other_code", "pair"})
"""The namespaces that exist in ``pair`` scope only."""

_INPUT_OF: Final = {
    "age": "birth_date",
    "npi_valid": "npi",
    "diagnoses_malformed": "diagnoses",
    "principal_letter": "principal_diagnosis",
    "bill_class": "bill_type",
    "statement_years": "statement_to",
}


def input_of(field: Field) -> str | None:
    """Name the optional input that a field needs, ``None`` where it needs none."""
    return _INPUT_OF.get(field.name, field.name) if field.optional else None


def npis(columns: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Give the input ``npi`` where a column of a provider is called so: other ids have no check digit.

    ``columns`` are fields with the names of their columns.
    """
    held = ("provider", "billing_provider")
    called = any(field in held and "npi" in re.split("[^a-z]+", name.lower()) for field, name in columns)
    return frozenset({"npi"} if called else ())


KEY_FIELDS: Final = (
    "claim",
    "patient",
    "provider",
    "physician",
    "code",
    "from_date",
    "to_date",
    "year",
    "place_of_service",
    "setting",
    "charge",
    "revenue_code",
)
"""The fields that ``same`` may name, besides ``modifiers:sets.x``."""


def fields() -> tuple[Field, ...]:
    """Give every field, in a stable order."""
    return tuple(field for group in VOCABULARY.values() for field in group.values())


OFFERABLE: Final = frozenset(name for field in fields() if (name := input_of(field)))
"""The optional inputs of the rules."""
