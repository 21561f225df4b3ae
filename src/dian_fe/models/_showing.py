"""How models show themselves in notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._display import card, table
from ._format import day, label_of, moment, money, percent, plain
from ._missing import shown

if TYPE_CHECKING:
    from .._display import Html
    from ._base import Model
    from .document import SalesDocument
    from .lines import Line
    from .party import Party
    from .totals import Totals

_KINDS = {"invoice": "Factura electrónica de venta", "credit_note": "Nota crédito", "debit_note": "Nota débito"}
_TOTALS = {
    "line_extension": "Subtotal",
    "tax_inclusive": "Subtotal más impuestos",
    "allowance_total": "Descuentos",
    "charge_total": "Cargos",
    "payable_rounding": "Redondeo",
    "payable": "Total a pagar",
    "prepaid": "Anticipos",
}


def model_card(model: Model) -> Html:
    """Give the fields of a model that say something; secrets stay masked, as in its repr."""
    said = [(name, value) for name, value in model.__repr_args__() if name is not None and value is not None]
    return card(type(model).__name__, [(name, _brief(value)) for name, value in said])


def _brief(value: Any) -> object:
    """Name what is inside instead of showing all of it."""
    from ._base import Model

    if isinstance(value, Model):
        return repr(value)
    if isinstance(value, tuple) and any(isinstance(each, Model) for each in value):
        return f"{len(value)} × {type(value[0]).__name__}"
    return value


def document_card(document: SalesDocument, pairs: Iterable[tuple[str, object]] = (), *parts: str) -> Html:
    """Give what people look for in an invoice or note; ``pairs`` are told after its own, ``parts`` below."""
    document = shown(document)
    kind = getattr(document, "kind", "")
    type_code = getattr(document, "type_code", None)
    title = label_of("document_types", type_code) if type_code else _KINDS.get(kind, kind)
    currency = document.currency
    own: list[tuple[str, object]] = [
        ("Generación", moment(document.issued_at)),
        ("Emisor", _party(document.supplier)),
        ("Adquirente", _party(document.customer)),
        ("Corrige", tuple(each.number for each in document.billing_references)),
        ("Pago", tuple(_payment(each) for each in document.payments)),
        ("Moneda", None if currency == "COP" else currency),
    ]
    lines = table(
        ("N.º", "Descripción", "Cantidad", "Valor unitario", "Impuestos", "Valor"),
        (_line(position, line, currency) for position, line in enumerate(document.lines, 1)),
        right=("Cantidad", "Valor unitario", "Valor"),
    )
    totals = _totals(document.totals, currency)
    return card(f"{title} {document.number}", (*own, *pairs), lines, totals, *parts)


def stage_card(document: Any, title: str, key: str | None, pairs: Iterable[tuple[str, object]], *parts: str) -> Html:
    """Give a document that has its key: an invoice or note with what people look for, another by title and number."""
    from .document import SalesDocument

    told = (("CUFE o CUDE", key), *pairs)
    if isinstance(document, SalesDocument):
        return document_card(document, told, *parts)
    number = getattr(document, "number", None) or ""
    return card(f"{title} {number}".strip(), told, *parts)


def _party(party: Party) -> tuple[str, str]:
    """Call a party by name and number."""
    digit = f"-{party.check_digit}" if party.check_digit else ""
    return party.name, f"{label_of('id_types', party.id_type)} {party.id}{digit}".strip()


def _payment(payment: Any) -> str:
    parts = (label_of("payment_forms", payment.form), label_of("payment_means", payment.means), day(payment.due_date))
    return " · ".join(part for part in parts if part)


def _line(position: int, line: Line, currency: str) -> tuple[object, ...]:
    taxes = []
    for total in line.taxes:
        for each in total.subtotals:
            rate = "" if each.percent is None else f" {percent(each.percent)}"
            taxes.append(f"{each.name or each.code}{rate} {money(each.amount, currency)}".rstrip())
    return (
        line.id or str(position),
        line.description,
        f"{plain(line.quantity)} {label_of('units', line.unit)}",
        money(line.price, currency),
        tuple(taxes),
        money(line.amount, currency),
    )


def _totals(totals: Totals, currency: str) -> Html:
    rows = [(label, getattr(totals, name)) for name, label in _TOTALS.items()]
    return table(
        ("Total", "Valor"),
        [(label, money(value, currency)) for label, value in rows if value is not None],
        right=("Valor",),
    )
