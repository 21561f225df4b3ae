"""`examine`: each verdict by itself, and nothing raised for what is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dian_fe import check, examine, read, verify
from dian_fe.catalogs import Environment
from dian_fe.errors import (
    ContentsContradict,
    DianFeError,
    InvalidInput,
    MalformedXml,
    NaiveDatetime,
    SignatureInvalid,
    SignerNotTrusted,
)
from dian_fe.testing import ToyPki
from dian_fe.testing.judge import DIAN_NIT
from dian_fe.testing.pki import Flaw
from dian_fe.ubl.archive import make_zip
from dian_fe.ubl.received import OtherFile
from dian_fe.verifying import Cause, RevocationStatus, SignedAs
from dian_fe.verifying.forensics.explain import Explanation
from tests.delivery.support import AT, LATER, NIT, note_of, office
from tests.delivery.support import issued as issue
from tests.support.shared import shared_dir
from tests.verifying.sealing import PIN, another, answer, container, event, packed, sale, sealed, sold, unsigned_answer
from tests.verifying.support import KEY, PKI, STRANGER, TRUST, codes, part

pytestmark = pytest.mark.oldest

PROVIDER = "900373076"

# --- each verdict by itself ------------------------------------------------------------------------------------------


def test_all_good() -> None:
    examination = examine(packed().zip_bytes, TRUST, at=LATER, revocation=PKI.revocation, secret=KEY)
    assert examination.valid
    assert codes(examination) == set()
    for signed in list(examination.walk())[1:]:
        assert signed.signed
        assert signed.trusted is True
        assert signed.verification.trust.revoked is False
        assert signed.verification.dates.valid is True
    assert part(examination, "invoice").key_matches is True
    assert part(examination, "application_response").key_matches is None
    assert [each.name for each in examination.sales] == [f"Invoice {sold()[0].document.number}"]


def test_cryptography_alone() -> None:
    examination = examine(sold()[0].xml.replace(b"molido", b"Molido"), TRUST)
    assert examination.verification.signature.valid is False
    assert examination.trusted is True
    assert codes(examination) == {"ZE02"}
    assert not examination.valid


def test_dates_alone() -> None:
    examination = examine(sale(flaw=Flaw.EXPIRED))
    assert examination.verification.signature.valid is True
    assert examination.verification.dates.valid is False
    assert codes(examination) == {"ZD02"}


def test_trust_alone() -> None:
    for data, trust in ((sold()[0].xml, ToyPki(99).trust), (sale(flaw=Flaw.SELF_SIGNED), TRUST)):
        examination = examine(data, trust)
        assert examination.verification.signature.valid is True
        assert examination.trusted is False
        assert codes(examination, rejecting=True) == {"ZD06"}
        assert codes(examine(data), rejecting=True) == set()
        assert examine(data).trusted is None


def test_profile_alone() -> None:
    examination = examine(sale(policy_digest="x" * 43 + "="))
    assert examination.verification.signature.valid is True
    assert codes(examination) >= {"policy_hash"}
    assert not examination.valid


def test_a_signing_time_in_the_future_is_told() -> None:
    examination = examine(sold()[0].xml, at=AT - timedelta(days=1))
    assert codes(examination, rejecting=False) == {"signing_time_in_future"}
    assert examination.valid


def test_trust_that_cannot_be_judged_is_not_taken_for_granted() -> None:
    data = sale(time="ayer")
    assert "trust_not_judged" in codes(examine(data, TRUST), rejecting=True)
    assert "trust_not_judged" not in codes(examine(data, TRUST, at=AT))
    assert "trust_not_judged" not in codes(examine(data))
    # Also where faults of the profile are forgiven: in DIAN's answer.
    unsure = sealed(unsigned_answer(), DIAN_NIT, time="ayer")
    assert codes(examine(sold()[0], TRUST, answer=unsure), rejecting=True) == {"trust_not_judged", "signing_time"}


def test_revocation_is_asked_for_each_certificate_of_each_part() -> None:
    asked: list[str] = []

    def ask(certificate: Any, issuer: Any, at: Any) -> RevocationStatus:
        asked.append(certificate.subject.rfc4514_string())
        return RevocationStatus.UNKNOWN

    examination = examine(packed().xml, TRUST, revocation=ask)
    assert len(asked) == 9, "three certificates below the root, of three signatures"
    assert codes(examination) == {"revocation_unknown"}
    assert examination.valid
    revoked = examine(sale(flaw=Flaw.REVOKED), TRUST, revocation=[PKI.crl])
    assert codes(revoked, rejecting=True) == {"ZD04"}
    with pytest.raises(SignerNotTrusted, match="ZD04"):
        verify(sale(flaw=Flaw.REVOKED), TRUST, revocation=[PKI.crl])


# --- who signs -------------------------------------------------------------------------------------------------------


def _by_provider(role: str) -> bytes:
    xml = sold()[0].built.canonical.xml
    mine = f">{NIT}</sts:ProviderID>".encode()
    assert mine in xml
    return sealed(xml.replace(mine, f">{PROVIDER}</sts:ProviderID>".encode()), PROVIDER, role=role)


SIGNERS: dict[str, tuple[Callable[[], bytes], str | None, SignedAs]] = {
    "issuer": (lambda: sale(), None, SignedAs.ISSUER),
    "provider": (lambda: _by_provider("third party"), "provider_not_trusted", SignedAs.PROVIDER),
    "provider that is not named": (lambda: sale(PROVIDER, role="third party"), "wrong_signer", SignedAs.STRANGER),
    "stranger": (lambda: sale(STRANGER), "wrong_signer", SignedAs.STRANGER),
    "the NIT in a name": (
        lambda: sale(STRANGER, name="7 mares 000 y 85 cabras 371"),
        "wrong_signer",
        SignedAs.STRANGER,
    ),
    "nobody": (lambda: sale(flaw=Flaw.NO_NIT, name=NIT), "certificate_without_nit", SignedAs.STRANGER),
    "buyer": (lambda: event(), None, SignedAs.ISSUER),
    "buyer's provider": (lambda: event(nit="700085371"), "provider_not_trusted", SignedAs.PROVIDER),
    "not the buyer": (lambda: event(nit=STRANGER), "wrong_signer", SignedAs.STRANGER),
    "DIAN": (lambda: answer(), None, SignedAs.DIAN),
    "a stranger for DIAN": (lambda: answer(STRANGER), "wrong_signer", SignedAs.STRANGER),
    "DIAN's NIT in a name": (lambda: answer(STRANGER, name="Inversiones 800197268"), "wrong_signer", SignedAs.STRANGER),
    "DIAN by its name": (
        lambda: answer(flaw=Flaw.NO_NIT, name="U.A.E. DIRECCIÓN DE IMPUESTOS Y ADUANAS NACIONALES"),
        "wrong_signer",
        SignedAs.STRANGER,
    ),
    "the issuer for DIAN": (lambda: answer(NIT), "wrong_signer", SignedAs.STRANGER),
    "container, sender": (lambda: container(), None, SignedAs.ISSUER),
    "container, stranger": (lambda: container(nit=PROVIDER), "wrong_signer", SignedAs.STRANGER),
    "container, provider": (
        lambda: container(_by_provider("third party"), nit=PROVIDER, how={"role": "third party"}),
        "provider_not_trusted",
        SignedAs.PROVIDER,
    ),
}


@pytest.mark.parametrize("case", SIGNERS)
def test_only_the_issuer_signs_unless_the_caller_says_so(case: str) -> None:
    make, code, role = SIGNERS[case]
    examination = examine(make(), TRUST)
    owner = examination.verification.owner
    assert {fault.code for fault in owner.faults if fault.rejects} == (set() if code is None else {code})
    assert owner.accepted is (code is None)
    assert examination.valid is (code is None)
    assert examination.verification.signature.valid is True
    assert owner.signed_by is not None
    assert owner.signed_by.role is role


def test_no_certificate_can_be_that_of_an_issuer_without_nit() -> None:
    xml = sold()[0].built.canonical.xml.replace(f">{NIT}<".encode(), b">CO<")
    assert "wrong_signer" in codes(examine(sealed(xml), TRUST), rejecting=True)


# --- the key ---------------------------------------------------------------------------------------------------------


def test_keys_are_recomputed_where_the_secret_is_known() -> None:
    (signed, _), (note, _) = sold(), issue(note_of(sold()[0]))
    pin = office().software.pin.get_secret_value()
    both = make_zip({"fv.xml": signed.xml, "nc.xml": note.xml, "ar.xml": event()})
    control = signed.control

    def matches(secret: Any) -> list[bool | None]:
        return [part.key_matches for part in examine(both, secret=secret).walk()][1:]

    assert matches(None) == [None, None, None]
    assert matches(KEY) == [True, False, None], "a text is of the sales documents, here it is one's alone"
    assert matches({}) == [None, None, None]
    assert matches({control.authorization: KEY}) == [True, None, None]
    assert matches({control.range_prefix: KEY, control.software_id: pin}) == [True, True, None]
    assert matches({signed.document.number: "x", note.document.number: pin}) == [False, True, None]
    assert matches({"software-del-comprador": PIN}) == [None, None, True]
    assert codes(examine(both, secret={control.software_id: "x"}), rejecting=True) == {"CAD06"}
    assert examine(event(), secret=PIN).key_matches is True
    assert codes(examine(event(), secret="x"), rejecting=True) == {"AAD06"}


def test_secrets_are_not_told() -> None:
    secret = "una-clave-muy-secreta"
    examination = examine(sold()[0].xml, secret=secret)
    assert examination.key_matches is False
    assert secret not in repr(examination) + json.dumps(examination.as_dict())
    with pytest.raises(ContentsContradict) as raised:
        verify(sold()[0], TRUST, secret=secret)
    assert secret not in str(raised.value) + json.dumps(raised.value.as_dict())


def test_a_document_without_key_is_not_verified() -> None:
    xml = sold()[0].built.canonical.xml
    start, end = xml.index(b"<cbc:UUID"), xml.index(b"</cbc:UUID>") + len(b"</cbc:UUID>")
    data = sealed(xml[:start] + xml[end:])
    assert codes(examine(data), rejecting=True) == {"key_missing"}
    with pytest.raises(ContentsContradict, match="key_missing"):
        verify(data, TRUST)


def test_a_key_that_cannot_be_computed_is_told() -> None:
    xml = sold()[0].built.canonical.xml.replace(b"cbc:ProfileExecutionID", b"cbc:ProfileOtherID")
    examination = examine(sealed(xml), secret=KEY)
    assert examination.key_matches is None
    assert "key_not_computable" in codes(examination, rejecting=False)


def test_the_environment_counts_when_it_is_asked_for() -> None:
    assert examine(packed(), environment=Environment.HABILITACION).valid
    examination = examine(packed().zip_bytes, environment="1")
    assert codes(examination) == {"wrong_environment"}
    assert {fault.source for part in examination.walk() for fault in part.findings} == {"verify"}
    assert part(examination, "invoice").findings
    with pytest.raises(DianFeError):
        examine(packed().zip_bytes, environment="9")


# --- what else may come ----------------------------------------------------------------------------------------------


def test_files_beside_the_documents_are_parts_too() -> None:
    data = make_zip(
        {"ad.xml": packed().xml, "ad.pdf": b"%PDF-1.7", "otro.xml": b"<a", "nota.xml": b"<NominaIndividual/>"}
    )
    examination = examine(data, TRUST)
    assert examination.valid
    assert codes(examination) == {"unreadable_part"}
    kinds = {part.name: part.kind for part in examination.parts}
    assert kinds["ad.pdf"] == kinds["otro.xml"] == kinds["nota.xml"] == "file"
    assert verify(data, TRUST).answer is not None


def test_signatures_of_other_families_are_verified() -> None:
    unread = sealed(sold()[0].built.canonical.xml.replace(b">01</cbc:InvoiceTypeCode>", b">102</cbc:InvoiceTypeCode>"))
    examination = examine(unread, TRUST)
    assert isinstance(examination.received, OtherFile)
    assert examination.verification.signature.valid is True
    assert examination.trusted is True
    assert codes(examination, rejecting=False) == {"unreadable_part"}
    broken = examine(unread.replace(b"molido", b"Molido"), TRUST)
    assert broken.verification.signature.valid is False
    assert not broken.valid
    with pytest.raises(InvalidInput, match="No hay una factura"):
        verify(unread, TRUST)


def test_what_is_no_document_raises_and_nothing_else_does() -> None:
    for data in (b"", b"hola", b"<a>"):
        with pytest.raises(MalformedXml):
            examine(data)
    with pytest.raises(NaiveDatetime):
        examine(sold()[0].xml, at=AT.replace(tzinfo=None))
    for thing in (None, "x", sold()[0].built, sold()[0].document):
        with pytest.raises(InvalidInput):
            examine(thing)  # type: ignore[arg-type]
    assert not examine(b"<a/>").valid


def test_the_json_has_the_contract_in_every_part() -> None:
    data = json.loads(json.dumps(examine(packed().zip_bytes, TRUST, secret=KEY).as_dict()))

    def judge(part: dict[str, Any]) -> int:
        assert isinstance(part["valid"], bool)
        assert {"present", "valid", "failing", "cause", "certificate"} <= set(part["signature"])
        assert isinstance(part["profile"], list)
        assert set(part["key"]) == {"matches"}
        return 1 + sum(map(judge, part["parts"]))

    assert judge(data) == 4
    unsigned = examine(sold()[0].built.xml).as_dict()
    assert (unsigned["valid"], unsigned["signature"]["present"], unsigned["signature"]["valid"]) == (False, False, None)


def test_a_received_document_is_examined_from_its_bytes() -> None:
    received = read(container())
    forged = replace(received, parts=(read(another()[0].xml),))
    assert [each.key for each in examine(forged).sales] == [sold()[0].key]


SHARED = shared_dir()
SAMPLES = sorted((SHARED / "samples").glob("*.xml")) if SHARED else []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_real_documents_without_signature_are_told_unsigned(path: Any) -> None:
    examination = examine(path.read_bytes(), TRUST)
    for each in examination.walk():
        assert each.signed is False
        assert each.verification.signature.valid is None
        assert each.holds is (each.kind == "attached_document"), each.faults
    with pytest.raises(DianFeError):
        verify(path.read_bytes(), TRUST)
    # Numbers and keys of the samples were replaced, each consistently, and what containers say of them still agrees.
    assert not codes(examination, rejecting=True) & {"container_parent_number", "container_reference_key"}


def test_causes_are_looked_for_in_the_first_broken_parts_only() -> None:
    broken = sold()[0].xml.replace(b"molido", b"Molido")
    examination = examine(make_zip({f"{at:02}.xml": broken for at in range(12)}))
    told = [bool(each.verification.signature.causes) for each in examination.parts]
    assert told == [True] * 10 + [False] * 2
    assert {each.verification.signature.valid for each in examination.parts} == {False}


def test_examine_explains_unless_told_not_to() -> None:
    broken = sold()[0].xml.replace(b"Cliente Ejemplo", b"Otro")
    told, untold = (examine(broken, explain=explain).verification for explain in (True, False))
    assert told.signature.causes == (Cause.EDITED,)
    assert (untold.signature.causes, untold.signature.evidence) == ((), "")
    assert [fault.code for fault in told.faults] == [fault.code for fault in untold.faults]
    with pytest.raises(SignatureInvalid) as quiet:
        verify(broken, TRUST, explain=False)
    assert quiet.value.examination is not None
    assert not quiet.value.examination.verification.causes


def test_what_is_no_matter_of_form_is_not_forgiven() -> None:
    hidden = container(signed=False).replace(b"<cbc:ParentDocumentID>", b"<cbc:ParentDocumentID>X<!-- -->")
    data = sealed(hidden)
    assert "comment_in_text" in codes(examine(data), rejecting=True)
    with pytest.raises(SignatureInvalid):
        verify(data, TRUST)


def test_only_ten_signatures_of_a_file_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by ``check``: a ZIP of hundreds of broken documents would take minutes."""
    asked = []

    def explained(info: object, allowance: object) -> Explanation:
        asked.append(info)
        return Explanation()

    monkeypatch.setattr(sys.modules["dian_fe.verifying.forensics.explain"], "explain_failure", explained)
    broken = {f"{at}.xml": sold()[0].xml.replace(b"Cliente Ejemplo", b"Cliente %d" % at) for at in range(12)}
    packed = make_zip(broken)
    for judge in (examine, lambda data: check(read(data))):
        asked.clear()
        judge(packed)
        assert len(asked) == 10


@pytest.mark.parametrize(
    "seal", [lambda **how: sealed(unsigned_answer(), DIAN_NIT, **how), lambda **how: container(how=how)]
)
def test_a_signing_time_that_nothing_covers_is_refused(seal: Callable[..., bytes]) -> None:
    """Anybody may write another one afterwards, also into DIAN's answer, and the signature still holds."""
    data = seal(time="2026-03-02T12:34:56-05:00", order=("document", "key_info"))
    later = data.replace(b"T12:34:56", b"T23:59:59")
    assert later != data
    for xml in (data, later):
        found = examine(xml, TRUST)
        assert found.verification.signature.valid
        assert "uncovered_properties" in codes(found, rejecting=True)
        assert not found.valid
