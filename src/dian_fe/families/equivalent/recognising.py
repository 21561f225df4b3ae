"""Which equivalent document a root element is: by its type code, in contingency by its profile."""

from __future__ import annotations

from typing import Any

from ..._text import fold
from ...catalogs import DocumentType
from ...ubl.namespaces import NAMESPACES
from .models import CONTINGENCY


def _text(root: Any, name: str) -> str:
    return (root.findtext(f"{{{NAMESPACES['cbc']}}}{name}") or "").strip()


def _is(root: Any, type_: DocumentType) -> bool:
    """True if a document is of a type: 07 and 08 say only that it is of contingency."""
    code = _text(root, "InvoiceTypeCode")
    return code == type_.value or (
        code in CONTINGENCY and fold(_text(root, "ProfileID")) == fold(type_.profile_id or "?")
    )


def is_pos_ticket(root: Any) -> bool:
    """True for type 20, and for contingency with its profile."""
    return _is(root, DocumentType.TIQUETE_POS)
