"""A ticket from its model to DIAN's answer, and what is refused on the way."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from dian_fe import BuyerBenefits, Customer, PointOfSale, PosTicket, SoftwareMaker, build, read, sign
from dian_fe.catalogs import FINAL_CONSUMER_ID, IdType
from dian_fe.errors import MissingDatum, OutOfRange, UnknownCode, WrongCertificateOwner
from dian_fe.models.references import DocumentReference
from dian_fe.ubl.keys import document_key
from tests.families.equivalent.documents import AT, MAKER, TILL, issuer_of, sold

ANA = Customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Ejemplo", emails=["ana@example.com"])


@pytest.fixture
def issuer(dian: Any) -> Any:
    return issuer_of(dian)


def pairs(xml: bytes, group: str) -> list[tuple[str, str]]:
    """Return the names and values of a group."""
    texts = [each.text or "" for each in etree.fromstring(xml).iterfind(f".//{{*}}{group}/*")]
    return list(zip(texts[::2], texts[1::2], strict=True))


def test_it_is_accepted_and_read_back(dian: Any, issuer: Any) -> None:
    ticket = sold("EPOS1", issuer)
    signed = sign(build(ticket, issuer), dian.signer(issuer.organization.nit), at=AT)
    received = read(signed.xml)
    assert (received.document, received.problems, received.unmapped) == (ticket, (), ())
    assert dian.judge(signed.xml).is_valid


def test_its_extensions_have_dians_names_in_order(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml
    wrappers = [etree.QName(each).localname for each in etree.fromstring(xml).iterfind(".//{*}ExtensionContent/*")]
    assert wrappers == ["DianExtensions", "FabricanteSoftware", "BeneficiosComprador", "PuntoVenta"]
    assert pairs(xml, "InformacionDelFabricanteDelSoftware") == [
        ("NombreApellido", "Ana Ejemplo"),
        ("RazonSocial", "Cajas Ejemplo SAS"),
        ("NombreSoftware", "Caja & Cía"),
    ]
    assert pairs(xml, "InformacionBeneficiosComprador") == [
        ("Codigo", FINAL_CONSUMER_ID),
        ("NombresApellidos", "Consumidor Final"),
        ("Puntos", "0"),
    ]
    assert pairs(xml, "InformacionCajaVenta") == [
        ("PlacaCaja", "C-01"),
        ("UbicaciónCaja", "Almacén 1"),
        ("Cajero", "Luis Ejemplo"),
        ("TipoCaja", "Caja de apoyo"),
        ("CódigoVenta", "V7"),
        ("SubTotal", "200100.00"),
    ]


def test_a_bag_counts_in_the_lines_and_not_in_the_base(issuer: Any) -> None:
    totals = sold("EPOS1", issuer).totals
    found = [totals.line_extension, totals.tax_exclusive, totals.tax_inclusive, totals.payable]
    assert found == [200100, 200000, 238150, 238150]


@pytest.mark.parametrize("customer", [None, Customer.final_consumer()])
def test_the_final_consumer_is_called_as_dian_does(issuer: Any, customer: Any) -> None:
    ticket = sold("EPOS1", issuer, customer=customer)
    root = etree.fromstring(build(ticket, issuer).xml)
    party = root.find("{*}AccountingCustomerParty")
    assert [each.text for each in party.iterfind(".//{*}RegistrationName")] == ["Consumidor Final"]
    assert party.find(".//{*}PartyLegalEntity") is None


def test_an_identified_buyer_is_named_whole(issuer: Any) -> None:
    ticket = sold("EPOS1", issuer, customer=ANA, benefits=BuyerBenefits(code="A7", name="Ana Ejemplo", points="12.5"))
    xml = build(ticket, issuer).xml
    party = etree.fromstring(xml).find("{*}AccountingCustomerParty")
    assert party.findtext(".//{*}PartyLegalEntity/{*}CompanyID") == "1020304050"
    assert pairs(xml, "InformacionBeneficiosComprador")[-1] == ("Puntos", "12.5")
    assert read(xml).document == ticket


def test_its_key_is_the_cude_with_the_pin(issuer: Any) -> None:
    built = build(sold("EPOS1", issuer), issuer)
    pin = issuer.software.pin.get_secret_value()
    assert built.key == document_key(built.document, secret=pin, environment="2")
    assert built.control.key_scheme == "CUDE-SHA384"
    assert built.file_name == f"ds{issuer.organization.nit:>010}0002600000001.xml"


@pytest.mark.parametrize("code", ["07", "08"])
def test_contingency_is_told_by_its_profile(issuer: Any, code: str) -> None:
    ticket = sold("EPOS1", issuer, type_code=code, additional_references=(DocumentReference(number="EPOS1"),))
    received = read(build(ticket, issuer).xml)
    assert (received.kind.name, received.document) == ("pos_ticket", ticket)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"maker": None}, "maker"),
        ({"point_of_sale": None}, "point_of_sale"),
        ({"maker": SoftwareMaker(person="Ana", company="Cajas")}, "maker.software"),
        (
            {"point_of_sale": PointOfSale(plate="1", location="A", till_type="C", sale_code="1")},
            "point_of_sale.cashier",
        ),
        ({"benefits": BuyerBenefits(code="1", name="Ana")}, "benefits.points"),
    ],
)
def test_an_incomplete_group_is_refused(issuer: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MissingDatum) as caught:
        sold("EPOS1", issuer, **changes)
    assert caught.value.field == field


def test_a_ticket_without_subtotal_is_not_built(issuer: Any) -> None:
    ticket = sold("EPOS1", issuer)
    bare = ticket.replace(point_of_sale=TILL)
    with pytest.raises(MissingDatum, match="subtotal"):
        build(bare, issuer)


@pytest.mark.parametrize(("name", "code"), [("operation", "601"), ("type_code", "01"), ("type_code", "35")])
def test_a_code_of_another_document_is_refused(issuer: Any, name: str, code: str) -> None:
    with pytest.raises(UnknownCode) as caught:
        sold("EPOS1", issuer, **{name: code})
    assert caught.value.field == name


def test_its_numbers_are_those_of_its_own_range(issuer: Any) -> None:
    with pytest.raises(OutOfRange):
        build(sold("EPOS0", issuer), issuer)


def test_the_maker_follows_from_the_software(issuer: Any) -> None:
    software = issuer.software.replace(name="Caja", maker="Cajas SAS")
    assert SoftwareMaker.of(software, person="Ana").lacking() is not None
    assert SoftwareMaker.of(software, person="Ana") == SoftwareMaker(person="Ana", company="Cajas SAS", software="Caja")
    assert not list(MAKER.lacking())


def test_names_that_are_not_dians_are_kept(issuer: Any) -> None:
    ticket = sold("EPOS1", issuer)
    xml = build(ticket, issuer).xml.decode()
    xml = xml.replace("<Name>Cajero</Name><Value>", "<Name>CAJERO</Name> suelto <Value>")
    xml = xml.replace(
        "<Name>TipoCaja</Name>", "<Name>Turno</Name><Value>2</Value><Name>Sola</Name><Name>TipoCaja</Name>"
    )
    received = read(xml.encode())
    till = received.document.point_of_sale
    assert (till.cashier, till.till_type) == ("Luis Ejemplo", "Caja de apoyo")
    assert [(each.name, each.value) for each in till.further] == [("Turno", "2"), ("Sola", None)]
    assert [each.path for each in received.problems] == ["point_of_sale.cashier"]
    assert received.unmapped == ()


def test_a_datum_that_no_group_has_is_told(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml.decode()
    xml = xml.replace("<Value>200100.00</Value>", "<Value>mucho</Value><Otro/>")
    received = read(xml.encode())
    assert received.document.point_of_sale.subtotal is None
    assert [each.path for each in received.problems] == ["point_of_sale.subtotal"]
    assert [path.rpartition("/")[2] for path in received.unmapped] == ["Otro"]


def test_it_survives_json(issuer: Any) -> None:
    ticket = sold("EPOS1", issuer, customer=ANA)
    assert PosTicket.model_validate_json(ticket.model_dump_json()) == ticket


def test_groups_of_the_annex_or_of_one_pair_are_read(issuer: Any) -> None:
    ticket = sold("EPOS1", issuer)
    xml = build(ticket, issuer).xml.decode()
    for group in ("InformacionBeneficiosComprador", "InformacionCajaVenta"):
        pair = f"</Value></{group}><{group}><Name>"
        body = xml.partition(f"<{group}>")[2].partition(f"</{group}>")[0]
        xml = xml.replace(body, body.replace("</Value><Name>", pair))
    xml = xml.replace("InformacionBeneficiosComprador", "InformacionVeneficiosComprador")
    received = read(xml.encode())
    assert (received.document, received.problems, received.unmapped) == (ticket, (), ())


def test_a_second_extension_of_a_kind_is_told(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml.decode()
    block = xml[xml.index("<PuntoVenta>") : xml.index("</PuntoVenta>")] + "</PuntoVenta>"
    again = f"<ext:UBLExtension><ext:ExtensionContent>{block}</ext:ExtensionContent></ext:UBLExtension>"
    received = read(xml.replace("</ext:UBLExtensions>", f"{again}</ext:UBLExtensions>").encode())
    assert [path.rpartition("/")[2] for path in received.unmapped] == ["PuntoVenta"]


def test_a_name_told_twice_is_kept_beside_the_first(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml.decode()
    twice = "<Name>Cajero</Name><Value>Otra</Value><Name>SubTotal</Name>"
    till = read(xml.replace("<Name>SubTotal</Name>", twice).encode()).document.point_of_sale
    assert (till.cashier, [(each.name, each.value) for each in till.further]) == ("Luis Ejemplo", [("Cajero", "Otra")])


def test_what_was_empty_first_is_read_from_its_second_place(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml.decode()
    received = read(xml.replace("<Name>Cajero</Name>", "<Name>Cajero</Name><Value/><Name>Cajero</Name>").encode())
    till = received.document.point_of_sale
    assert (till.cashier, till.further) == ("Luis Ejemplo", ())
    assert [each.path for each in received.problems] == ["point_of_sale.cashier"]


def test_an_empty_group_says_nothing(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml.decode()
    body = xml.partition("<InformacionCajaVenta>")[2].partition("</InformacionCajaVenta>")[0]
    received = read(xml.replace(body, "").encode())
    assert received.document.point_of_sale is None


def test_the_text_of_a_role_lets_no_provider_sign_as_issuer(dian: Any) -> None:
    issuer = issuer_of(dian)
    provided = issuer.replace(software=issuer.software.replace(provider_nit="900373076"))
    role: Any = "supplier"
    with pytest.raises(WrongCertificateOwner):
        sign(build(sold("EPOS1", issuer), provided), dian.signer("900373076"), at=AT, role=role)
