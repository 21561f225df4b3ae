"""The toy issuer of the simulator, which sells to customers without an invoice."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from ...catalogs import IdType, PaymentMeans, Unit
from ...models._dates import BOGOTA, to_bogota
from ...models.customer import Customer
from ...models.issuer import Issuer
from ...models.lines import Line
from ...models.organization import Organization
from ...models.payment import Payment
from ...models.taxes import iva
from ...signing.documents import sign_document
from ...testing.authority import TEST_PREFIX, Authority
from ...ubl.writer.build import build
from .models import Invoice

SELLER_NITS: Final = ("900373076", "700085371")
"""NIT of the toy issuer, and of the one that sells to the toy issuer itself (the annex's examples)."""
ISSUED_AT: Final = datetime(2026, 3, 2, 8, 0, tzinfo=BOGOTA)
"""When it issues, unless the simulator has a clock or a moment is given."""
_TERM: Final = timedelta(days=30)
_GOODS: Final = ("Café tostado 500 g", "Molino de mano", "Filtros de papel x 100", "Tetera de acero 1 L")


def sell(authority: Authority, to: str, at: datetime | None) -> None:
    """Have the toy issuer sell on credit, and the simulator accept the invoice; the same seed sells the same."""
    moment = to_bogota(at if at is not None else ISSUED_AT if authority.clock is None else authority.clock())
    digest = int.from_bytes(sha256(f"sale {authority.seed} {to}".encode()).digest(), "big")
    nit = next(nit for nit in SELLER_NITS if nit != to)
    seller = Organization(
        nit=nit,
        name="Almacén de Juguete SAS",
        municipality="05001",
        address="Cra 43A # 1-50",
        emails=["facturas@example.com"],
    )
    issuer = Issuer(
        organization=seller,
        software=authority.software,
        resolution=authority.resolution(TEST_PREFIX),
        environment=authority.environment,
    )
    lines = [
        Line(
            description=_GOODS[(digest >> 8 * at) % len(_GOODS)],
            quantity=1 + (digest >> 8 * at + 3) % 9,
            unit=Unit.UNIDAD,
            price=1_000 * (1 + (digest >> 8 * at + 40) % 90),
            taxes=[iva(19)],
        )
        for at in range(1 + digest % 3)
    ]
    invoice = Invoice.from_lines(
        number=f"{TEST_PREFIX}{990_000_000 + (digest >> 96) % 5_000_000}",
        issued_at=moment,
        supplier=seller,
        customer=_customer(to),
        lines=lines,
        payment=Payment.credit(moment.date() + _TERM, PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA),
    )
    signed = sign_document(build(invoice, issuer), authority.signer(nit), at=moment)
    verdict = authority.judge(signed.xml)
    assert verdict.is_valid, [str(fault) for fault in verdict.faults]


def _customer(to: str) -> Customer:
    """Make the customer: companies have a NIT of nine digits that begins with 8 or 9; other customers a cédula."""
    company = len(to) == 9 and to[0] in "89"
    return Customer(
        id_type=IdType.NIT if company else IdType.CEDULA_DE_CIUDADANIA,
        id=to,
        name="Cliente de Juguete SAS" if company else "Cliente de Juguete",
        municipality="11001",
        address="Cl 26 # 59-51",
        emails=["recepcion@example.com"],
    )
