"""The codes of equivalent documents are those of the facts, as sure as DIAN's answers make them."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Certainty, Issuer, Severity, build, check, read, readiness, sign
from dian_fe.families.equivalent.rules import DOCUMENTS, KINDS, NOTES, OTHERS, POS
from dian_fe.families.equivalent.tables import BENEFITS, MAKER, POINT_OF_SALE
from dian_fe.rules import explain
from dian_fe.rules.facts import Status, code_facts, severity_of, words
from dian_fe.rules.registry import registered
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.samples import samples_of
from tests.families.equivalent.documents import AT, PREFIXES, sold
from tests.families.equivalent.rules.bases import ISSUER
from tests.rules.harness import Case, judge
from tests.support.sampling import some_of
from tests.support.shared import shared_dir

CODES = sorted(code for code, fact in code_facts().items() if set(fact.kinds) <= set(KINDS))
EXAMPLES = ("toolbox-pos-20.xml", "toolbox-pos-20-ref-nota-94.xml", "invoice-pos-equivalente-01.xml")
OWN = {"totals_do_not_add_up", "taxes_do_not_add_up", "wrong_key_scheme", "wrong_profile"}
PAIRS = {"FabricanteSoftware": MAKER, "BeneficiosComprador": BENEFITS, "PuntoVenta": POINT_OF_SALE}


def test_the_codes_are_those_of_the_list_and_as_severe() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the list is not here")
    with (shared / "spec/other-rules.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["documents"] in {"20", "08", "94", "93"}]
    listed = {row["code"]: row["severity"] for row in rows}
    letters = {Severity.RECHAZO: "R", Severity.NOTIFICACION: "N", None: ""}
    assert {code: letters[code_facts()[code].severity] for code in CODES} == listed


def test_all_but_one_are_looked_at() -> None:
    homes = [explain(code).status for code in CODES]
    assert (len(CODES), homes.count(Status.RULE)) == (51, 50)
    assert explain("NAAB14").status is Status.PENDING


def test_only_what_dian_answered_stops() -> None:
    sure = {code for code in CODES if explain(code).certainty is Certainty.CONFIRMADA}
    assert sure == {"DEAB10b", "DEAB12b", "DEAD10", "DEAJ40"}
    assert {code for code in sure if severity_of(code) is Severity.RECHAZO} == {"DEAB10b", "DEAB12b"}


@pytest.mark.parametrize("code", [code for code in CODES if code_facts()[code].confidence == "low"])
def test_one_implementer_alone_rejects_nothing(code: str) -> None:
    assert explain(code).certainty is Certainty.DUDOSA


def test_a_code_of_a_vendor_is_not_dians() -> None:
    assert "DEEAD01" not in code_facts()


def test_the_names_of_the_codes_are_those_that_are_written() -> None:
    named = [fact.path.split("/")[-3:] for code, fact in code_facts().items() if code in CODES and "[.='" in fact.path]
    for wrapper, slot in PAIRS.items():
        groups = {group for name, group, _ in named if name == wrapper}
        literals = list(dict.fromkeys(last[len("Name[.='") : -2] for name, _, last in named if name == wrapper))
        assert groups == {slot.group}
        assert literals == [row.path for row in slot.rows]


def test_each_pair_has_a_code_for_its_name_and_its_value() -> None:
    fields = [f"{slot.field}.{row.field}" for slot in PAIRS.values() for row in slot.rows]
    for path in fields:
        assert len([code for code, rule in registered().items() if rule.path == path]) == 2


def test_messages_speak_of_no_invoice_in_place_of_a_ticket() -> None:
    for code in CODES:
        message, _ = words()[code]
        assert "factura" not in message.lower(), code


@pytest.mark.parametrize("kind", KINDS)
def test_the_bases_have_no_fault_but_what_is_told_of_all(kind: str) -> None:
    report = judge(Case("", "wrong_key_scheme", {"kind": kind, "xml": []}))
    assert report.not_evaluated == ()
    assert {fault.code for fault in report.faults} <= {"few_known_rules", "unconfirmed_showing", "unconfirmed_service"}
    assert bool(report.faults) is (kind in {*OTHERS, *NOTES})


@pytest.mark.parametrize(
    "name", ["toolbox-pos-20.xml", "toolbox-pos-20-ref-nota-94.xml", "invoice-pos-equivalente-01.xml"]
)
def test_the_examples_break_no_rule_that_rejects(name: str) -> None:
    folder = (shared_dir() or Path("nowhere")) / "samples"
    if not folder.exists():
        pytest.skip("the examples are not here")
    report = check(read((folder / name).read_bytes()))
    assert report.judged
    known = {*CODES, *OWN}
    found = [fault for fault in report.own_faults if fault.code in known]
    assert [str(fault) for fault in found if fault.rejects] == []
    if name.startswith("toolbox"):
        assert found == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", some_of(100, one_in=20))
def test_random_documents_break_no_rule_that_rejects(seed: int, kind: str) -> None:
    issuer = samples_of(POS).issuer(Simulator(seed=7))
    report = check(build(random_document(seed, kind, issuer=issuer), issuer), issuer=issuer)
    assert report.ok, [str(fault) for fault in report if fault.rejects]
    told = {fault.code for fault in report}
    assert not told & {
        "totals_do_not_add_up",
        "taxes_do_not_add_up",
        "key_differs",
        "wrong_security_code",
        "wrong_profile",
    }


@pytest.mark.parametrize(
    ("code", "kind", "patch"),
    [
        ("due_before_issue", "pos_ticket", {"set": {"payments[0].due_date": "2026-03-01"}}),
        ("due_before_issue", "equivalent_credit_note", {"set": {"payments[0].due_date": "2026-02-28"}}),
        (
            "instalments_do_not_add_up",
            "utility_bill",
            {"append": {"payment_terms": {"id": "1", "amount": "1.00", "due_date": "2026-04-01"}}},
        ),
        ("unlikely_rate", "transport_ticket", {"set": {"lines[0].taxes[0].subtotals[0].code": "07"}}),
        ("note_before_document", "equivalent_debit_note", {"set": {"issued_at": "2026-02-27T10:00:00-05:00"}}),
        ("note_above_document", "equivalent_credit_note", {"set": {"totals.payable": "999999.00"}}),
        ("note_of_other_party", "equivalent_credit_note", {"set": {"supplier.id": "800199436"}}),
        ("note_in_other_currency", "equivalent_debit_note", {"set": {"currency": "USD"}}),
        ("partial_annulment", "equivalent_credit_note", {"set": {"corrections[0].concept": "2"}}),
        (
            "reference_contradicts",
            "equivalent_credit_note",
            {"set": {"billing_references[0].issue_date": "2026-03-01"}},
        ),
    ],
)
def test_the_library_advises_as_on_sales(code: str, kind: str, patch: dict[str, Any]) -> None:
    def told(changes: dict[str, Any]) -> list[Severity]:
        report = judge(Case("", code, {"kind": kind, **changes}))
        return [fault.severity for fault in report.faults if fault.code == code]

    assert (told({}), told(patch)) == ([], [Severity.CONSEJO])


def signed(kind: str, issuer: Issuer, dian: Simulator) -> bytes:
    document = sold(f"{PREFIXES[kind]}7", issuer, kind)
    return sign(build(document, issuer), dian.signer(issuer.organization.nit), at=document.issued_at).xml


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_simulator_refuses_a_key_of_another_pin(kind: str) -> None:
    dian = Simulator(seed=7)
    issuer = samples_of(kind).issuer(dian)
    assert dian.judge(signed(kind, issuer, dian)).is_valid
    forged = issuer.replace(software=issuer.software.replace(pin="99999"))
    verdict = dian.judge(signed(kind, forged, dian))
    assert not verdict.is_valid
    assert "key_differs" in {fault.code for fault in verdict.faults}


def test_readiness_tells_of_a_numbering_that_is_over() -> None:
    over = tuple(each.replace(valid_to=date(2026, 2, 1)) for each in ISSUER.numberings)
    report = readiness(ISSUER.replace(numberings=over), kind=POS, at=AT)
    assert [fault.path for fault in report if fault.code == "DEAB12b"] == ["issuer.numberings[0].valid_to"]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [({"authorization": "18760000009"}, ["DEAB05b"]), ({"range_to": 2000000}, ["DEAB12b"]), ({}, [])],
)
def test_readiness_compares_the_numbering_with_dians(changes: dict[str, Any], codes: list[str]) -> None:
    ours = ISSUER.numberings[0]
    report = readiness(ISSUER, kind=POS, at=AT, associated=[ours.replace(**changes)])
    assert [fault.code for fault in report if fault.path.startswith("issuer.numberings[0]")] == codes
