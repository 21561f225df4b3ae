"""What the other side gets of a company's document: made once, stored, and the same ever after."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..delivery.handing import Handout, hand_out
from ..delivery.mail import Mailbox
from ..delivery.packing import Package, pack
from ..errors import DianFeError, StoredDamaged
from ..families.spec import Standing
from ..graphic.pdf import pdf_is_installed, render_pdf
from ..models.issuable import parties_of
from ..signing.documents import Signed
from ..transport.outcome import Answer
from ..ubl.reader.document import read_document
from .issued import Issued

if TYPE_CHECKING:
    from datetime import datetime

    from ..graphic.theme import Theme
    from ..models.issuer import Issuer
    from ..signing.policy import SignerRole
    from ..signing.signer import Signer
    from ..ubl.received import Received
    from .store import Entry

_SEQUENCE: Final = re.compile(r"([0-9A-Fa-f]{8})\.xml\Z")
_PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Papers:
    """A package, or a handout, or neither."""

    package: Package[Any] | None = None
    handout: Handout | None = None

    @property
    def stored(self) -> bytes | None:
        """What a store keeps of them."""
        if self.package is not None:
            return self.package.zip_bytes
        return None if self.handout is None else self.handout.pdf


def papers_of(
    document: Signed[Any] | Received[Any],
    answer: Answer,
    signer: Signer,
    issuer: Issuer,
    *,
    at: datetime,
    role: SignerRole,
    theme: Theme | None,
) -> Papers:
    """Draw and pack an accepted document; nothing comes of kinds that neither are delivered nor have a paper."""
    kind = document.kind
    software, pdf = issuer.software_of(kind), None
    paper = kind.standing is Standing.DOCUMENT and kind.family.presentation is not None
    if paper and pdf_is_installed():
        pdf = render_pdf(document, answer=answer, software=software, theme=theme)
    name = answer.shipment.file_name
    if not kind.delivered:
        return Papers() if pdf is None else Papers(handout=_named(hand_out(document, answer, pdf=pdf), name))
    sequence = None if isinstance(document, Signed) else _SEQUENCE.search(name)
    package = pack(
        document,
        answer,
        signer,
        at=at,
        sequence=None if sequence is None else int(sequence[1], 16),
        number=document.document.number,
        role=role,
        provider_code=software.provider_code,
        pdf=pdf,
    )
    return Papers(package)


def issued_of(entry: Entry) -> Issued[Any]:
    """Return a stored document as it stands. Raise ``StoredDamaged`` for one whose package cannot be read."""
    shipment, stored = entry.shipment, entry.package
    received, answer = read_document(shipment.xml), Answer(shipment)
    if stored is None:
        return Issued(received.document, answer)
    if stored.startswith(_PDF):
        handout = Handout(received.document, received.kind, shipment.key, shipment.environment, stored, "")
        return Issued(received.document, answer, handout=_named(handout, shipment.file_name))
    try:
        package = Package.load(stored)
    except DianFeError as error:
        raise StoredDamaged.of("company.damaged", field="package", found=error.found, document=shipment.key) from error
    return Issued(received.document, answer, package)


def mailbox_of(mailed: Package[Any] | Handout, issuer: Issuer) -> Mailbox | None:
    """Return the organization's mailbox for a document that names no address of its issuer, as payroll."""
    organization = issuer.organization
    if getattr(parties_of(mailed.document)[0], "emails", ()) or not organization.emails:
        return None
    return Mailbox(organization.emails[0], organization.name)


def _named(handout: Handout, file_name: str) -> Handout:
    """Return a handout that is named as the document's file."""
    return replace(handout, pdf_name=f"{file_name.removesuffix('.xml')}.pdf")
