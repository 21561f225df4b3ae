"""The tables can say what DIAN's payroll schemas say: read into tables, they give the same verdicts."""

from __future__ import annotations

import importlib.util
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from dian_fe.ubl.vocabulary import OwnVocabulary
from tests.support.repository import ROOT
from tests.support.shared import shared_dir

GENERATOR = ROOT / "scripts" / "gen_schemas.py"
ROOTS = {
    "NominaIndividual": "NominaIndividualElectronicaXSD.xsd",
    "NominaIndividualDeAjuste": "NominaIndividualDeAjusteElectronicaXSD.xsd",
}
_XS = "{http://www.w3.org/2001/XMLSchema}"
_MARKS = {(True, True): "", (False, True): "?", (False, False): "*", (True, False): "+"}


class _Tables:
    """Rows of ``types.tsv`` from the official schema of one root."""

    def __init__(self, file: Path, root: str) -> None:
        self.rows: dict[str, tuple[str, str]] = {}
        schema = etree.parse(file).getroot()
        self.named = {str(item.get("name")): item for item in schema.iterfind(f"{_XS}complexType")}
        self.namespace = str(schema.get("targetNamespace"))
        self.type(root, self.named[f"{root}Type"])

    def type(self, name: str, declared: Any) -> str:
        base = declared.find(f"{_XS}simpleContent/{_XS}extension")
        found = base if base is not None else declared
        attributes = " ".join(map(self.attribute, found.iterfind(f"{_XS}attribute")))
        model = declared.find(f"{_XS}sequence")
        content = f"={self.builtin(base.get('base'))}" if base is not None else ""
        if model is not None:
            content = " ".join(map(self.member, model.iterfind(f"{_XS}element")))
        while self.rows.get(name, (content, attributes)) != (content, attributes):
            name += "Otro"
        self.rows[name] = content, attributes
        return name

    def member(self, item: Any) -> str:
        mark = _MARKS[item.get("minOccurs", "1") != "0", item.get("maxOccurs", "1") == "1"]
        if item.get("ref"):
            return f"{item.get('ref')}{mark}"
        name, inline = item.get("name"), item.find(f"{_XS}complexType")
        if inline is None and item.get("type") is None:
            raise AssertionError(f"{name} has no type")
        return f"{name}={self.builtin(item.get('type')) if inline is None else self.type(name, inline)}{mark}"

    def attribute(self, item: Any) -> str:
        return f"{item.get('name')}:{self.builtin(item.get('type'))}{'!' if item.get('use') == 'required' else ''}"

    @staticmethod
    def builtin(name: str) -> str:
        assert name.startswith("xsd:"), name
        return name.removeprefix("xsd:")


_VALUES = {
    "boolean": "true",
    "date": "2026-03-31",
    "dateTime": "2026-03-31T08:00:00",
    "decimal": "1.50",
    "integer": "7",
    "string": "x",
    "time": "08:00:00-05:00",
}


def _fill(element: Any, type_name: str, known: OwnVocabulary) -> None:
    """Put every attribute and child into an element of a type."""
    for attribute in known.attributes(type_name) or ():
        element.set(attribute.name, _VALUES[attribute.type])
    for member in known.members(type_name) or ():
        if ":" not in member.name:
            child = etree.SubElement(element, f"{{{etree.QName(element).namespace}}}{member.name}")
            _fill(child, known.type_of(type_name, member.name), known)
    content = known.types[type_name][0] if type_name in known.types else f"={type_name}"
    if content.startswith("="):
        element.text = _VALUES[content.removeprefix("=")]


def _spoiled(root: Any, chance: Random) -> Any:
    copy = deepcopy(root)
    items = [item for item in copy.iter("*") if etree.QName(item).namespace == etree.QName(copy).namespace]
    item = chance.choice(items)
    match chance.randrange(6):
        case 0 if item.attrib:
            del item.attrib[chance.choice(list(item.attrib))]
        case 1 if item.attrib:
            item.set(str(chance.choice(list(item.attrib))), "¿?")
        case 2:
            item.set("Ajeno", "1")
        case 3 if item is not copy:
            item.getparent().remove(item)
        case 4 if item is not copy:
            item.addnext(deepcopy(item))
        case _:
            item.text = "texto"
    return copy


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is in the source checkout only")
@pytest.mark.parametrize("root", ROOTS)
def test_tables_say_what_the_payroll_schemas_say(root: str, tmp_path: Path) -> None:
    shared = shared_dir()
    official = shared / "oracles" / "nomina-xsd" / ROOTS[root] if shared else None
    if shared is None or official is None or not official.exists():
        pytest.skip("the official payroll schemas are not here")
    tables = _Tables(official, root)
    lines = [f"{name}\t{content}\t{attributes}" for name, (content, attributes) in tables.rows.items()]
    (tmp_path / "roots.tsv").write_text(f"root\tnamespace\n{root}\t{tables.namespace}\n")
    (tmp_path / "types.tsv").write_text("\n".join(["type\tcontent\tattributes", *lines]) + "\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("gen_schemas", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    generator.write(tmp_path, generator.own_files(tmp_path))
    ours = etree.XMLSchema(etree.parse(OwnVocabulary(tmp_path, tmp_path).xsd(root)))
    theirs = etree.XMLSchema(etree.parse(official))
    verdicts = {True: 0, False: 0}
    chance = Random(root)
    known = OwnVocabulary(tmp_path, tmp_path)
    made = etree.Element(f"{{{tables.namespace}}}{root}", nsmap={None: tables.namespace})
    _fill(made, root, known)
    samples = (etree.parse(path).getroot() for path in sorted((shared / "samples").glob("nomina-*.xml")))
    for whole in (made, *(sample for sample in samples if etree.QName(sample).localname == root)):
        for document in (whole, *(_spoiled(whole, chance) for _ in range(150))):
            verdict = ours.validate(document)
            assert verdict == theirs.validate(document), (ours.error_log, theirs.error_log)
            verdicts[verdict] += 1
    assert ours.validate(made)
    assert verdicts[True] > 10
    assert verdicts[False] > 50
