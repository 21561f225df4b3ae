"""The made-up company of the tests, who buys from it, and the moment of its documents."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from dian_fe import Customer, Issuer, Organization, Resolution, Software
from dian_fe.testing import Judge, Simulator

BOGOTA = timezone(timedelta(hours=-5))
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=BOGOTA)
NIT = "700085371"
SHOP = Organization(
    nit=NIT, name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20", emails=["facturas@example.com"]
)
BUYER = Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"])
TECHNICAL_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
"""That of the annex's examples."""
RESOLUTION = Resolution(
    authorization="18760000001",
    prefix="SETP",
    range_from=990_000_000,
    range_to=995_000_000,
    valid_from=date(2019, 1, 19),
    valid_to=date(2030, 1, 19),
    technical_key=TECHNICAL_KEY,
)
SOFTWARE = Software(id="00000000-0000-0000-0000-000000000001", pin="12345")
ISSUER = Issuer(organization=SHOP, software=SOFTWARE, resolution=RESOLUTION, note_prefix="NC")


def issuer_at(dian: Simulator | Judge, **changes: Any) -> Issuer:
    """Return the company with the software and the numbering that a DIAN of the tests knows."""
    values = {"organization": SHOP, "software": dian.software, "resolution": dian.resolution("SETP")}
    return Issuer.model_validate(values | changes)
