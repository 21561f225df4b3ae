"""The texts of an event's mail (annex RADIAN 1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...delivery.letter import Letter
from ...models.issuable import parties_of

if TYPE_CHECKING:
    from ...delivery.packing import Package


class _EventLetter(Letter):
    counterpart = "Destinatario"

    def subject(self, package: Package[Any]) -> list[str]:
        """Return Evento; number of the invoice; NIT and name of who sends it; number and code of the event."""
        document = package.document
        sender, _ = parties_of(document)
        return ["Evento", document.reference or "", sender.id, sender.name or "", document.number, document.code]

    def what(self, package: Package[Any]) -> str:
        return f"Evento {package.document.code}, {package.document.description}"

    def facts(self, package: Package[Any]) -> list[tuple[str, str]]:
        return [("Factura", f"{package.document.reference}, CUFE {package.document.reference_key}")]

    def looked_up(self, package: Package[Any]) -> str:
        key: str = package.document.reference_key
        return key


LETTER = _EventLetter()
