"""Tickets of transport and cinema, bills of utilities, and the documents that are only read."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from dian_fe import OpenAttribute, OpenElement, UtilityService, build, load_document, read, sign
from dian_fe.errors import InvalidInput, MissingDatum, NotAllowed, UnsupportedDocument, WrongPrefix
from dian_fe.families.registry import kind as kind_named
from dian_fe.testing import Simulator
from dian_fe.ubl.writer.build import write
from tests.families.equivalent.documents import AT, DOCUMENTS, PREFIXES, SHOWING, TRIP, WATER, issuer_of, sold
from tests.families.equivalent.rules import bases

READ_ONLY = [name for name in bases.FAMILY_KINDS if kind_named(name).numbering is None]
of = OpenElement.of


def nested(levels: int) -> OpenElement:
    return of("A", nested(levels - 1)) if levels > 1 else of("A", "x")


@pytest.fixture
def issuer(dian: Simulator) -> Any:
    return issuer_of(dian)


def built(kind: str, issuer: Any, **changes: Any) -> Any:
    return build(sold(f"{PREFIXES[kind]}1", issuer, kind, **changes), issuer)


def content(xml: bytes, block: str) -> list[tuple[str, str]]:
    """Return names and texts of the leaves of a block, in order."""
    found = etree.fromstring(xml).find(f".//{{*}}{block}")
    return [(etree.QName(each).localname, each.text or "") for each in found.iter("*") if not len(each)]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_it_is_accepted_and_read_back(dian: Simulator, issuer: Any, kind: str) -> None:
    made = built(kind, issuer)
    signed = sign(made, dian.signer(issuer.organization.nit), at=AT)
    received = read(signed.xml)
    assert (received.kind.name, received.document) == (kind, made.document)
    assert (received.problems, received.unmapped) == ((), ())
    assert dian.judge(signed.xml).is_valid
    assert load_document(made.document.to_json()) == made.document


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_number_of_another_kind_is_not_taken(issuer: Any, kind: str) -> None:
    number = "ECIN1" if kind != "cinema_ticket" else "EPOS1"
    with pytest.raises(WrongPrefix):
        build(sold(number, issuer, kind), issuer)


@pytest.mark.parametrize("code", ["07", "08"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_its_contingency_is_told_by_its_profile(issuer: Any, kind: str, code: str) -> None:
    xml = built(kind, issuer, type_code=code).xml
    assert read(xml).kind.name == kind
    unknown = etree.fromstring(xml)
    unknown.find("{*}ProfileID").text = "otro"
    assert read(etree.tostring(unknown)).kind.name == "invoice"


def test_a_trip_has_its_pairs_in_order(issuer: Any) -> None:
    found = [text for _, text in content(built("transport_ticket", issuer).xml, "InformacionTicket")]
    assert found[::2] == [
        "ModoTransporte",
        "IDMediodeTransporte",
        "Mediodetransporte",
        "LugardeOrigen",
        "LugardeDestino",
    ]
    assert found[1::2] == ["Terrestre", "ABC123", "Bus", "Bogotá", "Tunja"]


def test_a_showing_has_its_elements_in_order(issuer: Any) -> None:
    found = content(built("cinema_ticket", issuer).xml, "ShowroomInformation")
    assert [name for name, _ in found] == [
        *("Showroom", "ShowroomAddress", "ExhibitionRoom", "TotalChairs"),
        *("NameFunction", "SelectLocation", "DateFunction", "TimeFunction"),
    ]


def test_what_no_source_names_of_a_showing_is_kept(issuer: Any) -> None:
    xml = built("cinema_ticket", issuer).xml.decode()
    more = '<Sinopsis idioma="es">Larga</Sinopsis><DataShow2><cbc:Name>x</cbc:Name></DataShow2>'
    received = read(xml.replace("</ShowroomInformation>", f"{more}</ShowroomInformation>").encode())
    expected = (of("Sinopsis", "Larga", idioma="es"), of("DataShow2", of("cbc:Name", "x")))
    assert received.document.showing.further == expected
    assert received.unmapped == ()
    again = write(received.document, received.control, received.kind).unsigned_file()
    assert read(again).document == received.document


def test_each_service_has_an_extension_with_its_head(issuer: Any) -> None:
    other = UtilityService(id="2", name="Seguro", third_party=True)
    xml = built("utility_bill", issuer, services=[WATER, other]).xml
    [own], [others] = (
        etree.fromstring(xml).xpath(f"//*[local-name()='UBLExtension'][.//*[local-name()='{block}']]")
        for block in ("Services_SPD", "OTHERCOMPANY_SPD")
    )
    heads = [[(etree.QName(e).localname, e.text) for e in each.iterchildren("*")][:-1] for each in (own, others)]
    assert heads == [
        [
            ("ID", "1"),
            ("Name", "Acueducto"),
            ("ExtensionAgencyName", "Aguas Ejemplo SAS"),
            ("ExtensionReason", "Recaudos Ejemplo SAS"),
        ],
        [("ID", "2"), ("Name", "Seguro")],
    ]
    assert own.find("{*}ID").get("schemeID") == "SPD"
    assert read(xml).document.services == (WATER, other)


@pytest.mark.parametrize(
    ("operation", "profile"),
    [("601", "DIAN 2.1: Documento Equivalente SPD"), ("602", "DIAN 2.1: Documento Equivalente SPD – ON SITE")],
)
def test_a_bill_has_the_profile_of_its_operation(issuer: Any, operation: str, profile: str) -> None:
    made = built("utility_bill", issuer, operation=operation, type_code="08", payment_reference="77")
    root = etree.fromstring(made.xml)
    assert (root.findtext("{*}ProfileID"), root.findtext("{*}AccountingCost")) == (profile, "77")
    assert read(made.xml).document == made.document


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("transport_ticket", {"trip": None}, "trip"),
        ("transport_ticket", {"trip": TRIP.replace(plate=None)}, "trip.plate"),
        ("cinema_ticket", {"showing": None}, "showing"),
        ("utility_bill", {"services": []}, "services"),
        ("utility_bill", {"services": [WATER, UtilityService(id="2")]}, "services[1].name"),
    ],
)
def test_an_incomplete_group_is_refused(issuer: Any, kind: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MissingDatum) as caught:
        sold(f"{PREFIXES[kind]}1", issuer, kind, **changes)
    assert caught.value.field == field


def test_a_group_of_another_kind_is_refused(issuer: Any) -> None:
    with pytest.raises(InvalidInput, match="trip"):
        sold("EPOS1", issuer, trip=TRIP)


# --- open elements -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "xs:ID", "ext:ExtensionContent", "cbc:", "xmlFoo", "<a", "a:b:c", "Año Nuevo"]
)
def test_a_name_that_xml_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        of(name, "x")


@pytest.mark.parametrize(
    "make",
    [
        lambda: of("a", "x", of("b")),
        lambda: OpenElement(name="a", attributes=[OpenAttribute(name="x", value="1")] * 2),
        lambda: OpenAttribute(name="xmlns", value="urn:x"),
        lambda: OpenAttribute(name="cbc:x", value="1"),
    ],
)
def test_an_element_that_cannot_be_written_is_refused(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()


def test_odd_content_of_a_service_is_told_and_not_lost(issuer: Any) -> None:
    made = built("utility_bill", issuer)
    odd = '<A>suelto<B x="1"/></A><o:C xmlns:o="urn:otro"/><D> con &amp; </D>'
    deep = "<E>" * 30 + "</E>" * 30
    received = read(made.xml.decode().replace("</Services_SPD>", f"{odd}{deep}</Services_SPD>").encode())
    content = received.document.services[0].content
    assert content[1:3] == (of("A", of("B", x="1")), of("D", "con &"))
    assert [each.value for each in received.problems] == ["suelto"]
    assert len(received.unmapped) == 2
    again = write(received.document, received.control, received.kind).unsigned_file()
    assert read(again).document == received.document


@pytest.mark.parametrize(
    "element",
    [
        OpenElement(name="A", attributes=(OpenAttribute(name="b", value="2"), OpenAttribute(name="a", value="1"))),
        OpenElement(name="A", text=""),
        of("A", " ", x=" "),
        of("A", "t", name="b"),
        nested(20),
    ],
)
def test_an_open_element_that_is_taken_is_read_back(issuer: Any, element: OpenElement) -> None:
    made = built("utility_bill", issuer, services=[WATER.replace(content=(element,))])
    assert read(made.xml).document == made.document


def test_an_open_element_that_would_not_be_read_is_refused(issuer: Any) -> None:
    with pytest.raises(InvalidInput, match="20 niveles"):
        nested(21)
    deep: dict[str, Any] = {"name": "A"}
    for _ in range(3000):
        deep = {"name": "A", "elements": [deep]}
    with pytest.raises(InvalidInput):
        UtilityService(name="Agua", content=[deep])


@pytest.mark.parametrize("name", ["Showroom", "cbc:ShowroomAddress", "DataShow"])
def test_an_element_with_a_field_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="su propio campo"):
        SHOWING.replace(further=(of(name, "x"),))


def test_an_extension_inside_another_is_no_open_element(issuer: Any) -> None:
    xml = built("utility_bill", issuer).xml.decode()
    inner = "<A><ext:ExtensionContent><Services_SPD><B/></Services_SPD></ext:ExtensionContent></A>"
    received = read(xml.replace("</Services_SPD>", f"{inner}</Services_SPD>").encode())
    assert [each.content for each in received.document.services] == [(*WATER.content, of("A")), (of("B"),)]
    assert [path.rpartition("/")[2] for path in received.unmapped] == ["ext:ExtensionContent"]
    again = write(received.document, received.control, received.kind).unsigned_file()
    assert read(again).document == received.document


# --- documents that are only read --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", READ_ONLY)
def test_it_is_read_by_name_with_parties_and_totals(issuer: Any, kind: str) -> None:
    control = build(sold("EPOS1", issuer), issuer).control
    xml = write(bases.plain(kind), control, kind_named(kind)).unsigned_file()
    xml = xml.replace(
        b"</ext:UBLExtensions>",
        b"<ext:UBLExtension><ext:ExtensionContent><Grupo/></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>",
    )
    received = read(xml)
    assert received.kind.name == kind
    assert received.document.supplier.id == issuer.organization.nit
    assert received.document.totals.payable == 238_150
    assert received.document.maker is not None
    assert [path.rpartition("/")[2] for path in received.unmapped] == ["Grupo"]


@pytest.mark.parametrize("kind", READ_ONLY)
def test_issuing_it_is_refused_with_what_is_missing(issuer: Any, kind: str) -> None:
    model = kind_named(kind).model_class
    with pytest.raises(NotAllowed, match="grupo del sector") as caught:
        model.from_lines(number="X1", issued_at=AT, lines=[])
    assert kind_named(kind).label in str(caught.value)
    with pytest.raises(NotAllowed, match="grupo del sector"):
        build(bases.plain(kind), issuer)


def test_the_other_code_of_gambling_is_read_by_its_profile(issuer: Any) -> None:
    xml = write(bases.plain("gambling_report"), build(sold("EPOS1", issuer), issuer).control).unsigned_file()
    profile = kind_named("gambling_report").profile.encode()
    xml = xml.replace(b"DIAN 2.1: Documento Equivalente POS", profile).replace(b">30</cbc:Inv", b">32</cbc:Inv")
    assert read(xml).kind.name == "gambling_report"


def test_a_type_that_no_family_reads_is_refused(issuer: Any) -> None:
    xml = build(sold("EPOS1", issuer), issuer).xml
    with pytest.raises(UnsupportedDocument):
        read(xml.replace(b">20</cbc:Inv", b">102</cbc:Inv"))
