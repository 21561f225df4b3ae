"""What is known of DIAN's codes, as data: severity, place, source, message, remedy, and where a code is looked at.

The tables under ``data/`` are read when first asked. ``codes.tsv`` holds the facts of every code (annexes 1.7 to 1.9,
DIAN's answers, implementers' lists); ``messages_*.tsv`` our Spanish words; ``pending.tsv`` the codes that no rule looks
at, with the reason; ``elsewhere.tsv`` those that the signature's verification or the XSD look at; ``aliases.tsv`` older
ids and what took their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UnknownCode
from ..faults import Severity

_DATA = Path(__file__).with_name("data")
_SEVERITIES = {"R": Severity.RECHAZO, "N": Severity.NOTIFICACION}
_AMOUNTS = {"cbc:TaxAmount", "cbc:PaidAmount"}
"""Where the codes of groups that a kind cannot hold have their paths; the group is what the XSD names."""
_PREDICATE = re.compile(r"\[[^\]]*\]")
_EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/"

KINDS: Mapping[str, str] = {"F": "invoice", "C": "credit_note", "D": "debit_note"}
"""Kind of document by the first letter of its codes."""

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
    "payroll": "mismo código en el anexo de nómina; los que se han visto en ventas coinciden",
    "radian": "notas de implementadores sobre el anexo RADIAN 1.1",
    "field": "reportes de usuarios de otras librerías",
    "evidence": "documentos que la DIAN aceptó y sus respuestas",
}
"""What the short words of the column ``source`` mean."""


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
    def of(cls, issued_on: date) -> Annex:
        """Give the version in force on a day of issue."""
        if issued_on >= _SINCE[cls.V1_9]:
            return cls.V1_9
        return cls.V1_8 if issued_on >= _SINCE[cls.V1_8] else cls.V1_7


_SINCE = {Annex.V1_7: date.min, Annex.V1_8: date(2021, 7, 1), Annex.V1_9: date(2024, 5, 1)}


class Status(StrEnum):
    """Who looks at a code."""

    RULE = "rule"
    """A rule of this package."""
    VERIFY = "verify"
    """The verification of the signature."""
    EVENT = "event"
    """The order and the terms of events (``dian_fe.events``)."""
    XSD = "xsd"
    """The XSD: the document is invalid there."""
    ALIAS = "alias"
    """Other codes took its place, and those are emitted."""
    PENDING = "pending"
    """Nobody: ``reason`` says why."""
    LIBRARY = "library"
    """A name of the library's own: a finding without a code of DIAN's, or the cause of a bad signature."""
    UNKNOWN = "unknown"
    """Not a code that the sources know."""

    @property
    def label(self) -> str:
        """Who looks, in Spanish."""
        return _WHO[self]


_WHO = {
    Status.RULE: "regla local",
    Status.VERIFY: "verificación de la firma",
    Status.EVENT: "orden de los eventos",
    Status.XSD: "XSD",
    Status.ALIAS: "otro código",
    Status.PENDING: "nadie aquí",
    Status.LIBRARY: "la librería",
    Status.UNKNOWN: "no se sabe",
}


class Reason(StrEnum):
    """Why nobody looks at a code."""

    NEEDS_DIAN_STATE = "needs-dian-state"
    """Only DIAN knows (the RUT, what was sent before, its services); the simulator judges some of them."""
    XSD = "xsd"
    """An invalid document never gets that far: the XSD refuses it first."""
    SOURCE_TOO_THIN = "source-too-thin"
    """The sources do not say enough to tell a good document from a bad one."""


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
    """Short word, explained in `SOURCES`."""
    path: str
    """XPath from the root, as the annex names the place."""


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """Everything known of a code, for ``explain`` and the reference page."""

    code: str
    """DIAN's code."""
    kinds: tuple[str, ...]
    """Kinds of documents that it applies to."""
    severity: Severity | None
    """None when no source tells it."""
    message: str
    """What is wrong, in Spanish and in our words."""
    hint: str
    """What to do, in Spanish."""
    xpath: str
    """Place in the XML."""
    status: Status
    """Who looks at it here."""
    reason: str = ""
    """For pending codes and those looked at elsewhere: why, in Spanish."""
    reason_code: Reason | None = None
    """The class of ``reason``."""
    successors: tuple[str, ...] = ()
    """For aliases: the codes that are emitted instead."""
    path: str = ""
    """Model path that the rule speaks of."""
    needs: tuple[str, ...] = ()
    """What must be known besides the document to judge it."""
    since: Annex | None = None
    """First version of the annex that has it."""
    until: Annex | None = None
    """Last version of the annex that has it."""
    norm: str = ""
    """Where the norm says it."""
    confidence: str = ""
    """How sure its severity and meaning are."""
    source: str = ""
    """Where they are known from."""
    doubt: str = ""
    """What sources disagree about, in Spanish."""

    @property
    def implemented(self) -> bool:
        """Whether a document with this fault is caught: here, by its verification, or by the order of events."""
        return self.status in {Status.RULE, Status.VERIFY, Status.EVENT, Status.ALIAS}

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form of the command line."""
        values = asdict(self)
        values["implemented"] = self.implemented
        return values


def rows(name: str) -> Iterator[list[str]]:
    """Give the rows of a table under ``data/``, without its heading."""
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    width = lines[0].count("\t") + 1
    for line in lines[1:]:
        if line:
            cells = line.split("\t")
            yield cells + [""] * (width - len(cells))


def kinds_of(code: str) -> tuple[str, ...]:
    """Give the kinds of document that a code belongs to, by its spelling."""
    if code[1:2] in {"A", "B"} and code[0] in KINDS and code[3:5].isdigit():
        return (KINDS[code[0]],)
    if code.startswith("CTG"):
        return ("invoice",)
    if code.startswith(("AA", "LGC")):
        return ()
    return tuple(KINDS.values())


@cache
def code_facts() -> Mapping[str, CodeFacts]:
    """Give the facts of every code."""
    facts: dict[str, CodeFacts] = {}
    for codes_cell, severity, confidence, source, path in rows("codes.tsv"):
        if path.startswith(("sts:", "ds:")):
            path = _EXTENSION + path
        for code in codes_cell.split():
            if code in facts:
                raise ValueError(f"codes.tsv has {code} twice")
            kinds = () if source == "radian" else kinds_of(code)
            facts[code] = CodeFacts(code, kinds, _SEVERITIES.get(severity), confidence, source, path)
    return facts


def severity_of(code: str) -> Severity:
    """Give how DIAN takes a code; what the sources do not say is a notification."""
    facts = code_facts().get(code)
    return (facts.severity if facts else None) or Severity.NOTIFICACION


@cache
def words() -> Mapping[str, Words]:
    """Give message and remedy of every code; a row of ``messages_*.tsv`` may serve several codes."""
    known: dict[str, Words] = {}
    for file in sorted(_DATA.glob("messages_*.tsv")):
        for codes_cell, message, hint in rows(file.name):
            said = Words(message, hint)
            for code in codes_cell.split():
                if code in known:
                    raise ValueError(f"{file.name} has {code} twice")
                known[code] = said
    return known


@cache
def library_words() -> Mapping[str, Words]:
    """Give message and remedy of what the library itself names: its findings, and causes of bad signatures."""
    return {
        code: Words(message, hint)
        for codes_cell, _, message, hint in rows("library.tsv")
        for code in codes_cell.split()
    }


@cache
def pending() -> Mapping[str, tuple[Reason, str]]:
    """Give the codes that nobody looks at, with reason and explanation."""
    return {
        code: (Reason(reason), explanation)
        for codes_cell, reason, explanation in rows("pending.tsv")
        for code in codes_cell.split()
    }


@cache
def codes_of_xsd(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Give the codes that the XSD tells of a kind of document, by the place that lacks or cannot be there.

    Of elements that the kind cannot hold (withholdings of notes) the codes of what is below them are told too.
    """
    places: dict[str, tuple[str, ...]] = {}
    for code, (reason, _) in pending().items():
        facts = code_facts()[code]
        if reason is Reason.XSD and kind in facts.kinds:
            steps = facts.path.split("/")
            for place in ("/".join(steps[:length]) for length in range(1, len(steps) + 1)):
                whole = place == facts.path
                if whole or steps[-1] in _AMOUNTS:
                    places[place] = (*places.get(place, ()), code)
    return places


@cache
def elsewhere() -> Mapping[str, tuple[Status, str]]:
    """Give the codes that others look at, with an explanation."""
    return {
        code: (Status(where), explanation)
        for codes_cell, where, explanation in rows("elsewhere.tsv")
        for code in codes_cell.split()
    }


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """Give what took the place of older ids."""
    return {alias: tuple(successors.split()) for alias, successors in rows("aliases.tsv")}


@cache
def codes() -> tuple[str, ...]:
    """Give every code known, in the order of the tables; aliases that are no codes of the tables come last."""
    return tuple(dict.fromkeys([*code_facts(), *aliases()]))


@cache
def _places() -> Mapping[tuple[str, str], tuple[str, ...]]:
    places: dict[tuple[str, str], list[str]] = {}
    for facts in code_facts().values():
        for kind in facts.kinds:
            places.setdefault((kind, _PREDICATE.sub("", facts.path)), []).append(facts.code)
    return {place: tuple(found) for place, found in places.items()}


def codes_at(kind: str, xpath: str) -> tuple[str, ...]:
    """Give the codes that the annex has for a place of a kind's XML, such as the one that the XSD complains about.

    ``xpath`` begins at the root and has the usual prefixes; positions do not matter.
    """
    path = _PREDICATE.sub("", xpath).strip("/").partition("/")[2] or "."
    return _places().get((kind, path), ())


def explain(code: str) -> CodeInfo:
    """Tell what a code means and what to do: one of DIAN's, a finding of the library, or the cause of a bad signature.

    Raises ``UnknownCode`` for a code that no source knows, naming the nearest ones.
    """
    bare = code.strip()
    known = next((form for form in (bare, bare.upper(), _suffixed(bare)) if form in codes()), "")
    if known:
        return _info(known)
    if bare.lower() in library_words():
        return _own(bare.lower())
    close = [*_nearest(_suffixed(bare), codes()), *_nearest(bare.lower(), library_words())][:3]
    raise UnknownCode(
        "no se conoce ese código.",
        field="code",
        found=bare,
        expected="un código de la DIAN, como FAU14, o uno de la librería, como indented_after_signing",
        remedy=f"¿Quiso decir {' o '.join(close)}?" if close else "vea la lista: python -m dian_fe rules.",
    )


def _nearest(text: str, candidates: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # only refusals need it

    return get_close_matches(text, list(candidates), cutoff=0.6)


def _own(code: str) -> CodeInfo:
    said = library_words()[code]
    return CodeInfo(code, (), None, said.message, said.hint, "", Status.LIBRARY)


def _suffixed(code: str) -> str:
    """Write a code as the tables do: capitals, with the suffix in lower case."""
    upper = code.upper()
    return upper[:-1] + upper[-1].lower() if len(upper) > 5 and upper[-1].isalpha() else upper


def _info(code: str) -> CodeInfo:
    from .registry import registered

    facts = code_facts().get(code) or CodeFacts(code, kinds_of(code), None, "", "", "")
    rule = registered().get(code)
    status, reason, reason_code = Status.RULE, "", None
    if rule is None:
        if code in aliases():
            status = Status.ALIAS
        elif code in elsewhere():
            status, reason = elsewhere()[code]
        elif code in pending():
            status = Status.PENDING
            reason_code, reason = pending()[code]
        else:
            status = Status.UNKNOWN
    successors = aliases().get(code, ())
    said = words().get(code)
    if said is None and successors:
        said = Words(" ".join(words()[c].message for c in successors if c in words()), words()[successors[0]].hint)
    return CodeInfo(
        code=code,
        kinds=facts.kinds,
        severity=facts.severity,
        message=said.message if said else "",
        hint=said.hint if said else "",
        xpath=_shown(facts),
        status=status,
        reason=reason,
        reason_code=reason_code,
        successors=successors,
        path=rule.path if rule else "",
        needs=tuple(sorted(rule.needs)) if rule else (),
        since=rule.since if rule else None,
        until=rule.until if rule else None,
        norm=rule.norm if rule else "",
        confidence=facts.confidence,
        source=SOURCES[facts.source],
        doubt=rule.doubt if rule else "",
    )


def _shown(facts: CodeFacts) -> str:
    """Give the place with the root of the kind, when there is just one."""
    if facts.path.startswith("/") or not facts.path:
        return facts.path
    root = "".join(part.title() for part in facts.kinds[0].split("_")) if len(facts.kinds) == 1 else "*"
    return f"/{root}" if facts.path == "." else f"/{root}/{facts.path}"
