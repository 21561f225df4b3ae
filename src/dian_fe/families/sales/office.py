"""Checks of sales documents that only DIAN can make: registered software, numberings, accepted documents and events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...faults import Fault
from ...testing.authority import Authority
from ...testing.event_order import takes_notes
from ...testing.office import Office, OfficeCodes, coded
from ...ubl.received import Received
from .selling import sell


class _SalesOffice(Office):
    def further(self, authority: Authority, received: Received[Any]) -> Iterator[Fault]:
        """Yield the fault of a note to an invoice that was accepted (033 or 034)."""
        if not received.kind.corrects:
            return
        for position, reference in enumerate(received.document.billing_references):
            registered = {event.code: event.signed_at for event in authority.history(reference.key or "")}
            if not takes_notes(registered):
                yield coded(
                    "notes_after_acceptance",
                    f"billing_references[{position}].key",
                    f"{reference.number}: {', '.join(registered)}",
                    "sin aceptar",
                )


def _codes(letter: str, software: str) -> OfficeCodes:
    return OfficeCodes(f"{letter}AD04", software, "FAB05b", f"{letter}BG04a")


OFFICE = _SalesOffice(
    {
        "invoice": _codes("F", "FAB24b"),
        # The list of notes has no suffixed code for unknown software: the element's code is used (doubtful).
        "credit_note": _codes("C", "CAB24"),
        "debit_note": _codes("D", "DAB24"),
    },
    # Key, numbering and software.
    r".(AB(05|07|08|10b|11b|12b|24|27)|AD(04|05|06|09a|09b)).*",
    sell,
)
