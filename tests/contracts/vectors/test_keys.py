"""Published vectors of CUFE, CUDE and SoftwareSecurityCode: through the formula, and through whole documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from pydantic import SecretStr

from dian_fe import (
    CreditNote,
    Customer,
    DebitNote,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    Resolution,
    Software,
    build,
    ica,
    inc,
    iva,
)
from dian_fe.catalogs import Environment
from dian_fe.families.events.keys import event_key
from dian_fe.models._fast import update_fast
from dian_fe.ubl.keys import key_seed, security_code, sha384
from tests.contracts.vectors.published import (
    ANNEX_CUDE_CREDIT_NOTE,
    ANNEX_CUDE_DEBIT_NOTE,
    ANNEX_CUFE,
    ANNEX_CUFE_WITH_ICA,
    EVENT_VECTORS,
    KEY_VECTORS,
    MISPRINTED_DEBIT_NOTE,
    SECURITY_VECTORS,
    EventVector,
    KeyVector,
    SecurityVector,
)

pytestmark = [pytest.mark.oldest, pytest.mark.between]


def seed_of(vector: KeyVector, **changes: str) -> str:
    v = vector._replace(**changes)
    return key_seed(
        number=v.number,
        issue_date=v.date,
        issue_time=v.time,
        line_extension=v.line_extension,
        taxes=(v.iva, v.inc, v.ica),
        payable=v.payable,
        supplier_id=v.supplier,
        customer_id=v.customer,
        secret=v.secret,
        environment=v.environment,
    )


@pytest.mark.parametrize("vector", KEY_VECTORS, ids=lambda v: v.source)
def test_the_formula_gives_the_published_key(vector: KeyVector) -> None:
    assert sha384(seed_of(vector)) == vector.key


@pytest.mark.parametrize("vector", KEY_VECTORS, ids=lambda v: v.source)
def test_every_field_counts(vector: KeyVector) -> None:
    for name in KeyVector._fields[1:-1]:
        changed = getattr(vector, name)
        assert sha384(seed_of(vector, **{name: "1" + changed})) != vector.key, name


def test_the_composition_is_that_of_the_annex() -> None:
    assert seed_of(ANNEX_CUFE) == (
        "3232000001292019-01-1610:53:10-05:001500000.0001285000.00040.00030.001785000.00"
        "700085371800199436693ff6f2a553c3646a063436fd4dd9ded03114711"
    )
    assert seed_of(ANNEX_CUFE_WITH_ICA) == (
        "81100078712019-02-2016:46:55-05:00235.280119.00040.00038.28262.569003730768355990123452"
    )
    assert seed_of(ANNEX_CUDE_CREDIT_NOTE) == (
        "81100078712019-01-1207:00:00-05:005000.0001950.00040.00030.005950.009003730768355990123011"
    )
    assert seed_of(ANNEX_CUDE_DEBIT_NOTE) == (
        "ND10012019-01-1810:58:00-05:0030000.00010.00042400.00030.0032400.0090019726410254102102012"
    )


def test_the_misprinted_debit_note_of_the_annex_does_not_match() -> None:
    assert sha384(seed_of(ANNEX_CUDE_DEBIT_NOTE)) != MISPRINTED_DEBIT_NOTE


@pytest.mark.parametrize("vector", EVENT_VECTORS, ids=lambda v: v.source)
def test_the_key_of_events(vector: EventVector) -> None:
    key = event_key(
        number=vector.number,
        issue_date=vector.date,
        issue_time=vector.time,
        sender_id=vector.sender,
        receiver_id=vector.receiver,
        response_code=vector.code,
        reference=vector.reference,
        reference_type=vector.reference_type,
        pin=vector.pin,
    )
    assert key == vector.key


@pytest.mark.parametrize("vector", SECURITY_VECTORS, ids=lambda v: v.source)
def test_software_security_code(vector: SecurityVector) -> None:
    assert security_code(software_id=vector.software_id, pin=vector.pin, number=vector.number) == vector.code


def whole(vector: KeyVector, model: type[Any], line: Line, *, prefix: str) -> Any:
    """Build a document that says what the vector says."""
    invoice = model is Invoice
    supplier = Organization(
        nit=vector.supplier,
        name="Empresa del anexo",
        municipality="11001",
        address="Cl 1 # 2-3",
        emails=["facturas@example.com"],
    )
    id_type = "31" if vector.customer.startswith("8001") else "13"
    resolution = Resolution(
        authorization="18760000001",
        prefix=prefix,
        range_from=1,
        range_to=999_999_999,
        valid_from=date(2019, 1, 1),
        valid_to=date(2020, 1, 1),
    )
    # The annex's second example has a key of a form that DIAN gives nobody, and `Resolution` refuses.
    resolution = update_fast(resolution, {"technical_key": SecretStr(vector.secret)})
    issuer = Issuer(
        organization=supplier,
        software=Software(id="00000000-0000-0000-0000-000000000001", pin="99999" if invoice else vector.secret),
        resolution=resolution if invoice else None,
        environment=Environment(vector.environment),
    )
    document = model.from_lines(
        number=vector.number,
        issued_at=f"{vector.date}T{vector.time}",
        supplier=supplier,
        customer=Customer(id_type=id_type, id=vector.customer, name="Adquirente del anexo"),
        lines=[line],
        payment=Payment.cash(),
    )
    return build(document, issuer, sequence=1)


WHOLE = [
    (ANNEX_CUFE, Invoice, Line(description="Servicio", price=Decimal(1_500_000), taxes=(iva(19),)), "3232"),
    (
        ANNEX_CUFE_WITH_ICA,
        Invoice,
        Line(description="Servicio", price=Decimal("235.28"), taxes=(iva(19, base=100), ica(3, base=276))),
        "811",
    ),
    (ANNEX_CUDE_CREDIT_NOTE, CreditNote, Line(description="Servicio", price=Decimal(5000), taxes=(iva(19),)), ""),
    (ANNEX_CUDE_DEBIT_NOTE, DebitNote, Line(description="Servicio", price=Decimal(30_000), taxes=(inc(8),)), "ND"),
]


@pytest.mark.parametrize(("vector", "model", "line", "prefix"), WHOLE, ids=[case[0].source for case in WHOLE])
def test_a_whole_document_has_the_key_of_the_annex(
    vector: KeyVector, model: type[Any], line: Line, prefix: str
) -> None:
    built = whole(vector, model, line, prefix=prefix)
    assert built.key == vector.key
    uuid = etree.fromstring(built.xml).find("{*}UUID")
    assert uuid is not None
    assert (uuid.text, uuid.get("schemeID")) == (vector.key, vector.environment)
    assert uuid.get("schemeName") == ("CUFE-SHA384" if model is Invoice else "CUDE-SHA384")
    assert built.qr_url.endswith(f"?documentkey={vector.key}")


def test_the_text_of_the_qr_follows_the_annex() -> None:
    built = whole(ANNEX_CUFE, *WHOLE[0][1:3], prefix="3232")
    assert built.qr_text.split("\n") == [
        "NumFac: 323200000129",
        "FecFac: 2019-01-16",
        "HorFac: 10:53:10-05:00",
        "NitFac: 700085371",
        "DocAdq: 800199436",
        "ValFac: 1500000.00",
        "ValIva: 285000.00",
        "ValOtroIm: 0.00",
        "ValTolFac: 1785000.00",
        f"CUFE: {ANNEX_CUFE.key}",
        f"https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey={ANNEX_CUFE.key}",
    ]
    note = whole(ANNEX_CUDE_DEBIT_NOTE, *WHOLE[3][1:3], prefix="ND")
    assert "ValIva: 0.00\nValOtroIm: 2400.00\nValTolFac: 32400.00\nCUDE: " in note.qr_text
    assert note.qr_text.endswith(f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={note.key}")


def test_secrets_show_nowhere() -> None:
    for vector, model, line, prefix in WHOLE:
        built = whole(vector, model, line, prefix=prefix)
        for text in (repr(built), built.document.to_json(), built.xml.decode(), repr(built.control), built.qr_text):
            assert vector.secret not in text.replace(vector.key, "")
