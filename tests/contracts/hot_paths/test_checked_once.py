"""What ``from_lines`` computed is not checked again when it is built; whatever else was made is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dian_fe import Invoice, build
from dian_fe.models import document as documents
from dian_fe.testing.random_documents import random_document, sample_issuer

MADE: Invoice = random_document(3, "invoice")
OTHERS: tuple[Callable[[Invoice], Any], ...] = (
    copy.deepcopy,
    lambda made: made.replace(notes=["Otra"]),
    lambda made: pickle.loads(pickle.dumps(made)),
    lambda made: Invoice.model_validate_json(made.to_json()),
    lambda made: Invoice(**made.__dict__),
)


@pytest.fixture(name="looked_at")
def _looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(documents, "_check_line", lambda line, _: found.append(line))
    return found


def of_lines() -> Invoice:
    names = ("number", "issued_at", "supplier", "customer", "lines")
    return Invoice.from_lines(**{name: getattr(MADE, name) for name in names}, payment=MADE.payments)


def test_what_was_computed_is_not_looked_at_again(looked_at: list[Any]) -> None:
    build(of_lines(), sample_issuer())
    assert looked_at == []


@pytest.mark.parametrize("other", OTHERS)
def test_a_document_made_of_it_is_looked_at(other: Callable[[Invoice], Any], looked_at: list[Any]) -> None:
    made = other(of_lines())
    build(made, sample_issuer())
    assert looked_at == list(made.lines)
