"""ext:UBLExtensions: the slots that a grammar declares, in its order, and the place of the signature after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .control import Control
from .table import Structure, has_attributes
from .tables.extension import DIAN_EXTENSIONS

if TYPE_CHECKING:
    from .paths import Places
    from .reader.elements import Reader
    from .reader.warnings import State
    from .writer.compile import Writer

BEFORE = "<ext:UBLExtensions>"
_OPEN, _CLOSE = "<ext:UBLExtension><ext:ExtensionContent>", "</ext:ExtensionContent></ext:UBLExtension>"
SIGNATURE = _OPEN, f"{_CLOSE}</ext:UBLExtensions>"
"""What surrounds the place of the signature, which is the last extension."""
CONTENT = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"
"""Path of what an extension holds, from the root."""


class Slot:
    """One ext:UBLExtension with one block in it, which is a structure of the tables.

    Subclasses serve blocks that rows cannot express.
    """

    def __init__(self, block: str, structure: Structure, field: str | None = None) -> None:
        """Declare a block by its tag: the value of a field of the model, or of `Control` without ``field``."""
        self.block = block
        self._end = "" if has_attributes(structure) else ">"
        self.structure = structure
        self.field = field

    @property
    def local(self) -> str:
        """Local name of the block, by which it is recognised when reading."""
        return self.block.rpartition(":")[2]

    def structures(self) -> Mapping[str, tuple[Structure, str]]:
        """Return what is compiled for it: the structure and the type of its element, by a name."""
        return {self.block: (self.structure, self.block)}

    def write(self, document: Any, control: Control, writers: Mapping[str, Writer]) -> str:
        """Return the extension in canonical form; empty when the document has no such data."""
        value = control if self.field is None else getattr(document, self.field, None)
        inner = "" if value is None else writers[self.block](value, control, "")
        return inner and extension(f"<{self.block}{self._end}{inner}</{self.block}>")

    def read(self, block: Any, readers: Mapping[str, Reader], state: State, values: dict[str, Any]) -> None:
        """Read the block into the values of the model, or into ``state.control``."""
        if self.field is None:
            readers[self.block].read(block, state)
        elif self.field in values:
            state.unmapped.add(block)
        else:
            values[self.field] = readers[self.block].read(block, state)

    def place(self, places: Places, xpath: str) -> None:
        """Register where its data are; ``xpath`` is that of the extension's content."""
        path = "" if self.field is None else f"{self.field}."
        if self.field is not None:
            places.add(self.field, f"{xpath}/{self.block}")
        places.structure(self.structure, self.block, path, f"{xpath}/{self.block}")

    def tables(self) -> Iterator[tuple[str, Structure, str, str]]:
        """Yield title, structure, path of its element and prefix of its fields' model paths, for the reference page."""
        yield "Extensión de la DIAN", self.structure, self.block, "control." if self.field is None else f"{self.field}."


DIAN = Slot("sts:DianExtensions", DIAN_EXTENSIONS)
"""DIAN's own extension (annex 1.9, section 6.1)."""


def extension(block: str) -> str:
    """Return a block as an extension."""
    return f"{_OPEN}{block}{_CLOSE}"


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
