"""The wire: the only module that imports httpx."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

from ..errors import (
    AnswerTimeout,
    ConnectionFailed,
    ConnectionLost,
    NameNotResolved,
    ProxyFailed,
    TlsFailed,
    TransportError,
    UnsafeAnswer,
)
from .failures import MAX_ANSWER_BYTES
from .soap import Reply, Request


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase: to connect, to send, to wait for the answer (annex: over a minute is a delay)."""

    connect: float = 10.0
    write: float = 30.0
    read: float = 90.0


def _options(timeouts: Timeouts | None, proxy: str | None, cert: Any, verify: Any) -> dict[str, Any]:
    given = timeouts or Timeouts()
    if isinstance(verify, ssl.SSLContext):
        context = verify
    else:
        context = httpx.create_ssl_context(verify=verify)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert is not None:
        context.load_cert_chain(*((cert,) if isinstance(cert, str) else cert))
    timeout = httpx.Timeout(connect=given.connect, write=given.write, read=given.read, pool=given.connect)
    # The endpoint is fixed: a redirection is no answer, and the environment's proxies are taken unless one is named.
    return {"timeout": timeout, "proxy": proxy, "verify": context, "follow_redirects": False}


class HttpTransport:
    """Posts requests over HTTP.

    ``proxy`` is a URL; ``cert`` a client certificate (PEM file, or file, key file and password); ``verify`` True, False
    or an ``ssl.SSLContext``. TLS 1.2 is the least.
    """

    def __init__(
        self, *, timeouts: Timeouts | None = None, proxy: str | None = None, cert: Any = None, verify: Any = True
    ) -> None:
        """Open nothing yet: connections are made when needed and kept."""
        self._client = httpx.Client(**_options(timeouts, proxy, cert, verify))

    def exchange(self, request: Request) -> Reply:
        """Post the request; raises the kinds of ``TransportError`` that ``Transport.exchange`` names."""
        try:
            with self._client.stream(
                "POST", request.url, headers=dict(request.headers), content=request.body
            ) as response:
                body = _bounded(response.iter_bytes())
                return Reply(response.status_code, _lower(response.headers), body)
        except httpx.HTTPError as error:
            _raise(error)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncHttpTransport:
    """Posts requests over HTTP from asyncio; see `HttpTransport`."""

    def __init__(
        self, *, timeouts: Timeouts | None = None, proxy: str | None = None, cert: Any = None, verify: Any = True
    ) -> None:
        """Open nothing yet."""
        self._client = httpx.AsyncClient(**_options(timeouts, proxy, cert, verify))

    async def exchange_async(self, request: Request) -> Reply:
        """Post the request; see ``HttpTransport.exchange``."""
        try:
            async with self._client.stream(
                "POST", request.url, headers=dict(request.headers), content=request.body
            ) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    _check(len(body))
                return Reply(response.status_code, _lower(response.headers), bytes(body))
        except httpx.HTTPError as error:
            _raise(error)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _bounded(pieces: Any) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        _check(len(body))
    return bytes(body)


def _check(size: int) -> None:
    if size > MAX_ANSWER_BYTES:
        raise UnsafeAnswer(
            "la respuesta es demasiado grande: no es de la DIAN.",
            found=f"más de {MAX_ANSWER_BYTES} bytes",
            expected=f"hasta {MAX_ANSWER_BYTES} bytes",
            remedy="revise la dirección del servicio y lo que haya entre este equipo y la DIAN.",
        )


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _raise(error: httpx.HTTPError) -> NoReturn:
    """Tell apart what was surely not sent from what may have been."""
    cause = f"{type(error).__name__}: {error}".rstrip(": ")
    found = _kind(error)
    message, remedy = _WORDS[found]
    raise found(message, cause=cause, remedy=remedy) from error


def _kind(error: httpx.HTTPError) -> type[TransportError]:
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)):
        told = str(error).lower()
        if (
            isinstance(error.__cause__ and error.__cause__.__cause__, ssl.SSLError)
            or "ssl" in told
            or "certificate" in told
        ):
            return TlsFailed
        if any(word in told for word in ("name or service", "getaddrinfo", "nodename", "name resolution")):
            return NameNotResolved
        return ConnectionFailed
    if isinstance(error, httpx.TimeoutException):
        return AnswerTimeout
    return ConnectionLost


_WORDS: dict[type[TransportError], tuple[str, str]] = {
    ProxyFailed: ("el proxy no dejó llegar a la DIAN.", "revise la dirección y la clave del proxy."),
    TlsFailed: ("no hubo acuerdo TLS con el servidor.", "revise los certificados raíz de este equipo y su reloj."),
    NameNotResolved: ("el nombre del servidor no tiene dirección.", "revise el DNS y la red de este equipo."),
    ConnectionFailed: ("no se pudo conectar con el servidor.", "revise la red; el documento no se envió."),
    AnswerTimeout: ("no llegó respuesta a tiempo.", "consulte el documento por su clave antes de enviarlo otra vez."),
    ConnectionLost: ("la conexión se cortó.", "consulte el documento por su clave antes de enviarlo otra vez."),
}
