"""Fifty documents of each other system: what comes out is what was made by hand, and every other field is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from dian_fe import Client, DocumentReference, Invoice, build, check, rete_renta, sign
from dian_fe.errors import DianFeError, InvalidInput, UnreadableDocument
from dian_fe.exchange import Migrated, from_apidian, from_facho, from_factus
from dian_fe.exchange.apidian import municipalities
from dian_fe.exchange.facho import plain
from dian_fe.exchange.migrating import map_of
from dian_fe.testing import Simulator
from tests.exchange import facho_objects
from tests.exchange.others import Order, apidian, factus, leaves, order, put_at, untaken_rows
from tests.support.company import NOW, SHOP, issuer_at

SEEDS = range(50)
KEY = "a" * 96
INVOICE = DocumentReference(number="SETP990000001", key=KEY, issue_date="2026-03-01")
NUMBERS = {"number": "SETP990000001", "issued_at": NOW}
GROUPS = (
    "bill_id",
    "payment_form[]",
    "payment_details[]",
    "prepayment_details[]",
    "allowance_charges[]",
    "invoice_lines[].allowance_charges[]",
    "invoice_lines[].tax_totals[]",
    "with_holding_tax_total[]",
    "prepaid_payment",
    "billing_reference",
    "idcurrency",
)
"""Parts that are refused when they say a part of what they have to, and are tried in a document that has it all."""
_INDEX = re.compile(r"\[\d+\]")
LEGAL = ("legal_monetary_totals", "requested_monetary_totals", "credit_note_lines", "debit_note_lines")


def of_factus_1(made: Order) -> tuple[Any, Invoice]:
    held = {"withholdings": [rete_renta(made.held)]} if made.held else {}
    lines = []
    for line, good in zip(made.lines(**held), made.goods, strict=True):
        gross = (good.price * (100 + (good.rate or 0)) / 100).quantize(Decimal("0.01"))
        lines.append(line.replace(price_with_taxes=gross))
    customer = made.customer(phone="3001234567", tax_scheme="ZZ", municipality="68679", organization_type=kind(made))
    by_hand = made.invoice(
        "SETP990000001", customer=customer, lines=lines, payment=made.payment("47"), notes=["Gracias"]
    )
    return factus(made, 1), by_hand


def of_factus_2(made: Order) -> tuple[Any, Invoice]:
    held = {"withholdings": [rete_renta(made.held)]} if made.held else {}
    customer = made.customer(phone="3001234567", tax_scheme="ZZ", organization_type=kind(made))
    by_hand = made.invoice(
        "SETP990000001", customer=customer, lines=made.lines(**held), payment=made.payment("47"), notes=["Gracias"]
    )
    return factus(made, 2), by_hand


def of_apidian(made: Order) -> tuple[Any, Invoice]:
    more = {"phone": "3001234567", "merchant_registration": "0000000-00", "organization_type": kind(made)}
    lines = [
        line.replace(allowances=[each.replace(base=good.gross, reason_code=None) for each in line.allowances])
        for line, good in zip(made.lines(percent=False), made.goods, strict=True)
    ]
    by_hand = made.invoice(
        f"SETP{990_000_001 + made.seed}",
        customer=made.customer(**more),
        lines=lines,
        payment=made.payment("10"),
        notes=["Gracias por su compra"],
        withholdings=[rete_renta(made.held)] if made.held else [],
    )
    return apidian(made), by_hand


def kind(made: Order) -> str:
    return "1" if made.company else "2"


def migrated(system: str, data: Any, **options: Any) -> Migrated:
    if system == "factus":
        return from_factus(json.dumps(data), organization=SHOP, **(NUMBERS | options))
    return from_apidian(json.dumps(data), organization=SHOP, **options)


FORMS: list[tuple[str, Callable[[Order], tuple[Any, Invoice]]]] = [
    ("factus", of_factus_1),
    ("factus", of_factus_2),
    ("apidian", of_apidian),
]


@pytest.mark.parametrize(("system", "form"), FORMS)
def test_fifty_documents_are_those_made_by_hand(system: str, form: Callable[[Order], tuple[Any, Invoice]]) -> None:
    for seed in SEEDS:
        data, by_hand = form(order(seed))
        made = migrated(system, data)
        assert [str(each) for each in made.problems] == [], seed
        assert made.document == by_hand, seed
        paths = {each.path for each in made.untaken}
        assert sorted([*made.taken, *paths]) == sorted(leaves(data)), seed
        assert all(each.reason.endswith(".") for each in made.untaken)


@pytest.mark.parametrize(("system", "form"), FORMS)
def test_every_field_that_is_not_taken_is_told(system: str, form: Callable[[Order], tuple[Any, Invoice]]) -> None:
    """Some fields that become nothing are added to each document: the document is the same, and each is told."""
    rows = [path for path in untaken_rows(system) if not path.startswith((*LEGAL, *GROUPS, "customer.municipality_id"))]
    told: set[str] = set()
    for seed in SEEDS:
        dice = Random(seed)
        data, by_hand = form(order(seed))
        for path in dice.sample(rows, 8):
            put_at(data, path.replace("*", "algo"), dice.choice(["x", 7, True]))
        put_at(data, "inventado.por[].nadie", "secreto")
        made = migrated(system, data)
        assert [str(each) for each in made.problems] == [], seed
        assert made.document == by_hand, seed
        paths = [each.path for each in made.untaken]
        assert sorted([*made.taken, *paths]) == sorted(leaves(data)), seed
        assert "inventado.por[0].nadie" in paths
        assert "secreto" not in str(made)
        told |= {each.reason for each in made.untaken}
    unknown = map_of(system)["*"][1]
    assert unknown in told
    for path in rows:
        assert map_of(system)[path][1] in told, path


def test_a_migrated_document_is_issued_and_accepted(dian: Simulator) -> None:
    issuer, signer = issuer_at(dian), dian.signer("700085371")
    with Client(signer=signer, transport=dian) as client:
        for seed in SEEDS:
            for system, form in (FORMS[1], FORMS[2]):
                data, _ = form(order(seed))
                document = migrated(system, data, number=f"SETP{990_000_100 + seed}", issued_at=NOW).document
                assert document is not None
                built = build(document, issuer)
                assert not [fault for fault in check(built, issuer=issuer) if fault.rejects], seed
                if seed < 4 and system == "apidian":
                    assert client.send(sign(built, signer, at=NOW)).outcome == "accepted"


def test_fifty_objects_of_facho_are_those_made_by_hand(dian: Simulator) -> None:
    issuer = issuer_at(dian)
    told: set[str] = set()
    for seed in SEEDS:
        made = order(seed)
        given = facho_objects.invoice(made)
        result = from_facho(given, organization=SHOP)
        assert [str(each) for each in result.problems] == [], seed
        more = {"phone": "3001234567", "regime": "49", "tax_scheme": "ZZ", "organization_type": kind(made)}
        lines = [
            line.replace(
                seller_code=None,
                allowances=[each.replace(base=good.gross, reason=None, reason_code=None) for each in line.allowances],
            )
            for line, good in zip(made.lines(percent=False), made.goods, strict=True)
        ]
        due = made.due or NOW.date()
        by_hand = made.invoice(
            f"SETP{990_000_001 + seed}",
            customer=made.customer(**more),
            lines=lines,
            payment=made.payment("10").replace(due_date=due, ids=("1",)),
        )
        assert result.document == by_hand, seed
        assert not [fault for fault in check(build(by_hand, issuer), issuer=issuer) if fault.rejects]
        paths = [each.path for each in result.untaken]
        assert sorted([*result.taken, *paths]) == sorted(leaves(plain(given))), seed
        told |= set(paths)
    assert {"invoice_ident_prefix", "invoice_supplier.name", "invoice_customer.address.city.name"} <= told
    assert {"invoice_lines[0].price.type_code", "invoice_lines[0].item.description"} <= told


def test_the_example_of_factus_gives_the_amounts_of_its_answer() -> None:
    """The request and the answer of Factus' own documentation (facturas/crear-y-validar-factura, version 1)."""
    item = {
        "code_reference": "12345",
        "name": "producto de prueba",
        "quantity": 1,
        "price": 50000,
        "unit_measure_id": 70,
    }
    item |= {"standard_code_id": 1, "is_excluded": 0, "tribute_id": 1}
    tip = {
        "concept_type": "03",
        "is_surcharge": True,
        "reason": "Propina",
        "base_amount": "90000.00",
        "amount": "9000.00",
    }
    data = factus(order(1), 1) | {
        "items": [item | {"discount_rate": 20, "tax_rate": "19.00"}, item | {"discount_rate": 0, "tax_rate": "5.00"}],
        "allowance_charges": [tip],
    }
    document = migrated("factus", data).document
    assert document is not None
    assert (str(document.totals.line_extension), str(document.payable)) == ("81232.50", "99000.00")
    assert [str(line.amount) for line in document.lines] == ["33613.45", "47619.05"]
    assert [str(line.taxes[0].amount) for line in document.lines] == ["6386.55", "2380.95"]
    assert str(document.lines[0].allowances[0].amount) == "8403.36"


@pytest.mark.parametrize("type_code", ["91", "92"])
def test_notes_are_migrated_with_what_they_correct(type_code: str) -> None:
    made = order(3)
    concept = "2" if type_code == "91" else "1"
    data = factus(made, 2) | {"correction_concept_code": concept, "bill_number": INVOICE.number}
    del data["document"]
    data["customization_id"] = data.pop("operation_type") and ("20" if type_code == "91" else "30")
    from_one = migrated("factus", data, corrects=INVOICE, number="NC1")
    other = apidian(made) | {"type_document_id": 4 if type_code == "91" else 5, "discrepancyresponsecode": int(concept)}
    other["billing_reference"] = {"number": INVOICE.number, "uuid": KEY, "issue_date": "2026-03-01"}
    other["prefix"], other["number"] = "NC", 1
    if type_code == "91":
        other["credit_note_lines"] = other.pop("invoice_lines")
    else:
        other["debit_note_lines"] = other.pop("invoice_lines")
        other["requested_monetary_totals"] = other.pop("legal_monetary_totals")
    from_other = migrated("apidian", other)
    given = facho_objects.invoice(
        made,
        type_code,
        invoice_billing_reference=facho_objects.Thing(ident=INVOICE.number, uuid=KEY, date=INVOICE.issue_date),
        invoice_ident="NC1",
    )
    from_third = from_facho(given, organization=SHOP, defaults={"concept": concept})
    for result in (from_one, from_other, from_third):
        assert [str(each) for each in result.problems] == []
        document: Any = result.document
        assert document.number == "NC1"
        assert document.billing_references == (INVOICE,)
        assert document.corrections[0].concept == concept
        assert (document.kind == "credit_note") is (type_code == "91")
    held = [each.path for each in from_other.untaken if each.path.startswith("with_holding")]
    assert bool(held) is bool(made.held)


@pytest.mark.parametrize("system", ["factus", "apidian"])
def test_every_documented_field_is_what_the_map_says(system: str) -> None:
    """A document with every field of the map: those that become something are taken, the others are told."""
    made = order(7)
    if system == "factus":
        full, options = factus(made, 2) | EVERYTHING_OF_FACTUS, {}
        full["items"][0] |= ITEM_OF_FACTUS
    else:
        full, options = apidian(made) | EVERYTHING_OF_APIDIAN, {"defaults": {"currency": "USD"}, "tolerance": 10**9}
        full["invoice_lines"][0] |= LINE_OF_APIDIAN
    not_here = (*LEGAL, *OTHER_VERSION[system])
    untaken = [path for path in untaken_rows(system) if not path.startswith(not_here)]
    for path in untaken:
        put_at(full, path.replace("*", "algo"), "x")
    result = migrated(system, full, **options)
    assert [str(each) for each in result.problems] == []
    rows = {path for path, (becomes, _) in map_of(system).items() if becomes and not path.startswith(not_here)}
    assert rows - {_INDEX.sub("[]", path) for path in result.taken} == set()
    told = {_INDEX.sub("[]", each.path): each.reason for each in result.untaken}
    for path in untaken:
        assert told[path.replace("*", "algo")] == map_of(system)[path][1]


OTHER_VERSION = {
    "factus": (
        *("items[].scheme_id", "items[].tax_rate", "items[].tribute_id", "items[].is_excluded", "customization_id"),
        *("items[].unit_measure_id", "items[].standard_code_id", "items[].withholding_taxes[].withholding_tax_rate"),
        *("items[].mandate.identification_document_id", "customer.identification_document_id", "customer.dv"),
        *("customer.legal_organization_id", "customer.tribute_id", "customer.municipality_id", "customer.company"),
        *("payment_form", "payment_due_date", "payment_method_code", "correction_concept_code", "bill_"),
    ),
    "apidian": (
        *("payment_form[]", "discrepancyresponse", "customer.dv", "customer.type_liability_ids", "customer.tax_id"),
        *("invoice_lines[].reference_price_id", "invoice_lines[].tax_totals[].unit_measure_id", "totals"),
        *("invoice_lines[].tax_totals[].per_unit", "invoice_lines[].tax_totals[].base_unit"),
        *("invoice_lines[].tax_totals[].tax_name", "invoice_lines[].free_of_charge"),
    ),
}
"""Fields of the other version of the API, of notes, or of other kinds of customers and lines."""
ITEM_OF_FACTUS: dict[str, Any] = {
    "note": "Nota",
    "discount_rate": 5,
    "discount_amount": "250.00",
    "price": "1000.00",
    "quantity": "5",
    "taxes": [{"code": "01", "rate": "19.00", "is_excluded": False}],
    "withholding_taxes": [{"code": "06", "rate": "2.5"}],
    "mandate": {"identification_document_code": "31", "identification": "800199436"},
    "additional_properties": [{"code": "Lote", "value": "7", "quantity": "1", "unit_measure_code": "94"}],
}
EVERYTHING_OF_FACTUS: dict[str, Any] = {
    "payment_details": [
        {
            "payment_form": "2",
            "payment_method_code": "47",
            "due_date": "2026-04-01",
            "reference_code": "P1",
            "amount": "10",
        }
    ],
    "order_reference": {"reference_code": "OC-1", "issue_date": "2026-02-28"},
    "related_documents": [{"code": "01", "number": "SETP1", "issue_date": "2026-02-28"}],
    "billing_period": {
        "start_date": "2026-02-01",
        "start_time": "00:00:00",
        "end_date": "2026-02-28",
        "end_time": "23:59:59",
    },
    "allowance_charges": [
        {"concept_type": "03", "is_surcharge": True, "reason": "Propina", "base_amount": "90.00", "amount": "9.00"}
    ],
    "prepayment_details": [
        {"reference_code": "A1", "received_date": "2026-02-01", "amount": "1.00", "note": "Anticipo"}
    ],
    "cash_rounding_amount": "0.01",
    "customer": {
        "identification_document_code": "13",
        "identification": "1020304050",
        "trade_name": "Tienda",
        "names": "Ana Ejemplo",
        "address": "Cl 1 # 2-3",
        "email": "ana@example.com",
        "phone": "3001234567",
        "legal_organization_code": "2",
        "tribute_code": "ZZ",
        "municipality_code": "11001",
        "country_code": "CO",
        "responsibilities": ["R-99-PN"],
    },
}
LINE_OF_APIDIAN: dict[str, Any] = {
    "notes": "Nota de la línea",
    "allowance_charges": [
        {"charge_indicator": False, "allowance_charge_reason": "Descuento", "amount": "1.00", "base_amount": "100.00"}
    ],
    "tax_totals": [{"tax_id": 1, "tax_amount": "1.00", "taxable_amount": "1.00", "percent": "19.00"}],
}
EVERYTHING_OF_APIDIAN: dict[str, Any] = {
    "type_operation_id": 10,
    "allowance_charges": [
        {"charge_indicator": True, "allowance_charge_reason": "Flete", "amount": "100.00", "base_amount": "1000.00"}
    ],
    "prepaid_payment": {
        "idpayment": "A1",
        "paidamount": "10.00",
        "receiveddate": "2026-03-01",
        "paiddate": "2026-03-01",
        "instructionid": "anticipo",
    },
    "prepaid_payments": [
        {
            "idpayment": "A2",
            "paidamount": "5.00",
            "receiveddate": "2026-03-01",
            "paiddate": "2026-03-01",
            "instructionid": "otro",
        }
    ],
    "order_reference": {"id_order": "OC-1", "issue_date_order": "2026-02-28"},
    "receipt_document_references": [{"id": "R1", "issue_date": "2026-02-28"}],
    "additional_document_reference": {"id": "X1", "date": "2026-02-28", "type_document_id": 1},
    "billing_reference": {"number": "SETP1", "uuid": KEY, "issue_date": "2026-03-01"},
    "invoice_period": {"start_date": "2026-02-01", "end_date": "2026-02-28"},
    "calculationrate": "4012.35",
    "calculationratedate": "2026-03-02",
    "with_holding_tax_total": [{"tax_id": 6, "percent": "2.5", "tax_amount": "1", "taxable_amount": "1"}],
}


def test_a_difference_of_amounts_is_told_and_may_be_tolerated() -> None:
    data = apidian(order(5))
    stated = Decimal(data["legal_monetary_totals"]["payable_amount"])
    data["legal_monetary_totals"]["payable_amount"] = str(stated + Decimal("0.02"))
    made = migrated("apidian", data)
    assert made.draft is None
    assert [(each.field, each.found) for each in made.problems] == [
        ("legal_monetary_totals.payable_amount", str(stated + Decimal("0.02")))
    ]
    assert migrated("apidian", data, tolerance="0.02").document is not None


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"payment_details": [], "items": []}, "items", "versión"),
        ({"items": []}, "items", "líneas"),
        ({"payment_details": [], "items": [{"tax_rate": "19", "taxes": [{"code": "01"}]}]}, "items", "versión"),
        ({"operation_type": "SS-CUFE"}, "operation_type", "salud"),
        ({"correction_concept_code": "2", "operation_type": None}, "customization_id", "crédito o débito"),
        ({"correction_concept_code": "2", "customization_id": "20", "bill_id": 5}, "bill_id", "CUFE"),
        ({"data": {"bill": {}}}, "data", "respuesta"),
        ({"document": "99"}, "", "qué documento"),
    ],
)
def test_what_cannot_be_known_of_factus_is_a_problem(change: dict[str, Any], path: str, words: str) -> None:
    made = migrated("factus", factus(order(2), 2) | change)
    assert made.draft is None
    assert path in {each.field for each in made.problems}
    assert any(words in each.message for each in made.problems), made.problems
    assert all(each.remedy for each in made.problems)


def test_identifiers_of_other_tables_are_asked_for() -> None:
    data = apidian(order(2))
    data["invoice_lines"][0]["unit_measure_id"] = 601
    made = migrated("apidian", data)
    (problem,) = made.problems
    assert problem.field == "invoice_lines[0].unit_measure_id"
    assert '{"units": {601: "código"}}' in str(problem.remedy)
    again = migrated("apidian", data, tables={"units": {601: "94"}})
    assert again.document is not None
    assert again.document.lines[0].unit == "94"
    data = factus(order(2), 1)
    data["customer"]["municipality_id"] = 500
    made = migrated("factus", data)
    assert "customer.municipality_id" in {each.path for each in made.untaken}
    told = migrated("factus", data, tables={"municipalities": {500: "11001"}}).document
    assert told is not None
    assert told.customer.address.municipality == "11001"


def test_municipalities_of_the_family_are_places_in_divipola() -> None:
    known = {1: "05001", 126: "08001", 149: "11001", 600: "27660", 822: "63130", 1006: "76001", 1122: "99773"}
    assert {number: municipalities()[number] for number in known} == known


def test_what_an_api_fills_in_is_given_as_a_default() -> None:
    """The shortest request of the family's documentation names the customer alone."""
    data = apidian(order(4))
    data["customer"] = {"identification_number": "900373076", "name": "Comercial de Prueba SAS"}
    assert [each.field for each in migrated("apidian", data).problems] == ["customer.id_type"]
    made = migrated("apidian", data, defaults={"customer.id_type": "31"})
    assert made.document is not None
    assert made.document.customer.check_digit == "4"


def test_facho_s_own_oddities_are_told() -> None:
    made = order(6)
    given = facho_objects.invoice(made)
    for each in given.invoice_lines:
        if each.tax is not None:
            each.tax.subtotals[0].scheme = None
    result = from_facho(given, organization=SHOP)
    assert {each.message for each in result.problems} == {"No se sabe de qué impuesto es la tarifa."}
    assert from_facho(given, organization=SHOP, defaults={"line.tax": "01"}).document is not None
    given = facho_objects.invoice(made, invoice_supplier=facho_objects.party("Otra", "800199436", "4", "31", "1"))
    assert "El emisor del documento es otro." in {
        each.message for each in from_facho(given, organization=SHOP).problems
    }
    given = facho_objects.invoice(made)
    given.invoice_lines[0].price.quantity = 3
    assert "varias unidades" in from_facho(given, organization=SHOP).problems[0].message
    loop = facho_objects.Thing(invoice_lines=[])
    loop.invoice_lines.append(loop)
    for odd in (loop, object(), {"a": 1}, 5):
        with pytest.raises(DianFeError):
            from_facho(odd, organization=SHOP)


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b'"x"', b"NaN", b"[" * 100_000, b'{"a": 1, "a": 2}', b"\xff"])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    for migrate in (from_factus, from_apidian):
        with pytest.raises((UnreadableDocument, InvalidInput)) as caught:
            migrate(data, organization=SHOP)
        assert caught.value.remedy


def test_wrong_values_anywhere_are_problems_and_never_break() -> None:
    """Every leaf is replaced by something else: the result tells, or takes it as an equal."""
    for system, form in (("factus", factus), ("apidian", apidian)):
        data: Any = factus(order(9), 2) if form is factus else apidian(order(9))
        for path in leaves(data):
            for odd in ([1], {"x": 1}, "¿?", -1, 1.5e300, True):
                copy = json.loads(json.dumps(data))
                set_leaf(copy, path, odd)
                made = migrated(system, copy)
                paths = {each.path for each in made.untaken} | set(made.taken) | {each.field for each in made.problems}
                assert made.draft is not None or made.problems
                assert any(each and each.startswith(path) for each in paths), (path, odd)


def set_leaf(data: Any, path: str, value: Any) -> None:
    steps = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)]
    for step in steps[:-1]:
        data = data[step]
    data[steps[-1]] = value
