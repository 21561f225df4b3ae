"""Numberings of the simulator: each belongs to a company, and only what is associated to its software is taken."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import Customer, Invoice, Line, Payment, build, iva, sign
from dian_fe.errors import PrefixNotAssociated
from dian_fe.models.resolution import Resolution
from dian_fe.testing import Simulator
from tests.support.company import SHOP, issuer_at
from tests.transport.support import NIT, NOW, client

OTHER = "800199436"


def sent(dian: Simulator, resolution: Resolution, nit: str = NIT, consecutive: int = 0) -> Any:
    shop = SHOP.replace(nit=nit)
    document = Invoice.from_lines(
        number=resolution.number(resolution.range_from + consecutive),
        issued_at=NOW,
        supplier=shop,
        customer=Customer.final_consumer(),
        lines=[Line(description="Café", quantity=1, price=18500, taxes=(iva(5),))],
        payment=Payment.cash(),
    )
    built = build(document, issuer_at(dian, organization=shop, resolution=resolution))
    return dian.judge(sign(built, dian.signer(nit), at=NOW).xml)


def rejections(verdict: Any) -> set[str]:
    return {fault.code for fault in verdict.faults if fault.rejects}


def test_a_numbering_that_is_not_associated_is_refused(dian: Simulator) -> None:
    """GetNumberingRange left it out, and its documents were accepted."""
    hidden = dian.resolution("FE")
    dian.withhold(hidden)
    assert rejections(sent(dian, hidden)) == {"FAB05b"}
    shown = dian.resolution("FV")
    assert sent(dian, shown).is_valid
    dian.withhold(shown)
    assert rejections(sent(dian, shown, consecutive=1)) == {"FAB05b"}


def test_a_numbering_is_of_the_company_that_it_was_given_to(dian: Simulator) -> None:
    ours = dian.resolution("FE", nit=NIT)
    assert rejections(sent(dian, ours, OTHER)) == {"FAB05b"}
    assert sent(dian, ours).is_valid
    theirs = dian.resolution("FE", nit=OTHER)
    assert theirs.authorization != ours.authorization
    assert sent(dian, theirs, OTHER).is_valid
    assert dian.resolution("FE", nit=NIT) == ours


def test_a_numbering_of_nobody_is_of_who_uses_it_first(dian: Simulator) -> None:
    open_to_all = dian.resolution("FE")
    assert sent(dian, open_to_all, OTHER).is_valid
    assert rejections(sent(dian, open_to_all, NIT, 1)) == {"FAB05b"}


def test_the_test_range_is_everybodys(dian: Simulator) -> None:
    assert dian.resolution("SETP", nit=NIT) == dian.resolution("SETP", nit=OTHER)
    assert sent(dian, dian.resolution("SETP"), NIT).is_valid
    assert sent(dian, dian.resolution("SETP"), OTHER).is_valid


def test_each_company_is_given_its_own_numberings(dian: Simulator) -> None:
    dian.resolution("FE", nit=NIT)
    dian.resolution("FV", nit=OTHER)
    registered = dian.register(dian.resolution("FE").replace(prefix="FX"), nit=OTHER)
    with client(dian) as ws:
        assert [each.prefix for each in ws.numbering(NIT, dian.software.id)] == ["SETP", "FE"]
        assert [each.prefix for each in ws.numbering(OTHER, dian.software.id)] == ["SETP", "FV", registered.prefix]
        with pytest.raises(PrefixNotAssociated, match="SETP, FE"):
            ws.numbering(NIT, dian.software.id, prefix="FV")
