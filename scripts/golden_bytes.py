"""Compare the bytes of fixed, signed documents with the digests kept in ``golden_bytes.tsv``.

    python scripts/golden_bytes.py           say which documents differ; exit status 1 if any does
    python scripts/golden_bytes.py --write   keep the digests of now, after a change of the bytes that was meant

Same input, same bytes: on every Python, on every machine, in every release that does not say otherwise in the
changelog. Keys and certificates are the simulator's toy ones.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from dian_fe import (
    CreditNote,
    Customer,
    DebitNote,
    ExchangeRate,
    HealthSector,
    HealthUser,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    Period,
    Prepayment,
    build,
    charge,
    discount,
    ibua,
    inc,
    inc_bolsas,
    instalments,
    iva,
    rete_ica,
    rete_iva,
    rete_renta,
    sign,
)
from dian_fe.catalogs import (
    CreditNoteConcept,
    DebitNoteConcept,
    DocumentType,
    Environment,
    HealthCollectionConcept,
    HealthCoverage,
    HealthPaymentModality,
    IdType,
    OperationType,
    PaymentMeans,
    Unit,
)
from dian_fe.families.equivalent.test_set import sample_equivalent_document
from dian_fe.families.payroll.test_set import sample_payroll
from dian_fe.families.registry import find_type
from dian_fe.testing import Judge
from dian_fe.testing.samples import samples_of

KEPT = Path(__file__).with_name("golden_bytes.tsv")
NOW = datetime(2026, 7, 2, 10, 15, tzinfo=timezone(timedelta(hours=-5)))
NIT = "700085371"


def documents(shop: Organization) -> dict[str, Invoice]:
    """Make invoices that together use most of what an invoice can have."""
    buyer = Customer(
        id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Núñez & Cía <prueba>", emails=["a@example.com"]
    )
    abroad = Customer(
        id_type=IdType.DOCUMENTO_DE_IDENTIFICACION_EXTRANJERO, id="X-99", name="Example GmbH", emails=["b@example.com"]
    )
    common: dict[str, Any] = {"issued_at": NOW, "supplier": shop}
    return {
        "plain": Invoice.from_lines(
            number="SETP990000001",
            customer=buyer,
            lines=[Line(description="Café tostado 500 g", quantity=3, price=Decimal("18500"), taxes=[iva(5)])],
            payment=Payment.cash(PaymentMeans.EFECTIVO),
            **common,
        ),
        "varied": Invoice.from_lines(
            number="SETP990000002",
            customer=buyer,
            lines=[
                Line(
                    description="Molino de mano",
                    quantity=Decimal("1.5"),
                    unit=Unit.KILOGRAMO,
                    price=Decimal("84033.613445"),
                    allowances=[discount(10, reason="Temporada"), charge(amount=Decimal("1500.5"))],
                    taxes=[iva(19)],
                    withholdings=[rete_iva(), rete_renta(Decimal("2.5"))],
                ),
                Line(description="Gaseosa 330 ml", quantity=6, price=2500, taxes=[ibua(65, millilitres=1980), iva()]),
                Line(description="Almuerzo", price=Decimal("32407.41"), taxes=[inc()]),
                Line(description="Bolsa plástica", quantity=2, price=0, taxes=[inc_bolsas(66)]),
                Line.free(description="Muestra", reference_price=Decimal("1200"), taxes=[iva(19)]),
                Line(description="Libro excluido de IVA", price=Decimal("45000")),
            ],
            payment=[Payment.credit(date(2026, 9, 2), PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA)],
            payment_terms=instalments((date(2026, 8, 2), 100000), (date(2026, 9, 2), Decimal("150000.25"))),
            withholdings=[rete_ica(per_mil=Decimal("9.66"))],
            allowances=[discount(amount=1000)],
            prepayments=[Prepayment(amount=Decimal("20000"), received=date(2026, 6, 27))],
            notes=["Primera nota", 'Segunda: "comillas", tabulador\ty salto\nde línea'],
            **common,
        ),
        "export": Invoice.from_lines(
            number="SETP990000003",
            type_code=DocumentType.FACTURA_DE_EXPORTACION,
            customer=abroad,
            currency="USD",
            exchange_rate=ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=NOW.date()),
            lines=[
                Line(
                    description="Café verde",
                    quantity=100,
                    unit=Unit.KILOGRAMO,
                    price=Decimal("8.125"),
                    taxes=[iva(0)],
                    brand="Ejemplo",
                    model="Supremo",
                )
            ],
            payment=Payment.credit(date(2026, 10, 1)),
            **common,
        ),
        "health": Invoice.from_lines(
            number="SETP990000004",
            operation=OperationType.SALUD_CUFE,
            customer=buyer,
            period=Period(start=date(2026, 6, 1), end=date(2026, 6, 30)),
            lines=[Line(description="Consulta de medicina general", price=Decimal("95000"))],
            prepayments=[
                Prepayment(
                    id="1",
                    amount=Decimal("4700"),
                    received=NOW.date(),
                    collection_concept=HealthCollectionConcept.COPAGO,
                )
            ],
            health=HealthSector.of(
                HealthUser.of(
                    provider_code="110010000001",
                    modality=HealthPaymentModality.PAGO_POR_EVENTO,
                    coverage=HealthCoverage.ADRES,
                    contract="CT-1",
                )
            ),
            payment=Payment.cash(),
            **common,
        ),
    }


def digests() -> dict[str, str]:
    """Build and sign every document; return the SHA-256 of its file."""
    dian = Judge(seed=7)
    shop = Organization(
        nit=NIT, name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20", emails=["ventas@example.com"]
    )
    issuer = Issuer(
        organization=shop,
        software=dian.software,
        resolution=dian.resolution("SETP"),
        environment=Environment.HABILITACION,
    )
    built: dict[str, Any] = {name: build(invoice, issuer) for name, invoice in documents(shop).items()}
    invoice = built["plain"]
    part = [invoice.document.lines[0].without_amounts(quantity=1)]
    note: dict[str, Any] = {"issued_at": NOW, "lines": part}
    built["credit_note"] = build(
        CreditNote.correcting(invoice, concept=CreditNoteConcept.DEVOLUCION_PARCIAL, number="NC1", **note), issuer
    )
    built["debit_note"] = build(
        DebitNote.correcting(invoice, concept=DebitNoteConcept.INTERESES, number="ND1", **note), issuer
    )
    pay = sample_payroll("payroll", "NE1", NOW, issuer)
    built["payroll"] = build(pay, issuer)
    for number, kind in (("NA1", "payroll_replacement"), ("NA2", "payroll_deletion")):
        built[kind] = build(sample_payroll(kind, number, NOW, issuer, built["payroll"]), issuer)
    sample, ranges = sample_equivalent_document, samples_of("pos_ticket").issuer(dian).numberings
    shop = issuer.replace(numberings=ranges)
    for each in ranges:
        kind = find_type(each.document_type or "")
        assert kind is not None
        built[kind.name] = build(sample(kind.name, each.number(1), NOW, shop), shop)
    for number, name in (("NC1", "equivalent_credit_note"), ("ND1", "equivalent_debit_note")):
        built[name] = build(sample(name, number, NOW, shop, built["pos_ticket"]), shop)
    signer = dian.signer(NIT)
    return {name: hashlib.sha256(sign(stage, signer, at=NOW).xml).hexdigest() for name, stage in built.items()}


def main() -> int:
    """Compare or keep; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    now = digests()
    if parser.parse_args().write:
        KEPT.write_text("".join(f"{name}\t{digest}\n" for name, digest in now.items()), encoding="utf-8")
        return 0
    kept = dict(line.split("\t") for line in KEPT.read_text(encoding="utf-8").splitlines())
    differing = sorted(name for name in {*kept, *now} if kept.get(name) != now.get(name))
    for name in differing:
        print(f"{name}: {now.get(name)}, kept {kept.get(name)}")
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Python {version}: {len(now) - len(differing)} of {len(now)} signed documents have the bytes kept")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
