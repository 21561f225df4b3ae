from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from dian_fe import errors
from dian_fe.signing import Cause, Part, SignerRole
from dian_fe.signing.c14n import OwnedDocument
from dian_fe.signing.verify import verify
from dian_fe.testing.pki import Flaw, ToyPki
from dian_fe.ubl.canonical import DECLARATION

from .foreign import EXCLUSIVE, Foreign
from .support import AT, FIRST, NIT, NS, PKI, PLACE, canonical, signed, xmlsec1

GOOD = signed().xml


def codes(data: bytes, **options: object) -> set[str]:
    return {fault.code for fault in verify(data, **options).faults}  # type: ignore[arg-type]


def edited(change: Callable[[etree._Element], None], data: bytes = GOOD) -> bytes:
    root = etree.fromstring(data)
    change(root)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def signature_of(root: etree._Element) -> etree._Element:
    return root.find(".//ds:Signature", NS)


def test_our_own_signature_holds_in_every_respect() -> None:
    verification = verify(GOOD, trust=PKI.trust, revocation=PKI.revocation, nit=NIT, at=AT + timedelta(hours=1))
    assert verification.valid
    assert verification.faults == ()
    assert verification.raise_for_invalid() is verification
    assert verification.signing_time == AT.replace(microsecond=0)
    assert verification.role == SignerRole.SUPPLIER
    assert verification.certificate is not None
    assert verification.certificate.nit == NIT
    assert verification.trust.trusted is True
    assert verification.trust.revoked is False
    assert len(verification.trust.path) == 4
    assert [reference.part for reference in verification.signature.references] == [
        Part.DOCUMENT,
        Part.KEY_INFO,
        Part.SIGNED_PROPERTIES,
    ]


def test_without_asking_trust_is_unknown() -> None:
    verification = verify(GOOD)
    assert verification.valid
    assert verification.trust.trusted is None
    assert verification.trust.revoked is None


def test_an_element_is_verified_without_changing_it() -> None:
    root = etree.fromstring(GOOD)
    before = etree.tostring(root)
    assert verify(root).valid
    assert etree.tostring(root) == before


def test_the_json_form() -> None:
    data = json.loads(json.dumps(verify(GOOD, trust=PKI.trust).as_dict()))
    assert data["valid"] is True
    assert data["signature"]["present"] is True
    assert data["signature"]["valid"] is True
    assert data["signature"]["failing"] == []
    assert data["signature"]["cause"] is None
    assert data["signature"]["certificate"]["nit"] == NIT
    assert data["profile"] == []


def altered_document(data: bytes) -> bytes:
    return data.replace(b"SETP1", b"SETP2")


def altered_key_info(data: bytes) -> bytes:
    return data.replace(b"<ds:X509Data>", b"<ds:X509Data> ")


def altered_time(data: bytes) -> bytes:
    return data.replace(b"T10:15:30", b"T10:15:31")


def altered_role(data: bytes) -> bytes:
    return data.replace(b">supplier<", b">third party<")


def altered_value(data: bytes) -> bytes:
    return re.sub(rb"(sigvalue\">)(.)", lambda m: m[1] + (b"B" if m[2] != b"B" else b"C"), data)


def altered_digest(data: bytes) -> bytes:
    """A digest that fits the altered document, which only the signature value then betrays."""
    changed = altered_document(data)
    (reference,) = verify(changed).signature.references[:1]
    assert not reference.valid
    import hashlib
    from base64 import b64encode

    document = OwnedDocument(changed)
    digest = hashlib.sha256(document.without(signature_of(document.root))).digest()
    return re.sub(
        rb"(Id=\"[^\"]*-ref0\".*?<ds:DigestValue>)[^<]+", lambda m: m[1] + b64encode(digest), changed, count=1
    )


@pytest.mark.parametrize(
    ("alter", "failing"),
    [
        (altered_document, (Part.DOCUMENT,)),
        (altered_key_info, (Part.KEY_INFO,)),
        (altered_time, (Part.SIGNED_PROPERTIES,)),
        (altered_role, (Part.SIGNED_PROPERTIES,)),
        (altered_value, (Part.SIGNATURE_VALUE,)),
        (altered_digest, (Part.SIGNATURE_VALUE,)),
        (lambda data: altered_time(altered_document(data)), (Part.DOCUMENT, Part.SIGNED_PROPERTIES)),
    ],
)
def test_tampering_names_the_part_that_fails(
    alter: Callable[[bytes], bytes], failing: tuple[str, ...], tmp_path: Path
) -> None:
    data = alter(GOOD)
    assert data != GOOD
    verification = verify(data)
    assert verification.signature.valid is False
    assert verification.signature.failing == failing
    assert "ZE02" in {fault.code for fault in verification.faults}
    assert not verification.valid
    with pytest.raises(errors.SignatureInvalid, match="ZE02"):
        verification.raise_for_invalid()
    path = tmp_path / "alterada.xml"
    path.write_bytes(data)
    assert not xmlsec1(path, signed().certificate)


def test_another_certificate_in_key_info_is_seen() -> None:
    other = PKI.signer("900373076")
    data = GOOD.replace(_base64_of(GOOD), _base64_of(_signed_by(other)))
    assert set(verify(data).signature.failing) == {Part.KEY_INFO, Part.SIGNATURE_VALUE}


def _signed_by(signer: object) -> bytes:
    from dian_fe.signing import sign

    return sign(canonical(), signer, at=AT).xml  # type: ignore[arg-type]


def _base64_of(data: bytes) -> bytes:
    return re.search(rb"<ds:X509Certificate>([^<]+)", data)[1]  # type: ignore[index]


def test_no_signature() -> None:
    verification = verify(canonical().unsigned_file())
    assert verification.signature.present is False
    assert verification.signature.valid is None
    assert not verification.valid
    assert {fault.code for fault in verification.faults} == {"FAC03"}
    with pytest.raises(errors.SignatureInvalid, match="FAC03"):
        verification.raise_for_invalid()


@pytest.mark.parametrize(
    ("root", "code"),
    [
        ("Invoice", "FAC03"),
        ("CreditNote", "CAC03"),
        ("DebitNote", "DAC03"),
        ("ApplicationResponse", "AAC03"),
        ("NominaIndividual", "NIE001"),
        ("AttachedDocument", "signature_count"),
    ],
)
def test_the_code_for_one_signature_is_that_of_the_kind(root: str, code: str) -> None:
    assert codes(canonical(root=root).unsigned_file()) == {code}


def test_documento_soporte_has_no_sales_code() -> None:
    body = "<cbc:InvoiceTypeCode>05</cbc:InvoiceTypeCode>"
    assert codes(canonical(body).unsigned_file()) == {"signature_count"}


def test_two_signatures_are_refused() -> None:
    def twice(root: etree._Element) -> None:
        signature = signature_of(root)
        signature.getparent().append(etree.fromstring(etree.tostring(signature)))

    verification = verify(edited(twice))
    assert verification.signature.present
    assert verification.signature.valid is False
    assert verification.signature.cause is Cause.SEVERAL_SIGNATURES
    assert "FAC03" in {fault.code for fault in verification.faults}


def test_a_signature_moved_out_of_the_extensions_still_verifies_but_is_refused() -> None:
    def move(root: etree._Element) -> None:
        root.append(signature_of(root))

    verification = verify(edited(move))
    assert verification.signature.valid is True
    assert {fault.code for fault in verification.faults} == {"FAC03"}
    assert not verification.valid


def test_a_signature_in_any_extension_is_found(tmp_path: Path) -> None:
    vendor = (
        '<ext:UBLExtension><ext:ExtensionContent><v xmlns="urn:vendor">1</v></ext:ExtensionContent></ext:UBLExtension>'
    )
    for extensions in (PLACE, PLACE + FIRST, FIRST + PLACE + vendor, vendor + PLACE):
        result = signed(canonical(extensions=extensions))
        assert verify(result.xml).valid
        path = tmp_path / "firmada.xml"
        path.write_bytes(result.xml)
        assert xmlsec1(path, result.certificate)


def test_text_after_the_signature_is_covered(tmp_path: Path) -> None:
    document = canonical()
    result = signed(document)
    assert verify(result.xml.replace(b"</ds:Signature>", b"</ds:Signature> ")).signature.failing == (Part.DOCUMENT,)
    pretty = Foreign().sign(canonical(extensions=PLACE).xml).replace(b"</ds:Signature>", b"</ds:Signature>\n")
    assert verify(pretty).signature.failing == (Part.DOCUMENT,)


def test_a_blank_around_the_signature_that_was_there_when_signing_is_kept() -> None:
    document = canonical()
    spaced = document.xml[: document.signature_at] + b"\n  \n" + document.xml[document.signature_at :]
    root = etree.fromstring(Foreign().sign(spaced))
    signature = signature_of(root)
    content = signature.getparent()
    content.text, signature.tail = "\n ", " \n"
    assert verify(etree.tostring(root)).signature.valid


# ---- wrapping: the signature must cover this document, and its references these parts


def test_a_signed_document_inside_another_root_does_not_hold() -> None:
    inner = GOOD.removeprefix(DECLARATION)
    wrapped = canonical().xml.replace(b"</Invoice>", inner + b"</Invoice>")
    verification = verify(wrapped)
    assert verification.signature.failing == (Part.DOCUMENT,)


def test_a_second_element_with_the_same_id_does_not_hold() -> None:
    def decoy(root: etree._Element) -> None:
        name = root.find(".//xades:SignedProperties", NS).get("Id")
        root.append(etree.fromstring(f'<x xmlns="urn:x" ID="{name}"/>'))

    verification = verify(edited(decoy))
    assert set(verification.signature.failing) >= {Part.DOCUMENT}
    assert any("2 veces" in (item.problem or "") for item in verification.signature.references)


def test_an_identifier_that_is_not_there_does_not_hold() -> None:
    data = re.sub(rb'(<xades:SignedProperties Id=")', rb"\1x", GOOD)
    assert any("no existe" in (item.problem or "") for item in verify(data).signature.references)


def test_properties_outside_the_signature_do_not_count() -> None:
    """The signed properties are moved to another place; the signature carries others, with a later time."""

    def swap(root: etree._Element) -> None:
        properties = root.find(".//xades:SignedProperties", NS)
        qualifying = properties.getparent()
        fake = etree.fromstring(etree.tostring(properties))
        fake.set("Id", "otro")
        fake.find(".//xades:SigningTime", NS).text = "2026-03-02T23:00:00-05:00"
        qualifying.replace(properties, fake)
        qualifying.getparent().getparent().append(properties)

    verification = verify(edited(swap))
    assert "DC13" in {fault.code for fault in verification.faults}
    assert not verification.valid


def test_without_a_reference_to_the_whole_document_nothing_holds() -> None:
    data = Foreign(order=("key_info", "signed_properties")).sign(canonical().xml)
    verification = verify(data)
    assert verification.signature.failing == (Part.DOCUMENT,)
    assert "DC05" in {fault.code for fault in verification.faults}


@pytest.mark.parametrize(
    "transform",
    [
        '<ds:Transform xmlns:ds="{ds}" Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>false()</ds:XPath></ds:Transform>',
        '<ds:Transform xmlns:ds="{ds}" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        '<ds:Transform xmlns:ds="{ds}" Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>',
    ],
)
def test_transforms_that_could_select_content_away_are_refused(transform: str) -> None:
    def add(signature: etree._Element) -> None:
        signature.find(".//ds:Transforms", NS).append(etree.fromstring(transform.format(ds=NS["ds"])))

    verification = verify(Foreign(change=add).sign(canonical().xml))
    assert verification.signature.failing == (Part.DOCUMENT,)
    assert "transformación no admitida" in str(verification.signature.references[0].problem)


def test_without_the_enveloped_transform_the_document_does_not_hold() -> None:
    def remove(signature: etree._Element) -> None:
        signature.find(".//ds:Transforms", NS).clear()

    verification = verify(Foreign(change=remove).sign(canonical().xml))
    assert Part.DOCUMENT in verification.signature.failing
    assert "DC07" in {fault.code for fault in verification.faults}


def test_a_comment_that_splits_a_value_is_told() -> None:
    data = GOOD.replace(b"SETP1", b"SETP1<!-- x -->")
    verification = verify(data)
    assert verification.signature.valid is True
    assert {fault.code for fault in verification.faults} == {"comment_in_text"}
    assert not verification.valid
    assert verify(GOOD.replace(b"<cbc:ID>", b"<!-- x --><cbc:ID>")).valid


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("ds:SignedInfo", "after"),
        ("ds:SignatureValue", "after"),
        ("ds:KeyInfo", "after"),
        ("ds:SignedInfo/ds:SignatureMethod", "after"),
        ("ds:SignedInfo/ds:Reference/ds:DigestValue", "after"),
        ("ds:SignedInfo", "last"),
        ("ds:KeyInfo", "gone"),
    ],
)
def test_the_form_of_the_signature_must_be_that_of_the_standard(path: str, place: str, tmp_path: Path) -> None:
    def change(root: etree._Element) -> None:
        element = signature_of(root).find(path, NS)
        parent = element.getparent()
        if place == "after":
            element.addnext(etree.fromstring(etree.tostring(element)))
        elif place == "last":
            parent.append(element)
        else:
            parent.replace(element, etree.fromstring(f'<x xmlns="{NS["ds"]}"/>'))

    verification = verify(edited(change))
    assert Part.STRUCTURE in verification.signature.failing
    assert "ZE02" in {fault.code for fault in verification.faults}
    path_ = tmp_path / "deforme.xml"
    path_.write_bytes(edited(change))
    assert not xmlsec1(path_, signed().certificate)


def test_too_many_references_are_refused() -> None:
    def many(signature: etree._Element) -> None:
        info = signature.find("ds:SignedInfo", NS)
        for _ in range(20):
            info.append(etree.fromstring(etree.tostring(info.find("ds:Reference", NS))))

    verification = verify(Foreign(change=many).sign(canonical().xml))
    assert verification.signature.failing == ("ds:Reference",)


# ---- other people's signatures


VARIANTS = {
    "plain": Foreign(),
    "exclusive": Foreign(c14n=EXCLUSIVE, transforms=True),
    "exclusive with prefixes": Foreign(c14n=EXCLUSIVE, transforms=True, prefixes="cbc ext sts"),
    "explicit transforms": Foreign(transforms=True),
    "sha1": Foreign(hash="sha1", digest="sha1"),
    "sha384": Foreign(hash="sha384", digest="sha384"),
    "sha512": Foreign(hash="sha512", digest="sha512"),
    "mixed hashes": Foreign(hash="sha256", digest="sha384"),
    "line breaks": Foreign(pretty=True),
    "two references": Foreign(order=("document", "signed_properties")),
    "key info first": Foreign(order=("key_info", "document", "signed_properties")),
    "untyped": Foreign(typed=False),
}


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> Foreign:
    return VARIANTS[request.param]


BODIES = (
    "",
    "\n  <cbc:Note>\r\n x </cbc:Note>\n",
    '<o xmlns="" xmlns:cbc="urn:otro"><cbc:p xml:lang="es">1</cbc:p></o>',
)


@pytest.mark.parametrize("body", BODIES)
def test_other_peoples_signatures_hold_as_xmlsec1_says(variant: Foreign, body: str, tmp_path: Path) -> None:
    data = variant.sign(canonical(body).xml)
    verification = verify(data, trust=PKI.trust)
    assert verification.signature.valid is True
    assert verification.valid
    for broken in (data, data.replace(b"SETP1", b"SETP9")):
        path = tmp_path / "ajena.xml"
        path.write_bytes(broken)
        assert xmlsec1(path, signed().certificate) is verify(broken).signature.valid


def test_attributes_of_the_xml_namespace_are_inherited_as_c14n_wants(tmp_path: Path) -> None:
    # lxml leaves them out of a subtree's canonical form, so the foreign signer cannot make this one; xmlsec1 can judge.
    xml = canonical().xml.replace(b"<Invoice", b'<Invoice xml:lang="es"', 1)
    root = etree.fromstring(xml)
    document = OwnedDocument(xml)
    extensions = document.root[0]
    assert document.subtree(extensions).startswith(b"<ext:UBLExtensions xmlns=")
    assert b'xml:lang="es"' in document.subtree(extensions)[:1200]
    assert document.subtree(document.root) == etree.tostring(root, method="c14n")


def test_weak_algorithms_are_told() -> None:
    verification = verify(VARIANTS["sha1"].sign(canonical().xml))
    assert len(verification.signature.weak) == 2
    assert {fault.code for fault in verification.faults if fault.code == "weak_algorithm"}
    assert verification.valid


def test_a_relative_namespace_is_no_obstacle() -> None:
    """libxml2 refuses to canonicalise it; the signature is made under an absolute one of the same canonical form."""
    content = '<C xmlns="urn:noova"><n>1</n></C>'
    vendor = FIRST.replace("<sts:DianExtensions></sts:DianExtensions>", content)
    document = canonical("<cbc:Note>&lt;C xmlns=\"noova\"&gt; xmlns='x' </cbc:Note>", extensions=vendor + PLACE)
    relative = document.xml.replace(b"urn:noova", b"noova")
    owned = OwnedDocument(relative)
    place = owned.root.xpath("//ext:ExtensionContent[not(*)]", namespaces=NS)[0]
    place.append(etree.SubElement(place, "x"))
    assert owned.without(place[0]) == relative


def test_a_certificate_that_cannot_be_read_is_told() -> None:
    data = re.sub(rb"<ds:X509Certificate>[^<]+", b"<ds:X509Certificate>AAAA", GOOD)
    verification = verify(data, trust=PKI.trust)
    assert Part.SIGNATURE_VALUE in verification.signature.failing
    assert verification.certificate is None
    assert verification.trust.trusted is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"REC-xml-c14n-20010315", b"otro", "canonicalización no admitida"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#ecdsa-sha256", "algoritmo de firma no admitido"),
        (b"xmlenc#sha256", b"xmlenc#md5", "algoritmo de resumen no admitido"),
    ],
)
def test_unknown_algorithms_are_told(old: bytes, new: bytes, problem: str) -> None:
    verification = verify(GOOD.replace(old, new))
    assert verification.signature.valid is False
    assert any(problem in (fault.found or "") for fault in verification.faults)


def test_bytes_that_are_no_document_raise() -> None:
    with pytest.raises(errors.MalformedXml):
        verify(b"<a>")
    with pytest.raises(errors.UnsafeXml):
        verify(b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>")


# ---- dates, trust, owner


def test_dates_are_a_verdict_of_their_own() -> None:
    data = Foreign(time="2019-03-02T10:00:00Z", identity=PKI.identity(NIT, flaw=Flaw.EXPIRED)).sign(
        canonical(issued="2019-03-02").xml
    )
    assert verify(data).valid
    late = Foreign(identity=PKI.identity(NIT, flaw=Flaw.EXPIRED)).sign(canonical().xml)
    verification = verify(late)
    assert verification.signature.valid is True
    assert verification.dates.valid is False
    assert {fault.code for fault in verification.faults if fault.rejects} == {"ZD02"}


def test_a_signing_time_in_the_future_is_told() -> None:
    verification = verify(GOOD, at=AT - timedelta(hours=1))
    assert {fault.code for fault in verification.faults} == {"signing_time_in_future"}
    assert verification.valid
    with pytest.raises(errors.NaiveDatetime):
        verify(GOOD, at=AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("2026-03-02T10:15:30.12-05:00", 15),
        ("2026-03-02T10:15:30.123456-05:00", 15),
        ("2026-03-02T10:15:30Z", 10),
        ("2026-03-02T10:15:30+00:00", 10),
        ("2026-03-02T10:15:30", 15),
        (" 2026-03-02T10:15:30-05:00 ", 15),
    ],
)
def test_signing_times_as_they_are_written(time: str, hour: int) -> None:
    verification = verify(Foreign(time=time).sign(canonical().xml), trust=PKI.trust)
    assert verification.valid
    assert verification.signing_time is not None
    assert verification.signing_time.utctimetuple().tm_hour == hour


def test_a_signing_time_that_cannot_be_read() -> None:
    verification = verify(Foreign(time="ayer").sign(canonical().xml), trust=PKI.trust, at=AT)
    assert "signing_time" in {fault.code for fault in verification.faults}
    assert verification.dates.valid is None
    assert verification.trust.trusted is True


def test_another_authority_is_not_trusted() -> None:
    verification = verify(GOOD, trust=ToyPki(12).trust)
    assert verification.signature.valid is True
    assert verification.trust.trusted is False
    assert {fault.code for fault in verification.faults} == {"ZD06"}


def test_a_self_signed_certificate_is_not_trusted() -> None:
    data = Foreign(identity=PKI.identity(NIT, flaw=Flaw.SELF_SIGNED)).sign(canonical().xml)
    assert verify(data, trust=PKI.trust).trust.trusted is False


def test_revocation_counts_from_its_date() -> None:
    toy = PKI.identity(NIT, flaw=Flaw.REVOKED)
    later = Foreign(identity=toy).sign(canonical().xml)
    verification = verify(later, trust=PKI.trust, revocation=[PKI.crl])
    assert verification.trust.revoked is True
    assert {fault.code for fault in verification.faults if fault.rejects} == {"ZD04"}
    earlier = Foreign(identity=toy, time="2021-03-02T10:00:00-05:00").sign(canonical(issued="2021-03-02").xml)
    assert verify(earlier, trust=PKI.trust, revocation=PKI.revocation).trust.revoked is False


def test_revocation_may_be_any_function() -> None:
    from dian_fe.signing import RevocationStatus

    asked: list[int] = []

    def ask(certificate: object, issuer: object, at: object) -> RevocationStatus:
        asked.append(1)
        return RevocationStatus.UNKNOWN

    verification = verify(GOOD, trust=PKI.trust, revocation=ask)
    assert len(asked) == 3
    assert verification.trust.revoked is None
    assert verification.valid


def test_the_owner_is_checked_when_known() -> None:
    assert codes(GOOD, nit="900373076") == {"ZE03"}
    nameless = Foreign(identity=PKI.identity(NIT, "Persona Ejemplo", flaw=Flaw.NO_NIT)).sign(canonical().xml)
    verification = verify(nameless, nit=NIT)
    assert "certificate_without_nit" in {fault.code for fault in verification.faults}
    assert verification.valid
