"""A ticket with extensions in an order of its own: DIAN's, then groups of names and values in the root's namespace."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

from dian_fe.catalogs import DocumentType, IdAlgorithm
from dian_fe.families.sales.tables import INVOICE
from dian_fe.families.spec import Authorised, DocumentKind, Family, FileNames, Key, Secret
from dian_fe.graphic.presentation import Presentation
from dian_fe.habilitacion.plan import GivenCounts, TestSetPlan
from dian_fe.models._base import Model
from dian_fe.models._fields import Fixed, Many, ModelMeta, Text, field
from dian_fe.models.customer import Customer
from dian_fe.models.document import TradeDocument
from dian_fe.models.issuer import Issuer
from dian_fe.models.lines import Line
from dian_fe.models.payment import Payment
from dian_fe.models.taxes import TaxTotal, iva
from dian_fe.rules.book import RuleBook, Version
from dian_fe.testing.office import Office
from dian_fe.testing.samples import Samples, issuer_at
from dian_fe.ubl.codecs import TEXT
from dian_fe.ubl.extensions import DIAN, Slot
from dian_fe.ubl.grammar import Grammar
from dian_fe.ubl.table import Row, Structure

SOLD = "87"
"""Type code that DIAN's list lacks, so that no family of the library takes its documents."""


class Pair(Model):
    """A datum by its name."""

    name: Text
    value: Text | None = None


class Group(Model):
    """Data of one extension."""

    pairs: tuple[Pair, ...] = ()


class Ticket(TradeDocument, metaclass=ModelMeta):
    """What a till prints."""

    OPERATIONS: ClassVar[tuple[str, ...]] = ("10",)
    TYPE_CODES: ClassVar[tuple[str, ...]] = (SOLD,)
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True

    kind: Literal["till_ticket"] = "till_ticket"
    operation: Text = "10"
    type_code: Text = SOLD
    withholdings: Many[TaxTotal] = field(default=())
    maker: Fixed[Group | None] = field(default=None)
    benefits: Fixed[Group | None] = field(default=None)
    till: Fixed[Group | None] = field(default=None)


def _slot(block: str, inner: str, name: str) -> Slot:
    pair = Structure(f"{block}Pair", Pair, (Row("Name", "name", TEXT, "Nombre"), Row("Value", "value", TEXT, "Valor")))
    return Slot(block, Structure(block, Group, (Row(inner, "pairs", pair, block, many=True),)), name)


TICKET = Grammar(
    INVOICE.rows,
    INVOICE.words,
    extensions=(
        DIAN,
        _slot("FabricanteSoftware", "InformacionDelFabricanteDelSoftware", "maker"),
        _slot("BeneficiosComprador", "InformacionBeneficiosComprador", "benefits"),
        _slot("PuntoVenta", "InformacionCajaVenta", "till"),
    ),
)


def is_ticket(root: Any) -> bool:
    """True for documents of its type."""
    return (root.findtext("{*}InvoiceTypeCode") or "") == SOLD


BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data") / "ticket",
    {r"TKT\d\d": ("till_ticket",)},
    (Version("1.0", date(2024, 1, 1)),),
    "Anexo de ejemplo, regla {code}",
    (f"{__name__}_rules",),
)
OFFICE = Office()


def _group(**pairs: str) -> Group:
    return Group(pairs=tuple(Pair(name=name, value=value) for name, value in pairs.items()))


def ticket(number: str, at: datetime, issuer: Issuer, **changes: Any) -> Ticket:
    """Return a plain one."""
    given: dict[str, Any] = {
        "number": number,
        "issued_at": at,
        "supplier": issuer.organization,
        "customer": Customer.final_consumer(),
        "lines": [Line(description="Pan & café", quantity=1, price=Decimal(5000), taxes=(iva(19),))],
        "payment": Payment.cash(),
        "maker": _group(NombreApellido="Ana", RazonSocial="Cajas & Cía"),
        "benefits": _group(Codigo="222", Puntos="100"),
        "till": _group(PlacaCaja="C1", Cajero="Luis"),
    }
    return Ticket.from_lines(**(given | changes))


def sample(kind: str, number: str, at: datetime, issuer: Issuer, original: Any = None) -> Any:
    """Return a document of the test set."""
    return ticket(number, at, issuer)


PLAN = TestSetPlan(GivenCounts, {"till_ticket": 2}, sample)


def issuer_of(dian: Any) -> Issuer:
    """Return a sales issuer with a numbering for tickets too, without technical key."""
    usual = issuer_at(dian)
    own = dian.resolution("POS").replace(document_type="27", technical_key=None)
    dian.register(own, nit=usual.organization.nit)
    return usual.replace(numberings=(own,))


class _Samples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        at = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
        return ticket(f"POS{source.randint(1, 5000)}", at, issuer)

    def issuer(self, dian: Any) -> Issuer:
        return issuer_of(dian)


SAMPLES = _Samples()
PAPER = Presentation({"till_ticket": "till_ticket"}, {"till_ticket": ("Tiquete de ejemplo", "Ticket")})

FAMILY = Family(
    "tickets",
    "Tiquetes de ejemplo",
    "Anexo de ejemplo",
    __name__,
    (
        DocumentKind(
            "till_ticket",
            f"{__name__}:Ticket",
            f"{__name__}:TICKET",
            "Tiquete de ejemplo",
            DocumentType.BOLETA_DE_ESPECTACULOS_PUBLICOS,
            numbering=Authorised(),
            key=Key("dian_fe.ubl.keys:document_key", IdAlgorithm.CUDE, Secret.PIN),
            files=FileNames("pos"),
            sends=("SendBillSync", "SendTestSetAsync"),
            delivered=True,
            codes={"key": "TKT03"},
            recognise=f"{__name__}:is_ticket",
            amounts=True,
        ),
    ),
    rules=f"{__name__}:BOOK",
    presentation=f"{__name__}:PAPER",
    test_set=f"{__name__}:PLAN",
    office=f"{__name__}:OFFICE",
    samples=f"{__name__}:SAMPLES",
)
