"""To whom a company's documents go, in what, and under which file names."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dian_fe import Company, MemoryStore
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.company import Draft, Issued, Notice, NoticeType, Store
from dian_fe.delivery import DeliveryRecord
from dian_fe.errors import InvalidInput, NoRecipient, NotAccepted, NumberUsed, RecipientsRefused
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.samples import samples_of
from tests.company.support import COFFEE, Post, company_at, sale
from tests.support.company import BUYER, issuer_at

ANNULMENT = CreditNoteConcept.ANULACION
TWO = BUYER.replace(emails=("a@example.com", "b@example.com"))


def mailing(dian: Simulator, **options: Any) -> tuple[Company, Post]:
    post = Post()
    return company_at(dian, sender=post, **options), post


# --- to whom ---------------------------------------------------------------------------------------------------------


def test_the_customer_gets_it_though_others_got_it_first(dian: Simulator) -> None:
    company, post = mailing(dian)
    issued = company.issue(sale(company, customer=TWO))
    accountant = company.deliver(issued, to="contabilidad@example.com")
    assert accountant.chosen
    assert company.deliver(issued).recipients == TWO.emails
    again = company.deliver(issued, to="otra@example.com")
    assert (again.recipients, again.chosen) == (("otra@example.com",), True)
    assert company.deliver(issued).recipients == TWO.emails
    assert [to for _, to in post.sent].count(TWO.emails) == 2
    assert [each.chosen for each in company.store.deliveries(issued.key)] == [True, False, True, False]


class Choosy(Post):
    """A mail server that refuses some addresses."""

    def __init__(self, *refused: str) -> None:
        super().__init__()
        self.refused = set(refused)

    def __call__(self, message: Any, to: Any) -> Any:
        super().__call__(message, to)
        return {address: (550, b"full") for address in to if address in self.refused}


def test_only_who_refused_a_delivery_gets_it_again(dian: Simulator) -> None:
    post = Choosy("b@example.com")
    company = company_at(dian, sender=post)
    issued = company.issue(sale(company, customer=TWO))
    first = company.deliver(issued)
    assert (first.recipients, set(first.refused)) == (("a@example.com",), {"b@example.com"})
    with pytest.raises(RecipientsRefused):
        company.deliver(issued)
    post.refused.clear()
    again = company.deliver(issued)
    assert (again.recipients, again.chosen, again.resend_of) == (("b@example.com",), False, first.message_id)
    assert [to for _, to in post.sent] == [TWO.emails, ("b@example.com",), ("b@example.com",)]
    assert company.deliver(issued).recipients == TWO.emails, "everybody has it: it is sent again to all"


def test_addresses_named_by_the_caller_get_it_again(dian: Simulator) -> None:
    post = Choosy("b@example.com")
    company = company_at(dian, sender=post)
    issued = company.issue(sale(company, customer=TWO))
    company.deliver(issued)
    post.refused.clear()
    assert company.deliver(issued, to=TWO.emails).recipients == TWO.emails
    assert company.deliver(issued).recipients == TWO.emails


def test_a_customer_who_moved_gets_what_is_repeated(dian: Simulator) -> None:
    post = Choosy("b@example.com")
    company = company_at(dian, sender=post)
    issued = company.issue(sale(company, customer=TWO))
    company.deliver(issued)
    moved = TWO.replace(emails=("nueva@example.com",))
    assert company.deliver(issued, customer=moved).recipients == moved.emails
    assert company.deliver(issued).recipients == moved.emails


def test_what_is_no_address_does_not_stop_a_repetition(dian: Simulator) -> None:
    company, _ = mailing(dian)
    issued = company.issue(sale(company, customer=TWO))
    record = company.deliver(issued)
    company.store.record(replace(record, refused={"b@@example": "no es una dirección"}))
    assert company.deliver(issued).recipients == TWO.emails


def test_addresses_given_with_a_customer_are_used_again(dian: Simulator) -> None:
    company, _ = mailing(dian)
    issued = company.issue(sale(company, customer=TWO))
    moved = TWO.replace(emails=("nueva@example.com",))
    assert company.deliver(issued, customer=moved).recipients == ("nueva@example.com",)
    assert company.deliver(issued).recipients == ("nueva@example.com",)


def test_a_record_without_that_mark_is_read(dian: Simulator) -> None:
    company, _ = mailing(dian)
    record = company.deliver(company.issue(sale(company)))
    earlier = {name: value for name, value in record.as_dict().items() if name != "chosen"}
    assert DeliveryRecord.from_dict(earlier) == record


def test_a_document_goes_out_from_its_own_company(dian: Simulator) -> None:
    company, post = mailing(dian)
    issued = company.issue(sale(company))
    own = company.issuer.organization.replace(nit="800199436", emails=("otra@example.com",))
    issuer = issuer_at(dian).replace(organization=own)
    other = Company(issuer, dian.signer("800199436"), client=company.client, store=company.store, sender=post)
    for verb in (other.deliver, other.withdraw):
        with pytest.raises(InvalidInput, match="700085371"):
            verb(issued)  # type: ignore[operator]
    assert not post.sent


# --- in what ---------------------------------------------------------------------------------------------------------


def payroll_of(dian: Simulator) -> tuple[Company, Post, Issued[Any]]:
    issuer = samples_of("payroll").issuer(dian)
    document = random_document(3, "payroll", issuer=issuer)
    dian.know(issuer)
    company, post = mailing(dian, issuer=issuer, clock=lambda: document.issued_at + timedelta(seconds=5))
    return company, post, company.issue(document)


def test_a_payslip_is_drawn_stored_and_mailed(dian: Simulator) -> None:
    company, post, issued = payroll_of(dian)
    assert issued.package is None
    assert issued.handout is not None
    assert issued.pdf == issued.handout.pdf
    found = company.find(issued.number)
    assert found is not None
    assert found.handout is not None
    for name in ("pdf", "pdf_name", "key", "environment", "kind", "sha256"):
        assert getattr(found.handout, name) == getattr(issued.handout, name), name
    with pytest.raises(NoRecipient):
        company.deliver(found)
    first = company.deliver(found, to="ana@example.com")
    again = company.deliver(issued, to="ana@example.com")
    assert (first.sha256, again.resend_of) == (again.sha256, first.message_id)
    (attached,) = post.sent[0][0].iter_attachments()
    assert attached.get_content() == issued.pdf
    assert company.resume() == []


def test_a_payslip_waits_for_the_acceptance(dian: Simulator) -> None:
    company, _, issued = payroll_of(dian)
    waiting = company.issue(company.payroll_deletion(issued), send=False)
    assert (waiting.pdf, waiting.handout) == (None, None)
    with pytest.raises(NotAccepted):
        company.deliver(waiting, to="ana@example.com")
    (sent,) = company.resume()
    assert sent.accepted
    assert sent.error is None


# --- file names ------------------------------------------------------------------------------------------------------


def test_no_two_files_of_a_year_have_one_name(dian: Simulator) -> None:
    first = dian.register(dian.resolution("AA").replace(range_from=1, range_to=9))
    second = dian.register(dian.resolution("BB").replace(range_from=1, range_to=9))
    company = company_at(dian, issuer=issuer_at(dian, resolution=first, numberings=[second]))
    issued = [company.issue(sale(company, prefix=prefix)) for prefix in ("AA", "BB")]
    issued.append(company.issue(company.credit_note(issued[0], concept=ANNULMENT)))
    assert [each.number for each in issued] == ["AA1", "BB1", "NC1"]
    assert [each.shipment.file_name[-12:-4] for each in issued] == ["00000001", "00000002", "00000003"]
    packages = [each.package for each in issued if each.package is not None]
    assert len({each.zip_name for each in packages}) == len({each.file_name for each in packages}) == 3
    assert [each.container.number for each in packages] == ["AA1", "BB1", "NC1"]


def test_a_resumed_document_keeps_the_name_of_its_file(dian: Simulator) -> None:
    company = company_at(dian)
    company.issue(sale(company))
    waiting = company.issue(sale(company), send=False)
    (sent,) = company.resume()
    assert sent.shipment.file_name == waiting.shipment.file_name
    assert sent.package is not None
    assert sent.package.zip_name[-12:] == f"{waiting.shipment.file_name[-12:-4]}.zip"
    assert sent.package.container.number == sent.number


def test_each_company_and_environment_counts_its_files(dian: Simulator) -> None:
    store = MemoryStore()
    for _ in range(2):
        other = Simulator(seed=7)
        company = company_at(other, store=store)
        name = f"{company._name} files 2026"
        before = store.count(name)
        issued = company.issue(sale(company, number=f"SETP99000000{before}"))
        assert int(issued.shipment.file_name[-12:-4], 16) == before + 1
    assert store.count("800199436 2 files 2026") == 1


def test_a_store_that_does_not_count_leaves_the_usual_name(dian: Simulator) -> None:
    inner = MemoryStore()
    names = [name for name in dir(Store) if not name.startswith("_")]
    plain = SimpleNamespace(**{name: getattr(inner, name) for name in names})
    assert isinstance(plain, Store)
    company = company_at(dian, store=plain)
    issued = company.issue(sale(company))
    assert int(issued.shipment.file_name[-12:-4], 16) == 990000000


# --- numbers and drafts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["SETP990000000 ", "\tSETP990000000"])
def test_blanks_around_a_chosen_number_do_not_hide_it(dian: Simulator, number: str) -> None:
    company = company_at(dian)
    assert company.issue(sale(company, number=number)).number == "SETP990000000"
    with pytest.raises(NumberUsed):
        company.issue(sale(company, number="SETP990000000"))
    assert company.issue(sale(company)).number == "SETP990000001"


def test_a_number_of_another_prefix_is_refused(dian: Simulator) -> None:
    company = company_at(dian)
    with pytest.raises(InvalidInput, match="prefix"):
        sale(company, number="SETP990000000", prefix="FE")
    assert company.issue(sale(company, number="SETP990000000", prefix="SETP")).accepted


@pytest.mark.parametrize("start", [0, -1, 10**18])
def test_a_start_that_is_no_consecutive_is_refused(dian: Simulator, start: int) -> None:
    with pytest.raises(InvalidInput, match="starts"):
        company_at(dian, starts={"SETP": start})


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "x" * 501])
def test_names_that_no_database_keeps_are_refused(dian: Simulator, text: str) -> None:
    company = company_at(dian)
    for call in (
        lambda: company.issue(sale(company), idempotency_key=text),
        lambda: company.find(idempotency_key=text),
        lambda: company.find(text),
        lambda: company.find(key=text),
    ):
        with pytest.raises(InvalidInput, match="Unicode"):
            call()
    assert company.issue(sale(company), idempotency_key="ñ" * 500).accepted


def test_a_draft_goes_to_another_process(dian: Simulator) -> None:
    company = company_at(dian)
    drafts = [sale(company), company.load({"kind": "invoice", **_body()}), company.draft("invoice", **_values())]
    for draft in drafts:
        moved: Draft[Any] = pickle.loads(pickle.dumps(draft))
        assert moved == draft
        assert company.issue(moved).accepted


def _values() -> dict[str, Any]:
    return {"customer": BUYER, "lines": [COFFEE], "payment": {"form": "1", "means": "10"}}


def _body() -> dict[str, Any]:
    return {name: _plain(value) for name, value in _values().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


# --- what is told of it ----------------------------------------------------------------------------------------------


def test_a_notice_tells_what_was_surely_not_sent(dian: Simulator) -> None:
    company = company_at(dian)
    waiting = company.issue(sale(company), send=False)
    notice = Notice.of(waiting, at=company.now())
    assert notice.type == NoticeType.UNSENT
    (sent,) = company.resume()
    assert Notice.of(sent, at=company.now()).type == NoticeType.ACCEPTED


@pytest.mark.parametrize("hook", [5, "print", [print]])
def test_a_hook_that_is_no_function_is_refused(dian: Simulator, hook: Any) -> None:
    for name in ("on_attempt", "on_outcome"):
        with pytest.raises(InvalidInput, match=name):
            company_at(dian, **{name: hook})


def test_a_hook_that_returns_a_coroutine_is_told(dian: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    async def told(issued: Any) -> None:
        raise AssertionError

    company = company_at(dian, on_outcome=lambda issued: told(issued))
    assert company.issue(sale(company)).accepted
    assert any("hook_failed" in record.getMessage() for record in caplog.records)
