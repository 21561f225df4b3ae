"""What the graphic representation of payroll shows (annex 1.0, chapter 9): earnings, deductions and totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...catalogs import PayrollWorkerSubtype
from ...graphic.amounts import ONE, Figures
from ...graphic.content import AmountRow, Field, Label, Ledger, PartyBlock, Section, TotalRow
from ...graphic.labels import Labels, labels
from ...graphic.making import plain_content
from ...graphic.presentation import Presentation
from ...graphic.words import amount_in_words
from ...models._words import PESOS, day, label_of, moment, money, plain
from ...ubl.table import Row, Structure
from .columns import shares_a_word
from .fields import Part
from .models import PaidPayroll, PayrollDocument
from .tables import DEDUCCIONES, DEVENGADOS

if TYPE_CHECKING:
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
    "frequency": ("Periodo de nómina", "Payroll period"),
    "issued_at": ("Generación", "Issued at"),
    "validated_at": ("Validación DIAN", "Validated by DIAN"),
    "entered": ("Ingreso", "Entered on"),
    "left": ("Retiro", "Left on"),
    "time_worked": ("Tiempo laborado (días)", "Time worked (days)"),
    "paid_on": ("Fecha de pago", "Paid on"),
    "payment": ("Pago", "Payment"),
    "means": ("Medio de pago", "Means of payment"),
    "account": ("Cuenta", "Account"),
    "contract_terms": ("Contrato", "Contract"),
    "contract": ("Tipo de contrato", "Type of contract"),
    "worker_type": ("Tipo de trabajador", "Type of worker"),
    "worker_subtype": ("Subtipo de trabajador", "Subtype of worker"),
    "salary": ("Sueldo", "Salary"),
    "integral": ("Salario integral", "Integral salary"),
    "high_risk": ("Alto riesgo de pensión", "High pension risk"),
    "yes": ("Sí", "Yes"),
    "novelty": ("Novedad contractual de", "Contractual change of"),
    "currency": ("Moneda", "Currency"),
    "rate": ("Tasa de cambio", "Exchange rate"),
    "workplace": ("Lugar de trabajo", "Workplace"),
    "earned": ("Devengados", "Earnings"),
    "deducted": ("Deducciones", "Deductions"),
    "earned_total": ("Total devengado", "Total earned"),
    "deducted_total": ("Total deducciones", "Total deducted"),
    "rounding": ("Redondeo", "Rounding"),
    "net": ("Neto pagado", "Net pay"),
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
            sections.append(section("contract", label("contract_terms"), contract(paid, label)))
            sections.append(section("payment", label("payment"), payment(paid, label)))
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
        groups: tuple[tuple[str, Part, Structure, Decimal], ...] = (
            ("earned", paid.devengados, DEVENGADOS, paid.devengados_total),
            ("deducted", paid.deducciones, DEDUCCIONES, paid.deducciones_total),
        )
        ledgers = []
        for name, group, table, total in groups:
            rows = tuple(amounts(group, table, paid.currency))
            summed = TotalRow(f"{name}_total", label(f"{name}_total"), money(total, paid.currency))
            ledgers.append(Ledger(label(name), rows, summed))
        told = None if paid.trm is None or paid.currency == PESOS else PESOS
        figures = Figures(paid.currency, told, paid.trm or ONE)
        last = [TotalRow("net", label("net"), *figures.both(paid.comprobante_total), strong=True)]
        if paid.redondeo is not None:
            last.insert(0, TotalRow("rounding", label("rounding"), money(paid.redondeo, paid.currency)))
        words = Field(label("in_words"), amount_in_words(paid.comprobante_total, paid.currency))
        return replace(bare, ledgers=tuple(ledgers), totals=tuple(last), in_words=words)


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
    codes = document.codigo_trabajador, worker.codigo_trabajador
    town = label_of("municipalities", worker.lugar_trabajo_municipio_ciudad)
    told = (
        (label("code"), ", ".join(dict.fromkeys(code for code in codes if code))),
        (label("workplace"), ", ".join(filter(None, (worker.lugar_trabajo_direccion, town)))),
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
    period = document.periodo
    yield label("period"), f"{day(period.fecha_liquidacion_inicio)} – {day(period.fecha_liquidacion_fin)}"
    yield label("frequency"), label_of("payroll_periods", document.periodo_nomina)
    yield label("paid_on"), ", ".join(day(each) for each in document.fechas_pagos)


def contract(document: PaidPayroll, label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield the terms of the contract, and what changed of it within the month."""
    worker, period = document.trabajador, document.periodo
    yield label("contract"), label_of("payroll_contract_types", worker.tipo_contrato)
    yield label("worker_type"), label_of("payroll_worker_types", worker.tipo_trabajador)
    if worker.sub_tipo_trabajador != PayrollWorkerSubtype.NO_APLICA.value:
        yield label("worker_subtype"), label_of("payroll_worker_subtypes", worker.sub_tipo_trabajador)
    yield label("integral" if worker.salario_integral else "salary"), money(worker.sueldo, document.currency)
    yield label("high_risk"), label("yes").text if worker.alto_riesgo_pension else ""
    yield label("entered"), day(period.fecha_ingreso)
    yield label("left"), day(period.fecha_retiro)
    yield label("time_worked"), plain(period.tiempo_laborado)
    yield label("novelty"), getattr(document, "cune_nov", None) or ""


def payment(document: PaidPayroll, label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield how the worker is paid, and the rate of another currency."""
    pay = document.pago
    yield label("means"), label_of("payment_means", pay.metodo)
    yield label("account"), " ".join(filter(None, (pay.banco, pay.tipo_cuenta, pay.numero_cuenta)))
    if document.currency != PESOS:
        yield label("currency"), label_of("currencies", document.currency)
        yield label("rate"), "" if document.trm is None else f"1 {document.currency} = {plain(document.trm, 2)} {PESOS}"


def amounts(group: Part, table: Structure, currency: str) -> Iterator[AmountRow]:
    """Yield what a group says under the labels of its table: each amount, and days without pay."""
    for row in table.rows:
        assert isinstance(row, Row)
        value = group.__dict__.get(row.field)
        if value is None:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Decimal):
                yield AmountRow(Label(row.label), "", money(each, currency))
            else:
                assert isinstance(row.codec, Structure)
                yield from _of_part(each, row.label, row.codec, currency)


_DETAILS_OF: Mapping[str, tuple[str, ...]] = {
    "deduccion_sp": ("porcentaje",),
    "deduccion_sub": ("porcentaje_sub",),
    "pago_intereses": ("porcentaje",),
}
"""The data that tell of one amount of a part alone; the rest tell of the whole part."""


def _of_part(part: Part, label: str, table: Structure, currency: str) -> Iterator[AmountRow]:
    """Yield each amount of a part with what tells of it; the first has what tells of the part."""
    known = {row.field: row for row in table.rows if isinstance(row, Row) and part.__dict__.get(row.field) is not None}
    told = dict(sorted(_told(part, known), key=lambda each: _ORDER.index(each[0])))
    adding = [row for name, row in known.items() if name in part.ADDS]
    apart = {name for row in adding for name in _DETAILS_OF.get(row.field, ())}
    common = [text for name, text in told.items() if name not in apart]
    named = [told[name] for name in _DESCRIPTIONS if name in told]
    if not adding:
        yield AmountRow(Label(label), " · ".join(told.values()), "")
    for place, row in enumerate(adding):
        own = [told[name] for name in _DETAILS_OF.get(row.field, ()) if name in told]
        said = [*(common if place == 0 else named), *own]
        name = _name(label, row.label, alone=len(part.ADDS) == 1)
        yield AmountRow(Label(name), " · ".join(said), money(part.__dict__[row.field], currency))


def _name(group: str, own: str, *, alone: bool) -> str:
    """Return the label of an amount: the group's alone, or with its own where that does not name the group."""
    if alone:
        return group
    return own if shares_a_word(group, own) else f"{group}, {own[:1].lower()}{own[1:]}"


_DESCRIPTIONS = ("descripcion_concepto", "descripcion")
"""What every amount of a part says again."""
_ORDER = (
    *_DESCRIPTIONS, "tipo", "dias_trabajados", "cantidad", "porcentaje", "porcentaje_sub", "fecha_inicio", "fecha_fin",
    "hora_inicio", "hora_fin",
)  # fmt: skip
"""The order in which paper tells them."""
_RANGES = {"fecha_inicio": "fecha_fin", "hora_inicio": "hora_fin"}


def _told(part: Part, known: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """Yield what a part says beside its amounts, by field."""
    for name, row in known.items():
        value = part.__dict__[name]
        if name in part.ADDS or name in _RANGES.values():
            continue
        if name in _RANGES:
            end = part.__dict__.get(_RANGES[name])
            yield name, _moment(value) if end is None else f"{_moment(value)} – {_moment(end, after=value)}"
        elif name == "tipo":
            yield name, label_of("payroll_disability_types", value)
        elif isinstance(value, (int, Decimal)):
            unit = "%" if name.startswith("porcentaje") else row.label.lower()
            yield name, f"{plain(Decimal(value))} {unit}"
        else:
            yield name, str(value)


def _moment(value: date, after: Any = None) -> str:
    """Return a day, or a moment; of the same day, its time alone."""
    if not isinstance(value, datetime):
        return day(value)
    text = value.time().isoformat()
    return text if after is not None and after.date() == value.date() else f"{day(value.date())} {text}"


PRESENTATION = _PayrollPresentation(
    {"payroll": "payroll", "payroll_replacement": "payroll_replacement", "payroll_deletion": "payroll_deletion"},
    _TEXTS,
    _REQUIRED,
)
