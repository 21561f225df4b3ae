"""What type checkers know of the further data of ``from_lines`` is what the models have."""

from __future__ import annotations

import inspect

from dian_fe import CreditNote, DebitNote, Invoice
from dian_fe.models.document import DocumentDetails

COMPUTED = {"kind", "payments", "taxes", "totals"}
"""Made by ``from_lines`` of its arguments."""


def test_details_are_the_fields_that_nobody_else_says() -> None:
    fields = {name for kind in (Invoice, CreditNote, DebitNote) for name in kind.model_fields}
    named = set(inspect.signature(Invoice.from_lines).parameters)
    assert set(DocumentDetails.__annotations__) == fields - named - COMPUTED
