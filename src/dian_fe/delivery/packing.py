"""`pack`: the signed AttachedDocument with a document and DIAN's answer in it, and the ZIP that carries it.

The container is written in canonical form, like every document, with the embedded documents as escaped text; that is
what is signed. The file then has that text in CDATA sections, as receivers expect, which XML parsers read the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic

from .._arguments import checked, refuses
from .._typevars import TypeVar
from .._viewed import Viewed
from ..errors import InvalidInput, NotAccepted, PackageTooLarge
from ..families.registry import kind_standing, kinds, labels
from ..families.spec import DocumentKind, Standing
from ..faults import Fault
from ..models._dates import to_bogota
from ..models.attached_document import INVOICE_CONTAINER, AttachedAnswer, AttachedDocument, AttachedParty
from ..models.issuable import issuer_of, parties_of
from ..models.organization import Organization
from ..rules.coded_faults import coded_fault
from ..signing.documents import Signed
from ..signing.policy import SignerRole
from ..signing.xades import sign
from ..ubl.archive import make_zip
from ..ubl.control import Control
from ..ubl.file_names import FileName
from ..ubl.tables.extension import DIAN_NAME
from ..ubl.writer.build import UBL_VERSION, write
from ..verifying.examining import Answered
from .answers import accepted_answer
from .embedding import embeddable, normal, with_cdata

if TYPE_CHECKING:
    from ..events.event import Event  # noqa: F401  # in the bound below, which ruff does not read
    from ..models.application_response import ApplicationResponse
    from ..models.document import TradeDocument  # noqa: F401
    from ..signing.signer import Signer
    from ..ubl.received import Received

D = TypeVar("D", bound="TradeDocument | Event", default=Any)

MAX_BYTES = 2 * 1024 * 1024
"""Largest ZIP that may be mailed (annex 1.9, section 9.1); receivers test 2,097,152 bytes."""
ANNEXES_NAME = "anexos.zip"
_CONTAINER = kind_standing(Standing.CONTAINER)
_CONSECUTIVE = re.compile(r"[0-9]{1,18}\Z")
_MAX_NUMBER = 20


@checked
@refuses("document")
@dataclass(frozen=True, slots=True)
class Package(Viewed, Generic[D]):
    """The package for the other side: the signed container and the ZIP that holds it. Its bytes never change.

    Keep ``zip_bytes``: `Package.load` restores the package, so that it can be sent again as it was.
    """

    document: D = field(repr=False)
    """The invoice, note, event or other document inside."""
    kind: DocumentKind = field(repr=False)
    """The kind of the document inside."""
    key: str
    """Key of the document inside: CUFE, CUDE or CUDS."""
    environment: str | None
    """“1” production, “2” tests; None when the document does not say."""
    container: AttachedDocument = field(repr=False)
    """The AttachedDocument's model."""
    xml: bytes = field(repr=False)
    """The signed AttachedDocument."""
    file_name: str
    """Name of the AttachedDocument's file (ad…xml)."""
    zip_bytes: bytes = field(repr=False)
    """What is mailed."""
    zip_name: str
    """Name of the ZIP (annex 1.9, section 9)."""
    members: tuple[str, ...] = ()
    """Names of the files in the ZIP."""
    pdf: bytes | None = field(default=None, repr=False)
    """The graphic representation, if it is in the ZIP."""
    findings: tuple[Fault, ...] = ()
    """What was left out to stay within the limit, and notes for the signer."""

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the ZIP, by which a delivery record identifies it."""
        return sha256(self.zip_bytes).hexdigest()

    @property
    def pdf_name(self) -> str:
        """Name of the graphic representation's file."""
        return f"{self.file_name.removesuffix('.xml')}.pdf"

    @classmethod
    def load(cls, data: bytes, *, name: str | None = None) -> Package[Any]:
        """Load an existing package, from its ZIP (kept byte for byte) or its AttachedDocument's XML.

        ``name``: the file's name, when it is not the annex's. Raises what ``read`` does, ``InvalidInput`` when there is
        not exactly one AttachedDocument with one invoice or note in it, and ``NotAccepted`` or ``ForeignAnswer`` when
        it does not contain DIAN's acceptance. Signatures are not verified: ``verify`` does that.
        """
        from .loading import load_package

        return load_package(cls, data, name)


@checked
def pack(
    signed: Signed[D] | Received[D],
    answer: Answered | bytes | None,
    signer: Signer,
    *,
    at: datetime,
    sequence: int | None = None,
    number: str | None = None,
    role: SignerRole = SignerRole.SUPPLIER,
    provider_code: str | None = None,
    pdf: bytes | None = None,
    annexes: Mapping[str, bytes] | None = None,
    max_bytes: int | None = MAX_BYTES,
    profile: str = _CONTAINER.profile,
    document_type: str = INVOICE_CONTAINER,
) -> Package[D]:
    """Put a signed document and DIAN's answer about it into a signed AttachedDocument, and that into a ZIP. Pure.

    ``signed``: the result of ``sign``, or a signed document from ``read``. An event goes to the other side in the same
    form (annex RADIAN 1.1; how its container is worded is not established). ``answer``: the result of sending it
    (anything with ``application_response`` and ``accepted``), or the bytes of DIAN's ApplicationResponse; None only for
    contingency invoices of type 04, which are handed over before DIAN answers. ``at``: moment of the container and of
    its signature, not before the document's day. ``sequence``: annual counter of files sent, for the file's name;
    without it the name has that of the document's file, which a note may share with an invoice. ``number``: the
    container's own consecutive (AE04b), 1 to 20 characters; by default ``sequence`` or the document's number. ``role``:
    who signs, as in ``sign``. ``provider_code``: needed for a received document whose file name lacks it. ``pdf``:
    graphic representation, as ``render_pdf(signed, answer=answer)`` returns it. ``annexes``: other files by name, which
    go into a ZIP of their own. ``profile`` and ``document_type`` (AE04, AE08) use the texts of invoices for notes too,
    as real containers do, and for support documents, as no container of one is known.

    When the ZIP passes ``max_bytes`` (None: no limit), annexes are left out, the largest first, then the PDF; each is
    named in ``findings``.

    Raises ``NotAccepted`` when DIAN has not accepted the document, ``ForeignAnswer`` when the answer is about another
    one, ``PackageTooLarge`` when the XML alone passes the limit, ``InvalidInput``, ``NaiveDatetime``, ``SigningError``
    and the errors of ``KeyMaterialError``.
    """
    moment = to_bogota(at, "at")
    xml, name = _source(signed, moment, sequence, provider_code)
    document, key = signed.document, signed.key or ""
    if moment.date() < document.issue_date:
        raise InvalidInput.of(
            "delivery.container_too_early",
            field="at",
            found=moment.date().isoformat(),
            earliest=document.issue_date.isoformat(),
        )
    own_number = number or (document.number if sequence is None else str(sequence))
    _check_files(own_number, pdf, annexes or {})
    sender, receiver = parties_of(document)
    accepted = accepted_answer(answer, document=document, key=key)
    texts = [embeddable(xml, "signed")]
    if accepted is not None:
        texts.append(accepted.text)
    container = AttachedDocument(
        number=own_number,
        issued_at=moment,
        document_type=document_type,
        parent_number=document.number,
        sender=_party(sender),
        receiver=_party(receiver),
        content=normal(texts[0]),
        answers=() if accepted is None else (_answer(accepted.response, signed, normal(texts[1])),),
    )
    control = Control(ubl_version=UBL_VERSION, profile=profile, environment=signed.control.environment)
    role = SignerRole(role)  # its text serves too
    nit = issuer_of(document) if role is SignerRole.SUPPLIER else signed.control.provider_nit
    sealed = sign(write(container, control, _CONTAINER), signer, at=moment, role=role, nit=nit)
    container_xml = with_cdata(sealed.xml, texts)
    zip_bytes, members, left_out = _zip(name.xml, container_xml, pdf, annexes or {}, max_bytes)
    return Package(
        document=document,
        kind=signed.kind,
        key=key,
        environment=control.environment,
        container=container,
        xml=container_xml,
        file_name=name.xml,
        zip_bytes=zip_bytes,
        zip_name=name.zip,
        members=members,
        pdf=pdf if f"{name.stem}.pdf" in members else None,
        findings=(*sealed.findings, *left_out),
    )


def _source(
    signed: Signed[Any] | Received[Any], moment: datetime, sequence: int | None, provider_code: str | None
) -> tuple[bytes, FileName]:
    """Return the document's bytes and the name of the container's file."""
    if not signed.kind.delivered:
        raise InvalidInput.of(
            "delivery.not_delivered",
            field="signed",
            found=signed.kind.name,
            label=signed.kind.label,
            labels=labels(each for each in kinds() if each.delivered),
        )
    if isinstance(signed, Signed):
        own = signed.built.name
        if sequence is None:
            return signed.xml, own.of(_CONTAINER.files)
        xml, code = signed.xml, own.provider
    else:
        if not signed.signed:
            raise NotAccepted.of("delivery.unsigned", field="signed")
        xml, code = signed.raw, provider_code or _own_software(signed)
    consecutive = _CONSECUTIVE.search(signed.document.number)
    return xml, FileName(
        _CONTAINER.files,
        nit=issuer_of(signed.document),
        provider=code,
        year=moment.year,
        sequence=sequence if sequence is not None else int(consecutive[0]) if consecutive else 0,
    )


def _own_software(received: Received[Any]) -> str:
    if received.control.provider_nit in {None, issuer_of(received.document)}:
        return "000"
    raise InvalidInput.of("delivery.provider_code", field="provider_code", found=received.control.provider_nit)


def _check_files(number: str, pdf: bytes | None, annexes: Mapping[str, bytes]) -> None:
    if not 1 <= len(number) <= _MAX_NUMBER:
        raise InvalidInput.of("delivery.container_number", field="number", found=number, longest=_MAX_NUMBER)
    if pdf is not None and not pdf.startswith(b"%PDF-"):
        raise InvalidInput.of("delivery.not_a_pdf", field="pdf", found=repr(pdf[:8]))
    for name in annexes:
        if not name.strip(". ") or re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', name):
            raise InvalidInput.of("delivery.annex_name", field="annexes", found=repr(name))


def _party(party: Any) -> AttachedParty:
    data = party.party() if isinstance(party, Organization) else party
    return AttachedParty(
        name=data.name,
        id_type=data.id_type,
        id=data.id,
        check_digit=data.check_digit,
        # AE28 demands one where the invoice may have none; real containers have this value then.
        responsibilities=getattr(data, "responsibilities", ()) or ("R-99-PN",),
        regime=getattr(data, "regime", None),
        tax_scheme=data.tax_scheme,
        tax_scheme_name=data.tax_scheme_name,
    )


def _answer(response: ApplicationResponse, signed: Signed[Any] | Received[Any], content: str) -> AttachedAnswer:
    return AttachedAnswer(
        id="1",
        reference=signed.document.number,
        reference_key=signed.key,
        reference_key_scheme=signed.control.key_scheme,
        issue_date=response.issue_date,
        content=content,
        validator=DIAN_NAME,
        result_code=response.code,
        validation_date=response.issue_date,
        validation_time=response.issued_at.timetz().isoformat(),
    )


def _zip(
    name: str, xml: bytes, pdf: bytes | None, annexes: Mapping[str, bytes], max_bytes: int | None
) -> tuple[bytes, tuple[str, ...], list[Fault]]:
    """Return the ZIP, its members and a finding for each file left out: annexes, the largest first, then the PDF."""
    remaining = dict(annexes)
    findings: list[Fault] = []
    while True:
        files = {name: xml}
        if pdf is not None:
            files[f"{name.removesuffix('.xml')}.pdf"] = pdf
        if remaining:
            files[ANNEXES_NAME] = make_zip(remaining)
        data = make_zip(files)
        if max_bytes is None or len(data) <= max_bytes:
            return data, tuple(files), findings
        if remaining:
            largest = max(remaining, key=lambda annex: (len(remaining[annex]), annex))
            del remaining[largest]
            left_out = f"el anexo «{largest}»"
        elif pdf is not None:
            pdf = None
            left_out = "la representación gráfica"
        else:
            raise PackageTooLarge.of("delivery.xml_too_large", field="max_bytes", size=len(data), limit=max_bytes)
        message = f"Se dejó por fuera {left_out}: con ello el ZIP supera el límite."
        found, limit = f"{len(data)} bytes", f"hasta {max_bytes} bytes"
        findings.append(coded_fault("package_too_large", message=message, found=found, expected=limit, notify=True))
