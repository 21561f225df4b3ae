"""A signer as other software has them: builds the tree, inserts the signature, digests in place.

It shares no code with the library, and does on purpose what other people's signatures do.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from dian_fe.testing.pki import ToyIdentity
from tests.signing.support import NIT, NS, PKI

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
MORE, ENC, DS = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#", NS["ds"]
DIGESTS = {"sha1": f"{DS}sha1", "sha256": f"{ENC}sha256", "sha384": f"{MORE}sha384", "sha512": f"{ENC}sha512"}
SIGNATURES = {name: f"{DS if name == 'sha1' else MORE}rsa-{name}" for name in DIGESTS}
POLICY = "https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf"


@dataclass
class Foreign:
    """What differs from the usual."""

    c14n: str = INCLUSIVE
    transforms: bool = False
    """Write the canonicalisation of each reference as a transform, as exclusive ones must."""
    prefixes: str = ""
    """InclusiveNamespaces PrefixList."""
    hash: str = "sha256"
    digest: str = "sha256"
    order: tuple[str, ...] = ("document", "key_info", "signed_properties")
    typed: bool = True
    pretty: bool = False
    """Break base64 and put blanks between the tags of the signature, before digesting."""
    time: str = "2026-03-02T10:15:30.123-05:00"
    role: str = "supplier"
    policy: str = POLICY
    policy_digest: str = "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y="
    policy_algorithm: str = DIGESTS["sha256"]
    listed: bytes | None = None
    """DER of the certificate in SigningCertificate, when it is not the one that signs."""
    detached: bool = False
    """Digest KeyInfo and SignedProperties as detached nodes: the classic fault."""
    early: bool = False
    """Digest the document before its extension exists: another classic."""
    issuer: str = ""
    """The issuer's name as listed, when it is not that of the certificate in RFC 4514."""
    change: Callable[[etree._Element], None] | None = None
    """Applied to the signature before digesting."""
    identity: ToyIdentity | None = None
    of_document: Callable[[etree._Element, etree._Element], bytes] | None = None
    """What is digested as the document, given its root and the signature that is already in it."""
    of_part: Callable[[etree._Element], bytes] | None = None
    """What is digested as KeyInfo or SignedProperties."""
    of_info: Callable[[etree._Element], bytes] | None = None
    """What is signed as SignedInfo."""
    make_value: Callable[[rsa.RSAPrivateKey, bytes], bytes] | None = None
    """The signature of bytes, when it is not PKCS#1 v1.5 with the named hash."""
    write_digest: Callable[[bytes], str] | None = None
    """How a digest is written, when it is not base64."""
    digest_used: str = ""
    """The hash that digests, when it is not the named one."""
    spelling: tuple[bytes, bytes] = (b"", b"")
    """Bytes written and digested as others: lxml does not canonicalise relative namespaces."""

    def sign(self, xml: bytes) -> bytes:
        toy = self.identity or PKI.identity(NIT)
        der = toy.certificate.public_bytes(Encoding.DER)
        root = etree.fromstring(xml)
        place = root.xpath("//ext:ExtensionContent[not(*)]", namespaces=NS)[0]
        digest = self._digest(b"x")
        listed = b64encode(hashlib.sha256(self.listed or der).digest()).decode()
        issuer = self.issuer or toy.certificate.issuer.rfc4514_string()
        text = f"""<ds:Signature xmlns:ds="{DS}" xmlns:xades="{NS["xades"]}" Id="s"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{self.c14n}">{self._inclusive()}</ds:CanonicalizationMethod>
<ds:SignatureMethod Algorithm="{SIGNATURES[self.hash]}"/>{"".join(self._reference(part, digest) for part in self.order)}
</ds:SignedInfo><ds:SignatureValue>x</ds:SignatureValue>
<ds:KeyInfo Id="k"><ds:X509Data><ds:X509Certificate>{self._base64(der)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
<ds:Object><xades:QualifyingProperties Target="#s"><xades:SignedProperties Id="p"><xades:SignedSignatureProperties>
<xades:SigningTime>{self.time}</xades:SigningTime><xades:SigningCertificate><xades:Cert><xades:CertDigest>
<ds:DigestMethod Algorithm="{DIGESTS["sha256"]}"/><ds:DigestValue>{listed}</ds:DigestValue></xades:CertDigest>
<xades:IssuerSerial><ds:X509IssuerName>{escape(issuer)}</ds:X509IssuerName>
<ds:X509SerialNumber>{toy.certificate.serial_number}</ds:X509SerialNumber>
</xades:IssuerSerial></xades:Cert></xades:SigningCertificate><xades:SignaturePolicyIdentifier><xades:SignaturePolicyId>
<xades:SigPolicyId><xades:Identifier>{self.policy}</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash>
<ds:DigestMethod Algorithm="{self.policy_algorithm}"/><ds:DigestValue>{self.policy_digest}</ds:DigestValue>
</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier><xades:SignerRole><xades:ClaimedRoles>
<xades:ClaimedRole>{self.role}</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRole>
</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>"""
        document = self._canonical(self._without_extension(root, place) if self.early else root.getroottree())
        signature = etree.fromstring(text if self.pretty else text.replace("\n", ""))
        if self.change:
            self.change(signature)
        place.append(signature)
        if self.of_document:
            document = self.of_document(root, signature)
        parts = {"#k": signature.find("ds:KeyInfo", NS), "#p": signature.find(".//xades:SignedProperties", NS)}
        for reference in signature.findall("ds:SignedInfo/ds:Reference", NS):
            uri = reference.get("URI")
            if uri not in {"", *parts}:
                (parts[uri],) = signature.xpath("//*[@Id = $value]", value=uri[1:])
            content = document if uri == "" else self._detached(parts[uri]) if self.detached else self._part(parts[uri])
            reference.find("ds:DigestValue", NS).text = self._digest(content)
        info = self._part(signature.find("ds:SignedInfo", NS))
        if self.of_info:
            info = self.of_info(signature.find("ds:SignedInfo", NS))
        value = self.make_value(toy.key, info) if self.make_value else self._value(toy.key, info)
        signature.find("ds:SignatureValue", NS).text = self._base64(value)
        return self._spelled(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True))

    def _value(self, key: rsa.RSAPrivateKey, data: bytes) -> bytes:
        return key.sign(self._spelled(data), padding.PKCS1v15(), getattr(hashes, self.hash.upper())())

    def _spelled(self, data: bytes) -> bytes:
        return data.replace(*self.spelling) if self.spelling[0] else data

    def _canonical(self, node: etree._Element | etree._ElementTree) -> bytes:
        exclusive = self.c14n == EXCLUSIVE
        prefixes = self.prefixes.split() or None
        return etree.tostring(node, method="c14n", exclusive=exclusive, inclusive_ns_prefixes=prefixes)

    def _part(self, node: etree._Element) -> bytes:
        return self.of_part(node) if self.of_part and "SignedInfo" not in str(node.tag) else self._canonical(node)

    def _detached(self, node: etree._Element) -> bytes:
        return etree.tostring(node, method="c14n", exclusive=True)

    @staticmethod
    def _without_extension(root: etree._Element, place: etree._Element) -> etree._Element:
        copy = etree.fromstring(etree.tostring(root))
        extension = copy.xpath("//ext:ExtensionContent[not(*)]", namespaces=NS)[0].getparent()
        extension.getparent().remove(extension)
        return copy

    def _reference(self, part: str, digest: str) -> str:
        own = f'<ds:Transform Algorithm="{self.c14n}">{self._inclusive()}</ds:Transform>' if self.transforms else ""
        if part == "document":
            own = f'<ds:Transform Algorithm="{DS}enveloped-signature"/>{own}'
        uri = {"document": "", "key_info": "#k", "signed_properties": "#p"}[part]
        kind = ' Type="http://uri.etsi.org/01903#SignedProperties"' if self.typed and uri == "#p" else ""
        transforms = f"<ds:Transforms>{own}</ds:Transforms>" if own else ""
        return (
            f'<ds:Reference URI="{uri}"{kind}>{transforms}<ds:DigestMethod Algorithm="{DIGESTS[self.digest]}"/>'
            f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        )

    def _inclusive(self) -> str:
        if not self.prefixes:
            return ""
        return f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{self.prefixes}"/>'

    def _digest(self, data: bytes) -> str:
        digest = hashlib.new(self.digest_used or self.digest, self._spelled(data)).digest()
        return self.write_digest(digest) if self.write_digest else b64encode(digest).decode()

    def _base64(self, data: bytes) -> str:
        text = b64encode(data).decode()
        return "\n".join(text[at : at + 64] for at in range(0, len(text), 64)) if self.pretty else text
