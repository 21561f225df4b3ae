"""The lines of a document: item, price, discounts and taxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar, Self

from .._arguments import checked
from ..catalogs import ProductStandard, ReferencePrice, Unit
from ..errors import InvalidInput, NotAllowed
from ._base import Model
from ._fields import Fixed, Many, ModelMeta, Text, TextOrEmpty, field, field_default_from
from ._numbers import Exact, MaybeNumber, Number, exact_of
from .gross import net_price
from .party import PartyReference
from .taxes import TaxTotal
from .totals import EXACT

SOLD_FOR_ANOTHER = "1"
"""Value of ``Line.id_scheme`` for items sold on behalf of a mandante."""


class AllowanceCharge(Model):
    """A discount or a charge, on a line or on the document (cac:AllowanceCharge).

    Pass ``percent`` (of the gross amount) or ``amount``; `discount` and `charge` make them. On the document, a discount
    lowers only the amount payable; on a line it lowers the line's amount and taxable base (annex 1.9, section 11.9).
    """

    id: Text | None = None
    """Consecutive from 1; ``from_lines`` numbers them."""
    is_charge: bool = False
    """cbc:ChargeIndicator: true for a charge, false for a discount."""
    reason_code: Text | None = None
    """`AllowanceReason`: 00 and 01 discounts, 02 and 03 charges; for the document's level."""
    reason: Text | None = None
    """cbc:AllowanceChargeReason: the reason, as text."""
    percent: MaybeNumber = field(default=None)
    """cbc:MultiplierFactorNumeric: percent of ``base``."""
    amount: MaybeNumber = field(default=None)
    """cbc:Amount, never negative; computed from ``percent`` when left out."""
    base: MaybeNumber = field(default=None)
    """cbc:BaseAmount: what the percent applies to."""


@checked
def discount(
    percent: Exact | None = None, *, amount: Exact | None = None, reason: str = "Descuento", reason_code: str = "00"
) -> AllowanceCharge:
    """Make a discount of ``percent`` of the gross amount, or of a fixed ``amount``.

    ``reason_code``: 00 unconditional, 01 conditional. Raises ``NotAllowed`` unless one of them is given, and
    ``InvalidInput`` for more than 100 percent. A discount of zero is left out of the document.
    """
    return _allowance(False, percent, amount, reason, reason_code)


@checked
def charge(
    percent: Exact | None = None, *, amount: Exact | None = None, reason: str = "Cargo", reason_code: str = "02"
) -> AllowanceCharge:
    """Make a charge: 02 unconditional, 03 conditional (a tip, for example)."""
    return _allowance(True, percent, amount, reason, reason_code)


def _allowance(
    is_charge: bool, percent: Exact | None, amount: Exact | None, reason: str, reason_code: str
) -> AllowanceCharge:
    if (percent is None) == (amount is None):
        raise NotAllowed.of("models.percent_or_amount", field="percent", percent=percent, amount=amount)
    exact = None if percent is None else exact_of(percent, "percent")
    check_percent(exact)
    return AllowanceCharge(
        is_charge=is_charge,
        percent=exact,
        amount=None if amount is None else exact_of(amount, "amount"),
        reason=reason,
        reason_code=reason_code,
    )


def check_percent(percent: Decimal | None, *, field: str = "percent") -> None:
    """Refuse a discount or charge of more than 100 percent (rules FAQ06 and FBE05)."""
    if percent is not None and percent > _WHOLE:
        raise InvalidInput.of("models.percent_over_100", field=field, percent=percent)


_WHOLE = Decimal(100)


class AlternativePrice(Model):
    """The reference price of a good given away (cac:AlternativeConditionPrice)."""

    amount: Number
    """Price of one unit."""
    type_code: TextOrEmpty | None = ReferencePrice.VALOR_COMERCIAL.value
    """`ReferencePrice`: 01 commercial value, 02 value in inventories, 03 other; empty if received so."""
    type: Text | None = None
    """cbc:PriceType, free text of other software."""


class ItemProperty(Model):
    """A named property of an item (cac:AdditionalItemProperty), as transport (operation 12) needs them."""

    name: Text
    value: Text | None = None
    quantity: MaybeNumber = field(default=None)
    """cbc:ValueQuantity."""
    unit: Text | None = None


class Line(Model, metaclass=ModelMeta):
    """A line of an invoice or note.

    Pass description, quantity and price, without taxes or with them (``price_with_taxes``); ``from_lines`` computes
    ``amount`` and the tax amounts, and numbers the lines. Taxes are the ones of the helpers: no tax at all means an
    excluded good, ``iva(0)`` an exempt one.
    """

    description: Fixed[Text]
    """Description of the item, 5 to 300 characters."""
    quantity: Number = field(default=Decimal(1))
    """Invoiced, credited or debited quantity, up to 6 decimals."""
    unit: Fixed[Text] = field(default=Unit.UNIDAD.value)
    """Unit of measure of DIAN's list (`Unit`)."""
    price_with_taxes: MaybeNumber = field(default=None)
    """Instead of ``price``: the price of one unit including taxes, as shops show it.

    ``from_lines`` splits it into price, base and taxes that add up to price × quantity exactly, and leaves it empty.
    Discounts and charges of the line are then with taxes too: ``discount(amount=1000)`` is 1000 less to pay.
    """
    taxes: Many[TaxTotal] = field(default=())
    """One `TaxTotal` for each tax; made by `iva`, `inc` and the other helpers."""
    price: Number = field(default_factory=net_price, validate_default=True)
    """Price of one unit without taxes, up to 6 decimals; required unless ``price_with_taxes`` is given."""
    amount: MaybeNumber = field(default=None)
    """cbc:LineExtensionAmount: price × quantity − discounts + charges; computed when left out."""
    withholdings: Many[TaxTotal] = field(default=())
    """Withholdings (05, 06, 07), informative; only invoices carry them."""
    allowances: Many[AllowanceCharge] = field(default=())
    """Discounts and charges of the line, which change its amount."""
    id: Fixed[Text | None] = field(default=None)
    """Consecutive from 1; ``from_lines`` numbers the lines."""
    notes: Many[Text] = field(default=())
    """cbc:Note, free texts."""
    free_of_charge: Fixed[bool | None] = field(default=None)
    """cbc:FreeOfChargeIndicator; true for goods given away (see ``Line.free``)."""
    reference_price: Fixed[AlternativePrice | None] = field(default=None)
    """For goods given away: the price that taxes are computed on."""
    base_quantity: MaybeNumber = field(default_factory=lambda data: data.get("quantity"))
    """cbc:BaseQuantity of the price: DIAN expects the line's quantity here, not UBL's divisor (rule FAV06).

    ``from_lines`` and ``build`` refuse another one, which received documents may have: ``price`` is for one unit.
    """
    base_unit: Fixed[Text | None] = field(
        default_factory=lambda data: None if data.get("base_quantity") is None else data.get("unit")
    )
    """Unit of ``base_quantity``, that of the line unless given."""
    seller_code: Fixed[Text | None] = field(default=None)
    """The seller's own code of the item (cac:SellersItemIdentification)."""
    standard_code: Fixed[TextOrEmpty | None] = field(default=None)
    """Code of the item in a standard (cac:StandardItemIdentification); rule FAZ09 notifies when it is missing.

    Empty when a received document has the element empty, which DIAN accepts.
    """
    standard: Fixed[Text | None] = field(
        default_factory=field_default_from(
            "standard_code", make=lambda _: ProductStandard.ESTANDAR_DEL_CONTRIBUYENTE.value
        )
    )
    """`ProductStandard` of ``standard_code``: 001 UNSPSC, 010 GTIN, 020 tariff heading (exports), 999 own code."""
    standard_name: Fixed[Text | None] = field(default=None)
    """cbc:ID/@schemeName: name of the standard of ``standard_code``."""
    brand: Fixed[Text | None] = field(default=None)
    """Brand; exports need it (rule FAZ04)."""
    model: Fixed[Text | None] = field(default=None)
    """Model; exports need it (rule FAZ05)."""
    pack_size: MaybeNumber = field(default=None)
    """cbc:PackSizeNumeric: units in a package."""
    properties: Many[ItemProperty] = field(default=())
    """Named properties of the item; transport (operation 12) needs them."""
    principal: Fixed[PartyReference | None] = field(default=None)
    """Operation 11 (mandates): the mandante on whose behalf the line is sold (rule FBA05)."""
    id_scheme: Fixed[Text | None] = field(
        default_factory=field_default_from("principal", make=lambda _: SOLD_FOR_ANOTHER)
    )
    """Operation 11: the owner of the line's goods, by table 13.3.13 of the annex (cbc:ID/@schemeID, rule FAV08a).

    "1" for items sold for a mandante, as in an accepted document; the other values are unknown, so for the issuer's own
    lines in a mandate the caller must pass it.
    """

    _GIVE_WAY: ClassVar[Mapping[str, str]] = {"price": "price_with_taxes", "price_with_taxes": "price"}

    @property
    def standard_agency(self) -> str | None:
        """Agency of the product standard: "10" UNSPSC, "9" GTIN, "195" DIAN's tariff heading."""
        return _STANDARD_AGENCIES.get(self.standard or "")

    @classmethod
    def free(
        cls,
        *,
        description: str,
        reference_price: Exact,
        quantity: Exact = 1,
        unit: str = Unit.UNIDAD.value,
        price_type: str = ReferencePrice.VALOR_COMERCIAL.value,
        taxes: Sequence[TaxTotal] = (),
        **details: object,
    ) -> Line:
        """Make the line of a good given away: price 0, taxes on the reference price of one unit."""
        values = {
            "description": description,
            "quantity": quantity,
            "unit": unit,
            "price": Decimal(0),
            "free_of_charge": True,
            "reference_price": AlternativePrice(
                amount=exact_of(reference_price, "reference_price"), type_code=price_type
            ),
            "taxes": tuple(taxes),
        }
        return cls.model_validate({**values, **details})

    def _remarks(self) -> tuple[str, ...]:
        """Return the text that notebooks show below the description of a family's lines."""
        return ()

    def without_amounts(self, **changes: object) -> Self:
        """Return the line with other data and no computed amounts, so that ``from_lines`` computes them again.

        For notes over part of a line: ``invoice.lines[0].without_amounts(quantity=1)``. A taxable base that is the
        line's own amount is dropped too; any other base stays.
        """
        taxes = tuple(_without_amounts(total, self.amount) for total in self.taxes)
        allowances = tuple(
            item.replace(amount=None, base=None) if item.percent is not None else item for item in self.allowances
        )
        fresh = {"amount": None, "taxes": taxes, "withholdings": (), "allowances": allowances}
        values = {name: getattr(self, name) for name in type(self).model_fields}
        if "quantity" in changes or "unit" in changes:
            del values["base_quantity"], values["base_unit"]  # they follow the new quantity and its unit
        if changes.get("price_with_taxes") is not None:
            del values["price"]
        return type(self).model_validate({**values, **fresh, **changes})


def _without_amounts(total: TaxTotal, line_amount: Decimal | None) -> TaxTotal:
    subtotals = tuple(
        s.replace(amount=None, taxable=None if s.taxable == line_amount else s.taxable) for s in total.subtotals
    )
    return TaxTotal(subtotals=subtotals)


_MEASURES = tuple(
    frozenset(units.split())
    for units in (
        "MGM GRM HGM KGM TNE LBR ONZ",
        "MLT CLT DLT LTR HLT CMQ DMQ MTQ GLL GLI",
        "MMT CMT DMT MTR KMT INH FOT YRD",
        "CMK DMK MTK HAR KMK",
        "SEC MIN HUR DAY WEE MON ANN",
    )
)
"""Units of one measure (UN/ECE Recommendation 20): a price per one of them differs per another."""


def check_base_quantity(line: Line) -> None:
    """Refuse a price for a quantity other than one unit or the line's: DIAN multiplies price and quantity (rule FAV06).

    Accepted documents have BaseQuantity 1, or the quantity in an equivalent unit (94, EA, ZZ). Raise ``InvalidInput``
    with the price of one unit.
    """
    values = line.__dict__
    base, quantity = values["base_quantity"], values["quantity"]
    other_quantity = base is not None and base is not quantity and base != quantity and base != 1
    pair = {values["base_unit"], values["unit"]}
    if not other_quantity and (base is None or len(pair) == 1 or not any(pair <= same for same in _MEASURES)):
        return
    name = "base_quantity" if other_quantity else "base_unit"
    usual, remedy = values[name.removeprefix("base_")], _unit_price_remedy(line)
    raise InvalidInput.of("models.base_quantity", field=name, found=values[name], remedy=remedy, usual=usual)


def _unit_price_remedy(line: Line) -> str:
    base = line.base_quantity
    if base is None or base <= 0 or (line.base_unit is not None and line.base_unit != line.unit):
        return f"quite base_quantity y base_unit, y indique el precio de una unidad {line.unit}."
    price = EXACT.divide(line.price, base)
    if (rounded := price.quantize(_SIX_DECIMALS, context=EXACT)) == price:
        written = format(price.normalize(EXACT), "f")
        return f'quite base_quantity; si {line.price} es el precio de {base}, escriba price="{written}".'
    amount = EXACT.divide(EXACT.multiply(line.price, line.quantity), base).quantize(_CENT, context=EXACT)
    return (
        f"quite base_quantity; si {line.price} es el precio de {base}, el de una unidad no tiene fin: "
        f'escriba price="{rounded}" y amount="{amount}".'
    )


_SIX_DECIMALS, _CENT = Decimal("0.000001"), Decimal("0.01")

_STANDARD_AGENCIES: dict[str, str] = {
    standard.value: standard.agency_id for standard in ProductStandard if standard.agency_id
}
