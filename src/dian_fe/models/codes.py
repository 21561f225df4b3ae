"""Closed code lists when writing: the codes of a new document must be in their catalogues.

Readers accept any code: received documents have withdrawn and invented ones, which rules report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ..catalogs import catalog
from ..errors import InvalidInput, UnknownCode


class _Codes(NamedTuple):
    """The codes valid in a field."""

    listed: str
    """Their list."""
    admitted: tuple[str, ...]
    """Its codes that the kind of document may have; empty: all."""
    known: frozenset[str | None]
    """All valid codes, and None for no code."""


@cache
def _codes(listed: str, admitted: tuple[str, ...] = ()) -> _Codes:
    return _Codes(listed, admitted, frozenset((None, *(admitted or catalog(listed)))))


class _Lists(NamedTuple):
    """The valid codes of a class of documents, by where they stand."""

    own: tuple[tuple[str, _Codes], ...]
    """Of its own fields that hold a code."""
    schemes: _Codes
    responsibilities: _Codes
    forms: _Codes
    means: _Codes
    reasons: _Codes
    units: _Codes
    standards: _Codes
    prices: _Codes
    taxes: _Codes
    withholdings: _Codes


_SHARED_LISTS = (
    *("party_tax_schemes", "responsibilities", "payment_forms", "payment_means", "allowance_reasons", "units"),
    *("product_standards", "reference_prices"),
)


@cache
def _lists(kind: Any) -> _Lists:
    types = (("type_code", _codes("document_types", kind.TYPE_CODES)),) if kind.TYPE_CODES else ()
    own = ("operation", _codes(kind.OPERATION_LIST, kind.OPERATIONS)), *types, ("currency", _codes("currencies"))
    taxes, withholdings = _codes("tax_codes", kind.TAX_CODES), _codes("tax_codes", kind.WITHHOLDING_CODES)
    return _Lists._make((own, *[_codes(each) for each in _SHARED_LISTS], taxes, withholdings))


def _wrong(document: Any) -> Iterator[tuple[str, _Codes, str]]:
    """Yield each invalid code, with the valid ones and its path."""
    values, kind = document.__dict__, document.__class__
    own, schemes, responsibilities, forms, means, reasons, units, standards, prices, taxes, withholdings = _lists(kind)
    for name, codes in own:
        if (code := values.get(name)) not in codes.known:
            yield code, codes, name
    for side in ("supplier", "customer"):
        party = values[side].__dict__
        if party["tax_scheme"] not in schemes.known:
            yield party["tax_scheme"], schemes, f"{side}.tax_scheme"
        for index, code in enumerate(party["responsibilities"]):
            if code not in responsibilities.known:
                yield code, responsibilities, f"{side}.responsibilities[{index}]"
    for index, payment in enumerate(values["payments"]):
        if payment.form not in forms.known:
            yield payment.form, forms, f"payments[{index}].form"
        if payment.means not in means.known:
            yield payment.means, means, f"payments[{index}].means"
    for index, item in enumerate(values["allowances"]):
        if item.reason_code not in reasons.known:
            yield item.reason_code, reasons, f"allowances[{index}].reason_code"
    for index, each in enumerate(values["lines"]):
        line = each.__dict__
        if line["unit"] not in units.known:
            yield line["unit"], units, f"lines[{index}].unit"
        if line["standard"] not in standards.known:
            yield line["standard"], standards, f"lines[{index}].standard"
        price = line["reference_price"]
        if price is not None and price.type_code not in prices.known:
            yield price.type_code, prices, f"lines[{index}].reference_price.type_code"
    yield from _wrong_taxes(values, "taxes", taxes)
    yield from _wrong_taxes(values, "withholdings", withholdings)


def _wrong_taxes(values: Mapping[str, Any], name: str, codes: _Codes) -> Iterator[tuple[str, _Codes, str]]:
    """Yield the wrong codes of the lines' taxes or withholdings, if any is among the document's totals."""
    if all(subtotal.code in codes.known for total in values.get(name, ()) for subtotal in total.subtotals):
        return
    for index, line in enumerate(values["lines"]):
        for position, total in enumerate(getattr(line, name)):
            for slot, subtotal in enumerate(total.subtotals):
                if subtotal.code not in codes.known:
                    yield subtotal.code, codes, f"lines[{index}].{name}[{position}].subtotals[{slot}].code"


def _unknown(code: str, codes: _Codes, path: str) -> UnknownCode:
    error = catalog(codes.listed).unknown(code, field=path, among=codes.admitted or None)
    error.found = code
    return error


def check_codes(document: Any) -> None:
    """Refuse codes that their catalogues do not hold: raises ``UnknownCode``, or ``InvalidInput`` listing several."""
    wrong = [_unknown(code, codes, path) for code, codes, path in _wrong(document)]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise InvalidInput(
            f"{len(wrong)} códigos no están en sus listas: " + " | ".join(str(error) for error in wrong), errors=wrong
        )
