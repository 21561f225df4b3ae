"""What the API pages leave out: bases and defaults that only the library's own code names. An extension of griffe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from griffe import Attribute, Class, Expr, Extension

PUBLIC = frozenset(
    re.findall(
        r"^::: (\S+)$",
        "".join(page.read_text(encoding="utf-8") for page in sorted(Path("docs/api").glob("*.md"))),
        re.MULTILINE,
    )
)
"""What the pages list, by import path."""
NAMES = frozenset(path.rpartition(".")[2] for path in PUBLIC)
COMPUTED = re.compile(r"\b(?:lambda|factory|partial|field|Field|cast|slot|classmethod)\b|(?<![\w\"'])_[a-z]|\w\(")
"""A default that is computed: its docstring says how."""


class Internals(Extension):
    """Hide bases that no page lists, and values that are calls of the library's own functions."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Keep the bases that a page lists, or that are Python's."""
        cls.bases = [base for base in cls.bases if self.is_known(base)]

    def on_attribute(self, *, attr: Attribute, **_: Any) -> None:
        """Keep plain values."""
        if attr.value is not None and COMPUTED.search(str(attr.value)):
            attr.value = None

    @staticmethod
    def is_known(base: str | Expr) -> bool:
        """True if a page lists the base, or it is no name of the library's."""
        path = base if isinstance(base, str) else base.canonical_path
        return not path.startswith("dian_fe.") or path.rpartition(".")[2] in NAMES
