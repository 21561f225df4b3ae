"""What is read without pydantic, and lines of a known shape, give what the long way gives, findings included."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree
from pydantic import BaseModel

from dian_fe import AllowanceCharge, Invoice, Issuer, Line, Payment, build, inc, iva, read, rete_renta
from dian_fe.models.lines import ItemProperty
from dian_fe.testing import random_document
from dian_fe.ubl.reader import elements, shapes
from tests.support.company import BUYER, NOW, RESOLUTION, SHOP, SOFTWARE

ISSUER = Issuer(organization=SHOP, software=SOFTWARE, resolution=RESOLUTION)
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def lines(times: int) -> list[Line]:
    """Return lines of several shapes, each some times and all texts different."""
    return [
        line
        for n in range(1, times + 1)
        for line in (
            Line(
                description=f"Café {n} & té", quantity=n, price=1000 + n, taxes=[iva(19)], notes=[f"Nota {n}", "Otra"]
            ),
            Line(
                description=f"Pan {n}", price=n, standard_code=f"7{n}", taxes=[iva(5), inc(8)], brand=f"M{n}", model="A"
            ),
            Line(description=f"Leche {n}", quantity=n, price=10, unit="LTR", withholdings=[rete_renta("2.5")]),
            Line.free(description=f"Muestra {n}", reference_price=n, taxes=[iva(19)]),
            Line(
                description=f"Queso {n}",
                price=10_000,
                allowances=[AllowanceCharge(percent=n, reason="Descuento")],
                properties=[ItemProperty(name=f"Peso {n}", value="1")],
            ),
        )
    ]


def invoice(times: int = 5) -> Any:
    """Return the root of an invoice with such lines."""
    made = Invoice.from_lines(
        number="SETP990000001", issued_at=NOW, supplier=SHOP, customer=BUYER, lines=lines(times), payment=Payment.cash()
    )
    return etree.fromstring(build(made, ISSUER).xml)


def items(root: Any) -> list[Any]:
    return [child for child in root if child.tag.endswith("Line")]


def told(xml: bytes) -> Any:
    """Return all that reading says: fields in their order, which of them were given, and every finding."""
    received = read(xml)
    problems = [problem.as_dict() for problem in received.problems]
    texts = repr(received.document), received.document.to_json(), repr(received.control)
    return received.document, list(fields(received.document)), texts, problems, received.unmapped


def fields(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        yield type(value), list(value.__dict__), value.model_fields_set
        for each in value.__dict__.values():
            yield from fields(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from fields(each)
    else:
        yield type(value), str(value)


def told_the_long_way(xml: bytes) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(elements, "_FEW", len(xml))
        patched.setattr(elements.Reader, "made", lambda _, values, __: values)
        return told(xml)


def same(xml: bytes) -> None:
    read(xml)
    assert told(xml) == told_the_long_way(xml)


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the models that are read in the ordinary way from now on."""
    read_so: list[str] = []
    way = elements.Reader.read

    def noted(self: elements.Reader, *given: Any) -> Any:
        read_so.append(self.model.__name__)
        return way(self, *given)

    monkeypatch.setattr(elements.Reader, "read", noted)
    return read_so


@pytest.mark.parametrize("indented", [False, True])
def test_lines_of_known_shapes_are_read_as_others(indented: bool, ordinary: list[str]) -> None:
    root = invoice()
    if indented:
        etree.indent(root)
    xml = etree.tostring(root)
    same(xml)
    ordinary.clear()
    read(xml)
    assert ordinary.count("Line") == elements._FEW


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_random_documents_read_alike_in_both_ways(seed: int) -> None:
    root = etree.fromstring(build(random_document(seed), ISSUER).xml)
    while len(items(root)) < 2 * elements._FEW:
        for line in items(root):
            root.append(deepcopy(line))
    same(etree.tostring(root))


def test_lines_without_findings_are_not_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    way = elements.Reader.made

    def noted(self: elements.Reader, *given: Any) -> Any:
        made.append(self.model.__name__)
        return way(self, *given)

    monkeypatch.setattr(elements.Reader, "made", noted)
    root = invoice(1)
    read(etree.tostring(root))
    assert made.count("Line") == len(items(root))
    made.clear()
    items(root)[0].remove(items(root)[0][0])  # cbc:ID, which a line need not have
    items(root)[1].find(f".//{CBC}Description").text = ""
    read(etree.tostring(root))
    assert made.count("Line") == len(items(root)) - 1


SOME = 7
TEXTS = ("", "  ", "12x4", " 7 ", "\u00a05", "-0.00", "1E+2", "1,234.50", "9" * 30, "ñ & <")


@pytest.mark.parametrize("turn", range(len(TEXTS)))
def test_an_odd_text_in_a_known_line_is_told_as_ever(turn: int) -> None:
    root = invoice()
    read(etree.tostring(root))
    leaves = [leaf for leaf in last_lines(root) if not len(leaf)]
    for position, leaf in enumerate(leaves[turn::SOME]):
        before, leaf.text = leaf.text, TEXTS[(turn + position) % len(TEXTS)]
        xml = etree.tostring(root)
        assert told(xml) == told_the_long_way(xml)
        leaf.text = before


def an_attribute(leaf: Any) -> None:
    leaf.set("languageID", "es")


def no_attributes(leaf: Any) -> None:
    leaf.attrib.clear()


def other_attributes(leaf: Any) -> None:
    for name in leaf.attrib:
        leaf.set(name, "USD")


def a_child(leaf: Any) -> None:
    etree.SubElement(leaf, f"{CBC}ID").text = "1"


def again(leaf: Any) -> None:
    leaf.addnext(deepcopy(leaf))


def loose_text(leaf: Any) -> None:
    leaf.tail = "suelto"


def loose_before(leaf: Any) -> None:
    leaf.getparent().text = "suelto"


def nothing(leaf: Any) -> None:
    leaf.getparent().remove(leaf)


def another_name(leaf: Any) -> None:
    leaf.tag = "{urn:x}Otro"


@pytest.mark.parametrize(
    "change",
    [an_attribute, no_attributes, other_attributes, a_child, again, loose_text, loose_before, nothing, another_name],
)
def test_an_odd_element_in_a_known_line_is_told(change: Any) -> None:
    whole = etree.tostring(invoice())
    read(whole)
    places = [at for at, leaf in enumerate(last_lines(etree.fromstring(whole))) if not len(leaf)]
    for at in places[::SOME]:
        root = etree.fromstring(whole)
        change(last_lines(root)[at])
        xml = etree.tostring(root)
        assert told(xml) == told_the_long_way(xml)


def last_lines(root: Any) -> list[Any]:
    return [element for line in items(root)[-5:] for element in line.iter("*")]


def parts_of(received: Any) -> list[elements.Reader]:
    from dian_fe.ubl.reader.making import reader

    return [entry.structure for entry in reader(received.kind).entries.values() if entry.structure is not None]


def test_shapes_are_bounded_and_soon_given_up() -> None:
    root = invoice()
    for position, line in enumerate(items(root) * 3):
        more = deepcopy(line)
        more[1].set("unitCode", f"U{position}")
        root.append(more)
    xml = etree.tostring(root)
    assert told(xml) == told_the_long_way(xml)
    (line,) = {each for each in parts_of(read(xml)) if each.model is Line}
    assert len(line.nestings) <= shapes._MOST
    assert all(len(nesting.shapes) <= shapes._MOST_ALIKE for nesting in line.nestings.values())


def test_threads_share_what_was_learned() -> None:
    xml = etree.tostring(invoice())
    expected = told_the_long_way(xml)
    with ThreadPoolExecutor(4) as pool:
        assert all(result == expected for result in pool.map(told, [xml] * 12))


def test_a_list_of_separators_alone_is_told_as_empty() -> None:
    root = invoice(1)
    code = next(root.iter(f"{CBC}TaxLevelCode"))
    code.text = ";"
    received = read(etree.tostring(root))
    assert [problem.message for problem in received.problems] == ["está vacío; el dato falta."]


@pytest.mark.parametrize("lacking", ["InvoicedQuantity", "ChargeIndicator", "LineExtensionAmount", "PriceAmount", "ID"])
def test_what_many_lines_lack_is_told_of_each(lacking: str) -> None:
    root = invoice()
    for line in items(root):
        for element in list(line.iter(f"{CBC}{lacking}")):
            element.getparent().remove(element)
    xml = etree.tostring(root)
    read(xml)  # the shapes are known from here on
    assert told(xml) == told_the_long_way(xml)
