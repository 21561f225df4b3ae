"""The softer look into extensions: sure of signatures, lenient with DIAN's own."""

from __future__ import annotations

import random
from copy import deepcopy
from functools import cache

import pytest
from lxml import etree

from dian_fe import _xmlsafe
from dian_fe.errors import DianFeError
from dian_fe.faults import Severity
from dian_fe.ubl import vocabulary, xsd
from tests.support.shared import shared_dir
from tests.ubl.schema.instances import MUTATIONS, NS, Maker, clark, prefixed
from tests.ubl.schema.test_explanations import at
from tests.ubl.schema.test_verdicts import needs_official, official

pytestmark = pytest.mark.judge

DIGEST = (
    """<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AAAA</ds:DigestValue>"""
)
SIGNATURE = f"""<ds:Signature xmlns:ds="{NS["ds"]}" Id="sig"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference Id="ref0" URI=""><ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></ds:Transforms>{DIGEST}</ds:Reference>
<ds:Reference URI="#key">{DIGEST}</ds:Reference>
<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#props">{DIGEST}</ds:Reference></ds:SignedInfo>
<ds:SignatureValue Id="value">AAAA
AAAA</ds:SignatureValue>
<ds:KeyInfo Id="key"><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>
<ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber>
</ds:X509IssuerSerial><ds:X509SubjectName>CN=y</ds:X509SubjectName></ds:X509Data>
<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>
</ds:KeyInfo>
<ds:Object><xades:QualifyingProperties xmlns:xades="{NS["xades"]}" Target="#sig"><xades:SignedProperties Id="props">
<xades:SignedSignatureProperties><xades:SigningTime>2026-03-02T10:15:00.000-05:00</xades:SigningTime>
<xades:SigningCertificate><xades:Cert><xades:CertDigest>{DIGEST}</xades:CertDigest><xades:IssuerSerial>
<ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></xades:IssuerSerial>
</xades:Cert></xades:SigningCertificate>
<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>
<xades:Identifier Qualifier="OIDAsURI">https://example.com/policy.pdf</xades:Identifier>
<xades:Description>Política</xades:Description></xades:SigPolicyId><xades:SigPolicyHash>{DIGEST}</xades:SigPolicyHash>
</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>
<xades:SignatureProductionPlace><xades:City>Cali</xades:City></xades:SignatureProductionPlace>
<xades:SignerRole><xades:ClaimedRoles><xades:ClaimedRole>supplier</xades:ClaimedRole></xades:ClaimedRoles>
</xades:SignerRole></xades:SignedSignatureProperties>
<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#ref0">
<xades:ObjectIdentifier><xades:Identifier>urn:x</xades:Identifier></xades:ObjectIdentifier>
<xades:MimeType>text/xml</xades:MimeType><xades:Encoding>UTF-8</xades:Encoding></xades:DataObjectFormat>
<xades:CommitmentTypeIndication><xades:CommitmentTypeId><xades:Identifier>urn:x</xades:Identifier>
</xades:CommitmentTypeId><xades:AllSignedDataObjects/></xades:CommitmentTypeIndication>
</xades:SignedDataObjectProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>"""

DIAN = f"""<sts:DianExtensions xmlns:sts="{NS["sts"]}" xmlns:cbc="{NS["cbc"]}">
<sts:InvoiceControl><sts:InvoiceAuthorization>18760000001</sts:InvoiceAuthorization>
<sts:AuthorizationPeriod><cbc:StartDate>2026-01-19</cbc:StartDate><cbc:EndDate>2030-01-19</cbc:EndDate>
</sts:AuthorizationPeriod><sts:AuthorizedInvoices><sts:Prefix>SETP</sts:Prefix><sts:From>990000000</sts:From>
<sts:To>995000000</sts:To></sts:AuthorizedInvoices></sts:InvoiceControl>
<sts:InvoiceSource><cbc:IdentificationCode listAgencyID="6">CO</cbc:IdentificationCode></sts:InvoiceSource>
<sts:SoftwareProvider><sts:ProviderID schemeID="1" schemeName="31">700085371</sts:ProviderID>
<sts:SoftwareID schemeAgencyID="195">56f2ae4e-9812-4fad-9255-08fcfcd5ccb0</sts:SoftwareID></sts:SoftwareProvider>
<sts:SoftwareSecurityCode>00</sts:SoftwareSecurityCode>
<sts:AuthorizationProvider><sts:AuthorizationProviderID schemeID="4" schemeName="31">800197268
</sts:AuthorizationProviderID></sts:AuthorizationProvider>
<sts:QRCode>NumFac: SETP990000001
https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey=00</sts:QRCode></sts:DianExtensions>"""


def with_extensions(*extensions: str) -> etree._Element:
    """Return a valid document with these elements as its extensions."""
    root = Maker(5).document("ApplicationResponse", density=0)
    block = etree.Element(clark("ext:UBLExtensions"))
    for extension in extensions:
        content = etree.SubElement(etree.SubElement(block, clark("ext:UBLExtension")), clark("ext:ExtensionContent"))
        content.append(etree.fromstring(extension))
    root.insert(0, block)
    return root


def test_good_extensions() -> None:
    root = with_extensions(DIAN, '<x xmlns="urn:vendor"><y/></x>', SIGNATURE)
    assert xsd.validate(root) == []
    assert xsd.validate_extension(root) == []
    assert xsd.validate_extension(etree.fromstring(SIGNATURE)) == []
    assert xsd.validate_extension(etree.fromstring(DIAN)) == []


def test_looking_leaves_the_tree_as_it_was() -> None:
    root = with_extensions(DIAN, SIGNATURE)
    before = etree.tostring(root)
    for _ in range(3):
        assert xsd.validate_extension(root) == []
    assert etree.tostring(root) == before


CASES = {
    "text directly in SignerRole": (
        "//xades:SignerRole/*", "/xades:SignedSignatureProperties/xades:SignerRole", "solo elementos",
        "xades:SignerRole contiene elementos: no admite texto suelto.", Severity.RECHAZO,
    ),
    "signature without value": (
        "//ds:SignatureValue", "/ds:Signature", "ds:SignatureValue", "falta ds:SignatureValue", Severity.RECHAZO,
    ),
    "certificate without digest": (
        "//xades:CertDigest", "/xades:SigningCertificate/xades:Cert", "xades:CertDigest", "falta xades:CertDigest",
        Severity.RECHAZO,
    ),
    "policy without hash": (
        "//xades:SigPolicyHash", "/xades:SignaturePolicyIdentifier/xades:SignaturePolicyId", "xades:SigPolicyHash",
        "falta xades:SigPolicyHash", Severity.RECHAZO,
    ),
    "no software": (
        "//sts:SoftwareProvider", "/sts:DianExtensions", "sts:SoftwareProvider", "falta sts:SoftwareProvider",
        Severity.CONSEJO,
    ),
    "range without end": (
        "//sts:To", "/sts:InvoiceControl/sts:AuthorizedInvoices", "sts:To", "falta sts:To", Severity.CONSEJO,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_malformed_extensions(name: str) -> None:
    path, xpath, expected, message, severity = CASES[name]
    root = with_extensions(DIAN, SIGNATURE)
    gone = at(root, path)
    parent = gone.getparent()
    assert parent is not None
    parent.remove(gone)
    if "text" in name:
        parent.text = "supplier"
    (fault,) = xsd.validate_extension(root)
    position = 1 if "sts:" in xpath else 2
    extension = f"/ext:UBLExtensions/ext:UBLExtension[{position}]/ext:ExtensionContent/"
    assert fault.xpath.startswith(f"/ApplicationResponse{extension}")
    assert fault.xpath.endswith(xpath)
    assert fault.expected == expected
    assert message in fault.message
    code = "ZB01" if severity is Severity.RECHAZO else "extension_schema"
    assert (fault.code, fault.severity, fault.source) == (code, severity, "xsd")
    assert fault.hint


@pytest.mark.parametrize("name", ["sts:InvoiceControl", "sts:QRCode", "sts:Prefix"])
def test_what_dian_itself_leaves_out_is_no_fault(name: str) -> None:
    root = etree.fromstring(DIAN)
    gone = at(root, f"//{name}")
    parent = gone.getparent()
    assert parent is not None
    parent.remove(gone)
    assert xsd.validate_extension(root) == []


@pytest.mark.parametrize("digit", ["0", "9", "11", ""])
def test_check_digits_are_not_enumerated(digit: str) -> None:
    root = etree.fromstring(DIAN)
    at(root, "//sts:ProviderID").set("schemeID", digit)
    assert xsd.validate_extension(root) == []


def test_other_namespaces_are_anybodys() -> None:
    other = DIAN.replace(NS["sts"], "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures")
    assert xsd.validate_extension(with_extensions(other.replace("SoftwareProvider", "Other"))) == []


@cache
def host() -> etree._Element:
    return with_extensions('<x xmlns="urn:vendor"/>')


def _renamed(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    names = [name for name in vocabulary.pairs("signature/elements.tsv") if prefixed(item)[:3] == name[:3]]  # type: ignore[index]
    item.tag = clark(chance.choice(names))


# Names of another namespace fall where anything goes: there OASIS' schema would judge UBL's own and skip local ones.
SIGNATURE_MUTATIONS = {
    **{name: change for name, change in MUTATIONS.items() if name not in {"second_extension", "xsi"}},
    "renamed": _renamed,
}


@needs_official
@pytest.mark.parametrize("mutation", SIGNATURE_MUTATIONS)
def test_signatures_are_judged_as_oasis_does(mutation: str) -> None:
    """OASIS' schema imports those of signatures, so its verdict on a document includes theirs."""
    chance = random.Random(mutation)
    verdicts = set()
    for _ in range(40):
        signature = etree.fromstring(SIGNATURE)
        items = [item for item in signature.iter("*") if item is not signature and prefixed(item)]
        SIGNATURE_MUTATIONS[mutation](chance, items)
        document = deepcopy(host())
        at(document, "//ext:ExtensionContent")[:] = [signature]
        document = etree.fromstring(etree.tostring(document))
        faults = xsd.validate_extension(document)
        verdict = official("ApplicationResponse").validate(document)
        told = str(official("ApplicationResponse").error_log)[:500]
        assert (not faults) is verdict, (told, faults, etree.tostring(signature))
        assert all(fault.rejects and fault.hint for fault in faults)
        verdicts.add(verdict)
    assert mutation == "commented" or False in verdicts


def test_real_extensions_never_reject() -> None:
    folder = shared_dir()
    if folder is None:
        pytest.skip("the samples are not beside the repository")
    told = 0
    for path in sorted((folder / "samples").glob("*.xml")):
        try:
            root = _xmlsafe.parse(path.read_bytes(), tolerant=True)
        except DianFeError:
            continue
        faults = xsd.validate_extension(root)
        told += len(faults)
        assert not any(fault.rejects for fault in faults), path
    assert told < 12


def test_vocabulary_of_signatures_is_complete() -> None:
    elements = vocabulary.pairs("signature/elements.tsv")
    types = vocabulary.pairs("signature/types.tsv")
    for type_name in elements.values():
        assert type_name in types or ":" not in type_name
    for content in types.values():
        for word in content.split():
            name = word.rstrip("?*+")
            assert ":" not in name or name in elements, name
