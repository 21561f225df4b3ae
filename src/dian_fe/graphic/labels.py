"""The labels of a representación gráfica, in Spanish and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from .content import Label

_LINES = (files(__package__) / "labels.tsv").read_text(encoding="utf-8").splitlines()[1:]
TEXTS: Mapping[str, tuple[str, str]] = {
    name: (spanish, english) for name, spanish, english in (line.split("\t") for line in _LINES)
}
"""Spanish and English of each label, by name: ``labels.tsv``."""

Labels = Callable[[str], Label]


def labels(english: bool, own: Mapping[str, tuple[str, str]] = TEXTS) -> Labels:
    """Return the function that makes labels by name, with English beside the Spanish when requested.

    ``own``: labels of a family, which override the usual ones.
    """

    def label(name: str) -> Label:
        spanish, other = own[name] if name in own else TEXTS[name]
        return Label(spanish, other if english and other != spanish else None)

    return label
