"""The simulator over HTTP, on this machine only, with its WSDL."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from .._arguments import checked
from .._shown import shown
from ..errors import InvalidInput
from ..transport.soap import Reply, Request
from . import replies
from .failures import Mishap
from .simulator import LIST_PATH, Simulator
from .wsdl import wsdl

PATH: Final = "/WcfDianCustomerServices.svc"
_HOST: Final = "127.0.0.1"
_ACTION = re.compile(r'action="[^"]*/(\w+)"')
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER without lingering: closing resets the connection."""


@checked
class SimulatorServer:
    """Serves a simulator over HTTP on the loopback interface; use it as a context manager.

    ``url`` is the service's address, and ``?wsdl`` after it returns its WSDL. ``port`` 0 takes any free one. ``hang``:
    seconds that a connection stays open when the script drops an answer. ``log``: called with the method, operation and
    status of each exchange. Mishaps of the simulator's script happen to the connections themselves.
    """

    def __init__(
        self, simulator: Simulator, *, port: int = 0, hang: float = 0.0, log: Callable[[str], None] | None = None
    ) -> None:
        """Open the port; requests are served once the context is entered, or ``serve_forever`` is called.

        Raises ``InvalidInput`` for an invalid port or one that cannot be opened.
        """
        self.simulator = simulator
        self.hang = hang
        self.log = log
        try:
            self._server = _Server((_HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = str(error).rstrip(".")
            raise InvalidInput.of("testing.port", field="port", port=port, reason=reason) from None
        self._server.face = self
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address of the service."""
        return f"http://{_HOST}:{self._server.server_address[1]}{PATH}"

    def serve_forever(self) -> None:
        """Answer until ``close`` or an interruption."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop answering and close the port."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Answer in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()
        if self._thread is not None:
            self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    face: SimulatorServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing about clients that disconnect, as the scripts make them do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: ``SimulatorServer.log`` is called instead."""

    def do_GET(self) -> None:  # the name that http.server looks for
        """Answer with the WSDL, or with a download that answers point to."""
        path, _, query = self.path.partition("?")
        simulator = self.server.face.simulator
        if path == LIST_PATH:
            return self._give(simulator.download(self.path), "list")
        if path == PATH and query.lower() in {"wsdl", "singlewsdl"}:
            return self._give(Reply(200, {"content-type": "text/xml; charset=utf-8"}, wsdl(self._address())), "WSDL")
        return self._give(replies.page(404, "Not Found", simulator.now()), path)

    def do_POST(self) -> None:
        """Run an operation."""
        simulator = self.server.face.simulator
        length = self.headers.get("Content-Length", "")
        if self.path.partition("?")[0] != PATH:
            return self._refuse(404, "Not Found", self.path)
        if not length.isdigit():
            return self._refuse(411, "Length Required")
        if int(length) > simulator.max_message:
            return self._refuse(413, "Request Entity Too Large")
        body = self.rfile.read(int(length))
        media_type = self.headers.get("Content-Type", "")
        named = _ACTION.search(media_type)
        operation = named[1] if named else ""
        reply, mishap = simulator.serve(Request(operation, self._address(), {"Content-Type": media_type}, body))
        return self._send(reply, mishap, operation)

    def _refuse(self, status: int, title: str, what: str = "") -> None:
        self.close_connection = True
        self._give(replies.page(status, title, self.server.face.simulator.now()), what)

    def _send(self, reply: Reply | None, mishap: Mishap | None, operation: str) -> None:
        face = self.server.face
        if mishap is Mishap.DELAY:
            time.sleep(face.simulator.delay)
        if reply is not None and mishap is not Mishap.TRUNCATED:
            return self._give(reply, operation)
        self.close_connection = True
        if reply is not None:  # cut in the middle of the announced length
            return self._give(reply, operation, announced=2 * len(reply.body) + 1)
        if mishap is Mishap.DROP_RESPONSE and face.hang:
            time.sleep(face.hang)
        if mishap is Mishap.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        if face.log is not None:
            face.log(shown(f"{operation} {mishap}"))
        return None

    def _give(self, reply: Reply, what: str, *, announced: int | None = None) -> None:
        if self.server.face.log is not None:
            self.server.face.log(shown(f"{self.command} {what} {reply.status}"))
        with contextlib.suppress(ConnectionError):
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body) if announced is None else announced))
            if self.close_connection:
                self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

    def _address(self) -> str:
        """Return the address as the client knows it."""
        return f"http://{self.headers.get('Host', '')}{self.path.partition('?')[0]}"
