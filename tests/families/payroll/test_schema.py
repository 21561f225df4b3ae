"""Our schema, made from tables, against DIAN's own: the same verdict about spoiled documents."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random
from typing import Any

import pytest
from lxml import etree

from dian_fe import build, sign
from dian_fe.families.registry import kind as kind_named
from dian_fe.testing import Judge, random_document
from dian_fe.testing.samples import samples_of
from dian_fe.ubl import xsd
from tests.families.payroll.documents import XSDS, official_schema
from tests.support.sampling import some_of

pytestmark = [
    pytest.mark.judge,
    pytest.mark.skipif(not XSDS.is_dir(), reason="DIAN's schemas are not beside the project"),
]

KINDS = ("payroll", "payroll_replacement", "payroll_deletion")
EACH, PARTS = 100, 10
VALUES = (
    "", " ", "x", "-1", "1.5", "01", "1e3", "+2", "1,5", "true", "1", "TRUE", "2026-02-30", "2026-02-28", "26-02-28",
    "2026-02-28T10:00:00", "2026-02-28T24:00:00", "10:00:00-05:00", "25:00:00", "INF", " 7 ", "9" * 40, "1.",
)  # fmt: skip
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@cache
def signed(kind: str) -> tuple[bytes, ...]:
    """Return signed documents, their signatures taken out: those have a schema of their own."""
    office = Judge()
    issuer = samples_of(kind).issuer(office)
    made = []
    for seed in range(12):
        document = random_document(seed, kind)
        signer = office.signer(issuer.organization.nit)
        root = etree.fromstring(sign(build(document, issuer), signer, at=document.issued_at).xml)
        place = next(root.iter(SIGNATURE))
        place.getparent().replace(place, etree.Element("{urn:example:anything}Firma"))
        made.append(etree.tostring(root))
    return tuple(made)


def drop(rng: Random, element: Any) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def repeat(rng: Random, element: Any) -> None:
    if element.getparent() is not None:
        element.addnext(etree.fromstring(etree.tostring(element)))


def move(rng: Random, element: Any) -> None:
    if element.getparent() is not None:
        parent = element.getparent()
        parent.insert(rng.randrange(len(parent)), element)


def transplant(rng: Random, element: Any) -> None:
    others = [
        each for each in element.getroottree().iter(etree.Element) if element not in (each, *each.iterancestors())
    ]
    if others:
        rng.choice(others).append(element)


def rename(rng: Random, element: Any) -> None:
    space = f"{{{etree.QName(element).namespace}}}"
    names = sorted({each.tag for each in element.getroottree().iter(etree.Element)})
    element.tag = rng.choice([element.tag + "s", etree.QName(element).localname, f"{space}{'Otro'}", rng.choice(names)])


def empty(rng: Random, element: Any) -> None:
    for child in list(element):
        element.remove(child)


def say(rng: Random, element: Any) -> None:
    element.text = rng.choice(VALUES)


def drop_attribute(rng: Random, element: Any) -> None:
    if element.attrib:
        del element.attrib[rng.choice(sorted(element.attrib))]


def change_attribute(rng: Random, element: Any) -> None:
    if element.attrib:
        element.set(rng.choice(sorted(element.attrib)), rng.choice(VALUES))


def rename_attribute(rng: Random, element: Any) -> None:
    if element.attrib:
        name = rng.choice(sorted(element.attrib))
        element.set(rng.choice([name.swapcase(), name + "x", f"{{urn:example:otro}}{'a'}"]), element.attrib.pop(name))


def add_attribute(rng: Random, element: Any) -> None:
    element.set(rng.choice(["Pago", "Cantidad", "OtrosNombres", "FechaFin", "Nada"]), rng.choice(VALUES))


DAMAGES = (
    drop, repeat, move, transplant, rename, empty, say, say, drop_attribute, drop_attribute, change_attribute,
    change_attribute, change_attribute, change_attribute, rename_attribute, add_attribute,
)  # fmt: skip


def spoiled(seed: int) -> Any:
    """Return a document with one damage or two."""
    rng = Random(seed)
    root = etree.fromstring(rng.choice(signed(KINDS[seed % len(KINDS)])))
    for _ in range(rng.choice((1, 1, 2))):
        rng.choice(DAMAGES)(rng, rng.choice(list(root.iter(etree.Element))))
    return etree.fromstring(etree.tostring(root))


def both(root: Any, kind: str) -> tuple[bool, bool]:
    """Return whether our schema and DIAN's accept a document, and hold that each refusal of ours is explained."""
    named = kind_named(kind)
    ours = xsd.validate_as(root, named)
    assert ours is not None
    assert all(fault.code == "ZB01" and fault.message and fault.hint for fault in ours)
    assert not [fault for fault in ours if "attribute" in (fault.found or "")], "in libxml2's English"
    return not ours, official_schema(named.root).validate(root)


@pytest.mark.parametrize("part", some_of(PARTS, one_in=PARTS))
def test_our_schema_and_dians_agree_about_spoiled_documents(part: int) -> None:
    verdicts: Counter[bool] = Counter()
    for seed in range(part * EACH, (part + 1) * EACH):
        root = spoiled(seed)
        ours, theirs = both(root, KINDS[seed % len(KINDS)])
        assert ours is theirs, (seed, etree.tostring(root))
        verdicts[theirs] += 1
    assert min(verdicts[True], verdicts[False]) > EACH // 10, verdicts


@pytest.mark.parametrize("kind", KINDS)
def test_both_schemas_take_a_whole_document(kind: str) -> None:
    for xml in signed(kind):
        assert both(etree.fromstring(xml), kind) == (True, True)
