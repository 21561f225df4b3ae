"""The same properties with hypothesis, which finds the plainest document that breaks one."""

from __future__ import annotations

import pickle
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dian_fe import Invoice, Line, Payment, build, read
from dian_fe.models.customer import Customer
from dian_fe.testing import strategies
from dian_fe.testing.random_documents import document_from
from dian_fe.ubl.codecs import attribute, text
from tests.contracts.properties.corpus import ISSUER
from tests.contracts.properties.judges import Sums

pytestmark = pytest.mark.slow

PLAIN = settings(
    max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@PLAIN
@given(strategies.documents())
def test_a_document_is_read_as_it_was_written(document: Any) -> None:
    built = build(document, ISSUER)
    received = read(built.xml)
    assert received.document == document
    assert (received.problems, received.unmapped) == ((), ())
    assert etree.tostring(etree.fromstring(built.canonical.xml), method="c14n") == built.canonical.xml
    assert type(document).model_validate_json(document.to_json()) == document
    assert pickle.loads(pickle.dumps(document)) == document
    assert not list(Sums(built.xml).contradictions())


class Lowest(Random):
    """Draws the lowest value each time: what hypothesis shrinks to."""

    def random(self) -> float:
        return 0.0

    def getrandbits(self, k: int, /) -> int:
        return 0


def test_the_lowest_draws_make_the_plainest_document() -> None:
    for kind in ("invoice", "credit_note", "debit_note"):
        found: Any = document_from(Lowest(), kind)  # type: ignore[arg-type]
        (line,) = found.lines
        assert (line.description, line.quantity, line.price) == ("Café", 1, 1)
        assert [total.code for total in line.taxes] == ["01"]
        assert (found.notes, found.allowances, found.payment_terms, found.delivery) == ((), (), (), None)
        assert len(found.payments) == 1


@settings(PLAIN, max_examples=300)
@given(strategies.texts())
def test_any_text_goes_through_element_and_attribute_unchanged(value: str) -> None:
    element = etree.fromstring(f'<a b="{attribute(value)}">{text(value)}</a>')
    assert (element.text, element.get("b")) == (value, value)
    assert etree.tostring(element, method="c14n").decode() == f'<a b="{attribute(value)}">{text(value)}</a>'


@settings(PLAIN, max_examples=100)
@given(strategies.texts(), strategies.amounts(decimals=6), st.integers(1, 10**6))
def test_any_description_price_and_quantity(description: str, price: Decimal, millionths: int) -> None:
    quantity = Decimal(millionths).scaleb(-6)
    assert ISSUER.resolution is not None
    invoice = Invoice.from_lines(
        number=ISSUER.resolution.number(990_000_001),
        issued_at="2026-03-02T10:15:00-05:00",
        supplier=ISSUER.organization,
        customer=Customer.final_consumer(),
        lines=[Line(description=description, quantity=quantity, price=price)],
        payment=Payment.cash(),
    )
    (line,) = read(build(invoice, ISSUER).xml).document.lines
    assert (line.description, line.price, line.quantity) == (description.strip(), price, quantity)
    assert line.amount == (price * quantity).quantize(Decimal("0.01"))
    assert invoice.lines == (line,)


@PLAIN
@given(strategies.nits())
def test_nits_are_companies_with_their_digit(nit: str) -> None:
    customer = Customer(id_type="31", id=nit, name="Cliente")
    assert customer.replace(check_digit=customer.check_digit) == customer
    assert len(nit) == 9
