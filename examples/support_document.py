"""Issue a support document: what a company buys from somebody who does not invoice. Here DIAN is the simulator."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from dian_fe import (
    Client,
    Issuer,
    Organization,
    Payment,
    Purchase,
    Resolution,
    Seller,
    SupportDocument,
    SupportLine,
    SupportNote,
    build,
    check,
    pack,
    rete_renta,
    sign,
)
from dian_fe.catalogs import SupportDocumentNoteConcept, SupportDocumentTransmission, Unit
from dian_fe.testing import Simulator

now = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
dian = Simulator(seed=7)  # in production: no simulator, Client(environment=Environment.PRODUCCION, …)
signer = dian.signer("700085371")  # the buyer's; in production: Pkcs12Signer.load("firma.p12", password)
shop = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["compras@example.com"],
)
numbering = Resolution(  # a numbering of its own, which DIAN authorises for documents of type 05
    authorization="18764000000005",
    prefix="DSE",
    range_from=1,
    range_to=5000,
    valid_from=date(2026, 1, 1),
    valid_to=date(2027, 12, 31),
    document_type="05",
)
dian.register(numbering, nit=shop.nit)
issuer = Issuer(organization=shop, software=dian.software, numberings=[numbering])
grower = Seller(  # the NIT of a natural person is the cédula's number; its check digit is computed
    id="1020304050",
    name="Ana Ejemplo",
    municipality="76001",
    address="Vereda El Ejemplo, finca 3",
    emails=["ana@example.com"],
)
deliveries = [  # those of a week in one document; a plain Line was bought on the day of issue
    SupportLine(
        description="Café pergamino seco",
        standard_code="CPS",
        quantity=kilos,
        unit=Unit.KILOGRAMO,
        price=Decimal("12500"),
        purchase=Purchase(date=day, transmission=SupportDocumentTransmission.ACUMULADO_SEMANAL),
    )
    for day, kilos in ((date(2026, 2, 24), 125), (date(2026, 2, 26), 250))
]

document = SupportDocument.from_lines(
    number="DSE1",
    issued_at=now,
    supplier=grower,  # who sells
    customer=shop,  # who buys, issues and signs
    lines=deliveries,
    payment=Payment.credit(date(2026, 4, 2)),
    withholdings=[rete_renta("1.5")],  # informative; the amount payable stays
)
built = build(document, issuer)  # pure: UBL bytes, CUDS, QR, file name
for fault in check(built):
    print(fault.code, fault.message, fault.xpath)
signed = sign(built, signer, at=now)
with Client(signer=signer, transport=dian) as ws:
    answer = ws.send(signed).raise_for_rejection()
    package = pack(signed, answer, signer, at=now)  # for the seller
    print(signed.key, document.payable, package.file_name)

    later = now + timedelta(hours=2)
    note = SupportNote.correcting(
        signed,
        concept=SupportDocumentNoteConcept.DEVOLUCION_PARCIAL,
        number="NDS1",
        issued_at=later,
        lines=[document.lines[0].without_amounts(quantity=25)],
    )
    print(ws.send(sign(build(note, issuer), signer, at=later)).outcome, note.payable)
