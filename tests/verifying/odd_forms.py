"""Forms of signatures that the generator of `forms` does not make: each is one thing that XMLDSig allows, or nearly."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from tests.signing.support import NIT, NS, PKI, canonical, signed
from tests.verifying.foreign import DS, EXCLUSIVE, INCLUSIVE, MORE, Foreign

GOOD = signed().xml
C11, FILTER = "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2002/06/xmldsig-filter2"
DIGEST = '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>'
END, CONTENT, ROOT = "</ds:SignedInfo>", "<ext:ExtensionContent><ds:Signature ", "<Invoice "


def unsigned() -> str:
    """Return the small document without digests of its parts and without value."""
    text = re.sub(r"<(ds:(?:DigestValue|SignatureValue)[^>]*)>[^<]+", r"<\1>", GOOD.decode())
    listed = re.compile("<xades:SigningCertificate>.*?</xades:SigningCertificate>")
    kept = listed.findall(GOOD.decode())[0]
    return listed.sub(lambda _: kept, text)


TEXT = unsigned()


def found(pattern: str) -> str:
    return re.findall(pattern, TEXT, re.DOTALL)[0]


SIGNATURE, KEY_INFO = found("<ds:Signature .*</ds:Signature>"), found("<ds:KeyInfo .*</ds:KeyInfo>")
OBJECT = found("<ds:Object>.*</ds:Object>")
POLICY = found("<xades:SignaturePolicyIdentifier>.*</xades:SignaturePolicyIdentifier>")
KEY_ID, PROPERTIES_ID = found('<ds:KeyInfo Id="([^"]*)"'), found('<xades:SignedProperties Id="([^"]*)"')
METHOD = found("<ds:CanonicalizationMethod [^>]*>")


def transform(uri: str, inside: str = "") -> str:
    return f'<ds:Transform Algorithm="{uri}">{inside}</ds:Transform>'


def reference(uri: str | None, transforms: str = "", more: str = "") -> str:
    place = "" if uri is None else f' URI="{uri}"'
    how = f"<ds:Transforms>{transforms}</ds:Transforms>" if transforms else ""
    return f"<ds:Reference{place}{more}>{how}{DIGEST}<ds:DigestValue></ds:DigestValue></ds:Reference>"


def listed(prefixes: str) -> str:
    return f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"></ec:InclusiveNamespaces>'


ENVELOPED = transform(f"{DS}enveloped-signature")
XPATH = partial(transform, "http://www.w3.org/TR/1999/REC-xpath-19991116")


def put(*changes: tuple[str, str]) -> bytes:
    """Replace the first of each text by another."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def info(uri: str, inside: str = "") -> tuple[str, str]:
    return METHOD, f'<ds:CanonicalizationMethod Algorithm="{uri}">{inside}'


def everywhere(old: str, new: str) -> bytes:
    return TEXT.replace(old, new).encode()


def after_enveloped(*transforms: str) -> tuple[str, str]:
    return ENVELOPED, ENVELOPED + "".join(transforms)


def referring(*more: str) -> tuple[str, str]:
    return END, "".join(more) + END


def with_object(content: str) -> tuple[str, str]:
    return OBJECT, OBJECT + content


def inherited(outer: str, inner: str) -> bytes:
    return put((ROOT, f"{ROOT}{outer} "), (CONTENT, CONTENT.replace(">", f" {inner}>", 1)))


MANIFEST = reference("").replace("<ds:DigestValue>", "<ds:DigestValue>AAAA")
OTHER_DIGEST = f'{DIGEST[: DIGEST.index("http")]}{{}}"></ds:DigestMethod><ds:DigestValue></ds:'
PARTS_DIGEST = OTHER_DIGEST.format("http://www.w3.org/2001/04/xmlenc#sha256")

HOLD: dict[str, Callable[[], bytes]] = {
    "exclusive, a list of prefixes everywhere": lambda: put(
        info(EXCLUSIVE, listed("#default ds cbc")), after_enveloped(transform(EXCLUSIVE, listed("#default ds cbc")))
    ),
    "exclusive, a list of unknown prefixes": lambda: put(info(EXCLUSIVE, listed(" zz  ds #default"))),
    "exclusive, an empty list": lambda: put(info(EXCLUSIVE, listed(""))),
    "xml:lang and xml:base on the root": lambda: put((ROOT, f'{ROOT}xml:lang="es" xml:base="http://example.com/a/b" ')),
    "xml:id on the root": lambda: put((ROOT, f'{ROOT}xml:id="raiz" ')),
    "xml:lang on the root and again on KeyInfo": lambda: put(
        (ROOT, f'{ROOT}xml:lang="es" '), ("<ds:KeyInfo ", '<ds:KeyInfo xml:lang="en" ')
    ),
    "xml:lang twice with one value": lambda: inherited('xml:lang="es"', 'xml:lang="es"'),
    "comments asked for, one in the document": lambda: put(
        after_enveloped(transform(f"{INCLUSIVE}#WithComments")), ("<cbc:ID>", "<!-- c --><cbc:ID>")
    ),
    "comments asked for, in KeyInfo and SignedInfo": lambda: put(
        info(f"{INCLUSIVE}#WithComments"),
        ("<ds:X509Data>", "<!-- k --><ds:X509Data>"),
        ("<ds:SignatureMethod", "<!-- s --><ds:SignatureMethod"),
    ),
    "a comment in SignedInfo": lambda: put(("<ds:SignatureMethod", "<!-- s --><ds:SignatureMethod")),
    "an instruction in SignedInfo": lambda: put(("<ds:SignatureMethod", "<?a b?><ds:SignatureMethod")),
    "X509Data twice": lambda: put(("</ds:KeyInfo>", found("<ds:X509Data>.*</ds:X509Data>") + "</ds:KeyInfo>")),
    "the document twice": lambda: put(referring(reference("", ENVELOPED))),
    "the properties twice": lambda: put(referring(reference(f"#{PROPERTIES_ID}"))),
    "another Object, covered": lambda: put(referring(reference("#o")), with_object('<ds:Object Id="o">x</ds:Object>')),
    "a Manifest, whose own digests nobody judges": lambda: put(
        referring(reference("#m", more=f' Type="{DS}Manifest"')),
        with_object(f'<ds:Object Id="m"><ds:Manifest>{MANIFEST}</ds:Manifest></ds:Object>'),
    ),
    "SHA-384 and RSA-SHA512": lambda: (
        TEXT.replace("rsa-sha256", "rsa-sha512").replace(PARTS_DIGEST, OTHER_DIGEST.format(f"{MORE}sha384")).encode()
    ),
    "carriage returns that XML keeps": lambda: put(("<cbc:Note>", "<cbc:Note>a&#13;&#10;b&#9;")),
    "line ends in an attribute": lambda: put(("<cbc:Note>", '<cbc:Note languageID="a&#10;&#9;&#13;&lt;&quot;b">')),
}
"""What holds for all; signed by xmlsec1."""

FORM: dict[str, tuple[Callable[[], bytes], str]] = {
    "the policy absent": (lambda: put((POLICY, "")), "DC47"),
    "the policy implied": (
        lambda: put((re.findall("<xades:SignaturePolicyId>.*</xades:SignaturePolicyId>", POLICY)[0],
                     "<xades:SignaturePolicyImplied></xades:SignaturePolicyImplied>")),
        "DC48",
    ),
    "below the root": (lambda: put((SIGNATURE, ""), ("</Invoice>", f"{SIGNATURE}</Invoice>")), "FAC03"),
    "the properties outside": (
        lambda: put((OBJECT, ""), ("<cbc:ID>", f'<o xmlns="urn:x">{OBJECT[11:-12]}</o><cbc:ID>')),
        "DC20",
    ),
    "an Object that nothing covers": (lambda: put((OBJECT, f"<ds:Object>x</ds:Object>{OBJECT}")), "unsigned_content"),
}  # fmt: skip
"""What holds for all and the profile refuses, by this code; signed by xmlsec1."""

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "C14N 1.1 of SignedInfo": (lambda: put(info(C11)), "canonicalización no admitida"),
    "C14N 1.1 of the document": (lambda: put(after_enveloped(transform(C11))), "transformación no admitida"),
    "enveloped twice": (lambda: put(after_enveloped(ENVELOPED)), "transformación no admitida"),
    "two canonical forms": (
        lambda: put(after_enveloped(transform(INCLUSIVE), transform(EXCLUSIVE))), "transformación no admitida",
    ),
    "XPath in the place of enveloped": (
        lambda: put((ENVELOPED, XPATH("<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>"))),
        "falta la transformación enveloped-signature",
    ),
    "XPath that leaves a note out": (
        lambda: put(after_enveloped(XPATH("<ds:XPath>not(ancestor-or-self::cbc:Note)</ds:XPath>"))),
        "transformación no admitida",
    ),
    "XPath filter 2 that leaves a note out": (
        lambda: put(after_enveloped(
            transform(FILTER, f'<f:XPath xmlns:f="{FILTER}" Filter="subtract">//cbc:Note</f:XPath>')
        )),
        "transformación no admitida",
    ),
    "the document by xpointer": (lambda: put(('URI=""', 'URI="#xpointer(/)"')), "ninguna referencia cubre todo"),
    "the properties by xpointer": (
        lambda: put((f'URI="#{PROPERTIES_ID}"', f"URI=\"#xpointer(id('{PROPERTIES_ID}'))\"")), "no existe",
    ),
    "base64 of an Object": (
        lambda: put(referring(reference("#o", transform(f"{DS}base64"))),
                    with_object('<ds:Object Id="o">aGVsbG8=</ds:Object>')),
        "transformación no admitida",
    ),
    "SHA-224 digests": (lambda: everywhere(PARTS_DIGEST, OTHER_DIGEST.format(f"{MORE}sha224")), "resumen no admitido"),
    "RSA-SHA224": (lambda: everywhere("rsa-sha256", "rsa-sha224"), "algoritmo de firma no admitido"),
}  # fmt: skip
"""What holds for both judges and is refused, as DIAN's policy of signing knows none of it; signed by xmlsec1."""

DIFFER: dict[str, tuple[Callable[[], bytes], str]] = {
    # Canonical XML 1.0 takes the nearest of several xml: attributes above (section 2.4), as xmlsec1 does and Santuario
    # does not. No document of UBL has any, so none is believed.
    "xml:lang twice": (lambda: inherited('xml:lang="es"', 'xml:lang="en"'), "hereda xml:lang de dos elementos"),
    "xml:space twice": (lambda: inherited('xml:space="preserve"', 'xml:space="default"'), "hereda xml:space"),
    "xml:base twice": (lambda: inherited('xml:base="http://example.com/a/"', 'xml:base="c/d"'), "hereda xml:base"),
    "xml:id twice": (lambda: inherited('xml:id="a"', 'xml:id="b"'), "hereda xml:id"),
    # xmlsec1 takes what is between two blanks for the default namespace, which a list names #default (Exclusive XML
    # Canonicalization, section 4).
    "a list of prefixes with two blanks": (lambda: put(info(EXCLUSIVE, listed("ds  cbc"))), "no corresponde"),
}
"""What holds for xmlsec1, which signs it, and not for Apache Santuario: why, and what we say of it."""


def _by(algorithm: str, value: Callable[..., bytes]) -> bytes:
    def change(signature: etree._Element) -> None:
        signature.find("ds:SignedInfo/ds:SignatureMethod", NS).set("Algorithm", algorithm)

    return Foreign(change=change, make_value=value).sign(canonical().xml)


def _hmac() -> bytes:
    public = PKI.identity(NIT).certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _by(f"{MORE}hmac-sha256", lambda key, data: hmac.digest(public, data, "sha256"))


def _pss() -> bytes:
    how = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return _by("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
               lambda key, data: key.sign(data, how, hashes.SHA256()))  # fmt: skip


def _elsewhere(*changes: tuple[bytes, bytes]) -> bytes:
    data = GOOD
    for old, new in changes:
        assert old in data
        data = data.replace(old, new, 1)
    return data


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "HMAC by the public key": (_hmac, "algoritmo de firma no admitido"),
    "RSA-PSS": (_pss, "algoritmo de firma no admitido"),
    "ECDSA named": (
        lambda: _elsewhere((f"{MORE}rsa-sha256".encode(), f"{MORE}ecdsa-sha256".encode())),
        "algoritmo de firma no admitido",
    ),
    "ds:KeyInfo absent": (
        lambda: re.sub(rb"<ds:KeyInfo .*</ds:KeyInfo>", b"", GOOD, flags=re.DOTALL), "no hay un certificado legible",
    ),
    "ds:KeyInfo twice": (
        lambda: re.sub(rb"<ds:KeyInfo .*</ds:KeyInfo>", lambda kept: kept[0] * 2, GOOD, flags=re.DOTALL),
        "está 2 veces",
    ),
    "an identifier of the document": (
        lambda: _elsewhere((b"<cbc:Note>", f'<cbc:Note Id="{_good_id()}">'.encode())), "está 2 veces",
    ),
    "a reference without URI": (
        lambda: _elsewhere((END.encode(), reference(None).encode() + END.encode())), "URI=None no existe",
    ),
    "the canonical form before enveloped": (
        lambda: _elsewhere((ENVELOPED.encode(), (transform(INCLUSIVE) + ENVELOPED).encode())),
        "falta la transformación enveloped-signature",
    ),
    "no transform": (
        lambda: _elsewhere((f"<ds:Transforms>{ENVELOPED}</ds:Transforms>".encode(), b"")),
        "falta la transformación enveloped-signature",
    ),
    "two signatures": (
        lambda: re.sub(rb"<ds:Signature .*</ds:Signature>", lambda kept: kept[0] * 2, GOOD, flags=re.DOTALL), "FAC03",
    ),
}  # fmt: skip
"""What is refused by its name, whatever others say of it."""


def _good_id() -> str:
    return re.findall('<xades:SignedProperties Id="([^"]*)"', GOOD.decode())[0]
