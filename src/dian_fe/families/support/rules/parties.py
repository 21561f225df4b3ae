"""Values against which both parties are checked."""

from __future__ import annotations

from typing import Final

from ....rules import party_checks

RESPONSIBILITIES: Final = party_checks.RESPONSIBILITIES | {"O-48", "O-49"}
"""Those of every document, and the two of IVA that DIAN's lists for support documents add."""
