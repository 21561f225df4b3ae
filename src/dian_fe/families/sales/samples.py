"""Random invoices and notes, of every kind and with every feature; the same seed gives the same document."""

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
        maker = _Maker(source, issuer, most_lines)
        return maker.document(kind or maker.pick(tuple(MODELS)))


class _Maker(TradeMaker):
    # --- documents ---------------------------------------------------------------------------------------------------

    def document(self, kind: str) -> Document:
        if kind == "invoice":
            return self.invoice()
        return self.corrected(kind) if self.chance(0.4) else self.note(kind)

    def invoice(self) -> Invoice:
        type_code = self.pick(("01", "01", "01", "02", "03", "04"))
        operation = Invoice.OPERATIONS[0]
        if type_code == DocumentType.FACTURA_DE_VENTA.value:
            operation = self.pick(Invoice.OPERATIONS)
        values = self.common(Invoice, operation, export=type_code == DocumentType.FACTURA_DE_EXPORTACION.value)
        if type_code == DocumentType.DOCUMENTO_DE_TRANSMISION.value:
            # A transcription names the paper document (rule FBG01).
            paper = DocumentReference(number=self.digits(1, 8), issue_date=self.earlier(10), type_code="03")
            values["billing_references"] = (paper,)
        values |= {
            "number": self.number(),
            "type_code": type_code,
            "withholdings": self.several(self.withholding, 1, 0.15),
            "due_date": self.maybe(lambda: self.later(90)),
        }
        return Invoice.from_lines(**values)

    def note(self, kind: str) -> Document:
        """Make a note without its invoice: over invoices that it names, or over a period."""
        model = MODELS[kind]
        operation = self.pick(model.OPERATIONS)
        values = self.common(model, operation)
        without_reference = operation == model.OPERATIONS[1]
        concept = self.concept(kind, annulling=not without_reference)
        if without_reference:
            # The period lies within one month (rules CAE02, CAE04).
            values["period"] = self.period(within_month=True)
            corrections: tuple[Correction, ...] = (Correction(concept=concept, description=self.text(400)),)
        else:
            values["billing_references"] = tuple(self.reference(keyed=True) for _ in range(self.whole(1, 3)))
            corrections = tuple(
                Correction(concept=concept, description=self.maybe(lambda: self.text(400)), reference=item.number)
                for item in values["billing_references"]
            )
        return model.from_lines(number=self.note_number(kind), corrections=corrections, **values)

    def corrected(self, kind: str) -> Document:
        """Make a note over an invoice made here."""
        from ...ubl.writer.build import build

        source = self.invoice()
        self.issued_at += timedelta(hours=self.whole(0, 200))
        given: dict[str, Any] = {
            "number": self.note_number(kind),
            "issued_at": self.issued_at,
            "description": self.maybe(lambda: self.text(400)),
        }
        invoice: Any = build(source, self.issuer)
        if self.chance(0.3):
            invoice, given["key"] = source, invoice.key
        if kind == "credit_note" and self.chance(0.4):
            return CreditNote.correcting(invoice, concept=CreditNoteConcept.ANULACION, **given)
        concept = self.concept(kind, annulling=False)
        chosen = self.some(source.lines, 1, min(3, len(source.lines)))
        lines = [
            line.without_amounts(id=None, quantity=line.quantity / 2 if line.allowances == () else line.quantity)
            for line in chosen
        ]
        model = CreditNote if kind == "credit_note" else DebitNote
        return model.correcting(invoice, concept=concept, lines=lines, **given)

    def common(self, model: type[Any], operation: str, *, export: bool = False) -> dict[str, Any]:
        """Make what the three kinds share."""
        health = operation.startswith(HEALTH_PREFIX)
        lines = self.lines(operation, export, withholdings=model.ALLOWS_WITHHOLDINGS)
        value = worth(lines)
        values: dict[str, Any] = {
            "issued_at": self.issued_at,
            "operation": operation,
            "supplier": parties.dressed(self, self.issuer.organization),
            "customer": parties.foreigner(self) if export else parties.customer(self),
            "lines": lines,
            **self.particulars(value, export=export),
            "period": self.period() if health else self.maybe(self.period, 0.1),
            "health": self.health() if health else None,
        }
        advances = 0.5 if health else 0.15
        return values | self.settlement(
            value,
            foreign=0.8 if export else 0.1,
            advances=advances if model.ALLOWS_PREPAYMENTS else None,
            concepts=tuple(HealthCollectionConcept) if health else (),
        )

    # --- numbers and concepts ----------------------------------------------------------------------------------------

    def number(self) -> str:
        resolution = self.issuer.resolution or sample_issuer().resolution
        assert resolution is not None
        return resolution.number(self.whole(resolution.range_from, resolution.range_to))

    def note_number(self, kind: str) -> str:
        prefix = self.issuer.note_prefix
        if prefix is None:
            prefix = self.pick(("NC", "C1X") if kind == "credit_note" else ("ND", "D1X"))
        return f"{prefix}{self.whole(1, 10**8)}"

    def concept(self, kind: str, *, annulling: bool) -> str:
        if kind == "debit_note":
            return self.pick(tuple(DebitNoteConcept)).value
        return self.pick(
            tuple(member for member in CreditNoteConcept if annulling or member is not CreditNoteConcept.ANULACION)
        ).value

    # --- lines -------------------------------------------------------------------------------------------------------

    def lines(self, operation: str, export: bool, *, withholdings: bool) -> list[Line]:
        lines = self.many(lambda: self.line(operation, export, withholdings))
        if operation == OperationType.AIU.value:
            lines[0] = lines[0].replace(notes=(f"Contrato de servicios AIU por concepto de: {self.text(60)}",))
        return lines

    def line(self, operation: str, export: bool, withholdings: bool) -> Line:
        details = self.item(lambda: self.taxes(operation), branded=1 if export else 0.1)
        if withholdings and self.chance(0.2):
            details["withholdings"] = tuple(self.withholding() for _ in range(self.whole(1, 2)))
        if export or self.chance(0.6):
            details |= self.standard((ProductStandard.PARTIDA_ARANCELARIA,)) if export else self.standard()
        if operation == OperationType.MANDATOS.value:
            details["principal"] = parties.reference(self)
        if operation == OperationType.TRANSPORTE.value:
            details["seller_code"] = self.pick(("0", "1"))
            details["properties"] = (
                ItemProperty(name="01", value=self.digits(8, 14)),
                ItemProperty(name="02", value=self.digits(8, 14)),
                ItemProperty(name="03", value=self.digits(5, 8), quantity=self.quantity(), unit="KGM"),
            )
        if self.chance(0.1):
            return self.free(details)
        price = self.price()
        return Line(price=price, allowances=self.allowances(price * details["quantity"]), **details)

    def free(self, details: dict[str, Any]) -> Line:
        price_type = self.pick(tuple(ReferencePrice)).value
        line = Line.free(reference_price=self.money(), price_type=price_type, **details)
        assert line.reference_price is not None
        if self.chance(0.2):
            return line.replace(reference_price=line.reference_price.replace(type=self.text(20)))
        return line

    # --- taxes -------------------------------------------------------------------------------------------------------

    def taxes(self, operation: str) -> tuple[TaxTotal, ...]:
        """Make the taxes of a line: none (excluded), mostly only IVA, sometimes several."""
        if self.chance(0.1):
            return ()
        if self.chance(0.5):
            codes = self.some([member for member in TaxCode if member.kind != "withholding"], 1, 3)
            return tuple(self.tax(code) for code in codes)
        base = self.maybe(self.money, 0.5 if operation == OperationType.AIU.value else 0.05)
        return (tax(TaxCode.IVA, percent=self.pick(_RATES[TaxCode.IVA.value]), base=base),)

    def tax(self, code: TaxCode) -> TaxTotal:
        name = self.text(30) if code is TaxCode.OTROS else None
        if code is TaxCode.IBUA:
            return ibua(self.whole(20, 80), millilitres=self.whole(1, 100_000))
        if code.base == "nominal" or (code.base == "any" and self.chance(0.5)):
            measure = self.maybe(self.quantity, 0.5)
            unit = self.maybe(lambda: self.pick(UNITS), 0.5)
            return tax(code, per_unit=self.decimal(7, 2), measure=measure, unit=unit, name=name)
        rates = _RATES.get(code.value)
        return tax(code, percent=self.pick(rates) if rates else self.percent(), name=name)

    def withholding(self) -> TaxTotal:
        code = self.pick([member for member in TaxCode if member.kind == "withholding"])
        return tax(code, percent=self.pick(_RATES[code.value]))

    # --- health ------------------------------------------------------------------------------------------------------

    def health(self) -> HealthSector:
        users = [
            HealthUser.of(
                provider_code=self.digits(10, 12),
                modality=self.pick(tuple(HealthPaymentModality)),
                coverage=self.pick(tuple(HealthCoverage)),
                contract=self.maybe(lambda: self.text(20), 0.7),
                policy=self.maybe(lambda: self.digits(5, 10)),
            )
            for _ in range(self.whole(1, 3))
        ]
        if self.chance(0.2):
            users.append(HealthUser(data=(HealthDatum(name="COPAGO"), HealthDatum(name="CUOTA_MODERADORA", value="0"))))
        sector = HealthSector.of(*users, responsible="https://www.minsalud.gov.co", norm="Resolución 948:2026")
        if self.chance(0.2):
            extra = HealthTag(name=self.text(30), value=self.maybe(lambda: self.text(30)))
            return sector.replace(tags=(*sector.tags, extra), group=self.text(20), collection=self.text(20))
        return sector


SAMPLES = _SalesSamples()
