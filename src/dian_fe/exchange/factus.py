"""`from_factus`: documents from the JSON that Factus' API takes, versions 1 and 2; ``maps/factus.tsv`` has the fields.

What an absent field means is Factus' own word: without form and means of payment, cash (1) and efectivo (10); without
operation, 10 of a bill and 20 of a credit note; without tax scheme and responsibility of the customer, ZZ and R-99-PN.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Unpack

from .._arguments import checked
from ..catalogs import DocumentType, OperationType, PaymentForm, PaymentMeans, ProductStandard
from ..errors import InvalidInput
from ..models.address import Address
from ..models.lines import ItemProperty, discount
from ..models.organization import Organization
from ..models.party import PartyReference
from ..models.payment import Payment, Prepayment
from ..models.references import Correction, DocumentReference, OrderReference, Period
from .making import MADE
from .migrating import CENT, Migrated, MigrationOptions, Node, Reading, as_clock, as_number, load, one
from .spellings import text_of

_ID_TYPES = {1: "11", 2: "12", 3: "13", 4: "21", 5: "22", 6: "31", 7: "41", 8: "42", 9: "47", 10: "50", 11: "91"}
_ORGANIZATIONS = {1: "1", 2: "2"}
_SCHEMES = {18: "01", 21: "ZZ"}
_STANDARDS = {1: "999", 2: "001", 3: "020", 4: "010"}
# The documentation's examples of its municipalities and units; the whole lists are asked of Factus' API.
_MUNICIPALITIES = {980: "68679", 996: "68872"}
_UNITS = {70: "94", 414: "KGM", 449: "LBR", 512: "MTR", 874: "GLL"}
# tributos-de-productos; 13 is left out, which has the name of one tax and the code of another
_TAXES = {1: "01", 2: "02", 3: "03", 4: "04", 5: "05", 6: "06", 7: "07", 8: "08", 9: "20", 10: "21", 11: "22", 12: "23"}
_TAXES |= {14: "24", 15: "25", 16: "26", 17: "30"}
_NIT = "31"
_HERE = "CO"
_HEALTH = "SS-"
_NOTES = {"20": "91", "22": "91", "30": "92", "32": "92"}
"""Type of the document by the operation of a note."""


@checked
def from_factus(
    data: str | bytes | Mapping[str, Any], *, organization: Organization, **options: Unpack[MigrationOptions]
) -> Migrated:
    """Return the bill or the note that a request to Factus asks for.

    ``data``: the JSON, or what ``json.loads`` gives. ``organization`` issues, which the JSON does not say; nor does it
    say number and moment, which ``options`` or `IncomingDraft.build` give, nor the key of what a note corrects
    (``corrects``).
    ``tables``: ``municipalities`` and ``units``, by Factus' own identifiers, which its API lists.

    A price of version 1 includes taxes, one of version 2 does not: a document that could be of both is a problem.
    Problems and fields that are not taken are in the result. Raises ``UnreadableDocument`` for what is not JSON, and
    ``InvalidInput`` for what is no object.
    """
    reading = Reading("factus", load(data), options, items="items")
    root = reading.root
    type_code, net = _type(root), _net(root)
    if type_code is None or net is None:
        return reading.finish(None, organization)
    reading.reference = root.text("reference_code")
    root.put("observation", "notes", text_of)
    _customer(root.node("customer"))
    note = type_code in _NOTES.values()
    for item in root.nodes("items"):
        _item(item, net=net, note=note)
    _payments(root)
    _references(root, note=note)
    _amounts(root)
    return reading.finish(type_code, organization)


def _type(root: Node) -> str | None:
    """Return the type of the document; None, and the problem, when it is not known."""
    if isinstance(root.peek("data"), Mapping) or isinstance(root.peek("bill"), Mapping):
        root.reading.problem(InvalidInput.of("exchange.a_response"), "data")
        return None
    operation = root.take("customization_id", text_of) or root.take("operation_type", text_of)
    if root.has("correction_concept_code") or operation in _NOTES:
        if operation is None:
            root.reading.problem(InvalidInput.of("exchange.which_note"), "customization_id")
            return None
        root.reading.details["operation"] = operation
        return _NOTES.get(operation)
    if operation is not None and operation.startswith(_HEALTH):
        root.reading.problem(InvalidInput.of("exchange.health", found=operation), "operation_type")
        return None
    if operation is not None:
        root.reading.put("operation", operation, root.at("operation_type"))
    type_code: str | None = root.take("document", text_of) or DocumentType.FACTURA_DE_VENTA.value
    if root.has("document"):
        root.reading.put("type_code", type_code, "document")
    return type_code


def _net(root: Node) -> bool | None:
    """Return whether prices are without taxes; None, and the problem, when both or none could be."""
    first = ("tax_rate", "unit_measure_id", "standard_code_id", "tribute_id", "is_excluded")
    second = ("taxes", "unit_measure_code", "standard_code", "discount_amount")
    items = list(root.nodes("items"))
    gross = any(item.has(name) for item in items for name in first)
    net = root.has("payment_details") or any(item.has(name) for item in items for name in second)
    if gross == net:
        root.reading.problem(InvalidInput.of("exchange.which_version"), "items")
        return None
    return net


def _customer(customer: Node) -> None:
    reading = customer.reading
    id_type, place = customer.either(
        "identification_document_id", "id_types", _ID_TYPES, "identification_document_code"
    )
    reading.put("customer.id_type", id_type, place)
    customer.put("identification", "customer.id", text_of)
    if id_type == _NIT:
        customer.put("dv", "customer.check_digit", text_of)
    kind, place = customer.either("legal_organization_id", "organizations", _ORGANIZATIONS, "legal_organization_code")
    reading.put("customer.organization_type", kind, place)
    company = kind == "1" or (kind is None and customer.has("company"))
    customer.put("company" if company else "names", "customer.name", text_of)
    for field in ("trade_name", "phone"):
        customer.put(field, f"customer.{field}", text_of)
    customer.put("email", "customer.emails", one)
    scheme, place = customer.either("tribute_id", "tributes", _SCHEMES, "tribute_code")
    reading.put("customer.tax_scheme", scheme, place)
    reading.put("customer.responsibilities", customer.texts("responsibilities"), customer.at("responsibilities"))
    _place(customer)


def _place(customer: Node) -> None:
    """Take where the customer is; of its own identifiers of municipalities Factus documents some alone."""
    reading = customer.reading
    given = {**_MUNICIPALITIES, **reading.options.get("tables", {}).get("municipalities", {})}
    number = customer.peek("municipality_id")
    known = isinstance(number, (int, str)) and str(number).isdecimal() and int(number) in given
    name = "municipality_id" if known else "municipality_code"
    code = customer.code(name, "municipalities", given) if known else customer.text(name)
    reading.put("customer.municipality", code, customer.at(name))
    country = customer.text("country_code")
    if country in (None, _HERE):
        customer.put("address", "customer.address", text_of)
    else:
        address = customer.attempt("country_code", Address, country=country, line=customer.text("address"))
        reading.put("customer.address", address, customer.at("address"))


def _item(item: Node, *, net: bool, note: bool) -> None:
    reading = item.reading
    line = len(reading.lines)
    reading.lines.append({})
    item.put("name", "line.description", text_of, line)
    item.put("quantity", "line.quantity", as_number, line)
    item.put("price", "line.price" if net else "line.price_with_taxes", as_number, line)
    item.put("note", "line.notes", one, line)
    unit, place = item.either("unit_measure_id", "units", _UNITS, "unit_measure_code")
    reading.put("line.unit", unit, place, line)
    standard, place = item.either("standard_code_id", "standards", _STANDARDS, "standard_code")
    own = ProductStandard.ESTANDAR_DEL_CONTRIBUYENTE.value
    reading.put("line.standard", standard or own, place, line)
    code = item.text("code_reference")
    reading.put("line.seller_code", code, item.at("code_reference"), line)
    reading.put("line.standard_code", code, item.at("code_reference"), line)
    _discounts(item, line)
    _taxes(item, line)
    for held in () if note else item.nodes("withholding_taxes"):
        rate = held.number("withholding_tax_rate" if held.has("withholding_tax_rate") else "rate")
        held.tax(line, "withholdings", "code", code=held.text("code"), percent=rate)
    _mandate(item, line)
    for each in item.nodes("additional_properties"):
        made = each.attempt(
            "code",
            ItemProperty,
            name=each.text("code"),
            value=each.text("value"),
            quantity=each.number("quantity"),
            unit=each.text("unit_measure_code"),
        )
        if made is not None:
            item.make("properties", line, made)


def _discounts(item: Node, line: int) -> None:
    """Take the discount of a line: its rate and its amount are two ways to say one, so both must say the same."""
    values = item.reading.lines[line]
    rate, amount = item.number("discount_rate"), item.number("discount_amount")
    if rate and amount:
        price, quantity = (values.get(f"line.{name}", Decimal(0)) for name in ("price", "quantity"))
        if (reduced := price * quantity * rate / 100).quantize(CENT) != amount:
            error = InvalidInput.of("exchange.two_discounts", found=str(amount), expected=str(reduced.quantize(CENT)))
            item.reading.problem(error, item.at("discount_amount"))
            return
    if rate or amount:
        name, given = ("discount_rate", {"percent": rate}) if rate else ("discount_amount", {"amount": amount})
        made = item.attempt(name, discount, **given)
        if made is not None:
            item.make("allowances", line, made)


def _taxes(item: Node, line: int) -> None:
    if any(item.has(name) for name in ("is_excluded", "tribute_id", "tax_rate")):
        code = item.code("tribute_id", "tributes", _TAXES)
        _tax(item, line, "tax_rate", code, known=code is not None or not item.has("tribute_id"))
    for each in item.nodes("taxes"):
        _tax(each, line, "rate", each.text("code"))


def _tax(node: Node, line: int, name: str, code: str | None, *, known: bool = True) -> None:
    """Take a tax, unless the product is excluded from it; ``known``: its code is not a problem already."""
    rate = node.number(name)
    if not node.truth("is_excluded"):
        if known:
            node.tax(line, "taxes", name, code=code, percent=rate)
    elif rate:
        node.reading.problem(InvalidInput.of("exchange.excluded_rate", found=str(rate)), node.at(name))


def _mandate(item: Node, line: int) -> None:
    if item.reading.common.get("operation") == OperationType.MANDATOS.value:
        item.put("scheme_id", "line.id_scheme", text_of, line)
    mandate = item.node("mandate")
    kind, place = mandate.either("identification_document_id", "id_types", _ID_TYPES, "identification_document_code")
    if mandate.value:
        number = mandate.text("identification")
        principal = mandate.attempt("identification", PartyReference, id=number, id_type=kind or _NIT)
        item.reading.lines[line].setdefault(MADE, {})["principal"] = principal
        item.reading.places[("line.principal", line)] = place


def _payments(root: Node) -> None:
    reading = root.reading
    details = list(root.nodes("payment_details")) or [root]
    made = []
    for each in details:
        reference = None if each is root else each.text("reference_code")
        payment = each.attempt(
            "payment_form",
            Payment,
            form=each.text("payment_form") or PaymentForm.CONTADO.value,
            means=each.text("payment_method_code") or PaymentMeans.EFECTIVO.value,
            due_date=each.day("payment_due_date" if each is root else "due_date"),
            ids=(reference,) if reference else (),
        )
        made += [payment] if payment is not None else []
    reading.details["payment"] = tuple(made)
    reading.places[("payments", None)] = details[0].at("payment_form")


def _references(root: Node, *, note: bool) -> None:
    reading = root.reading
    order = root.node("order_reference")
    if order.value:
        number, day = order.text("reference_code"), order.day("issue_date")
        reading.details["order"] = order.attempt("reference_code", OrderReference, number=number, issue_date=day)
    related = [
        each.attempt(
            "number",
            DocumentReference,
            number=each.text("number"),
            issue_date=each.day("issue_date"),
            type_code=each.text("code"),
        )
        for each in root.nodes("related_documents")
    ]
    if related:
        reading.details["additional_references"] = tuple(related)
    period = root.node("billing_period")
    if period.value:
        clocks = {f"{side}_time": period.take(f"{side}_time", as_clock) for side in ("start", "end")}
        days = {"start": period.day("start_date"), "end": period.day("end_date")}
        reading.details["period"] = period.attempt("start_date", Period, **days, **clocks)
    if note:
        _corrected(root)


def _corrected(root: Node) -> None:
    """Take what a note corrects: Factus names it by a number of its own, or by the bill's number alone."""
    reading = root.reading
    corrects = reading.options.get("corrects")
    number = root.peek("bill_number")
    if number is not None and corrects is not None and (said := root.text("bill_number")) != corrects.number:
        error = InvalidInput.of("exchange.other_document", found=str(said), expected=corrects.number)
        reading.problem(error, "bill_number")
    if corrects is not None:
        reading.details["billing_references"] = (corrects,)
    elif number is not None or root.has("bill_id"):
        reading.problem(InvalidInput.of("exchange.no_key"), "bill_id" if number is None else "bill_number")
    concept = root.text("correction_concept_code")
    if concept is not None:
        reference = None if corrects is None else corrects.number
        made = root.attempt("correction_concept_code", Correction, concept=concept, reference=reference)
        reading.details["corrections"] = (made,)


def _amounts(root: Node) -> None:
    reading = root.reading
    allowances = [
        each.allowance(
            "is_surcharge",
            reason_code=each.text("concept_type"),
            reason=each.text("reason"),
            base=each.number("base_amount"),
            amount=each.number("amount"),
        )
        for each in root.nodes("allowance_charges")
    ]
    prepayments = [
        each.attempt(
            "amount",
            Prepayment,
            id=each.text("reference_code"),
            amount=each.number("amount"),
            instruction=each.text("note"),
            received=each.day("received_date"),
        )
        for each in root.nodes("prepayment_details")
    ]
    reading.details |= {
        name: tuple(made) for name, made in (("allowances", allowances), ("prepayments", prepayments)) if made
    }
    reading.places |= {("allowances", None): "allowance_charges", ("prepayments", None): "prepayment_details"}
    rounding = root.number("cash_rounding_amount")
    if rounding:
        reading.details["payable_rounding"] = rounding
