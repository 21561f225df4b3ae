"""`check`: the findings of DIAN's rules, the XSD and the signature's verification, in one report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ._arguments import checked
from .errors import InvalidInput
from .families.registry import kind as kind_named
from .families.registry import model_kind
from .families.spec import DocumentKind, Standing
from .faults import Fault, Severity
from .models._dates import to_bogota
from .models.document import TradeDocument
from .models.event import EventDocument
from .models.issuable import Issuable
from .ubl.grammar import grammar_of
from .ubl.received import ARCHIVE, OtherFile, Received
from .ubl.writer.build import Built

if TYPE_CHECKING:
    from .models.issuer import Issuer
    from .rules import Annex, Report
    from .rules.subject import CertificateFacts
    from .signing.documents import Signed
    from .verifying.allowance import Allowance

_POSITION = re.compile(r"\[\d+\]")


@checked
def check(
    subject: TradeDocument | EventDocument | Issuable | Built[Any] | Signed[Any] | Received[Any],
    *,
    issuer: Issuer | None = None,
    original: Any = None,
    at: datetime | None = None,
    certificate: CertificateFacts | None = None,
    annex: Annex | str | None = None,
) -> Report:
    """Check a document as DIAN would: the report is a sequence of faults, and lists what was not evaluated.

    A model is judged only by the rules; the result of ``build`` also by the XSD and the rules about its XML; what is
    signed or received also by the verification of its signature. The more arguments are given, the more rules are
    evaluated: ``issuer`` (numbering, software), ``original`` (the result of ``build``, ``sign`` or ``read`` for the
    invoice that a note corrects or an event is about), ``at`` (the moment of sending), ``certificate``. ``annex`` is
    the version of the norm, by default that of the issue date.

    With ``issuer`` an organization whose given state is not active is a finding; with ``at`` an unsigned document of
    another day is one too, since it would be signed on another day than it is issued (FAD09e).

    A kind of document without a rule book has ``NotEvaluated("*", ("rules",))`` in its report, which is never ``ok``.
    Of a container from ``read`` (AttachedDocument, ZIP) each document is checked: ``Report.parts``. ``examine`` judges
    consistency between parts, and trust. Raises ``InvalidInput`` for anything else.
    """
    around = {"issuer": issuer, "original": original, "clock": at, "certificate": certificate}
    kind = model_kind(type(subject))
    if kind is not None and kind.numbering is not None:
        report = _by_rules(subject, kind.name, annex, around)
        return _with_moment(report, subject, issuer, at, signed=False)
    if isinstance(subject, Received) and (subject.parts or subject.kind is ARCHIVE):
        from .verifying.allowance import Allowance

        return _of_container(subject, annex, around, Allowance())
    report = _with_xml(subject, bytes_of(subject), annex, around)
    return _with_moment(report, getattr(subject, "document", None), issuer, at, signed=not isinstance(subject, Built))


def _with_moment(report: Report, document: Any, issuer: Issuer | None, at: datetime | None, *, signed: bool) -> Report:
    """Add the findings about the day: an inactive company, and a document that can no longer be signed (FAD09e)."""
    from .rules.coded_faults import coded_fault
    from .rules.company_checks import state_faults

    kind = model_kind(type(document))
    if kind is None or kind.standing is not Standing.DOCUMENT:
        return report
    faults = [] if issuer is None or not kind.by_invoicers else list(state_faults(issuer, document.issue_date))
    later = getattr(document, "type_code", None) in kind.signed_later
    code = kind.codes.get("signing_day")
    if at is not None and code and not signed and not later and report.annex == "1.9":
        today = to_bogota(at, "at").date()
        if today != document.issue_date:
            expected = f"{today}, el día de la firma"
            faults.append(coded_fault(code, path="issued_at", found=document.issue_date, expected=expected))
    return replace(report, own_faults=(*report.own_faults, *faults)) if faults else report


def _of_container(
    received: Received[Any] | OtherFile, annex: Any, around: Mapping[str, Any], allowance: Allowance
) -> Report:
    """Report on a part and those in it; for a file that is not a document, only why it cannot be read."""
    from .rules import Report
    from .verifying.report import name_of

    if isinstance(received, OtherFile):
        reason = received.reason
        told = () if reason is None else (Fault("unreadable_part", Severity.CONSEJO, str(reason)),)
        return Report(told, (), None, name=name_of(received))
    own = Report((), (), None)
    if received.kind is not ARCHIVE:
        own = _with_xml(received, received.raw, annex, around, allowance)
    parts = tuple(_of_container(part, annex, around, allowance) for part in received.parts)
    inside = parts if parts or received.kind is ARCHIVE else None
    return replace(own, parts=inside, name=name_of(received))


def bytes_of(subject: Any) -> bytes:
    """Return the XML of a result of ``build``, ``sign`` or ``read``; raises ``InvalidInput`` for anything else."""
    raw = getattr(subject, "xml", None) or getattr(subject, "raw", None)
    if isinstance(raw, bytes):
        return raw
    raise InvalidInput.of("bytes_of", field="subject", found=type(subject).__name__)


def _with_xml(
    subject: Any, raw: bytes, annex: Any, around: Mapping[str, Any], explain: bool | Allowance = True
) -> Report:
    from . import _xmlsafe
    from .rules import Report
    from .rules.book import book_of
    from .rules.report import NO_RULES, NotEvaluated
    from .ubl import xsd
    from .ubl.xml_view import DocumentXml

    root = _xmlsafe.parse(raw, tolerant=True)
    if isinstance(subject, Built):
        xsd.fill_signature_place(root)
    kind = subject.kind
    invalid = xsd.validate_as(root, kind)
    faults: list[Fault] = [*(invalid or ()), *xsd.validate_extension(root)]
    report = Report((), (NO_RULES,), None)
    if book_of(kind.name) is not None:
        xml = DocumentXml(root, len(raw))
        report = _by_rules(subject.document, kind.name, annex, around, control=subject.control, xml=xml)
        faults = [*(_with_codes(fault, kind.name) for fault in faults), *report.own_faults]
    if isinstance(subject, Received):
        from .verifying.part_signature import signature_of
        from .verifying.signature.verification import Terms

        faults += signature_of(subject, Terms(explain=explain)).faults
    elif not isinstance(subject, Built):
        from .verifying.signature.verification import verify_signature

        faults += verify_signature(raw).faults
    missing = () if invalid is not None else (NotEvaluated(xsd.CODE, ("schema",)),)
    return Report(tuple(faults), (*report.not_evaluated, *missing), report.annex)


def _with_codes(fault: Fault, kind: str) -> Fault:
    """Add to an XSD fault the codes of the annex that it covers: those that ``pending.tsv`` leaves to the XSD."""
    from .rules.codes_by_place import codes_of_xsd

    place = _POSITION.sub("", fault.xpath).partition("/")[2].partition("/")[2]
    parent, _, last = place.rpartition("/")
    known = codes_of_xsd(kind)
    if last and last == fault.found:
        # An unexpected element: its own codes apply only if its parent cannot hold it anywhere.
        codes = () if _may_hold(kind_named(kind), parent, last) else known.get(place, ())
    elif last.startswith("@"):  # an attribute has a place already, missing or of another form
        codes = known.get(place, ())
    else:
        codes = known.get("/".join(filter(None, (place, fault.expected))), ())
    if not codes:
        return fault
    called = "Código" if len(codes) == 1 else "Códigos"
    return replace(fault, message=f"{fault.message} {called} del anexo: {', '.join(codes)}.")


def _may_hold(kind: DocumentKind, parent: str, name: str) -> bool:
    """True if the vocabulary of a kind has a child of that name in an element (path below the root)."""
    known = grammar_of(kind).vocabulary
    owner = kind.root
    for step in filter(None, parent.split("/")):
        owner = known.type_of(owner, step)
    return any(member.name == name for member in known.members(owner) or ())


def _by_rules(
    document: Any, kind: str, annex: Any, around: Mapping[str, Any], *, control: Any = None, xml: Any = None
) -> Report:
    """Judge a document by the rules of its kind; ``around`` are the parts of the `Subject` that the caller gave."""
    from .rules import Subject
    from .rules import check as judge
    from .ubl.keys import KindKeys
    from .ubl.paths import DocumentPlaces

    keys, places = KindKeys(kind_named(kind)), DocumentPlaces(kind)
    subject = Subject(kind, document=document, control=control, xml=xml, keys=keys, places=places, **around)
    return judge(subject, annex=annex)
