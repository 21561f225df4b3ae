"""Every kind of the newer families, and of shapes that the tests alone declare, goes the whole way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dian_fe import Client, Issuer, check, examine, load_document, read, rows, sign, verify
from dian_fe._cli.main import main
from dian_fe.catalogs import Environment
from dian_fe.delivery import pack
from dian_fe.delivery.packing import Package
from dian_fe.errors import DianFeError, InvalidInput
from dian_fe.families.registry import declared, kind
from dian_fe.families.spec import DocumentKind
from dian_fe.graphic import content_of, render_pdf
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.habilitacion.plan import plan_of
from dian_fe.signing.documents import Signed
from dian_fe.testing import Simulator
from dian_fe.testing.random_documents import random_document
from dian_fe.testing.samples import samples_of
from dian_fe.transport.shipment import Shipment
from tests.families.shapes import payroll, ticket
from tests.notebook.test_notebook import said

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
SHAPES = (payroll, ticket)
KINDS = ["support_document", "support_note", *(each.name for shape in SHAPES for each in shape.FAMILY.kinds)]


@pytest.fixture(autouse=True)
def _families() -> Iterator[None]:
    with ExitStack() as stack:
        for shape in SHAPES:
            stack.enter_context(declared(shape.FAMILY))
        yield


class Case(NamedTuple):
    """A document, signed, and the office that knows its issuer."""

    kind: DocumentKind
    dian: Simulator
    signed: Signed[Any]
    issuer: Issuer

    @property
    def secret(self) -> str:
        return self.issuer.software_of(self.kind).pin.get_secret_value()

    def client(self) -> Client:
        signer = self.dian.signer(self.issuer.organization.nit)
        return Client(environment=Environment.HABILITACION, signer=signer, transport=self.dian)


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest) -> Case:
    dian = Simulator(seed=3)
    signed, issuer = samples_of(request.param).issued(dian, request.param, 5)
    return Case(kind(request.param), dian, signed, issuer)


def test_it_is_read_checked_and_listed(case: Case) -> None:
    received = read(case.signed.xml)
    assert (received.kind, received.document) == (case.kind, case.signed.document)
    assert (received.problems, received.unmapped) == ((), ())
    assert check(case.signed.built, issuer=case.issuer, at=AT).own_faults == ()
    (row,) = rows(received)
    assert (row["kind"], row["number"], row["key"]) == (case.kind.name, received.document.number, case.signed.key)
    assert row["issuer_id"] == case.issuer.organization.nit
    assert len(rows(received, "lines")) == (1 if case.kind.amounts else 0)


def test_rows_name_seller_and_buyer_whoever_issues(case: Case) -> None:
    document, roles = case.signed.document, case.kind.roles
    names = ("supplier", "customer") if hasattr(document, "supplier") else (roles.issuer, roles.counterpart)
    seller, buyer = (getattr(document, name) for name in names)
    received = read(case.signed.xml)
    (row,) = rows(received)
    assert (row["supplier_id"], row["supplier_name"]) == (seller.id, seller.name)
    assert (row["customer_id"], row["customer_name"]) == (buyer.id, buyer.name)
    issuer = case.issuer.organization.nit
    for line in rows(received, "lines"):
        assert (line["issuer_id"], line["supplier_id"], line["customer_id"]) == (issuer, seller.id, buyer.id)


def test_a_random_one_needs_no_issuer(case: Case) -> None:
    assert random_document(4, case.kind.name) == random_document(4, case.kind.name)


def test_its_json_comes_back(case: Case) -> None:
    assert load_document(case.signed.document.model_dump_json()) == case.signed.document
    assert read(case.signed.xml).as_dict()["kind"] == case.kind.name


def test_its_key_is_verified_with_its_secret(case: Case) -> None:
    verified = verify(case.signed.xml, trust=case.dian.trust)
    assert verified.kind is case.kind
    assert examine(case.signed.xml, case.dian.trust, secret=case.secret).key_matches
    other = examine(case.signed.xml, case.dian.trust, secret="another")
    assert [fault.code for fault in other.faults] == [case.kind.codes["key"]]


def test_a_key_without_code_of_dian_has_an_own_one(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(case.kind.codes, "key")  # type: ignore[arg-type]
    other = examine(case.signed.xml, case.dian.trust, secret="another")
    assert [fault.code for fault in other.faults] == ["key_differs"]


def test_any_day_of_signature_will_do_where_no_rule_is_known(case: Case) -> None:
    assert (case.signed.built.canonical.issue_date, case.signed.built.canonical.day_rule) == (None, "")
    signer = case.dian.signer(case.issuer.organization.nit)
    assert sign(case.signed.built, signer, at=AT + timedelta(days=1)).signing_time.day == 3


def test_it_is_sent_stored_and_resumed(case: Case) -> None:
    with case.client() as ws:
        answer = ws.send(case.signed)
        assert answer.accepted, answer.faults
        assert answer.shipment.operation == case.kind.sends[0]
        stored = Shipment.from_json(answer.shipment.to_json())
        assert ws.resume(stored).accepted
        assert ws.document_info(case.signed.key) is not None


def test_its_views_say_who_issues(case: Case) -> None:
    told = said(case.signed)
    organization = case.issuer.organization
    assert organization.name in told["Emisor"]
    assert case.signed.document.number in case.signed._repr_html_()
    assert case.signed._repr_html_().count("Adquirente") == (case.kind.roles.counterpart == "customer")
    read(case.signed.xml)._repr_html_()


def test_its_paper_names_who_issues(case: Case) -> None:
    if case.kind.family.presentation is None:
        with pytest.raises(DianFeError, match=case.kind.label):
            content_of(case.signed)
        return
    shown = content_of(case.signed)
    assert shown.supplier.name == case.issuer.organization.name
    assert render_pdf(case.signed).startswith(b"%PDF")


def test_only_what_is_delivered_is_packed(case: Case) -> None:
    signer = case.dian.signer(case.issuer.organization.nit)
    at = case.signed.document.issued_at + timedelta(hours=1)
    with case.client() as ws:
        answer = ws.send(case.signed)
    if case.kind.delivered:
        packed = pack(case.signed, answer, signer, at=at)
        assert Package.load(packed.zip_bytes, name=packed.zip_name).document == case.signed.document
    else:
        with pytest.raises(InvalidInput, match=case.kind.label):
            pack(case.signed, answer, signer, at=at)


def test_the_command_line_takes_it(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = case.kind.name
    assert main(["demo", "--kind", name, "--out", str(tmp_path), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["kind"], made["secret"], made["accepted"]) == (name, made["secret"], True)
    assert main(["read", made["signed"]]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == name
    if case.kind.family.rules is not None:
        assert main(["rules", "--kind", name]) == 0
        assert case.kind.codes["key"] in capsys.readouterr().out
    assert main(["schema", name]) == 0


@pytest.mark.parametrize("name", ["support_document", "till_ticket"])
def test_a_test_set_takes_the_range_of_its_type(name: str) -> None:
    dian = Simulator()
    issuer, plan = samples_of(name).issuer(dian), plan_of(name)
    counts = dict(plan.required)
    run = HabilitacionRun.plan(issuer, dian.open_test_set(counts=counts).id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws:
        report = run.drive(ws, signer, clock=lambda: AT)
    assert dict(report.accepted) == counts
    assert run.slots[0].number == f"{issuer.numberings[0].prefix}1"
    with Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws:
        told = run.confirm(ws, signer, clock=lambda: AT)
    assert (told.confirmed, told.next_steps) == (True, plan.afterwards)
    without = issuer.replace(resolution=None, numberings=())
    with pytest.raises(InvalidInput, match=kind(name).label) as caught:
        HabilitacionRun.plan(without, run.test_set_id, counts=counts)
    assert "clave" not in f"{caught.value.expected} {caught.value.remedy}"
