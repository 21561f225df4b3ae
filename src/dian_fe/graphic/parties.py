"""Blocks of a representación gráfica about people and places: supplier, customer, delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalogs import IdType, Responsibility
from ..models._words import day, label_of
from .content import Field, Label, PartyBlock

if TYPE_CHECKING:
    from collections.abc import Iterator

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
"""The only qualities that are told (Res. 000227 de 2025, art. 1.5.1.2.2.1, item 12)."""


def identification(party: Party | PartyReference) -> tuple[str, str]:
    """Return kind and number of an identification: ``NIT``, ``700085371-1``."""
    member = IdType.by_code(party.id_type or "")
    kind = party.id_type or "ID" if member is None else member.abbreviation
    digit = party.check_digit if party.id_type == IdType.NIT.value else None
    return kind, f"{party.id}-{digit}" if digit else party.id


def address_text(address: Address | None) -> str:
    """Join an address to one line, saying only what is told, and nothing twice."""
    if address is None:
        return ""
    parts: list[str] = []
    country = address.country_name or address.country
    abroad = country if address.country not in (None, "CO") else None
    for part in (address.line, address.city, address.department, address.postal_code, abroad):
        if part and part not in parts:
            parts.append(part)
    return ", ".join(parts)


def supplier_block(party: Party, label: Labels) -> PartyBlock:
    """Return the block of who issues."""
    return _block(party, label, "supplier", tuple(_supplier_fields(party, label)), _qualities(party))


def customer_block(party: Party, label: Labels) -> PartyBlock:
    """Return the block of who buys; the final consumer is one without address."""
    return _block(party, label, "customer", tuple(_contact_fields(party, label)), ())


def _block(
    party: Party, label: Labels, title: str, fields: tuple[Field, ...], qualities: tuple[str, ...]
) -> PartyBlock:
    kind, number = identification(party)
    trade_name = party.trade_name if party.trade_name != party.name else None
    return PartyBlock(label(title), party.name, trade_name, Field(Label(kind), number), fields, qualities)


def _qualities(party: Party) -> tuple[str, ...]:
    held = set(party.responsibilities)
    return tuple(f"{member.label} ({member.value})" for member in _QUALITIES if member.value in held)


def _supplier_fields(party: Party, label: Labels) -> Iterator[Field]:
    yield from _contact_fields(party, label)
    if party.activities:
        yield Field(label("activities"), ", ".join(party.activities))
    if party.merchant_registration:
        yield Field(label("merchant_registration"), party.merchant_registration)


def _contact_fields(party: Party, label: Labels) -> Iterator[Field]:
    fiscal = address_text(party.registration_address)
    address = address_text(party.address)
    pairs = (
        ("address", address),
        ("fiscal_address", "" if fiscal == address else fiscal),
        ("phone", party.phone or ""),
        ("fax", party.fax or ""),
        ("email", ", ".join(party.emails)),
        ("contact", party.contact_name or ""),
    )
    for name, value in pairs:
        if value:
            yield Field(label(name), value)


def delivery_fields(delivery: Delivery | None, terms: DeliveryTerms | None, label: Labels) -> Iterator[Field]:
    """Return where, when and how the goods are handed over."""
    pairs: list[tuple[Label, str]] = []
    if delivery is not None:
        pairs += [
            (label("delivery_address"), address_text(delivery.address)),
            (label("delivery_date"), day(delivery.date)),
            (label("delivery_time"), delivery.time or ""),
        ]
        if delivery.carrier is not None:
            kind, number = identification(delivery.carrier)
            pairs.append((label("carrier"), f"{delivery.carrier.name}, {kind} {number}"))
    if terms is not None:
        incoterm = label_of("delivery_terms", terms.incoterm)
        pairs += [
            (label("incoterm"), f"{terms.incoterm} ({incoterm})" if incoterm != (terms.incoterm or "") else incoterm),
            (label("delivery_terms"), terms.special_terms or ""),
            (label("loss_risk"), terms.loss_risk or ""),
        ]
    return (Field(name, value) for name, value in pairs if value)
