"""The types of fields: texts, and the types that checkers see where a constructor accepts more than the field returns.

``price`` accepts a Decimal, an int or a text and is a Decimal; ``taxes`` accepts any iterable and is a tuple. For
checkers such a field is a descriptor (PEP 681): its ``__set__`` types the constructor's argument, its ``__get__`` the
value. No descriptor exists at run time, where the same names are what pydantic validates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, dataclass_transform

from pydantic import Field, PrivateAttr, StringConstraints

from .._xmlchars import FORBIDDEN
from ._fast import PydanticMeta

if TYPE_CHECKING:
    from typing import Generic, Never, Self, overload

    Read = TypeVar("Read", covariant=True)
    Given = TypeVar("Given", contravariant=True)
    Item = TypeVar("Item")

    class Taken(Generic[Read, Given]):
        """A field of one type whose constructor argument has a wider type; it cannot be assigned."""

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
        """Describe a field as pydantic's ``Field`` does, for any type that its constructor accepts."""

    @dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field, PrivateAttr))
    class ModelMeta(PydanticMeta):
        """The metaclass of models: frozen, keywords only, with fields described by ``field``."""

else:
    field = Field
    ModelMeta = PydanticMeta

    class Many:
        """A tuple of any length; any iterable is accepted."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return the type that pydantic validates."""
            return tuple[item, ...]

    class Fixed:
        """A plain field of a base class, which checkers would not treat as frozen otherwise (PEP 681)."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return the type that pydantic validates."""
            return item


Text = Annotated[str, StringConstraints(min_length=1, pattern=f"^[^{FORBIDDEN}]*$")]
"""A text that is not empty and that XML can carry; surrounding whitespace is removed."""

TextOrEmpty = Annotated[str, StringConstraints(pattern=f"^[^{FORBIDDEN}]*$")]
"""A text that may be empty: DIAN notifies an empty element of such data, and accepts an absent one."""


def field_default_from(name: str, *, make: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    """Make a default factory that computes a field from an earlier one; without that field there is no default."""

    def factory(data: dict[str, Any]) -> Any:
        value = data.get(name)
        return None if value is None else make(value)

    return factory
