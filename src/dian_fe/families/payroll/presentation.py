"""What the graphic representation of payroll shows (annex 1.0, chapter 9): earnings, deductions and totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...graphic.content import Field, Label, PartyBlock, Section, TotalRow
from ...graphic.labels import Labels, labels
from ...graphic.making import plain_content
from ...graphic.presentation import Presentation
from ...graphic.words import amount_in_words
from ...models._words import PESOS, day, label_of, moment, money, plain
from ...ubl.table import Row, Structure
from .fields import Part
from .models import PaidPayroll, PayrollDocument
from .tables import DEDUCCIONES, DEVENGADOS

if TYPE_CHECKING:
    from datetime import date

    from ...graphic.content import Content
    from ...graphic.source import Source
    from ...models.issuer import Software

_TEXTS = {
    "payroll": ("Documento soporte de pago de nómina electrónica", "Electronic payroll support document"),
    "payroll_replacement": ("Nota de ajuste de nómina: reemplaza", "Payroll adjustment note: replacement"),
    "payroll_deletion": ("Nota de ajuste de nómina: elimina", "Payroll adjustment note: deletion"),
    "employer": ("Empleador", "Employer"),
    "worker": ("Trabajador", "Worker"),
    "period": ("Periodo", "Period"),
    "issued_at": ("Generación", "Issued at"),
    "validated_at": ("Validación DIAN", "Validated by DIAN"),
    "paid_from": ("Desde", "From"),
    "paid_to": ("Hasta", "To"),
    "entered": ("Ingreso", "Entered on"),
    "left": ("Retiro", "Left on"),
    "time_worked": ("Tiempo laborado (días)", "Time worked (days)"),
    "paid_on": ("Fecha de pago", "Paid on"),
    "means": ("Medio de pago", "Means of payment"),
    "account": ("Cuenta", "Account"),
    "contract": ("Tipo de contrato", "Contract"),
    "salary": ("Sueldo", "Salary"),
    "earned": ("Devengados", "Earnings"),
    "deducted": ("Deducciones", "Deductions"),
    "earned_total": ("Total devengado", "Total earned"),
    "deducted_total": ("Total deducido", "Total deducted"),
    "net": ("Total del comprobante", "Net pay"),
    "predecessor": ("Documento que se ajusta", "Adjusted document"),
    "number": ("Número", "Number"),
    "code": ("Código", "Code"),
    "key": ("CUNE", "CUNE"),
    "day": ("Fecha", "Date"),
    "address": ("Dirección", "Address"),
}
_REQUIRED = {
    "number": "número",
    "issued_at": "fecha de generación",
    "empleador.nit": "NIT del empleador",
    "trabajador.numero_documento": "documento del trabajador",
    "devengados_total": "total devengado",
    "deducciones_total": "total deducido",
    "comprobante_total": "total del comprobante",
}
"""What the printed QR holds."""


class _PayrollPresentation(Presentation):
    def content(self, source: Source, software: Software | None, authorized_on: date | None, english: bool) -> Content:
        """Return employer, worker, the groups that have amounts, and the totals; a deletion has only the first."""
        document: PayrollDocument = source.document
        label = labels(english, self.texts)
        paid = document if isinstance(document, PaidPayroll) else None
        worker = employer_block(document, label, "employer") if paid is None else worker_block(paid, label)
        sections = [section("dates", label("period"), dates(source, label))]
        if (earlier := getattr(document, "predecesor", None)) is not None:
            named = (("number", earlier.numero), ("key", earlier.cune), ("day", day(earlier.fecha_gen)))
            sections.append(section("predecessor", label("predecessor"), ((label(name), text) for name, text in named)))
        if paid is not None:
            sections.append(section("earned", label("earned"), amounts(paid.devengados, DEVENGADOS, paid.currency)))
            sections.append(
                section("deducted", label("deducted"), amounts(paid.deducciones, DEDUCCIONES, paid.currency))
            )
        bare = plain_content(
            self,
            source,
            software,
            english,
            issuer=employer_block(document, label, "employer"),
            counterpart=worker,
            sections=[each for each in sections if each.fields],
            notes=document.notes,
            currency=paid.currency if paid is not None else PESOS,
        )
        if paid is None:
            return bare
        totals = (
            ("earned_total", paid.devengados_total),
            ("deducted_total", paid.deducciones_total),
            ("net", paid.comprobante_total),
        )
        rows = tuple(
            TotalRow(name, label(name), money(amount, paid.currency), strong=name == "net") for name, amount in totals
        )
        words = Field(label("in_words"), amount_in_words(paid.comprobante_total, paid.currency))
        return replace(bare, totals=rows, in_words=words)


def section(name: str, title: Label, pairs: Any) -> Section:
    """Return a section of the fields that say something."""
    return Section(name, title, tuple(Field(label, text) for label, text in pairs if text))


def employer_block(document: PayrollDocument, label: Labels, title: str) -> PartyBlock:
    """Return the employer as paper shows it."""
    employer = document.empleador
    place = ", ".join(filter(None, (employer.direccion, label_of("municipalities", employer.municipio_ciudad))))
    number = Field(Label("NIT"), f"{employer.nit}-{employer.dv}")
    return PartyBlock(label(title), employer.name, None, number, (Field(label("address"), place),), ())


def worker_block(document: PaidPayroll, label: Labels) -> PartyBlock:
    """Return the worker as paper shows it."""
    worker = document.trabajador
    number = Field(Label(label_of("payroll_id_types", worker.tipo_documento)), worker.numero_documento)
    told = (
        (label("code"), document.codigo_trabajador or worker.codigo_trabajador or ""),
        (label("contract"), label_of("payroll_contract_types", worker.tipo_contrato)),
        (label("salary"), money(worker.sueldo, document.currency)),
    )
    fields = tuple(Field(name, text) for name, text in told if text)
    return PartyBlock(label("worker"), worker.name, None, number, fields, ())


def dates(source: Source, label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield the dates of the document, of the period and of the payments, and how they are paid."""
    document, answer = source.document, source.answer
    yield label("issued_at"), moment(document.issued_at)
    if answer is not None and answer.accepted:
        yield label("validated_at"), moment(answer.issued_at)
    if not isinstance(document, PaidPayroll):
        return
    period, pay = document.periodo, document.pago
    yield label("paid_from"), day(period.fecha_liquidacion_inicio)
    yield label("paid_to"), day(period.fecha_liquidacion_fin)
    yield label("entered"), day(period.fecha_ingreso)
    yield label("left"), day(period.fecha_retiro)
    yield label("time_worked"), plain(period.tiempo_laborado)
    yield label("paid_on"), ", ".join(day(each) for each in document.fechas_pagos)
    yield label("means"), label_of("payment_means", pay.metodo)
    yield label("account"), " ".join(filter(None, (pay.banco, pay.tipo_cuenta, pay.numero_cuenta)))


def amounts(group: Part, table: Structure, currency: str) -> Iterator[tuple[Label, str]]:
    """Yield the amounts of a group under the labels of its table: of a part with several, each."""
    for row in table.rows:
        assert isinstance(row, Row)
        value = group.__dict__.get(row.field)
        if value is None:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Decimal):
                yield Label(row.label), money(each, currency)
            else:
                assert isinstance(row.codec, Structure)
                yield from _of_part(each, row.label, row.codec, currency)


def _of_part(part: Part, label: str, table: Structure, currency: str) -> Iterator[tuple[Label, str]]:
    adding = [row for row in table.rows if isinstance(row, Row) and row.field in part.ADDS]
    for row in adding:
        amount = part.__dict__.get(row.field)
        if amount is not None:
            name = label if len(adding) == 1 else f"{label}: {row.label[:1].lower()}{row.label[1:]}"
            quantity = part.__dict__.get("cantidad")
            counted = "" if quantity is None else f" ({plain(Decimal(quantity))})"
            yield Label(f"{name}{counted}"), money(amount, currency)


PRESENTATION = _PayrollPresentation(
    {"payroll": "payroll", "payroll_replacement": "payroll_replacement", "payroll_deletion": "payroll_deletion"},
    _TEXTS,
    _REQUIRED,
)
