"""A document's number does not fit the resolution."""

from __future__ import annotations

from .base import DianFeError


class NumberingError(DianFeError, ValueError):
    """The number of a document does not fit its resolution."""


class OutOfRange(NumberingError):
    """The consecutive lies outside the authorised range."""


class WrongPrefix(NumberingError):
    """The prefix is not that of the resolution."""


class ResolutionNotInForce(NumberingError):
    """The issue date lies outside the resolution's validity."""


class MissingTechnicalKey(NumberingError):
    """The resolution has no technical key, without which no CUFE exists."""


class NoNumbering(NumberingError):
    """GetNumberingRange gave no range: none exists, or none is associated with the software in DIAN's portal."""


class PrefixNotAssociated(NoNumbering):
    """The software has ranges, but none of the requested prefix; ``expected`` names the existing prefixes."""


class NumberUsed(NumberingError):
    """The store has given the number to another document."""
