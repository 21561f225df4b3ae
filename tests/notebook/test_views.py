"""Every public result has a view, and the view of a document leaves out nothing that is owed or held back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from dian_fe import (
    Customer,
    ExchangeRate,
    Invoice,
    Line,
    Payment,
    Prepayment,
    charge,
    deliver,
    discount,
    instalments,
    iva,
    rete_ica,
    rete_renta,
)
from dian_fe._notebook.html import _BAD, _GOOD
from dian_fe.catalogs import catalog
from dian_fe.faults import Certainty, Fault, Severity
from dian_fe.habilitacion import RunReport
from dian_fe.habilitacion.plan import RunState
from dian_fe.rules import codes, explain
from dian_fe.transport import Acquirer, DocumentInfo, ExchangeEmails, InfoDocument, InfoParty
from tests.delivery.support import package
from tests.graphic.support import AT, SCRIPT, organization
from tests.notebook.test_notebook import said, shown, words

ROOMS = (
    *("dian_fe", "dian_fe.transport", "dian_fe.habilitacion", "dian_fe.rules", "dian_fe.delivery", "dian_fe.events"),
    *("dian_fe.signing", "dian_fe.verifying"),
)
GIVEN = {
    *("AsyncClient", "Client", "EventOptions", "Mishap", "RetryPolicy", "SecurityOptions", "SmtpSender", "Subject"),
    *("BankAccount", "Theme", "Timeouts", "SignatureIds", "SignaturePolicy", "TestSetPlan"),
}
"""What callers give and never get back."""
INNER = {"Prepared", "Reply", "Request", "SignedXml"}
"""What rooms hand to each other."""


def results() -> list[type[Any]]:
    found: dict[str, type[Any]] = {}
    for room in map(import_module, ROOMS):
        for name in room.__all__:
            each = getattr(room, name)
            if isinstance(each, type) and is_dataclass(each) and not issubclass(each, BaseException):
                found[name] = each
    return [each for name, each in sorted(found.items()) if name not in GIVEN | INNER]


@pytest.mark.parametrize("result", results(), ids=lambda each: each.__name__)
def test_every_public_result_has_a_view(result: type[Any]) -> None:
    assert hasattr(result, "_repr_html_")


def dear() -> Invoice:
    """Return an invoice that has everything which changes what is paid, or is held back of it."""
    coffee = Line(
        description="Café",
        quantity=3,
        price=18500,
        taxes=[iva(5)],
        allowances=[discount(10, reason="Temporada"), charge(amount=500, reason="Empaque")],
        withholdings=[rete_ica(per_mil="9.66")],
    )
    return Invoice.from_lines(
        number="SETP990000901",
        issued_at=AT,
        supplier=organization(),
        customer=Customer(id_type="31", id="800199436", name="Cliente Ejemplo SAS"),
        lines=[coffee, Line.free(description="Muestra", reference_price=1000), Line(description="Té", price=12000)],
        payment=Payment.credit(date(2026, 4, 2)),
        payment_terms=instalments((date(2026, 3, 15), 20000), (date(2026, 4, 2), 45000)),
        currency="USD",
        exchange_rate=ExchangeRate(currency="USD", rate="4012.35", date=date(2026, 3, 2)),
        allowances=[discount(5, reason="Pronto pago"), charge(amount=3000, reason="Flete")],
        prepayments=[Prepayment(amount=5000, received=date(2026, 2, 20), instruction="Consignación")],
        withholdings=[rete_renta("2.5")],
        payable_rounding="-0.35",
    )


def test_an_invoice_shows_discounts_charges_and_withholdings() -> None:
    page = words(dear())
    for wanted in (
        "1 USD = 4.012,35 COP (2026-03-02)",
        "1 · 2026-03-15 · USD 20.000,00; 2 · 2026-04-02 · USD 45.000,00",
        "Temporada - 10 % USD 5.550,00; Empaque + USD 500,00",
        "ReteICA 0,966 % USD 487,35",
        "Pronto pago, 5 % de USD 62.450,00",
        "Flete",
        "2026-02-20, Consignación",
        "precio de referencia USD 1.000,00",
        "Retenciones (no cambian el total a pagar)",
        "ReteRenta",
    ):
        assert wanted in page, wanted
    totals = said(dear()) | {
        row[0].text_content(): row[1].text_content() for row in shown(dear()).iter("tr") if len(row) == 2
    }
    assert (totals["Descuentos"], totals["Cargos"]) == ("USD 3.122,50", "USD 3.000,00")
    assert (totals["Redondeo"], totals["Anticipos (informativos)"]) == ("-USD 0,35", "USD 5.000,00")
    assert totals["Total a pagar"] == f"USD {_dotted(dear().totals.payable)}"


def _dotted(value: object) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def test_prepayments_that_are_deducted_say_so() -> None:
    made = Invoice.from_lines(
        number="SETP990000901",
        issued_at=AT,
        supplier=organization(),
        customer=Customer.final_consumer(),
        payment=Payment.cash(),
        lines=[Line(description="Té", price=12000)],
        prepayments=[Prepayment(amount=5000)],
        deduct_prepayments=True,
    )
    assert "Anticipos descontados$ 5.000,00Total a pagar$ 7.000,00" in words(made)


def test_a_plain_invoice_shows_no_empty_columns() -> None:
    plain = dear().lines[2].replace(withholdings=())
    page = words(dear().replace(lines=[plain], withholdings=(), prepayments=(), allowances=()))
    assert "Descuentos y cargos" not in page
    assert "Retenciones" not in page
    assert "De todo el documento" not in page


@pytest.mark.parametrize("code", ["FAD06", "FAJ43a", "indented_after_signing", "FAU14"])
def test_explain_shows_what_a_code_means(code: str) -> None:
    info = explain(code)
    told = said(info)
    assert (told["Qué pasa"], told["Qué hacer"]) == (info.message, info.hint)
    assert {label: text for label, text in info.told() if text}.items() <= told.items()


def test_every_code_can_be_shown() -> None:
    assert [code for code in codes() if code not in words(explain(code))] == []


def test_a_delivery_shows_who_got_it_and_who_did_not() -> None:
    from dian_fe.delivery import Receipt

    refused = {"b@example.com": SCRIPT}
    record = deliver(
        package(), to=["a@example.com", "b@example.com"], sender=lambda *_: Receipt("250 Ok", refused), at=AT
    )
    told = said(record)
    assert told["Recibieron"] == "a@example.com"
    assert told["Respuesta del servidor"] == "250 Ok"
    assert (told["SHA-256"], told["Message-ID"]) == (record.sha256, record.message_id)
    assert "b@example.com" in words(record)


def test_a_run_shows_state_counts_reasons_and_next_steps() -> None:
    fault = Fault(code="FAD06", severity=Severity.RECHAZO, message=SCRIPT, certainty=Certainty.CONFIRMADA)
    notified = Fault(code="FAJ71", severity=Severity.NOTIFICACION, message="Falta el correo.")
    report = RunReport(
        state=RunState.RECHAZADO,
        confirmed=True,
        planned={"invoice": 2, "credit_note": 1},
        accepted={"invoice": 1},
        rejected={"invoice": 1},
        reasons=(fault,),
        message="Set rechazado",
        next_steps=("Pida otro.",),
        required={"invoice": 2, "credit_note": 1},
        accepted_required={"invoice": 1},
        notifications=(notified,),
    )
    told = said(report)
    assert (told["Estado"], told["Quién lo dice"]) == ("✘ Rechazado", "la DIAN")
    page = words(report)
    assert "Factura electrónica de venta" in page
    assert page.index("FAD06") < page.index("Notificaciones (no son motivo)") < page.index("FAJ71")
    assert "Pida otro." in page
    unsure = RunReport(RunState.SIN_CONFIRMAR, False, {}, {}, {}, (), "", ())
    assert said(unsure)["Estado"] == "– Sin confirmar"
    assert "no lo ha confirmado" in said(unsure)["Quién lo dice"]


def test_what_dian_keeps_is_shown_whole_and_escaped() -> None:
    party = InfoParty(name=SCRIPT, id="1")
    info = DocumentInfo("200", "Ok", "", documents=(InfoDocument(key="ab", issuer=party),))
    page = words(info)
    assert "name: " in page
    assert "<script" not in info._repr_html_()
    two = DocumentInfo("200", "Ok", "", documents=(InfoDocument(key="ab"), InfoDocument(key="cd", issuer=party)))
    rows = [each.text_content() for each in shown(two).iter("td")]
    assert "ab" in rows
    assert "cd" in rows


def test_views_of_fields_leave_out_what_the_repr_hides() -> None:
    emails = ExchangeEmails("0", "Ok", True, csv=b"NIT", url="https://example.com/?sig=secreto")
    assert "secreto" not in emails._repr_html_()
    assert said(emails) == {"code": "0", "message": "Ok", "success": "sí"}
    assert said(Acquirer("200", "Ok", name="Cliente", email="a@example.com"))["name"] == "Cliente"
    hidden = {each.name for each in fields(ExchangeEmails) if not each.repr}
    assert not hidden & said(emails).keys()


def test_parts_of_a_model_are_shown_as_themselves() -> None:
    from tests.graphic.support import issuer

    told = words(issuer())
    assert "Clave técnica" in told
    assert "SecretStr(" not in told


def test_code_lists_show_codes_and_where_they_come_from() -> None:
    told = said(catalog("id_types"))
    assert told["Fuente"] == catalog("id_types").source
    assert "31NIT" in words(catalog("id_types"))
    assert "más" in words(catalog("municipalities"))


@pytest.mark.parametrize("color", [_GOOD, _BAD])
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_verdicts_are_readable_on_light_and_dark(color: str, ground: str) -> None:
    darker, lighter = sorted((_luminance(color), _luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 4  # WCAG 2.1, 1.4.3, asks 3 of bold text from 14 points on


def _luminance(color: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.1)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
