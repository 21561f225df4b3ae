"""The rules of events (annex RADIAN 1.1)."""

from datetime import date
from pathlib import Path

from ....rules.book import RuleBook, Version

BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {
        r"AA[A-Z]\d\d[A-Za-z]?": ("event",),  # ApplicationResponse
        r"LGC\d\d|DC24[a-e]": ("event",),  # order and terms
    },
    (Version("RADIAN 1.1", date.min),),
    "Resolución 000085 de 2022, anexo técnico RADIAN 1.1, regla {code}",
    ("events",),
)
