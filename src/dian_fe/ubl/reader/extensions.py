"""Reads the extensions of a document into the values of its model."""

from __future__ import annotations

from functools import cache
from typing import Any

from ...families.spec import DocumentKind
from ..extensions import DIAN, Slot, local_name
from ..grammar import grammar_of
from ..namespaces import NAMESPACES
from .making import extension_readers
from .warnings import State

_EXTENSIONS, _CONTENT = (f"{{{NAMESPACES['ext']}}}{name}" for name in ("UBLExtensions", "ExtensionContent"))


@cache
def _slots(kind: DocumentKind) -> dict[str, Slot]:
    """Return the extensions of a kind by the local names of their blocks."""
    return {slot.local: slot for slot in (DIAN, *grammar_of(kind).extensions)}


def read_extensions(root: Any, kind: DocumentKind, state: State) -> dict[str, Any]:
    """Read every extension of a document by local name, wherever it is; return the values for the model.

    DIAN's data go to ``state.control``; the signature is left to ``verify``; other vendors' blocks are unmapped.
    """
    slots, readers = _slots(kind), extension_readers(kind)
    values: dict[str, Any] = {}
    for extensions in root.iterchildren(_EXTENSIONS):
        for content in extensions.iter(_CONTENT):
            for block in content.iterchildren("*"):
                slot = slots.get(local := local_name(block))
                if slot is not None:
                    slot.read(block, readers, state, values)
                elif local != "Signature":
                    state.unmapped.add(block)
    return values
