"""Where the facts lie that tests may compare with."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.repository import ROOT


def shared_dir() -> Path | None:
    """Return the folder of facts: that of DIAN_FE_SHARED, else the one beside the repository; None without either."""
    named = os.environ.get("DIAN_FE_SHARED")
    path = Path(named) if named else ROOT.parent / "shared"
    return path if path.is_dir() else None
