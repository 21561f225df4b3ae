"""The methods of `Company` that draft equivalent documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from ...company.drafts import Draft, Drafts, NoteDraftDetails, Numbered
from ...models.customer import Customer
from ...models.lines import Line
from ...models.note import Keyed
from ...models.party import Party
from ...models.payment import Payment
from .models import (
    CinemaTicket,
    EquivalentDetails,
    EquivalentDocument,
    PosTicket,
    TransportTicket,
    UtilityBill,
)
from .notes import EquivalentCreditNote, EquivalentDebitNote


class EquivalentDraftDetails(Numbered, EquivalentDetails, total=False):
    """Optional arguments of the drafts of equivalent documents."""

    customer: Customer | Party | None
    """The buyer: the final consumer unless given."""


class EquivalentDrafts(Drafts):
    """Drafts of equivalent documents and their adjustment notes."""

    def pos_ticket(
        self,
        *,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[EquivalentDraftDetails],
    ) -> Draft[PosTicket]:
        """Draft the ticket of a till; arguments and errors are those of ``PosTicket.from_lines``."""
        seller = self.issuer.organization
        return self.drafted(PosTicket.from_lines, supplier=seller, lines=lines, payment=payment, **details)

    def transport_ticket(
        self,
        *,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[EquivalentDraftDetails],
    ) -> Draft[TransportTicket]:
        """Draft the ticket of a trip; arguments and errors are those of ``TransportTicket.from_lines``."""
        seller = self.issuer.organization
        return self.drafted(TransportTicket.from_lines, supplier=seller, lines=lines, payment=payment, **details)

    def cinema_ticket(
        self,
        *,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[EquivalentDraftDetails],
    ) -> Draft[CinemaTicket]:
        """Draft the ticket of a cinema; arguments and errors are those of ``CinemaTicket.from_lines``."""
        seller = self.issuer.organization
        return self.drafted(CinemaTicket.from_lines, supplier=seller, lines=lines, payment=payment, **details)

    def utility_bill(
        self,
        *,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[EquivalentDraftDetails],
    ) -> Draft[UtilityBill]:
        """Draft the bill of a public utility; arguments and errors are those of ``UtilityBill.from_lines``."""
        seller = self.issuer.organization
        return self.drafted(UtilityBill.from_lines, supplier=seller, lines=lines, payment=payment, **details)

    def equivalent_credit_note(
        self, document: EquivalentDocument | Keyed, *, concept: str, **details: Unpack[NoteDraftDetails]
    ) -> Draft[EquivalentCreditNote]:
        """Draft a credit note over an equivalent document: what ``issue`` returned, or as ``correcting`` takes it."""
        return self.drafted(EquivalentCreditNote.correcting, document, concept=concept, **details)

    def equivalent_debit_note(
        self, document: EquivalentDocument | Keyed, *, concept: str, **details: Unpack[NoteDraftDetails]
    ) -> Draft[EquivalentDebitNote]:
        """Draft a debit note over an equivalent document: what ``issue`` returned, or as ``correcting`` takes it."""
        return self.drafted(EquivalentDebitNote.correcting, document, concept=concept, **details)
