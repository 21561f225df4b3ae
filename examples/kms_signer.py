"""Sign with a key that stays in a key management service (KMS), through `CallableSigner`. Here the KMS is made up.

    python examples/kms_signer.py

What DIAN takes is RSA PKCS#1 v1.5 with SHA-256 (clouds call it RSASSA_PKCS1_V1_5_SHA_256 or RSA_SIGN_PKCS1_…_SHA256),
by the key of a certificate that an accredited authority issued: the key is made in the KMS, its certificate request
goes to the authority, and the certificate that comes back is public and lies beside your program.
"""

import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from dian_fe import CallableSigner, Client, Customer, Invoice, Issuer, Line, Organization, Payment, build, iva, sign
from dian_fe.catalogs import Environment
from dian_fe.testing import Simulator


class RemoteKey:
    """A key of the KMS. Only digests travel to it, and signatures back.

    ``sign`` takes the bytes to sign, as `CallableSigner` requires: the digest is made here, once. A KMS that hashes by
    itself is sent the bytes as they are, or it would sign the digest of a digest.
    """

    def __init__(self, http: httpx.Client, key_id: str, pauses: Sequence[float] = (0.2, 1.0, 3.0)) -> None:
        self.http = http
        self.key_id = key_id
        self.pauses = pauses

    def sign(self, data: bytes) -> bytes:
        """Sign; the same request again is harmless, since its signature is always the same."""
        asked = {"digest": b64encode(sha256(data).digest()).decode(), "algorithm": "RSASSA_PKCS1_V1_5_SHA_256"}
        for pause in (*self.pauses, None):
            try:
                reply = self.http.post(f"/keys/{self.key_id}:sign", json=asked).raise_for_status()
                return b64decode(reply.json()["signature"], validate=True)
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                refused = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
                if refused or pause is None:
                    raise  # CallableSigner tells it as a SigningError, with this one behind it
                time.sleep(pause)
        raise AssertionError


class FakeKms:
    """The KMS of this demo: it signs digests, and is out of service at the first request."""

    def __init__(self, key: RSAPrivateKey, failures: Sequence[int] = (503,)) -> None:
        self._key = key
        self.failures = list(failures)
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.failures:
            return httpx.Response(self.failures.pop(0))
        if request.headers.get("Authorization") != "Bearer demo":
            return httpx.Response(403)
        asked = httpx.Response(200, content=request.content).json()
        signature = self._key.sign(b64decode(asked["digest"]), PKCS1v15(), Prehashed(SHA256()))
        return httpx.Response(200, json={"signature": b64encode(signature).decode()})


def main() -> None:
    now = datetime.now(ZoneInfo("America/Bogota"))
    dian = Simulator(seed=7)
    identity = dian.pki.identity("700085371")
    certificates = [identity.certificate, *identity.authorities]  # yours: load_certificates("certificado.pem")
    kms = FakeKms(identity.key)  # yours: no transport, and the KMS's own credentials
    with httpx.Client(
        base_url="https://kms.example.com",
        headers={"Authorization": "Bearer demo"},
        timeout=httpx.Timeout(10, connect=3),
        transport=httpx.MockTransport(kms),
    ) as http:
        signer = CallableSigner(certificates, RemoteKey(http, "facturacion").sign)
        shop = Organization(
            nit="700085371",
            name="Tienda Ejemplo SAS",
            municipality="76001",
            address="Cl 14 # 5-20",
            emails=["ventas@example.com"],
        )
        issuer = Issuer(
            organization=shop,
            software=dian.software,
            resolution=dian.resolution("SETP"),
            environment=Environment.HABILITACION,
        )
        invoice = Invoice.from_lines(
            number="SETP990000001",
            issued_at=now,
            supplier=shop,
            customer=Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails="compras@example.com"),
            lines=[Line(description="Café tostado 500 g", quantity=3, price="18500", taxes=[iva(5)])],
            payment=Payment.cash(),
        )
        signed = sign(build(invoice, issuer), signer, at=now)
        with Client(signer=signer, transport=dian) as client:  # requests to DIAN are signed by the same key
            answer = client.send(signed).raise_for_rejection()
    print(answer.number, answer.outcome, f"after {kms.requests} requests to the KMS")


if __name__ == "__main__":
    main()
