"""A web service that issues invoices in the background and survives being killed at any point.

Its settings are the variables of the guide «Integrar en un servicio». To try it on the simulator, with
``pip install '.[pdf]' fastapi uvicorn``:

    python examples/try_service.py          # makes the files, and says which variables to set
    python examples/web_service.py

and post an invoice, without number, date or supplier: those are the service's to say.

    curl -i localhost:8000/invoices -H 'Idempotency-Key: order-1' -d '{
      "customer": {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ["compras@example.com"]},
      "lines": [{"description": "Café tostado 500 g", "standard_code": "CAF-500", "quantity": 3, "price": "18500",
                 "taxes": [{"subtotals": [{"code": "01", "percent": 5}]}]}],
      "payment": {"form": "1", "means": "10"}}'
    curl localhost:8000/invoices/SETP990000000
    curl -o factura.pdf localhost:8000/invoices/SETP990000000/pdf

A request is answered as soon as its invoice is numbered, signed and stored; a thread sends it to DIAN. The same
Idempotency-Key never makes a second invoice. Any number of processes may share a store: what a killed one held, the
others finish. Two of them on PostgreSQL are in compose.yml.
"""

import logging
import os
import queue
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from dian_fe import Client, Company, DianFeError, Package
from dian_fe.company import Issued, JsonLines, Metrics, Notice, Settings
from dian_fe.errors import BeingIssued, CheckFailed, MissingExtra, StoreError

settings = Settings.from_env()
issuer, signer, store = settings.load_issuer(), settings.load_signer(), settings.open_store()
client = Client(signer=signer, environment=issuer.environment, **settings.client_options())
WEBHOOK = os.environ.get("WEBHOOK_URL")

# --- what is told to others: metrics where OpenTelemetry is installed, and notices to a webhook ----------------------

notices: queue.Queue[Notice | None] = queue.Queue(maxsize=10_000)
metrics: Metrics | None = None
with suppress(MissingExtra):
    metrics = Metrics()


def on_outcome(issued: Issued[Any]) -> None:
    """Count, and leave the notice to another thread: issuing waits for nobody."""
    if metrics:
        metrics.on_outcome(issued)
    if WEBHOOK and issued.shipment.state.is_final:
        notices.put_nowait(Notice.of(issued, at=company.now()))  # when the queue is full, that is logged


def notify() -> None:
    """Post the notices. One that is not taken in three tries is logged: the invoice itself can always be asked for."""
    with httpx.Client(timeout=10) as web:
        while (notice := notices.get()) is not None:
            for pause in (1, 5, 0):
                with suppress(httpx.HTTPError):
                    headers = {"Content-Type": "application/json", "Idempotency-Key": notice.id}
                    if web.post(str(WEBHOOK), content=notice.to_json(), headers=headers).is_success:
                        break
                stopping.wait(pause)
            else:
                logging.warning("the webhook did not take the notice of %s", notice.number)


company = Company(
    issuer,
    signer,
    client=client,
    store=store,
    sender=settings.make_sender(),
    mailbox=settings.mailbox(),
    on_attempt=metrics.on_attempt if metrics else None,
    on_outcome=on_outcome,
)

# --- the thread that sends -------------------------------------------------------------------------------------------

wake, stopping = threading.Event(), threading.Event()


def work() -> None:
    """Finish what is stored and unfinished, at the start what a killed process left, then whatever comes."""
    while not stopping.is_set():
        try:
            company.resume()
        except Exception:  # as a database that is away for a moment
            logging.exception("what is unfinished is tried again")
        wake.wait(timeout=30)  # by then DIAN may answer again
        wake.clear()


worker, notifier = threads = threading.Thread(target=work), threading.Thread(target=notify)

# --- the service -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    for thread in threads:
        thread.start()
    yield
    stopping.set()
    wake.set()
    worker.join()
    notices.put(None)
    notifier.join()
    client.close()
    if store is not None:
        store.close()


app = FastAPI(title="Facturación", lifespan=lifespan)


@app.exception_handler(DianFeError)
def refused(request: Request, error: Exception) -> JSONResponse:
    """Answer what cannot be issued: field, value found, value expected and what to do."""
    assert isinstance(error, DianFeError)
    found = [fault.as_dict() for fault in error.faults] if isinstance(error, CheckFailed) else []
    code = 409 if isinstance(error, BeingIssued) else 503 if isinstance(error, StoreError) else 422
    return JSONResponse(error.as_dict() | {"detail": found}, code)


async def raw_body(request: Request) -> bytes:
    return await request.body()  # as text: prices keep their decimals


@app.post("/invoices", status_code=202)
def issue(
    body: Annotated[bytes, Depends(raw_body)], idempotency_key: Annotated[str, Header()], response: Response
) -> dict[str, Any]:
    """Number, sign and store an invoice. One that DIAN rejected is corrected with its key, and keeps its number."""
    draft = company.load(body)

    def same(known: Issued[Any]) -> bool:
        return bool(draft.at(known.number, known.document.issued_at) == known.document)

    issued = company.find(idempotency_key=idempotency_key)
    if issued is not None and same(issued):
        response.status_code = 200
    else:
        issued = company.issue(draft, idempotency_key=idempotency_key, send=False)
        if not same(issued):
            raise HTTPException(409, "esa Idempotency-Key es de otra factura")
        wake.set()
    response.headers["Location"] = f"/invoices/{issued.number}"
    return status_of(issued)


def status_of(issued: Issued[Any]) -> dict[str, Any]:
    state = issued.shipment.state
    return {
        "number": issued.number,
        "cufe": issued.key,
        "state": state,  # ready, in_doubt and pending continue in the background; the others are final
        "faults": [fault.as_dict() for fault in issued.answer.faults],
        "may_reject": [fault.as_dict() for fault in issued.may_reject],  # of a new one: likely, not confirmed
        "next_step": issued.answer.next_step if state.is_final else "",
    }


def stored(number: str) -> Issued[Any]:
    issued = company.find(number)
    if issued is None:
        raise HTTPException(404, "esa factura no existe")
    return issued


def packed(number: str) -> Package[Any]:
    issued = stored(number)
    if issued.package is None:
        raise HTTPException(409, f"la factura aún no tiene su paquete: {issued.shipment.state}")
    return issued.package


@app.get("/invoices/{number}")
def status(number: str) -> dict[str, Any]:
    return status_of(stored(number))


@app.get("/invoices/{number}/package")
def package(number: str) -> Response:
    """Return the ZIP for the customer's mail: signed AttachedDocument with DIAN's answer, and the PDF."""
    return Response(packed(number).zip_bytes, media_type="application/zip")


@app.get("/invoices/{number}/pdf")
def pdf(number: str) -> Response:
    return Response(packed(number).pdf, media_type="application/pdf")


@app.get("/health")
def health() -> JSONResponse:
    """Answer 200 while the process works; one that does not is to be started anew."""
    alive = all(thread.is_alive() for thread in threads)
    return JSONResponse({"alive": alive}, 200 if alive else 503)


@app.get("/ready")
def ready() -> JSONResponse:
    """Answer 200 when requests may come: the store answers, and nothing stops the next invoice. DIAN may be away."""
    report = company.ready()
    return JSONResponse({"findings": [fault.as_dict() for fault in report]}, 200 if report.ok else 503)


if __name__ == "__main__":
    import uvicorn

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes addresses, and a webhook's may hold a token
    uvicorn.run(
        app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8000")), log_config=None
    )
