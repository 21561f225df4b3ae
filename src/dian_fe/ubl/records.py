"""`rows`: what was read as flat records, one per document or line, as spreadsheets and data frames take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from .._arguments import checked
from .._masks import UNSEEN
from ..catalogs import TaxCode
from ..errors import InvalidInput
from ..models.application_response import VERDICTS, ApplicationResponse
from ..models.arithmetic import money_sum
from ..models.document import TradeDocument
from ..models.issuable import references_of
from ..models.lines import Line
from ..models.taxes import WITHHELD, TaxSubtotal, TaxTotal
from ..models.totals import EXACT, ZERO, Totals
from .received import Received

Row = dict[str, Any]
_FORMULA = re.compile(rf"[\t\r\n]|[\s{UNSEEN}]*[=+\-@\uff0b\uff0d\uff1d\uff20]")
"""How formulas begin, with the wide forms of East Asian input that spreadsheets take for the same signs (OWASP, «CSV
Injection»); whitespace and invisible characters may precede them."""
_NAMED_TAXES = {TaxCode.IVA.value: "iva", TaxCode.INC.value: "inc", TaxCode.ICA.value: "ica"}
_TAX_COLUMNS = (*_NAMED_TAXES.values(), "other_taxes", "withholdings")
_TOTAL_COLUMNS = tuple(Totals.model_fields)


class RowsOf(StrEnum):
    """What each record is about."""

    DOCUMENTS = "documents"
    LINES = "lines"
    TAXES = "taxes"


@checked
def rows(
    received: Received[Any] | Iterable[Received[Any]], of: RowsOf | str = RowsOf.DOCUMENTS, *, safe: bool = False
) -> list[Row]:
    """Return flat records of the invoices and notes in what was read, however deep they lie.

    ``of``: one record per document, one per line, or one per rate of each tax and withholding of the document as a
    whole (``tax`` is its code, ``withheld`` true where it is written as a withholding). Every record has the same
    columns, so that ``pandas.DataFrame(rows(received))`` is a table. Amounts are Decimal in the document's currency, as
    written; those of credit notes are positive: ``kind`` distinguishes them. ``iva``, ``inc`` and ``ica`` sum the taxes
    01, 04 and 03, ``other_taxes`` the rest; ``withholdings`` those that are withheld (05, 06, 07), wherever they are
    written.
    ``accepted`` and ``validated_at`` come from DIAN's answer beside the document, None without one. A datum that the
    document lacks is None. The same bytes met twice, as when a ZIP has the document inside and outside its container,
    count once.

    ``supplier_…`` and ``customer_…`` are the seller and the buyer as UBL names them, whichever of them issues;
    ``issuer_id`` is who issued: the supplier of an invoice, the customer of a document of type 05. Of a model without
    fields of these names ``supplier_…`` is who issued and ``customer_…`` the other side.

    ``purchase_date`` is the day of purchase of a support document's line; None in other lines.

    ``safe``: for files that a spreadsheet opens. Texts are those of whoever wrote the documents, and a spreadsheet
    runs as a formula what begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break; such texts get an apostrophe
    before them, also when whitespace precedes the sign. Numbers, dates and every other text stay as they are.

    Raises ``InvalidInput`` when ``of`` is something else.
    """
    try:
        each = _MADE[RowsOf(of)]
    except ValueError:
        raise InvalidInput.of("ubl.unknown_records", field="of", found=of) from None
    everything = [received] if isinstance(received, Received) else list(received)
    records: list[Row] = []
    seen: set[bytes] = set()
    for top in everything:
        answers = {answer.document.reference_key.lower(): answer.document for answer in _keyed(top)}
        for found in top.documents:
            digest = sha256(found.raw).digest()
            if digest not in seen:
                seen.add(digest)
                records.extend(each(found, answers.get((found.key or "").lower()), top))
    return [{name: inert(value) for name, value in record.items()} for record in records] if safe else records


def inert(value: Any) -> Any:
    """Return a cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _keyed(top: Received[Any]) -> Iterator[Any]:
    """Return DIAN's verdicts, which name the document that they answer; buyers' events are not verdicts."""
    return (answer for answer in top.answers if answer.document.reference_key and answer.document.code in VERDICTS)


def _document(found: Received[TradeDocument], answer: ApplicationResponse | None, top: Received[Any]) -> Iterator[Row]:
    document = found.document
    supplier, customer = _sides(found)
    totals = _datum(document, "totals")
    corrected = (each for _, each in references_of(document))
    yield {
        **_identity(found),
        "issued_at": _datum(document, "issued_at"),
        "due_date": getattr(document, "due_date", None),
        "type_code": getattr(document, "type_code", None) or found.kind.document_type,
        "operation": _datum(document, "operation"),
        "supplier_name": _datum(supplier, "name"),
        "customer_id_type": _datum(customer, "id_type"),
        "customer_id": _datum(customer, "id"),
        "customer_name": _datum(customer, "name"),
        "corrects": ", ".join(filter(None, (_datum(each, "number") for each in corrected))) or None,
        "currency": _datum(document, "currency"),
        "line_count": getattr(document, "line_count", None),
        **{name: _datum(totals, name) for name in _TOTAL_COLUMNS},
        "payable": _datum(document, "payable"),
        **(_taxes(document.taxes, getattr(document, "withholdings", ())) if found.kind.amounts else _NO_TAXES),
        "environment": found.control.environment,
        "signed": found.signed,
        "accepted": None if answer is None else answer.accepted,
        "validated_at": _datum(answer, "issued_at"),
        "problems": len(found.problems),
        "file": found.name or top.name,
    }


def _lines(found: Received[TradeDocument], answer: ApplicationResponse | None, top: Received[Any]) -> Iterator[Row]:
    document = found.document
    for position, line in enumerate(document.lines if found.kind.amounts else (), 1):
        yield {
            **_identity(found),
            "issued_at": _datum(document, "issued_at"),
            "customer_id": _datum(_sides(found)[1], "id"),
            "currency": _datum(document, "currency"),
            "line": line.id or str(position),
            "description": _datum(line, "description"),
            "seller_code": line.seller_code,
            "standard_code": line.standard_code,
            "quantity": _datum(line, "quantity"),
            "unit": _datum(line, "unit"),
            "price": _datum(line, "price"),
            **_allowances(line),
            "amount": line.amount,
            **_taxes(line.taxes, line.withholdings),
            "iva_percent": _percent(line),
            "purchase_date": _datum(_datum(line, "purchase"), "date"),
        }


def _tax_rows(found: Received[TradeDocument], answer: ApplicationResponse | None, top: Received[Any]) -> Iterator[Row]:
    document = found.document
    for withheld, total, rate in rates_of(found):
        yield {
            **_identity(found),
            "issued_at": _datum(document, "issued_at"),
            "customer_id": _datum(_sides(found)[1], "id"),
            "currency": _datum(document, "currency"),
            "tax": _datum(rate, "code"),
            "tax_name": _datum(rate, "name"),
            "withheld": withheld,
            "tax_percent": _datum(rate, "percent"),
            "taxable": _datum(rate, "taxable"),
            "amount": total.amount if rate is None else rate.amount,
        }


def rates_of(found: Received[Any]) -> list[tuple[bool, TaxTotal, TaxSubtotal | None]]:
    """Return each rate of the taxes and withholdings of a document; None for a tax without any."""
    if not found.kind.amounts:
        return []
    document = found.document
    written = ((False, document.taxes), (True, getattr(document, "withholdings", ())))
    return [
        (withheld, total, rate)
        for withheld, totals in written
        for total in totals
        for rate in total.subtotals or (None,)
    ]


_MADE: dict[RowsOf, Callable[..., Iterator[Row]]] = {
    RowsOf.DOCUMENTS: _document,
    RowsOf.LINES: _lines,
    RowsOf.TAXES: _tax_rows,
}


def _identity(found: Received[TradeDocument]) -> Row:
    document = found.document
    return {
        "kind": found.kind.name,
        "number": _datum(document, "number"),
        "key": found.key,
        "issuer_id": _datum(_datum(document, found.kind.roles.issuer), "id"),
        "supplier_id": _datum(_sides(found)[0], "id"),
    }


def _sides(found: Received[Any]) -> tuple[Any, Any]:
    """Return seller and buyer; who issued and the other side where the model has no such fields."""
    roles, fields = found.kind.roles, type(found.document).model_fields
    names = ("supplier", "customer")
    if not fields.keys() >= set(names):
        names = (roles.issuer, roles.counterpart)
    return _datum(found.document, names[0]), _datum(found.document, names[1])


_NO_TAXES: Row = dict.fromkeys(_TAX_COLUMNS)


def _datum(model: Any, name: str) -> Any:
    """Return a datum; None when the document lacks it or its parent."""
    return getattr(model, name, None)


def _taxes(taxes: Iterable[TaxTotal], withholdings: Iterable[TaxTotal]) -> Row:
    """Sum the taxes by column; None where the document lacks an amount or the tax code."""
    taxes = tuple(taxes)
    if any(total.code is None for total in taxes):
        return dict.fromkeys(_TAX_COLUMNS)
    sums: Row = dict.fromkeys(_TAX_COLUMNS, ZERO)
    columns = [(_column(total.code or ""), total.amount) for total in taxes]
    columns += [("withholdings", total.amount) for total in withholdings]
    for column, amount in columns:
        before = sums[column]
        sums[column] = None if before is None or amount is None else EXACT.add(before, amount)
    return sums


def _column(code: str) -> str:
    return "withholdings" if code in WITHHELD else _NAMED_TAXES.get(code, "other_taxes")


def _allowances(line: Line) -> Row:
    """Return the sums of discounts and charges; both None if a line lacks the kind or an amount."""
    told = [(_datum(each, "is_charge"), _datum(each, "amount")) for each in line.allowances]
    if any(None in pair for pair in told):
        return {"discounts": None, "charges": None}
    return {
        name: money_sum(amount for charged, amount in told if charged is charge)
        for name, charge in (("discounts", False), ("charges", True))
    }


def _percent(line: Line) -> Decimal | None:
    return next((total.percent for total in line.taxes if total.code == TaxCode.IVA.value), None)
