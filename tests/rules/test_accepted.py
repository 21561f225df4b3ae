"""Made-up documents with what DIAN has accepted: none is rejected, and exactly what DIAN would notify is told."""

from typing import Any

import pytest

from dian_fe.faults import Severity
from tests.rules.harness import Case, judge

SUPPLIER = "cac:AccountingSupplierParty/cac:Party"
CUSTOMER = "cac:AccountingCustomerParty/cac:Party"
REFERENCE = {"additional_references": {"number": "T15"}}
PERCENT = "taxes[0].subtotals[0]"

ACCEPTED: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("a buyer's address without street", "invoice", {"base": "told", "delete": ["customer.address.line"]}, {"FAK08"}),
    ("an empty INCOTERM", "invoice", {"base": "told", "set": {"delivery_terms.incoterm": ""}}, {"FBC04"}),
    ("an empty payment id", "invoice", {"set": {"payments[0].ids": [""]}}, {"FAN05"}),
    (
        "a transcription without date and type",
        "invoice",
        {"set": {"type_code": "03"}, "delete": ["control.key"], "append": REFERENCE},
        {"FAI05", "FAI06"},
    ),
    ("a cent cut off a withholding", "invoice", {
        "base": "money",
        "set": {"withholdings[1].subtotals[0].taxable": "911512.61", "withholdings[1].subtotals[0].amount": "22787.81",
                "withholdings[1].amount": "22787.81"},
        "delete": ["lines[0].withholdings"],
    }, {"FAT07"}),
    ("economic activity 0", "invoice", {"set": {"supplier.activities": ["0"]}}, set()),
    ("a reference without number", "invoice", {
        "append": REFERENCE, "xml": [{"at": "cac:AdditionalDocumentReference/cbc:ID", "empty": True}],
    }, set()),
    ("no fiscal address", "invoice", {
        "xml": [{"at": f"{SUPPLIER}/cac:PartyTaxScheme/cac:RegistrationAddress", "remove": True}],
    }, set()),
    ("no fiscal address in a note", "credit_note", {
        "xml": [{"at": f"{SUPPLIER}/cac:PartyTaxScheme/cac:RegistrationAddress", "remove": True}],
    }, set()),
    ("no corporate scheme in a note", "credit_note", {
        "xml": [{"at": f"{SUPPLIER}/cac:PartyLegalEntity/cac:CorporateRegistrationScheme", "remove": True}],
    }, set()),
    ("the NIT in place of its check digit", "invoice", {
        "xml": [{"at": f"{CUSTOMER}/cac:PartyLegalEntity/cbc:CompanyID", "attribute": "schemeID", "value": "8001"}],
    }, set()),
    ("units of 0 in a tax of percent", "invoice", {
        "base": "money", "set": {f"{PERCENT}.base_unit_measure": "0", f"{PERCENT}.per_unit_amount": "0"},
    }, set()),
    ("a prepayment of 0", "invoice", {
        "base": "told", "set": {"prepayments[0].amount": "0", "totals.prepaid": "0"},
        "delete": ["prepayments[0].id", "prepayments[0].received"],
    }, set()),
    ("a note that names its invoice by BillingReference alone", "credit_note", {"delete": ["corrections"]}, set()),
    ("postal codes that are empty", "invoice", {
        "set": {"supplier.address.postal_code": "", "customer.address.postal_code": "0"},
    }, {"FAJ73", "FAJ74", "FAK57", "FAK58"}),
    ("places of parties written in any way", "invoice", {
        "set": {"supplier.address.city": "Bogota", "customer.address.department": "VALLE"},
    }, set()),
    ("a merchant registration of one digit", "invoice", {"set": {"supplier.merchant_registration": "7"}}, set()),
    ("lines as texts are sorted", "invoice", {
        "set": {"lines[1].id": "10", "lines[2].id": "11", "lines[3].id": "2"},
    }, {"FAV02b"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "data", "codes"), ACCEPTED, ids=[name for name, *_ in ACCEPTED])
def test_what_was_accepted_tells_what_dian_told(name: str, kind: str, data: dict[str, Any], codes: set[str]) -> None:
    code = {"invoice": "FAU14", "credit_note": "CAU14"}[kind]
    faults = [fault for fault in judge(Case("", code, {"kind": kind, **data})) if fault.code[0].isupper()]
    assert {fault.code for fault in faults} == codes
    assert {fault.code for fault in faults if fault.severity is Severity.RECHAZO} == set()
