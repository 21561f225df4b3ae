"""The random parts that documents with lines and totals of every family share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
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
"""Smaller documents get no discounts: rounded to whole pesos their total could be negative."""
_LEAST_OF_LINE = 4
"""The same for lines."""
UNITS = tuple(member.value for member in Unit)
IVA_RATES = ("19", "5", "0")


def worth(lines: Sequence[Line]) -> Decimal:
    """Return the least value of lines after their own discounts."""
    return sum((line.price * line.quantity for line in lines), Decimal(0)) / 4


class TradeMaker(RandomValues):
    """Makes the parts of one document."""

    def __init__(self, source: Random, issuer: Issuer, most_lines: int) -> None:
        """Draw the moment of issue."""
        super().__init__(source)
        self.issuer = issuer
        self.most_lines = most_lines
        self.issued_at = self.moment(FIRST_DAY, LAST_DAY)
        self.today = (self.issued_at - timedelta(hours=5)).date()

    # --- the document ------------------------------------------------------------------------------------------------

    def particulars(self, value: Decimal, *, export: bool = False) -> dict[str, Any]:
        """Make the data other than parties and lines; ``value`` is the least value of the lines."""
        return {
            "payment": self._payments(),
            "notes": self.several(lambda: self.text(3000), 3),
            "tax_point_date": self.maybe(lambda: self.earlier(30), 0.1),
            "order": self.maybe(self._order),
            "billing_references": self.several(self.reference, 2, 0.1),
            "despatch_references": self.several(self.reference, 3, 0.1),
            "receipt_references": self.several(self.reference, 3, 0.1),
            "additional_references": self.several(self.reference, 3, 0.1),
            "tax_representative": self.maybe(lambda: parties.reference(self), 0.15),
            "delivery": self.maybe(self._delivery),
            "delivery_terms": self._delivery_terms() if export else self.maybe(self._delivery_terms, 0.1),
            "payment_terms": self._payment_terms(),
            "allowances": self._document_allowances(value),
        }

    def settlement(
        self, value: Decimal, *, foreign: float = 0.1, advances: float | None = 0.15, concepts: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Make rounding, currency and prepayments: ``foreign`` and ``advances`` are the chances of the last two.

        ``advances`` None: the kind has no prepayments. ``concepts``: those of prepayments.
        """
        values: dict[str, Any] = {
            "rounding": self.maybe(self._rounding, 0.4),
            "payable_rounding": self.maybe(lambda: Decimal(self.whole(0, 99)).scaleb(-2), 0.1),
        }
        if self.chance(foreign):
            values |= self._foreign_currency()
        if advances is not None and value >= _LEAST_DISCOUNTED and self.chance(advances):
            values["prepayments"] = self._prepayments(value, concepts)
            values["deduct_prepayments"] = self.pick((None, None, True, False))
        return values

    # --- dates -------------------------------------------------------------------------------------------------------

    def earlier(self, days: int) -> date:
        """Return a day at most ``days`` before the issue."""
        return self.today - timedelta(days=self.whole(0, days))

    def later(self, days: int) -> date:
        """Return a day at most ``days`` after the issue."""
        return self.today + timedelta(days=self.whole(0, days))

    def period(self, *, within_month: bool = False) -> Period:
        """Make a period that ends in the month of issue, and begins in it or before."""
        first = self.today.replace(day=1)
        end = self.day(first, self.today)
        start = self.day(first if within_month else first - timedelta(days=60), end)
        if self.chance(0.3):
            return Period(start=start, start_time=self.clock(), end=end, end_time=self.clock())
        return Period.between(start, end)

    # --- lines -------------------------------------------------------------------------------------------------------

    def many(self, make: Callable[[], L]) -> list[L]:
        """Make lines: mostly few, rarely the maximum."""
        most = self.most_lines if self.chance(0.05) else min(4, self.most_lines)
        return [make() for _ in range(self.whole(1, most))]

    def item(self, taxes: Callable[[], tuple[TaxTotal, ...]], *, branded: float = 0.1) -> dict[str, Any]:
        """Make the item of a line and its quantity; ``branded`` is the chance of brand and model."""
        return {
            "description": self.text(300),
            "unit": self.pick(UNITS) if self.chance(0.9) else self.pick(tuple(catalog("units"))),
            "taxes": taxes(),
            "quantity": self.quantity(),
            "notes": self.several(lambda: self.text(1000), 2, 0.1),
            "seller_code": self.maybe(lambda: self.text(20), 0.3),
            "brand": self.maybe(lambda: self.text(60), branded),
            "model": self.maybe(lambda: self.text(60), branded),
            "pack_size": self.maybe(self.quantity, 0.05),
            "properties": self.several(self._property, 3, 0.1),
        }

    def standard(self, standards: Sequence[ProductStandard] = tuple(ProductStandard)) -> dict[str, Any]:
        """Make the code of an item in a standard."""
        return {
            "standard_code": self.digits(8, 14),
            "standard": self.pick(standards).value,
            "standard_name": self.maybe(lambda: self.text(30), 0.1),
        }

    def _property(self) -> ItemProperty:
        if self.chance(0.3):
            return ItemProperty(name=self.text(40), quantity=self.quantity(), unit=self.maybe(lambda: "KGM", 0.7))
        return ItemProperty(name=self.text(40), value=self.maybe(lambda: self.text(60), 0.9))

    def allowances(self, gross: Decimal) -> tuple[AllowanceCharge, ...]:
        """Make the discounts and charges of a line; discounts never exceed its value."""
        if not self.chance(0.25):
            return ()
        made = []
        if self.chance(0.6):
            made.append(discount(self.percent(50), reason=self.text(60)))
        if self.chance(0.3):
            quarter = (gross / 4).quantize(Decimal("0.01"), ROUND_DOWN)
            made.append(discount(amount=quarter, reason=self.text(60), reason_code="01"))
        if self.chance(0.4):
            made.append(self.pick((charge(self.percent()), charge(amount=self.money(), reason_code="03"))))
        return tuple(each for each in made if each.is_charge or gross >= _LEAST_OF_LINE)

    # --- money -------------------------------------------------------------------------------------------------------

    def _document_allowances(self, value: Decimal) -> tuple[AllowanceCharge, ...]:
        """Make discounts and charges of the document; discounts never exceed its value."""
        if value < _LEAST_DISCOUNTED or not self.chance(0.2):
            return ()
        quarter = (value / 4).quantize(Decimal("0.01"), ROUND_DOWN)
        options: Sequence[Callable[[], AllowanceCharge]] = (
            lambda: discount(amount=quarter, reason=self.text(60)),
            lambda: discount(self.percent(10), reason_code="01"),
            lambda: charge(self.percent(10), reason=self.text(60)),
            lambda: charge(amount=self.money(), reason="Propina", reason_code="03"),
        )
        return tuple(make() for make in self.some(options, 1, 3))

    def _rounding(self) -> Rounding:
        """Make a policy of rounding."""
        mode, taxes = tuple(RoundingMode), tuple(TaxRounding)
        return Rounding(decimals=self.pick((2, 0)), mode=self.pick(mode), taxes=self.pick(taxes))

    def _foreign_currency(self) -> dict[str, Any]:
        """Make a currency other than COP and its rate."""
        # The usual ones are frequent enough to occur with any choice of seeds.
        rare = self.chance(0.5)
        currency = self.pick([code for code in catalog("currencies") if code != "COP"] if rare else ("USD", "EUR"))
        rate = ExchangeRate(
            currency=currency,
            rate=self.decimal(8, self.pick((2, 4, 6))),
            date=self.earlier(3),
            source_base=self.maybe(lambda: Decimal("1.00"), 0.2),
        )
        return {"currency": currency, "exchange_rate": rate}

    def _prepayments(self, value: Decimal, concepts: Sequence[str] = ()) -> tuple[Prepayment, ...]:
        """Make prepayments, of at most three eighths of the value."""
        most = (value / 8).quantize(Decimal("0.01"), ROUND_DOWN)
        return tuple(
            Prepayment(
                id=str(position),
                collection_concept=self.pick(concepts) if concepts else None,
                amount=most if self.chance(0.5) else most.to_integral_value(ROUND_DOWN),
                received=self.earlier(60),
                paid=self.maybe(lambda: self.earlier(60), 0.4),
                instruction=self.maybe(lambda: self.text(40)),
            )
            for position in range(1, self.whole(1, 3) + 1)
        )

    def _payments(self) -> list[Payment]:
        return [self._payment() for _ in range(self.whole(1, 3) if self.chance(0.3) else 1)]

    def _payment(self) -> Payment:
        """Make a payment: in cash or on credit, by any means."""
        means = self.pick(tuple(PaymentMeans)).value
        ids = self.several(lambda: self.text(30), 2, 0.15)
        return Payment.credit(self.later(180), means, *ids) if self.chance(0.4) else Payment.cash(means, *ids)

    def _payment_terms(self) -> tuple[PaymentTerms, ...]:
        if self.chance(0.1):
            return instalments(*((self.later(360), self.money()) for _ in range(self.whole(2, 6))))
        return self.several(self._payment_term, 2, 0.1)

    def _payment_term(self) -> PaymentTerms:
        return PaymentTerms(
            means_id=self.pick(("1", "2")),
            note=self.maybe(lambda: self.text(100)),
            reference_event=self.maybe(lambda: "1", 0.4),
            duration=self.maybe(lambda: self.whole(1, 120), 0.6),
            due_date=self.maybe(lambda: self.later(120)),
        )

    # --- references and delivery -------------------------------------------------------------------------------------

    def reference(self, *, keyed: bool = False) -> DocumentReference:
        """Make a reference to a document; ``keyed`` for the invoice that a note corrects, which needs its key."""
        type_code = self.maybe(lambda: self.pick(("01", "03", "91")), 0.3)
        return DocumentReference(
            number=f"{self.pick(('SETP', 'A', ''))}{self.digits(1, 9)}",
            key=self.key() if keyed or type_code is not None else self.maybe(self.key, 0.7),
            issue_date=self.maybe(lambda: self.earlier(300), 0.8),
            type_code=type_code,
            description=self.maybe(lambda: self.text(100)),
        )

    def _order(self) -> OrderReference:
        return OrderReference(
            number=self.text(20),
            sales_order=self.maybe(lambda: self.digits(1, 9)),
            issue_date=self.maybe(lambda: self.earlier(60), 0.6),
        )

    def _delivery(self) -> Delivery:
        return Delivery(
            date=self.later(30),
            time=self.maybe(self.clock, 0.5),
            address=self.maybe(lambda: parties.address(self), 0.7),
            carrier=self.maybe(lambda: parties.carrier(self), 0.5),
        )

    def _delivery_terms(self) -> DeliveryTerms:
        return DeliveryTerms(
            id=self.pick(("1", "2")),
            special_terms=self.text(100),
            incoterm=self.pick(tuple(Incoterm)).value,
            loss_risk=self.maybe(lambda: self.text(60)),
        )
