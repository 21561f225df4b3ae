"""Flat records: what they say, and that data frames take them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from dian_fe import Line, discount, inc, iva, pack, read, rows
from dian_fe.errors import InvalidInput
from dian_fe.testing import random_document
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.archive import make_zip
from dian_fe.ubl.writer.build import build
from tests.delivery.support import AT, PDF, invoice, issued, note_of, signer


def test_a_record_of_a_document() -> None:
    lines = [
        Line(description="Café tostado", quantity=3, price=Decimal("18500"), taxes=[iva(5)], standard_code="C1"),
        Line(description="Almuerzo", price=Decimal("20000"), taxes=[inc(8)], allowances=[discount(10, reason="Promo")]),
        Line(description="Servicio", price=Decimal("100.50"), taxes=[iva(19)], seller_code="S-1"),
    ]
    signed, verdict = issued(invoice(lines=lines))
    made = pack(signed, verdict, signer(), at=AT, pdf=PDF)
    (row,) = rows(read(made.zip_bytes))
    assert {name: row[name] for name in ("kind", "number", "key", "type_code", "currency", "line_count")} == {
        "kind": "invoice",
        "number": signed.document.number,
        "key": signed.key,
        "type_code": "01",
        "currency": "COP",
        "line_count": 3,
    }
    assert (row["issuer_id"], row["supplier_id"], row["customer_id"], row["customer_name"]) == (
        "700085371",
        "700085371",
        "1020304050",
        "Cliente Ejemplo",
    )
    assert row["issued_at"] == AT
    assert row["line_extension"] == Decimal("73600.50")
    assert row["iva"] == Decimal("2775.00") + Decimal("19.10")
    assert row["inc"] == Decimal("1440.00")
    assert row["ica"] == row["other_taxes"] == row["withholdings"] == 0
    assert row["payable"] == signed.document.totals.payable
    assert row["accepted"] is True
    assert row["signed"] is True
    assert isinstance(row["validated_at"], datetime)
    assert row["corrects"] is None

    first, second, third = rows(read(made.xml), "lines")
    assert (first["line"], first["description"], first["standard_code"]) == ("1", "Café tostado", "C1")
    assert (first["quantity"], first["price"], first["amount"], first["iva"]) == (3, 18500, 55500, 2775)
    assert (second["discounts"], second["amount"], second["inc"], second["iva_percent"]) == (2000, 18000, 1440, None)
    assert (third["seller_code"], third["iva_percent"]) == ("S-1", 19)
    assert (first["number"], first["issuer_id"], first["supplier_id"]) == (row["number"], "700085371", "700085371")


def test_notes_name_what_they_correct() -> None:
    signed, verdict = issued()
    note, _ = issued(note_of(signed))
    bundle = make_zip({"f.xml": signed.xml, "a.xml": verdict.application_response, "n.xml": note.xml})
    first, second = rows(read(bundle))
    assert (first["kind"], first["accepted"], first["file"]) == ("invoice", True, "f.xml")
    assert (second["kind"], second["accepted"], second["validated_at"]) == ("credit_note", None, None)
    assert second["corrects"] == signed.document.number
    assert second["type_code"] == "91"


def test_the_same_bytes_count_once() -> None:
    signed, verdict = issued()
    made = pack(signed, verdict, signer(), at=AT)
    received = read(make_zip({"ad.xml": made.xml, "suelta.xml": signed.xml}))
    assert len(received.sales_documents) == 2
    assert len(rows(received)) == 1
    assert len(rows([received, read(signed.xml)])) == 1
    assert rows([]) == []
    assert rows(read(verdict.application_response)) == []


def test_every_record_has_the_same_columns() -> None:
    received = [read(build(random_document(seed), sample_issuer()).xml) for seed in range(60)]
    for of in ("documents", "lines"):
        records = rows(received, of)
        assert len(records) >= 60
        assert len({tuple(record) for record in records}) == 1
        for record in records:
            assert not any(isinstance(value, (list, tuple, dict, float)) for value in record.values())


def test_taxes_of_a_record_sum_to_what_the_document_says() -> None:
    for seed in range(60):
        document = random_document(seed)
        (row,) = rows(read(build(document, sample_issuer()).xml))
        taxes = sum((total.amount or Decimal(0) for total in document.taxes), Decimal(0))
        withheld = sum((total.amount or Decimal(0) for total in getattr(document, "withholdings", ())), Decimal(0))
        assert sum(row[name] for name in ("iva", "inc", "ica", "other_taxes")) == taxes
        assert row["withholdings"] == withheld


def test_other_kinds_of_rows_do_not_exist() -> None:
    with pytest.raises(InvalidInput) as caught:
        rows([], "totals")
    assert caught.value.field == "of"


def test_data_frames_take_them_as_they_are() -> None:
    pandas = pytest.importorskip("pandas")
    received = [read(build(random_document(seed), sample_issuer()).xml) for seed in range(30)]
    frame = pandas.DataFrame(rows(received, "lines"))
    assert len(frame) == len(rows(received, "lines"))
    assert frame["amount"].sum() == sum(row["amount"] for row in rows(received, "lines"))
    assert frame.groupby("number").size().sum() == len(frame)


def test_a_tax_without_amount_is_unknown_and_not_zero() -> None:
    from dian_fe import build, sign
    from dian_fe.testing import Simulator
    from tests.graphic.support import AT, ONE, invoice, issuer

    signed = sign(build(invoice("SETP990000901", [ONE]), issuer()), Simulator().signer("700085371"), at=AT)
    head, mark, rest = signed.xml.partition(b"<cac:TaxTotal><cbc:TaxAmount")
    assert mark
    spoiled = read(
        head
        + b'<cac:TaxTotal><cbc:TaxAmount currencyID="COP"></cbc:TaxAmount>'
        + rest.partition(b"</cbc:TaxAmount>")[2]
    )
    (row,) = rows(spoiled)
    assert row["iva"] is None
    assert (row["inc"], row["withholdings"]) == (Decimal("0.00"), Decimal("0.00"))
