"""`ImapInbox`: a mailbox of received mail, read over IMAP with the standard library; nothing in it changes unasked."""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import SecretStr

from .._arguments import checked
from .._hosts import is_loopback
from .._masks import hidden_password
from .._viewed import Viewed
from ..errors import (
    DianFeError,
    InvalidInput,
    MailLoginRefused,
    MailServerUnreachable,
    UnreadableDocument,
    UnsafeArchive,
)
from .letters import headers

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BATCH = 100
"""Messages whose sizes are asked for at once."""
_UID, _SIZE = re.compile(rb"\bUID (\d{1,10})\b"), re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
_OVERHEAD = 4 << 20
"""Bytes that an answer may have beside the message that it brings."""


class ImapSecurity(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    """TLS from the start (RFC 8314); usual on port 993."""
    STARTTLS = "starttls"
    """Plain at first, then TLS (RFC 2595); usual on port 143."""
    NONE = "none"
    """No protection: only for a server on this machine."""


_PORTS = {ImapSecurity.TLS: 993, ImapSecurity.STARTTLS: 143, ImapSecurity.NONE: 143}


@dataclass(frozen=True, slots=True)
class Letter(Viewed):
    """A message of a mailbox: its number there and its bytes, or why they were not fetched."""

    uid: int
    """Its unique identifier in the folder (RFC 3501, section 2.3.1.1)."""
    size: int
    """Its bytes, as the server says."""
    content: bytes = field(default=b"", repr=False)
    """The message as it came; empty if it was not fetched."""
    reason: DianFeError | None = None
    """Why it was not fetched."""
    sender: str | None = None
    """Who it says that it is from (From): no proof of anything."""
    subject: str | None = None
    """Its Subject."""
    date: str | None = None
    """When it says that it was written (Date), as it says it."""

    def without_content(self) -> Letter:
        """Return the letter without its bytes, which its attachments hold."""
        return replace(self, content=b"")


@checked
class ImapInbox:
    """A folder of a mailbox, read through IMAP. Its repr never shows the password.

    ``port``: 993 with TLS, 143 otherwise. ``folder``: its name on the server. ``since``: only messages that came on
    that day or later, by the server's date; ``unseen``: only those without the mark of seen. ``mark_seen``: whether to
    mark the messages as seen once all were taken, so that a run that breaks off loses none; by default nothing in the
    mailbox changes. ``timeout``:
    seconds for each step. ``context``: TLS settings; by default certificates and host names are checked.

    Raises ``InvalidInput`` for an unknown ``security``, and for a password that would travel in clear.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        user: str,
        password: str | SecretStr,
        security: ImapSecurity | str = ImapSecurity.TLS,
        folder: str = "INBOX",
        since: date | None = None,
        unseen: bool = False,
        mark_seen: bool = False,
        timeout: float = 30.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Keep the settings; no connection is made yet."""
        try:
            self.security = ImapSecurity(security)
        except ValueError:
            known = ", ".join(member.value for member in ImapSecurity)
            raise InvalidInput.of("exchange.security", field="security", found=security, expected=known) from None
        if self.security is ImapSecurity.NONE and not is_loopback(host):
            raise InvalidInput.of("exchange.password_in_clear", field="security", found=self.security.value)
        self.host = host
        self.port = _PORTS[self.security] if port is None else port
        self.user = user
        self._password = hidden_password(password, "password", "la contraseña del buzón")
        self.folder = folder
        self.since = since
        self.unseen = unseen
        self.mark_seen = mark_seen
        self.timeout = timeout
        self._context = context

    def __repr__(self) -> str:
        """Show server, user and folder, never the password."""
        return f"ImapInbox({self.host!r}, {self.port}, user={self.user!r}, folder={self.folder!r})"

    def letters(self, *, largest: int) -> Iterator[Letter]:
        """Yield the messages, the oldest first; one of more than ``largest`` bytes is not fetched.

        The messages are marked as seen, if that was asked for, once all were taken. Raises ``MailServerUnreachable``,
        ``MailLoginRefused``, and ``InvalidInput`` for a folder that is not there.
        """
        taken: list[int] = []
        with _closing(self._connect(largest)) as imap:
            self._log_in(imap)
            self._select(imap)
            uids = iter(self._search(imap))
            while batch := list(islice(uids, _BATCH)):
                for uid, size in self._sizes(imap, batch):
                    yield self._letter(imap, uid, size, largest)
                    taken.append(uid)
            marked = iter(taken if self.mark_seen else ())
            while batch := list(islice(marked, _BATCH)):
                self._ask(imap, "STORE", ",".join(map(str, batch)), "+FLAGS.SILENT", r"(\Seen)")

    def _connect(self, largest: int) -> Any:
        context = self._context
        if context is None and self.security is not ImapSecurity.NONE:
            context = ssl.create_default_context()
        try:
            if self.security is ImapSecurity.TLS:
                imap: Any = _BoundedTls(largest, self.host, self.port, ssl_context=context, timeout=self.timeout)
            else:
                imap = _Bounded(largest, self.host, self.port, timeout=self.timeout)
            if self.security is ImapSecurity.STARTTLS:
                try:
                    imap.starttls(context)
                except BaseException:
                    imap.shutdown()
                    raise
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            raise self._unreachable(error) from None
        return imap

    def _log_in(self, imap: Any) -> None:
        assert self._password is not None
        password = self._password.get_secret_value()
        try:
            if "AUTH=PLAIN" in imap.capabilities:  # the only way for letters beyond ASCII
                imap.authenticate("PLAIN", lambda _: f"\0{self.user}\0{password}".encode())
            else:
                imap.login(self.user, password)
        except imaplib.IMAP4.abort as error:
            raise self._unreachable(error) from None
        except imaplib.IMAP4.error as error:
            reply = _words(error).replace(password, "…")  # a server may say it again
            raise MailLoginRefused.of("exchange.login", user=self.user, reply=reply) from None
        except (OSError, UnicodeError) as error:
            raise self._unreachable(error) from None

    def _select(self, imap: Any) -> None:
        imap.fresh()
        name = '"' + _utf7(self.folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        try:
            status, reply = imap.select(name, readonly=not self.mark_seen)
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            raise self._unreachable(error) from None
        if status != "OK":
            raise InvalidInput.of("exchange.folder", field="folder", found=self.folder, reply=_reply(reply))

    def _search(self, imap: Any) -> Sequence[int]:
        """Return the numbers of the messages that were asked for."""
        criteria = []
        if self.since is not None:
            criteria += ["SINCE", f"{self.since.day:02}-{_MONTHS[self.since.month - 1]}-{self.since.year}"]
        if self.unseen:
            criteria.append("UNSEEN")
        lines = self._ask(imap, "SEARCH", *(criteria or ["ALL"]))
        words = b" ".join(line for line in lines if isinstance(line, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit() and len(word) <= 10})

    def _sizes(self, imap: Any, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield number and size of each message; one that the server does not speak of is gone."""
        lines = self._ask(imap, "FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
        sizes: dict[int, int] = {}
        for line in lines:
            uid, size = (each.search(line if isinstance(line, bytes) else b"") for each in (_UID, _SIZE))
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        yield from ((uid, sizes[uid]) for uid in uids if uid in sizes)

    def _letter(self, imap: Any, uid: int, size: int, largest: int) -> Letter:
        if size > largest:
            error = UnsafeArchive.of("exchange.too_large", found=f"{size} bytes", largest=largest)
            return Letter(uid, size, reason=error)
        for line in self._ask(imap, "FETCH", str(uid), "(UID BODY.PEEK[])"):
            if isinstance(line, tuple) and len(line) == 2:
                content = bytes(line[1])
                return Letter(uid, size, content, None, *headers(content))
        return Letter(uid, size, reason=UnreadableDocument.of("exchange.no_message"))

    def _ask(self, imap: Any, *command: str) -> list[Any]:
        """Return the answer of a command by unique identifiers."""
        imap.fresh()
        try:
            status, lines = imap.uid(*command)
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            raise self._unreachable(error) from None
        if status != "OK":
            raise self._unreachable(_reply(lines))
        return list(lines)

    def _unreachable(self, error: object) -> MailServerUnreachable:
        return MailServerUnreachable.of(
            "exchange.unreachable",
            retryable=True,
            host=self.host,
            port=self.port,
            security=self.security.value,
            words=_words(error),
        )


class _Limits:
    """What one answer may bring, so that a server cannot fill the memory."""

    def __init__(self, largest: int, *arguments: Any, **options: Any) -> None:
        self._most = largest + _OVERHEAD
        self._left = self._most
        super().__init__(*arguments, **options)

    def fresh(self) -> None:
        """Begin a command: its answer may have the whole amount."""
        self._left = self._most

    def read(self, size: int) -> bytes:
        """Return a literal of an answer, unless it is too long."""
        self._spend(size)
        found: bytes = super().read(size)  # type: ignore[misc]
        return found

    def readline(self) -> bytes:
        """Return a line of an answer, unless the answer is too long."""
        line: bytes = super().readline()  # type: ignore[misc]
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise imaplib.IMAP4.abort("la respuesta es demasiado larga")


class _Bounded(_Limits, imaplib.IMAP4):
    """A plain connection."""


class _BoundedTls(_Limits, imaplib.IMAP4_SSL):
    """A connection with TLS from the start."""


@contextmanager
def _closing(imap: Any) -> Iterator[Any]:
    """Close a connection at the end, whatever the server says to it."""
    try:
        yield imap
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            imap.logout()
        with suppress(OSError):
            imap.shutdown()


def _utf7(name: str) -> str:
    """Return the name of a folder as IMAP writes it: modified UTF-7 (RFC 3501, section 5.1.3)."""
    written = []
    for ascii_part, other in re.findall(r"([ -~]+)|([^ -~]+)", name):
        if ascii_part:
            written.append(ascii_part.replace("&", "&-"))
        else:
            coded = b64encode(other.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            written.append(f"&{coded}-")
    return "".join(written)


def _words(error: object) -> str:
    return str(error)[:200]


def _reply(lines: Any) -> str:
    return b" ".join(each for each in lines if isinstance(each, bytes)).decode("utf-8", "replace")[:200]
