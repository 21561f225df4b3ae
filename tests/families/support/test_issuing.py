"""Issuing support documents: the buyer issues, in a numbering of its own, and corrects by a note."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Client, Issuer, Software, build, read, rows, sign
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidInput, NotAllowed, NumberingError
from dian_fe.families.registry import declared
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.habilitacion.plan import plan_of
from dian_fe.testing import Simulator
from dian_fe.testing.samples import samples_of
from tests.families.shapes import ticket
from tests.families.support.documents import AT, SELLER, bought, coffee, issuer_of, note


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


def test_the_office_knows_software_by_the_kinds_that_it_serves() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    software = Software(id="11111111-2222-4333-8444-555555555555", pin="54321", serves=("support_document",))
    mine = issuer.replace(softwares=(software,))

    def faults(document: Any, by: Issuer) -> list[str]:
        verdict = dian.judge(sign(build(document, by), signer, at=document.issued_at).xml)
        return [fault.code for fault in verdict.faults]

    assert faults(bought("SEDS1", mine), mine) == ["unknown_software"]
    dian.know(mine)
    assert faults(bought("SEDS1", mine), mine) == []
    original = build(bought("SEDS1", mine), mine)
    whole = mine.replace(softwares=(), software=software.replace(serves=()))
    assert faults(note("NA1", original), whole) == ["unknown_software"], "it makes no notes"


def test_a_note_refers_to_an_accepted_document() -> None:
    dian = Simulator(references=True)
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    original = build(bought("SEDS1", issuer), issuer)
    corrected = sign(build(note("NA1", original), issuer), signer, at=AT + timedelta(hours=1))
    assert [fault.code for fault in dian.judge(corrected.xml).faults] == ["unknown_original"]
    assert dian.judge(sign(original, signer, at=AT).xml).is_valid
    assert dian.judge(corrected.xml).is_valid
    for seed in range(6):
        signed, _ = samples_of("support_note").issued(dian, "support_note", seed)
        assert dian.judge(signed.xml).faults == (), "what is issued follows what was accepted"


def test_numbers_are_used_once_by_each_kind() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    signed = sign(build(bought("SEDS1", issuer), issuer), signer, at=AT)
    assert dian.judge(signed.xml).is_valid
    assert [fault.code for fault in dian.judge(signed.xml).faults] == ["90"]


def test_what_is_left_after_a_note_is_annulled_by_parts() -> None:
    """Concept 2 over the rest of a document of which a note took some."""
    issuer = issuer_of(Simulator())
    original = build(bought("SEDS1", issuer, lines=[coffee(10)]), issuer)
    first = build(note("NA1", original, lines=[coffee(3)]), issuer)
    rest = note("NA2", original, concept="2", lines=[coffee(7)], previous=[first])
    assert (rest.annuls, rest.totals.payable) == (True, Decimal("8330.00"))
    with pytest.raises(NotAllowed, match="vale más"):
        note("NA2", original, concept="2", lines=None, previous=[first])


def test_a_plan_without_counts_of_dian_has_one_of_each() -> None:
    plan = plan_of("support_note")
    assert dict(plan.required) == {"support_document": 1, "support_note": 1}
    assert plan.afterwards[-1].startswith("Use un Issuer con esa numeración")
    with pytest.raises(InvalidInput, match="cantidades"):
        plan.counts({"support_document": -1}, {})


@pytest.mark.parametrize("rules", [True, False])
def test_the_office_recomputes_the_key_with_its_own_pin(rules: bool) -> None:
    dian = Simulator(rules=rules)
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    other = issuer.replace(software=issuer.software.replace(pin="00001"))
    original = build(bought("SEDS1", issuer), issuer)
    for document, code in ((bought("SEDS1", other), "DSAD06"), (note("NA1", original), "NSAD06")):
        signed = sign(build(document, other), signer, at=document.issued_at)
        assert [fault.code for fault in dian.judge(signed.xml).faults] == [code]
    real = issuer.replace(environment=Environment.PRODUCCION)
    signed = sign(build(bought("SEDS1", real), real), signer, at=AT)
    assert [fault.code for fault in dian.judge(signed.xml).faults] == ["wrong_environment"]
    dian.register(issuer.numberings[0].replace(valid_to="2026-01-01"))
    verdict = dian.judge(sign(original, signer, at=AT).xml)
    assert (verdict.is_valid, [fault.code for fault in verdict.faults]) == (True, ["DSAB10b"])
