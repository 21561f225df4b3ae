"""What the graphic representation of sales documents shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...catalogs import DocumentType
from ...graphic.content import Label
from ...graphic.presentation import Presentation

if TYPE_CHECKING:
    from ...graphic.labels import Labels
    from .models import SalesDocument
    from .sector import HealthSector

_TEXTS = {
    # the denominations of annex 1.9, table 13.1.3
    "invoice": ("Factura electrónica de venta", "Electronic sales invoice"),
    "export_invoice": ("Factura electrónica de venta – exportación", "Electronic sales invoice – export"),
    "transcription": ("Documento electrónico de transmisión – tipo 03", "Electronic transmission document – type 03"),
    "contingency_invoice": (
        "Factura electrónica de venta – tipo 04",
        "Electronic sales invoice – type 04 (contingency)",
    ),
    "credit_note": ("Nota crédito de la factura electrónica de venta", "Credit note"),
    "debit_note": ("Nota débito de la factura electrónica de venta", "Debit note"),
    "health": ("Sector salud", "Health sector"),
    "CODIGO_PRESTADOR": ("Código del prestador", "Provider's code"),
    "MODALIDAD_PAGO": ("Modalidad de pago", "Manner of payment"),
    "COBERTURA_PLAN_BENEFICIOS": ("Cobertura", "Coverage"),
    "NUMERO_CONTRATO": ("Número de contrato", "Contract"),
    "NUMERO_POLIZA": ("Número de póliza", "Policy"),
}


class _SalesPresentation(Presentation):
    def further(self, document: SalesDocument, label: Labels) -> Iterable[tuple[str, Iterable[tuple[Label, str]]]]:
        """Return the health sector's data by their names, user by user."""
        return () if document.health is None else (("health", _health(document.health, label)),)


def _health(health: HealthSector, label: Labels) -> Iterator[tuple[Label, str]]:
    for tag in health.tags:
        yield Label(tag.name), tag.value or ""
    several = len(health.users) > 1
    for number, user in enumerate(health.users, 1):
        for datum in user.data:
            value = " – ".join(part for part in (datum.code, datum.value) if part)
            name = label(datum.name) if datum.name in _TEXTS else Label(datum.name)
            yield name.numbered(number) if several else name, value


PRESENTATION = _SalesPresentation(
    {
        DocumentType.FACTURA_DE_VENTA.value: "invoice",
        DocumentType.FACTURA_DE_EXPORTACION.value: "export_invoice",
        DocumentType.DOCUMENTO_DE_TRANSMISION.value: "transcription",
        DocumentType.FACTURA_DE_CONTINGENCIA_DIAN.value: "contingency_invoice",
        DocumentType.NOTA_CREDITO.value: "credit_note",
        DocumentType.NOTA_DEBITO.value: "debit_note",
    },
    _TEXTS,
    {
        "totals": "totales",
        "number": "número",
        "issued_at": "fecha de generación",
        "supplier.id": "identificación del emisor",
        "customer.id": "identificación del adquirente",
        "totals.line_extension": "total de las líneas",
        "totals.payable": "total a pagar",
    },  # what the QR holds (annex 1.9, section 11.7)
)
