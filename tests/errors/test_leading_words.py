"""Every refusal leads: it names the model and the field, and the next step, with the nearest name of a mistyped one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pytest
from pydantic import BaseModel

import dian_fe
from dian_fe import (
    Address,
    Customer,
    Event,
    ExchangeRate,
    Issuer,
    Line,
    Organization,
    Payment,
    Person,
    Software,
    iva,
    load_document,
    tax,
)
from dian_fe.catalogs import catalog, lists
from dian_fe.catalogs._catalog import read_lines
from dian_fe.errors import InvalidInput, WrongCheckDigit
from tests.contracts.pitfalls.support import SHOP, invoice, line
from tests.support.company import SOFTWARE

pytestmark = pytest.mark.between

PERSON: dict[str, Any] = {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo"}
MODELS = sorted(
    {
        value
        for name in dian_fe.__all__
        if isinstance(value := getattr(dian_fe, name), type)
        and issubclass(value, BaseModel)
        and value is not Event  # which only its own constructors make, of a verified invoice
    },
    key=lambda model: model.__name__,
)
ENGLISH = ("Input should", "Field required", "validation error", "https://", "Extra inputs", "Value error", "pydantic")


def refused(make: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        make()
    return caught.value


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_mistyped_field_is_told_with_the_right_one(model: type[BaseModel]) -> None:
    for name in model.model_fields:
        typo = f"{name[:-2]}{name[-1]}x" if len(name) > 3 else f"{name}x"
        told = [error for error in refused(lambda typo=typo: model(**{typo: "x"})).errors if error.found == typo]
        assert [error.place for error in told] == [f"{model.__name__}.{typo}"]
        assert told[0].remedy
        alike = {name, *get_close_matches(typo, model.model_fields, cutoff=0.7)}  # of twins, as bonus_s and bonus_ns
        hint = told[0].remedy
        assert len(name) <= 3 or any(f"¿Quiso decir {each}?" in hint for each in alike), (name, typo, hint)
        assert "x" in str(told[0])
        assert not any(word in str(told[0]) for word in ENGLISH)


@pytest.mark.parametrize("wrong", [object(), 3.5, b"\xff", ["\x00", object()], int], ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_wrong_value_is_told_with_its_field_and_a_remedy(model: type[BaseModel], wrong: Any) -> None:
    for name in model.model_fields:
        told = [error for error in refused(lambda name=name: model(**{name: wrong})).errors if error.place]
        mine = [error for error in told if error.field and error.field.split("[")[0].split(".")[0] == name]
        assert mine, (name, told)
        for error in mine:
            assert error.owner == model.__name__
            assert str(error).startswith(f"{model.__name__}.{name}")
            assert error.expected
            assert error.remedy
            assert not any(word in str(error) for word in ENGLISH), str(error)


WORDS = [
    ("email", lambda: Customer(**PERSON, email="a@example.com"), "Customer.email", "¿Quiso decir emails?"),
    ("Spanish name", lambda: Line(descripcion="x", price=1), "Line.descripcion", "¿Quiso decir description?"),
    ("camel case", lambda: Line(description="x", unitPrice=1), "Line.unitPrice", "¿Quiso decir price?"),
    ("id of a company", lambda: Organization(id="900373076", name="X"), "Organization.id", "¿Quiso decir nit?"),
    (
        "field of a part",
        lambda: Customer(**PERSON, country_name="Colombia"),
        "Customer.country_name",
        "address=Address(country_name=…)",
    ),
    ("one tax", lambda: Line(description="x", price=1, taxes=iva(19)), "Line.taxes", "entre corchetes: taxes=[…]"),
    ("one text", lambda: invoice(notes="gracias"), "Invoice.notes", "entre corchetes: notes=[…]"),
    ("rate alone", lambda: ExchangeRate(rate=4000), "ExchangeRate.currency", "ExchangeRate(currency=…, rate=…)"),
    (
        "rate alone inside an invoice",
        lambda: invoice(currency="USD", exchange_rate={"rate": 4000}),
        "Invoice.exchange_rate.currency",
        "agregue currency=… en ExchangeRate(currency=…, rate=…)",
    ),
    ("two shapes", lambda: Customer(**PERSON, address=5), "Customer.address", "escriba Address(…)"),
    ("inside an address", lambda: Customer(**PERSON, address={"linea": "x"}), "Customer.address.linea", "decir line?"),
    ("no supplier", lambda: invoice(supplier="x"), "Invoice.supplier", "Organization(…)"),
    ("unit", lambda: invoice(line(unit="kilo")), "Invoice.lines[0].unit", "'KGM' (kilogramo)"),
    ("tax", lambda: invoice(line(taxes=[tax("iva", percent=19)])), "subtotals[0].code", "'01' (IVA)"),
    ("currency", lambda: invoice(currency="dolar"), "Invoice.currency", "'USD' (Dólar estadounidense)"),
    ("means", lambda: invoice(payment=Payment.cash("cash")), "payments[0].means", "'10' (Efectivo)"),
    ("country", lambda: Address(country="Estados Unidos"), "Address.country", "'US' (Estados Unidos)"),
    ("operation", lambda: invoice(operation="standard"), "Invoice.operation", "'10' (Estándar)"),
    ("type", lambda: invoice(type_code="exportación"), "Invoice.type_code", "'02'"),
    ("type of another kind", lambda: invoice(type_code="91"), "Invoice.type_code", "dian_fe.catalogs.DocumentType"),
    ("id type", lambda: Customer(id_type="CC", id="1", name="X"), "Customer.id_type", "'13' (Cédula de ciudadanía)"),
    ("regime", lambda: Customer(**PERSON, regime="comun"), "Customer.regime", "'48'"),
    ("organization", lambda: Customer(**PERSON, organization_type="empresa"), "organization_type", "'1' (Persona Jur"),
    ("fraction", lambda: iva("0.19"), "iva(percent)", 'iva("19")'),
    ("no document", lambda: load_document({"kind": "factura", "number": "1"}), "kind", "invoice"),
    ("frozen", lambda: setattr(line(), "price", 5), "Line.price", "replace(price=…)"),
    ("environment", lambda: Issuer(organization=SHOP, software=SOFTWARE, environment="real"), "environment", "'1'"),
    ("JSON", lambda: Line.model_validate_json('{"description": "x", "precio": 1}'), "Line.precio", "decir price?"),
]


@pytest.mark.parametrize(("name", "make", "place", "step"), WORDS, ids=[case[0] for case in WORDS])
def test_the_next_step_is_in_the_message(name: str, make: Any, place: str, step: str) -> None:
    error = refused(make)
    assert place in error.place
    assert step in str(error), str(error)
    assert not any(word in str(error) for word in ENGLISH)


def test_what_was_mistyped_is_not_told_as_missing_too() -> None:
    errors = refused(lambda: Line(descripcion="x", precio=1)).errors
    assert [error.place for error in errors] == ["Line.descripcion", "Line.precio"]


def test_a_secret_under_a_mistyped_name_is_not_shown() -> None:
    for wrong in ({"pim": "s3cr3t"}, {"pin": ["s3cr3t"]}):
        assert "s3cr3t" not in str(refused(lambda wrong=wrong: Software(id=SOFTWARE.id, **wrong)))


@pytest.mark.parametrize("nit", ["900373076-4", "9003730764", "900.373.076-4"])
def test_a_nit_typed_with_its_right_digit_is_taken(nit: str) -> None:
    made = Organization(nit=nit, name="X")
    assert (made.nit, made.check_digit) == ("900373076", "4")
    assert Customer(id_type="31", id=nit, name="X").id == "900373076"
    assert Software(id=SOFTWARE.id, pin="1", provider_nit=nit).provider_nit == "900373076"
    assert Person(id_type="31", id=nit, first_name="A", family_name="B").checked().id == "900373076"


def test_a_nit_typed_with_a_wrong_digit_is_told_the_right_one() -> None:
    for make in (
        lambda: Organization(nit="900373076-5", name="X"),
        lambda: Customer(id_type="31", id="900373076-5", name="X"),
        lambda: Organization(nit="900373076-4", check_digit="5", name="X"),
    ):
        with pytest.raises(WrongCheckDigit) as caught:
            make()
        assert "4" in str(caught.value.expected)


def test_every_usual_name_leads_to_its_code() -> None:
    rows = [row.split("\t") for row in read_lines("usual_names")[1]]
    assert {row[0] for row in rows} <= set(lists())
    for listed, name, code, _ in rows:
        known = catalog(listed)
        assert code in known, (listed, name, code)
        assert code in known.meant(name), (listed, name, code, known.meant(name))
        if name not in known:
            assert f"{code!r} ({known.label(code)})" in str(known.unknown(name).remedy)


@pytest.mark.parametrize(
    "listed", [name for name, info in lists().items() if info.kind != "table" and name != "municipality_names"]
)
def test_a_label_written_as_people_write_leads_to_its_code(listed: str) -> None:
    known = catalog(listed)
    for code in list(known)[:40]:
        label = known.label(code)
        for written in (label.upper(), label.lower()):
            assert written in known or any(known.label(each).lower() == label.lower() for each in known.meant(written))


def test_an_error_keeps_its_owner_in_json_and_pickle() -> None:
    import pickle

    error = refused(lambda: Customer(**PERSON, email="a@example.com"))
    assert error.as_dict()["owner"] == "Customer"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
