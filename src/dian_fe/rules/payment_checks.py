"""Rules about how a document is paid that families share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..catalogs import PaymentForm, PaymentMeans
from .context import Context
from .model_checks import each, listed
from .registry import Finding, add

_FORMS: Final = frozenset(member.value for member in PaymentForm)
_MEANS: Final = frozenset(member.value for member in PaymentMeans)
_CREDIT: Final = PaymentForm.CREDITO.value


def forms(*codes: str, **meta: Any) -> None:
    """Register the rule that a payment is in cash or on credit."""
    listed(*codes, path="payments[].form", among=_FORMS, expected="1 (contado) o 2 (crédito)", **meta)


def means(*codes: str, needed: bool = False, **meta: Any) -> None:
    """Register the rule that the means of payment, if present, is in the list. ``needed``: it is required."""

    def function(context: Context) -> Iterator[Finding]:
        for index, payment in enumerate(context.document.payments):
            said = payment.__dict__.get("means")  # a received document may lack it
            if said not in _MEANS and (needed or said is not None):
                yield Finding(f"payments[{index}].means", said, "un medio de pago de la lista")

    add(codes, function, "payments[].means", **meta)


def credit_has_due_date(*codes: str, **meta: Any) -> None:
    """Register the rule that a credit payment has its due date."""
    each(
        *codes,
        path="payments[].due_date",
        wrong=lambda payment: payment.form == _CREDIT and payment.due_date is None,
        expected="la fecha de vencimiento",
        **meta,
    )


def ids_are_not_empty(*codes: str, **meta: Any) -> None:
    """Register the rule that PaymentID is left out rather than empty."""

    def function(context: Context) -> Iterator[Finding]:
        for index, payment in enumerate(context.document.payments):
            for position, number in enumerate(payment.ids):
                if not number:
                    yield Finding(f"payments[{index}].ids[{position}]", "", "un identificador, u omitirlo")

    add(codes, function, "payments[].ids", **meta)
