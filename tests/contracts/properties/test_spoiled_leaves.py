"""One datum that cannot be read is missing and told; its line, totals, party and document stay."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.xpaths import xpath_of
from tests.contracts.properties.spoiling import (
    ALONE,
    SAMPLE,
    SPOILED,
    Change,
    changed,
    differences,
    everything,
    leaves,
    pruned,
    sample_of,
    whole,
    without,
)

pytestmark = pytest.mark.slow


def every_leaf(seed: int, *, one_in: int = 1) -> int:
    """Empty and spoil the leaves of a document, one at a time; of attributes take each away too."""
    case = whole(seed)
    root = etree.fromstring(case.xml)
    original = everything(case.received)
    tried = 0
    for element, attribute in sample_of(leaves(root), seed, one_in):
        emptied = judged(case, root, Change(element, attribute, ""), original)
        tried += 1
        spoiled = SPOILED.get(emptied)
        if attribute is not None:
            told_or_read(case, root, Change(element, attribute, "zz"), original)
            told_or_read(case, root, Change(element, attribute, None), original)
            tried += 2
        elif spoiled is not None:
            judged(case, root, Change(element, None, spoiled), original)
            tried += 1
    return tried


def judged(case: Any, root: Any, change: Change, original: dict[str, Any]) -> Any:
    """Read the document with one leaf that nobody can read; return the type of what is missing."""
    received = read_document(changed(root, change))
    where, element = change.xpath, change.element
    case_of = (case.seed, where, change.text, received.problems)
    assert received.problems, case_of
    assert {problem.xpath for problem in received.problems} == {where}, case_of
    assert all(problem.value == (change.text or None) for problem in received.problems if problem.value), case_of
    assert all(problem.remedy for problem in received.problems), case_of
    paths = {problem.path for problem in received.problems}
    assert len(paths) == 1, case_of
    path, expected, missing = paths.pop(), everything(case.received), None
    if path:
        missing = without(expected, path, element)
        if where.endswith("cbc:IssueTime") and missing is not None:
            expected["issued_at"] = missing.replace(hour=0, minute=0, second=0)
    assert pruned(everything(received)) == pruned(expected), case_of
    return next((kind for kind in (bool, Decimal, datetime, date) if isinstance(missing, kind)), None)


def told_or_read(case: Any, root: Any, change: Change, original: dict[str, Any]) -> None:
    """Read the document with another attribute, or without one: read as it stands, or told where it is."""
    received = read_document(changed(root, change))
    told = {*(problem.xpath for problem in received.problems), *received.unmapped}
    found = differences(pruned(original), pruned(everything(received)))
    case_of = (case.seed, change.xpath, change.text, told, found)
    if change.text is None:
        assert all(each.startswith(xpath_of(change.element)) for each in told), case_of
        assert len(found) <= 1, case_of
        assert all(after is None for _, _, after in found), case_of
        assert told or found == [] or change.name in ALONE, case_of
    elif found:  # what the document says twice is told where it says it otherwise
        assert [after for _, _, after in found] == [change.text], case_of
    else:
        assert told == {change.xpath}, case_of


@pytest.mark.parametrize("seed", SAMPLE)
def test_one_unreadable_datum_is_told_and_alone_missing(seed: int) -> None:
    assert every_leaf(seed, one_in=11) > 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_every_leaf_of_200_documents_is_told_and_alone_missing(seed: int) -> None:
    assert every_leaf(seed) > 20
