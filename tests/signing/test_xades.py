from __future__ import annotations

import json
import re
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from dian_fe import errors
from dian_fe.signing import POLICY_V2, CallableSigner, NameOrder, Prepared, SignatureIds, SignerRole, prepare, sign
from dian_fe.signing.xades import _parts
from dian_fe.testing.pki import Flaw, ToyPki
from dian_fe.ubl.canonical import DECLARATION, Canonical
from dian_fe.verifying import verify_signature
from tests.signing.support import AT, BOGOTA, NIT, NS, PKI, PREFIXES, canonical, signed

pytestmark = pytest.mark.oldest

CHAIN = PKI.signer(NIT).certificate_chain


def tree(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def one(data: bytes, path: str) -> str:
    (text,) = tree(data).xpath(f"//{path}/text()", namespaces=NS)
    return str(text)


def test_the_hand_made_document_is_its_own_canonical_form() -> None:
    document = canonical()
    assert etree.tostring(tree(document.xml), method="c14n") == document.xml


def test_the_signed_file_is_its_own_canonical_form() -> None:
    data = signed().xml
    assert data.startswith(DECLARATION)
    assert etree.tostring(tree(data), method="c14n") == data.removeprefix(DECLARATION)


@pytest.mark.parametrize("role", SignerRole)
@pytest.mark.parametrize("order", NameOrder)
def test_roles_and_orders_are_taken_by_their_texts(role: SignerRole, order: NameOrder) -> None:
    given: Any = {"role": role.value, "order": order.value}
    by_text = sign(canonical(), PKI.signer(NIT), at=AT, **given)
    assert by_text.xml == sign(canonical(), PKI.signer(NIT), at=AT, role=role, order=order).xml
    assert by_text.role is role


def test_nothing_of_the_document_changes() -> None:
    document = canonical()
    data = signed(document).xml.removeprefix(DECLARATION)
    start, end = data.index(b"<ds:Signature "), data.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert data[:start] + data[end:] == document.xml
    assert start == document.signature_at


def test_algorithms_and_references_are_those_of_the_policy() -> None:
    info = tree(signed().xml).find(".//ds:SignedInfo", NS)
    assert info is not None
    inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    assert [element.get("Algorithm") for element in info.iter("{*}CanonicalizationMethod")] == [inclusive]
    rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    assert [element.get("Algorithm") for element in info.iter("{*}SignatureMethod")] == [rsa]
    enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    assert [element.get("Algorithm") for element in info.iter("{*}Transform")] == [enveloped]
    sha = "http://www.w3.org/2001/04/xmlenc#sha256"
    assert [element.get("Algorithm") for element in info.iter("{*}DigestMethod")] == [sha] * 3
    signature = info.getparent()
    key_info, properties = signature.find("ds:KeyInfo", NS), signature.find(".//xades:SignedProperties", NS)
    uris = [reference.get("URI") for reference in info.findall("ds:Reference", NS)]
    assert uris == ["", f"#{key_info.get('Id')}", f"#{properties.get('Id')}"]
    types = [reference.get("Type") for reference in info.findall("ds:Reference", NS)]
    assert types == [None, None, "http://uri.etsi.org/01903#SignedProperties"]
    assert signature.find(".//xades:QualifyingProperties", NS).get("Target") == f"#{signature.get('Id')}"


def test_the_document_digest_is_that_of_its_bytes() -> None:
    document = canonical()
    value = tree(signed(document).xml).find(".//ds:Reference[@URI='']/ds:DigestValue", NS).text
    assert b64decode(value) == sha256(document.xml).digest()


def test_subtrees_are_digested_with_the_roots_eight_prefixes() -> None:
    root = tree(signed().xml)
    assert len(PREFIXES) == 8
    key_info = root.find(".//ds:KeyInfo", NS)
    text = etree.tostring(key_info, method="c14n")
    assert text.count(b" xmlns") == 9
    value = root.find(f".//ds:Reference[@URI='#{key_info.get('Id')}']/ds:DigestValue", NS).text
    assert b64decode(value) == sha256(text).digest()


def test_to_sign_is_the_canonical_signed_info() -> None:
    document = canonical()
    prepared = prepare(document, CHAIN, at=AT)
    info = tree(signed(document).xml).find(".//ds:SignedInfo", NS)
    assert etree.tostring(info, method="c14n") == prepared.to_sign


@pytest.mark.parametrize(
    "at",
    [
        AT,
        datetime(2026, 3, 2, 15, 15, 30, tzinfo=UTC),
        datetime(2026, 3, 3, 0, 15, 30, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_signing_time_is_colombian_to_the_second(at: datetime) -> None:
    result = sign(canonical(), PKI.signer(NIT), at=at)
    text = one(result.xml, "xades:SigningTime")
    assert re.fullmatch(r"2026-03-02T\d\d:15:30-05:00", text)
    assert result.signing_time == datetime.fromisoformat(text)
    assert result.signing_time.utcoffset() == timedelta(hours=-5)


def test_a_late_evening_keeps_the_colombian_day() -> None:
    at = datetime(2026, 3, 3, 4, 59, 59, tzinfo=UTC)
    assert one(sign(canonical(), PKI.signer(NIT), at=at).xml, "xades:SigningTime") == "2026-03-02T23:59:59-05:00"
    with pytest.raises(errors.SigningError, match=r"2026-03-03.*2026-03-02"):
        sign(canonical(), PKI.signer(NIT), at=at + timedelta(seconds=1))


def test_a_document_without_date_is_signed_at_any_time() -> None:
    document = canonical()
    dateless = Canonical(document.xml, document.signature_at, document.namespaces)
    assert sign(dateless, PKI.signer(NIT), at=AT + timedelta(days=40)).signing_time.day == 11


def test_policy_is_written_byte_for_byte() -> None:
    data = signed().xml
    assert (
        "<xades:Description>Política de firma para facturas electrónicas de la República de Colombia.<".encode() in data
    )
    assert "Ã".encode() not in data
    assert one(data, "xades:Identifier").endswith("/politicadefirma/v2/politicadefirmav2.pdf")
    assert one(data, "xades:SigPolicyHash/ds:DigestValue") == "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y="
    assert b64decode(POLICY_V2.digests["sha256"]).hex().startswith("74ca0cbed706e5a233818a34b48b1241")


@pytest.mark.parametrize("role", SignerRole)
def test_role(role: SignerRole) -> None:
    assert one(signed(role=role).xml, "xades:ClaimedRole") == role.value
    assert {member.value for member in SignerRole} == {"supplier", "third party"}


def test_the_whole_chain_or_only_the_leaf_is_listed() -> None:
    whole = tree(signed().xml).findall(".//xades:Cert", NS)
    assert len(whole) == 4
    assert len(tree(signed(whole_chain=False).xml).findall(".//xades:Cert", NS)) == 1
    for element, certificate in zip(whole, CHAIN, strict=True):
        assert b64decode(element.findtext(".//ds:DigestValue", namespaces=NS)) == certificate.fingerprint(SHA256())
        assert element.findtext(".//ds:X509SerialNumber", namespaces=NS) == str(certificate.serial_number)
    issuer = whole[0].findtext(".//ds:X509IssuerName", namespaces=NS)
    assert issuer.startswith("1.2.840.113549.1.9.1=#1615")
    assert r",CN=Emisora de juguete\, clase II 11," in issuer
    assert issuer.endswith(",L=Bogotá D.C.,C=CO")


def test_signing_certificate_is_version_1() -> None:
    root = tree(signed().xml)
    assert root.find(".//xades:SigningCertificate", NS) is not None
    assert root.find(".//xades:SigningCertificateV2", NS) is None


def test_no_carriage_return_and_no_line_break_in_values() -> None:
    document = canonical("<cbc:Note>uno&#xD;dos</cbc:Note>")
    start = signed(document).xml.index(b"<ds:Signature ")
    signature = signed(document).xml[start : signed(document).xml.index(b"</ds:Signature>")]
    for breaking in (b"&#13;", b"&#xD;", b"\r", b"\n"):
        assert breaking not in signature


def test_ids_are_names_unique_per_document_and_reproducible() -> None:
    first, again, other = signed().xml, signed().xml, signed(canonical("<cbc:Note>x</cbc:Note>")).xml
    assert first == again
    ids = tree(first).xpath("//@Id")
    assert len(ids) == len(set(ids)) == 5
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in ids)
    assert set(ids).isdisjoint(tree(other).xpath("//@Id"))


def test_ids_can_be_given() -> None:
    ids = SignatureIds("f", "f-doc", "f-valor", "f-clave", "f-props")
    data = signed(ids=ids).xml
    assert set(tree(data).xpath("//@Id")) == {"f", "f-doc", "f-valor", "f-clave", "f-props"}
    assert verify_signature(data).valid


@pytest.mark.parametrize(
    "names",
    [("a", "b", "c", "d", "a"), ("1a", "b", "c", "d", "e"), ("a b", "b", "c", "d", "e"), ("a", "", "c", "d", "e")],
)
def test_impossible_ids_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        SignatureIds(*names)
    assert caught.value.field == "ids"


def test_refusals_before_the_key_is_used() -> None:
    def never(_: bytes) -> bytes:
        raise AssertionError("the key was used")

    def using(flaw: Flaw) -> CallableSigner:
        return CallableSigner([PKI.identity(NIT, flaw=flaw).certificate], never)

    with pytest.raises(errors.NaiveDatetime):
        sign(canonical(), using(Flaw.NONE), at=AT.replace(tzinfo=None))
    with pytest.raises(errors.CertificateExpired):
        sign(canonical(), using(Flaw.EXPIRED), at=AT)
    with pytest.raises(errors.CertificateNotYetValid):
        sign(canonical(), using(Flaw.NOT_YET_VALID), at=AT)
    with pytest.raises(errors.SigningError, match="FAD09e"):
        sign(canonical(), using(Flaw.NONE), at=AT + timedelta(days=1))
    with pytest.raises(errors.WrongCertificateOwner):
        sign(canonical(), using(Flaw.NONE), at=AT, nit="900373076")
    with pytest.raises(errors.SigningError, match="cadena vacía"):
        prepare(canonical(), [], at=AT)
    with pytest.raises(errors.WeakKey):
        prepare(canonical(), [PKI.identity(NIT, flaw=Flaw.WEAK).certificate], at=AT)


def test_a_document_without_place_or_prefixes_is_refused() -> None:
    document = canonical()
    moved = Canonical(document.xml, document.signature_at + 1, document.namespaces, document.issue_date)
    with pytest.raises(errors.SigningError, match="lugar vacío"):
        signed(moved)
    with pytest.raises(errors.SigningError, match="prefijos"):
        signed(canonical(prefixes={name: uri for name, uri in PREFIXES.items() if name != "xades"}))


def test_a_certificate_without_nit_is_a_finding() -> None:
    nameless = PKI.signer(NIT, "Persona Ejemplo", flaw=Flaw.NO_NIT)
    (finding,) = sign(canonical(), nameless, at=AT, nit=NIT).findings
    assert finding.code == "certificate_without_nit"
    assert signed(nit=NIT).findings == ()


def test_two_phases_give_the_same_as_one_also_over_json() -> None:
    toy = PKI.identity(NIT)
    prepared = prepare(canonical(), CHAIN, at=AT, nit=NIT)
    travelled = Prepared.from_dict(json.loads(json.dumps(prepared.as_dict())))
    assert travelled == prepared
    assert b64decode(prepared.as_dict()["to_sign"]) == travelled.to_sign
    value = toy.key.sign(travelled.to_sign, padding.PKCS1v15(), SHA256())
    assert travelled.complete(value) == signed()


def test_a_wrong_value_does_not_complete() -> None:
    toy = PKI.identity(NIT)
    prepared = prepare(canonical(), CHAIN, at=AT)
    digest_signed = toy.key.sign(sha256(prepared.to_sign).digest(), padding.PKCS1v15(), SHA256())
    for value in (digest_signed, b"", bytes(256)):
        with pytest.raises(errors.SigningError, match="no sobre su resumen"):
            prepared.complete(value)


@pytest.mark.parametrize(
    "data", [{}, {"document": None}, {**prepare(canonical(), CHAIN, at=AT).as_dict(), "role": "x"}]
)
def test_other_json_is_no_prepared_signature(data: dict[str, object]) -> None:
    with pytest.raises(errors.InvalidInput):
        Prepared.from_dict(data)


def test_a_foreign_signer_is_verified() -> None:
    class Liar:
        certificate_chain = CHAIN

        def sign(self, data: bytes) -> bytes:
            return bytes(256)

    class Honest(Liar):
        def sign(self, data: bytes) -> bytes:
            return PKI.signer(NIT).sign(data)

    with pytest.raises(errors.SigningError):
        sign(canonical(), Liar(), at=AT)
    assert sign(canonical(), Honest(), at=AT) == signed()


def test_the_cache_tells_signers_apart_and_holds_no_keys() -> None:
    _parts.cache_clear()
    for seed in range(100, 103):
        pki = ToyPki(seed)
        data = sign(canonical(), pki.signer(NIT), at=AT).xml
        shown = b64decode(one(data, "ds:X509Certificate"))
        assert x509.load_der_x509_certificate(shown) == pki.identity(NIT).certificate
        sign(canonical(), ToyPki(seed).signer(NIT), at=AT)
    assert _parts.cache_info().misses == 3
    assert _parts.cache_info().hits == 3


def test_many_threads_sign_alike() -> None:
    documents = [canonical(f"<cbc:Note>{number}</cbc:Note>") for number in range(40)]
    alone = [signed(document).xml for document in documents]
    _parts.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda document: signed(document).xml, documents)) == alone


def test_signing_writes_no_file_and_shows_no_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = signed()
    assert list(tmp_path.iterdir()) == []
    assert len(repr(result)) < 200
    assert "Café" not in repr(prepare(canonical(), CHAIN, at=AT))


def test_signed_xml_tells_who_and_when() -> None:
    result = signed()
    assert x509.load_der_x509_certificate(result.certificate) == CHAIN[0]
    assert result.signing_time == AT.replace(microsecond=0)
    assert result.signing_time.tzinfo == BOGOTA
    assert result.signature_id == tree(result.xml).find(".//ds:Signature", NS).get("Id")
