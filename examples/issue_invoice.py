"""Issue an invoice: models, XML, DIAN's rules, signature, shipment. Here DIAN is the simulator."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dian_fe import Client, Customer, Invoice, Issuer, Line, Organization, Payment, build, check, iva, pack, sign
from dian_fe.catalogs import Environment, IdType, PaymentMeans, Unit
from dian_fe.testing import Simulator

now = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
dian = Simulator(seed=7)  # in production: no simulator, Client(environment=Environment.PRODUCCION, …)
signer = dian.signer("700085371")  # in production: Pkcs12Signer.load("firma.p12", password)
shop = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["ventas@example.com"],
)
issuer = Issuer(
    organization=shop,
    software=dian.software,
    resolution=dian.resolution("SETP"),
    environment=Environment.HABILITACION,
)
buyer = Customer(
    id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"]
)
coffee = Line(description="Café tostado 500 g", quantity=3, unit=Unit.UNIDAD, price=Decimal("18500"), taxes=[iva(5)])

invoice = Invoice.from_lines(
    number="SETP990000001",
    issued_at=now,
    supplier=shop,
    customer=buyer,
    lines=[coffee],
    payment=Payment.cash(PaymentMeans.EFECTIVO),
)
built = build(invoice, issuer)  # pure: UBL bytes, CUFE, QR, file name
for fault in check(built):  # DIAN's rules, before spending a shipment
    print(fault.code, fault.message, fault.xpath)
signed = sign(built, signer, at=now)
with Client(signer=signer, transport=dian) as ws:
    answer = ws.send(signed).raise_for_rejection()
package = pack(signed, answer, signer, at=now)  # signed AttachedDocument, ready for the customer's mail
print(signed.key, invoice.payable, package.file_name)
