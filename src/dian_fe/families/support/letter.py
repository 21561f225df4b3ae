"""The texts of the mail of a support document to its seller.

Annex 1.9, section 9.1 defines the subject of invoices and notes. No source defines that of a support document, whose
mail is not a transmission to DIAN. The same fields are used, of the buyer, who issues, with type 05 or 95.
"""

from __future__ import annotations

from ...delivery.letter import Letter


class _SupportLetter(Letter):
    issuer = "Adquirente que expide el documento"
    counterpart = "Vendedor"
    answers = "Correo para responder"


LETTER = _SupportLetter()
