"""What holds for every document that the library writes, on 600 random ones: a third here, all with ``-m long``."""

from __future__ import annotations

import pickle
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from signxml.exceptions import InvalidSignature

from dian_fe import Customer, Delivery, build, read
from dian_fe.testing import random_document
from tests.contracts.properties.corpus import CHUNKS, ISSUER, Case, chunk, office
from tests.contracts.properties.judges import (
    Sums,
    key_from_text,
    official_xsd_faults,
    refused_by_xmlsec1,
    signxml_signed_parts,
)
from tests.support.sampling import some_of

pytestmark = [pytest.mark.slow, pytest.mark.judge]

assert ISSUER.resolution is not None
TECHNICAL_KEY, PIN = ISSUER.resolution.key(), ISSUER.software.pin.get_secret_value()


@pytest.fixture(params=some_of(CHUNKS, one_in=3))
def cases(request: pytest.FixtureRequest) -> tuple[Case, ...]:
    return chunk(request.param)


def test_the_official_xsd_accepts_it(cases: tuple[Case, ...]) -> None:
    faults = {case.seed: official_xsd_faults(case.signed.xml) for case in cases}
    assert {seed: found for seed, found in faults.items() if found} == {}


def test_xmlsec1_verifies_its_signature(cases: tuple[Case, ...], tmp_path: Path) -> None:
    assert refused_by_xmlsec1({str(case.seed): case.signed.xml for case in cases}, tmp_path) is None


def test_xmlsec1_refuses_one_altered_document_among_many(tmp_path: Path) -> None:
    documents = {str(case.seed): case.signed.xml for case in chunk(0)}
    documents["3"] = documents["3"].replace(b"UBL 2.1", b"UBL 2.0")
    assert "3.xml" in (refused_by_xmlsec1(documents, tmp_path) or "")


def test_signxml_verifies_its_signature(cases: tuple[Case, ...]) -> None:
    for case in cases:
        assert signxml_signed_parts(case.signed.xml) == [case.signed.kind.root, "KeyInfo", "SignedProperties"], (
            case.seed
        )


def test_its_key_is_recomputed_from_the_xml_text_alone(cases: tuple[Case, ...]) -> None:
    for case in cases:
        key = key_from_text(case.signed.xml, TECHNICAL_KEY, PIN)
        said = etree.fromstring(case.signed.xml).findtext("{*}UUID")
        assert (key, key) == (case.signed.key, said), case.seed


def test_reading_gives_the_document_that_was_written(cases: tuple[Case, ...]) -> None:
    for case in cases:
        received = read(case.signed.xml)
        assert received.document == case.document, case.seed
        assert received.control == case.signed.control, case.seed
        assert (received.problems, received.unmapped) == ((), ()), case.seed
        assert received.key == case.signed.key, case.seed


def test_its_bytes_are_their_own_canonical_form(cases: tuple[Case, ...]) -> None:
    for case in cases:
        canonical = case.signed.built.canonical
        assert etree.tostring(etree.fromstring(canonical.xml), method="c14n") == canonical.xml, case.seed
        inside = canonical.xml[: canonical.signature_at], canonical.xml[canonical.signature_at :]
        assert inside[0].endswith(b"<ext:ExtensionContent>"), case.seed
        assert inside[1].startswith(b"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"), case.seed


def test_it_goes_through_json_and_pickle_unchanged(cases: tuple[Case, ...]) -> None:
    for case in cases:
        document = case.document
        again = type(document).model_validate_json(document.to_json())
        unpickled = pickle.loads(pickle.dumps(document))
        for copy in (again, unpickled):
            assert copy == document, case.seed
            assert hash(copy) == hash(document), case.seed
            assert copy.to_json() == document.to_json(), case.seed


def test_its_totals_never_contradict_its_lines(cases: tuple[Case, ...]) -> None:
    for case in cases:
        sums = Sums(case.signed.xml)
        assert list(sums.contradictions()) == [], case.seed
        assert sums.policies(), (case.seed, "no rounding policy explains the amounts")


def test_the_simulator_accepts_it(cases: tuple[Case, ...]) -> None:
    for case in cases:
        verdict = office().judge(case.signed.xml)
        assert verdict.is_valid, (case.seed, [str(fault) for fault in verdict.faults])


def test_what_the_random_documents_leave_out_goes_through_too() -> None:
    document: Any = next(
        d for d in map(random_document, range(100)) if d.kind == "invoice" and d.exchange_rate and d.taxes
    )
    rate = document.exchange_rate.replace(target_currency="EUR", target_base=Decimal(1000))
    taxes = tuple(total.replace(rounding=Decimal("-0.0002")) for total in document.taxes)
    changed = document.replace(exchange_rate=rate, taxes=taxes)
    received = read(build(changed, ISSUER).xml)
    assert received.document == changed
    assert received.document.taxes[0].rounding == Decimal("-0.0002")
    assert received.document.exchange_rate.target_base == 1000


def test_a_carrier_that_is_a_person_has_its_identification() -> None:
    # cac:DeliveryParty has no AdditionalAccountID.
    person = Customer(id_type="13", id="1020304050", name="Transportes de Ana", organization_type="2").party()
    company = Customer(id_type="31", id="800199436", name="Transportes SAS").party()
    for carrier in (person, company):
        changed = random_document(3, "invoice").replace(delivery=Delivery(carrier=carrier))
        assert read(build(changed, ISSUER).xml).document.delivery.carrier == carrier


def test_the_same_seed_gives_the_same_document() -> None:
    def again(seed: int) -> Any:
        return random_document(seed, issuer=ISSUER)

    assert [again(seed) for seed in range(10)] == [random_document(seed) for seed in range(10)]
    kinds = ("invoice", "credit_note", "debit_note")
    assert [random_document(3, kind).kind for kind in kinds] == list(kinds)


def test_the_judges_see_what_is_wrong() -> None:
    """Each of them refuses a document that was altered: a judge that always nods proves nothing."""
    case = next(case for case in chunk(0) if case.document.kind == "invoice" and case.document.taxes)
    xml = case.signed.xml.decode()
    line = case.document.lines[0]
    total = f">{case.document.totals.payable:f}</cbc:PayableAmount>"
    assert xml.count(total) == 1
    payable = xml.replace(total, f">{case.document.totals.payable + 1:f}</cbc:PayableAmount>")
    assert "PayableAmount" in list(Sums(payable.encode()).contradictions())
    assert key_from_text(payable.encode(), TECHNICAL_KEY, PIN) != case.signed.key
    price = f">{line.price:f}</cbc:PriceAmount>"
    doubled = re.sub(r">[\d.]+</cbc:PriceAmount>", f">{line.price + 5:f}</cbc:PriceAmount>", xml)
    assert price not in doubled
    assert Sums(doubled.encode()).policies() == []
    with pytest.raises(InvalidSignature):
        signxml_signed_parts(payable.encode())
    moved = re.sub(r"(<cbc:ID>[^<]*</cbc:ID>)(<cbc:UUID .*?</cbc:UUID>)", r"\2\1", xml, count=1)
    assert moved != xml
    assert official_xsd_faults(moved.encode())
