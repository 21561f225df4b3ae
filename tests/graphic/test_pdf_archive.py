"""The PDF as a file to keep: PDF/A-3 with the signed XML inside, read by pikepdf, and texts that could be markup."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from dian_fe import build
from dian_fe.errors import InvalidInput, UnreadableDocument
from dian_fe.graphic import BankAccount, Paper, Template, Theme, content_of, render_html, render_pdf
from dian_fe.graphic.engine import compose
from dian_fe.graphic.pdf import MOST_TAGGED, draw_pdf
from tests.graphic.pdf_support import read_pages
from tests.graphic.support import AT, ONE, invoice, issuer, packed, signed, squeezed

pytestmark = [pytest.mark.slow, pytest.mark.judge]

HOSTILE = '#read("/etc/hostname") #panic("x") $integral$ *b* [c] \\ // = `raw` <label> @ref "\'{}'
OWN: dict[str, Any] = {
    "bank_accounts": (BankAccount("Banco Ejemplo", "123-456789-01", kind="Ahorros", holder="Tienda Ejemplo SAS"),),
    "signatures": ("Elaboró", "Recibí conforme"),
    "footer": "Gracias por su compra.\nCambios dentro de los 30 días.",
}


def made(**changes: Any) -> Any:
    return build(invoice("SETP990000700", changes.pop("lines", [ONE]), **changes), issuer())


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.text for page in read_pages(pdf))


# --- the archive -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [Paper.LETTER, Paper.ROLL_58])
def test_the_file_is_a_tagged_pdf_a_3_with_the_signed_xml(paper: Paper) -> None:
    document = signed(made())
    pdf = opened(render_pdf(document, theme=Theme(paper=paper)))
    [attached] = pdf.Root.AF
    assert attached.AFRelationship == "/Source"
    assert attached.EF.F.read_bytes() == document.xml
    assert attached.EF.F.Subtype == "/text/xml"
    assert list(pdf.attachments) == ["SETP990000700.xml"]
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == pdf.docinfo.Title == "Factura electrónica de venta SETP990000700"
    [intent] = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes()
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.Lang == "es-CO"


def test_tags_name_headings_tables_and_their_heads() -> None:
    pdf = opened(render_pdf(made()))
    kinds = [str(each.S) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= set(kinds)
    assert all(
        "/Alt" in each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
    )


def test_what_is_not_signed_is_not_attached() -> None:
    assert not opened(render_pdf(made())).attachments


def test_the_received_document_travels_as_it_came() -> None:
    received = packed().subject
    pdf = opened(render_pdf(received))
    [attached] = pdf.Root.AF
    assert attached.EF.F.read_bytes() == received.sales_documents[0].raw


def test_many_lines_are_archived_without_tags() -> None:
    content = content_of(made())
    many = replace(content, lines=content.lines * (MOST_TAGGED + 1))
    pdf = opened(draw_pdf(many, Theme(template=Template.COMPACT), AT))
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
    assert "/StructTreeRoot" not in pdf.Root


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import sys; from tests.graphic.test_pdf_archive import made; from dian_fe.graphic import render_pdf;"
        "sys.stdout.buffer.write(render_pdf(made()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=None)
    assert done.stdout == render_pdf(made())


@pytest.mark.long
def test_ten_thousand_lines_take_ten_times_as_long_as_a_thousand() -> None:
    from time import process_time

    content = content_of(made())

    def spent(count: int) -> tuple[float, int]:
        lines = tuple(replace(content.lines[0], description=f"Artículo {number}") for number in range(count))
        start = process_time()
        size = len(draw_pdf(replace(content, lines=lines), Theme(), AT))
        return process_time() - start, size

    spent(10)
    (thousand, small), (more, large) = spent(MOST_TAGGED + 1), spent(10_000)
    assert more < 30 * thousand
    assert large - small < 900 * (10_000 - MOST_TAGGED)  # typefaces and properties are the same in both


# --- hostile and foreign texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", list(Paper))
def test_texts_are_never_read_as_markup(paper: Paper) -> None:
    document = made(lines=[ONE.replace(description=HOSTILE, seller_code="#x")], notes=[HOSTILE])
    text = squeezed(text_of(render_pdf(document, theme=Theme(paper=paper, footer=HOSTILE))))
    assert text.count(squeezed(HOSTILE)) == 3


def test_greek_cyrillic_and_currencies_have_shapes_of_their_own() -> None:
    text = "Ελλάδα Українська Здравствуйте € ₡ ₱ ₿ £ ¥ Š ž ½ № ™"
    assert squeezed(text) in squeezed(text_of(render_pdf(made(lines=[ONE.replace(description=text)]))))


@pytest.mark.parametrize(
    "text", ["中文 한국어 日本語", "\ue000\ufeff\ufffe\U0010fffd", "e\u0361x \u0d15\u0d4d", "x\u200bx\u2060"]
)
def test_no_character_keeps_the_archive_from_being_made(text: str) -> None:
    content = content_of(made())
    strange = replace(content, notes=(text,), number=content.number + text)
    assert draw_pdf(strange, Theme(), AT).startswith(b"%PDF-1.7")


def test_what_cannot_be_set_is_told_as_such() -> None:
    with pytest.raises(UnreadableDocument, match="no se puede componer"):
        compose("sheet", {"color": "none"}, datetime(2026, 3, 2), tagged=True)


# --- what is the company's own ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", list(Template))
@pytest.mark.parametrize("paper", list(Paper))
def test_accounts_signatures_and_footer_are_printed(paper: Paper, template: Template) -> None:
    theme = Theme(paper=paper, template=template, **OWN)
    wanted = ("Datos para el pago", str(OWN["bank_accounts"][0]), *OWN["signatures"], OWN["footer"])
    for text in (text_of(render_pdf(made(), theme=theme)), render_html(made(), theme=theme)):
        assert all(squeezed(each) in squeezed(text) for each in wanted)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("footer", {"footer": "x" * 601}),
        ("signatures", {"signatures": ("",)}),
        ("signatures", {"signatures": ("dos\nlíneas",)}),
        ("signatures", {"signatures": ("x",) * 7}),
        ("bank_accounts", {"bank_accounts": OWN["bank_accounts"] * 7}),
    ],
)
def test_what_does_not_fit_is_refused(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Theme(**values)
    assert refused.value.field == field


def test_an_account_needs_a_bank_and_a_number() -> None:
    with pytest.raises(InvalidInput) as refused:
        BankAccount("Banco Ejemplo", " ")
    assert refused.value.field == "number"


def test_an_undefined_instrument_is_not_printed() -> None:
    content = content_of(made(payment=invoice("SETP1", [ONE]).payments[0].replace(means="1")))
    section = content.section("payment")
    assert section is not None
    assert [each.label.text for each in section.fields] == ["Forma de pago"]


def test_several_payments_are_numbered() -> None:
    document = invoice("SETP990000701", [ONE])
    one = document.payments[0]
    content = content_of(build(document.replace(payments=(one, one.replace(means="48"))), issuer()))
    section = content.section("payment")
    assert section is not None
    labels = [each.label.text for each in section.fields]
    assert labels == ["Forma de pago (1)", "Medio de pago (1)", "Forma de pago (2)", "Medio de pago (2)"]
