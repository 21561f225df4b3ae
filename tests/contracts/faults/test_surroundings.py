"""What a machine, tenant, view, terminal, subclass or typeface must not change (rows B13, B14, B27–B29, B33, B34)."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dian_fe import (
    Address,
    AsyncClient,
    Client,
    CreditNote,
    Customer,
    DebitNote,
    Invoice,
    Line,
    Organization,
    Payment,
    Shipment,
    build,
    deliver,
    discount,
    iva,
    read,
    rete_renta,
)
from dian_fe.errors import InvalidInput, NotAllowed, WrongCertificateOwner
from dian_fe.graphic import Paper, Theme, render_html
from dian_fe.habilitacion import Counts, HabilitacionRun
from dian_fe.rules import explain
from dian_fe.testing import Simulator
from tests.contracts.faults.rows import cases
from tests.delivery.support import AT, package
from tests.support.company import issuer_at
from tests.transport.support import NOW, SHOP, invoice, note, signed

pytestmark = pytest.mark.slow

# --- B13: places that deny themselves --------------------------------------------------------------------------------

_MEDELLIN: dict[str, Any] = {"line": "Cra 43A # 1-50", "municipality": "05001"}


@cases(
    "B13",
    {
        "another department": lambda: Address(**_MEDELLIN, department="CUNDINAMARCA"),
        "another postal code": lambda: Address(**_MEDELLIN, postal_code="110111"),
    },
    {
        "a department's code": lambda: Address(**_MEDELLIN, department_code="25"),
        "a company's JSON": lambda: Organization.model_validate(
            {"nit": "700085371", "name": "T", "municipality": "05001", "address": "x", "postal_code": "110111"}
        ),
        "a customer": lambda: Customer(
            id_type="13", id="1020304050", name="Ana", municipality="05001", address="x", postal_code="760001"
        ),
        "a copy": lambda: Address(**_MEDELLIN).replace(department="VALLE DEL CAUCA"),
    },
)
def test_a_place_that_denies_itself_is_refused(case: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        case()
    assert caught.value.remedy


# --- B14: no system zones --------------------------------------------------------------------------------------------

_ZONE = "from zoneinfo import ZoneInfo; from datetime import datetime; "
_LINES = "lines=[Line(description='Café', price='1000')], payment=Payment.cash()"


@cases(
    "B14",
    {
        "the first program of the README": _ZONE
        + "from dian_fe import *; from dian_fe.testing.random_documents import sample_issuer; i = sample_issuer(); "
        "f = Invoice.from_lines(number='SETP990000001', supplier=i.organization, customer=Customer.final_consumer(), "
        f"issued_at=datetime(2026, 3, 2, tzinfo=ZoneInfo('America/Bogota')), {_LINES}); print(build(f, i).key)"
    },
    {
        "a moment of another zone": _ZONE + "from dian_fe.models._dates import to_bogota; "
        "print(to_bogota(datetime(2026, 3, 2, 23, tzinfo=ZoneInfo('Europe/Madrid'))))",
        "a random document": "from dian_fe.testing import random_document; print(random_document(3).issued_at)",
        "the demo of the command line": "from dian_fe._cli.main import main; print(main(['demo', '--json']))",
        "a foreign date that is read": "from dian_fe.ubl.codecs import lenient_day; print(lenient_day('2 Mar 2026'))",
    },
)
def test_no_zones_of_the_system_are_needed(case: str) -> None:
    environment = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run([sys.executable, "-c", case], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


# --- B27: another tenant's certificate -------------------------------------------------------------------------------


def _async_batch(dian: Simulator) -> Any:
    async def send() -> Any:
        async with AsyncClient(signer=dian.signer("800199436"), transport=dian) as ws:
            return await ws.send(signed(dian))

    return asyncio.run(send())


def _stranger(dian: Simulator) -> Client:
    return Client(signer=dian.signer("800199436"), transport=dian)


@cases(
    "B27",
    {"an invoice": lambda dian: _stranger(dian).send(signed(dian))},
    {
        "a shipment resumed": lambda dian: _stranger(dian).resume(Shipment.of(signed(dian))),
        "a note": lambda dian: _stranger(dian).send(note(dian, signed(dian))),
        "from asyncio": _async_batch,
        "a test set": lambda dian: HabilitacionRun.plan(
            issuer_at(dian), dian.open_test_set(1, 0, 0).id, counts=Counts(1, 0, 0)
        ).drive(_stranger(dian), dian.signer(SHOP.nit), clock=lambda: NOW),
    },
)
def test_another_tenants_certificate_sends_nothing(case: Callable[[Simulator], Any], dian: Simulator) -> None:
    with pytest.raises(WrongCertificateOwner, match="other_owner"):
        case(dian)
    assert not dian.requests


# --- B28: views in notebooks -----------------------------------------------------------------------------------------


def _rich() -> Invoice:
    line = Line(
        description="Café",
        quantity=2,
        price="100000",
        taxes=[iva(19)],
        allowances=[discount(10, reason="Temporada")],
        withholdings=[rete_renta("2.5")],
    )
    return Invoice.from_lines(
        number="SETP990000001",
        issued_at=NOW,
        supplier=SHOP,
        customer=invoice().customer,
        lines=[line],
        payment=Payment.cash(),
    )


def _record() -> Any:
    return deliver(package(), to=["ana@example.com"], at=AT, sender=lambda message, to: None)


def _report() -> Any:
    dian = Simulator(seed=7)
    return HabilitacionRun.plan(issuer_at(dian), dian.open_test_set(1, 0, 0).id, counts=Counts(1, 0, 0)).report()


@cases(
    "B28",
    {"withholdings of an invoice": (_rich, ("ReteRenta", "$ 4.500,00"))},
    {
        "discounts of its lines": (_rich, ("Temporada", "$ 20.000,00")),
        "an invoice read": (lambda: read(build(_rich(), issuer_at(Simulator(seed=7))).xml), ("ReteRenta", "Temporada")),
        "what a code means": (lambda: explain("FAD06"), ("FAD06", "RECHAZO")),
        "a record of delivery": (_record, ("ana@example.com",)),
        "a run of a test set": (_report, ("En proceso",)),
    },
)
def test_a_view_shows_what_is_owed_and_what_happened(case: tuple[Callable[[], Any], tuple[str, ...]]) -> None:
    make, told = case
    page = make()._repr_html_()
    for text in told:
        assert text in page


# --- B29: terminals and hints ----------------------------------------------------------------------------------------


@cases(
    "B29",
    {"ascii": ("ascii", ("explain", "FAD06"), 0)},
    {
        "a list of the rules": ("ascii", ("rules", "--kind", "event"), 0),
        "a refusal with accents": ("cp437", ("check", "«no está».xml"), 2),
        "a demo of one kind": ("latin-1", ("demo", "--kind", "señal", "--out", "x"), 2),
        "help": ("ascii", ("demo", "--help"), 0),
    },
)
def test_no_terminal_encoding_ends_in_a_traceback(case: tuple[str, tuple[str, ...], int]) -> None:
    encoding, arguments, status = case
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "dian_fe", *arguments]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (status, False)
    assert (done.stdout + done.stderr).decode(encoding)


# --- B33: subclasses -------------------------------------------------------------------------------------------------


class Nota(CreditNote):
    """A company's own credit note."""


class NotaDeLaTienda(Nota):
    """One step further."""


class Cargo(DebitNote):
    """A company's own debit note, whose name speaks of no note."""


class Factura(Invoice):
    """A company's own invoice."""


def _annuls(model: Any, sold: Any = None) -> Any:
    built = build(sold or invoice(), issuer_at(Simulator(seed=7)))
    return model.correcting(built, concept="2", number="NC1", issued_at=NOW)


@cases(
    "B33",
    {"a subclass of another name": (Nota, None)},
    {
        "a subclass of it": (NotaDeLaTienda, None),
        "of an invoice's subclass": (Nota, Factura),
        "built under its own class": (NotaDeLaTienda, Factura),
    },
)
def test_what_a_note_may_do_is_no_matter_of_names(case: tuple[type[CreditNote], type[Invoice] | None]) -> None:
    model, sold = case
    original = invoice() if sold is None else sold.model_validate(invoice().model_dump())
    made = _annuls(model, original)
    assert type(made) is model
    assert build(made, issuer_at(Simulator(seed=7))).kind.name == "credit_note"
    with pytest.raises(NotAllowed):
        _annuls(Cargo, original)


# --- B34: typefaces --------------------------------------------------------------------------------------------------


@cases(
    "B34",
    {"the letter page": Theme()},
    {
        "the roll": Theme(paper=Paper.ROLL) if hasattr(Paper, "ROLL") else Theme(paper=[*Paper][-1]),
        "with English labels": Theme(english=True),
        "in another colour": Theme(color="#7a1f1f"),
    },
)
def test_pages_name_faces_of_every_system(case: Theme) -> None:
    page = render_html(build(_rich(), issuer_at(Simulator(seed=7))), theme=case)
    families = re.findall(r"font-family:([^;}]+)", page)
    assert families
    for family in families:
        assert family.rsplit(",", 1)[-1].strip() in {"sans-serif", "serif", "monospace", "inherit"}
    assert not re.search(r"@font-face|https?://fonts|<link", page)
