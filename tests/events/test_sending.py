"""Events are sent once and only once, whatever happens on the way and whoever is killed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from dian_fe import Client, errors
from dian_fe.events import registered
from dian_fe.testing import ListedScript, Mishap, SeededScript, Simulator
from dian_fe.transport import Recovery, Shipment, State
from dian_fe.transport.contract import OPERATIONS
from tests.events.support import BUYER, at, verified
from tests.events.test_simulator import MONDAY, Trade
from tests.transport.support import signed as invoice_signed
from tests.transport.test_sending import ACCEPTED, CUT, NO_NETWORK, NOT_FOUND, REJECTED, TIMEOUT, Told, status
from tests.transport.test_sending import tell as drive

TRADE = Trade()
SIGNED = TRADE.signed(TRADE.made("030", at(MONDAY, 11)))
READY = Shipment.of(SIGNED)
SEND, ASK, LIST = "SendEventUpdateStatus", "GetStatus", "GetStatusEvent"
LGC01 = status("99", lines=["Regla: LGC01, Rechazo: El evento ya está registrado."])
OTHER = "cd" * 48


def listing(*events: tuple[str, str]) -> Any:
    """Answer GetStatusEvent with events, each a code and its key."""
    inner = "".join(
        f"<DocumentResponse><Response><ResponseCode>{code}</ResponseCode></Response>"
        f"<DocumentReference><ID>E1</ID><UUID>{key}</UUID></DocumentReference></DocumentResponse>"
        for code, key in events
    )
    xml = f"<ApplicationResponse>{inner}</ApplicationResponse>".encode()
    return replace(status("00"), application_response=xml, raw=xml)


def tell(*answers: Any, shipment: Shipment = READY) -> Told:
    return drive(*answers, shipment=shipment)


def test_what_is_sent() -> None:
    arguments = READY.arguments()
    assert (READY.operation, READY.event, READY.references) == (SEND, "030", (TRADE.sale.key,))
    assert READY.supplier == BUYER
    assert list(arguments) == ["contentFile"]
    assert OPERATIONS[SEND].sends_document
    assert Shipment.from_json(READY.to_json()) == READY


def test_a_shipment_stored_before_there_were_events_can_be_read() -> None:
    old = Shipment.of(invoice_signed(Simulator(seed=7))).as_dict()
    del old["event"]
    assert Shipment.from_json(old).event == ""


@pytest.mark.parametrize(
    ("answers", "steps", "state", "recovered"),
    [
        ([ACCEPTED], [SEND], State.ACCEPTED, None),
        ([REJECTED], [SEND], State.REJECTED, None),
        # in doubt: GetStatus first, and where it does not know the event, those of the invoice
        ([CUT, ACCEPTED], [SEND, "wait 50", ASK], State.ACCEPTED, Recovery.ASKED),
        ([CUT, NOT_FOUND, NOT_FOUND, listing(("030", SIGNED.key))], [SEND, "wait 50", ASK, "wait 2", ASK, LIST],
         State.ACCEPTED, Recovery.ASKED),
        ([CUT, NOT_FOUND, NOT_FOUND, listing(("030", SIGNED.key.upper()))],
         [SEND, "wait 50", ASK, "wait 2", ASK, LIST], State.ACCEPTED, Recovery.ASKED),
        ([CUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, ACCEPTED], [SEND, "wait 50", ASK, "wait 2", ASK, LIST, SEND],
         State.ACCEPTED, None),
        ([CUT, NOT_FOUND, NOT_FOUND, TIMEOUT, NOT_FOUND, NOT_FOUND, ACCEPTED],
         [SEND, "wait 50", ASK, "wait 2", ASK, LIST, "wait 60", ASK, LIST, SEND], State.ACCEPTED, None),
        # registered already: by these bytes, as one of the two questions tells
        ([LGC01, ACCEPTED], [SEND, ASK], State.ACCEPTED, Recovery.LGC01),
        ([LGC01, NOT_FOUND, listing(("030", SIGNED.key))], [SEND, ASK, LIST], State.ACCEPTED, Recovery.LGC01),
        # … by another event of this code
        ([LGC01, NOT_FOUND, listing(("030", OTHER))], [SEND, ASK, LIST], State.REJECTED, None),
        ([LGC01, NOT_FOUND, NOT_FOUND], [SEND, ASK, LIST], State.REJECTED, None),
        # … nobody tells by which, and these bytes had been sent before
        # The first one never arrived: what is registered is somebody else's.
        ([NO_NETWORK, LGC01, NOT_FOUND, NOT_FOUND], [SEND, "wait 5", SEND, ASK, LIST], State.REJECTED, None),
        ([CUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, LGC01, NOT_FOUND, NOT_FOUND],
         [SEND, "wait 50", ASK, "wait 2", ASK, LIST, SEND, ASK, LIST], State.ACCEPTED, Recovery.LGC01),
        ([CUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, LGC01, NOT_FOUND, listing(("030", OTHER))],
         [SEND, "wait 50", ASK, "wait 2", ASK, LIST, SEND, ASK, LIST], State.REJECTED, None),
        # … both times, so that these bytes were never taken
        ([LGC01, TIMEOUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, LGC01, NOT_FOUND, NOT_FOUND],
         [SEND, ASK, "wait 50", ASK, "wait 2", ASK, LIST, SEND, ASK, LIST], State.REJECTED, None),
        # the confirmation fails: in doubt, and asked again
        ([LGC01, TIMEOUT, ACCEPTED], [SEND, ASK, "wait 50", ASK], State.ACCEPTED, Recovery.ASKED),
        ([LGC01, NOT_FOUND, TIMEOUT, ACCEPTED], [SEND, ASK, LIST, "wait 50", ASK], State.ACCEPTED, Recovery.ASKED),
    ],
)  # fmt: skip
def test_what_is_asked_when_and_where_it_ends(
    answers: list[Any], steps: list[str], state: State, recovered: Recovery | None
) -> None:
    told = tell(*answers)
    assert told.steps == steps
    assert (told.end.state, told.end.recovered) == (state, recovered)


def test_a_list_of_events_is_no_answer_to_this_one() -> None:
    told = tell(CUT, NOT_FOUND, NOT_FOUND, listing(("030", SIGNED.key)))
    assert told.answer.accepted
    assert told.answer.application_response == b""


def relisted(shipment: Shipment, *events: tuple[str, str]) -> dict[str, Any]:
    """Return the JSON form of a recovered event with another list in it."""
    stored = shipment.as_dict()
    assert stored["status"] is not None
    return stored | {"status": stored["status"] | {"raw": b64encode(listing(*events).raw).decode()}}


def test_a_stored_event_is_believed_if_its_list_names_it() -> None:
    end = tell(CUT, NOT_FOUND, NOT_FOUND, listing(("030", SIGNED.key))).end
    assert Shipment.from_json(end.to_json()) == end
    assert Shipment.from_json(relisted(end, ("032", OTHER), ("030", SIGNED.key))).state is State.ACCEPTED


@pytest.mark.parametrize("events", [(), (("030", OTHER),), (("032", "ef" * 48),), None])
def test_a_stored_event_that_no_list_proves_is_asked_for(events: Any) -> None:
    end = tell(CUT, NOT_FOUND, NOT_FOUND, listing(("030", SIGNED.key))).end
    without = end.as_dict() | {"status": end.as_dict()["status"] | {"raw": None}}  # as earlier versions stored it
    back = Shipment.from_json(without if events is None else relisted(end, *events))
    assert (back.state, back.recovered) == (State.IN_DOUBT, None)
    assert "no prueba" in str(back.error)
    told = tell(ACCEPTED, shipment=back)
    assert (told.steps, told.end.state) == ([ASK], State.ACCEPTED)


def test_a_stored_event_of_lgc01_needs_its_attempts() -> None:
    end = tell(CUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, LGC01, NOT_FOUND, NOT_FOUND).end
    assert (end.state, end.recovered) == (State.ACCEPTED, Recovery.LGC01)
    assert Shipment.from_json(end.to_json()) == end
    stored = end.as_dict()
    for unproved in (
        stored | {"attempts": stored["attempts"][-3:]},
        stored | {"recovered": "asked"},
        relisted(end, ("030", OTHER)),
    ):
        assert Shipment.from_json(unproved).state is State.IN_DOUBT


def test_another_event_of_the_code_is_told_as_that() -> None:
    told = tell(LGC01, NOT_FOUND, listing(("030", OTHER), ("032", "ef" * 48)))
    assert told.end.taken_by == OTHER
    with pytest.raises(errors.EventRegistered, match="030") as caught:
        told.answer.raise_for_rejection()
    assert caught.value.found == OTHER
    assert "client.events" in told.answer.next_step


@pytest.mark.parametrize("mishap", list(Mishap))
def test_every_mishap_on_the_way(mishap: Mishap) -> None:
    """Whatever strikes the sending, the event is registered once and the answer says so."""
    for first in (mishap, None):
        trade = Trade(script=ListedScript([first, mishap]))
        answer = trade.declare("030", at(MONDAY, 11))
        assert answer.accepted, (mishap, answer.attempts)
        assert len(trade.dian.history(trade.sale.key)) == 1


class Killed(Exception):
    """The caller dies."""


@dataclass
class Store:
    """Keeps what was noted, and kills the caller at one of the notes."""

    deadly: int
    kept: list[str] = field(default_factory=list)

    def __call__(self, shipment: Shipment) -> None:
        self.kept.append(shipment.to_json())
        if len(self.kept) == self.deadly:
            raise Killed


@pytest.mark.parametrize("deadly", range(1, 8))
def test_killed_at_every_step_and_resumed(deadly: int) -> None:
    """The caller dies whenever something was noted; who resumes ends with one event and its answer."""
    trade = Trade(script=ListedScript([Mishap.DROP_RESPONSE, Mishap.LAG, Mishap.LAG, Mishap.HTTP_503, None]))
    signed, store = trade.signed(trade.made("030", at(MONDAY, 11))), Store(deadly)
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        try:
            answer = ws.send(signed, store=store)
        except Killed:
            answer = ws.resume(Shipment.from_json(store.kept[-1]))
    assert answer.accepted, answer.attempts
    assert [event.key for event in trade.dian.history(trade.sale.key)] == [signed.key]


@pytest.mark.parametrize("seed", range(6))
def test_a_small_storm(seed: int) -> None:
    """Everything goes wrong now and then: the life of an invoice ends as it would without."""
    trade = Trade(script=SeededScript(seed, 0.03))
    for code, when in (("030", at(MONDAY, 11)), ("032", at(MONDAY, 12)), ("034", at(date(2026, 3, 9)))):
        answer = trade.declare(code, when)
        assert answer.accepted, answer.attempts
    assert [event.code for event in trade.dian.history(trade.sale.key)] == ["030", "032", "034"]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_batch_keeps_the_order_of_an_invoices_events(concurrency: int) -> None:
    trade = Trade()
    other = verified(dian=trade.dian)
    first = trade.signed(trade.made("030", at(MONDAY, 11)))
    history = [registered(first)]
    second = trade.signed(trade.made("032", at(MONDAY, 12), history=history))
    apart = trade.signed(trade.made("030", at(MONDAY, 11), sale=other))
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        answers = ws.send_all([first, apart, second], concurrency=concurrency)
    assert [answer.accepted for answer in answers] == [True] * 3
    assert [event.code for event in trade.dian.history(trade.sale.key)] == ["030", "032"]


def test_a_batch_holds_back_what_follows_a_refused_event() -> None:
    trade = Trade()
    refused = trade.signed(trade.made("030", at(MONDAY, 11)))
    trade.declare("030", at(MONDAY, 11), number="X1", history=()).raise_for_rejection()
    after = trade.signed(trade.made("032", at(MONDAY, 12), number="X2"))
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        answers = ws.send_all([refused, after])
    assert [answer.accepted for answer in answers] == [False, False]
    assert isinstance(answers[1].error, errors.OriginalNotAccepted)
    assert isinstance(answers[0].shipment.taken_by, str)
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        assert ws.resume(answers[1].shipment).accepted
