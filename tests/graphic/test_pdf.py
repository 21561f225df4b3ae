"""The PDF, read and judged by other programs: pdfminer for texts and places, poppler and zbar for the QR."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise, product
from pathlib import Path

import pytest
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser

from dian_fe.graphic import Paper, Template, Theme
from tests.graphic.mandatory import mandatory_texts
from tests.graphic.pdf_support import HAS_DECODER, MM, POINT, Drawn, decoded, draw, overlapping, told, visible
from tests.graphic.support import Shown, seen, squeezed
from tests.graphic.varied import varied_documents

pytestmark = [pytest.mark.slow, pytest.mark.judge]

LOOKS = tuple(product(Paper, Template))
ROLLS = (Paper.ROLL_80, Paper.ROLL_58)
MARGINS = {Paper.LETTER: 36.0, Paper.HALF_LETTER: 9 * MM, Paper.ROLL_80: 4 * MM, Paper.ROLL_58: 5 * MM}
WIDTHS = {Paper.LETTER: 612, Paper.HALF_LETTER: 396, Paper.ROLL_80: 80 * MM, Paper.ROLL_58: 58 * MM}


@pytest.fixture(scope="module")
def sample() -> list[tuple[Paper, Drawn]]:
    """Every varied document once, on each paper and in each template in turn; each second one in two languages."""
    made = []
    for place, shown in enumerate(varied_documents()):
        paper, template = LOOKS[place * 5 % len(LOOKS)]
        made.append((paper, draw(shown, Theme(paper=paper, template=template, english=place % 2 == 1))))
    return made


Sample = list[tuple[Paper, Drawn]]


def test_the_sample_has_every_paper_and_template(sample: Sample) -> None:
    assert {paper for paper, _ in sample} == set(Paper)
    assert len(sample) >= 3 * len(LOOKS)


def test_every_mandatory_item_is_in_the_text(sample: Sample) -> None:
    missing = {}
    for _, each in sample:
        assert each.content.in_words is not None
        wanted = [*mandatory_texts(each.shown), each.content.in_words.value, str(each.content.line_count)]
        missing[each.shown.name] = lacking(each, wanted)
    assert not {name: items for name, items in missing.items() if items}


def lacking(each: Drawn, wanted: list[str]) -> list[str]:
    """Return the texts that the PDF lacks."""
    text = visible(told(each.pages, each.content.number))
    return [item for item in wanted if visible(item) not in text]


def test_every_page_has_key_address_and_number(sample: Sample) -> None:
    for paper, each in sample:
        headed(paper, each)


def headed(paper: Paper, each: Drawn) -> None:
    """Assert what every page has."""
    count = len(each.pages)
    for number, page in enumerate(each.pages, 1):
        text = squeezed(page.text)
        assert each.content.key in text
        assert each.content.qr_url in text
        assert f"Página{number}de{count}" in text
        assert f"/Page{number}of{count}" in text or not each.content.english
        assert paper in ROLLS or all(squeezed(str(notice)) in text for notice in each.content.notices)


def test_every_glyph_is_inside_the_margins(sample: Sample) -> None:
    for paper, each in sample:
        inside(paper, each)


def inside(paper: Paper, each: Drawn) -> None:
    """Assert that nothing stands in a margin."""
    margin = MARGINS[paper] - POINT
    for page in each.pages:
        assert page.width == pytest.approx(WIDTHS[paper], abs=0.5)
        outside = [
            run
            for run in page.runs
            if run.left < margin
            or run.right > page.width - margin
            or run.top < margin
            or run.bottom > page.height - margin + POINT
        ]
        assert not outside, each.shown.name


def test_no_two_texts_overlap_and_none_the_qr(sample: Sample) -> None:
    for _, each in sample:
        apart(each)


def apart(each: Drawn) -> None:
    """Assert that texts stand beside each other."""
    for page in each.pages:
        assert not overlapping(page), each.shown.name


def test_the_qr_has_two_centimetres_on_every_page(sample: Sample) -> None:
    for paper, each in sample:
        for page in each.pages:
            left, top, right, bottom = page.qr
            assert right - left >= 20 * MM
            assert bottom - top >= 20 * MM
            assert left >= MARGINS[paper] - POINT
            assert bottom <= page.height - MARGINS[paper] + POINT


@pytest.mark.skipif(not HAS_DECODER, reason="zbarimg and pdftoppm come with zbar-tools and poppler-utils")
def test_an_outside_decoder_reads_the_annex_text_on_every_page(sample: Sample, tmp_path: Path) -> None:
    for _, each in sample:
        pages = each.pages[:3]
        text = getattr(each.shown.subject, "qr_text", each.content.qr_text)
        assert decoded(each.pdf, pages, tmp_path) == [text] * len(pages), each.shown.name


@pytest.mark.long
@pytest.mark.parametrize(("paper", "template"), LOOKS)
def test_sixty_documents_are_whole_in_every_look(paper: Paper, template: Template, tmp_path: Path) -> None:
    wanted = list(_all_families())
    assert len(wanted) >= 60
    for place, (one, texts) in enumerate(wanted):
        each = draw(one, Theme(paper=paper, template=template, english=place % 2 == 1))
        headed(paper, each)
        inside(paper, each)
        apart(each)
        assert not lacking(each, [seen(text) for text in texts]), one.name
        assert set(decoded(each.pdf, each.pages[:3], tmp_path)) == {each.content.qr_text}, one.name


def _all_families() -> Iterator[tuple[Shown, list[str]]]:
    """Yield documents of every family, with what their paper must say."""
    from tests.families.equivalent import test_paper as equivalent
    from tests.families.payroll import test_paper as payroll
    from tests.families.support import test_paper as support

    for shown in varied_documents():
        yield shown, mandatory_texts(shown)
    for shown in equivalent.documents():
        yield shown, equivalent.wanted(shown.subject)
    for family in (support, payroll):
        for shown in family.documents():
            yield shown, family.wanted(shown)


def test_long_documents_repeat_the_head_of_the_table() -> None:
    each = named("400 lines", Theme())
    assert len(each.pages) > 8
    heads = [squeezed(column.text) for name, column in each.content.columns.items() if name != "allowances"]
    numbers = []
    for page in each.pages:
        rows = [run.text for run in page.runs if run.text.startswith("REF-")]
        numbers += rows
        assert not rows or all(head in squeezed(page.text) for head in heads)
    assert numbers == [f"REF-{number:04d}" for number in range(1, 401)]


def test_the_roll_is_one_page_as_long_as_what_is_on_it() -> None:
    lengths = [named(f"{count} lines", Theme(paper=Paper.ROLL_80)).pages for count in (2, 10, 60)]
    assert [len(pages) for pages in lengths] == [1, 1, 1]
    heights = [pages[0].height for pages in lengths]
    assert all(shorter < longer for shorter, longer in pairwise(heights))
    assert max(run.bottom for run in lengths[0][0].runs) > heights[0] - 2 * MARGINS[Paper.ROLL_80]


def test_typefaces_are_embedded_as_subsets(sample: Sample) -> None:
    for _, each in sample[:3]:
        document = PDFDocument(PDFParser(BytesIO(each.pdf)))
        things = [document.getobj(number) for xref in document.xrefs for number in xref.get_objids()]
        fonts = [each for each in things if isinstance(each, dict) and "FontFile2" in each]
        assert fonts
        for font in fonts:
            assert str(font["FontName"])[2:8].isupper()
            assert font["FontFile2"].resolve().get_data()


def named(name: str, theme: Theme) -> Drawn:
    """Draw the varied document of a name."""
    return draw(next(each for each in varied_documents() if each.name == name), theme)
