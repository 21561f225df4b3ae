"""Nothing but what the XML says: every word and figure is traced to it, and what was odd or unknown is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
from lxml import etree

from dian_fe import build, discount, read, render_html, verify
from dian_fe.catalogs import IdType, catalog, lists
from dian_fe.errors import ForeignAnswer, InvalidInput
from dian_fe.families.sales.presentation import PRESENTATION
from dian_fe.graphic import Content, content_of
from dian_fe.graphic.content import AmountRow, TaxRow, TotalRow
from dian_fe.graphic.labels import TEXTS
from dian_fe.models.issuer import Software
from dian_fe.models.lines import ItemProperty
from tests.delivery.support import package
from tests.graphic.support import ONE, Shown, answered, invoice, issuer, office, some_lines
from tests.graphic.varied import varied_documents

pytestmark = pytest.mark.slow

SUMMED = {"tax", "tax_total", "withholding_total", "gross", "line_discounts", "line_charges", "net"}
OURS = {"por", "unidad", "vence", "ml", "COP", "USD", "EUR", "CUFE", "CUDE", "de"}
NAMES = ["NumFac", "FecFac", "HorFac", "NitFac", "DocAdq", "ValFac", "ValIva", "ValOtroIm", "ValTolFac"]
DIGITS = {"1", "2", "100"}
"""«1 USD = …», the number of a user of the health sector, «por 100 ml»."""


def said_by(thing: Any) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from said_by(each)
    elif thing is not None:
        yield str(thing)


def shown_in(thing: Any) -> Iterator[str]:
    """Yield every text of a content besides what is worked out: words, pesos, sums by tax, and the QR."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        yield from shown_in(tuple(thing.values()))
    elif isinstance(thing, tuple):
        for each in thing:
            yield from shown_in(each)
    elif is_dataclass(thing):
        worked_out = {"in_words", "qr_text", "qr_url", "language", "kind"} if isinstance(thing, Content) else set()
        if isinstance(thing, (TaxRow, AmountRow, TotalRow)):
            worked_out = {"second", "amount"} if getattr(thing, "name", "") in SUMMED else {"second"}
        names = (
            {each.name for each in fields(thing)} - worked_out - ({"name"} if isinstance(thing, TotalRow) else set())
        )
        for name in sorted(names - {"name"} if type(thing).__name__ == "Section" else names):
            yield from shown_in(getattr(thing, name))


def words(texts: Any) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}


def figures(texts: Any) -> set[str]:
    return {figure for text in texts for figure in re.findall(r"\d+(?:\.\d+)*(?:,\d+)?", text)}


LISTS = tuple(catalog(name) for name, info in lists().items() if info.kind != "table")


@pytest.mark.parametrize("found", varied_documents(), ids=lambda each: each.name)
def test_every_word_and_figure_is_of_the_document_or_a_label(found: Shown) -> None:
    source = found.found
    models = (source.document, source.control, *(each.document for each in getattr(found.subject, "answers", ())))
    said = {text for model in models for text in said_by(json.loads(model.to_json()))}
    of_codes = [codes.label(code) for codes in LISTS for code in said if code in codes]
    labels = [spanish for spanish, _ in (*TEXTS.values(), *PRESENTATION.texts.values())]
    shown = list(shown_in(content_of(found.subject)))
    known = words(said) | words(of_codes) | words(labels) | OURS | words(member.abbreviation for member in IdType)
    assert words(shown) - known == set()
    values = {Decimal(text).copy_abs() for text in said if re.fullmatch(r"-?\d+(\.\d+)?", text)}
    plain = (
        DIGITS
        | figures(said)
        | figures(of_codes)
        | figures(labels)
        | {part for text in said for part in re.findall(r"\d+", text)}
    )
    odd = {each for each in figures(shown) - plain if Decimal(each.replace(".", "").replace(",", ".")) not in values}
    assert odd == set()


@pytest.mark.parametrize("found", varied_documents(), ids=lambda each: each.name)
def test_the_qr_has_the_figures_of_the_xml(found: Shown) -> None:
    """Annex 1.9, section 11.7, read from the XML alone."""
    root = etree.fromstring(getattr(found.found, "raw", None) or found.found.xml)

    def told(path: str) -> list[str]:
        steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
        return [each.text.strip() for each in root.iterfind("./*") for each in each.xpath("self::" + steps)]

    def cut(value: Decimal) -> str:
        return str(value.quantize(Decimal("0.01"), ROUND_DOWN))

    taxes: dict[str, Decimal] = {}
    for total in root.iterfind("{*}TaxTotal"):
        code = total.findtext("{*}TaxSubtotal/{*}TaxCategory/{*}TaxScheme/{*}ID", "")
        taxes[code] = taxes.get(code, Decimal(0)) + Decimal(total.findtext("{*}TaxAmount", ""))
    totals = next(each for each in root if etree.QName(each).localname.endswith("MonetaryTotal"))
    lines = content_of(found.subject).qr_text.splitlines()
    assert [line.partition(": ")[0] for line in lines[:9]] == NAMES
    values = dict(line.split(": ", 1) for line in lines[:10])
    assert values["NumFac"] == root.findtext("{*}ID")
    assert values["FecFac"] == root.findtext("{*}IssueDate")
    assert values["HorFac"] == root.findtext("{*}IssueTime")
    assert values["ValFac"] == cut(Decimal(totals.findtext("{*}LineExtensionAmount", "")))
    assert values["ValTolFac"] == cut(Decimal(totals.findtext("{*}PayableAmount", "")))
    assert values["ValIva"] == cut(taxes.pop("01", Decimal(0)))
    assert values["ValOtroIm"] == cut(sum(taxes.values(), Decimal(0)))
    for name, role in (("NitFac", "Supplier"), ("DocAdq", "Customer")):
        assert values[name] == root.findtext(
            f"{{*}}Accounting{role}Party/{{*}}Party/{{*}}PartyTaxScheme/{{*}}CompanyID"
        )
    key = root.findtext("{*}UUID", "")
    assert values[(root.find("{*}UUID").get("schemeName") or "").removesuffix("-SHA384")] == key
    assert lines[10].endswith(f".dian.gov.co/document/searchqr?documentkey={key}")
    assert len(lines) == 11


def notices(content: Content) -> list[str]:
    return [notice.text for notice in content.notices]


XML = build(invoice("SETP990000400", some_lines(2)), issuer()).xml
IRREGULAR = TEXTS["irregular"][0]


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (rb'(<cbc:PriceAmount currencyID="COP">)[^<]*', rb"\g<1>1,250.00"),  # the lines fall out of the model
        (rb"<cbc:IssueTime>[^<]*</cbc:IssueTime>", b""),  # midnight is assumed
        (rb'(<cbc:TaxAmount currencyID=")COP', rb"\g<1>USD"),
    ],
)
def test_what_was_not_read_as_it_is_written_is_told(pattern: bytes, instead: bytes) -> None:
    assert IRREGULAR not in notices(content_of(read(XML)))
    assert IRREGULAR in notices(content_of(read(re.sub(pattern, instead, XML))))


@pytest.mark.parametrize("scheme", [b"", b' schemeName="CUFE-SHA1"', b' schemeName="&lt;b&gt;"'])
def test_a_key_of_unknown_algorithm_has_its_usual_name(scheme: bytes) -> None:
    content = content_of(read(XML.replace(b' schemeName="CUFE-SHA384"', scheme)))
    assert content.key_label.text == "CUFE"
    assert f"\nCUFE: {content.key}\n" in content.qr_text


def test_taxes_of_no_name_are_counted() -> None:
    content = content_of(read(re.sub(rb"<cac:TaxSubtotal>.*?</cac:TaxSubtotal>", b"", XML, flags=re.DOTALL)))
    assert [(row.label.text, row.amount) for row in content.totals if row.name in SUMMED] == [("Impuestos", "$ 366,20")]
    assert content.taxes == ()


def test_another_software_is_not_said_to_have_made_it() -> None:
    other = Software(id="11111111-1111-1111-1111-111111111111", pin="12345", maker="Programas SAS")
    with pytest.raises(InvalidInput, match="no generó el documento") as caught:
        content_of(read(XML), software=other)
    assert caught.value.field == "software.id"
    same = other.replace(id=office().software.id.upper())
    assert "Programas SAS" in {each.value for each in content_of(read(XML), software=same).software.fields}


def test_only_a_verdict_of_dian_is_an_answer() -> None:
    found = answered(build(invoice("SETP990000401", [ONE]), issuer()))
    answer = read(found.answer).document  # type: ignore[arg-type]
    for code in ("030", None):
        with pytest.raises(ForeignAnswer, match="no indica si"):
            content_of(found.subject, answer=answer.replace(code=code))


def test_what_was_verified_is_shown_with_its_answer() -> None:
    made = package()
    content = content_of(verify(read(made.zip_bytes), None))
    assert content == content_of(made)
    dates = content.section("dates")
    assert dates is not None
    assert "Validación DIAN (expedición)" in {each.label.text for each in dates.fields}


def test_names_of_properties_cannot_turn_what_follows() -> None:
    odd = ItemProperty(name="Color\u202e", value="azul")
    page = render_html(build(invoice("SETP990000402", [ONE.replace(properties=(odd,))]), issuer()))
    assert "<bdi>Color\\u202e</bdi>: <bdi>azul</bdi>" in page


def test_reasons_told_by_code_alone_are_shown() -> None:
    line = ONE.replace(allowances=(discount(10, reason_code="01").replace(reason=None),))
    made = build(invoice("SETP990000403", [line], allowances=[line.allowances[0]]), issuer())
    content = content_of(made)
    reason = catalog("allowance_reasons").label("01")
    assert reason in {each.value for each in content.lines[0].details}
    assert reason in content.other_amounts[0].description
