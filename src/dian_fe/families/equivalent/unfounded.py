"""The equivalent documents of which too little is known to issue them: they are read with head, parties and totals."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NoReturn

from ..._arguments import named
from ...catalogs import DocumentType
from ...errors import NotAllowed
from ...families.registry import model_kind
from ...models._fields import ModelMeta, Text
from ...models.issuer import Issuer
from .models import CONTINGENCY, EquivalentDocument


class ReadOnlyEquivalent(EquivalentDocument, metaclass=ModelMeta):
    """Base of documents that are only read: making one is refused, with what is not known of it."""

    GROUPS: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @named
    def from_lines(cls, **details: Any) -> NoReturn:
        """Raise ``NotAllowed`` with what is not known of the document."""
        raise cls._refusal()

    def check_issuable(self, issuer: Issuer) -> None:
        """Raise ``NotAllowed`` with what is not known of the document."""
        raise self._refusal()

    @classmethod
    def _refusal(cls) -> NotAllowed:
        kind = model_kind(cls)
        assert kind is not None  # the family declares each
        return NotAllowed.of("families.equivalent.not_issued", field="type_code", found=kind.document_type, kind=kind)


def _types(type_: DocumentType) -> tuple[str, ...]:
    return (type_.value, *CONTINGENCY)


class EventTicket(ReadOnlyEquivalent):
    """The ticket of a public show (27). Only read: its profile is in dispute and its group is known by name alone."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.BOLETA_DE_ESPECTACULOS_PUBLICOS)

    kind: Literal["event_ticket"] = "event_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """27 (cbc:InvoiceTypeCode)."""


class GamblingReport(ReadOnlyEquivalent):
    """The daily report of gambling (30). Only read: neither its operation nor its group is known."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.JUEGOS_LOCALIZADOS_Y_NO_LOCALIZADOS)

    kind: Literal["gambling_report"] = "gambling_report"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """30 (cbc:InvoiceTypeCode)."""


class TollReceipt(ReadOnlyEquivalent):
    """The receipt of a toll (40). Only read: its group is not known."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.COBRO_DE_PEAJES)

    kind: Literal["toll_receipt"] = "toll_receipt"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """40 (cbc:InvoiceTypeCode)."""


class FinancialStatement(ReadOnlyEquivalent):
    """The statement of a financial company or fund (45). Only read: sources contradict each other on its profile."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.EXTRACTO_DE_SOCIEDADES_FINANCIERAS)

    kind: Literal["financial_statement"] = "financial_statement"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """45 (cbc:InvoiceTypeCode)."""


class AirTicket(ReadOnlyEquivalent):
    """The ticket of passenger transport by air (50). Only read: its group is not known."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.TIQUETE_DE_TRANSPORTE_AEREO)

    kind: Literal["air_ticket"] = "air_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """50 (cbc:InvoiceTypeCode)."""


class ExchangeSettlement(ReadOnlyEquivalent):
    """The settlement of an exchange of securities, farm goods or commodities (55). Only read: little of it is known."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.OPERACION_DE_BOLSA)

    kind: Literal["exchange_settlement"] = "exchange_settlement"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """55 (cbc:InvoiceTypeCode)."""
