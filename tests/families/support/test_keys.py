"""The published vectors of the CUDS: through the formula, and through a whole document."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from lxml import etree

from dian_fe import (
    ExchangeRate,
    Issuer,
    Organization,
    Payment,
    Resolution,
    Seller,
    Software,
    SupportDocument,
    SupportLine,
    build,
    charge,
    discount,
    iva,
    rete_iva,
    rete_renta,
)
from dian_fe.families.support.keys import cuds_seed
from dian_fe.ubl.keys import sha384
from tests.contracts.vectors.published import SECURITY_VECTORS


class Vector(NamedTuple):
    """The fields of a CUDS, as published, and the hash that they give."""

    number: str
    issue_date: str
    issue_time: str
    line_extension: str
    iva: str
    payable: str
    seller_id: str
    buyer_id: str
    pin: str
    environment: str
    key: str

    def seed(self, **changes: str) -> str:
        fields = self._replace(**changes)._asdict()
        del fields["key"]
        return cuds_seed(**fields)


ANNEX = Vector(
    "0000000001", "2020-10-24", "14:04:35-05:00", "15000.00", "19.00", "16350.00", "900373076", "8355990", "12345", "1",
    "bf4bb6920d5054ac065ddb7e6df0398e63e3ba2ff29cb341edd7d46ee8f2ea1802f84aaca91a19a24623e5e3baff3a71",
)  # fmt: skip
"""Annex 1.1, section 14.1.1. Its amounts do not add up: a vector of the formula alone."""
DOLLARS = Vector(
    "DS236000009", "2022-04-05", "13:34:59-05:00", "3899.00", "432.00", "4152.00", "95872202", "20227859", "12345", "2",
    "4a18cc3f8e9ca8e4ae15e3b4c04bad4b32357586b1ba4fb92f77933968967a2c9372f5973b6c33adfa3ccd5269d06a31",
)  # fmt: skip
"""DIAN's toolbox, a document in dollars: the amounts stay in them, and withholdings stay out."""
NOTE = Vector(
    "NA102", "2022-02-19", "16:25:36-05:00", "3899000.00", "322430.00", "4152178.00", "1020", "800197268", "12345", "2",
    "e8343c2f18853aa43e70f48379d489c0b65b0c6ca57d670d305c545dd5e868f14148927431ddde52365030d607a3c306",
)  # fmt: skip
"""DIAN's toolbox, a note, with the data that its hash was made of."""
NOTE_AS_WRITTEN = NOTE._replace(iva="432530.00", payable="4152176.00", seller_id="1010195560")
"""What the file says: it was changed after its hash was made."""
VECTORS = [ANNEX, DOLLARS, NOTE]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.number)
def test_the_formula_gives_the_published_key(vector: Vector) -> None:
    assert sha384(vector.seed()) == vector.key


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.number)
def test_every_field_counts(vector: Vector) -> None:
    for name in Vector._fields[:-1]:
        assert sha384(vector.seed(**{name: "1" + getattr(vector, name)})) != vector.key, name


def test_the_composition_is_that_of_the_annex() -> None:
    assert ANNEX.seed() == "00000000012020-10-2414:04:35-05:0015000.000119.0016350.009003730768355990123451"


def test_the_issuer_does_not_come_first() -> None:
    assert sha384(ANNEX.seed(seller_id=ANNEX.buyer_id, buyer_id=ANNEX.seller_id)) != ANNEX.key


def test_the_toolbox_note_was_changed_after_its_hash() -> None:
    assert sha384(NOTE_AS_WRITTEN.seed()) != NOTE.key


def test_a_whole_document_has_the_key_of_the_toolbox() -> None:
    """The sums of DIAN's example, of lines that give them: two rates of IVA, a discount, a charge, withholdings."""
    security = SECURITY_VECTORS[0]
    buyer = Organization(nit=DOLLARS.buyer_id, name="Empresa del ejemplo", municipality="11001", address="Cl 1 # 2-3")
    issuer = Issuer(
        organization=buyer,
        software=Software(id=security.software_id, pin=DOLLARS.pin),
        numberings=[
            Resolution(
                authorization="18760000001",
                prefix="DS",
                range_from=1,
                range_to=999_999_999,
                valid_from=date(2022, 1, 1),
                valid_to=date(2023, 1, 1),
                document_type="05",
            )
        ],
    )
    document = SupportDocument.from_lines(
        number=DOLLARS.number,
        issued_at=f"{DOLLARS.issue_date}T{DOLLARS.issue_time}",
        supplier=Seller(id=DOLLARS.seller_id, name="Vendedor del ejemplo", municipality="11001", address="Cl 2 # 3-4"),
        customer=buyer,
        lines=[
            SupportLine(description="Asesoría", price="1694.74", taxes=[iva(19)], withholdings=[rete_iva(15)]),
            SupportLine(description="Semillas", price=2200, taxes=[iva(5)]),
            SupportLine(description="Transporte", price="4.26"),
        ],
        withholdings=[rete_renta("2.50")],
        allowances=[discount(amount=393), charge(amount=214)],
        currency="USD",
        exchange_rate=ExchangeRate(currency="USD", rate="3750.50", date=DOLLARS.issue_date),
        payment=Payment.cash(),
    )
    assert [(rate.percent, rate.amount) for total in document.taxes for rate in total.subtotals] == [
        (Decimal(19), Decimal("322.00")),
        (Decimal(5), Decimal("110.00")),
    ]
    built = build(document, issuer)
    assert built.key == DOLLARS.key
    root = etree.fromstring(built.xml)
    uuid = root.find("{*}UUID")
    assert uuid is not None
    assert (uuid.text, dict(uuid.attrib)) == (DOLLARS.key, {"schemeID": "2", "schemeName": "CUDS-SHA384"})
    assert root.findtext(".//{*}SoftwareSecurityCode") == security.code
    assert built.qr_text.split("\n") == [
        "NumDS: DS236000009",
        "FecDS: 2022-04-05",
        "HorDS: 13:34:59-05:00",
        "NumSNO: 95872202",
        "DocAdq: 20227859",
        "ValDS: 3899.00",
        "ValIva: 432.00",
        "ValTolDS: 4152.00",
        f"CUDS: {DOLLARS.key}",
        f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={DOLLARS.key}",
    ]
    assert DOLLARS.pin not in (root.findtext(".//{*}QRCode") or "").replace(DOLLARS.key, "")
    assert hashlib.sha384(DOLLARS.seed().encode()).hexdigest() == built.key
