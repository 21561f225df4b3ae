"""What the extensions of equivalent documents say: named data of the software's maker, the buyer and the till."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import field_validator, model_validator

from ..._arguments import checked
from ...errors import InvalidInput
from ...models._base import Model
from ...models._fields import Fixed, Many, ModelMeta, Text, TextOrEmpty, field
from ...models._numbers import MaybeNumber

if TYPE_CHECKING:
    from ...models.customer import Customer
    from ...models.issuer import Software
    from ...models.party import Party


def _named(value: str, *, prefixes: tuple[str, ...] = ()) -> str:
    """Return the name of an element or attribute; refuse what XML does not allow or nobody declares."""
    prefix, colon, local = value.rpartition(":")
    if (colon and prefix not in prefixes) or not _NAME.fullmatch(local) or local.lower().startswith("xml"):
        expected = f"un nombre de XML, sin prefijo o con {', '.join(prefixes)}" if prefixes else "un nombre de XML"
        raise InvalidInput.of("families.equivalent.element_name", found=value, expected=expected)
    return value


_NAME: Final = re.compile("[A-Za-z_À-ÖØ-öø-ÿ][A-Za-z0-9_.À-ÖØ-öø-ÿ-]*")
OPEN_PREFIXES: Final = ("cac", "cbc")
"""Prefixes that names of open elements may have."""
DEEPEST: Final = 20
"""Levels of open elements; deeper ones are refused, and told as unmapped when read. The known groups have ten."""
SHOWING_ELEMENTS: Final = frozenset({"Showroom", "ShowroomAddress", "DataShow"})
"""Elements of ShowroomInformation that have fields, or hold elements that do."""


class OpenAttribute(Model):
    """An attribute of an open element."""

    name: Text
    """Its name without prefix, as ``schemeName``."""
    value: TextOrEmpty
    """Its text."""

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return _named(value)


class OpenElement(Model):
    """An element of which no founded list exists, as it is: ``OpenElement.of("UtilityMeter", …)``.

    Raises ``InvalidInput`` for names that XML does not allow, an attribute twice, a text beside elements, and more than
    20 levels.
    """

    name: Text
    """A bare name, in the namespace of the document's root, or one with ``cac:`` or ``cbc:``."""
    text: TextOrEmpty | None = None
    """Its text, when no elements are in it."""
    attributes: Many[OpenAttribute] = field(default=())
    """Its attributes; they are kept in the order of their names, as XML gives them none."""
    elements: Many[OpenElement] = field(default=())
    """What is in it."""

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return _named(value, prefixes=OPEN_PREFIXES)

    @field_validator("text")
    @classmethod
    def _text(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("attributes")
    @classmethod
    def _by_name(cls, value: tuple[OpenAttribute, ...]) -> tuple[OpenAttribute, ...]:
        return tuple(sorted(value, key=lambda each: each.name))

    @field_validator("elements")
    @classmethod
    def _not_too_deep(cls, value: tuple[OpenElement, ...]) -> tuple[OpenElement, ...]:
        level: Iterable[OpenElement] = value
        for _ in range(DEEPEST - 1):
            level = [inner for each in level for inner in each.elements]
            if not level:
                return value
        raise InvalidInput.of("families.equivalent.too_deep", limit=DEEPEST)

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        names = [each.name for each in self.attributes]
        if self.text and self.elements:
            raise InvalidInput.of("families.equivalent.element_content", field="text", found=self.text[:60])
        if len({*names}) < len(names):
            raise InvalidInput.of("families.equivalent.attribute_twice", field="attributes", found=", ".join(names))
        return self

    @classmethod
    @checked
    def of(cls, name: str, /, *content: str | OpenElement, **attributes: str) -> OpenElement:
        """Make an element of a text, or of other elements: ``OpenElement.of("ID", "C-1", schemeName="Contrato")``."""
        return cls(
            name=name,
            text="".join(each for each in content if isinstance(each, str)) or None,
            attributes=tuple(OpenAttribute(name=key, value=attributes[key]) for key in sorted(attributes)),
            elements=tuple(each for each in content if isinstance(each, OpenElement)),
        )


class NamedDatum(Model):
    """A pair of Name and Value whose name is not one of DIAN's."""

    name: Text
    """As the document writes it."""
    value: TextOrEmpty | None = None
    """Its text; None when the name has no value."""


class Group(Model, metaclass=ModelMeta):
    """Base of the groups of data in the extensions of equivalent documents."""

    LATER: ClassVar[frozenset[str]] = frozenset()
    """Fields that ``from_lines`` computes."""

    def lacking(self) -> Iterator[str]:
        """Yield the fields that a document to issue needs and the group lacks: all that hold one datum."""
        known = self.__dict__
        return (name for name in type(self).model_fields if known.get(name, ()) is None)


class NamedData(Group, metaclass=ModelMeta):
    """Base of the groups of names and values, of which DIAN wants all (in tickets, rules DEAB41 to DEPD36)."""

    further: Many[NamedDatum] = field(default=())
    """Pairs under other names than DIAN's, which other software writes; they are kept in their order."""


class SoftwareMaker(NamedData):
    """Who made the software that issues (FabricanteSoftware; rules DEAB41 to DEAB46). Documents to issue need all."""

    person: Fixed[Text | None] = field(default=None)
    """NombreApellido: a person of the maker."""
    company: Fixed[Text | None] = field(default=None)
    """RazonSocial: name of the maker's company."""
    software: Fixed[Text | None] = field(default=None)
    """NombreSoftware: name of the software."""

    @classmethod
    @checked
    def of(cls, software: Software, *, person: str) -> Self:
        """Make it from ``name`` and ``maker`` of the registered software, and the name of a person."""
        return cls(person=person, company=software.maker, software=software.name)


class BuyerBenefits(NamedData):
    """The buyer's points in a loyalty programme (BeneficiosComprador; rules DEPD13 to DEPD20).

    ``PosTicket.from_lines`` makes it without points unless it is given: the buyer's identification and name, and zero,
    as one implementer does (mark C: not confirmed).
    """

    code: Fixed[Text | None] = field(default=None)
    """Codigo: the buyer's code in the programme."""
    name: Fixed[Text | None] = field(default=None)
    """NombresApellidos: the buyer's name."""
    points: MaybeNumber = field(default=None)
    """Puntos: points gathered."""

    @classmethod
    @checked
    def none_of(cls, customer: Customer | Party) -> Self:
        """Make that of a buyer without points."""
        return cls(code=customer.id, name=customer.name, points=0)


class PointOfSale(NamedData):
    """The till that sells (PuntoVenta; rules DEPD25 to DEPD36). Documents to issue need all."""

    LATER: ClassVar[frozenset[str]] = frozenset({"subtotal"})

    plate: Fixed[Text | None] = field(default=None)
    """PlacaCaja: plate by which the cash register is known."""
    location: Fixed[Text | None] = field(default=None)
    """UbicaciónCaja: where the cash register is."""
    cashier: Fixed[Text | None] = field(default=None)
    """Cajero: who sells."""
    till_type: Fixed[Text | None] = field(default=None)
    """TipoCaja: kind of cash register, in the shop's words."""
    sale_code: Fixed[Text | None] = field(default=None)
    """CódigoVenta: the shop's code of the sale."""
    subtotal: MaybeNumber = field(default=None)
    """SubTotal, in the currency of the document; ``from_lines`` takes ``totals.line_extension`` unless it is given."""


class Trip(NamedData):
    """A trip by land (InformacionAdicional, InformacionTicket). Two implementers agree on it (mark B)."""

    mode: Fixed[Text | None] = field(default=None)
    """ModoTransporte: mode of transport, as "Terrestre"."""
    plate: Fixed[Text | None] = field(default=None)
    """IDMediodeTransporte: plate of the vehicle."""
    vehicle: Fixed[Text | None] = field(default=None)
    """Mediodetransporte: kind of vehicle, as "Bus"."""
    origin: Fixed[Text | None] = field(default=None)
    """LugardeOrigen: where it departs."""
    destination: Fixed[Text | None] = field(default=None)
    """LugardeDestino: where it arrives."""


class Showing(Group):
    """A showing of a film (ShowroomInformation). One implementer alone names its data (mark C: not confirmed)."""

    cinema: Fixed[Text | None] = field(default=None)
    """Showroom: name of the cinema."""
    address: Fixed[Text | None] = field(default=None)
    """ShowroomAddress: where the cinema is."""
    room: Fixed[Text | None] = field(default=None)
    """ExhibitionRoom: the room."""
    chairs: Fixed[Text | None] = field(default=None)
    """TotalChairs: chairs sold or of the room; the source does not say which."""
    film: Fixed[Text | None] = field(default=None)
    """NameFunction: what is shown."""
    seat: Fixed[Text | None] = field(default=None)
    """SelectLocation: the seat chosen."""
    date: Fixed[Text | None] = field(default=None)
    """DateFunction: day of the showing; the source does not say in which form."""
    time: Fixed[Text | None] = field(default=None)
    """TimeFunction: hour of the showing; the source does not say in which form."""
    further: Many[OpenElement] = field(default=())
    """Elements that the source does not name, kept as they are."""

    @field_validator("further")
    @classmethod
    def _unknown(cls, value: tuple[OpenElement, ...]) -> tuple[OpenElement, ...]:
        for each in value:
            if each.name.rpartition(":")[2] in SHOWING_ELEMENTS:
                raise InvalidInput.of("families.equivalent.known_element", found=each.name)
        return value


class UtilityService(Group):
    """A service or a concept that a utility bills (Services_SPD in an extension of its own).

    The head is founded (mark B). What is inside rests on one template: contract, subscriber, consumption, meters,
    history, payments (mark C: not confirmed), and is kept as open elements.
    """

    id: Fixed[Text | None] = field(default=None)
    """Consecutive of the service (cbc:ID, @schemeID SPD)."""
    name: Fixed[Text | None] = field(default=None)
    """Service or concept, as "Acueducto" (cbc:Name)."""
    company: Fixed[Text | None] = field(default=None)
    """Company that renders it (ext:ExtensionAgencyName)."""
    collector: Fixed[Text | None] = field(default=None)
    """Company that collects (ext:ExtensionReason)."""
    third_party: Fixed[bool] = field(default=False)
    """Whether it is billed for another company (OTHERCOMPANY_SPD in place of Services_SPD; mark C)."""
    content: Many[OpenElement] = field(default=())
    """What is inside, in order: ID (@schemeName Contrato), IssueDate, Note, SenderParty, SubscriberParty, …"""
