"""Checks of payroll that only DIAN can make: repetition, predecessors, novelties, registered software."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...faults import Fault
from ...testing.office import Office, OfficeCodes, coded
from .models import PaidPayroll, Payroll, PayrollDocument

if TYPE_CHECKING:
    from ...testing.authority import Authority
    from ...ubl.received import Received

_NOBODY = "0"
"""Who a deletion concerns, as in its CUNE."""


class _PayrollOffice(Office):
    def further(self, authority: Authority, received: Received[Any]) -> Iterator[Fault]:
        """Yield what is wrong with a novelty: no earlier payroll of the month, or an unknown document."""
        document = received.document
        if not authority.references or not isinstance(document, Payroll) or not document.novedad:
            return
        if _month(document) not in authority.taken:
            yield coded("NIE199a", "novedad", "true", "una nómina anterior del trabajador en el mes")
        if (document.cune_nov or "").lower() not in authority.accepted:
            yield coded("NIE204a", "cune_nov", document.cune_nov, "el CUNE de un documento aceptado")

    def register(self, authority: Authority, received: Received[Any], key: str, signed_at: datetime | None) -> None:
        """Record an accepted document, and that its worker was paid for the month."""
        super().register(authority, received, key, signed_at)
        if isinstance(received.document, PaidPayroll):
            authority.taken.setdefault(_month(received.document), key)

    def _place(self, received: Received[Any]) -> tuple[str, str, str]:
        """Return what is sent once: a number for a worker (rule 90)."""
        document: PayrollDocument = received.document
        return document.empleador.nit, f"{document.type_code} {_worker(document)}", document.number


def _worker(document: PayrollDocument) -> str:
    worker: str = document.trabajador.numero_documento if isinstance(document, PaidPayroll) else _NOBODY
    return worker


def _month(document: PaidPayroll) -> tuple[str, str, str]:
    month = f"{document.periodo.fecha_liquidacion_fin:%Y-%m}"
    return document.empleador.nit, f"mes {document.trabajador.numero_documento}", month


OFFICE = _PayrollOffice(
    {
        "payroll": OfficeCodes(software="NIE019"),
        "payroll_replacement": OfficeCodes(software="NIAE019", original="NIAE191a"),
        "payroll_deletion": OfficeCodes(software="NIAE232", original="NIAE216a"),
    },
    "NIA?E(02[04]|233|238)",  # CUNE and security code
)
