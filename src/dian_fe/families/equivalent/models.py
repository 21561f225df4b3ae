"""The documents equivalent to the invoice (DEE): the ticket of a till with P.O.S. system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self, Unpack

from ..._arguments import named
from ...catalogs import (
    FINAL_CONSUMER_ID,
    DocumentType,
    EquivalentOperationType,
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
from ...models._fields import Fixed, Many, ModelMeta, Text, field, field_default_from
from ...models.customer import Customer
from ...models.document import AmountDetails, TradeDocument
from ...models.issuer import Issuer
from ...models.lines import Line
from ...models.organization import Organization
from ...models.party import Party
from ...models.payment import Payment
from ...models.taxes import TaxTotal
from .parts import BuyerBenefits, NamedData, PointOfSale, SoftwareMaker

CONTINGENCY: Final = ("07", "08")
"""Types of documents of contingency: 07 of the issuer's side, 08 of DIAN's.

One source for each; the annex's lists contradict each other about 08 (mark C).
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
    standard: Text | None = field(
        default_factory=field_default_from("code", make=lambda _: ProductStandard.ESTANDAR_DEL_CONTRIBUYENTE.value)
    )
    """`ProductStandard` of the code (@schemeID): 999, the issuer's own, unless given."""
    standard_name: Text | None = None
    """Name of the standard (@schemeName)."""


class EquivalentLine(Line):
    """A line of an equivalent document; a plain `Line` serves when the item has one code.

    DIAN rejects tickets whose lines lack ``standard_code`` (rule DEAZ09). See `Line` for the other fields.
    """

    other_codes: Many[ItemCode] = field(default=())
    """Codes of the item beside ``standard_code``."""


class PosDetails(AmountDetails, total=False):
    """Optional arguments of ``from_lines``."""

    maker: SoftwareMaker | None
    benefits: BuyerBenefits | None
    point_of_sale: PointOfSale | None


class EquivalentDocument(TradeDocument, metaclass=ModelMeta):
    """Base of the documents equivalent to the invoice, which have its XML and a CUDE with the software's PIN."""

    OPERATIONS: ClassVar[tuple[str, ...]] = (EquivalentOperationType.ESTANDAR.value,)
    OPERATION_LIST: ClassVar[str] = "equivalent_operation_types"
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True
    LINE: ClassVar[type[Line]] = EquivalentLine
    GROUPS: ClassVar[tuple[str, ...]] = ()
    """Fields with the groups of names and values that the document must have to be issued."""

    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`EquivalentOperationType`: 10 unless given."""
    due_date: MaybeDay = field(default=None)
    """cbc:DueDate; payments carry their own due dates."""
    withholdings: Many[TaxTotal] = field(default=())
    """Withholdings summed over the lines; informative, they never lower the amount payable."""
    lines: Many[EquivalentLine] = field(default=())

    @classmethod
    def _side(cls, side: str, given: Any) -> Any:
        """Return a party; `Customer.final_consumer` is called as DIAN's examples of these documents do."""
        found = super()._side(side, given)
        unidentified = isinstance(found, Customer) and found == Customer.final_consumer()
        return FINAL_CONSUMER if unidentified else found

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
            data: NamedData | None = getattr(self, name)
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

    Use ``PosTicket.from_lines(maker=SoftwareMaker(…), point_of_sale=PointOfSale(…), …)``.
    """

    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.TIQUETE_POS.value, *CONTINGENCY)
    GROUPS: ClassVar[tuple[str, ...]] = ("maker", "benefits", "point_of_sale")

    kind: Literal["pos_ticket"] = "pos_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """20; 07 or 08 in contingency (cbc:InvoiceTypeCode)."""
    maker: Fixed[SoftwareMaker | None] = field(default=None)
    """Who made the software (FabricanteSoftware)."""
    benefits: Fixed[BuyerBenefits | None] = field(default=None)
    """The buyer's points (BeneficiosComprador)."""
    point_of_sale: Fixed[PointOfSale | None] = field(default=None)
    """The till (PuntoVenta)."""

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
        **details: Unpack[PosDetails],
    ) -> Self:
        """Make a ticket whose totals follow from its lines; without ``customer``, of the final consumer.

        ``maker`` and ``point_of_sale`` are needed, and so is ``standard_code`` in each line (rule DEAZ09). Without
        ``benefits`` the buyer has no points. Otherwise as ``Invoice.from_lines``; raises also ``MissingDatum`` for a
        group of the extensions that is absent or incomplete.
        """
        given: Any = {**details}
        buyer = cls._side("customer", FINAL_CONSUMER if customer is None else customer)
        if given.get("benefits") is None and isinstance(buyer, (Customer, Party)):
            given["benefits"] = BuyerBenefits.none_of(buyer)
        ticket = super().from_lines(
            number=number,
            issued_at=issued_at,
            supplier=supplier,
            customer=buyer,
            lines=lines,
            payment=payment,
            **given,
        )
        till = ticket.point_of_sale
        if till is not None and till.subtotal is None:
            own = update_fast(till, {"subtotal": ticket.totals.line_extension})
            ticket = update_fast(ticket, {"point_of_sale": own})
        return ticket
