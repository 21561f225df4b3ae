"""Rules of the codes that every family shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .context import Context
from .registry import Finding, rule

_LARGEST: Final = 500 * 1024


@rule("ZA01", needs=("xml",))
def not_too_large(context: Context) -> Iterator[Finding]:
    """The XML has at most 500 KB."""
    if context.subject.xml.size > _LARGEST:
        yield Finding(
            node=context.subject.xml.all("")[0], found=f"{context.subject.xml.size} bytes", expected=f"hasta {_LARGEST}"
        )
