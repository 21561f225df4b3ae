"""Attributes of other namespaces are told wherever they stand; those of XML Schema are no data."""

from __future__ import annotations

import pytest
from lxml import etree

from dian_fe import read
from dian_fe.testing import Simulator
from dian_fe.testing.samples import samples_of

EXTENSIONS = "{*}UBLExtensions"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"


def document(kind: str) -> bytes:
    return samples_of(kind).issued(Simulator(seed=7), kind, 3).signed.xml


def marked(xml: bytes, place: int, name: str) -> bytes:
    """Return a document with an attribute at one of its elements outside extensions; b"" beyond the last one."""
    root = etree.fromstring(xml)
    inside = {each for extension in root.iter(EXTENSIONS) for each in extension.iter()}
    elements = [each for each in root.iter("*") if each not in inside]
    if place >= len(elements):
        return b""
    elements[place].set(name, "x")
    return etree.tostring(root)


def found(xml: bytes) -> set[str]:
    return set(read(xml).unmapped)


@pytest.mark.parametrize("kind", ["invoice", "payroll"])
def test_an_attribute_of_another_namespace_is_told(kind: str) -> None:
    xml = document(kind)
    usual = found(xml)
    for place in range(0, 400, 7):
        changed = marked(xml, place, "{urn:other}note")
        if changed:
            (more,) = found(changed) - usual
            assert more.rpartition("/")[2].startswith("@"), (place, more)


@pytest.mark.parametrize("kind", ["invoice", "payroll"])
@pytest.mark.parametrize("name", ["xsi", "plain"])
def test_attributes_of_the_root_are_told_unless_of_schema(kind: str, name: str) -> None:
    xml = document(kind)
    changed = marked(xml, 0, f"{{{SCHEMA}}}schemaLocation" if name == "xsi" else "note")
    assert bool(found(changed) - found(xml)) is (name == "plain")
