"""Receive an invoice: read what came by mail, verify it whole. Here the sender and DIAN are the simulator."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dian_fe import read, verify
from dian_fe.testing import Simulator

now = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
dian = Simulator(seed=7)  # in production: TrustStore.load("autoridades.pem") instead of dian.trust

received = read(dian.deliver(to="800199436"))  # in real life: the ZIP or XML that came by mail
for part in received.walk():
    for problem in part.problems:  # odd data is told, never raised
        print(problem.xpath, problem.message)
verified = verify(received, dian.trust, at=now)  # container, invoice and DIAN's answer; raises with the exact cause
invoice = verified.document
print(invoice.number, "from", invoice.supplier.name, "for", invoice.totals.payable, invoice.currency)
print("validated by DIAN at", verified.validated_at, "under", verified.key)
