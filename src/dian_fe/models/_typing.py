"""What type checkers see of a field whose constructor takes more than reading the field gives.

``price`` takes a Decimal, an int or a text and is a Decimal; ``taxes`` takes any iterable and is a tuple. PEP 681 has a
word for it: a descriptor, whose ``__set__`` types the constructor's argument and whose ``__get__`` what is read. No
descriptor exists at run time, where the same names are what pydantic validates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Generic, Never, Self, overload

    Read = TypeVar("Read", covariant=True)
    Given = TypeVar("Given", contravariant=True)
    Item = TypeVar("Item")

    class Taken(Generic[Read, Given]):
        """A field that is read as one type and given as another, wider one; nobody's instance can be assigned to."""

        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Read: ...
        def __get__(self, instance: object, owner: Any) -> Any: ...
        def __set__(self, instance: Never, value: Given) -> None: ...

    Many = Taken[tuple[Item, ...], Iterable[Item]]
    Fixed = Taken[Item, Item]

    def field(
        *,
        default: Any = ...,
        default_factory: Callable[[dict[str, Any]], Any] | None = ...,
        **constraints: Any,
    ) -> Any:
        """Describe a field, as pydantic's ``Field`` does, of any type that its constructor takes."""

else:
    field = Field

    class Many:
        """A tuple of any length; any iterable is taken."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return what pydantic validates."""
            return tuple[item, ...]

    class Fixed:
        """A plain field of a base class, which no checker would hold as frozen otherwise (PEP 681)."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return what pydantic validates."""
            return item
