"""A family with the sales family's roots: the buyer issues for a seller that does not, and corrects by a note."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

from dian_fe._readiness import Draft
from dian_fe.catalogs import CodeEnum, CreditNoteConcept, DocumentType, IdAlgorithm
from dian_fe.families.sales.tables import CREDIT_NOTE, INVOICE
from dian_fe.families.spec import Authorised, DocumentKind, Family, FileNames, Key, OwnPrefix, Roles, Secret
from dian_fe.graphic.presentation import Presentation
from dian_fe.habilitacion.plan import GivenCounts, TestSetPlan
from dian_fe.models._base import ModelMeta, Text, update_fast
from dian_fe.models._typing import Many, field
from dian_fe.models.customer import Customer
from dian_fe.models.document import TradeDocument
from dian_fe.models.issuer import Issuer, Software
from dian_fe.models.lines import Line
from dian_fe.models.party import Party
from dian_fe.models.payment import Payment
from dian_fe.models.references import Correction, DocumentReference
from dian_fe.models.taxes import TaxTotal, iva
from dian_fe.rules.book import RuleBook, Version
from dian_fe.signing.documents import sign_document
from dian_fe.testing.office import Office
from dian_fe.testing.random_documents import issuer_at, sample_issuer
from dian_fe.testing.samples import Issued, Samples
from dian_fe.ubl.build import build
from dian_fe.ubl.extensions import DIAN
from dian_fe.ubl.grammar import Grammar

SELLER = Customer(id="900373076", id_type="31", name="Finca Ejemplo", municipality="05001", address="Vereda 1")
"""Who sells and does not issue."""
BOUGHT, ADJUSTED = "85", "86"
"""Type codes that DIAN's list lacks, so that no family of the library takes its documents."""


class Acquisition(TradeDocument, metaclass=ModelMeta):
    """What a buyer issues for what it bought."""

    OPERATIONS: ClassVar[tuple[str, ...]] = ("10", "11")
    TYPE_CODES: ClassVar[tuple[str, ...]] = (BOUGHT,)
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True

    kind: Literal["acquisition"] = "acquisition"
    operation: Text = "10"
    type_code: Text = BOUGHT
    withholdings: Many[TaxTotal] = field(default=())

    @property
    def issuer_id(self) -> str:
        """NIT of the buyer, who issues."""
        return self.customer.id


class AcquisitionNote(TradeDocument, metaclass=ModelMeta):
    """What corrects an acquisition."""

    OPERATIONS: ClassVar[tuple[str, ...]] = ("10", "11")
    TYPE_CODES: ClassVar[tuple[str, ...]] = (ADJUSTED,)
    CONCEPTS: ClassVar[type[CodeEnum]] = CreditNoteConcept
    LOWERS: ClassVar[bool] = True

    kind: Literal["acquisition_note"] = "acquisition_note"
    operation: Text = "10"
    type_code: Text = ADJUSTED
    corrections: Many[Correction] = field(default=())

    @property
    def issuer_id(self) -> str:
        """NIT of the buyer, who issues."""
        return self.customer.id


ACQUISITION = Grammar(INVOICE.rows, INVOICE.words, extensions=(DIAN,))
NOTE = Grammar(CREDIT_NOTE.rows, CREDIT_NOTE.words, extensions=(DIAN,))


def _type(root: Any) -> str:
    return next((each.text or "" for each in root.iterchildren("{*}InvoiceTypeCode", "{*}CreditNoteTypeCode")), "")


def is_acquisition(root: Any) -> bool:
    """True for documents of its type."""
    return _type(root) == BOUGHT


def is_note(root: Any) -> bool:
    """True for notes of its type."""
    return _type(root) == ADJUSTED


BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data") / "support",
    {r"ZSA\d\d": ("acquisition",), r"ZSN\d\d": ("acquisition_note",)},
    (Version("1.1", date(2022, 1, 1)),),
    "Anexo de ejemplo 1.1, regla {code}",
    (f"{__name__}_rules",),
)
OFFICE = Office()


def qr_pairs(document: Any) -> tuple[tuple[str, str], ...]:
    """Return what the printed QR says."""
    return ("NumDS", document.number), ("ValDS", str(document.payable))


def acquisition(number: str, at: datetime, issuer: Issuer, **changes: Any) -> Acquisition:
    """Return a plain one."""
    given: dict[str, Any] = {
        "number": number,
        "issued_at": at,
        "supplier": SELLER,
        "customer": issuer.organization,
        "lines": [Line(description="Café", quantity=2, price=Decimal(1000), taxes=(iva(19),))],
        "payment": Payment.cash(),
    }
    return Acquisition.from_lines(**(given | changes))


def note(number: str, at: datetime, issuer: Issuer, original: Any, **changes: Any) -> AcquisitionNote:
    """Return a note of a received or signed acquisition."""
    corrected = original.document
    given: dict[str, Any] = {
        "number": number,
        "issued_at": at,
        "supplier": corrected.supplier,
        "customer": corrected.customer,
        "lines": [Line(description="Café", quantity=1, price=Decimal(1000), taxes=(iva(19),))],
        "payment": Payment.cash(),
        "corrections": (Correction(concept="1", description="Menos", reference=corrected.number),),
        "billing_references": (
            DocumentReference(
                number=corrected.number, key=original.key, key_scheme="CUDS-SHA384", issue_date=corrected.issue_date
            ),
        ),
    }
    return AcquisitionNote.from_lines(**(given | changes))


def sample(kind: str, number: str, at: datetime, issuer: Issuer, original: Any = None) -> Any:
    """Return a document of the test set."""
    if kind == "acquisition":
        return acquisition(number, at, issuer)
    return note(number, at, issuer, original)


def drafted(issuer: Party, counterpart: Party, number: str, at: datetime) -> Acquisition:
    """Return one that says of its parties what they say."""
    made = acquisition(number, at, sample_issuer())
    return update_fast(made, {"customer": issuer, "supplier": counterpart})


DRAFT = Draft(
    "acquisition",
    drafted,
    {"supplier": "cac:AccountingSupplierParty", "customer": "cac:AccountingCustomerParty"},
    {"ZSA05": "valid_to"},
)
PLAN = TestSetPlan(GivenCounts, {"acquisition": 2, "acquisition_note": 1}, sample, {"acquisition_note": "NS"})

SOFTWARE = Software(id="22222222-3333-4444-8555-666666666666", pin="54321", serves=("acquisition", "acquisition_note"))


def issuer_of(dian: Any) -> Issuer:
    """Return a sales issuer with a numbering and a software for acquisitions too."""
    usual = issuer_at(dian)
    own = dian.resolution("DS").replace(document_type="05", technical_key=None)
    dian.register(own, nit=usual.organization.nit)
    dian.register_software(SOFTWARE)
    return usual.replace(numberings=(own,), softwares=(SOFTWARE,))


class _Samples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        at = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
        number = source.randint(1, 5000)
        first = acquisition(f"DS{number}", at, issuer)
        if kind != "acquisition_note":
            return first
        return note(f"NS{number}", at, issuer, build(first, issuer))

    def issuer(self, dian: Any) -> Issuer:
        return issuer_of(dian)

    def issued(self, dian: Any, kind: str, seed: int) -> Issued:
        issuer = issuer_of(dian)
        at = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
        signer = dian.signer(issuer.organization.nit)
        number = Random(seed).randint(1, 5000)
        first = sign_document(build(acquisition(f"DS{number}", at, issuer), issuer), signer, at=at)
        if kind == "acquisition":
            return Issued(first, issuer)
        assert dian.judge(first.xml).is_valid
        return Issued(sign_document(build(note(f"NS{number}", at, issuer, first), issuer), signer, at=at), issuer)


SAMPLES = _Samples()

_KEY = Key("dian_fe.ubl.keys:document_key", IdAlgorithm.CUDS, Secret.PIN)

FAMILY = Family(
    "acquisitions",
    "Compras a quien no factura",
    "Anexo de ejemplo 1.1",
    __name__,
    (
        DocumentKind(
            "acquisition",
            f"{__name__}:Acquisition",
            f"{__name__}:ACQUISITION",
            "Documento soporte de ejemplo",
            DocumentType.DOCUMENTO_SOPORTE,
            roles=Roles("customer", "supplier"),
            numbering=Authorised(),
            key=_KEY,
            files=FileNames("ds"),
            qr=f"{__name__}:qr_pairs",
            sends=("SendBillSync", "SendTestSetAsync"),
            codes={"key": "ZSA03", "authorization": "ZSA04"},
            recognise=f"{__name__}:is_acquisition",
            amounts=True,
        ),
        DocumentKind(
            "acquisition_note",
            f"{__name__}:AcquisitionNote",
            f"{__name__}:NOTE",
            "Nota de ajuste de ejemplo",
            DocumentType.NOTA_DE_AJUSTE_AL_DOCUMENTO_SOPORTE,
            roles=Roles("customer", "supplier"),
            numbering=OwnPrefix(),
            key=_KEY,
            files=FileNames("nas"),
            qr=f"{__name__}:qr_pairs",
            sends=("SendBillSync", "SendTestSetAsync"),
            codes={"key": "ZSN03"},
            corrects=frozenset({"acquisition"}),
            concepts="credit_note_concepts",
            recognise=f"{__name__}:is_note",
            amounts=True,
        ),
    ),
    rules=f"{__name__}:BOOK",
    presentation=f"{__name__}:PAPER",
    test_set=f"{__name__}:PLAN",
    office=f"{__name__}:OFFICE",
    draft=f"{__name__}:DRAFT",
    samples=f"{__name__}:SAMPLES",
)
PAPER = Presentation({}, {}, {"totals": "totales"})
