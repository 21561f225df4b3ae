"""Random events, as other software would write them, for tests of code that reads them."""

from __future__ import annotations

from functools import partial
from random import Random

from .._arguments import checked
from ..catalogs import ClaimConcept, EventCode, IdType, OrganizationType
from ..catalogs.identification import DIAN_NIT
from ..models.event import EventDocument, EventParty, Person
from ..ubl.tables.extension import DIAN_NAME
from . import random_parties as parties
from .random_documents import FIRST_DAY, LAST_DAY
from .random_values import RandomValues

EVENTS = tuple(code for code in EventCode if code.group == "fe")
"""The events of an invoice: 030 to 034."""
_NAMED = frozenset({EventCode.ACUSE_DE_RECIBO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO})
"""Events that name the person who received."""


@checked
def random_event(seed: int, code: EventCode | str | None = None) -> EventDocument:
    """Make up an event, of one code or of any. Its invoice does not exist, so it cannot be issued."""
    return event_from(Random(seed), code)


def event_from(source: Random, code: EventCode | str | None = None) -> EventDocument:
    """Make up an event from a source of randomness; see `random_event`."""
    rng = RandomValues(source)
    event = rng.pick(EVENTS) if code is None else EventCode(code)
    tacit = event is EventCode.ACEPTACION_TACITA
    return EventDocument(
        number=f"{rng.pick(('ACU', 'E-', ''))}{rng.digits(1, 9)}",
        issued_at=rng.moment(FIRST_DAY, LAST_DAY),
        notes=(rng.text(300),) if tacit else rng.several(partial(rng.text, 300), 3),
        sender=_party(rng),
        receiver=EventParty(name=DIAN_NAME, id=DIAN_NIT) if tacit else _party(rng),
        code=event.value,
        concept=rng.pick(tuple(ClaimConcept)).value if event is EventCode.RECLAMO else None,
        reference=f"SETP{rng.digits(1, 9)}",
        reference_key=rng.key(),
        reference_type="01",
        person=_person(rng) if event in _NAMED else None,
    )


def _party(rng: RandomValues) -> EventParty:
    if rng.chance(0.3):
        return EventParty(
            name=rng.text(100),
            id=rng.digits(6, 10),
            id_type=rng.pick((IdType.CEDULA_DE_CIUDADANIA, IdType.PASAPORTE)).value,
            organization_type=OrganizationType.PERSONA_NATURAL.value,
        )
    return EventParty(name=rng.text(100), id=parties.nit(rng))


def _person(rng: RandomValues) -> Person:
    return Person(
        id=rng.digits(6, 10),
        id_type=rng.pick((IdType.CEDULA_DE_CIUDADANIA, IdType.NIT, IdType.CEDULA_DE_EXTRANJERIA)).value,
        first_name=rng.text(40),
        family_name=rng.text(40),
        job_title=rng.maybe(partial(rng.text, 40), 0.6),
        department=rng.maybe(partial(rng.text, 40), 0.6),
    )
