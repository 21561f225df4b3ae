"""Blocks of a representación gráfica about people and places: supplier, customer, delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalogs import IdType, Responsibility
from ..models._words import clock, day, label_of
from .content import Field, Label, PartyBlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..models.address import Address
    from ..models.delivery import Delivery, DeliveryTerms
    from ..models.party import Party, PartyReference
    from .labels import Labels

_QUALITIES = (
    Responsibility.GRAN_CONTRIBUYENTE,
    Responsibility.AUTORRETENEDOR,
    Responsibility.AGENTE_DE_RETENCION_IVA,
    Responsibility.REGIMEN_SIMPLE_DE_TRIBUTACION,
)
"""The only qualities that are printed (Res. 000227 de 2025, art. 1.5.1.2.2.1, item 12)."""


def identification(party: Party | PartyReference) -> tuple[str, str]:
    """Return type and number of an identification: ``NIT``, ``700085371-1``."""
    member = IdType.by_code(party.id_type or "")
    kind = party.id_type or "ID" if member is None else member.abbreviation
    digit = party.check_digit if party.id_type == IdType.NIT.value else None
    return kind, f"{party.id}-{digit}" if digit else party.id


def address_text(address: Address | None) -> str:
    """Return an address on one line, each of its parts once."""
    if address is None:
        return ""
    parts: list[str] = []
    country = address.country_name or address.country
    abroad = country if address.country not in (None, "CO") else None
    for part in (address.line, address.city, address.department, address.postal_code, abroad):
        if part and part not in parts:
            parts.append(part)
    return ", ".join(parts)


def fields(label: Labels, *pairs: tuple[str, str | None]) -> Iterator[Field]:
    """Yield fields by the names of their labels, without those that have no value."""
    return (Field(label(name), value) for name, value in pairs if value)


def supplier_block(party: Party, label: Labels) -> PartyBlock:
    """Return the issuer's block."""
    held = set(party.responsibilities)
    qualities = tuple(f"{member.label} ({member.value})" for member in _QUALITIES if member.value in held)
    registered = fields(
        label,
        ("activities", ", ".join(party.activities)),
        ("merchant_registration", party.merchant_registration),
    )
    return _block(party, label, "supplier", registered, qualities)


def customer_block(party: Party, label: Labels) -> PartyBlock:
    """Return the buyer's block; a final consumer has no address."""
    return _block(party, label, "customer")


def _block(
    party: Party, label: Labels, title: str, more: Iterable[Field] = (), qualities: tuple[str, ...] = ()
) -> PartyBlock:
    kind, number = identification(party)
    trade_name = party.trade_name if party.trade_name != party.name else None
    contact = (*_contact_fields(party, label), *more)
    return PartyBlock(label(title), party.name, trade_name, Field(Label(kind), number), contact, qualities)


def _contact_fields(party: Party, label: Labels) -> Iterator[Field]:
    fiscal = address_text(party.registration_address)
    address = address_text(party.address)
    return fields(
        label,
        ("address", address),
        ("fiscal_address", "" if fiscal == address else fiscal),
        ("phone", party.phone),
        ("fax", party.fax),
        ("email", ", ".join(party.emails)),
        ("contact", party.contact_name),
    )


def delivery_fields(delivery: Delivery | None, terms: DeliveryTerms | None, label: Labels) -> Iterator[Field]:
    """Yield place, date and carrier of the delivery."""
    if delivery is not None:
        carrier = delivery.carrier
        yield from fields(
            label,
            ("delivery_address", address_text(delivery.address)),
            ("delivery_date", day(delivery.date)),
            ("delivery_time", clock(delivery.time)),
            ("carrier", None if carrier is None else f"{carrier.name}, {' '.join(identification(carrier))}"),
        )
    if terms is not None:
        incoterm = label_of("delivery_terms", terms.incoterm)
        yield from fields(
            label,
            ("incoterm", f"{terms.incoterm} ({incoterm})" if incoterm != (terms.incoterm or "") else incoterm),
            ("delivery_terms", terms.special_terms),
            ("loss_risk", terms.loss_risk),
        )
