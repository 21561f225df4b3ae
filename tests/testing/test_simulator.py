"""The simulator answers as a WCF service does: by its schema, to the right callers, with state, and with mishaps."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Client, errors
from dian_fe.testing import ListedScript, Mishap, SeededScript, SetState, Simulator, SimulatorServer
from dian_fe.testing.failures import Failure
from dian_fe.testing.pki import Flaw
from dian_fe.testing.wsdl import wsdl
from dian_fe.transport import KeyReference, Request, RetryPolicy, SecurityOptions
from dian_fe.transport.archive import pack_zip
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.soap import body_of, request
from dian_fe.transport.wsse import Sealer
from tests.transport.support import AT_ONCE, KEY, NIT, URL, batch_of, client, note, sealed, signed
from tests.transport.test_requests import FIFTEEN, schema

VERIFYING = b"An error occurred when verifying security for the message."


def posted(dian: Simulator, name: str, *, at: datetime | None = None, **arguments: str | bytes) -> Request:
    sealer = Sealer(dian.signer(NIT))
    return request(OPERATIONS[name], arguments, url=URL, sealer=sealer, at=at or datetime.now(UTC), nonce="1")


def changed(one: Request, *pairs: tuple[bytes, bytes]) -> Request:
    body = one.body
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return replace(one, body=body)


# --- WS-Security ----------------------------------------------------------------------------------------------------

REFUSED: dict[str, Any] = {
    "no header": lambda one: changed(one, (b"<wsse:Security>", b"<x>"), (b"</wsse:Security>", b"</x>")),
    "no timestamp": lambda one: changed(one, (b"wsu:Timestamp", b"wsu:Sello")),
    "another To": lambda one: changed(one, (b".svc</wsa:To>", b".svd</wsa:To>")),
    "wsa:To not signed": lambda one: changed(one, (b'<wsa:To wsu:Id="To-1"', b'<wsa:To wsu:Id="To-2"')),
    "signed element elsewhere": lambda one: changed(
        one,
        (b'<wsa:To wsu:Id="To-1">' + URL.encode() + b"</wsa:To>", b"<wsa:To>" + URL.encode() + b"</wsa:To>"),
        (b"<soap:Body>", b'<soap:Body><wsa:To wsu:Id="To-1">' + URL.encode() + b"</wsa:To>"),
    ),
    "two elements of one id": lambda one: changed(one, (b"<soap:Body>", b'<soap:Body><a wsu:Id="To-1"/>')),
    "two To": lambda one: changed(one, (b"</soap:Header>", b"<wsa:To>x</wsa:To></soap:Header>")),
    "signature value": lambda one: changed(one, (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA")),
    "no base64": lambda one: changed(one, (b"<ds:SignatureValue>", b"<ds:SignatureValue>=")),
    "digest": lambda one: changed(one, (b"<ds:DigestValue>", b"<ds:DigestValue>AAAA")),
    "algorithm": lambda one: changed(one, (b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha512")),
    "no reference": lambda one: changed(one, (b'<ds:Reference URI="#To-1">', b'<ds:Referencia URI="#To-1">'),
                                        (b"</ds:Reference>", b"</ds:Referencia>")),
    "another token": lambda one: changed(one, (b'URI="#X509-1"', b'URI="#X509-2"')),
    "no certificate": lambda one: changed(one, (b'wsu:Id="X509-1">MII', b'wsu:Id="X509-1">MIIA')),
    "a time that is none": lambda one: changed(one, (b"<wsu:Created>2", b"<wsu:Created>x2")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_header_that_does_not_hold_gets_the_fault_of_wcf(name: str, dian: Simulator) -> None:
    reply = dian.exchange(REFUSED[name](posted(dian, "GetStatus", trackId=KEY)))
    assert reply.status == 500
    assert VERIFYING in reply.body
    assert b":InvalidSecurity<" in reply.body


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_timestamp_out_of_time_is_refused_and_the_skew_is_told(minutes: int, dian: Simulator) -> None:
    with (
        client(dian, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes)) as ws,
        pytest.raises(errors.InvalidSecurity) as caught,
    ):
        ws.status(KEY)
    assert caught.value.skew == pytest.approx(60 * minutes, abs=5)
    assert "NTP" in str(caught.value)
    with client(dian, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes / 3)) as ws:
        assert ws.status(KEY).code == "66"


@pytest.mark.parametrize(
    "options",
    [
        SecurityOptions(sign_timestamp=True),
        SecurityOptions(to_prefixes=(), signed_info_prefixes=()),
        SecurityOptions(milliseconds=False, must_understand=True, ttl=timedelta(hours=5)),
    ],
)
def test_the_variants_of_the_header_are_taken(options: SecurityOptions, dian: Simulator) -> None:
    with client(dian, security=options) as ws:
        assert ws.status(KEY).code == "66"


def test_a_thumbprint_is_taken_only_where_it_is_admitted() -> None:
    options = SecurityOptions(key_reference=KeyReference.THUMBPRINT)
    with client(Simulator(seed=7), security=options) as ws, pytest.raises(errors.InvalidSecurity):
        ws.status(KEY)
    dian = Simulator(seed=7, thumbprint=True)
    with client(dian, security=options) as ws:
        assert ws.status(KEY).code == "66"
    one = sealed("GetStatus", at=datetime.now(UTC), key_reference=KeyReference.THUMBPRINT)
    start = one.body.index(b'#ThumbprintSHA1">') + 17
    assert dian.exchange(replace(one, body=one.body[:start] + b"AAAA" + one.body[start + 4 :])).status == 500


@pytest.mark.parametrize(
    "options",
    [{"ttl": timedelta(0)}, {"ttl": timedelta(days=2)}, {"to_prefixes": ("nada",)}, {"signed_info_prefixes": ("ds",)}],
)
def test_options_that_make_no_valid_header_are_refused(options: Any) -> None:
    with pytest.raises(errors.InvalidInput):
        SecurityOptions(**options)


@pytest.mark.parametrize("flaw", [Flaw.SELF_SIGNED, Flaw.EXPIRED, Flaw.NOT_YET_VALID])
def test_an_unacceptable_certificate_gets_a_fault_without_reason(flaw: Flaw, dian: Simulator) -> None:
    with Client(signer=dian.signer(NIT, flaw=flaw), transport=dian) as ws, pytest.raises(errors.CertificateRefused):
        ws.status(KEY)


def test_address_action_type_and_size_are_told_apart() -> None:
    dian = Simulator(seed=7, max_message=100_000)
    one = posted(dian, "GetStatus", trackId=KEY)
    for broken, kind in (
        (replace(one, url=f"{URL}/otra"), errors.AddressingFault),
        (changed(one, (b"/GetStatus</wsa:Action>", b"/GetStatusZip</wsa:Action>")), errors.AddressingFault),
        (changed(one, (b"<wcf:GetStatus>", b"<wcf:Nada>"), (b"</wcf:GetStatus>", b"</wcf:Nada>")),
         errors.AddressingFault),
        (replace(one, headers={"Content-Type": "text/xml"}), errors.ContentTypeRefused),
        (replace(one, body=one.body[:-5]), errors.RequestRefused),
        (replace(one, body=b"<a/>"), errors.RequestRefused),
        (replace(one, body=one.body + b" " * 100_000), errors.MessageTooLarge),
    ):  # fmt: skip
        with client(dian, _Carrier(dian, broken)) as ws, pytest.raises(errors.TransportError) as caught:
            ws.status(KEY)
        assert type(caught.value) is kind


class _Carrier:
    """Posts this request whatever it is given."""

    def __init__(self, dian: Simulator, one: Request) -> None:
        self.dian, self.one, self.environment = dian, one, dian.environment

    def exchange(self, request: Request) -> Any:
        return self.dian.exchange(self.one)


# --- operations -----------------------------------------------------------------------------------------------------


def test_every_answer_is_valid_by_the_schema_of_the_wsdl(tmp_path: Path, dian: Simulator) -> None:
    dian.acquirers["13", "1"] = ("Ana", "ana@example.com")
    document = signed(dian)
    packed = pack_zip({document.file_name: document.xml})
    correction = note(dian, document)
    given: dict[str, str | bytes] = {
        "contentFile": packed, "fileName": "z.zip", "testSetId": dian.open_test_set().id, "trackId": document.key,
        "accountCode": NIT, "accountCodeT": NIT, "softwareCode": dian.software.id, "identificationType": "13",
        "identificationNumber": "1", "uuid": document.key,
    }  # fmt: skip
    compiled = schema(tmp_path)
    dian.judge(correction.xml)
    for name in (*FIFTEEN, *FIFTEEN):
        arguments = {parameter.name: given[parameter.name] for parameter in OPERATIONS[name].parameters}
        reply = dian.exchange(posted(dian, name, **arguments))
        assert reply.status == 200, name
        envelope = etree.fromstring(reply.body)
        body = body_of(envelope)
        assert body is not None
        assert compiled.validate(body), (name, compiled.error_log)
        assert envelope.findtext("{*}Header/{*}Action") == OPERATIONS[name].reply_action


@pytest.mark.parametrize(
    ("to", "taken"),
    [
        ("{}", True), ("{}?WSDL", True), ("{}/", True), ("{}/?singleWsdl", True), ("{}x", False), ("{}/x", False),
        ("http://vpfe-hab.dian.gov.co/WcfDianCustomerServices.svc", False),
        ("https://VPFE-HAB.dian.gov.co:443/WcfDianCustomerServices.svc?WSDL", True),
        ("https://vpfe.dian.gov.co/WcfDianCustomerServices.svc", False),
        ("https://vpfe-hab.dian.gov.co:444/WcfDianCustomerServices.svc", False), ("otra cosa", False), ("", False),
    ],
)  # fmt: skip
def test_addresses_are_compared_as_the_service_does(to: str, taken: bool, dian: Simulator) -> None:
    """By scheme, host, port and path; the query and a final slash do not count."""
    operation = OPERATIONS["GetStatus"]
    sealer = Sealer(dian.signer(NIT), SecurityOptions())
    named = request(operation, {"trackId": "0" * 96}, url=to.format(URL), sealer=sealer, at=dian.now(), nonce="1")
    reply = dian.exchange(Request("GetStatus", URL, named.headers, named.body))
    assert (reply.status == 200) is taken
    assert (b"DestinationUnreachable" in reply.body) is not taken


def test_the_wsdl_states_the_policy_of_the_live_one() -> None:
    written = etree.fromstring(wsdl(URL))
    names = {
        "wsp": "http://schemas.xmlsoap.org/ws/2004/09/policy",
        "sp": "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy",
        "w": "http://schemas.xmlsoap.org/wsdl/",
        "a": "http://www.w3.org/2005/08/addressing",
    }
    policy = written.find("wsp:Policy", names)
    assert policy.find(".//sp:HttpsToken", names).get("RequireClientCertificate") == "false"
    for path in (
        "sp:Wss11/wsp:Policy/sp:MustSupportRefThumbprint", "sp:Trust10/wsp:Policy/sp:MustSupportIssuedTokens",
        "sp:Trust10/wsp:Policy/sp:RequireClientEntropy", "sp:Trust10/wsp:Policy/sp:RequireServerEntropy",
    ):  # fmt: skip
        assert policy.find(f".//{path}", names) is not None, path
    messages = {each.get("name") for each in written.findall("w:message", names)}
    assert "IWcfDianCustomerServices_GetStatus_InputMessage" in messages
    address = written.findtext("w:service/w:port/a:EndpointReference/a:Address", namespaces=names)
    assert address == URL
    emails = written.find(".//{*}complexType[@name='ExchangeEmailResponse']//{*}element[@name='CsvBase64Bytes']")
    assert emails.get("type") == "xs:string"


def test_one_resolution_may_have_several_prefixes(dian: Simulator) -> None:
    """With a key of 64 digits, and a range without key."""
    sales = dian.resolution("FVJL", key_digits=64)
    dian.resolution("DSJL", authorization=sales.authorization, key_digits=0)
    with client(dian) as ws:
        found = {each.prefix: each for each in ws.numbering(NIT, dian.software.id)}
        assert found["FVJL"].authorization == found["DSJL"].authorization
        assert len(found["FVJL"].key()) == 64
        assert found["DSJL"].technical_key is None
        document = signed(dian, "FVJL1", resolution=found["FVJL"])
        assert ws.send(document).accepted


def test_what_is_kept_of_a_document_is_a_tree(dian: Simulator) -> None:
    document = signed(dian)
    correction = note(dian, document)
    with client(dian) as ws:
        for each in (document, correction):
            ws.send(each).raise_for_rejection()
        (kept,) = ws.document_info(document.key).documents
        assert (kept.type_code, kept.number and kept.number.prefix, kept.issuer and kept.issuer.id) == (
            "01",
            "SETP",
            NIT,
        )
        assert kept.totals.total == document.document.payable
        assert [each.key for each in kept.notes] == [correction.key]
        (of_note,) = ws.document_info(correction.key).documents
        assert (of_note.type_code, of_note.code) == ("91", "1")
        assert [each.key for each in of_note.references] == [document.key]
        (told,) = ws.reference_notes(document.key)
        assert (told.code, told.number, told.order, told.concepts[0].code) == ("91", "NC1", 1, "1")
        assert (told.issuer and told.issuer.id, told.effective_at) == (NIT, correction.document.issued_at)
        assert ws.document_xml(document.key).found
        assert not ws.document_xml("0" * 96).found


def test_a_rejected_document_is_known_and_its_number_is_free(dian: Simulator) -> None:
    wrong = signed(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))
    good = signed(dian)
    with client(dian) as ws:
        assert ws.send(wrong).outcome == "rejected"
        status = ws.status(wrong.key)
        assert (status.code, [fault.code for fault in status.faults if fault.rejects]) == ("99", ["FAD06"])
        assert ws.send(good).accepted


def test_an_unknown_reference_is_refused_where_it_is_asked_for() -> None:
    dian = Simulator(seed=7, references=True)
    document = signed(dian)
    with client(dian) as ws:
        lonely = ws.send(note(dian, document))
        assert [fault.code for fault in lonely.rejections] == ["CBG04a"]
        ws.send(document).raise_for_rejection()
        assert ws.send(note(dian, document)).accepted


@pytest.mark.parametrize(
    "content",
    [b"", b"No es un zip", pack_zip({"a.xml": b"<a/>", "b.xml": b"<b/>"}), pack_zip({"a.xml": b"\x00" * 40_000_000})],
    ids=["empty", "no zip", "two documents", "bomb"],
)
def test_a_bad_zip_is_refused_in_both_ways_of_sending(content: bytes, dian: Simulator) -> None:
    with client(dian) as ws:
        assert ws.call("SendBillSync", fileName="z.zip", contentFile=content).standing == "rejected"
        upload = ws.call("SendBillAsync", fileName="z.zip", contentFile=content)
        if len(content) == 0 or b"b.xml" not in content:
            assert upload.zip_key == ""
            assert upload.messages[0].message
        else:
            assert {status.standing for status in ws.status_zip(upload.zip_key)} == {"rejected"}
    assert not dian.accepted


def test_a_batch_is_pending_for_as_many_questions_as_told() -> None:
    dian = Simulator(seed=7, pending=2)
    with client(dian) as ws:
        answer = ws.send(signed(dian), operation="SendBillAsync")
    assert answer.accepted
    assert [attempt.outcome for attempt in answer.attempts] == ["pending", "pending", "pending", "accepted"]


def test_a_test_set_counts_and_closes(dian: Simulator) -> None:
    opened = dian.open_test_set(1, 0, 1)
    first, second = batch_of(dian, 2)
    with client(dian) as ws:
        assert ws.send(first, test_set_id=opened.id).accepted
        assert opened.state is SetState.EN_PROCESO
        assert ws.send(note(dian, first), test_set_id=opened.id).accepted
        assert opened.state is SetState.ACEPTADO
        late = ws.send(second, test_set_id=opened.id)
        nowhere = ws.send(second, test_set_id="00000000-0000-0000-0000-000000000009")
    assert late.status_message == f"Set de prueba con identificador {opened.id} se encuentra Aceptado."
    assert (late.status_code, nowhere.status_code, late.outcome) == ("2", "2", "rejected")
    assert second.key not in dian.accepted


def test_many_documents_for_a_test_set_are_lost_as_users_saw(dian: Simulator) -> None:
    opened = dian.open_test_set()
    content = pack_zip({document.file_name: document.xml for document in batch_of(dian, 2)})
    with client(dian) as ws:
        upload = ws.call("SendTestSetAsync", fileName="z.zip", contentFile=content, testSetId=opened.id)
        assert [ws.status_zip(upload.zip_key)[0].standing for _ in range(20)] == ["pending"] * 20
    assert not dian.accepted


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"counts": {"soporte": 1}}, "counts.soporte"),
        ({"counts": {"event": 1}}, "counts.event"),
        ({"counts": {"invoice": -1}}, "counts.invoice"),
        ({"counts": {"invoice": True}}, "counts"),
        ({"counts": {}}, "counts"),
        ({"invoices": 0, "debit_notes": 0, "credit_notes": 0}, "counts"),
        ({"accepted": (1, 0)}, "accepted"),
        ({"accepted": (31, 0, 0)}, "counts.invoice"),
    ],
)
def test_a_test_set_of_no_known_counts_is_refused(asked: dict[str, Any], field: str, dian: Simulator) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        dian.open_test_set(**asked)
    assert caught.value.field == field
    assert caught.value.expected
    assert caught.value.remedy
    assert not dian.test_sets


# --- fault scripts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("mishap", Mishap)
def test_each_mishap_leaves_the_document_accepted_once(mishap: Mishap, done: bool) -> None:
    """E1, E8: whatever goes wrong with any of the first three requests."""
    for place in range(3):
        script = [None] * place + [Failure(mishap, done)]
        if mishap not in {Mishap.RESET, Mishap.HTTP_500, Mishap.HTTP_502, Mishap.HTTP_503, Mishap.SOAP_FAULT}:
            script = [None] * place + [mishap]  # type: ignore[list-item]
        dian = Simulator(seed=7, script=ListedScript([Mishap.DROP_RESPONSE, *script]))
        document = signed(dian)
        with client(dian, policy=AT_ONCE) as ws:
            answer = ws.send(document)
            if not answer.accepted:  # a wrong clock is final for this try
                assert isinstance(answer.error, errors.InvalidSecurity)
                answer = ws.resume(answer.shipment)
        assert answer.accepted
        assert list(dian.accepted) == [document.key]


def test_a_seed_strikes_alike_and_every_mishap_happens() -> None:
    def failures(seed: int) -> list[Failure | None]:
        script = SeededScript(seed, 0.05)
        return [script.next_failure("GetStatus") for _ in range(2000)]

    assert failures(3) == failures(3)
    assert failures(3) != failures(4)
    counts = Counter(failure.mishap for failure in failures(3) if failure)
    assert set(counts) == set(Mishap)
    assert SeededScript(1, {Mishap.EMPTY: 1.0}).next_failure("x") == Failure(Mishap.EMPTY, done=True)


def test_a_clock_of_its_own_is_the_simulators_time() -> None:
    moment = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
    dian = Simulator(seed=7, clock=lambda: moment)
    with client(dian, clock=lambda: moment) as ws:
        assert ws.send(signed(dian)).accepted
    with client(dian) as ws, pytest.raises(errors.InvalidSecurity):
        ws.status(KEY)


# --- HTTP -----------------------------------------------------------------------------------------------------------


def test_the_server_gives_its_wsdl_and_404_for_anything_else() -> None:
    told: list[str] = []
    with SimulatorServer(Simulator(seed=7), log=told.append) as server:
        for query in ("wsdl", "singleWsdl"):
            with urllib.request.urlopen(f"{server.url}?{query}") as response:
                text = response.read()
            assert response.headers["Content-Type"].startswith("text/xml")
            assert f'location="{server.url}"'.encode() in text
        for url in (server.url, server.url.replace(".svc", ".txt")):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(url)
            assert caught.value.code == 404
            caught.value.close()
    assert told[0] == "GET WSDL 200"
    assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /otra HTTP/1.1\r\nContent-Length: 0\r\n", b"404"),
        (b"POST /WcfDianCustomerServices.svc HTTP/1.1\r\n", b"411"),
        (b"POST /WcfDianCustomerServices.svc HTTP/1.1\r\nContent-Length: 99999999999\r\n", b"413"),
        (b"POST /WcfDianCustomerServices.svc HTTP/1.1\r\nContent-Length: 2\r\nContent-Type: text/xml\r\n", b"415"),
    ],
)
def test_the_server_refuses_what_no_client_of_the_service_sends(head: bytes, status: bytes) -> None:
    with SimulatorServer(Simulator(seed=7)) as server:
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(head + b"Host: 127.0.0.1\r\n\r\n{}")
            assert connection.recv(4096).split()[1] == status


def test_the_bytes_of_a_document_arrive_as_they_were_signed(dian: Simulator) -> None:
    document = signed(dian)
    with (
        SimulatorServer(dian) as server,
        Client(signer=dian.signer(NIT), environment="HABILITACION", endpoint=server.url) as ws,
    ):
        ws.send(document).raise_for_rejection()
        fetched = ws.document_xml(document.key)
    assert fetched.xml == document.xml == dian.accepted[document.key].raw
    assert b64encode(fetched.xml)


def test_a_simulator_takes_no_time_by_default() -> None:
    assert Simulator.policy == RetryPolicy(unavailable=(0,) * 5, slow=(0,) * 5, polls=(0,) * 16, settling=())
