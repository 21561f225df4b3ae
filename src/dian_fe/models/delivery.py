"""Place, time and terms of the delivery of goods."""

from __future__ import annotations

from ._base import Model
from ._dates import MaybeDay
from ._fields import Text, TextOrEmpty, field
from .address import Address
from .party import Party


class Delivery(Model):
    """The delivery of the goods (cac:Delivery)."""

    date: MaybeDay = field(default=None)
    """Colombian day of the delivery (cbc:ActualDeliveryDate)."""
    time: Text | None = None
    """HH:MM:SS-05:00."""
    address: Address | None = None
    """Address of the delivery (cac:DeliveryAddress)."""
    carrier: Party | None = None
    """Who carries the goods (cac:DeliveryParty)."""


class DeliveryTerms(Model):
    """Terms of delivery (cac:DeliveryTerms); exports have their INCOTERM here."""

    id: Text | None = None
    """Consecutive of the terms (cbc:ID)."""
    special_terms: Text | None = None
    """cbc:SpecialTerms, free text."""
    incoterm: TextOrEmpty | None = None
    """cbc:LossRiskResponsibilityCode: `dian_fe.catalogs.DeliveryTerms` code, such as FOB; empty if received so."""
    loss_risk: Text | None = None
    """cbc:LossRisk, free text."""
