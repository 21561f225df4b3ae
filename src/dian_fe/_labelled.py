"""Enumerations whose values have a Spanish label."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """Values that each have a Spanish label."""

    label: str
    """The Spanish words."""

    def __new__(cls, value: str, label: str = "") -> Self:
        """Return a member with its label."""
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member
