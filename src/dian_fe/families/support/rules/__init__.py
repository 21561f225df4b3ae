"""The rules of the support document and of its adjustment note (annex 1.1), in the groups of the annex.

For most codes only the field is known. Such a rule checks what the field evidently demands – presence, form, list, sum
– and never rejects.
"""

from datetime import date
from pathlib import Path
from typing import Final

from ....catalogs import SupportDocumentOperationType
from ....rules.book import RuleBook, Version
from ....rules.context import Context

KINDS: Final = ("support_document", "support_note")
LETTERS: Final = ("DS", "NS")
"""First letters of the codes of both kinds."""

BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {rf"{letters}[A-Z][A-Z]\d\d[a-z]?": (kind,) for letters, kind in zip(LETTERS, KINDS, strict=True)},
    (Version("1.1", date(2021, 12, 30)),),
    "Resolución 000167 de 2021, anexo técnico del documento soporte 1.1, regla {code}",
    ("extension", "header", "seller", "buyer", "payment", "taxes", "totals", "lines"),
    sources={
        "notes": "notas de implementadores sobre el anexo 1.1 del documento soporte",
        "library": "identificador de campo visto en una librería abierta, sin texto ni severidad",
        "changelog": "cambios de una librería abierta después de envíos reales",
        "desk": "mesa de ayuda de un proveedor",
        "told": "lo que un integrador corrigió hasta la primera aceptación",
    },
)


def resident(context: Context) -> bool:
    """True if the seller resides in Colombia (cbc:CustomizationID 10): more data are required of residents."""
    return bool(context.document.operation == SupportDocumentOperationType.RESIDENTE.value)
