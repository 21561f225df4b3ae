"""`content_of`: makes the `Content` of a document's representación gráfica."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from .._shown import shown
from ..catalogs import Environment, IdAlgorithm, PaymentForm, PaymentMeans
from ..catalogs.identification import check_digit
from ..errors import InvalidIdentification, InvalidInput
from ..models._words import PESOS, clock, day, label_of, moment, plain
from ..ubl.qr import key_name
from .amounts import Figures, all_taxes, instalment_rows, line_rows, other_rows, pesos_for_one, tax_rows, total_rows
from .content import Content, Field, Label, PartyBlock, Reference, Section
from .labels import Labels, labels
from .parties import customer_block, delivery_fields, fields, supplier_block
from .presentation import Presentation, presentation_of
from .source import Source, source_of
from .words import amount_in_words

if TYPE_CHECKING:
    from ..models.application_response import ApplicationResponse
    from ..models.document import TradeDocument
    from ..models.issuer import Software
    from ..models.payment import PaymentTerms
    from ..models.references import DocumentReference, Period
    from ..transport import Answer
    from ..ubl.received import Received

_LINE_COLUMNS = {
    name: {"number": "line_number", "total": "line_total"}.get(name, name)
    for name in ("number", "code", "description", "quantity", "unit", "price", "allowances", "taxes", "total")
}
_TAX_COLUMNS = {"name": "tax", "rate": "tax_rate", "base": "tax_base", "amount": "tax_amount"}


@checked
def content_of(
    document: Any,
    *,
    answer: Answer | Received[Any] | ApplicationResponse | bytes | None = None,
    software: Software | None = None,
    authorized_on: date | None = None,
    english: bool = False,
) -> Content:
    """Return what the representación gráfica of an invoice or note shows.

    ``document`` is a result of ``build``, ``sign``, ``read`` or ``verify``; in a container or ZIP there must be exactly
    one. DIAN's ``answer`` has the moment of validation; the one in the document's container is used by default.
    ``software`` has maker and name of the software, ``authorized_on`` the day of the numbering's authorisation: the XML
    has a place for neither. A notice is added when reading reported problems (``Received.problems``). ``english`` puts
    English labels beside the Spanish ones.

    Raises ``InvalidInput`` for a ``software`` other than the one in the XML, and ``InvalidInput``,
    ``UnreadableDocument`` and ``ForeignAnswer`` as `source_of`.
    """
    return content_from(source_of(document, answer), software, authorized_on, english)


def content_from(source: Source, software: Software | None, authorized_on: date | None, english: bool) -> Content:
    """Return what is shown of a source; see `content_of`."""
    presentation = presentation_of(source.kind)
    assert presentation is not None, "source_of refuses kinds that are not drawn"
    given = source, software, authorized_on, english
    return presentation.content(*given) or trade_content(presentation, *given)


def plain_content(
    presentation: Presentation,
    source: Source,
    software: Software | None,
    english: bool,
    *,
    issuer: PartyBlock,
    counterpart: PartyBlock,
    sections: Iterable[Section] = (),
    notes: Iterable[str] = (),
    currency: str = PESOS,
) -> Content:
    """Return what all documents show: title, parties, sections, key, QR and software; without lines or amounts."""
    label = labels(english, presentation.texts)
    return Content(
        title=presentation.title(source, label),
        number=shown(source.document.number),
        kind=source.kind.name,
        notices=(*notices(source, label), *presentation.notices(source, label)),
        supplier=issuer,
        customer=counterpart,
        sections=tuple(sections),
        columns={name: label(text) for name, text in _LINE_COLUMNS.items()},
        tax_columns={name: label(text) for name, text in _TAX_COLUMNS.items()},
        references_title=label("references"),
        taxes_title=label("tax_summary"),
        withholdings_title=label("withholdings"),
        other_title=label("other_amounts"),
        instalments_title=label("instalments"),
        totals_title=label("totals"),
        notes_title=label("notes"),
        currency=currency,
        notes=tuple(notes),
        key_label=Label(source.key_name),
        key=source.key,
        qr_text=source.qr_text,
        qr_url=source.qr_url,
        qr_label=label("check_at_dian"),
        software=Section("software", label("software"), tuple(software_fields(source, software, label))),
        page_label=label("page"),
        of_label=label("of"),
        english=english,
    )


def trade_content(
    presentation: Presentation, source: Source, software: Software | None, authorized_on: date | None, english: bool
) -> Content:
    """Return the content of a document with lines, taxes and totals."""
    document, label, roles = source.document, labels(english, presentation.texts), source.kind.roles
    totals, figures, taxes = document.totals, Figures.of(document), all_taxes(document)
    plain = plain_content(
        presentation,
        source,
        software,
        english,
        issuer=supplier_block(roles.issuer_of(document), label),
        counterpart=customer_block(roles.counterpart_of(document), label),
        sections=_sections(presentation, source, label, authorized_on),
        notes=document.notes,
        currency=document.currency,
    )
    return replace(
        plain,
        references=tuple(_references(document, label)),
        lines=tuple(line_rows(document, figures, label)),
        taxes=tuple(tax_rows(taxes, figures, withheld=False)),
        withholdings=tuple(tax_rows(taxes, figures, withheld=True)),
        other_amounts=tuple(other_rows(document, figures, label)),
        instalments=tuple(instalment_rows(document, figures, label)),
        totals=tuple(total_rows(document, totals, figures, label)),
        in_words=Field(label("in_words"), amount_in_words(totals.payable, document.currency)),
        line_count=Field(label("line_count"), str(len(document.lines))),
    )


def notices(source: Source, label: Labels) -> Iterator[Label]:
    """Yield the prominent notices."""
    if source.environment == Environment.HABILITACION.value:
        yield label("test_environment")
    if source.answer is not None and not source.answer.accepted:
        yield label("rejected")
    if source.irregular:
        yield label("irregular")


# --- sections --------------------------------------------------------------------------------------------------------


def _sections(
    presentation: Presentation, source: Source, label: Labels, authorized_on: date | None
) -> Iterator[Section]:
    document = source.document
    found: tuple[tuple[str, Iterable[tuple[Label, str]]], ...] = (
        ("dates", _dates(source, label)),
        ("numbering", _numbering(source, label, authorized_on)),
        ("payment", _payment(document, label)),
        ("correction", _correction(source, label)),
        ("exchange", _exchange(document, label)),
        ("delivery", ((f.label, f.value) for f in delivery_fields(document.delivery, document.delivery_terms, label))),
        *presentation.further(document, label),
    )
    for name, pairs in found:
        section = tuple(Field(text, value) for text, value in pairs if value)
        own = name == "numbering" and source.control.authorization is None  # DIAN authorises only that of invoices
        if section:
            yield Section(name, label("own_numbering" if own else name), section)


def _dates(source: Source, label: Labels) -> Iterator[tuple[Label, str]]:
    document, answer = source.document, source.answer
    yield label("issued_at"), moment(document.issued_at)
    if answer is not None and answer.accepted:
        yield label("validated_at"), moment(answer.issued_at)
    dues: list[date | None] = [getattr(document, "due_date", None), *(each.due_date for each in document.payments)]
    yield label("due_date"), day(next(filter(None, dues), None))
    yield label("tax_point_date"), day(document.tax_point_date)
    yield label("period"), "" if document.period is None else _period(document.period)
    yield label("operation"), label_of(document.OPERATION_LIST, document.operation)


def _period(period: Period) -> str:
    sides = (f"{day(period.start)} {clock(period.start_time)}", f"{day(period.end)} {clock(period.end_time)}")
    return " – ".join(side.strip() for side in sides if side.strip())


def _numbering(source: Source, label: Labels, authorized_on: date | None) -> Iterator[tuple[Label, str]]:
    """Yield item 4 of the minimum: prefix, number, authorisation, range and validity. Notes have only a prefix."""
    control = source.control
    yield label("number"), source.document.number
    yield label("prefix"), control.range_prefix or control.prefix or ""
    yield label("authorization"), control.authorization or ""
    yield label("authorized_on"), day(authorized_on)
    prefix = control.range_prefix or ""
    ends = [f"{prefix}{end}" for end in (control.range_from, control.range_to) if end]
    yield label("range"), " – ".join(ends)
    days = [day(end) for end in (control.authorization_start, control.authorization_end) if end]
    yield label("validity"), " – ".join(days)


def _payment(document: TradeDocument, label: Labels) -> Iterator[tuple[Label, str]]:
    """Yield form, means and references of each payment; several are numbered."""
    several = len(document.payments) > 1
    for number, payment in enumerate(document.payments, 1):

        def named(name: str, place: int = number) -> Label:
            return label(name).numbered(place) if several else label(name)

        form = label_of("payment_forms", payment.form)
        due = payment.due_date if several or payment.form == PaymentForm.CREDITO.value else None
        yield named("payment_form"), form if due is None else f"{form}, vence {day(due)}"
        if payment.means != PaymentMeans.INSTRUMENTO_NO_DEFINIDO.value:
            yield named("payment_means"), label_of("payment_means", payment.means)
        yield named("payment_reference"), ", ".join(payment.ids)
    for term in document.payment_terms:
        if term.amount is None:
            yield label("payment_terms"), _terms(term)


def _terms(term: PaymentTerms) -> str:
    duration = "" if term.duration is None else f"{plain(term.duration)} {label_of('units', term.duration_unit)}"
    return ", ".join(part for part in (duration.strip(), day(term.due_date), term.note) if part)


def _correction(source: Source, label: Labels) -> Iterator[tuple[Label, str]]:
    codes = source.kind.concepts
    for correction in getattr(source.document, "corrections", ()):
        yield label("corrected_document"), correction.reference or ""
        yield label("correction_concept"), label_of(codes, correction.concept)
        yield label("correction_reason"), correction.description or ""


def _exchange(document: TradeDocument, label: Labels) -> Iterator[tuple[Label, str]]:
    rate = document.exchange_rate
    if document.currency == PESOS and (rate is None or rate.currency == rate.target_currency):
        return
    name = label_of("currencies", document.currency)
    yield label("currency"), document.currency if name == document.currency else f"{document.currency} ({name})"
    if rate is not None:
        told = pesos_for_one(rate)
        one, other = (rate.currency, rate.target_currency) if told is None else (told[0], PESOS)
        yield label("rate"), f"1 {one} = {plain(rate.rate, 2)} {other}"
        yield label("rate_date"), day(rate.date)


# --- references and software -----------------------------------------------------------------------------------------


def _references(document: TradeDocument, label: Labels) -> Iterator[Reference]:
    if document.order is not None:
        yield Reference(label("order"), document.order.number, day(document.order.issue_date), "", "", "")
        if document.order.sales_order:
            yield Reference(label("sales_order"), document.order.sales_order, "", "", "", "")
    groups: tuple[tuple[str, tuple[DocumentReference, ...]], ...] = (
        ("billing_reference", document.billing_references),
        ("despatch", document.despatch_references),
        ("receipt", document.receipt_references),
        ("other_document", document.additional_references),
    )
    for name, group in groups:
        for each in group:
            kind = label_of("document_types", each.type_code)
            text = " · ".join(filter(None, (kind, each.description)))
            name_of_key = key_name(each.key_scheme, IdAlgorithm.CUFE) if each.key else ""
            yield Reference(label(name), each.number, day(each.issue_date), each.key or "", name_of_key, text)


def software_fields(source: Source, software: Software | None, label: Labels) -> Iterator[Field]:
    """Yield item 18 of the minimum: the software's owner from the XML, and its maker from the caller."""
    control = source.control
    if software is not None:
        if control.software_id and control.software_id.lower() != software.id.lower():
            raise InvalidInput.of(
                "graphic.other_software", field="software.id", found=software.id, expected=control.software_id
            )
        maker_nit = software.maker_nit and _nit(software.maker_nit)
        pairs = (
            ("software_name", software.name),
            ("software_maker", software.maker),
            ("software_maker_nit", maker_nit),
        )
        yield from fields(label, *pairs)
    nit = control.provider_nit
    if nit:
        digit = control.provider_check_digit
        own = nit == source.kind.roles.issuer_of(source.document).id
        yield Field(label("software_owner" if own else "software_provider"), f"{nit}-{digit}" if digit else nit)
    if control.software_id:
        yield Field(label("software_id"), control.software_id)


def _nit(nit: str) -> str:
    try:
        return f"{nit}-{check_digit(nit)}"
    except InvalidIdentification:
        return nit
