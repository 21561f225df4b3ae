"""Reading costs what a file is long, whatever fills it, and what no document has is refused by name."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from dian_fe import check, read
from dian_fe._xmlsafe import MAX_ATTRIBUTES, MAX_URI, parse
from dian_fe.errors import UnsafeXml
from dian_fe.ubl import xsd_explain
from dian_fe.ubl.reader import document as reading
from dian_fe.ubl.reader import warnings as problems
from dian_fe.ubl.xml_view import DocumentXml
from dian_fe.ubl.xpaths import Whereabouts, xpath_of
from tests.verifying.sealing import sold


def put(xml: bytes, content: bytes, before: bytes = b"</Invoice>") -> bytes:
    at = xml.rindex(before)
    return xml[:at] + content + xml[at:]


def lines_run(work: Callable[[], Any]) -> int:
    """Count the lines and inner iterations of Python that some work runs."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("piece", [b"<x/>", b"<!-- c -->", b"<?a b?>", b"<cbc:ID>1</cbc:ID>", b"<cac:TaxTotal/>"])
def test_reading_costs_what_the_file_is_long(piece: bytes) -> None:
    read(put(sold()[0].xml, piece))
    once, twice = (lines_run(lambda n=n: read(put(sold()[0].xml, piece * n))) for n in (300, 600))
    assert twice < 2.1 * once


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "most"),
    [
        (b"<x/>", 1),  # the element
        (b"<cac:LegalMonetaryTotal/>", 2 + 1),  # problems, element
        (b'<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="COP">1</cbc:PayableAmount>'
         b"</cac:LegalMonetaryTotal>", 2 + 1),
        (b"<cac:PaymentMeans/>", 2 + 1 + 5),  # problems, element, values, places, the model with its fields
    ],
)  # fmt: skip
def test_little_is_kept_for_each_piece(piece: bytes, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's collector goes through all that is kept, again and again."""
    kept = 0

    def control(*arguments: Any) -> Any:  # asked for when all is read
        nonlocal kept
        gc.collect()
        kept = len(gc.get_objects())
        return made(*arguments)

    made = reading._control
    read(put(sold()[0].xml, piece))
    monkeypatch.setattr(reading, "_control", control)
    few, many = 20, 220
    gc.freeze()  # what the process holds already is left out of the count, and costs nothing
    try:
        before = [read(put(sold()[0].xml, piece * count)) and kept for count in (few, many)]
    finally:
        gc.unfreeze()
    assert (before[1] - before[0]) / (many - few) <= most + 0.1


def test_thousands_of_strange_elements_are_all_told() -> None:
    told = read(put(sold()[0].xml, b"<x/>" * 16_000)).unmapped
    assert (len(told), told[0], told[-1]) == (16_000, "/Invoice/x[1]", "/Invoice/x[16000]")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MOST_TOLD", 50)


@pytest.mark.usefixtures("few")
def test_elements_that_are_too_many_to_name_are_counted() -> None:
    received = read(put(sold()[0].xml, b"<x/>" * 70))
    # The first is ext:UBLExtensions, which is read on its own.
    assert received.unmapped == tuple(f"/Invoice/x[{at}]" for at in range(1, 50))
    assert [(problem.xpath, problem.message) for problem in received.problems] == [
        ("/Invoice", "hay 21 elementos o atributos sin campo en el modelo más; se nombran los primeros 50.")
    ]


@pytest.mark.usefixtures("few")
def test_problems_that_are_too_many_to_tell_are_counted() -> None:
    received = read(put(sold()[0].xml, b"<cac:InvoiceLine/>" * 70))
    *told, last = received.problems
    assert len(told) == 50
    assert last.message == "hay 231 rarezas más; se nombran los primeros 50."
    lines = received.document.lines[-70:]
    assert all("description" not in vars(line) for line in lines), "what is not told is missing all the same"


@pytest.mark.usefixtures("few")
def test_what_counts_the_rest_keeps_no_tree() -> None:
    problem = read(put(sold()[0].xml, b"<x/>" * 70)).problems[-1]
    assert len(problem.element.getroottree().getroot()) == 0


@pytest.mark.parametrize("odd", [b"<!--c-->", b"<?a b?>"])
def test_a_text_in_many_pieces_becomes_one(odd: bytes) -> None:
    xml = sold()[0].xml
    at = xml.index(b"</cbc:Description>")
    received = read(xml[:at] + (odd + b"x") * 300 + xml[at:])
    (problem,) = received.problems
    assert "se leyó completo" in problem.message
    assert received.document.lines[0].description.endswith("x" * 300)
    # lxml joins the pieces of a text anew whenever it is asked for.
    assert problem.element.xpath("count(text())") == 1


def test_a_comment_at_the_end_of_a_datum_is_not_told() -> None:
    xml = sold()[0].xml.replace(b"</cbc:Description>", b"<!--c--> </cbc:Description>", 1)
    assert read(xml.replace(b"<cac:Item>", b"<!--c--><cac:Item>")).problems == ()


def test_paths_lead_to_their_elements_and_are_short() -> None:
    name = "n" * 5_000
    root = etree.fromstring(f"<a><b/><{name}><c/><c/></{name}>{'<d>' * 200}<e/>{'</d>' * 200}<b/></a>".encode())
    where = Whereabouts()
    for element in root.iter():
        path = where.of(element)
        assert root.getroottree().xpath(path) == [element]
        assert len(path) <= 400
        assert path == xpath_of(element)


@pytest.mark.parametrize(
    "tag",
    [
        "<a " + " ".join(f'b{at}=""' for at in range(MAX_ATTRIBUTES + 1)) + "/>",
        "<a " + " ".join(f'xmlns:b{at}="u:{at}"' for at in range(MAX_ATTRIBUTES + 1)) + "/>",
        "".join(f'<a xmlns:b{at}="u:" xmlns:c{at}="u:" ' + " ".join(f'xmlns:d{at}{n}="u:"' for n in range(9)) + ">"
                for at in range(100)) + "</a>" * 100,
        f"<a xmlns='{'u' * (MAX_URI + 1)}'/>",
        f"<a b='>' xmlns:c=\"{'u' * (MAX_URI + 1)}\"/>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_crowded_element_is_refused(tag: str, encoding: str) -> None:
    with pytest.raises(UnsafeXml, match="supera los límites"):
        parse(tag.encode(encoding))


@pytest.mark.parametrize("text", ["x" * 9_000, "&lt;" * 3_000, "<![CDATA[" + "<b a='1'/>" * 900 + "]]>"])
def test_a_long_text_is_no_crowd(text: str) -> None:
    assert parse(f"<a>{text}</a>".encode()).tag == "a"


def test_many_declarations_at_many_places_are_no_crowd() -> None:
    inside = "".join(f'<b xmlns="u:{at}"/>' for at in range(3 * MAX_ATTRIBUTES))
    assert len(parse(f"<a>{inside}</a>".encode())) == 3 * MAX_ATTRIBUTES
    text = f'<a><![CDATA[ xmlns="{"u" * 2 * MAX_URI}"]]></a>'
    assert parse(text.encode()).tag == "a"


def test_a_path_below_the_root_is_searched_once() -> None:
    class Root:
        tag, found = "Invoice", 0

        def find(self, *_: Any) -> None: ...

        def findall(self, *_: Any) -> list[Any]:
            self.found += 1
            return []

    xml = DocumentXml.__new__(DocumentXml)
    xml.root, xml._namespaces, xml._found = Root(), {}, {}
    for _ in range(50):
        xml.all("cac:InvoiceLine")
    assert xml.root.found == 1


def test_checking_costs_what_the_invoice_is_long() -> None:
    def of(count: int) -> bytes:
        xml = sold()[0].xml
        start, end = xml.index(b"<cac:InvoiceLine>"), xml.index(b"</cac:InvoiceLine>") + len(b"</cac:InvoiceLine>")
        return xml[:end] + xml[start:end] * count + xml[end:]

    check(read(of(1)))
    once, twice = (lines_run(lambda n=n: check(read(of(n)))) for n in (25, 50))
    assert twice < 2.1 * once


@pytest.mark.parametrize("piece", [b"<x/>", b"<cbc:ID>1</cbc:ID>", b"<cac:InvoiceLine/>", b"<cac:TaxTotal/>"])
def test_checking_costs_what_the_file_is_long(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xsd_explain, "_SAMPLE", 50)
    check(read(put(sold()[0].xml, piece * 2)))
    once, twice = (lines_run(lambda n=n: check(read(put(sold()[0].xml, piece * n)))) for n in (150, 300))
    assert twice < 2.1 * once
