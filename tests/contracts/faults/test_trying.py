"""The test set and the service's words: nothing is accepted that DIAN did not (rows B1, B2, B17, B18, B21)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dian_fe import AsyncClient, Customer, Invoice, Line, OrganizationState, Payment, Shipment, build, check, iva, sign
from dian_fe.errors import InvalidInput, PrefixNotAssociated
from dian_fe.faults import Fault
from dian_fe.habilitacion import Counts, HabilitacionRun, RunState
from dian_fe.habilitacion.words import state_of_set
from dian_fe.testing import Simulator
from dian_fe.transport import State
from dian_fe.transport.answers import Status
from tests.contracts.faults.rows import cases
from tests.support.company import issuer_at
from tests.transport.support import NIT, NOW, SHOP, client, note, signed
from tests.transport.test_sending import NOT_FOUND, OTHER, PENDING, SEND, SIGNED, TIMEOUT, status, tell

SET = "01234567-89ab-cdef-0123-456789abcdef"

# ---- B1


def sent(dian: Simulator, **options: Any) -> Any:
    with client(dian) as ws:
        return ws.send(signed(dian), **options)


async def sent_async(dian: Simulator) -> Any:
    async with AsyncClient(signer=dian.signer(NIT), transport=dian) as ws:
        return await ws.send(signed(dian), test_set_id="")


def stored(dian: Simulator, **changes: Any) -> Shipment:
    """Return a shipment to a test set as its JSON gives it, after somebody changed that."""
    return Shipment.from_json(json.dumps(Shipment.of(signed(dian), test_set_id=SET).as_dict() | changes))


def stored_run(dian: Simulator, test_set_id: Any) -> HabilitacionRun:
    run = HabilitacionRun.plan(issuer_at(dian), SET, counts=Counts(1, 0, 0))
    return HabilitacionRun.from_json(
        json.dumps(json.loads(run.to_json()) | {"test_set_id": test_set_id}), issuer_at(dian)
    )


def in_a_batch(dian: Simulator) -> Any:
    with client(dian) as ws:
        (answer,) = ws.send_all([signed(dian)], test_set_id="")
    assert not answer.accepted
    raise answer.error


@cases(
    "B1",
    {
        "none": lambda dian: HabilitacionRun.plan(issuer_at(dian), None, counts=Counts(2, 1, 1)),
        "empty": lambda dian: HabilitacionRun.plan(issuer_at(dian), "", counts=Counts(2, 1, 1)),
        "sent with an empty one": lambda dian: sent(dian, test_set_id=""),
    },
    {
        "sent with none": lambda dian: sent(dian, test_set_id=None),
        "sent by a task": lambda dian: asyncio.run(sent_async(dian)),
        "in a batch": in_a_batch,
        "a shipment": lambda dian: Shipment.of(signed(dian), test_set_id="\u200b"),
        "a hyphen of another kind": lambda dian: sent(dian, test_set_id=SET.replace("-", "\u2010")),
        "a line feed after it": lambda dian: sent(dian, test_set_id=f"{SET}\n"),
        "a stored shipment of nowhere": lambda dian: stored(dian, test_set_id=""),
        "a stored shipment of something": lambda dian: stored(dian, test_set_id="x"),
        "a stored shipment by another way": lambda dian: stored(dian, operation="SendBillSync"),
        "a stored run": lambda dian: stored_run(dian, ""),
        "a stored run of none": lambda dian: stored_run(dian, None),
        "by an operation that takes no set": lambda dian: sent(dian, test_set_id=SET, operation="SendBillSync"),
    },
)
def test_without_a_test_set_nothing_is_sent(case: Callable[[Simulator], Any], dian: Simulator) -> None:
    with pytest.raises(InvalidInput, match=r"TestSetId|set de pruebas|test_set_id"):
        case(dian)
    assert not dian.requests


# ---- B2

SAID = f"Set de prueba con identificador {SET} se encuentra"


@cases(
    "B2",
    {
        "not": ("Set de prueba con identificador {} no se encuentra Aceptado.",),
        "with errors": (f"{SAID} Aceptado con errores.",),
    },
    {
        "a doubt": (f"¿{SAID} Aceptado?",),
        "another word": (f"{SAID} Inaceptado.",),
        "an addition": (f"{SAID} Aceptado. Documentos rechazados: 3.",),
        "a second opinion": (f"{SAID} Aceptado.", f"{SAID} Aceptado con errores."),
        "two sentences": (f"{SAID} Aceptado\n{SAID} En proceso",),
        "in quotes": (f"«{SAID} Aceptado.»",),
        "another set": (f"{SAID.replace('0123', '9876')} Aceptado.",),
        "before it": (f"{SAID} pre-Aceptado.",),
    },
)
def test_no_other_sentence_makes_a_set_accepted(case: tuple[str, ...]) -> None:
    texts = tuple(text.format(SET) for text in case)
    for places in ((texts[0], "", texts[1:]), ("", texts[0], texts[1:]), ("", "", texts)):
        said = Status(False, "2", places[0], places[1], places[2], "", "", b"", b"")
        assert state_of_set(said, SET) is not RunState.ACEPTADO
    assert state_of_set(Status(False, "2", f"{SAID} Aceptado.", "", (), "", "", b"", b""), SET) is RunState.ACEPTADO


# ---- B17

EARLY = OrganizationState(electronic_invoicing=True, prior_validation=False)


def company(state: OrganizationState = EARLY) -> Any:
    dian = Simulator(seed=7)
    return SimpleNamespace(dian=dian, issuer=issuer_at(dian, organization=SHOP.replace(state=state)))


def judged(kind: str, state: OrganizationState = EARLY) -> list[Fault]:
    it = company(state)
    document = sign(build(Invoice.from_lines(
        number="SETP990000001", issued_at=NOW, supplier=it.issuer.organization, customer=Customer.final_consumer(),
        lines=[Line(description="Café", quantity=1, price=18500, taxes=(iva(5),))], payment=Payment.cash(),
    ), it.issuer), it.dian.signer(NIT), at=NOW)  # fmt: skip
    if kind == "credit_note":
        document = note(it.dian, document, organization=it.issuer.organization)
    return list(check(document, issuer=it.issuer))


def driven() -> list[Fault]:
    it = company()
    opened = it.dian.open_test_set(2, 1, 1)
    run = HabilitacionRun.plan(it.issuer, opened.id, counts=Counts(2, 1, 1))
    with client(it.dian) as ws:
        report = run.drive(ws, it.dian.signer(NIT))
    assert sum(report.accepted.values()) == 4
    return list(report.reasons)


def dry() -> list[Fault]:
    it = company()
    run = HabilitacionRun.plan(it.issuer, it.dian.open_test_set(1, 0, 0).id, counts=Counts(1, 0, 0))
    with client(it.dian) as ws:
        answer = run.dry_run(ws, it.dian.signer(NIT))
    assert answer.accepted
    return list(answer.rejections)


@cases(
    "B17",
    {"no prior validation yet": lambda: judged("invoice")},
    {
        "a note": lambda: judged("credit_note"),
        "no invoicer yet": lambda: judged("invoice", OrganizationState(electronic_invoicing=False)),
        "a start date to come": lambda: judged("invoice", OrganizationState(start_date="2027-01-01")),
        "a whole test set": driven,
        "a dry run": dry,
    },
)
def test_the_truth_before_the_test_set_rejects_nothing(case: Callable[[], list[Fault]]) -> None:
    assert not [fault for fault in case() if fault.rejects]


# ---- B18


def asked(dian: Simulator, nit: str = NIT, **options: Any) -> Any:
    with client(dian) as ws:
        return ws.numbering(nit, dian.software.id, **options)


async def asked_async(dian: Simulator) -> Any:
    async with AsyncClient(signer=dian.signer(NIT), transport=dian) as ws:
        return await ws.numbering(NIT, dian.software.id, prefix="FE")


@cases(
    "B18",
    {"withheld": lambda dian: asked(dian, prefix="FE")},
    {
        "by a task": lambda dian: asyncio.run(asked_async(dian)),
        "in lower case": lambda dian: asked(dian, prefix="setp"),
        "without a prefix": lambda dian: asked(dian, prefix=""),
        "of another company": lambda dian: asked(dian, "800199436", prefix="FX"),
        "a prefix of one that is there": lambda dian: asked(dian, prefix="SET"),
    },
)
def test_a_prefix_that_is_not_associated_names_those_that_are(
    case: Callable[[Simulator], Any], dian: Simulator
) -> None:
    dian.withhold(dian.resolution("FE"))
    dian.resolution("FX", nit=NIT)
    with pytest.raises(PrefixNotAssociated) as caught:
        case(dian)
    assert "SETP" in str(caught.value.expected)
    assert "FE" not in str(caught.value.expected)


# ---- B21

OURS = f"Regla: 90, Rechazo: Documento {SIGNED.key} procesado anteriormente."
CLAIMED = status("99", lines=[OURS])


@cases(
    "B21",
    {"not found again and again": [CLAIMED, *[NOT_FOUND] * 4]},
    {
        "cut off after the claim": [CLAIMED, TIMEOUT, *[NOT_FOUND] * 3],
        "claimed at the second sending": [TIMEOUT, NOT_FOUND, NOT_FOUND, CLAIMED, *[NOT_FOUND] * 4],
        "a key in capitals and brackets": [
            status("99", lines=[OURS.replace(SIGNED.key, f"({SIGNED.key.upper()})")]),
            *[NOT_FOUND] * 4,
        ],
        "claimed in the text of the state": [
            status("99", lines=[f"Regla: 90, Rechazo: {SIGNED.key}"]),
            *[NOT_FOUND] * 4,
        ],
        "an answer about another": [CLAIMED, status("00", key=OTHER), *[NOT_FOUND] * 3],
        "undecided": [CLAIMED, *[PENDING] * 3],
    },
)
def test_what_dian_claims_to_have_is_in_doubt(case: list[Any]) -> None:
    told = tell(*case)
    later = case.index(next(each for each in case if getattr(each, "code", "") == "99"))
    sendings = [step for step in told.steps if step == SEND]
    assert len(sendings) == 1 + (later > 0)
    assert told.end.state in {State.IN_DOUBT, State.PENDING}
    assert "no llegó" not in f"{told.answer.next_step} {told.answer.error}"
    assert not told.answer.accepted
    asked_again = [NOT_FOUND] * (3 if told.end.state is State.IN_DOUBT else 2)
    again = tell(*asked_again, shipment=Shipment.from_json(told.end.to_json()))
    assert SEND not in again.steps
