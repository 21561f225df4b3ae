"""Hooks, log records, metrics and notices of a company."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dian_fe import (
    AsyncClient,
    AsyncCompany,
    Client,
    Company,
    Customer,
    Line,
    MemoryStore,
    Payment,
    RetryPolicy,
    Shipment,
    SqliteStore,
    iva,
)
from dian_fe.company import Issued, JsonLines, Metrics, Notice
from dian_fe.errors import InvalidInput
from dian_fe.testing import ListedScript, Simulator
from dian_fe.testing.failures import Mishap, failure
from tests.support.company import BUYER, ISSUER, issuer_at


def company(dian: Simulator, **options: Any) -> Company:
    signer = dian.signer(ISSUER.organization.nit)
    policy = RetryPolicy(unavailable=(0, 0), slow=(0, 0), polls=(0,), settling=(0, 0))
    client = Client(signer=signer, transport=dian, policy=policy)
    return Company(issuer_at(dian), signer, client=client, store=MemoryStore(), **options)


def sale(made: Company, customer: Customer = BUYER) -> Any:
    coffee = Line(description="Café", quantity=1, price="10000", taxes=[iva(19)])
    return made.invoice(customer=customer, lines=[coffee], payment=Payment.cash())


def test_hooks_see_each_exchange_and_the_outcome(dian: Simulator) -> None:
    attempts: list[Shipment] = []
    outcomes: list[Issued[Any]] = []
    made = company(dian, on_attempt=attempts.append, on_outcome=outcomes.append)
    issued = made.issue(sale(made))
    assert outcomes == [issued]
    assert [each.attempts[-1].outcome for each in attempts] == ["accepted"]
    elapsed = attempts[0].attempts[-1].elapsed
    assert elapsed is not None
    assert elapsed >= 0


def test_an_outage_is_seen_by_hooks_and_is_a_warning(dian: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    dian.script = ListedScript(["http_500"])
    attempts: list[str] = []
    made = company(dian, on_attempt=lambda shipment: attempts.append(shipment.attempts[-1].outcome))
    with caplog.at_level(logging.INFO, logger="dian_fe.company"):
        assert made.issue(sale(made)).accepted
    assert attempts[0] == "service_unavailable"
    assert attempts.count("accepted") == 1
    levels = [record.levelno for record in caplog.records]
    assert levels[0] == logging.WARNING
    assert levels[-1] == logging.INFO


def test_a_resumed_document_shows_only_what_is_new(dian: Simulator) -> None:
    attempts: list[str] = []
    made = company(dian, on_attempt=lambda shipment: attempts.append(shipment.attempts[-1].outcome))
    made.issue(sale(made), send=False)
    made.issue(sale(made), send=False)
    assert attempts == []
    assert all(each.accepted for each in made.resume())
    assert attempts == ["accepted", "accepted"]


def test_a_hook_that_fails_stops_nothing(dian: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    def broken(value: object) -> None:
        raise RuntimeError("el tablero no responde")

    made = company(dian, on_attempt=broken, on_outcome=broken)
    issued = made.issue(sale(made))
    assert issued.accepted
    failed = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(failed) == 2
    assert all(record.exc_info for record in failed)


def test_every_exchange_is_shown_also_those_stored_together(dian: Simulator) -> None:
    dian.script = ListedScript([failure(Mishap.DROP_RESPONSE, done=True), "http_500"])
    attempts: list[tuple[str, str]] = []

    def note(shipment: Shipment) -> None:
        last = shipment.attempts[-1]
        assert last.elapsed is not None
        attempts.append((last.operation, last.outcome))

    made = company(dian, on_attempt=note)
    issued = made.issue(sale(made))
    assert attempts == [(each.operation, each.outcome) for each in issued.answer.attempts]
    other = company(dian, on_attempt=note)  # a store that forgot: DIAN has the number, of other bytes
    attempts.clear()
    repeated = other.issue(sale(other))
    assert any(outcome.startswith("rule_90") for _, outcome in attempts)
    assert attempts == [(each.operation, each.outcome) for each in repeated.answer.attempts]


def test_hooks_of_many_threads_see_each_exchange_once(dian: Simulator) -> None:
    attempts: list[str] = []
    outcomes: list[str] = []
    made = company(
        dian,
        on_attempt=lambda shipment: attempts.append(shipment.key),
        on_outcome=lambda issued: outcomes.append(issued.key),
    )
    with ThreadPoolExecutor(4) as threads:
        keys = sorted(issued.key for issued in threads.map(lambda _: made.issue(sale(made)), range(8)))
    assert sorted(attempts) == sorted(outcomes) == keys


def test_hooks_of_an_async_company_see_the_same(dian: Simulator) -> None:
    attempts: list[str] = []
    outcomes: list[str] = []

    async def issue() -> list[str]:
        signer = dian.signer(ISSUER.organization.nit)
        made = AsyncCompany(
            issuer_at(dian),
            signer,
            client=AsyncClient(signer=signer, transport=dian),
            store=MemoryStore(),
            on_attempt=lambda shipment: attempts.append(shipment.key),
            on_outcome=lambda issued: outcomes.append(issued.key),
        )
        issued = await asyncio.gather(*(made.issue(sale(made)) for _ in range(4)))
        return sorted(each.key for each in issued)

    keys = asyncio.run(issue())
    assert sorted(attempts) == sorted(outcomes) == keys


def test_a_hook_that_nobody_would_await_is_refused(dian: Simulator) -> None:
    async def hook(value: object) -> None:
        pass

    for name in ("on_attempt", "on_outcome"):
        with pytest.raises(InvalidInput) as refused:
            company(dian, **{name: hook})
        assert refused.value.field == name


def test_a_log_handler_that_fails_stops_nothing(dian: Simulator) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError("disco lleno")

    logger, handler = logging.getLogger("dian_fe.company"), Broken()
    logger.addHandler(handler)
    try:
        made = company(dian)
        assert made.issue(sale(made)).accepted
    finally:
        logger.removeHandler(handler)


def test_records_of_failures_hold_no_secret(caplog: pytest.LogCaptureFixture, dian: Simulator) -> None:
    signer = dian.signer(ISSUER.organization.nit)
    with socket.socket() as closed:  # nobody answers at this port
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    secret = "clave-del-proxy"
    proxy = f"http://usuario:{secret}@127.0.0.1:{port}"
    client = Client(signer=signer, environment=ISSUER.environment, proxy=proxy, policy=RetryPolicy.once())
    with caplog.at_level(logging.DEBUG, logger="dian_fe"), client:
        made = Company(issuer_at(dian), signer, client=client, store=MemoryStore())
        issued = made.issue(sale(made))
    assert issued.error is None
    assert issued.answer.error is not None
    records = [record for record in caplog.records if record.name == "dian_fe.company"]
    lines = [json.loads(JsonLines().format(record)) for record in records]
    assert [line["event"] for line in lines] == ["attempt", "outcome"]
    assert all(line["level"] == "WARNING" for line in lines)
    written = json.dumps(lines)
    secrets = made.issuer.with_secrets()
    assert secret not in written
    assert secrets["software"]["pin"] not in written
    assert secrets["resolution"]["technical_key"] not in written


def test_records_are_correlated_and_hold_no_secret(dian: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    made = company(dian)
    with caplog.at_level(logging.DEBUG, logger="dian_fe.company"):
        issued = made.issue(sale(made))
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "dian_fe.company"]
    assert [line["event"] for line in lines] == ["attempt", "outcome"]
    assert {line["key"] for line in lines} == {issued.key}
    assert {line["number"] for line in lines} == {issued.number}
    written = "".join(json.dumps(line) for line in lines)
    secrets = made.issuer.with_secrets()
    assert secrets["software"]["pin"] not in written
    assert secrets["resolution"]["technical_key"] not in written
    assert BUYER.id not in written


def test_a_record_of_another_logger_is_a_line_too() -> None:
    record = logging.LogRecord("otro", logging.WARNING, __file__, 1, "mensaje %s", ("ñ",), None)
    assert json.loads(JsonLines().format(record))["message"] == "mensaje ñ"


def test_opentelemetry_counts_outcomes_and_latencies(dian: Simulator) -> None:
    metrics = pytest.importorskip("opentelemetry.sdk.metrics")
    export = pytest.importorskip("opentelemetry.sdk.metrics.export")
    reader = export.InMemoryMetricReader()
    measured = Metrics(metrics.MeterProvider([reader]).get_meter("prueba"))
    made = company(dian, on_attempt=measured.on_attempt, on_outcome=measured.on_outcome)
    made.issue(sale(made))
    made.issue(sale(made))
    found = {
        each.name: list(each.data.data_points)
        for resource in reader.get_metrics_data().resource_metrics
        for scope in resource.scope_metrics
        for each in scope.metrics
    }
    assert [point.value for point in found["dian_fe.documents"]] == [2]
    expected = {"kind": "invoice", "outcome": "accepted", "environment": "2"}
    assert dict(found["dian_fe.documents"][0].attributes) == expected
    assert found["dian_fe.attempt.duration"][0].count == 2


def test_a_notice_says_what_happened_and_is_read_again(dian: Simulator) -> None:
    made = company(dian)
    issued = made.issue(sale(made))
    at = made.now()
    notice = Notice.of(issued, at=at)
    assert notice.type == "document.accepted"
    assert (notice.key, notice.number, notice.company) == (issued.key, issued.number, ISSUER.organization.nit)
    assert Notice.of(issued, at=at).id == notice.id
    assert Notice.model_validate_json(notice.to_json()) == notice
    assert "key" in Notice.model_json_schema()["properties"]
    assert BUYER.id not in notice.to_json()


@pytest.mark.parametrize("mishap", [None, Mishap.DROP_RESPONSE])
def test_a_notice_lost_with_its_process_is_made_again(mishap: Mishap | None, tmp_path: Path) -> None:
    """Whoever dies while telling an outcome derives the same notice from the store, once all is resumed."""
    dian = Simulator(seed=7, script=ListedScript([mishap]))
    lost: list[Notice] = []

    def died(issued: Issued[Any]) -> None:
        lost.append(Notice.of(issued, at=issued.document.issued_at))
        raise KeyboardInterrupt

    def opened(store: SqliteStore, hook: Any) -> Company:
        signer = dian.signer(ISSUER.organization.nit)
        policy = RetryPolicy(unavailable=(0, 0), slow=(0, 0), polls=(0,), settling=(0, 0))
        client = Client(signer=signer, transport=dian, policy=policy)
        return Company(issuer_at(dian), signer, client=client, store=store, on_outcome=hook)

    with SqliteStore(tmp_path / "a.db") as store:
        made = opened(store, died)
        with pytest.raises(KeyboardInterrupt):
            made.issue(sale(made), idempotency_key="order-1")
    with SqliteStore(tmp_path / "a.db") as store:
        made = opened(store, None)
        assert made.resume() == []
        found = made.find(idempotency_key="order-1")
        assert found is not None
        again = Notice.of(found, at=found.document.issued_at)
        assert [again] == lost
        assert again.type == "document.accepted"
