"""The payslip: employer, worker, period, earnings and deductions beside each other; read back by other programs."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from dian_fe import Paper, Template, Theme, build, render_html
from dian_fe.catalogs import catalog
from dian_fe.graphic import content_of
from dian_fe.models._base import Model
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.samples import samples_of
from tests.families.payroll.documents import ISSUER, all_kinds, deducted, earned, paid, period, worker
from tests.graphic import browser
from tests.graphic.mandatory import amount
from tests.graphic.pdf_support import HAS_DECODER, POINT, Drawn, decoded, draw, overlapping, visible
from tests.graphic.support import ARABIC, BIDI, EMOJI, LONG, SCRIPT, WORD, Shown, seen, squeezed
from tests.graphic.test_pdf import MARGINS
from tests.support.sampling import some_of

pytestmark = [pytest.mark.slow, pytest.mark.judge]

KINDS = {
    "payroll": "Documento soporte de pago de nómina electrónica",
    "payroll_replacement": "Nota de ajuste de nómina: reemplaza",
    "payroll_deletion": "Nota de ajuste de nómina: elimina",
}
PAPERS, TEMPLATES = tuple(Paper), tuple(Template)
needs_chromium = pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium here")
SEEDS = some_of(200, one_in=50)


@cache
def documents() -> tuple[Shown, ...]:
    """Return one of each kind, a plain one, one of many pages, and one with odd texts."""
    hour = {
        "cantidad": "2.5",
        "porcentaje": 25,
        "hora_inicio": "2026-02-03T18:00:00",
        "hora_fin": "2026-02-03T20:30:00",
    }
    loans = [{"descripcion": f"Libranza {place}", "deduccion": 1000 + place} for place in range(120)]
    many = paid(
        number="NE2",
        devengados=earned(
            heds=[hour | {"pago": 20_000 + place} for place in range(90)],
            licencias_nr=[{"cantidad": 2, "fecha_inicio": "2026-02-10", "fecha_fin": "2026-02-11"}],
            otros_conceptos=[{"descripcion_concepto": LONG, "concepto_s": 5, "concepto_ns": 6}],
        ),
        deducciones=deducted(libranzas=loans, fondo_sp={"porcentaje": 1, "deduccion_sp": 10, "deduccion_sub": 20}),
        notes=[LONG] * 5,
    )
    odd = paid(
        number="NE3",
        trabajador=worker(primer_nombre=SCRIPT, primer_apellido=WORD, segundo_apellido=ARABIC, otros_nombres=BIDI),
        pago={"metodo": "47", "banco": EMOJI, "tipo_cuenta": "Ahorros", "numero_cuenta": "1" * 40},
        periodo=period(fecha_retiro="2026-02-20"),
        currency="USD",
        trm="4105.32",
        devengados=earned(otros_conceptos=[{"descripcion_concepto": WORD, "concepto_s": "99999999.99"}]),
        notes=[SCRIPT, EMOJI],
    )
    built = [build(each, ISSUER) for each in (paid(), many, odd)]
    return (
        *(Shown(name, each) for name, each in zip(("plain", "many", "odd"), built, strict=True)),
        *(Shown(name, each) for name, each in all_kinds().items()),
    )


@cache
def random_ones(seed: int) -> tuple[Shown, ...]:
    issuer = samples_of("payroll").issuer(Simulator(seed=7))
    return tuple(Shown(f"{kind} {seed}", build(random_document(seed, kind, issuer=issuer), issuer)) for kind in KINDS)


def named(name: str) -> Shown:
    return next(each for each in documents() if each.name == name)


def amounts_in(part: Any) -> list[Decimal]:
    """Return every amount below a group, whatever field it is in: what a payslip may not leave out."""
    if isinstance(part, Decimal):
        return [part]
    if isinstance(part, tuple):
        return [each for item in part for each in amounts_in(item)]
    if not isinstance(part, Model):
        return []
    fields = type(part).model_fields
    return [
        each
        for name in fields
        if name not in {"cantidad", "porcentaje", "porcentaje_sub"}
        for each in amounts_in(getattr(part, name))
    ]


def wanted(shown: Shown) -> list[str]:
    """Return what the paper must say, worked out from the document alone."""
    found, document = shown.found, shown.found.document
    employer = document.empleador
    texts = [KINDS[document.kind], document.number, found.key, employer.name, f"{employer.nit}-{employer.dv}"]
    texts += [f"{document.issued_at:%Y-%m-%d}", f"{document.issued_at:%H:%M:%S}", *document.notes]
    if earlier := getattr(document, "predecesor", None):
        texts += [earlier.numero, earlier.cune, str(earlier.fecha_gen)]
    if document.kind == "payroll_deletion":
        return texts
    person, span, money = document.trabajador, document.periodo, document.currency
    texts += [person.name, person.numero_documento, amount(person.sueldo, money), person.codigo_trabajador or ""]
    texts += [catalog("payroll_contract_types").label(person.tipo_contrato)]
    texts += [str(span.fecha_liquidacion_inicio), str(span.fecha_liquidacion_fin), str(span.fecha_ingreso)]
    texts += [str(span.fecha_retiro or ""), *map(str, document.fechas_pagos), document.pago.numero_cuenta or ""]
    groups = (document.devengados, document.deducciones)
    texts += [amount(each, money) for group in groups for each in amounts_in(group)]
    texts += [each.descripcion for each in document.deducciones.libranzas]
    texts += [each.descripcion_concepto for each in document.devengados.otros_conceptos]
    texts += [f"{each.cantidad} días" for each in document.devengados.licencias_nr]
    totals = (document.devengados_total, document.deducciones_total, document.comprobante_total)
    return [text for text in (*texts, *(amount(each, money) for each in totals)) if text]


def complete(each: Drawn, margin: float) -> None:
    """Assert that a payslip says everything, inside its margins and on nothing else."""
    text = visible(each.text)
    assert [item for item in wanted(each.shown) if visible(squeezed(seen(item))) not in text] == [], each.shown.name
    for page in each.pages:
        assert not overlapping(page), each.shown.name
        assert all(margin < run.left and run.right < page.width - margin for run in page.runs), each.shown.name
        assert all(margin < run.top and run.bottom < page.height - margin + POINT for run in page.runs)


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_is_in_the_pdf_and_nothing_overflows(paper: Paper) -> None:
    for place, shown in enumerate(documents()):
        complete(
            draw(shown, Theme(paper=paper, template=TEMPLATES[place % 3], english=place % 2 == 1)),
            MARGINS[paper] - POINT,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_random_ones_print_without_overflow(seed: int) -> None:
    paper = PAPERS[seed % len(PAPERS)]
    for shown in random_ones(seed):
        complete(draw(shown, Theme(paper=paper, english=seed % 2 == 1)), MARGINS[paper] - POINT)


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_is_in_the_html(paper: Paper) -> None:
    for shown in documents():
        page = parser.document_fromstring(render_html(shown.subject, theme=Theme(paper=paper)))
        text = squeezed(page.find("body").text_content())
        assert [item for item in wanted(shown) if squeezed(seen(item)) not in text] == [], shown.name


@needs_chromium
def test_nothing_overflows_in_a_browser(tmp_path: Path) -> None:
    pages = [
        (f"{shown.name} {paper.value} {width}", render_html(shown.subject, theme=Theme(paper=paper)), width)
        for shown in documents()
        for paper, width in ((Paper.LETTER, 820), (Paper.LETTER, 360), (Paper.ROLL_80, 302))
    ]
    told, console = browser.looked_at(pages, tmp_path)
    assert console == []
    assert len(told) == len(pages)
    assert {page["name"]: page["out"] for page in told if page["out"] or page["wide"] > page["room"]} == {}


@pytest.mark.skipif(not HAS_DECODER, reason="no zbar or poppler here")
@pytest.mark.parametrize("name", ["many", "payroll_replacement", "payroll_deletion"])
def test_the_qr_of_the_payslip_is_read(name: str, tmp_path: Path) -> None:
    each = draw(named(name), Theme())
    document, key = each.shown.found.document, each.shown.found.key
    deleted = name == "payroll_deletion"
    totals = ("devengados_total", "deducciones_total", "comprobante_total")
    note = getattr(document, "tipo_nota", None)
    lines = [
        f"NumNIE={document.number}",
        f"FecNIE={document.issued_at:%Y-%m-%d}",
        f"HorNIE={document.issued_at:%H:%M:%S}-05:00",
        *([f"TipoNota={note}"] if note else []),
        f"NitNIE={document.empleador.nit}",
        f"DocEmp={'0' if deleted else document.trabajador.numero_documento}",
        *(
            f"{label}={Decimal(0) if deleted else getattr(document, total):.2f}"
            for label, total in zip(("ValDev", "ValDed", "ValTol"), totals, strict=True)
        ),
        f"CUNE={key}",
    ]
    found = {text.replace(": ", "=") for text in decoded(each.pdf, each.pages, tmp_path)}
    assert len(found) == 1
    (text,) = found
    assert text.split("\n")[: len(lines)] == lines
    assert text.endswith(f"searchqr?documentkey={key}")


def test_sums_stand_on_one_line_on_the_last_page() -> None:
    each = draw(named("many"), Theme())
    assert len(each.pages) > 2
    last = [page for page in each.pages if "Total devengado" in page.text]
    assert len(last) == 1
    tops = {run.top for run in last[0].runs if run.text.startswith(("Total devengado", "Total deducciones"))}
    assert len(tops) == 1
    assert all("Devengados" in page.text for page in each.pages[: each.pages.index(last[0]) + 1])


def test_the_payslip_tells_quantities_percents_and_dates() -> None:
    ledgers = content_of(named("many").subject).ledgers
    told = [f"{row.kind}: {row.description} {row.amount}" for ledger in ledgers for row in ledger.rows]
    assert "Básico: 30 días trabajados $ 1.300.000,00" in told
    assert "Horas extra diurnas: 2,5 horas · 25 % · 2026-02-03 18:00:00 – 20:30:00 $ 20.000,00" in told
    assert "Licencias no remuneradas: 2 días · 2026-02-10 – 2026-02-11 " in told
    assert "Salud: 4 % $ 52.000,00" in told
    assert f"Concepto no salarial: {LONG} $ 6,00" in told


def test_what_is_earned_stands_apart_from_what_is_deducted() -> None:
    for template in Template:
        [page] = draw(named("plain"), Theme(template=template)).pages
        [earned_one] = [
            run for run in page.runs if run.text.replace("\xa0", " ") == "$ 1.300.000,00" and run.left < 306
        ]
        [deducted_one] = [run for run in page.runs if run.text.startswith("Salud")]
        assert deducted_one.left - earned_one.right > 10, template


@pytest.mark.parametrize("paper", PAPERS)
def test_a_deletion_names_the_employer_once(paper: Paper) -> None:
    shown, theme = named("payroll_deletion"), Theme(paper=paper)
    employer = shown.found.document.empleador.name
    assert draw(shown, theme).text.count(employer) == 1
    assert (
        parser.document_fromstring(render_html(shown.subject, theme=theme)).find("body").text_content().count(employer)
        == 1
    )


def test_a_deletion_has_no_amounts() -> None:
    page = content_of(named("payroll_deletion").subject)
    assert (page.ledgers, page.totals, page.in_words) == ((), (), None)
    assert page.section("predecessor") is not None
