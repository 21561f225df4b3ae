"""Forty varied documents to be shown: ours, and real ones of others where the collection is at hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dian_fe import (
    CreditNote,
    Customer,
    DebitNote,
    Delivery,
    DeliveryTerms,
    ExchangeRate,
    HealthSector,
    HealthUser,
    Invoice,
    Issuer,
    Line,
    OrderReference,
    Organization,
    Payment,
    PaymentTerms,
    Period,
    Prepayment,
    adv,
    build,
    charge,
    discount,
    ibua,
    ic,
    ica,
    icl,
    icui,
    inc,
    inc_bolsas,
    inpp,
    instalments,
    iva,
    pack,
    read,
    rete_ica,
    rete_iva,
    rete_renta,
    sign,
    tax,
)
from dian_fe.catalogs import (
    CreditNoteConcept,
    DebitNoteConcept,
    HealthCoverage,
    HealthPaymentModality,
    IdType,
    OperationType,
    PaymentMeans,
    TaxCode,
    catalog,
)
from dian_fe.models.address import Address
from dian_fe.models.lines import ItemProperty
from dian_fe.models.party import PartyReference
from dian_fe.models.references import DocumentReference
from dian_fe.testing import Judge, random_document
from dian_fe.testing.random_documents import sample_issuer
from tests.support.shared import shared_dir

AT = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=-5)))
D = Decimal
LONG = "Sociedad Comercializadora de Productos Agropecuarios, Pecuarios y Agroindustriales del Suroccidente Colombiano"
WORD = "Otorrinolaringológicoindustrializado" * 6
"""No place to break: 216 letters."""
SCRIPT = "<script>alert('x')</script> & <b>Cía.</b> \"Ñandú\""
ARABIC = "شركة المثال للتجارة (SAS) מספר 5"
EMOJI = "Café 🇨🇴 👩‍🍳 con leche 🥐 ☕"
BIDI = "Proveedor \u202egnivreS\u202c de prueba"
"""A right-to-left override: what comes after it would be read backwards."""


class Shown(NamedTuple):
    """A document to be shown; ``subject`` is what ``build``, ``sign`` or ``read`` gave."""

    name: str
    subject: Any
    answer: bytes | None = None

    @property
    def found(self) -> Any:
        """What holds document and control: the subject itself, or the one in its container."""
        inside = getattr(self.subject, "sales_documents", None)
        return inside[0] if inside else self.subject


@cache
def office() -> Judge:
    """Give the DIAN of these tests, which knows the issuer's software and numbering."""
    dian = Judge(seed=7)
    dian.resolution()
    return dian


def organization(**changes: Any) -> Organization:
    """Give the made-up supplier, which holds every quality that is told."""
    values: dict[str, Any] = {
        "nit": "700085371",
        "name": "Tienda Ejemplo SAS",
        "trade_name": "La Tienda de la Esquina",
        "municipality": "76001",
        "address": "Cl 14 # 5-20",
        "emails": ["facturas@example.com"],
        "phone": "602 555 0100",
        "responsibilities": ("O-13", "O-15", "O-23"),
        "activities": ("4711", "4719"),
    }
    return Organization(**{**values, **changes})


def issuer(**changes: Any) -> Issuer:
    """Give the issuer with its software and numbering."""
    dian = office()
    return Issuer(organization=organization(**changes), software=dian.software, resolution=dian.resolution())


COMPANY: dict[str, Any] = {
    "id_type": IdType.NIT,
    "id": "900108281",
    "name": "Cliente Ejemplo y Compañía S.A.S.",
    "municipality": "05001",
    "address": "Carrera 48 # 20-114, Torre 2, Oficina 1203",
    "emails": ["recepcion@example.com", "compras@example.com"],
    "phone": "604 555 0199",
}


def customer(**changes: Any) -> Customer:
    """Give the made-up buyer."""
    return Customer(**{**COMPANY, **changes})


def invoice(number: str, lines: list[Line], **changes: Any) -> Invoice:
    """Make an invoice of the made-up supplier."""
    values: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": organization(),
        "customer": customer(),
        "lines": lines,
        "payment": Payment.cash(PaymentMeans.EFECTIVO),
    }
    return Invoice.from_lines(**{**values, **changes})


def some_lines(count: int) -> list[Line]:
    """Make lines that differ in length, rate and code."""
    names = ("Tornillo galvanizado", "Café tostado en grano, bolsa de una libra", "Servicio de asesoría técnica")
    taxes = (iva(19), iva(5), iva(0))
    return [
        Line(
            description=f"{names[n % 3]} {n + 1}",
            quantity=D(n % 7 + 1),
            price=D(1250 + 37 * n),
            taxes=[taxes[n % 3]],
            seller_code=f"REF-{n + 1:04d}",
        )
        for n in range(count)
    ]


ONE = Line(description="Morral impermeable de 30 litros", price=D("84033.61"), taxes=[iva(19)], seller_code="MO-30")


def _ours() -> list[tuple[str, Any]]:
    """Make the documents of the made-up supplier, unsigned and signed."""
    number = iter(f"SETP{n}" for n in range(990000100, 990000200))
    shop = issuer()
    made: list[tuple[str, Any]] = []

    def add(name: str, document: Any, by: Issuer = shop) -> Any:
        built = build(document, by)
        made.append((name, built))
        return built

    for count in (1, 2, 10, 60, 400):
        add(f"{count} lines", invoice(next(number), some_lines(count)))
    add("final consumer", invoice(next(number), [ONE], customer=Customer.final_consumer()))
    add("person", invoice(next(number), [ONE], customer=customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050")))
    add(
        "long names",
        invoice(
            next(number),
            [ONE.replace(description=f"{LONG}. {LONG}. {LONG[:70]}")],
            customer=customer(name=f"{LONG} {LONG}", address=f"{LONG}, bodega 17"),
        ),
    )
    add(
        "long words",
        invoice(
            next(number),
            [ONE.replace(description=WORD, seller_code="C" * 80)],
            customer=customer(name=WORD, address=WORD),
        ),
    )
    add(
        "markup",
        invoice(
            next(number),
            [ONE.replace(description=SCRIPT)],
            customer=customer(name=SCRIPT),
            notes=[SCRIPT, "]]> <!-- & -->"],
        ),
    )
    add("right to left", invoice(next(number), [ONE.replace(description=ARABIC)], customer=customer(name=ARABIC)))
    add("override", invoice(next(number), [ONE.replace(description=BIDI)], customer=customer(name=BIDI)))
    add("emoji", invoice(next(number), [ONE.replace(description=EMOJI)], customer=customer(name=EMOJI), notes=[EMOJI]))
    add("eight taxes", invoice(next(number), _eight_taxes()))
    add(
        "withholdings",
        invoice(
            next(number),
            some_lines(4),
            payment=Payment.credit(date(2026, 4, 1), "42", "REF 77"),
            withholdings=[rete_renta("2.5"), rete_iva(15), rete_ica(per_mil="9.66")],
        ),
    )
    add(
        "free goods",
        invoice(
            next(number),
            [ONE, Line.free(description="Llavero de obsequio", reference_price=5000, quantity=3, taxes=[iva(19)])],
        ),
    )
    add(
        "discounts and charges",
        invoice(
            next(number),
            [
                ONE.replace(
                    quantity=D(3),
                    allowances=[discount(10, reason="Cliente frecuente"), charge(amount=2500, reason="Empaque")],
                )
            ],
            allowances=[discount(5, reason="Pronto pago", reason_code="01"), charge(amount=8000, reason="Propina")],
            prepayments=[Prepayment(id="1", amount=D(20000), received=date(2026, 2, 20))],
            payable_rounding="-0.37",
        ),
    )
    add(
        "instalments",
        invoice(
            next(number),
            some_lines(3),
            payment=Payment.credit(date(2026, 5, 2), "31"),
            payment_terms=instalments((date(2026, 4, 2), "10000"), (date(2026, 5, 2), "7432.18")),
        ),
    )
    add(
        "terms",
        invoice(
            next(number),
            [ONE],
            payment=Payment.credit(date(2026, 4, 1)),
            due_date=date(2026, 4, 1),
            payment_terms=[PaymentTerms(duration=D(30), note="Desde la entrega de la mercancía")],
        ),
    )
    add("export in dollars", _export(next(number)))
    add(
        "euros",
        invoice(
            next(number),
            [ONE.replace(price=D("199.99"), taxes=[])],
            currency="EUR",
            exchange_rate=ExchangeRate(currency="EUR", rate=D("4321.5678"), date=date(2026, 3, 2)),
        ),
    )
    add(
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
    add(
        "mandate",
        invoice(
            next(number),
            [ONE.replace(principal=PartyReference(id="900373115", name="Mandante Ejemplo SAS"), id_scheme="1")],
            operation=OperationType.MANDATOS,
        ),
    )
    add(
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
    add("health", _health(next(number)))
    add("contingency", invoice(next(number), [ONE], type_code="04"))
    add(
        "transcription",
        invoice(
            next(number),
            [ONE],
            type_code="03",
            additional_references=[DocumentReference(number="FC-0091", type_code="FTC", issue_date=date(2026, 3, 1))],
        ),
    )
    add(
        "simple regime, big amounts",
        invoice(
            next(number),
            [
                Line(
                    description="Maquinaria pesada",
                    quantity=D("12345.678901"),
                    price=D("98765432.123456"),
                    taxes=[iva(19)],
                )
            ],
            supplier=organization(responsibilities=("O-47",), trade_name=None),
        ),
        issuer(responsibilities=("O-47",), trade_name=None),
    )
    base = add("corrected", invoice(next(number), some_lines(3), payment=Payment.credit(date(2026, 4, 1))))
    add(
        "annulment",
        CreditNote.correcting(
            base,
            concept=CreditNoteConcept.ANULACION,
            number="NC101",
            issued_at=AT,
            description="Pedido devuelto por el cliente",
        ),
    )
    add(
        "part returned",
        CreditNote.correcting(
            base,
            concept=CreditNoteConcept.DEVOLUCION_PARCIAL,
            number="NC102",
            issued_at=AT,
            lines=[base.document.lines[1].without_amounts(quantity=1)],
            description=f"{LONG}: {WORD}",
        ),
    )
    add(
        "interest",
        DebitNote.correcting(
            base,
            concept=DebitNoteConcept.INTERESES,
            number="ND101",
            issued_at=AT,
            lines=[Line(description="Intereses de mora", price=D(3500), taxes=[iva(19)])],
            description="Mora de marzo",
        ),
    )
    return made


def _eight_taxes() -> list[Line]:
    return [
        Line(
            description="Aguardiente de 750 ml",
            quantity=D(12),
            price=D(38000),
            taxes=[iva(5), icl(342, measure=12 * 29), adv(25)],
        ),
        Line(
            description="Gaseosa de 400 ml", quantity=D(24), price=D(2800), taxes=[iva(19), ibua(38, millilitres=9600)]
        ),
        Line(description="Papas fritas de paquete", quantity=D(10), price=D(3200), taxes=[iva(19), icui(20)]),
        Line(description="Almuerzo del día", quantity=D(2), price=D(18500), taxes=[inc(8)]),
        Line(
            description="Bolsa plástica",
            quantity=D(3),
            price=D(0),
            taxes=[inc_bolsas(70), inpp("1.2", measure=36)],
            free_of_charge=True,
            reference_price={"amount": "1"},
        ),
        Line(description="Publicidad en valla", price=D(250000), taxes=[iva(19), ica(per_mil="9.66")]),
        Line(description="Cigarrillos", quantity=D(5), price=D(6000), taxes=[iva(19), ic(4185)]),
        Line(
            description="Sobretasa local",
            price=D(1000),
            taxes=[tax(TaxCode.OTROS, percent=3, name="Estampilla pro cultura")],
        ),
    ]


def _export(number: str) -> Invoice:
    abroad = Customer(
        id_type=IdType.NIT_DE_OTRO_PAIS,
        id="US-123456",
        name="Example Imports, LLC",
        address=Address(line="742 Evergreen Terrace", city="Springfield", department="Oregon", country="US"),
        emails=["ap@example.com"],
    )
    line = Line(
        description="Café verde excelso en sacos de 70 kg",
        quantity=D("250"),
        price=D("312.4567"),
        unit="KGM",
        taxes=[iva(0)],
        standard_code="0901110000",
        standard="020",
        brand="Cordillera",
        model="Excelso EP",
    )
    return invoice(
        number,
        [line],
        customer=abroad,
        type_code="02",
        currency="USD",
        exchange_rate=ExchangeRate(currency="USD", rate=D("4012.35"), date=date(2026, 3, 2)),
        delivery_terms=DeliveryTerms(id="1", incoterm="FOB", special_terms="Puerto de Buenaventura"),
        payment=Payment.credit(date(2026, 6, 2), PaymentMeans.TRANSFERENCIA_CREDITO),
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


def signed(built: Any) -> Any:
    """Sign with the office's key."""
    return sign(built, office().signer(built.document.supplier.id), at=built.document.issued_at)


def answered(built: Any) -> Shown:
    """Sign a document, have it accepted and give it with DIAN's answer."""
    done = signed(built)
    return Shown("answered", done, office().judge(done.xml).application_response)


@cache
def packed() -> Shown:
    """Give what a customer receives: a container with the document and DIAN's answer."""
    shown = answered(build(invoice("SETP990000301", some_lines(5)), issuer()))
    package = pack(shown.subject, shown.answer, office().signer("700085371"), at=AT + timedelta(minutes=5))
    return Shown("package", read(package.zip_bytes))


def samples() -> list[Shown]:
    """Give real documents of others, with their numbers and names replaced, that have a key and totals."""
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
    """Give at least forty documents, as varied as they come."""
    ours = [Shown(name, built) for name, built in _ours()]
    made = [Shown(f"random {seed}", build(random_document(seed), sample_issuer())) for seed in (3, 8, 14)]
    return (*ours, *made, answered(build(invoice("SETP990000300", some_lines(7)), issuer())), packed(), *samples())


# --- what must be there, worked out from the document alone ----------------------------------------------------------

TITLES = {
    "01": "Factura electrónica de venta",
    "02": "Factura electrónica de venta – exportación",
    "03": "Documento electrónico de transmisión – tipo 03",
    "04": "Factura electrónica de venta – tipo 04",
    "91": "Nota crédito de la factura electrónica de venta",
    "92": "Nota débito de la factura electrónica de venta",
}
QUALITIES = {
    "O-13": "Gran contribuyente",
    "O-15": "Autorretenedor",
    "O-23": "Agente de retención IVA",
    "O-47": "Régimen simple de tributación",
}
FORMS = {"1": "Contado", "2": "Crédito"}
WITHHELD = {"05", "06", "07"}


def colombian(value: Decimal) -> str:
    """Write a number with two decimals at least, as Colombians do; worked out apart from the library."""
    text = f"{value.normalize():,f}"
    whole, _, fraction = text.partition(".")
    return f"{whole.replace(',', '.')},{fraction.ljust(2, '0')}"


def amount(value: Decimal, currency: str) -> str:
    """Write an amount of a currency."""
    symbol = "$" if currency == "COP" else currency
    return f"{'-' if value < 0 else ''}{symbol} {colombian(abs(value))}"


def mandatory_texts(shown: Shown) -> list[str]:
    """Give every text that a representación gráfica of the document must hold (items of art. 1.5.1.2.2.1)."""
    found, document, control = shown.found, shown.found.document, shown.found.control
    supplier, customer, totals, money = document.supplier, document.customer, document.totals, document.currency
    texts = [TITLES[getattr(document, "type_code", None) or "92"]]  # item 1
    texts += [supplier.name, _identified(supplier), customer.name, _identified(customer)]  # items 2 and 3
    if document.delivery is not None and document.delivery.address is not None and document.delivery.address.line:
        texts.append(document.delivery.address.line)
    texts += [document.number]  # item 4
    if control.authorization is not None:
        texts += [control.authorization, control.range_from, control.range_to]
        texts += [str(control.authorization_start), str(control.authorization_end)]
    texts += [f"{document.issued_at:%Y-%m-%d}", f"{document.issued_at:%H:%M:%S}"]  # item 5
    for line in document.lines:  # item 8
        texts += [line.description, _quantity(line.quantity), amount(line.price, money), amount(line.amount, money)]
        texts += [code for code in (line.seller_code, line.standard_code) if code]
        texts += [_label("units", line.unit), *line.notes]
        texts += [amount(each.amount, money) for each in line.allowances]
        texts += [line.principal.name or "", line.principal.id] if line.principal is not None else []
        for each in (each for total in line.taxes for each in total.subtotals):
            texts += [amount(each.amount, money)]
            texts += [] if each.per_unit_amount is None else [amount(each.per_unit_amount, money)]
    texts.append(amount(totals.payable, money))  # item 9
    others = (totals.line_extension, totals.tax_exclusive, totals.tax_inclusive)
    others += (totals.allowance_total or None, totals.charge_total or None)
    others += (totals.payable_rounding or None, totals.prepaid or None)
    texts += [amount(each, money) for each in others if each is not None]
    for each in (*document.allowances, *document.prepayments, *document.payment_terms):
        texts += [] if each.amount is None else [amount(each.amount, money)]
    for payment in document.payments:  # items 10 and 11
        texts += [FORMS.get(payment.form, payment.form), str(payment.due_date or "")]
        texts += [payment.ids[0] if payment.ids else "", _label("payment_means", payment.means)]
    texts += [text for code, text in QUALITIES.items() if code in supplier.responsibilities]  # item 12
    for total in (*document.taxes, *getattr(document, "withholdings", ())):  # item 13
        for each in total.subtotals:
            texts.append(amount(each.amount, money))
            texts += ["" if each.percent is None else f"{_quantity(each.percent)} %"]
            if each.percent is not None and each.taxable is not None:
                texts.append(amount(each.taxable, money))
    if document.exchange_rate is not None and money != "COP":
        rate = document.exchange_rate.rate
        texts.append(amount((totals.payable * rate).quantize(D("0.01")), "COP"))
    texts.append(found.key)  # item 15
    texts += [control.provider_nit or "", control.software_id or ""]  # item 18
    for party in (supplier, customer):
        texts += [*party.emails, party.phone or ""]
        texts += [party.address.line or ""] if party.address is not None else []
    if document.health is not None:
        texts += [each.value or "" for user in document.health.users for each in user.data]
    if document.period is not None:
        texts += [str(document.period.start or ""), str(document.period.end or "")]
    if document.delivery_terms is not None:
        texts += [document.delivery_terms.incoterm or "", document.delivery_terms.special_terms or ""]
    texts += [control.range_prefix or "", _label("operation_types", document.operation)]
    for reference in (*document.despatch_references, *document.receipt_references, *document.additional_references):
        texts += [reference.number]
    for reference in document.billing_references:
        texts += [reference.number, reference.key or ""]
    for correction in getattr(document, "corrections", ()):
        concepts = "debit_note_concepts" if document.kind == "debit_note" else "credit_note_concepts"
        texts += [correction.description or "", _label(concepts, correction.concept)]
    texts += document.notes
    return [text for text in texts if text]


def _label(name: str, code: str | None) -> str:
    """Give what a code means, or the code where the list has none such."""
    codes = catalog(name)
    return codes.label(code) if code in codes else code or ""


def _identified(party: Any) -> str:
    return f"{party.id}-{party.check_digit}" if party.id_type == "31" and party.check_digit else party.id


def _quantity(value: Decimal) -> str:
    return colombian(value).removesuffix(",00") if value == value.to_integral_value() else _trimmed(value)


def _trimmed(value: Decimal) -> str:
    return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))


def squeezed(text: str) -> str:
    """Take all blanks out: where a text is broken into lines says nothing."""
    return "".join(text.split())
