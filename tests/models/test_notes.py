"""Notes: what a subclass inherits."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import CreditNote, DebitNote, Invoice
from dian_fe.errors import NotAllowed
from dian_fe.testing import random_document


class Nota(CreditNote):
    """A company's own subclass, under a name that says nothing of credit."""


class CreditNoteOfDebit(DebitNote):
    """Its name must not let it annul."""


def of(note: Any, invoice: Invoice, **details: Any) -> Any:
    return note.correcting(invoice, concept="2", number="NC1", issued_at=invoice.issued_at, key="a" * 96, **details)


def test_a_subclass_of_another_name_annuls_the_invoice() -> None:
    invoice = random_document(3, kind="invoice")
    assert [line.amount for line in of(Nota, invoice).lines] == [line.amount for line in invoice.lines]


@pytest.mark.parametrize("note", [DebitNote, CreditNoteOfDebit])
def test_a_debit_note_of_any_name_does_not_annul(note: Any) -> None:
    with pytest.raises(NotAllowed, match="anulación"):
        of(note, random_document(3, kind="invoice"))
