"""The payroll that `readiness` makes and judges, and the fields that its faults concern."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..._readiness import Draft
from .parties import Empleador, Trabajador
from .test_set import month_before

if TYPE_CHECKING:
    from ...models.party import Party
    from .models import Payroll


def _document(company: Party, worker: Party, number: str, at: datetime) -> Payroll:
    """Make the payroll of a worker, who is named as a customer is; the workplace is the company's."""
    employer = Empleador.of(company)
    names = (worker.name or "").split()
    address = worker.address
    place: Any = employer.municipio_ciudad if address is None else address.municipality or employer.municipio_ciudad
    paid = Trabajador(
        tipo_documento=worker.id_type or "",
        numero_documento=worker.id,
        primer_nombre=worker.first_name or " ".join(names[:1]),
        primer_apellido=worker.family_name or " ".join(names[1:]) or " ".join(names),
        lugar_trabajo_municipio_ciudad=place,
        lugar_trabajo_direccion=(address and address.line) or employer.direccion,
        sueldo=1_500_000,
    )
    return month_before(number, at, employer, paid)


DRAFT = Draft("payroll", _document, {"empleador": "/Empleador", "trabajador": "/Trabajador"}, {})
