"""`Judge`: judges a document by its bytes as DIAN does, without network or SOAP.

It shares no state with the sender: numberings, technical keys, PINs, certificates and accepted documents are its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from .. import _xmlsafe
from .._arguments import checked
from ..catalogs import Environment
from ..catalogs.identification import DIAN_NIT
from ..errors import InvalidInput, UnreadableDocument
from ..events.timeline import EventHistory
from ..families.registry import kind_standing
from ..families.spec import Standing
from ..faults import Certainty, Fault
from ..models.issuer import Issuer, Software
from ..models.resolution import Resolution
from ..signing.signer import KeySigner
from ..ubl import xsd
from ..ubl.control import Control
from ..ubl.file_names import FileName
from ..ubl.reader.document import Received, read_document, read_element
from ..ubl.xml_view import DocumentXml
from ..verifying.owners import IN_THE_ANNEX
from ..verifying.signature.verification import verify_signature
from ..verifying.trust import TrustStore
from ..verifying.verdicts import Verification
from .answering import answer_to, as_answered
from .authority import TEST_PREFIX, Accepted, Verdict
from .office import coded, office_of
from .pki import Flaw, ToyPki

TEST_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
"""Technical key of the public test range SETP, which DIAN publishes in habilitación."""
_VALID_FROM, _VALID_TO = date(2019, 1, 19), date(2030, 1, 19)
ANSWER_DELAY = timedelta(seconds=2)
"""How long after the signing the simulator answers, when it has no clock of its own."""

_AUTHORIZATION = "18760000001"
_PUBLIC = (_AUTHORIZATION, TEST_PREFIX)

UNREADABLE = "ZB01"
"""Rule about XML that the schema refuses."""


@checked
class Judge:
    """An in-memory DIAN with a toy PKI. The same seed gives the same keys, software and answers."""

    def __init__(
        self,
        *,
        seed: int = 0,
        environment: Environment = Environment.HABILITACION,
        pki: ToyPki | None = None,
        clock: Callable[[], datetime] | None = None,
        rules: bool = True,
        references: bool = False,
        cash_events: bool = False,
        refuses: Certainty = Certainty.PROBABLE,
    ) -> None:
        """Start without accepted documents.

        ``clock`` is DIAN's; without one it follows the documents' signing times. ``rules``: judge by the registry of
        rules as well as schema, signature, key, numbering and duplicates. ``references``: refuse notes to invoices that
        were never accepted here, as DIAN does (rule CBG04a); off by default, so that a note can be tested alone.
        ``cash_events``: accept events of cash invoices, which users saw refused by LGC62. ``refuses``: least certainty
        of a rejection that refuses a document; below it is notified: ``CONFIRMADA`` is lenient, ``DUDOSA`` strict.
        """
        self.seed = seed
        self.environment = Environment(environment)
        self.pki = pki or ToyPki(seed)
        self.trust = self.pki.trust
        self.clock = clock
        self.rules = rules
        self.references = references
        self.cash_events = cash_events
        self.refuses = Certainty(refuses)
        digest = hashlib.sha256(f"software {seed}".encode()).hexdigest()
        self.software = Software(
            id=str(UUID(digest[:32])),
            pin=f"{int(digest[32:40], 16) % 100_000:05d}",
            name="Software de ejemplo",
            maker="dian-fe",
        )
        self.softwares: dict[str, Software] = {self.software.id: self.software}
        """Every registered software, by its id."""
        self._resolutions: dict[tuple[str, str], Resolution] = {}
        self._owners: dict[tuple[str, str], str] = {}
        """NIT of each numbering's owner, by authorisation and prefix; the public test range has none."""
        self._withheld: set[tuple[str, str]] = set()
        """Numberings without associated software."""
        self.accepted: dict[str, Accepted] = {}
        self.taken: dict[tuple[str, str, str], str] = {}
        self.histories: dict[str, EventHistory] = {}
        self.event_numbers: set[tuple[str, str, str]] = set()
        """Numbers that events used: sender, code and number."""
        self._answers = 0
        self.resolution(TEST_PREFIX)  # the public test range is open to every company

    # --- what a company asks for before it can invoice -------------------------------------------------------------

    def signer(self, nit: str, name: str | None = None, *, flaw: Flaw = Flaw.NONE) -> KeySigner:
        """Return a signer whose certificate names that NIT; see `ToyPki.signer`."""
        return self.pki.signer(nit, name, flaw=flaw)

    def resolution(
        self,
        prefix: str = TEST_PREFIX,
        *,
        authorization: str | None = None,
        key_digits: int = 40,
        nit: str | None = None,
    ) -> Resolution:
        """Authorise a numbering and return it with its technical key; SETP is the public test range.

        ``authorization``: number of a resolution shared with other prefixes. ``key_digits``: hexadecimal digits of the
        technical key: 40, or 64 as DIAN gave some in production; 0 for a range without key. ``nit``: the owner, without
        check digit; by default the first company with an accepted document in it.
        """
        for place, known in self._resolutions.items():
            if known.prefix == prefix and (place == _PUBLIC or nit is None or self._owners.get(place, nit) == nit):
                if nit is not None and place != _PUBLIC:
                    self._owners[place] = nit
                return known
        public = prefix == TEST_PREFIX
        taken = any(known.prefix == prefix for known in self._resolutions.values())
        whose = f" {nit}" if taken else ""
        digest = hashlib.sha256(f"resolution {self.seed} {prefix}{whose}".encode()).hexdigest()
        number = _AUTHORIZATION if public else authorization or f"1876{int(digest[:12], 16) % 10**10:010d}"
        return self.register(
            Resolution(
                authorization=number,
                prefix=prefix,
                range_from=990_000_000 if public else 1,
                range_to=995_000_000 if public else 5_000_000,
                valid_from=_VALID_FROM,
                valid_to=_VALID_TO,
                technical_key=TEST_KEY if public else digest[:key_digits] or None,
            ),
            nit=nit,
        )

    def register(self, resolution: Resolution, *, nit: str | None = None) -> Resolution:
        """Register a numbering and its owner; see ``resolution``."""
        place = (resolution.authorization, resolution.prefix)
        self._resolutions[place] = resolution
        if nit is not None and place != _PUBLIC:
            self._owners[place] = nit
        return resolution

    def withhold(self, resolution: Resolution) -> None:
        """Leave a numbering authorised, but not associated to any software.

        GetNumberingRange does not give it, and its documents are refused (FAB05b).
        """
        self._withheld.add((resolution.authorization, resolution.prefix))

    def ranges_of(self, nit: str) -> tuple[Resolution, ...]:
        """Return the numberings of a company that are associated to its software, the public one among them."""
        return tuple(
            known
            for place, known in self._resolutions.items()
            if place not in self._withheld and self._owners.get(place, nit) == nit
        )

    def range_of(self, nit: str, authorization: str | None, prefix: str | None) -> Resolution | None:
        """Return the numbering that a company's document names; None when it is another's, or not associated."""
        wanted = (authorization or "", prefix or "")
        return next((each for each in self.ranges_of(nit) if (each.authorization, each.prefix) == wanted), None)

    def trust_chain(self, chain: Sequence[Any]) -> None:
        """Trust the certificates of a signer outside the toy PKI: its last one becomes an anchor."""
        self.trust = TrustStore((*self.trust.anchors, chain[-1]), (*self.trust.intermediates, *chain[:-1]))

    def register_software(self, software: Software) -> Software:
        """Register a software and its PIN."""
        self.softwares[software.id] = software
        return software

    def know(self, issuer: Issuer) -> None:
        """Register every software and numbering of an issuer."""
        for software in (issuer.software, *issuer.softwares):
            self.register_software(software)
        for resolution in (issuer.resolution, *issuer.numberings):
            if resolution is not None:
                self.register(resolution, nit=issuer.organization.nit)

    def software_of(self, identifier: str | None) -> Software | None:
        """Return a registered software, by its identifier; None for an unknown one."""
        return self.softwares.get(identifier or "")

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """Every registered numbering."""
        return tuple(self._resolutions.values())

    def adopt(self, document: bytes, application_response: bytes = b"") -> Accepted:
        """Record a signed document as accepted, without judging it: an invoice, a note or an event.

        This allows testing an event on an invoice of other software. Raises the errors of reading, and ``InvalidInput``
        for a document that no company issues.
        """
        received = read_document(document)
        if received.kind.numbering is None:
            raise InvalidInput.of("testing.not_issued", field="document", found=received.kind.name)
        verification = verify_signature(document, explain=False)
        at = self._moment(verification, received, None)
        return self._keep(received, application_response, at, verification.signing_time)

    # --- judging -----------------------------------------------------------------------------------------------------

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Verdict:
        """Judge a document; an accepted one is stored; a rejected one leaves no trace and does not spend its number."""
        try:
            root = _xmlsafe.parse(xml)
            received = read_element(root, xml)
        except UnreadableDocument as error:
            return _unreadable(str(error))
        if received.kind.numbering is None:
            refusal = UnreadableDocument("No es un documento que se emita.", found=received.kind.root)
            return _unreadable(str(refusal))
        office, verification = office_of(received.kind), self._verified(xml, received)
        moment = self._moment(verification, received, at)
        faults = xsd.validate_as(root, received.kind) or []
        if not faults:
            faults += map(_named, verification.faults)
            faults += office.faults(self, received, DocumentXml(root, len(xml)), verification, moment)
        faults = as_answered(faults, self.refuses)
        duplicate = office.duplicate(self, received)
        if duplicate is not None and not any(fault.rejects for fault in faults):
            faults = [duplicate]
        return self._answer(received, faults, moment, verification.signing_time)

    def _verified(self, xml: bytes, received: Received[Any]) -> Verification:
        """Verify the signature; a technology provider signs with its own certificate and declares it in its role."""

        def verified(nit: str | None) -> Verification:
            return verify_signature(xml, trust=self.trust, revocation=self.pki.revocation, nit=nit)

        sender = received.kind.roles.issuer_of(received.document).id
        verification = verified(sender)
        nit = office_of(received.kind).signer_nit(self, received, verification)
        return verification if nit == sender else verified(nit)

    def _moment(self, verification: Verification, received: Received[Any], at: datetime | None) -> datetime:
        if at is not None:
            return at
        if self.clock is not None:
            return self.clock()
        signed_at = verification.signing_time or received.document.issued_at
        return signed_at + ANSWER_DELAY

    # --- answering ---------------------------------------------------------------------------------------------------

    def _keep(self, received: Received[Any], response: bytes, at: datetime, signed_at: datetime | None) -> Accepted:
        document, key = received.document, (received.key or "").lower()
        roles = received.kind.roles
        sender, receiver = roles.issuer_of(document), roles.counterpart_of(document)
        known = self.accepted[key] = Accepted(
            key=key,
            number=document.number,
            kind=received.kind,
            supplier=sender.id,
            customer=receiver.id,
            raw=received.raw,
            application_response=response,
            received_at=at,
        )
        office_of(received.kind).register(self, received, key, signed_at)
        return known

    def own_range(self, nit: str, control: Control) -> None:
        """Record the owner of an accepted document's numbering, unless it has one or is public."""
        place = (control.authorization or "", control.range_prefix or "")
        if place in self._resolutions and place != _PUBLIC:
            self._owners.setdefault(place, nit)

    def history(self, key: str) -> EventHistory:
        """Return the events registered on an invoice, by its CUFE."""
        return self.histories.get(key.lower(), EventHistory(key=key.lower()))

    def _answer(
        self, received: Received[Any], faults: list[Fault], at: datetime, signed_at: datetime | None
    ) -> Verdict:
        document = received.document
        response = answer_to(self, received, faults, at)
        if not any(fault.rejects for fault in faults):
            self._keep(received, response, at, signed_at)
        self._answers += 1
        file_name = FileName(kind_standing(Standing.ANSWER).files, DIAN_NIT, "000", at.year, self._answers).xml
        return _verdict(faults, received.key, document.number, response, file_name)


def _verdict(
    faults: Sequence[Fault],
    key: str | None = None,
    number: str | None = None,
    response: bytes = b"",
    file_name: str = "",
) -> Verdict:
    rejected = any(fault.rejects for fault in faults)
    message = "Validación contiene errores en campos mandatorios." if rejected else "Procesado Correctamente."
    code = "99" if rejected else "00"
    return Verdict(key, number, code, not rejected, message, tuple(faults), response, file_name)


def _unreadable(reason: str) -> Verdict:
    return _verdict([coded(UNREADABLE, "", reason, None)])


def _named(fault: Fault) -> Fault:
    """Return a fault under the annex's code, if it has one for a certificate of another owner."""
    return replace(fault, code=IN_THE_ANNEX.get(fault.code, fault.code))
