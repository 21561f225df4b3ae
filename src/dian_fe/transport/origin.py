"""The origin of a document to be sent: the owner of its software, and its signing certificates."""

from __future__ import annotations

from base64 import b64decode

from cryptography.x509 import Certificate

from .. import _xmlsafe
from ..errors import UnreadableDocument
from ..signing.certificates import der

_DIAN = "{*}SoftwareProvider/{*}ProviderID"
_CERTIFICATE = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


def origin_of(xml: bytes, certificate: Certificate) -> tuple[str | None, bool]:
    """Return the NIT of the software's owner (sts:ProviderID), and whether the signature lists the certificate.

    Nothing is verified: it is the caller's own document. Nothing is known of bytes that are not XML.
    """
    try:
        root = _xmlsafe.parse(xml)
    except UnreadableDocument:
        return None, False
    provider = (root.findtext(f".//{_DIAN}") or "").strip()
    wanted = der(certificate)
    return provider or None, any(_decoded(node.text or "") == wanted for node in root.iter(_CERTIFICATE))


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""
