"""Random equivalent documents and notes, with every feature; the same seed gives the same document."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ...catalogs import DocumentType, IdAlgorithm, PaymentMeans, ProductStandard, TaxCode, catalog
from ...models.customer import Customer
from ...models.issuer import Issuer
from ...models.payment import Payment
from ...models.references import Correction, DocumentReference
from ...models.taxes import TaxTotal, inc, inc_bolsas, iva, tax
from ...signing.documents import Signed, sign_document
from ...testing import random_parties as parties
from ...testing.random_documents import MOST_LINES
from ...testing.random_trade import IVA_RATES, TradeMaker, worth
from ...testing.samples import Issued, Samples, issuer_at
from ...ubl.writer.build import Built, build
from ..registry import kind as kind_named
from .models import (
    CONTINGENCY,
    CinemaTicket,
    EquivalentDocument,
    EquivalentLine,
    ItemCode,
    PosTicket,
    TransportTicket,
    UtilityBill,
)
from .notes import EquivalentCreditNote, EquivalentDebitNote, EquivalentNote
from .parts import BuyerBenefits, OpenElement, PointOfSale, Showing, SoftwareMaker, Trip, UtilityService

if TYPE_CHECKING:
    from ...testing.authority import Authority
    from ...testing.simulator import Simulator

Document: TypeAlias = EquivalentDocument | EquivalentNote

DOCUMENTS: Final[dict[str, type[EquivalentDocument]]] = {
    "pos_ticket": PosTicket,
    "transport_ticket": TransportTicket,
    "utility_bill": UtilityBill,
    "cinema_ticket": CinemaTicket,
}
NOTES: Final[dict[str, type[EquivalentNote]]] = {
    "equivalent_credit_note": EquivalentCreditNote,
    "equivalent_debit_note": EquivalentDebitNote,
}
PREFIXES: Final = {"pos_ticket": "EPOS", "transport_ticket": "ETTT", "utility_bill": "ESPD", "cinema_ticket": "ECIN"}
"""Prefixes of the numberings: that of DIAN's examples of tickets, and made-up ones."""
_SERVICES: Final = ("Acueducto", "Alcantarillado", "Energía", "Gas", "Residuos", "Alumbrado")


class _EquivalentSamples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = MOST_LINES) -> Document:
        """Make a document of up to ``most_lines`` lines, of a kind or of any."""
        maker = _Maker(source, issuer, most_lines)
        return maker.document(kind or maker.pick((*DOCUMENTS, *NOTES)))

    def issuer(self, dian: Authority) -> Issuer:
        """Return the usual issuer with a numbering of its own for each kind; its software serves them too."""
        usual = issuer_at(dian)
        nit = usual.organization.nit
        given = (
            dian.resolution(prefix, key_digits=0, nit=nit).replace(document_type=kind_named(name).document_type)
            for name, prefix in PREFIXES.items()
        )
        return usual.replace(numberings=tuple(dian.register(each, nit=nit) for each in given))

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Make a document and sign it; the document that a note adjusts is accepted first."""
        issuer = self.issuer(dian)
        maker = _Maker(Random(seed), issuer, MOST_LINES)
        document = maker.corrected(kind) if kind in NOTES else maker.sold(kind)

        def signed(built: Built[Any]) -> Signed[Any]:
            return sign_document(built, dian.signer(issuer.organization.nit), at=built.document.issued_at)

        for before in maker.before:
            verdict = dian.judge(signed(before).xml)
            assert verdict.is_valid, [str(fault) for fault in verdict.faults]
        return Issued(signed(build(document, issuer)), issuer)


class _Maker(TradeMaker):
    """Makes the parts of one document."""

    before: tuple[Built[Any], ...] = ()
    """The document that a note adjusts, and earlier notes over it."""

    def document(self, kind: str) -> Document:
        if kind in DOCUMENTS:
            return self.sold(kind)
        return self.corrected(kind) if self.chance(0.6) else self.note(kind)

    # --- documents ---------------------------------------------------------------------------------------------------

    def sold(self, kind: str) -> EquivalentDocument:
        model = DOCUMENTS[kind]
        values = self.common(kind)
        contingency = self.maybe(lambda: self.pick(CONTINGENCY), 0.1)
        if contingency is not None:
            # What was handed over in contingency is named (rule DEAI01 of type 08).
            values |= {"type_code": contingency, "additional_references": (self.reference(),)}
        values |= getattr(self, f"_{kind}")()
        return model.from_lines(
            number=self.number(kind),
            maker=SoftwareMaker(person=self.text(60), company=self.text(60), software=self.text(40)),
            due_date=self.maybe(lambda: self.later(90)),
            withholdings=self.several(self.withholding, 1, 0.1),
            **values,
            **self.settlement(worth(values["lines"]), foreign=0.05),
        )

    def _pos_ticket(self) -> dict[str, Any]:
        points = self.maybe(lambda: Decimal(self.whole(0, 10**6)).scaleb(-self.pick((0, 2))), 0.5)
        return {
            "point_of_sale": PointOfSale(
                plate=self.digits(1, 8),
                location=self.text(80),
                cashier=self.text(60),
                till_type=self.text(40),
                sale_code=self.digits(1, 12),
                subtotal=self.maybe(self.money, 0.2),
            ),
            "benefits": points and BuyerBenefits(code=self.digits(4, 12), name=self.text(60), points=points),
            # A ticket is paid at once (rule DEAN02).
            "payment": [Payment.cash(self.pick(tuple(PaymentMeans)).value) for _ in range(self.whole(1, 2))],
        }

    def _transport_ticket(self) -> dict[str, Any]:
        trip = Trip(
            mode="Terrestre",
            plate=f"ABC{self.digits(3, 3)}",
            vehicle=self.pick(("Bus", "Buseta", "Taxi")),
            origin=self.text(60),
            destination=self.text(60),
        )
        return {"trip": trip, "payment": Payment.cash(self.pick(tuple(PaymentMeans)).value)}

    def _cinema_ticket(self) -> dict[str, Any]:
        showing = Showing(
            cinema=self.text(60),
            address=self.text(100),
            room=self.digits(1, 2),
            chairs=str(self.whole(1, 9)),
            film=self.text(60),
            seat=f"{self.pick('ABCDEF')}{self.whole(1, 20)}",
            date=self.later(7).isoformat(),
            time="18:30:00",
            further=self.several(self._open, 1, 0.2),
        )
        return {"showing": showing, "payment": Payment.cash(self.pick(tuple(PaymentMeans)).value)}

    def _utility_bill(self) -> dict[str, Any]:
        return {
            "services": tuple(self._service(position) for position in range(1, self.whole(1, 4) + 1)),
            "operation": self.pick(UtilityBill.OPERATIONS),
            "cost_code": self.maybe(lambda: self.digits(1, 6)),
            "payment_reference": self.maybe(lambda: self.digits(8, 14), 0.7),
            "tax_point_date": self.maybe(lambda: self.later(20), 0.7),
        }

    def _service(self, position: int) -> UtilityService:
        of = OpenElement.of
        meter = of("UtilityMeter", of("MeterNumber", self.digits(4, 9)))
        return UtilityService(
            id=str(position),
            name=self.pick(_SERVICES),
            company=self.text(60),
            collector=self.maybe(lambda: self.text(60), 0.6),
            third_party=self.chance(0.2),
            content=(
                of("ID", self.digits(4, 9), schemeName="Contrato"),
                of("SubscriberParty", of("PartyName", of("Name", self.text(60)))),
                of("SubscriberConsumption", of("DurationOfTheBillingCycle", "1", unitOfTime="mes"), meter),
            ),
        )

    def _open(self) -> OpenElement:
        return OpenElement.of("Otro", OpenElement.of("cbc:Name", self.text(40)), tipo=self.text(20))

    # --- notes -------------------------------------------------------------------------------------------------------

    def note(self, kind: str) -> EquivalentNote:
        """Make a note without its document, which it only names, of any kind of equivalent document."""
        model = NOTES[kind]
        operation = self.pick(model.OPERATIONS)
        adjusted = DocumentReference(
            number=f"EPOS{self.digits(1, 7)}",
            key=self.key(),
            key_scheme=IdAlgorithm.CUDE.value,
            issue_date=self.earlier(60),
        )
        correction = Correction(
            concept=self.pick(tuple(model.CONCEPTS)),
            description=self.maybe(lambda: self.text(400)),
            reference=self.maybe(lambda: adjusted.number, 0.8),
        )
        values = self.common("pos_ticket")
        values |= {"billing_references": (adjusted,), "corrections": (correction,), "operation": operation}
        values["customer"] = values["customer"] or Customer.final_consumer()
        money = self.settlement(worth(values["lines"]), advances=None)
        return model.from_lines(number=self.note_number(), **values, **money)

    def corrected(self, kind: str) -> EquivalentNote:
        """Make one or two notes over a document made here: over all of it, or part of some lines."""
        model = NOTES[kind]
        source = build(self.sold(self.pick(tuple(DOCUMENTS))), self.issuer)
        self.before = (source,)
        if model.ANNULMENT is not None and self.chance(0.3):
            return self.over(model, source, model.ANNULMENT)
        partial = tuple(each.value for each in model.CONCEPTS if each.value != model.ANNULMENT)
        if self.chance(0.3):
            first = build(self.over(model, source, self.pick(partial), parts=16), self.issuer)
            self.before = (source, first)
            return self.over(model, source, self.pick(partial), parts=16, previous=[first])
        return self.over(model, source, self.pick(partial), parts=8)

    def over(
        self, model: type[EquivalentNote], source: Any, concept: str, *, parts: int | None = None, **given: Any
    ) -> EquivalentNote:
        """Make a note that annuls a document, or over less than what remains of some lines."""
        self.issued_at += timedelta(hours=self.whole(0, 200))
        if parts is not None:
            chosen = self.some(source.document.lines, 1, min(3, len(source.document.lines)))
            given["lines"] = [_part(line, parts) for line in chosen]
        if self.chance(0.3):
            given["key"], source = source.key, source.document
        return model.correcting(
            source,
            concept=concept,
            number=self.note_number(),
            issued_at=self.issued_at,
            description=self.maybe(lambda: self.text(400)),
            **given,
        )

    # --- what all share ----------------------------------------------------------------------------------------------

    def common(self, kind: str) -> dict[str, Any]:
        """Make what documents and notes share."""
        lines = self.many(lambda: self.line(kind))
        values = self.particulars(worth(lines))
        del values["billing_references"]
        if kind != "utility_bill":
            values["billing_references"] = self.several(self._note_before, 1, 0.1)
        return {
            "issued_at": self.issued_at,
            "supplier": parties.dressed(self, self.issuer.organization),
            "customer": None if self.chance(0.4) else parties.customer(self),
            "lines": lines,
            "period": self.maybe(self.period, 0.1),
            **values,
        }

    def _note_before(self) -> DocumentReference:
        """Make the note after which a document is issued anew, as in DIAN's second example."""
        return DocumentReference(
            number=f"NDA{self.digits(1, 5)}",
            key=self.key(),
            key_scheme=IdAlgorithm.CUDE.value,
            issue_date=self.earlier(60),
            type_code=DocumentType.NOTA_CREDITO_AL_DOCUMENTO_EQUIVALENTE.value,
        )

    def number(self, kind: str) -> str:
        known = self.issuer.numbering_of(kind_named(kind), "")
        if known is None:
            return f"{PREFIXES[kind]}{self.whole(1, 5_000_000)}"
        return known.number(self.whole(known.range_from, known.range_to))

    def note_number(self) -> str:
        return f"{self.pick(('NC', 'ND', 'N1X', ''))}{self.whole(1, 10**8)}"

    def line(self, kind: str) -> EquivalentLine:
        details = self.item(lambda: self.taxes(kind))
        if kind == "pos_ticket" and self.chance(0.1):
            # A bag is a line of its own, with a tax per unit and no other.
            details |= {"description": "Bolsa", "unit": "94", "taxes": (inc_bolsas(self.whole(50, 80)),)}
        price = self.price()
        return EquivalentLine(
            price=price,
            allowances=self.allowances(price * details["quantity"]),
            other_codes=self.several(self.code, 2, 0.1),
            cost_code=self.maybe(lambda: self.digits(1, 4), 0.3) if kind == "utility_bill" else None,
            **details,
            **self.standard(),
        )

    def code(self) -> ItemCode:
        standard = self.pick(tuple(ProductStandard)).value
        return ItemCode(code=self.digits(4, 13), standard=standard, standard_name=self.maybe(lambda: self.text(30)))

    def taxes(self, kind: str) -> tuple[TaxTotal, ...]:
        """Make the taxes of a line: none of transport, which is excluded."""
        if kind == "transport_ticket" or self.chance(0.2):
            return ()
        first = inc(8) if self.chance(0.15) else iva(self.pick(IVA_RATES))
        return (first, tax(TaxCode.ICUI, percent=20)) if self.chance(0.1) else (first,)

    def withholding(self) -> TaxTotal:
        table = tuple(entry.details["rate"] for entry in catalog("income_withholding_rates").values())
        return tax(TaxCode.RETERENTA, percent=self.pick(table))


def _part(line: Any, parts: int) -> Any:
    """Return a part of a line, without its discounts: less than it is worth after them."""
    quantity = (line.quantity / parts).quantize(Decimal("0.000001"), ROUND_DOWN)
    if quantity:
        return line.without_amounts(id=None, quantity=quantity, allowances=())
    return line.without_amounts(id=None, price=(line.price / parts).quantize(Decimal("0.000001")), allowances=())


SAMPLES = _EquivalentSamples()
