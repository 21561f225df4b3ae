"""The QR code's texts (annex 1.9, section 11.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalogs import Environment, IdAlgorithm, TaxCode
from ..models.arithmetic import money_sum
from .codecs import date_of, time_of, truncated

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


def key_name(scheme: str | None, usual: IdAlgorithm) -> str:
    """Call a key by its algorithm: CUFE, CUDE or CUDS; as ``usual`` when the document names none of DIAN's list."""
    return (IdAlgorithm.by_code(scheme or "") or usual).value.partition("-")[0]


def qr_text(document: SalesDocument, key: str, key_name: str, environment: str) -> str:
    """Give the text of the printed QR: one ``Key: value`` per line, the address last.

    ``key_name`` is CUFE or CUDE. Amounts are those of the key, cut to two decimals; ``ValOtroIm`` sums every tax but
    IVA.
    """
    iva = money_sum(total.amount for total in document.taxes if total.code == TaxCode.IVA.value)
    other = money_sum(total.amount for total in document.taxes if total.code != TaxCode.IVA.value)
    pairs = (
        ("NumFac", document.number),
        ("FecFac", date_of(document.issued_at)),
        ("HorFac", time_of(document.issued_at)),
        ("NitFac", document.supplier.id),
        ("DocAdq", document.customer.id),
        ("ValFac", truncated(document.totals.line_extension)),
        ("ValIva", truncated(iva)),
        ("ValOtroIm", truncated(other)),
        ("ValTolFac", truncated(document.totals.payable)),
        (key_name, key),
    )
    return "\n".join(f"{name}: {value}" for name, value in pairs) + "\n" + catalogue_url(key, environment)
