"""Hooks, log records, metrics and notices of a company."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from dian_fe import Client, Company, Customer, Line, MemoryStore, Payment, RetryPolicy, Shipment, iva
from dian_fe.company import Issued, JsonLines, Metrics, Notice
from dian_fe.testing import ListedScript, Simulator
from tests.support.company import BUYER, ISSUER, issuer_at


def company(dian: Simulator, **options: Any) -> Company:
    signer = dian.signer(ISSUER.organization.nit)
    client = Client(signer=signer, transport=dian, policy=RetryPolicy(unavailable=(0, 0), slow=(0, 0), polls=(0,)))
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
