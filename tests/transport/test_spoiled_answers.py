"""Answers of the service with one spoiled datum: understood, or refused by name, and never taken for a yes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from lxml import etree

from dian_fe.errors import DianFeError
from dian_fe.testing import Simulator
from dian_fe.transport import Reply, Request
from tests.transport.support import Recorder, client, signed

SPOILED = ("", "12x4", "Infinity", "٠٢")


class Sent:
    """A document that the simulator accepted, and its answer to GetStatus."""

    def __init__(self) -> None:
        self.dian = Simulator(seed=1)
        self.recorder = Recorder(self.dian)
        self.ws = client(self.dian, self.recorder)
        document = signed(self.dian)
        self.key = document.key
        assert self.ws.send(document).accepted
        self.recorder.script = [self.keep]
        self.body = b""
        assert self.ws.status(self.key).is_valid

    def keep(self, request: Request, exchange: Any) -> Reply:
        found: Reply = exchange(request)
        self.body = found.body
        return found

    def answered(self, body: bytes) -> Any:
        """Return what the client makes of another body; None when it refuses it."""
        self.recorder.script = [lambda request, exchange: replace(exchange(request), body=body)]
        try:
            return self.ws.status(self.key)
        except DianFeError as error:
            refused = error
        assert refused.remedy, refused
        return None


@cache
def sent() -> Sent:
    return Sent()


def spoiled(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    root = etree.fromstring(body)
    for element in root.iter(etree.Element):
        if len(element):
            continue
        for text in SPOILED:
            before, element.text = element.text, text
            yield etree.QName(element).localname, text, etree.tostring(root)
            element.text = before


def used(found: Any) -> None:
    assert repr(found)
    assert found._repr_html_()
    assert found.standing.label
    assert isinstance(found.faults, (list, tuple))


def test_an_answer_of_the_service_with_a_spoiled_leaf() -> None:
    tried = understood = 0
    for name, text, body in spoiled(sent().body):
        found = sent().answered(body)
        tried += 1
        if found is not None:
            understood += 1
            used(found)
            assert found.is_valid is (name != "IsValid"), (name, text)
    assert tried > understood > 20


def test_a_status_whose_application_response_has_a_spoiled_leaf() -> None:
    root = etree.fromstring(sent().body)
    carried = next(root.iter("{*}XmlBase64Bytes"))
    whole = b64decode(carried.text)
    understood = 0
    for _, _, inner in spoiled(whole):
        carried.text = b64encode(inner).decode()
        found = sent().answered(etree.tostring(root))
        if found is not None:
            understood += 1
            used(found)
    assert understood > 60
