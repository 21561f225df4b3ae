"""Pitfalls of signatures: those that DIAN or its peers refuse, and what the machine around a signature can spoil."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Pkcs12Signer, SignerRole, TrustStore, build, errors, read, sign, verify
from dian_fe.signing import POLICY_V2, NameOrder, SignatureIds
from dian_fe.signing import sign as sign_xml
from dian_fe.testing import ToyPki, random_document
from dian_fe.testing.pki import Flaw
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.verifying import Cause, Part, verify_signature
from tests.contracts.pitfalls.support import NOW, built, texts
from tests.signing.support import DS, NS, PREFIXES, xmlsec1
from tests.support.repository import ROOT
from tests.verifying.foreign import Foreign

pytestmark = [pytest.mark.oldest, pytest.mark.between]

NIT = "700085371"
PKI = ToyPki(7)
ALL = (Part.DOCUMENT, Part.KEY_INFO, Part.SIGNED_PROPERTIES)


def signed(**options: Any) -> Any:
    return sign(built(), PKI.signer(NIT), at=NOW, **options)


def parsed(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def algorithms(data: bytes) -> set[str]:
    return {str(uri) for uri in parsed(data).xpath("//ds:Signature/ds:SignedInfo//@Algorithm", namespaces=NS)}


def test_it_verifies_from_the_file_and_beside_a_tree(tmp_path: Path) -> None:
    tree = parsed(built().xml)  # a tree in the same process changes nothing
    made = signed()
    path = tmp_path / "fv.xml"
    path.write_bytes(made.xml)
    for data in (made.xml, path.read_bytes(), etree.tostring(parsed(made.xml), encoding="UTF-8", xml_declaration=True)):
        found = verify_signature(data)
        assert found.valid
        assert [(one.part, one.valid) for one in found.signature.references] == [(part, True) for part in ALL]
    assert tree.tag == parsed(made.xml).tag
    assert path.read_bytes() == made.xml


def test_the_first_version_of_signing_certificate_verifies() -> None:
    """The order of the name is that of RFC 2253 unless another is asked for."""
    properties = parsed(signed().xml).find(".//xades:SignedSignatureProperties", NS)
    assert properties.find("xades:SigningCertificateV2", NS) is None
    (leaf, *_) = properties.findall("xades:SigningCertificate/xades:Cert", NS)
    certificate = PKI.identity(NIT).certificate
    assert leaf.findtext("xades:IssuerSerial/ds:X509SerialNumber", namespaces=NS) == str(certificate.serial_number)
    name = leaf.findtext("xades:IssuerSerial/ds:X509IssuerName", namespaces=NS)
    assert name.split(",")[-1] == "C=CO"
    assert "CN=Emisora de juguete\\, clase II 7" in name
    asked = sign(built(), PKI.signer(NIT), at=NOW, order=NameOrder.AS_ENCODED)
    listed = parsed(asked.xml).findtext(".//ds:X509IssuerName", namespaces=NS)
    assert listed.split(",")[0] == "C=CO"
    found = verify_signature(asked.xml)
    assert found.valid
    assert [(fault.code, fault.rejects) for fault in found.faults] == [("issuer_name", False)]
    # Others write the issuer's name in another order, style or string type: here «CN=x».
    other = verify_signature(Foreign(identity=PKI.identity(NIT)).sign(built().xml))
    assert other.signature.valid
    assert "signing_certificate" not in {fault.code for fault in other.faults}


def test_unaccredited_certificates_are_told_before_sending() -> None:
    """Who is accredited is what the caller's list of authorities says; one that issued itself is on no list."""
    own = sign(built(), PKI.signer(NIT, flaw=Flaw.SELF_SIGNED), at=NOW)
    assert [fault.code for fault in own.findings] == ["certificate_self_issued"]
    assert "ONAC" in own.findings[0].hint
    assert signed().findings == ()
    for made, trust in ((own, PKI.trust), (signed(), ToyPki(99).trust), (signed(), TrustStore([]))):
        with pytest.raises(errors.SignerNotTrusted, match="ZD06"):
            verify(made, trust)
    assert verify(signed(), PKI.trust).trusted


def test_the_signature_survives_its_extraction() -> None:
    root = parsed(signed().xml)
    signature = root.find(".//ds:Signature", NS)
    used = {element.prefix for element in root.iter(etree.Element)}
    assert used <= set(root.nsmap)
    assert all(element.nsmap == root.nsmap for element in signature.iter(etree.Element))
    alone = parsed(etree.tostring(signature, method="c14n"))
    assert alone.tag == f"{{{DS}}}Signature"
    assert alone.find("ds:Object/xades:QualifyingProperties/xades:SignedProperties", NS) is not None
    # Taken out and put back, it is what it was.
    signature.getparent().replace(signature, alone)
    assert verify_signature(etree.tostring(root, encoding="UTF-8", xml_declaration=True)).signature.valid


def test_subtrees_are_digested_with_the_namespaces_of_their_root(tmp_path: Path) -> None:
    made = signed()
    assert len(set(parsed(made.xml).nsmap) & set(PREFIXES)) == 8
    path = tmp_path / "fv.xml"
    path.write_bytes(made.xml)
    certificate = verify_signature(made.xml).signature.certificate_der
    assert certificate is not None
    assert verify_signature(Foreign(identity=PKI.identity(NIT), detached=True).sign(built().xml)).signature.failing
    assert xmlsec1(path, certificate)


def test_canonicalisation_is_inclusive_and_hashes_are_sha_256() -> None:
    assert algorithms(signed().xml) == {
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    }


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
def test_the_signing_time_is_a_time_with_its_zone(kind: Any) -> None:
    document = random_document(3, kind)
    made = sign(build(document, sample_issuer()), PKI.signer(NIT), at=document.issued_at)
    (time,) = texts(made.xml, "SigningTime")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00", time)
    assert time[:10] == document.issue_date.isoformat()


def test_the_policy_is_named_without_broken_accents() -> None:
    made = signed()
    (description,) = parsed(made.xml).xpath("//xades:SigPolicyId/xades:Description/text()", namespaces=NS)
    assert description == POLICY_V2.description
    assert "política de firma" in description.lower()
    assert description.encode() in made.xml
    assert "Ã".encode() not in made.xml
    assert b"\xef\xbf\xbd" not in made.xml


def test_a_key_store_without_chain_signs() -> None:
    identity = PKI.identity(NIT)
    alone = type(identity)(identity.key, identity.certificate, ()).p12("clave")
    made = sign(built(), Pkcs12Signer.load(alone, "clave"), at=NOW)
    assert verify(made, PKI.trust).trusted
    assert len(parsed(made.xml).findall(".//xades:Cert", NS)) == 1


def test_no_system_gets_carriage_returns_into_the_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signed().xml
    monkeypatch.setattr(os, "linesep", "\r\n")
    made = signed().xml
    assert made == before
    signature = made[made.index(b"<ds:Signature ") : made.index(b"</ds:Signature>")]
    for breaking in (b"&#13;", b"&#xD;", b"\r", b"\n"):
        assert breaking not in signature


def test_nothing_indents_what_is_signed() -> None:
    made = signed()
    for thing in (made, read(made.xml), built()):
        assert not [name for name in dir(thing) if re.search("pretty|indent", name)]
    with pytest.raises(AttributeError):
        made.xml = b""
    indented = parsed(made.xml)
    etree.indent(indented)
    found = verify_signature(etree.tostring(indented, encoding="UTF-8", xml_declaration=True))
    assert found.signature.valid is False
    assert found.signature.cause is Cause.INDENTED_AFTER_SIGNING


ALONE = """
import sys
sys.modules.update(dict.fromkeys(("signxml", "xmlsec", "OpenSSL", "zeep"), None))
from dian_fe import sign, verify
from dian_fe.testing import ToyPki
from tests.contracts.pitfalls.support import NOW, built
pki = ToyPki(7)
signed = sign(built(), pki.signer("700085371"), at=NOW)
print(verify(signed, pki.trust).trusted, sorted(set(sys.modules) & {"xmlschema", "httpx"}))
"""
"""None in sys.modules makes an import fail, as if the package were not there."""


def test_no_library_of_signatures_stands_between() -> None:
    """``.ci/run`` signs and verifies with the oldest dependencies that are allowed, and with the newest in clean
    environments of each Python; here it is shown that only lxml and cryptography take part.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.stdout.strip() == "True []", done.stderr


def test_identifiers_are_unique_names_and_can_be_given() -> None:
    def ids(data: bytes) -> list[str]:
        return [str(name) for name in parsed(data).xpath("//@Id")]

    made = [
        sign(build(document, sample_issuer()), PKI.signer(NIT), at=document.issued_at).xml
        for document in (random_document(seed) for seed in range(20))
    ]
    everything = [name for data in made for name in ids(data)]
    assert len(everything) == len(set(everything)) == 20 * 5
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in everything)
    assert ids(signed().xml) == ids(signed().xml)
    given = SignatureIds("f", "f-doc", "f-valor", "f-clave", "f-props")
    own = sign_xml(built().canonical, PKI.signer(NIT), at=NOW, ids=given, role=SignerRole.SUPPLIER)
    assert set(ids(own.xml)) == {"f", "f-doc", "f-valor", "f-clave", "f-props"}
