"""Which kinds of document there are, and which one a name, a model or a root element is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from ..errors import UnsupportedDocument
from . import FAMILIES
from .spec import DocumentKind, Family, Standing

_declared: list[Family] = []
"""Families that a test or a program declares besides those of the library."""


@cache
def _own() -> tuple[Family, ...]:
    return tuple(import_module(f"{__package__}.{name}").FAMILY for name in FAMILIES)


def families() -> tuple[Family, ...]:
    """Return every family."""
    return (*_own(), *_declared)


def kinds() -> Iterator[DocumentKind]:
    """Yield every kind of document."""
    for family in families():
        yield from family.kinds


@cache
def _by_name() -> dict[str, DocumentKind]:
    known: dict[str, DocumentKind] = {}
    for each in kinds():
        if each.name in known:
            raise ValueError(f"two kinds of document are called {each.name}")
        known[each.name] = each
    return known


def find(name: str) -> DocumentKind | None:
    """Return the kind of that name; None when there is none."""
    return _by_name().get(name)


def kind(name: str) -> DocumentKind:
    """Return the kind of that name; raise ``LookupError`` for a name that no family declares."""
    found = find(name)
    if found is None:
        raise LookupError(f"no family declares a kind called {name}")
    return found


def labels(chosen: Iterable[DocumentKind]) -> str:
    """Return what people call some kinds, for messages."""
    return ", ".join(each.label for each in chosen)


def model_kind(model: type[Any]) -> DocumentKind | None:
    """Return the kind whose documents are of a class or of one above it; None when there is none."""
    hashable: Any = model
    return _model_kind(hashable)


@cache
def _model_kind(model: Any) -> DocumentKind | None:
    known = {each.model_path: each for each in kinds()}
    places = ((cls.__module__, cls.__qualname__) for cls in model.__mro__)
    return next((known[place] for place in places if place in known), None)


def standing_of(thing: Any) -> Standing | None:
    """Return what a document is to others; None of what is no document."""
    found = model_kind(type(thing))
    return None if found is None else found.standing


def kind_standing(standing: Standing) -> DocumentKind:
    """Return the first kind of a standing: DIAN's answer, the container."""
    return next(each for each in kinds() if each.standing is standing)


def kind_of(document: Any) -> DocumentKind:
    """Return the kind of a document; raise ``UnsupportedDocument`` for what is none."""
    found = model_kind(type(document))
    if found is None:
        raise UnsupportedDocument(
            "este objeto no es un documento que se conozca.",
            found=type(document).__name__,
            expected=", ".join(each.model_path[1] for each in kinds()),
            remedy="hágalo con from_lines, o léalo con read.",
        )
    return found


@cache
def kinds_of_root(local_name: str) -> tuple[DocumentKind, ...]:
    """Return the kinds whose root element has that local name."""
    return tuple(each for each in kinds() if each.root == local_name)


@contextmanager
def declared(family: Family) -> Iterator[Family]:
    """Declare a family besides those of the library while the context lasts.

    Raise ``ValueError`` if another kind has the name of one of its own.
    """
    _declared.append(family)
    try:
        _forget()
        _by_name()
        yield family
    finally:
        _declared.remove(family)
        _forget()


def _forget() -> None:
    for known in (_by_name, _model_kind, kinds_of_root):
        known.cache_clear()
