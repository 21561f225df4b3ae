"""Sends messages over SMTP with the standard library: TLS by default, bounded waits, typed errors."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from enum import StrEnum
from functools import partial

from pydantic import SecretStr

from .._arguments import checked
from .._hosts import is_loopback
from .._masks import hidden_password
from ..errors import InvalidInput, MailLoginRefused, MailServerUnreachable, MessageRefused
from .sending import Receipt, all_refused, reply_text

_TRIES_LATER = "espere unos minutos y vuelva a enviar; si persiste, consulte a quien administra el servidor de correo."


class SmtpSecurity(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    """Plain at first, then TLS (RFC 3207); usual on port 587."""
    TLS = "tls"
    """TLS from the start (RFC 8314); usual on port 465."""
    NONE = "none"
    """No protection: only for a server on this machine or network; a password is refused."""


_PORTS = {SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465, SmtpSecurity.NONE: 25}


@checked
class SmtpSender:
    """Sends through one SMTP server, with a connection for each message. Its repr never shows the password.

    ``port``: 587 with STARTTLS, 465 with TLS and 25 without either unless given. ``timeout``: seconds for each step of
    the exchange. ``context``: TLS settings; by default certificates and host names are checked. ``local_hostname``:
    name used in EHLO. Raises ``InvalidInput`` for a password that would be sent unencrypted.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        user: str | None = None,
        password: str | SecretStr | None = None,
        security: SmtpSecurity | str = SmtpSecurity.STARTTLS,
        timeout: float = 30.0,
        context: ssl.SSLContext | None = None,
        local_hostname: str | None = None,
    ) -> None:
        """Keep the settings; no connection is made yet."""
        try:
            self.security = SmtpSecurity(security)
        except ValueError:
            raise InvalidInput.of(
                "delivery.security",
                field="security",
                found=security,
                expected=", ".join(member.value for member in SmtpSecurity),
            ) from None
        self.host = host
        self.port = _PORTS[self.security] if port is None else port
        self.user = user
        self._password = hidden_password(password, "password", "la contraseña del correo")
        self.timeout = timeout
        self._context = context
        self._local_hostname = local_hostname
        if password is not None and self.security is SmtpSecurity.NONE and not is_loopback(host):
            raise InvalidInput.of("delivery.password_in_clear", field="security", found=self.security.value)

    def __repr__(self) -> str:
        """Show the server and user, never the password."""
        return f"SmtpSender({self.host!r}, {self.port}, user={self.user!r}, security={self.security.value!r})"

    def __call__(self, message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        """Send the message; return the server's reply and the refused addresses.

        Raises ``MailServerUnreachable``, ``MailLoginRefused``, ``MessageRefused`` and ``RecipientsRefused``.
        """
        try:
            smtp = self._connect()
        except smtplib.SMTPResponseException as error:
            raise self._unreachable(reply_text((error.smtp_code, error.smtp_error)), error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise MailServerUnreachable.of(
                "delivery.no_starttls", retryable=False, field="security", host=self.host, port=self.port
            ) from None
        except (OSError, smtplib.SMTPException, UnicodeError) as error:  # the last one: a name that cannot exist in DNS
            raise self._unreachable(_words(error)) from None
        try:
            self._log_in(smtp)
            return self._transact(smtp, message, recipients)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise self._unreachable(_words(error)) from None
        finally:
            # The message is already accepted: a failing QUIT changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        context = self._context
        if context is None and self.security is not SmtpSecurity.NONE:
            context = ssl.create_default_context()
        connect = partial(smtplib.SMTP_SSL, context=context) if self.security is SmtpSecurity.TLS else smtplib.SMTP
        smtp = connect(self.host, self.port, self._local_hostname, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self.security is SmtpSecurity.STARTTLS:
                smtp.starttls(context=context)
                smtp.ehlo()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self.user is None or self._password is None:
            return
        try:
            smtp.login(self.user, self._password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            raise MailLoginRefused.of(
                "delivery.wrong_login",
                status=error.smtp_code,
                field="user",
                user=self.user,
                reply=reply_text((error.smtp_code, error.smtp_error)),
            ) from None
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPHeloError) as error:
            raise MailLoginRefused.of("delivery.no_login", retryable=False, field="user", found=_words(error)) from None

    def _transact(self, smtp: smtplib.SMTP, message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        sender = message["From"].addresses[0].addr_spec
        plain = all(address.isascii() for address in (sender, *recipients))
        if not plain and not smtp.has_extn("smtputf8"):
            raise MessageRefused.of(
                "delivery.no_smtputf8",
                retryable=False,
                field="to",
                found=", ".join(address for address in (sender, *recipients) if not address.isascii()),
            )
        data = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        options = [] if plain else ["SMTPUTF8"]
        if smtp.has_extn("size"):
            options.append(f"size={len(data)}")
        code, reply = smtp.mail(sender, options)
        if code != 250:
            raise self._refused(code, reply)
        refused: dict[str, str] = {}
        for address in recipients:
            code, reply = smtp.rcpt(address)
            if code not in {250, 251}:
                refused[address] = reply_text((code, reply))
        if len(refused) == len(recipients):
            raise all_refused(refused)
        try:
            code, reply = smtp.data(data)
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise MailServerUnreachable.of(
                "delivery.connection_lost", field="host", host=self.host, port=self.port, error=_words(error)
            ) from None
        if code != 250:
            raise self._refused(code, reply)
        return Receipt(reply_text((code, reply)), refused)

    def _refused(self, code: int, reply: bytes | str) -> MessageRefused:
        return MessageRefused.of(
            "delivery.message_refused",
            status=code,
            found=reply_text((code, reply)),
            remedy=_TRIES_LATER if 400 <= code < 500 else "revise el remitente, el tamaño y lo que dice el servidor.",
        )

    def _unreachable(self, words: str, status: int | None = None) -> MailServerUnreachable:
        return MailServerUnreachable.of(
            "delivery.unreachable",
            status=status,
            field="host",
            host=self.host,
            port=self.port,
            security=self.security.value,
            words=words,
            later=_TRIES_LATER,
        )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
