"""The documents equivalent to the invoice (DEE): tickets of tills, of transport and of cinemas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self, Unpack

from ..._arguments import named
from ...catalogs import (
    FINAL_CONSUMER_ID,
    DocumentType,
    EquivalentOperationType,
    IdAlgorithm,
    IdType,
    OrganizationType,
    PartyTaxScheme,
    ProductStandard,
    Responsibility,
)
from ...errors import MissingDatum
from ...models._base import Model
from ...models._dates import MaybeDay
from ...models._fast import update_fast
from ...models._fields import Fixed, Many, ModelMeta, Text, field
from ...models.customer import Customer
from ...models.document import AmountDetails, TradeDocument, as_parts
from ...models.issuer import Issuer
from ...models.lines import Line
from ...models.organization import Organization
from ...models.party import Party
from ...models.payment import Payment
from ...models.references import DocumentReference
from ...models.taxes import TaxTotal
from .parts import BuyerBenefits, Group, PointOfSale, Showing, SoftwareMaker, Trip, UtilityService

CONTINGENCY: Final = ("07", "08")
"""Type codes of contingency, which every document may have: 07 on the issuer's side, 08 on DIAN's.

Few sources have them, and the annex's own lists contradict each other about 08 (mark C).
"""
FINAL_CONSUMER: Final = Party(
    id_type=IdType.CEDULA_DE_CIUDADANIA.value,
    id=FINAL_CONSUMER_ID,
    name="Consumidor Final",
    trade_name="Consumidor Final",
    organization_type=OrganizationType.PERSONA_NATURAL.value,
    responsibilities=(Responsibility.NO_APLICA.value,),
    tax_scheme=PartyTaxScheme.IVA.value,
)
"""The unidentified buyer, as both of DIAN's examples of tickets have it."""


class ItemCode(Model):
    """Another code of the item of a line (cac:AdditionalItemIdentification/cbc:ID)."""

    code: Text
    """The code."""
    standard: Text | None = ProductStandard.ESTANDAR_DEL_CONTRIBUYENTE.value
    """`ProductStandard` of the code (@schemeID): 999, the issuer's own, unless given."""
    standard_name: Text | None = None
    """Name of the standard (@schemeName)."""


class EquivalentLine(Line):
    """A line of an equivalent document; a plain `Line` serves when the item has one code.

    DIAN rejects tickets whose lines lack ``standard_code`` (rule DEAZ09). See `Line` for the other fields.
    """

    other_codes: Many[ItemCode] = field(default=())
    """Codes of the item beside ``standard_code``."""
    cost_code: Fixed[Text | None] = field(default=None)
    """cbc:AccountingCostCode, which bills of utilities have."""


class EquivalentDetails(AmountDetails, total=False):
    """Optional arguments of ``from_lines``; some belong to one kind only."""

    maker: SoftwareMaker | None
    benefits: BuyerBenefits | None
    point_of_sale: PointOfSale | None
    trip: Trip | None
    showing: Showing | None
    services: Iterable[UtilityService]
    cost_code: str | None
    payment_reference: str | None


def _by_cude(reference: DocumentReference) -> DocumentReference:
    """Return a reference whose key is a CUDE, unless it names an algorithm."""
    if reference.key is None or "key_scheme" in reference.model_fields_set:
        return reference
    return reference.replace(key_scheme=IdAlgorithm.CUDE.value)


class EquivalentTrade(TradeDocument, metaclass=ModelMeta):
    """Base of equivalent documents and their notes: they have the XML of sales and a CUDE with the software's PIN."""

    LINE: ClassVar[type[Line]] = EquivalentLine

    lines: Many[EquivalentLine] = field(default=())

    @classmethod
    def _details(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take the key of a document referred to for a CUDE, as those of this family have, unless it says otherwise."""
        if not given.get("billing_references"):
            return given
        references = as_parts(given["billing_references"], DocumentReference, "billing_references")
        return given | {"billing_references": tuple(map(_by_cude, references))}

    @classmethod
    def _side(cls, side: str, given: Any) -> Any:
        """Return a party; `Customer.final_consumer` is called as DIAN's examples of these documents do."""
        found = super()._side(side, given)
        unidentified = isinstance(found, Customer) and found == Customer.final_consumer()
        return FINAL_CONSUMER if unidentified else found


class EquivalentDocument(EquivalentTrade, metaclass=ModelMeta):
    """Base of the documents equivalent to the invoice."""

    OPERATIONS: ClassVar[tuple[str, ...]] = (EquivalentOperationType.ESTANDAR.value,)
    OPERATION_LIST: ClassVar[str] = "equivalent_operation_types"
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True
    GROUPS: ClassVar[tuple[str, ...]] = ("maker",)
    """Fields with the groups of the extensions that the document must have to be issued."""

    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`EquivalentOperationType`: 10 unless given."""
    due_date: MaybeDay = field(default=None)
    """cbc:DueDate; payments carry their own due dates."""
    withholdings: Many[TaxTotal] = field(default=())
    """Withholdings summed over the lines; informative, they never lower the amount payable."""
    maker: Fixed[SoftwareMaker | None] = field(default=None)
    """Who made the software (FabricanteSoftware)."""

    @classmethod
    @named
    def from_lines(
        cls,
        *,
        number: str,
        issued_at: datetime | str,
        supplier: Organization | Party,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        customer: Customer | Party | None = None,
        **details: Unpack[EquivalentDetails],
    ) -> Self:
        """Make a document whose totals follow from its lines; without ``customer``, of the final consumer.

        ``maker`` and the group of the kind are needed, and in tickets ``standard_code`` of each line (rule DEAZ09).
        Otherwise as ``Invoice.from_lines``; raises also ``MissingDatum`` for a group that is absent or incomplete.
        """
        buyer = cls._side("customer", FINAL_CONSUMER if customer is None else customer)
        given = cls._groups({**details}, buyer)
        made = super().from_lines(
            number=number,
            issued_at=issued_at,
            supplier=supplier,
            customer=buyer,
            lines=lines,
            payment=payment,
            **given,
        )
        return made._completed()

    @classmethod
    def _groups(cls, given: Any, buyer: Any) -> Any:
        """Return the optional arguments with the groups that follow from others."""
        return given

    def _completed(self) -> Self:
        """Return the document with what follows from its amounts."""
        return self

    def check_writable(self) -> None:
        """Check also that the groups of the extensions are complete. Raises ``MissingDatum``."""
        super().check_writable()
        self._check_groups(later=True)

    def check_issuable(self, issuer: Issuer) -> None:
        """Check that it can be issued, the groups of its extensions included. Raises errors of ``InvalidInput``."""
        super().check_issuable(issuer)
        self._check_groups(later=False)

    def _check_groups(self, *, later: bool) -> None:
        """Refuse a group that is absent or incomplete; ``later``: but for what ``from_lines`` computes."""
        for name in self.GROUPS:
            data: Group | None = getattr(self, name)
            if data is None:
                raise MissingDatum.of("families.equivalent.no_group", field=name)
            lacking = [each for each in data.lacking() if not (later and each in data.LATER)]
            if lacking:
                fields = ", ".join(f"{name}.{each}" for each in lacking)
                raise MissingDatum.of(
                    "families.equivalent.incomplete_group", field=f"{name}.{lacking[0]}", found=fields
                )


class PosTicket(EquivalentDocument):
    """The ticket of a cash register with P.O.S. system (20), also of contingency (07, 08).

    Use ``PosTicket.from_lines(maker=SoftwareMaker(…), point_of_sale=PointOfSale(…), …)``. Without ``benefits`` the
    buyer has no points.
    """

    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.TIQUETE_POS.value, *CONTINGENCY)
    GROUPS: ClassVar[tuple[str, ...]] = ("maker", "benefits", "point_of_sale")

    kind: Literal["pos_ticket"] = "pos_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """20; 07 or 08 in contingency (cbc:InvoiceTypeCode)."""
    benefits: Fixed[BuyerBenefits | None] = field(default=None)
    """The buyer's points (BeneficiosComprador)."""
    point_of_sale: Fixed[PointOfSale | None] = field(default=None)
    """The till (PuntoVenta)."""

    @classmethod
    def _groups(cls, given: Any, buyer: Any) -> Any:
        if given.get("benefits") is None and isinstance(buyer, (Customer, Party)):
            given["benefits"] = BuyerBenefits.none_of(buyer)
        return given

    def _completed(self) -> Self:
        till = self.point_of_sale
        if till is None or till.subtotal is not None:
            return self
        own = update_fast(till, {"subtotal": self.totals.line_extension})
        return update_fast(self, {"point_of_sale": own})


class TransportTicket(EquivalentDocument):
    """The ticket of passenger transport by land (35): ``TransportTicket.from_lines(trip=Trip(…), maker=…, …)``.

    Two implementers agree on its form (mark B); no accepted document was seen. Passenger transport is excluded from
    IVA.
    """

    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.TIQUETE_DE_TRANSPORTE_TERRESTRE.value, *CONTINGENCY)
    GROUPS: ClassVar[tuple[str, ...]] = ("maker", "trip")

    kind: Literal["transport_ticket"] = "transport_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """35; 07 or 08 in contingency (cbc:InvoiceTypeCode)."""
    trip: Fixed[Trip | None] = field(default=None)
    """The trip (InformacionAdicional)."""


class CinemaTicket(EquivalentDocument):
    """The ticket of a cinema (25): ``CinemaTicket.from_lines(showing=Showing(…), maker=…, …)``.

    The group of the showing rests on one implementer alone and was not seen in an accepted document (mark C).
    """

    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.BOLETA_DE_CINE.value, *CONTINGENCY)
    GROUPS: ClassVar[tuple[str, ...]] = ("maker", "showing")

    kind: Literal["cinema_ticket"] = "cinema_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """25; 07 or 08 in contingency (cbc:InvoiceTypeCode)."""
    showing: Fixed[Showing | None] = field(default=None)
    """The showing (ShowroomInformation; mark C)."""


class UtilityBill(EquivalentDocument):
    """The bill of a public utility (60): ``UtilityBill.from_lines(services=[UtilityService(…)], maker=…, …)``.

    Its frame is founded (mark B: a template, a layout in production, received documents); what is inside of each
    service is not (mark C). ``tax_point_date`` is the last day to pay.
    """

    OPERATIONS: ClassVar[tuple[str, ...]] = (
        EquivalentOperationType.FACTURACION_NORMAL.value,
        EquivalentOperationType.FACTURACION_EN_SITIO.value,
    )
    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.SERVICIOS_PUBLICOS_DOMICILIARIOS.value, *CONTINGENCY)

    kind: Literal["utility_bill"] = "utility_bill"
    """Discriminator of the JSON form."""
    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`EquivalentOperationType`: 601 unless given; 602 billed on site."""
    type_code: Text = TYPE_CODES[0]
    """60; 07 or 08 in contingency (cbc:InvoiceTypeCode)."""
    cost_code: Fixed[Text | None] = field(default=None)
    """cbc:AccountingCostCode."""
    payment_reference: Fixed[Text | None] = field(default=None)
    """Reference for paying (cbc:AccountingCost)."""
    services: Many[UtilityService] = field(default=())
    """Services and concepts billed, one extension each."""

    def _check_groups(self, *, later: bool) -> None:
        super()._check_groups(later=later)
        if not self.services:
            raise MissingDatum.of("families.equivalent.no_group", field="services")
        for position, service in enumerate(self.services):
            if service.name is None:
                raise MissingDatum.of("families.equivalent.unnamed_service", field=f"services[{position}].name")
