"""Who may sign: providers that a receiver trusts and keeps, DIAN's certificate, and what an acceptance proves."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from dian_fe import DianFeError, Providers, TrustStore, examine, read, verify
from dian_fe.errors import InvalidIdentification, InvalidInput, NotAllowed, SignerNotTrusted
from dian_fe.testing.judge import DIAN_NIT
from dian_fe.testing.pki import Flaw
from dian_fe.ubl.archive import make_zip
from dian_fe.verifying import DIAN_CERTIFICATES, Acceptance, SignedAs
from dian_fe.verifying.dian_certificates import USED_UNTIL
from tests.delivery.support import NIT, issued, note_of, office
from tests.verifying.sealing import ANSWERED, answer, container, event, packed, sale, sealed, sold
from tests.verifying.support import KEY, PKI, STRANGER, TRUST, codes

ANYBODY = Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY


def test_verified_says_who_signed() -> None:
    found = verify(packed(), TRUST).signed_by
    certificate = PKI.identity(NIT).certificate
    assert (found.nit, found.role, found.found_in) == (NIT, SignedAs.ISSUER, "serialNumber (2.5.4.5)")
    assert found.subject == certificate.subject.rfc4514_string()
    assert found.fingerprint == certificate.fingerprint(SHA256()).hex()
    assert found.name in found.subject


def _named(xml: bytes, nit: str) -> bytes:
    return xml.replace(f">{NIT}</sts:ProviderID>".encode(), f">{nit}</sts:ProviderID>".encode())


def _invoice(named: str = STRANGER) -> bytes:
    return sealed(_named(sold()[0].built.canonical.xml, named), STRANGER, role="third party")


def _note() -> bytes:
    xml = note_of(sold()[0])
    return sealed(_named(issued(xml)[0].built.canonical.xml, STRANGER), STRANGER, role="third party")


ROUTES: dict[str, Callable[[], bytes]] = {
    "invoice": _invoice,
    "not even named": lambda: _invoice("700085371"),
    "note": _note,
    "in a container": lambda: container(_invoice()),
    "loose in a ZIP with the answer": lambda: make_zip({"f.xml": _invoice(), "a.xml": sold()[1].application_response}),
    "container that a stranger signs": lambda: container(nit=STRANGER, how={"role": "third party"}),
    "container in a ZIP": lambda: make_zip({"a.xml": container(_invoice(), nit=STRANGER)}),
    "no NIT in the certificate": lambda: sale(flaw=Flaw.NO_NIT, name="Tienda Ejemplo SAS"),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("providers", [None, {"900373076"}], ids=["nobody", "another"])
def test_nobody_signs_for_another_by_any_route(route: str, providers: set[str] | None) -> None:
    data = ROUTES[route]()
    assert not examine(data, TRUST, providers=providers).valid
    assert not examine(read(data), None, providers=providers).valid
    for trust in (TRUST, None):
        with pytest.raises(SignerNotTrusted) as caught:
            verify(data, trust, providers=providers)
        assert caught.value.signed_by.name in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).signed_by == caught.value.signed_by


@pytest.mark.parametrize("route", ROUTES)
def test_a_trusted_provider_is_told_each_time(route: str) -> None:
    providers = ANYBODY if route == "no NIT in the certificate" else Providers({STRANGER: "Proveedor Ejemplo"})
    verified = verify(ROUTES[route](), TRUST, providers=providers)
    assert "signed_by_provider" in codes(verified.examination, rejecting=False)


def test_an_issuer_needs_no_provider_and_a_provider_is_no_dian() -> None:
    assert verify(packed(), TRUST, providers={STRANGER}).signed_by.role is SignedAs.ISSUER
    for forged in (answer(STRANGER), answer(NIT), answer(flaw=Flaw.NO_NIT, name="DIAN")):
        for providers in ({STRANGER, NIT}, ANYBODY):
            with pytest.raises(SignerNotTrusted, match="wrong_signer"):
                verify(sold()[0], TRUST, answer=forged, providers=providers)


def test_an_event_is_its_senders_or_a_trusted_mandatarys() -> None:
    assert examine(event(), TRUST).valid
    signed = event(nit=STRANGER)
    assert not examine(signed, TRUST).valid
    assert examine(signed, TRUST, providers=[STRANGER]).valid


def test_providers_are_kept_as_json() -> None:
    kept = Providers().trusting("900373076", "Proveedor «Ñ»").trusting(STRANGER)
    again = Providers.from_json(kept.to_json())
    assert again == kept == Providers({STRANGER, "900373076"})
    assert hash(again) == hash(kept)
    assert (again.name("900373076"), again.name(STRANGER)) == ("Proveedor «Ñ»", None)
    assert list(kept) == [STRANGER, "900373076"]
    assert STRANGER not in kept.without(STRANGER)
    assert kept.without(STRANGER) != kept
    assert pickle.loads(pickle.dumps(kept)) == kept
    assert "1" in ANYBODY
    with pytest.raises(NotAllowed):
        ANYBODY.to_json()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"providers": [1]}', '{"providers": [{"nit": 1}]}', "[" * 100_000])
def test_what_is_no_list_of_providers_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Providers.from_json(text)
    assert caught.value.remedy


@pytest.mark.parametrize("nit", ["900.373.076", "0900373076", "", "Proveedor SAS"])
def test_a_provider_is_named_by_its_nit(nit: str) -> None:
    with pytest.raises(InvalidIdentification):
        Providers({nit})
    assert list(Providers("900.373.076-4")) == ["900373076"], "a right digit is taken"
    assert list(Providers("900373076")) == ["900373076"], "one text is one NIT, not its digits"
    assert list(Providers({"9003730764", "900.373.076-4"})) == ["900373076"], "its right digit is taken off"


# --- DIAN's certificate ----------------------------------------------------------------------------------------------


def _renewed() -> bytes:
    return answer(DIAN_NIT, name="U.A.E. DIRECCION DE IMPUESTOS Y ADUANAS NACIONALES")


def test_dian_may_renew_its_certificate() -> None:
    verified = verify(sold()[0], TRUST, answer=_renewed())
    assert verified.answer is not None
    assert "dian_certificate" in codes(verified.examination, rejecting=False)
    signer = verified.examination.parts[-1].verification.owner.signed_by
    assert signer is not None
    knowing = TrustStore(TRUST.anchors, TRUST.intermediates, dian=[*DIAN_CERTIFICATES, signer.fingerprint.upper()])
    assert "dian_certificate" not in codes(verify(sold()[0], knowing, answer=_renewed()).examination)


def test_a_known_fingerprint_is_no_trust_by_itself() -> None:
    (fingerprint,) = TRUST.dian
    with pytest.raises(SignerNotTrusted, match="ZD06"):
        verify(sold()[0], TrustStore([], dian=[fingerprint]), answer=sold()[1])


def test_dians_own_use_of_an_expired_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    late = answer(flaw=Flaw.EXPIRED)
    with pytest.raises(DianFeError, match=r"ZD0[26]"):
        verify(sold()[0], TRUST, answer=late)
    fingerprint = office().pki.identity(DIAN_NIT, flaw=Flaw.EXPIRED).certificate.fingerprint(SHA256()).hex()
    monkeypatch.setitem(USED_UNTIL, fingerprint, datetime.fromisoformat(ANSWERED) + timedelta(days=1))
    found = verify(sold()[0], TRUST, answer=late).examination
    assert "dian_certificate_expired" in codes(found, rejecting=False)
    assert found.parts[-1].verification.dates.valid is False
    # Neither after the time in which DIAN did so, nor by another authority.
    with pytest.raises(DianFeError, match="ZD06"):
        verify(sold()[0], TrustStore([]), answer=late)
    monkeypatch.setitem(USED_UNTIL, fingerprint, datetime.fromisoformat(ANSWERED) - timedelta(days=1))
    with pytest.raises(DianFeError, match=r"ZD0[26]"):
        verify(sold()[0], TRUST, answer=late)


def test_only_what_dian_did_is_let_pass() -> None:
    assert {fingerprint: until.year for fingerprint, until in USED_UNTIL.items()} == {
        "f551780ed01e4f47368818cc0836f4078c9974ae7976a1149ee6ad17e0f67662": 2022
    }
    assert USED_UNTIL.keys() <= DIAN_CERTIFICATES


# --- what an acceptance proves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "proves"),
    [
        (lambda: verify(sold()[0], TRUST), Acceptance.NO_ANSWER),
        (lambda: verify(packed(), None), Acceptance.SIGNER_NOT_JUDGED),
        (lambda: verify(packed(), None, secret=KEY), Acceptance.SIGNER_NOT_JUDGED),
        (lambda: verify(packed(), TRUST), Acceptance.KEY_EXISTS),
        (lambda: verify(packed(), TRUST, secret=KEY), Acceptance.KEY_MATCHES),
    ],
)
def test_what_an_acceptance_proves_is_said(how: Callable[[], Any], proves: Acceptance) -> None:
    verified = how()
    assert verified.acceptance is proves
    assert verified.acceptance.meaning in verified._repr_html_()


def test_an_answer_that_does_not_hold_proves_nothing() -> None:
    from dian_fe.verifying.acceptance import acceptance_of

    for forged in (answer(STRANGER), sold()[1].application_response.replace(b"Documento", b"documento")):
        examination = examine(sold()[0], TRUST, answer=forged, secret=office().resolution().key())
        assert acceptance_of(examination, examination.sales[0]) is Acceptance.NOT_BELIEVED
