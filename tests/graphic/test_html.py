"""The HTML: every item is in it, nothing can break out of its place, it needs nothing else, and it prints well."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html as parser

import dian_fe
from dian_fe import Paper, Theme, render_html
from dian_fe.errors import InvalidInput, MissingExtra, NotAllowed, UnreadableDocument
from dian_fe.graphic import content_of
from dian_fe.graphic.html import quoted
from dian_fe.graphic.qr import symbol
from dian_fe.graphic.theme import contrast, mixed
from tests.delivery.support import package
from tests.graphic import browser
from tests.graphic.mandatory import mandatory_texts
from tests.graphic.support import BIDI, EMOJI, SCRIPT, Shown, seen, squeezed
from tests.graphic.varied import varied_documents

pytestmark = [pytest.mark.slow, pytest.mark.judge]

PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
PAPERS = list(Paper)
needs_chromium = pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium here")
needs_poppler = pytest.mark.skipif(not (browser.PDFTOTEXT and browser.ZBARIMG), reason="no poppler or zbar here")
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "thead", "tfoot", "tr", "td", "th"),
    *("caption", "main", "header", "section", "footer", "img", "p", "h1", "h2", "span", "bdi", "b", "br", "a"),
    *("dl", "dt", "dd", "ol", "li", "svg", "path"),
}


def named(name: str) -> Shown:
    return next(each for each in varied_documents() if each.name == name)


def drawn(shown: Shown, **look: object) -> str:
    return render_html(shown.subject, answer=shown.answer, theme=Theme(**look))  # type: ignore[arg-type]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("shown", varied_documents(), ids=lambda each: each.name)
def test_every_mandatory_item_is_in_the_text(shown: Shown, paper: Paper) -> None:
    page = parser.document_fromstring(drawn(shown, paper=paper))
    text = squeezed(page.find("body").text_content())
    assert [item for item in mandatory_texts(shown) if squeezed(seen(item)) not in text] == []


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("shown", varied_documents(), ids=lambda each: each.name)
def test_nothing_is_loaded_and_nothing_runs(shown: Shown, paper: Paper) -> None:
    text = drawn(shown, paper=paper, logo=PNG, english=True)
    page = parser.document_fromstring(text)
    assert {each.tag for each in page.iter()} <= TAGS  # names with markup in them have made no element
    url = content_of(shown.subject, answer=shown.answer).qr_url
    for each in page.iter():
        for name, value in each.items():
            assert not name.startswith("on")
            if name in ("src", "href"):
                assert value.startswith("data:image/png;base64,") or value == url
    style = page.find(".//style").text
    assert "url(" not in style
    assert "@import" not in style
    assert style.count("<") == 0


@pytest.mark.parametrize("paper", PAPERS)
def test_texts_of_the_document_are_escaped_and_set_apart(paper: Paper) -> None:
    text = drawn(named("markup"), paper=paper)
    assert "<script" not in text
    assert "<b>Cía." not in text
    page = parser.document_fromstring(text)
    apart = {each.text_content() for each in page.iter("bdi")}
    assert {SCRIPT, "]]> <!-- & -->"} <= apart
    for name, words in (("override", seen(BIDI)), ("emoji", EMOJI)):
        page = parser.document_fromstring(drawn(named(name), paper=paper))
        assert words in {each.text_content() for each in page.iter("bdi")}
        assert "\u202e" not in "".join(page.itertext())


def test_it_says_its_language_and_its_parts() -> None:
    page = parser.document_fromstring(drawn(named("10 lines"), english=True, logo=PNG))
    assert page.get("lang") == "es-CO"
    assert page.find(".//title").text.startswith("Factura electrónica de venta SETP")
    assert {each.get("lang") for each in page.iter("span") if each.get("class") == "en"} == {"en"}
    assert page.find(".//img").get("alt") == "Tienda Ejemplo SAS"
    assert page.find(".//svg").get("role") == "img"
    lines = next(each for each in page.iter("table") if each.get("class") == "lines")
    assert all(each.get("scope") == "col" for each in lines.iter("th"))
    assert [each.tag for each in page.iter("h1", "main", "header", "footer")] == ["main", "header", "h1", "footer"]


@pytest.mark.parametrize("paper", PAPERS)
def test_notices_and_the_amount_in_words_are_there(paper: Paper) -> None:
    page = parser.document_fromstring(drawn(named("1 lines"), paper=paper))
    told = {each.get("class"): each.text_content() for each in page.iter("p")}
    assert told["notice"] == "Documento de pruebas (habilitación)"
    assert told["count"] == "Número de líneas: 1"
    assert told["words"].startswith("Valor en letras: Mil cuatrocientos ochenta y siete pesos")


def test_english_is_only_there_when_asked_for() -> None:
    assert "Amount payable" in drawn(named("1 lines"), english=True)
    assert "Amount payable" not in drawn(named("1 lines"))


def test_colours_and_logo_are_those_of_the_theme() -> None:
    text = drawn(named("1 lines"), color="#7a1f3d", text="#000000", logo=PNG)
    assert "--color:#7a1f3d;--ink:#000000" in text
    assert "data:image/png;base64,iVBORw0KGgo" in text
    assert "<img" not in drawn(named("1 lines"))


@pytest.mark.parametrize("text", ["#000000", "#1f2933", "#5c5c5c", "#767676"])
def test_labels_can_be_read_whatever_the_colour(text: str) -> None:
    theme = Theme(text=text)
    assert theme.soft == text or contrast(theme.soft) >= 5  # on boxes that are a little darker than white
    assert f"--soft:{theme.soft}" in drawn(named("1 lines"), text=text)
    assert (theme.soft == text) is (text == "#767676")


def test_the_same_document_gives_the_same_text() -> None:
    assert drawn(named("60 lines")) == drawn(named("60 lines"))


def test_a_package_is_drawn_as_what_is_inside() -> None:
    made = package()
    text = render_html(made)
    assert made.key in text
    assert "Validación DIAN (expedición)" in text


def test_columns_that_say_nothing_are_left_out() -> None:
    assert "Descuentos y cargos" not in drawn(named("10 lines"))
    assert "Descuentos y cargos" in drawn(named("discounts and charges"))


@pytest.mark.parametrize(
    ("look", "refusal", "field"),
    [
        ({"paper": "a4"}, InvalidInput, "paper"),
        ({"color": "red"}, InvalidInput, "color"),
        ({"color": "#ffff00"}, NotAllowed, "color"),
        ({"text": "#1234567"}, InvalidInput, "text"),
        ({"logo": b"<svg/>"}, InvalidInput, "logo"),
        ({"logo": PNG + bytes(600_000)}, InvalidInput, "logo"),
    ],
)
def test_a_theme_that_cannot_be_drawn_is_refused(look: dict[str, object], refusal: type, field: str) -> None:
    with pytest.raises(refusal) as caught:
        Theme(**look)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert caught.value.remedy


def test_without_the_qr_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(MissingExtra, match=r"pip install .*'segno>="):
        drawn(named("1 lines"))


def test_a_text_too_long_for_a_qr_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="no cabe"):
        symbol("x" * 2400)


def test_texts_in_style_sheets_cannot_end_them() -> None:
    assert quoted('A1 </style>"\\\n') == '"A1 \\3c \\2f style\\3e \\22 \\5c \\a "'
    assert mixed("#000000", 1) == "#ffffff"
    assert mixed("#1d4f7c", 0) == "#1d4f7c"


# --- in a browser ----------------------------------------------------------------------------------------------------

WIDTHS = {Paper.LETTER: (816, 360), Paper.HALF_LETTER: (528,), Paper.ROLL_80: (302,), Paper.ROLL_58: (219,)}
SEEN = (
    *("1 lines", "60 lines", "long names", "long words", "markup", "right to left", "override", "emoji", "eight taxes"),
    *("discounts and charges", "export in dollars", "properties", "health", "annulment", "part returned"),
    *("simple regime, big amounts", "delivery and order", "withholdings"),
)


@needs_chromium
def test_a_browser_shows_it_and_nothing_sticks_out(tmp_path: Path) -> None:
    pages = [
        (f"{name}, {paper}, {width}", drawn(named(name), paper=paper, english=width != 816, logo=PNG), width)
        for name in SEEN
        for paper, widths in WIDTHS.items()
        for width in widths
    ]
    seen, console = browser.looked_at(pages, tmp_path)
    assert console == []
    assert len(seen) == len(pages)
    for each in seen:
        assert each["wide"] <= each["room"], each
        assert each["out"] == [], each
        assert any(total in each["text"] for total in ("Total a pagar", "Total de la nota"))


@needs_chromium
@needs_poppler
@pytest.mark.parametrize(("name", "paper"), [("60 lines", Paper.LETTER), ("eight taxes", Paper.ROLL_80)])
def test_printed_every_page_has_its_qr_key_and_number(name: str, paper: Paper, tmp_path: Path) -> None:
    shown = named(name)
    pdf = browser.printed(drawn(shown, paper=paper), tmp_path)
    texts = browser.text_of_pages(pdf)
    assert len(texts) > 1  # how many depends on the fonts of the machine
    for number, text in enumerate(texts, 1):
        assert shown.found.key in squeezed(text)
        assert f"Página {number} de {len(texts)}" in text
    if paper is Paper.LETTER:
        assert all("Descripción" in text for text in texts)  # heads of tables are repeated
    whole = squeezed("".join(browser.text_of_pages(pdf, "-raw")))
    assert [item for item in mandatory_texts(shown) if squeezed(item) not in whole] == []
    for picture in browser.pictures(pdf, tmp_path):
        assert browser.qr_texts(picture) == [shown.subject.qr_text]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_qr_is_at_least_two_centimetres_wide(paper: Paper) -> None:
    """Its quiet zone not counted; the style sheet gives the side of the whole."""
    page = drawn(named("1 lines"), paper=paper)
    side = re.search(r"\.foot \.qr\{width:(\d+)mm;height:\1mm", page) or re.search(r"--qr:(\d+)mm", page)
    assert paper in (Paper.LETTER, Paper.HALF_LETTER) or ".foot .qr{width:var(--qr);height:var(--qr)" in page
    assert side is not None
    texts = sorted((content_of(each.subject, answer=each.answer).qr_text for each in varied_documents()), key=len)
    for text in (texts[0], texts[-1]):
        modules = symbol(text).size
        assert int(side[1]) * modules / (modules + 8) >= 20


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    from dian_fe._cli.main import main

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def test_the_command_line_writes_it(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    shown = named("answered")
    (tmp_path / "fv.xml").write_bytes(shown.subject.xml)
    (tmp_path / "ar.xml").write_bytes(shown.answer or b"")
    out = tmp_path / "made" / "fv.html"
    status, said, _ = run(
        *("html", str(tmp_path / "fv.xml"), "--out", str(out), "--answer", str(tmp_path / "ar.xml")),
        *("--paper", "roll80", "--english", "--color", "#7a1f3d", "--authorized-on", "2019-01-18"),
    )
    assert (status, said.strip()) == (0, str(out))
    text = out.read_text(encoding="utf-8")
    for wanted in ("Validación DIAN (expedición)", "2019-01-18", "#7a1f3d", "Amount payable", 'class="roll80 classic"'):
        assert wanted in text


def test_the_command_line_draws_a_json_document_with_its_issuer(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    import json

    from tests.graphic.support import issuer

    (tmp_path / "fv.json").write_text(named("1 lines").subject.document.to_json(), encoding="utf-8")
    (tmp_path / "issuer.json").write_text(json.dumps(issuer().with_secrets(), default=str), encoding="utf-8")
    out = str(tmp_path / "fv.html")
    assert run("html", str(tmp_path / "fv.json"), "--out", out)[0] == 2
    status, _, _ = run(
        "html", str(tmp_path / "fv.json"), "--issuer", str(tmp_path / "issuer.json"), "--out", out, "--json"
    )
    assert status == 0
    assert named("1 lines").subject.key in Path(out).read_text(encoding="utf-8")


def test_a_wrong_date_or_logo_is_told(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "fv.xml").write_bytes(named("answered").subject.xml)
    where = (str(tmp_path / "fv.xml"), "--out", str(tmp_path / "fv.html"))
    for wrong in ("18/01/2019", "20190118", "2019-W03-5"):
        status, _, told = run("html", *where, "--authorized-on", wrong)
        assert (status, "AAAA-MM-DD" in told) == (2, True)
    status, _, told = run("html", *where, "--logo", str(tmp_path / "fv.xml"))
    assert (status, "PNG" in told) == (2, True)
    assert not (tmp_path / "fv.html").exists()


@pytest.mark.parametrize("folder", [".", "out"])
def test_a_folder_is_no_file_to_write(
    folder: str, run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "fv.xml").write_bytes(named("answered").subject.xml)
    status, _, told = run("html", "fv.xml", "--out", folder)
    assert (status, "Es una carpeta" in told) == (2, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["fv.xml", "out"]


def test_the_names_are_public() -> None:
    assert {"render_html", "Theme", "Paper"} <= set(dian_fe.__all__)
