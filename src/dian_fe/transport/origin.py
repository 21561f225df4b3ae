"""Who made a document that is about to be sent: the owner of its software, and whose key signed it."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import _xmlsafe
from ..errors import UnreadableDocument
from ..signing.certificates import der

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_DIAN = "{*}SoftwareProvider/{*}ProviderID"
_CERTIFICATE = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a signed document says of its making. It is the caller's own document: nothing is verified here."""

    provider: str | None = None
    """NIT of the software's owner (sts:ProviderID)."""
    certificates: tuple[str, ...] = field(default=(), repr=False)
    """Texts of ds:X509Certificate."""

    def signed_with(self, certificate: Certificate) -> bool:
        """True if the document lists this certificate among those of its signature."""
        wanted = der(certificate)
        return any(_decoded(text) == wanted for text in self.certificates)


def origin_of(xml: bytes) -> Origin:
    """Return who made a document; nothing is known of bytes that are no XML."""
    try:
        root = _xmlsafe.parse(xml)
    except UnreadableDocument:
        return Origin()
    provider = (root.findtext(f".//{_DIAN}") or "").strip()
    return Origin(provider or None, tuple(node.text or "" for node in root.iter(_CERTIFICATE)))


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""
