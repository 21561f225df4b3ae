"""Every kind of document goes the same way, and a family joins by declaring its drafts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import dian_fe
from dian_fe import Client, Company, Event, Issuer, MemoryStore, Organization, Person, verify
from dian_fe.catalogs import EventCode
from dian_fe.company import Draft
from dian_fe.company.drafts import Drafts
from dian_fe.company.numbering import place_of
from dian_fe.errors import NumberUsed
from dian_fe.families.registry import declared, families, kind_of, kinds
from dian_fe.families.spec import Standing
from dian_fe.models.application_response import ResponseParty
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.samples import samples_of
from tests.company.support import Clock, company_at
from tests.families import toy
from tests.support.company import NOW, SHOP

STUB = (Path(dian_fe.__file__).parent / "company" / "kinds.pyi").read_text(encoding="utf-8")
ISSUED = [
    kind.name
    for kind in kinds()
    if kind.numbering is not None and kind.standing is Standing.DOCUMENT and kind.family.samples
]
DRAFTING = [family for family in families() if family.drafts]


@pytest.mark.parametrize("kind", ISSUED)
def test_every_kind_with_samples_is_issued(kind: str, dian: Simulator) -> None:
    issuer = samples_of(kind).issuer(dian)
    document = random_document(3, kind, issuer=issuer)
    dian.know(issuer)
    company = company_at(dian, issuer=issuer, clock=lambda: document.issued_at + timedelta(seconds=5))
    issued = company.issue(document)
    assert issued.accepted, issued.answer
    assert issued.error is None
    assert issued.document.number == document.number
    found = company.find(document.number)
    assert found is not None
    assert found.document == issued.document
    with pytest.raises(NumberUsed):
        company.issue(document)


@pytest.mark.parametrize("family", DRAFTING, ids=lambda family: family.name)
def test_a_family_drafts_each_of_its_kinds_by_name(family: Any) -> None:
    methods = family.load(family.drafts)
    assert issubclass(methods, Drafts)
    own = {name for name in vars(methods) if not name.startswith("_")}
    assert own == {kind.name for kind in family.kinds if kind.numbering is not None}
    line = f"from ..families.{family.name}.drafts import {methods.__name__}\n"
    assert line in STUB, "type checkers know it too"
    assert re.search(rf"class Kinds\([^)]*\b{methods.__name__}\b", STUB)


class VoucherDrafts(Drafts):
    """Drafts of the toy family."""

    def voucher(self, holder: str, value: Decimal) -> Draft[Any]:
        own = self.issuer.organization
        shop, to = ResponseParty(name=own.name, id=own.nit), ResponseParty(name="Ana", id=holder, id_type="13")
        return self.drafted(toy.Voucher, series="VR", shop=shop, holder=to, value=value, days=Decimal(1))


def test_a_family_declared_elsewhere_has_its_method(dian: Simulator) -> None:
    company = company_at(dian)
    with pytest.raises(AttributeError):
        _ = company.voucher
    voucher = replace(toy.FAMILY, drafts=f"{__name__}:VoucherDrafts")
    with declared(voucher):
        assert "voucher" in dir(company)
        numbers = [company.issue(company.voucher("1020304050", Decimal("50000.00"))).number for _ in range(2)]
        shop = ResponseParty(name=SHOP.name, id=SHOP.nit)
        values = {"series": "VR", "shop": shop, "holder": shop, "value": Decimal("1.00"), "days": Decimal(1)}
        numbers.append(company.issue(company.draft("voucher", **values)).number)
        assert numbers == ["V1", "V2", "V3"]


def test_events_are_issued_with_their_own_numbers(dian: Simulator) -> None:
    verified = verify(dian.deliver(to="800199436", at=NOW), dian.trust, at=NOW)
    us = Issuer(organization=Organization(nit="800199436", name="Compras Ejemplo SAS"), software=dian.software)
    signer, clock = dian.signer("800199436"), Clock()
    client = Client(signer=signer, transport=dian)
    company = Company(us, signer, client=client, store=MemoryStore(), clock=clock)
    person = Person(id="1020304050", first_name="Ana", family_name="Ejemplo", job_title="Almacenista", department="A")
    first = Event.acknowledge(
        verified, EventCode.ACUSE_DE_RECIBO, number="1", issued_at=NOW + timedelta(minutes=1), person=person
    )
    assert company.issue(first).accepted
    second = Event.acknowledge(
        verified,
        EventCode.RECIBO_DEL_BIEN_O_SERVICIO,
        number="2",
        issued_at=NOW + timedelta(minutes=2),
        person=person,
        history=client.events(verified.key).history,
    )
    received = company.issue(second)
    assert received.accepted
    assert received.package is not None
    assert received.pdf is None
    with pytest.raises(NumberUsed):
        company.issue(second)
    places = [place_of(us, kind_of(each), "1", each) for each in (first, second)]
    assert places[0] != places[1], "DIAN tells them apart by their code too"
