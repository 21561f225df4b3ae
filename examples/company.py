"""A company from its test set to its first mailed invoice: one verb for each stretch. Here DIAN is the simulator."""

from collections.abc import Sequence
from decimal import Decimal
from email.message import EmailMessage

from dian_fe import Address, Client, Company, Customer, Issuer, Line, Organization, Payment, SqliteStore, iva
from dian_fe.catalogs import Environment, IdType
from dian_fe.habilitacion import Counts, HabilitacionRun
from dian_fe.testing import Simulator

lab = Simulator(seed=7)  # DIAN's habilitación; in real life: Client(environment=Environment.HABILITACION, …)
dian = Simulator(seed=7, environment=Environment.PRODUCCION)
signer = dian.signer("700085371")  # in real life: Pkcs12Signer.load("firma.p12", password)
dian.resolution("FE", nit="700085371")  # what the company asked for in the MUISCA


def post(message: EmailMessage, to: Sequence[str]) -> None:  # in real life: SmtpSender("smtp.example.com", …)
    files = [part.get_filename() for part in message.iter_attachments()]
    for address in to:
        print(address, *files)


shop = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    postal_code="760042",
    emails=["ventas@example.com"],
)
issuer = Issuer(organization=shop, software=lab.software, resolution=lab.resolution("SETP"))
test_set = lab.open_test_set(2, 1, 1)  # in real life: opened in the portal, which shows its TestSetId
with Client(signer=signer, transport=lab) as client:
    run = HabilitacionRun.plan(issuer, test_set.id, counts=Counts(2, 1, 1))
    run.drive(client, signer)
    print("set de pruebas:", run.confirm(client, signer).state.value)

buyer = Customer(
    id_type=IdType.NIT,
    id="900373076",
    name="Cliente Ejemplo SAS",
    address=Address.colombia("05001", "Cra 43A # 1-50", postal_code="050021"),
    emails=["compras@example.com", "contabilidad@example.com"],
)
coffee = Line(description="Café tostado 500 g", quantity=3, price=Decimal("18500"), taxes=[iva(5)])

with Client(signer=signer, transport=dian) as client, SqliteStore("shipments.db") as store:
    (numbering,) = client.numbering(shop.nit, dian.software.id, prefix="FE")  # with its technical key
    issuer = issuer.replace(resolution=numbering, environment=Environment.PRODUCCION)
    company = Company(issuer, signer, client=client, store=store, sender=post)
    for fault in company.ready([buyer]):
        print(fault)
    company.resume()  # what an earlier run left unfinished
    issued = company.issue(company.invoice(customer=buyer, lines=[coffee], payment=Payment.cash()))
    print(issued.raise_for_rejection().key, issued.document.payable)
    company.deliver(issued)  # the signed invoice, DIAN's answer and the paper, to every address
    company.deliver(issued, to="contabilidad@example.com")  # the same bytes again
