"""Values of the model from plain dicts and JSON, and to them; strictly, with every error at once.

Nothing is coerced: text is text, a list is a list, a Decimal comes from text or a whole number and
never from a float, a date is ISO text, an unknown key is an error. Going out, every field is kept, so
that the shape is stable: decimals and dates as text, sets as sorted lists, what is unknown as null.
``CheckResult.outcomes`` has neither shape in JSON and stays out both ways, as does the raw text of what is
rejected: it is health data that no report holds.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum, StrEnum
from typing import Any, Final, TypeVar, get_args, get_origin

import attrs
from cattrs import BaseValidationError, ClassValidationError, Converter, IterableValidationError
from cattrs.errors import ForbiddenExtraKeysError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from claimrules.model.checks import UnfitError
from claimrules.model.finding import CheckResult, Rejected
from claimrules.model.strict import (
    Refused,
    refuse,
    strict_bool,
    strict_date,
    strict_decimal,
    strict_enum,
    strict_int,
    strict_text,
)

T = TypeVar("T")
_LONGEST_KEY: Final = 60
_Hook = Callable[[Any, Any], Any]

_LEFT_OUT: Final[Mapping[type, tuple[str, ...]]] = {
    CheckResult: ("outcomes",),
    Rejected: ("raw", "raw_size"),
}


class StructureError(ValueError):
    """Data that do not fit; ``errors`` names each fault with the path of its field, and no value.

    >>> from claimrules.model.claim import ClaimLine
    >>> from_dict(ClaimLine, {"code": "G0105", "unit": "1"})
    Traceback (most recent call last):
    claimrules.model.structure.StructureError: unit: unknown field; did you mean "units"?
    """

    def __init__(self, *errors: str) -> None:
        """Hold the errors, one text each."""
        super().__init__(*errors)
        self.errors: tuple[str, ...] = errors

    def __str__(self) -> str:
        return "\n".join(self.errors)


def to_dict(value: "attrs.AttrsInstance") -> dict[str, Any]:
    """Give a value of the model as plain dicts, lists, text, numbers, booleans and ``None``."""
    plain: dict[str, Any] = _converter.unstructure(value)
    return plain


def from_dict(cls: type[T], data: object) -> T:
    """Build a ``cls`` from plain data, the inverse of ``to_dict``.

    Raises:
        StructureError: the data do not fit, with every fault and its path (``lines[2].units``).
    """
    try:
        return _converter.structure(data, cls)
    except (BaseValidationError, Refused) as fault:
        errors = tuple(_describe(fault, ""))
    raise StructureError(*errors)


def to_json(value: "attrs.AttrsInstance") -> str:
    """Give a value of the model as one line of JSON."""
    return json.dumps(to_dict(value), ensure_ascii=False)


def from_json(cls: type[T], text: str) -> T:
    """Build a ``cls`` from JSON text.

    Raises:
        StructureError: the text is not JSON, is nested too deeply, or does not fit ``cls``.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        error = f"line {fault.lineno}, column {fault.colno}: not JSON: {fault.msg}"
    except ValueError:
        error = "not JSON that can be read: a whole number has too many digits; write it as text"
    except RecursionError:
        error = "not JSON that can be read: it is nested too deeply"
    else:
        return from_dict(cls, data)
    raise StructureError(error)


def _describe(fault: BaseException, path: str) -> Iterator[str]:
    """Flatten the tree of faults into one text for each."""
    if isinstance(fault, ClassValidationError):
        inner, rest = fault.group_exceptions()
        for sub, note in inner:
            yield from _describe(sub, f"{path}.{note.name}" if path else note.name)
        for other in rest:
            yield from _describe(other, path)
    elif isinstance(fault, IterableValidationError):
        elements, rest = fault.group_exceptions()
        for sub, element in elements:
            yield from _describe(sub, f"{path}[{element.index}]")
        for other in rest:
            yield from _describe(other, path)
    elif isinstance(fault, ForbiddenExtraKeysError):
        yield from _describe_extra(fault, path)
    else:
        text = "required, but missing" if isinstance(fault, KeyError) else str(fault)
        yield f"{path}: {text}" if path else text


def _describe_extra(fault: ForbiddenExtraKeysError, path: str) -> Iterator[str]:
    known = [field.name for field in attrs.fields(fault.cl) if field.name not in _LEFT_OUT.get(fault.cl, ())]
    for key in sorted(map(str, fault.extra_fields)):
        yield f"{path + '.' if path else ''}{unknown_field(key, known)}"


def unknown_field(key: str, known: Sequence[str]) -> str:
    """Say that there is no field of a name, and which are called nearly so."""
    shown = repr(key[:_LONGEST_KEY])[1:-1] + "..." * (len(key) > _LONGEST_KEY)
    close = get_close_matches(shown, known, n=1)
    remedy = f'did you mean "{close[0]}"?' if close else f"the fields are {', '.join(known)}"
    return f"{shown}: unknown field; {remedy}"


def _sequence_hook(kind: Any, converter: Converter) -> _Hook:  # noqa: ANN401 (a type form has no type)
    make, inner = get_origin(kind), list[get_args(kind)[0]]  # type: ignore[misc]
    structure = converter.get_structure_hook(inner)

    def hook(value: object, _type: object) -> object:
        if not isinstance(value, list | tuple | set | frozenset):
            refuse("a list", value)
        return make(structure(value, inner))

    return hook


def _mapping_hook(kind: Any, converter: Converter) -> _Hook:  # noqa: ANN401 (a type form has no type)
    key_kind, value_kind = get_args(kind)
    structure_key, structure_value = map(converter.get_structure_hook, (key_kind, value_kind))

    def hook(value: object, _type: object) -> object:
        if not isinstance(value, Mapping):
            refuse("an object", value)
        made: dict[Any, Any] = {}
        faults: list[Exception] = []
        for key, element in value.items():
            made_key = _noted(structure_key, key, key_kind, key, faults)
            made[made_key] = _noted(structure_value, element, value_kind, key, faults)
        if faults:
            message = "a mapping does not fit"
            raise IterableValidationError(message, faults, kind)
        return made

    return hook


def _noted(structure: _Hook, value: object, kind: type, key: str, faults: list[Exception]) -> object:
    """Structure one key or value of a mapping; cattrs does not report a key whose value is wrong too."""
    try:
        return structure(value, kind)
    except (BaseValidationError, Refused) as fault:
        fault.add_note(IterableValidationNote("", key, kind))
        faults.append(fault)
        return None


def _class_hook(cls: Any, converter: Converter) -> _Hook:  # noqa: ANN401 (a type form has no type)
    overrides = {
        field.name: override(struct_hook=_checked(field, converter))
        for field in attrs.fields(cls)
        if field.validator is not None
    } | {name: override(omit=True) for name in _LEFT_OUT.get(cls, ())}
    structure = make_dict_structure_fn(
        cls,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
        **overrides,  # type: ignore[arg-type]
    )

    def hook(value: object, _type: object) -> object:
        if not isinstance(value, Mapping):
            known = "" if cls.__name__.startswith("_") else f" with the fields of {cls.__name__}"
            refuse(f"an object{known}", value)
        return structure(value, cls)

    return hook


def _checked(field: "attrs.Attribute[Any]", converter: Converter) -> _Hook:
    """Run the field's validator where its path is still known; a text that may hold the value is dropped."""
    structure = converter.get_structure_hook(field.type)

    def hook(value: object, kind: object) -> object:
        made = structure(value, kind)
        try:
            field.validator(None, field, made)  # type: ignore[misc]
        except UnfitError as error:
            raise Refused(str(error).removeprefix(f"{field.name}: ")) from None
        except ValueError:
            message = "is no value that the field can hold"
            raise Refused(message) from None
        return made

    return hook


def _plain_class_hook(cls: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 (as above)
    left_out = {name: override(omit=True) for name in _LEFT_OUT.get(cls, ())}
    return make_dict_unstructure_fn(cls, converter, **left_out)  # type: ignore[arg-type]


def _is_sequence(kind: Any) -> bool:  # noqa: ANN401 (a type form has no type)
    return get_origin(kind) in (tuple, frozenset)


def _is_mapping(kind: Any) -> bool:  # noqa: ANN401 (a type form has no type)
    return get_origin(kind) is Mapping


def _text_or_enum(value: object, kind: type[str]) -> object:
    """Read text, or a member of a text enum: cattrs finds the hook of ``str`` for its subclasses too."""
    return strict_enum(value, kind) if issubclass(kind, Enum) else strict_text(value, kind)


def _make_converter() -> Converter:
    converter = Converter(unstruct_collection_overrides={tuple: list, frozenset: sorted})
    converter.register_structure_hook(str, _text_or_enum)
    converter.register_structure_hook(bool, strict_bool)
    converter.register_structure_hook(int, strict_int)
    converter.register_structure_hook(Decimal, strict_decimal)
    converter.register_structure_hook(date, strict_date)
    converter.register_structure_hook_factory(_is_sequence, _sequence_hook)
    converter.register_structure_hook_factory(_is_mapping, _mapping_hook)
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    converter.register_unstructure_hook(StrEnum, str)
    converter.register_unstructure_hook(Decimal, "{:f}".format)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook_factory(attrs.has, _plain_class_hook)
    return converter


_converter: Final = _make_converter()
