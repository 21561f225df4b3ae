"""How and when the worker is paid."""

from __future__ import annotations

from typing import Final

from ....catalogs import PaymentForm, PaymentMeans
from ....rules.context import Context
from ....rules.model_checks import listed, required
from .places import at, whole_numbers

_CASH: Final = PaymentForm.CONTADO.value
_BANK: Final = {PaymentMeans.CONSIGNACION_BANCARIA.value, PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA.value}


def _by_bank(context: Context) -> bool:
    return context.document.pago.metodo in _BANK


listed(*at("Pago/@Forma"), path="pago.forma", among=whole_numbers(_CASH), expected=_CASH)
required(*at("FechasPagos/FechaPago"), path="fechas_pagos", expected="al menos una fecha")
for _attribute, _field, _expected in (
    ("Banco", "banco", "el nombre del banco"),
    ("TipoCuenta", "tipo_cuenta", "el tipo de cuenta"),
    ("NumeroCuenta", "numero_cuenta", "el número de la cuenta"),
):
    required(*at(f"Pago/@{_attribute}"), path=f"pago.{_field}", when=_by_bank, expected=_expected)
