"""Group AJ: the issuer."""

from __future__ import annotations

from ....rules import party_checks

party_checks.tax_scheme("DEAJ40", of="supplier")
