"""The order of a batch: what can be sent now, what waits for another document, what is a duplicate."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from ..errors import OriginalNotAccepted
from .outcome import Answer
from .shipment import Shipment


class Batch:
    """Documents in order, each waiting for those of the batch that it corrects. Without I/O.

    An event waits for its invoice, and for the event before it in the batch that is about the same invoice.

    A duplicate is sent once. A document whose original is not accepted is held back. ``refused``: answers for documents
    that may not be sent, by position; they do not affect the others.
    """

    def __init__(self, shipments: Sequence[Shipment], refused: Mapping[int, Answer] | None = None) -> None:
        """Compute which document waits for which, by key."""
        self.shipments = tuple(shipments)
        self.refused = dict(refused or {})
        self._answers: dict[int, Answer] = {}
        self._first: dict[str, int] = {}
        self._followers: dict[int, list[int]] = {}
        self._missing: dict[int, int] = {}
        self._before: dict[int, int] = {}
        """For an event, the one before it in the batch that is about the same invoice."""
        last: dict[str, int] = {}
        for index, shipment in enumerate(self.shipments):
            self._first.setdefault(shipment.key, index)
            for invoice in shipment.references if shipment.event else ():
                if invoice in last:
                    self._before[index] = last[invoice]
                last[invoice] = index
        self._ready: deque[int] = deque()
        for index, shipment in enumerate(self.shipments):
            leaders = self._leaders(index, shipment)
            for leader in leaders:
                self._followers.setdefault(leader, []).append(index)
            self._missing[index] = len(leaders)
            if not leaders:
                self._ready.append(index)

    def _leaders(self, index: int, shipment: Shipment) -> set[int]:
        first = self._first[shipment.key]
        if first != index:
            return {first}
        leaders = {self._first[key] for key in shipment.references if key in self._first} - {index}
        if index in self._before:
            leaders.add(self._before[index])
        return leaders

    def next(self) -> int | None:
        """Return the position of the next document that can be sent now; None while all wait, or none is left."""
        return self._ready.popleft() if self._ready else None

    def done(self, index: int, answer: Answer) -> list[Answer]:
        """Record an answer; return it with those of other documents that it decides."""
        decided = [(index, answer)]
        for place, given in decided:
            self._answers[place] = given
            for follower in self._followers.get(place, ()):
                if follower in self._answers or any(follower == other for other, _ in decided):
                    continue
                shipment = self.shipments[follower]
                if shipment.key == given.key:
                    decided.append((follower, given))
                elif not given.accepted:
                    decided.append((follower, held_back(shipment, given)))
                else:
                    self._missing[follower] -= 1
                    if self._missing[follower] == 0:
                        self._ready.append(follower)
        return [given for _, given in decided]

    @property
    def decided(self) -> int:
        """Number of documents with an answer."""
        return len(self._answers)

    def answers(self) -> list[Answer]:
        """Return the answers in the order of the batch. Documents that correct each other in a circle are held back."""
        for index, shipment in enumerate(self.shipments):
            if index not in self._answers:
                self._answers[index] = held_back(shipment, Answer(shipment))
        return [self._answers[index] for index in range(len(self.shipments))]


def held_back(shipment: Shipment, original: Answer) -> Answer:
    """Return the answer of a document that was not sent because the one that it depends on is not accepted."""
    error = OriginalNotAccepted.of(
        "transport.original_not_accepted", found=original.outcome.value, number=original.number
    )
    return Answer(shipment.with_state(shipment.state, error=error))
