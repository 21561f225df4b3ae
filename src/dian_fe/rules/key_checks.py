"""The unique code of a document (CUFE, CUDE, CUDS), which its kind computes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .context import Context
from .party_checks import add
from .registry import Finding


def _key(context: Context) -> Iterator[Finding]:
    control, document = context.control, context.document
    if control.key is None:
        return
    expected = context.keys.key(document, secret=context.secret, environment=control.environment or "")
    if control.key != expected:
        yield Finding(found=control.key, expected=expected)


def key(*codes: str, **meta: Any) -> None:
    """Register: the unique code is the one that the document's data and the issuer's secret give."""
    add(codes, _key, "control.key", needs=("document", "control", "keys", "secret"), **meta)
