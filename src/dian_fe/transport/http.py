"""The wire: the only module that imports httpx."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx

from .. import errors
from .._arguments import checked
from .._masks import Hidden
from .failures import ASK_FIRST, MAX_ANSWER_BYTES
from .policy import seconds_of
from .soap import Reply, Request

Verify = str | ssl.SSLContext | None
Certificates = str | tuple[str, ...] | None
_OPENING = threading.Lock()
_DOWNLOAD = {"Accept-Encoding": "identity"}


@checked
@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase: to connect, to send, between pieces of the answer, and for the whole exchange.

    The annex counts an answer as delayed after one minute (1.9, section 12.4).
    """

    connect: float = 10.0
    write: float = 30.0
    read: float = 75.0
    total: float = 120.0

    def __post_init__(self) -> None:
        """Refuse invalid waiting times: zero, negative or not finite."""
        for name in ("connect", "write", "read", "total"):
            seconds_of(getattr(self, name), name, "Timeouts()", zero=False)


class _Http:
    """Base of both transports: options, and the handling of responses and errors."""

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        proxy: str | None = None,
        cert: Certificates = None,
        verify: Verify = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        """Store the options; connections are opened when needed and reused."""
        if verify is not None and not isinstance(verify, str | ssl.SSLContext):
            raise errors.InvalidInput.of("transport.verify_is_not_optional", field="verify", found=verify)
        self._timeouts = timeouts or Timeouts()
        self._proxy = None if proxy is None else Hidden(proxy)
        try:
            if proxy is not None:
                httpx.Proxy(proxy)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise errors.InvalidInput.of("transport.proxy_address", field="proxy") from None
        self._context = _context(verify, cert)
        # What is downloaded from elsewhere gets no client certificate, except one in the caller's own context.
        self._anonymous = self._context if cert is None else _context(verify, None)
        self._max_bytes = max_bytes

    def _options(self, *, anonymous: bool = False) -> dict[str, Any]:
        limits = self._timeouts
        timeout = httpx.Timeout(connect=limits.connect, write=limits.write, read=limits.read, pool=limits.connect)
        context = self._anonymous if anonymous else self._context
        proxy = None if self._proxy is None else self._proxy.get_secret_value()
        # The endpoint is fixed: redirections are not followed. The environment's proxies apply unless one is given.
        return {"timeout": timeout, "proxy": proxy, "verify": context, "follow_redirects": False}


def _context(verify: Verify, cert: Certificates) -> ssl.SSLContext:
    try:
        if isinstance(verify, ssl.SSLContext):
            context = verify
        elif verify is None:
            context = httpx.create_ssl_context()
        else:
            context = ssl.create_default_context(cafile=verify)
        context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
        if cert is not None:
            context.load_cert_chain(*((cert,) if isinstance(cert, str) else cert))
    except (OSError, ssl.SSLError) as error:
        raise errors.InvalidInput.of(
            "transport.tls_files", field="verify" if cert is None else "cert", found=type(error).__name__
        ) from None
    return context


class _Body:
    """The body of a response, taken piece by piece up to a size and a moment."""

    def __init__(self, response: httpx.Response, max_bytes: int, seconds: float) -> None:
        """Refuse at once a body declared too big, or compressed, which was not requested."""
        self._response, self._max_bytes, self._until = response, max_bytes, time.monotonic() + seconds
        self._body = bytearray()
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding != "identity":
            raise errors.UnreadableAnswer.of(
                "transport.compressed_answer", status=response.status_code, cause=f"Content-Encoding: {encoding}"
            )
        length = response.headers.get("content-length", "")
        if length.isdigit():
            self._check(int(length))

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            cause = f"más de {self._max_bytes} bytes"
            raise errors.UnsafeAnswer.of("transport.answer_too_large", status=self._response.status_code, cause=cause)

    def take(self, piece: bytes) -> None:
        """Add a piece; raises ``UnsafeAnswer`` when it is too big and ``AnswerTimeout`` when it is too late."""
        self._check(len(self._body) + len(piece))
        self._body += piece
        if time.monotonic() > self._until:
            cause = "la respuesta llegó demasiado despacio"
            raise errors.AnswerTimeout.of("transport.answer_timeout", cause=cause, ask_first=ASK_FIRST)

    def reply(self) -> Reply:
        """Return the whole reply."""
        headers = {name.lower(): value for name, value in self._response.headers.items()}
        return Reply(self._response.status_code, headers, bytes(self._body))


@checked
class HttpTransport(_Http):
    """Posts requests over HTTP.

    ``timeouts``: seconds for each phase. ``proxy``: a URL. ``cert``: a client certificate (PEM file; or file, key file
    and password). ``verify``: a file of root certificates, or an ``ssl.SSLContext``; without it the usual ones.
    ``max_bytes``: largest answer. TLS 1.2 is the least. Safe to use from many threads.
    """

    _opened: httpx.Client | None = None

    @property
    def _client(self) -> httpx.Client:
        with _OPENING:  # two threads would make two clients, one of them never closed
            if self._opened is None:
                self._opened = httpx.Client(**self._options())
            return self._opened

    def exchange(self, request: Request) -> Reply:
        """Post the request; raises the kinds of ``TransportError`` that ``Transport.exchange`` names."""
        with (
            _as_ours(),
            self._client.stream("POST", request.url, headers=request.headers, content=request.body) as response,
        ):
            return self._whole(response)

    def download(self, url: str) -> Reply:
        """Get an address, once, without credentials, cookies or redirections; raises what ``exchange`` does."""
        with (
            _as_ours(),
            httpx.Client(**self._options(anonymous=True)) as client,
            client.stream("GET", url, headers=_DOWNLOAD) as response,
        ):
            return self._whole(response)

    def _whole(self, response: httpx.Response) -> Reply:
        body = _Body(response, self._max_bytes, self._timeouts.total)
        for piece in response.iter_raw():
            body.take(piece)
        return body.reply()

    def close(self) -> None:
        """Close the connections; further use opens new ones."""
        with _OPENING:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()


@checked
class AsyncHttpTransport(_Http):
    """Posts requests over HTTP from asyncio; see `HttpTransport`."""

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(**self._options())

    async def exchange_async(self, request: Request) -> Reply:
        """Post the request; see ``HttpTransport.exchange``."""
        with _as_ours():
            sent = self._client.stream("POST", request.url, headers=request.headers, content=request.body)
            async with sent as response:
                return await self._whole(response)

    async def download_async(self, url: str) -> Reply:
        """Get an address; see ``HttpTransport.download``."""
        with _as_ours():
            async with (
                httpx.AsyncClient(**self._options(anonymous=True)) as client,
                client.stream("GET", url, headers=_DOWNLOAD) as response,
            ):
                return await self._whole(response)

    async def _whole(self, response: httpx.Response) -> Reply:
        body = _Body(response, self._max_bytes, self._timeouts.total)
        async for piece in response.aiter_raw():
            body.take(piece)
        return body.reply()

    async def aclose(self) -> None:
        """Close the connections; further use opens new ones."""
        opened = self.__dict__.pop("_client", None)
        if opened is not None:
            await opened.aclose()


@contextmanager
def _as_ours() -> Iterator[None]:
    """Raise the library's error for one of httpx: requests that were surely not sent have their own."""
    try:
        yield
    except (httpx.HTTPError, ssl.SSLError) as error:  # some backends let the latter through while reading
        kind = _kind(error)
        raise kind.of(f"transport.{kind.code}", cause=_cause(error), ask_first=ASK_FIRST) from error


def _kind(error: Exception) -> type[errors.TransportError]:
    if isinstance(error, httpx.ProxyError):
        return errors.ProxyFailed
    reasons = tuple(_reasons(error))
    tls = [reason for reason in reasons if isinstance(reason, ssl.SSLError)]
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        if tls:
            return errors.TlsFailed
        return (
            errors.NameNotResolved if any(isinstance(r, socket.gaierror) for r in reasons) else errors.ConnectionFailed
        )
    # Since TLS 1.3 a server refuses the client's certificate, or asks for one, after the client has begun to send; it
    # has read nothing then.
    if any("CERTIFICATE" in (reason.reason or "") for reason in tls):
        return errors.TlsFailed
    return errors.AnswerTimeout if isinstance(error, httpx.TimeoutException) else errors.ConnectionLost


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exceptions that led to this one, the nearest first; those of exception groups are included."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _cause(error: Exception) -> str:
    for reason in _reasons(error):
        if isinstance(reason, ssl.SSLCertVerificationError):
            return f"certificado del servidor sin confianza: {reason.verify_message}"
    return f"{type(error).__name__}: {error}".rstrip(": ")
