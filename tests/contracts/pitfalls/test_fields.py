"""Pitfalls of fields: codes, schema, dates."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from dian_fe import (
    Address,
    CreditNote,
    Customer,
    DebitNote,
    DeliveryTerms,
    ExchangeRate,
    OrderReference,
    Organization,
    Payment,
    build,
    read,
    sign,
)
from dian_fe.errors import (
    InvalidIdentification,
    MissingDueDate,
    MissingExchangeRate,
    NaiveDatetime,
    OutOfRange,
    ResolutionNotInForce,
    SigningError,
    UnknownPlace,
    WrongCheckDigit,
    WrongPrefix,
)
from dian_fe.testing import ToyPki
from tests.contracts.pitfalls.support import ISSUER, NOW, SHOP, built, flat, invoice, line, texts
from tests.contracts.properties.judges import official_xsd_faults
from tests.support.company import BOGOTA

pytestmark = pytest.mark.between

OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
SIGNER = ToyPki(7).signer("700085371")


def notes() -> list[Any]:
    original = built()
    credit = CreditNote.correcting(original, concept="2", number="NC1", issued_at=NOW)
    debit = DebitNote.correcting(
        original, concept="3", number="NC2", issued_at=NOW, lines=[line(price=Decimal(100), taxes=())]
    )
    return [build(credit, ISSUER), build(debit, ISSUER)]


def test_every_kind_passes_the_official_schema() -> None:
    for document, operation in zip([built(), *notes()], ["10", "20", "30"], strict=True):
        assert texts(document.xml, "CustomizationID") == [operation]
        assert official_xsd_faults(sign(document, SIGNER, at=NOW).xml) == []


def test_the_schema_location_is_the_exact_one_of_the_root() -> None:
    for document in [built(), *notes()]:
        root = etree.fromstring(document.xml)
        name = etree.QName(root).localname
        assert root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") == (
            f"{OASIS}:{name}-2 http://docs.oasis-open.org/ubl/os-UBL-2.1/xsd/maindoc/UBL-{name}-2.1.xsd"
        )


@pytest.mark.parametrize(("nit", "digit"), [("800197268", "4"), ("900373076", "4"), ("700085371", "1")])
def test_the_check_digit_is_computed_and_a_wrong_one_refused(nit: str, digit: str) -> None:
    assert Organization(nit=nit, name="Ejemplo").check_digit == digit
    wrong = str((int(digit) + 1) % 10)
    with pytest.raises(WrongCheckDigit) as caught:
        Organization(nit=nit, name="Ejemplo", check_digit=wrong)
    assert (caught.value.found, caught.value.expected) == (wrong, digit)
    assert f'schemeID="{ISSUER.organization.check_digit}"' in built().xml.decode()


@pytest.mark.parametrize("nit", ["900.373.076", "0900373076", "NIT900373076", " "])
def test_ids_are_digits_alone(nit: str) -> None:
    with pytest.raises(InvalidIdentification) if nit.strip() else pytest.raises(ValueError, match="vacío"):
        Organization(nit=nit, name="Ejemplo")


def test_an_order_number_goes_through_whatever_it_holds() -> None:
    number = "OC-45/ñ\n2"
    document = built(order=OrderReference(number=number))
    assert read(document.xml).document.order.number == number


def test_the_final_consumer_has_the_fixed_identity() -> None:
    document = built(customer=Customer.final_consumer())
    xml = flat(document.xml)
    customer = xml[xml.index("<cac:AccountingCustomerParty>") : xml.index("</cac:AccountingCustomerParty>")]
    for piece in (
        "<cbc:AdditionalAccountID>2<",
        'schemeName="13">222222222222</cbc:CompanyID>',
        "<cbc:RegistrationName>consumidor final<",
        "<cbc:TaxLevelCode>R-99-PN<",
        "<cbc:ID>ZZ</cbc:ID><cbc:Name>No aplica<",
        '<cac:PartyIdentification><cbc:ID schemeName="13">222222222222<',
    ):
        assert piece in customer
    assert document.key != built().key


@pytest.mark.parametrize(("id_type", "kind"), [("13", "2"), ("31", "1")])
@pytest.mark.parametrize("credit", [False, True])
def test_person_or_company_cash_or_credit(id_type: str, kind: str, credit: bool) -> None:
    buyer = Customer(id_type=id_type, id="800199436", name="Comprador")
    payment = Payment.credit(date(2026, 4, 1)) if credit else Payment.cash()
    xml = flat(built(customer=buyer, payment=payment).xml)
    assert f"<cac:AccountingCustomerParty><cbc:AdditionalAccountID>{kind}<" in xml
    means = xml[xml.index("<cac:PaymentMeans>") : xml.index("</cac:PaymentMeans>")]
    assert f"<cbc:ID>{'2' if credit else '1'}</cbc:ID>" in means
    assert ("<cbc:PaymentDueDate>2026-04-01<" in means) is credit


def test_credit_needs_its_due_date() -> None:
    with pytest.raises(MissingDueDate) as caught:
        invoice(payment=Payment(form="2", means="10"))
    assert caught.value.field == "payments[0].due_date"


@pytest.mark.parametrize(
    ("number", "issued_at", "error"),
    [
        ("SETP1", NOW, OutOfRange),
        ("SETP995000001", NOW, OutOfRange),
        ("FE990000001", NOW, WrongPrefix),
        ("SETP990000001", datetime(2030, 1, 20, tzinfo=BOGOTA), ResolutionNotInForce),
        ("SETP990000001", datetime(2019, 1, 18, tzinfo=BOGOTA), ResolutionNotInForce),
    ],
)
def test_numbers_outside_the_resolution_are_three_local_errors(
    number: str, issued_at: datetime, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        build(invoice(number=number, issued_at=issued_at), ISSUER)
    details: Any = caught.value
    assert details.field
    assert details.found
    assert details.expected
    assert details.remedy


def test_an_export_tells_currency_rate_brand_and_model() -> None:
    goods = line(taxes=(), brand="Ejemplo", model="M-1", standard_code="0901210000", standard="020")
    rate = ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=date(2026, 3, 2))
    abroad = Customer(
        id_type="42",
        id="X-99",
        name="Buyer Inc",
        address=Address(country="US", city="Miami", line="1 Main St"),
    )
    document = built(
        goods,
        type_code="02",
        currency="USD",
        exchange_rate=rate,
        customer=abroad,
        delivery_terms=DeliveryTerms(id="1", incoterm="FOB"),
    )
    xml = flat(document.xml)
    assert 'currencyID="COP"' not in xml
    for piece in ("<cbc:SourceCurrencyCode>USD<", "<cbc:TargetCurrencyCode>COP<", "<cbc:CalculationRate>4012.35<"):
        assert piece in xml
    assert "<cbc:Date>2026-03-02<" in xml
    assert "<cbc:BrandName>Ejemplo<" in xml
    assert "<cbc:LossRiskResponsibilityCode>FOB<" in xml
    assert "Buyer Inc" in xml
    with pytest.raises(MissingExchangeRate):
        built(goods, type_code="02", currency="USD")


def test_places_of_residents_follow_from_the_municipality() -> None:
    address = Address.colombia("05001", "Cra 1 # 2-3")
    assert (address.city, address.department, address.postal_code) == ("MEDELLÍN", "Antioquia", "050001")
    assert address.country == "CO"
    with pytest.raises(UnknownPlace):
        Address.colombia("99999")
    assert Address(country="US", city="Miami").municipality is None


def test_the_extension_is_in_its_own_namespace() -> None:
    for document in [built(), *notes()]:
        assert b'xmlns:sts="dian:gov:co:facturaelectronica:Structures-2-1"' in document.xml


def test_the_head_of_each_kind() -> None:
    profiles = [
        "DIAN 2.1: Factura Electrónica de Venta",
        "DIAN 2.1: Nota Crédito de Factura Electrónica de Venta",
        "DIAN 2.1: Nota Débito de Factura Electrónica de Venta",
    ]
    for document, profile, scheme in zip(
        [built(), *notes()], profiles, ["CUFE-SHA384", "CUDE-SHA384", "CUDE-SHA384"], strict=True
    ):
        xml = flat(document.xml)
        assert f"<cbc:ProfileID>{profile}</cbc:ProfileID><cbc:ProfileExecutionID>2<" in xml
        assert f'<cbc:UUID schemeID="2" schemeName="{scheme}">{document.key}<' in xml
        assert ">COP</cbc:DocumentCurrencyCode>" in xml


def test_the_day_is_colombian_wherever_the_machine_stands() -> None:
    late = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # 23:30 of the day before in Bogotá
    document = built(issued_at=late)
    assert texts(document.xml, "IssueDate")[0] == "2026-03-02"
    assert texts(document.xml, "IssueTime") == ["23:30:00-05:00"]
    with pytest.raises(NaiveDatetime):
        invoice(issued_at=datetime(2026, 3, 2, 23, 30))
    code = "from tests.contracts.pitfalls.support import *; print(built(issued_at=NOW).key)"
    keys = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "America/Bogota", "Asia/Tokyo")
    }
    assert keys == {f"{built(issued_at=NOW).key}\n"}


@pytest.mark.parametrize("micro", [999_999, 100])
def test_one_reading_of_the_clock_feeds_issue_and_signature(micro: int) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=BOGOTA)
    moment = midnight - timedelta(microseconds=100) if micro == 999_999 else midnight + timedelta(microseconds=100)
    document = built(issued_at=moment)
    signed = sign(document, SIGNER, at=moment)
    day, hour = texts(document.xml, "IssueDate")[0], texts(document.xml, "IssueTime")[0]
    assert texts(signed.xml, "SigningTime") == [f"{day}T{hour}"]
    with pytest.raises(SigningError):
        sign(document, SIGNER, at=moment + timedelta(days=1))
    assert SHOP.nit in texts(document.xml, "CompanyID")
