"""The methods of `Company` that draft sales documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from ...company.drafts import Draft, DraftDetails, Drafts, NoteDraftDetails
from ...models.customer import Customer
from ...models.lines import Line
from ...models.note import Keyed
from ...models.party import Party
from ...models.payment import Payment
from .models import CreditNote, DebitNote, Invoice


class SalesDrafts(Drafts):
    """Drafts of invoices and their notes."""

    def invoice(
        self,
        *,
        customer: Customer | Party,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[DraftDetails],
    ) -> Draft[Invoice]:
        """Draft an invoice of the company; arguments and errors are those of ``Invoice.from_lines``."""
        seller = self.issuer.organization
        return self.drafted(
            Invoice.from_lines, supplier=seller, customer=customer, lines=lines, payment=payment, **details
        )

    def credit_note(
        self, invoice: Invoice | Keyed, *, concept: str, **details: Unpack[NoteDraftDetails]
    ) -> Draft[CreditNote]:
        """Draft a credit note over an invoice: what ``issue`` returned, or as ``CreditNote.correcting`` takes it."""
        return self.drafted(CreditNote.correcting, invoice, concept=concept, **details)

    def debit_note(
        self, invoice: Invoice | Keyed, *, concept: str, **details: Unpack[NoteDraftDetails]
    ) -> Draft[DebitNote]:
        """Draft a debit note over an invoice: what ``issue`` returned, or as ``DebitNote.correcting`` takes it."""
        return self.drafted(DebitNote.correcting, invoice, concept=concept, **details)
