"""radiankore, a client that works against the live service, asks and declares; the simulator answers in its forms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dian_fe.catalogs.identification import check_digit
from dian_fe.testing import Simulator, SimulatorServer
from tests.events.support import BUYER, COMPANY, NIT, SHOP, at, verified
from tests.transport.support import client, note, signed

PEER = Path(__file__).parent / "radiankore" / "peer.py"
NAMED = "DIAN_FE_RADIANKORE"
"""Variable of the environment that names a Python with radiankore."""
MONDAY, TUESDAY_AFTER = date(2026, 3, 2), date(2026, 3, 10)
STATEMENT = "Manifiesto bajo la gravedad de juramento que transcurridos 3 días hábiles no hubo aceptación ni reclamo."


@cache
def interpreter() -> str | None:
    """Find a Python that imports radiankore: the one named, or one of those newer than 3.12 on this machine."""
    named = os.environ.get(NAMED)
    found = [named] if named else [shutil.which(f"python3.{minor}") for minor in range(13, 17)]
    if not named:
        found += map(str, sorted(Path.home().glob(".pyenv/versions/3.1[3-6]*/bin/python3")))
    for python in filter(None, found):
        if subprocess.run([python, "-c", "import radiankore"], capture_output=True, check=False).returncode == 0:
            return python
    assert not named, f"{NAMED}={named} does not import radiankore"
    return None


pytestmark = [
    pytest.mark.slow,
    pytest.mark.judge,
    pytest.mark.skipif(interpreter() is None, reason=f"no Python with radiankore (3.13 or newer; {NAMED})"),
]


class Peer:
    """radiankore in a process of its own, with the keys of buyer and seller."""

    def __init__(self, process: Any, moment: list[datetime]) -> None:
        self.process = process
        self.moment = moment

    def ask(self, method: str, *, nit: str = NIT, **arguments: Any) -> dict[str, Any]:
        step = {"method": method, "nit": nit, "arguments": arguments, "at": self.moment[0].isoformat()}
        self.process.stdin.write(json.dumps(step) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in answer, (method, answer["error"])
        return answer

    def result(self, method: str, **arguments: Any) -> Any:
        return self.ask(method, **arguments)["result"]

    def declare(self, sale: Any, code: str, number: str, **more: str) -> str:
        """Send an event of a sale; return its CUDE."""
        sides = {"sender": side(COMPANY), "receiver": side(SHOP)}
        if code == "034":
            sides = {"sender": side(SHOP)}
        answer = self.ask(
            "send", nit=NIT if code == "034" else BUYER, code=code, number=number, at=self.moment[0].isoformat(),
            invoice=sale.document.number, cufe=sale.key, **sides, **more,
        )  # fmt: skip
        told = answer["result"]
        assert (told["is_valid"], told["status_code"]) == (True, "00"), (code, told["messages"])
        cude: str = answer["cude"]
        return cude


def side(organization: Any) -> dict[str, str]:
    nit = organization.nit
    return {"name": organization.name, "nit": nit, "digit": check_digit(nit)}


@contextmanager
def peer(dian: Simulator, moment: list[datetime], to: str) -> Iterator[Peer]:
    python = interpreter()
    assert python is not None
    with SimulatorServer(dian) as server:
        start = {
            "url": server.url,
            "to": to.format(server.url),
            "keys": {nit: b64encode(dian.pki.p12(nit, "secreta")).decode() for nit in (NIT, BUYER)},
            "software": {
                "software_id": dian.software.id, "pin": dian.software.pin.get_secret_value(),
                "provider_tax_number": NIT, "provider_verification_digit": check_digit(NIT), "signer_role": "supplier",
            },
        }  # fmt: skip
        command = [python, "-W", "ignore", str(PEER)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            process.stdin.write(json.dumps(start) + "\n")
            try:
                yield Peer(process, moment)
            finally:
                process.stdin.close()
                process.wait(30)


@pytest.mark.parametrize("to", ["{}", "{}?WSDL"], ids=["plain To", "To with ?WSDL"])
def test_every_query_and_event_of_radiankore_passes(to: str) -> None:
    moment = [at(MONDAY, 11)]
    dian = Simulator(seed=7, clock=lambda: moment[0])
    dian.acquirers["13", "1020304050"] = ("Ana Pérez", "ana@example.com")
    dian.mailboxes[NIT] = "recepcion@example.com"
    dian.resolution("DSJL", authorization=dian.resolution("FVJL", key_digits=64).authorization, key_digits=0)
    sales = [verified(dian=dian) for _ in range(3)]
    corrected = signed(dian, "SETP990000777")
    correction = note(dian, corrected)
    with client(dian, clock=lambda: moment[0]) as ws:
        for each in (corrected, correction):
            ws.send(each).raise_for_rejection()
    with peer(dian, moment, to) as radiankore:
        cudes = [declare(radiankore, sales[0], moment, code, n) for n, code in enumerate(("030", "032", "033"), 1)]
        declare(radiankore, sales[1], moment, "030", 4)
        declare(radiankore, sales[1], moment, "031", 5, reason="03")
        for n, code in enumerate(("030", "032"), 6):
            declare(radiankore, sales[2], moment, code, n)
        moment[0] = at(TUESDAY_AFTER, 11)
        declare(radiankore, sales[2], moment, "034", 8, note=STATEMENT)
        asked(radiankore, dian, sales[0], cudes, corrected, correction)


def declare(radiankore: Peer, sale: Any, moment: list[datetime], code: str, number: int, **more: str) -> str:
    moment[0] += timedelta(minutes=1)
    return radiankore.declare(sale, code, f"R{number}", **more)


def asked(radiankore: Peer, dian: Simulator, sale: Any, cudes: list[str], corrected: Any, correction: Any) -> None:
    """Ask each question, once for what there is and once for what there is not."""
    nobody = "0" * 96
    state = radiankore.result("get_status", track_id=sale.key)
    assert (state["is_valid"], state["status_code"]) == (True, "00")
    assert b64decode(state["xml_base64_bytes"]) == dian.accepted[sale.key].application_response
    assert radiankore.result("get_status", track_id=nobody)["status_code"] == "66"

    listed = radiankore.result("get_invoice_events", cufe=sale.key)["events"]
    assert [(each["code"], each["id"], each["uuid"], each["reference_id"]) for each in listed] == [
        (code, f"R{n}", cude, str(n))
        for n, (code, cude) in enumerate(zip(("030", "032", "033"), cudes, strict=True), 1)
    ]
    assert (listed[0]["date"], listed[0]["time"]) == ("2026-03-02", "11:01:00-05:00")
    assert (listed[0]["issuer"]["tax_number"], listed[0]["recipient"]["name"]) == (BUYER, SHOP.name)
    nothing = radiankore.result("get_invoice_events", cufe=nobody)
    assert (nothing["is_valid"], nothing["events"]) == (False, [])

    (told,) = radiankore.result("get_reference_notes", track_id=corrected.key)["notes"]
    assert (told["code"], told["references"]) == ("91", [{"id": "NC1", "uuid": correction.key}])
    assert told["line_responses"][0]["responses"][0]["code"] == "1"
    assert radiankore.result("get_reference_notes", track_id=nobody)["notes"] == []

    xml = radiankore.result("get_xml_by_document_key", document_key=corrected.key)
    assert (xml["status_code"], b64decode(xml["document_xml"])) == (200, corrected.xml)
    missing = radiankore.result("get_xml_by_document_key", document_key=nobody)
    assert (missing["status_code"], missing["document_xml"]) == (404, None)

    known = radiankore.result("get_document_info", uuid=corrected.key)
    (document,) = known["documents"]
    assert (known["status_code"], document["uuid"], document["document_type_id"]) == (200, corrected.key, "01")
    assert (document["totals"]["total"], document["issuer"]["tax_number"]) == (str(corrected.document.payable), NIT)
    assert [each["uuid"] for each in document["notes"]] == [correction.key]
    (document,) = radiankore.result("get_document_info", uuid=sale.key)["documents"]
    assert [(each["code"], each["uuid"]) for each in document["events"]] == list(
        zip(("030", "032", "033"), cudes, strict=True)
    )
    (document,) = radiankore.result("get_document_info", uuid=correction.key)["documents"]
    assert (document["document_type_id"], document["document_code"]) == ("91", "1")
    assert radiankore.result("get_document_info", uuid=nobody)["status_code"] == 404

    acquirer = {"identification_type": "13", "identification_number": "1020304050"}
    assert radiankore.result("get_acquirer", **acquirer)["email"] == "ana@example.com"
    assert radiankore.result("get_acquirer", **acquirer | {"identification_number": "1"}) is None

    emails = radiankore.result("get_exchange_emails")
    assert emails["download_url"].startswith("https://")
    assert emails["csv"] == [{"NIT": NIT, "Correo": "recepcion@example.com"}]

    numbering = {"account_code": NIT, "account_code_t": NIT, "software_code": dian.software.id}
    ranges = {each["prefix"]: each for each in radiankore.result("get_numbering_range", **numbering)["ranges"]}
    assert (len(ranges["FVJL"]["technical_key"]), ranges["DSJL"]["technical_key"]) == (64, None)
    assert ranges["FVJL"]["resolution_number"] == ranges["DSJL"]["resolution_number"]
    assert radiankore.result("get_numbering_range", **numbering | {"software_code": "otro"})["ranges"] == []
