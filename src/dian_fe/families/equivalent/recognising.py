"""The debit note to an equivalent document, which has no type code: its profile tells it, or what it adjusts."""

from __future__ import annotations

from typing import Any, Final

from ..._text import fold
from ...catalogs import DocumentType
from ...ubl.namespaces import NAMESPACES

_ADJUSTED: Final = frozenset(member.value for member in DocumentType if member.family == "equivalent") - {
    DocumentType.JUEGOS_LOCALIZADOS_Y_NO_LOCALIZADOS.value
}
"""Operations that only these notes have: 30 is also that of a debit note of sales."""


def is_debit_note(root: Any) -> bool:
    """True if the profile speaks of an equivalent document, or the operation is the type of one."""
    profile, operation = (root.findtext(f"{{{NAMESPACES['cbc']}}}{name}") for name in ("ProfileID", "CustomizationID"))
    return "documento equivalente" in fold(profile or "") or (operation or "").strip() in _ADJUSTED
