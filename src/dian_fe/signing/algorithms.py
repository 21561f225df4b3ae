"""URIs of XML signatures: namespaces and algorithms (XMLDSig 1.1, RFC 6931, XAdES 1.3.2)."""

from __future__ import annotations

from typing import Final

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"
"""``Type`` of the reference to the signed properties (XAdES 1.3.2, section 6.3.1)."""

INCLUSIVE_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = f"{DS}enveloped-signature"

RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"

DIGESTS: Final = {
    f"{DS}sha1": "sha1",
    SHA256: "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
"""Digest methods by URI, as ``hashlib`` calls them."""

RSA_SIGNATURES: Final = {
    f"{DS}rsa-sha1": "sha1",
    RSA_SHA256: "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": "sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": "sha512",
}
"""RSA PKCS#1 v1.5 signature methods by URI, with their digest."""

WEAK_DIGEST: Final = "sha1"
"""Not collision-resistant; DIAN accepts only SHA-256, 384 and 512."""
