"""Every exception that dian-fe raises.

::

    DianFeError                     anything this library refuses
    ├── InvalidInput                data given by the caller cannot be used (also a ValueError)
    │   ├── FloatMoney              a float where money, a quantity or a rate is expected
    │   ├── InvalidNumberText       text that is not a plain decimal number
    │   ├── WrongCheckDigit         a NIT's check digit is not the computed one
    │   ├── InvalidIdentification   an identification of the wrong form (NIT typed with its digit, symbols, …)
    │   ├── UnknownCode             a code that its catalogue does not hold
    │   ├── UnknownPlace            a municipality, department or postal code that does not exist or do not match
    │   ├── ForbiddenCharacter      a control character that XML cannot carry
    │   ├── InvalidEmail            an e-mail address of the wrong form
    │   ├── NaiveDatetime           a datetime without zone
    │   ├── MissingExchangeRate     a foreign currency without its rate
    │   ├── MissingDueDate          a credit payment without a due date
    │   ├── InconsistentAmounts     an amount given by the caller contradicts the computed one
    │   ├── HeaderInjection         a line break or control character in what becomes a mail header
    │   ├── WrongEnvironment        no environment was chosen, or the document is of another one
    │   └── NotAllowed              a combination that the kind of document does not admit
    │       └── EventRefused        an invoice does not admit the event: order, terms, cash (``faults`` tell all)
    ├── NumberingError              the document's number does not fit the resolution
    │   ├── OutOfRange
    │   ├── WrongPrefix
    │   ├── ResolutionNotInForce
    │   ├── MissingTechnicalKey
    │   └── NoNumbering             DIAN gave no numbering range for this NIT and software
    ├── KeyMaterialError            a key or certificate that cannot be used
    │   ├── WrongPassword
    │   ├── NotAKeyStore
    │   ├── LegacyKeyStore          a .p12 sealed with ciphers that OpenSSL 3 no longer opens (RC2, 3DES)
    │   ├── MissingPrivateKey
    │   ├── KeyDoesNotMatch
    │   ├── WeakKey
    │   ├── TokenNotFound           no PKCS#11 token of that label or serial is there
    │   ├── PinLocked               too many wrong PINs: the token takes none any more
    │   ├── AmbiguousKey            several tokens or keys fit what was asked for
    │   ├── CertificateExpired
    │   ├── CertificateNotYetValid
    │   └── WrongCertificateOwner   the certificate names another NIT
    ├── SigningError                the signer failed or gave an impossible value
    ├── MissingExtra                what was asked for needs an optional dependency (also an ImportError)
    ├── UnreadableDocument          bytes that are not a document we can read
    │   ├── MalformedXml
    │   ├── UnsafeXml               DTD, entities, or over the size and depth limits
    │   ├── UnsafeArchive           a ZIP that is damaged, encrypted, or unpacks to too much
    │   └── UnsupportedDocument     well-formed, but of a family or version that is not handled
    ├── SchemaInvalid               a document does not satisfy the XSD
    ├── SignatureInvalid            the signature of a document does not hold
    │   ├── NotSigned               there is no signature where there must be one
    │   ├── SignerNotTrusted        the certificate: its path, its dates, revoked, or of another NIT
    │   └── ContentsContradict      key, container or DIAN's answer say something else than the document
    ├── Rejected                    DIAN (or the simulator) rejected the document
    │   ├── NumberTaken             another document was accepted under this number (rule 90)
    │   └── EventRegistered         the invoice has another event of this code already (rule LGC01)
    ├── DeliveryError               a document cannot be handed over to the customer
    │   ├── NotAccepted             DIAN has not accepted it: it may not be handed over yet
    │   ├── ForeignAnswer           the answer is not DIAN's, or speaks of another document
    │   ├── PackageTooLarge         over the limit even without what may be left out
    │   ├── NoRecipient             there is nobody to send it to
    │   └── MailError               the mail server did not take the message
    │       ├── MailServerUnreachable
    │       ├── MailLoginRefused
    │       ├── RecipientsRefused   none of the addresses was taken
    │       └── MessageRefused
    └── TransportError              the exchange with DIAN failed: no verdict about the document
        ├── ConnectionFailed        no connection: nothing was sent
        │   ├── NameNotResolved     the host's name has no address (DNS)
        │   ├── TlsFailed           no TLS agreement, or a certificate that is not trusted
        │   └── ProxyFailed         the proxy refused
        ├── ConnectionLost          cut off after sending: the outcome is not known
        ├── AnswerTimeout           no answer in time: the outcome is not known
        ├── ServiceUnavailable      HTTP 403, 5xx or a page instead of an answer: DIAN is down
        ├── RequestRefused          HTTP 4xx: the request itself is wrong
        │   ├── ContentTypeRefused  HTTP 415
        │   └── MessageTooLarge     HTTP 413
        ├── ServiceFault            a SOAP fault
        │   ├── InvalidSecurity     WS-Security: clock, signature or signed parts
        │   ├── CertificateRefused  the certificate is not acceptable for the service
        │   ├── AddressingFault     wsa:To or wsa:Action is not what the service expects
        │   └── InternalFault       an error of the service's own
        ├── UnreadableAnswer        empty, cut short, or not the operation's answer
        │   └── UnsafeAnswer        a DTD, too big or too deep
        ├── UnrecognisedStatus      a status code whose meaning is not known
        ├── OriginalNotAccepted     the invoice that a note corrects is not accepted: the note was not sent
        ├── StillPending            DIAN has not decided within the time given
        └── OutcomeUnknown          every means of learning the outcome was spent

Each carries ``code`` (stable, for programs), a Spanish message, and ``field``, ``found``, ``expected`` and ``remedy``
where they make sense. Secrets are never part of any of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class DianFeError(Exception):
    """Base of every error of the library.

    ``code`` is stable; ``field`` is the model path (``lines[0].price``), ``found`` and ``expected`` are texts,
    ``remedy`` says in Spanish what to do.
    """

    code: ClassVar[str] = "dian_fe_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Derive the stable code from the class name: one spelling for one thing."""
        super().__init_subclass__(**kwargs)
        cls.code = _BOUNDARY.sub("_", cls.__name__).lower()

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        found: object = None,
        expected: object = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.found = None if found is None else str(found)
        self.expected = None if expected is None else str(expected)
        self.remedy = remedy

    def __str__(self) -> str:
        """Give the whole story on one line: where, what, found, expected, what to do."""
        text = f"{self.field}: {self.message}" if self.field else self.message
        if self.found is not None:
            text += f" Se encontró: {self.found}."
        if self.expected is not None:
            text += f" Se esperaba: {self.expected}."
        if self.remedy:
            text += f" Qué hacer: {self.remedy}"
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling (process pools) with every attribute."""
        return (_rebuild, (type(self), self.__dict__))

    def at(self, field: str) -> DianFeError:
        """Prefix the place where the error was met, as models nest in each other; returns itself."""
        if field:
            joint = "" if self.field is None or self.field.startswith("[") else "."
            self.field = field if self.field is None else f"{field}{joint}{self.field}"
        return self

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form used by the command line."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }


def _rebuild(cls: type[DianFeError], state: dict[str, Any]) -> DianFeError:
    error = cls.__new__(cls)
    Exception.__init__(error, state.get("message", ""))
    error.__dict__.update(state)
    return error


class InvalidInput(DianFeError, ValueError):
    """The caller's data cannot be used.

    ``errors`` holds every problem, each of its own type. With a single problem that problem itself is raised, so
    ``except WrongCheckDigit`` works; with several, an ``InvalidInput`` that lists them.
    """

    def __init__(self, message: str, *, errors: Sequence[InvalidInput] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[InvalidInput, ...]:
        """Every problem found; the error itself when it is the only one."""
        return self._errors or (self,)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form, with the single problems when there are several."""
        result = super().as_dict()
        if self._errors:
            result["errors"] = [error.as_dict() for error in self._errors]
        return result


class FloatMoney(InvalidInput):
    """A float was given for an exact number: binary fractions lose cents (0.1 + 0.2 ≠ 0.3)."""


class InvalidNumberText(InvalidInput):
    """A text that is not a plain finite decimal number."""


class WrongCheckDigit(InvalidInput):
    """The check digit given is not the one that the number has."""


class InvalidIdentification(InvalidInput):
    """An identification number of the wrong form."""


class UnknownCode(InvalidInput):
    """A code that its catalogue does not hold."""


class UnknownPlace(InvalidInput):
    """A place that does not exist, or two place data that contradict each other."""


class ForbiddenCharacter(InvalidInput):
    """A character that XML 1.0 cannot carry."""


class InvalidEmail(InvalidInput):
    """An e-mail address of the wrong form."""


class NaiveDatetime(InvalidInput):
    """A datetime without zone: its day would depend on the machine."""


class MissingExchangeRate(InvalidInput):
    """A document in foreign currency needs the exchange rate to COP."""


class MissingDueDate(InvalidInput):
    """A credit payment needs its due date (rule FAN04)."""


class InconsistentAmounts(InvalidInput):
    """An amount given by the caller is further from the computed one than DIAN tolerates."""


class HeaderInjection(InvalidInput):
    """A line break or another control character in what becomes a mail header: it could add headers of its own."""


class WrongEnvironment(InvalidInput):
    """No environment was chosen, or a document of one environment was about to be sent to the other."""


class NotAllowed(InvalidInput):
    """A combination that this kind of document does not admit."""


class EventRefused(NotAllowed):
    """The invoice does not admit the event; ``faults`` holds every reason, as DIAN's rules name it where they do."""

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)


class NumberingError(DianFeError, ValueError):
    """The number of a document does not fit its resolution."""


class OutOfRange(NumberingError):
    """The consecutive lies outside the authorised range."""


class WrongPrefix(NumberingError):
    """The prefix is not that of the resolution."""


class ResolutionNotInForce(NumberingError):
    """The issue date lies outside the resolution's validity."""


class MissingTechnicalKey(NumberingError):
    """The resolution has no technical key, without which no CUFE exists."""


class NoNumbering(NumberingError):
    """GetNumberingRange gave no range: none exists, or none is associated to the software in DIAN's portal."""


class KeyMaterialError(DianFeError, ValueError):
    """A key or certificate that cannot be used."""


class WrongPassword(KeyMaterialError):
    """The password does not open the file, or the PIN the token."""


class NotAKeyStore(KeyMaterialError):
    """The file is not a PKCS#12 or PEM container, nor a PKCS#11 module."""


class LegacyKeyStore(KeyMaterialError):
    """The .p12 is sealed with ciphers that current OpenSSL refuses."""


class MissingPrivateKey(KeyMaterialError):
    """The container or token holds no private key, or none of that name."""


class KeyDoesNotMatch(KeyMaterialError):
    """No certificate of the container belongs to the private key."""


class WeakKey(KeyMaterialError):
    """The key is not RSA of at least 2048 bits."""


class TokenNotFound(KeyMaterialError):
    """No PKCS#11 token of that label or serial is there, or it was taken out."""


class PinLocked(KeyMaterialError):
    """After too many wrong PINs the token takes none any more, not even the right one."""


class AmbiguousKey(KeyMaterialError):
    """Several tokens or keys fit what was asked for; none is chosen silently."""


class CertificateExpired(KeyMaterialError):
    """The certificate was no longer valid at the signing time."""


class CertificateNotYetValid(KeyMaterialError):
    """The certificate was not valid yet at the signing time."""


class WrongCertificateOwner(KeyMaterialError):
    """The certificate belongs to another NIT."""


class SigningError(DianFeError):
    """The signer failed, or its value is not a signature of the bytes given to it."""


class MissingExtra(DianFeError, ImportError):
    """What was asked for needs an optional dependency that is not installed; the remedy names the extra."""

    @classmethod
    def of(cls, extra: str, package: str, what: str) -> MissingExtra:
        """Give the refusal of ``what`` (Spanish, as «firmar con un token PKCS#11»)."""
        return cls(
            f"para {what} falta la librería {package}.",
            found="no está instalada",
            expected=f"dian-fe con el extra {extra}",
            remedy=f"instálelo: pip install 'dian-fe[{extra}]'",
        )


class UnreadableDocument(DianFeError, ValueError):
    """The bytes are not a document that can be read."""


class MalformedXml(UnreadableDocument):
    """The bytes are not well-formed XML."""


class UnsafeXml(UnreadableDocument):
    """The XML uses a DTD or entities, or passes the limits of size or depth."""


class UnsafeArchive(UnreadableDocument):
    """A ZIP that is damaged or encrypted, or that unpacks to more than is admitted."""


class UnsupportedDocument(UnreadableDocument):
    """A well-formed document of a family or version that is not handled."""


class SchemaInvalid(DianFeError, ValueError):
    """A document does not satisfy the XSD."""


class SignatureInvalid(DianFeError):
    """What was received does not hold: its signature, or another thing that ``verify`` demands.

    ``faults`` are all the findings that speak against it, and ``examination`` is everything found, part by part; it is
    None when a single signature was judged, and does not travel between processes.
    """

    def __init__(
        self, message: str, *, faults: Sequence[Any] = (), examination: Any | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)
        self.examination = examination

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the examination behind: it holds parsed documents."""
        return (_rebuild, (type(self), {**self.__dict__, "examination": None}))


class NotSigned(SignatureInvalid):
    """A document without signature: nobody answers for it."""


class SignerNotTrusted(SignatureInvalid):
    """The signature holds, but not its certificate: path, dates, revocation, or the NIT that it names."""


class ContentsContradict(SignatureInvalid):
    """The signatures hold, but the parts do not fit together: key, container's references, or DIAN's answer."""


class Rejected(DianFeError):
    """The document was rejected; ``faults`` says by which rules."""

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)


class NumberTaken(Rejected):
    """Another document was accepted before under the same number (rule 90); ``found`` is its key when DIAN tells it."""


class EventRegistered(Rejected):
    """The invoice has another event of this code already (rule LGC01); ``found`` is its key when DIAN tells it."""


class DeliveryError(DianFeError):
    """A document cannot be handed over to the customer."""


class NotAccepted(DeliveryError):
    """DIAN has not accepted the document, so that it is not issued (expedido) and may not be handed over."""


class ForeignAnswer(DeliveryError):
    """The answer is not one of DIAN's, or it speaks of another document."""


class PackageTooLarge(DeliveryError):
    """The package passes the limit although everything that may be left out was."""


class NoRecipient(DeliveryError):
    """There is no address to send the document to."""


class MailError(DeliveryError):
    """The mail server did not take the message.

    ``status`` is the SMTP reply code, if one came; ``retryable``: the same message may be taken later.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retryable: bool | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.status = status
        self.retryable = status is None or 400 <= status < 500 if retryable is None else retryable

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return super().as_dict() | {"status": self.status, "retryable": self.retryable}


class MailServerUnreachable(MailError):
    """No connection to the mail server, no TLS agreement with it, or no answer in time."""


class MailLoginRefused(MailError):
    """The mail server refused the user or the password."""


class RecipientsRefused(MailError):
    """The mail server took none of the addresses; ``found`` says which and why."""


class MessageRefused(MailError):
    """The mail server refused the sender or the message itself."""


class TransportError(DianFeError):
    """The exchange with DIAN failed; it says nothing about the document.

    ``operation``, ``endpoint``, ``elapsed`` (seconds), ``status`` (HTTP, if an answer came) and ``cause`` tell what
    happened; ``remedy`` the next step. ``retryable``: the same request may succeed later. ``uncertain``: DIAN may have
    processed the request all the same, so a document must be asked for by its key before it is sent again.
    """

    RETRYABLE: ClassVar[bool] = False
    UNCERTAIN: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        endpoint: str = "",
        elapsed: float | None = None,
        status: int | None = None,
        cause: object = None,
        retryable: bool | None = None,
        uncertain: bool | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.operation = operation
        self.endpoint = endpoint
        self.elapsed = elapsed
        self.status = status
        self.cause = None if cause is None else str(cause)
        self.retryable = self.RETRYABLE if retryable is None else retryable
        self.uncertain = self.UNCERTAIN if uncertain is None else uncertain

    def during(self, *, operation: str, endpoint: str, elapsed: float) -> TransportError:
        """Fill in what whoever raised it did not know; returns itself."""
        self.operation = self.operation or operation
        self.endpoint = self.endpoint or endpoint
        self.elapsed = elapsed if self.elapsed is None else self.elapsed
        return self

    def __str__(self) -> str:
        """Give the whole story on one line: operation, endpoint, elapsed time, what happened, why, what to do."""
        where = " ".join(part for part in (self.operation, self.endpoint and f"({self.endpoint})") if part)
        after = "" if self.elapsed is None else f" tras {self.elapsed:.1f} s"
        text = super().__str__() if self.cause is None else _insert(super().__str__(), self.cause)
        return f"{where}{after}: {text}" if where else text

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        names = ("operation", "endpoint", "elapsed", "status", "cause", "retryable", "uncertain")
        return super().as_dict() | {name: getattr(self, name) for name in names}


def _insert(text: str, cause: str) -> str:
    """Put the cause before what to do."""
    before, mark, after = text.partition(" Qué hacer: ")
    return f"{before} Causa: {cause.rstrip('.')}.{mark}{after}"


class ConnectionFailed(TransportError):
    """No connection could be made: nothing was sent."""

    RETRYABLE = True


class NameNotResolved(ConnectionFailed):
    """The host's name has no address: DNS or the network of this machine."""


class TlsFailed(ConnectionFailed):
    """No TLS agreement: a certificate that is not trusted, or no common version."""

    RETRYABLE = False


class ProxyFailed(ConnectionFailed):
    """The proxy refused or failed before reaching DIAN."""


class ConnectionLost(TransportError):
    """The connection broke after the request began to be sent."""

    RETRYABLE = True
    UNCERTAIN = True


class AnswerTimeout(TransportError):
    """No answer within the time given."""

    RETRYABLE = True
    UNCERTAIN = True


class ServiceUnavailable(TransportError):
    """HTTP 403, 5xx, or a page instead of an answer."""

    RETRYABLE = True
    UNCERTAIN = True


class RequestRefused(TransportError):
    """HTTP 3xx or 4xx: the server did not take the request."""


class ContentTypeRefused(RequestRefused):
    """HTTP 415: the content type is not the one of SOAP 1.2."""


class MessageTooLarge(RequestRefused):
    """HTTP 413 or a quota fault: the message is larger than the service takes."""


class ServiceFault(TransportError):
    """A SOAP fault; ``fault_code`` and ``fault_reason`` are the service's own words."""

    def __init__(self, message: str, *, fault_code: str = "", fault_reason: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.fault_code = fault_code
        self.fault_reason = fault_reason


class InvalidSecurity(ServiceFault):
    """The service does not accept the security header.

    ``local_time`` and ``server_time`` (ISO 8601) and ``skew`` (seconds, positive when this clock is ahead) tell whether
    the clock is to blame; they are None when the answer carried no date.
    """

    local_time: str | None = None
    server_time: str | None = None
    skew: float | None = None


class CertificateRefused(ServiceFault):
    """The service does not accept the certificate: an authority it does not know, or another kind of certificate."""


class AddressingFault(ServiceFault):
    """The service does not take this action or address."""


class InternalFault(ServiceFault):
    """The service failed by itself; it may have processed the request before."""

    RETRYABLE = True
    UNCERTAIN = True


class UnreadableAnswer(TransportError):
    """An answer that is empty, cut short, of another operation or document, or no SOAP at all."""

    RETRYABLE = True
    UNCERTAIN = True


class UnsafeAnswer(UnreadableAnswer):
    """An answer with a DTD, or over the limits of size and depth: not DIAN's."""

    RETRYABLE = False


class UnrecognisedStatus(TransportError):
    """DIAN answered with a status code whose meaning is not known; nothing is guessed from it."""

    UNCERTAIN = True


class OriginalNotAccepted(TransportError):
    """A document waits for the one that it corrects, which DIAN has not accepted; nothing was sent."""

    RETRYABLE = True


class StillPending(TransportError):
    """DIAN took the document and has not decided yet."""

    RETRYABLE = True
    UNCERTAIN = True


class OutcomeUnknown(TransportError):
    """Every attempt to learn the outcome failed; the document must be asked for by its key, later."""

    RETRYABLE = True
    UNCERTAIN = True
