"""Containers as others make them: carried in every way, in every encoding, and what is odd is told."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import pytest

from dian_fe import OtherFile, Received, pack, read
from dian_fe.errors import InvalidInput, MalformedXml, UnsafeXml, UnsupportedDocument
from dian_fe.verifying import verify_signature
from tests.contracts.fuzzing.watch import nothing_outside
from tests.delivery.support import AT, issued, office, package, signer

pytestmark = pytest.mark.between

BOM = b"\xef\xbb\xbf"


@cache
def accepted() -> tuple[bytes, bytes]:
    """Return a signed invoice and DIAN's answer about it."""
    signed, verdict = issued()
    return signed.xml, verdict.application_response


def container(*carried: str, head: str = "", number: str = "SETP1", uuid: str | None = None) -> bytes:
    """Write an AttachedDocument by hand, as bare as those in circulation: no signature, no number of its own."""
    document, *answers = carried
    reference = f"<cbc:UUID>{uuid}</cbc:UUID>" if uuid else ""
    told = "".join(
        "<cac:ParentDocumentLineReference><cbc:LineID>1</cbc:LineID><cac:DocumentReference>"
        f"<cbc:ID>{number}</cbc:ID>{reference}<cac:Attachment><cac:ExternalReference>"
        f"<cbc:Description>{answer}</cbc:Description></cac:ExternalReference></cac:Attachment>"
        "</cac:DocumentReference></cac:ParentDocumentLineReference>"
        for answer in answers
    )
    return (
        '<AttachedDocument xmlns="urn:oasis:names:specification:ubl:schema:xsd:AttachedDocument-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"{head}<cbc:ParentDocumentID>{number}</cbc:ParentDocumentID><cac:Attachment><cac:ExternalReference>"
        f"<cbc:Description>{document}</cbc:Description></cac:ExternalReference></cac:Attachment>{told}"
        "</AttachedDocument>"
    ).encode()


def cdata(xml: bytes) -> str:
    return f"<![CDATA[{xml.decode()}]]>"


def invoice_in(received: Received[Any]) -> Received[Any]:
    (found,) = received.sales_documents
    return found


def messages(received: Received[Any]) -> str:
    return " ".join(problem.message for problem in received.problems)


CARRIED = {
    "cdata": (cdata, ""),
    "escaped": (lambda xml: escape(xml.decode()), ""),
    "escaped twice": (lambda xml: escape(escape(xml.decode())), "escapado dos veces"),
    "base64": (lambda xml: b64encode(xml).decode(), "base64"),
    "wrapped base64": (lambda xml: "\n".join(_wrapped(b64encode(xml).decode())), "base64"),
    "bare": (lambda xml: xml.decode().partition("?>")[2], "sin CDATA"),
    "blanks around": (lambda xml: f"\n\t  {cdata(xml)}  \n", "espacios o saltos"),
    "byte order mark": (lambda xml: cdata(BOM + xml), "orden de bytes"),
    "no declaration": (lambda xml: cdata(xml.partition(b"?>")[2]), ""),
}


def _wrapped(text: str) -> list[str]:
    return [text[at : at + 76] for at in range(0, len(text), 76)]


@pytest.mark.parametrize("way", CARRIED)
def test_a_document_is_found_however_it_is_carried(way: str) -> None:
    xml, answer = accepted()
    carry, told = CARRIED[way]
    received = read(container(carry(xml), carry(answer)))
    inner = invoice_in(received)
    assert inner.document == read(xml).document
    assert verify_signature(inner.raw, trust=office().trust).signature.valid
    (response,) = received.answers
    assert response.document.accepted
    if told:
        assert told in messages(inner)
        assert told in messages(response)
    elif way != "no declaration":
        assert inner.problems == ()
        assert inner.raw == xml


def test_cdata_split_around_its_own_end_is_one_document() -> None:
    xml = accepted()[0].replace(b"?>\n", b"?>\n<!-- ]]> -->", 1)
    received = read(container(f"<![CDATA[{xml.decode().replace(']]>', ']]]]><![CDATA[>')}]]>"))
    assert invoice_in(received).raw == xml


def test_an_embedded_document_as_binary_object_is_read() -> None:
    xml, _ = accepted()
    object_ = f'<cbc:EmbeddedDocumentBinaryObject mimeCode="text/xml">{b64encode(xml).decode()}'
    data = container("").replace(
        b"<cbc:Description></cbc:Description>", f"{object_}</cbc:EmbeddedDocumentBinaryObject>".encode(), 1
    )
    assert invoice_in(read(data)).raw == xml


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
def test_an_inner_declaration_of_another_encoding_is_ignored(encoding: str) -> None:
    xml, _ = accepted()
    text = xml.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    inner = invoice_in(read(container(f"<![CDATA[{text}]]>")))
    assert inner.document == read(xml).document
    assert verify_signature(inner.raw).signature.valid


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "no-existe"])
def test_an_impossible_inner_declaration_is_told(encoding: str) -> None:
    signed, _ = issued(name="Ñandú 😀 SAS")
    text = signed.xml.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    data = container(f"<![CDATA[{text}]]>")
    read(data.replace(encoding.encode(), b"UTF-8"))  # what is loaded at first use is there
    with nothing_outside():  # Python looks unknown encodings up among its modules
        inner = invoice_in(read(data))
    assert inner.document == signed.document
    assert encoding in messages(inner)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_declared_encodings_of_whole_files(encoding: str) -> None:
    xml, _ = accepted()
    text = xml.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    received = read(text.encode(encoding))
    assert received.document == read(xml).document
    assert received.signed


@pytest.mark.parametrize("before", [BOM, b"\r\n  ", BOM + b"\n", b"\n" + BOM])
def test_what_precedes_a_document_is_told_and_its_bytes_kept(before: bytes) -> None:
    xml, _ = accepted()
    received = read(before + xml)
    assert received.document == read(xml).document
    assert received.raw == before + xml
    assert received.problems[0].xpath == "/Invoice"
    assert verify_signature(received.raw).signature.valid


def test_line_ends_of_other_systems() -> None:
    xml, answer = accepted()
    windows = package().xml.replace(b"\n", b"\r\n")
    assert read(windows).sales_documents
    assert read(xml.replace(b"\n", b"\r\n")).document == read(xml).document
    assert read(answer.replace(b"\n", b"\r\n")).document.accepted


def test_containers_inside_containers() -> None:
    xml, answer = accepted()
    inner = container(cdata(xml), cdata(answer))
    outer = read(container(escape(inner.decode())))
    (nested,) = outer.parts
    assert isinstance(nested, Received)
    assert nested.kind.name == "attached_document"
    assert invoice_in(outer).raw == xml
    assert [part.kind.name for part in outer.walk()] == [
        "attached_document",
        "attached_document",
        "invoice",
        "application_response",
    ]


def test_nesting_ends_somewhere() -> None:
    xml, _ = accepted()
    data = container(cdata(xml))
    for _ in range(6):
        data = container(escape(data.decode()))
    received = read(data)
    assert received.sales_documents == ()
    (last,) = received.files
    assert isinstance(last.reason, UnsafeXml)


def test_what_cannot_be_read_inside_stays_with_its_reason() -> None:
    xml, answer = accepted()
    cases = {
        "<Invoice>": MalformedXml,
        "<otro/>": UnsupportedDocument,
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>': UnsafeXml,
        "No es un documento": MalformedXml,
        "QUJD": MalformedXml,
    }
    for carried, reason in cases.items():
        received = read(container(escape(carried), cdata(answer)))
        (file,) = received.files
        assert isinstance(file.reason, reason), carried
        assert file.reason.remedy
        assert file.as_dict()["reason"]["code"] == reason.code
        assert "no trae un documento" in messages(received)
        assert received.answers
    empty = read(container(""))
    assert empty.parts == ()
    assert "no trae un documento" in messages(empty)
    assert invoice_in(read(container(cdata(xml)))).raw == xml


def test_contradictions_between_container_and_documents_are_told() -> None:
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=AT)
    assert read(made.xml).problems == ()
    other, others = issued()
    documents = cdata(signed.xml), cdata(others.application_response)
    received = read(container(*documents, number="SETP2", uuid="ab" * 48))
    told = [(problem.xpath.rpartition("/")[2], problem.value) for problem in received.problems]
    assert told == [
        ("cbc:ParentDocumentID", "SETP2"),
        ("cbc:ID", "SETP2"),
        ("cbc:UUID", "ab" * 48),
        ("AttachedDocument", other.key),
    ]


def test_unsigned_and_signed_are_told_apart() -> None:
    signed, verdict = issued()
    assert not read(signed.built.xml).signed
    assert read(signed.xml).signed
    received = read(container(cdata(signed.built.xml), cdata(verdict.application_response)))
    assert [part.signed for part in received.walk()] == [False, False, True]
    assert [part["signed"] for part in received.as_dict()["parts"]] == [False, True]
    assert verify_signature(received.raw).signature.present is False


def test_json_of_a_container_tells_each_document_once() -> None:
    made = package()
    told = read(made.zip_bytes).as_dict()
    assert (told["kind"], told["key"], told["number"]) == ("zip", None, None)
    (outer,) = told["parts"]
    assert outer["kind"] == "attached_document"
    assert outer["name"] == made.file_name
    assert "content" not in str(outer["document"])
    assert [part["kind"] for part in outer["parts"]] == ["invoice", "application_response"]
    assert outer["parts"][0]["key"] == made.key
    keys = set(told)
    for part in (outer, *outer["parts"]):
        assert set(part) == keys
    assert keys <= set(OtherFile("a", b"", "application/pdf").as_dict())


def test_only_bytes_are_read() -> None:
    for wrong in ("<a/>", bytearray(b"<a/>"), None):
        with pytest.raises(InvalidInput):
            read(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("junk", ["A" + " " * 1_000_000 + "!", "&lt;?xml " + " " * 1_000_000, "A" * 1_000_000 + "!"])
def test_blanks_without_end_are_read_like_any_other_junk(junk: str) -> None:
    """Reading costs the length of what came, not its square."""
    received = read(container(junk))
    assert isinstance(received.parts[0], OtherFile)
    assert received.parts[0].reason is not None
