"""Apache WSS4J takes our envelopes, and the simulator takes those that WSS4J seals; tampered ones neither."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dian_fe.testing import Simulator
from dian_fe.testing.pki import Flaw
from dian_fe.transport import KeyReference
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.soap import Request, headers
from dian_fe.transport.wsse import Sealer, SecurityOptions, declarations
from tests.contracts.interop.support import needs_wss4j, peer, write_trusted
from tests.transport.support import NIT, URL, Recorder, client, sealed, signed

pytestmark = [pytest.mark.slow, pytest.mark.judge, needs_wss4j]

VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "timestamp signed": {"sign_timestamp": True},
    "no inclusive namespaces": {"to_prefixes": (), "signed_info_prefixes": ()},
    "other inclusive namespaces": {"to_prefixes": ("wsa", "soap", "wcf"), "sign_timestamp": True},
    "thumbprint": {"key_reference": KeyReference.THUMBPRINT},
    "whole seconds": {"milliseconds": False, "must_understand": True},
}
RSA_SHA256 = "method=http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def test_wss4j_verifies_each_operation_and_refuses_tampered_ones(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    envelopes = {name: sealed("GetStatus", at=now, **options).body for name, options in VARIANTS.items()}
    envelopes |= {name: sealed(name, at=now).body for name in OPERATIONS}
    good = len(envelopes)
    plain = envelopes["default"]
    signed_timestamp = envelopes["timestamp signed"]
    envelopes |= {
        "another address": plain.replace(b".svc</wsa:To>", b".svd</wsa:To>"),
        "another moment": signed_timestamp.replace(b"</wsu:Expires>", b" </wsu:Expires>"),
        "another digest": plain.replace(b"<ds:DigestValue>", b"<ds:DigestValue>A"),
        "another value": plain.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
    }
    paths = []
    for number, body in enumerate(envelopes.values()):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(body)
        paths.append(path)
    dian = Simulator(seed=7)
    verdicts = dict(zip(envelopes, peer("verify", write_trusted(tmp_path, dian.pki), *paths), strict=True))
    for name, line in list(verdicts.items())[:good]:
        assert line.startswith("holds "), (name, line)
        assert {RSA_SHA256, "signed=To", "timestamp"} <= set(line.split()), (name, line)
        assert ("signed=Timestamp" in line) is bool(VARIANTS.get(name, {}).get("sign_timestamp")), name
    for name, line in list(verdicts.items())[good:]:
        assert line.startswith("fails "), (name, line)


def test_wss4j_trusts_current_timestamps_and_known_authorities(tmp_path: Path) -> None:
    old = tmp_path / "old.xml"
    old.write_bytes(sealed("GetStatus").body)
    stranger = tmp_path / "stranger.xml"
    dian = Simulator(seed=7)
    sealer = Sealer(dian.signer(NIT, flaw=Flaw.SELF_SIGNED), SecurityOptions())
    header = sealer.seal(URL, at=datetime.now(UTC), nonce="1")
    stranger.write_text(envelope("GetStatus", header.security, header.to), encoding="utf-8")
    lines = peer("verify", write_trusted(tmp_path, dian.pki), old, stranger)
    assert all(line.startswith("fails ") for line in lines), lines


def envelope(name: str, security: str, to: str, body: str = "") -> str:
    action = OPERATIONS[name].action
    return (
        f"<soap:Envelope{declarations()}><soap:Header>{security}<wsa:Action>{action}</wsa:Action>{to}</soap:Header>"
        f"<soap:Body><wcf:{name}>{body}</wcf:{name}></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize("style", ["direct", "thumbprint"])
def test_the_simulator_takes_wss4j_and_refuses_it_tampered(style: str, tmp_path: Path) -> None:
    dian = Simulator(seed=7, thumbprint=True)
    with client(dian) as ws:
        known = ws.send(signed(dian)).raise_for_rejection()
    store = tmp_path / "key.p12"
    store.write_bytes(dian.pki.p12(NIT, "secreta"))
    plain = tmp_path / "plain.xml"
    body = f"<wcf:trackId>{known.key}</wcf:trackId>"
    plain.write_text(envelope("GetStatus", "", f"<wsa:To>{URL}</wsa:To>", body), encoding="utf-8")
    peer("sign", store, "secreta", style, plain)
    foreign = plain.with_name("plain.xml.sealed").read_bytes()
    if style == "thumbprint":  # WSS4J leaves the token out, which the service's policy does not: no token, no entry
        assert b"BinarySecurityToken" not in foreign
        assert ask(dian, foreign).status == 500
        return
    answer = ask(dian, foreign)
    assert answer.status == 200
    assert known.number.encode() in answer.body
    tampered = foreign.replace(b".svc</wsa:To>", b".svd</wsa:To>")
    assert tampered != foreign
    refused = ask(dian, tampered)
    assert refused.status == 500
    assert b"InvalidSecurity" in refused.body


def ask(dian: Simulator, body: bytes) -> Any:
    return Recorder(dian).exchange(Request("GetStatus", URL, headers(OPERATIONS["GetStatus"]), body))
