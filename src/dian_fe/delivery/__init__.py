"""Handing documents over: packages, mail and the proof of each delivery. Names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
