"""Every amount up to 19,999.99 goes through model, XML and hash unchanged: 50,000 here, the others ``-m long``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from dian_fe import Customer, Invoice, Line, Payment, build, read
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.codecs import amount, truncated
from dian_fe.ubl.keys import key_seed, sha384
from tests.support.sampling import some_of

pytestmark = pytest.mark.slow

ISSUER = sample_issuer()
LAST, LINES, PARTS = 1_999_999, 1000, 160
_PART = -(-LAST // PARTS)
_AMOUNTS = re.compile(rb'<cbc:LineExtensionAmount currencyID="COP">([^<]*)</cbc:LineExtensionAmount>')
_PRICES = re.compile(rb'<cbc:PriceAmount currencyID="COP">([^<]*)</cbc:PriceAmount>')
_UUID = re.compile(rb"<cbc:UUID [^>]*>([0-9a-f]{96})</cbc:UUID>")


def text_of(cents: int) -> str:
    """Write an amount with nothing but whole numbers."""
    return f"{cents // 100}.{cents % 100:02d}"


def invoices(first: int, last: int) -> Iterator[tuple[range, Invoice]]:
    for start in range(first, last + 1, LINES):
        cents = range(start, min(start + LINES, last + 1))
        yield (
            cents,
            Invoice.from_lines(
                number="SETP990000001",
                issued_at="2026-03-02T10:15:00-05:00",
                supplier=ISSUER.organization,
                customer=Customer.final_consumer(),
                lines=[Line(description="x", price=Decimal(text_of(each))) for each in cents],
                payment=Payment.cash(),
            ),
        )


@pytest.mark.parametrize("part", some_of(PARTS, one_in=40))
def test_every_amount_survives(part: int) -> None:
    for cents, invoice in invoices(part * _PART + 1, min((part + 1) * _PART, LAST)):
        texts = [text_of(each) for each in cents]
        assert [str(line.amount) for line in invoice.lines] == texts
        built = build(invoice, ISSUER)
        xml = built.canonical.xml
        total, *written = [value.decode() for value in _AMOUNTS.findall(xml)]
        assert written == texts
        assert [value.decode() for value in _PRICES.findall(xml)] == texts
        assert total == text_of(sum(cents))
        # The text that the hash is made of is the very text of the XML.
        assert [truncated(value) for value in written] == texts
        assert built.key == expected_key(total)
        assert _UUID.findall(xml) == [built.key.encode()]


def expected_key(total: str) -> str:
    assert ISSUER.resolution is not None
    middle = f"{total}010.00040.00030.00{total}"
    head, tail = "SETP9900000012026-03-0210:15:00-05:00", f"700085371222222222222{ISSUER.resolution.key()}2"
    return sha384(head + middle + tail)


@pytest.mark.parametrize("first", [1, 1_999_000])
def test_they_are_read_as_they_were_written(first: int) -> None:
    for _, invoice in invoices(first, first + LINES - 1):
        assert read(build(invoice, ISSUER).xml).document == invoice


@pytest.mark.parametrize(
    ("value", "written", "hashed"),
    [
        (Decimal("0.00001"), "0.00001", "0.00"),
        (Decimal("1E-5"), "0.00001", "0.00"),
        (Decimal("1E+16"), "10000000000000000.00", "10000000000000000.00"),
        (Decimal("1E+3"), "1000.00", "1000.00"),
        (Decimal("1.5E+3"), "1500.00", "1500.00"),
        (Decimal("33000"), "33000.00", "33000.00"),
        (Decimal("2444.4"), "2444.40", "2444.40"),
        (Decimal("12037.046"), "12037.046", "12037.04"),
        (Decimal("0E+3"), "0.00", "0.00"),
        (Decimal("0E-7"), "0.00", "0.00"),
        (Decimal("1.10000"), "1.10", "1.10"),
        (Decimal("-0.20"), "-0.20", "-0.20"),
        (Decimal("99999999999999999999.99"), "99999999999999999999.99", "99999999999999999999.99"),
    ],
)
def test_odd_decimals_are_written_out(value: Decimal, written: str, hashed: str) -> None:
    assert amount(value) == written
    assert truncated(value) == truncated(written) == hashed


@pytest.mark.parametrize(
    ("price", "written", "line_amount"),
    [
        ("0.00001", "0.00001", "0.00"),
        ("1E+16", "10000000000000000.00", "10000000000000000.00"),
        ("1E16", "10000000000000000.00", "10000000000000000.00"),
        (Decimal("1E+3"), "1000.00", "1000.00"),
        (10**16, "10000000000000000.00", "10000000000000000.00"),
    ],
)
def test_odd_prices_through_a_whole_document(price: Decimal | str | int, written: str, line_amount: str) -> None:
    line = Line.model_validate({"description": "x", "price": price})
    invoice = Invoice.from_lines(
        number="SETP990000001",
        issued_at="2026-03-02T10:15:00-05:00",
        supplier=ISSUER.organization,
        customer=Customer.final_consumer(),
        lines=[line],
        payment=Payment.cash(),
    )
    built = build(invoice, ISSUER)
    assert _PRICES.findall(built.canonical.xml) == [written.encode()]
    assert _AMOUNTS.findall(built.canonical.xml) == [line_amount.encode()] * 2
    assert built.key == expected_key(line_amount)
    assert read(built.xml).document == invoice == Invoice.model_validate_json(invoice.to_json())


def test_the_seed_of_the_key_has_two_decimals_and_nothing_else() -> None:
    seed = key_seed(
        number="A1",
        issue_date="2026-03-02",
        issue_time="10:15:00-05:00",
        line_extension="12037.046",
        taxes=(Decimal("1E+3"), None, "0.999999"),
        payable=" 13037.04900 ",
        supplier_id="1",
        customer_id="2",
        secret="k",
        environment="2",
    )
    assert seed == "A12026-03-0210:15:00-05:0012037.04011000.00040.00030.9913037.0412k2"
