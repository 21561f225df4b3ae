"""The package that a customer of the simulator receives by mail: a document accepted for it, with the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..delivery.packing import Package, pack
from ..families.spec import Standing
from ..ubl.reader.document import read_document
from .authority import Accepted, Authority
from .office import sell


def package_for(authority: Authority, to: str, at: datetime | None) -> Package[Any]:
    """Return the package of the last invoice or note accepted for a customer; see ``Simulator.deliver``."""
    known = _last_for(authority, to)
    if known is None:
        sell(authority, to, at)
        known = _last_for(authority, to)
    assert known is not None, "what was sold is accepted"
    received = read_document(known.raw)
    software = authority.software_of(received.control.software_id)
    return pack(
        received,
        known.application_response,
        authority.signer(known.supplier),
        at=max(known.received_at, received.document.issued_at),
        provider_code=None if software is None else software.provider_code,
    )


def _last_for(authority: Authority, to: str) -> Accepted | None:
    # From the end: of those accepted at one moment, as a stopped clock gives, the first that max meets is the last.
    found = (known for known in reversed(authority.accepted.values()) if known.customer == to)
    sent = (known for known in found if known.kind.delivered and known.kind.standing is Standing.DOCUMENT)
    return max(sent, key=lambda known: known.received_at, default=None)
