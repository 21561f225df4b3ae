"""Which kinds of document a code belongs to, by its spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

KINDS: Mapping[str, str] = {"F": "invoice", "C": "credit_note", "D": "debit_note"}
"""Kind of sales document by the first letter of its codes."""
ROOTS: Mapping[str, str] = {
    "invoice": "Invoice",
    "credit_note": "CreditNote",
    "debit_note": "DebitNote",
    "event": "ApplicationResponse",
}
"""Root element of each kind that has a rule book."""
_SALES: Final = tuple(KINDS.values())
_SIGNED: Final = (*_SALES, "event")

_SPELLINGS: Final = tuple(
    (re.compile(spelling), kinds)
    for spelling, kinds in (
        (r"F[AB][A-Z]\d\d[A-Za-z]?", ("invoice",)),
        (r"C[AB][A-Z]\d\d[A-Za-z]?", ("credit_note",)),
        (r"D[AB][A-Z]\d\d[A-Za-z]?", ("debit_note",)),
        (r"CTG\d\d", ("invoice",)),  # contingency
        (r"VLR\d\d|RUT\d\d|90", _SALES),
        (r"AA[A-Z]\d\d[A-Za-z]?", ("event",)),  # ApplicationResponse
        (r"LGC\d\d|DC24[a-e]", ("event",)),  # order and terms of events
        (r"DC\d\d|Z[A-E]\d\d", _SIGNED),  # signature, certificate, schema, size
    )
)
"""The rule books' codes; the families without a rule book (DS…, DE…, NI…) are not here."""


def kinds_of(code: str) -> tuple[str, ...]:
    """Return the kinds of document that a code of DIAN's belongs to.

    Raise ``ValueError`` for a spelling that no rule book knows.
    """
    for spelling, kinds in _SPELLINGS:
        if spelling.fullmatch(code):
            return kinds
    raise ValueError(f"no rule book knows codes like {code}")
