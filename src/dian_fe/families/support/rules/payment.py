"""Group AN: how the document is paid."""

from __future__ import annotations

from functools import partial

from ....rules import advice
from ....rules.model_checks import required
from ....rules.party_checks import own
from ....rules.payment_checks import credit_has_due_date, forms, ids_are_not_empty, means
from . import KINDS, LETTERS

_AN = partial(own, "AN", letters=LETTERS)

required("DSAN01", path="payments", expected="al menos un medio de pago")
forms(*_AN("02"))
means("DSAN03a", needed=True)
means("NSAN03")
credit_has_due_date(*_AN("04"))
ids_are_not_empty(*_AN("05"))

advice.payments(*KINDS)
