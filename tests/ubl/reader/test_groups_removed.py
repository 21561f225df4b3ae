"""A document that lacks any one of its groups or data is read, judged and shown, or refused by name."""

from __future__ import annotations

import pytest
from lxml import etree

from dian_fe import build, check, examine, read
from dian_fe.errors import DianFeError
from dian_fe.testing import random_document
from dian_fe.testing.random_documents import sample_issuer

EVERY = 7
"""One element in so many in the ordinary run; the long one takes each."""


def each_removed(kind: str, seed: int, every: int) -> int:
    xml = build(random_document(seed, kind=kind), sample_issuer()).xml
    judged = 0
    for place in range(1 + seed % every, len(list(etree.fromstring(xml).iter())), every):
        root = etree.fromstring(xml)
        gone = list(root.iter())[place]
        parent = gone.getparent()
        assert parent is not None
        parent.remove(gone)
        try:
            received = read(etree.tostring(root))
        except DianFeError:
            continue
        check(received)
        check(received.document)
        received._repr_html_()
        examine(received, second_opinion=False)
        judged += 1
    return judged


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
def test_a_document_without_a_group_never_breaks_us(kind: str) -> None:
    assert each_removed(kind, 1, EVERY) > 10


@pytest.mark.long
@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
@pytest.mark.parametrize("seed", range(20))
def test_no_document_without_any_group_breaks_us(kind: str, seed: int) -> None:
    assert each_removed(kind, seed, 1) > 10
