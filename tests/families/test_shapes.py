"""What a family of another shape needs of the engines, with no edit in the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest

from dian_fe import Invoice, build, load_document, read, rows
from dian_fe.errors import DianFeError, InvalidInput, NotAllowed
from dian_fe.families.registry import declared, kind
from dian_fe.habilitacion import Counts, HabilitacionRun
from dian_fe.habilitacion.plan import plan_of
from dian_fe.testing import Simulator
from dian_fe.testing.office import office_of
from dian_fe.testing.random_documents import random_document, sample_issuer
from tests.families.shapes import payroll, ticket

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
SHAPES = (payroll, ticket)


@pytest.fixture(autouse=True)
def _families() -> Iterator[None]:
    with ExitStack() as stack:
        for shape in SHAPES:
            stack.enter_context(declared(shape.FAMILY))
        yield


def test_without_a_kind_the_first_family_with_a_test_set_counts() -> None:
    assert plan_of() is plan_of("invoice") is not plan_of("support_document")
    assert plan_of().required == Counts().by_kind()
    assert plan_of().afterwards[0] in plan_of("support_document").afterwards


def test_whoever_sells_is_declared_by_its_office() -> None:
    assert [name for name in ("invoice", "support_document", "pay", "event") if office_of(kind(name)).sell] == [
        "invoice"
    ]


def test_a_kind_that_no_set_takes_is_told_before() -> None:
    dian = Simulator()
    issuer = payroll.issuer_of(dian)
    with pytest.raises(NotAllowed, match="SendTestSetAsync"):
        HabilitacionRun.plan(issuer, dian.open_test_set().id, counts={"pay": 2})


def test_invoices_beside_it_stay_invoices() -> None:
    made = build(random_document(3, "invoice"), sample_issuer())
    assert isinstance(read(made.xml).document, Invoice)
    with pytest.raises(DianFeError, match="nómina"):
        read(made.xml.replace(f">{made.document.type_code}</cbc:Inv".encode(), b">102</cbc:Inv"))


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
    with pytest.raises(InvalidInput, match="No existe ese tipo"):
        load_document({"kind": name, "number": "1"})
