"""Advice of the library's own about documents with amounts: DIAN has no code for it, and it stops nothing.

A family registers it for its kinds, for example with ``advice.payments(*KINDS)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from ..catalogs import DocumentType, PaymentForm, TaxCode
from ..models.corrections import disagreements
from ..models.rates import bounds_of, is_likely, likely_meant, written
from .context import Context
from .registry import Check, Finding, own_rule
from .sums import LINE_TAXES, PLACES, TAXES
from .tax_checks import document_product, line_product, sum_of_rates
from .total_checks import (
    line_extension_is_the_sum_of_lines,
    payable_follows_from_totals,
    prepaid_is_the_sum_of_prepayments,
    sum_of_allowances,
    tax_exclusive_is_the_sum_of_bases,
    tax_inclusive_adds_the_taxes,
)

_CREDIT: Final = PaymentForm.CREDITO.value
_CASH: Final = PaymentForm.CONTADO.value
_BY_TARIFF: Final = frozenset({TaxCode.IVA.value, TaxCode.INC.value})
"""Taxes whose tariffs FAY10 checks."""
_TRANSCRIPTION: Final = DocumentType.DOCUMENTO_DE_TRANSMISION.value


def nothing_is_due_before_the_document(context: Context) -> Iterator[Finding]:
    """No due date is before the day of issue, or that of a document that it corrects or transcribes.

    DIAN accepted invoices paid on the spot whose due date is a week before (2025): it is advice.
    """
    document = context.document
    dues = [("due_date", getattr(document, "due_date", None))]
    for name in ("payments", "payment_terms"):
        dues += [(f"{name}[{n}].due_date", each.due_date) for n, each in enumerate(getattr(document, name))]
    said = [(path, day) for path, day in dues if day is not None and day < document.issue_date]
    first = min(_days_before(context), default=document.issue_date) if said else document.issue_date
    for path, day in said:
        if day < first:
            yield Finding(path, day, f"{first} o después")


def _days_before(context: Context) -> Iterator[date]:
    """Yield the issue days of the documents that one follows, whose terms it may have."""
    document = context.document
    yield document.issue_date
    follows = [*document.billing_references]
    if context.type_code == _TRANSCRIPTION:
        follows += document.additional_references
    for reference in follows:
        if reference.issue_date is not None:
            yield reference.issue_date
    if hasattr(document, "corrections") and document.period is not None and document.period.start is not None:
        yield document.period.start


def instalments_are_the_amount_payable(context: Context) -> Iterator[Finding]:
    """The instalments are the amount payable, each rounded to the cent, or the rest after withholdings and prepayments.

    DIAN accepted invoices whose only term is less than the amount payable, which names no withholding: it is advice.
    """
    document = context.document
    if not document.payment_terms:
        return
    terms = [term.amount for term in document.payment_terms if term.due_date is not None or term.amount is not None]
    amounts = [amount for amount in terms if amount is not None]
    if not amounts or not document.has("totals"):
        return
    total, most = sum(amounts, Decimal(0)), document.totals.payable
    withheld = sum((each.amount for each in getattr(document, "withholdings", ())), Decimal(0))
    advanced = sum((each.amount for each in document.prepayments), Decimal(0))
    rounded = Decimal("0.01") * len(amounts)
    taken = (Decimal(0), withheld, advanced, withheld + advanced)
    exact = any(abs(total + less - most) <= rounded for less in taken)
    in_part = len(amounts) < len(terms) or {_CASH, _CREDIT} <= {each.form for each in document.payments}
    if min(amounts) < 0 or not (exact or (in_part and total < most)):
        yield Finding(found=total, expected=most)


def payments(*kinds: str) -> None:
    """Register the rules that nothing is due before the document, and the instalments are the amount payable."""
    own_rule("due_before_issue", *kinds, path="payments[].due_date")(nothing_is_due_before_the_document)
    own_rule("instalments_do_not_add_up", *kinds, path="payment_terms")(instalments_are_the_amount_payable)


def rate_is_of_its_scale(context: Context) -> Iterator[Finding]:
    """A percent is within the bounds of its tax: DIAN has accepted ReteICA per thousand written as a percent.

    Reported once for each code and percent, for the document before its lines.
    """
    told = set()
    for place in PLACES:
        for line, position, index, rate in context.sums.rates(place):
            code, percent = rate.code, rate.percent
            if percent is None or percent < 0 or code in _BY_TARIFF or (code, percent) in told:
                continue
            if not is_likely(code, percent):
                told.add((code, percent))
                meant = likely_meant(code, percent)
                expected = bounds_of(code, percent)
                yield Finding(
                    f"{place.path(line, position, index)}.percent",
                    percent,
                    expected if meant is None else f"{expected}; quizá {written(meant)} %",
                )


def rates(*kinds: str) -> None:
    """Register the rule that percents are in the scale of their tax."""
    own_rule("unlikely_rate", *kinds, path="taxes[].subtotals[].percent")(rate_is_of_its_scale)


def _original(context: Context) -> Any:
    """Return the document corrected, as a model; None for anything else."""
    original = context.subject.original
    original = getattr(original, "document", original)
    return original if hasattr(original, "totals") and hasattr(original, "issue_date") else None


def note_is_not_before_its_document(context: Context) -> Iterator[Finding]:
    """A note is not issued before a document that it names."""
    found = False
    for index, reference in enumerate(context.document.billing_references):
        if reference.issue_date is not None and reference.issue_date > context.issue_date:
            found = True
            path = f"billing_references[{index}].issue_date"
            yield Finding(path, reference.issue_date, f"{context.issue_date} o antes")
    if not found:
        yield from _disagreement("note_before_document")(context)


@cache
def _disagreement(code: str) -> Check:
    def function(context: Context) -> Iterator[Finding]:
        original = _original(context)
        if original is not None:
            for each in disagreements(context.document, original):
                if each.code == code:
                    yield Finding(each.path, each.found, each.expected)

    return function


_CORRECTED: Final = {
    "note_of_other_party": "customer.id",
    "note_in_other_currency": "currency",
    "note_above_document": "totals.payable",
    "partial_annulment": "totals.payable",
    "reference_contradicts": "billing_references[].issue_date",
}


def corrections(*kinds: str) -> None:
    """Register the rule that a note does not contradict the document that it corrects."""
    own_rule("note_before_document", *kinds, path="issued_at")(note_is_not_before_its_document)
    for code, path in _CORRECTED.items():
        own_rule(code, *kinds, path=path, needs=("document", "original"))(_disagreement(code))


_TOTALS: Final = (
    line_extension_is_the_sum_of_lines,
    tax_exclusive_is_the_sum_of_bases,
    tax_inclusive_adds_the_taxes,
    sum_of_allowances("allowance_total", is_charge=False),
    sum_of_allowances("charge_total", is_charge=True),
    prepaid_is_the_sum_of_prepayments,
    payable_follows_from_totals,
)


def totals_add_up(context: Context) -> Iterator[Finding]:
    """Every total follows from the lines, the taxes, the discounts and the charges."""
    for check in _TOTALS:
        yield from check(context)


_TAXES: Final = (
    sum_of_rates(LINE_TAXES),
    line_product(LINE_TAXES),
    sum_of_rates(TAXES),
    document_product(TAXES, LINE_TAXES),
)


def taxes_add_up(context: Context) -> Iterator[Finding]:
    """Every tax is that of its base, percent or units, in the lines and in the document."""
    for check in _TAXES:
        for finding in check(context):
            yield finding._replace(severity=None)


def sums(*kinds: str) -> None:
    """Register the rules that totals and taxes add up, for kinds of which no code of DIAN's is known for them."""
    own_rule("totals_do_not_add_up", *kinds, path="totals")(totals_add_up)
    own_rule("taxes_do_not_add_up", *kinds, path="taxes")(taxes_add_up)
