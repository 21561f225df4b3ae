"""Attacks on XML signatures, each made from a document of our own, with what plain cryptography makes of it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from dian_fe import Signed
from dian_fe.testing.pki import ToyIdentity
from tests.delivery.support import NIT, issued, office
from tests.signing.support import DS, NS, OASIS, XADES
from tests.verifying.foreign import Foreign

STRANGER = "900373076"
CBC, CAC = f"{OASIS}CommonBasicComponents-2", f"{OASIS}CommonAggregateComponents-2"
LINES = ("--id-attr:Id", f"{OASIS}CommonAggregateComponents-2:InvoiceLine")
_MORE, _ENC = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"


@dataclass(frozen=True)
class Attack:
    """A forged or doctored document."""

    name: str
    data: bytes
    plain: bool
    """What xmlsec1 says of the cryptography, with the key that signed and nothing else judged."""
    ours: bool | None
    """What our verdict on the cryptography says; None when the bytes are refused before."""
    code: str
    """Of the fault, or of the error, that refuses it."""
    why: str = ""
    """Why our verdict on the cryptography is stricter than the plain one."""
    signer: bytes | None = None
    """DER of the certificate that signed, when it is not the issuer's."""
    options: tuple[str, ...] = ()
    """Of xmlsec1."""


@cache
def sold() -> tuple[Signed[Any], Any]:
    """Return a signed invoice and DIAN's answer."""
    return issued()


def good() -> bytes:
    return sold()[0].xml


@cache
def another() -> bytes:
    return issued()[0].xml


def victim() -> ToyIdentity:
    return office().pki.identity(NIT)


def stranger() -> ToyIdentity:
    """Somebody else with a certificate of the same authority."""
    return office().pki.identity(STRANGER)


def der(identity: ToyIdentity) -> bytes:
    return identity.certificate.public_bytes(Encoding.DER)


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def edited(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(data)
    change(root)
    out: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return out


def signature(root: etree._Element) -> etree._Element:
    found = root.find(".//ds:Signature", NS)
    assert found is not None
    return found


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data, old
    return data.replace(old, new, 1)


def ds(name: str, **attributes: str) -> etree._Element:
    element: etree._Element = etree.Element(f"{{{DS}}}{name}", nsmap={"ds": DS})
    element.attrib.update(attributes)
    return element


def by(identity: ToyIdentity, xml: bytes | None = None, **options: Any) -> bytes:
    """Sign as other software does."""
    return Foreign(identity=identity, **options).sign(sold()[0].built.xml if xml is None else xml)


# ---- content moved: the signature holds for something that is not what is shown


def forged(root: etree._Element) -> None:
    for amount in root.iter(f"{{{CBC}}}PayableAmount"):
        amount.text = "1.00"


def wrapped_in_an_extension() -> bytes:
    """The signed invoice goes under an extension of a forged one."""

    def change(root: etree._Element) -> None:
        original = deepcopy(root)
        forged(root)
        content = signature(root).getparent()
        content.remove(signature(root))
        content.append(original)

    return edited(good(), change)


def wrapped_in_an_object() -> bytes:
    """The signed invoice goes into a ds:Object of its own signature, which stands in a forged one."""

    def change(root: etree._Element) -> None:
        original = deepcopy(root)
        inner = signature(original)
        inner.getparent().remove(inner)
        holder = ds("Object")
        holder.append(original)
        signature(root).append(holder)
        forged(root)

    return edited(good(), change)


def forged_in_an_object() -> bytes:
    """What is inside the signature and no reference covers is free space: a forged invoice goes there."""

    def change(root: etree._Element) -> None:
        copy = deepcopy(root)
        signature(copy).getparent().remove(signature(copy))
        forged(copy)
        holder = ds("Object")
        holder.append(copy)
        signature(root).append(holder)

    return edited(good(), change)


def forged_in_unsigned_properties() -> bytes:
    def change(root: etree._Element) -> None:
        copy = deepcopy(root)
        signature(copy).getparent().remove(signature(copy))
        unsigned = etree.SubElement(root.find(".//xades:QualifyingProperties", NS), f"{{{XADES}}}UnsignedProperties")
        unsigned.append(copy)

    return edited(good(), change)


def forged_beside_the_key() -> bytes:
    """Some sign without a reference to KeyInfo, which then is free space too."""

    def change(root: etree._Element) -> None:
        signature(root).find("ds:KeyInfo", NS).append(etree.fromstring(b'<Invoice xmlns="urn:x"/>'))

    return edited(by(victim(), order=("document", "signed_properties")), change)


def second_document() -> bytes:
    def change(root: etree._Element) -> None:
        copy = deepcopy(root)
        forged(copy)
        root.append(copy)

    return edited(good(), change)


def signature_moved() -> bytes:
    return edited(good(), lambda root: root.append(signature(root)))


def signature_of_another() -> bytes:
    def change(root: etree._Element) -> None:
        signature(root).getparent().replace(signature(root), signature(etree.fromstring(another())))

    return edited(good(), change)


def second_signature() -> bytes:
    return edited(good(), lambda root: signature(root).addnext(signature(etree.fromstring(by(stranger())))))


def signature_within_a_signature() -> bytes:
    """The issuer's signature goes into a ds:Object of a stranger's."""

    def change(root: etree._Element) -> None:
        original = signature(etree.fromstring(good()))
        holder = ds("Object")
        holder.append(original)
        signature(root).append(holder)

    return edited(by(stranger()), change)


# ---- identifiers and references


def identifier_altered() -> bytes:
    return replaced(good(), b'<xades:SignedProperties Id="', b'<xades:SignedProperties Id="x')


def decoy(attribute: str) -> bytes:
    """A second element with the identifier of the signed properties, where no reference covers it."""

    def change(root: etree._Element) -> None:
        properties = root.find(".//xades:SignedProperties", NS)
        fake = deepcopy(properties)
        del fake.attrib["Id"]
        fake.set(attribute, properties.get("Id"))
        fake.find(".//xades:SigningTime", NS).text = "2026-03-02T23:00:00-05:00"
        holder = ds("Object")
        holder.append(fake)
        properties.getparent().getparent().addprevious(holder)

    return edited(good(), change)


def decoy_properties() -> bytes:
    """Other signed properties before the true ones, under another identifier."""

    def change(root: etree._Element) -> None:
        properties = root.find(".//xades:SignedProperties", NS)
        fake = deepcopy(properties)
        fake.set("Id", "otras")
        fake.find(".//xades:SigningTime", NS).text = "2026-03-02T23:00:00-05:00"
        properties.addprevious(fake)

    return edited(good(), change)


def properties_of_another() -> bytes:
    def change(root: etree._Element) -> None:
        ours = root.find(".//xades:SignedProperties", NS)
        theirs = etree.fromstring(another().replace(b"T10:15:00-05:00", b"T10:15:01-05:00")).find(
            ".//xades:SignedProperties", NS
        )
        theirs.set("Id", ours.get("Id"))
        theirs.find(".//xades:SigningTime", NS).text = "2026-03-02T10:15:01-05:00"
        ours.getparent().replace(ours, theirs)

    return edited(good(), change)


def target_elsewhere() -> bytes:
    return re.sub(rb'(QualifyingProperties Target=")[^"]*', rb"\1#otra", good(), count=1)


def pointing(uri: str | None, *, line: bool = False, digest: bytes | None = None) -> bytes:
    """The issuer's own signature, whose first reference is not to the whole document."""
    xml = sold()[0].built.xml
    if line:
        xml = replaced(xml, b"<cac:InvoiceLine>", b'<cac:InvoiceLine Id="linea">')
    made = etree.fromstring(by(victim(), xml))
    reference = made.find(".//ds:Reference", NS)
    if uri is None:
        del reference.attrib["URI"]
    else:
        reference.set("URI", uri)
    if digest is not None:
        reference.remove(reference.find("ds:Transforms", NS))
        reference.find("ds:DigestValue", NS).text = b64(hashlib.sha256(digest).digest())
    if line:
        transforms = reference.find("ds:Transforms", NS)
        reference.remove(transforms)
        target = made.xpath("//*[@Id='linea']")[0]
        reference.find("ds:DigestValue", NS).text = b64(hashlib.sha256(etree.tostring(target, method="c14n")).digest())
    return signed_again(made, victim())


def signed_again(root: etree._Element, identity: ToyIdentity) -> bytes:
    """Make the value of a signature anew after its SignedInfo was changed."""
    made = signature(root)
    data = etree.tostring(made.find("ds:SignedInfo", NS), method="c14n")
    made.find("ds:SignatureValue", NS).text = b64(identity.key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    out: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return out


def manifest() -> bytes:
    """The document is only in a manifest, whose digests core validation does not look at."""
    root = etree.fromstring(by(victim()))
    made = signature(root)
    reference = made.find(".//ds:Reference", NS)
    holder, listed = ds("Object"), ds("Manifest", Id="lista")
    inner = deepcopy(reference)
    inner.find("ds:DigestValue", NS).text = b64(bytes(32))
    listed.append(inner)
    holder.append(listed)
    made.append(holder)
    reference.set("URI", "#lista")
    reference.set("Type", f"{DS}Manifest")
    reference.remove(reference.find("ds:Transforms", NS))
    reference.find("ds:DigestValue", NS).text = b64(hashlib.sha256(etree.tostring(listed, method="c14n")).digest())
    return signed_again(root, victim())


def transforming(algorithm: str, inside: str = "", *, digest: Callable[[etree._Element], bytes]) -> bytes:
    """The issuer's signature with a transform that selects: the digest is of what is left."""
    root = etree.fromstring(by(victim()))
    reference = root.find(".//ds:Reference", NS)
    transform = etree.fromstring(f'<ds:Transform xmlns:ds="{DS}" Algorithm="{algorithm}">{inside}</ds:Transform>')
    reference.find("ds:Transforms", NS).append(transform)
    reference.find("ds:DigestValue", NS).text = b64(hashlib.sha256(digest(root)).digest())
    return signed_again(root, victim())


def without_lines(root: etree._Element) -> bytes:
    copy = deepcopy(root)
    signature(copy).getparent().remove(signature(copy))
    for line in copy.findall(f"{{{CAC}}}InvoiceLine"):
        copy.remove(line)
    out: bytes = etree.tostring(copy.getroottree(), method="c14n")
    return out


def of_nothing(root: etree._Element) -> bytes:
    return b'<?xml version="1.0"?>\n<x/>\n'


def enveloped_key() -> bytes:
    """The enveloped transform where there is nothing to take out: on the reference to the key."""

    def change(made: etree._Element) -> None:
        reference = made.findall(".//ds:Reference", NS)[1]
        holder = ds("Transforms")
        holder.append(ds("Transform", Algorithm=f"{DS}enveloped-signature"))
        reference.insert(0, holder)

    root = etree.fromstring(by(victim(), change=change))
    reference = root.findall(".//ds:Reference", NS)[1]
    reference.find("ds:DigestValue", NS).text = b64(hashlib.sha256(b"").digest())
    return signed_again(root, victim())


def again(path: str) -> bytes:
    def change(root: etree._Element) -> None:
        element = signature(root).find(path, NS)
        element.addnext(deepcopy(element))

    return edited(good(), change)


# ---- texts that read otherwise than they were digested


def split(text: bytes, odd: bytes, data: bytes | None = None) -> bytes:
    return replaced(good() if data is None else data, b">" + text + b"<", b">" + text[:4] + odd + text[4:] + b"<")


def entity() -> bytes:
    """A text comes from an entity that the document declares."""
    data = replaced(good(), b">" + NIT.encode() + b"<", b">&nit;<")
    return replaced(data, b"<Invoice ", b'<!DOCTYPE Invoice [<!ENTITY nit "%s">]><Invoice ' % NIT.encode())


def default_attribute() -> bytes:
    data = replaced(good(), b' currencyID="COP"', b"")
    return replaced(
        data, b"<Invoice ", b'<!DOCTYPE Invoice [<!ATTLIST cbc:LineExtensionAmount currencyID CDATA "COP">]><Invoice '
    )


def other_namespace() -> bytes:
    """A number by the right name in another namespace, before the true one."""
    return replaced(good(), b"<cbc:ID>", b'<cbc:ID xmlns:cbc="urn:x">SETP1</cbc:ID><cbc:ID>')


def tags_as_text() -> bytes:
    start, end = good().index(b"<cac:InvoiceLine>"), good().index(b"</cac:InvoiceLine>") + 18
    return good()[:start] + b"<![CDATA[" + good()[start:end] + b"]]>" + good()[end:]


def relative_alias() -> bytes:
    """A line goes into what once stood in for a relative namespace while canonicalising."""
    start, end = good().index(b"<cac:InvoiceLine>"), good().index(b"</cac:InvoiceLine>") + 18
    forged = good()[:start] + b"urn:dian-fe:relative:" + good()[start:end].hex().encode() + good()[end:]
    return replaced(forged, b"<ext:ExtensionContent>", b'<ext:ExtensionContent><!-- xmlns="x" -->')
