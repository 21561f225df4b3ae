"""The place of a refused value in a model, and what belongs there, in the caller's notation."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

_WORDS: dict[Any, tuple[str, str]] = {
    str: ("un texto", "escriba el valor entre comillas"),
    SecretStr: ("un texto", "escriba el valor entre comillas"),
    int: ("un número entero", "escriba un número entero, sin comillas"),
    Decimal: ('un número como Decimal("18500.50") o "18500.50"', "escriba un número exacto: Decimal, int o texto"),
    bool: ("true o false", "escriba True o False"),
    date: ("una fecha, por ejemplo 2026-03-02", "escriba date(2026, 3, 2), o su texto ISO 8601"),
    datetime: (
        "una fecha y hora con zona, por ejemplo 2026-03-02T10:15:00-05:00",
        "escriba un datetime con zona, o su texto ISO 8601",
    ),
    bytes: ("bytes", "escriba los bytes"),
}
_MAKERS = {
    "AllowanceCharge": "discount(10) o charge(amount=500)",
    "Party": "Organization(…) o Customer(…)",
    "Payment": "Payment.cash() o Payment.credit(fecha)",
    "TaxTotal": "iva(19), inc(8) u otra de las funciones de impuestos",
}
"""Functions that make a model more easily than its constructor."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a model: its path as a caller writes it, the model that has the field, and the field's type."""

    path: str
    name: str
    model: type[BaseModel] | None
    annotation: Any
    above: tuple[str, ...]
    """The paths of the fields around it."""

    @property
    def alternatives(self) -> bool:
        """True if the field accepts several types, one of them a model."""
        args = [arg for arg in _members(self.annotation) if arg is not type(None)]
        return len(args) > 1 and bool(models_in(self.annotation))

    @property
    def many(self) -> bool:
        """True if the field accepts a list."""
        return any(get_origin(member) is tuple for member in _members(self.annotation))


def place_of(cls: type[BaseModel], loc: tuple[int | str, ...]) -> Place:
    """Return the place of pydantic's location, without the marks that pydantic adds."""
    path = name = ""
    above: list[str] = []
    model: type[BaseModel] | None = cls
    candidates: tuple[type[BaseModel], ...] = (cls,)
    annotation: Any = None
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(part, int):
            path += f"[{part}]"
            annotation = _item(annotation)
            continue
        owner = next((each for each in candidates if part in each.model_fields), None)
        if owner is None:
            named = [each for each in candidates if each.__name__ == part]
            if named:
                candidates = tuple(named)
            if named or not last or not candidates or _is_mark(part):
                continue
            owner = candidates[0]
        if path:
            above.append(path)
        path += f".{part}" if path else part
        name, model = part, owner
        info = owner.model_fields.get(part)
        annotation = None if info is None else info.annotation
        candidates = models_in(annotation)
    return Place(path, name, model, annotation, tuple(above))


def _is_mark(part: str) -> bool:
    """True for a mark that pydantic added: the kind of an alternative, or a validator's name."""
    return not part.isidentifier() or part in ("str", "int", "nullable", "is-instance")


def _members(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of an annotation."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(member for arg in get_args(annotation) for member in _members(arg))
    return (annotation,)


def _item(annotation: Any) -> Any:
    for member in _members(annotation):
        if get_origin(member) is tuple:
            return get_args(member)[0]
    return annotation


def models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that a field accepts, alone or in a list."""
    try:
        return _models_in(annotation)
    except TypeError:  # an unhashable annotation
        return _models_of(annotation)


def _models_of(annotation: Any) -> tuple[type[BaseModel], ...]:
    found: list[type[BaseModel]] = []
    for member in _members(annotation):
        if get_origin(member) is tuple:
            found += models_in(get_args(member)[0])
        elif isinstance(member, type) and issubclass(member, BaseModel):
            found.append(member)
    return tuple(found)


_models_in = cache(_models_of)


def shape_of(annotation: Any, name: str) -> tuple[str, str]:
    """Return the values that a field accepts and how to write them, in Spanish."""
    expected: list[str] = []
    remedies: list[str] = []
    for member in _members(annotation):
        if member is type(None):
            continue
        told, remedy = _shape(member)
        if told not in expected:
            expected.append(told)
            remedies.append(remedy)
    if not expected:
        return "otro valor", f"corrija {name}."
    return " o ".join(expected), f"{'; o '.join(remedies)}."


def _shape(member: Any) -> tuple[str, str]:
    origin = get_origin(member)
    if origin is tuple:
        item, _ = shape_of(get_args(member)[0], "")
        return f"una lista; cada elemento: {item}", "ponga los valores entre corchetes"
    if origin is Literal:
        values = ", ".join(map(repr, get_args(member)))
        return values, f"escriba {values}, o quite el dato"
    if isinstance(member, type):
        if member in _WORDS:
            return _WORDS[member]
        if issubclass(member, BaseModel):
            made = _MAKERS.get(member.__name__) or constructor(member)
            return f"{member.__name__}, o un objeto con sus campos", f"escriba {made}"
        if issubclass(member, Enum):
            values = ", ".join(str(each.value) for each in member)
            return values, f"escriba un valor de {member.__name__}"
    return "otro valor", "corrija el valor"


def constructor(model: type[BaseModel]) -> str:
    """Return the call that makes a model, with its required arguments: ``ExchangeRate(currency=…, rate=…)``."""
    needed = [f"{name}=…" for name, info in model.model_fields.items() if info.is_required()]
    return f"{model.__name__}({', '.join(needed) or '…'})"
