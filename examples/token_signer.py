"""Sign an invoice with a key on a PKCS#11 token: USB token, smart card, HSM. Needs ``pip install '.[pkcs11]'``.

    python examples/token_signer.py MODULE [TOKEN_LABEL [CERTIFICATES]]

MODULE is the library that the token's maker installs (a .so, .dll or .dylib).
CERTIFICATES, in PEM, are those that the token does not hold. The PIN is asked for, or taken from TOKEN_PIN. To try it
without a token, make one with SoftHSM (Debian: softhsm2) out of any .p12:

    openssl pkcs12 -in firma.p12 -nocerts -nodes | openssl pkcs8 -topk8 -nocrypt -out llave.pem
    openssl pkcs12 -in firma.p12 -nokeys -out certificados.pem
    softhsm2-util --init-token --free --label empresa --so-pin 5678 --pin 1234
    softhsm2-util --import llave.pem --token empresa --label firma --id 01 --pin 1234 && rm llave.pem
    python examples/token_signer.py /usr/lib/softhsm/libsofthsm2.so empresa certificados.pem
"""

import os
import sys
from datetime import datetime
from getpass import getpass
from zoneinfo import ZoneInfo

from dian_fe import (
    Client,
    Customer,
    DianFeError,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    Pkcs11Signer,
    build,
    iva,
    sign,
)
from dian_fe.catalogs import Environment
from dian_fe.testing import Simulator


def main(module: str, token_label: str | None = None, certificates: str | None = None) -> None:
    now = datetime.now(ZoneInfo("America/Bogota"))
    pin = os.environ.get("TOKEN_PIN") or getpass("PIN: ")
    with Pkcs11Signer.open(module, pin, token_label=token_label, certificates=certificates) as signer:
        print(signer.info.subject, signer.info.not_after.date())
        dian = Simulator(seed=7)  # in production: Client(signer=signer, environment=Environment.PRODUCCION)
        dian.trust_chain(signer.certificate_chain)
        nit = signer.nit or "700085371"
        shop = Organization(
            nit=nit,
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
        with Client(signer=signer, transport=dian) as client:
            answer = client.send(signed).raise_for_rejection()
    print(answer.number, answer.outcome, answer.key)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:4])
    except DianFeError as error:  # no token, wrong or locked PIN, no key, …: each says what to do
        sys.exit(str(error))
