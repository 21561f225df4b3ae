"""A family that is not UBL: data in attributes of empty elements, and no extension but the signature's."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha384
from pathlib import Path
from random import Random
from typing import Any, Literal

from dian_fe.catalogs import DocumentType, IdAlgorithm
from dian_fe.errors import InvalidInput
from dian_fe.families.spec import DocumentKind, Family, FileNames, Free, Key, Roles, Secret
from dian_fe.graphic.content import Content, Field, Label, PartyBlock, Section
from dian_fe.graphic.labels import labels
from dian_fe.graphic.making import plain_content
from dian_fe.graphic.presentation import Presentation
from dian_fe.habilitacion.plan import GivenCounts, TestSetPlan
from dian_fe.models._base import Model
from dian_fe.models._dates import Moment
from dian_fe.models._fields import Text, field
from dian_fe.models.issuer import Issuer, Software
from dian_fe.rules.book import RuleBook, Version
from dian_fe.testing.office import Office
from dian_fe.testing.samples import Samples, issuer_at
from dian_fe.ubl.codecs import COUNT, DATE_OF, DAY, NUMBER, TEXT, TIME_OF, date_of
from dian_fe.ubl.grammar import Grammar
from dian_fe.ubl.namespaces import NAMESPACES, Namespaces
from dian_fe.ubl.table import Row, Structure


class Employer(Model):
    """Who pays."""

    id: Text
    name: Text
    check_digit: Text | None = None


class Worker(Model):
    """Who is paid."""

    id_type: str = field(pattern=r"^[1-9]\d$")
    id: Text
    name: Text


class Earning(Model):
    """A part of what is paid."""

    concept: Text
    value: Decimal


class Pay(Model):
    """What an employer paid a worker for a month."""

    kind: Literal["pay"] = "pay"
    number: Text
    issued_at: Moment
    employer: Employer
    worker: Worker
    start: date
    days: int
    earnings: tuple[Earning, ...] = ()
    total: Decimal

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""
        return self.issued_at.date()

    @property
    def issuer_id(self) -> str:
        """NIT of the employer."""
        return self.employer.id

    @property
    def references(self) -> tuple[Any, ...]:
        """It refers to nothing."""
        return ()

    def check_issuable(self, issuer: Any) -> None:
        """Refuse what pays nothing."""
        if not self.earnings:
            raise InvalidInput("no se paga nada.", field="earnings", expected="al menos un pago")


_ROWS = (
    Row("Numero/@Numero", "number", TEXT, "Número"),
    Row("General/@Ambiente", "control.environment", TEXT, "Ambiente"),
    Row("General/@Clave", "control.key", TEXT, "CUNE"),
    Row("General/@Esquema", "control.key_scheme", TEXT, "Algoritmo"),
    Row("General/@Fecha", "issued_at", DATE_OF, "Fecha"),
    Row("General/@Hora", "issued_at", TIME_OF, "Hora"),
    Row("General/@Version", "control.profile", TEXT, "Versión"),
    Row("Software/@Nit", "control.provider_nit", TEXT, "NIT"),
    Row("Software/@Id", "control.software_id", TEXT, "Software"),
    Row("Software/@SC", "control.security_code", TEXT, "Código de seguridad"),
    Row("CodigoQR", "control.qr", TEXT, "QR"),
    Row(
        "Empleador",
        "employer",
        Structure(
            "Employer",
            Employer,
            (
                Row("@Nit", "id", TEXT, "NIT"),
                Row("@DV", "check_digit", TEXT, "DV"),
                Row("@Nombre", "name", TEXT, "Nombre"),
            ),
        ),
        "Empleador",
    ),
    Row(
        "Trabajador",
        "worker",
        Structure(
            "Worker",
            Worker,
            (
                Row("@Tipo", "id_type", TEXT, "Tipo"),
                Row("@Numero", "id", TEXT, "Número"),
                Row("@Nombre", "name", TEXT, "Nombre"),
            ),
        ),
        "Trabajador",
    ),
    Row(
        "Devengados/Devengado",
        "earnings",
        Structure(
            "Earning",
            Earning,
            (Row("@Concepto", "concept", TEXT, "Concepto"), Row("@Valor", "value", NUMBER, "Valor")),
        ),
        "Pagos",
        many=True,
    ),
    Row("Periodo/@Inicio", "start", DAY, "Inicio"),
    Row("Periodo/@Dias", "days", COUNT, "Días"),
    Row("Total/@Valor", "total", NUMBER, "Total"),
)
PAY = Grammar(
    _ROWS,
    namespaces=Namespaces(
        "urn:example:nomina:{root}",
        {name: uri for name, uri in NAMESPACES.items() if name in {"ext", "ds", "xades", "xades141", "xsi"}},
        "",
    ),
    schema=None,
)


def pay_key(document: Pay, *, secret: str, environment: str) -> str:
    """Return its unique code."""
    seed = f"{document.number}{date_of(document.issued_at)}{document.total}{document.employer.id}{secret}{environment}"
    return sha384(seed.encode()).hexdigest()


BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data") / "payroll",
    {r"PGO\d{3}": ("pay",)},
    (Version("1.0", date(2022, 1, 1)),),
    "Nómina de ejemplo, regla {code}",
    (f"{__name__}_rules",),
)


class _Paper(Presentation):
    def content(self, source: Any, software: Any, authorized_on: date | None, english: bool) -> Content:
        label = labels(english, self.texts)
        document: Pay = source.document

        def block(title: str, party: Any) -> PartyBlock:
            return PartyBlock(label(title), party.name, None, Field(Label("Número"), party.id), (), ())

        paid = tuple(Field(Label(each.concept), str(each.value)) for each in document.earnings)
        return plain_content(
            self,
            source,
            software,
            english,
            issuer=block("employer", document.employer),
            counterpart=block("worker", document.worker),
            sections=(Section("earnings", label("earnings"), paid),),
        )


PAPER = _Paper(
    {},
    {
        "employer": ("Empleador", "Employer"),
        "worker": ("Trabajador", "Worker"),
        "earnings": ("Devengados", "Earnings"),
    },
)


def pay(number: str, at: datetime, issuer: Issuer, **changes: Any) -> Pay:
    """Return a plain one."""
    given: dict[str, Any] = {
        "number": number,
        "issued_at": at,
        "employer": Employer(id=issuer.organization.nit, name=issuer.organization.name, check_digit="1"),
        "worker": Worker(id_type="13", id="1020304050", name='Ana "la" <Pérez>'),
        "earnings": (Earning(concept="Sueldo", value=Decimal("1000.00")), Earning(concept="Bono", value=Decimal(5))),
        "start": date(2026, 2, 1),
        "days": 28,
        "total": Decimal("1005.00"),
    }
    return Pay(**(given | changes))


def sample(kind: str, number: str, at: datetime, issuer: Issuer, original: Any = None) -> Pay:
    """Return a document of the test set."""
    return pay(number, at, issuer)


PLAN = TestSetPlan(GivenCounts, {"pay": 2}, sample, {"pay": "N"})
SOFTWARE = Software(id="33333333-3333-4444-8555-666666666666", pin="98765", serves=("pay",))


def issuer_of(dian: Any) -> Issuer:
    """Return an employer with a software of its own for payroll, and no numbering at all."""
    dian.register_software(SOFTWARE)
    return issuer_at(dian).replace(softwares=(SOFTWARE,), resolution=None)


class _Samples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        return pay(f"N{source.randint(1, 99)}", datetime.fromisoformat("2026-03-02T10:00:00-05:00"), issuer)

    def issuer(self, dian: Any) -> Issuer:
        return issuer_of(dian)


SAMPLES = _Samples()
OFFICE = Office()
FAMILY = Family(
    "pays",
    "Nómina de ejemplo",
    "Anexo de ejemplo",
    __name__,
    (
        DocumentKind(
            "pay",
            f"{__name__}:Pay",
            f"{__name__}:PAY",
            "Pago de ejemplo",
            DocumentType.NOMINA_INDIVIDUAL,
            root_element="Pago",
            profile_id="V1.0: pago de ejemplo",
            roles=Roles("employer", "worker"),
            numbering=Free(),
            key=Key(f"{__name__}:pay_key", IdAlgorithm.CUNE, Secret.PIN),
            files=FileNames("pe", with_provider=False),
            sends=("SendNominaSync",),
            codes={"key": "PGO003"},
        ),
    ),
    rules=f"{__name__}:BOOK",
    presentation=f"{__name__}:PAPER",
    test_set=f"{__name__}:PLAN",
    office=f"{__name__}:OFFICE",
    samples=f"{__name__}:SAMPLES",
)
