"""Group AN: how the document is paid. A ticket is paid at once."""

from __future__ import annotations

from ....catalogs import PaymentForm
from ....rules import advice
from ....rules.model_checks import listed, required
from . import KINDS

required("DEAN01", "NAAN01", "NADAN01", path="payments", expected="al menos un medio de pago")
listed("DEAN02", path="payments[].form", among=(PaymentForm.CONTADO.value,), expected="1 (contado)")

advice.payments(*KINDS)
