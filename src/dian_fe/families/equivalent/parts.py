"""What the extensions of equivalent documents say: named data of the software's maker, the buyer and the till."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from ...models._base import Model
from ...models._fields import Fixed, Many, ModelMeta, Text, TextOrEmpty, field
from ...models._numbers import MaybeNumber

if TYPE_CHECKING:
    from ...models.customer import Customer
    from ...models.issuer import Software
    from ...models.party import Party


class NamedDatum(Model):
    """A pair of Name and Value whose name is not one of DIAN's."""

    name: Text
    """As the document writes it."""
    value: TextOrEmpty | None = None
    """Its text; None when the name has no value."""


class NamedData(Model, metaclass=ModelMeta):
    """Base of the groups of names and values in the extensions of equivalent documents."""

    LATER: ClassVar[frozenset[str]] = frozenset()
    """Fields that ``from_lines`` computes."""

    further: Many[NamedDatum] = field(default=())
    """Pairs under other names than DIAN's, which other software writes; they are kept in their order."""

    def lacking(self) -> Iterator[str]:
        """Yield the fields without which DIAN rejects the group: all of its own (rules DEAB41 to DEPD36)."""
        known = self.__dict__
        return (name for name in type(self).model_fields if name != "further" and known.get(name) is None)


class SoftwareMaker(NamedData):
    """Who made the software that issues (FabricanteSoftware; rules DEAB41 to DEAB46). Documents to issue need all."""

    person: Fixed[Text | None] = field(default=None)
    """NombreApellido: a person of the maker."""
    company: Fixed[Text | None] = field(default=None)
    """RazonSocial: name of the maker's company."""
    software: Fixed[Text | None] = field(default=None)
    """NombreSoftware: name of the software."""

    @classmethod
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
