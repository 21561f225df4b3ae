"""Documents made from the vocabulary itself, valid by construction, and ways of spoiling them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

from dian_fe.ubl import vocabulary
from dian_fe.ubl.vocabulary import Attribute, Member

NS = vocabulary.namespaces()
XSI = "http://www.w3.org/2001/XMLSchema-instance"
VALUES = {
    "decimal": ("0", "1.50", "-3", "+5.00", ".5", "7.", " 12 ", "100000000000000000000.123456"),
    "date": ("2026-03-02", "2024-02-29", "2026-03-02-05:00", "2026-03-02Z"),
    "time": ("10:15:00", "10:15:00-05:00", "23:59:59.1234567Z", "24:00:00"),
    "dateTime": ("2026-03-02T10:15:00-05:00",),
    "boolean": ("true", "false", "1", "0"),
    "base64Binary": ("", "aGVsbG8=", "aGVs bG8=", "aGVsbG8x"),
    "normalizedString": ("x", "", " á\n", "SETP990000001", "<&>"),
    "string": ("x", "", "dos\nlíneas", "]]>"),
    "language": ("es", "es-CO", "en"),
    "anyURI": ("", "http://example.com/a?b=c#d", "urn:x:y", "con espacio"),
}
WRONG = (
    "", " ", "x", "1,5", "1e5", "INF", "NaN", "1.2.3", "0x1F", "--1", "12/07/2022", "2026-02-30", "2026-3-2",
    "26-03-02", "2026-03-02T00:00:00", "10:15", "10:15:00 am", "25:00:00", "10:60:00", "TRUE", "si", "2", "=aGVs",
    "aGVsbG8", "a b", "español", "es_CO", "%zz", "http://[", "\t", "$ 5", "5 000", "+", ".", "2026-03-02+15:00",
    "0000-01-01", "-0001-01-01", " 2026-03-02 ", " 1 ", "\n10:15:00",
)  # fmt: skip


def clark(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


def prefixed(element: etree._Element) -> str | None:
    name = etree.QName(element)
    for prefix, uri in NS.items():
        if uri == name.namespace:
            return f"{prefix}:{name.localname}"
    return None


class Maker:
    """Makes valid documents: the same seed gives the same documents."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def document(self, root: str, density: float = 0.15, depth: int = 6, path: tuple[str, ...] = ()) -> etree._Element:
        """Make a document: ``density`` of optional members, down to ``depth``; along ``path`` everything is present."""
        spaces: Any = {None: vocabulary.namespace_of(root), **{prefix: NS[prefix] for prefix in ("cac", "cbc", "ext")}}
        top = etree.Element(f"{{{spaces[None]}}}{root}", nsmap=spaces)
        self.fill(top, root, density, depth, path)
        return top

    def fill(
        self, element: etree._Element, type_name: str, density: float, depth: int, path: tuple[str, ...] = ()
    ) -> None:
        if vocabulary.is_datatype(type_name):
            self.text(element, type_name)
        elif element.tag == clark("ext:ExtensionContent"):
            etree.SubElement(element, "{urn:example:foreign}data").text = "x"
        else:
            for member in vocabulary.members(type_name):
                for turn in range(self.count(member, density, depth, path)):
                    child = etree.SubElement(element, clark(member.name))
                    onward = path[1:] if path[:1] == (member.name,) and turn == 0 else ()
                    self.fill(child, vocabulary.type_of(member.name), density if depth > 0 else 0, depth - 1, onward)

    def count(self, member: Member, density: float, depth: int, path: tuple[str, ...]) -> int:
        if path == ("*",) or path[:1] == (member.name,):
            return 1 if member.max == 1 else 2
        if member.min or (depth > 0 and self.random.random() < density):
            return 1 if member.max == 1 else self.random.choice((1, 1, 1, 2, 3))
        return 0

    def text(self, element: etree._Element, type_name: str) -> None:
        datatype = vocabulary.datatype(type_name)
        element.text = self.random.choice(VALUES[datatype.value])
        for attribute in datatype.attributes:
            if attribute.required or self.random.random() < 0.1:
                element.set(attribute.name, self.value(attribute))

    def value(self, attribute: Attribute) -> str:
        return self.random.choice(VALUES[attribute.type])


def paths(root: str) -> dict[str, tuple[str, ...]]:
    """Return, for every type that a root reaches, a shortest way of elements to it."""
    ways: dict[str, tuple[str, ...]] = {root: ()}
    waiting = [root]
    for type_name in waiting:
        for member in vocabulary.members(type_name):
            inner = vocabulary.type_of(member.name)
            if inner not in ways:
                ways[inner] = (*ways[type_name], member.name)
                if vocabulary.members(inner):
                    waiting.append(inner)
    return ways


def covering(root: str) -> Iterator[etree._Element]:
    """Yield small documents in which, together, every member of every type that the root reaches is present."""
    maker = Maker(1)
    for type_name, way in paths(root).items():
        if vocabulary.members(type_name):
            yield maker.document(root, density=0, path=(*way, "*"))


Mutation = Callable[[random.Random, list[etree._Element]], None]


def judged(root: etree._Element) -> list[etree._Element]:
    """Return the elements outside the content of extensions, the root excepted."""
    return [item for item in root.iter("*") if item is not root and prefixed(item) is not None]


def _removed(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    parent = item.getparent()
    assert parent is not None
    parent.remove(item)


def _moved(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    sibling = item.getprevious() if chance.random() < 0.5 else item.getnext()
    if sibling is not None:
        sibling.addnext(item) if item.getnext() is sibling else sibling.addprevious(item)


def _transplanted(chance: random.Random, items: list[etree._Element]) -> None:
    item, target = deepcopy(chance.choice(items)), chance.choice(items)
    if target.tag != clark("ext:ExtensionContent"):
        target.insert(chance.randint(0, len(target)), item)


def _doubled(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    item.addnext(deepcopy(item))


def _wrong_text(chance: random.Random, items: list[etree._Element]) -> None:
    chance.choice([item for item in items if len(item) == 0]).text = chance.choice(WRONG)


def _stray_text(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    if chance.random() < 0.5:
        item.tail = chance.choice(("x", " \n\t", " "))
    else:
        item.text = chance.choice(("x", " ", "\n"))


def _emptied(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    if item.tag != clark("ext:ExtensionContent") or chance.random() < 0.5:
        del item[:]
        item.text = None


def _unknown_element(chance: random.Random, items: list[etree._Element]) -> None:
    tag = chance.choice(("{urn:x}new", clark("cbc:Unknown"), clark("cac:Unknown"), "none"))
    chance.choice(items).addnext(etree.Element(tag))


def _child_in_text(chance: random.Random, items: list[etree._Element]) -> None:
    etree.SubElement(chance.choice([item for item in items if len(item) == 0]), clark("cbc:ID"))


def _unknown_attribute(chance: random.Random, items: list[etree._Element]) -> None:
    name = chance.choice(("foo", "ID", "{urn:x}foo", "currencyID", "schemeID", "{%s}schemaLocation" % XSI))  # noqa: UP031
    chance.choice(items).set(name, "x y")


def _xsi(chance: random.Random, items: list[etree._Element]) -> None:
    name, value = chance.choice((("nil", "true"), ("nil", "false"), ("nil", "x"), ("type", "xs:string"), ("type", "a")))
    chance.choice(items).set(f"{{{XSI}}}{name}", value)


def _missing_attribute(chance: random.Random, items: list[etree._Element]) -> None:
    having = [item for item in items if item.attrib]
    if having:
        item = chance.choice(having)
        del item.attrib[chance.choice(list(item.attrib))]


def _wrong_attribute(chance: random.Random, items: list[etree._Element]) -> None:
    having = [item for item in items if item.attrib] or items
    item = chance.choice(having)
    item.set(chance.choice([*item.attrib, "languageID", "uri"]), chance.choice(WRONG))


def _renamed(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    if item.tag != clark("ext:ExtensionContent"):
        item.tag = clark(chance.choice(list(vocabulary.elements())))


def _other_namespace(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    if item.tag != clark("ext:ExtensionContent"):
        item.tag = f"{{{chance.choice(list(NS.values()))}}}{etree.QName(item).localname}"


def _commented(chance: random.Random, items: list[etree._Element]) -> None:
    item = chance.choice(items)
    item.insert(0, etree.Comment("c") if chance.random() < 0.5 else etree.ProcessingInstruction("p", "i"))
    item[0].tail, item.text = item.text, None


def _second_extension(chance: random.Random, items: list[etree._Element]) -> None:
    places = [item for item in items if item.tag == clark("ext:ExtensionContent")]
    if places:
        tag = chance.choice(("{urn:x}other", "bare", clark("ext:UBLExtension")))
        place = chance.choice(places)
        if chance.random() < 0.5:
            del place[:]
        etree.SubElement(place, tag)


MUTATIONS: dict[str, Mutation] = {
    name.removeprefix("_"): value
    for name, value in list(globals().items())
    if name.startswith("_") and callable(value) and name.count("__") == 0
}
