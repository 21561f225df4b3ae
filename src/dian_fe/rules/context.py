"""The argument of a rule's function: the subject, and values that several rules share."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from ..catalogs import DocumentType
from .book import Version, book_of
from .subject import Subject
from .sums import Sums

_EXPORT = DocumentType.FACTURA_DE_EXPORTACION.value


class Context:
    """One check of one document; rules use only the parts that they need and declared."""

    def __init__(self, subject: Subject, version: Version) -> None:
        """Prepare the check of a subject under a version of the norm."""
        self.subject: Any = subject
        """The subject; the parts that a rule declares as needed are present."""
        self.document: Any = subject.document
        self.annex = version.name

    @property
    def letter(self) -> str:
        """First letter of the codes of the kind."""
        book = book_of(self.subject.kind)
        return book.letters[self.subject.kind] if book else ""

    @cached_property
    def resolution(self) -> Any:
        """The issuer's numbering of the document."""
        return self.subject.resolution

    @cached_property
    def software(self) -> Any:
        """The registration that makes the document."""
        return self.subject.software

    @cached_property
    def lines(self) -> tuple[Any, ...]:
        """The lines."""
        lines: tuple[Any, ...] = self.document.lines
        return lines

    @cached_property
    def issue_date(self) -> date:
        """The Colombian day of issue."""
        day: date = self.document.issue_date
        return day

    @cached_property
    def type_code(self) -> str | None:
        """cbc:InvoiceTypeCode or cbc:CreditNoteTypeCode."""
        return getattr(self.document, "type_code", None)

    @cached_property
    def is_export(self) -> bool:
        """True if it is an export invoice."""
        return self.type_code == _EXPORT

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """Correction concepts of a note."""
        return tuple(item.concept for item in getattr(self.document, "corrections", ()))

    @cached_property
    def sums(self) -> Sums:
        """Sums of amounts over lines, taxes and allowances."""
        return Sums(self.document)
