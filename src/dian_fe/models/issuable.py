"""What a document must be for `build` to write it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol


class Issuable(Protocol):
    """A document that is ready to be written: sales documents, and events made from a verified invoice.

    A document that was only read lacks ``check_issuable``, so that it does not fit.
    """

    @property
    def number(self) -> str:
        """Its number (cbc:ID)."""

    @property
    def issued_at(self) -> datetime:
        """Date and time of issue, in Colombian time."""

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""

    @property
    def issuer_id(self) -> str:
        """NIT of who issues and signs it."""

    def check_issuable(self) -> None:
        """Refuse to be written without what no such document can lack; raises errors of ``InvalidInput``."""
