"""The health sector's extension (CustomTagGeneral), in the namespace of the document's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...ubl.codecs import TEXT, attribute
from ...ubl.extensions import Slot, extension, local_name
from ...ubl.table import Attr, Row, Structure, structure
from .sector import HealthDatum, HealthSector, HealthTag, HealthUser

if TYPE_CHECKING:
    from ...ubl.control import Control
    from ...ubl.paths import Places
    from ...ubl.reader.elements import Reader
    from ...ubl.reader.warnings import State
    from ...ubl.writer.compile import Writer

HEALTH_DATUM = structure(
    HealthDatum,
    Row("Name", "name", TEXT, "Dato de salud"),
    Row(
        "Value",
        "value",
        TEXT,
        "Valor del dato",
        attrs=(Attr("schemeID", field="code"), Attr("schemeName", field="code_list")),
    ),
)

HEALTH_USER = Structure(
    "HealthUser",
    HealthUser,
    (Row("AdditionalInformation", "data", HEALTH_DATUM, "Datos del usuario de salud", many=True),),
)

HEALTH_TAG = Structure(
    "HealthTag", HealthTag, (Row("Name", "name", TEXT, "Etiqueta"), Row("Value", "value", TEXT, "Valor de la etiqueta"))
)


class _HealthSlot(Slot):
    """CustomTagGeneral: names and values alternate without an element around them, which rows cannot express."""

    def __init__(self) -> None:
        super().__init__("CustomTagGeneral", Structure("HealthSector", HealthSector, ()), "health")

    def structures(self) -> Mapping[str, tuple[Structure, str]]:
        return {"HealthTag": (HEALTH_TAG, "HealthTag"), "HealthUser": (HEALTH_USER, "HealthUser")}

    def write(self, document: Any, control: Control, writers: Mapping[str, Writer]) -> str:
        """Write the extension in the root's own (default) namespace, as accepted documents have it."""
        health: HealthSector | None = getattr(document, "health", None)
        if health is None:
            return ""
        tags = "".join(writers["HealthTag"](tag, control, "") for tag in health.tags)
        group, collection = (f' schemeName="{attribute(v)}"' if v else "" for v in (health.group, health.collection))
        users = "".join(
            f"<Collection{collection}>{writers['HealthUser'](user, control, '')}</Collection>" for user in health.users
        )
        inner = f"<Interoperabilidad><Group{group}>{users}</Group></Interoperabilidad>" if users else ""
        return extension(f"<CustomTagGeneral>{tags}{inner}</CustomTagGeneral>")

    def read(self, block: Any, readers: Mapping[str, Reader], state: State, values: dict[str, Any]) -> None:
        """Read the extension by local names: pairs of Name and Value, then the users' collections."""
        if "health" in values:
            state.unmapped.add(block)
        else:
            values["health"] = _read(block, readers, state)

    def place(self, places: Places, xpath: str) -> None:
        tag = f"{xpath}/CustomTagGeneral"
        places.add("health", tag)
        for row in HEALTH_TAG.rows:
            assert isinstance(row, Row)
            places.add(f"health.tags[].{row.name}", f"{tag}/{row.path}[]")
        group = f"{tag}/Interoperabilidad/Group"
        places.add("health.group", f"{group}/@schemeName")
        places.add("health.collection", f"{group}/Collection/@schemeName")
        places.add("health.users[]", f"{group}/Collection[]")
        places.structure(HEALTH_USER, "HealthUser", "health.users[].", f"{group}/Collection[]")

    def tables(self) -> Iterator[tuple[str, Structure, str, str]]:
        yield "Extensión del sector salud", HEALTH_TAG, "CustomTagGeneral", "health.tags[]."
        collection = "CustomTagGeneral/Interoperabilidad/Group/Collection"
        yield "Extensión del sector salud", HEALTH_USER, collection, "health.users[]."


HEALTH = _HealthSlot()


def _read(element: Any, readers: Mapping[str, Reader], state: State) -> dict[str, Any]:
    """Read CustomTagGeneral by local names: pairs of Name and Value, then the users' collections."""
    tags: list[dict[str, Any]] = []
    users: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    groups: list[Any] = []
    collections: list[Any] = []

    for child in element.iterchildren("*"):
        local = local_name(child)
        if local == "Name" or (local == "Value" and tags and "value" not in tags[-1]):
            if local == "Name":
                tags.append({})
            tags[-1][local.lower()] = child
        elif local == "Interoperabilidad":
            for group_element in child.iterchildren("*"):
                if local_name(group_element) != "Group":
                    state.unmapped.add(group_element)
                    continue
                groups.append(group_element)
                for collection_element in group_element.iterchildren("*"):
                    collections.append(collection_element)
                    users.append(readers["HealthUser"].read(collection_element, state))
        else:
            state.unmapped.add(child)
    for name, elements in (("group", groups), ("collection", collections)):
        _scheme(elements, values, name, state)
    values |= {"tags": [_tag(pair, readers["HealthTag"], state) for pair in tags], "users": users}
    return values


def _scheme(elements: list[Any], values: dict[str, Any], name: str, state: State) -> None:
    """Read an attribute that each group or collection repeats: the last one that is not empty counts."""
    told = [(element, element.get("schemeName")) for element in elements]
    values[name] = next((text.strip() for _, text in reversed(told) if text and text.strip()), None)
    for element, text in told:
        if text is not None and not text.strip():
            owner = values if values[name] is None else None
            state.lack(element, "está vacío", attribute="schemeName", owner=owner, name=name)
        elif text is not None and text.strip() != values[name]:
            state.unmapped.add(element, "schemeName")


def _tag(pair: dict[str, Any], reader: Reader, state: State) -> dict[str, Any]:
    """Read a Name and its Value, which have no element around them."""
    values: dict[str, Any] = {}
    state.structures.append((values, pair["name"], pair, reader))
    for name, element in pair.items():
        text = (element.text or "").strip()
        if text:
            values[name] = text
        else:
            state.lack(element, "está vacío", owner=values, name=name)
    if "name" not in values:
        state.absent.append((values, reader, ("name",)))
    return values
