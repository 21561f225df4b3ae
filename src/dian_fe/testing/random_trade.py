"""The random parts that documents with lines and totals of every family share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, TypeVar

from ..catalogs import DeliveryTerms as Incoterm
from ..catalogs import PaymentMeans, ProductStandard, Unit, catalog
from ..models.delivery import Delivery, DeliveryTerms
from ..models.issuer import Issuer
from ..models.lines import AllowanceCharge, ItemProperty, Line, charge, discount
from ..models.payment import ExchangeRate, Payment, PaymentTerms, Prepayment, instalments
from ..models.references import DocumentReference, OrderReference, Period
from ..models.taxes import TaxTotal
from ..models.totals import Rounding, RoundingMode, TaxRounding
from . import random_parties as parties
from .random_documents import FIRST_DAY, LAST_DAY
from .random_values import RandomValues

L = TypeVar("L", bound=Line)

_LEAST_DISCOUNTED = 100
"""Smaller documents get no discounts: rounded to whole pesos they could be worth less than nothing."""
_LEAST_OF_LINE = 4
"""The same for lines."""
UNITS = tuple(member.value for member in Unit)
IVA_RATES = ("19", "5", "0")


def worth(lines: Sequence[Line]) -> Decimal:
    """Return what certainly remains of lines after their own discounts."""
    return sum((line.price * line.quantity for line in lines), Decimal(0)) / 4


class TradeMaker:
    """Makes the parts of one document."""

    def __init__(self, rng: RandomValues, issuer: Issuer, most_lines: int) -> None:
        """Draw the moment of issue."""
        self.rng = rng
        self.issuer = issuer
        self.most_lines = most_lines
        self.issued_at = rng.moment(FIRST_DAY, LAST_DAY)
        self.today = (self.issued_at - timedelta(hours=5)).date()

    # --- the document ------------------------------------------------------------------------------------------------

    def particulars(self, value: Decimal, *, export: bool = False) -> dict[str, Any]:
        """Make what a document says besides parties and lines; ``value`` is what its lines are worth at least."""
        rng = self.rng
        return {
            "payment": self.payments(),
            "notes": rng.several(lambda: rng.text(3000), 3),
            "tax_point_date": rng.maybe(lambda: self.earlier(30), 0.1),
            "order": rng.maybe(self.order),
            "billing_references": rng.several(self.reference, 2, 0.1),
            "despatch_references": rng.several(self.reference, 3, 0.1),
            "receipt_references": rng.several(self.reference, 3, 0.1),
            "additional_references": rng.several(self.reference, 3, 0.1),
            "tax_representative": rng.maybe(lambda: parties.reference(rng), 0.15),
            "delivery": rng.maybe(self.delivery),
            "delivery_terms": self.delivery_terms() if export else rng.maybe(self.delivery_terms, 0.1),
            "payment_terms": self.payment_terms(),
            "allowances": self.document_allowances(value),
        }

    def money(
        self, value: Decimal, *, foreign: float = 0.1, advances: float | None = 0.15, concepts: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Make rounding, currency and prepayments: ``foreign`` and ``advances`` are the chances of the last two.

        ``advances`` None: the kind has no prepayments. ``concepts``: those of prepayments.
        """
        rng = self.rng
        values: dict[str, Any] = {
            "rounding": rng.maybe(self.rounding, 0.4),
            "payable_rounding": rng.maybe(lambda: Decimal(rng.whole(0, 99)).scaleb(-2), 0.1),
        }
        if rng.chance(foreign):
            values |= self.foreign_currency()
        if advances is not None and value >= _LEAST_DISCOUNTED and rng.chance(advances):
            values["prepayments"] = self.prepayments(value, concepts)
            values["deduct_prepayments"] = rng.pick((None, None, True, False))
        return values

    # --- dates -------------------------------------------------------------------------------------------------------

    def earlier(self, days: int) -> date:
        """Return a day up to so many before the issue."""
        return self.today - timedelta(days=self.rng.whole(0, days))

    def later(self, days: int) -> date:
        """Return a day up to so many after the issue."""
        return self.today + timedelta(days=self.rng.whole(0, days))

    def period(self, *, within_month: bool = False) -> Period:
        """Make a period that ends in the month of issue, and begins in it or before."""
        rng = self.rng
        first = self.today.replace(day=1)
        end = rng.day(first, self.today)
        start = rng.day(first if within_month else first - timedelta(days=60), end)
        if rng.chance(0.3):
            return Period(start=start, start_time=rng.clock(), end=end, end_time=rng.clock())
        return Period.between(start, end)

    # --- lines -------------------------------------------------------------------------------------------------------

    def many(self, make: Callable[[], L]) -> list[L]:
        """Make lines: few mostly, rarely as many as there may be."""
        rng = self.rng
        most = self.most_lines if rng.chance(0.05) else min(4, self.most_lines)
        return [make() for _ in range(rng.whole(1, most))]

    def item(self, taxes: Callable[[], tuple[TaxTotal, ...]], *, branded: float = 0.1) -> dict[str, Any]:
        """Make what a line says of the thing and its quantity; ``branded`` is the chance of brand and model."""
        rng = self.rng
        return {
            "description": rng.text(300),
            "unit": rng.pick(UNITS) if rng.chance(0.9) else rng.pick(tuple(catalog("units"))),
            "taxes": taxes(),
            "quantity": rng.quantity(),
            "notes": rng.several(lambda: rng.text(1000), 2, 0.1),
            "seller_code": rng.maybe(lambda: rng.text(20), 0.3),
            "brand": rng.maybe(lambda: rng.text(60), branded),
            "model": rng.maybe(lambda: rng.text(60), branded),
            "pack_size": rng.maybe(rng.quantity, 0.05),
            "properties": rng.several(self.property, 3, 0.1),
        }

    def standard(self, standards: Sequence[ProductStandard] = tuple(ProductStandard)) -> dict[str, Any]:
        """Make the code of a thing in a standard."""
        rng = self.rng
        return {
            "standard_code": rng.digits(8, 14),
            "standard": rng.pick(standards).value,
            "standard_name": rng.maybe(lambda: rng.text(30), 0.1),
        }

    def property(self) -> ItemProperty:
        """Make a named property of an item."""
        rng = self.rng
        if rng.chance(0.3):
            return ItemProperty(name=rng.text(40), quantity=rng.quantity(), unit=rng.maybe(lambda: "KGM", 0.7))
        return ItemProperty(name=rng.text(40), value=rng.maybe(lambda: rng.text(60), 0.9))

    def allowances(self, gross: Decimal) -> tuple[AllowanceCharge, ...]:
        """Make the discounts and charges of a line; discounts never exceed its value."""
        rng = self.rng
        if not rng.chance(0.25):
            return ()
        made = []
        if rng.chance(0.6):
            made.append(discount(rng.percent(50), reason=rng.text(60)))
        if rng.chance(0.3):
            quarter = (gross / 4).quantize(Decimal("0.01"), ROUND_DOWN)
            made.append(discount(amount=quarter, reason=rng.text(60), reason_code="01"))
        if rng.chance(0.4):
            made.append(rng.pick((charge(rng.percent()), charge(amount=rng.money(), reason_code="03"))))
        return tuple(each for each in made if each.is_charge or gross >= _LEAST_OF_LINE)

    # --- money -------------------------------------------------------------------------------------------------------

    def document_allowances(self, value: Decimal) -> tuple[AllowanceCharge, ...]:
        """Make discounts and charges of the document; discounts never exceed its value."""
        rng = self.rng
        if value < _LEAST_DISCOUNTED or not rng.chance(0.2):
            return ()
        quarter = (value / 4).quantize(Decimal("0.01"), ROUND_DOWN)
        options: Sequence[Callable[[], AllowanceCharge]] = (
            lambda: discount(amount=quarter, reason=rng.text(60)),
            lambda: discount(rng.percent(10), reason_code="01"),
            lambda: charge(rng.percent(10), reason=rng.text(60)),
            lambda: charge(amount=rng.money(), reason="Propina", reason_code="03"),
        )
        return tuple(make() for make in rng.some(options, 1, 3))

    def rounding(self) -> Rounding:
        """Make a policy of rounding."""
        rng = self.rng
        return Rounding(
            decimals=rng.pick((2, 0)), mode=rng.pick(tuple(RoundingMode)), taxes=rng.pick(tuple(TaxRounding))
        )

    def foreign_currency(self) -> dict[str, Any]:
        """Make a currency other than COP and its rate."""
        rng = self.rng
        # The usual ones often enough that no choice of seeds misses them.
        rare = rng.chance(0.5)
        currency = rng.pick([code for code in catalog("currencies") if code != "COP"] if rare else ("USD", "EUR"))
        rate = ExchangeRate(
            currency=currency,
            rate=rng.decimal(8, rng.pick((2, 4, 6))),
            date=self.earlier(3),
            source_base=rng.maybe(lambda: Decimal("1.00"), 0.2),
        )
        return {"currency": currency, "exchange_rate": rate}

    def prepayments(self, value: Decimal, concepts: Sequence[str] = ()) -> tuple[Prepayment, ...]:
        """Make prepayments, of at most three eighths of the value."""
        rng = self.rng
        most = (value / 8).quantize(Decimal("0.01"), ROUND_DOWN)
        return tuple(
            Prepayment(
                id=str(position),
                collection_concept=rng.pick(concepts) if concepts else None,
                amount=most if rng.chance(0.5) else most.to_integral_value(ROUND_DOWN),
                received=self.earlier(60),
                paid=rng.maybe(lambda: self.earlier(60), 0.4),
                instruction=rng.maybe(lambda: rng.text(40)),
            )
            for position in range(1, rng.whole(1, 3) + 1)
        )

    def payments(self) -> list[Payment]:
        """Make one to three payments."""
        return [self.payment() for _ in range(self.rng.whole(1, 3) if self.rng.chance(0.3) else 1)]

    def payment(self) -> Payment:
        """Make a payment: in cash or on credit, by any means."""
        rng = self.rng
        means = rng.pick(tuple(PaymentMeans)).value
        ids = rng.several(lambda: rng.text(30), 2, 0.15)
        return Payment.credit(self.later(180), means, *ids) if rng.chance(0.4) else Payment.cash(means, *ids)

    def payment_terms(self) -> tuple[PaymentTerms, ...]:
        """Make instalments or other conditions."""
        rng = self.rng
        if rng.chance(0.1):
            return instalments(*((self.later(360), rng.money()) for _ in range(rng.whole(2, 6))))
        return rng.several(self.payment_term, 2, 0.1)

    def payment_term(self) -> PaymentTerms:
        """Make a condition of payment."""
        rng = self.rng
        return PaymentTerms(
            means_id=rng.pick(("1", "2")),
            note=rng.maybe(lambda: rng.text(100)),
            reference_event=rng.maybe(lambda: "1", 0.4),
            duration=rng.maybe(lambda: rng.whole(1, 120), 0.6),
            due_date=rng.maybe(lambda: self.later(120)),
        )

    # --- references and delivery -------------------------------------------------------------------------------------

    def reference(self, *, keyed: bool = False) -> DocumentReference:
        """Name a document; an electronic one, and the invoice that a note corrects, with its key."""
        rng = self.rng
        type_code = rng.maybe(lambda: rng.pick(("01", "03", "91")), 0.3)
        return DocumentReference(
            number=f"{rng.pick(('SETP', 'A', ''))}{rng.digits(1, 9)}",
            key=rng.key() if keyed or type_code is not None else rng.maybe(rng.key, 0.7),
            issue_date=rng.maybe(lambda: self.earlier(300), 0.8),
            type_code=type_code,
            description=rng.maybe(lambda: rng.text(100)),
        )

    def order(self) -> OrderReference:
        """Make a reference to an order."""
        rng = self.rng
        return OrderReference(
            number=rng.text(20),
            sales_order=rng.maybe(lambda: rng.digits(1, 9)),
            issue_date=rng.maybe(lambda: self.earlier(60), 0.6),
        )

    def delivery(self) -> Delivery:
        """Make a delivery."""
        rng = self.rng
        return Delivery(
            date=self.later(30),
            time=rng.maybe(rng.clock, 0.5),
            address=rng.maybe(lambda: parties.address(rng), 0.7),
            carrier=rng.maybe(lambda: parties.carrier(rng), 0.5),
        )

    def delivery_terms(self) -> DeliveryTerms:
        """Make the terms of a delivery."""
        rng = self.rng
        return DeliveryTerms(
            id=rng.pick(("1", "2")),
            special_terms=rng.text(100),
            incoterm=rng.pick(tuple(Incoterm)).value,
            loss_risk=rng.maybe(lambda: rng.text(60)),
        )
