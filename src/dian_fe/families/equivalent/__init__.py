"""Documents equivalent to the invoice (DEE), which tills, carriers, utilities and others issue, and their notes.

Annex «documento equivalente electrónico» 1.0 (Resolución 000165 de 2023).
"""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import BILL, Authorised, DocumentKind, Family, FileNames, Key, Secret

_KEY = Key("dian_fe.ubl.keys:document_key", IdAlgorithm.CUDE, Secret.PIN)

FAMILY = Family(
    "equivalent",
    "Documentos equivalentes",
    "Resolución 000165 de 2023, anexo técnico del documento equivalente 1.0",
    __name__,
    (
        DocumentKind(
            "pos_ticket",
            "models:PosTicket",
            "tables:POS_TICKET",
            "Tiquete de máquina registradora con sistema P.O.S.",
            DocumentType.TIQUETE_POS,
            called="Tiquete P.O.S.",
            numbering=Authorised(test_prefix="EPOS"),
            key=_KEY,
            # Numeral 8.13.5 by one implementer with its example (mark B); DIAN took another name too.
            files=FileNames("ds"),
            sends=BILL,
            delivered=True,
            recognise="recognising:is_pos_ticket",
            amounts=True,
        ),
    ),
)
