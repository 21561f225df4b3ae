"""A cache of values derived from immutable objects, for as long as each object lives.

The issuer is the same object in all of its documents: what they have in common is 7 % of our own work on an invoice of
ten lines (`benchmarks`, goal 16). Hashing a model costs more than that, so identities serve as keys.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import ref

T = TypeVar("T")


def cached(make: Callable[..., T]) -> Callable[..., T]:
    """Cache what ``make(owner, *rest)`` returns, by owner and a detail: call the result with (owner, detail, *rest).

    ``detail`` stands for all that the value depends on besides the owner.
    """
    known: dict[tuple[int, Hashable], tuple[ref[Any], T]] = {}

    def get(owner: Any, detail: Hashable, *rest: Any) -> T:
        key = id(owner), detail
        entry = known.get(key)
        # An identity may be reused once its object is gone: the weak reference shows it.
        if entry is not None and entry[0]() is owner:
            return entry[1]
        value = make(owner, *rest)
        known[key] = ref(owner, lambda _: known.pop(key, None)), value
        return value

    return get
