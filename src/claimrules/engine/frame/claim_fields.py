"""What a bill says once, from raw columns of a frame: by the patterns of ``model.facts``."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from claimrules.expr.to_frame import NO, YES
from claimrules.expr.vocabulary import PRESENT, PRESENT_ANYWAY
from claimrules.model import facts
from claimrules.model.form import Form

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.normalise import Reader

    Expr = nw.Expr

Make = Callable[[], dict[str, "Expr"]]


def makers(nw: Any, reader: "Reader") -> dict[str, Make]:
    """What makes each column of the claim, and those that say whether something came."""
    made: dict[str, Callable[[], Expr]] = {
        "billing_provider": lambda: reader.identifier("billing_provider"),
        "npi_valid": lambda: npi_valid(nw, reader, "billing_provider"),
        "diagnoses": lambda: _how_many(nw, reader),
        "diagnoses_malformed": lambda: _how_many(nw, reader, but=facts.DIAGNOSIS),
        "condition_codes": lambda: _condition_codes(nw, reader),
        "principal_letter": lambda: _text(nw, reader, "principal_diagnosis").str.slice(0, 1),
        "bill_class": lambda: _text(nw, reader, "bill_type").str.slice(0, 2),
        "statement_years": lambda: _years(nw, reader),
    }
    made |= {name: partial(_day, reader, name) for name in facts.DATES}
    made |= {name: partial(_text, nw, reader, name) for name in facts.TEXTS}
    made["frequency"] = lambda: frequency(nw, reader)
    columns = {f"claim_{name}": make for name, make in made.items()}
    for name in (*PRESENT, *PRESENT_ANYWAY):
        read = made.get(name, partial(reader.identifier, name))
        columns[f"form_{name}"] = partial(_present, nw, read)
    return {name: partial(_called, name, make) for name, make in columns.items()}


def _called(name: str, make: "Callable[[], Expr]") -> "dict[str, Expr]":
    return {name: make()}


def _day(reader: "Reader", name: str) -> "Expr":
    return reader.day(name)[0]


def _text(nw: Any, reader: "Reader", name: str) -> "Expr":
    """A text in capitals; null where its shape is another."""
    pattern, changes = facts.TEXTS[name]
    text = reader.raw(name).str.to_uppercase()
    found = nw.when(text.str.contains(rf"\A(?:{pattern})\z")).then(text)
    for old, new in changes:
        found = found.str.replace_all(old, new)
    return found


def frequency(nw: Any, reader: "Reader") -> "Expr":
    """The frequency of the claim, where need be from its type of bill."""
    of_bill = _text(nw, reader, "bill_type").str.slice(facts.FREQUENCY_AT, 1)
    return nw.coalesce(_text(nw, reader, "frequency"), of_bill)


def replacing(nw: Any, reader: "Reader") -> "Expr":
    """Whether a line's claim replaces another one of which lines may be given, or may be replaced."""
    told, named = frequency(nw, reader), reader.raw(facts.REPLACES)
    replaces = told.is_in(list(facts.REPLACING)).fill_null(value=False) | (told.is_null() & (named != ""))
    return (replaces & (named.str.to_lowercase() != facts.NONE_GIVEN)) | (named == facts.DOUBTFUL)


def replaces_none(nw: Any, reader: "Reader") -> "Expr":
    """Yes where it does not; where it does, that is unknown."""
    return nw.when(~replacing(nw, reader)).then(nw.lit(YES))


def _present(nw: Any, read: "Callable[[], Expr]") -> "Expr":
    """Whether a field came."""
    return nw.when(read().is_null()).then(nw.lit(Form.MISSING.value)).otherwise(nw.lit(Form.OK.value))


def _listed(nw: Any, reader: "Reader", name: str) -> "Expr":
    """The members of a list as ``<21><45>``."""
    text = reader.raw(name).str.to_uppercase().str.replace_all(facts.LISTS[name], "><")
    return nw.concat_str([nw.lit("<"), text, nw.lit(">")]).str.replace_all("<>", "", literal=True)


def _condition_codes(nw: Any, reader: "Reader") -> "Expr":
    said = reader.raw("condition_codes") != facts.NOT_SAID
    return nw.when(said).then(_listed(nw, reader, "condition_codes"))


def _how_many(nw: Any, reader: "Reader", but: str = "") -> "Expr":
    """How many diagnoses there are, but for those of a shape."""
    counted = reader.raw("diagnoses").str.contains(rf"\A(?:{facts.COUNT})\z")
    listed = _listed(nw, reader, "diagnoses")
    listed = nw.when((listed != "") & ~counted).then(listed)
    left = listed.str.replace_all(f"<{but}>", "") if but else listed
    return left.str.replace_all("[^<]", "").str.len_chars().cast(nw.Int64)


def _years(nw: Any, reader: "Reader") -> "Expr":
    """How many calendar years the statement touches."""
    first, last = (
        reader.day(name)[0].dt.year().cast(nw.Int64) for name in ("statement_from", "statement_to")
    )
    return last - first + 1


def npi_valid(nw: Any, reader: "Reader", name: str) -> "Expr":
    """The check digit of an NPI, as ``model.npi`` computes it."""
    text = reader.raw(name)
    shaped = text.str.contains(r"\A[0-9]{10}\z")
    total = nw.lit(24)
    for place in range(10):
        digit = nw.when(shaped).then(text.str.slice(9 - place, 1)).cast(nw.Int64)
        value = digit * (2 if place % 2 else 1)
        total = total + nw.when(value > 9).then(value - 9).otherwise(value)  # noqa: PLR2004 (see model.npi)
    right = shaped & (total % 10 == 0).fill_null(value=False)
    return nw.when(text != "").then(nw.when(right).then(nw.lit(YES)).otherwise(nw.lit(NO)))
