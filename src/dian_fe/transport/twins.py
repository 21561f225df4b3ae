"""Methods of both clients, written once as coroutines: `AsyncClient` awaits them, `Client` runs them to completion."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

if TYPE_CHECKING:
    from .async_client import AsyncClient
    from .client import Client

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


class Twin(Generic[P, R]):
    """A method of both clients, written once as a coroutine."""

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
        def __get__(self, client: None, owner: type) -> Self: ...
        @overload
        def __get__(self, client: Client, owner: type) -> Callable[P, R]: ...
        @overload
        def __get__(self, client: AsyncClient, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
        def __get__(self, client: Client | AsyncClient | None, owner: type) -> Any:
            """Return the method of a client."""
