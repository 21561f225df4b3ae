"""Groups AN, AR and BD: how the document is paid, the exchange rate, and prepayments."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ....catalogs import PaymentForm, catalog
from ....rules import advice
from ....rules.context import Context
from ....rules.model_checks import each, equal, listed, required
from ....rules.payment_checks import credit_has_due_date, forms, ids_are_not_empty, means
from ....rules.registry import Finding, rule
from ....rules.xml_checks import currency
from . import KINDS

_CREDIT: Final = PaymentForm.CREDITO.value
_CASH: Final = PaymentForm.CONTADO.value
_COP: Final = "COP"
_ONE: Final = Decimal("1.00")

required("FAN01", "CAN01", "DAN01", path="payments", expected="al menos un medio de pago")
forms("FAN02", "CAN02", "DAN02")
means("FAN03", "CAN03a", "DAN03")
credit_has_due_date("FAN04", "DAN04")
# DIAN notified an empty one: «identificador del pago no informado».
ids_are_not_empty("FAN05")


@rule("CAN03b", path="payments", needs=("xml",))
def cash_tells_its_means(context: Context) -> Iterator[Finding]:
    """A cash payment names its means."""
    for node in context.subject.xml.all("cac:PaymentMeans"):
        if context.subject.xml.text("cbc:ID", node) == _CASH and not context.subject.xml.text(
            "cbc:PaymentMeansCode", node
        ):
            yield Finding(node=node, expected="cbc:PaymentMeansCode")


advice.payments(*KINDS)


def _foreign(context: Context) -> bool:
    return bool(context.document.currency != _COP)


required("FAR01", path="exchange_rate", when=_foreign, expected="la tasa de cambio")
required("FAR07", "CAR07", "DAR07", path="exchange_rate.date", when=_foreign, expected="la fecha de la tasa")
listed(
    "FAR04",
    "CAR04",
    "DAR04",
    path="exchange_rate.target_currency",
    among=lambda: frozenset(catalog("currencies")),
    expected="una moneda ISO 4217",
)


@rule("FAR02", "CAR02", "DAR02", path="exchange_rate.currency")
def rate_is_of_the_documents_currency(context: Context) -> Iterator[Finding]:
    """The source of the rate is the document's currency, or COP when the rate is inverted."""
    rate = context.document.exchange_rate
    if rate is not None and rate.currency not in {context.document.currency, _COP}:
        yield Finding(found=rate.currency, expected=context.document.currency)


equal(*("FAR05", "CAR05", "DAR05"), path="exchange_rate.target_base", to=lambda _: _ONE, needed=True)


@rule("FAR06", "CAR06", "DAR06", path="exchange_rate.rate")
def rate_is_told(context: Context) -> Iterator[Finding]:
    """The rate of a document in foreign currency is above zero; accepted documents in pesos carry a rate of 0."""
    rate = context.document.exchange_rate
    if rate is not None and rate.rate <= 0 and _foreign(context):
        yield Finding(found=rate.rate, expected="mayor que cero")


# A prepayment of zero need not have them.
each("FBD02", path="prepayments[].id", wrong=lambda item: item.amount and item.id is None, expected="un identificador")
each(
    "FBD05",
    path="prepayments[].received",
    wrong=lambda item: item.amount and item.received is None,
    expected="la fecha de recibo",
)
currency("FBD04")


@rule("FBD03", "DBD03", path="prepayments")
def prepayment_is_not_above_the_total(context: Context) -> Iterator[Finding]:
    """A prepayment is not larger than the document's total with taxes."""
    advances = context.document.prepayments
    total = context.document.totals.tax_inclusive if advances else None
    for index, advance in enumerate(advances):
        if total is not None and advance.amount > total:
            yield Finding(f"prepayments[{index}].amount", advance.amount, f"hasta {total}")
