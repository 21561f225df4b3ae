"""The base of every enumerated code list.

`_catalog`, which reads the index of all lists, is imported only when a code is refused or is not an enum member.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self, TypeVar

__all__ = ["CodeEnum"]

_Member = TypeVar("_Member", bound="CodeEnum")


class CodeEnum(StrEnum):
    """A code list: each member is the code as the XML writes it and knows its official Spanish ``label``.

    Lists whose codes say more than their label carry it as typed attributes of the members. Calling the class with a
    code that the list does not hold raises ``UnknownCode``; ``by_code`` returns ``None`` instead. Long lists name only
    their common codes: the others are members too, returned when the class is called; iteration skips them.
    """

    _value_: str
    label: str
    """Official name of the code, in Spanish."""

    def __new__(cls, code: str, label: str = "", *details: object) -> Self:
        """Return the member of a code; label and details come in the order of the attributes."""
        return _new_member(cls, code, label, *details)

    @classmethod
    def by_code(cls, code: str) -> Self | None:
        """Return the member of a code, or ``None`` when the list does not hold it."""
        if not isinstance(code, str):
            return None
        member = cls._value2member_map_.get(code)
        return member if isinstance(member, cls) else cls._rare(code)

    @classmethod
    def _missing_(cls, value: object) -> Self:
        member = cls._rare(value) if isinstance(value, str) else None
        if member is None:
            from ._catalog import catalog_of  # loads the index of the lists: only a refusal needs it

            raise catalog_of(cls).unknown(value)
        return member

    @classmethod
    def _rare(cls, code: str) -> Self | None:
        """Return the member of a code that a long list's enum does not name, always the same; None for no code."""
        from ._catalog import catalog_of

        known = catalog_of(cls)
        if code not in known:
            return None
        member = _new_member(cls, code, known.label(code))
        member._name_ = code
        for name, text in known.details(code).items():
            setattr(member, name, text)
        cls._value2member_map_.setdefault(code, member)
        return cls(code)


def _new_member(cls: type[_Member], code: str, label: str, *details: object) -> _Member:
    """Create a member; ``super().__new__`` cannot serve here, since ``Enum`` replaces it."""
    member = str.__new__(cls, code)
    member._value_ = code
    member.label = label
    for name, detail in zip(cls.__annotations__, details, strict=bool(details)):
        setattr(member, name, detail)
    return member
