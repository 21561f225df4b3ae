"""Receive an invoice: read what came by mail, verify it whole, acknowledge it. Sender and DIAN are the simulator."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dian_fe import Client, Event, Issuer, Organization, Person, build, read, sign, verify
from dian_fe.catalogs import Environment, EventCode
from dian_fe.testing import Simulator

now = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
dian = Simulator(seed=7)  # in production: TrustStore.load("autoridades.pem") instead of dian.trust
signer = dian.signer("800199436")  # in production: Pkcs12Signer.load("firma.p12", password)
us = Issuer(
    organization=Organization(nit="800199436", name="Compras Ejemplo SAS"),
    software=dian.software,
    environment=Environment.HABILITACION,
)

received = read(dian.deliver(to="800199436"))  # in real life: the ZIP or XML that came by mail
for part in received.walk():
    for problem in part.problems:  # odd data is reported, never raised
        print(problem.xpath, problem.message)
verified = verify(received, dian.trust, at=now)  # container, invoice and DIAN's answer; raises with the exact cause
invoice = verified.document
print(invoice.number, "from", invoice.supplier.name, "for", invoice.totals.payable, invoice.currency)
print("signed by", verified.signed_by, "-", verified.acceptance.meaning)  # providers={…}: who else may sign
print("validated by DIAN at", verified.validated_at, "under", verified.key)

person = Person(id="1020304050", first_name="Ana", family_name="Ejemplo", job_title="Almacenista", department="Bodega")
ack = Event.acknowledge(verified, EventCode.ACUSE_DE_RECIBO, number="ACU1", issued_at=now, person=person)
with Client(signer=signer, transport=dian) as client:
    print(client.confirm(verified).outcome.meaning)  # the document that DIAN itself holds, compared byte for byte
    client.send(sign(build(ack, us), signer, at=now)).raise_for_rejection()
    print(client.events(verified.key))  # what DIAN has registered; its history is what the next event takes
