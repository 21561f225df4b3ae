"""The content of the printed QR of a sales document (annex 1.9, section 11.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...catalogs import TaxCode
from ...models.arithmetic import money_sum
from ...ubl.codecs import date_of, time_of, truncated

if TYPE_CHECKING:
    from .models import SalesDocument


def qr_pairs(document: SalesDocument) -> tuple[tuple[str, str], ...]:
    """Return the pairs that precede key and address.

    Amounts are those of the key, truncated to two decimals; ``ValOtroIm`` sums every tax but IVA.
    """
    assert document.totals is not None
    iva = money_sum(total.amount for total in document.taxes if total.code == TaxCode.IVA.value)
    other = money_sum(total.amount for total in document.taxes if total.code != TaxCode.IVA.value)
    return (
        ("NumFac", document.number),
        ("FecFac", date_of(document.issued_at)),
        ("HorFac", time_of(document.issued_at)),
        ("NitFac", document.supplier.id),
        ("DocAdq", document.customer.id),
        ("ValFac", truncated(document.totals.line_extension)),
        ("ValIva", truncated(iva)),
        ("ValOtroIm", truncated(other)),
        ("ValTolFac", truncated(document.totals.payable)),
    )
