"""Families of other shapes go the whole way with no edit in the library, beside its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dian_fe import (
    Client,
    Invoice,
    Issuer,
    build,
    check,
    examine,
    load_document,
    read,
    rows,
    sign,
    verify,
)
from dian_fe._cli.main import main
from dian_fe.catalogs import Environment
from dian_fe.delivery import pack
from dian_fe.delivery.packing import Package
from dian_fe.errors import DianFeError, InvalidInput, NotAllowed, NumberingError
from dian_fe.families.registry import declared, kind
from dian_fe.families.spec import DocumentKind
from dian_fe.graphic import content_of, render_pdf
from dian_fe.habilitacion import Counts, HabilitacionRun
from dian_fe.habilitacion.plan import plan_of
from dian_fe.signing.documents import Signed
from dian_fe.testing import Simulator
from dian_fe.testing.office import office_of
from dian_fe.testing.random_documents import random_document, sample_issuer
from dian_fe.transport.shipment import Shipment
from tests.display.test_notebook import said

from .shapes import payroll, support, ticket

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
SHAPES = (support, payroll, ticket)
KINDS = [(shape, each.name) for shape in SHAPES for each in shape.FAMILY.kinds]


@pytest.fixture(autouse=True)
def _families() -> Iterator[None]:
    with ExitStack() as stack:
        for shape in SHAPES:
            stack.enter_context(declared(shape.FAMILY))
        yield


class Case(NamedTuple):
    """A document of a shape, signed, and the office that knows its issuer."""

    shape: Any
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


@pytest.fixture(params=KINDS, ids=lambda pair: pair[1])
def case(request: pytest.FixtureRequest) -> Case:
    shape, name = request.param
    dian = Simulator(seed=3)
    signed, issuer = shape.SAMPLES.issued(dian, name, 5)
    return Case(shape, kind(name), dian, signed, issuer)


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


def test_rows_of_buyers_who_issue_do_not_swap_the_parties() -> None:
    dian = Simulator()
    issuer = support.issuer_of(dian)
    made = build(support.acquisition("DS1", AT, issuer), issuer)
    (row,) = rows(read(made.xml))
    buyer, seller = issuer.organization.nit, support.SELLER.id
    assert (row["issuer_id"], row["supplier_id"], row["customer_id"]) == (buyer, seller, buyer)
    unsaid = made.xml.replace(b"AccountingSupplierParty", b"AccountingOtherParty")
    assert [rows(read(unsaid))[0][name] for name in ("issuer_id", "supplier_id", "customer_id")] == [buyer, None, buyer]


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
    shown = content_of(case.signed)
    assert shown.supplier.name == case.issuer.organization.name
    assert render_pdf(case.signed).startswith(b"%PDF")


def test_only_what_is_delivered_is_packed(case: Case) -> None:
    signer = case.dian.signer(case.issuer.organization.nit)
    with case.client() as ws:
        answer = ws.send(case.signed)
    if case.kind.delivered:
        packed = pack(case.signed, answer, signer, at=AT)
        assert Package.load(packed.zip_bytes, name=packed.zip_name).document == case.signed.document
    else:
        with pytest.raises(InvalidInput, match=case.kind.label):
            pack(case.signed, answer, signer, at=AT)


def test_the_command_line_takes_it(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = case.kind.name
    assert main(["demo", "--kind", name, "--out", str(tmp_path), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["kind"], made["secret"], made["accepted"]) == (name, made["secret"], True)
    assert main(["read", made["signed"]]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == name
    assert main(["rules", "--kind", name]) == 0
    assert case.kind.codes["key"] in capsys.readouterr().out
    assert main(["schema", name]) == 0


@pytest.mark.parametrize("shape", [support, ticket])
def test_a_test_set_takes_the_range_of_its_type(shape: Any) -> None:
    dian = Simulator()
    first = shape.FAMILY.kinds[0].name
    _, issuer = shape.SAMPLES.issued(dian, first, 5)
    counts = dict(shape.PLAN.required)
    run = HabilitacionRun.plan(issuer, dian.open_test_set(counts=counts).id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws:
        report = run.drive(ws, signer, clock=lambda: AT)
    assert dict(report.accepted) == counts
    assert run.slots[0].number == f"{issuer.numberings[0].prefix}1"
    with Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws:
        told = run.confirm(ws, signer, clock=lambda: AT)
    assert (told.confirmed, told.next_steps) == (True, shape.PLAN.afterwards)
    without = issuer.replace(resolution=None, numberings=())
    with pytest.raises(InvalidInput, match=shape.FAMILY.kinds[0].label) as caught:
        HabilitacionRun.plan(without, run.test_set_id, counts=counts)
    assert "clave" not in f"{caught.value.expected} {caught.value.remedy}"


def test_without_a_kind_the_first_family_with_a_test_set_is_meant() -> None:
    assert plan_of() is plan_of("invoice") is not plan_of("acquisition")
    assert plan_of().required == Counts().by_kind()
    assert plan_of().afterwards[0] in plan_of("acquisition").afterwards


def test_whoever_sells_is_declared_by_its_office() -> None:
    assert [name for name in ("invoice", "acquisition", "pay", "event") if office_of(kind(name)).sell] == ["invoice"]


def test_what_waits_names_what_it_corrects() -> None:
    dian = Simulator()
    issuer = support.issuer_of(dian)
    counts = {"acquisition": 1, "acquisition_note": 1}
    run = HabilitacionRun.plan(issuer, dian.open_test_set(counts=counts).id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with (
        Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws,
        pytest.raises(NotAllowed, match=r"Documento soporte de ejemplo.*acquisition"),
    ):
        run.dry_run(ws, signer, kind="acquisition_note", clock=lambda: AT)


def test_a_kind_that_no_set_takes_is_told_before() -> None:
    dian = Simulator()
    issuer = payroll.issuer_of(dian)
    with pytest.raises(NotAllowed, match="SendTestSetAsync"):
        HabilitacionRun.plan(issuer, dian.open_test_set().id, counts={"pay": 2})


def test_note_prefix_is_for_notes_of_sales_alone() -> None:
    dian = Simulator()
    issuer = support.issuer_of(dian).replace(note_prefix="NC")
    original = build(support.acquisition("DS1", AT, issuer), issuer)
    assert build(support.note("NS1", AT, issuer, original), issuer).control.prefix == "NS"
    with pytest.raises(NumberingError, match="Nota de ajuste de ejemplo"):
        build(support.note("sin numero", AT, issuer, original), issuer)


def test_a_range_of_another_type_is_refused_by_dian() -> None:
    dian = Simulator()
    issuer = support.issuer_of(dian)
    untyped = issuer.replace(numberings=(issuer.numberings[0].replace(document_type=None),))
    document = ticket.ticket("DS9", AT, untyped)
    made = build(document, untyped)
    signed = sign(made, dian.signer(issuer.organization.nit), at=AT)
    assert "unknown_numbering" in {fault.code for fault in dian.judge(signed.xml).faults}


def test_invoices_beside_it_stay_invoices() -> None:
    made = build(random_document(3, "invoice"), sample_issuer())
    assert isinstance(read(made.xml).document, Invoice)
    with pytest.raises(DianFeError, match="Boleta"):
        read(made.xml.replace(f">{made.document.type_code}</cbc:Inv".encode(), b">25</cbc:Inv"))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (b' Inicio="2026-02-01"', "start"),
        (b' Dias="28"', "days"),
        (b' Numero="1020304050"', "worker.id"),
        (b' Tipo="13"', "worker.id_type"),
    ],
)
def test_a_demanded_datum_of_any_type_may_be_missing(written: bytes, path: str) -> None:
    dian = Simulator()
    made = build(payroll.pay("N1", AT, payroll.issuer_of(dian)), payroll.issuer_of(dian))
    for spoiled in (b"", written.split(b"=")[0] + b'="?"'):
        xml = made.xml.replace(written, spoiled)
        received = read(xml)
        assert received.document.missing == ((path,) if not spoiled or path != "worker.id" else ())
        assert received.document.number == "N1"
        received._repr_html_()
        assert load_document(received.document.to_json()) == received.document
        assert rows(received)[0]["number"] == "N1"


@pytest.mark.parametrize("name", ["event", "application_response", "zip", "nothing"])
def test_json_of_no_document_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="no existe esa clase"):
        load_document({"kind": name, "number": "1"})
