"""The keys of documents: CUFE, CUDE and the software's security code (annex 1.9, sections 11.2, 11.4 and 11.6).

All are SHA-384 in lower-case hexadecimal over fields joined without separator. Amounts enter with two decimals,
truncated, not rounded. One function builds the text, from a model or from XML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..catalogs import TaxCode
from ..families.spec import DocumentKind
from ..models.totals import EXACT
from .codecs import date_of, time_of, truncated

if TYPE_CHECKING:
    from ..models.document import TradeDocument

KEYED_TAXES = (TaxCode.IVA.value, TaxCode.INC.value, TaxCode.ICA.value)
"""The taxes that enter the key, in the order of the annex: 01, 04, 03."""


def sha384(text: str) -> str:
    """Return the lower-case hexadecimal SHA-384 of the UTF-8 bytes."""
    return hashlib.sha384(text.encode()).hexdigest()


def key_seed(
    *,
    number: str,
    issue_date: str,
    issue_time: str,
    line_extension: str | Decimal,
    taxes: Iterable[str | Decimal | None],
    payable: str | Decimal,
    supplier_id: str,
    customer_id: str,
    secret: str,
    environment: str,
) -> str:
    """Join the fields of a CUFE (``secret`` is the range's technical key) or CUDE (the software's PIN).

    ``taxes`` are the document's totals of IVA (01), INC (04) and ICA (03), in that order; absent ones count 0.00. The
    result holds the secret: never log it.
    """
    parts = [number, issue_date, issue_time, truncated(line_extension)]
    for code, value in zip(KEYED_TAXES, taxes, strict=True):
        parts += [code, truncated(value)]
    parts += [truncated(payable), supplier_id, customer_id, secret, environment]
    return "".join(parts)


def document_key(document: TradeDocument, *, secret: str, environment: str) -> str:
    """Compute the key of a document from its model, over the very figures that its XML will carry."""
    sums: dict[str | None, Decimal | None] = dict.fromkeys(KEYED_TAXES)
    for total in document.taxes:
        code, amount = total.code, total.amount
        if amount is not None and code in sums:
            before = sums[code]
            sums[code] = amount if before is None else EXACT.add(before, amount)
    return sha384(
        key_seed(
            number=document.number,
            issue_date=date_of(document.issued_at),
            issue_time=time_of(document.issued_at),
            line_extension=document.totals.line_extension,
            taxes=sums.values(),
            payable=document.totals.payable,
            supplier_id=document.supplier.id,
            customer_id=document.customer.id,
            secret=secret,
            environment=environment,
        )
    )


def security_code(*, software_id: str, pin: str, number: str) -> str:
    """Compute sts:SoftwareSecurityCode: SHA-384 of SoftwareID, PIN and the document's number."""
    return sha384(software_id + pin + number)


@dataclass(frozen=True, slots=True)
class KindKeys:
    """The keys of one kind, as rules ask for them."""

    kind: DocumentKind

    def key(self, document: Any, *, secret: str, environment: str) -> str:
        """Return the document's unique code."""
        return self.kind.key_function(document, secret=secret, environment=environment)

    def security_code(self, *, software_id: str, pin: str, number: str) -> str:
        """Return the software's security code."""
        return security_code(software_id=software_id, pin=pin, number=number)
