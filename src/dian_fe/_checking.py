"""`check`: what DIAN's rules, the XSD and the signature's verification say of a document, as one report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .errors import InvalidInput
from .models.document import SalesDocument
from .ubl import vocabulary
from .ubl.archive import is_zip
from .ubl.build import Built
from .ubl.kinds import BY_MODEL, KINDS

if TYPE_CHECKING:
    from .faults import Fault
    from .models.issuer import Issuer
    from .rules import Annex, Report
    from .rules.subject import CertificateFacts
    from .signing.documents import Signed
    from .ubl.read import Received

_POSITION = re.compile(r"\[\d+\]")


def check(
    subject: SalesDocument | Built[Any] | Signed[Any] | Received[Any],
    *,
    issuer: Issuer | None = None,
    original: Any = None,
    at: datetime | None = None,
    certificate: CertificateFacts | None = None,
    annex: Annex | str | None = None,
) -> Report:
    """Check a document as DIAN would: the report is a sequence of faults, and says which rules were not evaluated.

    A model is judged by the rules alone; what ``build`` gave also by the XSD and the rules about its XML; what is
    signed or received also by the verification of its signature. The more is told, the more rules are evaluated:
    ``issuer`` (numbering, software), ``original`` (what ``build``, ``sign`` or ``read`` gave for the invoice that a
    note corrects), ``at`` (the moment of sending), ``certificate``. ``annex`` is the version of the norm, by default
    that of the issue date.
    """
    if isinstance(subject, SalesDocument):
        return _by_rules(subject, BY_MODEL[type(subject)].name, issuer, original, at, certificate, annex)
    raw = bytes_of(subject, "subject")
    return _with_xml(subject, raw, issuer, original, at, certificate, annex)


def bytes_of(subject: Any, field: str) -> bytes:
    """Give the XML of what ``build``, ``sign`` and ``read`` give; raises ``InvalidInput`` for anything else."""
    raw = getattr(subject, "xml", None) or getattr(subject, "raw", None)
    if not isinstance(raw, bytes):
        raise InvalidInput(
            "esto no es un documento que se pueda revisar.",
            field=field,
            found=type(subject).__name__,
            expected="un documento, o lo que dan build, sign o read",
            remedy="use check(documento), check(build(documento, issuer)) o verify(read(datos)).",
        )
    return no_archive(raw, field)


def no_archive(raw: bytes, field: str) -> bytes:
    """Refuse a ZIP (``InvalidInput``): its parts are documents, itself is none."""
    if is_zip(raw):
        raise InvalidInput(
            "un ZIP no es un documento: lo son sus partes.",
            field=field,
            found="ZIP",
            expected="un documento XML",
            remedy="use read(datos).walk() y revise cada documento.",
        )
    return raw


def _with_xml(subject: Any, raw: bytes, *context: Any) -> Report:
    from . import _xmlsafe
    from .rules import Annex, Report
    from .ubl import xsd

    root = _xmlsafe.parse(raw)
    if isinstance(subject, Built):
        xsd.fill_signature_place(root)
    faults: list[Fault] = xsd.validate(root) + xsd.validate_extension(root)
    report = Report((), (), Annex.V1_9)
    kind = subject.kind
    if kind.sales:
        report = _by_rules(subject.document, kind.name, *context, control=subject.control, root=root, size=len(raw))
        faults = [*(_with_codes(fault, kind.name) for fault in faults), *report.faults]
    if not isinstance(subject, Built):
        from .signing.verify import verify

        faults += verify(raw).faults
    return Report(tuple(faults), report.not_evaluated, report.annex)


def _with_codes(fault: Fault, kind: str) -> Fault:
    """Say in an XSD fault which codes of the annex it tells: those that ``pending.tsv`` leaves to the XSD."""
    from .rules.facts import codes_of_xsd

    place = _POSITION.sub("", fault.xpath).partition("/")[2].partition("/")[2]
    parent, _, last = place.rpartition("/")
    known = codes_of_xsd(kind)
    if last and last == fault.found:
        # The element is one too many: its own codes are told if its parent cannot hold it anywhere.
        owner = parent.rpartition("/")[2]
        holds = vocabulary.members(vocabulary.type_of(owner) if owner else KINDS[kind].root)
        codes = () if any(member.name == last for member in holds) else known.get(place, ())
    else:
        codes = known.get("/".join(filter(None, (place, fault.expected))), ())
    if not codes:
        return fault
    called = "Código" if len(codes) == 1 else "Códigos"
    return replace(fault, message=f"{fault.message} {called} del anexo: {', '.join(codes)}.")


def _by_rules(
    document: Any,
    kind: str,
    issuer: Any,
    original: Any,
    at: datetime | None,
    certificate: Any,
    annex: Any,
    *,
    control: Any = None,
    root: Any = None,
    size: int = 0,
) -> Report:
    from .rules import Subject
    from .rules import check as judge
    from .ubl import keys
    from .ubl.paths import DocumentPlaces
    from .ubl.view import DocumentXml

    subject = Subject(
        kind=kind,
        document=document,
        control=control,
        xml=None if root is None else DocumentXml(root, size),
        issuer=issuer,
        original=original,
        clock=at,
        keys=keys,
        certificate=certificate,
        places=DocumentPlaces(kind),
    )
    return judge(subject, annex=annex)
