"""The equivalent documents of which too little is known to issue them: they are read with head, parties and totals."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NoReturn

from ..._arguments import named
from ...catalogs import DocumentType
from ...errors import NotAllowed
from ...models._fields import ModelMeta, Text
from ...models.issuer import Issuer
from .models import CONTINGENCY, EquivalentDocument

_GROUP = "el grupo del sector en las extensiones"


class ReadOnlyEquivalent(EquivalentDocument, metaclass=ModelMeta):
    """Base of documents that are only read: making one is refused, with what nobody could confirm."""

    GROUPS: ClassVar[tuple[str, ...]] = ()
    UNKNOWN: ClassVar[str] = _GROUP
    """What no source settles, in Spanish."""

    @classmethod
    @named
    def from_lines(cls, **details: Any) -> NoReturn:
        """Refuse: raise ``NotAllowed`` with what is missing."""
        raise cls._refusal()

    def check_issuable(self, issuer: Issuer) -> None:
        """Refuse: raise ``NotAllowed`` with what is missing."""
        raise self._refusal()

    @classmethod
    def _refusal(cls) -> NotAllowed:
        code = cls.TYPE_CODES[0]
        label = DocumentType(code).label
        return NotAllowed.of(
            "families.equivalent.not_issued", field="type_code", found=code, label=label, unknown=cls.UNKNOWN
        )


def _types(type_: DocumentType) -> tuple[str, ...]:
    return (type_.value, *CONTINGENCY)


class EventTicket(ReadOnlyEquivalent):
    """The ticket of a public show (27). Only read: its profile is in dispute and its group is known by name alone."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.BOLETA_DE_ESPECTACULOS_PUBLICOS)
    UNKNOWN: ClassVar[str] = f"{_GROUP} (EventInformation) y el perfil, que dos fuentes dan a documentos distintos"

    kind: Literal["event_ticket"] = "event_ticket"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """27 (cbc:InvoiceTypeCode)."""


class GamblingReport(ReadOnlyEquivalent):
    """The daily report of gambling (30). Only read: neither its operation nor its group is known."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = _types(DocumentType.JUEGOS_LOCALIZADOS_Y_NO_LOCALIZADOS)
    UNKNOWN: ClassVar[str] = f"{_GROUP} y el tipo de operación (CustomizationID)"

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
    UNKNOWN: ClassVar[str] = f"{_GROUP} y el perfil, del que hay dos versiones"

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
    UNKNOWN: ClassVar[str] = f"{_GROUP}, el tipo de operación (CustomizationID) y el perfil, del que hay dos versiones"

    kind: Literal["exchange_settlement"] = "exchange_settlement"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """55 (cbc:InvoiceTypeCode)."""
