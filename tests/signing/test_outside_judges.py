"""Our signatures judged by programs that share nothing with the library."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, XMLVerifier
from signxml.xades import XAdESSignatureConfiguration, XAdESSignaturePolicy, XAdESVerifier

from dian_fe.signing import POLICY_V2, SignerRole
from dian_fe.ubl.canonical import Canonical
from dian_fe.verifying import verify_signature
from tests.signing.support import ID_ATTRIBUTES, NIT, NS, PKI, canonical, signed, xmlsec1
from tests.support.shared import shared_dir
from tests.verifying.foreign import EXCLUSIVE, Foreign

pytestmark = pytest.mark.judge

BODIES = {
    "plain": "",
    "escapes": "<cbc:Note>a &amp; b &lt; c &gt; d \" ' \t</cbc:Note>",
    "carriage return": "<cbc:Note>a&#xD;b</cbc:Note>",
    "attributes": '<cbc:Note languageID="es &quot;CO&quot; &amp;&lt;&#x9;&#xA;">x</cbc:Note>',
    "planes": "<cbc:Note>😀 𝒳 日本 ﷽</cbc:Note>",
    "blanks": "\n  <cbc:Note> x </cbc:Note>\n",
    "no namespace": '<cbc:Note>x</cbc:Note><o xmlns=""><p>1</p></o>',
    "many lines": "<cbc:Note>línea</cbc:Note>" * 3000,
}


@pytest.fixture(params=BODIES)
def document(request: pytest.FixtureRequest) -> Canonical:
    made = canonical(BODIES[request.param])
    assert etree.tostring(etree.fromstring(made.xml), method="c14n") == made.xml
    return made


def test_xmlsec1_and_verify_hold(document: Canonical, tmp_path: Path) -> None:
    result = signed(document)
    path = tmp_path / "firmada.xml"
    path.write_bytes(result.xml)
    assert path.read_bytes() == result.xml
    assert verify_signature(path.read_bytes()).signature.valid
    assert xmlsec1(path, result.certificate)


def test_signxml_holds(document: Canonical) -> None:
    result = signed(document)
    verified = XMLVerifier().verify(
        result.xml,
        x509_cert=x509.load_der_x509_certificate(result.certificate),
        id_attribute="Id",
        expect_config=SignatureConfiguration(expect_references=3),
    )
    assert isinstance(verified, list)
    assert [item.signed_xml.tag.rpartition("}")[2] for item in verified] == ["Invoice", "KeyInfo", "SignedProperties"]  # type: ignore[union-attr]


def test_the_xades_of_signxml_holds_with_dians_policy() -> None:
    # It wants every certificate of the list in KeyInfo, so only the leaf is listed.
    result = signed(whole_chain=False)
    XAdESVerifier().verify(
        result.xml,
        x509_cert=x509.load_der_x509_certificate(result.certificate),
        id_attribute="Id",
        expect_config=XAdESSignatureConfiguration(expect_references=3),
        expect_signature_policy=XAdESSignaturePolicy(
            Identifier=POLICY_V2.identifier,
            Description=POLICY_V2.description,
            DigestMethod=DigestAlgorithm.SHA256,
            DigestValue=POLICY_V2.digests["sha256"],
        ),
    )


@pytest.mark.parametrize("whole_chain", [True, False])
@pytest.mark.parametrize("role", SignerRole)
def test_the_judge_of_the_profile_holds(tmp_path: Path, role: SignerRole, whole_chain: bool) -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the folder of facts is not here")
    path = tmp_path / "firmada.xml"
    result = signed(role=role, whole_chain=whole_chain)
    path.write_bytes(result.xml)
    assert xmlsec1(path, result.certificate)  # the judge needs it; skips without
    judge = shared / "oracles" / "judge.py"
    done = subprocess.run([sys.executable, judge, "xades", path], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.startswith("holds"), done.stdout + done.stderr


def test_the_signature_keeps_its_prefixes_when_extracted() -> None:
    root = etree.fromstring(signed().xml)
    signature = root.find(".//ds:Signature", NS)
    signature.getparent().remove(signature)
    alone = etree.fromstring(etree.tostring(signature))
    assert alone.find("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NS) is not None
    assert alone.find(".//xades:SigningTime", NS) is not None


def test_tampering_is_seen_by_xmlsec1_too(tmp_path: Path) -> None:
    result = signed()
    path = tmp_path / "alterada.xml"
    path.write_bytes(result.xml.replace(b"SETP1", b"SETP2"))
    assert not xmlsec1(path, result.certificate)
    assert verify_signature(path.read_bytes()).signature.valid is False


@pytest.mark.parametrize("foreign", [Foreign(), Foreign(c14n=EXCLUSIVE, transforms=True), Foreign(hash="sha512")])
def test_what_xmlsec1_signs_holds_here(foreign: Foreign, tmp_path: Path) -> None:
    """Its C14N is not lxml's: here the root has an xml: attribute, which subtrees inherit."""
    binary = shutil.which("xmlsec1")
    if binary is None:
        pytest.skip("xmlsec1 is not installed")
    xml = canonical("<cbc:Note>\n x\t</cbc:Note>").xml.replace(b"<Invoice", b'<Invoice xml:lang="es"', 1)
    template, key, output = tmp_path / "plantilla.xml", tmp_path / "llave.pem", tmp_path / "firmada.xml"
    emptied = re.sub(
        rb"<ds:DigestValue>[^<]+(</ds:DigestValue></ds:Reference>)", rb"<ds:DigestValue>\1", foreign.sign(xml)
    )
    template.write_bytes(re.sub(rb"<ds:SignatureValue>[^<]+", b"<ds:SignatureValue>", emptied))
    key.write_bytes(PKI.identity(NIT).pem())
    command = [binary, "--sign", "--privkey-pem", str(key), *ID_ATTRIBUTES, "--output", str(output), str(template)]
    subprocess.run(command, check=True, capture_output=True)
    verification = verify_signature(output.read_bytes())
    assert verification.signature.valid, verification.signature
    assert verification.valid
