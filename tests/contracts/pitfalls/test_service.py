"""Pitfalls of the service: certificates and keys, the web service, and documents sent, timed out, duplicated."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import dian_fe
from dian_fe import Client, PemSigner, Pkcs12Signer, errors
from dian_fe.catalogs import Environment
from dian_fe.families.registry import kind as kind_named
from dian_fe.signing.certificates import check_dates
from dian_fe.testing import ListedScript, Mishap, SeededScript, Simulator, ToyPki
from dian_fe.testing.pki import Flaw
from dian_fe.transport import Recovery, Shipment, State
from dian_fe.transport.contract import OPERATIONS, sending_operation
from tests.support.repository import ROOT
from tests.transport.support import AT_ONCE, KEY, NIT, NOW, Recorder, client, note, sealed, signed

pytestmark = pytest.mark.between

LEGACY = ROOT / "tests" / "signing" / "data" / "legacy_rc2.p12"
PKI = ToyPki(7)


# --- C: certificates and keys ---------------------------------------------------------------------------------------


def test_a_p12_of_old_ciphers_opens_or_says_how_to_convert_it() -> None:
    program = "import sys\nfrom dian_fe import Pkcs12Signer\nprint(Pkcs12Signer.load(sys.argv[1], 'juguete').nit)\n"

    def opened(**more: str) -> Any:
        command = [sys.executable, "-c", program, str(LEGACY)]
        environment = {**os.environ, **more, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)

    assert opened().stdout.strip() == NIT or "LegacyKeyStore" in opened().stderr
    refused = opened(CRYPTOGRAPHY_OPENSSL_NO_LEGACY="1").stderr
    assert "LegacyKeyStore" in refused
    assert "openssl pkcs12 -legacy" in refused


def test_each_fault_of_a_key_has_its_type_before_any_network(dian: Simulator) -> None:
    good = PKI.p12(NIT, "clave")
    info = PKI.signer(NIT).info
    other = PKI.identity("800199436")

    def bad_dates(flaw: Flaw) -> None:
        check_dates(PKI.signer(NIT, flaw=flaw).info, NOW)

    def mixed() -> None:
        key = PKI.identity(NIT).pem().partition(b"-----BEGIN CERTIFICATE")[0]
        certificate = b"-----BEGIN CERTIFICATE" + other.pem().split(b"-----BEGIN CERTIFICATE")[1]
        PemSigner.load(key, certificate)

    cases: tuple[tuple[Any, type[errors.KeyMaterialError]], ...] = (
        (lambda: Pkcs12Signer.load(good, "otra"), errors.WrongPassword),
        (lambda: Pkcs12Signer.load(b"No es un p12", "clave"), errors.NotAKeyStore),
        (lambda: bad_dates(Flaw.EXPIRED), errors.CertificateExpired),
        (lambda: bad_dates(Flaw.NOT_YET_VALID), errors.CertificateNotYetValid),
        (mixed, errors.KeyDoesNotMatch),
    )
    for make, kind in cases:
        with pytest.raises(kind) as caught:
            make()
        assert type(caught.value) is kind
    assert info.valid_at(NOW)
    assert not dian.requests


def test_both_nits_are_told_if_the_certificate_is_of_another(dian: Simulator) -> None:
    with (
        Client(signer=dian.signer("800199436"), transport=dian) as ws,
        pytest.raises(errors.WrongCertificateOwner, match="800199436") as told,
    ):
        ws.send(signed(dian))
    assert NIT in str(told.value)


def test_nothing_is_written_to_disk_and_no_secret_to_logs(
    dian: Simulator, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cwd", "tmp", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    caplog.set_level(logging.DEBUG)
    dian.script = ListedScript([Mishap.DROP_RESPONSE, Mishap.HTTP_502])
    document = signed(dian)
    secrets = (dian.software.pin.get_secret_value(), dian.resolution("SETP").key(), "PRIVATE KEY")
    with client(dian) as ws:
        answer = ws.send(document)
        shown = " ".join((repr(ws), repr(answer), repr(answer.shipment), repr(document), caplog.text))
    assert answer.accepted
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    for secret in secrets:
        assert secret not in shown.replace(document.key, "")


# --- D: the web service ---------------------------------------------------------------------------------------------


def test_the_header_has_timestamp_and_token_and_signs_to() -> None:
    body = sealed("GetStatus").body.decode()
    for part in ("<wsu:Created>", "<wsu:Expires>", "<wsse:BinarySecurityToken ", "#rsa-sha256", "xmlenc#sha256",
                 '<ds:Reference URI="#To-0a1b">', '<wsa:To wsu:Id="To-0a1b">'):  # fmt: skip
        assert part in body
    assert "sha1" not in body.lower()


@pytest.mark.parametrize("minutes", [-30, 30])
def test_a_wrong_clock_is_told_with_both_times(dian: Simulator, minutes: int) -> None:
    with (
        client(dian, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes)) as ws,
        pytest.raises(errors.InvalidSecurity) as caught,
    ):
        ws.status(KEY)
    error = caught.value
    assert error.local_time
    assert error.server_time
    assert error.skew is not None
    assert f"{error.skew:+.0f} s" in str(error)


def test_no_operation_is_a_copy_of_another() -> None:
    assert len({operation.action for operation in OPERATIONS.values()}) == len(OPERATIONS) == 15
    assert [parameter.name for parameter in OPERATIONS["SendBillAsync"].parameters] == ["fileName", "contentFile"]
    assert [parameter.name for parameter in OPERATIONS["SendTestSetAsync"].parameters] == [
        "fileName", "contentFile", "testSetId",
    ]  # fmt: skip
    assert [parameter.name for parameter in OPERATIONS["SendNominaSync"].parameters] == ["contentFile"]


def test_a_code_is_a_text(dian: Simulator) -> None:
    with client(dian) as ws:
        assert ws.send(signed(dian)).status_code == "00"
        assert ws.status(KEY).code == "66"


@pytest.mark.parametrize("environment", [None, "", "producción ", 3])
def test_nothing_falls_back_to_production(environment: Any) -> None:
    with pytest.raises(errors.WrongEnvironment):
        Client(signer=PKI.signer(NIT), environment=environment)


def test_to_is_where_it_is_posted_and_the_zone_is_bogota(dian: Simulator) -> None:
    transport = Recorder(dian)
    seen: list[Any] = []
    transport.script.append(lambda request, carry: (seen.append(request), carry(request))[1])
    with client(dian, transport) as ws:
        ws.status(KEY)
        assert f"{ws.service.url}</wsa:To>".encode() in seen[0].body
    assert seen[0].url == ws.service.url
    assert signed(dian).signing_time.utcoffset() == timedelta(hours=-5)


def test_no_message_is_empty(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.DROP_RESPONSE])
    with client(dian) as ws, pytest.raises(errors.TransportError) as caught:
        ws.status(KEY)
    told = str(caught.value)
    for part in ("GetStatus", ws.service.url, " s: ", "Causa: ", "Qué hacer: "):
        assert part in told


def test_every_error_of_an_exchange_says_whether_to_try_again() -> None:
    kinds: list[type[errors.TransportError]] = [errors.TransportError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    final = {kind.__name__ for kind in kinds if not kind("x").retryable}
    assert final == {
        "TransportError", "TlsFailed", "RequestRefused", "ContentTypeRefused", "MessageTooLarge", "ServiceFault",
        "InvalidSecurity", "CertificateRefused", "AddressingFault", "UnsafeAnswer", "UnrecognisedStatus",
    }  # fmt: skip
    certain = {kind.__name__ for kind in kinds if not kind("x").uncertain}
    assert {"ConnectionFailed", "NameNotResolved", "TlsFailed", "ProxyFailed"} <= certain


def test_names_of_the_first_release_stay() -> None:
    names = (Path(__file__).parent / "released_names.txt").read_text(encoding="utf-8").split()
    assert len(names) > 50
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), (
            f"{name}: keep it as an alias, say so in the changelog"
        )
    assert f"## [{dian_fe.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# --- E: sent, timed out, duplicated ---------------------------------------------------------------------------------


def test_a_document_with_a_lost_answer_is_not_sent_again(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.DROP_RESPONSE])
    document = signed(dian)
    with client(dian) as ws:
        answer = ws.send(document)
    assert answer.accepted
    assert dian.requests == ["SendBillSync", "GetStatus"]
    assert list(dian.accepted) == [document.key]


def test_not_found_is_sent_once_and_an_uncertain_question_never(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.DROP_REQUEST])
    with client(dian) as ws:
        assert ws.send(signed(dian)).accepted
    assert dian.requests.count("SendBillSync") == 1
    other = Simulator(seed=7, script=ListedScript([Mishap.DROP_REQUEST, *[Mishap.DROP_RESPONSE] * 50]))
    with client(other) as ws:
        answer = ws.send(signed(other))
    assert answer.outcome == "unknown"
    assert answer.shipment.state is State.IN_DOUBT
    assert "SendBillSync" not in other.requests


def test_the_outcome_keeps_its_keys_and_how_it_was_recovered(dian: Simulator) -> None:
    dian.pending = 1
    document = signed(dian)
    with client(dian) as ws:
        first = ws.send(document, operation="SendBillAsync")
        again = ws.send(document)
    assert (first.key, first.number) == (document.key, "SETP990000001")
    assert first.shipment.zip_key
    assert first.attempts[0].detail == first.shipment.zip_key
    assert (again.key, again.recovered) == (document.key, Recovery.RULE_90)
    assert Shipment.from_json(first.shipment.to_json()).zip_key == first.shipment.zip_key


def test_two_clicks_are_one_document(dian: Simulator) -> None:
    document, answers = signed(dian), []
    with client(dian) as ws:
        threads = [threading.Thread(target=lambda: answers.append(ws.send(document))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(answer.accepted for answer in answers)
    assert len(dian.accepted) == 1


def test_mismatches_are_local_errors(dian: Simulator) -> None:
    document = signed(dian)
    with client(dian) as ws:
        with pytest.raises(errors.NotAllowed):
            ws.send(document, operation="SendNominaSync")
        with pytest.raises(errors.WrongEnvironment):
            ws.send(signed(dian, environment=Environment.PRODUCCION))
    with pytest.raises(errors.NotAllowed):
        sending_operation(kind_named("application_response"), "SendBillSync")
    assert not dian.requests


@pytest.mark.parametrize("mishap", [Mishap.REFUSED, Mishap.DROP_RESPONSE, Mishap.DELAY, Mishap.HTTP_502, Mishap.LAG])
def test_an_outage_can_be_rehearsed(mishap: Mishap) -> None:
    dian = Simulator(seed=7, script=SeededScript(2, {mishap: 0.6}))
    documents = [signed(dian, f"SETP{990000001 + number}") for number in range(5)]
    documents.append(note(dian, documents[0]))
    shipments = {document.key: Shipment.of(document) for document in documents}
    with client(dian, policy=AT_ONCE) as ws:
        for _ in range(200):
            left = [shipment for shipment in shipments.values() if not shipment.state.is_final]
            if not left:
                break
            for answer in ws.send_all(left):
                shipments[answer.key] = answer.shipment
    assert {shipment.state for shipment in shipments.values()} == {State.ACCEPTED}
    assert dian.accepted.keys() == shipments.keys()


def test_a_notification_does_not_make_a_document_invalid(dian: Simulator) -> None:
    with client(dian) as ws:
        answer = ws.send(signed(dian)).raise_for_rejection()  # the buyer has no e-mail
    assert answer.accepted
    assert len(answer.notifications) >= 3
    assert not answer.rejections
    assert not any(fault.rejects for fault in answer.faults)


def test_a_process_that_sends_leaves_its_folder_as_it_was(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dian_fe", "demo", "--json"], cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert run.returncode == 0
    assert not list(tmp_path.iterdir())
