"""`Event`: declared by buyer or seller about a verified invoice; sender and receiver follow from its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypedDict, Unpack

from pydantic import PrivateAttr, model_validator

from .._arguments import checked
from .._token import TOKEN, Token, require_token
from ..catalogs import ClaimConcept, DocumentType, Environment, EventCode, IdType, PaymentForm
from ..catalogs.identification import DIAN_NIT
from ..errors import EventRefused, InvalidInput, NotAllowed, WrongEnvironment
from ..families.registry import model_kind
from ..families.spec import Standing
from ..models._dates import to_bogota
from ..models.customer import FINAL_CONSUMER_ID
from ..models.event import EventDocument, EventParty, Person
from ..models.issuer import Issuer
from ..models.organization import Organization
from ..models.party import Party
from ..signing.documents import Signed
from ..ubl.received import Received
from ..ubl.tables.extension import DIAN_NAME
from ..verifying.signature.verification import verify_signature
from ..verifying.verified import Verified
from .timeline import EventHistory, RegisteredEvent

if TYPE_CHECKING:
    from ..families.sales.models import Invoice

_INVOICE: Final = DocumentType.FACTURA_DE_VENTA.value
"""The one type whose events are described (rule AAH09); no source describes any of exports or contingency."""
_NAMED: Final = frozenset({EventCode.ACUSE_DE_RECIBO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO})
_LONGEST_NUMBER: Final = 50


class EventOptions(TypedDict, total=False):
    """Options of every constructor of `Event`.

    ``history``: the events registered on the invoice (``Client.events(cufe).history``); without it, none.
    ``mandatary``: who acts and signs in the name of the buyer (034: of the seller). ``notes``: free texts.
    ``allow_cash``: allows events of cash invoices, which users saw DIAN refuse (LGC62); see `EventHistory.judge`.
    ``without_answer``: allows an invoice received without DIAN's acceptance.
    """

    history: EventHistory | Iterable[RegisteredEvent]
    mandatary: Organization | None
    notes: Iterable[str]
    allow_cash: bool
    without_answer: bool


class _Origin(NamedTuple):
    """What `build` needs of an event apart from its fields; only the constructors set it."""

    environment: str | None
    """Of the verified invoice (cbc:ProfileExecutionID)."""
    mandatary: Organization | None


class Event(EventDocument):
    """An event to be issued; ``build``, ``sign`` and ``Client.send`` accept it like an invoice.

    Made only from a verified invoice, by `acknowledge` (030, 032), `claim` (031), `accept` (033) and `accept_tacitly`
    (034). Each raises ``EventRefused`` when the invoice does not allow the event, with every reason in ``faults``, and
    ``InvalidInput`` for data that cannot be used. ``issued_at`` is the moment of issue and of signing, which must be of
    the same day (rule AAD09e). It is issued in the invoice's environment; ``build`` refuses the other one
    (``WrongEnvironment``), and events not made by these constructors (``NotAllowed``).
    """

    _origin: _Origin | None = PrivateAttr(default=None)

    if TYPE_CHECKING:

        def __init__(self, *, token: Token, **data: Any) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _take_token(cls, data: Any) -> dict[str, Any]:
        """Return the data without the library's token; raise ``NotAllowed`` if it is not among them."""
        values = dict(data) if isinstance(data, Mapping) else {}
        require_token(values.pop("token", None), "events.not_made", found="Event(…)")
        return values

    # --- constructors ------------------------------------------------------------------------------------------------

    @classmethod
    def acknowledge(
        cls,
        verified: Verified[Invoice],
        code: EventCode | str,
        *,
        number: str,
        issued_at: datetime,
        person: Person,
        **options: Unpack[EventOptions],
    ) -> Self:
        """Acknowledge the invoice (030) or the goods or services (032), as buyer; ``person`` is who received.

        ``number`` is the caller's consecutive, of 1 to 50 characters, used once (rule AAD05).
        """
        event = EventCode(code)
        if event not in _NAMED:
            raise NotAllowed.of("events.not_an_acknowledgement", field="code", found=code)
        if not isinstance(person, Person):
            raise InvalidInput.of("events.missing_person", field="person", found=type(person).__name__)
        try:
            person = person.checked()
        except InvalidInput as error:
            error.at("person")
            raise
        return cls._made(event, verified, options, number=number, issued_at=issued_at, person=person)

    @classmethod
    def claim(
        cls,
        verified: Verified[Invoice],
        concept: ClaimConcept | str,
        *,
        number: str,
        issued_at: datetime,
        **options: Unpack[EventOptions],
    ) -> Self:
        """Claim against the invoice (031), as buyer: within three business days of 032. It rules out acceptance."""
        reason = ClaimConcept(concept).value
        return cls._made(EventCode.RECLAMO, verified, options, number=number, issued_at=issued_at, concept=reason)

    @classmethod
    def accept(
        cls, verified: Verified[Invoice], *, number: str, issued_at: datetime, **options: Unpack[EventOptions]
    ) -> Self:
        """Accept the invoice expressly (033), as buyer: within three business days of 032. No notes afterwards."""
        return cls._made(EventCode.ACEPTACION_EXPRESA, verified, options, number=number, issued_at=issued_at)

    @classmethod
    def accept_tacitly(
        cls,
        verified: Verified[Invoice],
        *,
        number: str,
        issued_at: datetime,
        statement: str | None = None,
        **options: Unpack[EventOptions],
    ) -> Self:
        """Register the tacit acceptance (034), as seller: the buyer was silent for three business days after 032.

        ``statement`` is the sworn statement in cbc:Note, by default `sworn_statement`. The event goes to DIAN.
        """
        invoice = _invoice_of(verified)
        sworn = sworn_statement(invoice.customer, invoice.number) if statement is None else statement
        code = EventCode.ACEPTACION_TACITA
        return cls._made(code, verified, options, number=number, issued_at=issued_at, statement=sworn)

    @classmethod
    def _made(
        cls,
        code: EventCode,
        verified: Verified[Invoice],
        options: EventOptions,
        *,
        statement: str | None = None,
        **values: Any,
    ) -> Self:
        """Make the event, once invoice, options and history allow it. The buyer declares it, or for 034 the seller."""
        invoice = _invoice_of(verified)
        _check_options(options)
        if verified.answer is None and not options.get("without_answer", False):
            raise NotAllowed.of("events.without_answer", field="verified.answer")
        tacit = code is EventCode.ACEPTACION_TACITA
        sender = _party(invoice.supplier if tacit else invoice.customer)
        mandatary = options.get("mandatary")
        mandate = [f"{mandatary.name} OBRANDO EN NOMBRE Y REPRESENTACION DE {sender.name}"] if mandatary else []
        sworn = [] if statement is None else [statement]
        event = cls(
            token=TOKEN,
            code=code.value,
            sender=sender,
            receiver=EventParty(name=DIAN_NAME, id=DIAN_NIT) if tacit else _party(invoice.supplier),
            reference=invoice.number,
            reference_key=verified.key,
            reference_type=_INVOICE,
            notes=[*mandate, *sworn, *options.get("notes", ())],
            **values,
        )
        event._origin = _Origin(verified.received.control.environment, mandatary)  # type: ignore[misc]  # frozen fields
        if len(event.number) > _LONGEST_NUMBER:  # rule AAD05
            raise InvalidInput.of("events.long_number", field="number", found=event.number, longest=_LONGEST_NUMBER)
        _refuse(event, invoice, options)
        return event

    # --- what build needs --------------------------------------------------------------------------------------------

    @property
    def issuer_id(self) -> str:
        """NIT of the issuer and signer: the sender, or who acts in its name.

        That a mandatary signs with its own certificate, while SenderParty stays the one represented, is an inference:
        the annex's text on it was not available.
        """
        mandatary = self._made_of().mandatary
        return self.sender.id if mandatary is None else mandatary.nit

    def check_issuable(self, issuer: Issuer) -> None:
        """Check that a constructor made the event, and that its invoice is of the issuer's environment.

        Raises ``NotAllowed`` and ``WrongEnvironment``; the rest was checked when it was made.
        """
        environment = self._made_of().environment
        if environment is not None and environment != Environment(issuer.environment).value:
            raise WrongEnvironment.of(
                "events.wrong_environment",
                field="issuer.environment",
                found=Environment(issuer.environment).name,
                expected=getattr(Environment.by_code(environment), "name", environment),
            )

    def _made_of(self) -> _Origin:
        origin: _Origin | None = getattr(self, "_origin", None)  # unset if pydantic did not make it
        if origin is None:
            raise NotAllowed.of("events.not_made", found="un Event hecho de otro modo")
        return origin


def _invoice_of(verified: Verified[Invoice]) -> Invoice:
    """Return the sales invoice. Raise ``NotAllowed`` for other types, notes and families, which have no events."""
    if not isinstance(verified, Verified):
        raise InvalidInput.of("events.not_verified", field="verified", found=type(verified).__name__)
    invoice = verified.document
    kind, type_code = model_kind(type(invoice)), getattr(invoice, "type_code", None)
    if kind is None or type_code != _INVOICE or _INVOICE not in kind.type_codes:
        raise NotAllowed.of(
            "events.not_a_sales_invoice",
            field="verified",
            found=f"{verified.kind.label}, tipo {type_code}",
            expected=f"{DocumentType(_INVOICE).label}, tipo {_INVOICE}",
        )
    if invoice.customer.id == FINAL_CONSUMER_ID:
        raise NotAllowed.of("events.final_consumer", field="verified.document.customer.id", found=FINAL_CONSUMER_ID)
    return invoice


def _check_options(options: EventOptions) -> None:
    """Refuse options that would be ignored, and texts in place of lists."""
    unknown = sorted(options.keys() - EventOptions.__annotations__.keys())
    if unknown:
        known = ", ".join(EventOptions.__annotations__)
        raise InvalidInput.of("events.unknown_option", field=unknown[0], found=unknown[0], expected=known)
    notes: Any = options.get("notes", ())
    if isinstance(notes, str) or not isinstance(notes, Iterable):
        raise InvalidInput.of("events.notes_not_a_list", field="notes", found=notes)
    mandatary: Any = options.get("mandatary")
    if mandatary is not None and not isinstance(mandatary, Organization):
        raise InvalidInput.of("events.mandatary_not_an_organization", field="mandatary", found=type(mandatary).__name__)


def _party(party: Party) -> EventParty:
    """Return a party as events name it: RADIAN's files give tax scheme 01 to everybody.

    The check digit is the invoice's; `EventParty` computes it for a NIT without one.
    """
    names = ("name", "id", "id_type", "organization_type", *(["check_digit"] if party.check_digit else []))
    return EventParty(**{name: getattr(party, name) for name in names})


@checked
def sworn_statement(buyer: Party, number: str) -> str:
    """Return the statement of an event 034: the buyer, by name and number, was silent for three business days.

    It has the content that the annex demands; DIAN's own wording was not available.
    """
    known = IdType.by_code(buyer.id_type or "")
    identification = buyer.id if buyer.check_digit is None else f"{buyer.id}-{buyer.check_digit}"
    return (
        "Manifiesto bajo la gravedad de juramento que, transcurridos tres (3) días hábiles desde la recepción de la "
        f"mercancía o la prestación del servicio de la factura {number}, el adquirente {buyer.name}, identificado con "
        f"{'documento' if known is None else known.label} {identification}, no aceptó expresamente la factura, no la "
        "rechazó y no reclamó en contra de su contenido."
    )


def _refuse(event: Event, invoice: Invoice, options: EventOptions) -> None:
    """Raise ``EventRefused`` when order, terms or payment do not allow the event."""
    given = options.get("history", EventHistory())
    history = given if isinstance(given, EventHistory) else EventHistory.of(given)
    if history.key and history.key.lower() != (event.reference_key or "").lower():
        raise InvalidInput.of(
            "events.history_of_another", field="history", found=history.key, expected=event.reference_key
        )
    credit = any(payment.form == PaymentForm.CREDITO.value for payment in invoice.payments)
    faults = history.judge(
        RegisteredEvent(event.code, event.number, event.issued_at),
        issued_at=to_bogota(invoice.issued_at),
        credit=credit,
        allow_cash=options.get("allow_cash", False),
    )
    first = next((fault for fault in faults if fault.rejects), None)
    if first is not None:
        raise EventRefused.of(
            "events.event_refused",
            field=first.path,
            faults=faults,
            found=first.found,
            expected=first.expected,
            remedy=first.hint,
            invoice=invoice,
            event=event,
            fault=first,
        )


@checked
def registered(source: Signed[Event] | Received[EventDocument]) -> RegisteredEvent:
    """Return an event, signed or read, as the history of its invoice holds it once DIAN has accepted it.

    The time is that of the signature; of an event read, the one in its XML. Raises ``InvalidInput`` for
    anything but an event.
    """
    if not isinstance(source, Signed | Received) or source.kind.standing is not Standing.EVENT:
        raise InvalidInput.of("events.not_an_event", field="source", found=type(source).__name__)
    if isinstance(source, Signed):
        signed_at: datetime | None = source.signing_time
    else:
        signed_at = verify_signature(source.raw, explain=False, second_opinion=False).signing_time
    return RegisteredEvent(source.document.code, source.document.number, signed_at, (source.key or "").lower())
