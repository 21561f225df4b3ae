"""The QR code's texts (annex 1.9, section 11.7)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ..catalogs import Environment, IdAlgorithm, TaxCode
from .codecs import amount, truncated

if TYPE_CHECKING:
    from ..models.document import SalesDocument

CATALOGUE_HOSTS = {
    Environment.PRODUCCION.value: "catalogo-vpfe.dian.gov.co",
    Environment.HABILITACION.value: "catalogo-vpfe-hab.dian.gov.co",
}
"""Host of DIAN's public catalogue, by environment."""


def catalogue_url(key: str, environment: str) -> str:
    """Give the address where anybody can look the document up; it is what sts:QRCode carries."""
    return f"https://{CATALOGUE_HOSTS[environment]}/document/searchqr?documentkey={key}"


def qr_text(document: SalesDocument, key: str, key_scheme: str, environment: str) -> str:
    """Give the text of the printed QR: one ``Key: value`` per line, the address last.

    Amounts are those of the key, cut to two decimals; ``ValOtroIm`` sums every tax but IVA.
    """
    assert document.totals is not None
    iva = other = Decimal(0)
    for total in document.taxes:
        if total.amount is not None:
            if total.code == TaxCode.IVA.value:
                iva += total.amount
            else:
                other += total.amount
    label = "CUFE" if key_scheme == IdAlgorithm.CUFE.value else "CUDE"
    pairs = (
        ("NumFac", document.number),
        ("FecFac", document.issued_at.date().isoformat()),
        ("HorFac", document.issued_at.timetz().isoformat()),
        ("NitFac", document.supplier.id),
        ("DocAdq", document.customer.id),
        ("ValFac", truncated(amount(document.totals.line_extension))),
        ("ValIva", truncated(iva)),
        ("ValOtroIm", truncated(other)),
        ("ValTolFac", truncated(amount(document.totals.payable))),
        (label, key),
    )
    return "\n".join(f"{name}: {value}" for name, value in pairs) + "\n" + catalogue_url(key, environment)
