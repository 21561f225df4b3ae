"""A document cannot be handed over to the customer: package and mail."""

from __future__ import annotations

from .base import TYPE_CHECKING, DianFeError

if TYPE_CHECKING:
    from typing import Any


class DeliveryError(DianFeError):
    """A document cannot be handed over to the customer."""


class NotAccepted(DeliveryError):
    """DIAN has not accepted the document, so that it is not issued (expedido) and may not be handed over."""


class ForeignAnswer(DeliveryError):
    """The answer is not one of DIAN's, or it is about another document."""


class PackageTooLarge(DeliveryError):
    """The package exceeds the limit even without everything that may be left out."""


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
        """Return the JSON form."""
        return super().as_dict() | {"status": self.status, "retryable": self.retryable}


class MailServerUnreachable(MailError):
    """No connection to the mail server, no TLS agreement with it, or no answer in time."""


class MailLoginRefused(MailError):
    """The mail server refused the user or the password."""


class RecipientsRefused(MailError):
    """The mail server took none of the addresses; ``found`` says which and why."""


class MessageRefused(MailError):
    """The mail server refused the sender or the message itself."""
