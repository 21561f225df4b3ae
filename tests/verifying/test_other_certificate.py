"""Another certificate of the same key in ``ds:KeyInfo``, where no reference covers it."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe.verifying import verify_signature
from tests.signing.support import AT, NIT, PKI, canonical
from tests.verifying.foreign import Foreign


def _twin() -> bytes:
    """Issue another certificate for the key of `NIT`."""
    mine, toy = PKI.identity(NIT).certificate, PKI.issuing
    builder = x509.CertificateBuilder(
        toy.certificate.subject, mine.subject, mine.public_key(), 5, AT - timedelta(days=9), AT + timedelta(days=9)
    )
    return b64encode(builder.sign(toy.key, SHA256()).public_bytes(Encoding.DER))


def test_another_certificate_of_the_key_is_refused() -> None:
    signed = Foreign(identity=PKI.identity(NIT), order=("document", "signed_properties")).sign(canonical().xml)
    good = verify_signature(signed)
    assert good.signature.valid
    swapped = re.sub(b"(<ds:X509Certificate>)[^<]+", lambda found: found[1] + _twin(), signed)
    found = verify_signature(swapped)
    assert found.signature.valid is True, "the key is the same"
    assert "signing_certificate" in {fault.code for fault in found.faults if fault.rejects}
