"""The verb ``deliver``: writes the message, sends it, packs what is not packed, sends again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Package, read
from dian_fe._cli.main import main
from tests.delivery.support import AT, NIT, PDF, issued, mailroom, office, package, parsed

pytestmark = pytest.mark.between

TIME = AT.isoformat()


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    capsys.readouterr()
    status = main(["deliver", *map(str, arguments), "--at", TIME, "--json"])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, json.loads(captured.out)


def test_a_package_becomes_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = package(pdf=PDF)
    file = tmp_path / made.zip_name
    file.write_bytes(made.zip_bytes)
    status, told = run(capsys, file, "--out", tmp_path / "out", "--to", "a@example.com", "--to", "b@example.com")
    assert (status, told["sent"]) == (0, False)
    message = parsed(Path(told["files"]["message"]).read_bytes())
    assert [each.addr_spec for each in message["To"].addresses] == ["a@example.com", "b@example.com"]
    assert next(message.iter_attachments()).get_content() == made.zip_bytes
    assert Path(told["files"]["package"]).read_bytes() == made.zip_bytes
    assert json.loads(Path(told["files"]["record"]).read_text(encoding="utf-8")) == told["record"]


def test_a_loose_document_is_packed_with_its_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signed, verdict = issued()
    files = {"f.xml": signed.xml, "ar.xml": verdict.application_response, "g.pdf": PDF, "a.txt": b"anexo"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    key = tmp_path / "k.p12"
    key.write_bytes(office().pki.p12(NIT, "secreto"))
    arguments = [tmp_path / "f.xml", "--answer", tmp_path / "ar.xml", "--pdf", tmp_path / "g.pdf"]
    arguments += ["--annex", tmp_path / "a.txt", "--key", key, "--password", "secreto", "--out", tmp_path / "out"]
    status, told = run(capsys, *arguments)
    assert status == 0, told
    made = Package.load(Path(told["files"]["package"]).read_bytes())
    assert made.key == signed.key
    assert made.pdf == PDF
    assert made.members[-1] == "anexos.zip"
    assert read(made.xml).signed
    assert told["record"]["recipients"] == list(signed.document.customer.emails)


def test_it_is_sent_by_smtp_and_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = package()
    file = tmp_path / made.zip_name
    file.write_bytes(made.zip_bytes)
    with mailroom() as room:
        smtp = ["--smtp", f"127.0.0.1:{room.port}", "--security", "none"]
        room.refuse = {"contabilidad@example.com": "550 no existe"}
        status, told = run(capsys, file, *smtp, "--out", tmp_path / "out")
        assert (status, told["sent"]) == (1, True)
        assert told["record"]["refused"] == {"contabilidad@example.com": "550 no existe"}
        room.refuse = {}
        record = told["files"]["record"]
        status, again = run(capsys, file, *smtp, "--resend", record, "--to", "nuevo@example.com")
        assert (status, again["record"]["resend_of"]) == (0, told["record"]["message_id"])
    attachments = {next(message.iter_attachments()).get_content() for message in room.messages}
    assert attachments == {made.zip_bytes}
    assert [envelope.rcpt_tos for envelope in room.envelopes] == [["compras@example.com"], ["nuevo@example.com"]]


def test_who_sends_and_where_answers_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.zip"
    file.write_bytes(package().zip_bytes)
    sender = ["--from", "envios@example.com", "--from-name", "Envíos", "--reply-to", "acuse@example.com"]
    status, told = run(capsys, file, "--out", tmp_path, *sender, "--line", "Cafés")
    assert status == 0
    assert told["record"]["mailbox"] == {
        "address": "envios@example.com",
        "name": "Envíos",
        "reply_to": "acuse@example.com",
    }
    assert told["record"]["subject"].endswith(";Cafés")
    capsys.readouterr()
    assert main(["deliver", str(file), "--out", str(tmp_path), "--at", TIME]) == 0
    assert "para: compras@example.com, contabilidad@example.com" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "invalid_input"),
        (["--out", "OUT", "--reply-to", "a@example.com"], "invalid_input"),
        (["--out", "OUT", "--to", "nadie"], "invalid_email"),
        (["--out", "OUT", "--to", "a@example.com\nBcc: b@example.com"], "header_injection"),
        (["--out", "OUT", "--answer", "FILE"], "invalid_input"),
        (["--out", "OUT", "--resend", "FILE"], "invalid_input"),
        (["--smtp", "127.0.0.1:x"], "invalid_input"),
        (["--smtp", "127.0.0.1:1", "--security", "none"], "mail_server_unreachable"),
    ],
)
def test_what_cannot_be_done_is_status_2_with_a_reason(
    arguments: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.zip"
    file.write_bytes(package().zip_bytes)
    places = {"OUT": tmp_path / "out", "FILE": file}
    status, told = run(capsys, file, *(places.get(argument, argument) for argument in arguments))
    assert (status, told["error"]["code"]) == (2, code)
    assert not (tmp_path / "out").exists()


def test_a_document_without_acceptance_is_not_delivered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signed, _ = issued()
    file = tmp_path / "f.xml"
    file.write_bytes(signed.xml)
    status, told = run(capsys, file, "--out", tmp_path / "out")
    assert (status, told["error"]["code"]) == (2, "invalid_input")
    key = tmp_path / "k.p12"
    key.write_bytes(office().pki.p12(NIT, "secreto"))
    status, told = run(capsys, file, "--key", key, "--password", "secreto", "--out", tmp_path / "out")
    assert (status, told["error"]["code"]) == (2, "not_accepted")
