"""Signing a built document: the stage after ``build``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from .._arguments import unchecked
from .._typevars import TypeVar
from .._viewed import Viewed
from ..families.spec import DocumentKind
from ..faults import Fault
from ..models.issuable import Issuable
from ..ubl.control import Control
from ..ubl.writer.build import Built
from .distinguished_names import NameOrder
from .policy import SignerRole
from .signer import Signer
from .xades import sign

D = TypeVar("D", bound=Issuable, default=Any)
_sign = unchecked(sign)


@dataclass(frozen=True, slots=True)
class Signed(Viewed, Generic[D]):
    """A signed document, ready to be sent. ``xml`` are the final bytes: they must not be changed."""

    built: Built[D] = field(repr=False)
    xml: bytes = field(repr=False)
    signing_time: datetime
    """When it was signed, in Colombian time."""
    findings: tuple[Fault, ...] = ()
    """Notes for the signer that do not prevent signing, such as a certificate without NIT."""

    @property
    def document(self) -> D:
        """The model."""
        return self.built.document

    @property
    def key(self) -> str:
        """CUFE or CUDE."""
        return self.built.key

    @property
    def kind(self) -> DocumentKind:
        """The kind of document."""
        return self.built.kind

    @property
    def control(self) -> Control:
        """Key, environment, numbering and software as the XML carries them."""
        return self.built.control

    @property
    def file_name(self) -> str:
        """Name of the XML file (annex 1.9, section 9)."""
        return self.built.file_name

    @property
    def zip_name(self) -> str:
        """Name of the ZIP file that carries it."""
        return self.built.zip_name

    @property
    def qr_text(self) -> str:
        """Text of the printed QR."""
        return self.built.qr_text


def sign_document(
    built: Built[D],
    signer: Signer,
    *,
    at: datetime,
    role: SignerRole = SignerRole.SUPPLIER,
    whole_chain: bool = True,
    order: NameOrder = NameOrder.RFC2253,
) -> Signed[D]:
    """Sign a built document as DIAN's policy requires (XAdES-EPES; annex 1.9, section 10).

    ``at`` is the signing time: its Colombian day must be that of the issue date (rule FAD09e), except in contingency
    (types 03 and 04). ``role``: the issuer signs as supplier, a technology provider as third party; the certificate
    must name that party's NIT. ``order`` is that of the issuers' names in ``ds:X509IssuerName``. Raises
    ``NaiveDatetime``, ``WrongSigningDate``, ``SigningError`` and the errors of ``KeyMaterialError``, before anything is
    signed.
    """
    control = built.control
    role = SignerRole(role)  # its text serves too
    nit = built.document.issuer_id if role is SignerRole.SUPPLIER else control.provider_nit
    signed = _sign(built.canonical, signer, at=at, role=role, whole_chain=whole_chain, order=order, nit=nit)
    return Signed(built, signed.xml, signed.signing_time, signed.findings)
