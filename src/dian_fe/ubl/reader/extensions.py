"""Reads the extensions of a document into the values of its model."""

from __future__ import annotations

from typing import Any

from ...families.spec import DocumentKind
from ..extensions import DIAN, local_name
from ..grammar import grammar_of
from ..namespaces import NAMESPACES
from .making import extension_readers
from .warnings import State


def read_extensions(root: Any, kind: DocumentKind, state: State) -> dict[str, Any]:
    """Read every extension of a document by local name, wherever it is; return the values for the model.

    DIAN's data go to ``state.control``; the signature is left to ``verify``; other vendors' blocks are unmapped.
    """
    slots = {slot.local: slot for slot in (DIAN, *grammar_of(kind).extensions)}
    readers = extension_readers(kind)
    values: dict[str, Any] = {}
    for extensions in root.iterchildren(f"{{{NAMESPACES['ext']}}}UBLExtensions"):
        for content in extensions.iter(f"{{{NAMESPACES['ext']}}}ExtensionContent"):
            for block in content.iterchildren("*"):
                slot = slots.get(local := local_name(block))
                if slot is not None:
                    slot.read(block, readers, state, values)
                elif local != "Signature":
                    state.unmapped.add(block)
    return values
