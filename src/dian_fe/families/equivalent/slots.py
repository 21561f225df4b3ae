"""The extensions of equivalent documents, which rows cannot express: pairs of names and values, and open elements.

They are in the namespace of the root. Pairs have no element around them:
``<PuntoVenta><InformacionCajaVenta>(<Name/><Value/>)*</…></…>``. DIAN's own example has loose text between a name and
its value, so only elements are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..._text import fold
from ...ubl.codecs import NAMES, TEXT, Codec, attribute
from ...ubl.codecs import text as text_of
from ...ubl.extensions import Slot, extension, local_name
from ...ubl.namespaces import PREFIXES
from ...ubl.reader.elements import leniently
from ...ubl.reader.warnings import Unmapped
from ...ubl.table import Row, Structure
from .parts import DEEPEST, OPEN_PREFIXES, SHOWING_ELEMENTS, NamedData, NamedDatum, OpenElement, Showing, UtilityService

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
    """One wrapper with one group of pairs. Each row's path is the literal of a Name, with the field of its Value.

    Readers take several groups, as one implementer writes, and the group under ``other_spelling``.
    """

    def __init__(
        self,
        block: str,
        group: str,
        model: type[NamedData],
        field: str,
        title: str,
        *rows: Row,
        other_spelling: str = "",
    ) -> None:
        super().__init__(block, Structure(model.__name__, model, ()), field)
        self.group, self.other_spelling = group, other_spelling
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
            if local_name(group) in {self.group, self.other_spelling}:
                self._read(group, readers[_FURTHER.name], state, found, places)
            else:
                state.unmapped.add(group)
        if found:
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
        if row is not None and row.field not in found:
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


def written(element: OpenElement) -> str:
    """Return an open element in canonical form."""
    name = element.name
    told = sorted(element.attributes, key=lambda each: each.name)  # model_copy(update=…) checks nothing
    attributes = "".join(f' {each.name}="{attribute(each.value)}"' for each in told)
    inner = "".join(map(written, element.elements)) if element.elements else text_of(element.text or "")
    return f"<{name}{attributes}>{inner}</{name}>"


def opened(element: Any, state: State, depth: int = 1) -> dict[str, Any] | None:
    """Read an open element; what it cannot keep is unmapped: other namespaces, loose texts, what is too deep."""
    namespace, _, local = str(element.tag).removeprefix("{").rpartition("}")
    root = str(element.getroottree().getroot().tag).removeprefix("{").rpartition("}")[0]
    prefix = "" if namespace in {"", root} else PREFIXES.get(namespace, "?")
    if prefix not in {"", *OPEN_PREFIXES} or depth > DEEPEST:
        state.unmapped.add(element)
        return None
    children = list(element.iterchildren("*"))
    texts = (element.text, *(child.tail for child in children))
    said = " ".join(each.strip() for each in texts if each and each.strip())
    if children and said:
        state.tell(element, "hay texto entre los elementos; no se leyó como dato.", said)
    for name in element.attrib:
        if str(name).startswith("{"):
            state.unmapped.add(element, str(name))
    read = (opened(child, state, depth + 1) for child in children)
    return {
        "name": f"{prefix}:{local}" if prefix else local,
        "text": None if children else said or None,
        "attributes": [
            {"name": str(name), "value": str(value).strip()}
            for name, value in element.attrib.items()
            if not str(name).startswith("{")
        ],
        "elements": [each for each in read if each is not None],
    }


class ShowingSlot(Slot):
    """ShowroomInformation: elements that one source names, and any others (mark C)."""

    def __init__(self) -> None:
        show = "DataShow/"
        rows = (
            Row("Showroom", "cinema", TEXT, "Cine"),
            Row("ShowroomAddress", "address", TEXT, "Dirección del cine"),
            Row(f"{show}ExhibitionRoom", "room", TEXT, "Sala"),
            Row(f"{show}TotalChairs", "chairs", TEXT, "Sillas"),
            Row(f"{show}NameFunction", "film", TEXT, "Función"),
            Row(f"{show}SelectLocation", "seat", TEXT, "Ubicación elegida"),
            Row(f"{show}DateFunction", "date", TEXT, "Fecha de la función"),
            Row(f"{show}TimeFunction", "time", TEXT, "Hora de la función"),
        )
        super().__init__("ShowroomInformation", Structure("Showing", Showing, rows), "showing")

    def write(self, document: Any, control: Control, writers: Mapping[str, Writer]) -> str:
        """Write what the source names, then the other elements."""
        showing: Showing | None = getattr(document, "showing", None)
        if showing is None:
            return ""
        inner = writers[self.block](showing, control, "") + "".join(map(written, showing.further))
        return inner and extension(f"<{self.block}>{inner}</{self.block}>")

    def read(self, block: Any, readers: Mapping[str, Reader], state: State, values: dict[str, Any]) -> None:
        """Read the block; elements in it that the source does not name are kept as they are."""
        if "showing" in values:
            state.unmapped.add(block)
            return
        others = [each for each in block.iterchildren("*") if local_name(each) not in SHOWING_ELEMENTS]
        kept = set(others)
        before = state.unmapped
        state.unmapped = Unmapped()
        found = readers[self.block].read(block, state)
        for each, name in state.unmapped:
            if each not in kept:
                before.add(each, name)
        state.unmapped = before
        found["further"] = [each for each in (opened(other, state) for other in others) if each is not None]
        values["showing"] = found

    def tables(self) -> Iterator[tuple[str, Structure, str, str]]:
        """Yield what the source names."""
        yield (
            "Extensión de la función de cine (de una sola fuente, sin confirmar)",
            self.structure,
            self.block,
            "showing.",
        )


_SERVICE_ROWS = (
    Row("cbc:ID", "id", TEXT, "Consecutivo del servicio"),
    Row("cbc:Name", "name", TEXT, "Servicio o concepto"),
    Row("ext:ExtensionAgencyName", "company", TEXT, "Empresa que lo presta"),
    Row("ext:ExtensionReason", "collector", TEXT, "Empresa que recauda"),
)
_OWN, _OTHERS, _SPD = "Services_SPD", "OTHERCOMPANY_SPD", ' schemeID="SPD"'


class ServicesSlot(Slot):
    """One ext:UBLExtension for each service or concept billed, with a head of its own (mark B; what is inside, C).

    Services of another company have a block of another name, which a second slot reads; the first writes all.
    """

    def __init__(self, *, of_others: bool = False) -> None:
        super().__init__(_OTHERS if of_others else _OWN, Structure("UtilityService", UtilityService, ()), "services")
        self.of_others = of_others

    def write(self, document: Any, control: Control, writers: Mapping[str, Writer]) -> str:
        """Write every service in its order."""
        return "" if self.of_others else "".join(map(_service, getattr(document, "services", ())))

    def read(self, block: Any, readers: Mapping[str, Reader], state: State, values: dict[str, Any]) -> None:
        """Read one service: the head that its extension has, and what is inside as it is."""
        if block.getprevious() is not None:  # an extension holds one block (UBL 2.1, ext:ExtensionContent)
            state.unmapped.add(block)
            return
        found: dict[str, Any] = {"third_party": self.of_others}
        places: dict[str, Any] = {}
        known = {row.path.rpartition(":")[2]: row.field for row in _SERVICE_ROWS}
        for child in block.getparent().getparent().iterchildren("*"):
            name, said = known.get(local_name(child)), (child.text or "").strip()
            if name is not None and name not in found and said:
                found[name], places[name] = said, child
        state.structures.append((found, block, places, readers[self.block]))
        read = (opened(child, state) for child in block.iterchildren("*"))
        found["content"] = [each for each in read if each is not None]
        values.setdefault("services", []).append(found)

    def place(self, places: Places, xpath: str) -> None:
        """Register the services at the extensions that hold them."""
        places.maps.xpaths.setdefault("services", xpath.rpartition("/")[0])

    def tables(self) -> Iterator[tuple[str, Structure, str, str]]:
        """Yield the head of a service; what is inside is open."""
        if not self.of_others:
            rows = Structure("UtilityService", UtilityService, _SERVICE_ROWS)
            title = (
                "Extensión de cada servicio público (el contenido de Services_SPD, de una sola fuente, sin confirmar)"
            )
            yield title, rows, "ext:UBLExtension", "services[]."


def _service(service: UtilityService) -> str:
    """Return the extension of a service."""
    block, values = _OTHERS if service.third_party else _OWN, service.__dict__
    head = "".join(
        f"<{row.path}{_SPD if row.field == 'id' else ''}>{text_of(values[row.field])}</{row.path}>"
        for row in _SERVICE_ROWS
        if values[row.field] is not None
    )
    inner = "".join(map(written, service.content))
    content = f"<ext:ExtensionContent><{block}>{inner}</{block}></ext:ExtensionContent>"
    return f"<ext:UBLExtension>{head}{content}</ext:UBLExtension>"
