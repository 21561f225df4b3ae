"""The paper of support documents: who buys and issues, who sells, when it was bought; read back by other programs."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from dian_fe import Paper, Template, Theme, build, read, render_html
from dian_fe.catalogs import catalog
from dian_fe.errors import UnreadableDocument
from dian_fe.graphic import content_of
from tests.families.support.shown import ABROAD, ANA, BUYER, COFFEE, bought, documents, foreign, issuer
from tests.graphic import browser
from tests.graphic.mandatory import amount
from tests.graphic.pdf_support import HAS_DECODER, POINT, Drawn, decoded, draw, overlapping, visible
from tests.graphic.support import Shown, seen, squeezed
from tests.graphic.test_pdf import MARGINS

pytestmark = [pytest.mark.slow, pytest.mark.judge]

TITLES = {
    "05": "Documento soporte en adquisiciones efectuadas a no obligados a facturar",
    "95": "Nota de ajuste al documento soporte en adquisiciones efectuadas a no obligados a facturar",
}
SALES_WORDS = ("factura ", "facturado", "cliente", "venta", "cufe")
"""What the paper of a purchase does not speak of."""
RESIDENCE = {"10": "Residente", "11": "No residente"}
PAPERS, TEMPLATES = tuple(Paper), tuple(Template)
needs_chromium = pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium here")


def named(name: str) -> Shown:
    return next(each for each in documents() if each.name == name)


@cache
def drawn(paper: Paper) -> tuple[Drawn, ...]:
    return tuple(
        draw(each, Theme(paper=paper, template=TEMPLATES[place % 3], english=place % 2 == 1))
        for place, each in enumerate(documents())
    )


def wanted(shown: Shown) -> list[str]:
    """Return what the paper must say, worked out from the document alone."""
    found, document = shown.found, shown.found.document
    money, totals = document.currency, document.totals
    texts = [TITLES[document.type_code], document.number, found.key, RESIDENCE[document.operation], *document.notes]
    for party in (document.supplier, document.customer):
        number = f"{party.id}-{party.check_digit}" if party.id_type == "31" else party.id
        texts += [party.name, number, *party.emails]
    for line in document.lines:
        texts += [line.description, amount(line.price, money), amount(line.amount, money), *line.notes]
        texts += [] if line.purchase is None else [str(line.purchase.date), line.purchase.description[1:]]
    texts += [amount(each, money) for each in (totals.line_extension, totals.tax_inclusive, totals.payable)]
    for each in (
        each for total in (*document.taxes, *getattr(document, "withholdings", ())) for each in total.subtotals
    ):
        texts += [amount(each.amount, money), f"{each.percent.normalize():f} %".replace(".", ",")]
    control = found.control
    if document.type_code == "05":
        texts += [control.authorization, f"{control.range_prefix}{control.range_from}", control.range_to]
        texts += [str(control.authorization_start), str(control.authorization_end)]
    for correction in getattr(document, "corrections", ()):
        concept = catalog("support_document_note_concepts").label(correction.concept)
        texts += [correction.reference, concept, correction.description or ""]
    texts += [part for each in document.billing_references for part in (each.number, each.key)]
    return [text for text in texts if text]


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_is_in_the_pdf(paper: Paper) -> None:
    for each in drawn(paper):
        text = visible(each.text)
        assert [item for item in wanted(each.shown) if visible(seen(item)) not in text] == [], each.shown.name


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_is_in_the_html(paper: Paper) -> None:
    for shown in documents():
        page = parser.document_fromstring(render_html(shown.subject, answer=shown.answer, theme=Theme(paper=paper)))
        text = squeezed(page.find("body").text_content())
        assert [item for item in wanted(shown) if squeezed(seen(item)) not in text] == [], shown.name


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_overflows_or_overlaps_in_the_pdf(paper: Paper) -> None:
    margin = MARGINS[paper] - POINT
    for each in drawn(paper):
        for page in each.pages:
            assert not overlapping(page), each.shown.name
            assert all(margin < run.left and run.right < page.width - margin for run in page.runs), each.shown.name
            assert all(margin < run.top and run.bottom < page.height - margin + POINT for run in page.runs)


@needs_chromium
def test_nothing_overflows_in_a_browser(tmp_path: Path) -> None:
    pages = [
        (f"{shown.name} {paper.value} {width}", render_html(shown.subject, theme=Theme(paper=paper)), width)
        for shown in documents()
        for paper, width in ((Paper.LETTER, 820), (Paper.LETTER, 360), (Paper.ROLL_80, 302))
    ]
    told, console = browser.looked_at(pages, tmp_path)
    assert console == []
    assert len(told) == len(pages)
    assert {page["name"]: page["out"] for page in told if page["out"] or page["wide"] > page["room"]} == {}


@pytest.mark.skipif(not HAS_DECODER, reason="no zbar or poppler here")
@pytest.mark.parametrize("name", ["answered", "foreign", "note"])
def test_the_qr_of_the_paper_is_read(name: str, tmp_path: Path) -> None:
    each = next(one for one in drawn(Paper.LETTER) if one.shown.name == name)
    document, key = each.shown.found.document, each.shown.found.key
    amounts = (document.totals.line_extension, sum(tax.amount for tax in document.taxes), document.totals.payable)
    lines = [
        f"NumDS: {document.number}",
        f"FecDS: {document.issued_at:%Y-%m-%d}",
        f"HorDS: {document.issued_at:%H:%M:%S}-05:00",
        f"NumSNO: {document.supplier.id}",
        f"DocAdq: {BUYER.nit}",
        *(f"{label}: {value:.2f}" for label, value in zip(("ValDS", "ValIva", "ValTolDS"), amounts, strict=True)),
        f"CUDS: {key}",
        f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={key}",
    ]
    assert {*decoded(each.pdf, each.pages, tmp_path)} == {"\n".join(lines)}


def content(name: str, **options: Any) -> Any:
    shown = named(name)
    return content_of(shown.subject, answer=shown.answer, **options)


def said(section: Any) -> dict[str, str]:
    return {field.label.text: field.value for field in _fields(section)}


def test_the_buyer_heads_the_page_and_is_called_so() -> None:
    page = content("weekly")
    assert (page.supplier.name, page.customer.name) == (BUYER.name, ANA.name)
    assert said(page.supplier)["Calidad"] == "Adquirente que expide el documento"
    assert (page.customer.title.text, page.key_label.text) == ("Vendedor", "CUDS")
    assert "Gran contribuyente (O-13)" in page.supplier.qualities
    assert page.customer.qualities == ()


def test_each_line_says_when_it_was_bought() -> None:
    days = [said(row)["Fecha de la compra"] for row in content("weekly").lines]
    assert days == [f"2026-02-{day}, acumulado semanal" for day in (24, 25, 26)]
    assert said(content("one").lines[0])["Fecha de la compra"] == "2026-03-02, por operación"


def test_manners_of_others_are_shown_as_they_are_written() -> None:
    made = build(bought("DSE1"), issuer()).xml.decode()
    usual = ">1</cbc:DescriptionCode><cbc:Description>Por operación<"
    other = made.replace(usual, ">9</cbc:DescriptionCode><cbc:Description>Otra<")
    assert other != made
    bare = other.replace("<cbc:Description>Otra</cbc:Description>", "", 1)
    shown = [said(content_of(read(each.encode())).lines[0]) for each in (other, bare)]
    assert [each["Fecha de la compra"] for each in shown] == ["2026-03-02, otra", "2026-03-02, 9"]
    start, end = made.index("<cac:InvoicePeriod>"), made.index("</cac:InvoicePeriod>")
    without = made[:start] + made[end + len("</cac:InvoicePeriod>") :]
    assert "Fecha de la compra" not in said(content_of(read(without.encode())).lines[0])


def test_residence_and_pesos_of_a_purchase_abroad() -> None:
    page = content("foreign")
    assert said(page.section("dates"))["Residencia del vendedor"] == "No residente"
    assert said(page.section("exchange"))["Tasa de cambio"] == "1 USD = 4.105,32 COP"
    assert (page.customer.identification.value, page.customer.name) == (ABROAD.id, ABROAD.name)
    assert [(row.name, row.rate, row.amount, row.second) for row in page.withholdings] == [
        ("ReteIVA", "100 %", "USD 4,75", "COP 19.500,27")
    ]
    payable = next(row for row in page.totals if row.strong)
    assert (payable.amount, payable.second) == ("USD 29,75", "COP 122.133,27")


def test_a_note_says_what_it_adjusts() -> None:
    page = content("note")
    told = said(page.section("correction"))
    assert told["Documento que se ajusta"] == "DSE2"
    assert told["Concepto"].startswith("Devolución parcial")
    (reference,) = page.references
    assert (reference.kind.text, reference.number, reference.key_name) == ("Documento soporte", "DSE2", "CUDS")
    assert page.section("numbering").title.text == "Numeración"


def test_nothing_on_it_speaks_of_a_sale() -> None:
    for shown in documents():
        page = content_of(shown.subject, answer=shown.answer)
        heads = [page.title, page.customer.title, *(section.title for section in page.sections)]
        fields = [
            each for part in (page.supplier, page.customer, *page.sections, *page.lines) for each in _fields(part)
        ]
        words = " ".join(str(each).casefold() for each in (*heads, *(each.label for each in fields)))
        assert [word for word in SALES_WORDS if word in words] == []


def _fields(part: Any) -> Any:
    return getattr(part, "fields", None) or getattr(part, "details", ())


def test_every_label_has_its_english() -> None:
    page = content("note", english=True)
    texts = [page.title, page.customer.title, *(each.label for each in page.sections[-1].fields)]
    assert all(each.english for each in texts)
    assert said(page.supplier)["Calidad"] == "Adquirente que expide el documento / Buyer and issuer"
    assert all(each.label.english for row in page.lines for each in row.details)


def test_what_the_qr_needs_is_named_as_a_buyer_names_it() -> None:
    made = build(bought("DSE1"), issuer()).xml.decode()
    head, seller, rest = made.partition("<cac:AccountingSupplierParty>")
    cut = rest[rest.index("</cac:AccountingSupplierParty>") :]
    with pytest.raises(UnreadableDocument, match="no trae identificación del vendedor"):
        render_html(read((head + seller + cut).encode()))


def test_the_answer_beside_it_says_when_dian_validated() -> None:
    assert "Validación DIAN" in said(content("answered").section("dates"))
    assert "Validación DIAN" not in said(content("weekly").section("dates"))


def test_a_notebook_shows_parties_purchase_and_key() -> None:
    made = build(bought("DSE1", lines=[COFFEE]), issuer())
    told = squeezed(parser.document_fromstring(made._repr_html_()).text_content())
    for text in (BUYER.name, ANA.name, "Vendedor", "compra: 2026-03-02, por operación", "CUDS", made.key):
        assert squeezed(text) in told
    assert "CUFE" not in told
    assert date(2026, 3, 2) == made.document.lines[0].purchase.date
    assert "ReteIVA" in foreign()._repr_html_()
