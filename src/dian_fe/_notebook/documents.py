"""The views of documents and of their stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from ..delivery.packing import Package
from ..families.registry import kind_of, model_kind
from ..families.spec import DocumentKind, Standing
from ..models import _words as words
from ..models._missing import shown
from ..models.document import TradeDocument
from ..models.lines import Line
from ..models.note import Keyed
from ..models.payment import ExchangeRate, PaymentTerms
from ..models.resolution import Resolution
from ..models.taxes import WITHHELD, TaxSubtotal, TaxTotal
from ..models.totals import Totals
from ..signing.documents import Signed
from ..ubl.received import OtherFile, Received
from ..ubl.writer.build import Built
from ..verifying.verified import Verified
from .fields import brief, show
from .html import Html, card, strong, table, verdict
from .results import faults_table

Pairs = Iterable[tuple[str, object]]


class Stage(Keyed, Protocol):
    """A document with its kind and key, as `Built`, `Signed`, `Received` and `Verified` have it."""

    @property
    def kind(self) -> DocumentKind:
        """Kind of the document."""


@show.register
def _(built: Built) -> Html:
    return _stage_card(built, (("Archivo", built.file_name), ("Estado", "sin firmar")))


@show.register
def _(signed: Signed) -> Html:
    pairs = (("Archivo", signed.file_name), ("Firmado", signed.signing_time))
    return _stage_card(signed, pairs, faults_table(signed.findings))


@show.register
def _(package: Package) -> Html:
    pairs = (
        ("Archivo", package.zip_name),
        ("Tamaño", f"{len(package.zip_bytes)} bytes"),
        ("Contiene", package.members),
        ("SHA-256", package.sha256),
    )
    return _stage_card(package, pairs, faults_table(package.findings))


@show.register
def _(received: Received) -> Html:
    pairs = (
        ("Clase", received.kind.name),
        ("Archivo", received.name),
        ("Firma", "trae firma; verify dice si es válida" if received.signed else "sin firma"),
        ("Sin campo en el modelo", f"{len(received.unmapped)} elementos (unmapped)" if received.unmapped else None),
    )
    heads = ("Dónde", "Qué se observa", "Valor")
    problems = table(
        heads,
        ((each.xpath, each.message, each.value) for each in received.problems),
        caption="Observaciones de lectura",
        wide=heads,
    )
    parts = table(("Clase", "Documento", "Clave"), map(_part, received.parts), caption="Contiene", wide=("Clave",))
    return _stage_card(received, pairs, problems, parts)


def _part(part: Received[Any] | OtherFile) -> tuple[str, str | None, str | None]:
    if isinstance(part, OtherFile):
        return part.media_type, part.name, None
    return part.kind.name, getattr(part.document, "number", None) or part.name, part.key


@show.register
def _(verified: Verified) -> Html:
    accepted = "sin respuesta" if verified.validated_at is None else f"aceptado el {verified.validated_at}"
    pairs = (
        ("Firma", verdict(True, "verificada")),
        ("Confianza", verdict(verified.trusted, "llega a una CA de confianza", unknown="no se indicaron las CA")),
        ("Revocación", verified.revocation.label),
        ("Firmado por", f"{verified.signed_by}, {verified.signed_by.role.label}"),
        ("DIAN", accepted),
        ("Qué prueba", verified.acceptance.meaning),
    )
    return _stage_card(verified, pairs, faults_table(verified.examination.faults))


@show.register
def _(resolution: Resolution) -> Html:
    return card(
        f"Resolución {resolution.authorization}",
        (
            ("Prefijo", resolution.prefix),
            ("Rango", f"{resolution.range_from} – {resolution.range_to}"),
            ("Vigencia", f"{resolution.valid_from} – {resolution.valid_to}"),
            ("Clave técnica", "no hay" if resolution.technical_key is None else "guardada; no se muestra"),
        ),
    )


@show.register
def document_card(document: TradeDocument, pairs: Pairs = (), *parts: str) -> Html:
    """Return the card of a document with lines; ``pairs`` follow its fields, ``parts`` stand below."""
    document = shown(document)
    kind = kind_of(document)
    currency = document.currency
    own: list[tuple[str, object]] = [
        ("Generación", words.moment(document.issued_at)),
        ("Vencimiento", words.day(getattr(document, "due_date", None))),
        *_sides(document, kind),
        ("Corrige", tuple(each.number for each in document.billing_references)),
        ("Pago", tuple(_payment(each) for each in document.payments)),
        ("Cuotas", "; ".join(_instalment(each, currency) for each in document.payment_terms)),
        ("Moneda", None if currency == "COP" else currency),
        ("Tasa de cambio", _exchange(document.exchange_rate)),
    ]
    withheld = getattr(document, "withholdings", ())
    tables = (
        _lines(document.lines, currency),
        _others(document, currency),
        _taxes("Impuestos", (*document.taxes, *withheld), currency, withheld=False),
        _taxes("Retenciones (no cambian el total a pagar)", (*document.taxes, *withheld), currency, withheld=True),
        _totals(document.totals, currency),
    )
    return card(f"{_title(document, kind)} {document.number}", (*own, *pairs), *tables, *parts)


def _stage_card(stage: Stage, pairs: Pairs, *parts: str) -> Html:
    """Return the card of a document with its key; of anything else, title and number."""
    document = stage.document
    kind = model_kind(type(document))
    pairs = (("Clave" if kind is None else kind.key_label, stage.key), *pairs)
    if kind is None or kind.standing is not Standing.DOCUMENT:
        number = getattr(document, "number", None) or ""
        return card(f"{stage.kind.title} {number}".strip(), pairs, *parts)
    return document_card(document, pairs, *parts) if kind.amounts else _plain_card(document, kind, pairs, *parts)


def _plain_card(document: Any, kind: DocumentKind, pairs: Pairs, *parts: str) -> Html:
    """Return the card of a document without lines: moment and parties, then its other fields."""
    document = shown(document)
    issued_at = getattr(document, "issued_at", None)
    sides = tuple(_sides(document, kind))
    known = {"kind", "number", "type_code", "issued_at", kind.roles.issuer, kind.roles.counterpart}
    rest = ((name, brief(value)) for name, value in document.__repr_args__() if name is not None and name not in known)
    number = getattr(document, "number", None) or ""
    head = ("Generación", words.moment(issued_at) if issued_at else None)
    return card(f"{_title(document, kind)} {number}".strip(), (head, *sides, *pairs, *rest), *parts)


def _title(document: Any, kind: DocumentKind) -> str:
    """Return the title of a document: its type in DIAN's list, else its family's label."""
    code = getattr(document, "type_code", None)
    return words.label_of("document_types", code) if code in kind.type_codes else kind.label


def _sides(document: Any, kind: DocumentKind) -> Iterator[tuple[str, object]]:
    """Yield the issuer and the counterpart."""
    roles = kind.roles
    for label, name in (("Emisor", roles.issuer), (_COUNTERPARTS.get(roles.counterpart, _OTHER), roles.counterpart)):
        party = getattr(document, name, None)
        yield label, None if party is None else _party(party)


_COUNTERPARTS = {"customer": "Adquirente", "supplier": "Vendedor"}
_OTHER = "Contraparte"


def _party(party: Any) -> tuple[str, str]:
    """Return a party's name and number, those that its family has."""
    name, number, digit = (str(getattr(party, each, None) or "") for each in ("name", "id", "check_digit"))
    kind = words.label_of("id_types", getattr(party, "id_type", None))
    return name, f"{kind} {number}{digit and f'-{digit}'}".strip()


def _payment(payment: Any) -> str:
    parts = (
        words.label_of("payment_forms", payment.form),
        words.label_of("payment_means", payment.means),
        words.day(payment.due_date),
    )
    return " · ".join(part for part in parts if part)


def _instalment(term: PaymentTerms, currency: str) -> str:
    parts = (term.id, words.day(term.due_date), words.money(term.amount, currency), term.note)
    return " · ".join(part for part in parts if part)


def _exchange(rate: ExchangeRate | None) -> str:
    if rate is None:
        return ""
    text = f"1 {rate.currency} = {words.plain(rate.rate, 2)} {rate.target_currency}"
    return text if rate.date is None else f"{text} ({words.day(rate.date)})"


_LINE_HEADS = (
    *("N.º", "Descripción", "Cantidad", "Valor unitario"),
    *("Descuentos y cargos", "Impuestos", "Retenciones", "Valor"),
)


def _lines(lines: Iterable[Line], currency: str) -> Html:
    return table(
        _LINE_HEADS,
        (_line(position, line, currency) for position, line in enumerate(lines, 1)),
        right=("Cantidad", "Valor unitario", "Valor"),
        wide=("Descripción",),
    )


def _line(position: int, line: Line, currency: str) -> tuple[object, ...]:
    texts, reference = [line.description, *line._remarks()], line.reference_price
    if reference is not None and (line.free_of_charge or not line.price):
        texts.append(f"sin costo; precio de referencia {words.money(reference.amount, currency)}")
    return (
        line.id or str(position),
        tuple(texts),
        f"{words.plain(line.quantity)} {words.label_of('units', line.unit)}",
        words.money(line.price, currency),
        "; ".join(f"{words.reason_of(each)} {words.allowance_of(each, currency)}".strip() for each in line.allowances),
        _rates((*line.taxes, *line.withholdings), currency, withheld=False),
        _rates((*line.taxes, *line.withholdings), currency, withheld=True),
        words.money(line.amount, currency),
    )


def _each(totals: Iterable[TaxTotal], *, withheld: bool) -> Iterator[TaxSubtotal]:
    """Return every rate of the taxes, or of the withholdings, which some software writes among the taxes."""
    return (each for total in totals for each in total.subtotals if (each.code in WITHHELD) is withheld)


def _rates(totals: Iterable[TaxTotal], currency: str, *, withheld: bool) -> str:
    parts = (
        (words.tax_name(each), words.rate_of(each, currency), words.money(each.amount, currency))
        for each in _each(totals, withheld=withheld)
    )
    return "; ".join(" ".join(filter(None, each)) for each in parts)


def _taxes(caption: str, totals: Iterable[TaxTotal], currency: str, *, withheld: bool) -> Html:
    rows = (
        (
            words.tax_name(each),
            words.rate_of(each, currency),
            words.base_of(each, currency),
            words.money(each.amount, currency),
        )
        for each in _each(totals, withheld=withheld)
    )
    return table(("Tributo", "Tarifa", "Base", "Valor"), rows, caption=caption, right=("Tarifa", "Base", "Valor"))


def _others(document: TradeDocument, currency: str) -> Html:
    """Return discounts and charges of the whole document, and what was paid before."""
    kinds = {True: "Cargo", False: "Descuento"}
    rows = [
        (kinds.get(each.is_charge, _EITHER), words.allowance_detail(each, currency), words.money(each.amount, currency))
        for each in document.allowances
    ]
    rows += [
        ("Anticipo", words.advance_detail(each), words.money(each.amount, currency)) for each in document.prepayments
    ]
    return table(("De todo el documento", "Detalle", "Valor"), rows, right=("Valor",))


_EITHER = "Descuento o cargo"
"""Label where a received document does not say which of the two it is."""


def _totals(totals: Totals, currency: str) -> Html:
    deducted = words.prepaid_deducted(totals)
    rows = (
        ("Subtotal", totals.line_extension),
        ("Base de los impuestos", totals.tax_exclusive),
        ("Subtotal más impuestos", totals.tax_inclusive),
        ("Descuentos", totals.allowance_total),
        ("Cargos", totals.charge_total),
        ("Anticipos descontados", totals.prepaid if deducted else None),
        ("Redondeo", totals.payable_rounding),
        (_PAYABLE, totals.payable),
        ("Anticipos (informativos)", None if deducted else totals.prepaid),
    )
    texts = ((label, words.money(value, currency)) for label, value in rows if value is not None)
    return table(
        ("Total", "Valor"),
        (tuple(map(strong, row)) if row[0] == _PAYABLE else row for row in texts),
        right=("Valor",),
    )


_PAYABLE = "Total a pagar"
