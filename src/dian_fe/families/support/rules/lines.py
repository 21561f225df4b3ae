"""Groups AZ and FC: the product's standard code, and the date of the purchase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....catalogs import SupportDocumentTransmission
from ....rules.context import Context
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent

_EXPECTED: Final = "la fecha de la compra y la forma de transmisión"
_MANNERS: Final = tuple(member.value for member in SupportDocumentTransmission)

absent("DSAZ10", filled=True)
absent("DSAZ13")


@rule("DSFC01", path="lines[].purchase")
def purchase_is_told(context: Context) -> Iterator[Finding]:
    """Every line has the day of its purchase, and a listed code for its transmission."""
    for index, line in enumerate(context.document.lines):
        path, purchase = f"lines[{index}].purchase", line.purchase
        if purchase is None:
            yield Finding(path, None, _EXPECTED)
            continue
        if not purchase.has("date"):
            yield Finding(f"{path}.date", None, "la fecha de la compra")
        manner = purchase.transmission if purchase.has("transmission") else None
        if manner not in _MANNERS:
            yield Finding(f"{path}.transmission", manner, ", ".join(_MANNERS))
