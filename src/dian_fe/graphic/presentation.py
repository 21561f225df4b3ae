"""The content of a family's graphic representation, which it declares as ``presentation``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from ..catalogs import DocumentType
from ..families.spec import DocumentKind
from ..models._words import label_of
from .content import Label
from .labels import Labels

if TYPE_CHECKING:
    from ..models.issuer import Software
    from .content import Content
    from .source import Source


@dataclass(frozen=True, eq=False)
class Presentation:
    """The representación gráfica of documents with lines, taxes and totals; subclasses serve other shapes."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """Name of the label that titles a document, by its type code or the name of its kind."""
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Its own labels in Spanish and English, which override the usual ones."""
    required: Mapping[str, str] = field(default_factory=dict)
    """Model paths of required data, with their Spanish names."""

    def title(self, source: Source, label: Labels) -> Label:
        """Return the document's title: its own, that of DIAN's list, or the kind's."""
        code = getattr(source.document, "type_code", None) or source.kind.document_type
        name = self.titles.get(code) or self.titles.get(source.kind.name)
        if name is not None:
            return label(name)
        return Label(label_of("document_types", code) if DocumentType.by_code(code) else source.kind.label)

    def notices(self, source: Source, label: Labels) -> Iterable[Label]:
        """Return the family's own prominent notices, after the usual ones."""
        return ()

    def further(self, document: Any, label: Labels) -> Iterable[tuple[str, Iterable[tuple[Label, str]]]]:
        """Return the family's own sections: label of the heading, and fields."""
        return ()

    def content(
        self, source: Source, software: Software | None, authorized_on: date | None, english: bool
    ) -> Content | None:
        """Return everything shown; None where that is what any trade document shows (`making.trade_content`)."""
        return None


@cache
def presentation_of(kind: DocumentKind) -> Presentation | None:
    """Return the presentation of a kind; None for a kind without graphic representation."""
    found: Presentation | None = kind.family.load(kind.family.presentation)
    return found
