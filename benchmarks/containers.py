"""How long it takes to verify what comes by mail: ZIPs with a container and a PDF, up to 10 MB.

``python -m benchmarks.containers`` prints seconds of processor time, without and with the second opinion. The
exit status is 1 when one takes more than two seconds.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from random import Random
from time import process_time

from dian_fe import Client, Issuer, build, pack, sign, verify
from dian_fe.testing import Simulator

from .subjects import NIT, NOW, invoice, items, shop

MB = 1_000_000
MOST_SECONDS = 2.0
SHAPES = {"2 MB, 3 lines": (3, 2 * MB), "10 MB, 3 lines": (3, 10 * MB), "10 MB, 200 lines": (200, 10 * MB)}
"""Lines of the invoice and bytes of the PDF, which no compression makes smaller."""


def mailed(dian: Simulator, lines: int, pdf: int) -> bytes:
    """Make the ZIP: a container with the invoice and DIAN's answer, and the PDF."""
    signer = dian.signer(NIT)
    ours = Issuer(organization=shop(), software=dian.software, resolution=dian.resolution("SETP"))
    signed = sign(build(invoice(items(lines)), ours), signer, at=NOW)
    with Client(signer=signer, transport=dian) as client:
        answer = client.send(signed).raise_for_rejection()
    content = b"%PDF-1.7\n" + Random(7).randbytes(pdf)
    return pack(signed, answer, signer, at=NOW + timedelta(minutes=5), pdf=content, max_bytes=None).zip_bytes


def main() -> int:
    """Measure each shape; the first verification, which loads what is needed, is not counted."""
    slow = False
    for name, (lines, pdf) in SHAPES.items():
        dian = Simulator(seed=7)
        data = mailed(dian, lines, pdf)
        verify(data, dian.trust)
        times = []
        for second_opinion in (False, True):
            start = process_time()
            verify(data, dian.trust, second_opinion=second_opinion)
            times.append(process_time() - start)
        slow |= max(times) > MOST_SECONDS
        print(f"{name:20} {len(data) / MB:5.1f} MB  {times[0]:.2f} s  {times[1]:.2f} s with the second opinion")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
