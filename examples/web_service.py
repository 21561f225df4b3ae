"""A web service that issues invoices in the background and survives being killed at any point.

Run it on the simulator, with ``pip install '.[pdf]' fastapi uvicorn``:

    python examples/web_service.py

and post an invoice, without number, date or supplier: those are the service's to say.

    curl -i localhost:8000/invoices -H 'Idempotency-Key: order-1' -d '{
      "customer": {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ["compras@example.com"]},
      "lines": [{"description": "Café tostado 500 g", "standard_code": "CAF-500", "quantity": 3, "price": "18500",
                 "taxes": [{"subtotals": [{"code": "01", "percent": 5}]}]}],
      "payment": {"form": "1", "means": "10"}}'
    curl localhost:8000/invoices/SETP990000001
    curl -o factura.pdf localhost:8000/invoices/SETP990000001/pdf

A request is answered as soon as its invoice is numbered, signed and stored; a thread sends it to DIAN, storing each
step. After a crash the stored shipments are taken up where they were: what may have reached DIAN is asked for by its
key before it is sent again. The same Idempotency-Key never makes a second invoice. Run one process of it.
"""

import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from dian_fe import (
    Answer,
    Client,
    DianFeError,
    Issuer,
    Organization,
    Package,
    RetryPolicy,
    Shipment,
    build,
    check,
    load_document,
    pack,
    read,
    sign,
)
from dian_fe.catalogs import Environment
from dian_fe.graphic import render_pdf
from dian_fe.testing import Simulator

DATABASE = os.environ.get("DATABASE", "invoices.sqlite")
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
    """Make a client that tries once: the loop below tries again, and forgets nothing."""
    once = RetryPolicy.once()
    if endpoint := os.environ.get("DIAN_ENDPOINT"):  # a simulator of its own: python -m dian_fe simulator
        return Client(signer=signer, environment=issuer.environment, endpoint=endpoint, policy=once)
    return Client(signer=signer, transport=dian, policy=once)


# --- what is stored ------------------------------------------------------------------------------------------------


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    """Open the database in a transaction, in which nobody else writes: it is committed unless an error leaves it."""
    with closing(sqlite3.connect(DATABASE, timeout=30, isolation_level=None)) as db, db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS invoices (consecutive INTEGER PRIMARY KEY, number TEXT UNIQUE,"
            " idempotency_key TEXT UNIQUE, request TEXT, state TEXT, shipment TEXT, package BLOB)"
        )
        db.execute("BEGIN IMMEDIATE")
        yield db


def store(shipment: Shipment) -> None:
    """Store a shipment as it stands; the client calls this at each step, and before anything leaves."""
    with database() as db:
        db.execute(
            "UPDATE invoices SET state = ?, shipment = ? WHERE number = ?",
            (shipment.state, shipment.to_json(), shipment.number),
        )


def stored(number: str) -> tuple[Shipment, bytes | None]:
    with database() as db:
        row = db.execute("SELECT shipment, package FROM invoices WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise HTTPException(404, "esa factura no existe")
    return Shipment.from_json(row[0]), row[1]


# --- the thread that sends -----------------------------------------------------------------------------------------

wake, stopping = threading.Event(), threading.Event()


def work() -> None:
    """Finish what is stored and unfinished, at the start what an earlier run left, then whatever comes."""
    with connect() as client:
        while not stopping.is_set():
            with database() as db:
                unfinished = db.execute(
                    "SELECT shipment FROM invoices WHERE state != 'rejected' AND package IS NULL ORDER BY consecutive"
                ).fetchall()
            for (shipment,) in unfinished:
                if stopping.is_set():
                    return
                try:
                    finish(client, Shipment.from_json(shipment))
                except DianFeError:  # of this one invoice, as a signer that fails: it is tried again later
                    logging.exception("an invoice could not be finished")
            wake.wait(timeout=30)  # by then DIAN may answer again
            wake.clear()


def finish(client: Client, shipment: Shipment) -> None:
    """Bring an invoice to DIAN, and make what its customer gets; one that is accepted already is not sent again."""
    answer = client.resume(shipment, store=store)
    if answer.accepted:
        document = read(shipment.xml)
        pdf = render_pdf(document, answer=answer, software=issuer.software)
        package = pack(document, answer, signer, at=datetime.now(BOGOTA), pdf=pdf)
        with database() as db:
            db.execute("UPDATE invoices SET package = ? WHERE number = ?", (package.zip_bytes, shipment.number))


# --- the service ---------------------------------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    stopping.clear()
    worker = threading.Thread(target=work)
    worker.start()
    yield
    stopping.set()
    wake.set()
    worker.join()


app = FastAPI(title="Facturación", lifespan=lifespan)


@app.exception_handler(DianFeError)
def refused(request: Request, error: Exception) -> JSONResponse:
    """Answer what cannot be issued: field, value found, value expected and what to do."""
    assert isinstance(error, DianFeError)
    return JSONResponse(error.as_dict(), 422)


async def raw_body(request: Request) -> bytes:
    return await request.body()  # as text: prices keep their decimals


@app.post("/invoices", status_code=202)
def issue(
    body: Annotated[bytes, Depends(raw_body)], idempotency_key: Annotated[str, Header()], response: Response
) -> dict[str, Any]:
    """Number, sign and store an invoice. One that DIAN rejected is corrected with its key, and keeps its number."""
    request = hashlib.sha256(body).hexdigest()
    with database() as db:
        row = db.execute(
            "SELECT consecutive, request, shipment, state FROM invoices WHERE idempotency_key = ?", (idempotency_key,)
        ).fetchone()
        if row is not None and row[1] == request:
            response.status_code = 200
            return status_of(Shipment.from_json(row[2]))
        if row is not None and row[3] != "rejected":
            raise HTTPException(409, "esa Idempotency-Key es de otra factura")
        (last,) = db.execute("SELECT max(consecutive) FROM invoices").fetchone()
        consecutive = row[0] if row is not None else (last or resolution.range_from) + 1
        shipment = made(body, f"{resolution.prefix}{consecutive}")
        db.execute(
            "REPLACE INTO invoices VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (consecutive, shipment.number, idempotency_key, request, shipment.state, shipment.to_json()),
        )
    wake.set()
    response.headers["Location"] = f"/invoices/{shipment.number}"
    return status_of(shipment)


def made(body: bytes, number: str) -> Shipment:
    """Make the signed document: from here on its number, moment and bytes stay as they are."""
    now = datetime.now(BOGOTA)
    built = build(load_document(body, number=number, issued_at=now, supplier=shop), issuer)
    faults = [fault.as_dict() for fault in check(built) if fault.rejects]
    if faults:
        raise HTTPException(422, faults)
    return Shipment.of(sign(built, signer, at=now))


def status_of(shipment: Shipment) -> dict[str, Any]:
    answer = Answer(shipment)
    return {
        "number": answer.number,
        "cufe": answer.key,
        "state": shipment.state,  # ready, in_doubt and pending continue in the background; the others are final
        "faults": [fault.as_dict() for fault in answer.faults],
        "next_step": answer.next_step if shipment.state.is_final else "",
    }


@app.get("/invoices/{number}")
def status(number: str) -> dict[str, Any]:
    return status_of(stored(number)[0])


@app.get("/invoices/{number}/package")
def package(number: str) -> Response:
    """Return the ZIP for the customer's mail: signed AttachedDocument with DIAN's answer, and the PDF."""
    return Response(packed(number), media_type="application/zip")


@app.get("/invoices/{number}/pdf")
def pdf(number: str) -> Response:
    return Response(Package.load(packed(number)).pdf, media_type="application/pdf")


def packed(number: str) -> bytes:
    shipment, data = stored(number)
    if data is None:
        raise HTTPException(409, f"la factura aún no tiene su paquete: {shipment.state}")
    return data


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
