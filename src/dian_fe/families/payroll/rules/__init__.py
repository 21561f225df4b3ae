"""The rules of payroll and of its notes of adjustment (annex 1.0 of Resolución 000013 de 2021).

The annex has a code for each datum, and the same data in the three kinds. What a code asks is a row of
``data/fields.tsv`` where it compares one datum; the modules have the rest.
"""

from datetime import date
from pathlib import Path
from typing import Final

from ....rules.book import RuleBook, Version

INSIDE: Final = {"payroll": "", "payroll_replacement": "Reemplazar/", "payroll_deletion": "Eliminar/"}
"""The element below the root that holds the data of each kind."""
KINDS: Final = tuple(INSIDE)
PAID: Final = KINDS[:2]
"""The kinds that say what was paid."""
NOTES: Final = KINDS[1:]
"""The kinds that adjust another document."""

_BOTH: Final = "001|214|901"
_DELETION: Final = r"21[5-9]|2[2-4]\d|25[0-3]"

BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {
        "92": KINDS,
        r"NIE\d{3}a?": ("payroll",),
        rf"NIAE({_BOTH})": NOTES,
        rf"NIAE({_DELETION})a?": ("payroll_deletion",),
        rf"NIAE(?!{_BOTH}|{_DELETION})\d{{3}}a?": ("payroll_replacement",),
    },
    (Version("1.0", date(2021, 2, 11)),),
    "Resolución 000013 de 2021, anexo técnico de nómina electrónica 1.0, regla {code}",
    ("fields", "header", "software", "parties", "payment", "hours", "totals", "notes", "dates"),
    sources={"payroll_annex": "anexo técnico de nómina electrónica 1.0"},
)
