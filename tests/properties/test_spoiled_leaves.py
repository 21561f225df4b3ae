"""One datum that cannot be read is missing and told; its line, totals, party and document stay."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from dian_fe.ubl.read import read_document
from dian_fe.ubl.where import xpath_of

from .spoiling import SPOILED, everything, leaves, pruned, whole, without

SAMPLE = range(0, 200, 10), range(7, 200, 60), range(8, 200, 60), range(9, 200, 60)


def every_leaf(seed: int, *, one_in: int = 1) -> int:
    """Empty and spoil the leaves of a document, one at a time."""
    case = whole(seed)
    root = etree.fromstring(case.xml)
    original = everything(case.received)
    tried = 0
    for position, (element, attribute) in enumerate(list(leaves(root))):
        if position % one_in != seed % one_in:
            continue
        told = judged(case, root, element, attribute, "", original)
        tried += 1
        spoiled = SPOILED.get(told)
        if spoiled is not None and attribute is None:
            judged(case, root, element, None, spoiled, original)
            tried += 1
    return tried


def judged(case: Any, root: Any, element: Any, attribute: str | None, text: str, original: dict[str, Any]) -> Any:
    """Read the document with one leaf changed; give the type of what is missing."""
    before = element.text if attribute is None else element.get(attribute)
    where = xpath_of(element) + (f"/@{attribute}" if attribute else "")
    if attribute is None:
        element.text = text
    else:
        element.set(attribute, text)
    received = read_document(etree.tostring(root))
    if attribute is None:
        element.text = before
    else:
        element.set(attribute, before)
    case_of = (case.seed, where, text, received.problems)
    assert received.problems, case_of
    assert {problem.xpath for problem in received.problems} == {where}, case_of
    assert all(problem.value == (text or None) for problem in received.problems if problem.value), case_of
    paths = {problem.path for problem in received.problems}
    assert len(paths) == 1, case_of
    path, expected, missing = paths.pop(), everything(case.received), None
    if path:
        missing = without(expected, path, element)
        if where.endswith("cbc:IssueTime") and missing is not None:
            expected["issued_at"] = missing.replace(hour=0, minute=0, second=0)
    assert pruned(everything(received)) == pruned(expected), case_of
    return next((kind for kind in (bool, Decimal, datetime, date) if isinstance(missing, kind)), None)


@pytest.mark.parametrize("seed", sorted({seed for seeds in SAMPLE for seed in seeds}))
def test_one_unreadable_datum_is_told_and_alone_missing(seed: int) -> None:
    assert every_leaf(seed, one_in=7) > 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_every_leaf_of_200_documents_is_told_and_alone_missing(seed: int) -> None:
    assert every_leaf(seed) > 20
