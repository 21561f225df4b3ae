"""Objects with the attributes of facho's (``facho.fe.form``): what the migration needs of them, without facho."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from tests.exchange.others import Good, Order


class Thing(SimpleNamespace):
    """Any object with attributes."""


def amount(value: Decimal | float) -> Thing:
    """Return an amount: facho makes it of a float, and keeps what that is in binary."""
    return Thing(amount=Decimal(float(value)), currency=Thing(code="COP"), precision=6)


def party(name: str, ident: str, dv: str, kind: str, organization: str, **more: Any) -> Thing:
    """Return a party with its address."""
    place = more.pop("place", "76001")
    return Thing(
        name=name,
        legal_name=name,
        ident=Thing(number=ident, dv=dv, type_fiscal=kind),
        responsability_code=Thing(codes=["R-99-PN"]),
        responsability_regime_code="49",
        organization_code=organization,
        tax_scheme=Thing(code="ZZ"),
        phone="3001234567",
        email="compras@example.com",
        legal_company_ident="",
        legal_address="",
        address=Thing(
            name="",
            street="Cl 1 # 2-3",
            city=Thing(code=place, name="Ciudad"),
            country=Thing(code="CO", name="Colombia"),
            countrysubentity=Thing(code=place[:2], name="Departamento"),
        ),
        **more,
    )


def line(good: Good, *, scheme: bool = True) -> Thing:
    """Return a line; a discount is an amount."""
    tax = None
    if good.rate is not None:
        subtotal = Thing(percent=float(good.rate), scheme=Thing(code="01") if scheme else None, tax_amount=amount(0))
        tax = Thing(subtotals=[subtotal], tax_amount=amount(0), taxable_amount=amount(0))
    reduced = Thing(
        charge_indicator=False,
        amount=amount(good.reduction),
        base_amount=amount(good.gross),
        reason=None,
        multiplier_factor_numeric=amount(1),
    )
    return Thing(
        quantity=Thing(value=amount(good.quantity), code=good.unit),
        description=good.what,
        item=Thing(id=good.code, description=good.what, scheme_id="999", scheme_name="", scheme_agency_id=""),
        price=Thing(amount=amount(good.price), type_code="01", type="x", quantity=1),
        tax=tax,
        allowance_charge=[reduced] if good.off else [],
    )


def invoice(made: Order, type_code: str = "01", **more: Any) -> Thing:
    """Return the object that a program gives to facho."""
    due = made.due or date(2026, 3, 2)
    digit = "4" if made.company else ""
    zero = {f"{name}_amount": amount(0) for name in ("line_extension", "tax_exclusive", "tax_inclusive", "payable")}
    zero |= {f"{name}_amount": amount(0) for name in ("charge_total", "allowance_total", "prepaid")}
    given = {
        "invoice_type_code": type_code,
        "invoice_ident": f"SETP{990_000_001 + made.seed}",
        "invoice_ident_prefix": "SETP",
        "invoice_issue": datetime(2026, 3, 2, 10, 15),
        "invoice_period_start": None,
        "invoice_period_end": None,
        "invoice_operation_type": {"01": "10", "91": "20", "92": "30"}[type_code],
        "invoice_supplier": party("Tienda Ejemplo SAS", "700085371", "1", "31", "1"),
        "invoice_customer": party(
            made.name, made.id, digit, made.id_type, "1" if made.company else "2", place=made.place
        ),
        "invoice_payment_mean": Thing(
            id="1" if made.due is None else "2",
            code="10",
            due_at=datetime(due.year, due.month, due.day),
            payment_id="1",
        ),
        "invoice_payments": [],
        "invoice_lines": [line(good) for good in made.goods],
        "invoice_allowance_charge": [],
        "invoice_prepaid_payment": [],
        "invoice_billing_reference": None,
        "invoice_legal_monetary_total": Thing(**zero),
    }
    return Thing(**(given | more))
