"""The verbs about events: ``event`` answers a received invoice, ``events`` lists the events of an invoice."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import EventRefused, InvalidInput, SignatureInvalid
from .files import read_file
from .issuing import connect, finish, refuse, send
from .options import (
    add_connection,
    add_sending,
    add_trust,
    client_of,
    moment_of,
    optional_file,
    providers_of,
    trust_of,
)
from .output import YES, emit, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..events import Event, EventHistory
    from ..models._base import Model
    from ..models.event import Person
    from ..models.organization import Organization
    from ..ubl.received import Received
    from ..verifying.verified import Verified

M = TypeVar("M", bound="Model")

CODES = ("030", "031", "032", "033", "034")


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser(
        "event",
        help="acusa, reclama o acepta una factura que llegó (eventos 030 a 034)",
        description="Verifica la factura, revisa el orden y los términos, firma el evento y lo envía.",
    )
    verb.add_argument("file", metavar="FILE", help="XML o ZIP de la factura, como llegó; - para la entrada estándar")
    verb.add_argument("--code", required=True, choices=CODES, help="código del evento")
    verb.add_argument("--number", metavar="N", required=True, help="consecutivo propio del evento, que no se repite")
    verb.add_argument("--issuer", metavar="ISSUER.json", required=True, help="quien declara, con su PIN")
    verb.add_argument(
        "--mandatary", metavar="ORG.json",
        help="quien actúa y firma en nombre de otro, el mismo de --issuer: archivo, o JSON con nit y name",
    )  # fmt: skip
    verb.add_argument("--person", metavar="PERSON.json", help="quien recibió (030 y 032): archivo, o el JSON mismo")
    verb.add_argument("--concept", metavar="C", help="concepto del reclamo (031): 01 a 04")
    verb.add_argument("--statement", metavar="TEXT", help="manifestación propia bajo la gravedad de juramento (034)")
    verb.add_argument(
        "--history", metavar="EVENT.xml", action="append", default=[],
        help="evento ya registrado, en vez de consultarlos; puede repetirse",
    )  # fmt: skip
    add_trust(verb)
    verb.add_argument("--allow-cash", action="store_true", help="también para facturas de contado (vea LGC62)")
    verb.add_argument("--out", metavar="DIR", required=True, type=Path, help="carpeta donde dejar los archivos")
    verb.add_argument("--at", metavar="TIME", help="momento del evento y de su firma (ISO 8601); por defecto, ahora")
    verb.add_argument("--sequence", metavar="N", type=int, help="consecutivo anual de archivos enviados")
    add_sending(verb)
    verb.set_defaults(run=run_event)

    verb = verbs.add_parser("events", help="pregunta a la DIAN por los eventos de una factura (GetStatusEvent)")
    verb.add_argument("document_key", metavar="CUFE", help="CUFE de la factura")
    add_connection(verb)
    verb.set_defaults(run=run_events)


def run_event(options: argparse.Namespace) -> int:
    """Verify an invoice and declare an event about it; exit 1 when it does not verify or does not allow the event."""
    from .._api import build, load_issuer, read, sign
    from ..models.event import Person
    from ..models.organization import Organization
    from ..verifying.verified import verify

    at = moment_of(options.at)
    person = _model(options.person, Person)
    mandatary = _model(options.mandatary, Organization)
    issuer = load_issuer(read_file(options.issuer))
    before = [event for name in options.history for event in _events_in(name)]
    try:
        verified = verify(
            read(read_file(options.file)),
            trust_of(options),
            at=at,
            answer=optional_file(options.answer),
            providers=providers_of(options),
        )
    except SignatureInvalid as error:
        return _refused(options, error, ())
    name = None if mandatary is None else mandatary.name
    signer, client = connect(
        options, issuer, name=name, accepted=[verified.received.raw, *(event.raw for event in before)]
    )
    with client as ws:
        history, problems = _history(ws, verified.key, before)
        for problem in problems:
            say(f"de los eventos registrados: {problem}", file=sys.stderr)
        try:
            event = _event(options, verified, person, at, history, mandatary)
        except EventRefused as error:
            return _refused(options, error, problems)
        signed = sign(build(event, issuer, sequence=options.sequence), signer, at=at)
        answer = send(options, ws, signed, f"{event.code}-{signed.key[:16]}")
    return finish(options, issuer, signed, signer, answer, (), {"problems": list(problems)})


def _refused(options: argparse.Namespace, error: SignatureInvalid | EventRefused, problems: Sequence[str]) -> int:
    data = {"message": str(error), "problems": list(problems)}
    return refuse(options, error.faults, data, str(error), "no se escribe ni se envía")


def _model(given: str | None, model: type[M]) -> M | None:
    """Return the model of an option, given as a JSON file or as JSON text; None if it was not given."""
    if given is None:
        return None
    return model.model_validate_json(given if given.lstrip().startswith("{") else read_file(given))


def _events_in(name: str) -> Iterator[Received[Any]]:
    from .._api import read

    found = read(read_file(name)).events
    if not found:
        raise InvalidInput.of("_cli.no_event", field="--history", found=name)
    yield from found


def _history(ws: Any, key: str, before: Sequence[Received[Any]]) -> tuple[EventHistory, tuple[str, ...]]:
    """Return the events given, or those that DIAN has of the invoice, with what could not be understood."""
    from ..events import EventHistory, registered

    for event in before:
        about = event.document.reference_key
        if about is None or about.lower() != key.lower():
            raise InvalidInput.of("_cli.event_of_another_invoice", field="--history", found=about, expected=key)
    if before:
        return EventHistory.of(map(registered, before), key=key), ()
    found = ws.events(key)
    return found.history, found.problems


def _event(
    options: argparse.Namespace,
    verified: Verified[Any],
    person: Person | None,
    at: datetime,
    history: EventHistory,
    mandatary: Organization | None,
) -> Event:
    """Make the event of ``--code``; an option that does not apply to that code is refused."""
    from ..events import Event

    uses = {"030": "person", "032": "person", "031": "concept", "034": "statement"}
    for name in ("person", "concept", "statement"):
        given, used = getattr(options, name) is not None, uses.get(options.code) == name
        if given != used and not (name == "statement" and used):
            raise InvalidInput(
                "El evento no lleva este dato." if given else "Falta este dato.",
                field=f"--{name}",
                found=options.code,
                expected="ninguno" if given else "un valor",
                remedy="030 y 032 llevan --person; 031, --concept; 034, --statement si no es la usual.",
            )
    shared: dict[str, Any] = {"number": options.number, "issued_at": at, "history": history, "mandatary": mandatary}
    shared["allow_cash"] = options.allow_cash
    if options.code == "031":
        return Event.claim(verified, options.concept, **shared)
    if options.code == "033":
        return Event.accept(verified, **shared)
    if options.code == "034":
        return Event.accept_tacitly(verified, statement=options.statement, **shared)
    assert person is not None
    return Event.acknowledge(verified, options.code, person=person, **shared)


def run_events(options: argparse.Namespace) -> int:
    """Print the events of an invoice, its state, and the buyer's term."""
    with client_of(options) as ws:
        found = ws.events(options.document_key)
    if not options.json:
        for line in str(found).split("\n"):
            say(line)
        return YES
    term = found.history.term
    emit(
        {
            "key": found.history.key,
            "state": found.state.name,
            "accepts_notes": found.history.accepts_notes,
            "events": [
                {
                    "code": event.code,
                    "label": event.label,
                    **asdict(event),
                    "signed_at": None if event.signed_at is None else event.signed_at.isoformat(),
                }
                for event in found.history
            ],
            "term": None if term is None else {"last_day": term.last_day, "tacit_from": term.tacit_from},
            "problems": list(found.problems),
        }
    )
    return YES
