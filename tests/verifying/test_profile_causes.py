"""Signatures that hold and that others may refuse: policy hash, issuer's name, relative namespaces."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dian_fe.signing import POLICY_V2
from dian_fe.signing.distinguished_names import issuer_name
from dian_fe.verifying import Cause, verify_signature
from dian_fe.verifying.signature.issuer_names import NameForm, compare
from tests.signing.support import FIRST, NIT, PKI, PLACE, canonical, signed, xmlsec1
from tests.verifying.foreign import DIGESTS, Foreign

RAW = bytes.fromhex("74ca0cbed706e5a233818a34b48b1241e5490439d49df48e7c1a715eb9a8af46")
"""SHA-256 of the policy's PDF."""


@pytest.mark.parametrize(
    ("foreign", "rejects", "word"),
    [
        (
            Foreign(policy_digest=b64encode(bytes(32)).decode()),
            True,
            "no es el de la política",
        ),
        (Foreign(policy_digest=RAW.hex()), True, "hexadecimal"),
        (Foreign(policy_digest=b64encode(RAW.hex().encode()).decode()), True, "hexadecimal"),
        (Foreign(policy_algorithm=DIGESTS["sha512"]), False, "otro algoritmo"),
        (Foreign(policy_digest=POLICY_V2.digests["sha384"]), False, "otro algoritmo"),
    ],
)
def test_the_policys_digest(foreign: Foreign, rejects: bool, word: str) -> None:
    verification = verify_signature(foreign.sign(canonical().xml))
    assert verification.signature.valid is True
    assert verification.causes == (Cause.POLICY_HASH,)
    (fault,) = (fault for fault in verification.profile if fault.code == "policy_hash")
    assert fault.rejects is rejects
    assert word in fault.message
    assert POLICY_V2.digests["sha256"] in fault.hint


NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Autoridad, Ejemplo S.A."),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "ca@example.com"),
        x509.NameAttribute(NameOID.COMMON_NAME, "CA Ñandú"),
    ]
)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (issuer_name(NAME), NameForm.RIGHT),
        (NAME.rfc4514_string(), NameForm.RIGHT),
        (r"CN=CA \C3\91and\C3\BA, E=ca@example.com, O=Autoridad\, Ejemplo S.A., C=CO", NameForm.RIGHT),
        ('CN=ca  ñandú;EMAILADDRESS=ca@example.com;O="Autoridad, Ejemplo S.A.";C=co', NameForm.RIGHT),
        (
            r"OID.2.5.4.3=#0c0943412" + "0c391616e64c3ba,E=ca@example.com,O=Autoridad\\, Ejemplo S.A.,C=CO",
            NameForm.RIGHT,
        ),
        (r"C=CO,O=Autoridad\, Ejemplo S.A.,E=ca@example.com,CN=CA Ñandú", NameForm.OTHER_FORM),
        ("/C=CO/O=Autoridad, Ejemplo S.A./emailAddress=ca@example.com/CN=CA Ñandú", NameForm.OTHER_FORM),
        (r"CN=Otra,E=ca@example.com,O=Autoridad\, Ejemplo S.A.,C=CO", NameForm.OTHER_NAME),
        ("CN=CA Ñandú,C=CO", NameForm.OTHER_NAME),
        ("", NameForm.OTHER_NAME),
        ("#=", NameForm.OTHER_NAME),
    ],
)
def test_names_are_compared_by_what_they_say(written: str, form: NameForm) -> None:
    assert compare(written, NAME) is form


def test_the_issuers_name_is_told_and_refuses_nothing() -> None:
    issuer = PKI.identity(NIT).certificate.issuer
    backwards = x509.Name(list(issuer)[::-1]).rfc4514_string()
    for written, word in ((backwards, "orden"), ("CN=x", "no es el del")):
        verification = verify_signature(Foreign(issuer=written).sign(canonical().xml))
        assert verification.valid
        assert verification.causes == (Cause.ISSUER_NAME,)
        (fault,) = verification.faults[-1:]
        assert word in fault.message
        assert fault.expected == issuer_name(issuer)
    assert verify_signature(Foreign().sign(canonical().xml)).causes == verify_signature(signed().xml).causes == ()


VENDOR = FIRST.replace("<sts:DianExtensions></sts:DianExtensions>", '<C xmlns="urn:noova"><n>1</n></C>')
RELATIVE = Foreign(spelling=(b'"urn:noova"', b'"noova"'))


def test_a_relative_namespace_has_its_true_verdict(tmp_path: Path) -> None:
    """libxml2 refuses to canonicalise it, so xmlsec1 calls good and bad ones alike bad."""
    good = RELATIVE.sign(canonical(extensions=VENDOR + PLACE).xml)
    assert b'xmlns="noova"' in good
    verification = verify_signature(good)
    assert verification.valid
    assert verification.signature.valid is True
    assert verification.causes == (Cause.RELATIVE_NAMESPACE,)
    assert [fault.found for fault in verification.profile if fault.code == "relative_namespace"] == ["noova"]
    path = tmp_path / "relativa.xml"
    path.write_bytes(good)
    assert not xmlsec1(path, PKI.identity(NIT).certificate.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (b"SETP1", b"SETP2", Cause.EDITED),
        (b"<cbc:ID>", b"\n  <cbc:ID>", Cause.INDENTED_AFTER_SIGNING),
        (b"&amp;", b"&amp;amp;", Cause.DOUBLE_ESCAPED_AMPERSAND),
        (b'"noova"', b'"otra"', Cause.EDITED),
    ],
)
def test_damage_beside_a_relative_namespace_is_told(old: bytes, new: bytes, cause: Cause) -> None:
    data = RELATIVE.sign(canonical(extensions=VENDOR + PLACE).xml).replace(old, new)
    assert verify_signature(data).causes == (cause, Cause.RELATIVE_NAMESPACE)
