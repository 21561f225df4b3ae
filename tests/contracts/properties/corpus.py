"""The random documents that the properties are tested on, made and signed once per process."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from dian_fe import Signed, build, sign
from dian_fe.testing import Judge, random_document
from dian_fe.testing.random_documents import sample_issuer

CHUNKS, CHUNK = 25, 24
"""600 documents, in chunks that parallel workers can share out."""
ISSUER = sample_issuer()


class Case(NamedTuple):
    seed: int
    document: Any
    signed: Signed[Any]


@cache
def office() -> Judge:
    """Return the simulator whose software and numbering the sample issuer uses."""
    dian = Judge()
    dian.resolution()
    return dian


def made(seed: int) -> Case:
    document = random_document(seed)
    signer = office().signer(ISSUER.organization.nit)
    return Case(seed, document, sign(build(document, ISSUER), signer, at=document.issued_at))


@cache
def chunk(number: int) -> tuple[Case, ...]:
    return tuple(made(seed) for seed in range(number * CHUNK, (number + 1) * CHUNK))


def every_document() -> list[Any]:
    """Return the documents of all chunks, unsigned."""
    return [random_document(seed) for seed in range(CHUNKS * CHUNK)]
