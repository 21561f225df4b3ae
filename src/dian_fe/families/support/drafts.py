"""The methods of `Company` that draft support documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from ...company.drafts import Draft, DraftDetails, Drafts, NoteDraftDetails
from ...models.lines import Line
from ...models.note import Keyed
from ...models.party import Party
from ...models.payment import Payment
from .models import Seller, SupportDocument, SupportNote


class SupportDrafts(Drafts):
    """Drafts of support documents and their adjustment notes."""

    def support_document(
        self,
        *,
        supplier: Seller | Party,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[DraftDetails],
    ) -> Draft[SupportDocument]:
        """Draft the support document of a purchase; see ``SupportDocument.from_lines``."""
        buyer = self.issuer.organization
        return self.drafted(
            SupportDocument.from_lines, supplier=supplier, customer=buyer, lines=lines, payment=payment, **details
        )

    def support_note(
        self, document: SupportDocument | Keyed, *, concept: str, **details: Unpack[NoteDraftDetails]
    ) -> Draft[SupportNote]:
        """Draft an adjustment note over a support document: what ``issue`` returned, or as ``correcting`` takes it."""
        return self.drafted(SupportNote.correcting, document, concept=concept, **details)
