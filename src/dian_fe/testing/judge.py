"""The heart of the simulator: takes a document's bytes and judges it as DIAN does, without any network or SOAP.

It shares no state with whoever sends: what it knows are its own numbering ranges, technical keys, PINs and
certificates, and what it accepted before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .. import _xmlsafe
from ..catalogs import Environment, IdAlgorithm
from ..errors import DianFeError, UnreadableDocument
from ..faults import Fault, Severity
from ..models.application_response import ACCEPTED, REJECTED, ApplicationResponse, ResponseLine, ResponseParty
from ..models.document import SalesDocument
from ..models.invoice import Invoice
from ..models.issuer import Software
from ..models.resolution import Resolution
from ..signing.policy import SignerRole
from ..signing.trust import TrustStore
from ..signing.verify import Verification, verify
from ..signing.xades import sign
from ..ubl import xsd
from ..ubl.build import UBL_VERSION, write
from ..ubl.control import Control
from ..ubl.keys import document_key, key_seed, security_code, sha384
from ..ubl.kinds import KINDS, Kind
from ..ubl.names import file_stem
from ..ubl.read import Received, read_element
from ..ubl.tables.extension import DIAN_CHECK_DIGIT, DIAN_NAME, DIAN_NIT
from .pki import ToyPki

TEST_PREFIX = "SETP"
TEST_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
"""Technical key of the public test range SETP, which DIAN shows to everybody in habilitación."""
_VALID_FROM, _VALID_TO = date(2019, 1, 19), date(2030, 1, 19)
ANSWER_DELAY = timedelta(seconds=2)
"""How long after the signing the simulator answers, when it has no clock of its own."""

_MESSAGES = {
    "FAB05b": "El número de autorización de la numeración no existe o no es del emisor.",
    "FAB07b": "La fecha inicial no es la de la autorización de numeración.",
    "FAB08b": "La fecha final no es la de la autorización de numeración.",
    "FAB10b": "El prefijo no es el de la autorización de numeración.",
    "FAB11b": "El inicio del rango no es el de la autorización de numeración.",
    "FAB12b": "El fin del rango no es el de la autorización de numeración.",
    "FAB24b": "El software no está autorizado para este emisor.",
    "FAB27b": "El código de seguridad del software no corresponde.",
    "FAD04": "El ambiente no es el de este servicio.",
    "FAD05e": "El número no tiene una autorización vigente.",
    "FAD06": "El CUFE o CUDE no corresponde al documento.",
    "FAD09a": "El documento se emitió antes de la vigencia de la autorización.",
    "FAD09b": "El documento se emitió después de la vigencia de la autorización.",
    "90": "Documento procesado anteriormente.",
    "ZB01": "El XML no cumple el esquema.",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that the simulator accepted and keeps."""

    key: str
    number: str
    kind: Kind = field(repr=False)
    supplier: str
    customer: str
    raw: bytes = field(repr=False)
    application_response: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one document."""

    key: str | None
    number: str | None
    status_code: str
    """"00" accepted, "99" rejected."""
    is_valid: bool
    status_message: str
    faults: tuple[Fault, ...]
    application_response: bytes = field(repr=False)
    """Signed ApplicationResponse; empty when the document could not even be read."""
    file_name: str


class Judge:
    """An in-memory DIAN with a toy PKI. The same seed gives the same keys, software and answers."""

    def __init__(
        self,
        *,
        seed: int = 0,
        environment: Environment = Environment.HABILITACION,
        pki: ToyPki | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Open the office. ``clock`` is DIAN's; without one it follows the documents' signing times."""
        self.seed = seed
        self.environment = environment
        self.pki = pki or ToyPki(seed)
        self.trust = self.pki.trust
        self.clock = clock
        digest = hashlib.sha256(f"software {seed}".encode()).hexdigest()
        self.software = Software(
            id=f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}",
            pin=f"{int(digest[32:40], 16) % 100_000:05d}",
            name="Software de ejemplo",
            maker="dian-fe",
        )
        self._softwares: dict[str, Software] = {self.software.id: self.software}
        self._resolutions: dict[tuple[str, str], Resolution] = {}
        self.accepted: dict[str, Accepted] = {}
        self._taken: dict[tuple[str, str, str], str] = {}
        self._answers = 0

    # --- what a company asks for before it can invoice -------------------------------------------------------------

    def signer(self, nit: str, **options: Any) -> Any:
        """Give a signer whose certificate names that NIT."""
        return self.pki.signer(nit, **options)

    def resolution(self, prefix: str = TEST_PREFIX) -> Resolution:
        """Authorise a numbering and give it with its technical key; SETP is the public test range."""
        for known in self._resolutions.values():
            if known.prefix == prefix:
                return known
        if prefix == TEST_PREFIX:
            return self.register(
                Resolution(
                    authorization="18760000001",
                    prefix=prefix,
                    range_from=990_000_000,
                    range_to=995_000_000,
                    valid_from=_VALID_FROM,
                    valid_to=_VALID_TO,
                    technical_key=TEST_KEY,
                )
            )
        digest = hashlib.sha256(f"resolution {self.seed} {prefix}".encode()).hexdigest()
        return self.register(
            Resolution(
                authorization=f"1876{int(digest[:12], 16) % 10**10:010d}",
                prefix=prefix,
                range_from=1,
                range_to=5_000_000,
                valid_from=_VALID_FROM,
                valid_to=_VALID_TO,
                technical_key=digest[:40],
            )
        )

    def register(self, resolution: Resolution) -> Resolution:
        """Make a numbering known."""
        self._resolutions[resolution.authorization, resolution.prefix] = resolution
        return resolution

    def trust_chain(self, chain: Sequence[Any]) -> None:
        """Trust the certificates of a signer that is not of the toy PKI: its last one becomes an anchor."""
        self.trust = TrustStore((*self.trust.anchors, chain[-1]), (*self.trust.intermediates, *chain[:-1]))

    def register_software(self, software: Software) -> Software:
        """Make a software and its PIN known."""
        self._softwares[software.id] = software
        return software

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """Every numbering known."""
        return tuple(self._resolutions.values())

    # --- judging -----------------------------------------------------------------------------------------------------

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Verdict:
        """Judge a document; an accepted one is kept, a rejected one leaves no trace (its number is not consumed)."""
        try:
            root = _xmlsafe.parse(xml)
            received = read_element(root, xml)
        except UnreadableDocument as error:
            return self._unreadable(error)
        if not isinstance(received.document, SalesDocument):
            return self._unreadable(UnreadableDocument("no es un documento de venta.", found=received.kind.root))
        verification = self._verified(xml, received)
        moment = self._moment(verification, received, at)
        schema = xsd.validate(root)
        faults = list(schema)
        if not schema:
            faults += verification.faults
            faults += self._document_faults(received)
        duplicate = self._duplicate(received)
        if duplicate is not None and not any(fault.rejects for fault in faults):
            faults = [duplicate]
        return self._answer(received, faults, moment)

    def _verified(self, xml: bytes, received: Received[Any]) -> Verification:
        """Verify the signature; a technology provider signs with its own certificate and says so in its role."""

        def verified(nit: str | None) -> Verification:
            return verify(xml, trust=self.trust, revocation=self.pki.revocation, nit=nit)

        verification = verified(received.document.supplier.id)
        third_party = verification.role == SignerRole.THIRD_PARTY.value
        return verified(received.control.provider_nit) if third_party else verification

    def _moment(self, verification: Verification, received: Received[Any], at: datetime | None) -> datetime:
        if at is not None:
            return at
        if self.clock is not None:
            return self.clock()
        signed_at = verification.signing_time or received.document.issued_at
        return signed_at + ANSWER_DELAY

    def _document_faults(self, received: Received[Any]) -> Iterator[Fault]:
        control, document = received.control, received.document
        letter = {"invoice": "F", "credit_note": "C", "debit_note": "D"}[received.kind.name]
        software = self._softwares.get(control.software_id or "")
        if control.environment != Environment(self.environment).value:
            yield _fault(letter, "FAD04", received, control.environment, Environment(self.environment).value)
        if software is None:
            yield _fault(letter, "FAB24b", received, control.software_id, "un software registrado")
            return
        expected = security_code(software_id=software.id, pin=software.pin.get_secret_value(), number=document.number)
        if control.security_code != expected:
            yield _fault(letter, "FAB27b", received, control.security_code, "SHA-384 de SoftwareID, PIN y número")
        secret: str | None = software.pin.get_secret_value()
        if isinstance(document, Invoice):
            resolution = self._resolutions.get((control.authorization or "", control.range_prefix or ""))
            if resolution is None:
                yield _fault(letter, "FAB05b", received, control.authorization, "una autorización del emisor")
                return
            yield from self._numbering_faults(resolution, received)
            if received.kind.scheme_of(document.type_code) is IdAlgorithm.CUFE:
                secret = resolution.key()
        if document.totals is not None and secret is not None:
            key = document_key(document, secret=secret, environment=control.environment or "")
            if key != control.key:
                yield _fault(letter, "FAD06", received, control.key, "el calculado con la clave registrada")

    def _numbering_faults(self, resolution: Resolution, received: Received[Any]) -> Iterator[Fault]:
        control, document = received.control, received.document
        pairs = (
            ("FAB07b", control.authorization_start, resolution.valid_from),
            ("FAB08b", control.authorization_end, resolution.valid_to),
            ("FAB10b", control.range_prefix or "", resolution.prefix),
            ("FAB11b", control.range_from, str(resolution.range_from)),
            ("FAB12b", control.range_to, str(resolution.range_to)),
        )
        for code, found, expected in pairs:
            if found != expected:
                yield _fault("F", code, received, found, expected)
        if document.issue_date < resolution.valid_from:
            yield _fault("F", "FAD09a", received, document.issue_date, resolution.valid_from)
        elif document.issue_date > resolution.valid_to:
            yield _fault("F", "FAD09b", received, document.issue_date, resolution.valid_to)
        try:
            resolution.check(document.number, resolution.valid_from)
        except DianFeError as error:
            yield _fault("F", "FAD05e", received, document.number, error.expected)

    def _duplicate(self, received: Received[Any]) -> Fault | None:
        document = received.document
        taken = self._taken.get((document.supplier.id, received.kind.name, document.number))
        if taken is None:
            return None
        return Fault(
            code="90",
            severity=Severity.RECHAZO,
            message=_MESSAGES["90"],
            hint="consulte el documento por su clave antes de volver a enviarlo.",
            found=taken,
            source="dian",
        )

    # --- answering ---------------------------------------------------------------------------------------------------

    def _answer(self, received: Received[Any], faults: list[Fault], at: datetime) -> Verdict:
        document, key = received.document, received.key or ""
        rejected = any(fault.rejects for fault in faults)
        response = self._response(received, faults, rejected, at)
        if not rejected:
            self.accepted[key] = Accepted(
                key=key,
                number=document.number,
                kind=received.kind,
                supplier=document.supplier.id,
                customer=document.customer.id,
                raw=received.raw,
                application_response=response,
                received_at=at,
            )
            self._taken[document.supplier.id, received.kind.name, document.number] = key
        self._answers += 1
        return Verdict(
            key=received.key,
            number=document.number,
            status_code="99" if rejected else "00",
            is_valid=not rejected,
            status_message=(
                "Validación contiene errores en campos mandatorios." if rejected else "Procesado Correctamente."
            ),
            faults=tuple(faults),
            application_response=response,
            file_name=f"{file_stem('ar', nit=DIAN_NIT, provider_code='000', year=at.year, sequence=self._answers)}.xml",
        )

    def _response(self, received: Received[Any], faults: list[Fault], rejected: bool, at: datetime) -> bytes:
        document = received.document
        messages = faults or [
            Fault("0", Severity.NOTIFICACION, f"La {received.kind.root} {document.number} ha sido autorizada.")
        ]
        number = str(int(sha384(f"{self.seed} {received.key}")[:7], 16))
        response = ApplicationResponse(
            number=number,
            issued_at=at,
            sender=ResponseParty(name=DIAN_NAME, id=DIAN_NIT, check_digit=DIAN_CHECK_DIGIT),
            receiver=ResponseParty(
                name=document.supplier.name,
                id=document.supplier.id,
                id_type=document.supplier.id_type,
                check_digit=document.supplier.check_digit,
            ),
            code=REJECTED if rejected else ACCEPTED,
            description="Documento rechazado por la DIAN" if rejected else "Documento validado por la DIAN",
            reference=document.number,
            reference_key=received.key,
            lines=(
                ResponseLine(id="1", code="0000", description="0"),
                *(
                    ResponseLine(id=str(position), code=fault.code, description=fault.message)
                    for position, fault in enumerate(messages, 2)
                ),
            ),
        )
        return self._signed(response)

    def _signed(self, response: ApplicationResponse) -> bytes:
        kind = KINDS["application_response"]
        environment = Environment(self.environment).value
        key = sha384(
            key_seed(
                number=response.number,
                issue_date=response.issued_at.date().isoformat(),
                issue_time=response.issued_at.timetz().isoformat(),
                line_extension=Decimal(0),
                taxes=(None, None, None),
                payable=Decimal(0),
                supplier_id="",
                customer_id="",
                secret=self.software.pin.get_secret_value(),
                environment=environment,
            )
        )
        control = Control(
            ubl_version=UBL_VERSION,
            profile=kind.profile,
            environment=environment,
            key=key,
            key_scheme=kind.key_scheme.value,
            provider_nit=DIAN_NIT,
            provider_check_digit=DIAN_CHECK_DIGIT,
            software_id="...",
            security_code="...",
        )
        signer = self.pki.dian_signer
        return sign(write(response, control, kind), signer, at=response.issued_at, role=SignerRole.SUPPLIER).xml

    def _unreadable(self, error: UnreadableDocument) -> Verdict:
        fault = Fault(
            "ZB01", Severity.RECHAZO, _MESSAGES["ZB01"], hint=error.remedy or "", found=str(error), source="dian"
        )
        return Verdict(
            key=None,
            number=None,
            status_code="99",
            is_valid=False,
            status_message="Validación contiene errores en campos mandatorios.",
            faults=(fault,),
            application_response=b"",
            file_name="",
        )


def _fault(letter: str, code: str, received: Received[Any], found: object, expected: object) -> Fault:
    """Make a fault of DIAN's for the document's kind: the codes of notes change the first letter."""
    own = code if letter == "F" else _NOTE_CODES.get(code, code).replace("?", letter)
    return Fault(
        code=own,
        severity=Severity.RECHAZO,
        message=_MESSAGES[code],
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
        source="dian",
    )


_NOTE_CODES = {"FAD04": "?AD04", "FAD06": "?AD06", "FAB24b": "?AB24", "FAB27b": "?AB27"}
"""Codes in notes; C or D takes the place of the question mark. The lists of notes have no suffixes for the software's
codes: the code of the element is used (doubt: CAB24 and CAB27 are only known to speak of their absence)."""
