"""Containers, answers and events of any content, signed by anybody: what the tests of `examine` take apart."""

from __future__ import annotations

from functools import cache
from typing import Any

from dian_fe import Package, pack, read
from dian_fe.families.events.keys import event_document_key
from dian_fe.families.registry import kind as kind_named
from dian_fe.models._fast import update_fast
from dian_fe.models.event import EventParty
from dian_fe.testing import random_event
from dian_fe.testing.judge import ANSWER_DELAY, DIAN_NIT
from dian_fe.testing.pki import Flaw
from dian_fe.ubl.control import Control
from dian_fe.ubl.writer.build import UBL_VERSION, write
from tests.delivery.support import AT, NIT, issued, office, signer
from tests.verifying.foreign import Foreign

TIME = AT.isoformat()
ANSWERED = (AT + ANSWER_DELAY).isoformat()
PIN = "20191"


@cache
def sold() -> tuple[Any, Any]:
    """Return a signed invoice and DIAN's verdict about it."""
    return issued()


@cache
def another() -> tuple[Any, Any]:
    """Return another invoice with its verdict."""
    return issued()


@cache
def packed() -> Package[Any]:
    signed, verdict = sold()
    return pack(signed, verdict, signer(), at=AT)


def sealed(xml: bytes, nit: str = NIT, flaw: Flaw = Flaw.NONE, name: str | None = None, **how: Any) -> bytes:
    """Sign as other software does; a certificate of any NIT, with any flaw, at any time."""
    return Foreign(identity=office().pki.identity(nit, name, flaw=flaw), **{"time": TIME} | how).sign(xml)


def sale(nit: str = NIT, flaw: Flaw = Flaw.NONE, name: str | None = None, **how: Any) -> bytes:
    """Return the invoice of `sold`, signed by somebody else or otherwise."""
    return sealed(sold()[0].built.canonical.xml, nit, flaw, name, **how)


def answer(nit: str = DIAN_NIT, flaw: Flaw = Flaw.NONE, name: str | None = None, **changes: Any) -> bytes:
    """Return an answer like the one about `sold`, with changes, signed by DIAN or whoever says so."""
    return sealed(unsigned_answer(**changes), nit, flaw, name, time=ANSWERED)


def unsigned_answer(**changes: Any) -> bytes:
    """Return an answer's canonical bytes, with the place for its signature empty."""
    received = read(sold()[1].application_response)
    changed = update_fast(received.document, changes)  # also to what no model takes
    return write(changed, received.control, kind_named("application_response")).xml


def container(
    content: bytes | None = None,
    answers: tuple[bytes, ...] | None = None,
    *,
    told: dict[str, Any] | None = None,
    signed: bool = True,
    nit: str = NIT,
    flaw: Flaw = Flaw.NONE,
    how: dict[str, Any] | None = None,
    **changes: Any,
) -> bytes:
    """Return an AttachedDocument like the one of `packed`: other contents, other references (``told``), other data."""
    made = packed().container
    first = made.answers[0]
    carried = (sold()[1].application_response,) if answers is None else answers
    references = tuple(first.model_copy(update={"content": xml.decode()} | (told or {})) for xml in carried)
    whole = sold()[0].xml if content is None else content
    document = made.model_copy(update={"content": whole.decode(), "answers": references} | changes)
    control = Control(ubl_version=UBL_VERSION, profile=kind_named("attached_document").profile, environment="2")
    canonical = write(document, control, kind_named("attached_document"))
    return sealed(canonical.xml, nit, flaw, **how or {}) if signed else canonical.unsigned_file()


def event(sender: str = "800199436", nit: str | None = None, **changes: Any) -> bytes:
    """Return a buyer's event with a right CUDE."""
    made = random_event(5, "033")
    party = EventParty(name="Cliente Ejemplo SAS", id=sender)
    document = made.model_copy(update={"issued_at": AT, "sender": party} | changes)
    control = Control(
        ubl_version=UBL_VERSION,
        profile=kind_named("event").profile,
        environment="2",
        key=event_document_key(document, secret=PIN),
        key_scheme="CUDE-SHA384",
        provider_nit="700085371",
        software_id="software-del-comprador",
        security_code="55" * 48,
    )
    return sealed(write(document, control, kind_named("event")).xml, nit or sender)
