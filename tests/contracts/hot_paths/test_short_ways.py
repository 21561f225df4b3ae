"""The short ways that make issuing fast give what the long ways gave, and leave no trace."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Context, Decimal, getcontext, localcontext
from typing import Any

import pytest

from dian_fe import (
    AllowanceCharge,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    build,
    ibua,
    inc,
    iva,
    read,
    tax,
)
from dian_fe.errors import DianFeError, FloatMoney, InvalidNumberText, UnknownCode
from dian_fe.models.codes import check_codes
from dian_fe.models.lines import AlternativePrice
from dian_fe.ubl.cached import cached
from dian_fe.ubl.codecs import attribute_texts
from dian_fe.ubl.writer import compile as compiling
from tests.support import company
from tests.support.company import BUYER, NOW

SHOP = company.SHOP.replace(name="Tienda & Ejemplo SAS")


def issuer(prefix: str = "SETP") -> Issuer:
    numbering = company.RESOLUTION.replace(prefix=prefix, range_from=1)
    return Issuer(organization=SHOP, software=company.SOFTWARE, resolution=numbering)


def line(**changes: Any) -> Line:
    return Line(**{"description": "Café", "quantity": 3, "price": "18500.55", "taxes": [iva(19)], **changes})


def invoice(number: str = "SETP1", **changes: Any) -> Invoice:
    given = {"supplier": SHOP, "customer": BUYER, "lines": [line(), line(taxes=[inc(8), iva(5)])]}
    return Invoice.from_lines(number=number, issued_at=NOW, payment=Payment.cash(), **{**given, **changes})


# --- arithmetic ------------------------------------------------------------------------------------------------------


def test_amounts_do_not_depend_on_the_callers_decimal_context() -> None:
    rows = [line(quantity="123456.789", price="98765.4321", taxes=[iva(19), ibua(55, millilitres=1234567)])]
    expected = build(invoice(lines=rows), issuer())
    with localcontext(Context(prec=5)):
        assert build(invoice(lines=rows), issuer()).canonical == expected.canonical


@pytest.mark.parametrize("rows", [[line()], [line(quantity=0)]])
def test_the_callers_decimal_context_is_given_back(rows: list[Line]) -> None:
    with localcontext(Context(prec=7)) as mine:
        with suppress(DianFeError):
            invoice(lines=rows)
        assert getcontext() is mine
        assert Decimal(1) / Decimal(3) == Decimal("0.3333333")


def test_header_keeps_rates_apart_and_adds_their_bases() -> None:
    document = invoice(lines=[line(price=10), line(price=20), line(price=30, taxes=[iva(5)]), line(taxes=[])])
    (total,) = document.taxes
    assert [(s.percent, s.taxable, s.amount) for s in total.subtotals] == [
        (Decimal(19), Decimal("90.00"), Decimal("17.10")),
        (Decimal(5), Decimal("90.00"), Decimal("4.50")),
    ]
    assert total.amount == Decimal("21.60")


# --- taxes made once -------------------------------------------------------------------------------------------------


def test_a_float_is_refused_after_an_equal_int() -> None:
    assert iva(5) is iva(5)
    with pytest.raises(FloatMoney):
        iva(5.0)  # type: ignore[arg-type]
    with pytest.raises(InvalidNumberText):
        iva(True)
    with pytest.raises(InvalidNumberText) as caught:
        tax("01", percent=[5])  # type: ignore[arg-type]
    assert caught.value.field == "percent"


# --- models without detours ------------------------------------------------------------------------------------------


def test_models_take_no_positional_arguments() -> None:
    with pytest.raises(TypeError):
        AllowanceCharge("x")  # type: ignore[misc]


def test_computed_models_are_like_validated_ones() -> None:
    document = invoice()
    again = Invoice.model_validate_json(document.to_json())
    assert again == document
    assert hash(again) == hash(document)
    assert pickle.loads(pickle.dumps(document)) == document
    assert document.lines[0].model_fields_set == set(Line.model_fields)
    party = SHOP.party()
    assert party == type(party)(**party.model_dump(exclude={"address"}), address=party.address)
    assert list(party.__dict__) == list(type(party).model_fields)


def test_the_party_of_a_company_does_not_show_in_its_json() -> None:
    before = Organization(
        nit="700085371",
        name="Tienda & Ejemplo SAS",
        municipality="76001",
        address="Cl 14 # 5-20",
        emails=["facturas@example.com"],
    )
    assert SHOP.party() is SHOP.party()
    assert before == SHOP
    assert SHOP.to_json() == before.to_json()


# --- codes known together --------------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[Invoice], dict[str, Any]]] = {
    "operation": lambda d: {"operation": "99"},
    "type_code": lambda d: {"type_code": "91"},
    "currency": lambda d: {"currency": "XXQ"},
    "supplier.tax_scheme": lambda d: {"supplier": d.supplier.replace(tax_scheme="88")},
    "customer.responsibilities[0]": lambda d: {"customer": d.customer.replace(responsibilities=("O-99",))},
    "payments[0].form": lambda d: {"payments": (Payment(form="7"),)},
    "payments[0].means": lambda d: {"payments": (Payment(means="qq"),)},
    "allowances[0].reason_code": lambda d: {"allowances": (AllowanceCharge(amount=1, reason_code="77"),)},
    "lines[1].unit": lambda d: {"lines": (d.lines[0], d.lines[1].replace(unit="ZZZZ"))},
    "lines[0].standard": lambda d: {"lines": (d.lines[0].replace(standard_code="1", standard="555"), d.lines[1])},
    "lines[0].reference_price.type_code": lambda d: {
        "lines": (d.lines[0].replace(reference_price=AlternativePrice(amount=1, type_code="77")),)
    },
}


@pytest.mark.parametrize("place", CHANGES)
def test_an_unknown_code_is_refused_after_known_ones(place: str) -> None:
    document = invoice()
    check_codes(document)
    with pytest.raises(UnknownCode) as caught:
        check_codes(document.replace(**CHANGES[place](document)))
    assert caught.value.field == place


def test_an_unknown_tax_is_refused_where_it_is() -> None:
    invoice()
    with pytest.raises(UnknownCode) as caught:
        invoice(lines=[line(), line(taxes=[tax("77", percent=1, name="x")])])
    assert caught.value.field == "lines[1].taxes[0].subtotals[0].code"


# --- texts kept ------------------------------------------------------------------------------------------------------


class Owner:
    pass


def test_a_value_is_cached_until_its_object_is_gone() -> None:
    made: list[object] = []

    def make(owner: Owner, extra: str) -> str:
        made.append(extra)
        return f"{len(made)} {extra}"

    get, owner = cached(make), Owner()
    assert [get(owner, "a", "x"), get(owner, "a", "y"), get(owner, "b", "z")] == ["1 x", "1 x", "2 z"]
    for number in range(3, 60):  # identities are used again at once
        del owner
        owner = Owner()
        assert get(owner, "a", "new") == f"{number} new"


def test_prefixes_and_environments_of_a_company_are_told_apart() -> None:
    first, second = issuer("SETP"), issuer("FV")
    texts = [build(invoice(f"{prefix}7"), who).xml.decode() for prefix, who in (("SETP", first), ("FV", second))]
    for prefix, text in zip(("SETP", "FV"), texts, strict=True):
        assert f"<sts:Prefix>{prefix}</sts:Prefix>" in text
        assert f"<cac:CorporateRegistrationScheme><cbc:ID>{prefix}</cbc:ID>" in text
    production = build(invoice(), first.replace(environment="1")).xml
    assert b'schemeID="1"' in production
    assert b"catalogo-vpfe.dian.gov.co" in production
    assert build(invoice(), first).xml.count(b"catalogo-vpfe-hab.dian.gov.co") == 1


def test_attributes_are_escaped_and_not_kept_without_limit() -> None:
    texts = attribute_texts("onlyForThisTest")
    assert texts[None] == ""
    assert texts['a"<&\n'] == ' onlyForThisTest="a&quot;&lt;&amp;&#xA;"'
    assert [texts[str(number)] for number in range(5000)][-1] == ' onlyForThisTest="4999"'
    assert len(texts) < 2000


def test_writers_made_by_many_threads_at_once_write_the_same() -> None:
    document, who = invoice(), issuer()
    expected = build(document, who).xml
    for function in (compiling.writers, compiling._maker):
        function.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: build(document, who).xml, range(64))) == {expected}


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note", "application_response", "event"])
def test_the_source_of_every_writer_can_be_seen(kind: str) -> None:
    source = compiling.source_of(kind)
    made = {name.split("(")[0] for name in source.split("def ")[1:]}
    called = set(re.findall(r"\b(write_\w+)\((?!o,)", source))
    assert called
    assert called <= made


# --- reading ---------------------------------------------------------------------------------------------------------


def test_several_odd_lines_stay_and_each_is_told_at_its_place() -> None:
    rows = [line(description=f"Línea {number}") for number in range(1, 6)]
    xml = build(invoice(lines=rows), issuer()).xml.decode()
    for number in (1, 3, 4):
        xml = xml.replace(f"<cbc:Description>Línea {number}</cbc:Description>", "<cbc:Description/>")
    received = read(xml.encode())
    said = [getattr(item, "description", None) for item in received.document.lines]
    assert said == [None, "Línea 2", None, None, "Línea 5"]
    assert received.document.missing == tuple(f"lines[{number}].description" for number in (0, 2, 3))
    places = [problem.xpath for problem in received.problems]
    assert places == [f"/Invoice/cac:InvoiceLine[{number}]/cac:Item/cbc:Description" for number in (1, 3, 4)]


def test_an_attribute_in_the_wrong_place_is_told() -> None:
    xml = build(invoice(), issuer()).xml.replace(b"<cbc:Description>", b'<cbc:Description currencyID="COP">')
    received = read(xml)
    assert received.unmapped == tuple(
        f"/Invoice/cac:InvoiceLine[{number}]/cac:Item/cbc:Description/@currencyID" for number in (1, 2)
    )
