"""Events made up at random, as other people's software would have written them: for tests of what reads them."""

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
from .random_values import Dice

EVENTS = tuple(code for code in EventCode if code.group == "fe")
"""The events of an invoice: 030 to 034."""
_NAMED = frozenset({EventCode.ACUSE_DE_RECIBO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO})
"""Events that name who received."""


@checked
def random_event(seed: int, code: EventCode | str | None = None) -> EventDocument:
    """Make up an event, of one code or of any. It is about no invoice that exists, so that it cannot be issued."""
    return event_from(Random(seed), code)


def event_from(source: Random, code: EventCode | str | None = None) -> EventDocument:
    """Make up an event from a source of randomness; see `random_event`."""
    dice = Dice(source)
    event = dice.pick(EVENTS) if code is None else EventCode(code)
    tacit = event is EventCode.ACEPTACION_TACITA
    return EventDocument(
        number=f"{dice.pick(('ACU', 'E-', ''))}{dice.digits(1, 9)}",
        issued_at=dice.moment(FIRST_DAY, LAST_DAY),
        notes=(dice.text(300),) if tacit else dice.several(partial(dice.text, 300), 3),
        sender=_party(dice),
        receiver=EventParty(name=DIAN_NAME, id=DIAN_NIT) if tacit else _party(dice),
        code=event.value,
        concept=dice.pick(tuple(ClaimConcept)).value if event is EventCode.RECLAMO else None,
        reference=f"SETP{dice.digits(1, 9)}",
        reference_key=dice.key(),
        reference_type="01",
        person=_person(dice) if event in _NAMED else None,
    )


def _party(dice: Dice) -> EventParty:
    if dice.chance(0.3):
        return EventParty(
            name=dice.text(100),
            id=dice.digits(6, 10),
            id_type=dice.pick((IdType.CEDULA_DE_CIUDADANIA, IdType.PASAPORTE)).value,
            organization_type=OrganizationType.PERSONA_NATURAL.value,
        )
    return EventParty(name=dice.text(100), id=parties.nit(dice))


def _person(dice: Dice) -> Person:
    return Person(
        id=dice.digits(6, 10),
        id_type=dice.pick((IdType.CEDULA_DE_CIUDADANIA, IdType.NIT, IdType.CEDULA_DE_EXTRANJERIA)).value,
        first_name=dice.text(40),
        family_name=dice.text(40),
        job_title=dice.maybe(partial(dice.text, 40), 0.6),
        department=dice.maybe(partial(dice.text, 40), 0.6),
    )
