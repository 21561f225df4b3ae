"""The message that carries a package to the other side (annex 1.9, section 9.1). Pure: same arguments, same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from .._shown import legible
from .._viewed import Viewed
from ..errors import HeaderInjection, InvalidEmail, InvalidInput, NoRecipient
from ..models._dates import to_bogota
from ..models.issuable import parties_of
from ..models.party import check_email
from ..ubl.qr import CATALOGUE_HOSTS, catalogue_url
from .handing import Handout
from .letter import letter_of, type_code

if TYPE_CHECKING:
    from .packing import Package

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SUBJECT_SEPARATOR = ";"
_LINE = 75
"""Longest line of a header that is written here (RFC 2047, section 2)."""


@checked
@dataclass(frozen=True, slots=True)
class Mailbox(Viewed):
    """The sender: address, name shown, and reply address for the other side (acuse, aceptación, reclamo)."""

    address: str
    """The sender's address."""
    name: str | None = None
    """The name shown beside it."""
    reply_to: str | None = None
    """The «correo de autorespuesta»; ``address`` when absent."""

    @property
    def answers(self) -> str:
        """The reply address: ``reply_to``, or ``address``."""
        return self.reply_to or self.address

    @classmethod
    def of(cls, package: Package[Any] | Handout) -> Mailbox:
        """Return the issuer's mailbox named in the document; raise ``InvalidInput`` if there is none, as in events."""
        issuer, _ = parties_of(package.document)
        if not getattr(issuer, "emails", ()):
            raise InvalidInput.of("delivery.no_issuer_email", field="mailbox")
        return cls(issuer.emails[0], _field(issuer.name))


@checked
def subject(package: Package[Any] | Handout, *, business_line: str | None = None) -> str:
    """Return the annex's subject: NIT; name; number; type code; trade name[; business line].

    That of an event is: Evento; number of the invoice; NIT and name of who sends it; number and code of the event[;
    business line] (annex RADIAN 1.1). A semicolon or line break inside a field becomes a space, as it would split the
    field. Nothing is cut.
    """
    mailed: Any = package  # a letter is of one kind, and so is what it says of
    fields = letter_of(package.kind).subject(mailed)
    if business_line is not None:
        fields.append(_header(business_line, "business_line"))
    return _SUBJECT_SEPARATOR.join(_field(text) for text in fields)


@checked
def compose(
    package: Package[Any] | Handout,
    to: Sequence[str],
    *,
    at: datetime,
    mailbox: Mailbox | None = None,
    business_line: str | None = None,
    graphic_only: bool = False,
) -> EmailMessage:
    """Return the message: subject, text and HTML in Spanish, with the ZIP attached. Nothing is sent.

    ``to``: addresses, at least one. ``at``: its date; with addresses and package it also makes the Message-ID, so that
    the same call gives the same bytes. ``mailbox``: by default the issuer's own. ``graphic_only``: attach the graphic
    representation only, for those who do not want the XML.

    Raises ``NoRecipient``, ``InvalidEmail``, ``HeaderInjection`` (line breaks in an address, a name or the business
    line), ``NaiveDatetime``, and ``InvalidInput`` when there is no PDF to attach.
    """
    mailbox = mailbox or Mailbox.of(package)
    addresses = [_address(each, "to") for each in dict.fromkeys(to)]
    if not addresses:
        raise NoRecipient.of("delivery.no_recipient", field="to")
    sender = _address(mailbox.address, "mailbox.address", mailbox.name)
    answers = _address(mailbox.answers, "mailbox.reply_to")
    moment = to_bogota(at, "at")
    identity = sha256("\n".join((package.sha256, moment.isoformat(), *map(str, addresses))).encode()).hexdigest()[:32]
    everyone = (sender, answers, *addresses)
    policy = SMTP if all(each.username.isascii() for each in everyone) else SMTPUTF8
    message = EmailMessage(policy=policy.clone(refold_source="none"))
    # Written here: up to Python 3.12 the policy's own folding puts spaces into long names and quotes.
    message.set_raw("Subject", _encoded(subject(package, business_line=business_line), "Subject"))
    message.set_raw("From", _from(sender))
    message["Reply-To"] = answers
    message["To"] = addresses
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{identity}@{sender.domain}>"
    lines = _lines(package, mailbox.answers)
    # Quoted-printable passes through servers without 8BITMIME, and lines stay short.
    greeting = letter_of(package.kind).greeting
    message.set_content(_text(greeting, lines), cte="quoted-printable")
    message.add_alternative(_html(greeting, lines), subtype="html", cte="quoted-printable")
    if graphic_only or isinstance(package, Handout):
        if package.pdf is None:
            raise InvalidInput.of("delivery.no_graphic_to_mail", field="graphic_only")
        message.add_attachment(package.pdf, maintype="application", subtype="pdf", filename=package.pdf_name)
    else:
        message.add_attachment(package.zip_bytes, maintype="application", subtype="zip", filename=package.zip_name)
    # Otherwise boundaries are random for each message.
    message.set_boundary(f"=_{identity}_1")
    alternative = next(message.iter_parts())
    alternative.set_boundary(f"=_{identity}_2")
    return message


def _address(text: str, field: str, name: str | None = None) -> Address:
    """Return a checked address; domains with letters beyond ASCII are encoded for DNS (IDNA)."""
    try:
        user, _, domain = check_email(_header(text, field)).rpartition("@")
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except InvalidEmail as error:
        error.at(field)
        raise
    except UnicodeError:
        raise InvalidEmail.of("delivery.email_domain", field=field, found=text) from None
    return Address(display_name=_field(_header(name, "mailbox.name")) if name else "", username=user, domain=domain)


def check_address(text: str) -> None:
    """Raise ``InvalidEmail`` for an invalid address, ``HeaderInjection`` for one with line breaks."""
    _address(text, "to")


def _from(sender: Address) -> str:
    if not sender.display_name:
        return sender.addr_spec
    name = _encoded(sender.display_name, "From")
    if name == sender.display_name:
        name = '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
    return f"{name}\r\n <{sender.addr_spec}>"


def _encoded(text: str, header: str) -> str:
    """Return a header's encoded text: as it is when plain and short, else all of it in encoded words (RFC 2047)."""
    if text.isascii() and "=?" not in text and len(header) + len(text) < _LINE:
        return text
    return Header(text, "utf-8", _LINE, header).encode(linesep="\r\n")


def _header(text: str, field: str) -> str:
    """Return a caller's text, refusing what could start another header."""
    if _CONTROL.search(text):
        raise HeaderInjection.of("delivery.header_injection", field=field, found=repr(text))
    return text


def _field(text: str) -> str:
    return _line(text.replace(_SUBJECT_SEPARATOR, " "))


def _line(text: str) -> str:
    """Return one line: line breaks and controls become spaces, and direction marks are escaped."""
    return legible(" ".join(_CONTROL.sub(" ", text).split()))


def _lines(package: Any, answers: str) -> list[tuple[str, str]]:
    """Return the lines of the body, as label and text."""
    document = package.document
    issuer, counterpart = parties_of(document)
    digit = getattr(issuer, "check_digit", None)
    nit = f"{issuer.id}-{digit}" if digit else issuer.id
    label = package.kind.key_form(type_code(package)).scheme
    letter = letter_of(package.kind)
    lines = [
        (letter.issuer, f"{issuer.name}, NIT {nit}"),
        ("Documento", f"{letter.what(package)} {document.number}"),
        ("Fecha de emisión", document.issued_at.strftime("%Y-%m-%d %H:%M")),
        (letter.counterpart, f"{counterpart.name}, {counterpart.id}"),
        *letter.facts(package),
        (label.name, package.key),
    ]
    if package.environment in CATALOGUE_HOSTS:
        lines.append(("Consulta en la DIAN", catalogue_url(letter.looked_up(package), package.environment)))
    return [(name, _line(text)) for name, text in (*lines, (letter.answers, answers))]


_CLOSING = "Si este documento no le corresponde, responda a este correo."


def _text(greeting: str, lines: list[tuple[str, str]]) -> str:
    body = "\n".join(f"{name}: {text}" for name, text in lines)
    return f"{greeting}\n\n{body}\n\n{_CLOSING}\n"


def _html(greeting: str, lines: list[tuple[str, str]]) -> str:
    rows = "\n".join(f"<tr><th align=left>{escape(name)}</th><td>{_linked(text)}</td></tr>" for name, text in lines)
    return (
        '<!DOCTYPE html>\n<html lang="es"><head><meta charset="utf-8"></head><body>\n'
        f"<p>{greeting}</p>\n<table>\n{rows}\n</table>\n<p>{_CLOSING}</p>\n</body></html>\n"
    )


def _linked(text: str) -> str:
    shown = escape(text)
    return f'<a href="{shown}">{shown}</a>' if text.startswith("https://") else shown
