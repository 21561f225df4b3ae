"""The paper of equivalent documents, on letter and both rolls, read back by other programs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from dian_fe import Customer, Line, OpenElement, Paper, Template, Theme, build, iva, read, render_html, render_pdf
from dian_fe.catalogs import catalog
from dian_fe.graphic import content_of
from dian_fe.models.references import DocumentReference
from tests.families.equivalent.documents import AT, DOCUMENTS, NOTES, WATER, bag, note, shoes, sold
from tests.families.equivalent.test_random_documents import ISSUER, KINDS, made, office
from tests.graphic import browser
from tests.graphic.mandatory import amount
from tests.graphic.pdf_support import HAS_DECODER, MM, Drawn, decoded, draw, read_pages, told, visible
from tests.graphic.support import LONG, WORD, Shown, seen, squeezed
from tests.graphic.test_pdf_edges import assert_sound

pytestmark = [pytest.mark.slow, pytest.mark.judge]

PAPERS, TEMPLATES = tuple(Paper), tuple(Template)
ROLLS = (Paper.ROLL_80, Paper.ROLL_58)
FEW, ALL = 1, 100
"""Random documents of each kind."""
TITLES = {
    "pos_ticket": "Documento equivalente electrónico tiquete de máquina registradora con sistema P.O.S.",
    "cinema_ticket": "Documento equivalente electrónico boleta de ingreso a cine",
    "transport_ticket": "Documento equivalente electrónico tiquete de transporte de pasajeros terrestre",
    "utility_bill": "Documento equivalente electrónico de servicios públicos domiciliarios",
    "equivalent_credit_note": "Nota de ajuste crédito al documento equivalente electrónico",
    "equivalent_debit_note": "Nota de ajuste débito al documento equivalente electrónico",
}
UNANSWERED = "Sin la respuesta de validación de la DIAN"
GROUPS = ("maker", "benefits", "point_of_sale", "trip", "showing", "services")
PREFIXES = {"pos_ticket": "EPOS", "transport_ticket": "ETTT", "cinema_ticket": "ECIN", "utility_bill": "ESPD"}
ANA = Customer(id_type="13", id="1020304050", name=f"Ana Ejemplo {LONG}", emails=["ana@example.com"])


def built(kind: str, number: int = 1, **changes: Any) -> Any:
    return build(sold(f"{PREFIXES[kind]}{number}", ISSUER, kind, **changes), ISSUER)


@cache
def documents() -> tuple[Shown, ...]:
    """Return one of each kind, and tickets with what is rare: long texts, large amounts, contingency, an answer."""
    huge = Line(description=WORD, price=Decimal("98765432.55"), quantity=999, taxes=[iva(19)], standard_code="G" * 40)
    plain = [Shown(kind, built(kind)) for kind in DOCUMENTS]
    ticket = plain[0].subject
    rare = {
        "named": built("pos_ticket", 2, customer=ANA, notes=("Gracias por su compra.",)),
        "long": built("pos_ticket", 3, lines=[shoes(), bag(), huge]),
        "07": built("pos_ticket", 4, type_code="07"),
        "08": built("pos_ticket", 5, type_code="08", additional_references=(DocumentReference(number="EPOS5"),)),
    }
    notes = [Shown(kind, build(note("NC1", ticket, kind), ISSUER)) for kind in NOTES]
    return (*plain, *(Shown(name, each) for name, each in rare.items()), *notes, accepted())


@cache
def accepted() -> Shown:
    from dian_fe import sign

    ticket = built("pos_ticket", 9, customer=ANA)
    signed = sign(ticket, office().signer(ISSUER.organization.nit), at=AT)
    return Shown("answered", signed, office().judge(signed.xml).application_response)


def plain(value: Decimal) -> str:
    """Write a number without zeros at its end, as Colombians do."""
    return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))


def leaves(value: Any) -> Iterator[Any]:
    """Yield the data of a model, however deep."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "name" or not {"elements", "value"} & value.keys():  # names of open elements and attributes
                yield from leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield value


def wanted(subject: Any) -> list[str]:
    """Return what the paper must say, worked out from the document alone."""
    document, control, money = subject.document, subject.control, subject.document.currency
    totals = document.totals
    texts = [TITLES[document.kind], document.number, subject.key, f"{document.issued_at:%Y-%m-%d}", *document.notes]
    for party in (document.supplier, document.customer):
        texts += [party.name, f"{party.id}-{party.check_digit}" if party.id_type == "31" else party.id]
    for line in document.lines:
        codes = [line.seller_code, line.standard_code, *(each.code for each in line.other_codes)]
        texts += [line.description, amount(line.price, money), amount(line.amount, money), *filter(None, codes)]
        texts += [catalog("units").label(line.unit), plain(line.quantity)]
        texts += taxes_of(line.taxes, money)
    sums = (totals.line_extension, totals.tax_exclusive, totals.tax_inclusive, totals.payable)
    texts += [amount(each, money) for each in sums]
    texts += taxes_of((*document.taxes, *getattr(document, "withholdings", ())), money)
    if document.kind in DOCUMENTS:
        texts += [control.authorization, control.range_from, control.range_to, str(control.authorization_end)]
    for name in GROUPS:
        group = getattr(document, name, None)
        for each in leaves([part.model_dump() for part in (group if isinstance(group, tuple) else (group,)) if part]):
            texts.append(each if isinstance(each, str) else plain(each))
    texts += [getattr(document, name, None) or "" for name in ("cost_code", "payment_reference")]
    for each in (*document.billing_references, *document.additional_references):
        texts += [each.number, each.key or ""]
    for correction in getattr(document, "corrections", ()):
        concepts = catalog(f"{document.kind}_concepts")
        texts += [concepts.label(correction.concept), correction.reference or "", correction.description or ""]
    return [text for text in texts if text]


def taxes_of(totals: Any, money: str) -> list[str]:
    """Return amounts and rates, of taxes per unit too."""
    texts = []
    for each in (each for total in totals for each in total.subtotals):
        texts.append(amount(each.amount, money))
        if each.percent is not None:
            texts.append(f"{each.percent.normalize():f} %".replace(".", ","))
        if each.per_unit_amount is not None:
            texts.append(amount(each.per_unit_amount, money))
    return texts


@cache
def drawn(paper: Paper) -> tuple[Drawn, ...]:
    return tuple(
        draw(each, Theme(paper=paper, template=TEMPLATES[place % 3], english=place % 2 == 1))
        for place, each in enumerate(documents())
    )


def missing(subject: Any, text: str) -> list[str]:
    text = visible(text)
    return [
        each for each in wanted(subject) if visible(squeezed(seen(each))) not in text
    ]  # whatever breaks lines is a line break


@pytest.mark.parametrize("paper", PAPERS)
def test_every_datum_is_in_the_pdf_and_nothing_overflows(paper: Paper) -> None:
    for each in drawn(paper):
        assert missing(each.shown.subject, each.text) == [], each.shown.name
        assert_sound(list(each.pages), paper)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_datum_is_in_the_html(paper: Paper) -> None:
    for shown in documents():
        page = parser.document_fromstring(render_html(shown.subject, answer=shown.answer, theme=Theme(paper=paper)))
        text = squeezed(page.find("body").text_content())
        assert [each for each in wanted(shown.subject) if squeezed(seen(each)) not in text] == [], shown.name


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium here")
def test_nothing_sticks_out_in_a_browser(tmp_path: Path) -> None:
    widths = {Paper.LETTER: (820, 360), Paper.ROLL_80: (302,), Paper.ROLL_58: (219,)}
    pages = [
        (f"{shown.name} {paper.value} {width}", render_html(shown.subject, theme=Theme(paper=paper)), width)
        for shown in documents()
        for paper, several in widths.items()
        for width in several
    ]
    told, console = browser.looked_at(pages, tmp_path)
    assert (console, len(told)) == ([], len(pages))
    assert {page["name"]: page["out"] for page in told if page["out"] or page["wide"] > page["room"]} == {}


@pytest.mark.skipif(not HAS_DECODER, reason="no zbar or poppler here")
@pytest.mark.parametrize("paper", PAPERS)
def test_the_qr_is_read_and_has_two_centimetres(paper: Paper, tmp_path: Path) -> None:
    for each in drawn(paper):
        key = each.shown.subject.key
        address = f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={key}"
        assert decoded(each.pdf, each.pages, tmp_path) == [address] * len(each.pages), each.shown.name
        for left, top, right, bottom in (page.qr for page in each.pages):
            assert min(right - left, bottom - top) >= 20 * MM


def notices(name: str, **options: Any) -> list[str]:
    shown = next(each for each in documents() if each.name == name)
    return [each.text for each in content_of(shown.subject, answer=shown.answer, **options).notices[1:]]


def test_paper_without_dians_answer_says_so() -> None:
    assert notices("pos_ticket") == [UNANSWERED]
    assert notices("answered") == []
    assert "Validación DIAN" in next(each for each in drawn(Paper.ROLL_58) if each.shown.name == "answered").text
    assert UNANSWERED in render_html(read(accepted().subject.xml))


@pytest.mark.parametrize(("code", "whose"), [("07", "del emisor"), ("08", "de la DIAN")])
def test_contingency_is_said_on_the_paper(code: str, whose: str) -> None:
    assert notices(code) == [f"Contingencia {whose} (tipo {code})", UNANSWERED]
    assert squeezed(f"(tipo {code})") in squeezed(next(d for d in drawn(Paper.ROLL_58) if d.shown.name == code).text)


def test_points_that_nobody_has_take_no_paper() -> None:
    assert content_of(built("pos_ticket")).section("benefits") is None
    benefits = built("pos_ticket").document.benefits.replace(points=7)
    section = content_of(built("pos_ticket", benefits=benefits)).section("benefits")
    assert [(each.label.text, each.value) for each in section.fields] == [("Puntos", "7")]


def test_the_software_is_told_as_the_ticket_has_it() -> None:
    page = content_of(built("pos_ticket"), software=ISSUER.software)
    said = [(each.label.text, each.value) for each in page.software.fields]
    assert said[:3] == [
        ("Fabricante del software", "Cajas Ejemplo SAS"),
        ("Responsable", "Ana Ejemplo"),
        ("Software", "Caja & Cía"),
    ]
    assert len({label for label, _ in said}) == len(said)


def test_what_others_add_to_the_groups_is_shown() -> None:
    xml = built("pos_ticket").xml.replace(b"<Name>TipoCaja", b"<Name>Turno</Name><Value>Noche</Value><Name>TipoCaja")
    till = content_of(read(xml)).section("point_of_sale")
    assert ("Turno", "Noche") in [(each.label.text, each.value) for each in till.fields]


def test_open_elements_of_a_service_are_told_one_by_one() -> None:
    reading = OpenElement.of("LatestMeterQuantity", "812", unitCode="MTQ")
    meter = OpenElement.of("UtilityMeter", reading, OpenElement.of("cbc:Sello", "S-7"), tipo="digital")
    bill = built("utility_bill", services=[WATER.replace(content=(*WATER.content, meter), third_party=True)])
    said = {each.label.text: each.value for each in content_of(bill).section("services").fields}
    assert said["UtilityMeter"] == "digital"
    assert (said["Contrato"], said["Lectura actual"], said["Sello"]) == ("C-9", "812 Metro cúbico", "S-7")
    assert said["Servicio"] == "Acueducto · Por cuenta de terceros"


def test_the_last_day_to_pay_is_that_of_utilities_alone() -> None:
    days = {
        kind: [each.label.text for each in content_of(built(kind, tax_point_date=AT.date())).section("dates").fields][1]
        for kind in ("utility_bill", "pos_ticket")
    }
    assert days == {"utility_bill": "Fecha límite de pago", "pos_ticket": "Causación del impuesto"}


def test_kinds_that_are_only_read_are_titled_by_dians_name() -> None:
    xml = built("pos_ticket").xml.decode()
    xml = xml.replace(">20</cbc:InvoiceTypeCode>", ">40</cbc:InvoiceTypeCode>")
    xml = xml.replace("Documento Equivalente POS", "Documento Equivalente para el Cobro de Peajes")
    received = read(xml.encode())
    assert received.kind.name == "toll_receipt"
    title = content_of(received).title.text
    assert title.startswith("Documento equivalente electrónico: ")
    assert "peajes" in title


def test_every_label_has_its_english() -> None:
    page = content_of(built("pos_ticket", customer=ANA), english=True)
    labels = [page.title, *page.notices, *(each.title for each in page.sections)]
    labels += [field.label for section in (*page.sections, page.software) for field in section.fields]
    assert [each.text for each in labels if not each.english and each.text not in {"Software", "Subtotal"}] == []


def hold_the_paper(kind: str, seed: int, folder: Path) -> None:
    case = made(kind, seed)
    for paper in PAPERS:
        pdf = render_pdf(case.signed, theme=Theme(paper=paper, template=TEMPLATES[seed % 3], english=seed % 2 == 1))
        pages = read_pages(pdf)
        assert_sound(pages, paper)
        assert missing(case.signed, told(pages, case.signed.document.number)) == [], (kind, seed, paper)
        if HAS_DECODER:
            assert decoded(pdf, tuple(pages), folder) == [case.signed.built.qr_text] * len(pages), (kind, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_random_documents_are_printed_whole(kind: str, tmp_path: Path) -> None:
    for seed in range(FEW):
        hold_the_paper(kind, seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_600_random_documents_are_printed_whole(kind: str, tmp_path: Path) -> None:
    for seed in range(FEW, FEW + ALL):
        hold_the_paper(kind, seed, tmp_path)
