"""Documents, clients and requests that the tests of the transport share."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

from dian_fe import (
    Client,
    CreditNote,
    Customer,
    Invoice,
    Line,
    Payment,
    RetryPolicy,
    Shipment,
    build,
    iva,
    sign,
)
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.testing import Simulator, ToyPki
from dian_fe.transport.contract import OPERATIONS, Operation
from dian_fe.transport.soap import Reply, Request, request
from dian_fe.transport.wsse import Sealer, SecurityOptions
from tests.support.company import NIT, NOW, SHOP, issuer_at

AT_ONCE = RetryPolicy(unavailable=(0,) * 4, slow=(0,) * 4, polls=(0,) * 4, settling=(0,))
URL = "https://vpfe-hab.dian.gov.co/WcfDianCustomerServices.svc"
SIGNER = ToyPki(7).signer(NIT)
KEY = "ab" * 48


def invoice(number: str = "SETP990000001", price: str = "18500", at: datetime = NOW) -> Invoice:
    return Invoice.from_lines(
        number=number,
        issued_at=at,
        supplier=SHOP,
        customer=Customer.final_consumer(),
        lines=[Line(description="Café tostado", quantity=3, price=Decimal(price), taxes=(iva(5),))],
        payment=Payment.cash(),
    )


def signed(
    dian: Simulator, number: str = "SETP990000001", price: str = "18500", at: datetime = NOW, **changes: Any
) -> Any:
    return sign(build(invoice(number, price, at), issuer_at(dian, **changes)), dian.signer(NIT), at=at)


def note(dian: Simulator, original: Any, number: str = "NC1", **changes: Any) -> Any:
    """Return a signed credit note over a signed invoice."""
    document = CreditNote.correcting(
        original,
        concept=CreditNoteConcept.DEVOLUCION_PARCIAL,
        number=number,
        issued_at=NOW,
        lines=[original.document.lines[0].without_amounts(quantity=1)],
    )
    return sign(build(document, issuer_at(dian, **changes)), dian.signer(NIT), at=NOW)


def batch_of(dian: Simulator, count: int) -> list[Any]:
    """Return signed invoices with consecutive numbers."""
    return [signed(dian, f"SETP{990000001 + number}") for number in range(count)]


def client(dian: Simulator, transport: Any = None, **options: Any) -> Client:
    return Client(signer=dian.signer(NIT), transport=transport or dian, **options)


def arguments(operation: Operation) -> dict[str, str | bytes]:
    """Return arguments of every type for an operation; the texts need escaping."""
    return {
        parameter.name: b"PK\x03\x04 <&>" if parameter.type == "base64Binary" else f"{parameter.name} á<&>"
        for parameter in operation.parameters
    }


def sealed(name: str, *, at: datetime = NOW, url: str = URL, nonce: str = "0a1b", **options: Any) -> Request:
    """Return the request of an operation with a fixed moment and nonce."""
    operation = OPERATIONS[name]
    sealer = Sealer(SIGNER, SecurityOptions(**options))
    return request(operation, arguments(operation), url=url, sealer=sealer, at=at, nonce=nonce)


def reply(body: str | bytes, status: int = 200, **headers: str) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    return Reply(status, {"content-type": "application/soap+xml; charset=utf-8", **headers}, data)


class Recorder:
    """Carries requests to the simulator and keeps their names; ``script`` replaces replies: functions of the reply."""

    def __init__(self, dian: Simulator, *script: Any) -> None:
        self.dian = dian
        self.environment = dian.environment
        self.policy = AT_ONCE
        self.script = list(script)
        self.carried: list[str] = []

    def exchange(self, request: Request) -> Reply:
        self.carried.append(request.operation)
        change = self.script.pop(0) if self.script else None
        if isinstance(change, Exception):
            raise change
        return change(request, self.dian.exchange) if change else self.dian.exchange(request)

    async def exchange_async(self, request: Request) -> Reply:
        await asyncio.sleep(0)  # others get their turn, as with a network
        return self.exchange(request)


def stored(shipments: dict[str, str]) -> Any:
    """Return a ``store`` that keeps the JSON of each shipment by its key."""

    def keep(shipment: Shipment) -> None:
        shipments[shipment.key] = shipment.to_json()

    return keep
