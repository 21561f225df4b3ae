"""A family of documents that the library does not know: gift vouchers, with a root and a namespace of their own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha384
from pathlib import Path
from typing import Any, Literal

from dian_fe.catalogs import IdAlgorithm
from dian_fe.errors import InvalidInput
from dian_fe.families.spec import BILL, DocumentKind, Family, FileNames, Free, Key, Roles, Secret
from dian_fe.graphic.content import Content, Field, Label, PartyBlock, Section
from dian_fe.graphic.labels import labels
from dian_fe.graphic.making import plain_content
from dian_fe.graphic.presentation import Presentation
from dian_fe.habilitacion.plan import GivenCounts, TestSetPlan
from dian_fe.models._base import Model
from dian_fe.models._dates import Moment
from dian_fe.models._fields import Text
from dian_fe.models.application_response import ResponseParty
from dian_fe.models.issuer import Issuer
from dian_fe.rules.book import RuleBook, Version
from dian_fe.testing.office import Office, OfficeCodes
from dian_fe.ubl.codecs import DATE_OF, DAY, NUMBER, TEXT, TIME_OF, date_of
from dian_fe.ubl.extensions import DIAN, Slot
from dian_fe.ubl.grammar import Grammar
from dian_fe.ubl.namespaces import NAMESPACES, Namespaces
from dian_fe.ubl.table import Attr, Const, Row, Structure


class Item(Model):
    """What a voucher may be spent on."""

    code: Text
    quantity: Decimal | None = None
    description: Text | None = None


class Campaign(Model):
    """Who pays for it: an extension of the voucher's own."""

    name: Text
    sponsor: Text | None = None


class Voucher(Model):
    """A gift voucher: the shop issues it, the holder spends it."""

    kind: Literal["voucher"] = "voucher"
    series: Text
    number: Text
    issued_at: Moment
    type_code: Text = "V1"
    shop: ResponseParty
    holder: ResponseParty
    valid_until: date | None = None
    days: Decimal | None = None
    value: Decimal
    items: tuple[Item, ...] = ()
    campaign: Campaign | None = None
    notes: tuple[Text, ...] = ()

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""
        return self.issued_at.date()

    @property
    def issuer_id(self) -> str:
        """NIT of the shop."""
        return self.shop.id

    @property
    def references(self) -> tuple[Any, ...]:
        """A voucher refers to nothing."""
        return ()

    def check_issuable(self, issuer: Any) -> None:
        """Refuse a voucher that is worth nothing."""
        if self.value <= 0:
            raise InvalidInput("el vale no vale nada.", field="value", found=self.value, expected="más de 0")


PARTY = Structure(
    "VoucherParty",
    ResponseParty,
    (
        Row("Nombre", "name", TEXT, "Nombre"),
        Row("@Numero", "id", TEXT, "Identificación"),
        Row("@Tipo", "id_type", TEXT, "Tipo de identificación"),
        Row("@DV", "check_digit", TEXT, "Dígito de verificación"),
    ),
)
ITEM = Structure(
    "VoucherItem",
    Item,
    (
        Row("@Codigo", "code", TEXT, "Código"),
        Row("@Cantidad", "quantity", NUMBER, "Cantidad"),
        Row("Descripcion", "description", TEXT, "Descripción"),
    ),
)
CAMPAIGN = Slot(
    "Campana",
    Structure(
        "Campaign",
        Campaign,
        (Row("Nombre", "name", TEXT, "Campaña"), Row("@Patrocinador", "sponsor", TEXT, "Patrocinador")),
    ),
    "campaign",
)
VOUCHER = Grammar(
    (
        Row("@Serie", "series", TEXT, "Serie"),
        Row("Numero", "number", TEXT, "Número"),
        Row("Clave", "control.key", TEXT, "Clave", attrs=(Attr("Esquema", field="control.key_scheme"),)),
        Row("Ambiente", "control.environment", TEXT, "Ambiente"),
        Row("Emision/@Fecha", "issued_at", DATE_OF, "Fecha"),
        Row("Emision/@Hora", "issued_at", TIME_OF, "Hora"),
        Row("{type_code}", "type_code", TEXT, "Tipo"),
        Row("Tienda", "shop", PARTY, "Tienda"),
        Row("Tenedor", "holder", PARTY, "Tenedor"),
        Const("Vigencia/@Version", "1", "Versión"),
        Row("Vigencia/@Hasta", "valid_until", DAY, "Vence"),
        Row("Vigencia/@Dias", "days", NUMBER, "Días"),
        Row("Valor", "value", NUMBER, "Valor"),
        Row("Items/Item", "items", ITEM, "Para qué sirve", many=True),
        Row("Nota", "notes", TEXT, "Notas", many=True),
    ),
    {"type_code": "Tipo"},
    Namespaces(
        "urn:example:{root}",
        {name: uri for name, uri in NAMESPACES.items() if name != "cac"},
        "{namespace} {root}.xsd",
    ),
    schema=Path(__file__).with_name("data"),
    extensions=(DIAN, CAMPAIGN),
)


def voucher_key(document: Voucher, *, secret: str, environment: str) -> str:
    """Return the toy's unique code."""
    seed = f"{document.series}{document.number}{date_of(document.issued_at)}{document.value}{secret}{environment}"
    return sha384(seed.encode()).hexdigest()


def qr_pairs(document: Voucher) -> tuple[tuple[str, str], ...]:
    """Return what the printed QR says."""
    return ("Vale", f"{document.series}{document.number}"), ("Valor", str(document.value))


def is_voucher(root: Any) -> bool:
    """True for vouchers of the one type that there is."""
    return (root.findtext("{*}Tipo") or "").startswith("V")


BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {r"VA\d\d": ("voucher",)},
    (Version("1.0", date(2025, 1, 1)), Version("2.0", date(2026, 1, 1))),
    "Norma de ejemplo, regla {code}",
    ("tests.families.toy_rules",),
)

OFFICE = Office({"voucher": OfficeCodes(environment="VA04")})


class _Paper(Presentation):
    def content(self, source: Any, software: Any, authorized_on: date | None, english: bool) -> Content:
        label = labels(english, self.texts)
        document: Voucher = source.document

        def block(title: str, party: ResponseParty) -> PartyBlock:
            return PartyBlock(label(title), party.name or "", None, Field(Label("NIT"), party.id), (), ())

        fields = (
            Field(label("worth"), f"$ {document.value}"),
            Field(label("until"), str(document.valid_until or "")),
        )
        return plain_content(
            self,
            source,
            software,
            english,
            issuer=block("shop", document.shop),
            counterpart=block("holder", document.holder),
            sections=(Section("voucher", label("voucher"), fields),),
            notes=document.notes,
        )


PAPER = _Paper(
    {"voucher": "voucher"},
    {
        "voucher": ("Vale de regalo", "Gift voucher"),
        "shop": ("Tienda", "Shop"),
        "holder": ("Tenedor", "Holder"),
        "worth": ("Valor del vale", "Worth"),
        "until": ("Válido hasta", "Valid until"),
    },
    {"value": "valor"},
)


def sample(kind: str, number: str, at: datetime, issuer: Issuer, original: Any = None) -> Voucher:
    """Return a plain voucher of the test set."""
    shop = issuer.organization
    return Voucher(
        series="VR",
        number=number,
        issued_at=at,
        shop=ResponseParty(name=shop.name, id=shop.nit),
        holder=ResponseParty(name="Ana Pérez", id="1020304050", id_type="13"),
        value=Decimal(10_000),
    )


PLAN = TestSetPlan(GivenCounts, {"voucher": 3}, sample, {"voucher": "V"})

FAMILY = Family(
    "vouchers",
    "Vales",
    "Norma de ejemplo",
    __name__,
    (
        DocumentKind(
            "voucher",
            f"{__name__}:Voucher",
            f"{__name__}:VOUCHER",
            "Vale de regalo",
            root_element="Vale",
            profile_id="Vale 1.0",
            roles=Roles("shop", "holder"),
            numbering=Free(),
            key=Key(f"{__name__}:voucher_key", IdAlgorithm.CUDE, Secret.PIN),
            files=FileNames("va", with_provider=False, zip_prefix="zva"),
            qr=f"{__name__}:qr_pairs",
            sends=BILL,
            codes={"key": "VA03", "signature": "VA05"},
            recognise=f"{__name__}:is_voucher",
        ),
    ),
    rules=f"{__name__}:BOOK",
    presentation=f"{__name__}:PAPER",
    test_set=f"{__name__}:PLAN",
    office=f"{__name__}:OFFICE",
)
