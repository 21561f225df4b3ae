"""The grammar of a kind: rows, namespaces and extensions, for writer, reader, paths and reference page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..families.spec import DocumentKind
from . import vocabulary
from .namespaces import UBL, Namespaces
from .table import Const, Row, Structure

if TYPE_CHECKING:
    from .extensions import Slot


@dataclass(frozen=True, eq=False)
class Grammar:
    """The XML form of a kind of document."""

    rows: tuple[Row | Const, ...]
    """The table of the root element."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What the placeholders in the paths stand for: names that differ between kinds which share rows."""
    namespaces: Namespaces = UBL
    schema: str | Path | None = vocabulary.UBL
    """Tables of the elements with the XSD made of them: a folder under ``schemas/``, or a family's own as ``Path``,
    which may also lead to an XSD file alone. None: ``check`` reports that no schema validated it."""
    extensions: tuple[Slot, ...] = ()
    """What each ext:UBLExtension holds, in order; the place of the signature follows them."""

    @property
    def vocabulary(self) -> vocabulary.Vocabulary:
        """The children and texts that its elements may have, and the order of the children."""
        return vocabulary.vocabulary_of(self.schema)


def grammar_of(kind: DocumentKind) -> Grammar:
    """Return the grammar of a kind."""
    found: Grammar = kind.table
    return found


@cache
def structure_of(kind: DocumentKind) -> Structure:
    """Return the structure of a kind's root element."""
    return Structure(kind.root, kind.model_class, grammar_of(kind).rows)


def namespace_of(kind: DocumentKind) -> str:
    """Return the namespace of the root element."""
    return grammar_of(kind).namespaces.of(kind.root)
