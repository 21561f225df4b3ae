"""Random events, issued by the buyer of an invoice that the simulator sells."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from ...catalogs import ClaimConcept, Environment, EventCode
from ...events.event import Event
from ...models.event import Person
from ...models.issuer import Issuer
from ...models.organization import Organization
from ...signing.documents import sign_document
from ...testing.random_events import event_from
from ...testing.random_values import RandomValues
from ...testing.samples import Issued, Samples
from ...transport.client import Client
from ...ubl.reader.containers import read
from ...ubl.writer.build import build
from ...verifying.verified import verify

if TYPE_CHECKING:
    from ...testing.simulator import Simulator
    from ...verifying.verified import Verified

_BUYER = "900373076"
_WAY = {
    EventCode.ACUSE_DE_RECIBO: (),
    EventCode.RECIBO_DEL_BIEN_O_SERVICIO: (EventCode.ACUSE_DE_RECIBO,),
    EventCode.RECLAMO: (EventCode.ACUSE_DE_RECIBO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO),
    EventCode.ACEPTACION_EXPRESA: (EventCode.ACUSE_DE_RECIBO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO),
}
"""Events that a buyer declares, and those that come before each."""


class _EventSamples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        """Make an event like a received one: its invoice does not exist, so it cannot be issued."""
        return event_from(source)

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Have the simulator sell, and make an event of its invoice; preceding events are sent at once."""
        rng = RandomValues(Random(seed))
        sold = dian.deliver(_BUYER)
        verified: Verified[Any] = verify(read(sold), dian.trust)
        customer = verified.document.customer
        buyer = Issuer(
            organization=Organization(nit=customer.id, name=customer.name),
            software=dian.software,
            environment=Environment(dian.environment),
        )
        code = rng.pick(tuple(_WAY))
        moment = verified.document.issued_at
        with Client(environment=Environment(dian.environment), signer=dian.signer(_BUYER), transport=dian) as ws:
            for position, before in enumerate(_WAY[code], 1):
                moment += timedelta(hours=rng.whole(1, 5))
                ws.send(_signed(dian, buyer, _event(dian, verified, before, f"E{position}", moment, rng), moment))
        moment += timedelta(hours=rng.whole(1, 5))
        event = _event(dian, verified, code, f"E{rng.whole(10, 10**6)}", moment, rng)
        return Issued(_signed(dian, buyer, event, moment), buyer)


def _signed(dian: Simulator, buyer: Issuer, event: Event, at: datetime) -> Any:
    return sign_document(build(event, buyer), dian.signer(buyer.organization.nit), at=at)


def _event(
    dian: Simulator, verified: Verified[Any], code: EventCode, number: str, at: datetime, rng: RandomValues
) -> Event:
    given: dict[str, Any] = {"number": number, "issued_at": at, "history": dian.history(verified.key or "")}
    if code is EventCode.RECLAMO:
        return Event.claim(verified, rng.pick(tuple(ClaimConcept)), **given)
    if code is EventCode.ACEPTACION_EXPRESA:
        return Event.accept(verified, **given)
    person = Person(id="1020304050", first_name="Ana", family_name="Ejemplo", job_title="Compras")
    return Event.acknowledge(verified, code, person=person, **given)


SAMPLES = _EventSamples()
