"""Invoices and notes made up at random: every kind and every feature; the same seed gives the same document."""

from __future__ import annotations

from datetime import timedelta
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
    ProductStandard,
    ReferencePrice,
    TaxCode,
)
from ...models.issuer import Issuer
from ...models.lines import ItemProperty, Line
from ...models.references import Correction, DocumentReference
from ...models.taxes import TaxTotal, ibua, tax
from ...testing import random_parties as parties
from ...testing.random_documents import MOST_LINES, sample_issuer
from ...testing.random_trade import IVA_RATES, UNITS, TradeMaker, worth
from ...testing.random_values import RandomValues
from ...testing.samples import Samples
from .models import HEALTH_PREFIX, CreditNote, DebitNote, Invoice
from .sector import HealthDatum, HealthSector, HealthTag, HealthUser

Document: TypeAlias = Invoice | CreditNote | DebitNote

MODELS: dict[str, type[Invoice] | type[CreditNote] | type[DebitNote]] = {
    "invoice": Invoice,
    "credit_note": CreditNote,
    "debit_note": DebitNote,
}
_RATES = {
    TaxCode.IVA.value: IVA_RATES,
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
        rng = RandomValues(source)
        return _Maker(rng, issuer, most_lines).document(kind or rng.pick(tuple(MODELS)))


class _Maker(TradeMaker):
    # --- documents ---------------------------------------------------------------------------------------------------

    def document(self, kind: str) -> Document:
        if kind == "invoice":
            return self.invoice()
        return self.corrected(kind) if self.rng.chance(0.4) else self.note(kind)

    def invoice(self) -> Invoice:
        rng = self.rng
        type_code = rng.pick(("01", "01", "01", "02", "03", "04"))
        operation = Invoice.OPERATIONS[0]
        if type_code == DocumentType.FACTURA_DE_VENTA.value:
            operation = rng.pick(Invoice.OPERATIONS)
        values = self.common(Invoice, operation, export=type_code == DocumentType.FACTURA_DE_EXPORTACION.value)
        if type_code == DocumentType.DOCUMENTO_DE_TRANSMISION.value:
            # A transcription names the paper document (rule FBG01).
            paper = DocumentReference(number=rng.digits(1, 8), issue_date=self.earlier(10), type_code="03")
            values["billing_references"] = (paper,)
        values |= {
            "number": self.number(),
            "type_code": type_code,
            "withholdings": rng.several(self.withholding, 1, 0.15),
            "due_date": rng.maybe(lambda: self.later(90)),
        }
        return Invoice.from_lines(**values)

    def note(self, kind: str) -> Document:
        """Make a note from nothing: with the invoices it names, or over a period."""
        rng, model = self.rng, MODELS[kind]
        operation = rng.pick(model.OPERATIONS)
        values = self.common(model, operation)
        without_reference = operation == model.OPERATIONS[1]
        concept = self.concept(kind, annulling=not without_reference)
        if without_reference:
            # The period lies within one month (rules CAE02, CAE04).
            values["period"] = self.period(within_month=True)
            corrections: tuple[Correction, ...] = (Correction(concept=concept, description=rng.text(400)),)
        else:
            values["billing_references"] = tuple(self.reference(keyed=True) for _ in range(rng.whole(1, 3)))
            corrections = tuple(
                Correction(concept=concept, description=rng.maybe(lambda: rng.text(400)), reference=item.number)
                for item in values["billing_references"]
            )
        return model.from_lines(number=self.note_number(kind), corrections=corrections, **values)

    def corrected(self, kind: str) -> Document:
        """Make a note over an invoice of ours."""
        from ...ubl.writer.build import build

        rng = self.rng
        source = self.invoice()
        self.issued_at += timedelta(hours=rng.whole(0, 200))
        given: dict[str, Any] = {
            "number": self.note_number(kind),
            "issued_at": self.issued_at,
            "description": rng.maybe(lambda: rng.text(400)),
        }
        invoice: Any = build(source, self.issuer)
        if rng.chance(0.3):
            invoice, given["key"] = source, invoice.key
        if kind == "credit_note" and rng.chance(0.4):
            return CreditNote.correcting(invoice, concept=CreditNoteConcept.ANULACION, **given)
        concept = self.concept(kind, annulling=False)
        chosen = rng.some(source.lines, 1, min(3, len(source.lines)))
        lines = [
            line.without_amounts(id=None, quantity=line.quantity / 2 if line.allowances == () else line.quantity)
            for line in chosen
        ]
        model = CreditNote if kind == "credit_note" else DebitNote
        return model.correcting(invoice, concept=concept, lines=lines, **given)

    def common(self, model: type[Any], operation: str, *, export: bool = False) -> dict[str, Any]:
        """Make what the three kinds share."""
        rng = self.rng
        health = operation.startswith(HEALTH_PREFIX)
        lines = self.lines(operation, export, withholdings=model.ALLOWS_WITHHOLDINGS)
        value = worth(lines)
        values: dict[str, Any] = {
            "issued_at": self.issued_at,
            "operation": operation,
            "supplier": parties.dressed(rng, self.issuer.organization),
            "customer": parties.foreigner(rng) if export else parties.customer(rng),
            "lines": lines,
            **self.particulars(value, export=export),
            "period": self.period() if health else rng.maybe(self.period, 0.1),
            "health": self.health() if health else None,
        }
        advances = 0.5 if health else 0.15
        return values | self.money(
            value,
            foreign=0.8 if export else 0.1,
            advances=advances if model.ALLOWS_PREPAYMENTS else None,
            concepts=tuple(HealthCollectionConcept) if health else (),
        )

    # --- numbers and concepts ----------------------------------------------------------------------------------------

    def number(self) -> str:
        resolution = self.issuer.resolution or sample_issuer().resolution
        assert resolution is not None
        return resolution.number(self.rng.whole(resolution.range_from, resolution.range_to))

    def note_number(self, kind: str) -> str:
        prefix = self.issuer.note_prefix
        if prefix is None:
            prefix = self.rng.pick(("NC", "C1X") if kind == "credit_note" else ("ND", "D1X"))
        return f"{prefix}{self.rng.whole(1, 10**8)}"

    def concept(self, kind: str, *, annulling: bool) -> str:
        if kind == "debit_note":
            return self.rng.pick(tuple(DebitNoteConcept)).value
        return self.rng.pick(
            tuple(member for member in CreditNoteConcept if annulling or member is not CreditNoteConcept.ANULACION)
        ).value

    # --- lines -------------------------------------------------------------------------------------------------------

    def lines(self, operation: str, export: bool, *, withholdings: bool) -> list[Line]:
        lines = self.many(lambda: self.line(operation, export, withholdings))
        if operation == OperationType.AIU.value:
            lines[0] = lines[0].replace(notes=(f"Contrato de servicios AIU por concepto de: {self.rng.text(60)}",))
        return lines

    def line(self, operation: str, export: bool, withholdings: bool) -> Line:
        rng = self.rng
        details = self.item(lambda: self.taxes(operation), branded=1 if export else 0.1)
        if withholdings and rng.chance(0.2):
            details["withholdings"] = tuple(self.withholding() for _ in range(rng.whole(1, 2)))
        if export or rng.chance(0.6):
            details |= self.standard((ProductStandard.PARTIDA_ARANCELARIA,)) if export else self.standard()
        if operation == OperationType.MANDATOS.value:
            details["principal"] = parties.reference(rng)
        if operation == OperationType.TRANSPORTE.value:
            details["seller_code"] = rng.pick(("0", "1"))
            details["properties"] = (
                ItemProperty(name="01", value=rng.digits(8, 14)),
                ItemProperty(name="02", value=rng.digits(8, 14)),
                ItemProperty(name="03", value=rng.digits(5, 8), quantity=rng.quantity(), unit="KGM"),
            )
        if rng.chance(0.1):
            return self.free(details)
        price = rng.price()
        return Line(price=price, allowances=self.allowances(price * details["quantity"]), **details)

    def free(self, details: dict[str, Any]) -> Line:
        rng = self.rng
        price_type = rng.pick(tuple(ReferencePrice)).value
        line = Line.free(reference_price=rng.money(), price_type=price_type, **details)
        assert line.reference_price is not None
        if rng.chance(0.2):
            return line.replace(reference_price=line.reference_price.replace(type=rng.text(20)))
        return line

    # --- taxes -------------------------------------------------------------------------------------------------------

    def taxes(self, operation: str) -> tuple[TaxTotal, ...]:
        """Make the taxes of a line: none (excluded), IVA alone mostly, several at times."""
        rng = self.rng
        if rng.chance(0.1):
            return ()
        if rng.chance(0.5):
            codes = rng.some([member for member in TaxCode if member.kind != "withholding"], 1, 3)
            return tuple(self.tax(code) for code in codes)
        base = rng.maybe(rng.money, 0.5 if operation == OperationType.AIU.value else 0.05)
        return (tax(TaxCode.IVA, percent=rng.pick(_RATES[TaxCode.IVA.value]), base=base),)

    def tax(self, code: TaxCode) -> TaxTotal:
        rng = self.rng
        name = rng.text(30) if code is TaxCode.OTROS else None
        if code is TaxCode.IBUA:
            return ibua(rng.whole(20, 80), millilitres=rng.whole(1, 100_000))
        if code.base == "nominal" or (code.base == "any" and rng.chance(0.5)):
            measure = rng.maybe(rng.quantity, 0.5)
            unit = rng.maybe(lambda: rng.pick(UNITS), 0.5)
            return tax(code, per_unit=rng.decimal(7, 2), measure=measure, unit=unit, name=name)
        rates = _RATES.get(code.value)
        return tax(code, percent=rng.pick(rates) if rates else rng.percent(), name=name)

    def withholding(self) -> TaxTotal:
        rng = self.rng
        code = rng.pick([member for member in TaxCode if member.kind == "withholding"])
        return tax(code, percent=rng.pick(_RATES[code.value]))

    # --- health ------------------------------------------------------------------------------------------------------

    def health(self) -> HealthSector:
        rng = self.rng
        users = [
            HealthUser.of(
                provider_code=rng.digits(10, 12),
                modality=rng.pick(tuple(HealthPaymentModality)),
                coverage=rng.pick(tuple(HealthCoverage)),
                contract=rng.maybe(lambda: rng.text(20), 0.7),
                policy=rng.maybe(lambda: rng.digits(5, 10)),
            )
            for _ in range(rng.whole(1, 3))
        ]
        if rng.chance(0.2):
            users.append(HealthUser(data=(HealthDatum(name="COPAGO"), HealthDatum(name="CUOTA_MODERADORA", value="0"))))
        sector = HealthSector.of(*users, responsible="https://www.minsalud.gov.co", norm="Resolución 948:2026")
        if rng.chance(0.2):
            extra = HealthTag(name=rng.text(30), value=rng.maybe(lambda: rng.text(30)))
            return sector.replace(tags=(*sector.tags, extra), group=rng.text(20), collection=rng.text(20))
        return sector


SAMPLES = _SalesSamples()
