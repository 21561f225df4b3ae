"""Forty varied documents to be shown: ours, and real ones of others where the collection is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dian_fe import (
    CreditNote,
    Customer,
    DebitNote,
    Delivery,
    HealthSector,
    HealthUser,
    Invoice,
    Line,
    OrderReference,
    Payment,
    Period,
    Prepayment,
    build,
    iva,
    read,
)
from dian_fe.catalogs import (
    CreditNoteConcept,
    DebitNoteConcept,
    HealthCoverage,
    HealthPaymentModality,
    IdType,
    OperationType,
)
from dian_fe.models.address import Address
from dian_fe.models.lines import ItemProperty
from dian_fe.models.party import PartyReference
from dian_fe.models.references import DocumentReference
from dian_fe.testing import random_document
from dian_fe.testing.random_documents import sample_issuer
from tests.graphic.support import (
    ARABIC,
    AT,
    BIDI,
    EMOJI,
    LONG,
    ONE,
    SCRIPT,
    WORD,
    D,
    Named,
    Shown,
    answered,
    customer,
    invoice,
    issuer,
    organization,
    packed,
    some_lines,
)
from tests.graphic.varied_money import taxes_and_money
from tests.support.shared import shared_dir


def _ours() -> Iterator[Named]:
    """Yield the documents of the made-up supplier."""
    number = iter(f"SETP{n}" for n in range(990000100, 990000200))
    shop = issuer()
    for documents in (_lengths_and_texts, taxes_and_money, _circumstances):
        for name, document in documents(number):
            yield name, build(document, shop)
    yield _simple_regime(next(number))
    yield from _notes(next(number))


def _lengths_and_texts(number: Iterator[str]) -> Iterator[Named]:
    """Yield documents of few lines and many, with names that are long, foreign, or written to do harm."""
    for count in (1, 2, 10, 60, 400):
        yield f"{count} lines", invoice(next(number), some_lines(count))
    yield "final consumer", invoice(next(number), [ONE], customer=Customer.final_consumer())
    yield (
        "person",
        invoice(next(number), [ONE], customer=customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050")),
    )
    yield (
        "long names",
        invoice(
            next(number),
            [ONE.replace(description=f"{LONG}. {LONG}. {LONG[:70]}")],
            customer=customer(name=f"{LONG} {LONG}", address=f"{LONG}, bodega 17"),
        ),
    )
    yield (
        "long words",
        invoice(
            next(number),
            [ONE.replace(description=WORD, seller_code="C" * 80)],
            customer=customer(name=WORD, address=WORD),
        ),
    )
    yield (
        "markup",
        invoice(
            next(number),
            [ONE.replace(description=SCRIPT)],
            customer=customer(name=SCRIPT),
            notes=[SCRIPT, "]]> <!-- & -->"],
        ),
    )
    yield "right to left", invoice(next(number), [ONE.replace(description=ARABIC)], customer=customer(name=ARABIC))
    yield "override", invoice(next(number), [ONE.replace(description=BIDI)], customer=customer(name=BIDI))
    yield (
        "emoji",
        invoice(next(number), [ONE.replace(description=EMOJI)], customer=customer(name=EMOJI), notes=[EMOJI]),
    )


def _circumstances(number: Iterator[str]) -> Iterator[Named]:
    """Yield documents with references, of sectors, and of other types of invoice."""
    yield (
        "delivery and order",
        invoice(
            next(number),
            some_lines(2),
            order=OrderReference(number="OC-2026-0815", issue_date=date(2026, 2, 25), sales_order="PV-99"),
            delivery=Delivery(date=date(2026, 3, 4), address=Address.colombia("11001", "Calle 26 # 69-76, bodega 4")),
            despatch_references=[DocumentReference(number="REM-5512", issue_date=date(2026, 3, 1))],
            receipt_references=[DocumentReference(number="REC-0007")],
            additional_references=[DocumentReference(number="CTO-2025-001", description="Contrato marco")],
            notes=["Entregar en la portería de carga.", "Horario: 7:00 a 16:00."],
            period=Period.between(date(2026, 2, 1), date(2026, 2, 28)),
        ),
    )
    yield (
        "mandate",
        invoice(
            next(number),
            [ONE.replace(principal=PartyReference(id="900373115", name="Mandante Ejemplo SAS"), id_scheme="1")],
            operation=OperationType.MANDATOS,
        ),
    )
    yield (
        "properties",
        invoice(
            next(number),
            [
                ONE.replace(
                    standard_code="7701234567890",
                    standard="010",
                    brand="Cordillera",
                    model="MX-30",
                    pack_size=D(6),
                    notes=("Lote 4471", "Vence 2027-01"),
                    properties=(
                        ItemProperty(name="Color", value="azul"),
                        ItemProperty(name="Peso", quantity=D("1.25"), unit="KGM"),
                    ),
                )
            ],
        ),
    )
    yield "health", _health(next(number))
    yield "contingency", invoice(next(number), [ONE], type_code="04")
    yield (
        "transcription",
        invoice(
            next(number),
            [ONE],
            type_code="03",
            additional_references=[DocumentReference(number="FC-0091", type_code="FTC", issue_date=date(2026, 3, 1))],
        ),
    )


def _simple_regime(number: str) -> Named:
    """Return an invoice of another issuer, with amounts as large as they come."""
    other: dict[str, Any] = {"responsibilities": ("O-47",), "trade_name": None}
    document = invoice(
        number,
        [
            Line(
                description="Maquinaria pesada",
                quantity=D("12345.678901"),
                price=D("98765432.123456"),
                taxes=[iva(19)],
            )
        ],
        supplier=organization(**other),
    )
    return "simple regime, big amounts", build(document, issuer(**other))


def _notes(number: str) -> Iterator[Named]:
    """Yield an invoice and the notes that correct it."""
    shop = issuer()
    base = build(invoice(number, some_lines(3), payment=Payment.credit(date(2026, 4, 1))), shop)
    yield "corrected", base
    yield (
        "annulment",
        build(
            CreditNote.correcting(
                base,
                concept=CreditNoteConcept.ANULACION,
                number="NC101",
                issued_at=AT,
                description="Pedido devuelto por el cliente",
            ),
            shop,
        ),
    )
    yield (
        "part returned",
        build(
            CreditNote.correcting(
                base,
                concept=CreditNoteConcept.DEVOLUCION_PARCIAL,
                number="NC102",
                issued_at=AT,
                lines=[base.document.lines[1].without_amounts(quantity=1)],
                description=f"{LONG}: {WORD}",
            ),
            shop,
        ),
    )
    yield (
        "interest",
        build(
            DebitNote.correcting(
                base,
                concept=DebitNoteConcept.INTERESES,
                number="ND101",
                issued_at=AT,
                lines=[Line(description="Intereses de mora", price=D(3500), taxes=[iva(19)])],
                description="Mora de marzo",
            ),
            shop,
        ),
    )


def _health(number: str) -> Invoice:
    user = HealthUser.of(
        provider_code="760010123401",
        modality=next(iter(HealthPaymentModality)),
        coverage=next(iter(HealthCoverage)),
        contract="C-2026-17",
        policy="POL-8",
    )
    return invoice(
        number,
        [Line(description="Consulta de medicina general", price=D(45000), taxes=[])],
        operation=OperationType.SALUD_SIN_APORTE,
        health=HealthSector.of(user, user, responsible="https://example.com", norm="Resolución 948:2026"),
        period=Period.between(date(2026, 2, 1), date(2026, 2, 28)),
        prepayments=[Prepayment(id="1", collection_concept="01", amount=D(4700), received=date(2026, 2, 10))],
    )


def samples() -> list[Shown]:
    """Return real documents of others, with their numbers and names replaced, that have a key and totals."""
    folder = shared_dir()
    if folder is None:
        return []
    names = (
        *("attacheddocument-01", "attacheddocument-05", "creditnote-01", "debitnote-01", "invoice-04", "invoice-12"),
        *("invoice-aiu-01", "invoice-mandato-01", "invoice-salud-01"),
    )
    return [Shown(name, read((Path(folder) / "samples" / f"{name}.xml").read_bytes())) for name in names]


@cache
def varied_documents() -> tuple[Shown, ...]:
    """Return at least forty documents, as varied as they come."""
    ours = [Shown(name, built) for name, built in _ours()]
    made = [Shown(f"random {seed}", build(random_document(seed), sample_issuer())) for seed in (3, 8, 14)]
    return (*ours, *made, answered(build(invoice("SETP990000300", some_lines(7)), issuer())), packed(), *samples())
