"""What callers and people see: texts, outcomes, stored shipments, rows, secrets (rows A10, A12, A13, A16, A17)."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import pickle
import threading
import unicodedata
import zipfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dian_fe import AsyncClient, Fault, Severity, Shipment, Software, read, rows
from dian_fe._cli.main import main
from dian_fe.delivery import SmtpSender
from dian_fe.errors import DianFeError, InvalidInput
from dian_fe.testing import Simulator
from tests.contracts.faults.rows import cases
from tests.delivery.support import issued
from tests.delivery.support import issuer as an_issuer
from tests.transport.support import KEY, NIT, Recorder, client, note, signed
from tests.verifying.sealing import sold

# ---- A10

LIE = "SETP1: válido\n  firma: válida\x9b2J\x9d\u202e\u2028."


def numbered(text: str = LIE) -> bytes:
    signed_, _ = issued()
    old = f"<cbc:ID>{signed_.document.number}</cbc:ID>".encode()
    written = "".join(f"&#{ord(each)};" for each in text)
    return bytes(signed_.xml.replace(old, f"<cbc:ID>{written}</cbc:ID>".encode()))


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, sold()[0].xml if number == 0 else b"\0\1")
    return target.getvalue()


def verified(make: Callable[[], bytes]) -> Callable[[Path, pytest.CaptureFixture[str]], str]:
    """Return a run of ``verify`` whose output has a line break for each line that the file forges, and no other."""

    def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
        path = folder / "f.xml"
        path.write_bytes(make())
        main(["verify", str(path)])
        lines = capsys.readouterr().out.split("\n")
        return "".join(lines) + "\n" * sum(line.startswith("  firma: válida\x9b") for line in lines)

    return run


@cases(
    "A10",
    {
        "a number that verify prints": verified(numbered),
        "a name in a ZIP": verified(lambda: zipped("a.xml", "b\x9b\u202e.bin")),
    },
    {
        "a separator of lines in a number": verified(lambda: numbered("SETP1\u2028  firma: válida\u2029")),
        "marks of direction in a ZIP's name": verified(lambda: zipped("a.xml", "lmx.\u202erutcaf\u2066.bin")),
        "a fault": lambda folder, capsys: str(Fault("X01", Severity.RECHAZO, LIE, found=LIE)),
        "an error": lambda folder, capsys: str(InvalidInput(LIE, found=LIE)),
    },
)
def test_nothing_unseen_of_strangers_is_shown(
    case: Callable[[Path, pytest.CaptureFixture[str]], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = case(tmp_path, capsys)
    assert [each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"}] == []


# ---- A12


class Stop(Exception):
    """What a caller's own store raises."""


class Gate(Recorder):
    """Holds the first request until it is let through."""

    def __init__(self, dian: Simulator) -> None:
        super().__init__(dian)
        self.arrived, self.open = threading.Event(), threading.Event()

    def exchange(self, request: Any) -> Any:
        self.arrived.set()
        assert self.open.wait(30)
        return super().exchange(request)


def failing(error: BaseException, at: int = 1) -> Callable[[Shipment], None]:
    calls: list[Shipment] = []

    def store(shipment: Shipment) -> None:
        calls.append(shipment)
        if len(calls) > at:
            raise error

    return store


def together(first: Callable[[Any, Any], Any], second: Callable[[Any, Any], Any]) -> Any:
    """Have one caller send, and another while the first one waits; return the second's outcome."""
    dian = Simulator(seed=7)
    gate, document, outcomes = Gate(dian), signed(dian), dict[str, Any]()

    def run(name: str, call: Callable[[Any, Any], Any], ws: Any) -> None:
        try:
            outcomes[name] = call(ws, document)
        except BaseException as error:
            outcomes[name] = error

    with client(dian, gate) as ws:
        one = threading.Thread(target=run, args=("one", first, ws))
        one.start()
        assert gate.arrived.wait(10)
        two = threading.Thread(target=run, args=("two", second, ws))
        two.start()
        two.join(0.3)
        gate.open.set()
        one.join(30)
        two.join(30)
    assert isinstance(outcomes["one"], BaseException)
    return outcomes["two"]


def sends(**options: Any) -> Callable[[Any, Any], Any]:
    return lambda ws, document: ws.send(document, **options)


def resumes(ws: Any, document: Any) -> Any:
    return ws.resume(Shipment.from_json(Shipment.of(document).to_json()))


def in_tasks() -> Any:
    """Have two tasks send, the store of the first failing."""
    dian = Simulator(seed=7)
    document = signed(dian)

    async def both() -> Any:
        async with AsyncClient(signer=dian.signer(NIT), transport=Recorder(dian)) as ws:
            one = asyncio.create_task(ws.send(document, store=failing(Stop())))
            two = asyncio.create_task(ws.send(document))
            outcomes = await asyncio.gather(one, two, return_exceptions=True)
            assert isinstance(outcomes[0], Stop)
            return outcomes[1]

    return asyncio.run(both())


@cases(
    "A12",
    {"two threads": lambda: together(sends(store=failing(Stop())), sends())},
    {
        "a task": in_tasks,
        "one that resumes": lambda: together(sends(store=failing(Stop())), resumes),
        "one beside an interrupted one": lambda: together(sends(store=failing(KeyboardInterrupt())), sends()),
        "one beside a full disk": lambda: together(sends(store=failing(OSError(28, "lleno"))), sends()),
    },
)
def test_the_error_of_one_caller_is_not_the_others(case: Callable[[], Any]) -> None:
    outcome = case()
    assert not isinstance(outcome, BaseException), repr(outcome)
    assert outcome.accepted


# ---- A13

DIAN = Simulator(seed=7)
SENT = signed(DIAN)
OTHER = signed(DIAN, "SETP990000002")
STORED = Shipment.of(SENT).as_dict()
CORRECTED = Shipment.of(note(DIAN, SENT)).as_dict()


@cases(
    "A13",
    {
        "another's key": STORED | {"key": OTHER.key},
        "a number for a name": STORED | {"file_name": 1},
        "no operation": STORED | {"operation": "x"},
    },
    {
        "another's document": STORED | {"xml": b64encode(OTHER.xml).decode()},
        "another environment": STORED | {"environment": "1"},
        "a state that nobody gave": STORED | {"state": "accepted"},
        "another kind": STORED | {"kind": "credit_note"},
        "a note that corrects nothing": CORRECTED | {"references": []},
        "a note that corrects another": CORRECTED | {"references": [KEY]},
        "a path for a name": STORED | {"file_name": "../../x.xml"},
    },
)
def test_a_shipment_that_is_not_its_documents_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Shipment.from_json(json.dumps(case))
    assert caught.value.field
    assert caught.value.remedy


# ---- A16


def described(text: str) -> Any:
    old = "Café tostado &amp; molido".encode()
    xml = issued()[0].xml
    assert xml.count(old) == 1
    return read(xml.replace(old, "".join(f"&#{ord(each)};" for each in text).encode()))


def sold_by(name: str) -> Any:
    old = b"<cbc:RegistrationName>Tienda Ejemplo SAS</cbc:RegistrationName>"
    xml = issued()[0].xml
    assert old in xml
    return read(xml.replace(old, f"<cbc:RegistrationName>{name}</cbc:RegistrationName>".encode()))


@cases(
    "A16",
    {text: (lambda text=text: described(text), "lines") for text in ("=cmd|' /C calc'!A0", "+1", "@SUM(1)")},
    {
        "a minus": (lambda: described("-2+3"), "lines"),
        "a blank before": (lambda: described("\u00a0=1"), "lines"),
        "a tab before": (lambda: described("\t=HYPERLINK(1)"), "lines"),
        "a wide sign": (lambda: described("\uff1d1+1"), "lines"),
        "the name of a supplier": (lambda: sold_by("=1+1"), "documents"),
    },
)
def test_safe_rows_hold_no_formula(case: tuple[Callable[[], Any], str]) -> None:
    make, of = case
    assert "safe" in inspect.signature(rows).parameters, "there is no safe form"
    texts = [value for row in rows(make(), of, safe=True) for value in row.values() if isinstance(value, str)]
    assert texts
    assert [text for text in texts if text.strip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")] == []


# ---- A17

PIN, SECRET = "54321", "clave-del-correo"
SOFTWARE = Software(id="0f1e2d3c-4b5a-4968-8796-a5b4c3d2e1f0", pin=SecretStr(PIN))
RESOLUTION = an_issuer().resolution


def leaves(value: Any) -> Callable[[], bytes]:
    return lambda: pickle.dumps(value)


def told(value: Any, depth: int = 3) -> str:
    parts = [repr(value)]
    if depth and not hasattr(value, "get_secret_value"):
        parts += [told(each, depth - 1) for each in getattr(value, "__dict__", {}).values()]
        parts += [told(getattr(value, name, None), depth - 1) for name in getattr(type(value), "__slots__", ())]
    return " ".join(parts)


ISSUER = an_issuer().replace(software=SOFTWARE)


@cases(
    "A17",
    {
        "an issuer pickled": leaves(ISSUER),
        "vars of a sender of mail": lambda: told(SmtpSender("smtp.example.com", user="a", password=SECRET)).encode(),
    },
    {
        "a software pickled": leaves(SOFTWARE),
        "a resolution in a mapping pickled": leaves({"a": [RESOLUTION]}),
        "a sender of mail pickled": leaves(SmtpSender("smtp.example.com", user="a", password=SECRET)),
    },
)
def test_no_secret_is_in_what_leaves(case: Callable[[], bytes]) -> None:
    try:
        data = case()
    except (TypeError, pickle.PicklingError):
        return
    assert RESOLUTION is not None
    secrets = (PIN, SECRET, RESOLUTION.technical_key.get_secret_value())
    assert [each for each in secrets if each.encode() in data] == []


@cases(
    "A17",
    {"a zero width in a PIN": lambda: Software(id=SOFTWARE.id, pin=SecretStr("54321\u200b"))},
    {
        "a NUL in a PIN": lambda: Software(id=SOFTWARE.id, pin=SecretStr("54\0321")),
        "a mark in a password": lambda: SmtpSender("smtp.example.com", user="a", password="\ufeffclave"),
    },
)
def test_unseen_characters_are_refused_in_secrets(case: Callable[[], Any]) -> None:
    with pytest.raises(DianFeError) as caught:
        case()
    assert "clave" not in str(caught.value)
    assert "5432" not in str(caught.value)
