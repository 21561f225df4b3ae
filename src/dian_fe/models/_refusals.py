"""Errors for refused values: pydantic's errors as the library's own types, in Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel, ValidationError

from .. import errors
from .._blank import MESSAGE, REMEDY, is_blank, whole_number
from .._xmlchars import FORBIDDEN
from ..catalogs import CodeEnum
from ..errors import InvalidInput
from ._numbers import Absent
from ._shapes import Place, constructor, models_in, place_of, shape_of

ALPHANUMERIC = r"^[0-9A-Za-z]*$"
"""Pattern of prefixes: letters and digits only."""
THREE_DIGITS = r"^[0-9]{3}$"
"""Pattern of a provider's code in file names."""
SINGLE = f"^[^;{FORBIDDEN}]*$"
"""Pattern of the codes that XML joins with semicolons."""

_KEYS = {
    "string_too_short": "models.empty_text",
    "string_too_long": "models.text_too_long",
    "string_pattern_mismatch": "models.text_form",
    "string_unicode": "models.not_unicode",
    "string_type": "models.not_a_text",
    "too_short": "models.empty_value",
}
"""Keys of the texts for some of pydantic's error types."""
_EXPECTED = {
    "greater_than": "más de {gt}",
    "greater_than_equal": "{ge} o más",
    "less_than": "menos de {lt}",
    "less_than_equal": "{le} o menos",
}
"""Expected values by pydantic's error type; the braces are placeholders for the constraint."""
_PATTERNS = {
    ALPHANUMERIC: "solo letras y dígitos, sin espacios ni signos",
    THREE_DIGITS: "tres dígitos",
    SINGLE: "un código por elemento, sin punto y coma",
}
_LISTED = re.compile(r"\S\s*[,;]\s*\S|\S\s+\S+@")
"""A text that holds several values."""
_SECRET_FIELDS = frozenset({"pin", "technical_key", "password"})
"""Fields whose value never appears in a message."""
_SINGLES = (BaseModel, Mapping, str, bytes)
"""Single values that Python can iterate over: where a list is expected, the brackets are missing."""


def _typed(detail: Mapping[str, Any], place: Place) -> InvalidInput:
    """Return the typed error for one of pydantic's error details."""
    inner = detail.get("ctx", {}).get("error")
    if isinstance(inner, errors.DianFeError):
        inner.at(place.path)
        if isinstance(inner, InvalidInput):
            return inner
        return InvalidInput(
            inner.message, field=inner.field, found=inner.found, expected=inner.expected, remedy=inner.remedy
        )
    kind, given, context = detail["type"], detail.get("input"), detail.get("ctx", {})
    shape, remedy = shape_of(place.annotation, place.name)
    found, wanted = _found(detail), _constraint(kind, context)
    if is_blank(given):
        return InvalidInput(MESSAGE, field=place.path, found=found, expected=shape, remedy=REMEDY)
    if kind == "missing":
        return _missing(place)
    if kind == "extra_forbidden":
        return _unknown(place)
    if kind == "enum" and (members := _enum_of(place)) is not None:
        from ..catalogs._catalog import catalog_of  # only a refusal needs the index of the lists

        return catalog_of(members).unknown(given, field=place.path)
    if kind not in _KEYS:
        return InvalidInput.of(
            "models.unfit_value", field=place.path or None, found=found, expected=wanted or shape, remedy=remedy
        )
    if kind == "string_unicode":
        return errors.ForbiddenCharacter.of(_KEYS[kind], field=place.path, found=found)
    if kind == "string_pattern_mismatch" and wanted is None:
        return errors.ForbiddenCharacter.of("models.control_character", field=place.path, found=found)
    words = {} if wanted is None else {"expected": wanted}
    if kind == "string_too_short" and _is_required(place):
        words["remedy"] = "escriba un texto."
    if kind == "string_type" and models_in(place.annotation):
        words = {"expected": shape, "remedy": remedy}
    elif kind == "string_type" and given is None:
        words["remedy"] = f"escriba {place.name} como texto{'' if _is_required(place) else ', u omítalo'}."
    elif kind == "string_type" and (whole := whole_number(given)) is not None and found:
        words["remedy"] = f'escriba el texto "{whole}".'
    return InvalidInput.of(_KEYS[kind], field=place.path, found=found, **words, **context)


def _is_required(place: Place) -> bool:
    """True if the model requires this field."""
    info = None if place.model is None else place.model.model_fields.get(place.name)
    return info is None or info.is_required()


def _missing(place: Place) -> InvalidInput:
    expected, _ = shape_of(place.annotation, place.name)
    call = "" if place.model is None else f" en {constructor(place.model)}"
    return InvalidInput.of("models.missing_field", field=place.path, expected=expected, name=place.name, call=call)


def _unknown(place: Place) -> InvalidInput:
    """Return the error for an unknown name, without its value, which may be a secret."""
    from .._meant import meant  # only a refusal needs it

    name, model = place.name, place.model
    fields = () if model is None else tuple(model.model_fields)
    owner = "el modelo" if model is None else model.__name__
    inside = None if model is None else _inside(model, name)
    close = meant(name, fields, alike=inside is None)
    expected = f"un campo de {owner}"
    if close is not None:
        remedy = f"¿Quiso decir {close}? Escriba {close}=… en vez de {name}=…."
    elif inside is not None:
        remedy = f"ese dato va dentro de {inside[0]}: {inside[0]}={inside[1].__name__}({name}=…)."
    else:
        remedy = f"quite {name}, o escriba uno de los campos de {owner}."
    return InvalidInput.of(
        "models.unknown_field",
        field=place.path,
        found=name,
        expected=expected if close else f"{expected}: {', '.join(fields)}",
        remedy=remedy,
        owner=owner,
    )


def _inside(model: type[BaseModel], name: str) -> tuple[str, type[BaseModel]] | None:
    """Return the field whose own model has a field of that name."""
    for field, info in model.model_fields.items():
        for part in models_in(info.annotation):
            if name in part.model_fields:
                return field, part
    return None


def _enum_of(place: Place) -> type[CodeEnum] | None:
    annotation = place.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, CodeEnum) else None


def _constraint(kind: str, constraint: Mapping[str, Any]) -> str | None:
    if kind in _EXPECTED:
        return _EXPECTED[kind].format_map(constraint)
    if "expected" in constraint:
        return str(constraint["expected"]).replace(" or ", " o ")
    return _PATTERNS.get(constraint.get("pattern", ""))


def _found(detail: Mapping[str, Any]) -> str | None:
    """Return the given value, shortened; never a secret."""
    if not _SECRET_FIELDS.isdisjoint(map(str, detail["loc"])):
        return None
    return shown_value(detail.get("input"))


def shown_value(value: Any) -> str:
    """Return a value as messages show it: shortened, and a model by its name."""
    if isinstance(value, BaseModel):
        return type(value).__name__
    if isinstance(value, type):
        return f"la clase {value.__name__}"
    if isinstance(value, Enum):
        return repr(value.value)
    if isinstance(value, str) and (control := re.search(f"[{FORBIDDEN}]", value)):
        return f"{value[max(0, control.start() - 10) : control.start() + 10]!r}, posición {control.start()}"
    if value is None or isinstance(value, str | int | float | list | tuple | dict | set):
        try:
            written = repr(value)
        except RecursionError:
            return type(value).__name__
        return written if len(written) <= 60 else f"{written[:57]}…"
    return type(value).__name__


def _single(details: list[Any], cls: type[BaseModel], given: Any) -> dict[tuple[int | str, ...], InvalidInput]:
    """Return the errors for single values given as lists, by location: pydantic would iterate over their parts."""
    found: dict[tuple[int | str, ...], InvalidInput] = {}
    for detail in details:
        loc = detail["loc"]
        for length in range(1, len(loc) + (detail["type"] == "tuple_type")):
            here = loc[:length]
            if here in found or isinstance(here[-1], int) or (length < len(loc) and not isinstance(loc[length], int)):
                continue
            value = _value_at(given, here)
            place = place_of(cls, here)
            if isinstance(value, _SINGLES) and place.many:
                expected, _ = shape_of(place.annotation, place.name)
                shown = shown_value(value) if isinstance(value, str | bytes) else f"un solo {type(value).__name__}"
                found[here] = InvalidInput.of(
                    "models.single_value",
                    field=place.path,
                    found=shown,
                    expected=expected,
                    remedy=f"póngalo entre corchetes: {place.name}=[…]."
                    if shown[:1] not in "'\"" or not _LISTED.search(shown)
                    else f"póngalos en una lista, cada uno entre comillas: {place.name}=[…, …].",
                )
    return found


def _value_at(given: Any, loc: tuple[int | str, ...]) -> Any:
    for part in loc:
        try:
            indexed: Any = given if isinstance(given, Mapping | list | tuple) else None
            given = getattr(given, str(part), None) if indexed is None else indexed[part]
        except (LookupError, TypeError):
            return None
    return given


def _misnamed(details: list[Any], cls: type[BaseModel]) -> Iterator[tuple[int | str, ...]]:
    """Yield the places of data missing because of a mistyped name, which is reported instead."""
    from .._meant import meant

    for detail in details:
        if detail["type"] == "extra_forbidden":
            *above, name = detail["loc"]
            model = place_of(cls, detail["loc"]).model
            if model is not None and (close := meant(str(name), model.model_fields)):
                yield (*above, close)


def _place_errors(error: ValidationError, cls: type[BaseModel], given: Any) -> Iterator[InvalidInput]:
    details = error.errors(include_url=False)
    singles = _single(details, cls, given)
    yield from singles.values()
    misnamed = set(_misnamed(details, cls))
    told: set[str] = set()
    for detail in details:
        loc = detail["loc"]
        if loc in misnamed and (detail["type"] == "missing" or isinstance(detail.get("input"), Absent)):
            continue
        if detail["type"] == "default_factory_not_called":  # the missing datum says the same
            continue
        if any(loc[: len(single)] == single for single in singles):
            continue
        place = place_of(cls, loc)
        typed = _typed(detail, place)
        # For a field of a model or a text pydantic reports both alternatives: one is enough.
        if place.alternatives and place.path in told:
            continue
        told.update(path for path in (place.path, *place.above))
        yield from typed.errors


def translate(error: ValidationError, cls: type[BaseModel], given: Any = None) -> InvalidInput:
    """Return pydantic's error as the library's: the single problem, or an `InvalidInput` that lists all of them."""
    found: list[InvalidInput] = []
    for typed in _place_errors(error, cls, given):
        typed.owner = cls.__name__
        found.append(typed)
    if len(found) == 1:
        return found[0]
    kinds = {type(item) for item in found}
    kind = kinds.pop() if len(kinds) == 1 else InvalidInput
    return kind(
        f"{cls.__name__}: {len(found)} datos no sirven: " + " | ".join(str(item) for item in found), errors=found
    )
