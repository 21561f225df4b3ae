"""A model path and the XPath of the same datum lead to each other, and the XPath finds what the path names."""

from typing import Any

import pytest
from lxml import etree

from dian_fe import _xmlsafe
from dian_fe.families.registry import kind as kind_named
from dian_fe.families.registry import kinds
from dian_fe.ubl import paths
from dian_fe.ubl.grammar import namespace_of
from dian_fe.ubl.namespaces import NAMESPACES
from dian_fe.ubl.paths import DocumentPlaces, path_of, xpath_of
from dian_fe.ubl.writer.build import build
from dian_fe.ubl.xml_view import DocumentXml
from tests.rules.bases import ISSUER, plain

CASES = [
    ("invoice", "lines[0].taxes[0].subtotals[0].percent",
     "/Invoice/cac:InvoiceLine[1]/cac:TaxTotal[1]/cac:TaxSubtotal[1]/cac:TaxCategory/cbc:Percent"),
    ("debit_note", "lines[2].quantity", "/DebitNote/cac:DebitNoteLine[3]/cbc:DebitedQuantity"),
    ("credit_note", "lines[2].unit", "/CreditNote/cac:CreditNoteLine[3]/cbc:CreditedQuantity/@unitCode"),
    ("debit_note", "totals.payable", "/DebitNote/cac:RequestedMonetaryTotal/cbc:PayableAmount"),
    ("invoice", "supplier.id", "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"),
    ("invoice", "billing_references[1].key",
     "/Invoice/cac:BillingReference[2]/cac:InvoiceDocumentReference/cbc:UUID"),
    ("invoice", "control.prefix", "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/"
     "cac:CorporateRegistrationScheme/cbc:ID"),
    ("invoice", "control.key_environment", "/Invoice/cbc:UUID/@schemeID"),
    ("invoice", "control.range_prefix", "/Invoice/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/"
     "sts:DianExtensions/sts:InvoiceControl/sts:AuthorizedInvoices/sts:Prefix"),
    ("invoice", "health.users[1].data[0].code", "/Invoice/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/"
     "CustomTagGeneral/Interoperabilidad/Group/Collection[2]/AdditionalInformation[1]/Value/@schemeID"),
    ("invoice", "issued_at", "/Invoice/cbc:IssueDate"),
    ("invoice", "line_count", "/Invoice/cbc:LineCountNumeric"),
    ("application_response", "lines[0].code",
     "/ApplicationResponse/cac:DocumentResponse/cac:LineResponse[1]/cac:Response/cbc:ResponseCode"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "xpath"), CASES)
def test_both_ways(kind: str, path: str, xpath: str) -> None:
    assert xpath_of(kind, path) == xpath
    assert path_of(kind, xpath) == path


@pytest.mark.parametrize(
    ("kind", "path", "xpath"),
    [
        ("invoice", "supplier.responsibilities[1]",
         "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:TaxLevelCode"),
        ("invoice", "lines", "/Invoice/cac:InvoiceLine"),
        ("credit_note", "withholdings[0].amount", "/CreditNote"),
        ("invoice", "nothing.of[3].this", "/Invoice"),
        ("invoice", "", "/Invoice"),
        ("invoice", "customer.identification",
         "/Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID"),
        ("invoice", "supplier.fiscal_address.city",
         "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cac:RegistrationAddress/cbc:CityName"),
    ],
)  # fmt: skip
def test_what_has_no_place_of_its_own_has_the_nearest(kind: str, path: str, xpath: str) -> None:
    assert xpath_of(kind, path) == xpath


@pytest.mark.parametrize(
    ("xpath", "path"),
    [
        ("/Invoice/cac:InvoiceLine/cbc:ID", "lines[0].id"),
        ("/Invoice/cac:InvoiceLine[7]/cac:Item", "lines[6]"),
        ("/Invoice/cac:AccountingSupplierParty[1]/cac:Party/cac:PartyLegalEntity/cbc:CompanyID/@schemeID",
         "supplier.check_digit"),
        ("/Invoice/ext:UBLExtensions/ext:UBLExtension[2]/ext:ExtensionContent/sts:DianExtensions/sts:QRCode",
         "control.qr"),
        ("/Invoice/cac:Unknown", ""),
        ("/Invoice", ""),
    ],
)  # fmt: skip
def test_xpaths_of_others_are_understood(xpath: str, path: str) -> None:
    assert path_of("invoice", xpath) == path


@pytest.mark.parametrize("kind", [each.name for each in kinds()])
def test_every_datum_of_the_tables_has_both(kind: str) -> None:
    for xpath, (path, _) in paths._maps(kind_named(kind)).paths.items():
        here = path.replace("[]", "[1]")
        assert path_of(kind, xpath_of(kind, here)) == here, xpath


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
def test_the_xpath_finds_what_the_path_names(kind: str) -> None:
    built = build(plain(kind), ISSUER)
    root = _xmlsafe.parse(built.xml)
    places = DocumentPlaces(kind)
    names = NAMESPACES | {"d": namespace_of(kind_named(kind))}
    for path, expected in {
        "number": built.document.number,
        "lines[1].price": "3200.40",
        "lines[0].unit": "94",
        "customer.check_digit": "4",
        "totals.payable": str(built.document.totals.payable),
        "control.software_id": ISSUER.software.id,
    }.items():
        xpath = places.xpath(path)
        (found,) = root.xpath(
            xpath.replace(f"/{kind_named(kind).root}", f"/d:{kind_named(kind).root}", 1), namespaces=names
        )
        assert (found if isinstance(found, str) else found.text) == expected, xpath
        if not isinstance(found, str):
            assert places.path(places.where(found)) == path


def test_the_view_reads_by_prefix_and_knows_where_things_are() -> None:
    root: Any = _xmlsafe.parse(build(plain("invoice"), ISSUER).xml)
    view = DocumentXml(root, 1)
    (first, *_), places = view.all("cac:InvoiceLine"), DocumentPlaces("invoice")
    assert len(view.all("cac:InvoiceLine")) == 4
    assert view.text("cbc:ID", first) == "1"
    assert view.text("cbc:Nothing") is None
    assert view.first("cbc:ID", first) is not None
    assert [view.name(node) for node in view.around(first)] == ["Invoice"]
    assert places.where(first, "x") == "/Invoice/cac:InvoiceLine[1]/@x"
    assert len(view.everywhere("sts:DianExtensions")) == 1
    assert all(node.get("currencyID") for node in view.everywhere("@currencyID"))


def test_the_view_finds_the_extension_under_older_namespaces() -> None:
    xml = build(plain("invoice"), ISSUER).xml.decode()
    old = xml.replace(NAMESPACES["sts"], "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures")
    view = DocumentXml(etree.fromstring(old.encode()), 1)
    assert len(view.everywhere("sts:DianExtensions")) == 1
