"""Who is trusted in these tests, and what an examination tells."""

from __future__ import annotations

from dian_fe import Examination
from tests.delivery.support import office

TRUST = office().trust
PKI = office().pki
KEY = office().resolution().key()
STRANGER = "860000123"


def codes(examination: Examination, *, rejecting: bool | None = None) -> set[str]:
    """Return the codes of all that was found, but that the signatures of the tests list one certificate."""
    return {
        fault.code
        for part in examination.walk()
        for fault in part.faults
        if fault.code != "certificate_list_short" and (rejecting is None or fault.rejects is rejecting)
    }


def part(examination: Examination, kind: str) -> Examination:
    """Return the only part of a kind."""
    (found,) = [part for part in examination.walk() if part.kind == kind]
    return found
