"""How models show themselves in notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .._display import Html, card, strong, table
from ..families.registry import kind_of, model_kind
from ..families.spec import Standing
from ._format import day, label_of, moment, money, plain
from ._missing import shown
from ._words import (
    advance_detail,
    allowance_detail,
    allowance_of,
    base_of,
    prepaid_deducted,
    rate_of,
    reason_of,
    tax_name,
)
from .taxes import WITHHELD

if TYPE_CHECKING:
    from ..families.spec import DocumentKind
    from ._base import Model
    from .document import TradeDocument
    from .lines import Line
    from .payment import ExchangeRate, PaymentTerms
    from .taxes import TaxSubtotal, TaxTotal
    from .totals import Totals


def model_card(model: Model) -> Html:
    """Return the fields of a model that say something; secrets stay masked, as in its repr."""
    said = [(name, value) for name, value in model.__repr_args__() if name is not None and value is not None]
    return card(type(model).__name__, [(name, _brief(value)) for name, value in said])


def _brief(value: Any) -> object:
    """Name what is inside instead of showing all of it."""
    from ._base import Model

    if isinstance(value, Model):
        return Html(value._repr_html_()) if any(value.__repr_args__()) else None
    if isinstance(value, tuple) and any(isinstance(each, Model) for each in value):
        return f"{len(value)} × {type(value[0]).__name__}"
    return value


def document_card(document: TradeDocument, pairs: Iterable[tuple[str, object]] = (), *parts: str) -> Html:
    """Return what people look for in a document with lines; ``pairs`` are told after its own, ``parts`` below."""
    document = shown(document)
    kind = kind_of(document)
    currency = document.currency
    own: list[tuple[str, object]] = [
        ("Generación", moment(document.issued_at)),
        ("Vencimiento", day(getattr(document, "due_date", None))),
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


def stage_card(document: Any, title: str, key: str | None, pairs: Iterable[tuple[str, object]], *parts: str) -> Html:
    """Return a document that has its key with what people look for; what is no document by title and number."""
    kind = model_kind(type(document))
    told = (("Clave" if kind is None else kind.key_label, key), *pairs)
    if kind is None or kind.standing is not Standing.DOCUMENT:
        number = getattr(document, "number", None) or ""
        return card(f"{title} {number}".strip(), told, *parts)
    return document_card(document, told, *parts) if kind.amounts else _plain_card(document, kind, told, *parts)


def _plain_card(document: Any, kind: DocumentKind, pairs: Iterable[tuple[str, object]], *parts: str) -> Html:
    """Return what a document without lines says: moment and parties, then its other fields."""
    document = shown(document)
    issued_at = getattr(document, "issued_at", None)
    sides = tuple(_sides(document, kind))
    told = {"kind", "number", "type_code", "issued_at", kind.roles.issuer, kind.roles.counterpart}
    rest = ((name, _brief(value)) for name, value in document.__repr_args__() if name is not None and name not in told)
    number = getattr(document, "number", None) or ""
    head = ("Generación", moment(issued_at) if issued_at else None)
    return card(f"{_title(document, kind)} {number}".strip(), (head, *sides, *pairs, *rest), *parts)


def _title(document: Any, kind: DocumentKind) -> str:
    """Return what people call a document: its type in DIAN's list, else what its family calls it."""
    code = getattr(document, "type_code", None)
    return label_of("document_types", code) if code in kind.type_codes else kind.label


def _sides(document: Any, kind: DocumentKind) -> Iterator[tuple[str, object]]:
    """Yield who issues and who is on the other side."""
    roles = kind.roles
    for label, name in (("Emisor", roles.issuer), (_COUNTERPARTS.get(roles.counterpart, _OTHER), roles.counterpart)):
        party = getattr(document, name, None)
        yield label, None if party is None else _party(party)


_COUNTERPARTS = {"customer": "Adquirente", "supplier": "Vendedor"}
_OTHER = "Contraparte"


def _party(party: Any) -> tuple[str, str]:
    """Call a party by name and number, as far as its family keeps them."""
    name, number, digit = (str(getattr(party, each, None) or "") for each in ("name", "id", "check_digit"))
    kind = label_of("id_types", getattr(party, "id_type", None))
    return name, f"{kind} {number}{digit and f'-{digit}'}".strip()


def _payment(payment: Any) -> str:
    parts = (label_of("payment_forms", payment.form), label_of("payment_means", payment.means), day(payment.due_date))
    return " · ".join(part for part in parts if part)


def _instalment(term: PaymentTerms, currency: str) -> str:
    parts = (term.id, day(term.due_date), money(term.amount, currency), term.note)
    return " · ".join(part for part in parts if part)


def _exchange(rate: ExchangeRate | None) -> str:
    if rate is None:
        return ""
    told = f"1 {rate.currency} = {plain(rate.rate, 2)} {rate.target_currency}"
    return f"{told} ({day(rate.date)})" if rate.date is not None else told


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
    said, reference = [line.description, *line._remarks()], line.reference_price
    if reference is not None and (line.free_of_charge or not line.price):
        said.append(f"sin costo; precio de referencia {money(reference.amount, currency)}")
    return (
        line.id or str(position),
        tuple(said),
        f"{plain(line.quantity)} {label_of('units', line.unit)}",
        money(line.price, currency),
        "; ".join(f"{reason_of(each)} {allowance_of(each, currency)}".strip() for each in line.allowances),
        _rates((*line.taxes, *line.withholdings), currency, withheld=False),
        _rates((*line.taxes, *line.withholdings), currency, withheld=True),
        money(line.amount, currency),
    )


def _each(totals: Iterable[TaxTotal], *, withheld: bool) -> Iterator[TaxSubtotal]:
    """Return every rate of the taxes, or of the withholdings, which some software writes among the taxes."""
    return (each for total in totals for each in total.subtotals if (each.code in WITHHELD) is withheld)


def _rates(totals: Iterable[TaxTotal], currency: str, *, withheld: bool) -> str:
    told = (
        (tax_name(each), rate_of(each, currency), money(each.amount, currency))
        for each in _each(totals, withheld=withheld)
    )
    return "; ".join(" ".join(part for part in parts if part) for parts in told)


def _taxes(caption: str, totals: Iterable[TaxTotal], currency: str, *, withheld: bool) -> Html:
    found = _each(totals, withheld=withheld)
    rows = (
        (tax_name(each), rate_of(each, currency), base_of(each, currency), money(each.amount, currency))
        for each in found
    )
    return table(("Tributo", "Tarifa", "Base", "Valor"), rows, caption=caption, right=("Tarifa", "Base", "Valor"))


def _others(document: TradeDocument, currency: str) -> Html:
    """Return discounts and charges of the whole document, and what was paid before."""
    kinds = {True: "Cargo", False: "Descuento"}
    rows = [
        (kinds.get(each.is_charge, _EITHER), allowance_detail(each, currency), money(each.amount, currency))
        for each in document.allowances
    ]
    rows += [("Anticipo", advance_detail(each), money(each.amount, currency)) for each in document.prepayments]
    return table(("De todo el documento", "Detalle", "Valor"), rows, right=("Valor",))


_EITHER = "Descuento o cargo"
"""What a document read says without saying which."""


def _totals(totals: Totals, currency: str) -> Html:
    deducted = prepaid_deducted(totals)
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
    told = ((label, money(value, currency)) for label, value in rows if value is not None)
    return table(
        ("Total", "Valor"),
        (tuple(map(strong, row)) if row[0] == _PAYABLE else row for row in told),
        right=("Valor",),
    )


_PAYABLE = "Total a pagar"
