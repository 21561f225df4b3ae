"""Good signatures that leave their key or their properties uncovered, as documents have that DIAN accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from dian_fe.errors import SignatureInvalid
from dian_fe.faults import Severity
from dian_fe.verifying import SecondOpinion, examine, verify_signature
from tests.signing.support import NIT, NS, canonical, signed, xmlsec1
from tests.verifying.foreign import Foreign

pytestmark = pytest.mark.oldest


def towards_the_first_reference(signature: etree._Element) -> None:
    """Have the second and third reference point at the first one, as those of one provider do."""
    first, *others = signature.findall("ds:SignedInfo/ds:Reference", NS)
    first.set("Id", "s-ref0")
    for reference in others:
        reference.set("URI", "#s-ref0")


DATA = Foreign(change=towards_the_first_reference).sign(canonical().xml)
SUPPLIER = (
    "<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>"
    f'<cbc:CompanyID schemeName="31">{NIT}</cbc:CompanyID>'
    "</cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>"
)
BOTH = {"uncovered_key_info", "uncovered_properties"}


def test_references_to_a_reference_hold_as_for_xmlsec1(tmp_path: Path) -> None:
    verdict = verify_signature(DATA).signature
    assert verdict.valid
    assert verdict.second_opinion is SecondOpinion.AGREES
    assert [str(each.part) for each in verdict.references] == ["document", "#s-ref0", "#s-ref0"]
    path = tmp_path / "ajena.xml"
    path.write_bytes(DATA)
    options = ("--id-attr:Id", f"{NS['ds']}:Reference")
    assert xmlsec1(path, signed().certificate, *options)


def test_uncovered_properties_are_refused_with_the_remedy() -> None:
    verification = verify_signature(DATA)
    told = {fault.code: fault.severity for fault in verification.profile if fault.code in BOTH}
    assert told == {"uncovered_key_info": Severity.CONSEJO, "uncovered_properties": Severity.RECHAZO}
    with pytest.raises(SignatureInvalid, match="accept_uncovered=True"):
        verification.raise_for_invalid()


def test_uncovered_properties_can_be_accepted() -> None:
    verification = verify_signature(DATA, accept_uncovered=True)
    assert verification.valid
    assert {fault.severity for fault in verification.profile if fault.code in BOTH} == {Severity.CONSEJO}
    owned = Foreign(change=towards_the_first_reference).sign(canonical(SUPPLIER).xml)
    (found,) = (part.verification for part in examine(owned, accept_uncovered=True).walk())
    assert found.valid


def test_what_is_edited_is_refused_even_so() -> None:
    for old in (b"SETP1", b"<ds:DigestValue>", b"<ds:SignatureValue>"):
        changed = DATA.replace(old, old[:-1] + b" " + old[-1:] if old.startswith(b"<") else b"SETP9", 1)
        changed = changed.replace(b"<ds:DigestValue >", b"<ds:DigestValue>AAAA")
        changed = changed.replace(b"<ds:SignatureValue >", b"<ds:SignatureValue>AAAA")
        assert changed != DATA
        assert not verify_signature(changed, accept_uncovered=True).signature.valid


def test_what_dian_does_not_tell_has_no_code_of_hers() -> None:
    data = Foreign(order=("document", "signed_properties"), role="").sign(canonical().xml)
    verification = verify_signature(data)
    assert verification.valid
    assert all(fault.code.islower() and fault.severity is Severity.CONSEJO for fault in verification.faults)
