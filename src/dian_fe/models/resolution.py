"""The numbering authorised by DIAN: resolution, prefix, range, validity and technical key."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from numbers import Integral
from typing import Any, Self, SupportsIndex

from pydantic import model_validator

from .._blank import whole_number
from .._masks import refuse_pickle
from ..errors import InvalidInput, MissingTechnicalKey, OutOfRange, ResolutionNotInForce, WrongPrefix
from ..families.spec import DocumentKind
from ._dates import Day
from ._fields import Text, field
from ._refusals import ALPHANUMERIC
from ._secrets import PICKLE_REMEDY, MaybeTechnicalKey, SecretModel

_MOST_DIGITS = 20
"""Most digits of a document's number (annex 1.9, chapter 6, cbc:ID)."""


class ResolutionState(StrEnum):
    """State of a resolution on a day."""

    ACTIVE = "active"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


class Resolution(SecretModel):
    """A numbering range that DIAN authorised (sts:InvoiceControl; GetNumberingRange).

    The technical key is a secret of the range: it enters the CUFE (annex 1.9, section 11.2), never the XML, and does
    not show in repr or JSON unless ``with_secrets()`` asks for it.
    """

    authorization: Text
    """Number of the authorisation (sts:InvoiceAuthorization), up to 14 digits."""
    prefix: str = field(default="", max_length=4, pattern=ALPHANUMERIC)
    """Up to four letters or digits; empty when the range has none."""
    range_from: int = field(ge=1, le=999_999_999_999)
    """First consecutive of the range (sts:From)."""
    range_to: int = field(ge=1, le=999_999_999_999)
    """Last consecutive of the range (sts:To)."""
    valid_from: Day
    """First day of validity."""
    valid_to: Day
    """Last day of validity, included."""
    technical_key: MaybeTechnicalKey = field(default=None)
    """As delivered by GetNumberingRange: 40 or 64 lower-case hexadecimal digits; other forms are refused."""
    document_type: Text | None = None
    """`DocumentType` that the range numbers; None: any kind with authorised numbers."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range_to < self.range_from or self.valid_to < self.valid_from:
            raise InvalidInput.of("models.range_order", resolution=self)
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Refuse pickling when it would write the technical key in plain text."""
        if self.technical_key is not None:
            refuse_pickle("La resolución lleva su clave técnica", PICKLE_REMEDY)
        return super().__reduce_ex__(protocol)

    def state(self, at: date) -> ResolutionState:
        """Return the state on a day."""
        if at < self.valid_from:
            return ResolutionState.NOT_YET
        return ResolutionState.EXPIRED if at > self.valid_to else ResolutionState.ACTIVE

    def consecutive_of(self, document_number: str) -> int:
        """Return the consecutive of a document's number; raises ``WrongPrefix`` when it has another prefix."""
        rest = self._digits(document_number)
        if rest is None:
            raise WrongPrefix.of("models.wrong_prefix", field="number", found=document_number, resolution=self)
        # Leading zeros are accepted, as in the annex's own CUFE example, though its list of fields forbids them.
        return int(rest)

    def _digits(self, document_number: str) -> str | None:
        """Return what follows the prefix in a document's number, None unless it is digits."""
        rest = document_number.removeprefix(self.prefix)
        digits = rest.isascii() and rest.isdigit() and len(rest) <= _MOST_DIGITS
        return rest if digits and document_number.startswith(self.prefix) else None

    def numbers(self, kind: DocumentKind) -> bool:
        """True if the range is for documents of a kind."""
        return self.document_type is None or self.document_type in kind.type_codes

    def holds(self, document_number: str) -> bool:
        """True if a document's number has the prefix and lies in the range."""
        rest = self._digits(document_number)
        return rest is not None and self.range_from <= int(rest) <= self.range_to

    def number(self, consecutive: int) -> str:
        """Return the document's number for a consecutive: prefix and digits without padding.

        Raises ``OutOfRange``, and ``InvalidInput`` for anything but a whole number.
        """
        if not isinstance(consecutive, Integral) or isinstance(consecutive, bool):
            whole = whole_number(consecutive)
            remedy = "use int(…)." if whole is None else f"use number({whole})."
            found = repr(consecutive)[:60]
            raise InvalidInput.of(
                "models.consecutive_not_whole", field="consecutive", found=found, remedy=remedy, resolution=self
            )
        self._in_range(consecutive)
        return f"{self.prefix}{consecutive:d}"

    def check(self, document_number: str, at: date) -> int:
        """Check a number issued on a day against prefix, range and validity; return its consecutive.

        Raises ``WrongPrefix``, ``OutOfRange`` or ``ResolutionNotInForce``.
        """
        consecutive = self.consecutive_of(document_number)
        self._in_range(consecutive)
        if self.state(at) is not ResolutionState.ACTIVE:
            raise ResolutionNotInForce.of("models.not_in_force", field="issued_at", found=at, resolution=self)
        return consecutive

    def left(self, consecutive: int) -> int:
        """Return how many numbers remain after ``consecutive``."""
        return max(0, self.range_to - max(consecutive, self.range_from - 1))

    def _in_range(self, consecutive: int) -> None:
        if not self.range_from <= consecutive <= self.range_to:
            raise OutOfRange.of("models.out_of_range", field="number", found=consecutive, resolution=self)

    def key(self) -> str:
        """Return the technical key; raises ``MissingTechnicalKey`` when the range has none."""
        if self.technical_key is None:
            prefix = self.prefix or "sin prefijo"
            raise MissingTechnicalKey.of(
                "models.no_technical_key", field="resolution.technical_key", prefix=prefix, resolution=self
            )
        return self.technical_key.get_secret_value()
