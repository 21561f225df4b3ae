"""The codes of support documents are those of the facts, as sure as DIAN's answers make them."""

import csv
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Certainty, Line, Payment, Severity, build, check, iva, read, rete_renta
from dian_fe.families.support.models import SupportDocument
from dian_fe.families.support.rules import KINDS
from dian_fe.rules import explain
from dian_fe.rules.facts import Status, code_facts, severity_of, words
from tests.families.support.rules.bases import BASES, BUYER, ISSUED_AT, ISSUER, SELLER, foreign
from tests.rules.harness import Case, judge
from tests.support.shared import shared_dir

CODES = sorted(code for code, fact in code_facts().items() if set(fact.kinds) <= set(KINDS))
FROM_ANSWERS = {"DSAB10b": "N", "DSAB22b": "R", "DSAJ14": "R"}
"""Codes whose severity DIAN's answers say, against the list or where it is silent."""
BESIDE_THE_LIST = {"DSAB22b", "DSAY01", "DSAZ10", "DSDS01", "DSFC01", "DSFC03", "NSAD06"}
"""Codes of answers and notes; the list lacks all but DSDS01, which it may have."""


def test_no_code_of_the_list_is_left_out_but_weak_ones() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the list is not here")
    with (shared / "spec/other-rules.csv").open(encoding="utf-8") as file:
        listed = {row["code"]: row for row in csv.DictReader(file) if row["documents"] in {"05", "95"}}
    weak = {code for code, row in listed.items() if row["source_confidence"].startswith("low:")}
    weak |= {code for code, row in listed.items() if "(low)" in row["source_confidence"]}
    assert weak == {"DSAN03b", "DSAY13"}
    assert set(CODES) - BESIDE_THE_LIST == set(listed) - weak - BESIDE_THE_LIST
    letters = {Severity.RECHAZO: "R", Severity.NOTIFICACION: "N", None: ""}
    for code in set(listed) & set(CODES):
        assert letters[code_facts()[code].severity] == FROM_ANSWERS.get(code, listed[code]["severity"]), code


def test_most_codes_are_looked_at() -> None:
    assert len(CODES) == 154
    homes = [explain(code).status for code in CODES]
    assert (homes.count(Status.RULE), homes.count(Status.PENDING), homes.count(Status.ALIAS)) == (146, 6, 2)


@pytest.mark.parametrize("code", [code for code in CODES if code_facts()[code].source == "library"])
def test_a_field_alone_rejects_nothing(code: str) -> None:
    """A code known only by its field, whose text nobody saw, is a notification, and not sure."""
    assert severity_of(code) is Severity.NOTIFICACION
    assert explain(code).certainty is not Certainty.CONFIRMADA


def test_the_words_are_those_of_a_purchase() -> None:
    for code in CODES:
        said = " ".join(words()[code]).replace("obligado a facturar", "")
        assert "factura" not in said.lower(), code
        assert not {"adquirente", "proveedor"} & {*said.lower().split()}, code


@pytest.mark.parametrize("name", [*BASES])
@pytest.mark.parametrize("kind", KINDS)
def test_the_bases_have_no_fault(name: str, kind: str) -> None:
    report = judge(Case("", "DSAU14" if kind == KINDS[0] else "NSAU14", {"base": name, "xml": []}))
    assert (report.faults, report.not_evaluated) == ((), ())


def test_dians_own_example_of_a_note_breaks_no_rule() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the example is not here")
    report = check(read((shared / "samples/creditnote-ajuste-docsoporte-01.xml").read_bytes()))
    assert [str(fault) for fault in report.own_faults if fault.source == "local"] == []


def bought(**changes: Any) -> SupportDocument:
    given: dict[str, Any] = {
        "number": "SEDS984000001",
        "issued_at": ISSUED_AT,
        "supplier": SELLER,
        "customer": BUYER,
        "lines": [Line(description="Asesoría", quantity=1, price=Decimal(100000), taxes=[iva(19)])],
        "payment": Payment.cash(),
    }
    return SupportDocument.from_lines(**(given | changes))


def test_what_the_library_makes_by_itself_has_no_fault() -> None:
    coded = Line(description="Asesoría", price=1000, standard_code="A-1", withholdings=[rete_renta(4)])
    for document in (bought(), bought(lines=[coded]), foreign(KINDS[0])):
        assert [str(fault) for fault in check(build(document, ISSUER)).own_faults] == []


def test_withholdings_lower_nothing_that_is_judged() -> None:
    document = bought(withholdings=[rete_renta(4)])
    assert document.payable == Decimal("119000.00")
    less = document.replace(totals=document.totals.replace(payable=Decimal("115000.00")))
    assert [fault.code for fault in check(less) if fault.path == "totals.payable"] == ["DSAU14"]


@pytest.mark.parametrize(
    ("code", "kind", "patch"),
    [
        ("due_before_issue", "support_document", {"set": {"payments[0].due_date": "2026-03-01"}}),
        ("due_before_issue", "support_note", {"set": {"payments[0].due_date": "2026-02-28"}}),
        (
            "instalments_do_not_add_up",
            "support_document",
            {"append": {"payment_terms": {"id": "1", "amount": "1.00", "due_date": "2026-04-01"}}},
        ),
        (
            "unlikely_rate",
            "support_document",
            {"base": "withheld", "set": {"withholdings[1].subtotals[0].percent": "400.00"}},
        ),
        ("note_before_document", "support_note", {"set": {"issued_at": "2026-02-27T10:00:00-05:00"}}),
        ("note_above_document", "support_note", {"set": {"totals.payable": "999999.00"}}),
        ("note_of_other_party", "support_note", {"set": {"supplier.id": "800199436"}}),
        ("note_in_other_currency", "support_note", {"set": {"currency": "USD"}}),
    ],
)
def test_the_library_advises_as_on_sales(code: str, kind: str, patch: dict[str, Any]) -> None:
    def told(changes: dict[str, Any]) -> list[Severity]:
        report = judge(Case("", code, {"kind": kind, "base": patch.get("base", "plain"), **changes}))
        return [fault.severity for fault in report.faults if fault.code == code]

    assert (told({}), told(patch)) == ([], [Severity.CONSEJO])
