"""Data that are empty, doubled or spelled as XML Schema does not: each told where it is, and nothing else lost.

What a number, a date and a time look like is that of XML Schema (part 2, sections 3.2.3, 3.2.8 and 3.2.9).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from dian_fe import Customer, Invoice, Line, Payment, build, iva, read
from dian_fe.models._missing import datum
from dian_fe.testing.random_documents import sample_issuer

ISSUER = sample_issuer()
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@cache
def sold() -> str:
    invoice = Invoice.from_lines(
        number="SETP990000001",
        issued_at="2026-03-02T10:15:00-05:00",
        supplier=ISSUER.organization,
        customer=Customer(id_type="31", id="800199436", name="Cliente SAS", municipality="05001", address="Cl 1"),
        lines=[Line(description="Café molido", price=50_000, quantity=2, taxes=(iva(19),))],
        payment=Payment.credit("2026-04-01"),
        due_date="2026-04-01",
    )
    return build(invoice, ISSUER).xml.decode()


def put(text: str, *, at: str, instead: bool = False) -> Any:
    """Read the invoice with another text in the first element of that name, or something instead of the element."""
    pattern = rf"<cbc:{at}[^>]*>[^<]*</cbc:{at}>" if instead else rf"(?<=<cbc:{at})([^>]*)>[^<]*"
    changed, count = re.subn(pattern, lambda match: text if instead else f"{match[1]}>{text}", sold(), count=1)
    assert count
    return read(changed.encode())


def told(received: Any) -> list[tuple[str, str | None]]:
    return [(problem.path, problem.value) for problem in received.problems]


PLACES = {
    "Description": "lines[0].description",
    "PriceAmount": "lines[0].price",
    "PayableAmount": "totals.payable",
    "DueDate": "due_date",
    "Percent": "taxes[0].subtotals[0].percent",
    "TaxAmount": "taxes[0].amount",
    "TaxableAmount": "taxes[0].subtotals[0].taxable",
    "InvoicedQuantity": "lines[0].quantity",
    "PaymentDueDate": "payments[0].due_date",
}


def at_path(document: Any, path: str) -> Any:
    for step in re.split(r"\.|(?=\[)", path):
        document = document[int(step[1:-1])] if step[0] == "[" else getattr(document, step, None)
    return document


@pytest.mark.parametrize("text", ["", "  \n ", "<!-- vacío -->", "<![CDATA[]]>", "\u00a0", "<?nada?>"])
@pytest.mark.parametrize("name", PLACES)
def test_an_empty_datum_alone_is_missing(name: str, text: str) -> None:
    received = put(text, at=name)
    assert at_path(received.document, PLACES[name]) is None
    assert [problem.path for problem in received.problems] == [PLACES[name]]
    assert "vacío" in received.problems[0].message
    assert received.problems[0].remedy
    assert len(received.document.lines) == 1
    assert datum(received.document, "customer.name") == "Cliente SAS"


def test_an_empty_name_of_the_buyer_alone_is_missing() -> None:
    before, after = sold().split("<cac:AccountingCustomerParty>")
    empty = re.sub(r"<cbc:RegistrationName>[^<]*</cbc:RegistrationName>", "<cbc:RegistrationName/>", after, count=1)
    received = read(f"{before}<cac:AccountingCustomerParty>{empty}".encode())
    assert received.document.missing == ("customer.name",)
    assert told(received) == [("customer.name", None)]
    assert received.document.customer.id == "800199436"


SPELLED = {
    "119,000.00": "119000.00",
    "119.000,00": "119000.00",
    "1.119.000": "1119000",
    "119 000.00": "119000.00",
    "119\u00a0000,00": "119000.00",
    "119'000.00": "119000.00",
    "119000,5": "119000.5",
    "1E+5": "100000",
    "1.19e5": "119000",
    "١١٩٠٠٠": "119000",
    "١١٩٬٠٠٠٫٠٠": "119000.00",
    "１１９０００．００": "119000.00",
    "\u00a0119000.00": "119000.00",
    "119000.00\u202f": "119000.00",
    "−119000.00": "-119000.00",
}
"""Spelled as no XML Schema has it, and understood in one way only."""
NOBODY = [
    *("119,000", "NaN", "INF", "Infinity", "-Infinity", "sNaN", "--5", "1_000", "0x10", "1/2", "5 %", "½", "Ⅷ"),
    *("$119.000,00", "119000.00 COP", "(119000)", "\u200b119000", "119000\u200e", "1E+18", "1E-400", "1e999999999"),
    *("1" + "0" * 40, "9" * 5_000, "0." + "0" * 5_000 + "1", "1.2.3", "1,2,3", "+", ".", "1,00.000"),
]
PLAIN = {
    "+119000.00": "119000.00",
    " 119000.00\n": "119000.00",
    "00119000": "119000",
    "119000.": "119000",
    ".5": "0.5",
    "-0.00": "0",
    "119.000": "119",
    "999999999999999999.99": "999999999999999999.99",
}
"""XML Schema takes a sign, zeros in front and a point at either end; 119.000 is one hundred and nineteen."""


@pytest.mark.parametrize("text", SPELLED)
@pytest.mark.parametrize("name", ["PayableAmount", "Percent", "InvoicedQuantity"])
def test_a_number_spelled_otherwise_is_understood_and_told(name: str, text: str) -> None:
    received = put(text, at=name)
    assert at_path(received.document, PLACES[name]) == Decimal(SPELLED[text])
    assert told(received) == [(PLACES[name], text)]
    assert "se entendió" in received.problems[0].message
    assert received.document.missing == ()


@pytest.mark.parametrize("text", NOBODY)
@pytest.mark.parametrize("name", ["PayableAmount", "Percent", "InvoicedQuantity"])
def test_a_number_that_nobody_can_read_is_missing_and_told(name: str, text: str) -> None:
    received = put(text, at=name)
    assert at_path(received.document, PLACES[name]) is None
    (problem,) = received.problems
    assert problem.path == PLACES[name]
    assert problem.message.endswith("el dato falta.")
    assert problem.value is not None
    assert text.startswith(problem.value.partition("…")[0])
    assert len(problem.value) < 450


@pytest.mark.parametrize("text", PLAIN)
def test_a_number_as_xml_schema_has_it_is_not_told(text: str) -> None:
    received = put(text, at="PayableAmount")
    assert (received.problems, received.document.totals.payable) == ((), Decimal(PLAIN[text]))


DAYS = {
    "2026-04-01": None,
    " 2026-04-01\t": None,
    "2026-04-01-05:00": None,
    "2026-04-01Z": None,
    "2026-04-01+14:00": None,
    "2026-04-01+25:00": "2026-04-01",
    "2026-04-01T00:00:00": "2026-04-01",
    "01/04/2026": "2026-04-01",
    "2026/4/1": "2026-04-01",
    "20260401": "2026-04-01",
    "٢٠٢٦-٠٤-٠١": "2026-04-01",
    "２０２６－０４－０１": "2026-04-01",
    "\u00a02026-04-01": "2026-04-01",
    "2026-02-30": "",
    "2026-13-01": "",
    "0000-00-00": "",
    "10000-01-01": "",
    "-2026-04-01": "",
    "+2026-04-01": "",
    "24:00:00": "",
    "2026-04": "",
    "13/14/2026": "",
    "mañana": "",
}
"""By what is written: None where nothing is odd, the day that is understood, or nothing."""


@pytest.mark.parametrize("text", DAYS)
@pytest.mark.parametrize("name", ["DueDate", "IssueDate"])
def test_a_day_is_read_or_told(name: str, text: str) -> None:
    received = put(text, at=name)
    path = {"DueDate": "due_date", "IssueDate": "issued_at"}[name]
    day = datum(received.document, "due_date" if name == "DueDate" else "issue_date")
    understood = DAYS[text]
    if understood is None:
        assert received.problems == ()
        assert day == date(2026, 4, 1)
        return
    assert told(received) == [(path, text.strip(" \t"))]
    assert day == (date.fromisoformat(understood) if understood else None)
    assert ("se entendió" in received.problems[0].message) is bool(understood)


TIMES = {
    "10:15:00-05:00": ("10:15:00", 0),
    "10:15:00.123456789-05:00": ("10:15:00", 0),
    "15:15:00Z": ("10:15:00", 1),
    "16:15:00+01:00": ("10:15:00", 1),
    "10:15:00": ("10:15:00", 1),
    "10:15:00-0500": ("10:15:00", 1),
    "10:15:00 -05:00": ("10:15:00", 1),
    "10:15:00-05": ("10:15:00", 1),
    "T10:15:00-05:00": ("10:15:00", 1),
    "9:05-05:00": ("09:05:00", 1),
    "١٠:١٥:٠٠-05:00": ("10:15:00", 1),
    "10:15": ("10:15:00", 2),
    "10:15:00-25:00": ("00:00:00", 1),
    "24:00:00-05:00": ("00:00:00", 1),
    "25:61": ("00:00:00", 1),
    "10:15:60-05:00": ("00:00:00", 1),
    "10": ("00:00:00", 1),
    "1015": ("00:00:00", 1),
    "": ("00:00:00", 2),
}
"""By what is written: the hour that the model has, and how much is told."""


@pytest.mark.parametrize("text", TIMES)
def test_an_hour_is_read_or_told_and_its_day_stays(text: str) -> None:
    received = put(text, at="IssueTime")
    hour, count = TIMES[text]
    assert received.document.issued_at.isoformat() == f"2026-03-02T{hour}-05:00"
    assert [problem.path for problem in received.problems] == ["issued_at"] * count
    assert all(problem.xpath == "/Invoice/cbc:IssueTime" for problem in received.problems)
    assert all(problem.value in {text, None} for problem in received.problems)


NAME = "<cbc:Description>Café molido</cbc:Description>"


@pytest.mark.parametrize(
    ("written", "read_as", "problems", "unmapped"),
    [
        (f"<cbc:Description {XSI} xsi:nil='true'/>", None, 1, 1),
        ("<cbc:Description><![CDATA[Café molido]]></cbc:Description>", "Café molido", 0, 0),
        ("<cbc:Description>Caf<![CDATA[é]]> molido</cbc:Description>", "Café molido", 0, 0),
        ("<cbc:Description>Café<!-- x --> molido</cbc:Description>", "Café molido", 1, 0),
        ("<cbc:Description>Café<?x y?> molido</cbc:Description>", "Café molido", 1, 0),
        ("<cbc:Description>Café<b>x</b> molido</cbc:Description>", "Café", 1, 1),
        ("<cbc:Description><cbc:Name>x</cbc:Name></cbc:Description>", None, 1, 1),
        (f"{NAME}<cbc:Description>Otro</cbc:Description>", "Café molido", 1, 1),
        (f"<cbc:Description/>{NAME}", "Café molido", 1, 0),
        ("<cbc:Description x='1'>Café molido</cbc:Description>", "Café molido", 0, 1),
        (f"{NAME}suelto", "Café molido", 1, 0),
        ("", None, 1, 0),
        ("<Description xmlns=''>Café molido</Description>", None, 1, 1),
    ],
)
def test_whatever_stands_in_a_leaf_is_read_or_told(
    written: str, read_as: str | None, problems: int, unmapped: int
) -> None:
    received = put(written, at="Description", instead=True)
    assert datum(received.document.lines[0], "description") == read_as
    assert (len(received.problems), len(received.unmapped)) == (problems, unmapped)


@pytest.mark.parametrize("second", ["50000.00", "1.00"])
def test_a_datum_said_twice_is_told_with_the_second(second: str) -> None:
    first = '<cbc:PriceAmount currencyID="COP">50000.00</cbc:PriceAmount>'
    received = put(first + first.replace("50000.00", second), at="PriceAmount", instead=True)
    assert received.document.lines[0].price == 50_000
    assert told(received) == [("lines[0].price", second)]
    assert received.problems[0].xpath.endswith("cbc:PriceAmount[2]")


ATTRIBUTES = {
    ' currencyID="COP">50000.00': ("lines[0]", "no indica su moneda"),
    ' unitCode="94">2</cbc:InvoicedQuantity': ("lines[0].unit", "no indica «unit»"),
    ' schemeName="CUFE-SHA384"': ("control.key_scheme", "no indica «key_scheme»"),
}


@pytest.mark.parametrize("written", ATTRIBUTES)
def test_an_attribute_that_gives_a_text_its_meaning_is_missed(written: str) -> None:
    path, message = ATTRIBUTES[written]
    attribute = written.split(">")[0]
    assert written in sold()
    received = read(sold().replace(written, written.removeprefix(attribute), 1).encode())
    (problem,) = received.problems
    assert message in problem.message
    assert problem.xpath.endswith(f"/@{attribute.split('=')[0].strip()}")
    assert problem.path in {path, ""}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('schemeAgencyID="195"', 'schemeAgencyID="999"'),
        ('listAgencyID="6"', 'listAgencyID="7"'),
        ('languageID="es"', 'languageID="en"'),
        (">CO</cbc:IdentificationCode>", ">US</cbc:IdentificationCode>"),
        ("<cac:Price>", '<cac:Price x="1">'),
        ("<cac:InvoiceLine>", '<cac:InvoiceLine x="1">'),
    ],
)
def test_what_no_field_keeps_is_listed_by_its_place(before: str, after: str) -> None:
    assert before in sold()
    received = read(sold().replace(before, after, 1).encode())
    assert (len(received.unmapped), received.problems) == (1, ())
    assert received.document == read(sold().encode()).document


def test_texts_between_elements_are_told() -> None:
    received = read(sold().replace("<cac:Price>", "suelto<cac:Price>uno", 1).encode())
    assert [problem.value for problem in received.problems] == ["suelto", "uno"]
    assert received.document == read(sold().encode()).document
