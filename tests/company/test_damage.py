"""What of a store cannot be read back, or fails after DIAN has accepted: the rest goes on."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dian_fe import (
    Client,
    Company,
    Event,
    Issuer,
    Organization,
    Person,
    SqliteStore,
    verify,
)
from dian_fe.catalogs import EventCode
from dian_fe.errors import DeliveryError, StoredDamaged, StoredNewer
from dian_fe.testing import Simulator
from tests.company.support import Clock, Post, company_at, sale
from tests.support.company import NOW


class Signer:
    """A signer of somebody else's, whose calls fail with an error of their own from one on."""

    def __init__(self, real: Any, good: int) -> None:
        self.real, self.good, self.certificate_chain = real, good, real.certificate_chain

    def sign(self, data: bytes) -> bytes:
        self.good -= 1
        if self.good < 0:
            raise RuntimeError("no session")
        signed: bytes = self.real.sign(data)
        return signed


def change(path: str, statement: str, *values: Any) -> None:
    with sqlite3.connect(path) as spoiler:
        spoiler.execute(statement, values)
    spoiler.close()


@pytest.mark.parametrize("text", ["", "{", "null", '"x"', "[]", '{"version": "1"}'])
def test_a_damaged_document_does_not_stop_the_others(dian: Simulator, tmp_path: Path, text: str) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        company = company_at(dian, store=store)
        first, second, third = (company.issue(sale(company), idempotency_key=f"{n}", send=False) for n in range(3))
        change(store.path, "UPDATE dian_fe_documents SET shipment = ? WHERE key = ?", text, second.key)
        with pytest.raises(StoredDamaged, match=second.key):
            company.resume()
        assert set(dian.accepted) == {first.key, third.key}
        for ask in (
            lambda: company.find(second.number),
            lambda: company.issue(sale(company), idempotency_key="1"),
            lambda: company.withdraw(second),
        ):
            with pytest.raises(StoredDamaged, match=second.key):
                ask()
        change(
            store.path, "UPDATE dian_fe_documents SET shipment = ? WHERE key = ?", second.shipment.to_json(), second.key
        )
        assert [each.accepted for each in company.resume()] == [True]


def test_what_a_later_version_stored_is_told_as_that(dian: Simulator, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        company = company_at(dian, store=store, sender=Post())
        first, second = (company.issue(sale(company), send=False) for _ in range(2))
        later = json.dumps(first.shipment.as_dict() | {"version": 2, "state": "a new one"})
        change(store.path, "UPDATE dian_fe_documents SET shipment = ? WHERE key = ?", later, first.key)
        for ask in (company.resume, lambda: company.find(first.number), lambda: company.withdraw(first)):
            with pytest.raises(StoredNewer, match=first.key) as caught:
                ask()
            assert not isinstance(caught.value, StoredDamaged)
            assert "actualice dian-fe" in str(caught.value)
        assert set(dian.accepted) == {second.key}
        sent = company.find(second.number)
        assert sent is not None
        record = company.deliver(sent).as_dict()
        change(store.path, "UPDATE dian_fe_deliveries SET record = ?", json.dumps(record | {"read_at": None}))
        with pytest.raises(StoredNewer, match=second.key):
            company.deliver(sent)


def test_a_damaged_package_is_told(dian: Simulator, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        company = company_at(dian, store=store, sender=Post())
        issued = company.issue(sale(company))
        company.deliver(issued)
        change(store.path, "UPDATE dian_fe_deliveries SET record = '{'")
        with pytest.raises(StoredDamaged, match=issued.key):
            company.deliver(issued)
        change(store.path, "UPDATE dian_fe_documents SET package = ?", b"PK\x03\x04")
        with pytest.raises(StoredDamaged, match=issued.key):
            company.find(issued.number)


def test_any_failure_to_pack_is_told_beside_the_acceptance(dian: Simulator) -> None:
    company = company_at(dian)
    real = company.signer
    company.signer = Signer(real, 1)
    issued = company.issue(sale(company))
    assert issued.accepted
    assert isinstance(issued.error, DeliveryError)
    assert isinstance(issued.error.__cause__, RuntimeError)
    (still,) = company.resume()
    assert (still.accepted, still.package) == (True, None)
    company.signer = real
    (packed,) = company.resume()
    assert packed.package is not None
    assert dian.requests.count("SendBillSync") == 1


def test_one_that_cannot_be_packed_does_not_stop_the_others(dian: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from dian_fe.company import papers

    company, render = company_at(dian), papers.render_pdf
    for _ in range(3):
        company.issue(sale(company), send=False)

    def drawn(document: Any, **options: Any) -> bytes:
        if document.document.number == "SETP990000000":
            raise ValueError("a font of its own")
        return render(document, **options)

    monkeypatch.setattr(papers, "render_pdf", drawn)
    assert [each.package is None for each in company.resume()] == [True, False, False]


def test_a_finished_event_that_nothing_proves_is_resumed(dian: Simulator, tmp_path: Path) -> None:
    """Versions before 0.8 stored an event that was found in its invoice's list without the list."""
    signer = dian.signer("800199436")
    client = Client(signer=signer, transport=dian)
    verified = verify(dian.deliver(to="800199436", at=NOW), dian.trust, at=NOW)
    us = Issuer(organization=Organization(nit="800199436", name="Compras Ejemplo SAS"), software=dian.software)
    person = Person(id="1020304050", first_name="Ana", family_name="Ejemplo", job_title="Compras", department="A")
    moment = NOW + timedelta(minutes=1)
    event = Event.acknowledge(verified, EventCode.ACUSE_DE_RECIBO, number="1", issued_at=moment, person=person)
    with SqliteStore(tmp_path / "a.db") as store:
        company = Company(us, signer, client=client, store=store, clock=Clock())
        issued = company.issue(event, idempotency_key="acuse")
        stored = issued.shipment.with_attempt("GetStatusEvent", moment).with_outcome("accepted").as_dict()
        stored["recovered"] = "asked"
        change(store.path, "UPDATE dian_fe_documents SET shipment = ?", json.dumps(stored))
        assert company.resume() == [], "nobody has seen it in doubt"
        seen = company.find(key=issued.key)
        assert seen is not None
        assert (seen.answer.accepted, store.unfinished("800199436 2")) == (False, [issued.key])
        assert [each.accepted for each in company.resume()] == [True]
        assert store.unfinished("800199436 2") == []
        change(store.path, "UPDATE dian_fe_documents SET shipment = ?", json.dumps(stored))
        assert company.issue(event, idempotency_key="acuse").accepted
        assert dian.requests.count("SendEventUpdateStatus") == 1
