"""The day of the signature is that of issue (FAD09e and its like), except for what was issued in contingency."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import Any

import pytest

from dian_fe import build, check, read, sign
from dian_fe.errors import SigningError, WrongSigningDate
from dian_fe.families.registry import kind
from dian_fe.models.references import DocumentReference
from dian_fe.signing import sign as sign_xml
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.transport.contingency import transcribed
from tests.signing.support import canonical
from tests.support.company import issuer_at
from tests.transport.support import NIT, NOW, invoice

DIAN = Simulator(seed=7)
SIGNER = DIAN.signer(NIT)
TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize("code", ["FAD09e", "CAD09e", "DAD09e", "AAD09e"])
@pytest.mark.parametrize("days", [-1, 1, 30])
def test_another_day_is_refused_by_the_code_of_the_rule(code: str, days: int) -> None:
    """It was a «signing_error»."""
    document = canonical(issued="2026-03-02", day_rule=code)
    with pytest.raises(WrongSigningDate, match=code) as caught:
        sign_xml(document, SIGNER, at=NOW + timedelta(days=days))
    error = caught.value
    assert isinstance(error, SigningError)
    assert (error.code, error.as_dict()["code"], error.faults[0].code) == (code, code, code)
    assert error.faults[0].stops
    assert pickle.loads(pickle.dumps(error)).code == code
    assert WrongSigningDate.code == "wrong_signing_date"


def test_a_day_that_no_rule_is_named_for_has_the_own_code() -> None:
    with pytest.raises(WrongSigningDate, match=r"no es la de emisión\.") as caught:
        sign_xml(canonical(issued="2026-03-02", day_rule=""), SIGNER, at=TOMORROW)
    assert caught.value.code == "wrong_signing_date"


@pytest.mark.parametrize("name", ["invoice", "credit_note", "debit_note"])
def test_build_names_the_rule_of_the_kind(name: str) -> None:
    document = random_document(2, name)  # an invoice of contingency would be signed on another day
    canonical = build(document, sample_issuer()).canonical
    assert canonical.day_rule == kind(name).codes["signing_day"]
    assert canonical.issue_date == document.issue_date


def contingency(code: str) -> Any:
    if code == "04":
        return invoice().replace(type_code="04")
    return transcribed(invoice(), [DocumentReference(number="T-77", issue_date=date(2026, 3, 2), type_code="220")])


@pytest.mark.parametrize("kind", ["03", "04"])
@pytest.mark.parametrize("days", [0, 1, 2])
def test_contingency_is_signed_and_sent_on_another_day(kind: str, days: int) -> None:
    built = build(contingency(kind), issuer_at(DIAN))
    signed = sign(built, SIGNER, at=NOW + timedelta(days=days))
    for report in (check(signed, issuer=issuer_at(DIAN)), check(read(signed.xml))):
        assert not [fault for fault in report if "AD09" in fault.code]
    verdict = Simulator(seed=7).judge(signed.xml)
    assert not [fault for fault in verdict.faults if "AD09" in fault.code]
    assert verdict.is_valid


def test_the_last_second_of_the_day_is_still_that_day() -> None:
    late = NOW.replace(hour=23, minute=59, second=59)
    built = build(invoice(at=late), issuer_at(DIAN))
    assert sign(built, SIGNER, at=late).signing_time == late
    with pytest.raises(WrongSigningDate):
        sign(built, SIGNER, at=late + timedelta(seconds=1))
