"""A family declared in the tests alone goes the whole way, with no edit in the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from dian_fe import Built, Client, Signed, build, check, examine, explain, read, rows, sign
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidInput
from dian_fe.families import registry
from dian_fe.families.registry import declared, kind_of
from dian_fe.graphic import Paper, Theme, content_of, render_html, render_pdf
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.models.application_response import ResponseParty
from dian_fe.testing import Simulator, ToyPki
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.paths import path_of, xpath_of
from dian_fe.verifying.signature.verification import verify_signature
from tests.families.toy import FAMILY, Campaign, Item, Voucher

ISSUER = sample_issuer()
SHOP = ISSUER.organization


@pytest.fixture(autouse=True)
def _family() -> Iterator[None]:
    with declared(FAMILY):
        yield


def voucher(**changes: Any) -> Voucher:
    values: dict[str, Any] = {
        "series": "VR",
        "number": "VR-17",
        "issued_at": datetime.fromisoformat("2026-03-02T10:00:00-05:00"),
        "shop": ResponseParty(name=SHOP.name, id=SHOP.nit),
        "holder": ResponseParty(name='Ana "la del tres" <Pérez> & Co.', id="1020304050", id_type="13"),
        "valid_until": date(2026, 12, 31),
        "days": Decimal("304"),
        "value": Decimal("50000.00"),
        "items": (Item(code="A&1", quantity=Decimal("2"), description="Café"), Item(code='B"2')),
        "campaign": Campaign(name="Navidad", sponsor="Tostadora"),
        "notes": ("No se cambia por dinero",),
    }
    return Voucher.model_validate(values | changes)


def built(**changes: Any) -> Built[Voucher]:
    return build(voucher(**changes), ISSUER)  # type: ignore[type-var]


def test_it_is_built_in_canonical_form() -> None:
    made = built()
    root = etree.fromstring(made.xml)
    assert root.tag == "{urn:example:Vale}Vale"
    assert etree.tostring(root, method="c14n").decode() == made.canonical.xml.decode()
    assert dict(root.attrib)["Serie"] == "VR"
    assert made.file_name == "va07000853712600000011.xml"
    assert made.zip_name == "zva07000853712600000011.zip"


def test_attributes_come_with_and_without_content() -> None:
    root = etree.fromstring(built().xml)
    names = {"v": "urn:example:Vale"}
    assert root.xpath("string(v:Emision/@Fecha)", namespaces=names) == "2026-03-02"
    assert root.xpath("string(v:Vigencia/@Hasta)", namespaces=names) == "2026-12-31"
    assert root.xpath("string(v:Items/v:Item[1]/@Codigo)", namespaces=names) == "A&1"
    assert root.xpath("count(v:Items/v:Item)", namespaces=names) == 2
    bare = etree.fromstring(built(valid_until=None, days=None, items=()).xml)
    assert bare.xpath("count(v:Vigencia) + count(v:Items)", namespaces=names) == 0


def test_what_is_read_equals_what_was_built() -> None:
    made = built()
    received = read(made.xml)
    assert received.kind is kind_of(made.document)
    assert received.document == made.document
    assert (received.problems, received.unmapped) == ((), ())
    assert received.key == made.key


@pytest.mark.parametrize(
    ("old", "new", "path", "xpath"),
    [
        ('Hasta="2026-12-31"', 'Hasta=""', "valid_until", "/Vale/Vigencia/@Hasta"),
        ('Hasta="2026-12-31"', 'Hasta="mañana"', "valid_until", "/Vale/Vigencia/@Hasta"),
        ('Cantidad="2"', 'Cantidad="dos"', "items[0].quantity", "/Vale/Items/Item[1]/@Cantidad"),
        ('Codigo="A&amp;1"', 'Codigo=" "', "items[0].code", "/Vale/Items/Item[1]/@Codigo"),
        ('Fecha="2026-03-02"', 'Fecha="ayer"', "issued_at", "/Vale/Emision"),
    ],
)
def test_a_spoiled_attribute_is_missing_alone(old: str, new: str, path: str, xpath: str) -> None:
    made = built()
    received = read(made.xml.replace(old.encode(), new.encode()))
    assert [(problem.path, problem.xpath) for problem in received.problems] == [(path, xpath)]
    assert received.document.missing == ((path,) if path in {"issued_at", "items[0].code"} else ())
    assert received.document.value == made.document.value


def test_unknown_attributes_are_unmapped() -> None:
    received = read(built().xml.replace(b"<Vigencia ", b'<Vigencia Otro="1" '))
    assert received.unmapped == ("/Vale/Vigencia/@Otro",)


@pytest.mark.parametrize(
    ("path", "xpath"),
    [
        ("series", "/Vale/@Serie"),
        ("valid_until", "/Vale/Vigencia/@Hasta"),
        ("items[1].quantity", "/Vale/Items/Item[2]/@Cantidad"),
        ("control.key_scheme", "/Vale/Clave/@Esquema"),
        (
            "campaign.sponsor",
            "/Vale/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/Campana/@Patrocinador",
        ),
    ],
)
def test_paths_lead_both_ways(path: str, xpath: str) -> None:
    assert xpath_of("voucher", path) == xpath
    assert path_of("voucher", xpath) == path


def test_its_key_and_qr_are_its_own() -> None:
    made = built()
    assert made.qr_text.splitlines()[:3] == ["Vale: VRVR-17", "Valor: 50000.00", f"CUDE: {made.key}"]


def test_it_is_signed_and_verified() -> None:
    pki = ToyPki(7)
    signed = sign(built(), pki.signer(SHOP.nit), at=voucher().issued_at)
    found = verify_signature(signed.xml, trust=pki.trust, nit=SHOP.nit)
    assert found.valid, found.faults
    changed = signed.xml.replace(b'Hasta="2026-12-31"', b'Hasta="2027-12-31"')
    assert not verify_signature(changed, trust=pki.trust, nit=SHOP.nit).valid


def test_what_it_refuses_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no vale nada"):
        built(value=0)
    with pytest.raises(InvalidInput, match="no es la organización"):
        built(shop=ResponseParty(name="Otra", id="800199436"))


# --- the engines of the whole way ------------------------------------------------------------------------------------


def office() -> Simulator:
    dian = Simulator()
    dian.register_software(ISSUER.software)
    return dian


def signed(dian: Simulator, **changes: Any) -> Signed[Any]:
    made = built(**changes)
    return sign(made, dian.signer(SHOP.nit), at=made.document.issued_at)


def client(dian: Simulator) -> Client:
    return Client(environment=Environment.HABILITACION, signer=dian.signer(SHOP.nit), transport=dian)


def test_its_rules_judge_it_and_no_others() -> None:
    assert check(voucher(), issuer=ISSUER).own_faults == ()
    report = check(built(value="10.50", valid_until=date(2026, 1, 1)), issuer=ISSUER)
    assert [(fault.code, fault.path, fault.certainty.value) for fault in report] == [
        ("VA01", "value", "confirmed"),
        ("VA02", "valid_until", "likely"),
    ]
    assert report.annex == "2.0"
    assert "ZB01" not in [item.code for item in report.not_evaluated]
    assert explain("VA01").norm == "Norma de ejemplo, regla VA01"


def test_nothing_of_it_is_left_behind() -> None:
    with declared(replace(FAMILY, name="others", kinds=(), rules=None)):
        assert explain("VA01").message == "El vale tiene centavos."
    known = {family.name for family in registry._own()}
    assert "vouchers" not in known


def test_it_is_sent_and_accepted_once() -> None:
    dian = office()
    with client(dian) as ws:
        answer = ws.send(signed(dian))
        assert answer.accepted, answer.faults
        again = ws.send(signed(dian, value=10))
    assert not again.accepted
    assert {fault.code for fault in again.faults} == {"90"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [({"value": "10.50"}, {"VA01"}), ({"valid_until": date(2026, 1, 1)}, {"VA02"})],
)
def test_the_simulator_judges_by_its_rules(changes: dict[str, Any], codes: set[str]) -> None:
    dian = office()
    with client(dian) as ws:
        answer = ws.send(signed(dian, **changes))
    assert not answer.accepted
    assert {fault.code for fault in answer.faults} == codes


def test_a_changed_key_is_told_under_its_code() -> None:
    dian = office()
    made = signed(dian)
    pin = ISSUER.software.pin.get_secret_value()
    part = examine(made.xml, dian.trust, secret=pin)
    assert part.key_matches is None or part.key_matches
    other = examine(made.xml, dian.trust, secret="00000")
    assert "VA03" in {fault.code for fault in other.faults}


def test_it_is_drawn() -> None:
    dian = office()
    made = signed(dian)
    shown = content_of(made, english=True)
    assert str(shown.title) == "Vale de regalo / Gift voucher"
    assert shown.section("voucher") is not None
    html = render_html(made)
    assert "Vale de regalo" in html
    for paper in Paper:
        assert render_pdf(made, theme=Theme(paper=paper)).startswith(b"%PDF")


def test_it_is_driven_through_a_test_set() -> None:
    dian = office()
    opened = dian.open_test_set(counts={"voucher": 3})
    run = HabilitacionRun.plan(ISSUER, opened.id, counts={"voucher": 3})
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(SHOP.nit), clock=lambda: voucher().issued_at)
        assert dict(report.accepted) == {"voucher": 3}
        confirmed = run.confirm(ws, dian.signer(SHOP.nit), clock=lambda: voucher().issued_at)
    assert (confirmed.confirmed, confirmed.state.value) == (True, "Aceptado")
    assert [slot.number for slot in run.slots] == ["V1", "V2", "V3", "V4"]
    assert HabilitacionRun.from_json(run.to_json(), ISSUER).report().accepted == report.accepted


def test_it_is_a_row_and_a_json() -> None:
    (row,) = rows(read(built().xml))
    assert (row["kind"], row["number"]) == ("voucher", "VR-17")
    assert read(built().xml).as_dict()["document"]["series"] == "VR"
