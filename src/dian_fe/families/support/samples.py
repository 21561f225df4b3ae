"""Random support documents and adjustment notes, with every feature; the same seed gives the same document."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ...catalogs import (
    DocumentType,
    IdAlgorithm,
    IdType,
    Responsibility,
    SupportDocumentNoteConcept,
    SupportDocumentTransmission,
    TaxCode,
    catalog,
)
from ...models.issuer import Issuer
from ...models.references import Correction, DocumentReference
from ...models.taxes import TaxTotal, tax
from ...signing.documents import Signed, sign_document
from ...testing import random_parties as parties
from ...testing.random_documents import MOST_LINES
from ...testing.random_trade import IVA_RATES, TradeMaker, worth
from ...testing.samples import Issued, Samples, issuer_at
from ...ubl.writer.build import Built, build
from ..registry import kind as kind_named
from .models import Purchase, Seller, SupportDocument, SupportLine, SupportNote

if TYPE_CHECKING:
    from ...testing.authority import Authority
    from ...testing.simulator import Simulator

Document: TypeAlias = SupportDocument | SupportNote

PREFIX: Final = "SEDS"
"""Prefix of the numbering, as in a test document of habilitación."""
KINDS: Final = ("support_document", "support_note")
_FOREIGN_IDS: Final = (
    IdType.NIT_DE_OTRO_PAIS,
    IdType.PASAPORTE,
    IdType.DOCUMENTO_DE_IDENTIFICACION_EXTRANJERO,
    IdType.TARJETA_DE_EXTRANJERIA,
    IdType.CEDULA_DE_EXTRANJERIA,
    IdType.PEP,
    IdType.CEDULA_DE_CIUDADANIA,
    IdType.NIT,
)
"""How sellers abroad are identified."""
_NO_POSTAL_CODE: Final = "000000"
"""Accepted where the code is not known."""


class _SupportSamples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = MOST_LINES) -> Document:
        """Make a document of up to ``most_lines`` lines, of a kind or of any."""
        maker = _Maker(source, issuer, most_lines)
        return maker.document(kind or maker.pick(KINDS))

    def issuer(self, dian: Authority) -> Issuer:
        """Return the usual issuer with a numbering of its own for support documents; its software serves them too."""
        usual = issuer_at(dian)
        given = dian.resolution(PREFIX, key_digits=0, nit=usual.organization.nit)
        own = given.replace(document_type=DocumentType.DOCUMENTO_SOPORTE.value)
        return usual.replace(numberings=(dian.register(own, nit=usual.organization.nit),))

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Make a document and sign it; the document that a note corrects is accepted first."""
        issuer = self.issuer(dian)
        maker = _Maker(Random(seed), issuer, MOST_LINES)
        document = maker.bought() if kind == KINDS[0] else maker.corrected()

        def signed(built: Built[Any]) -> Signed[Any]:
            return sign_document(built, dian.signer(issuer.organization.nit), at=built.document.issued_at)

        for before in maker.before:
            verdict = dian.judge(signed(before).xml)
            assert verdict.is_valid, [str(fault) for fault in verdict.faults]
        return Issued(signed(build(document, issuer)), issuer)


class _Maker(TradeMaker):
    """Makes the parts of one document."""

    before: tuple[Built[Any], ...] = ()
    """The document that a note corrects, and earlier notes over it."""

    def document(self, kind: str) -> Document:
        if kind == KINDS[0]:
            return self.bought()
        return self.corrected() if self.chance(0.6) else self.note()

    def bought(self) -> SupportDocument:
        values = self.common()
        # At most one is referred to (annex 1.1, through implementers).
        values["billing_references"] = values["billing_references"][:1]
        withheld = self.several(self.withholding, 1)
        code = withheld[0].code if withheld else None
        values["lines"] = [self.withheld(line, code) for line in values["lines"]]
        advances = self.settlement(worth(values["lines"]))
        due_date = self.maybe(lambda: self.later(90))
        return SupportDocument.from_lines(
            number=self.number(), withholdings=withheld, due_date=due_date, **values, **advances
        )

    def note(self) -> SupportNote:
        """Make a note without its document, which it only names."""
        values = self.common()
        corrected = DocumentReference(
            number=f"{PREFIX}{self.digits(1, 7)}",
            key=self.key(),
            key_scheme=IdAlgorithm.CUDS.value,
            issue_date=self.earlier(60),
        )
        concept = self.pick(tuple(SupportDocumentNoteConcept))
        correction = Correction(
            concept=concept,
            description=self.maybe(lambda: self.text(400)),
            reference=self.maybe(lambda: corrected.number, 0.8),
        )
        values |= {"billing_references": (corrected,), "corrections": (correction,)}
        money = self.settlement(worth(values["lines"]), advances=None)
        return SupportNote.from_lines(number=self.note_number(), **values, **money)

    def corrected(self) -> SupportNote:
        """Make one or two notes over a document made here: over all of it, or part of some lines."""
        source = build(self.bought(), self.issuer)
        self.before = (source,)
        if self.chance(0.3):
            return self.over(source, SupportDocumentNoteConcept.ANULACION)
        partial = tuple(each for each in SupportDocumentNoteConcept if each != SupportDocumentNoteConcept.ANULACION)
        if self.chance(0.3):
            first = build(self.over(source, self.pick(partial), parts=16), self.issuer)
            self.before = (source, first)
            return self.over(source, self.pick(partial), parts=16, previous=[first])
        return self.over(source, self.pick(partial), parts=8)

    def over(self, source: Any, concept: str, *, parts: int | None = None, **given: Any) -> SupportNote:
        """Make a note that annuls a document, or that deducts less than what remains of some lines."""
        self.issued_at += timedelta(hours=self.whole(0, 200))
        if parts is not None:
            chosen = self.some(source.document.lines, 1, min(3, len(source.document.lines)))
            given["lines"] = [_part(line, parts) for line in chosen]
        if self.chance(0.3):
            given["key"], source = source.key, source.document
        return SupportNote.correcting(
            source,
            concept=concept,
            number=self.note_number(),
            issued_at=self.issued_at,
            description=self.maybe(lambda: self.text(400)),
            **given,
        )

    def common(self) -> dict[str, Any]:
        """Make what both kinds share; the operation follows from where the seller is."""
        lines = self.lines()
        return {
            "issued_at": self.issued_at,
            "supplier": self.seller(),
            "customer": parties.dressed(self, self.issuer.organization),
            "lines": lines,
            **self.particulars(worth(lines)),
            "period": self.maybe(self.period, 0.1),
        }

    # --- numbers -----------------------------------------------------------------------------------------------------

    def number(self) -> str:
        known = self.issuer.numbering_of(kind_named(KINDS[0]), "")
        if known is None:
            return f"{PREFIX}{self.whole(1, 5_000_000)}"
        return known.number(self.whole(known.range_from, known.range_to))

    def note_number(self) -> str:
        return f"{self.pick(('NA', 'N1X', ''))}{self.whole(1, 10**8)}"

    # --- parties -----------------------------------------------------------------------------------------------------

    def seller(self) -> Seller:
        """Make the seller: a resident person or company, or one abroad."""
        return self.pick((self.resident, self.resident, self.foreigner))()

    def resident(self) -> Seller:
        company = self.chance(0.3)
        told = parties.details(self)
        if not company and self.chance(0.3):
            told |= parties.natural_person(self)
        address = parties.address(self)
        # The line holds neither city nor department (rule DSAJ14).
        line = address.line and address.line.replace("Bogotá", "Barrio")
        postal_code = _NO_POSTAL_CODE if self.chance(0.1) else address.postal_code or _NO_POSTAL_CODE
        return Seller(
            id=parties.nit(self) if company else self.digits(6, 10),
            name=f"{self.text(400)} SAS" if company else self.text(450),
            responsibilities=self.some(tuple(Responsibility), 1, 2),
            address=address.replace(line=line, postal_code=postal_code),
            registration_address=self.maybe(lambda: parties.address(self), 0.1),
            **told,
        )

    def foreigner(self) -> Seller:
        id_type = self.pick(_FOREIGN_IDS)
        number = self.digits(6, 10)
        lettered = id_type in {IdType.NIT_DE_OTRO_PAIS, IdType.PASAPORTE}
        return Seller(
            id_type=id_type,
            id=f"{self.pick(('X', 'GB-', ''))}{number}" if lettered else number,
            name=self.text(450),
            address=parties.foreign_address(self),
            registration_address=self.maybe(lambda: parties.foreign_address(self), 0.1),
            **parties.details(self),
        )

    # --- lines -------------------------------------------------------------------------------------------------------

    def lines(self) -> list[SupportLine]:
        """Make lines of single purchases, of a week's purchases, or without a purchase date."""
        weekly = self.chance(0.3)
        days = 6 if weekly else 30
        said = 1.0 if weekly else 0.6

        def bought() -> Purchase:
            kind = (
                SupportDocumentTransmission.ACUMULADO_SEMANAL if weekly else SupportDocumentTransmission.POR_OPERACION
            )
            return Purchase(date=self.earlier(days), transmission=kind)

        return self.many(lambda: self.line().replace(purchase=self.maybe(bought, said)))

    def line(self) -> SupportLine:
        details = self.item(self.taxes)
        if self.chance(0.6):
            details |= self.standard()
        price = self.price()
        return SupportLine(price=price, allowances=self.allowances(price * details["quantity"]), **details)

    def taxes(self) -> tuple[TaxTotal, ...]:
        """Make the IVA of a line; none for an excluded good."""
        if self.chance(0.2):
            return ()
        base = self.maybe(self.money, 0.05)
        return (tax(TaxCode.IVA, percent=self.pick(IVA_RATES), base=base),)

    def withheld(self, line: SupportLine, taken: str | None) -> SupportLine:
        """Return a line with withholdings in addition to the one of all lines: each tax once (rule DSAY01)."""
        codes = [code for code in SupportDocument.WITHHOLDING_CODES if code != taken]
        return line.replace(withholdings=self.several(lambda: self.withholding(codes), 1))

    def withholding(self, codes: Any = SupportDocument.WITHHOLDING_CODES) -> TaxTotal:
        code = TaxCode(self.pick(codes))
        table = tuple(entry.details["rate"] for entry in catalog("income_withholding_rates").values())
        return tax(code, percent=self.pick(table if code is TaxCode.RETERENTA else ("15", "100")))


def _part(line: Any, parts: int) -> Any:
    """Return a part of a line, without its discounts: less than it is worth after them."""
    quantity = (line.quantity / parts).quantize(Decimal("0.000001"), ROUND_DOWN)
    if quantity:
        return line.without_amounts(id=None, quantity=quantity, allowances=())
    return line.without_amounts(id=None, price=(line.price / parts).quantize(Decimal("0.000001")), allowances=())


SAMPLES = _SupportSamples()
