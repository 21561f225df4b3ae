"""The ERP example: the mapping gives the amounts reckoned by hand, and what differs is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dian_fe import Invoice, Organization, build, check, errors
from dian_fe.models.issuer import Issuer
from dian_fe.testing import Simulator
from tests.examples.support import load

pytestmark = pytest.mark.docs

erp = load("from_erp")
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
SHOP = Organization(
    nit="700085371", name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20", emails="a@example.com"
)
LOCAL, FOREIGN = erp.ORDERS


def invoice_of(order: dict[str, Any]) -> Invoice:
    made: Invoice = erp.invoice_of(order, number="SETP990000001", issued_at=NOW, supplier=SHOP)
    return made


def test_an_order_on_credit_with_discount_and_withholdings() -> None:
    invoice = invoice_of(LOCAL)
    assert [line.amount for line in invoice.lines] == [Decimal("653619.00"), Decimal("379800"), Decimal("178750")]
    assert invoice.payable == Decimal("1317011.95"), "withholdings do not lower it"
    amounts = {total.code: total.amount for total in invoice.withholdings}
    assert amounts == {"06": Decimal("30304.23"), "05": Decimal("15726.44"), "07": Decimal("5018.37")}
    assert (invoice.payments[0].form, invoice.payments[0].due_date) == ("2", date(2026, 4, 1))
    assert invoice.order is not None
    assert invoice.order.number == "OC-778"
    assert invoice.customer.emails == ("facturas@example.com", "compras@example.com")
    assert (invoice.customer.id, invoice.customer.check_digit) == ("900373076", "4")


def test_an_order_in_dollars() -> None:
    invoice = invoice_of(FOREIGN)
    assert (invoice.currency, invoice.payable) == ("USD", Decimal("160.65"))
    assert invoice.exchange_rate is not None
    assert (invoice.exchange_rate.rate, invoice.exchange_rate.date) == (Decimal("4012.35"), date(2026, 3, 2))
    assert invoice.customer.organization_type == "2"


@pytest.mark.parametrize("order", [LOCAL, FOREIGN], ids=["COP", "USD"])
def test_dian_would_find_nothing(order: dict[str, Any], dian: Simulator) -> None:
    issuer = Issuer(organization=SHOP, software=dian.software, resolution=dian.resolution("SETP"))
    assert list(check(build(invoice_of(order), issuer))) == []


def test_what_differs_or_is_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pedido 1044: el ERP dice 1317011\.96 y la factura 1317011\.95"):
        invoice_of(LOCAL | {"total": "1317011.96"})
    with pytest.raises(errors.FloatMoney):
        invoice_of(FOREIGN | {"renglones": [FOREIGN["renglones"][0] | {"valor": 45.1}]})
    with pytest.raises(errors.WrongCheckDigit):
        invoice_of(LOCAL | {"tercero": LOCAL["tercero"] | {"numero": "900.373.076-9"}})
    with pytest.raises(errors.InvalidNumberText):
        invoice_of(LOCAL | {"tercero": LOCAL["tercero"], "retenciones": {"renta": "2,5"}})
