"""Each way of being invalid is told with its place, what was expected, what was found and what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest
from lxml import etree

from dian_fe import _xmlsafe
from dian_fe.errors import InvalidInput, MalformedXml
from dian_fe.faults import Fault, Severity
from dian_fe.ubl import vocabulary, xsd, xsd_explain
from tests.ubl.schema.instances import NS, XSI, Maker, clark

Root = etree._Element
PARTY = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"

INVOICE = f"""<Invoice xmlns="{vocabulary.namespace_of("Invoice")}" xmlns:cac="{NS["cac"]}" xmlns:cbc="{NS["cbc"]}"
  xmlns:ext="{NS["ext"]}">
  <ext:UBLExtensions>
    <ext:UBLExtension><ext:ExtensionContent><a xmlns="urn:x"/></ext:ExtensionContent></ext:UBLExtension>
    <ext:UBLExtension><ext:ExtensionContent><b xmlns="urn:x"/></ext:ExtensionContent></ext:UBLExtension>
  </ext:UBLExtensions>
  <!-- comments do not count as children -->
  <cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID>
  <cbc:ID>SETP990000001</cbc:ID>
  <cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:IssueTime>10:15:00-05:00</cbc:IssueTime>
  <cbc:Note languageID="es">uno</cbc:Note>
  <cbc:Note>dos</cbc:Note>
  <cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>
    <cbc:CompanyID schemeID="1">700085371</cbc:CompanyID><cac:TaxScheme><cbc:ID>01</cbc:ID></cac:TaxScheme>
  </cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty/>
  <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="COP">1.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="COP">1.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Description>Café</cbc:Description></cac:Item></cac:InvoiceLine>
  <cac:InvoiceLine><cbc:ID>2</cbc:ID><cbc:LineExtensionAmount currencyID="COP">1.00</cbc:LineExtensionAmount>
    <cac:Item><cac:AdditionalItemProperty><cbc:Name>n</cbc:Name></cac:AdditionalItemProperty></cac:Item>
  </cac:InvoiceLine>
</Invoice>"""


def invoice() -> Root:
    return etree.fromstring(INVOICE)


def at(root: Root, path: str) -> Root:
    found = root.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    element = found[0]
    assert isinstance(element, etree._Element)
    return element


def text(path: str, value: str) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        at(root, path).text = value

    return change


def attribute(path: str, name: str, value: str | None) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        if value is None:
            del at(root, path).attrib[name]
        else:
            at(root, path).set(name, value)

    return change


def removed(path: str) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        element = at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def added(path: str, tag: str, value: str = "") -> Callable[[Root], None]:
    """Add an element after the one at the path."""

    def change(root: Root) -> None:
        element = etree.Element(tag)
        element.text = value
        at(root, path).addnext(element)

    return change


def inside(path: str, tag: str) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        etree.SubElement(at(root, path), tag)

    return change


def moved(path: str, after: str) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        at(root, after).addnext(at(root, path))

    return change


def tail(path: str, value: str) -> Callable[[Root], None]:
    def change(root: Root) -> None:
        at(root, path).tail = value

    return change


# (change, xpath, expected, found, words of the message, words of the hint)
CASES: dict[str, tuple[Callable[[Root], None], str, str | None, str | None, str, str]] = {
    "missing in the middle": (
        removed("cbc:ID"), "/Invoice", "cbc:ID", "cbc:IssueDate",
        "En Invoice falta cbc:ID, antes de cbc:IssueDate.", "Escriba cbc:ID antes de cbc:IssueDate.",
    ),
    "missing at the end": (
        removed("cac:InvoiceLine[2]/cac:Item"), "/Invoice/cac:InvoiceLine[2]", "cac:Item", None,
        "En cac:InvoiceLine falta cac:Item.", "al final de cac:InvoiceLine",
    ),
    "missing deep inside": (
        removed(f"{PARTY}/cac:TaxScheme"), f"/Invoice/{PARTY}", "cac:TaxScheme", None,
        "En cac:PartyTaxScheme falta cac:TaxScheme.", "Escriba cac:TaxScheme",
    ),
    "property without value, sibling choice": (
        removed("cac:InvoiceLine[2]//cac:AdditionalItemProperty/cbc:Name"),
        "/Invoice/cac:InvoiceLine[2]/cac:Item/cac:AdditionalItemProperty", "cbc:Name", None,
        "falta cbc:Name", "Escriba cbc:Name",
    ),
    "too early": (
        moved("cbc:IssueDate", "cbc:UBLVersionID"), "/Invoice/cbc:IssueDate",
        "cbc:IssueDate después de cbc:ID", "cbc:IssueDate después de cbc:UBLVersionID",
        "cbc:IssueDate está fuera de orden en Invoice: va después de cbc:ID.", "fija el orden",
    ),
    "too late": (
        moved("cbc:UBLVersionID", "cbc:IssueTime"), "/Invoice/cbc:UBLVersionID", "cbc:UBLVersionID antes de cbc:ID",
        "cbc:UBLVersionID después de cbc:IssueTime",
        "cbc:UBLVersionID está fuera de orden en Invoice: va antes de cbc:ID.", "Mueva",
    ),
    "twice": (
        added("cbc:ID", clark("cbc:ID"), "x"), "/Invoice/cbc:ID[2]", "1 vez", "cbc:ID",
        "cbc:ID aparece 2 veces en Invoice; se admite 1.", "Deje uno solo",
    ),
    "misspelt element": (
        added("cbc:IssueDate", clark("cbc:IsueTime"), "10:15:00"), "/Invoice/cbc:IsueTime",
        "cac:AccountingSupplierParty", "cbc:IsueTime", "no pertenece a Invoice", "¿Quiso escribir cbc:IssueTime?",
    ),
    "another namespace": (
        added("cbc:IssueDate", "{urn:x}IssueTime"), "/Invoice/IssueTime", "cac:AccountingSupplierParty",
        "{urn:x}IssueTime", "no pertenece a Invoice", "Revise el espacio de nombres: aquí va cbc:IssueTime.",
    ),
    "element that UBL lacks": (
        added("cbc:IssueDate", clark("cbc:Zzz")), "/Invoice/cbc:Zzz", "cac:AccountingSupplierParty", "cbc:Zzz",
        "no pertenece a Invoice", "Ese elemento no existe",
    ),
    "element of another place": (
        added("cac:LegalMonetaryTotal", clark("cac:CreditNoteLine")), "/Invoice/cac:CreditNoteLine",
        "cac:InvoiceLine", "cac:CreditNoteLine", "cac:CreditNoteLine no pertenece a Invoice.", "",
    ),
    "data of the vendor in the body": (
        added("cac:InvoiceLine[2]", "{urn:vendor}DATA"), "/Invoice/DATA", "el final de Invoice", "{urn:vendor}DATA",
        "no pertenece a Invoice", "ext:ExtensionContent",
    ),
    "decimal comma": (
        text("cac:InvoiceLine[2]/cbc:LineExtensionAmount", "1,50"),
        "/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount", "un número decimal", "1,50",
        "El valor de cbc:LineExtensionAmount no es un número decimal.", "punto decimal",
    ),
    "empty amount": (
        text("cac:LegalMonetaryTotal/cbc:PayableAmount", ""), "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
        "un número decimal", "", "cbc:PayableAmount está vacío.", "Quite el elemento",
    ),
    "date of another form": (
        text("cbc:IssueDate", "12/07/2022"), "/Invoice/cbc:IssueDate", "una fecha AAAA-MM-DD", "12/07/2022",
        "no es una fecha", "2026-03-02",
    ),
    "day that does not exist": (
        text("cbc:IssueDate", "2026-02-30"), "/Invoice/cbc:IssueDate", "una fecha AAAA-MM-DD", "2026-02-30",
        "no es una fecha", "2026-03-02",
    ),
    "time of another form": (
        text("cbc:IssueTime", "10:15 am"), "/Invoice/cbc:IssueTime", "una hora HH:MM:SS, con zona -05:00", "10:15 am",
        "no es una hora", "10:15:00-05:00",
    ),
    "indicator": (
        added("cbc:ID", clark("cbc:CopyIndicator"), "sí"), "/Invoice/cbc:CopyIndicator", "true o false", "sí",
        "no es true o false", "minúsculas",
    ),
    "missing attribute": (
        attribute("cac:LegalMonetaryTotal/cbc:PayableAmount", "currencyID", None),
        "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount/@currencyID", "@currencyID", None,
        "A cbc:PayableAmount le falta el atributo currencyID", "Escriba el atributo currencyID",
    ),
    "unknown attribute": (
        attribute(f"{PARTY}/cbc:CompanyID", "schemaName", "31"), f"/Invoice/{PARTY}/cbc:CompanyID/@schemaName",
        "@schemeID, @schemeName, @schemeAgencyID, @schemeAgencyName, @schemeVersionID, @schemeDataURI, @schemeURI",
        "schemaName='31'", "no admite el atributo schemaName", "¿Quiso escribir schemeName?",
    ),
    "attribute where none is allowed": (
        attribute("cbc:IssueDate", "foo", "x"), "/Invoice/cbc:IssueDate/@foo", "ningún atributo", "foo='x'",
        "cbc:IssueDate no admite el atributo foo.", "Quite el atributo",
    ),
    "wrong value of an attribute": (
        attribute("cbc:Note[1]", "languageID", "español!"), "/Invoice/cbc:Note[1]/@languageID",
        "un código de idioma, como es o es-CO", "español!", "El atributo languageID de cbc:Note", "idioma",
    ),
    "text among elements": (
        tail(f"{PARTY}/cbc:CompanyID", "suelto"), f"/Invoice/{PARTY}", "solo elementos", "suelto",
        "no admite texto suelto", "Quite el texto",
    ),
    "element inside a text": (
        inside("cbc:ID", clark("cbc:Name")), "/Invoice/cbc:ID/cbc:Name", "un texto", "cbc:Name",
        "cbc:ID contiene un texto: no admite elementos dentro.", "solo el texto",
    ),
    "empty extension": (
        removed("ext:UBLExtensions/ext:UBLExtension[2]/ext:ExtensionContent/*"),
        "/Invoice/ext:UBLExtensions/ext:UBLExtension[2]/ext:ExtensionContent", "un elemento", None,
        "ext:ExtensionContent está vacío.", "Firme el documento",
    ),
    "two elements in one extension": (
        inside("ext:UBLExtensions/ext:UBLExtension[1]/ext:ExtensionContent", "{urn:x}c"),
        "/Invoice/ext:UBLExtensions/ext:UBLExtension[1]/ext:ExtensionContent/c", "el final de ext:ExtensionContent",
        "{urn:x}c", "ext:ExtensionContent admite un solo elemento.", "su propio ext:UBLExtension",
    ),
    "nil": (
        attribute("cbc:ID", f"{{{XSI}}}nil", "true"), "/Invoice/cbc:ID/@xsi:nil", None, "true",
        "cbc:ID no admite el atributo xsi:nil", "Quite xsi:nil",
    ),
    "unknown type": (
        attribute("cbc:ID", f"{{{XSI}}}type", "foo"), "/Invoice/cbc:ID/@xsi:type", None, "foo",
        "cbc:ID no admite el atributo xsi:type", "Quite xsi:type",
    ),
}  # fmt: skip


def test_the_document_is_valid_before() -> None:
    assert xsd.validate(INVOICE.encode()) == []
    assert xsd.validate(invoice(), "Invoice") == []
    assert xsd.is_valid(invoice())


@pytest.mark.parametrize("name", CASES)
def test_explanation(name: str) -> None:
    change, xpath, expected, found, message, hint = CASES[name]
    root = invoice()
    change(root)
    faults = xsd.validate(root)
    assert not xsd.is_valid(root)
    assert [fault.xpath for fault in faults] == [xpath]
    (fault,) = faults
    assert (fault.expected, fault.found) == (expected, found)
    assert message in fault.message
    assert hint in fault.hint
    assert fault.hint
    assert (fault.code, fault.severity, fault.source) == ("ZB01", Severity.RECHAZO, "xsd")


def test_the_xpath_of_a_fault_leads_to_the_element() -> None:
    root = invoice()
    text("cac:InvoiceLine[2]/cbc:LineExtensionAmount", "x")(root)
    (fault,) = xsd.validate(root)
    assert at(root, fault.xpath.replace("/Invoice", "/*", 1)).text == "x"


def test_several_mistakes_are_told_at_once_and_in_order() -> None:
    root = invoice()
    for name in ("date of another form", "missing attribute", "decimal comma", "unknown attribute"):
        CASES[name][0](root)
    assert [fault.xpath for fault in xsd.validate(root)] == [
        CASES[name][1] for name in ("date of another form", "unknown attribute", "missing attribute", "decimal comma")
    ]


def test_any_prefixes_and_comments_will_do() -> None:
    swapped = INVOICE.replace("cbc:", "x:").replace(":cbc=", ":x=").replace("<x:Note>dos", "<x:Note><!-- c -->dos")
    swapped = swapped.replace("2026-03-02", "ayer")
    (fault,) = xsd.validate(swapped.encode())
    assert fault.xpath == "/Invoice/cbc:IssueDate"
    default = INVOICE.replace(
        "<cbc:IssueDate>2026-03-02</cbc:IssueDate>", f'<IssueDate xmlns="{NS["cbc"]}">ayer</IssueDate>'
    )
    (fault,) = xsd.validate(default.encode())
    assert (fault.xpath, fault.found) == ("/Invoice/cbc:IssueDate", "ayer")


def test_long_values_are_cut_and_many_faults_are_bounded() -> None:
    root = invoice()
    text("cbc:IssueDate", "9" * 100_000)(root)
    line = at(root, "cac:InvoiceLine[1]")
    text("cac:InvoiceLine[1]/cbc:LineExtensionAmount", "x")(root)
    for _ in range(300):
        line.addnext(deepcopy(line))
    faults = xsd.validate(root)
    assert len(faults[0].found or "") < 300
    assert 50 < len(faults) <= xsd.MAX_FAULTS
    assert len({fault.xpath for fault in faults}) == len(faults)


def wide(count: int, change: Callable[[Root], None]) -> Root:
    """Make an invoice of so many lines and change it after that."""
    root = invoice()
    line = at(root, "cac:InvoiceLine[1]")
    for _ in range(count):
        line.addnext(deepcopy(line))
    change(root)
    return root


def every_line(root: Root) -> None:
    for each in root.iterfind("cac:InvoiceLine/cbc:LineExtensionAmount", NS):
        each.text = "x"


def no_line_number(root: Root) -> None:
    for line in root.findall("cac:InvoiceLine", NS):
        line.remove(line[0])


def strangers(root: Root) -> None:
    for number, line in enumerate(root.findall("cac:InvoiceLine", NS)):
        line.addnext(etree.Element(f"x{number}"))


def unchanged(root: Root) -> None:
    assert root is not None


def test_cut_explanations_say_so() -> None:
    root = wide(97, every_line)
    faults = xsd.validate(root)
    assert not any("puede haber" in fault.message for fault in faults)
    text("cbc:IssueDate", "ayer")(root)
    assert xsd.validate(root)[-1].message.endswith("Se explican los primeros 100 errores de esquema: puede haber más.")


WIDE = {
    "nothing": unchanged,
    "a text at the end": text("cac:InvoiceLine[1100]/cbc:LineExtensionAmount", "x"),
    "a missing line number": removed("cac:InvoiceLine[700]/cbc:ID"),
    "an element too many": inside("cac:InvoiceLine[900]", clark("cbc:Note")),
    "every line": every_line,
    "line numbers": no_line_number,
    "strangers between lines": strangers,
}


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_document_is_judged_as_a_narrow_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = wide(1100, WIDE[name])
    quick = xsd.validate(root)
    assert bool(quick) is (name != "nothing")
    monkeypatch.setattr(xsd, "_WIDE", lambda element: False)
    monkeypatch.setattr(xsd_explain, "_sampled", lambda element: (element, {each: each for each in element}, True))
    assert quick == xsd.validate(root)


def test_errors_that_are_not_told_are_not_looked_for() -> None:
    root = wide(3000, no_line_number)
    schema = xsd.schema_for("Invoice")
    start = _xmlsafe.beginning(root, schema, xsd.MAX_FAULTS)
    assert start is not None
    assert len(start.findall("cac:InvoiceLine", NS)) < 200
    assert not schema.validate(start)
    assert xsd.MAX_FAULTS <= len(schema.error_log) < 2 * xsd.MAX_FAULTS
    assert _xmlsafe.beginning(wide(3000, unchanged), schema, 1) is None


@pytest.mark.parametrize(
    ("data", "kind", "hint"),
    [
        (b"<Invoice/>", None, 'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'),
        (b'<Invoice xmlns="http://www.dian.gov.co/contratos/facturaelectronica/v1"/>', None, "UBL 2.1"),
        (b"<html/>", None, "archivo correcto"),
        (INVOICE.encode(), "CreditNote", "archivo correcto"),
    ],
)
def test_wrong_root(data: bytes, kind: str | None, hint: str) -> None:
    (fault,) = xsd.validate(data, kind)
    assert fault.code == "ZB01"
    assert hint in fault.hint
    assert fault.found == etree.fromstring(data).tag
    assert kind is None or kind in (fault.expected or "")
    if kind is None:
        assert not xsd.is_valid(etree.fromstring(data))


def test_bytes_that_are_not_xml() -> None:
    with pytest.raises(MalformedXml):
        xsd.validate(b"%PDF-1.7")
    with pytest.raises(InvalidInput):
        xsd.validate(INVOICE)  # type: ignore[arg-type]


def test_unsigned_documents_can_be_judged() -> None:
    root = invoice()
    removed("ext:UBLExtensions/ext:UBLExtension[2]/ext:ExtensionContent/*")(root)
    xsd.fill_signature_place(root)
    assert xsd.is_valid(root)
    before = etree.tostring(root)
    xsd.fill_signature_place(root)
    assert etree.tostring(root) == before


def test_freight_is_judged_by_the_whole_set() -> None:
    root = invoice()
    line = at(root, "cac:InvoiceLine[1]")
    delivery = etree.Element(clark("cac:Delivery"))
    shipment = etree.SubElement(delivery, clark("cac:Shipment"))
    etree.SubElement(shipment, clark("cbc:ID")).text = "1"
    at(line, "cac:Item").addprevious(delivery)
    assert xsd.is_valid(root)
    etree.SubElement(shipment, clark("cbc:GrossWeightMeasure")).text = "x"
    faults = xsd.validate(root)
    place = "/Invoice/cac:InvoiceLine[1]/cac:Delivery/cac:Shipment/cbc:GrossWeightMeasure"
    assert {fault.xpath for fault in faults} == {place, f"{place}/@unitCode"}


def test_threads_do_not_mix_up_their_documents() -> None:
    good, bad = INVOICE.encode(), INVOICE.replace("2026-03-02", "ayer").encode()

    def work(turn: int) -> list[Fault]:
        return xsd.validate(bad if turn % 2 else good)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(120)))
    assert all(bool(faults) == bool(turn % 2) for turn, faults in enumerate(results))
    assert len({tuple(faults) for faults in results}) == 2


def test_nothing_heavy_is_loaded_for_a_valid_document() -> None:
    code = (
        "import sys\nfrom dian_fe.ubl import xsd\nassert not xsd._idle\n"
        f"assert xsd.validate({INVOICE.encode()!r}) == []\n"
        "assert list(xsd._idle) == ['quick/UBL-Invoice-2.1.xsd']\n"
        "assert not {'xmlschema', 'pydantic', 'cryptography', 'httpx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("root", vocabulary.ROOTS)
def test_every_root_is_explained(root: str) -> None:
    document = Maker(3).document(root, density=0.1, depth=3)
    assert xsd.validate(document) == []
    place = document[-1]
    etree.SubElement(place, "{urn:x}strange")
    faults = xsd.validate(document)
    assert faults
    assert all(fault.message and fault.hint for fault in faults)
