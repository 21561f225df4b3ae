"""What the mail of a document says; a kind with other words declares its own ``letter``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..catalogs import DocumentType
from ..families.spec import DocumentKind
from ..models._words import plain
from ..models.issuable import parties_of

if TYPE_CHECKING:
    from .packing import Package


def type_code(package: Package[Any]) -> str:
    """Return the document's code in DIAN's list: 01–05, 91, 92, 95, or 96 for events."""
    return getattr(package.document, "type_code", None) or package.kind.document_type


class Letter:
    """The words about a document with an amount (annex 1.9, section 9.1)."""

    issuer = "Emisor"
    """What who issues is called."""
    counterpart = "Adquirente"
    """What whom it is for is called."""
    answers = "Correo para acuse, aceptación o reclamo"
    """What the address is for that takes answers."""

    def subject(self, package: Package[Any]) -> list[str]:
        """Return the fields of the subject: NIT; name; number; type code; trade name."""
        document = package.document
        issuer, _ = parties_of(document)
        return [issuer.id, issuer.name, document.number, type_code(package), issuer.trade_name or issuer.name]

    def what(self, package: Package[Any]) -> str:
        """Return what the document is called."""
        code = type_code(package)
        return next((member.label for member in DocumentType if member.value == code), "Documento electrónico")

    def facts(self, package: Package[Any]) -> list[tuple[str, str]]:
        """Return what else the body says."""
        document = package.document
        if document.has("totals.payable"):
            return [("Total", f"{plain(document.totals.payable, 2)} {document.currency}")]
        return []

    def looked_up(self, package: Package[Any]) -> str:
        """Return the key under which anybody can look it up at DIAN."""
        return package.key


@cache
def letter_of(kind: DocumentKind) -> Letter:
    """Return the words of a kind."""
    return Letter() if kind.letter is None else kind.facet(kind.letter)
