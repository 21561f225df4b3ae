"""The package: what the container says, exact bytes inside, its size, and what is refused."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree

from dian_fe import Package, build, pack, read, sign
from dian_fe.delivery.packing import MAX_BYTES
from dian_fe.errors import ForeignAnswer, InvalidInput, NaiveDatetime, NotAccepted, PackageTooLarge
from dian_fe.signing.policy import SignerRole
from dian_fe.ubl import xsd
from dian_fe.verifying import verify_signature
from tests.contracts.properties.judges import official_xsd_faults
from tests.delivery.support import (
    AT,
    LATER,
    NIT,
    ODD_NAME,
    PDF,
    customer,
    invoice,
    issued,
    issuer,
    note_of,
    office,
    package,
    signer,
)
from tests.signing.support import xmlsec1

pytestmark = pytest.mark.oldest

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
}


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def test_all_three_signatures_hold_here_and_for_xmlsec1(tmp_path: Any) -> None:
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=AT)
    (container,) = read(made.zip_bytes).parts
    for position, received in enumerate(container.walk()):  # type: ignore[union-attr]
        assert received.signed
        verification = verify_signature(received.raw, trust=office().trust)
        assert verification.valid, (received.kind.name, verification.faults)
        path = tmp_path / f"{position}.xml"
        path.write_bytes(received.raw)
        assert verification.signature.certificate_der is not None
        assert xmlsec1(path, verification.signature.certificate_der)
    assert position == 2


def test_the_documents_are_inside_byte_for_byte_and_in_cdata() -> None:
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=AT)
    for xml in (signed.xml, verdict.application_response):
        assert made.xml.count(b"<![CDATA[" + xml + b"]]>") == 1
    assert made.xml.count(b"<![CDATA[") == 2
    container = read(made.xml)
    assert [part.raw for part in container.parts] == [signed.xml, verdict.application_response]
    assert container.document == made.container
    assert container.problems == container.unmapped == ()
    assert container.parts[0].document == signed.document  # type: ignore[union-attr]


def test_the_container_satisfies_the_official_schema_and_ours() -> None:
    made = package()
    assert official_xsd_faults(made.xml) == []
    assert xsd.validate(made.xml) == []


def test_what_the_container_says() -> None:
    """Annex 1.9, section 6.4: elements AE02 to AE55."""
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=LATER, sequence=77)
    root = etree.fromstring(made.xml)

    def said(path: str) -> str | None:
        return root.findtext(path, namespaces=NS)

    answer = read(verdict.application_response).document
    reference = "cac:ParentDocumentLineReference/cac:DocumentReference"
    party = "cac:PartyTaxScheme"
    assert {path: said(path) for path in EXPECTED} == EXPECTED
    assert said("cbc:ID") == "77"
    assert said("cbc:ParentDocumentID") == said(f"{reference}/cbc:ID") == signed.document.number
    assert said("cbc:IssueTime") == "12:15:00-05:00"
    assert said(f"{reference}/cbc:UUID") == signed.key
    assert root.find(f"{reference}/cbc:UUID", NS).get("schemeName") == "CUFE-SHA384"
    assert said(f"{reference}/cbc:IssueDate") == answer.issue_date.isoformat()
    assert said(f"{reference}/cac:ResultOfVerification/cbc:ValidationTime") == answer.issued_at.timetz().isoformat()
    company = root.find(f"cac:SenderParty/{party}/cbc:CompanyID", NS)
    assert dict(company.attrib) == {
        "schemeAgencyID": "195",
        "schemeAgencyName": "CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)",
        "schemeID": "1",
        "schemeName": "31",
    }
    buyer = root.find(f"cac:ReceiverParty/{party}/cbc:CompanyID", NS)
    assert buyer.get("schemeID") is None
    assert buyer.get("schemeName") == "13"
    assert len(root.findall("ext:UBLExtensions/ext:UBLExtension", NS)) == 1
    assert b"DianExtensions" not in made.xml.split(b"<![CDATA[")[0]


EXPECTED = {
    "cbc:UBLVersionID": "UBL 2.1",
    "cbc:CustomizationID": "Documentos adjuntos",
    "cbc:ProfileID": "Factura Electrónica de Venta",
    "cbc:ProfileExecutionID": "2",
    "cbc:IssueDate": "2026-03-02",
    "cbc:DocumentType": "Contenedor de Factura Electrónica",
    "cac:SenderParty/cac:PartyTaxScheme/cbc:RegistrationName": "Tienda Ejemplo SAS",
    "cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID": NIT,
    "cac:SenderParty/cac:PartyTaxScheme/cbc:TaxLevelCode": "R-99-PN",
    "cac:ReceiverParty/cac:PartyTaxScheme/cbc:RegistrationName": "Cliente Ejemplo",
    "cac:ReceiverParty/cac:PartyTaxScheme/cbc:CompanyID": "1020304050",
    "cac:Attachment/cac:ExternalReference/cbc:MimeCode": "text/xml",
    "cac:Attachment/cac:ExternalReference/cbc:EncodingCode": "UTF-8",
    "cac:ParentDocumentLineReference/cbc:LineID": "1",
    "cac:ParentDocumentLineReference/cac:DocumentReference/cbc:DocumentType": "ApplicationResponse",
    "cac:ParentDocumentLineReference/cac:DocumentReference/cac:ResultOfVerification/cbc:ValidatorID": (
        "Unidad Especial Dirección de Impuestos y Aduanas Nacionales"
    ),
    "cac:ParentDocumentLineReference/cac:DocumentReference/cac:ResultOfVerification/cbc:ValidationResultCode": "02",
}


def test_notes_travel_the_same_way() -> None:
    signed, _ = issued()
    note, verdict = issued(note_of(signed))
    made = pack(note, verdict, signer(), at=AT, document_type="Contenedor de Nota de Crédito")
    (received,) = read(made.zip_bytes).sales_documents
    assert received.document == note.document
    assert made.container.answers[0].reference_key_scheme == "CUDE-SHA384"
    assert made.container.document_type == "Contenedor de Nota de Crédito"


def test_end_of_cdata_and_odd_characters_inside_survive() -> None:
    """«]]>» ends a CDATA section: where a document has it, in an attribute too, two sections share it."""
    odd = "]]> <b>&amp;\u00a0ñ 😀 ]]]]>>\tfin"
    # «>» is escaped in texts but not in attributes, as C14N wants: @listName is one.
    buyer = customer(name=odd, regime="]]>", emails=["a@example.com"])
    document = invoice(customer=buyer, notes=[odd, "otra\nlínea"])
    signed, verdict = issued(document)
    assert b"]]>" in signed.xml
    made = pack(signed, verdict, signer(), at=AT)
    (received,) = read(made.zip_bytes).sales_documents
    assert received.raw == signed.xml
    assert received.document.notes == document.notes
    assert verify_signature(made.xml, trust=office().trust).valid


def test_a_carried_document_may_hold_cdata_and_carriage_returns(tmp_path: Any) -> None:
    """DIAN's answers come with CRLF: the file has them, XML readers see LF, every signature holds."""
    signed, verdict = issued()
    answer = verdict.application_response.replace(b"?>\n", b"?>\r\n<!-- ]]> -->\r\n", 1)
    made = pack(signed, answer, signer(), at=AT)
    assert answer.replace(b"]]>", b"]]]]><![CDATA[>") in made.xml
    assert b"&#xD;" not in made.xml
    container = read(made.xml)
    assert container.parts[1].raw == answer.replace(b"\r\n", b"\n")
    for xml in (made.xml, *(part.raw for part in container.parts)):
        verification = verify_signature(xml, trust=office().trust)
        assert verification.valid, verification.faults
    path = tmp_path / "container.xml"
    path.write_bytes(made.xml)
    assert xmlsec1(path, signer().certificate_chain[0].public_bytes(_der()))


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def test_same_arguments_same_bytes_and_a_plain_deflated_zip() -> None:
    """H1, H4: no byte order mark; deflated, one entry of the right name, no folder, no date of today."""
    signed, verdict = issued()
    made, again = (pack(signed, verdict, signer(), at=AT) for _ in range(2))
    assert made == again
    with zipfile.ZipFile(io.BytesIO(made.zip_bytes)) as archive:
        (entry,) = archive.infolist()
        assert entry.compress_type == zipfile.ZIP_DEFLATED
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.filename == made.file_name
        assert archive.read(entry) == made.xml
    assert not made.xml.startswith(b"\xef\xbb\xbf")


def test_names_are_those_of_the_annex() -> None:
    """Ad and z, NIT of ten digits, provider, year, eight hexadecimal digits."""
    signed, verdict = issued()
    own = pack(signed, verdict, signer(), at=AT)
    assert own.file_name == f"ad{signed.file_name[2:]}"
    assert own.zip_name == signed.zip_name
    counted = pack(signed, verdict, signer(), at=AT, sequence=0xABC)
    assert counted.file_name == "ad07000853710002600000abc.xml"
    assert counted.zip_name == "z07000853710002600000abc.zip"
    assert counted.container.number == "2748"
    with pytest.raises(InvalidInput):
        pack(signed, verdict, signer(), at=AT, sequence=0x1_0000_0000)


def test_pdf_and_annexes_go_along() -> None:
    signed, verdict = issued()
    annexes = {"remisión.pdf": PDF, "foto.png": b"\x89PNG"}
    made = pack(signed, verdict, signer(), at=AT, pdf=PDF, annexes=annexes)
    assert names(made.zip_bytes) == list(made.members) == [made.file_name, made.pdf_name, "anexos.zip"]
    assert made.pdf == PDF
    assert made.findings == ()
    received = read(made.zip_bytes)
    types = [file.media_type.removeprefix("application/") for file in received.files]
    assert types == ["pdf", "pdf", "octet-stream"]
    assert [file.name for file in received.files][1:] == list(annexes)


def test_what_does_not_fit_gives_way_and_is_told() -> None:
    signed, verdict = issued()
    heavy = {"a.bin": os.urandom(900_000), "b.bin": os.urandom(1_200_000), "c.txt": b"poco"}
    pdf = PDF + os.urandom(1_000_000)
    made = pack(signed, verdict, signer(), at=AT, pdf=pdf, annexes=heavy)
    assert len(made.zip_bytes) <= MAX_BYTES
    assert [finding.code for finding in made.findings] == ["package_too_large"]
    assert "b.bin" in made.findings[0].message
    assert not made.findings[0].rejects
    (_, _, annexes) = (part for part in read(made.zip_bytes).parts)
    assert [part.name for part in annexes.parts] == ["a.bin", "c.txt"]  # type: ignore[union-attr]
    without = pack(signed, verdict, signer(), at=AT, pdf=pdf, annexes=heavy, max_bytes=500_000)
    assert without.members == (without.file_name,)
    assert without.pdf is None
    assert [name in finding.message for finding, name in zip(without.findings, LEFT_OUT, strict=True)] == [True] * 4
    whole = pack(signed, verdict, signer(), at=AT, pdf=pdf, annexes=heavy, max_bytes=None)
    assert len(whole.zip_bytes) > MAX_BYTES
    assert whole.findings == ()


LEFT_OUT = ("b.bin", "a.bin", "c.txt", "representación gráfica")


def test_the_xml_never_gives_way() -> None:
    signed, verdict = issued()
    with pytest.raises(PackageTooLarge) as caught:
        pack(signed, verdict, signer(), at=AT, pdf=PDF, max_bytes=1000)
    assert caught.value.expected is not None
    assert caught.value.remedy
    large = replace(signed, xml=signed.xml.replace(b"<cbc:ID>", b" " * 10_000_000 + b"<cbc:ID>", 1))
    with pytest.raises(PackageTooLarge):
        pack(large, verdict, signer(), at=AT)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        SimpleNamespace(application_response=b"", accepted=True),
        SimpleNamespace(application_response=None, accepted=True),
    ],
    ids=["none", "empty", "accepted without response", "nothing"],
)
def test_without_dians_acceptance_there_is_no_package(answer: Any) -> None:
    signed, _ = issued()
    with pytest.raises(NotAccepted) as caught:
        pack(signed, answer, signer(), at=AT)
    assert caught.value.field == "answer"
    assert caught.value.remedy


def test_a_rejected_document_is_not_packed() -> None:
    signed, verdict = issued()
    again = office().judge(signed.xml)
    assert not again.is_valid
    for answer in (again, again.application_response):
        with pytest.raises(NotAccepted):
            pack(signed, answer, signer(), at=AT)
    lying = SimpleNamespace(application_response=verdict.application_response, accepted=False, status_code="99")
    with pytest.raises(NotAccepted) as caught:
        pack(signed, lying, signer(), at=AT)
    assert "99" in str(caught.value.found)


def test_the_answer_of_another_document_is_refused() -> None:
    signed, _ = issued()
    other, others_answer = issued()
    with pytest.raises(ForeignAnswer) as caught:
        pack(signed, others_answer, signer(), at=AT)
    assert other.key in str(caught.value.found)
    assert signed.key in str(caught.value.expected)
    with pytest.raises(ForeignAnswer):
        pack(signed, signed.xml, signer(), at=AT)
    posing = others_answer.application_response.replace(b">800197268<", b">900373076<")
    with pytest.raises(ForeignAnswer):
        pack(other, posing, signer(), at=AT)


def test_contingency_of_type_04_is_handed_over_before_the_answer() -> None:
    document = invoice(type_code="04")
    signed = sign(build(document, issuer()), signer(), at=AT)
    made = pack(signed, None, signer(), at=AT)
    container = read(made.xml)
    assert len(container.parts) == 1
    assert container.document.answers == ()
    assert official_xsd_faults(made.xml) == []
    assert verify_signature(made.xml, trust=office().trust).valid
    assert Package.load(made.zip_bytes) == made


def test_what_the_caller_gets_wrong_is_told() -> None:
    signed, verdict = issued()

    def refused(error: type[Exception], **options: Any) -> Any:
        with pytest.raises(error) as caught:
            pack(options.pop("signed", signed), verdict, signer(), **{"at": AT} | options)
        return caught.value

    assert refused(NaiveDatetime, at=AT.replace(tzinfo=None))
    early = refused(InvalidInput, at=AT - timedelta(days=1))
    assert (early.field, early.found, early.expected) == ("at", "2026-03-01", "2026-03-02 o después")
    assert refused(InvalidInput, pdf=b"<html>").field == "pdf"
    assert refused(InvalidInput, number="X" * 21).field == "number"
    for name in ("../a.pdf", "a/b.pdf", "c:\\x", "a\nb", "", ".."):
        assert refused(InvalidInput, annexes={name: b"x"}).field == "annexes"
    received = read(verdict.application_response)
    assert refused(InvalidInput, signed=received).field == "signed"
    unsigned = read(signed.built.xml)
    assert refused(NotAccepted, signed=unsigned).field == "signed"
    latin = verdict.application_response.decode().replace('"UTF-8"', '"ISO-8859-1"').encode("latin-1")
    with pytest.raises(InvalidInput) as caught:
        pack(signed, latin, signer(), at=AT)
    assert caught.value.expected == "UTF-8"
    declared = verdict.application_response.replace(b'"UTF-8"', b'"ISO-8859-1"')
    with pytest.raises(InvalidInput, match="ISO-8859-1"):
        pack(signed, declared, signer(), at=AT)


def test_a_document_read_back_is_packed_too() -> None:
    signed, verdict = issued()
    made = pack(read(signed.xml), verdict, signer(), at=AT)
    assert made == pack(signed, verdict, signer(), at=AT, number=signed.document.number)
    theirs = replace(read(signed.xml), control=signed.control.replace(provider_nit="900373076"))
    with pytest.raises(InvalidInput) as caught:
        pack(theirs, verdict, signer(), at=AT)
    assert caught.value.field == "provider_code"
    assert pack(theirs, verdict, signer(), at=AT, provider_code="123").file_name[12:15] == "123"


@pytest.mark.parametrize("role", [SignerRole.THIRD_PARTY, SignerRole.THIRD_PARTY.value])
def test_a_technology_provider_signs_as_third_party(role: Any) -> None:
    signed, verdict = issued()
    provided = replace(signed, built=replace(signed.built, control=signed.control.replace(provider_nit="900373076")))
    made = pack(provided, verdict, office().signer("900373076"), at=AT, role=role)
    assert verify_signature(made.xml).role == "third party"


def test_a_package_is_taken_up_again_from_its_zip_or_its_xml() -> None:
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=AT, pdf=PDF, annexes={"a.pdf": PDF + b"otro"})
    again = Package.load(made.zip_bytes)
    assert again == made
    assert again.sha256 == made.sha256
    bare = Package.load(made.xml, name=made.file_name)
    assert (bare.xml, bare.zip_name, bare.members) == (made.xml, made.zip_name, (made.file_name,))
    for data in (signed.xml, verdict.application_response):
        with pytest.raises(InvalidInput) as caught:
            Package.load(data)
        assert caught.value.remedy


def test_a_package_of_others_without_acceptance_is_not_taken_up() -> None:
    made = package()
    code = b"<cbc:ResponseCode>02</cbc:ResponseCode>"
    rejected = made.xml.replace(code, b"<cbc:ResponseCode>04</cbc:ResponseCode>")
    assert rejected != made.xml
    with pytest.raises(NotAccepted):
        Package.load(rejected)


def test_names_of_parties_are_as_they_are() -> None:
    signed, verdict = issued(name=ODD_NAME)
    made = pack(signed, verdict, signer(), at=AT)
    assert made.container.sender is not None
    assert made.container.sender.name == ODD_NAME
    assert read(made.xml).document.sender.name == ODD_NAME
