"""The registry of the kinds of document: look-up by name, model or root element."""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

from ..errors import UnsupportedDocument
from . import FAMILIES
from .spec import DocumentKind, Family, Standing

_declared: tuple[Family, ...] = ()
"""Families that a test or a program adds to the library's; caches depend on them."""
_lock = Lock()


@cache
def _own() -> tuple[Family, ...]:
    return tuple(import_module(f"{__package__}.{name}").FAMILY for name in FAMILIES)


def families() -> tuple[Family, ...]:
    """Return every family."""
    return _all(_declared)


@cache
def _all(more: tuple[Family, ...]) -> tuple[Family, ...]:
    return (*_own(), *more)


def usual_family() -> Family:
    """Return the default family: the first."""
    return families()[0]


def kinds() -> Iterator[DocumentKind]:
    """Yield every kind of document."""
    for family in families():
        yield from family.kinds


@cache
def _by_name(more: tuple[Family, ...]) -> dict[str, DocumentKind]:
    known: dict[str, DocumentKind] = {}
    names: dict[str, Family] = {}
    for family in _all(more):
        if family.name in names:
            raise ValueError(f"two families are called {family.name}: {names[family.name].package}, {family.package}")
        names[family.name] = family
        for each in family.kinds:
            if each.name in known:
                raise ValueError(
                    f"two kinds of document are called {each.name}: {known[each.name].family.name}, {family.name}"
                )
            known[each.name] = each
    return known


def find(name: str) -> DocumentKind | None:
    """Return the kind of that name; None when there is none."""
    return _by_name(_declared).get(name)


def find_type(code: str) -> DocumentKind | None:
    """Return the first kind whose documents have that type code; None when there is none."""
    return next((each for each in kinds() if code and code in each.type_codes), None)


def kind(name: str) -> DocumentKind:
    """Return the kind of that name; raise ``LookupError`` for a name that no family declares."""
    found = find(name)
    if found is None:
        raise LookupError(f"no family declares a kind called {name}")
    return found


def labels(chosen: Iterable[DocumentKind]) -> str:
    """Return the labels of the kinds given, separated by commas, for messages."""
    return ", ".join(each.label for each in chosen)


def model_kind(model: type[Any]) -> DocumentKind | None:
    """Return the kind whose model is a class or one of its bases; None when there is none."""
    hashable: Any = model
    return _model_kind(hashable, _declared)


@cache
def _model_kind(model: Any, more: tuple[Family, ...]) -> DocumentKind | None:
    known = {each.model_path: each for family in _all(more) for each in family.kinds}
    places = ((cls.__module__, cls.__qualname__) for cls in model.__mro__)
    return next((known[place] for place in places if place in known), None)


def standing_of(thing: Any) -> Standing | None:
    """Return the `Standing` of a document; None for anything else."""
    found = model_kind(type(thing))
    return None if found is None else found.standing


def kind_standing(standing: Standing) -> DocumentKind:
    """Return the first kind of a standing: DIAN's answer, the container."""
    return next(each for each in kinds() if each.standing is standing)


def kind_of(document: Any) -> DocumentKind:
    """Return the kind of a document; raise ``UnsupportedDocument`` for anything else."""
    found = model_kind(type(document))
    if found is None:
        raise UnsupportedDocument.of(
            "families.unsupported_document",
            field="document",
            found=type(document).__name__,
            expected=", ".join(each.model_path[1] for each in kinds()),
        )
    return found


def _pickled(known: DocumentKind) -> tuple[Any, tuple[str]]:
    """Pickle a kind by its name: in another process it is that process's own, as kinds are compared by identity."""
    return kind, (known.name,)


copyreg.pickle(DocumentKind, _pickled)


def kinds_of_root(local_name: str) -> tuple[DocumentKind, ...]:
    """Return the kinds whose root element has that local name."""
    return _roots(_declared).get(local_name, ())


@cache
def _roots(more: tuple[Family, ...]) -> dict[str, tuple[DocumentKind, ...]]:
    found: dict[str, tuple[DocumentKind, ...]] = {}
    for family in _all(more):
        for each in family.kinds:
            found[each.root] = (*found.get(each.root, ()), each)
    return found


@contextmanager
def declared(family: Family) -> Iterator[Family]:
    """Add a family to the library's, for every thread, while the context lasts.

    Raise ``ValueError`` if another family has its name, or another kind that of one of its own.
    """
    global _declared
    with _lock:
        _by_name((*_declared, family))
        for each in family.kinds:  # a copy of the family may have taken over its kinds
            object.__setattr__(each, "family", family)
        _declared = (*_declared, family)
    try:
        yield family
    finally:
        with _lock:
            _declared = tuple(each for each in _declared if each is not family)
