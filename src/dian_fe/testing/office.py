"""`Office`: judges the documents of a family on the simulator; a family declares its own as ``office``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from ..catalogs import Environment
from ..errors import InvalidInput
from ..families.registry import families
from ..families.spec import Authorised, DocumentKind, Family
from ..faults import Fault
from ..models.issuable import references_of
from ..models.issuer import Issuer, Software
from ..models.organization import Organization
from ..models.resolution import Resolution
from ..rules import Subject, check
from ..rules.certainty import certainty_of
from ..rules.coded_faults import coded_fault
from ..rules.facts import severity_of, words
from ..signing.policy import SignerRole
from ..ubl.keys import KindKeys
from ..ubl.paths import DocumentPlaces
from ..ubl.reader.document import Received, read_document
from ..ubl.xml_view import DocumentXml
from ..verifying.verdicts import Verification
from .authority import Authority

DUPLICATE = "90"
"""Rule of the document that was processed before."""


@dataclass(frozen=True, slots=True)
class OfficeCodes:
    """DIAN's codes, for one kind, of faults that only it can find; the library's unless a source has one."""

    environment: str = "wrong_environment"
    software: str = "unknown_software"
    numbering: str = "unknown_numbering"
    original: str = "unknown_original"


@dataclass(frozen=True, eq=False)
class Office:
    """How DIAN judges the documents of a family, beyond schema and signature. Subclasses add further checks."""

    codes: Mapping[str, OfficeCodes] = field(default_factory=dict)
    """By the name of the kind."""
    always: str = ""
    """Regular expression of the rules' codes that are applied even when the simulator judges without ``rules``."""
    sell: Callable[[Authority, str, datetime | None], None] | None = None
    """Function that has a document accepted for a customer without one, at a moment; deterministic by seed."""

    def signer_nit(self, authority: Authority, received: Received[Any], verification: Verification) -> str | None:
        """Return the NIT that must have signed: the issuer's, or the third party's; None if any may sign."""
        if verification.role == SignerRole.THIRD_PARTY.value:
            return received.control.provider_nit
        nit: str = received.kind.roles.issuer_of(received.document).id
        return nit

    def faults(
        self,
        authority: Authority,
        received: Received[Any],
        xml: DocumentXml,
        verification: Verification,
        moment: datetime,
    ) -> list[Fault]:
        """Return the faults of a document: by the rules of its family and the authority's own data."""
        kind, control, document = received.kind, received.control, received.document
        codes = self.codes.get(kind.name, OfficeCodes())
        own: list[Fault] = []
        environment = authority.environment
        if control.environment != environment.value:
            own.append(coded(codes.environment, "control.environment", control.environment, environment.value))
        software = authority.software_of(control.software_id)
        if software is None or (software.serves and kind.name not in software.serves):
            own.append(coded(codes.software, "control.software_id", control.software_id, "el de este tipo"))
        party, resolution = kind.roles.issuer_of(document), None
        authorised = isinstance(kind.numbering, Authorised)
        if authorised:
            resolution = authority.range_of(party.id, control.authorization, control.range_prefix)
            if resolution is None or not resolution.numbers(kind):
                resolution = None
                path, expected = "control.authorization", "una autorización propia"
                own.append(coded(codes.numbering, path, control.authorization, expected))
        original, missing = self._original(authority, received, codes)
        own += missing
        own += self.further(authority, received)
        issuer = None
        if software is not None and (resolution is not None or not authorised):
            issuer = issuer_as_known(party, software, resolution, environment)
        report = check(
            Subject(
                kind=kind.name,
                document=document,
                control=control,
                xml=xml,
                issuer=issuer,
                original=original,
                clock=moment,
                keys=KindKeys(kind),
                places=DocumentPlaces(kind.name),
            )
        )
        found = {fault.code for fault in own}
        # Without ``rules`` only those of key, numbering and software are applied.
        applied = (fault for fault in report.faults if authority.rules or re.fullmatch(self.always, fault.code))
        return own + [fault for fault in applied if fault.code not in found]

    def further(self, authority: Authority, received: Received[Any]) -> Iterator[Fault]:
        """Yield the faults that only this family's documents can have."""
        yield from ()

    def duplicate(self, authority: Authority, received: Received[Any]) -> Fault | None:
        """Return the fault of a number that was used before; None for a new one."""
        taken = authority.taken.get(self._place(received))
        return None if taken is None else coded(DUPLICATE, "number", taken, "un número que no se haya usado")

    def register(self, authority: Authority, received: Received[Any], key: str, signed_at: datetime | None) -> None:
        """Record an accepted document."""
        authority.taken[self._place(received)] = key
        authority.own_range(received.kind.roles.issuer_of(received.document).id, received.control)

    def _place(self, received: Received[Any]) -> tuple[str, str, str]:
        issuer = received.kind.roles.issuer_of(received.document)
        return issuer.id, received.kind.name, received.document.number

    def _original(self, authority: Authority, received: Received[Any], codes: OfficeCodes) -> tuple[Any, list[Fault]]:
        """Return the accepted document that one corrects, or the fault that it is not accepted."""
        if not received.kind.corrects:
            return None, []
        for path, reference in references_of(received.document):
            known = authority.accepted.get(reference.key or "")
            if known is not None:
                return read_document(known.raw), []
            if authority.references and reference.key is not None:
                return None, [coded(codes.original, f"{path}.key", reference.key, "un documento aceptado")]
        return None, []


@cache
def _declared(family: Family) -> Office:
    found: Office | None = family.load(family.office)
    return found or Office()


def office_of(kind: DocumentKind) -> Office:
    """Return the office that judges a kind of document."""
    return _declared(kind.family)


def sell(authority: Authority, to: str, at: datetime | None) -> None:
    """Have a document accepted for a customer, by the first family that sells."""
    selling = next(office.sell for office in map(_declared, families()) if office.sell is not None)
    selling(authority, to, at)


def issuer_as_known(
    party: Any, software: Software, resolution: Resolution | None, environment: Environment
) -> Issuer | None:
    """Return the issuer with the authority's data; None when the party cannot be an issuer."""
    try:
        organization = Organization(nit=party.id, name=party.name)
        return Issuer(organization=organization, software=software, resolution=resolution, environment=environment)
    except InvalidInput:
        return None


def coded(code: str, path: str, found: object, expected: object) -> Fault:
    """Return a fault that only DIAN can find, with the message of its code in the rule book or the library."""
    if code.islower():
        return coded_fault(code, path=path, found=found, expected=expected, source="dian")
    filed = words().get(code)
    return Fault(
        code=code,
        severity=severity_of(code),
        message=filed.message if filed else f"Incumple la regla {code}.",
        hint=filed.hint if filed else "",
        path=path,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
        source="dian",
        certainty=certainty_of(code),
    )
