"""Makes what web_service.py and compose.yml need to be tried on the simulator: issuer, certificate and secrets.

All of it is made up. A real service has the issuer's JSON, the .p12 of its certification authority, and DIAN's PIN and
technical key in their place.
"""

import json
from pathlib import Path
from typing import Any

from dian_fe import Issuer, Organization
from dian_fe.testing import Simulator, ToyPki

dian = Simulator(seed=7)  # as: python -m dian_fe simulator --seed 7
shop = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["facturacion@example.com"],
)
issuer: dict[str, Any] = Issuer(
    organization=shop, software=dian.software, resolution=dian.resolution("SETP")
).with_secrets()
folder = Path("secrets")
folder.mkdir(mode=0o700, exist_ok=True)
secrets = {
    "software_pin": issuer["software"].pop("pin"),
    "technical_key": issuer["resolution"].pop("technical_key"),
    "p12_password": "clave-de-prueba",
    "database_password": "otra-clave-de-prueba",
}
for name, secret in secrets.items():
    (folder / name).write_text(secret, encoding="utf-8")
(folder / "firma.p12").write_bytes(ToyPki(seed=7).p12(shop.nit, secrets["p12_password"]))
(folder / "issuer.json").write_text(json.dumps(issuer, ensure_ascii=False, indent=2), encoding="utf-8")

print("python -m dian_fe simulator --seed 7 --port 8080   # in another terminal")
print("export DIAN_FE_ENDPOINT=http://127.0.0.1:8080/WcfDianCustomerServices.svc")
print("export DIAN_FE_ISSUER=secrets/issuer.json DIAN_FE_P12=secrets/firma.p12")
for name in ("p12_password", "software_pin", "technical_key"):
    print(f"export DIAN_FE_{name.upper()}_FILE=secrets/{name}")
print("export DIAN_FE_STORE=sqlite:invoices.sqlite DIAN_FE_RETRIES=once")
