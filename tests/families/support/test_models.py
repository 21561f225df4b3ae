"""What a support document and its note take, fill in and refuse."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    Address,
    Customer,
    ExchangeRate,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    Purchase,
    Resolution,
    Seller,
    SupportDocument,
    SupportLine,
    SupportNote,
    build,
    check,
    ic_porcentual,
    inc,
    iva,
    load_document,
    read,
    rete_ica,
    rete_iva,
    rete_renta,
    rows,
)
from dian_fe.errors import InvalidInput, MissingDatum, NotAllowed, NumberingError, UnknownCode, WrongCheckDigit
from dian_fe.graphic import content_of
from dian_fe.testing import Simulator
from dian_fe.testing.random_documents import random_document, sample_issuer
from dian_fe.testing.samples import issuer_at
from dian_fe.ubl.writer.build import build as build_any

AT = datetime.fromisoformat("2026-03-04T10:00:00-05:00")
SELLER = Seller(id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 5 # 4-3")
LINE = Line(description="Café en grano", quantity=2, price=1000, taxes=[iva(19)])


def issuer() -> Issuer:
    dian = Simulator()
    return issuer_at(dian).replace(resolution=dian.resolution("DS").replace(document_type="05", technical_key=None))


def document(**changes: Any) -> SupportDocument:
    given: dict[str, Any] = {
        "number": "DS1",
        "issued_at": AT,
        "supplier": SELLER,
        "customer": issuer().organization,
        "lines": [LINE],
        "payment": Payment.cash(),
    }
    return SupportDocument.from_lines(**(given | changes))


@pytest.mark.parametrize(
    ("number", "kind", "digit"),
    [("1020304050", "2", "8"), ("79123456", "2", None), ("900373076", "1", "4"), ("830000001", "1", None)],
)
def test_a_seller_is_a_company_by_its_nit(number: str, kind: str, digit: str | None) -> None:
    seller = Seller(id=number, name="Ana Ejemplo")
    assert (seller.id_type, seller.organization_type) == ("31", kind)
    assert digit is None or seller.check_digit == digit


def test_a_seller_with_another_digit_is_refused() -> None:
    with pytest.raises(WrongCheckDigit):
        Seller(id="1020304050", check_digit="1", name="Ana Ejemplo")


def test_a_seller_may_say_what_it_is() -> None:
    assert Seller(id="900373076", name="Ana Ejemplo", organization_type="2").organization_type == "2"


@pytest.mark.parametrize(
    ("seller", "operation"),
    [
        (SELLER, "10"),
        (Seller(id="1020304050", name="Ana Ejemplo"), "10"),
        (Seller(id="X123", id_type="41", name="Ann", address=Address(country="US", city="Miami")), "11"),
        ({"id": "1020304050", "id_type": "31", "name": "Ana", "municipality": "76001"}, "10"),
    ],
)
def test_the_operation_follows_from_the_sellers_country(seller: Any, operation: str) -> None:
    assert document(supplier=seller).operation == operation


def test_an_operation_that_is_given_stays() -> None:
    assert document(operation="11").operation == "11"


def test_lines_say_when_they_were_bought() -> None:
    weekly = SupportLine(
        description="Leche", quantity=3, price=900, purchase=Purchase(date=date(2026, 3, 2), transmission="2")
    )
    first, second = document(lines=[LINE, weekly]).lines
    assert first.purchase == Purchase(date=date(2026, 3, 4), transmission="1", description="Por operación")
    assert (second.purchase, second.amount) == (weekly.purchase, Decimal(2700))
    assert weekly.purchase is not None
    assert weekly.purchase.description == "Acumulado semanal"


def test_lines_may_be_json() -> None:
    line = {"description": "Leche", "quantity": "3", "price": "900", "purchase": {"date": "2026-03-02"}}
    (made,) = document(lines=[line]).lines
    assert made.purchase == Purchase(date=date(2026, 3, 2))


@pytest.mark.parametrize("taxes", [[inc(8)], [ic_porcentual(5)], [iva(19), inc(8)]])
def test_other_taxes_are_refused(taxes: Any) -> None:
    with pytest.raises(UnknownCode, match=r"lines\[0\].taxes"):
        document(lines=[LINE.replace(taxes=tuple(taxes))])


def test_only_reteiva_and_reterenta_are_withheld() -> None:
    held = document(lines=[LINE.replace(withholdings=(rete_renta("2.5"), rete_iva(15)))])
    assert {total.code: total.amount for total in held.withholdings} == {"06": Decimal(50), "05": Decimal(57)}
    assert held.payable == Decimal(2380)
    with pytest.raises(UnknownCode, match="withholdings"):
        document(withholdings=[rete_ica("0.966")])


def test_withholdings_of_the_document_go_to_its_lines() -> None:
    held = document(lines=[LINE, LINE], withholdings=[rete_renta(10)])
    assert [line.withholdings[0].amount for line in held.lines] == [Decimal(200)] * 2
    assert held.withholdings[0].amount == Decimal(400)


@pytest.mark.parametrize(("name", "code"), [("operation", "20"), ("type_code", "01"), ("type_code", "95")])
def test_codes_of_other_documents_are_refused(name: str, code: str) -> None:
    with pytest.raises(UnknownCode, match=name):
        document(**{name: code})


def test_only_the_buyer_may_issue_it() -> None:
    other = Organization(nit="900373076", name="Otra SAS", municipality="05001", address="Cl 1")
    with pytest.raises(InvalidInput, match=r"customer\.id"):
        build(document(customer=other), issuer())


def test_it_needs_a_numbering_of_its_type() -> None:
    with pytest.raises(NumberingError, match="Documento soporte"):
        build(document(), sample_issuer().replace(resolution=sample_resolution("01")))


def sample_resolution(kind: str) -> Resolution:
    found = sample_issuer().resolution
    assert found is not None
    return found.replace(document_type=kind)


def test_an_invoice_is_none() -> None:
    invoice = random_document(3, "invoice")
    assert isinstance(invoice, Invoice)
    with pytest.raises(InvalidInput, match="SupportDocument"):
        SupportNote.correcting(invoice, concept="2", number="NA1", issued_at=AT, key="0" * 96)


@pytest.mark.parametrize("key", ["xyz", "0" * 95, "g" * 96, "0" * 97])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="96 dígitos"):
        SupportNote.correcting(document(), concept="2", number="NA1", issued_at=AT, key=key)


def test_a_note_takes_what_the_document_says() -> None:
    abroad = Seller(id="X123", id_type="41", name="Ann", address=Address(country="US", city="Miami"))
    built = build(document(supplier=abroad), issuer())
    note = SupportNote.correcting(built, concept="anulación", number="NA1", issued_at=AT)
    assert (note.operation, note.supplier, note.lines[0].purchase) == (
        "11",
        abroad.party(),
        built.document.lines[0].purchase,
    )
    (reference,) = note.billing_references
    assert (reference.number, reference.key, reference.key_scheme) == ("DS1", built.key, "CUDS-SHA384")
    assert note.annuls
    assert read(build(note, issuer()).xml).document == note


def test_a_note_over_part_of_it_carries_no_withholding() -> None:
    built = build(document(lines=[LINE.replace(withholdings=(rete_renta("2.5"),))]), issuer())
    part = built.document.lines[0].without_amounts(quantity=1)
    note = SupportNote.correcting(built, concept="1", number="NA1", issued_at=AT, lines=[part])
    assert (note.payable, note.lines[0].withholdings) == (Decimal(1190), ())
    with pytest.raises(NotAllowed, match="lines"):
        SupportNote.correcting(built, concept="3", number="NA1", issued_at=AT)


def test_notes_take_no_more_than_the_document() -> None:
    built = build(document(), issuer())
    whole = SupportNote.correcting(built, concept="2", number="NA1", issued_at=AT)
    part = [LINE.replace(quantity=Decimal(1))]
    with pytest.raises(NotAllowed, match=r"totals\.payable"):
        SupportNote.correcting(built, concept="1", number="NA2", issued_at=AT, lines=part, previous=[whole])
    with pytest.raises(UnknownCode, match="concept"):
        SupportNote.correcting(built, concept="6", number="NA2", issued_at=AT, lines=part)


def test_what_others_write_of_parties_is_read() -> None:
    """The whole party block of an invoice, the list of the currency: read without a remark, and not written again."""
    xml = build_any(document(), issuer()).xml.decode()
    scheme = "</cac:TaxScheme></cac:PartyTaxScheme>"
    legal = (
        '<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID schemeAgencyID="195" '
        'schemeAgencyName="CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)" schemeID="{digit}" '
        'schemeName="31">{id}</cbc:CompanyID></cac:PartyLegalEntity>'
    )
    seller, buyer = SELLER.party(), issuer().organization.party()
    head, middle, tail = xml.split(scheme)
    parts = [legal.format(name=each.name, digit=each.check_digit, id=each.id) for each in (seller, buyer)]
    wide = scheme.join((head, parts[0] + middle, parts[1] + tail)).replace(
        "<cbc:DocumentCurrencyCode>",
        '<cbc:DocumentCurrencyCode listAgencyID="6" listAgencyName="United Nations Economic Commission for Europe" '
        'listID="ISO 4217 Alpha">',
    )
    received = read(wide.encode())
    assert (received.problems, received.unmapped, received.document) == ((), (), document())
    assert build_any(received.document, issuer()).xml.decode() == xml
    told = read(wide.replace(parts[0], parts[0].replace("Ana Ejemplo", "Otra")).encode())
    assert len(told.problems) == 1
    assert "Otra" in str(told.problems[0])


@pytest.mark.parametrize("given", [ExchangeRate(currency="USD", rate=4012), {"currency": "USD", "rate": "4012"}])
def test_a_rate_is_of_one_unit_of_the_currency(given: Any) -> None:
    made = document(currency="USD", exchange_rate=given)
    assert made.exchange_rate == ExchangeRate(currency="USD", rate=4012, source_base=Decimal("1.00"))
    other = document(currency="USD", exchange_rate=ExchangeRate(currency="USD", rate=4012, source_base=Decimal(100)))
    assert other.exchange_rate is not None
    assert other.exchange_rate.source_base == Decimal(100)


def test_a_customer_with_a_cedula_stays_what_it_is() -> None:
    """DSAJ25a is for the rules to tell: nothing is changed in silence."""
    cedula = Customer(id_type="13", id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 5")
    assert document(supplier=cedula).supplier.id_type == "13"


@pytest.mark.parametrize(
    ("written", "instead", "missing"),
    [
        ("<cbc:StartDate>2026-03-04</cbc:StartDate>", "", "date"),
        ("<cbc:StartDate>2026-03-04<", "<cbc:StartDate>?<", "date"),
        ("<cbc:DescriptionCode>1</cbc:DescriptionCode>", "", "transmission"),
        ("<cbc:DescriptionCode>1<", "<cbc:DescriptionCode>3<", None),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_purchase_that_others_tell_in_part_is_read(
    written: str, instead: str, missing: str | None, named: bool
) -> None:
    xml = build(document(), issuer()).xml.decode().replace(written, instead, 1)
    name = "<cbc:Description>Por operación</cbc:Description>"
    received = read((xml if named else xml.replace(name, "", 1)).encode())
    path = f"lines[0].purchase.{missing}"
    assert received.document.missing == ((path,) if missing else ())
    assert [problem.path for problem in received.problems] == ([path] if missing else [])
    assert received.document.lines[0].purchase.description == ("Por operación" if named else None)
    assert load_document(received.document.to_json()) == received.document
    assert rows(received, "lines")[0]["supplier_id"] == SELLER.id
    received._repr_html_()
    content_of(received)
    check(received)
    with pytest.raises((MissingDatum, UnknownCode)) as caught:
        build(received.document, issuer())
    assert caught.value.field == f"lines[0].purchase.{missing or 'transmission'}"


def test_a_way_of_transmission_of_no_list_is_not_written() -> None:
    for told in (
        Purchase(date=AT.date(), transmission="3"),
        Purchase(date=AT.date(), transmission="3", description="x"),
    ):
        with pytest.raises(UnknownCode) as caught:
            document(lines=[SupportLine(description="Café", price=1000, purchase=told)])
        assert caught.value.field == "lines[0].purchase.transmission"


@pytest.mark.parametrize(
    ("field", "code"), [("operation", "20"), ("operation", "22"), ("type_code", "01"), ("type_code", "95")]
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_code_of_another_kind_is_not_written(field: str, code: str, whole: bool) -> None:
    """Neither of a model that was changed nor of its JSON, which is read as it comes."""
    changed = document().replace(**{field: code})
    given = load_document(changed.to_json()) if whole else changed
    with pytest.raises(UnknownCode) as caught:
        build(given, issuer())
    assert caught.value.field == field


def test_the_rate_of_another_currency_is_refused() -> None:
    rate = ExchangeRate(currency="EUR", rate="4105.32", date=AT.date())
    with pytest.raises(InvalidInput) as caught:
        document(currency="USD", exchange_rate=rate)
    assert caught.value.field == "exchange_rate.currency"
    assert document(exchange_rate=rate).exchange_rate.currency == "EUR", "what one in pesos says besides is its own"


def test_an_invoice_has_no_place_for_when_a_line_was_bought() -> None:
    line = SupportLine(description="Café", quantity=2, price=1000)
    given: dict[str, Any] = {
        "number": "FE1",
        "issued_at": AT,
        "supplier": issuer().organization,
        "customer": Customer(id_type="13", id="1020304050", name="Ana Ejemplo"),
        "payment": Payment.cash(),
    }
    made = Invoice.from_lines(lines=[LINE, line], **given)
    assert [type(each) for each in made.lines] == [Line, Line]
    with pytest.raises(InvalidInput) as caught:
        Invoice.from_lines(lines=[LINE, line.replace(purchase=Purchase(date=AT.date()))], **given)
    assert caught.value.field == "lines[1].purchase"


@pytest.mark.parametrize("model", [SupportDocument, SupportNote])
def test_a_call_without_arguments_names_the_model(model: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{model.__name__}\.from_lines\(\) missing"):
        model.from_lines()
