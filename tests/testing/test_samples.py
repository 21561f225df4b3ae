"""Random documents are made of the kinds that can be issued, and of no other."""

from __future__ import annotations

import pytest

from dian_fe.errors import InvalidInput
from dian_fe.families.registry import kinds
from dian_fe.testing import random_document
from dian_fe.testing.samples import issuable


@pytest.mark.parametrize("name", [kind.name for kind in kinds() if kind.name not in issuable()])
def test_a_kind_that_is_not_issued_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        random_document(1, name)
