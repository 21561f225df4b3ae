"""The texts of a document's mail; a kind with other texts declares its own ``letter``."""

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
    """The mail texts of a document with an amount (annex 1.9, section 9.1)."""

    issuer = "Emisor"
    """Spanish name of the issuer's role."""
    counterpart = "Adquirente"
    """Spanish name of the recipient's role."""
    greeting = "Le enviamos el documento electrónico que se indica. Está en el archivo adjunto."
    """First sentence of the body."""
    answers = "Correo para acuse, aceptación o reclamo"
    """Label of the reply address."""

    def subject(self, package: Package[Any]) -> list[str]:
        """Return the fields of the subject: NIT; name; number; type code; trade name."""
        document = package.document
        issuer, _ = parties_of(document)
        return [issuer.id, issuer.name, document.number, type_code(package), issuer.trade_name or issuer.name]

    def what(self, package: Package[Any]) -> str:
        """Return the document's title."""
        code = type_code(package)
        return next((member.label for member in DocumentType if member.value == code), "Documento electrónico")

    def facts(self, package: Package[Any]) -> list[tuple[str, str]]:
        """Return the further lines of the body."""
        document = package.document
        if document.has("totals.payable"):
            return [("Total", f"{plain(document.totals.payable, 2)} {document.currency}")]
        return []

    def looked_up(self, package: Package[Any]) -> str:
        """Return the key by which DIAN's catalogue shows the document."""
        return package.key


@cache
def letter_of(kind: DocumentKind) -> Letter:
    """Return the `Letter` of a kind."""
    return Letter() if kind.letter is None else kind.facet(kind.letter)
