"""The rules of equivalent documents and of their adjustment notes (annex 1.0), in the groups of the annex.

DIAN has some 318 codes for tickets of tills and 260 for credit notes; the sources give 51, nearly all of tickets. Of
transport, cinemas and utilities only the code for contingency is known: what else is checked of them has names of the
library's own and rejects nothing.
"""

from datetime import date
from pathlib import Path
from typing import Final

from ....rules.book import RuleBook, Version

POS: Final = "pos_ticket"
OTHERS: Final = ("transport_ticket", "cinema_ticket", "utility_bill")
"""Documents of which nearly no code of DIAN's is known."""
DOCUMENTS: Final = (POS, *OTHERS)
CREDIT_NOTE: Final = "equivalent_credit_note"
DEBIT_NOTE: Final = "equivalent_debit_note"
NOTES: Final = (CREDIT_NOTE, DEBIT_NOTE)
KINDS: Final = (*DOCUMENTS, *NOTES)

BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {
        r"DEAI\d\d[a-z]?": DOCUMENTS,
        r"DE[A-Z]{2}\d\d[a-z]?": (POS,),
        r"NA[A-Z]{2}\d\d[a-z]?": (CREDIT_NOTE,),
        r"NAD[A-Z]{2}\d\d[a-z]?": (DEBIT_NOTE,),
    },
    (Version("1.0", date(2023, 11, 1)),),
    "Resolución 000165 de 2023 (en la 000227 de 2025), anexo técnico del documento equivalente 1.0, regla {code}",
    ("extension", "groups", "header", "parties", "payment", "lines", "references", "sums", "unconfirmed"),
    sources={
        "dee": "notas de un implementador sobre el anexo 1.0 del documento equivalente",
        "dee-page": "un implementador, con la página del anexo 1.0 del documento equivalente",
        "dee-provider": "tabla de errores de un proveedor, sin texto ni severidad",
    },
)
