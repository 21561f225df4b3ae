"""ext:UBLExtensions: the health sector's extension, DIAN's, and the place of the signature, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .codecs import attribute
from .control import Control
from .kinds import NAMESPACES

if TYPE_CHECKING:
    from ..models.health import HealthSector
    from .compile import Writer
    from .reading import Reader, State

_OPEN, _CLOSE = "<ext:UBLExtension><ext:ExtensionContent>", "</ext:ExtensionContent></ext:UBLExtension>"
BEFORE = "<ext:UBLExtensions>"
SIGNATURE = _OPEN, f"{_CLOSE}</ext:UBLExtensions>"
"""What surrounds the place of the signature, which is the last extension."""


def health_extension(document: Any, control: Control, compiled: Mapping[str, Writer]) -> str:
    """Write the health sector's extension; nothing when the document has none."""
    health = getattr(document, "health", None)
    return "" if health is None else f"{_OPEN}{_health(health, control, compiled)}{_CLOSE}"


def dian_extension(control: Control, compiled: Mapping[str, Writer]) -> str:
    """Write DIAN's extension."""
    return f"{_OPEN}<sts:DianExtensions>{compiled['extensions'](control, control, '')}</sts:DianExtensions>{_CLOSE}"


def _health(health: HealthSector, control: Control, compiled: Mapping[str, Writer]) -> str:
    """Write CustomTagGeneral in the root's own (default) namespace, as accepted documents have it."""
    tags = "".join(compiled["health_tag"](tag, control, "") for tag in health.tags)
    group, collection = (f' schemeName="{attribute(v)}"' if v else "" for v in (health.group, health.collection))
    users = "".join(
        f"<Collection{collection}>{compiled['health_user'](user, control, '')}</Collection>" for user in health.users
    )
    inner = f"<Interoperabilidad><Group{group}>{users}</Group></Interoperabilidad>" if users else ""
    return f"<CustomTagGeneral>{tags}{inner}</CustomTagGeneral>"


def read_health(element: Any, readers: Mapping[str, Reader], state: State) -> dict[str, Any]:
    """Read CustomTagGeneral by local names: pairs of Name and Value, then the users' collections."""
    tags: list[dict[str, Any]] = []
    users: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    groups: list[Any] = []
    collections: list[Any] = []

    for child in element.iterchildren("*"):
        local = _local(child)
        if local == "Name" or (local == "Value" and tags and "value" not in tags[-1]):
            if local == "Name":
                tags.append({})
            tags[-1][local.lower()] = child
        elif local == "Interoperabilidad":
            for group_element in child.iterchildren("*"):
                if _local(group_element) != "Group":
                    state.unmapped.append((group_element, None))
                    continue
                groups.append(group_element)
                for collection_element in group_element.iterchildren("*"):
                    collections.append(collection_element)
                    users.append(readers["user"].read(collection_element, state))
        else:
            state.unmapped.append((child, None))
    for name, elements in (("group", groups), ("collection", collections)):
        _scheme(elements, values, name, state)
    values |= {"tags": [_tag(pair, readers["tag"], state) for pair in tags], "users": users}
    return values


def _scheme(elements: list[Any], values: dict[str, Any], name: str, state: State) -> None:
    """Read an attribute that each group or collection repeats: the last that says something counts."""
    told = [(element, element.get("schemeName")) for element in elements]
    values[name] = next((text.strip() for _, text in reversed(told) if text and text.strip()), None)
    for element, text in told:
        if text is not None and not text.strip():
            owner = values if values[name] is None else None
            state.tell(element, "está vacío; el dato falta.", attribute="schemeName", owner=owner, name=name)


def _tag(pair: dict[str, Any], reader: Reader, state: State) -> dict[str, Any]:
    """Read a Name and its Value, which have no element around them."""
    values: dict[str, Any] = {}
    state.elements[id(values)] = {**pair, "": pair["name"]}, reader
    for name, element in pair.items():
        text = (element.text or "").strip()
        if text:
            values[name] = text
        else:
            state.tell(element, "está vacío; el dato falta.", owner=values, name=name)
    if "name" not in values:
        state.absent.append((values, "name"))
    return values


def read_extensions(root: Any, kind_name: str, state: State) -> dict[str, Any]:
    """Read every extension of a document by local name, wherever it is; give the values for the model.

    DIAN's data go to ``state.control``; the signature is left to ``verify``; other vendors' blocks are unmapped.
    """
    from .reading import extension_readers

    readers = extension_readers(kind_name)
    values: dict[str, Any] = {}
    for extension in root.iterchildren(f"{{{NAMESPACES['ext']}}}UBLExtensions"):
        for content in extension.iter(f"{{{NAMESPACES['ext']}}}ExtensionContent"):
            for block in content.iterchildren("*"):
                local = _local(block)
                if local == "DianExtensions":
                    readers["dian"].read(block, state)
                elif local == "CustomTagGeneral" and "health" not in values:
                    values["health"] = read_health(block, readers, state)
                elif local != "Signature":
                    state.unmapped.append((block, None))
    return values


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
