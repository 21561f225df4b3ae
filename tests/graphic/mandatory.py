"""What a representación gráfica must hold, worked out from the document alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dian_fe.catalogs import catalog
from tests.graphic.support import D, Shown

TITLES = {
    "01": "Factura electrónica de venta",
    "02": "Factura electrónica de venta – exportación",
    "03": "Documento electrónico de transmisión – tipo 03",
    "04": "Factura electrónica de venta – tipo 04",
    "91": "Nota crédito de la factura electrónica de venta",
    "92": "Nota débito de la factura electrónica de venta",
}
QUALITIES = {
    "O-13": "Gran contribuyente",
    "O-15": "Autorretenedor",
    "O-23": "Agente de retención IVA",
    "O-47": "Régimen simple de tributación",
}
FORMS = {"1": "Contado", "2": "Crédito"}


def colombian(value: Decimal) -> str:
    """Write a number with two decimals at least, as Colombians do; worked out apart from the library."""
    text = f"{value.normalize():,f}"
    whole, _, fraction = text.partition(".")
    return f"{whole.replace(',', '.')},{fraction.ljust(2, '0')}"


def amount(value: Decimal, currency: str) -> str:
    """Write an amount of a currency."""
    symbol = "$" if currency == "COP" else currency
    return f"{'-' if value < 0 else ''}{symbol} {colombian(abs(value))}"


def mandatory_texts(shown: Shown) -> list[str]:
    """Return every text that a representación gráfica of the document must hold (items of art. 1.5.1.2.2.1)."""
    found, document, control = shown.found, shown.found.document, shown.found.control
    supplier, customer, totals, money = document.supplier, document.customer, document.totals, document.currency
    texts = [TITLES[getattr(document, "type_code", None) or "92"]]  # item 1
    texts += [supplier.name, _identified(supplier), customer.name, _identified(customer)]  # items 2 and 3
    if document.delivery is not None and document.delivery.address is not None and document.delivery.address.line:
        texts.append(document.delivery.address.line)
    texts += [document.number]  # item 4
    if control.authorization is not None:
        texts += [control.authorization, control.range_from, control.range_to]
        texts += [str(control.authorization_start), str(control.authorization_end)]
    texts += [f"{document.issued_at:%Y-%m-%d}", f"{document.issued_at:%H:%M:%S}"]  # item 5
    for line in document.lines:  # item 8
        texts += [line.description, _quantity(line.quantity), amount(line.price, money), amount(line.amount, money)]
        texts += [code for code in (line.seller_code, line.standard_code) if code]
        texts += [_label("units", line.unit), *line.notes]
        texts += [amount(each.amount, money) for each in line.allowances]
        texts += [line.principal.name or "", line.principal.id] if line.principal is not None else []
        for each in (each for total in line.taxes for each in total.subtotals):
            texts += [amount(each.amount, money)]
            texts += [] if each.per_unit_amount is None else [amount(each.per_unit_amount, money)]
    texts.append(amount(totals.payable, money))  # item 9
    others = (totals.line_extension, totals.tax_exclusive, totals.tax_inclusive)
    others += (totals.allowance_total or None, totals.charge_total or None)
    others += (totals.payable_rounding or None, totals.prepaid or None)
    texts += [amount(each, money) for each in others if each is not None]
    for each in (*document.allowances, *document.prepayments, *document.payment_terms):
        texts += [] if each.amount is None else [amount(each.amount, money)]
    for payment in document.payments:  # items 10 and 11
        texts += [FORMS.get(payment.form, payment.form), str(payment.due_date or ""), *payment.ids]
        texts += [] if payment.means == "1" else [_label("payment_means", payment.means)]
    texts += [text for code, text in QUALITIES.items() if code in supplier.responsibilities]  # item 12
    for total in (*document.taxes, *getattr(document, "withholdings", ())):  # item 13
        for each in total.subtotals:
            texts.append(amount(each.amount, money))
            texts += ["" if each.percent is None else f"{_quantity(each.percent)} %"]
            if each.percent is not None and each.taxable is not None:
                texts.append(amount(each.taxable, money))
    texts += _second(document)
    texts.append(found.key)  # item 15
    texts += [control.provider_nit or "", control.software_id or ""]  # item 18
    for party in (supplier, customer):
        texts += [*party.emails, party.phone or ""]
        texts += [party.address.line or ""] if party.address is not None else []
    if document.health is not None:
        texts += [each.value or "" for user in document.health.users for each in user.data]
    if document.period is not None:
        texts += [str(document.period.start or ""), str(document.period.end or "")]
    if document.delivery_terms is not None:
        texts += [document.delivery_terms.incoterm or "", document.delivery_terms.special_terms or ""]
    texts += [control.range_prefix or "", _label("operation_types", document.operation)]
    for reference in (*document.despatch_references, *document.receipt_references, *document.additional_references):
        texts += [reference.number]
    for reference in document.billing_references:
        texts += [reference.number, reference.key or ""]
    for correction in getattr(document, "corrections", ()):
        concepts = "debit_note_concepts" if document.kind == "debit_note" else "credit_note_concepts"
        texts += [correction.description or "", _label(concepts, correction.concept)]
    texts += document.notes
    return [text for text in texts if text]


def _second(document: Any) -> list[str]:
    """Return the amount payable in the other currency, where the rate is one of so many pesos for one unit (FAR06)."""
    rate, payable = document.exchange_rate, document.totals.payable
    pair = None if rate is None else {rate.currency, rate.target_currency}
    if pair is None or "COP" not in pair or document.currency not in pair or len(pair) == 1 or rate.rate < 1:
        return []
    [foreign] = pair - {"COP"}
    other, value = ("COP", payable * rate.rate) if document.currency != "COP" else (foreign, payable / rate.rate)
    return [f"{other} {colombian(value.quantize(D('0.01')))}"]


def _label(name: str, code: str | None) -> str:
    """Return what a code means, or the code where the list has none such."""
    codes = catalog(name)
    return codes.label(code) if code in codes else code or ""


def _identified(party: Any) -> str:
    return f"{party.id}-{party.check_digit}" if party.id_type == "31" and party.check_digit else party.id


def _quantity(value: Decimal) -> str:
    return colombian(value).removesuffix(",00") if value == value.to_integral_value() else _trimmed(value)


def _trimmed(value: Decimal) -> str:
    return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))
