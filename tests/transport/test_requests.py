"""Every operation's request, word for word and by the schema of the WSDL."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe.errors import InvalidInput, NotAllowed, UnsupportedDocument
from dian_fe.families.registry import kind as kind_named
from dian_fe.signing.certificates import der
from dian_fe.testing.wsdl import schemas, wsdl
from dian_fe.transport.contract import OPERATIONS, SERVICE_NS, TYPES, operation, sending_operation
from dian_fe.transport.soap import body_of, request
from dian_fe.transport.wsse import Sealer
from tests.transport.support import NOW, SIGNER, URL, sealed

GOLDEN = Path(__file__).parent / "golden"
FIFTEEN = (
    "SendBillSync", "SendBillAsync", "SendTestSetAsync", "SendBillAttachmentAsync", "SendEventUpdateStatus",
    "SendNominaSync", "GetStatus", "GetStatusZip", "GetStatusEvent", "GetNumberingRange", "GetXmlByDocumentKey",
    "GetExchangeEmails", "GetReferenceNotes", "GetAcquirer", "GetDocumentInfo",
)  # fmt: skip


def readable(name: str) -> str:
    """Return a request one element a line, its certificate left out."""
    body = sealed(name).body.decode()
    token = body[body.index('wsu:Id="X509-0a1b">') + 19 : body.index("</wsse:BinarySecurityToken>")]
    assert b64decode(token) == der(SIGNER.certificate)
    return body.replace(token, "CERTIFICATE").replace("><", ">\n<") + "\n"


def schema(folder: Path) -> etree.XMLSchema:
    """Compile the WSDL's schemas, which import each other by namespace only."""
    for number, text in enumerate(schemas().values()):
        (folder / f"{number}.xsd").write_text(text, encoding="utf-8")
    imports = "".join(
        f'<xs:import namespace="{space}" schemaLocation="{number}.xsd"/>' for number, space in enumerate(schemas())
    )
    driver = folder / "all.xsd"
    driver.write_text(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>')
    return etree.XMLSchema(file=str(driver))


def test_the_service_has_its_fifteen_operations() -> None:
    assert tuple(OPERATIONS) == FIFTEEN


@pytest.mark.parametrize("name", FIFTEEN)
def test_golden_request(name: str) -> None:
    """Each operation has its own name, parameters and order."""
    assert readable(name) == (GOLDEN / f"{name}.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FIFTEEN)
def test_the_request_is_valid_by_the_schema_of_the_wsdl(name: str, tmp_path: Path) -> None:
    body = body_of(etree.fromstring(sealed(name).body))
    assert body is not None
    compiled = schema(tmp_path)
    assert compiled.validate(body), compiled.error_log
    if len(body) > 1:  # the order is part of it
        body.append(body[0])
        assert not compiled.validate(body)


@pytest.mark.parametrize("name", FIFTEEN)
def test_headers_carry_the_action_and_ask_for_no_compression(name: str) -> None:
    headers = sealed(name).headers
    action = f"{SERVICE_NS}/IWcfDianCustomerServices/{name}"
    assert headers["Content-Type"] == f'application/soap+xml; charset=utf-8; action="{action}"'
    assert headers["Accept-Encoding"] == "identity"


def test_to_is_the_address_really_posted_to() -> None:
    posted = sealed("GetStatus", url="https://otra.example.com/servicio?a=1&b=2")
    assert posted.url == "https://otra.example.com/servicio?a=1&b=2"
    assert b">https://otra.example.com/servicio?a=1&amp;b=2</wsa:To>" in posted.body


def test_an_unknown_operation_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotAllowed, match="SendBillSync") as caught:
        operation("SendBill")
    assert caught.value.found == "SendBill"


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("GetStatus", {}, "GetStatus"),
        ("GetStatus", {"trackId": "a", "otro": "b"}, "GetStatus"),
        ("GetStatus", {"trackId": b"a"}, "GetStatus.trackId"),
        ("GetStatus", {"trackId": 1}, "GetStatus.trackId"),
        ("GetStatus", {"trackId": None}, "GetStatus.trackId"),
        ("SendNominaSync", {"contentFile": "texto"}, "SendNominaSync.contentFile"),
    ],
)
def test_arguments_are_those_of_the_operation(name: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        request(OPERATIONS[name], given, url=URL, sealer=Sealer(SIGNER), at=NOW, nonce="1")
    assert caught.value.field == field


def test_a_document_goes_only_by_an_operation_that_takes_it() -> None:
    assert sending_operation(kind_named("invoice")).name == "SendBillSync"
    assert sending_operation(kind_named("application_response")).name == "SendEventUpdateStatus"
    with pytest.raises(NotAllowed, match="SendBillSync"):
        sending_operation(kind_named("invoice"), "SendNominaSync")
    with pytest.raises(UnsupportedDocument):
        sending_operation(kind_named("attached_document"))


def test_the_wsdl_offers_every_operation_and_type() -> None:
    root = etree.fromstring(wsdl("http://127.0.0.1:1/x?a&b"))
    spaces = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap12/"}
    assert root.xpath("//w:portType/w:operation/@name", namespaces=spaces) == list(FIFTEEN)
    assert root.xpath("//w:binding/w:operation/s:operation/@soapAction", namespaces=spaces) == [
        each.action for each in OPERATIONS.values()
    ]
    assert root.xpath("//s:address/@location", namespaces=spaces) == ["http://127.0.0.1:1/x?a&b"]
    named = root.xpath("//x:complexType/@name", namespaces={"x": "http://www.w3.org/2001/XMLSchema"})
    assert sorted(named) == sorted(TYPES)


if __name__ == "__main__":  # python -m tests.transport.test_requests writes the golden files anew
    GOLDEN.mkdir(exist_ok=True)
    for each in FIFTEEN:
        (GOLDEN / f"{each}.xml").write_text(readable(each), encoding="utf-8")
    sys.exit(0)
