"""The CUDS of support documents and the content of their printed QR (annex 1.1, section 14.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ...catalogs import TaxCode
from ...models.arithmetic import money_sum
from ...ubl.codecs import date_of, time_of, truncated
from ...ubl.keys import sha384

if TYPE_CHECKING:
    from .models import SupportDocument, SupportNote

_IVA = TaxCode.IVA.value


def cuds_seed(
    *,
    number: str,
    issue_date: str,
    issue_time: str,
    line_extension: str | Decimal,
    iva: str | Decimal | None,
    payable: str | Decimal,
    seller_id: str,
    buyer_id: str,
    pin: str,
    environment: str,
) -> str:
    """Join the fields of a CUDS: a single tax, and the seller before the buyer, who issues.

    Amounts are in the currency of the document, truncated to two decimals. The result holds the PIN: never log it.
    """
    amounts = truncated(line_extension), _IVA, truncated(iva), truncated(payable)
    return "".join((number, issue_date, issue_time, *amounts, seller_id, buyer_id, pin, environment))


def cuds(document: SupportDocument | SupportNote, *, secret: str, environment: str) -> str:
    """Return the CUDS of a document; ``secret`` is the software's PIN."""
    return sha384(
        cuds_seed(
            number=document.number,
            issue_date=date_of(document.issued_at),
            issue_time=time_of(document.issued_at),
            line_extension=document.totals.line_extension,
            iva=_iva_of(document),
            payable=document.totals.payable,
            seller_id=document.supplier.id,
            buyer_id=document.customer.id,
            pin=secret,
            environment=environment,
        )
    )


def qr_pairs(document: SupportDocument | SupportNote) -> tuple[tuple[str, str], ...]:
    """Return the pairs that precede key and address; amounts are those of the key."""
    return (
        ("NumDS", document.number),
        ("FecDS", date_of(document.issued_at)),
        ("HorDS", time_of(document.issued_at)),
        ("NumSNO", document.supplier.id),
        ("DocAdq", document.customer.id),
        ("ValDS", truncated(document.totals.line_extension)),
        ("ValIva", truncated(_iva_of(document))),
        ("ValTolDS", truncated(document.totals.payable)),
    )


def _iva_of(document: SupportDocument | SupportNote) -> Decimal:
    return money_sum(total.amount for total in document.taxes if total.code == _IVA)
