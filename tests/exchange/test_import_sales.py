"""Fifty files of each form in which shops keep sales: the documents that come out are those made by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from random import Random
from typing import Any

import pytest

from dian_fe import Client, Company, MemoryStore, Payment, build, check, sign
from dian_fe.errors import InvalidInput
from dian_fe.exchange import Imported, import_documents
from dian_fe.testing import Simulator
from tests.exchange.sales import COLUMNS, records, sales
from tests.support.company import NOW, SHOP, issuer_at

SEEDS = range(50)
SPOILED = [
    ("valor", "1.234"),
    ("cantidad", "dos"),
    ("vence", "02/03/2026"),
    ("iva", "1900"),
    ("unidad", "docenas"),
    ("documento", "12 34"),
    ("correo", "sin arroba"),
    ("total", Decimal("0.01")),
    ("valor", 0.1 + 0.2),
]
"""Cells that cannot be taken, by column."""
NUMBERS = [f"SETP{number}" for number in range(990_000_001, 990_000_100)]


def written(value: Any, decimal: str, dice: Random) -> str:
    """Return a cell as a Colombian or an English spreadsheet writes it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if decimal == "," else value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value:,f}" if dice.random() < 0.5 else f"{value:f}"
        return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text
    return str(value)


def of_csv(seed: int) -> Imported:
    dice = Random(seed)
    decimal, delimiter = dice.choice([(",", ";"), (".", ","), (".", "\t"), (",", "\t")])
    encoding = dice.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    text = StringIO()
    rows = list(records(sales(seed)))
    table = csv.DictWriter(text, rows[0], delimiter=delimiter, lineterminator=dice.choice(["\n", "\r\n"]))
    table.writeheader()
    table.writerows({name: written(value, decimal, dice) for name, value in row.items()} for row in rows)
    return imported(
        text.getvalue().encode(encoding),
        decimal=decimal,
        day_first=True,
        encoding="cp1252" if encoding == "cp1252" else None,
    )


def of_excel(seed: int) -> Imported:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    rows = list(records(sales(seed)))
    book.active.append(list(rows[0]))
    for row in rows:
        cells = {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        book.active.append(
            list((cells | {"vence": row["vence"] and datetime.combine(row["vence"], NOW.time().min)}).values())
        )
    if seed % 2:
        for name in ("iva", "consumo", "descuento"):
            for cell in book.active[chr(ord("A") + list(rows[0]).index(name))][1:]:
                if cell.value is not None:
                    cell.value, cell.number_format = cell.value / 100, "0.00%"
    file = BytesIO()
    book.save(file)
    return imported(file.getvalue())


def of_frame(seed: int) -> Imported:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(records(sales(seed)))
    for name in ("cantidad", "valor", "iva", "consumo", "descuento", "total"):
        frame[name] = frame[name].astype(float)
    frame["vence"] = pandas.to_datetime(frame["vence"])
    return imported(frame)


def of_mappings(seed: int) -> Imported:
    return imported(records(sales(seed)))


def imported(source: Any, **options: Any) -> Imported:
    return import_documents(source, COLUMNS, organization=SHOP, issued_at=NOW, numbers=NUMBERS, **options)


@pytest.mark.parametrize("form", [of_csv, of_excel, of_frame, of_mappings])
def test_fifty_files_give_the_documents_made_by_hand(form: Callable[[int], Imported]) -> None:
    for seed in SEEDS:
        made = form(seed)
        assert [str(each) for each in made.findings] == [], seed
        wanted = [sale.invoice(number) for sale, number in zip(sales(seed), NUMBERS, strict=False)]
        assert list(made.documents) == wanted, seed
        assert made.unused == ("bodega",)
        assert made.refused == ()


def test_imported_documents_are_issued_and_accepted(dian: Simulator) -> None:
    issuer, signer = issuer_at(dian), dian.signer("700085371")
    with Client(signer=signer, transport=dian) as client:
        numbers = iter(NUMBERS)
        for seed in SEEDS:
            made = import_documents(records(sales(seed)), COLUMNS, organization=SHOP, issued_at=NOW, numbers=numbers)
            for document in made.documents:
                built = build(document, issuer)
                assert not [fault for fault in check(built, issuer=issuer) if fault.rejects]
                if seed < 5:
                    assert client.send(sign(built, signer, at=NOW)).outcome == "accepted"


def test_every_row_is_in_a_draft_or_told() -> None:
    """One cell of each file is spoiled: its document is not made, the others are, and no row is lost."""
    for seed in SEEDS:
        dice = Random(seed)
        rows = list(records(sales(seed)))
        where = dice.randrange(len(rows))
        column, value = dice.choice(SPOILED)
        rows[where] = rows[where] | {column: value}
        made = imported(rows)
        spoiled = rows[where]["pedido"]
        assert made.findings, (seed, column)
        assert {each.column for each in made.findings} == {column}, seed
        assert all(each.remedy and each.row for each in made.findings)
        lost = [number for number, row in enumerate(rows, 2) if row["pedido"] == spoiled]
        assert list(made.refused) == lost
        kept = [number for draft in made.drafts for number in draft.rows]
        assert sorted([*kept, *made.refused]) == list(range(2, len(rows) + 2))
        assert len(made.documents) == len({row["pedido"] for row in rows}) - 1


def test_prices_with_taxes_are_a_column() -> None:
    row = {"customer.id_type": "13", "customer.id": "1020304050", "customer.name": "Ana Ejemplo", "line.iva": "19"}
    row |= {"line.description": "Café", "line.quantity": "2", "line.price_with_taxes": "11900"}
    made = import_documents([row], organization=SHOP, issued_at=NOW, numbers=["SETP990000001"], payment=Payment.cash())
    (document,) = made.documents
    assert (str(document.lines[0].price), str(document.payable)) == ("10000.00", "23800.00")
    (told,) = import_documents([row | {"line.price": "9000"}], organization=SHOP, payment=Payment.cash()).findings
    assert (told.row, told.column) == (2, "line.price")


def test_how_a_sale_is_paid_is_never_guessed() -> None:
    row = {"customer.id_type": "13", "customer.id": "1020304050", "customer.name": "Ana Ejemplo"}
    row |= {"line.description": "Café", "line.quantity": "2", "line.price": "10000"}

    def paid(payment: Payment | None, **columns: str) -> Any:
        cells = row | {f"payment.{name}": value for name, value in columns.items()}
        made = import_documents([cells], organization=SHOP, payment=payment)
        return made.drafts[0].details["payment"] if made.drafts else [each.message for each in made.findings]

    cash, credit = Payment.cash(), Payment.credit(date(2026, 3, 25), "47")
    assert paid(cash) == cash
    assert paid(credit, means="48") == credit.replace(means="48")
    assert paid(credit, form="1") == Payment.cash("47")
    assert paid(credit, due_date="2026-04-01") == credit.replace(due_date=date(2026, 4, 1))
    assert paid(None, form="2", due_date="2026-03-25", means="47") == credit
    for usual, columns in (
        (None, {}),
        (None, {"due_date": "2026-03-25"}),
        (None, {"means": "47"}),
        (cash, {"due_date": "2026-03-25"}),
    ):
        assert paid(usual, **columns) == ["No se sabe cómo se paga."]


def test_a_company_numbers_and_issues_drafts(dian: Simulator) -> None:
    signer = dian.signer("700085371")
    made = import_documents(records(sales(3)), COLUMNS, organization=SHOP)
    company = Company(issuer_at(dian), signer, client=Client(signer=signer, transport=dian), store=MemoryStore())
    for draft in made.drafts:
        issued = company.issue(company.draft(draft.kind, **draft.details), idempotency_key=draft.reference)
        assert issued.answer.outcome == "accepted"
    assert len({each.reference for each in made.drafts}) == len(sales(3))
    (dated, *_) = import_documents(records(sales(3)), COLUMNS, organization=SHOP, issued_at=NOW).drafts
    with pytest.raises(InvalidInput) as caught:
        company.draft(dated.kind, **dated.details)
    assert (caught.value.field, bool(caught.value.remedy)) == ("issued_at", True)
