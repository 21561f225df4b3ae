"""Closed when writing: the codes of a new document must be in their catalogues.

Readers stay open; documents of others carry withdrawn and invented codes, which rules report as findings.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from ..catalogs import (
    AllowanceReason,
    CodeEnum,
    PartyTaxScheme,
    PaymentForm,
    PaymentMeans,
    ProductStandard,
    ReferencePrice,
    Responsibility,
    TaxCode,
    catalog,
)
from ..errors import InvalidInput, UnknownCode

if TYPE_CHECKING:
    from collections.abc import Collection

    from .document import TradeDocument

_LISTS: dict[str, type[CodeEnum]] = {
    "taxes": TaxCode,
    "payment_means": PaymentMeans,
    "payment_forms": PaymentForm,
    "standards": ProductStandard,
    "reference_prices": ReferencePrice,
    "responsibilities": Responsibility,
    "party_tax_schemes": PartyTaxScheme,
    "allowance_reasons": AllowanceReason,
}
_SETS = {name: frozenset(member.value for member in members) for name, members in _LISTS.items()}


def _uses(document: TradeDocument) -> Iterator[tuple[str, str | None, Collection[str], str]]:
    """Yield each code: its path, the code, the codes that serve, and the list that holds them."""
    yield "operation", document.operation, document.OPERATIONS, document.OPERATION_LIST
    if document.TYPE_CODES:
        yield "type_code", getattr(document, "type_code", None), document.TYPE_CODES, "document_types"
    yield "currency", document.currency, catalog("currencies"), "currencies"
    for side in ("supplier", "customer"):
        party = getattr(document, side)
        yield f"{side}.tax_scheme", party.tax_scheme, _SETS["party_tax_schemes"], "party_tax_schemes"
        for index, code in enumerate(party.responsibilities):
            yield f"{side}.responsibilities[{index}]", code, _SETS["responsibilities"], "responsibilities"
    for index, payment in enumerate(document.payments):
        yield f"payments[{index}].form", payment.form, _SETS["payment_forms"], "payment_forms"
        yield f"payments[{index}].means", payment.means, _SETS["payment_means"], "payment_means"
    for index, item in enumerate(document.allowances):
        yield f"allowances[{index}].reason_code", item.reason_code, _SETS["allowance_reasons"], "allowance_reasons"
    units = catalog("units")
    for index, line in enumerate(document.lines):
        where = f"lines[{index}]"
        yield f"{where}.unit", line.unit, units, "units"
        if line.standard is not None:
            yield f"{where}.standard", line.standard, _SETS["standards"], "product_standards"
        if line.reference_price is not None:
            code = line.reference_price.type_code
            yield f"{where}.reference_price.type_code", code, _SETS["reference_prices"], "reference_prices"
        for name, listed in (("taxes", document.TAX_CODES), ("withholdings", document.WITHHOLDING_CODES)):
            for position, total in enumerate(getattr(line, name)):
                for place, subtotal in enumerate(total.subtotals):
                    path = f"{where}.{name}[{position}].subtotals[{place}].code"
                    yield path, subtotal.code, listed or _SETS["taxes"], "tax_codes"


def _codes(document: TradeDocument) -> Hashable:
    """Return all the codes of a document at once: those of `_uses`, without their places.

    The document's taxes are those of its lines, gathered.
    """
    said = document.__dict__
    parties = [said["supplier"].__dict__, said["customer"].__dict__]
    totals = (*said["taxes"], *said.get("withholdings", ()))
    return (
        type(document),
        said["operation"],
        said.get("type_code"),
        said["currency"],
        *[party["tax_scheme"] for party in parties],
        *[party["responsibilities"] for party in parties],
        frozenset([(payment.form, payment.means) for payment in said["payments"]]),
        frozenset([item.reason_code for item in said["allowances"]]),
        frozenset([_line_codes(line.__dict__) for line in said["lines"]]),
        frozenset([subtotal.code for total in totals for subtotal in total.subtotals]),
    )


def _line_codes(said: dict[str, Any]) -> Hashable:
    price = said["reference_price"]
    return said["unit"], said["standard"], None if price is None else price.type_code


_known: set[Hashable] = set()
"""Codes that were all found in their lists: documents come with the same ones again and again."""
_MAX_KNOWN = 4096


def _unknown(named: str, code: str, path: str, known: Collection[str]) -> UnknownCode:
    error = catalog(named).unknown(code, field=path, among=known if isinstance(known, tuple) else None)
    error.found = code
    return error


def check_codes(document: TradeDocument) -> None:
    """Refuse codes that their catalogues do not hold: raises ``UnknownCode``, or ``InvalidInput`` listing several."""
    codes = _codes(document)
    if codes in _known:
        return
    wrong = [
        _unknown(named, code, path, known)
        for path, code, known, named in _uses(document)
        if code is not None and code not in known
    ]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise InvalidInput(
            f"{len(wrong)} códigos no están en sus listas: " + " | ".join(str(error) for error in wrong), errors=wrong
        )
    if len(_known) < _MAX_KNOWN:
        _known.add(codes)
