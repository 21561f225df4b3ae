"""The PDF at its edges: the same bytes, what the typefaces lack, texts longer than a page, logos, missing libraries."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pdfminer.layout import LTChar, LTCurve, LTImage, LTRect
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from PIL import Image

from dian_fe import ExchangeRate, build, pack, read, rete_ica, rete_iva, rete_renta
from dian_fe._cli.graphic import add_verbs
from dian_fe.errors import InvalidInput, MissingExtra, UnreadableDocument
from dian_fe.graphic import Content, Paper, Template, Theme, content_of, render_pdf
from dian_fe.graphic.pdf import draw_pdf
from dian_fe.graphic.qr import symbol
from dian_fe.graphic.setting import LONGEST
from tests.graphic.pdf_support import Read, items, overlapping, read_pages, visible
from tests.graphic.support import (
    ARABIC,
    AT,
    EMOJI,
    ONE,
    D,
    answered,
    customer,
    invoice,
    issuer,
    office,
    organization,
    some_lines,
    squeezed,
)
from tests.graphic.test_pdf import MARGINS

pytestmark = pytest.mark.slow

PAPERS = tuple(Paper)


def built(**changes: Any) -> Any:
    return build(invoice("SETP990000500", changes.pop("lines", [ONE]), **changes), issuer())


def image(kind: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    target = BytesIO()
    Image.new(mode, size, "red" if mode != "RGBA" else (29, 79, 124, 128)).save(target, kind)
    return target.getvalue()


def assert_sound(pages: list[Read], paper: Paper) -> None:
    """Nothing beyond the margins, nothing over anything else."""
    for page in pages:
        margin = MARGINS[paper]
        assert min(run.left for run in page.runs) >= margin - 0.2
        assert max(run.right for run in page.runs) <= page.width - margin + 0.2
        assert max(run.bottom for run in page.runs) <= page.height - margin + 0.4
        assert not overlapping(page)


# --- the same bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_document_gives_the_same_bytes(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    document, theme = built(), Theme(paper=paper, logo=image("PNG", (300, 100), "RGBA"))
    first = render_pdf(document, theme=theme)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert render_pdf(document, theme=theme) == first
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: render_pdf(document, theme=theme), range(8))) == {first}
    assert render_pdf(built(notes=["Otra"]), theme=theme) != first


def test_the_file_says_when_and_by_whom_the_document_was_issued() -> None:
    document = built()
    [info] = PDFDocument(PDFParser(BytesIO(render_pdf(document)))).info
    said = {name: value.decode("utf-16" if value[:2] == b"\xfe\xff" else "latin-1") for name, value in info.items()
            if isinstance(value, bytes)}  # fmt: skip
    assert said["CreationDate"] == said["ModDate"] == "D:20260302151500Z"
    assert said["Title"] == "Factura electrónica de venta SETP990000500"
    assert said["Author"] == "Tienda Ejemplo SAS"
    assert document.key in said["Subject"]


# --- characters ------------------------------------------------------------------------------------------------------


def test_accents_and_signs_are_in_the_text() -> None:
    text = "Ñandú, pingüino, «órgano» – 5 €, ½ kg, 3 m², N.º 7, Š ž"
    [page] = read_pages(render_pdf(built(lines=[ONE.replace(description=text)])))
    assert squeezed(text) in squeezed(page.text)


def test_letters_with_loose_accents_are_composed() -> None:
    [page] = read_pages(render_pdf(built(lines=[ONE.replace(description="Cafe\u0301 con ln\u0303")])))
    assert "Café con lñ" in page.text


def test_what_typefaces_lack_is_a_placeholder_kept_in_the_text(tmp_path: Path) -> None:
    pdf = render_pdf(built(lines=[ONE.replace(description=EMOJI)]))
    [page] = read_pages(pdf)
    assert visible(EMOJI) == "Café◊conleche◊"
    assert visible(EMOJI) in visible(page.text)
    if shutil.which("pdftotext"):
        file = tmp_path / "emoji.pdf"
        file.write_bytes(pdf)
        text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True).stdout.decode()
        assert squeezed(EMOJI) in squeezed(text)


# --- longer than there is room for -----------------------------------------------------------------------------------

LONG: dict[str, Callable[[], Any]] = {
    "note": lambda: built(notes=["Nota muy larga. " * 600, "Otra."]),
    "description": lambda: built(lines=[ONE.replace(description="Descripción con muchas palabras " * 160), ONE]),
    "word": lambda: built(lines=[ONE.replace(description="W" * 3000, seller_code="9" * 900)]),
    "customer": lambda: built(customer=customer(name="Nombre " * 600, address="Calle " * 200)),
    "supplier": lambda: build(
        invoice("SETP990000501", [ONE], supplier=organization(name="Razón social " * 120)),
        issuer(name="Razón social " * 120),
    ),
    "amounts": lambda: built(
        lines=[ONE.replace(price=D("123456789012345.123456789"), quantity=D("987.654321"))],
        currency="USD",
        exchange_rate=ExchangeRate(currency="USD", rate=D("4012.35"), date=AT.date()),
    ),
    "taxes": lambda: built(lines=[line for _ in range(15) for line in some_lines(3)]),
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", LONG)
def test_long_texts_break_and_never_overflow(name: str, paper: Paper) -> None:
    document = content_of(LONG[name]())
    pages = pages_of(document, Theme(paper=paper))
    assert_sound(pages, paper)
    text = squeezed("".join(page.text for page in pages))
    assert text.count(document.key) >= 2 * len(pages)


def dear(price: str, code: str = "3978859473391", **more: Any) -> Any:
    line = ONE.replace(price=D(price), quantity=D("3"), seller_code=code, description="Café tostado")
    return content_of(built(lines=[line] * 4, **more))


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("paper", PAPERS)
def test_long_codes_and_amounts_do_not_overlap(paper: Paper, template: Template) -> None:
    rate = ExchangeRate(currency="USD", rate=D("4012.35"), date=AT.date())
    content = dear("8680013443.39", currency="USD", exchange_rate=rate)
    told = [replace(line, allowances=["Descuento 10 % USD 2.604.031.918,10"]) for line in content.lines]
    content = replace(content, lines=told)
    assert_sound(pages_of(content, Theme(paper=paper, template=template)), paper)


@pytest.mark.parametrize("paper", PAPERS)
def test_amounts_do_not_break_inside(paper: Paper) -> None:
    content = dear("123456789.50")
    text = "\n".join(run.text for page in pages_of(content, Theme(paper=paper)) for run in page.runs).replace(
        "\xa0", " "
    )
    assert text.count("$ 123.456.789,50") >= 4
    assert text.count("370.370.368,50") >= 4


@pytest.mark.parametrize("paper", [Paper.ROLL_80, Paper.ROLL_58])
def test_a_huge_total_is_whole_on_a_roll(paper: Paper) -> None:
    for template in Template:
        [page] = pages_of(dear("10000000000"), Theme(paper=paper, template=template))
        whole = [run for run in page.runs if run.text.replace("\xa0", " ").endswith("$ 142.800.000.000,00")]
        assert len(whole) == 2, template  # with taxes, and to be paid


def test_labels_and_short_values_share_a_line_of_a_narrow_roll() -> None:
    for template in Template:
        [page] = pages_of(content_of(built()), Theme(paper=Paper.ROLL_58, template=template))
        assert "Forma de pago: Contado" in page.text


@pytest.mark.parametrize("template", Template)
def test_a_line_of_many_rows_is_not_torn_between_pages(template: Template) -> None:
    notes = (
        "Lote 4471, bodega 3, segundo piso, estante del fondo",
        "Vence en enero de 2027",
        *("Revise el sello",) * 8,
        "Manéjese con cuidado",
    )
    line = ONE.replace(description="Mesa", notes=notes)
    for count in range(18, 26):
        pages = pages_of(content_of(built(lines=[line] * count)), Theme(template=template))
        assert len(pages) > 1
        assert all(page.text.count("Mesa") == page.text.count("cuidado") for page in pages), count


def rows_of(page: Read) -> float:
    """Return what part of a page has text between its head and its foot."""
    tops = [run.top for run in page.runs if run.bottom < page.qr[1]]
    return (max(tops) - min(tops)) / page.qr[1]


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("paper", [Paper.LETTER, Paper.HALF_LETTER])
def test_amounts_in_two_currencies_leave_no_page_nearly_empty(paper: Paper, template: Template) -> None:
    rate = ExchangeRate(currency="USD", rate=D("4012.35"), date=AT.date())
    held = [rete_renta("2.5"), rete_iva(15), rete_ica(per_mil="9.66")]
    for count in (9, 10, 11):
        lines = [each.replace(price=each.price * 10**6) for each in some_lines(count)]
        made = built(lines=lines, withholdings=held, currency="USD", exchange_rate=rate)
        pages = pages_of(content_of(made), Theme(paper=paper, template=template))
        assert_sound(pages, paper)
        assert all(rows_of(page) > 0.25 for page in pages), (count, [rows_of(page) for page in pages])


@pytest.mark.parametrize("paper", PAPERS)
def test_a_hyphen_at_the_end_of_a_line_is_not_repeated(paper: Paper) -> None:
    words = [f"R{'x' * (place % 4)}-{'AbCd'[place % 4]}z" for place in range(60)]
    content = content_of(built(lines=[ONE.replace(description=" ".join(words))]))
    total = replace(content.totals[0], amount="-$ 0,37")
    pages = pages_of(replace(content, totals=(*content.totals, total)), Theme(paper=paper))
    text = "".join(page.text for page in pages)
    assert "".join(words) in squeezed(text)
    assert "--" not in squeezed(text)
    assert "-$ 0,37" in text.replace("\xa0", " ")


def test_marks_of_direction_are_no_part_of_figures() -> None:
    content = content_of(built(customer=customer(name=f"{ARABIC} 417018")))
    pages = pages_of(replace(content, number="SETP1", notices=()), Theme())
    text = "".join(page.text for page in pages)
    assert "417018" in text
    assert "\u202c" not in text


def test_a_line_stays_on_one_page_of_half_a_sheet() -> None:
    for count in range(4, 16):
        pages = pages_of(
            content_of(built(lines=[ONE.replace(description="Mesa")] * count)), Theme(paper=Paper.HALF_LETTER)
        )
        assert all(page.text.count("Mesa") == page.text.count("×") for page in pages), count


def test_a_receipt_longer_than_a_page_can_be_goes_on_on_another() -> None:
    pages = pages_of(content_of(built(lines=some_lines(500))), Theme(paper=Paper.ROLL_80))
    assert len(pages) == 2
    assert all(page.height <= LONGEST for page in pages)
    assert_sound(pages, Paper.ROLL_80)


@pytest.mark.parametrize(("paper", "template"), [(Paper.LETTER, "classic"), (Paper.HALF_LETTER, "modern")])
def test_totals_never_stand_alone_on_a_page(paper: Paper, template: Template) -> None:
    alone = []
    for count in range(12, 30):
        pages = read_pages(render_pdf(built(lines=[ONE] * count), theme=Theme(paper=paper, template=template)))
        [total] = [place for place, page in enumerate(pages) if "Total a pagar" in page.text]
        if ONE.description.split()[0] not in pages[total].text:
            alone.append(count)
    assert not alone


def pages_of(content: Content, theme: Theme) -> list[Read]:
    return read_pages(draw_pdf(content, theme, AT))


@pytest.mark.parametrize("paper", PAPERS)
def test_long_numbers_and_software_leave_room_for_the_rest(paper: Paper) -> None:
    content = content_of(built(), software=issuer().software.replace(name="Programa " * 400, maker="Casa " * 50))
    content = replace(content, number="9" * 700)
    pages = pages_of(content, Theme(paper=paper))
    assert_sound(pages, paper)
    text = squeezed("".join(page.text for page in pages))
    assert text.count("Programa") == 400
    assert content.number in text


def test_a_qr_that_cannot_be_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="QR"):
        symbol("x" * 2400)
    assert symbol("x" * 2331).size == 177


# --- theme -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "LA")]
)
def test_logos_keep_their_shape(kind: str, mode: str, paper: Paper) -> None:
    logo = image(kind, (400, 100), mode) if mode != "LA" else image(kind, (400, 100), "L")
    [picture] = [
        item
        for item in items(render_pdf(built(), theme=Theme(logo=logo, paper=paper)))
        if isinstance(item, LTImage) and item.srcsize == (400, 100)
    ]
    assert picture.width == pytest.approx(4 * picture.height)


@pytest.mark.parametrize("damaged", [image("PNG", (40, 40))[:-30], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0nothing"])
def test_a_damaged_logo_is_refused(damaged: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        render_pdf(built(), theme=Theme(logo=damaged))
    assert refused.value.field == "logo"


def test_colours_are_those_of_the_theme() -> None:
    theme = Theme(color="#7a1f5c")
    found = {
        tuple(item.non_stroking_color)
        for item in items(render_pdf(built(), theme=theme))
        if isinstance(item, LTRect | LTCurve) and item.fill
    }
    assert any(
        colour == pytest.approx(tuple(part / 255 for part in bytes.fromhex("7a1f5c")), abs=0.01)
        for colour in found
        if len(colour) == 3
    )


def test_the_command_line_offers_every_paper_and_template() -> None:
    verbs = ArgumentParser().add_subparsers()
    add_verbs(verbs)
    for verb in ("html", "pdf"):
        offered = {action.dest: action.choices for action in verbs.choices[verb]._actions}
        assert list(offered["paper"]) == [each.value for each in Paper]
        assert list(offered["template"]) == [each.value for each in Template]


def test_rolls_have_no_grey_and_no_fills() -> None:
    for template in Template:
        drawn = items(render_pdf(built(), theme=Theme(paper=Paper.ROLL_80, template=template, color="#000000")))
        text = Theme().text
        inks = {tuple(item.graphicstate.ncolor) for item in drawn if isinstance(item, LTChar)}
        known = [tuple(part / 255 for part in bytes.fromhex(each[1:])) for each in (text, "#000000", "#b42318")]
        assert all(any(ink == pytest.approx(each, abs=0.01) for each in known) for ink in inks if len(ink) == 3)


# --- without the libraries, and with a package -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["typst", "segno"])
def test_missing_libraries_are_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("dian_fe.graphic.pdf.find_spec", lambda module: None if module == name else found(module))
    with pytest.raises(MissingExtra, match=r"extra pdf.*pip install .*'segno>="):
        render_pdf(built())


def test_the_pdf_travels_in_the_package() -> None:
    shown = answered(built())
    pdf = render_pdf(shown.subject, answer=shown.answer)
    package = pack(shown.subject, shown.answer, office().signer("700085371"), at=AT, pdf=pdf)
    assert package.pdf == pdf
    # The customer's own copy shows the same, made from the container alone.
    assert render_pdf(read(package.xml)) == pdf
