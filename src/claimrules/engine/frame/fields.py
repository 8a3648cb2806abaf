"""How each field of a line is made from raw columns, in a frame."""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame import claim_fields
from claimrules.expr.to_frame import NO, SLOTS, UNKNOWN_MODIFIERS, YES, any_true
from claimrules.expr.vocabulary import fields, input_of, npis
from claimrules.model import facts, form
from claimrules.model.claim import EQUIPMENT
from claimrules.model.edition import CODE_SHAPES
from claimrules.model.form import MAX_MODIFIERS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.normalise import Reader

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

MODIFIER_COLUMNS: Final = tuple(f"line_modifiers_{slot}" for slot in SLOTS)
MODIFIERS: Final = tuple(f"modifier_{slot}" for slot in range(1, MAX_MODIFIERS + 2))
"""A fifth modifier is counted, and closes gaps; rules look at four."""
INPUTS: Final = (
    *(
        "code",
        *MODIFIERS,
        "units",
        "from_date",
        "to_date",
        "place_of_service",
        "charge",
        "setting",
        "revenue_code",
        "claim_id",
        "line_id",
        "patient",
    ),
    *("provider", "billing_provider", "group", "specialty", "documentation", "teaching", "narrative"),
    *("minutes", "dose", "diagnosis_pointers", "noncovered_charge", "allowed", "container"),
    *("equipment", "cancelled", "purchased"),
    *facts.FACTS,
)
"""The columns that a frame of lines may have."""

OPTIONAL: Final = frozenset(name for field in fields() if (name := input_of(field)) in INPUTS)
"""The columns that switch on rules which are otherwise not run."""


def offered_by(named: Mapping[str, str]) -> frozenset[str]:
    """The optional inputs that the columns of a frame offer; ``named`` gives each field's column."""
    return OPTIONAL & named.keys() | npis(named.items())


RAW_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "line_code": ("code",),
    "form_code": ("code",),
    "line_code_shape": ("code",),
    **dict.fromkeys(MODIFIER_COLUMNS, MODIFIERS),
    **dict.fromkeys(
        ("form_modifiers", "form_modifier_count", "line_component", "line_repeated_modifiers"), MODIFIERS
    ),
    "line_claim": ("claim_id",),
    "line_patient": ("patient", "claim_id"),
    "line_provider": ("provider", "billing_provider"),
    "claim_npi_valid": ("billing_provider",),
    "line_npi_valid": ("provider",),
    "claim_diagnoses_malformed": ("diagnoses",),
    "claim_principal_letter": ("principal_diagnosis",),
    "claim_bill_class": ("bill_type",),
    "claim_frequency": ("frequency", "bill_type"),
    "line_replaces_none": ("frequency", "bill_type", "replaces"),
    "claim_through_date": ("statement_to",),
    "claim_statement_years": ("statement_from", "statement_to"),
    "line_units_whole": ("units",),
    "line_age": ("birth_date",),
    "line_setting": (),
    "line_from_date": (),
    "line_to_date": (),
    "line_days": (),
    "line_year": (),
    "form_from_date": (),
    "form_to_date": (),
}
"""The raw columns that a field is made from, where they are not called like the field."""


_QUANTITIES: Final = ("dose", "container")
_AMOUNTS: Final = ("noncovered_charge", "allowed")
_MONEY: Final = ("charge", *_AMOUNTS)


def raw_columns(wanted: frozenset[str]) -> tuple[str, ...]:
    """The raw columns that the wanted fields are made from, in the order of ``INPUTS``."""
    found = {raw for name in wanted for raw in RAW_OF.get(name, (name.partition("_")[2],))}
    return tuple(name for name in INPUTS if name in found)


def derive(nw: Any, frame: "Lazy", reader: "Reader", wanted: frozenset[str]) -> "Lazy":
    """Add the wanted columns; what they need of each other comes first."""
    needs = set(wanted)
    if needs & {"line_component", "line_repeated_modifiers"}:
        needs |= set(MODIFIER_COLUMNS)
    if "line_code_shape" in needs:
        needs.add("line_code")
    if "line_units_whole" in needs:
        needs.add("line_units")
    money = [name for name in _MONEY if needs & {f"line_{name}", f"form_{name}"}]
    held = [part for name in money for part in reader.held(name)]
    for part in held:
        frame = frame.with_columns(**part)
    first = {name: make for name, make in _first(nw, reader).items() if name in needs}
    parts: dict[str, Expr] = {}
    for make in dict.fromkeys(first.values()):
        parts.update({name: expr for name, expr in make().items() if name in needs})
    frame = frame.with_columns(**parts) if parts else frame
    frame = frame.drop(*chain.from_iterable(held)) if held else frame
    later = {name: make(nw) for name, make in _LATER.items() if name in needs}
    return frame.with_columns(**later) if later else frame


Make = Callable[[], dict[str, "Expr"]]


def _first(nw: Any, reader: "Reader") -> dict[str, Make]:
    """What makes each column that comes straight from raw ones."""
    made: dict[str, Make] = {}

    def offer(names: tuple[str, ...], make: Make) -> None:
        made.update(dict.fromkeys(names, make))

    def both(name: str, read: Callable[[], tuple[Any, Any]]) -> None:
        offer(
            (f"line_{name}", f"form_{name}"),
            lambda: dict(zip((f"line_{name}", f"form_{name}"), read(), strict=True)),
        )

    both("code", lambda: reader.word("code", form.CODE_PATTERN))
    both("units", lambda: reader.number("units", form.UNITS_PATTERN, 3))
    both("charge", lambda: reader.money("charge"))
    both("place_of_service", lambda: reader.place("place_of_service"))
    offer((*MODIFIER_COLUMNS, "form_modifiers", "form_modifier_count"), reader.modifiers)
    for name in ("revenue_code", "group", "specialty"):
        offer((f"line_{name}",), lambda name=name: {f"line_{name}": reader.identifier(name)})  # type: ignore[misc]
    for name in ("documentation", "teaching", "narrative", "cancelled", "purchased"):
        offer((f"line_{name}",), lambda name=name: {f"line_{name}": reader.flag(name)})  # type: ignore[misc]
    for name in ("minutes", "diagnosis_pointers"):
        offer((f"line_{name}",), lambda name=name: {f"line_{name}": reader.number(name, "[0-9]{1,6}", 0)[0]})  # type: ignore[misc]
    for name in _QUANTITIES:
        offer(
            (f"line_{name}",),
            lambda name=name: {f"line_{name}": reader.number(name, form.UNITS_PATTERN, 3)[0]},  # type: ignore[misc]
        )
    for name in _AMOUNTS:
        offer((f"line_{name}",), lambda name=name: {f"line_{name}": reader.money(name)[0]})  # type: ignore[misc]
    offer(("line_equipment",), lambda: {"line_equipment": _equipment(nw, reader)})
    made.update(claim_fields.makers(nw, reader))
    offer(("line_age",), lambda: {"line_age": _age(nw, reader)})
    offer(("claim_through_date",), lambda: {"claim_through_date": _through_date(nw, reader)})
    offer(("line_replaces_none",), lambda: {"line_replaces_none": claim_fields.replaces_none(nw, reader)})
    offer(("line_claim",), lambda: {"line_claim": reader.identifier("claim_id")})
    offer(("line_patient",), lambda: {"line_patient": _either(nw, reader, "patient", "claim_id")})
    offer(("line_provider",), lambda: {"line_provider": _either(nw, reader, "provider", "billing_provider")})
    offer(("line_npi_valid",), lambda: {"line_npi_valid": claim_fields.npi_valid(nw, reader, "provider")})
    offer(("line_days",), lambda: {"line_days": days(nw)})
    offer(("line_year",), lambda: {"line_year": nw.col("line_from_date").dt.year().cast(nw.Int64)})
    return made


def _either(nw: Any, reader: "Reader", first: str, second: str) -> "Expr":
    return nw.coalesce(reader.identifier(first), reader.identifier(second))


def _equipment(nw: Any, reader: "Reader") -> "Expr":
    text = reader.raw("equipment").str.to_lowercase()
    return nw.when(text.is_in(list(EQUIPMENT))).then(text)


def day_number(nw: Any, day: "Expr") -> "Expr":
    """Days since the beginning of the calendar: engines disagree on what a date minus a date is."""
    year = day.dt.year().cast(nw.Int64) - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + day.dt.ordinal_day().cast(nw.Int64)


def days(nw: Any) -> "Expr":
    """Calendar days of the line, both ends counted."""
    start, end = nw.col("line_from_date"), nw.col("line_to_date")
    span = (day_number(nw, end) - day_number(nw, start) + 1).cast(nw.Int64)
    same = (start == end).fill_null(value=False)
    return nw.when(same).then(nw.lit(1, nw.Int64)).otherwise(span)


def _through_date(nw: Any, reader: "Reader") -> "Expr":
    """The last day of the claim's statement, else of the line."""
    return nw.coalesce(reader.day("statement_to")[0], nw.col("line_to_date"))


def _age(nw: Any, reader: "Reader") -> "Expr":
    """Whole years of the patient on the from-date."""
    born, day = reader.day("birth_date")[0], nw.col("line_from_date")
    dates = [each.dt.month().cast(nw.Int64) * 100 + each.dt.day().cast(nw.Int64) for each in (day, born)]
    before = dates[0] < dates[1]
    years = (day.dt.year() - born.dt.year()).cast(nw.Int64) - before.cast(nw.Int64)
    return nw.when((day >= born).fill_null(value=False)).then(years)


def _component(nw: Any) -> "Expr":
    carried = {text: any_true([nw.col(name) == text for name in MODIFIER_COLUMNS]) for text in ("26", "TC")}
    one = nw.when(carried["26"] & ~carried["TC"]).then(nw.lit("26"))
    other = nw.when(carried["TC"] & ~carried["26"]).then(nw.lit("TC")).otherwise(nw.lit(""))
    known = nw.col(MODIFIER_COLUMNS[0]) != UNKNOWN_MODIFIERS
    return nw.when(known).then(one.otherwise(other))


def _repeated(nw: Any) -> "Expr":
    total = nw.lit(0, nw.Int64)
    for slot, name in enumerate(MODIFIER_COLUMNS[1:], 1):
        repeats = any_true([nw.col(name) == nw.col(earlier) for earlier in MODIFIER_COLUMNS[:slot]])
        total = total + ((nw.col(name) != "") & repeats).cast(nw.Int64)
    return nw.when(nw.col(MODIFIER_COLUMNS[0]) != UNKNOWN_MODIFIERS).then(total)


def _shape(nw: Any) -> "Expr":
    code = nw.col("line_code")
    found = nw.lit(CODE_SHAPES[-1])
    patterns = {"nnnnn": r"\A[0-9]{5}\z", "Annnn": r"\A[A-Z][0-9]{4}\z"}
    patterns |= {f"nnnn{letter}": rf"\A[0-9]{{4}}{letter}\z" for letter in "TFUMA"}
    for shape, pattern in patterns.items():
        found = (
            nw.when(code.str.contains(pattern).fill_null(value=False)).then(nw.lit(shape)).otherwise(found)
        )
    return nw.when(~code.is_null()).then(found)


def _units_whole(nw: Any) -> "Expr":
    units = nw.col("line_units")
    text = nw.when((units % 1000 == 0).fill_null(value=False)).then(nw.lit(YES)).otherwise(nw.lit(NO))
    return nw.when(~units.is_null()).then(text)


_LATER: Final[Mapping[str, Callable[[Any], "Expr"]]] = {
    "line_component": _component,
    "line_repeated_modifiers": _repeated,
    "line_code_shape": _shape,
    "line_units_whole": _units_whole,
}
