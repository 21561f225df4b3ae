"""Why a document is invalid, in Spanish: place, what was expected, what was found, what to do.

libxml2 has said which elements are at fault; ``xmlschema`` says what their declarations require. Only the faulty
elements are looked at, one level deep, so the cost does not grow with the document. This module is imported for invalid
documents only.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree
from lxml.etree import _Element
from xmlschema import XMLSchema10, XMLSchemaException
from xmlschema.validators.exceptions import XMLSchemaChildrenValidationError

from .._shown import clipped
from ..faults import Fault, Severity
from . import vocabulary
from .xpaths import Whereabouts
from .xsd import MAX_FAULTS, SOURCE, Complaint, path_of

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_OF_ANY = frozenset(f"{_XSI}{name}" for name in ("nil", "noNamespaceSchemaLocation", "schemaLocation", "type"))
"""Attributes that any element may have (XML Schema, part 1, section 2.6)."""
_CONTENT = etree.ErrorTypes.SCHEMAV_ELEMENT_CONTENT
_MANY = 8
"""From this many names on, a list of them no longer helps."""

_LONG = 200
"""From this length on a value found is cut."""

_MORE = f"Se explican los primeros {MAX_FAULTS} errores de esquema: puede haber más."
_SAMPLE = 1000
"""Most children of one element that are looked at."""

_OF_ATTRIBUTE = re.compile("Element '[^']*', attribute '([^']*)': ")
"""How libxml2 begins a complaint about the value of an attribute."""

_lock = threading.Lock()
"""``xmlschema`` does not promise that its objects can be shared between threads."""

_VALUES: dict[str, tuple[str, str]] = {
    "decimal": (
        "un número decimal",
        "Escriba el número con punto decimal, sin separador de miles ni símbolo de moneda: 1234.50.",
    ),
    "date": ("una fecha AAAA-MM-DD", "Escriba la fecha como 2026-03-02."),
    "time": ("una hora HH:MM:SS, con zona -05:00", "Escriba la hora como 10:15:00-05:00."),
    "dateTime": ("una fecha y hora AAAA-MM-DDTHH:MM:SS-05:00", "Escríbala como 2026-03-02T10:15:00-05:00."),
    "boolean": ("true o false", "Escriba true o false en minúsculas."),
    "base64Binary": ("datos en base64", "Codifique los bytes en base64, sin otros caracteres."),
    "integer": ("un número entero", "Escriba solo dígitos."),
    "long": ("un número entero", "Escriba solo dígitos."),
    "language": ("un código de idioma, como es o es-CO", "Escriba el código de idioma ISO 639."),
    "anyURI": ("una URI", "Codifique los caracteres que una URI no admite (%20 por un espacio)."),
    "string": ("un texto", "Corrija el texto."),
    "normalizedString": ("un texto", "Corrija el texto."),
    "ID": (
        "un identificador único que empiece por letra o guion bajo, sin espacios",
        "Anteponga una letra al identificador y no lo repita en el documento.",
    ),
}


class _Reason(NamedTuple):
    """What is wrong with an element: the place is it, or one of its attributes."""

    element: Any
    message: str
    hint: str
    expected: str | None = None
    found: str | None = None
    attribute: str = ""


def explain(
    top: _Element,
    complaints: Sequence[Complaint],
    file: str,
    code: str,
    severity: Severity,
    where: Whereabouts | None = None,
    own: str = "",
) -> list[Fault]:
    """Turn complaints about a tree into faults; ``top`` is the element that was judged by ``file``.

    Elements of the namespace ``own`` are called by their local names.
    """
    with _lock:
        found: dict[tuple[_Element, str, str], Fault] = {}
        find = _Finder(top)
        where = where or Whereabouts()
        explainer = _Explainer(file, own)
        for complaint in complaints:
            node = find(complaint.path)
            if len(found) >= MAX_FAULTS:
                break
            for reason in explainer.reasons(node, complaint):
                key = (reason.element, reason.attribute, reason.message)
                if key not in found:
                    found[key] = Fault(
                        code=code,
                        severity=severity,
                        message=reason.message,
                        xpath=where.of(reason.element, reason.attribute),
                        hint=reason.hint,
                        expected=reason.expected,
                        found=None if reason.found is None else clipped(reason.found, _LONG),
                        source=SOURCE,
                    )
        faults = list(found.values())
        if len(complaints) >= MAX_FAULTS:
            faults[-1] = replace(faults[-1], message=f"{faults[-1].message} {_MORE}")
        return faults


@cache
def _declarations(file: str) -> tuple[Any, dict[str, Any]]:
    """Load the global declarations of elements, and all of them by name, of a schema that is trusted to be valid."""
    # As a URI, because xmlschema decodes the «%» of a plain path.
    maps: Any = XMLSchema10(path_of(file).as_uri(), validation="skip", allow="local").maps
    local = {
        child.name: child
        for kind in maps.types.values()
        if kind.is_complex() and not kind.has_simple_content()
        for child in kind.content.iter_elements()
        if child.name
    }
    return maps.elements, local | dict(maps.elements.items())


def _sampled(element: _Element) -> tuple[_Element, dict[_Element, _Element], bool]:
    """Return the element with children of the same names, each with the one it stands for, and whether that is all.

    ``xmlschema`` counts all children for each error: of a run of one name it gets no more than the faults reported.
    """
    sample = etree.Element(element.tag, {str(key): str(value) for key, value in element.attrib.items()})
    children: dict[_Element, _Element] = {}
    last, times = "", 0
    for child in element.iterchildren("*"):
        times = times + 1 if child.tag == last else 1
        last = str(child.tag)
        if times > MAX_FAULTS + 1:
            continue
        if len(children) >= _SAMPLE:
            return sample, children, False
        children[etree.SubElement(sample, last)] = child
    return sample, children, True


class _Siblings:
    """The children of an element, counted once for all faults about them."""

    def __init__(self, parent: _Element) -> None:
        self.parent = parent
        self.tags: list[str] = []
        self.places: dict[_Element, tuple[int, int]] = {}
        """Position of each child among all and among those of its name."""
        self.times: Counter[str] = Counter()
        self.first: dict[str, int] = {}
        for at, child in enumerate(parent.iterchildren("*")):
            tag = str(child.tag)
            self.tags.append(tag)
            self.first.setdefault(tag, at)
            self.places[child] = at, self.times[tag]
            self.times[tag] += 1


class _Explainer:
    """Asks the declarations of one schema what they require of elements."""

    def __init__(self, file: str, own: str) -> None:
        self._file = file
        self._own = own
        self._known: dict[_Element, list[_Reason]] = {}

    def reasons(self, node: _Element, complaint: Complaint) -> list[_Reason]:
        """Return why an element is faulty by its declaration; for an unexpected child, by its parent's first."""
        parent = node.getparent()
        asked = [node]
        if complaint.type == _CONTENT and parent is not None and "Missing child" not in complaint.text:
            asked.insert(0, parent)
        for element in asked:
            if element not in self._known:
                self._known[element] = self._asked(element)
            if self._known[element]:
                return self._known[element]
        return [self._unexplained(node, complaint)]

    def _asked(self, element: _Element) -> list[_Reason]:
        try:
            declaration = self._declaration(element)
            return [] if declaration is None else list(islice(self._of_element(declaration, element), MAX_FAULTS))
        except XMLSchemaException:
            # Some values make xmlschema stop (an xsi:type that does not exist): libxml2's own words remain.
            return []

    def _declaration(self, element: _Element) -> Any:
        """Return the declaration of an element: an element of that name may have another one elsewhere."""
        everywhere, by_name = _declarations(self._file)
        steps = [element, *element.iterancestors()]
        found: Any = None
        for step in reversed(steps):
            tag = str(step.tag)
            inside = found.type.content if found is not None and not found.type.has_simple_content() else None
            here: Any = () if inside is None or found.type.is_simple() else inside.iter_elements()
            found = next((child for child in here if child.name == tag), None) or everywhere.get(tag)
        return by_name.get(str(element.tag)) if found is None else found

    def _of_element(self, declaration: Any, element: _Element) -> Iterator[_Reason]:
        kind = declaration.type
        yield from self._attributes(kind.attributes if kind.is_complex() else {}, element)
        if kind.is_simple() or kind.has_simple_content():
            yield from self._text(kind, element)
        else:
            yield from self._children(declaration, element)

    def _attributes(self, admitted: Mapping[str | None, Any], element: _Element) -> Iterator[_Reason]:
        """Yield what is wrong with attributes; ``admitted`` has those of the element's type, and None for any other."""
        name = self._name(element.tag)
        declared = {key: value for key, value in admitted.items() if key is not None}
        for key, item in declared.items():
            if item.use == "required" and key not in element.attrib:
                message = f"A {name} le falta el atributo {key}, que es obligatorio."
                yield _Reason(element, message, f"Escriba el atributo {key} en {name}.", f"@{key}", attribute=key)
        for key, text in ((str(key), str(value)) for key, value in element.attrib.items()):
            written = self._name(key)
            if key in declared:
                if not declared[key].type.is_valid(text):
                    expected, hint = _described(declared[key].type)
                    message = f"El atributo {key} de {name} no es {expected}."
                    yield _Reason(element, message, hint, expected, text, attribute=written)
            elif key not in _OF_ANY and None not in admitted:
                message = f"{name} no admite el atributo {written}."
                hint = _similar(key, list(declared)) or "Quite el atributo."
                expected = _listed([f"@{other}" for other in declared]) or "ningún atributo"
                yield _Reason(element, message, hint, expected, f"{written}={text!r}", attribute=written)

    def _text(self, kind: Any, element: _Element) -> Iterator[_Reason]:
        name = self._name(element.tag)
        content = kind.content if kind.is_complex() else kind
        expected, hint = _described(content)
        children = [child for child in element if isinstance(child.tag, str)]
        if children:
            message = f"{name} contiene un texto: no admite elementos dentro."
            yield _Reason(children[0], message, f"Deje en {name} solo el texto.", expected, self._name(children[0].tag))
            return
        text = _own_text(element)
        if content.is_valid(text):
            return
        if text.strip():
            yield _Reason(element, f"El valor de {name} no es {expected}.", hint, expected, text)
        else:
            hint = "Quite el elemento si no tiene valor; si es obligatorio, escríbalo."
            yield _Reason(element, f"{name} está vacío.", hint, expected, text)

    def _children(self, declaration: Any, element: _Element) -> Iterator[_Reason]:
        name = self._name(element.tag)
        if not declaration.type.mixed:
            stray = _own_text(element).strip()
            if stray and not len(declaration.type.content):
                message = f"{name} no admite texto: sus datos son atributos."
                yield _Reason(element, message, "Quite el texto o póngalo en su atributo.", "solo atributos", stray)
            elif stray:
                message = f"{name} contiene elementos: no admite texto suelto."
                hint = f"Quite el texto o póngalo en el elemento de {name} que le corresponde."
                yield _Reason(element, message, hint, "solo elementos", stray)
        siblings = _Siblings(element)
        sample, children, whole = _sampled(element)
        for error in declaration.iter_errors(sample, max_depth=1):
            if error.elem is not sample or not isinstance(error, XMLSchemaChildrenValidationError):
                continue
            child: Any = error.invalid_child
            wanted = [self._name(item.name) for item in error.expected or () if getattr(item, "name", None)]
            if child is not None:
                yield self._unexpected(declaration.type.content, siblings, children[child], wanted)
            elif whole:
                yield self._incomplete(element, wanted)

    def _incomplete(self, element: _Element, wanted: list[str]) -> _Reason:
        name = self._name(element.tag)
        if not wanted:
            hint = "Firme el documento si ese lugar espera la firma; si no, quite la extensión vacía."
            return _Reason(element, f"{name} está vacío.", hint, "un elemento")
        message = f"En {name} falta {' o '.join(wanted[:_MANY])}."
        return _Reason(element, message, f"Escriba {wanted[0]} al final de {name}.", _listed(wanted))

    def _unexpected(self, group: Any, siblings: _Siblings, child: Any, wanted: list[str]) -> _Reason:
        """Return the reason why a child may not stand where it does."""
        parent = siblings.parent
        name, owner = self._name(child.tag), self._name(parent.tag)
        expected = _listed(wanted) or f"el final de {owner}"
        particles = list(group)
        if owner == "ext:ExtensionContent":
            hint = "Ponga cada extensión en su propio ext:UBLExtension."
            return _Reason(child, f"{owner} admite un solo elemento.", hint, expected, name)
        if not all(getattr(particle, "type", None) for particle in particles):  # a choice, or any element
            hint = "Quite el elemento o póngalo donde el esquema lo admite."
            return _Reason(child, f"{name} no puede estar en este lugar de {owner}.", hint, expected, name)
        order = {particle.name: position for position, particle in enumerate(particles)}
        mine = order.get(str(child.tag))
        if mine is None:
            hint = self._foreign_hint(str(child.tag), [self._name(tag) for tag in order])
            return _Reason(child, f"{name} no pertenece a {owner}.", hint, expected, name)
        most = particles[mine].max_occurs
        at, earlier = siblings.places[child]
        if most is not None and earlier >= most:
            times = siblings.times[str(child.tag)]
            message = f"{name} aparece {times} veces en {owner}; se admite {most}."
            return _Reason(child, message, "Deje uno solo.", f"{most} vez", name)
        before = sorted((place, tag) for tag, place in siblings.first.items() if place < at)
        later = [tag for _, tag in before if order.get(tag, -1) > mine]
        present = {self._name(tag) for tag in siblings.times if tag in order}
        missing = [tag for tag in wanted if tag not in present]
        if not later and missing:
            message = f"En {owner} falta {' o '.join(missing[:_MANY])}, antes de {name}."
            return _Reason(parent, message, f"Escriba {missing[0]} antes de {name}.", _listed(missing), name)
        after = f"después de {wanted[0]}" if wanted else "en otro lugar"
        neighbour = f"antes de {self._name(later[0])}" if later else after
        message = f"{name} está fuera de orden en {owner}: va {neighbour}."
        hint = f"Mueva {name}: el esquema fija el orden de los elementos."
        found = f"{name} después de {self._name(siblings.tags[at - 1])}" if at else f"{name} al comienzo"
        return _Reason(child, message, hint, f"{name} {neighbour}", found)

    def _foreign_hint(self, tag: str, siblings: list[str]) -> str:
        name = self._name(tag)
        local = tag.rpartition("}")[2]
        for sibling in siblings:
            if sibling.rpartition(":")[2] == local:
                return f"Revise el espacio de nombres: aquí va {sibling}."
        if name.startswith("{"):
            return "Los datos que no son de UBL van dentro de ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent."
        similar = _similar(name, siblings)
        if similar:
            return similar
        if name[:4] in ("cac:", "cbc:", "ext:") and name not in vocabulary.elements():
            return "Ese elemento no existe en los documentos de UBL 2.1 que la DIAN usa: quítelo."
        return "Quite el elemento."

    def _unexplained(self, node: _Element, complaint: Complaint) -> _Reason:
        """Return a reason in libxml2's words, where the declarations show none."""
        name = self._name(node.tag)
        if (reason := self._refused_value(node, complaint.text)) is not None:
            return reason
        for key in ("nil", "type"):
            value = node.get(f"{_XSI}{key}")
            if value is not None:
                message = f"{name} no admite el atributo xsi:{key} con ese valor."
                return _Reason(node, message, f"Quite xsi:{key}.", found=value, attribute=f"xsi:{key}")
        hint = "Compare el elemento con el esquema del documento."
        return _Reason(node, f"{name} no cumple el esquema.", hint, found=complaint.text)

    def _refused_value(self, node: _Element, text: str) -> _Reason | None:
        """Return the reason of a value that libxml2 alone refuses, as digits that are not ASCII, which Python reads."""
        declaration = self._declaration(node) if "is not a valid value" in text else None
        if declaration is None:
            return None
        name, kind = self._name(node.tag), declaration.type
        if (match := _OF_ATTRIBUTE.match(text)) is not None:
            key = match[1]
            item = kind.attributes.get(key) if kind.is_complex() else None
            if item is None or key not in node.attrib:
                return None
            expected, hint = _described(item.type)
            message = f"El atributo {key} de {name} no es {expected}."
            return _Reason(node, message, hint, expected, str(node.get(key)), attribute=key)
        if not (kind.is_simple() or kind.has_simple_content()):
            return None
        expected, hint = _described(kind.content if kind.is_complex() else kind)
        return _Reason(node, f"El valor de {name} no es {expected}.", hint, expected, _own_text(node))

    def _name(self, tag: Any) -> str:
        """Return a name as people write it: usual prefix, none for the root's namespace, Clark form for others."""
        uri, _, local = str(tag).removeprefix("{").rpartition("}")
        if not uri or uri == self._own or (local in vocabulary.ROOTS and uri == vocabulary.namespace_of(local)):
            return local
        prefix = _prefixes().get(uri)
        return f"{prefix}:{local}" if prefix else f"{{{uri}}}{local}"


def _own_text(element: _Element) -> str:
    """Return the text of an element, without that of its children."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _similar(name: str, others: Sequence[str]) -> str:
    close = get_close_matches(name, others, 1, 0.8)
    return f"¿Quiso escribir {close[0]}?" if close else ""


def _described(kind: Any) -> tuple[str, str]:
    """Return what a text of a simple type must be, and how to write it."""
    if kind.enumeration:
        values = " o ".join(map(str, kind.enumeration))
        return values, f"Escriba {values}."
    local = str(kind.name or kind.root_type.name).rpartition("}")[2]
    return _VALUES.get(local, (f"un texto de tipo {local}", "Corrija el valor."))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MANY]) + (", …" if len(names) > _MANY else "")


@cache
def _prefixes() -> dict[str, str]:
    return {uri: prefix for prefix, uri in vocabulary.namespaces().items()}


class _Finder:
    """Finds the elements of libxml2's paths: ``*`` is any, ``p:n`` one of that prefix, ``[n]`` counts from one."""

    def __init__(self, top: _Element) -> None:
        self.top = top
        self.known: dict[_Element, dict[str, list[_Element]]] = {}

    def __call__(self, path: str) -> _Element:
        node = self.top
        for step in path.strip("/").split("/")[1:]:
            if step.startswith("@"):
                break
            name, _, position = step.rstrip("]").partition("[")
            same = self.children(node).get(name, [])
            index = int(position) - 1 if position else 0
            if index >= len(same):
                break
            node = same[index]
        return node

    def children(self, node: _Element) -> dict[str, list[_Element]]:
        """Return the children by the names they may have in a path; made once for each parent."""
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = {"*": []}
            for child in node.iterchildren("*"):
                local = etree.QName(child).localname
                found["*"].append(child)
                found.setdefault(f"{child.prefix}:{local}" if child.prefix else local, []).append(child)
        return found
