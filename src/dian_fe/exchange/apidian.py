"""`from_apidian`: documents from the JSON of the ubl21dian and apidian family; ``maps/apidian.tsv`` has the fields.

Its codes are identifiers of the tables that an API is installed with. Those here are of soenac/api-dian, the first of
them; where the later ones differ the identifier is not taken, or asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any, Unpack

from .._arguments import checked
from ..catalogs import PartyTaxScheme, TaxCode, catalog
from ..errors import DianFeError, InvalidInput
from ..models.document import TradeDocument
from ..models.lines import AllowanceCharge, AlternativePrice
from ..models.organization import Organization
from ..models.payment import Payment, Prepayment
from ..models.references import Correction, DocumentReference, OrderReference, Period
from ..models.taxes import TaxTotal, tax
from .making import MADE
from .migrating import Migrated, MigrationOptions, Node, Reading, as_clock, as_number, load, moment, one
from .spellings import shown_cell, text_of

_TYPES = {1: "01", 2: "02", 3: "03", 4: "91", 5: "92"}
_NOTES = frozenset({"91", "92"})
_LINES = ("invoice_lines", "credit_note_lines", "debit_note_lines")
_TOTALS = ("legal_monetary_totals", "requested_monetary_totals")
_ID_TYPES = {1: "11", 2: "12", 3: "13", 4: "21", 5: "22", 6: "31", 7: "41", 8: "42", 9: "50", 10: "91"}
_ORGANIZATIONS = {1: "1", 2: "2"}
_OPERATIONS = {9: "09", 10: "10"}
"""The rest of the table stands for operations that the annex withdrew, or differs between APIs."""
_TAXES = {1: "01", 2: "02", 3: "03", 4: "04", 5: "05", 6: "06", 7: "07", 8: "20", 9: "21", 10: "22", 11: "23"}
_TAXES |= {12: "24", 13: "25", 14: "26", 15: "ZZ"}
_LIABILITIES = {7: "O-13", 9: "O-15", 14: "O-23", 117: "R-99-PN"}
"""Those that DIAN's list still has; 117 is of later APIs (2026_01_16_000000_update_type_liability_117_name.php)."""
_FORMS = {1: "1", 2: "2"}
_MEANS = {number: str(number) for number in range(1, 54)}
_MEANS |= {54: "60", 55: "61", 56: "62", 57: "63", 58: "64", 59: "65", 60: "66", 61: "67", 62: "70", 63: "74"}
_MEANS |= {64: "75", 65: "76", 66: "77", 67: "78", 68: "91", 69: "92", 70: "93", 71: "94", 72: "95", 73: "96"}
_MEANS |= {74: "97", 75: "ZZZ"}
_STANDARDS = {1: "001", 2: "010", 3: "020", 4: "999"}
_PRICES = {1: "01", 2: "02", 3: "03"}
# Units that shops use; the table has 1,093, some of which a translator changed («DA» into «SÍ»)
_UNITS = {70: "94", 606: "DAY", 612: "DG", 615: "DLT", 636: "DZN", 642: "EA", 661: "FOT", 686: "GLL", 692: "GRM"}
_UNITS |= {705: "HAR", 719: "HLT", 730: "HUR", 739: "INH", 767: "KGM", 790: "KTM", 797: "KWH", 802: "LBR", 821: "LTR"}
_UNITS |= {843: "MGM", 847: "MIN", 852: "MLT", 855: "MMT", 863: "MTK", 864: "MTQ", 865: "MTR", 886: "NIU", 907: "ONZ"}
_UNITS |= {923: "PA", 932: "PK", 938: "PR", 992: "SEC", 993: "SET", 1032: "TNE", 1069: "WEE", 1083: "YRD", 1093: "ZZ"}
_NIT = "31"
_LOCAL = "COP"


@cache
def municipalities() -> Mapping[int, str]:
    """Return the family's identifiers of municipalities: their places in DIVIPOLA, by code, from 1."""
    return dict(enumerate(sorted(catalog("municipalities")), 1))


@checked
def from_apidian(
    data: str | bytes | Mapping[str, Any], *, organization: Organization, **options: Unpack[MigrationOptions]
) -> Migrated:
    """Return the invoice or the note that a request to an API of the family asks for.

    ``data``: the JSON, or what ``json.loads`` gives. ``organization`` issues, which the JSON does not say. The amounts
    that the JSON states are compared with those computed, never copied; ``tolerance`` says how far they may be from
    them. ``defaults``: what the API fills in by itself, such as ``customer.id_type``. ``tables``: ``units``,
    ``operations``, ``municipalities``, ``taxes``, ``liabilities``, by the API's own identifiers.

    Problems and fields that are not taken are in the result. Raises ``UnreadableDocument`` for what is not JSON, and
    ``InvalidInput`` for what is no object.
    """
    reading = Reading("apidian", load(data), options, items="invoice_lines")
    root = reading.root
    type_code = root.code("type_document_id", "documents", _TYPES)
    note = type_code in _NOTES
    if type_code is not None and not note:
        reading.put("type_code", type_code, "type_document_id")
    _identity(root)
    _customer(root.node("customer"))
    for name in _lines(root, type_code):
        for line in root.nodes(name):
            _line(line)
    _payments(root)
    _references(root)
    _amounts(root, note=note)
    return reading.finish(type_code, organization)


def _lines(root: Node, type_code: str | None) -> tuple[str, ...]:
    """Return the names of the lists that hold the lines: the one of the document's type where it is there."""
    own = _LINES[{"91": 1, "92": 2}.get(type_code or "", 0)]
    return (own,) if root.has(own) else _LINES


def _identity(root: Node) -> None:
    reading = root.reading
    if root.has("prefix") and root.has("number"):
        prefix, number = root.text("prefix"), root.text("number")
        if prefix is not None and number is not None:
            reading.put("number", f"{prefix}{number}", "number")
            reading.reference = f"{prefix}{number}"
    else:
        number = root.peek("number")
        reading.reference = None if number is None else str(number)
    if root.has("date") and root.has("time"):
        day, clock = root.day("date"), root.take("time", as_clock)
        if day is not None and clock is not None:
            reading.put("issued_at", moment(day, clock), "date")
    root.put("notes", "notes", text_of)
    operation = root.code("type_operation_id", "operations", _OPERATIONS)
    if operation is not None:
        reading.put("operation", operation, "type_operation_id")
    currency = reading.options.get("defaults", {}).get("currency")
    foreign = _foreign(root)
    if currency is None and foreign is not None:
        reading.problem(InvalidInput.of("exchange.which_currency", found=shown_cell(root.peek(foreign))), foreign)
    elif currency not in (None, _LOCAL):
        root.put("calculationrate", "exchange_rate", as_number)
        reading.put("exchange_date", root.day("calculationratedate"), "calculationratedate")


def _foreign(root: Node) -> str | None:
    """Return the field that may say a foreign currency; a rate of one says none."""
    if root.has("idcurrency"):
        return "idcurrency"
    rate = root.peek("calculationrate")
    try:
        return None if rate is None or as_number(rate) in (0, 1) else "calculationrate"
    except DianFeError:
        return "calculationrate"


def _customer(customer: Node) -> None:
    reading = customer.reading
    id_type = customer.code("type_document_identification_id", "id_types", _ID_TYPES)
    reading.put("customer.id_type", id_type, customer.at("type_document_identification_id"))
    customer.put("identification_number", "customer.id", text_of)
    if (id_type or reading.options.get("defaults", {}).get("customer.id_type")) == _NIT:
        customer.put("dv", "customer.check_digit", text_of)
    for name in ("name", "phone", "address", "merchant_registration"):
        customer.put(name, f"customer.{name}", text_of)
    customer.put("email", "customer.emails", one)
    kind = customer.code("type_organization_id", "organizations", _ORGANIZATIONS)
    reading.put("customer.organization_type", kind, customer.at("type_organization_id"))
    place = customer.code("municipality_id", "municipalities", municipalities())
    reading.put("customer.municipality", place, customer.at("municipality_id"))
    if _known(customer.peek("tax_id"), _TAXES) in PartyTaxScheme._value2member_map_:
        scheme = customer.code("tax_id", "taxes", _TAXES)
        reading.put("customer.tax_scheme", scheme, customer.at("tax_id"))
    _liabilities(customer)


def _liabilities(customer: Node) -> None:
    """Take the responsibilities that DIAN's list still has."""
    reading = customer.reading
    known = {**_LIABILITIES, **reading.options.get("tables", {}).get("liabilities", {})}
    held = customer.peek("type_liability_ids")
    given = {customer.at("type_liability_id"): customer.peek("type_liability_id")}
    if isinstance(held, (list, tuple)):
        given = {f"{customer.at('type_liability_ids')}[{position}]": each for position, each in enumerate(held)}
    codes = []
    for path, value in given.items():
        code = _known(value, known)
        if code is not None:
            reading.taken[path] = None
            codes.append(code)
    reading.put("customer.responsibilities", tuple(codes) or None, customer.at("type_liability_id"))


def _known(value: Any, table: Mapping[int, str]) -> str | None:
    """Return the code of an identifier; None for one that is not of the table."""
    text = str(value)
    return table.get(int(text)) if text.isdecimal() and len(text) < 10 else None


def _line(node: Node) -> None:
    reading = node.reading
    line = len(reading.lines)
    reading.lines.append({})
    node.put("description", "line.description", text_of, line)
    node.put("notes", "line.notes", one, line)
    node.put("invoiced_quantity", "line.quantity", as_number, line)
    unit = node.code("unit_measure_id", "units", _UNITS)
    reading.put("line.unit", unit, node.at("unit_measure_id"), line)
    code, standard = node.text("code"), node.code("type_item_identification_id", "standards", _STANDARDS)
    for target, value in (("seller_code", code), ("standard_code", code)):
        reading.put(f"line.{target}", value, node.at("code"), line)
    reading.put("line.standard", standard, node.at("type_item_identification_id"), line)
    made = reading.lines[line].setdefault(MADE, {})
    price = node.number("price_amount")
    free = node.truth("free_of_charge_indicator")
    if free and price is not None:
        kind = node.code("reference_price_id", "prices", _PRICES)
        made["free_of_charge"], made["reference_price"] = True, AlternativePrice(amount=price, type_code=kind or "01")
        price = Decimal(0)
    reading.put("line.price", price, node.at("price_amount"), line)
    quantity, base = reading.lines[line].get("line.quantity"), node.number("base_quantity")
    if base is not None and base not in (quantity, 1):
        made["base_quantity"] = base  # which the model refuses, with the price of one unit
        reading.places[("line.base_quantity", line)] = node.at("base_quantity")
    for each in node.nodes("allowance_charges"):
        allowance = _allowance(each)
        if allowance is not None and allowance.amount != 0:
            node.make("allowances", line, allowance)
    stated = node.number("line_extension_amount")
    reading.compare(node.at("line_extension_amount"), stated, lambda document: document.lines[line].amount)
    for position, each in enumerate(node.nodes("tax_totals")):
        _tax(each, line, position, stated)


def _allowance(each: Node) -> AllowanceCharge | None:
    return each.allowance(
        "charge_indicator",
        reason=each.text("allowance_charge_reason"),
        base=each.number("base_amount"),
        amount=each.number("amount"),
    )


def _tax(each: Node, line: int, position: int, amount: Decimal | None) -> None:
    """Take a tax of a line; a base other than the line's amount is kept, as that of an AIU."""
    code = each.code("tax_id", "taxes", _TAXES)
    if code is None and each.has("tax_id"):
        return  # an identifier that is not known, which is a problem already
    values: dict[str, Any] = {"code": code}
    if each.has("per_unit_amount"):
        values |= {"per_unit": each.number("per_unit_amount"), "measure": each.number("base_unit_measure")}
        values["unit"] = each.code("unit_measure_id", "units", _UNITS)
    else:
        values["percent"] = each.number("percent")
        base = each.number("taxable_amount")
        values["base"] = None if base == amount else base
    if code == TaxCode.OTROS.value:
        values["name"] = each.text("tax_name")
    stated = each.number("tax_amount")
    each.tax(line, "taxes", "tax_id", **values)

    def computed(document: TradeDocument) -> Decimal | None:
        taxes = document.lines[line].taxes
        return taxes[position].amount if position < len(taxes) else None

    each.reading.compare(each.at("tax_amount"), stated, computed)


def _payments(root: Node) -> None:
    reading = root.reading
    made = []
    for each in root.nodes("payment_form"):
        payment = each.attempt(
            "payment_form_id",
            Payment,
            form=each.code("payment_form_id", "payment_forms", _FORMS),
            means=each.code("payment_method_id", "payment_methods", _MEANS),
            due_date=each.day("payment_due_date"),
        )
        made += [payment] if payment is not None else []
        reading.places.setdefault(("payments", None), each.at("payment_form_id"))
    if made:
        reading.details["payment"] = tuple(made)


def _references(root: Node) -> None:
    reading = root.reading
    details = reading.details
    order = root.node("order_reference")
    if order.has("id_order"):
        number, day = order.text("id_order"), order.day("issue_date_order")
        details["order"] = order.attempt("id_order", OrderReference, number=number, issue_date=day)
    received = [
        each.attempt("id", DocumentReference, number=each.text("id"), issue_date=each.day("issue_date"))
        for each in root.nodes("receipt_document_references")
    ]
    if received:
        details["receipt_references"] = tuple(received)
    other = root.node("additional_document_reference")
    if other.has("id"):
        values = {"number": other.text("id"), "issue_date": other.day("date")}
        values["type_code"] = other.code("type_document_id", "documents", _TYPES)
        details["additional_references"] = (other.attempt("id", DocumentReference, **values),)
    period = root.node("invoice_period")
    if period.value:
        details["period"] = period.attempt(
            "start_date", Period, start=period.day("start_date"), end=period.day("end_date")
        )
    corrected = root.node("billing_reference")
    if corrected.value:
        values = {
            "number": corrected.text("number"),
            "key": corrected.text("uuid"),
            "issue_date": corrected.day("issue_date"),
        }
        details["billing_references"] = (corrected.attempt("number", DocumentReference, **values),)
    elif "corrects" in reading.options:
        details["billing_references"] = (reading.options["corrects"],)
    concept = root.text("discrepancyresponsecode")
    if concept is not None:
        description = root.text("discrepancyresponsedescription")
        number = corrected.peek("number")
        values = {"concept": concept, "description": description, "reference": None if number is None else str(number)}
        details["corrections"] = (root.attempt("discrepancyresponsecode", Correction, **values),)


def _amounts(root: Node, *, note: bool) -> None:
    reading = root.reading
    allowances = [made for node in root.nodes("allowance_charges") if (made := _allowance(node)) is not None]
    allowances = [each for each in allowances if each.amount != 0]
    if allowances:
        reading.details["allowances"] = tuple(allowances)
        reading.places[("allowances", None)] = "allowance_charges"
    prepaid: list[Prepayment] = []
    for name in ("prepaid_payment", "prepaid_payments"):
        for each in root.nodes(name):
            paid = each.attempt(
                "paidamount",
                Prepayment,
                id=each.text("idpayment"),
                amount=each.number("paidamount"),
                received=each.day("receiveddate"),
                paid=each.day("paiddate"),
                instruction=each.text("instructionid"),
            )
            prepaid += [paid] if paid is not None else []
    if prepaid:
        reading.details["prepayments"] = tuple(prepaid)
    if not note:
        _withholdings(root)
    for each in root.nodes("tax_totals"):
        _compare_tax(each, "taxes")
    for name in _TOTALS:
        _totals(root.node(name))


def _withholdings(root: Node) -> None:
    made: list[TaxTotal] = []
    for each in root.nodes("with_holding_tax_total"):
        code = each.code("tax_id", "taxes", _TAXES)
        if code is not None:
            held = each.attempt("percent", tax, code=code, percent=each.number("percent"))
            made += [held] if held is not None else []
            _compare_tax(each, "withholdings")
        elif not each.has("tax_id"):
            root.reading.problem(InvalidInput.of("exchange.which_tax"), each.at("tax_id"))
    if made:
        root.reading.details["withholdings"] = tuple(made)


def _compare_tax(each: Node, name: str) -> None:
    """Compare a tax of the whole document with the one computed, by code and percent."""
    code, percent = each.code("tax_id", "taxes", _TAXES), each.number("percent")

    def computed(document: TradeDocument, *, field: str) -> Decimal | None:
        found = [
            subtotal
            for total in getattr(document, name, ())
            for subtotal in total.subtotals
            if subtotal.code == code and (percent is None or subtotal.percent == percent)
        ]
        amounts = [getattr(subtotal, field) or Decimal(0) for subtotal in found]
        return sum(amounts, Decimal(0))

    for field, model_field in (("tax_amount", "amount"), ("taxable_amount", "taxable")):
        of: Callable[[TradeDocument], Decimal | None] = partial(computed, field=model_field)
        each.reading.compare(each.at(field), each.number(field), of)


def _totals(totals: Node) -> None:
    """Compare the totals; an amount paid before lowers the one payable when the totals count it."""
    reading = totals.reading
    if totals.number("pre_paid_amount"):
        reading.details["deduct_prepayments"] = True
    for name, field in (
        ("line_extension_amount", "line_extension"),
        ("tax_exclusive_amount", "tax_exclusive"),
        ("tax_inclusive_amount", "tax_inclusive"),
        ("allowance_total_amount", "allowance_total"),
        ("charge_total_amount", "charge_total"),
        ("pre_paid_amount", "prepaid"),
        ("payable_amount", "payable"),
    ):
        of: Callable[[TradeDocument], Decimal | None] = partial(_total, field=field)
        reading.compare(totals.at(name), totals.number(name), of)


def _total(document: TradeDocument, *, field: str) -> Decimal | None:
    found: Decimal | None = getattr(document.totals, field)
    return found
