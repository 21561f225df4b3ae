"""A till: it sells, prints at once and sends in the background, and goes on while DIAN does not answer.

Run it on the simulator, with ``pip install '.[pdf]'``; it sells some tickets while nobody reaches DIAN, then finishes:

    python examples/till.py [TICKETS [FOLDER]]

FOLDER keeps everything: the store with numbers and signed tickets, what was printed, and a log. Kill it at any point
and run it again: what was sold has its number and is sent, once. A ticket that DIAN has not answered for 48 hours
follows as one of contingency. What is known of that rests on one source (07: the shop's failure, 08: DIAN's; the same
number again, within 48 hours); from when the hours count, no source says.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from dian_fe import (
    Client,
    Company,
    Customer,
    DianFeError,
    DocumentReference,
    Issuer,
    Line,
    Organization,
    Paper,
    Payment,
    PointOfSale,
    RetryPolicy,
    SoftwareMaker,
    SqliteStore,
    Theme,
    build,
    inc_bolsas,
    iva,
    read,
    render_pdf,
    sign,
)
from dian_fe.company import Issued
from dian_fe.testing import Mishap, SeededScript, Simulator
from dian_fe.transport import ContingencyPolicy, Standing, State

LIMIT = timedelta(hours=48)
PAUSE, LONGEST_PAUSE = 30.0, 1800.0
"""Seconds between rounds of sending: when something failed, each is twice as long as the one before."""
BOGOTA = ZoneInfo("America/Bogota")
MAKER = SoftwareMaker(person="Ana Ejemplo", company="Cajas Ejemplo SAS", software="Caja Ejemplo")


class Till:
    """A cash register of a company; ``printer`` gets the PDF of each ticket with its number."""

    def __init__(self, company: Company, place: PointOfSale, printer: Callable[[str, bytes], None]) -> None:
        self.company, self.place, self.printer = company, place, printer
        self.waiting: list[Issued] = []
        """Tickets that DIAN had not decided in the last round."""
        self._sold, self._closed = threading.Event(), threading.Event()

    def sell(self, sale: str, lines: Iterable[Line], customer: Customer | None = None) -> Issued:
        """Number, sign, store and print a ticket. Nothing here waits for DIAN; the same sale is not issued twice."""
        draft = self.company.pos_ticket(
            lines=lines,
            payment=Payment.cash(),
            customer=customer,  # None: the final consumer
            maker=MAKER,
            point_of_sale=self.place.replace(sale_code=sale),
        )
        issued = self.company.issue(draft, idempotency_key=sale, send=False)
        software = self.company.issuer.software
        self.printer(issued.number, render_pdf(read(issued.xml), software=software, theme=Theme(paper=Paper.ROLL_80)))
        self._sold.set()
        return issued

    def work(self) -> None:
        """Send what was sold until the till is closed: run it in a thread."""
        pause = PAUSE
        while not self._closed.is_set():
            self._sold.clear()
            before = len(self.waiting)
            self.send()
            failed = self.waiting and len(self.waiting) >= before
            pause = min(2 * pause, LONGEST_PAUSE) if failed else PAUSE
            if failed:
                self._closed.wait(pause)  # no sale makes DIAN answer sooner
            else:
                self._sold.wait(pause)

    def send(self) -> None:
        """Send once whatever DIAN has not answered; what may have reached it is asked for first."""
        try:
            for issued in self.waiting:
                if self.company.now() - issued.document.issued_at >= LIMIT:
                    self.contingency(issued)
        except DianFeError as error:  # DIAN does not answer, and may have one of them
            logging.warning("contingency waits: %s", error)
        self.waiting = []
        for issued in self.company.resume():
            if not issued.shipment.state.is_final:
                self.waiting.append(issued)
            elif not issued.accepted:  # for a person: its number is free again
                logging.error("%s rejected: %s", issued.number, issued.answer.rejections)

    def contingency(self, issued: Issued) -> None:
        """Put the ticket of contingency in the place of one that DIAN does not have.

        Number, moment and amounts stay, and so does the CUDE: whatever becomes of it, DIAN accepts it once.
        """
        store, client = self.company.store, self.company.client
        entry = store.claim(issued.key)
        if entry is None:  # another thread is sending it
            return
        try:
            shipment = entry.shipment
            if issued.document.type_code != "20" or shipment.state.is_final:
                return
            if shipment.state is not State.READY and client.status(shipment.key).standing is not Standing.NOT_FOUND:
                return  # DIAN has it: the next round learns what became of it
            down = ContingencyPolicy().assess(shipment.attempts).dian_is_down
            handed_over = DocumentReference(number=issued.number, issue_date=issued.document.issued_at.date())
            ticket = issued.document.replace(
                type_code="08" if down else "07",
                additional_references=(handed_over,),  # rule DEAI01
            )
            signed = sign(build(ticket, self.company.issuer), self.company.signer, at=self.company.now())
            store.save(replace(client.shipment_of(signed), attempts=shipment.attempts))  # with the evidence
        finally:
            store.release(issued.key)

    def close(self) -> None:
        """End the work after the round that is running."""
        self._closed.set()
        self._sold.set()


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
numbering = dian.resolution("EPOS", key_digits=0, nit=shop.nit).replace(document_type="20")  # of tickets alone
dian.register(numbering, nit=shop.nit)
issuer = Issuer(organization=shop, software=dian.software, numberings=[numbering])
PLACE = PointOfSale(plate="C-01", location="Almacén 1", cashier="Luis Ejemplo", till_type="Caja principal")
COFFEE = Line(description="Café tostado 500 g", price=Decimal("18500"), taxes=[iva(5)], standard_code="7701234567890")
BAG = Line(description="Bolsa", price=Decimal("100"), taxes=[inc_bolsas(70)], standard_code="BOLSA")


def open_till(store: SqliteStore, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(BOGOTA)) -> Till:
    """Open the till; what it prints lies in the folder, where in real life a printer takes it."""

    def printer(number: str, pdf: bytes) -> None:
        (folder / f"{number}.pdf").write_bytes(pdf)

    client = Client(signer=signer, transport=dian, policy=RetryPolicy.once(), clock=clock)  # rounds of `work` try again
    company = Company(issuer, signer, client=client, store=store, theme=Theme(paper=Paper.ROLL_80))
    return Till(company, PLACE, printer)


def main(count: int, folder: Path) -> None:
    """Sell while nothing reaches DIAN, then let it answer."""
    printed = folder / "printed"
    printed.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=folder / "till.log", format="%(asctime)s %(levelname)s %(message)s")
    with SqliteStore(folder / "till.sqlite") as store:
        till = open_till(store, printed)
        dian.script = SeededScript(1, {Mishap.REFUSED: 1.0})
        worker = threading.Thread(target=till.work)
        worker.start()
        day = datetime.now(BOGOTA)
        issued = [till.sell(f"{day:%Y%m%d%H%M%S}-{n}", [COFFEE.replace(quantity=n), BAG]) for n in range(1, count + 1)]
        print("sold and printed:", *(each.number for each in issued))
        till.close()
        worker.join()
        till.send()
        print("waiting for DIAN:", len(till.waiting))
        dian.script = None  # DIAN answers again
        till.send()
        print("accepted:", *(each.number for each in issued if each.key in dian.accepted))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(int(arguments[0]) if arguments else 3, Path(arguments[1] if len(arguments) > 1 else "till"))
