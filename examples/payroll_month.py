"""Issue a month's payroll: from plain records to accepted documents and mailed payslips. Here DIAN is the simulator."""

from datetime import datetime
from decimal import Decimal
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from dian_fe import (
    Client,
    Issuer,
    Mailbox,
    Organization,
    build,
    check,
    deliver,
    hand_out,
    payroll_run,
    render_pdf,
    sign,
)
from dian_fe.testing import Simulator

now = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
dian = Simulator(seed=7)  # in production: no simulator, Client(environment=Environment.PRODUCCION, …)
signer = dian.signer("700085371")  # the employer's; in production: Pkcs12Signer.load("firma.p12", password)
shop = Organization(nit="700085371", name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20")
issuer = Issuer(organization=shop, software=dian.software)

workers = [  # as the payroll system settled them; a CSV, an Excel file or a data frame serves too
    {
        "Cédula": "1020304051",
        "Primer apellido": "Pérez",
        "Primer nombre": "Ana",
        "Salario": 2_000_000,
        "Fecha de ingreso": "2020-01-15",
        "Días trabajados": 30,
        "Básico": 2_000_000,
        "Auxilio de transporte": 200_000,
        "Salud": 80_000,
        "Pensión": 80_000,
        "Neto a pagar": 2_040_000,
        "Correo": "ana@example.com",
    },
    {
        "Cédula": "1020304052",
        "Primer apellido": "Gómez",
        "Primer nombre": "Luis",
        "Salario": 2_400_000,
        "Fecha de ingreso": "2023-06-01",
        "Días trabajados": 28,
        "Básico": 2_240_000,
        "Licencias no remuneradas: días": 2,
        "Comisiones": Decimal("350000.50"),
        "Salud": 103_600,
        "Pensión": 103_600,
        "Libranza": 150_000,
        "Descripción libranza": "Banco Ejemplo",
        "Neto a pagar": Decimal("2232800.50"),
        "Correo": "luis@example.com",
    },
    {  # its net is not the sum of its amounts: it is reported, and the others go on
        "Cédula": "1020304053",
        "Primer apellido": "Díaz",
        "Primer nombre": "Juan",
        "Salario": 3_000_000,
        "Fecha de ingreso": "2019-09-01",
        "Días trabajados": 30,
        "Básico": 3_000_000,
        "Salud": 120_000,
        "Pensión": 120_000,
        "Neto a pagar": 2_770_000,
    },
]
common = {
    "fechas_pagos": "2026-02-27",
    "trabajador.lugar_trabajo_municipio_ciudad": "76001",
    "trabajador.lugar_trabajo_direccion": "Cl 14 # 5-20",
    "deducciones.salud.porcentaje": 4,
    "deducciones.fondo_pension.porcentaje": 4,
}
outbox: list[EmailMessage] = []
with Client(signer=signer, transport=dian) as ws:
    for entry in payroll_run(shop, workers, "2026-02", issued_at=now, numbers="NE1", defaults=common):
        for finding in entry.findings:
            print(finding)
        if entry.document is None:
            continue
        built = build(entry.document, issuer)  # pure: XML, CUNE, QR, file name
        for fault in check(built):
            print(fault.code, fault.message, fault.path)
        signed = sign(built, signer, at=now)
        answer = ws.send(signed).raise_for_rejection()
        payslip = hand_out(signed, answer, pdf=render_pdf(signed, answer=answer))
        deliver(
            payslip,
            sender=lambda message, to: outbox.append(message),  # in production: SmtpSender("smtp.example.com", …)
            at=now,
            to=entry.emails,
            mailbox=Mailbox("nomina@example.com", "Tienda Ejemplo"),
        )
        document = entry.document
        print(document.number, document.trabajador.name, document.comprobante_total, answer.outcome.label)
print(len(outbox), "payslips mailed")
