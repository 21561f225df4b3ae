"""The store that keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ..delivery.sending import DeliveryRecord
from ..errors import InvalidInput
from ..transport.shipment import Shipment
from .store import Entry, Series


class Nowhere:
    """The store of a company without one: it numbers nothing, and nothing survives. See `Store` for its methods."""

    def __repr__(self) -> str:
        """Show that there is no store."""
        return "None"

    def take(self, series: Series, *, wanted: int | None = None, idempotency_key: str | None = None) -> int:
        """Return the wanted number; raise ``InvalidInput`` when the caller chose none."""
        if wanted is None:
            raise InvalidInput.of("company.no_store", field="number")
        return wanted

    def give_back(self, series: Series, consecutive: int) -> None:
        """Do nothing."""

    def add(self, entry: Entry) -> bool:
        """True if the document may be sent: always."""
        return True

    def save(self, shipment: Shipment) -> None:
        """Do nothing."""

    def finish(self, key: str, package: bytes | None) -> None:
        """Do nothing."""

    def claim(self, key: str) -> Entry | None:
        """Return nothing: it keeps no documents."""
        return None

    def release(self, key: str) -> None:
        """Do nothing."""

    def withdraw(self, key: str) -> None:
        """Do nothing."""

    def find(
        self, company: str, *, key: str | None = None, number: str | None = None, idempotency_key: str | None = None
    ) -> Entry | None:
        """Return nothing: it keeps no documents."""
        return None

    def unfinished(self, company: str) -> Sequence[str]:
        """Return nothing."""
        return ()

    def last(self, series: Series) -> int | None:
        """Return nothing: it counts no numbers."""
        return None

    def record(self, record: DeliveryRecord) -> None:
        """Do nothing."""

    def deliveries(self, key: str) -> Sequence[DeliveryRecord]:
        """Return nothing."""
        return ()
