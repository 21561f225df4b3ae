"""A thousand random documents are packed, read again and verified; xmlsec1 judges a tenth. 40 here, the rest long."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dian_fe import Issuer, Received, build, pack, read, sign
from dian_fe.testing import Judge, random_document
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.verifying import verify_signature
from tests.contracts.properties.judges import official_xsd_faults, refused_by_xmlsec1
from tests.support.sampling import some_of

pytestmark = [pytest.mark.slow, pytest.mark.judge]

CHUNKS, CHUNK = 50, 20
JUDGED_OUTSIDE = 2
"""Documents of each chunk whose three signatures xmlsec1 judges: one hundred in all."""


@cache
def office() -> tuple[Judge, Issuer]:
    dian = Judge()
    dian.resolution()
    return dian, sample_issuer()


@pytest.mark.parametrize("chunk", some_of(CHUNKS, one_in=25))
def test_pack_read_verify(chunk: int, tmp_path: Path) -> None:
    dian, issuer = office()
    signer = dian.signer(issuer.organization.nit)
    own: dict[str, bytes] = {}
    dians: dict[str, bytes] = {}
    for seed in range(100_000 + chunk * CHUNK, 100_000 + (chunk + 1) * CHUNK):
        document = random_document(seed)
        signed = sign(build(document, issuer), signer, at=document.issued_at)
        verdict = dian.judge(signed.xml)
        assert verdict.is_valid, (seed, [str(fault) for fault in verdict.faults])
        made = pack(signed, verdict, signer, at=document.issued_at)
        received = read(made.zip_bytes)
        (container,) = received.parts
        assert isinstance(container, Received)
        sale, answer = container.parts
        assert isinstance(sale, Received)
        assert isinstance(answer, Received)
        assert sale.document == document, seed
        assert (sale.raw, answer.raw) == (signed.xml, verdict.application_response), seed
        assert container.document == made.container
        assert sale.document.customer.name == container.document.receiver.name
        for part in container.walk():
            assert part.problems == part.unmapped == (), (seed, part.problems, part.unmapped)
            verification = verify_signature(part.raw, trust=dian.trust)
            assert verification.valid, (seed, part.kind.name, verification.faults)
        if seed % CHUNK < JUDGED_OUTSIDE:
            assert official_xsd_faults(made.xml) == []
            own |= {f"{seed}-container": container.raw, f"{seed}-sale": sale.raw}
            dians[f"{seed}-answer"] = answer.raw
    assert len(own) == 2 * JUDGED_OUTSIDE
    assert refused_by_xmlsec1(own, tmp_path) is None
    assert refused_by_xmlsec1(dians, tmp_path) is None
