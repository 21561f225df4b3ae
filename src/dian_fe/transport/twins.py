"""Methods of twin classes, written once as coroutines: one class awaits them, the other runs them to completion.

`Client` and `AsyncClient` are twins, as are `Company` and `AsyncCompany`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")


def finish(coroutine: Coroutine[Any, Any, R]) -> R:
    """Return the result of a coroutine that never suspends: what it awaits blocks the thread instead."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: R = stop.value
        return result
    coroutine.close()
    raise RuntimeError("the coroutine waits for an event loop")


class Blocking:
    """The twin whose methods return results."""


class Awaited:
    """The twin whose methods are awaited."""


class Twins:
    """Base of the methods of twins, each written once as a `Twin`."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the twin methods to a class that is `Blocking` or `Awaited`; its subclasses inherit them."""
        super().__init_subclass__(**options)
        side = next((each for each in (Blocking, Awaited) if each in cls.__bases__), None)
        if side is not None:
            methods = {name: each for base in reversed(cls.__mro__) for name, each in vars(base).items()}
            for name, twin in methods.items():
                if isinstance(twin, Twin):
                    setattr(cls, name, twin.blocking if side is Blocking else twin.awaited)


class Twin(Generic[P, R]):
    """A method of both twins, written once as a coroutine."""

    def __init__(self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]) -> None:
        self.awaited = method

    @property
    def blocking(self) -> Callable[..., R]:
        """The method that returns when the coroutine has ended."""
        awaited = self.awaited

        @wraps(awaited)
        def method(*args: Any, **given: Any) -> R:
            return finish(awaited(*args, **given))

        return method

    if TYPE_CHECKING:

        @overload
        def __get__(self, twin: None, owner: type) -> Self: ...
        @overload
        def __get__(self, twin: Blocking, owner: type) -> Callable[P, R]: ...
        @overload
        def __get__(self, twin: Awaited, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
        def __get__(self, twin: Blocking | Awaited | None, owner: type) -> Any:
            """Return the method of a twin."""
