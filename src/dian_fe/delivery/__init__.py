"""Handing documents over: packages, mail and the proof of each delivery. Names are loaded when they are first used."""

from __future__ import annotations

from .._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .mail import Mailbox, compose, subject
    from .packing import Package, pack
    from .sending import DeliveryRecord, Receipt, Sender, deliver, resend
    from .smtp import SmtpSecurity, SmtpSender

_HOMES = {
    "mail": ("Mailbox", "compose", "subject"),
    "packing": ("Package", "pack"),
    "sending": ("DeliveryRecord", "Receipt", "Sender", "deliver", "resend"),
    "smtp": ("SmtpSecurity", "SmtpSender"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "DeliveryRecord",
    "Mailbox",
    "Package",
    "Receipt",
    "Sender",
    "SmtpSecurity",
    "SmtpSender",
    "compose",
    "deliver",
    "pack",
    "resend",
    "subject",
]
