"""Extensions of names and values: ``<PuntoVenta><InformacionCajaVenta>(<Name/><Value/>)*</…></…>``.

They are in the namespace of the root, and the pairs have no element around them, which rows cannot express. DIAN's own
example has loose text between a name and its value, so only elements are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..._text import fold
from ...ubl.codecs import NAMES, TEXT, Codec
from ...ubl.codecs import text as text_of
from ...ubl.extensions import Slot, extension, local_name
from ...ubl.reader.elements import leniently
from ...ubl.table import Row, Structure
from .parts import NamedData, NamedDatum

if TYPE_CHECKING:
    from ...ubl.control import Control
    from ...ubl.paths import Places
    from ...ubl.reader.elements import Reader
    from ...ubl.reader.warnings import State
    from ...ubl.writer.compile import Writer

_FURTHER = Structure(
    "NamedDatum", NamedDatum, (Row("Name", "name", TEXT, "Nombre"), Row("Value", "value", TEXT, "Valor"))
)


class PairsSlot(Slot):
    """One wrapper with one group of pairs. Each row's path is the literal of a Name, with the field of its Value."""

    def __init__(self, block: str, group: str, model: type[NamedData], field: str, title: str, *rows: Row) -> None:
        super().__init__(block, Structure(model.__name__, model, ()), field)
        self.group = group
        self.title = title
        self.rows = rows
        self._named = {fold(row.path): row for row in rows}
        self._writers = tuple((text_of(row.path), row.field, _encoder(row.codec)) for row in rows)

    def structures(self) -> Mapping[str, tuple[Structure, str]]:
        """Return the group, whose pairs are not rows of the writer, and a pair of another name."""
        return {self.block: (self.structure, self.block), _FURTHER.name: (_FURTHER, _FURTHER.name)}

    def write(self, document: Any, control: Control, writers: Mapping[str, Writer]) -> str:
        """Write the pairs of DIAN's names in its order, then the others."""
        assert self.field is not None
        data: NamedData | None = getattr(document, self.field, None)
        if data is None:
            return ""
        values = data.__dict__
        pairs = "".join(
            f"<Name>{name}</Name><Value>{encode(values[field])}</Value>"
            for name, field, encode in self._writers
            if values[field] is not None
        )
        pairs += "".join(
            f"<Name>{text_of(each.name)}</Name>"
            + ("" if each.value is None else f"<Value>{text_of(each.value)}</Value>")
            for each in data.further
        )
        return pairs and extension(f"<{self.block}><{self.group}>{pairs}</{self.group}></{self.block}>")

    def read(self, block: Any, readers: Mapping[str, Reader], state: State, values: dict[str, Any]) -> None:
        """Read the pairs of every group by local name; those of names that DIAN does not have are kept as they are."""
        assert self.field is not None
        if self.field in values:
            state.unmapped.add(block)
            return
        found: dict[str, Any] = {}
        places: dict[str, Any] = {}
        state.structures.append((found, block, places, readers[self.block]))
        for group in block.iterchildren("*"):
            if local_name(group) == self.group:
                self._read(group, readers[_FURTHER.name], state, found, places)
            else:
                state.unmapped.add(group)
        values[self.field] = found

    def _read(self, group: Any, further: Reader, state: State, found: dict[str, Any], places: dict[str, Any]) -> None:
        name: Any = None
        for child in (*group.iterchildren("*"), None):
            local = "" if child is None else local_name(child)
            if local == "Value" and name is not None:
                self._pair(name, child, further, state, found, places)
                name = None
                continue
            if name is not None:
                self._pair(name, None, further, state, found, places)
            name = child if local == "Name" else None
            if child is not None and name is None:
                state.unmapped.add(child)

    def _pair(
        self, name: Any, value: Any, further: Reader, state: State, found: dict[str, Any], places: dict[str, Any]
    ) -> None:
        """Take one pair: into its field when the name is DIAN's, whatever its capitals and accents."""
        called = (name.text or "").strip()
        said = "" if value is None else (value.text or "").strip()
        for each in (name, value):
            if each is not None:
                for attribute in each.attrib:
                    state.unmapped.add(each, attribute)
                for inner in each.iterchildren("*"):
                    state.unmapped.add(inner)
        row = self._named.get(fold(called))
        if row is not None and row.field not in places:
            places[row.field] = name if value is None else value
            if called != row.path:
                state.understand(name, "el nombre no es el de la DIAN", row.path, called, owner=found, name=row.field)
            decoded = self._decoded(row, value, said, state, found) if said else None
            if decoded is not None:
                found[row.field] = decoded
            elif not said:
                state.lack(name if value is None else value, "está vacío", owner=found, name=row.field)
            return
        if not called:
            for each in (name, value):
                if each is not None:
                    state.unmapped.add(each)
            return
        pair = {"name": called} | ({} if value is None else {"value": said})
        state.structures.append((pair, name, {"name": name, "value": value}, further))
        found.setdefault("further", []).append(pair)

    @staticmethod
    def _decoded(row: Row, value: Any, said: str, state: State, found: dict[str, Any]) -> Any:
        codec = row.codec
        assert isinstance(codec, Codec)
        if codec.decode is None:
            return said
        try:
            return codec.decode(said)
        except ValueError as error:
            understood = leniently(codec, said)
            if understood is None:
                state.lack(value, str(error), said, owner=found, name=row.field)
            else:
                state.understand(value, str(error), format(understood, "f"), said, owner=found, name=row.field)
            return understood

    def place(self, places: Places, xpath: str) -> None:
        """Register each field at its Value, counted as when all are there."""
        group = f"{xpath}/{self.block}/{self.group}"
        places.add(self.field or "", f"{xpath}/{self.block}")
        for position, row in enumerate(self.rows, 1):
            places.add(f"{self.field}.{row.field}", f"{group}/Value[{position}]")
        places.add(f"{self.field}.further", group)

    def tables(self) -> Iterator[tuple[str, Structure, str, str]]:
        """Yield the pairs, each by the literal of its Name."""
        yield self.title, Structure(self.structure.name, self.structure.model, self.rows), self.block, f"{self.field}."


def _encoder(codec: Any) -> Any:
    """Return the function that writes a value of a codec as text."""
    return eval(f"lambda v: {codec.source.format('v')}", {**NAMES})
