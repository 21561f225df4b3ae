"""Documents that are on their way at this moment: one delivery for each key, and what its end means to the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .batches import held_back
from .outcome import Answer
from .shipment import Shipment, State


class _Future(Protocol):
    """What both kinds of futures have."""

    def set_result(self, result: Answer | None, /) -> None:
        """End the flight; None when its caller stopped: how the document stands is then not known."""


F = TypeVar("F", bound=_Future)


@dataclass(frozen=True, slots=True)
class Flight(Generic[F]):
    """A delivery and where its end is awaited. An error of its caller's is never another caller's."""

    shipment: Shipment
    end: F


@dataclass(slots=True)
class Flights(Generic[F]):
    """The deliveries of a client, by key."""

    _by_key: dict[str, Flight[F]] = field(default_factory=dict)

    def join(self, shipment: Shipment, end: F) -> tuple[Flight[F], list[Flight[F]]]:
        """Return the flight of a document, the caller's own (with ``end``) when there was none.

        Besides, those of the documents that must be accepted before it.
        """
        flight = self._by_key.setdefault(shipment.key, Flight(shipment, end))
        return flight, [self._by_key[key] for key in shipment.references if key in self._by_key and key != shipment.key]

    def land(self, flight: Flight[F], answer: Answer | None) -> None:
        """End a flight. It is gone before whoever waits is woken, so that the next one can begin."""
        del self._by_key[flight.shipment.key]
        flight.end.set_result(answer)


def shared(shipment: Shipment, answer: Answer | None) -> Answer | None:
    """Return the answer of another caller's delivery if it is this shipment's too: that of the same bytes."""
    return answer if answer is not None and answer.shipment.xml == shipment.xml else None


def in_doubt(shipment: Shipment) -> Shipment:
    """Return a shipment to go on with after a delivery by another caller that may have sent it: DIAN is asked first."""
    return shipment.moved(State.IN_DOUBT) if shipment.state is State.READY else shipment


def waiting_for(shipment: Shipment, ended: Iterable[tuple[Flight[F], Answer | None]]) -> Answer | None:
    """Return the answer of a document that is held back because one of those before it was not accepted."""
    for flight, answer in ended:
        known = answer or Answer(in_doubt(flight.shipment))
        if not known.accepted:
            return held_back(shipment, known)
    return None
