"""The list of mailboxes: from the address in the answer to its rows, and everything that may come instead."""

from __future__ import annotations

import asyncio
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dian_fe import AsyncClient, Client
from dian_fe.catalogs import Environment
from dian_fe.errors import DownloadFailed, TransportError, UnreadableAnswer, UnreadableList
from dian_fe.testing import Simulator, SimulatorServer
from dian_fe.transport import ExchangeEmails, HttpTransport, Reply, Request
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.failures import read_reply
from dian_fe.transport.mailboxes import downloaded, list_of
from dian_fe.ubl.archive import make_zip
from tests.transport.support import AT_ONCE, NIT, NOW, SIGNER, Recorder, client, reply
from tests.transport.test_answers import envelope, result

ADDRESS = "https://descargas.example.com/correos.zip?se=2026-03-02T10%3a30&sig=aB%2B%2f%3D"
LIST = b'\xef\xbb\xbfNIT;Correo\r\n700085371;uno@example.com\r\n\r\n800199436;"dos; tres@example.com"\r\n'


def answer(content: bytes | str, *, spaces: str = "") -> ExchangeEmails:
    """Return the typed answer of GetExchangeEmails with this in its field."""
    data = content.encode() if isinstance(content, str) else content
    written = spaces.join((b64encode(data).decode()[:20], b64encode(data).decode()[20:]))
    members = f"<b:CsvBase64Bytes>{written}</b:CsvBase64Bytes><b:StatusCode>0</b:StatusCode><b:Success>1</b:Success>"
    found: ExchangeEmails = result("GetExchangeEmails", members)
    return found


def listed(content: bytes, **names: bytes) -> ExchangeEmails:
    files = {"correos.csv": content, **names}
    return downloaded(answer(ADDRESS), Reply(200, {}, make_zip(files)))


def test_the_address_is_kept_to_the_byte_and_not_shown() -> None:
    found = answer(f"  {ADDRESS}\n", spaces="\n   ")
    assert found.url == ADDRESS
    assert (found.success, found.code, found.csv, found.rows(), found.problems) == (True, "0", b"", [], ())
    assert "sig=" not in repr(found)


def test_the_list_is_typed_whatever_its_delimiter() -> None:
    for delimiter in (b";", b",", b"|", b"\t"):
        found = listed(LIST.replace(b";", delimiter))
        assert found.header == ("NIT", "Correo")
        mark = delimiter.decode()
        assert found.rows()[1:] == [["700085371", "uno@example.com"], ["800199436", f"dos{mark} tres@example.com"]]
        assert next(found.records()) == {"NIT": "700085371", "Correo": "uno@example.com"}
        assert (found.problems, found.url) == ((), ADDRESS)


def test_the_old_form_and_a_zip_in_the_answer_are_read_too() -> None:
    for content in (LIST, make_zip({"leame.txt": b"x", "c.CSV": LIST})):
        found = answer(content)
        assert (found.header, len(found.rows()), found.url, found.csv) == (("NIT", "Correo"), 3, "", LIST)


def test_without_a_list_there_is_none() -> None:
    for content in (b"", b"  \n"):
        found = answer(content)
        assert (found.csv, found.url, found.rows(), list(found.records())) == (b"", "", [], [])


@pytest.mark.parametrize(
    "address",
    [
        "http://descargas.example.com/c.zip", "https:///c.zip", "https://a:secreto@example.com/c.zip",
        "https://example.com/c.zip#x", "https://example.com/a b", "https://example.com:99999/c", "https://[::1/c",
        "https://example.com/\x01",
    ],
)  # fmt: skip
def test_an_address_that_does_not_serve_is_told(address: str) -> None:
    with pytest.raises(DownloadFailed) as caught:
        answer(address)
    assert caught.value.content == address.encode()
    assert "«http" in str(caught.value)
    assert "secreto" not in str(caught.value)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_an_address_with_a_byte_order_mark_is_no_list(mark: str) -> None:
    found = answer(ADDRESS.encode(mark))
    assert (found.url, found.csv) == (ADDRESS, b"")


@pytest.mark.parametrize("address", ["ftp://example.com/c.zip", "file:///c.zip"])
def test_an_address_of_another_scheme_is_no_list(address: str) -> None:
    with pytest.raises(DownloadFailed):
        answer(address)


def test_what_is_no_base64_is_told_with_its_beginning() -> None:
    body = (
        '<GetExchangeEmailsResponse xmlns="http://wcf.dian.colombia"><GetExchangeEmailsResult><CsvBase64Bytes>'
        "https://example.com/c.zip</CsvBase64Bytes></GetExchangeEmailsResult></GetExchangeEmailsResponse>"
    )
    with pytest.raises(UnreadableAnswer, match="base64") as caught:
        read_reply(reply(envelope(body)), OPERATIONS["GetExchangeEmails"], local_time=NOW)
    assert "GetExchangeEmailsResponse" in caught.value.excerpt


@pytest.mark.parametrize("status", [204, 302, 403, 404, 500])
def test_an_expired_address_is_told_with_what_came(status: int) -> None:
    page = b"<Error>AuthenticationFailed: Signed expiry time</Error>"
    with pytest.raises(DownloadFailed) as caught:
        downloaded(answer(ADDRESS), Reply(status, {}, page))
    error = caught.value
    assert (error.status, error.content, error.answer.url, error.retryable, error.uncertain) == (
        status, page, ADDRESS, True, False,
    )  # fmt: skip
    assert "Signed expiry time" in str(error)
    assert "sig=" not in f"{error}{error!r}{error.as_dict()}"


UNREADABLE = {
    "no zip": (b"<html>Mantenimiento</html>", "Mantenimiento"),
    "json": (b'{"error": "x"}', "error"),
    "nothing": (b"", "no trae nada"),
    "cut zip": (make_zip({"c.csv": LIST})[:40], "dañado"),
    "no csv": (make_zip({"leame.txt": b"x"}), "leame.txt"),
    "empty zip": (b"PK\x05\x06" + bytes(18), "ningún archivo"),
    "several csv": (make_zip({"a.csv": LIST, "b.csv": LIST}), "a.csv, b.csv"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_zip_with_one_csv_is_told_and_kept(name: str) -> None:
    body, word = UNREADABLE[name]
    with pytest.raises(UnreadableList, match=word) as caught:
        downloaded(answer(ADDRESS), Reply(200, {}, body))
    assert caught.value.content == body
    assert caught.value.answer.url == ADDRESS


def test_a_list_without_header_keeps_its_rows() -> None:
    for content in (
        b"700085371;a@example.com\n1;b@example.com\n", b"NIT;NIT\n1;2\n", b"NIT;\n1;2\n", b'{"error": "x"}\n',
    ):  # fmt: skip
        found = listed(content)
        assert (found.header, list(found.records())) == ((), [])
        assert len(found.rows()) == content.count(b"\n")
        assert "no nombra las columnas" in found.problems[0]
        assert content[:4].decode() in found.problems[0]


def test_rows_of_another_width_are_told_and_kept() -> None:
    found = listed(b"NIT;Correo\n1;a;b\n2;c\n3\n" + b"4\n" * 9)
    assert [row["NIT"] for row in found.records()] == ["2"]
    assert len(found.rows()) == 13
    (problem,) = found.problems
    assert problem == "11 filas no tienen 2 columnas: líneas 2, 4, 5, 6, 7, …"
    assert listed(b" \n").problems


def test_another_encoding_is_told() -> None:
    found = listed("NIT;Razón\n1;Café\n".encode("latin-1"))
    assert list(found.records()) == [{"NIT": "1", "Razón": "Café"}]
    assert "UTF-8" in found.problems[0]
    marked = listed("NIT;Razón social: nombre\n1;Café\n".encode("utf-16"))
    assert (list(marked.records()), marked.problems) == ([{"NIT": "1", "Razón social: nombre": "Café"}], ())


def test_a_quote_that_never_closes_loses_nothing() -> None:
    many = b"".join(b"%d;x@example.com\n" % number for number in range(20_000))
    found = listed(b'NIT;Correo\n1;"sin cerrar\n' + many)
    assert len(found.rows()) == 20_002
    assert found.rows()[-1] == ["19999", "x@example.com"]


def test_a_long_list_takes_time_in_proportion() -> None:
    def seconds(count: int) -> float:
        content = b"NIT;Correo\n" + b'1;"a\n' * count
        start = time.process_time()
        list_of(content)
        return time.process_time() - start

    seconds(1000)
    small = min(seconds(20_000) for _ in range(3))
    assert seconds(160_000) < 8 * 4 * small + 0.1


# --- by a client -----------------------------------------------------------------------------------------------------


class Downloads(Recorder):
    """A transport whose downloads a test gives, and counts."""

    def __init__(self, dian: Simulator, give: Callable[[str], Reply]) -> None:
        super().__init__(dian)
        self.give = give
        self.asked: list[str] = []

    def download(self, url: str) -> Reply:
        self.asked.append(url)
        return self.give(url)

    async def download_async(self, url: str) -> Reply:
        return self.download(url)


def emails_of(transport: Any, dian: Simulator, *, asynchronous: bool) -> ExchangeEmails:
    async def ask() -> ExchangeEmails:
        async with AsyncClient(signer=dian.signer(NIT), transport=transport) as ws:
            return await ws.exchange_emails()

    if asynchronous:
        return asyncio.run(ask())
    with client(dian, transport) as ws:
        return ws.exchange_emails()


BOTH = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@BOTH
def test_the_simulator_gives_the_live_form(asynchronous: bool, dian: Simulator) -> None:
    dian.mailboxes[NIT] = "recepcion@example.com"
    found = emails_of(dian, dian, asynchronous=asynchronous)
    assert found.url.startswith("https://vpfe-hab.dian.gov.co/")
    assert list(found.records()) == [{"NIT": NIT, "Correo": "recepcion@example.com"}]
    assert dian.requests == ["GetExchangeEmails"]


@BOTH
def test_a_failed_download_is_not_tried_again(asynchronous: bool, dian: Simulator) -> None:

    def lost(url: str) -> Reply:
        raise OSError("se cortó")

    for give in (lambda url: Reply(403, {}, b"Expired"), lost, lambda url: Reply(200, {}, b"nada")):
        transport = Downloads(dian, give)
        with pytest.raises(DownloadFailed) as caught:
            emails_of(transport, dian, asynchronous=asynchronous)
        assert (len(transport.asked), transport.carried) == (1, ["GetExchangeEmails"])
        assert caught.value.operation == "GetExchangeEmails"
        assert caught.value.answer.url == transport.asked[0]
        assert "exchange_emails()" in str(caught.value)


def test_an_address_of_the_simulator_expires() -> None:
    moment = [NOW]
    dian = Simulator(seed=7, clock=lambda: moment[0])
    with client(dian, clock=lambda: moment[0]) as ws:
        url = ws.call("GetExchangeEmails").url
    assert dian.download(url).status == 200
    assert dian.download(url.replace("sig=", "sig=0")).status == 403
    assert dian.download("https://vpfe-hab.dian.gov.co/otra").status == 404
    moment[0] += timedelta(hours=1)
    assert dian.download(url).status == 403


@BOTH
def test_a_transport_that_cannot_download_says_so(asynchronous: bool, dian: Simulator) -> None:
    with pytest.raises(DownloadFailed, match="download") as caught:
        emails_of(Recorder(dian), dian, asynchronous=asynchronous)
    assert caught.value.answer.url
    assert not caught.value.retryable


@BOTH
def test_the_list_comes_over_http_from_the_simulator_too(asynchronous: bool, dian: Simulator) -> None:
    dian.mailboxes[NIT] = "recepcion@example.com"
    options: dict[str, Any] = {
        "signer": dian.signer(NIT), "environment": Environment.HABILITACION, "policy": AT_ONCE,
    }  # fmt: skip

    async def ask(url: str) -> ExchangeEmails:
        async with AsyncClient(endpoint=url, **options) as ws:
            return await ws.exchange_emails()

    with SimulatorServer(dian) as server:
        if asynchronous:
            found = asyncio.run(ask(server.url))
        else:
            with Client(endpoint=server.url, **options) as ws:
                found = ws.exchange_emails()
    assert found.url.startswith("https://127.0.0.1:"), "as the live service writes it"
    assert found.rows()[1] == [NIT, "recepcion@example.com"]


class Page(BaseHTTPRequestHandler):
    """Redirects what is asked for, and keeps the headers."""

    seen: list[Any]

    def do_GET(self) -> None:
        type(self).seen.append(self.headers)
        self.send_response(302)
        self.send_header("Location", "/otra")
        self.send_header("Set-Cookie", "a=b")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def page() -> Iterator[tuple[str, list[Any]]]:
    handler = type("Handler", (Page,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/lista", handler.seen  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_download_follows_no_redirection_and_sends_no_cookie() -> None:
    with page() as (url, seen):
        transport = HttpTransport()
        assert [transport.download(url).status for _ in range(2)] == [302, 302]
    assert len(seen) == 2
    assert not any(name in headers for headers in seen for name in ("Cookie", "Authorization", "Content-Type"))


def test_a_download_that_finds_nobody_is_a_transport_error() -> None:
    with pytest.raises(TransportError):
        HttpTransport().download("http://127.0.0.1:9/nadie")


def test_requests_are_still_signed_as_before(dian: Simulator) -> None:
    """The answer's address has no part in what is posted."""
    seen: list[Request] = []

    class Keeping(Downloads):
        def exchange(self, request: Request) -> Reply:
            seen.append(request)
            return super().exchange(request)

    with Client(signer=SIGNER, transport=Keeping(dian, dian.download)) as ws:
        ws.exchange_emails()
    assert [request.operation for request in seen] == ["GetExchangeEmails"]
    assert seen[0].url.endswith("/WcfDianCustomerServices.svc")
