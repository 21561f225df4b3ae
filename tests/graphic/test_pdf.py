"""The PDF, read and judged by other programs: pdfminer for texts and places, poppler and zbar for the QR."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser

from dian_fe.graphic import Paper
from dian_fe.graphic.sheet import MM
from dian_fe.graphic.typefaces import faces
from tests.graphic.mandatory import mandatory_texts
from tests.graphic.pdf_support import HAS_DECODER, POINT, Drawn, cells, decoded, drawn, overlapping
from tests.graphic.support import seen, squeezed

pytestmark = [pytest.mark.slow, pytest.mark.judge]

PAPERS = tuple(Paper)
MARGINS = {Paper.LETTER: 36.0, Paper.ROLL_80: 4 * MM, Paper.ROLL_58: 5 * MM}
WIDTHS = {Paper.LETTER: 612, Paper.ROLL_80: 80 * MM, Paper.ROLL_58: 58 * MM}


def visible(text: str) -> str:
    """Return a text as the typefaces show it: what they lack is a placeholder, what has no shape is nothing."""
    return squeezed(faces()[0].shown(unicodedata.normalize("NFC", text)))


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS)
def test_every_mandatory_item_is_in_the_text(paper: Paper) -> None:
    missing = {}
    for each in drawn(paper):
        text = squeezed(each.text)
        wanted = [*mandatory_texts(each.shown), each.content.in_words.value]
        missing[each.shown.name] = [item for item in wanted if visible(seen(item)) not in text]
    assert not {name: items for name, items in missing.items() if items}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_page_has_key_address_and_number(paper: Paper) -> None:
    for each in drawn(paper):
        count = len(each.pages)
        for number, page in enumerate(each.pages, 1):
            text = squeezed(page.text)
            assert each.content.key in text
            assert each.content.qr_url in text
            assert f"Página{number}de{count}" in text
            assert f"/Page{number}of{count}" in text or not each.content.english
            assert all(squeezed(str(notice)) in text for notice in each.content.notices) or paper is not Paper.LETTER


@pytest.mark.parametrize("paper", PAPERS)
def test_every_glyph_is_inside_the_margins(paper: Paper) -> None:
    margin = MARGINS[paper] - POINT
    for each in drawn(paper):
        for page in each.pages:
            assert page.width == pytest.approx(WIDTHS[paper], abs=POINT)
            outside = [
                run
                for run in page.runs
                if run.left < margin
                or run.right > page.width - margin
                or run.top < margin
                or run.bottom > page.height - margin + POINT
            ]
            assert not outside, each.shown.name


@pytest.mark.parametrize("paper", PAPERS)
def test_no_two_texts_overlap_and_none_the_qr(paper: Paper) -> None:
    for each in drawn(paper):
        for page in each.pages:
            assert not overlapping(page), each.shown.name


@pytest.mark.parametrize("paper", PAPERS)
def test_every_text_is_within_its_cell(paper: Paper) -> None:
    """Each text read from the PDF against the cell that it was given."""
    for each in drawn(paper):
        for laid, page in zip(each.laid, each.pages, strict=True):
            given = [(text, base) for text, base in cells(laid) if faces()[0].shown(text.text).strip()]
            assert len(given) == len(page.runs), each.shown.name
            for (text, base), run in zip(given, page.runs, strict=True):
                assert visible(text.text) == squeezed(run.text)
                assert run.left >= text.left - POINT
                assert run.right <= text.right + POINT
                assert run.bottom == pytest.approx(base + 0.22 * text.style.size, abs=POINT)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_qr_has_two_centimetres_on_every_page(paper: Paper) -> None:
    for each in drawn(paper):
        for page in each.pages:
            left, top, right, bottom = page.qr
            assert right - left >= 20 * MM
            assert bottom - top >= 20 * MM
            assert left >= MARGINS[paper] - POINT
            assert bottom <= page.height - MARGINS[paper] + POINT


@pytest.mark.skipif(not HAS_DECODER, reason="zbarimg and pdftoppm come with zbar-tools and poppler-utils")
@pytest.mark.parametrize("paper", PAPERS)
def test_an_outside_decoder_reads_the_annex_text_on_every_page(paper: Paper, tmp_path: Path) -> None:
    for each in drawn(paper):
        text = getattr(each.shown.subject, "qr_text", each.content.qr_text)
        assert decoded(each.pdf, each.pages, tmp_path) == [text] * len(each.pages), each.shown.name


def test_long_documents_repeat_the_head_of_the_table() -> None:
    each = _named("400 lines", Paper.LETTER)
    assert len(each.pages) > 10
    heads = [column.text for name, column in each.content.columns.items() if name != "allowances"]
    numbers = []
    for page in each.pages:
        texts = [run.text for run in page.runs]
        rows = [text for text in texts if text.startswith("REF-")]
        numbers += rows
        assert not rows or all(head in texts for head in heads)
    assert numbers == [f"REF-{number:04d}" for number in range(1, 401)]


def test_the_roll_is_one_page_as_long_as_what_is_on_it() -> None:
    lengths = [_named(f"{count} lines", Paper.ROLL_80).pages for count in (2, 10, 60)]
    assert [len(pages) for pages in lengths] == [1, 1, 1]
    heights = [pages[0].height for pages in lengths]
    assert all(shorter < longer for shorter, longer in pairwise(heights))
    assert max(run.bottom for run in lengths[0][0].runs) > heights[0] - 2 * MARGINS[Paper.ROLL_80]


@pytest.mark.parametrize("paper", PAPERS)
def test_typefaces_are_embedded_as_subsets(paper: Paper) -> None:
    for each in drawn(paper)[:3]:
        document = PDFDocument(PDFParser(BytesIO(each.pdf)))
        fonts = [
            thing
            for xref in document.xrefs
            for number in xref.get_objids()
            if isinstance(thing := document.getobj(number), dict) and str(thing.get("Type")) == "/'Font'"
        ]
        assert fonts
        for font in fonts:
            assert "+BitstreamVeraSans-" in str(font["BaseFont"])
            assert font["FontDescriptor"].resolve()["FontFile2"].resolve().get_data()


def _named(name: str, paper: Paper) -> Drawn:
    return next(each for each in drawn(paper) if each.shown.name == name)
