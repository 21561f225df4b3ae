"""The facts of DIAN's codes, as data: severity, place, source, message, remedy, and who judges a code.

The tables of every rule book are read on first use. ``codes.tsv`` holds the facts of every code (annexes, DIAN's
answers, implementers' lists); ``messages_*.tsv`` our Spanish words; ``norms.tsv`` the place of a code in the norm, when
more than its number is known, and where sources differ; ``pending.tsv`` the codes that no rule judges, with the reason;
``elsewhere.tsv`` those that the signature's verification or the XSD judge; ``aliases.tsv`` older ids and their
replacements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, wraps
from pathlib import Path
from typing import NamedTuple, TypeVar

from .._arguments import checked
from .._labelled import Labelled
from ..faults import Severity
from .book import RuleBook, books, folders, kinds_of

_SEVERITIES = {"R": Severity.RECHAZO, "N": Severity.NOTIFICACION}
_EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/"

SOURCES: Mapping[str, str] = {
    "": "anexo técnico 1.9",
    "1.8": "identificador de campo visto en una implementación abierta del anexo 1.8, sin severidad",
    "1.7": "identificador visto en una implementación abierta del anexo 1.7; severidad por analogía",
    "catalogue": "catálogo de rechazos del anexo 1.9 de una mesa de ayuda (noviembre de 2025)",
    "absent": "no está en el catálogo de rechazos del anexo 1.9; las reglas hermanas notifican",
    "analogy": "por analogía con la regla de la factura",
    "schematron": "schematron público de la DIAN (2019)",
    "health": "tabla de campos de la DIAN citada en un documento oficial de salud (2026), sin severidad",
    "message": "mensaje real de la DIAN",
    "answer": "respuestas de la DIAN a documentos aceptados",
    "live": "respuestas reales de la DIAN, de 2020 a 2026, que muestran la severidad",
    "live-analogy": "por analogía con la regla hermana, cuya severidad muestran respuestas reales de la DIAN",
    "nie": "mismo código en el anexo de nómina; los que se han visto en ventas coinciden",
    "radian": "notas de implementadores sobre el anexo RADIAN 1.1",
    "field": "reportes de usuarios de otras librerías",
    "evidence": "documentos que la DIAN aceptó y sus respuestas",
}
"""What the short words of the column ``source`` mean in any book; a book adds its own."""


class Annex(StrEnum):
    """Versions of the technical annex; the one that judges a document is that of its issue date."""

    V1_7 = "1.7"
    V1_8 = "1.8"
    V1_9 = "1.9"

    @property
    def since(self) -> date:
        """First day of issue judged by this version; that of 1.8 is known only as «mid 2021»."""
        return _SINCE[self]

    @classmethod
    @checked
    def of(cls, issued_on: date) -> Annex:
        """Return the version in force on a day of issue."""
        return max(version for version in cls if issued_on >= version.since)


_SINCE = {Annex.V1_7: date.min, Annex.V1_8: date(2021, 7, 1), Annex.V1_9: date(2024, 5, 1)}


class Status(Labelled):
    """Who judges a code."""

    RULE = "rule", "regla local"
    """A rule of this package."""
    VERIFY = "verify", "verificación de la firma"
    """The verification of the signature."""
    EVENT = "event", "orden de los eventos"
    """The order and the terms of events (``dian_fe.events``)."""
    XSD = "xsd", "XSD"
    """The XSD: the document is invalid there."""
    ALIAS = "alias", "otro código"
    """Other codes replace it, and those are emitted."""
    PENDING = "pending", "nadie aquí"
    """Nobody: ``reason`` says why."""
    LIBRARY = "library", "la librería"
    """A name of the library's own: a finding without a code of DIAN's, or the cause of an invalid signature."""
    UNKNOWN = "unknown", "no se sabe"
    """Not a code that the sources know."""


class Reason(StrEnum):
    """Why a code is not judged."""

    NEEDS_DIAN_STATE = "needs-dian-state"
    """Only DIAN knows (the RUT, what was sent before, its services); the simulator judges some of them."""
    XSD = "xsd"
    """An invalid document never gets that far: the XSD refuses it first."""
    SOURCE_TOO_THIN = "source-too-thin"
    """The sources are not enough to distinguish a good document from a bad one."""


class Words(NamedTuple):
    """Spanish message and remedy of a code."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """A row of ``codes.tsv`` for one code."""

    code: str
    kinds: tuple[str, ...]
    severity: Severity | None
    """None: the sources do not say; findings of such rules are notifications."""
    confidence: str
    source: str
    """Short word, explained in `sources`."""
    path: str
    """XPath from the root, as in the annex."""


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table, without its heading: those of each rule book, then those of the shared codes.

    ``name`` may contain ``*``, for tables in several files.
    """
    for folder in folders():
        for file in sorted(folder.glob(name)):
            yield from _rows_of(file)


def _rows_of(file: Path) -> Iterator[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    width = lines[0].count("\t") + 1
    for line in lines[1:]:
        if line:
            cells = line.split("\t")
            yield cells + [""] * (width - len(cells))


Facts = TypeVar("Facts")


def cached_by_books(read: Callable[[], Facts]) -> Callable[[], Facts]:
    """Cache a reader of tables while the same rule books are declared."""

    @cache
    def known(_: tuple[RuleBook, ...]) -> Facts:
        return read()

    @wraps(read)
    def get() -> Facts:
        return known(books())

    return get


@cached_by_books
def sources() -> Mapping[str, str]:
    """Return what the short words of the column ``source`` mean, in Spanish."""
    return {**SOURCES, **{word: said for book in books() for word, said in book.sources.items()}}


def _by_code(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each code of a table whose first column has codes, with the other cells of its row."""
    met: set[str] = set()
    for codes_cell, *cells in rows(name):
        for code in codes_cell.split():
            if code in met:
                raise ValueError(f"{name} has {code} twice")
            met.add(code)
            yield code, cells


@cached_by_books
def code_facts() -> Mapping[str, CodeFacts]:
    """Return the facts of every code."""
    facts: dict[str, CodeFacts] = {}
    for code, (severity, confidence, source, path) in _by_code("codes.tsv"):
        whole = _EXTENSION + path if path.startswith(("sts:", "ds:")) else path
        facts[code] = CodeFacts(code, kinds_of(code), _SEVERITIES.get(severity), confidence, source, whole)
    return facts


def severity_of(code: str) -> Severity:
    """Return the severity of a code: by default a notification, or advice for the library's codes."""
    facts = code_facts().get(code)
    return (facts.severity if facts else None) or (Severity.CONSEJO if code.islower() else Severity.NOTIFICACION)


def by_code(name: str, make: Callable[..., Facts]) -> Callable[[], Mapping[str, Facts]]:
    """Return a reader of a table whose first column is a code: a mapping from code to ``make(*other cells)``."""

    return cached_by_books(lambda: {code: make(*cells) for code, cells in _by_code(name)})


words = by_code("messages_*.tsv", Words)
"""Message and remedy of every code."""
library_words = by_code("library.tsv", lambda _, message, hint: Words(message, hint))
"""Message and remedy of the library's own codes: its findings, and causes of invalid signatures."""
norms = by_code("norms.tsv", lambda norm, doubt: (norm, doubt))
"""The place in the norm of codes where more than the code is known, and in Spanish where sources differ."""
pending = by_code("pending.tsv", lambda reason, explanation: (Reason(reason), explanation))
"""The codes that are not judged, with reason and explanation."""
elsewhere = by_code("elsewhere.tsv", lambda where, explanation: (Status(where), explanation))
"""The codes judged elsewhere, with an explanation."""
aliases = by_code("aliases.tsv", lambda successors: tuple(successors.split()))
"""Replacements of older ids."""


@cached_by_books
def codes() -> tuple[str, ...]:
    """Return every code known, in the order of the tables; aliases that the tables lack come last."""
    return tuple(dict.fromkeys([*code_facts(), *aliases()]))
