"""Outcomes and latencies as metrics of OpenTelemetry (extra ``otel``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._arguments import checked
from .._version import __version__
from ..errors import MissingExtra

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

    from ..transport.shipment import Shipment
    from .issued import Issued


@checked
class Metrics:
    """Hooks of a company that count and measure: ``Company(…, on_attempt=m.on_attempt, on_outcome=m.on_outcome)``.

    - ``dian_fe.attempts``, counter of exchanges with DIAN: attributes ``operation``, ``outcome`` (an error's code, or
      what DIAN answered) and ``environment`` ("1" production, "2" tests).
    - ``dian_fe.attempt.duration``, histogram in seconds, with the same attributes.
    - ``dian_fe.documents``, counter of documents issued or resumed: ``kind``, ``outcome`` (`Outcome`), ``environment``.

    One object serves many companies. ``meter``: where they are made; by default that of the global provider, called
    ``dian_fe``. Raise ``MissingExtra`` without opentelemetry-api.
    """

    def __init__(self, meter: Meter | None = None) -> None:
        """Make the instruments."""
        try:
            from opentelemetry import metrics
        except ImportError:
            raise MissingExtra.needed("otel", "opentelemetry-api", "medir con OpenTelemetry") from None
        chosen = meter or metrics.get_meter("dian_fe", __version__)
        self._attempts = chosen.create_counter("dian_fe.attempts", unit="{attempt}", description="Exchanges with DIAN")
        self._elapsed = chosen.create_histogram(
            "dian_fe.attempt.duration", unit="s", description="Duration of an exchange with DIAN"
        )
        self._documents = chosen.create_counter(
            "dian_fe.documents", unit="{document}", description="Documents by their outcome"
        )

    def on_attempt(self, shipment: Shipment) -> None:
        """Count and measure the last exchange about a shipment."""
        last = shipment.attempts[-1]
        told = {"operation": last.operation, "outcome": last.outcome, "environment": shipment.environment}
        self._attempts.add(1, told)
        if last.elapsed is not None:
            self._elapsed.record(last.elapsed, told)

    def on_outcome(self, issued: Issued[Any]) -> None:
        """Count a document by its outcome."""
        shipment = issued.shipment
        told = {"kind": shipment.kind, "outcome": issued.answer.outcome.value, "environment": shipment.environment}
        self._documents.add(1, told)
