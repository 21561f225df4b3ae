from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from dian_fe import errors
from dian_fe.signing import SignerRole
from dian_fe.ubl.canonical import DECLARATION
from dian_fe.verifying import Cause, Part, verify_signature
from dian_fe.verifying.signature.c14n import OwnedDocument
from tests.signing.support import AT, FIRST, NIT, NS, PKI, PLACE, canonical, signed, xmlsec1
from tests.verifying.foreign import Foreign

pytestmark = pytest.mark.oldest

GOOD = signed().xml


def codes(data: bytes, **options: object) -> set[str]:
    return {fault.code for fault in verify_signature(data, **options).faults}  # type: ignore[arg-type]


def edited(change: Callable[[etree._Element], None], data: bytes = GOOD) -> bytes:
    root = etree.fromstring(data)
    change(root)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def signature_of(root: etree._Element) -> etree._Element:
    return root.find(".//ds:Signature", NS)


def test_our_own_signature_holds_in_every_respect() -> None:
    verification = verify_signature(
        GOOD, trust=PKI.trust, revocation=PKI.revocation, nit=NIT, at=AT + timedelta(hours=1)
    )
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
    verification = verify_signature(GOOD)
    assert verification.valid
    assert verification.trust.trusted is None
    assert verification.trust.revoked is None


def test_an_element_is_verified_without_changing_it() -> None:
    root = etree.fromstring(GOOD)
    before = etree.tostring(root)
    assert verify_signature(root).valid
    assert etree.tostring(root) == before


def test_the_json_form() -> None:
    data = json.loads(json.dumps(verify_signature(GOOD, trust=PKI.trust).as_dict()))
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
    (reference,) = verify_signature(changed).signature.references[:1]
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
    verification = verify_signature(data)
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
    assert set(verify_signature(data).signature.failing) == {Part.KEY_INFO, Part.SIGNATURE_VALUE}


def _signed_by(signer: object) -> bytes:
    from dian_fe.signing import sign

    return sign(canonical(), signer, at=AT).xml  # type: ignore[arg-type]


def _base64_of(data: bytes) -> bytes:
    return re.search(rb"<ds:X509Certificate>([^<]+)", data)[1]  # type: ignore[index]


def test_no_signature() -> None:
    verification = verify_signature(canonical().unsigned_file())
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

    verification = verify_signature(edited(twice))
    assert verification.signature.present
    assert verification.signature.valid is False
    assert verification.signature.cause is Cause.SEVERAL_SIGNATURES
    assert "FAC03" in {fault.code for fault in verification.faults}


def test_a_signature_moved_out_of_the_extensions_is_refused() -> None:
    def move(root: etree._Element) -> None:
        root.append(signature_of(root))

    verification = verify_signature(edited(move))
    assert verification.signature.valid is True
    assert {fault.code for fault in verification.faults} == {"FAC03"}
    assert not verification.valid


def test_a_signature_in_any_extension_is_found(tmp_path: Path) -> None:
    vendor = (
        '<ext:UBLExtension><ext:ExtensionContent><v xmlns="urn:vendor">1</v></ext:ExtensionContent></ext:UBLExtension>'
    )
    for extensions in (PLACE, PLACE + FIRST, FIRST + PLACE + vendor, vendor + PLACE):
        result = signed(canonical(extensions=extensions))
        assert verify_signature(result.xml).valid
        path = tmp_path / "firmada.xml"
        path.write_bytes(result.xml)
        assert xmlsec1(path, result.certificate)


def test_text_after_the_signature_is_covered(tmp_path: Path) -> None:
    document = canonical()
    result = signed(document)
    assert verify_signature(result.xml.replace(b"</ds:Signature>", b"</ds:Signature> ")).signature.failing == (
        Part.DOCUMENT,
    )
    pretty = Foreign().sign(canonical(extensions=PLACE).xml).replace(b"</ds:Signature>", b"</ds:Signature>\n")
    assert verify_signature(pretty).signature.failing == (Part.DOCUMENT,)


def test_blanks_around_the_signature_at_signing_are_kept() -> None:
    document = canonical()
    spaced = document.xml[: document.signature_at] + b"\n  \n" + document.xml[document.signature_at :]
    root = etree.fromstring(Foreign().sign(spaced))
    signature = signature_of(root)
    content = signature.getparent()
    content.text, signature.tail = "\n ", " \n"
    assert verify_signature(etree.tostring(root)).signature.valid


# ---- wrapping: the signature must cover this document, and its references these parts


def test_a_signed_document_inside_another_root_does_not_hold() -> None:
    inner = GOOD.removeprefix(DECLARATION)
    wrapped = canonical().xml.replace(b"</Invoice>", inner + b"</Invoice>")
    verification = verify_signature(wrapped)
    assert verification.signature.failing == (Part.DOCUMENT,)


def test_a_second_element_with_the_same_id_does_not_hold() -> None:
    def decoy(root: etree._Element) -> None:
        name = root.find(".//xades:SignedProperties", NS).get("Id")
        root.append(etree.fromstring(f'<x xmlns="urn:x" ID="{name}"/>'))

    verification = verify_signature(edited(decoy))
    assert set(verification.signature.failing) >= {Part.DOCUMENT}
    assert any("2 veces" in (item.problem or "") for item in verification.signature.references)


def test_an_identifier_that_is_not_there_does_not_hold() -> None:
    data = re.sub(rb'(<xades:SignedProperties Id=")', rb"\1x", GOOD)
    assert any("no existe" in (item.problem or "") for item in verify_signature(data).signature.references)


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

    for accept in (False, True):
        verification = verify_signature(edited(swap), accept_uncovered=accept)
        assert "uncovered_properties" in {fault.code for fault in verification.faults if fault.rejects}
        assert not verification.valid


def test_without_a_reference_to_the_whole_document_nothing_holds() -> None:
    data = Foreign(order=("key_info", "signed_properties")).sign(canonical().xml)
    verification = verify_signature(data)
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

    verification = verify_signature(Foreign(change=add).sign(canonical().xml))
    assert verification.signature.failing == (Part.DOCUMENT,)
    assert "transformación no admitida" in str(verification.signature.references[0].problem)


def test_without_the_enveloped_transform_nothing_holds() -> None:
    def remove(signature: etree._Element) -> None:
        signature.find(".//ds:Transforms", NS).clear()

    verification = verify_signature(Foreign(change=remove).sign(canonical().xml))
    assert Part.DOCUMENT in verification.signature.failing
    assert "DC07" in {fault.code for fault in verification.faults}


def test_a_comment_that_splits_a_value_is_told() -> None:
    data = GOOD.replace(b"SETP1", b"SETP1<!-- x -->")
    verification = verify_signature(data)
    assert verification.signature.valid is True
    assert {fault.code for fault in verification.faults} == {"comment_in_text"}
    assert not verification.valid
    assert verify_signature(GOOD.replace(b"<cbc:ID>", b"<!-- x --><cbc:ID>")).valid


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

    verification = verify_signature(edited(change))
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

    verification = verify_signature(Foreign(change=many).sign(canonical().xml))
    assert verification.signature.failing == ("ds:Reference",)
