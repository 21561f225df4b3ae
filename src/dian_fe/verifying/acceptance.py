"""What DIAN's acceptance proves about a received document."""

from __future__ import annotations

from enum import StrEnum

from .consistency import same
from .report import Examination


class Acceptance(StrEnum):
    """How much is proven of DIAN's acceptance, from nothing up; ``meaning`` describes it in Spanish.

    DIAN's answer names a key (CUFE, CUDE) and a number, not a digest of the document. So it answers any other document
    with the same key too, unless the key is recomputed from its data with the technical key (of an invoice) or the PIN
    (of a note). ``Client.confirm`` proves the rest.
    """

    NO_ANSWER = "no_answer"
    """No answer of DIAN's came."""
    NOT_BELIEVED = "not_believed"
    """An answer came whose signature is invalid, or that does not accept."""
    SIGNER_NOT_JUDGED = "signer_not_judged"
    """The answer's signature is valid; without ``trust`` anybody could have signed in DIAN's name."""
    KEY_EXISTS = "key_exists"
    """DIAN accepted a document under this key; that it is this one is not proven."""
    KEY_MATCHES = "key_matches"
    """DIAN accepted a document with this number, date, parties' NITs, taxes and total, which make the key."""

    @property
    def meaning(self) -> str:
        """What it proves and what to do for more, in Spanish."""
        return _MEANINGS[self]


_MEANINGS = {
    Acceptance.NO_ANSWER: "No llegó respuesta de la DIAN: nada dice que haya validado el documento. "
    "Consúltelo con Client.confirm.",
    Acceptance.NOT_BELIEVED: "La respuesta que llegó no es válida o no acepta el documento.",
    Acceptance.SIGNER_NOT_JUDGED: "La firma de la respuesta es íntegra, pero no se evaluó si es de la DIAN: "
    "indique en trust las autoridades en que confía.",
    Acceptance.KEY_EXISTS: "La DIAN aceptó un documento con esta clave (CUFE, CUDE o CUDS). Sin la clave técnica "
    "o el PIN no se prueba que sea este: confírmelo con Client.confirm.",
    Acceptance.KEY_MATCHES: "La DIAN aceptó un documento con este número, fecha, NIT de las partes, impuestos y total, "
    "que son los que forman la clave. Del resto responde quien firma; Client.confirm lo compara completo.",
}


def acceptance_of(examination: Examination, sale: Examination) -> Acceptance:
    """Return what the answers in an examination prove of one of its invoices or notes."""
    answers = [part for part in examination.answers if same(part.document.reference_key, sale.key)]
    if not answers:
        return Acceptance.NO_ANSWER
    good = [part for part in answers if part.holds and part.document.accepted and part.verification.owner.accepted]
    if not good or not sale.holds:
        return Acceptance.NOT_BELIEVED
    if not any(part.trusted for part in good):
        return Acceptance.SIGNER_NOT_JUDGED
    return Acceptance.KEY_MATCHES if sale.key_matches else Acceptance.KEY_EXISTS
