"""The walk of a company from DIAN's numbering to a mailed invoice: one program, and many companies in one process."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dian_fe import Client, Company, Issuer, Organization, Payment, SqliteStore
from dian_fe.catalogs import Environment
from dian_fe.habilitacion import Counts, HabilitacionRun
from dian_fe.testing import Simulator
from dian_fe.testing.random_parties import nit
from dian_fe.testing.random_values import RandomValues
from tests.company.support import COFFEE, Post
from tests.examples.support import EXAMPLES, run
from tests.support.company import BUYER

pytestmark = pytest.mark.slow

SALES = 3
"""Invoices of each company."""


@pytest.mark.docs
def test_the_program_prints_key_amount_and_every_address(tmp_path: Path) -> None:
    assert len((EXAMPLES / "company.py").read_text(encoding="utf-8").splitlines()) < 60
    for number in (1, 2):  # the second run goes on with the stored numbers
        done = run("company", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        test_set, issued, *mails = done.stdout.splitlines()
        assert test_set == "set de pruebas: Aceptado"
        key, payable = issued.split()
        assert re.fullmatch("[0-9a-f]{96}", key)
        assert payable == "58275.00"
        assert re.match(r"compras@example.com z\w+\.zip", mails[0])
        assert [line.split()[0] for line in mails[1:]] == ["contabilidad@example.com"] * 2
        with SqliteStore(tmp_path / "shipments.db") as store:
            assert store.find("700085371 1", number=f"FE{number}") is not None


@pytest.mark.parametrize("companies", [8, pytest.param(40, marks=pytest.mark.long)])
def test_many_companies_walk_in_one_process(companies: int, tmp_path: Path) -> None:
    lab, dian = Simulator(seed=7), Simulator(seed=7, environment=Environment.PRODUCCION)
    rng = RandomValues(random.Random(7))
    names = [nit(rng) for _ in range(companies)]
    for place, name in enumerate(names):
        dian.resolution(f"F{place}", nit=name)

    def walk(place: int) -> list[str]:
        own, post = names[place], Post()
        signer = dian.signer(own)
        shop = Organization(
            nit=own,
            name=f"Tienda {own} SAS",
            municipality="76001",
            address="Cl 14",
            emails=[f"ventas{own}@example.com"],
        )
        issuer = Issuer(organization=shop, software=lab.software, resolution=lab.resolution("SETP"))
        opened = lab.open_test_set(1, 0, 0)
        first = 990_000_000 + 10 * place  # the public range is the same for all, but each has its own numbers
        tried = HabilitacionRun.plan(issuer, opened.id, counts=Counts(1, 0, 0), first=first)
        client = Client(signer=signer, transport=lab)
        tried.drive(client, signer)
        assert tried.confirm(client, signer).state.value == "Aceptado"
        client = Client(signer=signer, transport=dian)
        (numbering,) = client.numbering(own, dian.software.id, prefix=f"F{place}")
        issuer = issuer.replace(resolution=numbering, environment=Environment.PRODUCCION)
        company = Company(issuer, signer, client=client, store=store, sender=post)
        assert company.ready([BUYER]).ok
        customer = BUYER.replace(emails=(f"a{own}@example.com", f"b{own}@example.com"))
        numbers = []
        for _ in range(SALES):
            draft = company.invoice(customer=customer, lines=[COFFEE], payment=Payment.cash())
            issued = company.issue(draft).raise_for_rejection()
            assert issued.package is not None
            assert issued.document.supplier.id == own
            assert company.deliver(issued).recipients == customer.emails
            assert company.deliver(issued, to=customer.emails[1]).recipients == customer.emails[1:]
            numbers.append(issued.number)
        assert [message["From"].addresses[0].addr_spec for message, _ in post.sent] == [shop.emails[0]] * 2 * SALES
        return numbers

    with SqliteStore(tmp_path / "shipments.db") as store, ThreadPoolExecutor(8) as pool:
        walked = list(pool.map(walk, range(companies)))
        for place, name in enumerate(names):
            assert walked[place] == [f"F{place}{number}" for number in range(1, SALES + 1)]
            assert store.unfinished(f"{name} 1") == []
    assert dian.requests.count("SendBillSync") == len(dian.accepted) == SALES * companies
