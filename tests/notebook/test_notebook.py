"""What values show in notebooks: readable, escaped whatever is in them, and without secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from lxml import html as parser

from dian_fe import (
    Client,
    CreditNote,
    Event,
    Fault,
    Severity,
    build,
    check,
    examine,
    read,
    readiness,
    sign,
    verify,
)
from dian_fe._notebook.html import MOST_ROWS, card, table, text
from dian_fe.errors import InvalidInput
from dian_fe.faults import foremost
from dian_fe.rules import Report
from dian_fe.testing import Simulator, random_document
from dian_fe.transport import Answer
from tests.delivery.support import package
from tests.events.support import ISSUED, PERSON, buyer, credit_sale
from tests.graphic.support import AT, BIDI, EMOJI, ONE, SCRIPT, invoice, issuer, packed, seen
from tests.graphic.varied import varied_documents

TAGS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "span"}
HOSTILE = Fault(
    code=SCRIPT,
    severity=Severity.RECHAZO,
    message=SCRIPT,
    path=SCRIPT,
    xpath=EMOJI,
    hint=BIDI,
    expected=SCRIPT,
    found="<",
)


def shown(value: Any) -> parser.HtmlElement:
    """Draw a value, and see that there is nothing in it but plain tables and text."""
    page = parser.fragment_fromstring(value._repr_html_())
    for each in page.iter():
        assert each.tag in TAGS
        assert set(each.keys()) <= {"class", "style", "scope", "colspan"}
    return page


def words(value: Any) -> str:
    return " ".join(shown(value).text_content().split())


def said(value: Any) -> dict[str, str]:
    """Return the labelled values of a card."""
    rows = shown(value).findall("./table/tr") + shown(value).findall("./table/tbody/tr")
    return {row[0].text_content(): row[1].text_content() for row in rows if row[0].tag == "th" and len(row) == 2}


@pytest.mark.parametrize("found", varied_documents(), ids=lambda each: each.name)
def test_documents_tell_who_what_and_how_much(found: Any) -> None:
    for value in (found.subject, found.found, found.found.document):
        page = words(value)
        if value is found.subject and hasattr(value, "parts") and value.parts:
            assert value.kind.name in page
            continue
        document = found.found.document
        for wanted in (document.number, document.supplier.id, document.customer.id, document.supplier.name):
            assert " ".join(wanted.split())[:390] in page
        assert "Total a pagar" in page
    assert found.found.key in words(found.found)


def test_long_tables_are_cut_and_say_so() -> None:
    page = words(next(each for each in varied_documents() if each.name == "400 lines").subject)
    assert f"… y {400 - MOST_ROWS} más" in page
    assert len(page) < 10_000


@pytest.mark.parametrize("name", ["markup", "right to left", "override", "emoji", "long words"])
def test_hostile_names_are_harmless(name: str) -> None:
    document = next(each for each in varied_documents() if each.name == name).subject.document
    page = shown(document)
    assert any(seen(document.lines[0].description) == each.text_content() for each in page.iter("bdi"))


def test_faults_and_reports() -> None:
    assert said(HOSTILE)["Qué pasa"] == SCRIPT
    document = random_document(3)
    report = check(document.replace(number="<b>1</b>"))
    page = words(report)
    assert report.faults
    assert all(fault.code in page and fault.message in page for fault in report.faults)
    assert said(report)["Hallazgos"] == str(len(report))
    assert "reglas, por falta de datos" in page


def test_a_report_of_a_container_is_told_part_by_part() -> None:
    report = check(packed().subject)
    page = words(report)
    for part in report.walk():
        if part.own_faults:
            assert part.name in page


def test_readiness() -> None:
    report = readiness(issuer(emails=[], phone=None), at=AT + timedelta(days=3650))
    assert report.rejects
    assert "motivos" in words(report)
    assert "✘" in words(report)


@cache
def answers() -> tuple[Answer, Answer]:
    """Return what sending an invoice gives, accepted and then refused for its number."""
    simulator = Simulator(seed=5)
    simulator.resolution()
    seller = issuer().replace(software=simulator.software, resolution=simulator.resolution())
    signer = simulator.signer("700085371")
    with Client(signer=signer, transport=simulator) as dian:
        accepted, refused = (
            dian.send(sign(build(invoice("SETP990000900", [line]), seller), signer, at=AT))
            for line in (ONE, ONE.replace(price=Decimal(2000)))
        )
    return accepted, refused


def test_answers() -> None:
    accepted, refused = answers()
    assert said(accepted)["Resultado"] == "✔ aceptado"
    assert said(accepted)["Clave"] == accepted.key
    assert said(refused)["Resultado"] == "✘ rechazado"
    assert accepted.status is not None
    assert said(accepted.status)["Situación"] == "✔ aceptado"
    assert accepted.status.code in said(accepted.status)["StatusCode"]


def test_verdicts_on_signatures_are_separate() -> None:
    made = package()
    examination = examine(read(made.zip_bytes))
    assert said(examination)["Veredicto"] == "✔ válido"
    for part in examination.walk():
        assert part.name in words(examination)
    sale = examination.sales[0]
    verdicts = said(sale.verification)
    assert (verdicts["Criptografía"], verdicts["Confianza"]) == ("✔ íntegra", "– no se evaluó")
    assert verdicts["Perfil de la DIAN"] == "✔ cumple"
    assert verdicts["Revocación"] == "no se consultó"


def test_a_broken_signature_is_told_with_its_cause() -> None:
    made = package()
    received = read(made.zip_bytes).sales_documents[0]
    broken = examine(read(received.raw.replace(b"Tienda Ejemplo", b"Tienda Falsa", 1)))
    assert said(broken.verification)["Veredicto"] == "✘ no válida"
    assert said(broken.verification)["Criptografía"] == "✘ alterada"
    assert said(broken)["Veredicto"] == "✘ no válido"


def test_what_is_verified() -> None:
    verified = verify(read(package().zip_bytes), None)
    told = said(verified)
    assert told["Firma"] == "✔ verificada"
    assert told["Confianza"] == "– no se indicaron las CA"
    assert told["DIAN"].startswith("aceptado el ")


def test_packages() -> None:
    made = package()
    assert said(made)["SHA-256"] == made.sha256
    assert made.zip_name in words(made)


def test_events_of_an_invoice() -> None:
    from tests.events.support import HISTORY

    page = words(HISTORY)
    assert all(event.label in page and event.number in page for event in HISTORY)


def test_secrets_never_show() -> None:
    seller = issuer()
    resolution = seller.resolution
    assert resolution is not None
    assert resolution.technical_key is not None
    secrets = (resolution.technical_key.get_secret_value(), seller.software.pin.get_secret_value())
    document = varied_documents()[0].subject
    for value in (seller, seller.software, resolution, document, document.control):
        page = words(value)
        assert not [secret for secret in secrets if secret in page]
    assert said(resolution)["Clave técnica"] == "guardada; no se muestra"


def test_any_model_shows_its_fields() -> None:
    document = varied_documents()[0].subject.document
    assert said(document.lines[0])["description"] == document.lines[0].description
    assert "1 × TaxTotal" in words(document.lines[0])
    assert document.supplier.name in words(document.supplier)
    note = next(each.subject for each in varied_documents() if each.name == "annulment")
    assert isinstance(note.document, CreditNote)
    assert said(note)["Corrige"] == note.document.billing_references[0].number


def test_primitives_escape_everything() -> None:
    assert text(SCRIPT).count("<") == 2  # the element around it
    assert text(None) == ""
    assert text((True, Decimal("1E+3"))) == "<bdi>sí</bdi>, <bdi>1000</bdi>"
    assert len(text("x" * 10_000)) < 500
    assert table(("a",), ()) == ""
    assert "<script" not in card(SCRIPT, [(SCRIPT, SCRIPT)], table((SCRIPT,), [(SCRIPT,)], caption=SCRIPT))


def test_a_title_is_the_word_of_the_command_line() -> None:
    received = packed().subject
    assert shown(received)[0].text_content() == "ZIP"
    assert examine(received).name == "ZIP"
    container, number = received.parts[0], received.parts[0].document.number
    assert shown(container)[0].text_content() == f"AttachedDocument {number}"
    assert examine(container).name == f"AttachedDocument {number}"


def test_the_same_value_shows_the_same() -> None:
    value = varied_documents()[0].subject
    assert value._repr_html_() == value._repr_html_()


def test_events_show_who_and_what() -> None:
    event = Event.acknowledge(credit_sale(), "030", number="30", issued_at=ISSUED + timedelta(days=1), person=PERSON)
    assert said(event)["number"] == "30"
    built = build(event, buyer())
    assert built.key in words(built)
    assert said(credit_sale())["Confianza"] == "✔ llega a una CA de confianza"


FOUND = tuple(replace(HOSTILE, path=f"lines[{at}]", severity=Severity.NOTIFICACION) for at in range(150))


def test_a_repr_shows_the_first_of_many_findings() -> None:
    for value in (
        Report(FOUND, (), None),
        replace(read(package().zip_bytes), problems=FOUND, unmapped=("/Invoice/x",) * 150),
        replace(examine(package()), findings=FOUND),
    ):
        told = repr(value)
        assert "lines[99]" in told
        assert "lines[100]" not in told
        assert "… y 50 más" in told


def test_of_many_findings_the_gravest_are_shown() -> None:
    grave = replace(HOSTILE, code="FAD02")
    told, more = foremost((*FOUND, grave))
    assert (told[0], len(told), more) == (grave, 100, 51)
    assert foremost(FOUND[:100]) == (FOUND[:100], 0)


def test_a_finding_or_error_does_not_print_a_file() -> None:
    fault = replace(HOSTILE, found="x" * 1_000_000, expected="y" * 1_000_000)
    error = InvalidInput("no.", found="x" * 1_000_000, expected="y" * 1_000_000)
    for value in (fault, error):
        assert len(str(value)) < 10_000
        assert len(value.found or "") == 1_000_000, "the data keep the whole"
