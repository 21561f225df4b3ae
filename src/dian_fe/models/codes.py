"""Closed when writing: the codes of a new document must be in their catalogues.

Readers stay open; documents of others carry withdrawn and invented codes, which rules report as findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..catalogs import (
    AllowanceReason,
    CodeEnum,
    DocumentType,
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

    from .document import SalesDocument

_INVOICE_TYPES = frozenset({"01", "02", "03", "04"})
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
_OPTIONAL_STANDARDS, _OPTIONAL_PRICES = _SETS["standards"] | {None}, _SETS["reference_prices"] | {None}


def _uses(document: SalesDocument) -> Iterator[tuple[str, str | None, Collection[str], str]]:
    """Yield each code: its path, the code, the set it must be in, where to look it up. Lines only if one is wrong."""
    yield "operation", document.operation, document.OPERATIONS, "OperationType"
    type_code = getattr(document, "type_code", None)
    if document.kind == "invoice":  # type: ignore[attr-defined]
        yield "type_code", type_code, _INVOICE_TYPES, DocumentType.__name__
    yield "currency", document.currency, catalog("currencies"), "catalog('currencies')"
    for side in ("supplier", "customer"):
        party = getattr(document, side)
        yield f"{side}.tax_scheme", party.tax_scheme, _SETS["party_tax_schemes"], "PartyTaxScheme"
        for index, code in enumerate(party.responsibilities):
            yield f"{side}.responsibilities[{index}]", code, _SETS["responsibilities"], "Responsibility"
    for index, payment in enumerate(document.payments):
        yield f"payments[{index}].form", payment.form, _SETS["payment_forms"], "PaymentForm"
        yield f"payments[{index}].means", payment.means, _SETS["payment_means"], "PaymentMeans"
    for index, item in enumerate(document.allowances):
        yield f"allowances[{index}].reason_code", item.reason_code, _SETS["allowance_reasons"], "AllowanceReason"
    if not _lines_known(document):
        yield from _line_uses(document)


def _lines_known(document: SalesDocument) -> bool:
    """Tell whether the codes of all lines are known, without saying where: each distinct one is looked up once.

    The document's taxes are those of its lines, gathered.
    """
    units, standards, prices = set(), set(), set()
    for line in document.lines:
        said = line.__dict__
        units.add(said["unit"])
        standards.add(said["standard"])
        if said["reference_price"] is not None:
            prices.add(said["reference_price"].type_code)
    totals = (*document.taxes, *getattr(document, "withholdings", ()))
    taxes = {subtotal.code for total in totals for subtotal in total.subtotals}
    return (
        all(unit in catalog("units") for unit in units)
        and standards <= _OPTIONAL_STANDARDS
        and prices <= _OPTIONAL_PRICES
        and taxes <= _SETS["taxes"]
    )


def _line_uses(document: SalesDocument) -> Iterator[tuple[str, str | None, Collection[str], str]]:
    units = catalog("units")
    for index, line in enumerate(document.lines):
        where = f"lines[{index}]"
        yield f"{where}.unit", line.unit, units, "Unit o catalog('units')"
        if line.standard is not None:
            yield f"{where}.standard", line.standard, _SETS["standards"], "ProductStandard"
        if line.reference_price is not None:
            code = line.reference_price.type_code
            yield f"{where}.reference_price.type_code", code, _SETS["reference_prices"], "ReferencePrice"
        for group in (line.taxes, line.withholdings):
            for total in group:
                for subtotal in total.subtotals:
                    yield f"{where}.taxes", subtotal.code, _SETS["taxes"], "TaxCode"


def check_codes(document: SalesDocument) -> None:
    """Refuse codes that their catalogues do not hold: raises ``UnknownCode``, or ``InvalidInput`` listing several."""
    wrong = [
        UnknownCode(
            "el código no está en su lista.",
            field=path,
            found=code,
            expected=f"un valor de dian_fe.catalogs.{where}",
            remedy=f"elija el código en dian_fe.catalogs.{where}.",
        )
        for path, code, known, where in _uses(document)
        if code is not None and code not in known
    ]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise InvalidInput(
            f"{len(wrong)} códigos no están en sus listas: " + " | ".join(str(error) for error in wrong), errors=wrong
        )
