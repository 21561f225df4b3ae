"""A nightly batch: the day's sales, from a CSV, become invoices that DIAN accepted and customers got by mail.

Run it on the simulator, with ``pip install '.[pdf]'``; the sales are those beside this file, or others of the
same columns:

    python examples/nightly_batch.py [SALES.csv [FOLDER]]

FOLDER keeps everything from night to night: the ledger with numbers and shipments, the packages, the mail (a maildir
here) and the report. Run it again at any time – after a crash, an outage of DIAN, or a correction of the CSV: a sale
that has a number keeps it, what may have reached DIAN is asked for before it is sent again, and what is done is done.
"""

import csv
import mailbox
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from dian_fe import (
    Answer,
    Client,
    Customer,
    DianFeError,
    Invoice,
    Issuer,
    Line,
    Organization,
    Package,
    Payment,
    Shipment,
    build,
    check,
    deliver,
    iva,
    pack,
    read,
    sign,
)
from dian_fe.catalogs import Environment
from dian_fe.graphic import render_pdf
from dian_fe.testing import Simulator

BOGOTA = ZoneInfo("America/Bogota")

# In production: load_issuer(Path("issuer.json").read_bytes()), Pkcs12Signer.load("firma.p12", password), and a client
# with environment=Environment.PRODUCCION and no transport.
dian = Simulator(seed=7)
signer = dian.signer("700085371")
shop = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["facturacion@example.com"],
)
resolution = dian.resolution("SETP")
issuer = Issuer(organization=shop, software=dian.software, resolution=resolution, environment=Environment.HABILITACION)


def connect() -> Client:
    if endpoint := os.environ.get("DIAN_ENDPOINT"):  # a simulator of its own: python -m dian_fe simulator
        return Client(signer=signer, environment=issuer.environment, endpoint=endpoint)
    return Client(signer=signer, transport=dian)


class Ledger:
    """Which sale has which number, and how far it came. One batch at a time: the file is locked."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False)  # send_all calls from one thread at a time
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        with self._db:
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS sales (consecutive INTEGER PRIMARY KEY, sale TEXT UNIQUE,"
                " number TEXT UNIQUE, state TEXT, shipment TEXT, mailed_to TEXT)"
            )

    def close(self) -> None:
        self._db.close()

    def find(self, sale: str) -> tuple[int, Shipment] | None:
        row = self._db.execute("SELECT consecutive, shipment FROM sales WHERE sale = ?", (sale,)).fetchone()
        return None if row is None else (row[0], Shipment.from_json(row[1]))

    def next(self) -> int:
        (last,) = self._db.execute("SELECT max(consecutive) FROM sales").fetchone()
        return (last or resolution.range_from) + 1

    def add(self, sale: str, consecutive: int, shipment: Shipment) -> None:
        row = (consecutive, sale, shipment.number, shipment.state, shipment.to_json())
        with self._db:
            self._db.execute("REPLACE INTO sales VALUES (?, ?, ?, ?, ?, NULL)", row)

    def store(self, shipment: Shipment) -> None:
        row = (shipment.state, shipment.to_json(), shipment.number)
        with self._db:
            self._db.execute("UPDATE sales SET state = ?, shipment = ? WHERE number = ?", row)

    def mailed(self, number: str, recipients: Sequence[str]) -> None:
        with self._db:
            self._db.execute("UPDATE sales SET mailed_to = ? WHERE number = ?", (", ".join(recipients), number))

    def unfinished(self) -> list[Shipment]:
        rows = self._db.execute(
            "SELECT shipment FROM sales WHERE state != 'rejected' AND mailed_to IS NULL ORDER BY consecutive"
        )
        return [Shipment.from_json(shipment) for (shipment,) in rows]

    def mailed_to(self, sale: str) -> str:
        row = self._db.execute("SELECT mailed_to FROM sales WHERE sale = ?", (sale,)).fetchone()
        return "" if row is None else row[0] or ""


def issue(sale: str, rows: list[dict[str, str]], ledger: Ledger) -> None:
    """Number, sign and store a sale that is new, or that DIAN rejected: that one keeps its number."""
    known = ledger.find(sale)
    if known is not None and known[1].state != "rejected":
        return
    consecutive = ledger.next() if known is None else known[0]
    now = datetime.now(BOGOTA)
    first = rows[0]
    invoice = Invoice.from_lines(
        number=f"{resolution.prefix}{consecutive}",
        issued_at=now,
        supplier=shop,
        customer=Customer(id_type=first["id_type"], id=first["id"], name=first["name"], emails=[first["email"]]),
        lines=[
            Line(description=row["description"], quantity=row["quantity"], price=row["price"], taxes=[iva(row["iva"])])
            for row in rows
        ],
        payment=Payment.cash(),
    )
    built = build(invoice, issuer)
    for fault in check(built):
        if fault.rejects:
            raise ValueError(str(fault))
    ledger.add(sale, consecutive, Shipment.of(sign(built, signer, at=now)))


def mail(shipment: Shipment, folder: Path, ledger: Ledger) -> None:
    """Mail an accepted invoice to its customer.

    The package is stored first: a mail sent again, after a crash right behind it, has the same bytes.
    """
    path = folder / "packages" / f"{shipment.number}.zip"
    now = datetime.now(BOGOTA)
    if path.exists():
        package = Package.load(path.read_bytes())
    else:
        document, answer = read(shipment.xml), Answer(shipment)
        pdf = render_pdf(document, answer=answer, software=issuer.software)
        package = pack(document, answer, signer, at=now, pdf=pdf)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(package.zip_bytes)
        unfinished.replace(path)
    maildir = mailbox.Maildir(folder / "mail")

    def send(message: EmailMessage, recipients: Sequence[str]) -> None:  # or SmtpSender("smtp.example.com", …)
        maildir.add(message)

    ledger.mailed(shipment.number, deliver(package, sender=send, at=now).recipients)


def main(sales: Path, folder: Path) -> None:
    (folder / "packages").mkdir(parents=True, exist_ok=True)
    with sales.open(encoding="utf-8", newline="") as file:
        by_sale: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(file):  # one row is one line of an invoice
            by_sale.setdefault(row["sale"], []).append(row)
    with closing(Ledger(folder / "ledger.sqlite")) as ledger, connect() as client:
        refused = {}
        for sale, rows in by_sale.items():
            try:
                issue(sale, rows, ledger)
            except (DianFeError, ValueError) as error:
                refused[sale] = str(error)
        for answer in client.send_all(ledger.unfinished(), store=ledger.store):
            if answer.accepted:
                try:
                    mail(answer.shipment, folder, ledger)
                except DianFeError as error:
                    print(answer.number, error, file=sys.stderr)
        with (folder / "report.csv").open("w", encoding="utf-8", newline="") as file:
            report = csv.writer(file)
            report.writerow(["sale", "number", "outcome", "cufe", "mailed_to", "detail"])
            for sale in by_sale:
                known = ledger.find(sale)
                if known is None:
                    report.writerow([sale, "", "not issued", "", "", refused[sale]])
                    continue
                answer = Answer(known[1])
                told = refused.get(sale) or "; ".join(map(str, answer.rejections)) or answer.next_step
                report.writerow([sale, answer.number, answer.outcome, answer.key, ledger.mailed_to(sale), told])
    print((folder / "report.csv").read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    main(given[0] if given else Path(__file__).with_name("sales.csv"), given[1] if len(given) > 1 else Path("batch"))
