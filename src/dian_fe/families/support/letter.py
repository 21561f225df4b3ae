"""What the mail of a support document says to whoever sells.

Annex 1.9, section 9.1 words the subject of invoices and notes. No source says how that of a support document must be,
which is no transmission to DIAN: the same fields are used, of the buyer, who issues, with its type 05 or 95.
"""

from __future__ import annotations

from ...delivery.letter import Letter


class _SupportLetter(Letter):
    issuer = "Adquirente que expide"
    counterpart = "Vendedor"
    answers = "Correo para responder"


LETTER = _SupportLetter()
