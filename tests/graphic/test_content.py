"""What a representación gráfica shows: every mandatory item, each in its place."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from dian_fe import Delivery, Event, ExchangeRate, Payment, PaymentTerms, Period, build, instalments, read
from dian_fe.errors import ForeignAnswer, InvalidInput, UnreadableDocument
from dian_fe.graphic import Content, content_of
from dian_fe.models.issuer import Software
from dian_fe.models.party import Party
from tests.events.support import ISSUED, PERSON, buyer, credit_sale
from tests.graphic.mandatory import mandatory_texts
from tests.graphic.support import ONE, Shown, answered, invoice, issuer, office, packed, signed, squeezed
from tests.graphic.varied import varied_documents

pytestmark = pytest.mark.slow


def texts(thing: Any) -> list[str]:
    """Return every text of a content."""
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, dict):
        return texts(tuple(thing.values()))
    if isinstance(thing, tuple):
        return [text for item in thing for text in texts(item)]
    return [text for each in fields(thing) for text in texts(getattr(thing, each.name))] if is_dataclass(thing) else []


def shown(name: str, **options: Any) -> Content:
    found = next(each for each in varied_documents() if each.name == name)
    return content_of(found.subject, answer=found.answer, **options)


def values(content: Content, section: str) -> dict[str, str]:
    found = content.section(section)
    return {} if found is None else {each.label.text: each.value for each in found.fields}


def test_there_are_forty_varied_documents() -> None:
    names = [each.name for each in varied_documents()]
    assert len(set(names)) == len(names)
    assert len(names) >= 37
    assert {len(each.found.document.lines) for each in varied_documents()} >= {1, 2, 60, 400}


@pytest.mark.parametrize("found", varied_documents(), ids=lambda each: each.name)
def test_every_mandatory_item_is_shown(found: Shown) -> None:
    content = content_of(found.subject, answer=found.answer)
    everything = squeezed("\n".join(texts(content)))
    missing = [text for text in mandatory_texts(found) if squeezed(text) not in everything]
    assert not missing
    assert (
        found.found.qr_text == content.qr_text if not hasattr(found.subject, "raw") else content.key in content.qr_text
    )
    assert content.qr_url == content.qr_text.splitlines()[-1]


def test_only_qualities_that_are_held_are_told() -> None:
    assert shown("1 lines").supplier.qualities == (
        "Gran contribuyente (O-13)", "Autorretenedor (O-15)", "Agente de retención IVA (O-23)"
    )  # fmt: skip
    assert shown("simple regime, big amounts").supplier.qualities == ("Régimen simple de tributación (O-47)",)
    assert "responsable de IVA" not in " ".join(texts(shown("1 lines")))


def test_the_final_consumer_has_its_number_and_no_address() -> None:
    customer = shown("final consumer").customer
    assert (customer.name, customer.identification.value, customer.fields) == ("consumidor final", "222222222222", ())


def test_foreign_amounts_stand_beside_pesos() -> None:
    content = shown("export in dollars")
    payable = next(row for row in content.totals if row.strong)
    assert (payable.amount, payable.second) == ("USD 78.114,18", "COP 313.421.430,12")  # 78114.175 rounds to even
    assert values(content, "exchange")["Tasa de cambio"] == "1 USD = 4.012,35 COP"
    assert content.in_two_currencies
    assert not shown("1 lines").in_two_currencies


@pytest.mark.parametrize(
    ("source", "target", "rate", "told", "second"),
    [
        ("USD", "COP", "4000", "1 USD = 4.000,00 COP", "USD 25,00"),
        ("COP", "USD", "4000", "1 USD = 4.000,00 COP", "USD 25,00"),  # the annex has pesos for one unit (FAR06)
        ("COP", "USD", "0.00025", "1 COP = 0,00025 USD", None),  # one peso in dollars: others write it so
        ("COP", "COP", "1", None, None),
        ("COP", "USD", "0", "1 COP = 0,00 USD", None),
        ("EUR", "USD", "1.1", "1 EUR = 1,10 USD", None),
    ],
)
def test_pesos_have_the_currency_of_their_rate_beside(
    source: str, target: str, rate: str, told: str | None, second: str | None
) -> None:
    one = ExchangeRate(currency=source, target_currency=target, rate=rate, date=date(2026, 3, 2))
    line = ONE.replace(price=100_000, taxes=())
    content = content_of(build(invoice("SETP990000321", [line], exchange_rate=one), issuer()))
    assert next(row for row in content.totals if row.strong).second == second
    assert values(content, "exchange").get("Tasa de cambio") == told


def test_the_old_names_of_the_second_currency_still_work() -> None:
    content = shown("euros")
    with pytest.warns(DeprecationWarning, match="in_two_currencies"):
        assert content.in_pesos
    with pytest.warns(DeprecationWarning, match="second"):
        assert content.totals[0].in_pesos == content.totals[0].second


def test_a_rate_of_another_currency_converts_nothing() -> None:
    """Real documents in pesos carry a rate too, and foreign ones sometimes that of another currency."""
    document = next(each for each in varied_documents() if each.name == "euros").subject
    odd = document.document.exchange_rate.replace(currency="USD")
    content = content_of(build(document.document.replace(exchange_rate=odd), issuer()))
    assert not content.in_two_currencies
    assert values(content, "exchange")["Moneda"].startswith("EUR")


def test_what_is_given_away_has_its_reference_price() -> None:
    gift = shown("free goods").lines[1]
    assert gift.free is not None
    assert (gift.price, gift.total) == ("$ 0,00", "$ 0,00")
    assert gift.free.value == "Precio de referencia: $ 5.000,00 (Valor comercial)"
    assert shown("free goods").lines[0].free is None


def test_withholdings_are_apart_and_lower_nothing() -> None:
    content = shown("withholdings")
    assert [row.name for row in content.withholdings] == ["ReteRenta", "ReteIVA", "ReteICA"]
    assert not {row.name for row in content.taxes} & {"ReteRenta", "ReteIVA", "ReteICA"}
    names = [row.name for row in content.totals]
    assert names.index("withholding_total") > names.index("payable")


def test_withholdings_among_the_taxes_are_apart_too() -> None:
    """Other software writes 05 to 07 into TaxTotal (facts of real documents)."""
    document = next(each for each in varied_documents() if each.name == "withholdings").subject.document
    mixed = document.replace(taxes=document.taxes + document.withholdings, withholdings=())
    content = content_of(build(mixed, issuer()))
    assert [row.name for row in content.withholdings] == ["ReteRenta", "ReteIVA", "ReteICA"]


def test_prepayments_are_told_as_deducted_only_where_they_are() -> None:
    usual, health = shown("discounts and charges"), shown("health")
    assert [row.label.text for row in usual.totals if row.name == "prepaid"] == ["Anticipos (informativos)"]
    assert [row.label.text for row in health.totals if row.name == "prepaid"] == ["Anticipos descontados"]
    assert [row.name for row in health.totals][-1] == "payable"


def test_a_note_tells_what_it_corrects_and_why() -> None:
    content = shown("annulment")
    assert content.title.text == "Nota crédito de la factura electrónica de venta"
    assert values(content, "correction")["Concepto"] == "Anulación de factura electrónica"
    assert values(content, "correction")["Razón"] == "Pedido devuelto por el cliente"
    assert content.references[0].key_name == "CUFE"
    assert len(content.references[0].key) == 96
    assert content.key_label.text == "CUDE"
    assert values(content, "numbering") == {"Número": "NC101", "Prefijo": "NC"}


def test_validation_is_told_when_dian_answered() -> None:
    assert "Validación DIAN (expedición)" in values(shown("answered"), "dates")
    assert "Validación DIAN (expedición)" in values(content_of(packed().subject), "dates")
    assert "Validación DIAN (expedición)" not in values(shown("1 lines"), "dates")


def test_the_answer_may_come_in_any_of_its_forms() -> None:
    found = answered(build(invoice("SETP990000310", [ONE]), issuer()))
    forms = (found.answer, read(found.answer), read(found.answer).document)  # type: ignore[arg-type]
    dates = {str(values(content_of(found.subject, answer=form), "dates")) for form in forms}
    assert len(dates) == 1
    assert "expedición" in dates.pop()


def test_an_answer_about_another_document_is_refused() -> None:
    other = answered(build(invoice("SETP990000311", [ONE]), issuer()))
    with pytest.raises(ForeignAnswer, match="otro documento"):
        content_of(build(invoice("SETP990000312", [ONE]), issuer()), answer=other.answer)
    with pytest.raises(ForeignAnswer, match="no es de la DIAN"):
        content_of(other.subject, answer=other.subject.xml)


def test_what_dian_rejected_says_so() -> None:
    done = signed(build(invoice("SETP990000313", [ONE]), issuer()))
    answer = read(answered(done.built).answer).document.replace(code="04")  # type: ignore[arg-type]
    content = content_of(done, answer=answer)
    assert [notice.text for notice in content.notices] == [
        "Documento de pruebas (habilitación)", "Documento rechazado por la DIAN"
    ]  # fmt: skip
    assert "Validación DIAN (expedición)" not in values(content, "dates")


def test_maker_and_authorisation_are_told_by_the_caller() -> None:
    known = Software(id=office().software.id, pin="12345", name="Cajero", maker="Programas SAS", maker_nit="900373115")
    content = content_of(
        build(invoice("SETP990000314", [ONE]), issuer()), software=known, authorized_on=date(2019, 1, 18)
    )
    assert {"Cajero", "Programas SAS", "900373115-3"} <= {each.value for each in content.software.fields}
    assert values(content, "numbering")["Fecha de autorización"] == "2019-01-18"
    assert "12345" not in texts(content)


def test_a_model_alone_has_no_graphic_representation() -> None:
    with pytest.raises(InvalidInput, match="build"):
        content_of(invoice("SETP990000315", [ONE]))
    with pytest.raises(InvalidInput, match="No es un documento"):
        content_of(b"<Invoice/>")


def test_a_document_without_key_is_refused() -> None:
    xml = build(invoice("SETP990000316", [ONE]), issuer())
    received = read(xml.xml.replace(xml.key.encode(), b""))
    with pytest.raises(UnreadableDocument, match="CUFE"):
        content_of(received)


def test_what_holds_no_invoice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ningún documento que tenga representación"):
        content_of(read(answered(build(invoice("SETP990000319", [ONE]), issuer())).answer or b""))


def test_events_have_no_graphic_representation() -> None:
    event = Event.acknowledge(credit_sale(), "030", number="30", issued_at=ISSUED + timedelta(days=1), person=PERSON)
    with pytest.raises(InvalidInput, match="no tiene representación gráfica"):
        content_of(build(event, buyer()))


def test_one_document_at_a_time() -> None:
    first = read(build(invoice("SETP990000317", [ONE]), issuer()).xml)
    second = read(build(invoice("SETP990000318", [ONE]), issuer()).xml)
    with pytest.raises(InvalidInput, match="un documento a la vez"):
        content_of(replace(packed().subject, parts=(first, second)))


def test_english_is_beside_every_label_or_none() -> None:
    both, spanish = shown("export in dollars", english=True), shown("export in dollars")
    assert str(both.title) == "Factura electrónica de venta – exportación / Electronic sales invoice – export"
    assert str(spanish.title) == "Factura electrónica de venta – exportación"
    assert both.english
    assert texts(spanish) == [text for text in texts(both) if text in texts(spanish)]


def test_discounts_charges_and_totals_are_told_one_by_one() -> None:
    content = shown("discounts and charges")
    assert content.lines[0].allowances == ("- 10 % $ 25.210,08", "+ $ 2.500,00")
    assert [(row.kind.text, row.description, row.amount) for row in content.other_amounts] == [
        ("Descuento", "Pronto pago, 5 % de $ 229.390,75", "$ 11.469,54"),
        ("Cargo", "Propina", "$ 8.000,00"),
        ("Anticipo", "2026-02-20", "$ 20.000,00"),
    ]
    assert [(row.name, row.label.text, row.amount) for row in content.totals] == [
        ("gross", "Valor bruto", "$ 252.100,83"),
        ("line_discounts", "Descuentos de las líneas", "$ 25.210,08"),
        ("line_charges", "Cargos de las líneas", "$ 2.500,00"),
        ("line_extension", "Subtotal", "$ 229.390,75"),
        ("tax_exclusive", "Base gravable", "$ 229.390,75"),
        ("tax", "IVA", "$ 43.584,24"),
        ("tax_inclusive", "Subtotal más impuestos", "$ 272.974,99"),
        ("allowance_total", "Descuentos", "$ 11.469,54"),
        ("charge_total", "Cargos", "$ 8.000,00"),
        ("payable_rounding", "Redondeo", "-$ 0,37"),
        ("payable", "Total a pagar", "$ 269.505,08"),
        ("prepaid", "Anticipos (informativos)", "$ 20.000,00"),
    ]


def test_taxes_by_unit_tell_what_a_unit_is() -> None:
    rows = {row.name: (row.rate, row.base, row.amount) for row in shown("eight taxes").taxes}
    assert rows["IBUA"] == ("$ 38,00 por 100 ml", "9.600 mililitro", "$ 3.648,00")
    assert rows["INC Bolsas"] == ("$ 70,00 por unidad", "3 unidad", "$ 210,00")
    assert rows["ICA"] == ("0,966 %", "$ 250.000,00", "$ 2.415,00")


def test_terms_dates_and_carrier_are_told() -> None:
    terms = shown("terms")
    assert values(terms, "payment")["Condiciones de pago"] == "30 día, Desde la entrega de la mercancía"
    assert values(terms, "dates")["Vencimiento"] == "2026-04-01"
    carrier = Party(id="900373115", name="Transportes Ejemplo SAS")
    made = invoice("SETP990000320", [ONE], delivery=Delivery(date=date(2026, 3, 4), carrier=carrier))
    assert values(content_of(build(made, issuer())), "delivery") == {
        "Fecha de entrega": "2026-03-04", "Transportador": "Transportes Ejemplo SAS, NIT 900373115-3"
    }  # fmt: skip


def test_hours_are_written_one_way_on_a_paper() -> None:
    span = Period(start=date(2026, 2, 1), start_time="00:00:00-05:00", end=date(2026, 2, 28), end_time="23:59:59-05:00")
    delivery = Delivery(date=date(2026, 3, 4), time="08:30:00-05:00")
    content = content_of(build(invoice("SETP990000322", [ONE], delivery=delivery, period=span), issuer()))
    hours = re.findall(r"\d\d:\d\d:\d\d *-05:00", "\n".join(texts(content.sections)))
    assert len(hours) == 4
    assert all(" -05:00" in each for each in hours)


def test_instalments_stand_in_the_order_of_their_days() -> None:
    days = (date(2026, 6, 2), date(2026, 4, 2), date(2026, 5, 2), date(2026, 4, 2))
    terms = [*instalments(*((due, 1000 + place) for place, due in enumerate(days))), PaymentTerms(amount=7)]
    content = content_of(build(invoice("SETP990000323", [ONE], payment_terms=terms), issuer()))
    assert [row.amount for row in content.instalments] == [
        "$ 1.001,00", "$ 1.003,00", "$ 1.002,00", "$ 1.000,00", "$ 7,00"
    ]  # fmt: skip


def test_each_of_several_payments_has_its_own_data() -> None:
    first = Payment(form="1", means="10", due_date=date(2026, 3, 2), ids=("Recibo 7", "Recibo 8"))
    second = Payment.credit(date(2026, 4, 1), "48", "Cupo 9")
    terms = [PaymentTerms(means_id="2", amount=60_000, due_date=date(2026, 4, 1))]
    made = invoice("SETP990000324", [ONE], payment=(first, second), payment_terms=terms)
    content = content_of(build(made, issuer()))
    assert values(content, "payment") == {
        "Forma de pago (1)": "Contado, vence 2026-03-02",
        "Medio de pago (1)": "Efectivo",
        "Referencia de pago (1)": "Recibo 7, Recibo 8",
        "Forma de pago (2)": "Crédito, vence 2026-04-01",
        "Medio de pago (2)": "Tarjeta Crédito",
        "Referencia de pago (2)": "Cupo 9",
    }
    assert [(row.description, row.amount) for row in content.instalments] == [("2026-04-01 · Crédito", "$ 60.000,00")]


def test_lines_are_counted_and_notes_have_a_sum_of_their_own() -> None:
    sale, note = shown("60 lines"), shown("annulment")
    assert sale.line_count is not None
    assert sale.line_count.value == "60"
    assert [row.label.text for content in (sale, note) for row in content.totals if row.strong] == [
        "Total a pagar", "Total de la nota"
    ]  # fmt: skip


def test_data_of_health_are_named_in_words() -> None:
    told = values(shown("health"), "health")
    assert told["Código del prestador (2)"] == "760010123401"
    assert not [name for name in told if "_" in name]


def test_who_is_who() -> None:
    content = shown("person")
    assert (content.customer.identification.label.text, content.customer.identification.value) == ("CC", "1020304050")
    assert (content.supplier.trade_name, content.customer.trade_name) == ("La Tienda de la Esquina", None)
    assert [notice.text for notice in content.notices] == ["Documento de pruebas (habilitación)"]
    assert values(content, "numbering")["Prefijo"] == "SETP"


def test_amounts_show_every_decimal_that_the_document_has() -> None:
    line = shown("simple regime, big amounts").lines[0]
    assert (line.quantity, line.price) == ("12.345,678901", "$ 98.765.432,123456")
