"""What the paper of a family shows: a family declares its own as ``presentation``."""

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
    """The representación gráfica of documents with lines, taxes and totals; subclasses show those of other shapes."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """Name of the label that titles a document, by its type code or the name of its kind."""
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Labels of its own in Spanish and English, and other words for the usual ones."""
    required: Mapping[str, str] = field(default_factory=dict)
    """Model paths of what it cannot be made without, and what people call it."""

    def title(self, source: Source, label: Labels) -> Label:
        """Return what the document is called: its own title, that of DIAN's list, or the kind's."""
        code = getattr(source.document, "type_code", None) or source.kind.document_type
        name = self.titles.get(code) or self.titles.get(source.kind.name)
        if name is not None:
            return label(name)
        return Label(label_of("document_types", code) if DocumentType.by_code(code) else source.kind.label)

    def further(self, document: Any, label: Labels) -> Iterable[tuple[str, Iterable[tuple[Label, str]]]]:
        """Return sections of its own: the label of the head, and what it says."""
        return ()

    def content(self, source: Source, software: Software | None, authorized_on: date | None, english: bool) -> Content:
        """Return all that is shown."""
        from .making import trade_content

        return trade_content(self, source, software, authorized_on, english)


@cache
def presentation_of(kind: DocumentKind) -> Presentation | None:
    """Return what the paper of a kind shows; None for one that is not drawn."""
    found: Presentation | None = kind.family.load(kind.family.presentation)
    return found
