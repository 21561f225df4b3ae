"""Random documents: the same seed gives the same document.

For tests of code that handles documents: `random_document(seed)` makes one that the library can build, sign and read
again, and that the simulator accepts. ``dian_fe.testing.strategies`` has the same for hypothesis, which shrinks
failures. Each family makes its own (``samples``).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from typing import Any, TypeAlias

from .._arguments import checked
from ..models.document import TradeDocument
from ..models.issuer import Issuer
from .judge import Judge
from .samples import Samples, issuer_at, samples_of

Document: TypeAlias = TradeDocument
FIRST_DAY, LAST_DAY = date(2024, 5, 1), date(2026, 6, 30)
"""Annex 1.9 is in force since the first day. The last one is past and fixed: documents are neither dated in the future
nor other ones tomorrow."""
MOST_LINES = 40


@cache
def _authority() -> Judge:
    return Judge()


@cache
def sample_issuer() -> Issuer:
    """Return the made-up issuer of the documents: a shop with the simulator's software and the public test range."""
    return issuer_at(_authority())


@cache
def _issuer_of(samples: Samples) -> Issuer:
    return samples.issuer(_authority())


@checked
def random_document(seed: int, kind: str | None = None, *, issuer: Issuer | None = None) -> Any:
    """Make a document: of a ``kind``, or any invoice or note.

    ``issuer`` provides the issuing party and the numbering, so that ``build(document, issuer)`` takes it; by default
    `sample_issuer`, or that of the kind's family. The same arguments give the same document, on every Python.
    """
    return document_from(Random(seed), kind, issuer=issuer)


def document_from(
    source: Random, kind: str | None = None, *, issuer: Issuer | None = None, most_lines: int = MOST_LINES
) -> Any:
    """Make a document of up to ``most_lines`` lines from any source of randomness."""
    samples = samples_of(kind)
    return samples.document(source, kind, issuer or _issuer_of(samples), most_lines)
