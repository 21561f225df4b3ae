"""Invoices and notes made up at random: every kind and every feature; the same seed gives the same document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any, TypeAlias

from ...catalogs import (
    CreditNoteConcept,
    DebitNoteConcept,
    DocumentType,
    HealthCollectionConcept,
    HealthCoverage,
    HealthPaymentModality,
    OperationType,
    PaymentMeans,
    ProductStandard,
    ReferencePrice,
    TaxCode,
    Unit,
    catalog,
)
from ...catalogs import DeliveryTerms as Incoterm
from ...models.delivery import Delivery, DeliveryTerms
from ...models.issuer import Issuer
from ...models.lines import AllowanceCharge, ItemProperty, Line, charge, discount
from ...models.payment import ExchangeRate, Payment, PaymentTerms, Prepayment, instalments
from ...models.references import Correction, DocumentReference, OrderReference, Period
from ...models.taxes import TaxTotal, ibua, tax
from ...models.totals import Rounding, RoundingMode, TaxRounding
from ...testing import random_parties as parties
from ...testing.dice import Dice
from ...testing.random_documents import FIRST_DAY, LAST_DAY, MOST_LINES, sample_issuer
from ...testing.samples import Samples
from .models import HEALTH_PREFIX, CreditNote, DebitNote, Invoice
from .sector import HealthDatum, HealthSector, HealthTag, HealthUser

Document: TypeAlias = Invoice | CreditNote | DebitNote

MODELS: dict[str, type[Invoice] | type[CreditNote] | type[DebitNote]] = {
    "invoice": Invoice,
    "credit_note": CreditNote,
    "debit_note": DebitNote,
}
_LEAST_DISCOUNTED = 100
"""Smaller documents get no discounts: rounded to whole pesos they could be worth less than nothing."""
_UNITS = tuple(member.value for member in Unit)
_RATES = {
    TaxCode.IVA.value: ("19", "5", "0"),
    TaxCode.INC.value: ("8", "4", "2", "16"),
    TaxCode.ICA.value: ("0.966", "0.414", "1.104"),
    TaxCode.IC_PORCENTUAL.value: ("10", "48"),
    TaxCode.ICUI.value: ("20",),
    TaxCode.ADV.value: ("25", "20"),
    TaxCode.RETEIVA.value: ("15", "100"),
    TaxCode.RETERENTA.value: ("2.5", "11", "0.1"),
    TaxCode.RETEICA.value: ("0.966", "1.104"),
}
"""Usual rates in percent; other taxes get any rate."""


class _SalesSamples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = MOST_LINES) -> Document:
        """Make a document of up to ``most_lines`` lines, of a kind or of any."""
        dice = Dice(source)
        return _Maker(dice, issuer, most_lines).document(kind or dice.pick(tuple(MODELS)))


class _Maker:
    """Makes the parts of one document."""

    def __init__(self, dice: Dice, issuer: Issuer, most_lines: int) -> None:
        self.dice = dice
        self.issuer = issuer
        self.most_lines = most_lines
        self.issued_at = dice.moment(FIRST_DAY, LAST_DAY)
        self.today = (self.issued_at - timedelta(hours=5)).date()

    # --- documents ---------------------------------------------------------------------------------------------------

    def document(self, kind: str) -> Document:
        if kind == "invoice":
            return self.invoice()
        return self.corrected(kind) if self.dice.chance(0.4) else self.note(kind)

    def invoice(self) -> Invoice:
        dice = self.dice
        type_code = dice.pick(("01", "01", "01", "02", "03", "04"))
        operation = Invoice.OPERATIONS[0]
        if type_code == DocumentType.FACTURA_DE_VENTA.value:
            operation = dice.pick(Invoice.OPERATIONS)
        values = self.common(Invoice, operation, export=type_code == DocumentType.FACTURA_DE_EXPORTACION.value)
        if type_code == DocumentType.DOCUMENTO_DE_TRANSMISION.value:
            # A transcription names the paper document (rule FBG01).
            paper = DocumentReference(number=dice.digits(1, 8), issue_date=self.earlier(10), type_code="03")
            values["billing_references"] = (paper,)
        values |= {
            "number": self.number(),
            "type_code": type_code,
            "withholdings": dice.several(self.withholding, 1, 0.15),
            "due_date": dice.maybe(lambda: self.later(90)),
        }
        return Invoice.from_lines(**values)

    def note(self, kind: str) -> Document:
        """Make a note from nothing: with the invoices it names, or over a period."""
        dice, model = self.dice, MODELS[kind]
        operation = dice.pick(model.OPERATIONS)
        values = self.common(model, operation)
        without_reference = operation == model.OPERATIONS[1]
        concept = self.concept(kind, annulling=not without_reference)
        if without_reference:
            # The period lies within one month (rules CAE02, CAE04).
            values["period"] = self.period(within_month=True)
            corrections: tuple[Correction, ...] = (Correction(concept=concept, description=dice.text(400)),)
        else:
            values["billing_references"] = tuple(self.reference(keyed=True) for _ in range(dice.whole(1, 3)))
            corrections = tuple(
                Correction(concept=concept, description=dice.maybe(lambda: dice.text(400)), reference=item.number)
                for item in values["billing_references"]
            )
        return model.from_lines(number=self.note_number(kind), corrections=corrections, **values)

    def corrected(self, kind: str) -> Document:
        """Make a note over an invoice of ours."""
        from ...ubl.build import build

        dice = self.dice
        source = self.invoice()
        self.issued_at += timedelta(hours=dice.whole(0, 200))
        given: dict[str, Any] = {
            "number": self.note_number(kind),
            "issued_at": self.issued_at,
            "description": dice.maybe(lambda: dice.text(400)),
        }
        invoice: Any = build(source, self.issuer)
        if dice.chance(0.3):
            invoice, given["key"] = source, invoice.key
        if kind == "credit_note" and dice.chance(0.4):
            return CreditNote.correcting(invoice, concept=CreditNoteConcept.ANULACION, **given)
        concept = self.concept(kind, annulling=False)
        chosen = dice.some(source.lines, 1, min(3, len(source.lines)))
        lines = [
            line.without_amounts(id=None, quantity=line.quantity / 2 if line.allowances == () else line.quantity)
            for line in chosen
        ]
        model = CreditNote if kind == "credit_note" else DebitNote
        return model.correcting(invoice, concept=concept, lines=lines, **given)

    def common(self, model: type[Any], operation: str, *, export: bool = False) -> dict[str, Any]:
        """Make what the three kinds share."""
        dice = self.dice
        health = operation.startswith(HEALTH_PREFIX)
        lines = self.lines(operation, export, withholdings=model.ALLOWS_WITHHOLDINGS)
        # What certainly remains of the lines after their own discounts.
        value = sum((line.price * line.quantity for line in lines), Decimal(0)) / 4
        values: dict[str, Any] = {
            "issued_at": self.issued_at,
            "operation": operation,
            "supplier": parties.dressed(dice, self.issuer.organization),
            "customer": parties.foreigner(dice) if export else parties.customer(dice),
            "lines": lines,
            "payment": self.payments(),
            "notes": dice.several(lambda: dice.text(3000), 3),
            "tax_point_date": dice.maybe(lambda: self.earlier(30), 0.1),
            "order": dice.maybe(self.order),
            "billing_references": dice.several(self.reference, 2, 0.1),
            "despatch_references": dice.several(self.reference, 3, 0.1),
            "receipt_references": dice.several(self.reference, 3, 0.1),
            "additional_references": dice.several(self.reference, 3, 0.1),
            "tax_representative": dice.maybe(lambda: parties.reference(dice), 0.15),
            "delivery": dice.maybe(self.delivery),
            "delivery_terms": self.delivery_terms() if export else dice.maybe(self.delivery_terms, 0.1),
            "payment_terms": self.payment_terms(),
            "allowances": self.document_allowances(value),
            "period": self.period() if health else dice.maybe(self.period, 0.1),
            "health": self.health() if health else None,
            "rounding": dice.maybe(self.rounding, 0.4),
            "payable_rounding": dice.maybe(lambda: Decimal(dice.whole(0, 99)).scaleb(-2), 0.1),
        }
        if dice.chance(0.8 if export else 0.1):
            values |= self.foreign_currency()
        if model.ALLOWS_PREPAYMENTS and value >= _LEAST_DISCOUNTED and dice.chance(0.5 if health else 0.15):
            values["prepayments"] = self.prepayments(value, health)
            values["deduct_prepayments"] = dice.pick((None, None, True, False))
        return values

    # --- numbers and dates -------------------------------------------------------------------------------------------

    def number(self) -> str:
        resolution = self.issuer.resolution or sample_issuer().resolution
        assert resolution is not None
        return resolution.number(self.dice.whole(resolution.range_from, resolution.range_to))

    def note_number(self, kind: str) -> str:
        prefix = self.issuer.note_prefix
        if prefix is None:
            prefix = self.dice.pick(("NC", "C1X") if kind == "credit_note" else ("ND", "D1X"))
        return f"{prefix}{self.dice.whole(1, 10**8)}"

    def earlier(self, days: int) -> date:
        return self.today - timedelta(days=self.dice.whole(0, days))

    def later(self, days: int) -> date:
        return self.today + timedelta(days=self.dice.whole(0, days))

    def period(self, *, within_month: bool = False) -> Period:
        dice = self.dice
        first = self.today.replace(day=1)
        end = dice.day(first, self.today)
        start = dice.day(first if within_month else first - timedelta(days=60), end)
        if dice.chance(0.3):
            return Period(start=start, start_time=dice.clock(), end=end, end_time=dice.clock())
        return Period.between(start, end)

    def concept(self, kind: str, *, annulling: bool) -> str:
        if kind == "debit_note":
            return self.dice.pick(tuple(DebitNoteConcept)).value
        return self.dice.pick(
            tuple(member for member in CreditNoteConcept if annulling or member is not CreditNoteConcept.ANULACION)
        ).value

    # --- lines -------------------------------------------------------------------------------------------------------

    def lines(self, operation: str, export: bool, *, withholdings: bool) -> list[Line]:
        dice = self.dice
        most = self.most_lines if dice.chance(0.05) else min(4, self.most_lines)
        lines = [self.line(operation, export, withholdings) for _ in range(dice.whole(1, most))]
        if operation == OperationType.AIU.value:
            lines[0] = lines[0].replace(notes=(f"Contrato de servicios AIU por concepto de: {dice.text(60)}",))
        return lines

    def line(self, operation: str, export: bool, withholdings: bool) -> Line:
        dice = self.dice
        details: dict[str, Any] = {
            "description": dice.text(300),
            "unit": dice.pick(_UNITS) if dice.chance(0.9) else dice.pick(tuple(catalog("units"))),
            "taxes": self.taxes(operation),
            "quantity": dice.quantity(),
            "notes": dice.several(lambda: dice.text(1000), 2, 0.1),
            "seller_code": dice.maybe(lambda: dice.text(20), 0.3),
            "brand": dice.maybe(lambda: dice.text(60), 1 if export else 0.1),
            "model": dice.maybe(lambda: dice.text(60), 1 if export else 0.1),
            "pack_size": dice.maybe(dice.quantity, 0.05),
            "properties": dice.several(self.property, 3, 0.1),
        }
        if withholdings and dice.chance(0.2):
            details["withholdings"] = tuple(self.withholding() for _ in range(dice.whole(1, 2)))
        if export or dice.chance(0.6):
            standards = (ProductStandard.PARTIDA_ARANCELARIA,) if export else tuple(ProductStandard)
            details["standard_code"] = dice.digits(8, 14)
            details["standard"] = dice.pick(standards).value
            details["standard_name"] = dice.maybe(lambda: dice.text(30), 0.1)
        if operation == OperationType.MANDATOS.value:
            details["principal"] = parties.reference(dice)
        if operation == OperationType.TRANSPORTE.value:
            details["seller_code"] = dice.pick(("0", "1"))
            details["properties"] = (
                ItemProperty(name="01", value=dice.digits(8, 14)),
                ItemProperty(name="02", value=dice.digits(8, 14)),
                ItemProperty(name="03", value=dice.digits(5, 8), quantity=dice.quantity(), unit="KGM"),
            )
        if dice.chance(0.1):
            return self.free(details)
        price = dice.price()
        return Line(price=price, allowances=self.allowances(price * details["quantity"]), **details)

    def free(self, details: dict[str, Any]) -> Line:
        dice = self.dice
        price_type = dice.pick(tuple(ReferencePrice)).value
        line = Line.free(reference_price=dice.money(), price_type=price_type, **details)
        assert line.reference_price is not None
        if dice.chance(0.2):
            return line.replace(reference_price=line.reference_price.replace(type=dice.text(20)))
        return line

    def property(self) -> ItemProperty:
        dice = self.dice
        if dice.chance(0.3):
            return ItemProperty(name=dice.text(40), quantity=dice.quantity(), unit=dice.maybe(lambda: "KGM", 0.7))
        return ItemProperty(name=dice.text(40), value=dice.maybe(lambda: dice.text(60), 0.9))

    def allowances(self, gross: Decimal) -> tuple[AllowanceCharge, ...]:
        """Make the discounts and charges of a line; discounts never exceed its value."""
        dice = self.dice
        if not dice.chance(0.25):
            return ()
        made = []
        if dice.chance(0.6):
            made.append(discount(dice.percent(50), reason=dice.text(60)))
        if dice.chance(0.3):
            quarter = (gross / 4).quantize(Decimal("0.01"), ROUND_DOWN)
            made.append(discount(amount=quarter, reason=dice.text(60), reason_code="01"))
        if dice.chance(0.4):
            made.append(dice.pick((charge(dice.percent()), charge(amount=dice.money(), reason_code="03"))))
        return tuple(made)

    # --- taxes -------------------------------------------------------------------------------------------------------

    def taxes(self, operation: str) -> tuple[TaxTotal, ...]:
        """Make the taxes of a line: none (excluded), IVA alone mostly, several at times."""
        dice = self.dice
        if dice.chance(0.1):
            return ()
        if dice.chance(0.5):
            codes = dice.some([member for member in TaxCode if member.kind != "withholding"], 1, 3)
            return tuple(self.tax(code) for code in codes)
        base = dice.maybe(dice.money, 0.5 if operation == OperationType.AIU.value else 0.05)
        return (tax(TaxCode.IVA, percent=dice.pick(_RATES[TaxCode.IVA.value]), base=base),)

    def tax(self, code: TaxCode) -> TaxTotal:
        dice = self.dice
        name = dice.text(30) if code is TaxCode.OTROS else None
        if code is TaxCode.IBUA:
            return ibua(dice.whole(20, 80), millilitres=dice.whole(1, 100_000))
        if code.base == "nominal" or (code.base == "any" and dice.chance(0.5)):
            measure = dice.maybe(dice.quantity, 0.5)
            unit = dice.maybe(lambda: dice.pick(_UNITS), 0.5)
            return tax(code, per_unit=dice.decimal(7, 2), measure=measure, unit=unit, name=name)
        rates = _RATES.get(code.value)
        return tax(code, percent=dice.pick(rates) if rates else dice.percent(), name=name)

    def withholding(self) -> TaxTotal:
        dice = self.dice
        code = dice.pick([member for member in TaxCode if member.kind == "withholding"])
        return tax(code, percent=dice.pick(_RATES[code.value]))

    # --- money on the document ---------------------------------------------------------------------------------------

    def document_allowances(self, value: Decimal) -> tuple[AllowanceCharge, ...]:
        dice = self.dice
        if value < _LEAST_DISCOUNTED or not dice.chance(0.2):
            return ()
        quarter = (value / 4).quantize(Decimal("0.01"), ROUND_DOWN)
        options: Sequence[Callable[[], AllowanceCharge]] = (
            lambda: discount(amount=quarter, reason=dice.text(60)),
            lambda: discount(dice.percent(10), reason_code="01"),
            lambda: charge(dice.percent(10), reason=dice.text(60)),
            lambda: charge(amount=dice.money(), reason="Propina", reason_code="03"),
        )
        return tuple(make() for make in dice.some(options, 1, 3))

    def rounding(self) -> Rounding:
        dice = self.dice
        return Rounding(
            decimals=dice.pick((2, 0)), mode=dice.pick(tuple(RoundingMode)), taxes=dice.pick(tuple(TaxRounding))
        )

    def foreign_currency(self) -> dict[str, Any]:
        dice = self.dice
        # The usual ones often enough that no choice of seeds misses them.
        rare = dice.chance(0.5)
        currency = dice.pick([code for code in catalog("currencies") if code != "COP"] if rare else ("USD", "EUR"))
        rate = ExchangeRate(
            currency=currency,
            rate=dice.decimal(8, dice.pick((2, 4, 6))),
            date=self.earlier(3),
            source_base=dice.maybe(lambda: Decimal("1.00"), 0.2),
        )
        return {"currency": currency, "exchange_rate": rate}

    def prepayments(self, value: Decimal, health: bool) -> tuple[Prepayment, ...]:
        dice = self.dice
        most = (value / 8).quantize(Decimal("0.01"), ROUND_DOWN)
        concepts = tuple(HealthCollectionConcept)
        return tuple(
            Prepayment(
                id=str(position),
                collection_concept=dice.pick(concepts).value if health else None,
                amount=most if dice.chance(0.5) else most.to_integral_value(ROUND_DOWN),
                received=self.earlier(60),
                paid=dice.maybe(lambda: self.earlier(60), 0.4),
                instruction=dice.maybe(lambda: dice.text(40)),
            )
            for position in range(1, dice.whole(1, 3) + 1)
        )

    def payments(self) -> list[Payment]:
        return [self.payment() for _ in range(self.dice.whole(1, 3) if self.dice.chance(0.3) else 1)]

    def payment(self) -> Payment:
        dice = self.dice
        means = dice.pick(tuple(PaymentMeans)).value
        ids = dice.several(lambda: dice.text(30), 2, 0.15)
        return Payment.credit(self.later(180), means, *ids) if dice.chance(0.4) else Payment.cash(means, *ids)

    def payment_terms(self) -> tuple[PaymentTerms, ...]:
        dice = self.dice
        if dice.chance(0.1):
            return instalments(*((self.later(360), dice.money()) for _ in range(dice.whole(2, 6))))
        return dice.several(self.payment_term, 2, 0.1)

    def payment_term(self) -> PaymentTerms:
        dice = self.dice
        return PaymentTerms(
            means_id=dice.pick(("1", "2")),
            note=dice.maybe(lambda: dice.text(100)),
            reference_event=dice.maybe(lambda: "1", 0.4),
            duration=dice.maybe(lambda: dice.whole(1, 120), 0.6),
            due_date=dice.maybe(lambda: self.later(120)),
        )

    # --- references and delivery -------------------------------------------------------------------------------------

    def reference(self, *, keyed: bool = False) -> DocumentReference:
        """Name a document; an electronic one, and the invoice that a note corrects, with its key."""
        dice = self.dice
        type_code = dice.maybe(lambda: dice.pick(("01", "03", "91")), 0.3)
        return DocumentReference(
            number=f"{dice.pick(('SETP', 'A', ''))}{dice.digits(1, 9)}",
            key=dice.key() if keyed or type_code is not None else dice.maybe(dice.key, 0.7),
            issue_date=dice.maybe(lambda: self.earlier(300), 0.8),
            type_code=type_code,
            description=dice.maybe(lambda: dice.text(100)),
        )

    def order(self) -> OrderReference:
        dice = self.dice
        return OrderReference(
            number=dice.text(20),
            sales_order=dice.maybe(lambda: dice.digits(1, 9)),
            issue_date=dice.maybe(lambda: self.earlier(60), 0.6),
        )

    def delivery(self) -> Delivery:
        dice = self.dice
        return Delivery(
            date=self.later(30),
            time=dice.maybe(dice.clock, 0.5),
            address=dice.maybe(lambda: parties.address(dice), 0.7),
            carrier=dice.maybe(lambda: parties.carrier(dice), 0.5),
        )

    def delivery_terms(self) -> DeliveryTerms:
        dice = self.dice
        return DeliveryTerms(
            id=dice.pick(("1", "2")),
            special_terms=dice.text(100),
            incoterm=dice.pick(tuple(Incoterm)).value,
            loss_risk=dice.maybe(lambda: dice.text(60)),
        )

    def health(self) -> HealthSector:
        dice = self.dice
        users = [
            HealthUser.of(
                provider_code=dice.digits(10, 12),
                modality=dice.pick(tuple(HealthPaymentModality)),
                coverage=dice.pick(tuple(HealthCoverage)),
                contract=dice.maybe(lambda: dice.text(20), 0.7),
                policy=dice.maybe(lambda: dice.digits(5, 10)),
            )
            for _ in range(dice.whole(1, 3))
        ]
        if dice.chance(0.2):
            users.append(HealthUser(data=(HealthDatum(name="COPAGO"), HealthDatum(name="CUOTA_MODERADORA", value="0"))))
        sector = HealthSector.of(*users, responsible="https://www.minsalud.gov.co", norm="Resolución 948:2026")
        if dice.chance(0.2):
            extra = HealthTag(name=dice.text(30), value=dice.maybe(lambda: dice.text(30)))
            return sector.replace(tags=(*sector.tags, extra), group=dice.text(20), collection=dice.text(20))
        return sector


SAMPLES = _SalesSamples()
