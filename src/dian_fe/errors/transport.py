"""The exchange with DIAN failed: no verdict about the document."""

from __future__ import annotations

from .._shown import shown
from .base import TYPE_CHECKING, DianFeError

if TYPE_CHECKING:
    from typing import Any, ClassVar


class TransportError(DianFeError):
    """The exchange with DIAN failed; it says nothing about the document.

    ``operation``, ``endpoint``, ``elapsed`` (seconds), ``status`` (HTTP, if an answer came) and ``cause`` describe the
    failure; ``excerpt`` is the beginning of an unexpected answer; ``remedy`` the next step. ``retryable``: the same
    request may succeed later. ``uncertain``: DIAN may have processed the request, so a document must be looked up by
    its key before it is sent again.
    """

    RETRYABLE: ClassVar[bool] = False
    UNCERTAIN: ClassVar[bool] = False
    excerpt: str = ""  # errors of shipments stored by older versions lack it

    def __init_subclass__(cls, *, retryable: bool | None = None, uncertain: bool | None = None, **kwargs: Any) -> None:
        """Set the class's default of ``retryable`` and ``uncertain``; one that is not given is that of its base."""
        super().__init_subclass__(**kwargs)
        cls.RETRYABLE = cls.RETRYABLE if retryable is None else retryable
        cls.UNCERTAIN = cls.UNCERTAIN if uncertain is None else uncertain

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
        excerpt: str = "",
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.excerpt = excerpt
        self.operation = operation
        self.endpoint = endpoint
        self.elapsed = elapsed
        self.status = status
        self.cause = None if cause is None else str(cause)
        self.retryable = self.RETRYABLE if retryable is None else retryable
        self.uncertain = self.UNCERTAIN if uncertain is None else uncertain

    def during(self, *, operation: str, endpoint: str, elapsed: float | None) -> TransportError:
        """Fill in the circumstances that were not known where it was raised; return the error itself."""
        self.operation = self.operation or operation
        self.endpoint = self.endpoint or endpoint
        self.elapsed = elapsed if self.elapsed is None else self.elapsed
        return self

    def __str__(self) -> str:
        """Return everything on one line: operation, endpoint, elapsed time, what happened, why, what to do."""
        where = " ".join(part for part in (self.operation, self.endpoint and f"({self.endpoint})") if part)
        after = "" if self.elapsed is None else f" tras {self.elapsed:.1f} s"
        text = super().__str__() if self.cause is None else _insert(super().__str__(), self.cause)
        return shown(f"{where}{after}: {text}" if where else text)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        names = ("operation", "endpoint", "elapsed", "status", "cause", "excerpt", "retryable", "uncertain")
        return super().as_dict() | {name: getattr(self, name) for name in names}


def _insert(text: str, cause: str) -> str:
    """Put the cause before what to do."""
    before, mark, after = text.partition(" Qué hacer: ")
    return f"{before} Causa: {cause.rstrip('.')}.{mark}{after}"


class ConnectionFailed(TransportError, retryable=True):
    """No connection could be made: nothing was sent."""


class NameNotResolved(ConnectionFailed):
    """The host's name has no address: DNS or the network of this machine."""


class TlsFailed(ConnectionFailed, retryable=False):
    """No TLS agreement: a certificate that is not trusted, or no common version."""


class ProxyFailed(ConnectionFailed):
    """The proxy refused or failed before reaching DIAN."""


class ConnectionLost(TransportError, retryable=True, uncertain=True):
    """The connection broke after the request began to be sent."""


class AnswerTimeout(TransportError, retryable=True, uncertain=True):
    """No answer within the time given."""


class ServiceUnavailable(TransportError, retryable=True, uncertain=True):
    """HTTP 403, 5xx, or a page instead of an answer."""


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

    ``local_time`` and ``server_time`` (ISO 8601) and ``skew`` (seconds, positive when this clock is ahead) show whether
    the clock is the cause; they are None when the answer carried no date.
    """

    local_time: str | None = None
    server_time: str | None = None
    skew: float | None = None


class CertificateRefused(ServiceFault):
    """The service does not accept the certificate: an authority it does not know, or another kind of certificate.

    Raised when the fault mentions a certificate, or is the one without reason that users saw for such certificates.
    """


class AddressingFault(ServiceFault):
    """The service does not accept this action or address."""


class InternalFault(ServiceFault, retryable=True, uncertain=True):
    """The service failed internally; it may have processed the request before that."""


class UnreadableAnswer(TransportError, retryable=True, uncertain=True):
    """An answer that is empty, cut short, of another operation or document, or no SOAP at all."""


class UnsafeAnswer(UnreadableAnswer, retryable=False):
    """An answer with a DTD, or over the limits of size and depth: not DIAN's."""


class DownloadFailed(TransportError, retryable=True):
    """The address in DIAN's answer could not be downloaded; there is no automatic retry.

    ``answer``: what DIAN answered, with the address. ``content``: the whole body received instead; empty when there was
    none.
    """

    def __init__(self, message: str, *, answer: Any = None, content: bytes = b"", **details: Any) -> None:
        super().__init__(message, **details)
        self.answer = answer
        self.content = content


class UnreadableList(DownloadFailed):
    """What was downloaded is not a ZIP with one CSV; ``content`` is all of it."""


class UnrecognisedStatus(TransportError, uncertain=True):
    """DIAN answered with a status code of unknown meaning; no outcome is inferred from it."""


class OriginalNotAccepted(TransportError, retryable=True):
    """A document waits for the one that it corrects, which DIAN has not accepted; nothing was sent."""


class StillPending(TransportError, retryable=True, uncertain=True):
    """DIAN received the document and has not decided yet."""


class OutcomeUnknown(TransportError, retryable=True, uncertain=True):
    """Every attempt to learn the outcome failed; look the document up by its key later."""
