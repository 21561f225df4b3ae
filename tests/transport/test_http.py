"""Over the network of this machine: each failure of the wire is told apart, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dian_fe import AsyncClient, Client, errors
from dian_fe.testing import ListedScript, Mishap, Simulator, SimulatorServer
from dian_fe.testing.failures import Failure
from dian_fe.transport import Recovery, RetryPolicy
from dian_fe.transport.http import AsyncHttpTransport, HttpTransport, Timeouts
from dian_fe.transport.soap import Request
from tests.transport.support import AT_ONCE, KEY, NIT, SIGNER, signed

pytestmark = pytest.mark.slow

QUICK = Timeouts(connect=2, write=2, read=0.3, total=2)


def posting(url: str) -> Request:
    return Request("GetStatus", url, {"Content-Type": "application/soap+xml"}, b"<a/>")


@pytest.fixture(params=["sync", "async"])
def exchange(request: Any) -> Callable[..., Any]:
    """Post to a URL with either transport."""

    def post(url: str, **options: Any) -> Any:
        if request.param == "sync":
            transport = HttpTransport(**options)
            try:
                return transport.exchange(posting(url))
            finally:
                transport.close()

        async def post_async() -> Any:
            transport = AsyncHttpTransport(**options)
            try:
                return await transport.exchange_async(posting(url))
            finally:
                await transport.aclose()

        return asyncio.run(post_async())

    return post


@contextmanager
def serving(answer: bytes | Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve one answer, byte for byte, to every connection of a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def work(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) if context else connection as open_socket:
                open_socket.settimeout(5)
                # All of the request, since closing with some of it unread would reset the connection.
                received = b""
                while not received.endswith((b"<a/>", b"CONNECT")) and (piece := open_socket.recv(65536)):
                    received += b"CONNECT" if piece.startswith(b"CONNECT") else piece
                if callable(answer):
                    answer(open_socket)
                else:
                    open_socket.sendall(answer)
        except OSError:
            pass

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=work, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}/x"
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def http(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def raised(exchange: Callable[..., Any], url: str, **options: Any) -> errors.TransportError:
    with pytest.raises(errors.TransportError) as caught:
        exchange(url, timeouts=QUICK, **options)
    return caught.value


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_an_answer_comes_with_status_and_headers_in_lower_case(exchange: Callable[..., Any]) -> None:
    with serving(http(b"<a/>", "X-Algo: Sí")) as url:
        reply = exchange(url)
    assert (reply.status, reply.body) == (200, b"<a/>")
    assert "x-algo" in reply.headers


def test_dns_refusal_and_proxy_are_told_apart(exchange: Callable[..., Any]) -> None:
    assert type(raised(exchange, "https://no-existe.invalid/x")) is errors.NameNotResolved
    assert type(raised(exchange, f"http://127.0.0.1:{free_port()}/x")) is errors.ConnectionFailed
    with serving(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        error = raised(exchange, "https://vpfe-hab.dian.gov.co/x", proxy=proxy)
    assert type(error) is errors.ProxyFailed
    assert not error.uncertain


def test_silence_a_cut_and_an_unfinished_answer_are_uncertain(exchange: Callable[..., Any]) -> None:
    with serving(lambda connection: time.sleep(1)) as url:
        silence = raised(exchange, url)
    assert type(silence) is errors.AnswerTimeout
    with serving(b"") as url:
        cut = raised(exchange, url)
    with serving(http(b"<a>", length=99)) as url:
        unfinished = raised(exchange, url)
    assert type(cut) is type(unfinished) is errors.ConnectionLost
    assert all(error.uncertain and error.retryable for error in (silence, cut, unfinished))


def test_an_answer_that_drips_is_given_up(exchange: Callable[..., Any]) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(http(b"", length=100_000))
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)

    with serving(drip) as url, pytest.raises(errors.AnswerTimeout, match="despacio"):
        exchange(url, timeouts=Timeouts(read=5, total=0.5))


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_too_big_is_refused_before_it_is_all_here(exchange: Callable[..., Any], announced: bool) -> None:
    sent = [0]

    def flood(connection: socket.socket) -> None:
        head = http(b"", length=100_000_000) if announced else b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
        connection.sendall(head)
        while sent[0] < 100_000_000:
            connection.sendall(b" " * 65536)
            sent[0] += 65536

    with serving(flood) as url:
        error = raised(exchange, url, max_bytes=1_000_000)
    assert type(error) is errors.UnsafeAnswer
    assert sent[0] < 50_000_000


def test_a_compressed_answer_was_not_asked_for(exchange: Callable[..., Any]) -> None:
    """A bomb of compression never unfolds."""
    with serving(http(b"\x1f\x8b", "Content-Encoding: gzip")) as url:
        assert "comprimida" in str(raised(exchange, url))


def test_a_redirection_is_not_followed(exchange: Callable[..., Any]) -> None:
    with serving(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as url:
        assert exchange(url).status == 302


# --- TLS ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: Any) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    script = Path(__file__).with_name("make_certificate.py")
    subprocess.run([sys.executable, script, path], check=True)
    return Path(path)


def server_context(certificate: Path, **limits: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    for name, value in limits.items():
        setattr(context, name, value)
    return context


def test_a_certificate_that_is_not_trusted_is_no_timeout(exchange: Callable[..., Any], certificate: Path) -> None:
    with serving(http(b"<a/>"), server_context(certificate)) as url:
        error = raised(exchange, url)
        assert type(error) is errors.TlsFailed
        assert not error.retryable
        assert not error.uncertain
        assert "sin confianza" in str(error)
        assert exchange(url, verify=str(certificate)).body == b"<a/>"


def test_tls_older_than_1_2_is_refused(exchange: Callable[..., Any], certificate: Path) -> None:
    with pytest.warns(DeprecationWarning, match="TLS"):
        old = server_context(certificate, maximum_version=ssl.TLSVersion.TLSv1_1, minimum_version=ssl.TLSVersion.TLSv1)
    with serving(http(b"<a/>"), old) as url:
        assert type(raised(exchange, url, verify=str(certificate))) is errors.TlsFailed
    lax = ssl.create_default_context(cafile=certificate)
    with pytest.warns(DeprecationWarning, match="TLS"):
        lax.minimum_version = ssl.TLSVersion.TLSv1
    HttpTransport(verify=lax)
    assert lax.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_client_certificate_is_shown_when_one_is_given(exchange: Callable[..., Any], certificate: Path) -> None:
    seen: list[Any] = []

    def look(connection: Any) -> None:
        seen.append(connection.getpeercert(binary_form=True))
        connection.sendall(http(b"<a/>"))

    context = server_context(certificate, verify_mode=ssl.CERT_REQUIRED)
    context.load_verify_locations(certificate)
    with serving(look, context) as url:
        assert exchange(url, verify=str(certificate), cert=str(certificate)).body == b"<a/>"
        assert seen[0]
        with pytest.raises((errors.TlsFailed, errors.ConnectionLost)):  # the reset may come before the alert
            exchange(url, verify=str(certificate))


@pytest.mark.parametrize("options", [{"verify": False}, {"verify": "/no/existe"}, {"cert": "/no/existe"}])
def test_verification_stays_on_and_bad_files_are_told(options: Any) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        HttpTransport(**options)
    assert caught.value.field in {"verify", "cert"}


# --- the simulator over HTTP ----------------------------------------------------------------------------------------

AFTER = {mishap: Failure(mishap, done=True) for mishap in Mishap}


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (AFTER[Mishap.DROP_RESPONSE], "connection_lost"),
        (AFTER[Mishap.RESET], "connection_lost"),
        (AFTER[Mishap.TRUNCATED], "connection_lost"),
        (AFTER[Mishap.EMPTY], "unreadable_answer"),
        (AFTER[Mishap.HTTP_502], "service_unavailable"),
        (AFTER[Mishap.SOAP_FAULT], "internal_fault"),
        (Failure(Mishap.DROP_REQUEST, done=False), "connection_lost"),
        (Failure(Mishap.HTTP_500, done=False), "service_unavailable"),
    ],
)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_over_http_too_nothing_is_lost_and_nothing_is_sent_twice(failure: Failure, outcome: str, kind: str) -> None:
    dian = Simulator(seed=7, script=ListedScript([failure]))
    document = signed(dian)
    with SimulatorServer(dian) as server:
        options: Any = {"signer": dian.signer(NIT), "environment": "HABILITACION", "endpoint": server.url}
        options |= {"policy": AT_ONCE}

        async def send_async() -> Any:
            async with AsyncClient(**options) as ws:
                return await ws.send(document)

        if kind == "sync":
            with Client(**options) as ws:
                answer = ws.send(document)
        else:
            answer = asyncio.run(send_async())
    assert answer.accepted
    assert answer.attempts[0].outcome == outcome
    assert list(dian.accepted) == [document.key]
    assert dian.requests.count("SendBillSync") == 1
    assert (answer.recovered is Recovery.ASKED) is failure.done


def test_a_timeout_of_the_client_is_uncertain_over_http() -> None:
    dian = Simulator(seed=7, script=ListedScript([Mishap.DROP_RESPONSE]))
    document = signed(dian)
    with SimulatorServer(dian, hang=1.0) as server:
        options: Any = {"signer": dian.signer(NIT), "environment": "HABILITACION", "endpoint": server.url}
        with Client(**options, policy=AT_ONCE, timeouts=Timeouts(read=0.2)) as ws:
            answer = ws.send(document)
    assert answer.accepted
    assert answer.attempts[0].outcome == "answer_timeout"
    assert dian.requests == ["SendBillSync", "GetStatus"]


def test_without_network_the_answer_says_so_and_nothing_was_sent(dian: Simulator) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}/WcfDianCustomerServices.svc"
    with Client(signer=SIGNER, environment="HABILITACION", endpoint=endpoint, policy=RetryPolicy.once()) as ws:
        answer = ws.send(signed(dian))
        with pytest.raises(errors.ConnectionFailed) as caught:
            ws.status(KEY)
    assert answer.outcome == "unknown"
    assert "no llegó a la DIAN" in answer.next_step
    told = str(caught.value)
    for part in ("GetStatus", endpoint, " s: ", "Causa: ", "Qué hacer: "):
        assert part in told


def test_threads_that_begin_together_share_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[httpx.Client] = []
    make = httpx.Client

    def slowly(**options: Any) -> httpx.Client:
        time.sleep(0.05)
        made.append(make(**options))
        return made[-1]

    monkeypatch.setattr(httpx, "Client", slowly)
    transport = HttpTransport()
    with ThreadPoolExecutor(8) as pool:
        clients = set(pool.map(lambda _: transport._client, range(8)))
    assert list(clients) == made, "a second one would never be closed"
    transport.close()
    assert made[0].is_closed


@pytest.mark.parametrize("proxy", ["proxy.example.com", "gopher://user:s3cret@proxy.example.com", "http://[::1"])
def test_a_proxy_that_is_none_is_refused_at_once_and_not_shown(proxy: str) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        HttpTransport(proxy=proxy)
    assert caught.value.field == "proxy"
    assert "s3cret" not in str(caught.value)


def test_a_client_that_was_closed_opens_its_connections_again(dian: Simulator) -> None:
    with SimulatorServer(dian) as server:
        options: Any = {"signer": dian.signer(NIT), "environment": "HABILITACION", "endpoint": server.url}
        with Client(**options) as ws:
            assert ws.status(KEY).code == "66"
        assert ws.status(KEY).code == "66"
        ws.close()

        async def twice() -> list[str]:
            ws = AsyncClient(**options)
            codes = []
            for _ in range(2):
                async with ws:
                    codes.append((await ws.status(KEY)).code)
            return codes

        assert asyncio.run(twice()) == ["66", "66"]


def test_importing_the_package_loads_no_httpx() -> None:
    code = "import sys, dian_fe.transport.client, dian_fe.testing.simulator; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
