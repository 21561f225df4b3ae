"""Issuing support documents: the buyer issues, in a numbering of its own, and corrects by a note."""

from __future__ import annotations

import pytest

from dian_fe import Client, build, read, rows, sign
from dian_fe.catalogs import Environment
from dian_fe.errors import NotAllowed, NumberingError
from dian_fe.families.registry import declared
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.testing import Simulator
from tests.families.shapes import ticket

from .documents import AT, SELLER, bought, issuer_of, note


def test_rows_of_buyers_who_issue_do_not_swap_the_parties() -> None:
    issuer = issuer_of(Simulator())
    made = build(bought("SEDS1", issuer), issuer)
    (row,) = rows(read(made.xml))
    buyer, seller = issuer.organization.nit, SELLER.id
    assert (row["issuer_id"], row["supplier_id"], row["customer_id"]) == (buyer, seller, buyer)
    unsaid = made.xml.replace(b"AccountingSupplierParty", b"AccountingOtherParty")
    assert [rows(read(unsaid))[0][name] for name in ("issuer_id", "supplier_id", "customer_id")] == [buyer, None, buyer]


def test_what_waits_names_what_it_corrects() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    counts = {"support_document": 1, "support_note": 1}
    run = HabilitacionRun.plan(issuer, dian.open_test_set(counts=counts).id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with (
        Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws,
        pytest.raises(NotAllowed, match=r"Documento soporte en adquisiciones.*support_document"),
    ):
        run.dry_run(ws, signer, kind="support_note", clock=lambda: AT)


def test_note_prefix_is_for_notes_of_sales_alone() -> None:
    issuer = issuer_of(Simulator()).replace(note_prefix="NC")
    original = build(bought("SEDS1", issuer), issuer)
    assert build(note("NS1", original), issuer).control.prefix == "NS"
    with pytest.raises(NumberingError, match="Nota de ajuste al documento soporte"):
        build(note("sin numero", original), issuer)


def test_a_range_of_another_type_is_told_by_dian() -> None:
    """Of support documents DIAN notifies it and accepts the document; others are refused."""
    dian = Simulator()
    issuer = issuer_of(dian)
    untyped = issuer.replace(numberings=(issuer.numberings[0].replace(document_type=None),))
    signer = dian.signer(issuer.organization.nit)
    with declared(ticket.FAMILY):
        made = build(ticket.ticket("SEDS9", AT, untyped), untyped)
        verdict = dian.judge(sign(made, signer, at=AT).xml)
        assert (verdict.is_valid, "unknown_numbering" in {fault.code for fault in verdict.faults}) == (False, True)
    dian.register(issuer.numberings[0].replace(document_type="20"))
    verdict = dian.judge(sign(build(bought("SEDS9", issuer), issuer), signer, at=AT).xml)
    assert (verdict.is_valid, [fault.code for fault in verdict.faults]) == (True, ["DSAB10b"])
