"""Names that must be written exactly beside their codes."""

from __future__ import annotations

from typing import Final

from .parties import PartyTaxScheme
from .taxes import TaxCode

__all__ = ["PARTY_TAX_SCHEME_NAMES", "TAX_NAMES"]

TAX_NAMES: Final[dict[str, str]] = {code.value: code.label for code in TaxCode if code is not TaxCode.OTROS}
"""Exact cbc:Name by tax code (annex 1.9, table 13.2.2). Code ZZ is not here: its name is that of the levy itself."""

PARTY_TAX_SCHEME_NAMES: Final[dict[str, str]] = {code.value: code.label for code in PartyTaxScheme}
"""Exact cbc:Name by tax code of a party (annex 1.9, table 13.2.6.2); another case of it is notified (FAK41)."""
