"""The views of dataclasses and models without one of their own: their fields, as in their repr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from functools import singledispatch
from typing import Any

from ..models._base import Model
from .html import NOTHING, Html, card, table


@singledispatch
def show(value: Any) -> Html:
    """Return the HTML of a value: of a dataclass, the fields that are not empty nor hidden from its repr."""
    return _fields_card(value, type(value).__name__)


@show.register
def _(model: Model) -> Html:
    pairs = ((name, brief(value)) for name, value in model.__repr_args__() if name is not None)
    return card(type(model).__name__, pairs)


def brief(value: object) -> object:
    """Return what a cell shows of a model's field: a model as its own card, a list of them counted."""
    if isinstance(value, Model):
        return show(value) if any(value.__repr_args__()) else None
    if isinstance(value, tuple) and any(isinstance(each, Model) for each in value):
        return f"{len(value)} × {type(value[0]).__name__}"
    return value


def _fields_card(value: Any, title: str) -> Html:
    values = {each.name: getattr(value, each.name) for each in _shown_fields(value)}
    several = {
        name: each for name, each in values.items() if isinstance(each, tuple) and each and is_dataclass(each[0])
    }
    pairs = ((name, _cell(each)) for name, each in values.items() if name not in several)
    return card(title, pairs, *(_records(name, each) for name, each in several.items()))


def _records(caption: str, values: Sequence[Any]) -> Html:
    """Return several dataclasses as a table, one alone as a card."""
    if len(values) == 1:
        return _fields_card(values[0], caption)
    names = [each.name for each in _shown_fields(values[0])]
    rows = ([_cell(getattr(value, name, None)) for name in names] for value in values)
    return table(names, rows, caption=caption, wide=names)


def _shown_fields(value: Any) -> tuple[Field[Any], ...]:
    return tuple(each for each in fields(value) if each.repr)


def _cell(value: Any) -> object:
    """Return what a cell shows of a value: the length of bytes, and nested values as one text."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes" if value else ""
    if isinstance(value, Mapping):
        return tuple(f"{name}: {each}" for name, each in value.items())
    if is_dataclass(value):
        values = ((each.name, getattr(value, each.name)) for each in _shown_fields(value))
        return tuple(f"{name}: {each}" for name, each in values if each not in NOTHING)
    if isinstance(value, tuple):
        return tuple(str(each) if is_dataclass(each) else each for each in value)
    return value
