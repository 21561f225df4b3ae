"""`Company`: one verb for the whole way of a document, and what becomes of its number in every case."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from dian_fe import (
    AsyncClient,
    AsyncCompany,
    Client,
    Company,
    CreditNote,
    Invoice,
    MemoryStore,
    Payment,
    RetryPolicy,
    Seller,
    SupportDocument,
    read,
)
from dian_fe.catalogs import CreditNoteConcept, Environment
from dian_fe.company import Store
from dian_fe.errors import (
    CheckFailed,
    ConnectionFailed,
    InvalidInput,
    NotAccepted,
    NotAllowed,
    NumberUsed,
    OutOfRange,
    Rejected,
    SigningError,
    StoreError,
    UnsupportedDocument,
    WrongEnvironment,
)
from dian_fe.signing import CallableSigner
from dian_fe.testing import ListedScript, Simulator
from dian_fe.testing.failures import Mishap, failure
from dian_fe.transport.outcome import Outcome
from dian_fe.transport.shipment import State
from tests.company.support import COFFEE, Clock, Post, company_at, sale
from tests.support.company import BUYER, NIT, NOW, SHOP, issuer_at

ANNULMENT = CreditNoteConcept.ANULACION


def sendings(dian: Simulator) -> int:
    return dian.requests.count("SendBillSync")


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_a_draft_gets_number_supplier_and_moment(dian: Simulator) -> None:
    company = company_at(dian)
    issued = company.issue(sale(company))
    assert issued.accepted
    assert issued.number == "SETP990000000"
    assert issued.document.supplier.id == SHOP.nit
    assert issued.document.issued_at > NOW
    assert issued.key in dian.accepted
    assert issued.package is not None
    assert issued.package.members[1].endswith(".pdf")
    assert issued.pdf is not None
    assert issued.pdf.startswith(b"%PDF")


def test_numbers_follow_each_other_without_gaps(dian: Simulator) -> None:
    company = company_at(dian)
    assert [company.issue(sale(company)).number[-2:] for _ in range(3)] == ["00", "01", "02"]
    assert company_at(dian, store=company.store).issue(sale(company)).number[-2:] == "03"


def test_a_document_may_be_stored_now_and_sent_later(dian: Simulator) -> None:
    company = company_at(dian)
    first = company.issue(sale(company), idempotency_key="caja-1", send=False)
    assert (first.number[-2:], first.shipment.state, first.package, dian.requests) == ("00", State.READY, None, [])
    assert read(first.xml).document == first.document
    again = company.issue(sale(company), idempotency_key="caja-1", send=False)
    assert (again.key, dian.requests) == (first.key, [])
    (sent,) = company.resume()
    assert (sent.key, sent.accepted, sendings(dian)) == (first.key, True, 1)
    assert company.issue(sale(company), idempotency_key="caja-1", send=False).accepted
    assert company.issue(sale(company)).number[-2:] == "01"


def test_what_is_stored_is_sent_by_the_next_call_with_its_key(dian: Simulator) -> None:
    company = company_at(dian)
    first = company.issue(sale(company), idempotency_key="caja-1", send=False)
    assert company.issue(sale(company), idempotency_key="caja-1").key == first.key
    assert (sendings(dian), company.resume()) == (1, [])


def test_every_kind_of_the_families_is_drafted_by_its_name(dian: Simulator) -> None:
    seds = dian.resolution("SEDS")
    company = company_at(dian, issuer=issuer_at(dian, numberings=[seds]))
    invoice = company.issue(sale(company))
    credit = company.issue(company.credit_note(invoice, concept=ANNULMENT))
    debit = company.issue(company.debit_note(invoice, concept="1", lines=[COFFEE.replace(quantity=1)]))
    seller = Seller(id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 5 # 4-3")
    bought = company.issue(
        company.support_document(supplier=seller, lines=[COFFEE], payment=Payment.cash(), prefix="SEDS")
    )
    note = company.issue(company.support_note(bought, concept="2"))
    assert [each.number for each in (credit, debit, bought, note)] == ["NC1", "ND1", "SEDS1", "NA1"]
    assert all(each.accepted for each in (invoice, credit, debit, bought, note))
    assert isinstance(credit.document, CreditNote)
    assert isinstance(bought.document, SupportDocument)
    assert {"invoice", "credit_note", "support_document", "issue"} <= set(dir(company))


def test_json_and_kind_names_make_drafts_too(dian: Simulator) -> None:
    company = company_at(dian)
    body = {"customer": BUYER.model_dump(mode="json"), "lines": [COFFEE.model_dump(mode="json")]}
    given = json.dumps(body | {"payment": {"form": "1", "means": "10"}})
    assert company.issue(company.load(given)).number[-2:] == "00"
    draft = company.draft("invoice", customer=BUYER, lines=[COFFEE], payment=Payment.cash())
    issued = company.issue(draft)
    assert issued.number[-2:] == "01"
    assert company.issue(company.draft("credit_note", invoice=issued, concept=ANNULMENT)).accepted
    with pytest.raises(NotAllowed):
        company.load(json.dumps(body | {"number": "SETP1"}))
    for name in ("zip", "nothing"):
        with pytest.raises(InvalidInput, match="invoice"):
            company.draft(name)
    with pytest.raises(AttributeError):
        _ = company.nothing


def test_a_draft_is_refused_where_it_is_made(dian: Simulator) -> None:
    company = company_at(dian)
    with pytest.raises(InvalidInput, match=r"Invoice\.payments\[0\]|due_date"):
        sale(company, payment=Payment(form="2", means="10"))
    assert company.store.take.__self__.last is not None
    assert company.issue(sale(company)).number[-2:] == "00"


def test_lines_may_come_from_an_iterator(dian: Simulator) -> None:
    company = company_at(dian)
    issued = company.issue(sale(company, lines=(each for each in [COFFEE, COFFEE])))
    assert issued.document.line_count == 2


def test_a_document_with_its_own_number_keeps_it(dian: Simulator) -> None:
    company = company_at(dian)
    document = Invoice.from_lines(
        number="SETP990000001", issued_at=NOW, supplier=SHOP, customer=BUYER, lines=[COFFEE], payment=Payment.cash()
    )
    assert company.issue(document).number == "SETP990000001"
    assert [company.issue(sale(company)).number[-1] for _ in range(2)] == ["0", "2"]
    with pytest.raises(NumberUsed, match="SETP990000001"):
        company.issue(document)
    assert company.issue(sale(company, number="SETP990000007")).number == "SETP990000007"


def test_numbers_used_before_are_left_out(dian: Simulator) -> None:
    company = company_at(dian, starts={"SETP": 990000481, "NC": 12})
    invoice = company.issue(sale(company))
    assert invoice.number == "SETP990000481"
    assert company.issue(company.credit_note(invoice, concept=ANNULMENT)).number == "NC12"


def test_the_next_numbering_follows_one_used_up(dian: Simulator) -> None:
    first = dian.register(dian.resolution("AA").replace(range_from=1, range_to=2))
    second = dian.register(dian.resolution("BB").replace(range_from=5, range_to=5))
    company = company_at(dian, issuer=issuer_at(dian, resolution=first, numberings=[second]))
    assert [company.issue(sale(company)).number for _ in range(3)] == ["AA1", "AA2", "BB5"]
    with pytest.raises(OutOfRange, match="AA2, BB5"):
        company.issue(sale(company))
    with pytest.raises(InvalidInput, match="CC"):
        sale(company, prefix="CC")


# --- what becomes of the number --------------------------------------------------------------------------------------


def test_a_document_that_fails_its_check_spends_no_number(dian: Simulator) -> None:
    company = company_at(dian)
    yesterday = Invoice.from_lines(
        number="SETP990000000",
        issued_at=NOW - timedelta(days=1),
        supplier=SHOP,
        customer=BUYER,
        lines=[COFFEE],
        payment=Payment.cash(),
    )
    with pytest.raises(CheckFailed) as refused:
        company.issue(yesterday)
    assert [fault.code for fault in refused.value.faults] == ["FAD09e"]
    assert not dian.requests
    assert company.issue(sale(company)).number == "SETP990000000"


def test_a_signer_that_fails_spends_no_number(dian: Simulator) -> None:
    def fail(data: bytes) -> bytes:
        raise OSError("no token")

    store = MemoryStore()
    signer = CallableSigner(dian.signer(NIT).certificate_chain, fail)
    broken = Company(issuer_at(dian), signer, client=company_at(dian).client, store=store, clock=Clock())
    with pytest.raises(SigningError):
        broken.issue(sale(broken))
    assert company_at(dian, store=store).issue(sale(broken)).number == "SETP990000000"


def test_a_client_that_may_not_send_spends_no_number(dian: Simulator) -> None:
    company = company_at(dian)
    stranger = dian.signer("800199436")
    other = Company(
        company.issuer,
        dian.signer(NIT),
        client=Client(signer=stranger, transport=dian),
        store=company.store,
        clock=Clock(),
    )
    with pytest.raises(Exception, match="800199436"):
        other.issue(sale(other))
    assert company.store.unfinished("700085371 2") == []
    assert company.issue(sale(company)).number == "SETP990000000"


def test_the_number_of_a_rejected_document_goes_to_the_next(dian: Simulator) -> None:
    company = company_at(dian)
    software = dian.software.replace(pin="99999")
    wrong = company_at(dian, issuer=issuer_at(dian, software=software), store=company.store)
    rejected = wrong.issue(sale(wrong), idempotency_key="order-1")
    assert rejected.answer.outcome is Outcome.REJECTED
    assert rejected.package is None
    assert rejected.pdf is None
    with pytest.raises(Rejected):
        rejected.raise_for_rejection()
    again = company.issue(sale(company), idempotency_key="order-1")
    assert (again.number, again.accepted) == (rejected.number, True)
    assert company.issue(sale(company)).number == "SETP990000001"


def test_a_number_that_another_document_has_is_left(dian: Simulator) -> None:
    company_at(dian).issue(sale(company_at(dian)))  # of another system: this store does not know it
    company = company_at(dian)
    taken = company.issue(sale(company, lines=[COFFEE, COFFEE]))
    assert taken.shipment.taken_by is not None
    assert company.issue(sale(company)).number == "SETP990000001"


def test_a_withdrawn_document_leaves_its_number(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.REFUSED])
    company = company_at(dian)
    company.client.policy = RetryPolicy.once()
    waiting = company.issue(sale(company))
    assert isinstance(waiting.answer.error, ConnectionFailed)
    assert waiting.shipment.state is State.READY
    company.withdraw(waiting)
    assert company.resume() == []
    sent = company.issue(sale(company))
    assert sent.number == waiting.number
    for each in (sent, waiting):
        with pytest.raises(NotAllowed):
            company.withdraw(each)


# --- once and only once ----------------------------------------------------------------------------------------------


def test_an_idempotency_key_issues_once(dian: Simulator) -> None:
    company = company_at(dian)
    first = company.issue(sale(company), idempotency_key="order-1")
    again = company.issue(sale(company, lines=[COFFEE, COFFEE]), idempotency_key="order-1")
    assert (again.key, again.accepted, again.pdf) == (first.key, True, first.pdf)
    assert again.package is not None
    assert first.package is not None
    assert again.package.zip_bytes == first.package.zip_bytes
    assert sendings(dian) == 1
    assert company.issue(sale(company), idempotency_key="order-2").number == "SETP990000001"


def test_threads_with_one_idempotency_key_issue_once(dian: Simulator, store: Store) -> None:
    company = company_at(dian, store=store)
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(company.issue(sale(company), idempotency_key="order-1").key))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 4
    assert len(set(keys)) == 1
    assert len(dian.accepted) == sendings(dian) == 1
    assert company.issue(sale(company)).number == "SETP990000001"


def test_a_lost_answer_is_asked_for_and_not_sent_again(dian: Simulator) -> None:
    dian.script = ListedScript([failure(Mishap.DROP_RESPONSE, done=True)])
    company = company_at(dian)
    company.client.policy = RetryPolicy.once()
    lost = company.issue(sale(company))
    assert lost.answer.outcome is Outcome.UNKNOWN
    (found,) = company.resume()
    assert found.accepted
    assert found.key == lost.key
    assert found.package is not None
    assert sendings(dian) == 1
    assert company.resume() == []


def test_many_unfinished_documents_are_resumed_at_once(dian: Simulator) -> None:
    company = company_at(dian)
    patient, company.client.policy = company.client.policy, RetryPolicy.once()
    dian.script = ListedScript([Mishap.REFUSED] * 3)
    first, *_ = [company.issue(sale(company)) for _ in range(2)]
    note = company.issue(company.credit_note(first, concept=ANNULMENT))
    assert not note.accepted
    dian.references = True
    company.client.policy = patient
    finished = company.resume()
    assert [(each.number, each.accepted) for each in finished] == [
        ("SETP990000000", True),
        ("SETP990000001", True),
        ("NC1", True),
    ]
    assert all(each.package is not None for each in finished)


def test_a_failing_store_stops_a_resumption(dian: Simulator) -> None:
    class Failing(MemoryStore):
        fails = False

        def save(self, shipment: Any) -> None:
            if self.fails:
                raise StoreError("disco lleno")
            super().save(shipment)

    store = Failing()
    company = company_at(dian, store=store)
    company.client.policy = RetryPolicy.once()
    dian.script = ListedScript([Mishap.REFUSED])
    company.issue(sale(company))
    store.fails = True
    with pytest.raises(StoreError):
        company.resume()
    store.fails = False
    assert [each.accepted for each in company.resume()] == [True]


def test_an_outage_keeps_the_number_until_it_is_over(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.REFUSED])
    company = company_at(dian)
    company.client.policy = RetryPolicy.once()
    waiting = company.issue(sale(company), idempotency_key="order-1")
    assert not waiting.accepted
    later = company.issue(sale(company))
    assert later.number == "SETP990000001"
    again = company.issue(sale(company), idempotency_key="order-1")
    assert (again.number, again.accepted) == ("SETP990000000", True)


def test_what_is_stored_before_it_is_sent_is_in_doubt(dian: Simulator) -> None:
    company = company_at(dian)
    seen: list[tuple[str, str]] = []

    class Watched:
        environment = Environment.HABILITACION
        policy = dian.policy

        def exchange(self, request: Any) -> Any:
            entry = company.store.find("700085371 2", number="SETP990000000")
            assert entry is not None
            seen.append((request.operation, entry.shipment.state.value))
            return dian.exchange(request)

    company.client._transport = Watched()
    assert company.issue(sale(company)).accepted
    assert seen == [("SendBillSync", "in_doubt")]


def test_a_store_that_fails_stops_the_sending(dian: Simulator) -> None:
    class Failing(MemoryStore):
        def save(self, shipment: Any) -> None:
            raise StoreError("disco lleno")

    company = company_at(dian, store=Failing())
    with pytest.raises(StoreError):
        company.issue(sale(company))
    assert not dian.requests
    assert len(company.store.unfinished("700085371 2")) == 1


def test_a_signer_that_fails_to_pack_is_told_and_resumed(dian: Simulator) -> None:
    company = company_at(dian)
    signer, calls = dian.signer(NIT), []

    def sometimes(data: bytes) -> bytes:
        calls.append(data)
        if len(calls) == 2:
            raise OSError("no token")
        return signer.sign(data)

    company.signer = CallableSigner(signer.certificate_chain, sometimes)
    issued = company.issue(sale(company))
    assert issued.accepted
    assert issued.package is None
    assert isinstance(issued.error, SigningError)
    with pytest.raises(NotAccepted):
        company_at(dian, store=company.store, sender=Post()).deliver(issued)
    (packed,) = company.resume()
    assert packed.package is not None
    assert sendings(dian) == 1


def test_a_document_is_found_by_each_of_its_names(dian: Simulator) -> None:
    company = company_at(dian)
    issued = company.issue(sale(company), idempotency_key="order-1")
    for given in ({"number": issued.number}, {"key": issued.key}, {"idempotency_key": "order-1"}):
        found = company.find(**given)
        assert found is not None
        assert (found.document, found.xml, found.pdf) == (issued.document, issued.xml, issued.pdf)
    assert company.find("SETP990000009") is None
    with pytest.raises(InvalidInput):
        company.find()


# --- mail ------------------------------------------------------------------------------------------------------------


def test_a_package_is_mailed_to_all_and_again_to_one(dian: Simulator) -> None:
    post = Post()
    company = company_at(dian, sender=post)
    customer = BUYER.replace(emails=("a@example.com", "b@example.com"))
    issued = company.issue(sale(company, customer=customer))
    first = company.deliver(issued)
    assert first.recipients == ("a@example.com", "b@example.com")
    found = company.find(issued.number)
    assert found is not None
    again = company.deliver(found, to="c@example.com")
    assert again.recipients == ("c@example.com",)
    assert (again.resend_of, again.sha256) == (first.message_id, first.sha256)
    assert [to for _, to in post.sent] == [first.recipients, again.recipients]
    assert list(company.store.deliveries(issued.key)) == [first, again]


def test_without_sender_or_acceptance_nothing_is_mailed(dian: Simulator) -> None:
    company = company_at(dian)
    with pytest.raises(InvalidInput, match="SmtpSender"):
        company.deliver(company.issue(sale(company)))


# --- getting ready, and limits ---------------------------------------------------------------------------------------


def test_ready_judges_by_the_same_rules(dian: Simulator) -> None:
    company = company_at(dian)
    assert company.ready([BUYER]).ok
    assert "last_consecutive" in str([each.needs for each in company.ready().not_evaluated])
    company.issue(sale(company))
    assert "last_consecutive" not in str([each.needs for each in company.ready().not_evaluated])
    assert company.ready(ask=True).ok
    assert dian.requests[-1] == "GetNumberingRange"


def test_without_store_every_document_needs_its_number(dian: Simulator) -> None:
    company = company_at(dian, store=None)
    with pytest.raises(InvalidInput, match="SqliteStore"):
        company.issue(sale(company))
    issued = company.issue(sale(company, number="SETP990000003"))
    assert issued.accepted
    assert issued.package is not None
    assert (company.resume(), company.find(issued.number)) == ([], None)


def test_client_and_issuer_are_of_one_environment(dian: Simulator) -> None:
    with pytest.raises(WrongEnvironment):
        company_at(dian, issuer=issuer_at(dian, environment=Environment.PRODUCCION))


def test_a_company_closes_only_its_own_client(dian: Simulator) -> None:
    class Transport:
        closed = 0
        environment = Environment.HABILITACION

        def exchange(self, request: Any) -> Any:
            raise NotImplementedError

        def close(self) -> None:
            self.closed += 1

    given = Transport()
    with company_at(dian, transport=given):
        pass
    assert not given.closed
    with Company(issuer_at(dian), dian.signer(NIT)) as own:
        assert own.client.service.environment is Environment.HABILITACION


def test_what_is_no_document_of_a_company_is_refused(dian: Simulator) -> None:
    company = company_at(dian)
    packed = company.issue(sale(company)).package
    assert packed is not None
    for wrong in (BUYER, "SETP1", None, packed.container, company.find("SETP990000000")):
        with pytest.raises((UnsupportedDocument, InvalidInput)):
            company.issue(wrong)
    for verb in (company.deliver, company.withdraw):
        with pytest.raises(InvalidInput, match="issued"):
            verb(sale(company))  # type: ignore[arg-type]


def test_a_wrong_option_is_refused(dian: Simulator) -> None:
    with pytest.raises(InvalidInput, match="SqliteStore"):
        company_at(dian, store="shipments.db")  # type: ignore[typeddict-item]
    company = company_at(dian)
    for empty in ("", " "):
        with pytest.raises(InvalidInput, match="idempotency_key"):
            company.issue(sale(company), idempotency_key=empty)
    with pytest.raises(InvalidInput, match=r"lista|list"):
        company.load("[]")
    with pytest.raises(InvalidInput, match="magazine"):
        Company(issuer_at(dian), dian.signer(NIT), magazine=1)  # type: ignore[call-arg]


# --- asyncio ---------------------------------------------------------------------------------------------------------


def test_the_twin_does_the_same_from_asyncio(dian: Simulator) -> None:
    post = Post()

    async def walk() -> Sequence[str]:
        client = AsyncClient(signer=dian.signer(NIT), transport=dian)
        async with AsyncCompany(
            issuer_at(dian), dian.signer(NIT), client=client, store=MemoryStore(), sender=post, clock=Clock()
        ) as company:
            sales = [company.issue(sale(company), idempotency_key=f"order-{n % 3}") for n in range(6)]  # type: ignore[arg-type]
            issued = await asyncio.gather(*sales)
            await company.deliver(issued[0])
            assert (await company.ready(ask=True)).ok
            assert await company.resume() == []
            return sorted({each.number for each in issued})

    assert asyncio.run(walk()) == ["SETP990000000", "SETP990000001", "SETP990000002"]
    assert sendings(dian) == 3
    assert len(post.sent) == 1
