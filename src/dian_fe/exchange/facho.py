"""`from_facho`: documents from facho's objects, without facho; ``maps/facho.tsv`` has their attributes.

facho keeps amounts as what binary numbers are and rounds them to six decimals wherever it uses them; so does this. Its
moments without zone are Colombian, which it demands of those that have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import partial
from typing import Any, Unpack

from .._arguments import checked
from ..catalogs import Responsibility
from ..errors import InvalidInput, UnreadableDocument
from ..models._dates import BOGOTA, to_bogota
from ..models.address import Address
from ..models.document import TradeDocument
from ..models.lines import AllowanceCharge
from ..models.organization import Organization
from ..models.payment import Payment, Prepayment
from ..models.references import Correction, DocumentReference, Period
from .migrating import Migrated, MigrationOptions, Node, Reading, as_day, as_number, one
from .spellings import text_of

_SIX = Decimal("0.000001")
"""facho's DECIMAL_PRECISION: the decimals of its amounts."""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_DEEPEST = 12
_NIT = "31"
_HERE = "CO"
_FORMS = {"01": "1", "02": "2"}
"""facho's constants DEBIT and CREDIT; its examples say 1 and 2."""


@checked
def from_facho(document: object, *, organization: Organization, **options: Unpack[MigrationOptions]) -> Migrated:
    """Return the invoice or the note that a facho object stands for.

    ``document``: a ``NationalSalesInvoice``, ``CreditNote`` or ``DebitNote`` of ``facho.fe.form``, before or after its
    ``calculate()``; the amounts that it computed are compared. ``organization`` issues; it must be the object's
    supplier. What facho has no place for is given in ``defaults``: the ``concept`` of a note, and ``line.tax``, the
    code of a tax whose ``scheme`` is None.

    Problems and attributes that are not taken are in the result. Raises ``InvalidInput`` for another object.
    """
    data = plain(document)
    if not isinstance(data, Mapping) or "invoice_lines" not in data:
        raise InvalidInput.of("exchange.not_of_facho", field="document", found=type(document).__name__)
    reading = Reading("facho", data, options, items="invoice_lines")
    root = reading.root
    type_code = root.text("invoice_type_code")
    if type_code is not None and not root.node("invoice_billing_reference").value:
        reading.put("type_code", type_code, "invoice_type_code")
    root.put("invoice_ident", "number", text_of)
    reading.reference = reading.common.get("number")
    reading.put("issued_at", root.take("invoice_issue", _moment), "invoice_issue")
    root.put("invoice_operation_type", "operation", text_of)
    _supplier(root.node("invoice_supplier"), root.peek("invoice_supplier"), organization)
    _customer(root.node("invoice_customer"))
    _payment(root.node("invoice_payment_mean"))
    for each in root.nodes("invoice_lines"):
        _line(each)
    _rest(root)
    return reading.finish(type_code, organization)


def plain(value: Any, depth: int = 0) -> Any:
    """Return an object as the attributes that it has, an amount as its number; raise for one inside itself."""
    if depth > _DEEPEST:
        raise UnreadableDocument.of("exchange.too_deep", most=_DEEPEST)
    if value is None or isinstance(value, (str, int, float, Decimal, date)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(each, depth + 1) for each in value]
    held = getattr(value, "__dict__", None)
    if not isinstance(held, dict):
        return str(value)[:200]
    if held.keys() >= {"amount", "currency"}:
        return _amount(value)
    return {name: plain(each, depth + 1) for name, each in held.items() if not name.startswith("_")}


def _amount(value: Any) -> Any:
    """Return an amount rounded as facho does; as text when it is of another currency, which no field takes."""
    number, currency = value.amount, getattr(value.currency, "code", None)
    if not isinstance(number, (int, float, Decimal)) or currency not in (None, "COP"):
        return f"{number} {currency}"
    exact = Decimal(number)
    if not exact.is_finite() or exact.adjusted() > 30:
        return str(number)
    return exact.quantize(_SIX, context=_EXACT)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=BOGOTA)
    return to_bogota(value)


def _number(value: Any) -> Decimal:
    """Return a number of facho's without the zeros that six decimals leave behind."""
    number = as_number(value)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _supplier(supplier: Node, given: Any, organization: Organization) -> None:
    """Compare who issues; everything else of it is the organization's."""
    ident = supplier.node("ident")
    number = ident.text("number") if ident.value else supplier.text("ident")
    if number is not None and number != organization.nit:
        error = InvalidInput.of("exchange.other_issuer", found=number, expected=organization.nit)
        supplier.reading.problem(error, ident.at("number") if ident.value else supplier.at("ident"))


def _customer(customer: Node) -> None:
    reading = customer.reading
    ident = customer.node("ident")
    if ident.value:
        ident.put("number", "customer.id", text_of)
        ident.put("type_fiscal", "customer.id_type", text_of)
        if reading.common.get("customer.id_type") == _NIT:
            ident.put("dv", "customer.check_digit", text_of)
    else:
        customer.put("ident", "customer.id", text_of)
    name, legal = customer.text("name"), customer.text("legal_name")
    reading.put("customer.name", legal or name, customer.at("legal_name" if legal else "name"))
    if legal and name and legal != name:
        reading.put("customer.trade_name", name, customer.at("name"))
    customer.put("organization_code", "customer.organization_type", text_of)
    customer.put("responsability_regime_code", "customer.regime", text_of)
    customer.node("tax_scheme").put("code", "customer.tax_scheme", text_of)
    customer.put("phone", "customer.phone", text_of)
    customer.put("email", "customer.emails", one)
    held = customer.node("responsability_code")
    holder, name = (held, "codes") if held.value else (customer, "responsability_code")
    known = []
    values = holder.peek(name)
    for position, code in enumerate(values if isinstance(values, list) else ()):
        if code in Responsibility._value2member_map_:
            reading.taken[f"{holder.at(name)}[{position}]"] = None
            known.append(code)
    reading.put("customer.responsibilities", tuple(known) or None, holder.at(name))
    address = customer.node("address")
    country = address.node("country").text("code")
    if country in (None, _HERE):
        address.node("city").put("code", "customer.municipality", text_of)
        address.put("street", "customer.address", text_of)
    else:
        made = address.attempt("country", Address, country=country, line=address.text("street"))
        reading.put("customer.address", made, address.at("country.code"))


def _payment(mean: Node) -> None:
    reading = mean.reading
    if not mean.value:
        return
    form, reference = mean.text("id"), mean.text("payment_id")
    made = mean.attempt(
        "id",
        Payment,
        form=_FORMS.get(form or "", form),
        means=mean.text("code"),
        due_date=mean.day("due_at"),
        ids=(reference,) if reference else (),
    )
    if made is not None:
        reading.details["payment"] = made
    reading.places[("payments", None)] = mean.at("id")


def _line(node: Node) -> None:
    reading = node.reading
    line = len(reading.lines)
    reading.lines.append({})
    node.put("description", "line.description", text_of, line)
    quantity, item, price = node.node("quantity"), node.node("item"), node.node("price")
    quantity.put("value", "line.quantity", _number, line)
    quantity.put("code", "line.unit", text_of, line)
    item.put("id", "line.standard_code", text_of, line)
    item.put("scheme_id", "line.standard", text_of, line)
    each = price.number("quantity")
    if each not in (None, 1):
        error = InvalidInput.of("exchange.price_of_several", found=str(each))
        reading.problem(error, price.at("quantity"))
    price.put("amount", "line.price", _number, line)
    for charge in node.nodes("allowance_charge"):
        made = _allowance(charge, coded=False)
        if made is not None:
            node.make("allowances", line, made)
    taxes = node.node("tax")
    for position, subtotal in enumerate(taxes.nodes("subtotals")):
        code = subtotal.node("scheme").text("code")
        subtotal.tax(line, "taxes", "percent", code=code, percent=subtotal.take("percent", _number))
        _compare(subtotal, "tax_amount", partial(_tax_of, line=line, position=position))
    _compare(taxes, "tax_amount", partial(_taxes_of, line=line))
    _compare(taxes, "taxable_amount", partial(_base_of, line=line))


def _tax_of(document: TradeDocument, *, line: int, position: int) -> Decimal | None:
    return document.lines[line].taxes[position].amount


def _taxes_of(document: TradeDocument, *, line: int) -> Decimal | None:
    return sum((total.amount or Decimal(0) for total in document.lines[line].taxes), Decimal(0))


def _base_of(document: TradeDocument, *, line: int) -> Decimal | None:
    return document.lines[line].amount


def _compare(node: Node, name: str, of: Callable[[TradeDocument], Decimal | None]) -> None:
    """Compare an amount that facho computed; zero is what it has before it computes."""
    value = node.number(name)
    if value:
        node.reading.compare(node.at(name), value, of)


def _allowance(each: Node, *, coded: bool) -> AllowanceCharge | None:
    reason = each.node("reason")
    base = each.take("base_amount", _number)
    return each.allowance(
        "charge_indicator",
        amount=each.take("amount", _number),
        base=base or None,
        reason=reason.text("reason"),
        reason_code=reason.text("code") if coded else None,
    )


def _rest(root: Node) -> None:
    reading = root.reading
    start, end = root.take("invoice_period_start", as_day), root.take("invoice_period_end", as_day)
    if start is not None or end is not None:
        reading.details["period"] = root.attempt("invoice_period_start", Period, start=start, end=end)
    allowances = [made for each in root.nodes("invoice_allowance_charge") if (made := _allowance(each, coded=True))]
    prepayments = [
        root.attempt(each.at("paid_amount"), Prepayment, amount=each.take("paid_amount", _number))
        for each in root.nodes("invoice_prepaid_payment")
    ]
    if allowances:
        reading.details["allowances"] = tuple(allowances)
        reading.places[("allowances", None)] = "invoice_allowance_charge"
    if prepayments:
        reading.details |= {"prepayments": tuple(prepayments), "deduct_prepayments": True}
    _corrected(root.node("invoice_billing_reference"))
    totals = root.node("invoice_legal_monetary_total")
    for name, field in (
        ("line_extension_amount", "line_extension"),
        ("tax_exclusive_amount", "tax_exclusive"),
        ("tax_inclusive_amount", "tax_inclusive"),
        ("charge_total_amount", "charge_total"),
        ("allowance_total_amount", "allowance_total"),
        ("prepaid_amount", "prepaid"),
        ("payable_amount", "payable"),
    ):
        if name != "payable_amount" or not totals.peek("allowance_total_amount"):
            _compare(totals, name, partial(_total, field=field))


def _corrected(reference: Node) -> None:
    reading = reference.reading
    if not reference.value:
        return
    number = reference.text("ident")
    made = reference.attempt(
        "ident", DocumentReference, number=number, key=reference.text("uuid"), issue_date=reference.day("date")
    )
    reading.details["billing_references"] = (made,)
    concept = reading.options.get("defaults", {}).get("concept")
    if concept is None:
        reading.problem(InvalidInput.of("exchange.which_concept"), reference.at("ident"))
    else:
        why = reference.attempt("ident", Correction, concept=concept, reference=number)
        reading.details["corrections"] = (why,)


def _total(document: TradeDocument, *, field: str) -> Decimal | None:
    found: Decimal | None = getattr(document.totals, field)
    return found
