"""What both parties are checked with."""

from __future__ import annotations

from typing import Final

from ....rules import party_checks

RESPONSIBILITIES: Final = party_checks.RESPONSIBILITIES | {"O-48", "O-49"}
"""Those of every document, and the two of IVA that DIAN's lists for the support document have besides."""
