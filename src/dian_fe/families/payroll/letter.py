"""The texts of the mail of a payslip to its worker. No source defines them: the mail is not a transmission to DIAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...delivery.letter import Letter
from ...models._words import day

if TYPE_CHECKING:
    from ...delivery.packing import Package


class _PayslipLetter(Letter):
    issuer = "Empleador"
    counterpart = "Trabajador"
    greeting = "Le enviamos su comprobante de nómina. Está en el archivo adjunto."
    answers = "Correo para responder"

    def subject(self, package: Package[Any]) -> list[str]:
        """Return what the worker looks for: the payslip with its month, the employer and the number."""
        document: Any = package.document
        period = getattr(document, "periodo", None)
        month = "" if period is None else f" {period.fecha_liquidacion_fin:%Y-%m}"
        return [f"Comprobante de nómina{month}", document.empleador.name, document.number]

    def facts(self, package: Package[Any]) -> list[tuple[str, str]]:
        """Return the period that is paid: amounts stand in the payslip alone, which is the worker's."""
        period = getattr(package.document, "periodo", None)
        if period is None:
            return []
        return [("Periodo", f"{day(period.fecha_liquidacion_inicio)} – {day(period.fecha_liquidacion_fin)}")]


LETTER = _PayslipLetter()
