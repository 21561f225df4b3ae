from __future__ import annotations

import csv
import re

import pytest
from lxml import etree

from dian_fe.faults import Severity
from dian_fe.testing.pki import Flaw
from dian_fe.verifying import verify_signature
from tests.signing.support import NIT, NS, PKI, canonical, signed
from tests.support.shared import shared_dir
from tests.verifying.foreign import DIGESTS, EXCLUSIVE, Foreign

GOOD = signed().xml
S = "//xades:SignedSignatureProperties"
UNTOLD = {
    "DC10": "uncovered_key_info",
    "DC13": "uncovered_properties",
    "DC33": "certificate_list_short",
    "DC40": "certificate_list_short",
    "DC54": "signer_role_missing",
    "DC55": "signer_role_missing",
    "DC56": "signer_role_missing",
}
"""What documents lack of which DIAN's answers tell nothing, and the library's own names for it."""
CASES = {
    "DC02": "//ds:SignedInfo",
    "DC03": "//ds:SignedInfo/ds:CanonicalizationMethod",
    "DC04": "//ds:SignedInfo/ds:SignatureMethod",
    "DC05": "//ds:SignedInfo/ds:Reference[1]",
    "DC06": "//ds:SignedInfo/ds:Reference[1]/ds:Transforms",
    "DC07": "//ds:SignedInfo/ds:Reference[1]/ds:Transforms/ds:Transform",
    "DC08": "//ds:SignedInfo/ds:Reference[1]/ds:DigestMethod",
    "DC09": "//ds:SignedInfo/ds:Reference[1]/ds:DigestValue",
    "DC10": "//ds:SignedInfo/ds:Reference[2]",
    "DC12": "//ds:SignedInfo/ds:Reference[2]/ds:DigestValue",
    "DC13": "//ds:SignedInfo/ds:Reference[3]",
    "DC14": "//ds:SignedInfo/ds:Reference[3]/ds:DigestMethod",
    "DC16": "//ds:SignatureValue",
    "DC17": "//ds:KeyInfo",
    "DC19": "//ds:KeyInfo/ds:X509Data/ds:X509Certificate",
    "DC20": "//ds:Object",
    "DC22": "//xades:SignedProperties",
    "DC24": f"{S}/xades:SigningTime",
    "DC25": f"{S}/xades:SigningCertificate",
    "DC26": f"{S}/xades:SigningCertificate/xades:Cert",
    "DC28": f"{S}/xades:SigningCertificate/xades:Cert[1]/xades:CertDigest/ds:DigestMethod",
    "DC32": f"{S}/xades:SigningCertificate/xades:Cert[1]/xades:IssuerSerial/ds:X509SerialNumber",
    "DC34": f"{S}/xades:SigningCertificate/xades:Cert[2]/xades:CertDigest",
    "DC46": f"{S}/xades:SigningCertificate/xades:Cert[3]/xades:IssuerSerial/ds:X509SerialNumber",
    "DC47": f"{S}/xades:SignaturePolicyIdentifier",
    "DC53": f"{S}//xades:SigPolicyHash/ds:DigestValue",
    "DC54": f"{S}/xades:SignerRole",
    "DC56": f"{S}//xades:ClaimedRole",
}


def without(path: str) -> bytes:
    root = etree.fromstring(GOOD)
    found = root.xpath(path, namespaces=NS)
    assert found, path
    for element in found:
        element.getparent().remove(element)
    return etree.tostring(root)


def presence(data: bytes) -> dict[str, Severity]:
    own = set(UNTOLD.values())
    found = verify_signature(data).profile
    return {fault.code: fault.severity for fault in found if fault.code.startswith("DC") or fault.code in own}


@pytest.mark.parametrize("code", CASES)
def test_each_missing_element_has_its_code_and_only_that(code: str) -> None:
    told = UNTOLD.get(code, code)
    expected = Severity.CONSEJO if told != code and code != "DC13" else Severity.RECHAZO
    assert presence(without(CASES[code])) == {told: expected}


def test_every_code_of_the_facts_is_told_for_its_path() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the folder of facts is not here")
    with (shared / "spec" / "rules.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"].startswith("DC") and row["severity"] == "rechazo"]
    assert len(rows) == 55
    for row in rows:
        # Removing one Cert moves the others up, so those after it go too.
        path = re.sub(r"Cert\[(\d)\]$", r"Cert[position() >= \1]", row["path"])
        assert UNTOLD.get(row["code"], row["code"]) in presence(without(path)), row["code"]


def test_a_complete_signature_misses_nothing() -> None:
    assert presence(GOOD) == {}


def test_only_the_leaf_listed_is_advice() -> None:
    verification = verify_signature(signed(whole_chain=False).xml)
    assert verification.valid
    assert presence(signed(whole_chain=False).xml) == {"certificate_list_short": Severity.CONSEJO}


def only(foreign: Foreign) -> dict[str, Severity]:
    """Return what is found beyond the single certificate that the foreign signer lists."""
    verification = verify_signature(foreign.sign(canonical().xml))
    assert verification.signature.valid
    return {fault.code: fault.severity for fault in verification.profile if fault.code != "certificate_list_short"}


NOTE = Severity.CONSEJO


def test_a_plain_foreign_signature_has_no_finding() -> None:
    assert only(Foreign()) == {}


def test_what_accepted_documents_have_is_advice() -> None:
    assert only(Foreign(c14n=EXCLUSIVE, transforms=True)) == {"exclusive_c14n": NOTE}
    assert only(Foreign(policy="https://bucket.example.com/politica.pdf")) == {"policy_identifier": NOTE}
    assert only(Foreign(policy_algorithm=DIGESTS["sha512"])) == {"policy_hash": NOTE}
    assert only(Foreign(role="third_party")) == {"signer_role": NOTE}
    assert only(Foreign(role="third party")) == {}
    assert only(Foreign(listed=b"otro")) == {"signing_certificate": NOTE}
    assert only(Foreign(order=("document", "signed_properties"))) == {"uncovered_key_info": NOTE}
    assert only(Foreign(typed=False)) == {}


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("sha384", "EQC0kiWPaAME6IsEZ7WuaTWJ97Zmf6hIO69rMCVURmQxBB9ebgLrjhL5BArQ0a0l"),
        (
            "sha512",
            "Zcjw1Z9nGQn2j6NyGx8kAaLbOfJGd/fJxRTCeirlqAg7zRG27piJkJOpflGu7XACpMj9hC6dVMcCyzqHxxPZeQ==",
        ),
    ],
)
def test_the_policy_may_be_digested_otherwise(algorithm: str, digest: str) -> None:
    assert only(Foreign(policy_algorithm=DIGESTS[algorithm], policy_digest=digest)) == {}


def test_another_policy_is_refused() -> None:
    assert only(Foreign(policy_digest="AAAA")) == {"policy_hash": Severity.RECHAZO}


def test_the_profile_refuses_a_weak_key_cryptography_does_not() -> None:
    assert only(Foreign(identity=PKI.identity(NIT, flaw=Flaw.WEAK))) == {"weak_key": Severity.RECHAZO}


def test_a_certificate_without_non_repudiation_is_refused() -> None:
    assert only(Foreign(identity=PKI.issuing)) == {"ZD07": Severity.RECHAZO}


@pytest.mark.parametrize(
    ("root", "code"),
    [
        ("Invoice", "FAD09e"),
        ("CreditNote", "CAD09e"),
        ("DebitNote", "DAD09e"),
        ("ApplicationResponse", "AAD09e"),
        ("AttachedDocument", None),
    ],
)
def test_the_signing_date_is_the_issue_date(root: str, code: str | None) -> None:
    xml = canonical(root=root, issued="2026-03-01").xml
    found = {fault.code for fault in verify_signature(Foreign().sign(xml)).faults if fault.rejects}
    assert found == ({code} if code else set())
    assert not {
        fault.code for fault in verify_signature(Foreign().sign(canonical(root=root).xml)).faults if fault.rejects
    }


def test_a_date_in_utc_counts_as_written() -> None:
    # 20:00 in Colombia is the next day in UTC, and DIAN compares what is written.
    verification = verify_signature(Foreign(time="2026-03-03T01:00:00Z").sign(canonical().xml))
    assert {fault.code for fault in verification.faults if fault.rejects} == {"FAD09e"}


def test_documents_before_annex_1_9_are_not_judged_by_its_rule() -> None:
    old = Foreign(time="2024-04-30T10:00:00-05:00").sign(canonical(issued="2024-04-29").xml)
    assert verify_signature(old).valid
    new = Foreign(time="2024-05-02T10:00:00-05:00").sign(canonical(issued="2024-05-01").xml)
    assert not verify_signature(new).valid


def test_findings_of_a_fault_say_where_and_what() -> None:
    (fault,) = [
        fault
        for fault in verify_signature(Foreign(role="x").sign(canonical().xml)).profile
        if fault.code == "signer_role"
    ]
    assert fault.source == "signature"
    assert fault.xpath.endswith("xades:ClaimedRole")
    assert fault.found == "x"
    assert fault.expected == "supplier | third party"
