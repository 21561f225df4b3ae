"""Events at the simulator: the whole life of an invoice over the wire, and everything that the office refuses."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Answer, AsyncClient, Client, CreditNote, Signed, Verified, build, read, sign
from dian_fe.catalogs import PaymentMeans
from dian_fe.events import Event, InvoiceState, RegisteredEvent
from dian_fe.families.events.keys import event_document_key
from dian_fe.models.event import EventDocument
from dian_fe.models.payment import Payment
from dian_fe.signing.policy import SignerRole
from dian_fe.signing.xades import sign as sign_bytes
from dian_fe.testing import Simulator, Verdict
from dian_fe.transport import Shipment
from dian_fe.ubl.writer.build import write
from dian_fe.verifying import verify_signature
from tests.contracts.properties.judges import official_xsd_faults, refused_by_xmlsec1
from tests.events.support import (
    BUYER,
    ISSUED,
    NIT,
    PERSON,
    at,
    buyer,
    invoice,
    oracle,
    seller,
    verified,
)

pytestmark = pytest.mark.slow

MONDAY = date(2026, 3, 2)


class Trade:
    """A sale at an office of its own, its two sides, and what they declare."""

    def __init__(self, dian: Simulator | None = None, **options: Any) -> None:
        self.dian = dian or Simulator(seed=7, **options)
        self.sale: Verified[Any] = verified(dian=self.dian)
        self._number = 0

    def made(self, code: str, when: datetime, **options: Any) -> Event:
        self._number += 1
        values: dict[str, Any] = {"number": f"E{self._number}", "issued_at": when} | options
        sale = values.pop("sale", self.sale)
        values.setdefault("history", self.dian.history(sale.key))
        if code in ("030", "032"):
            return Event.acknowledge(sale, code, person=PERSON, **values)
        if code == "031":
            return Event.claim(sale, "04", **values)
        return Event.accept(sale, **values) if code == "033" else Event.accept_tacitly(sale, **values)

    def signed(self, event: Event, when: datetime | None = None) -> Signed[Event]:
        issuer = seller(self.dian) if event.code == "034" else buyer(self.dian)
        nit = issuer.organization.nit
        return sign(build(event, issuer), self.dian.signer(nit), at=when or event.issued_at)

    def declare(self, code: str, when: datetime, **options: Any) -> Answer:
        return self.sent(self.signed(self.made(code, when, **options)))

    def sent(self, signed: Signed[Event]) -> Answer:
        """Send until it is decided, as whoever keeps the shipment does."""
        with Client(signer=self.dian.signer(signed.document.issuer_id), transport=self.dian) as ws:
            answer = ws.send(signed)
            for _ in range(10):
                if answer.shipment.state.is_final:
                    break
                answer = ws.resume(Shipment.from_json(answer.shipment.to_json()))
        return answer

    def forged(
        self,
        event: Event,
        *,
        signer: str | None = None,
        name: str | None = None,
        when: datetime | None = None,
        **changes: Any,
    ) -> bytes:
        """Write and sign an event whose data were changed after it was made; its key is that of the new data."""
        built = build(event, seller(self.dian) if event.code == "034" else buyer(self.dian))
        control = {name: value for name, value in changes.items() if name in type(built.control).model_fields}
        said = {name: value for name, value in changes.items() if name not in control}
        document = EventDocument(**{name: getattr(event, name) for name in EventDocument.model_fields} | said)
        key = event_document_key(document, secret=self.dian.software.pin.get_secret_value())
        written = write(document, built.control.replace(**{"key": key} | control), built.kind)
        person = self.dian.signer(signer or event.issuer_id, name=name)
        return sign_bytes(written, person, at=when or event.issued_at, role=SignerRole.SUPPLIER).xml


def codes(verdict: Verdict) -> set[str]:
    return {fault.code for fault in verdict.faults if fault.rejects}


def test_from_the_sale_to_the_express_acceptance() -> None:
    trade = Trade()
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        before = ws.events(trade.sale.key)
        assert (before.state, len(before.history)) == (InvoiceState.RECIBIDA, 0)
        assert "no entrega eventos" in before.problems[0]
        for hour, (code, state) in enumerate(
            [
                ("030", InvoiceState.ACUSADA),
                ("032", InvoiceState.BIEN_RECIBIDO),
                ("033", InvoiceState.ACEPTADA_EXPRESAMENTE),
            ],
            11,
        ):
            found = ws.events(trade.sale.key).history
            answer = trade.declare(code, at(MONDAY, hour), history=found).raise_for_rejection()
            assert read(answer.application_response).document.reference_key == answer.key
            told = ws.events(trade.sale.key)
            assert (told.state, told.problems) == (state, ())
            last = told.history.events[-1]
            assert (last.code, last.number, last.key) == (code, answer.number, answer.key)
            assert last.signed_at == at(MONDAY, hour)
            assert ws.status(answer.key).code == "00"
            assert b"ApplicationResponse" in ws.document_xml(answer.key).xml
        assert str(told).splitlines()[0] == "Factura aceptada expresamente."
        assert ws.events(trade.sale.key.upper()).history == told.history


def test_from_the_sale_to_the_silence() -> None:
    trade = Trade()
    trade.declare("030", at(MONDAY, 11)).raise_for_rejection()
    trade.declare("032", at(MONDAY, 12)).raise_for_rejection()
    trade.declare("034", at(date(2026, 3, 6), 8)).raise_for_rejection()
    assert trade.dian.history(trade.sale.key).state is InvoiceState.ACEPTADA_TACITAMENTE


def test_the_asynchronous_client_does_the_same() -> None:
    trade = Trade()
    signed = trade.signed(trade.made("030", at(MONDAY, 11)))

    async def run() -> None:
        async with AsyncClient(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
            (await ws.send(signed)).raise_for_rejection()
            assert (await ws.events(trade.sale.key)).state is InvoiceState.ACUSADA

    asyncio.run(run())


@pytest.mark.parametrize("accepted_by", ["033", "034"])
def test_an_accepted_invoice_takes_no_notes(accepted_by: str) -> None:
    trade = Trade()
    note = CreditNote.correcting(trade.sale.received, concept="2", number="NC1", issued_at=ISSUED)
    later = note.replace(number="NC2")
    first = sign(build(note, seller(trade.dian)), trade.dian.signer(NIT), at=ISSUED)
    assert trade.dian.judge(first.xml).is_valid
    trade.declare("030", at(MONDAY, 11)).raise_for_rejection()
    trade.declare("032", at(MONDAY, 12)).raise_for_rejection()
    trade.declare(accepted_by, at(MONDAY, 13) if accepted_by == "033" else at(date(2026, 3, 9))).raise_for_rejection()
    second = sign(build(later, seller(trade.dian)), trade.dian.signer(NIT), at=ISSUED)
    assert "notes_after_acceptance" in codes(trade.dian.judge(second.xml))
    assert not trade.dian.history(trade.sale.key).accepts_notes


def test_every_order_of_events_over_the_wire(dian: Simulator) -> None:
    """Whatever is sent in whatever order, the office ends where the rules in plain words say, not its own timeline."""
    for order in (
        *permutations(("030", "032", "033")), *permutations(("030", "031", "033")), ("030", "032", "031", "034"),
        ("030", "032", "034", "031", "033"), ("030", "032", "033", "034"), ("030", "034", "032", "030"),
    ):  # fmt: skip
        trade, registered = Trade(dian), dict[str, date]()
        for hour, code in enumerate(order, 11):
            day = MONDAY + timedelta(days=7 if code == "034" else 0)
            number = f"{trade.sale.document.number}-{hour}"
            free = trade.made(code, at(day, hour), number=number, history=_everything_before(code))
            verdict = trade.dian.judge(trade.signed(free).xml)
            expected = oracle(registered, code, day)
            assert codes(verdict) == expected, (order, code)
            assert verdict.is_valid is not bool(expected)
            registered |= {} if expected else {code: day}
        assert [event.code for event in trade.dian.history(trade.sale.key)] == list(registered)


def _everything_before(code: str) -> list[RegisteredEvent]:
    """Return a history that lets the event be made, true or not: the office must judge by its own."""
    return [RegisteredEvent(each, f"H{each}", at(MONDAY, 10)) for each in ("030", "032") if code > each]


# --- refusals --------------------------------------------------------------------------------------------------------


FORGERIES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "unknown invoice": ({"reference_key": "ab" * 48}, {"AAH07"}),
    "number of another invoice": ({"reference": "SETP1"}, {"AAH06"}),
    "algorithm of the invoice's key": ({"reference_key_scheme": "CUDE-SHA384"}, {"AAH08"}),
    "type of the invoice": ({"reference_type": "91"}, {"AAH09"}),
    "not a type": ({"reference_type": None}, {"AAH09"}),
    "operation": ({"operation": "10"}, {"AAD02"}),
    "profile": ({"profile": "DIAN 2.1"}, {"AAD03"}),
    "version": ({"ubl_version": "UBL 2.0"}, {"AAD01"}),
    "algorithm": ({"key_scheme": "CUFE-SHA384"}, {"AAD08"}),
    "key": ({"key": "ab" * 48}, {"AAD06"}),
    "security code": ({"security_code": "ab" * 48}, {"security_code"}),
    "software": ({"software_id": "fa326ca7-c1f8-40d3-a6fc-24d7c1040607"}, {"unknown_software"}),
    "environment": ({"environment": "1"}, {"wrong_environment"}),
    "nobody received": ({"person": None}, {"missing_person"}),
    "an event of RADIAN": ({"code": "036"}, {"unknown_event"}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_an_event_says_is_judged(name: str) -> None:
    trade = Trade()
    changes, expected = FORGERIES[name]
    event = trade.made("030", at(MONDAY, 11))
    assert codes(trade.dian.judge(trade.forged(event, **changes))) == expected
    assert len(trade.dian.history(trade.sale.key)) == 0
    assert trade.dian.judge(trade.forged(event)).is_valid, "the forger's own tools leave no mark"


def test_claims_and_silence_say_what_they_must() -> None:
    trade = Trade()
    for code in ("030", "032"):
        trade.declare(code, at(MONDAY, 11)).raise_for_rejection()
    claim = trade.made("031", at(MONDAY, 12))
    for concept in (None, "07"):
        forged = trade.forged(claim, concept=concept, concept_name=None)
        assert codes(trade.dian.judge(forged)) == {"missing_concept"}
    silence = trade.made("034", at(date(2026, 3, 9)))
    mandate = "Mandatos SAS OBRANDO EN NOMBRE Y REPRESENTACION DE Tienda Ejemplo SAS"
    for notes in ((), (mandate,)):
        assert codes(trade.dian.judge(trade.forged(silence, notes=notes))) == {"missing_statement"}


@pytest.mark.parametrize(("code", "expected"), [("030", "wrong_sender"), ("034", "wrong_sender")])
def test_the_other_side_cannot_declare(code: str, expected: str) -> None:
    """The seller acknowledges for the buyer, or the buyer keeps silent for the seller."""
    trade = Trade()
    if code == "034":
        for each in ("030", "032"):
            trade.declare(each, at(MONDAY, 11)).raise_for_rejection()
    event = trade.made(code, at(date(2026, 3, 9)))
    other = NIT if code == "030" else BUYER
    forged = trade.forged(event, sender=event.sender.replace(id=other, check_digit=None), signer=other)
    assert expected in codes(trade.dian.judge(forged))


def test_an_event_is_for_the_one_it_concerns() -> None:
    trade = Trade()
    event = trade.made("030", at(MONDAY, 11))
    forged = trade.forged(event, receiver=event.receiver.replace(id="800197268", check_digit="4"))
    assert codes(trade.dian.judge(forged)) == {"wrong_receiver"}


def test_the_certificate_is_the_senders() -> None:
    trade = Trade()
    forged = trade.forged(trade.made("030", at(MONDAY, 11)), signer=NIT)
    assert codes(trade.dian.judge(forged))


def test_an_altered_event_is_refused() -> None:
    trade = Trade()
    xml = trade.signed(trade.made("030", at(MONDAY, 11))).xml
    assert codes(trade.dian.judge(xml.replace(b"Almacenista", b"Directora")))
    assert trade.dian.judge(xml).is_valid


LAWYER = "900373076"
_NAME = "Mandatos Ejemplo SAS"
_LONG = "Mandatos y Representaciones de la Sabana de Bogotá y del Valle Ejemplo SAS"
_SENDER = "Compras Ejemplo SAS"


@pytest.mark.parametrize(
    ("mandatary", "certificate", "mandator", "signer", "may"),
    [
        (_NAME, _NAME, _SENDER, LAWYER, True),
        (_NAME, "MANDATOS EJEMPLO S.A.S.", _SENDER, LAWYER, True),
        (_LONG, _LONG, _SENDER, LAWYER, True),
        (_NAME, _SENDER, _SENDER, BUYER, True),
        (_NAME, None, _SENDER, LAWYER, False),
        (_NAME, "Otros Ejemplo SAS", _SENDER, LAWYER, False),
        (_NAME, f"{_NAME} y Compañía", _SENDER, LAWYER, False),
        (_NAME, _NAME, "Otra Empresa SAS", LAWYER, False),
        ("-", ".", _SENDER, LAWYER, False),
    ],
    ids=[
        "named",
        "spelled otherwise",
        "cut",
        "the sender itself",
        "unnamed",
        "another",
        "longer",
        "for another",
        "nobody",
    ],
)
def test_a_mandatary_signs_with_a_certificate_in_its_name(
    mandatary: str, certificate: str | None, mandator: str, signer: str, may: bool
) -> None:
    trade = Trade()
    event = trade.made("030", at(MONDAY, 11))
    notes = (f"{mandatary} OBRANDO EN NOMBRE Y REPRESENTACION DE {mandator}",)
    written = trade.forged(event, notes=notes, signer=signer, name=certificate)
    assert codes(trade.dian.judge(written)) == (set() if may else {"ZE03"})


def test_what_the_library_makes_for_a_mandatary_is_taken() -> None:
    trade = Trade()
    lawyer = buyer().organization.replace(nit=LAWYER, name=_NAME, check_digit=None)
    event = trade.made("030", at(MONDAY, 11), mandatary=lawyer)
    signed = sign(build(event, buyer(trade.dian, lawyer)), trade.dian.signer(LAWYER, name=_NAME), at=event.issued_at)
    assert trade.dian.judge(signed.xml).is_valid


def test_nothing_is_registered_twice() -> None:
    trade = Trade()
    signed = trade.signed(trade.made("030", at(MONDAY, 11)))
    assert trade.dian.judge(signed.xml).is_valid
    assert "LGC01" in codes(trade.dian.judge(signed.xml))
    other = trade.signed(trade.made("030", at(MONDAY, 12), history=()))
    assert codes(trade.dian.judge(other.xml)) == {"LGC01"}
    same_number = trade.made("032", at(MONDAY, 12), number="E1", history=_everything_before("032"))
    assert codes(trade.dian.judge(trade.signed(same_number).xml)) == {"AAD05"}
    assert len(trade.dian.history(trade.sale.key)) == 1


def test_a_number_serves_once_for_all_invoices() -> None:
    trade = Trade()
    another = verified(dian=trade.dian)
    assert trade.dian.judge(trade.signed(trade.made("030", at(MONDAY, 11), number="R1")).xml).is_valid
    again = trade.made("030", at(MONDAY, 11), number="R1", sale=another)
    assert codes(trade.dian.judge(trade.signed(again).xml)) == {"AAD05"}


def test_cash_sales_take_events_only_where_the_office_says_so() -> None:
    for cash_events in (False, True):
        trade = Trade(cash_events=cash_events)
        trade.sale = verified(invoice(payment=Payment.cash(PaymentMeans.EFECTIVO)), dian=trade.dian)
        answer = trade.declare("030", at(MONDAY, 11), allow_cash=True)
        assert answer.accepted is cash_events
        assert [fault.code for fault in answer.rejections] == ([] if cash_events else ["LGC62"])


def test_the_office_has_a_clock() -> None:
    """Nothing is signed after it (DC24)."""
    trade = Trade(clock=lambda: at(MONDAY, 11))
    late = trade.signed(trade.made("030", at(MONDAY, 11, 0, 1)))
    assert "DC24" in codes(trade.dian.judge(late.xml))
    assert trade.dian.judge(trade.signed(trade.made("030", at(MONDAY, 10, 30))).xml).is_valid


@pytest.mark.parametrize(("days", "allowed"), [(3, True), (4, False)])
def test_the_term_is_that_of_the_signatures(days: int, allowed: bool) -> None:
    trade = Trade()
    for code in ("030", "032"):
        trade.declare(code, at(MONDAY, 11)).raise_for_rejection()
    when = at(MONDAY + timedelta(days=days), 23, 59, 59)
    history = [RegisteredEvent("030", "", when), RegisteredEvent("032", "", when)]
    signed = trade.signed(trade.made("033", when, history=history))
    assert codes(trade.dian.judge(signed.xml)) == (set() if allowed else {"DC24c"})


# --- outside judges --------------------------------------------------------------------------------------------------


def test_the_xml_is_judged_from_outside(tmp_path: Path) -> None:
    """Every code, by the official XSD and by xmlsec1; then the office's own answers too."""
    trade, files = Trade(), dict[str, bytes]()
    for code, when in (("030", at(MONDAY, 11)), ("032", at(MONDAY, 12)), ("031", at(MONDAY, 13))):
        signed = trade.signed(trade.made(code, when))
        verdict = trade.dian.judge(signed.xml)
        assert verdict.is_valid
        files[code], files[f"{code}-answer"] = signed.xml, verdict.application_response
    other = Trade()
    for code, when in (("030", at(MONDAY, 11)), ("032", at(MONDAY, 12)), ("034", at(date(2026, 3, 9)))):
        signed = other.signed(other.made(code, when))
        assert other.dian.judge(signed.xml).is_valid
        files[f"{code}-other"] = signed.xml
    files["033"] = Trade().signed(trade.made("033", at(MONDAY, 13), history=_everything_before("033"))).xml
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        files["list"] = ws.events(trade.sale.key).status.application_response
    assert {name: faults for name, xml in files.items() if (faults := official_xsd_faults(xml))} == {}
    for whose in ("030", "answer", "034"):  # xmlsec1 is asked about one certificate at a time
        some = {name: xml for name, xml in files.items() if _signer_of(name) == whose}
        (tmp_path / whose).mkdir()
        assert len(some) > 1 or whose == "034"
        assert refused_by_xmlsec1(some, tmp_path / whose) is None
    for name, xml in files.items():
        assert verify_signature(xml, trust=trade.dian.trust).valid, name


def _signer_of(name: str) -> str:
    if name == "list" or name.endswith("answer"):
        return "answer"
    return "034" if name.startswith("034") else "030"


def test_born_canonical() -> None:
    canonical = build(Trade().made("032", at(MONDAY, 11), history=_everything_before("032")), buyer()).canonical
    assert etree.tostring(etree.fromstring(canonical.xml), method="c14n") == canonical.xml
