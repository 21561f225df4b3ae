"""Good equivalent documents that cases patch. Every base has no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dian_fe import Built, Issuer, Organization, Resolution, Software, build
from dian_fe.catalogs import Environment
from dian_fe.families.registry import kind as kind_named
from dian_fe.ubl.control import Control
from tests.families.equivalent.documents import DOCUMENTS, NOTES, PREFIXES, note, sold

CASES = Path(__file__).with_name("cases")
FAMILY_KINDS = tuple(each.name for each in kind_named("pos_ticket").family.kinds)
ISSUED_AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
SENT_AT = datetime(2026, 3, 2, 15, 1, tzinfo=UTC)

SHOP = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["facturas@example.com"],
    tax_scheme="01",
)
ISSUER = Issuer(
    organization=SHOP,
    software=Software(id="00000000-0000-0000-0000-000000000001", pin="12345"),
    softwares=(
        Software(
            id="00000000-0000-0000-0000-000000000003",
            pin="54321",
            provider_nit="700085371",
            serves=(*DOCUMENTS, *NOTES),
        ),
    ),
    numberings=tuple(
        Resolution(
            authorization="18760000001",
            prefix=PREFIXES[name],
            range_from=1,
            range_to=1000000,
            valid_from=date(2022, 1, 1),
            valid_to=date(2030, 1, 1),
            document_type=kind_named(name).document_type,
        )
        for name in DOCUMENTS
    ),
    environment=Environment.HABILITACION,
)


@cache
def original(kind: str = "pos_ticket") -> Built[Any]:
    """Return the document that the notes adjust."""
    return build(sold(f"{PREFIXES[kind]}1", ISSUER, kind), ISSUER)


def plain(kind: str) -> Any:
    """Return what was sold for cash to the final consumer, or a note over half of it; none that is only read."""
    if kind in DOCUMENTS:
        return sold(f"{PREFIXES[kind]}1", ISSUER, kind)
    if kind in NOTES:
        return note("NA1", original(), kind)
    values = sold("EPOS1", ISSUER).model_dump(mode="json")
    model = kind_named(kind).model_class
    known = {name: value for name, value in values.items() if name in model.model_fields}
    return model.model_validate(known | {"kind": kind, "type_code": kind_named(kind).document_type})


BASES: dict[str, Callable[[str], Any]] = {each.__name__: cache(each) for each in (plain,)}


def made(kind: str, name: str) -> tuple[Any, Control]:
    """Return the base of that name, with what surrounds it."""
    found = BASES[name](kind)
    return found, build(found, ISSUER).control


def corrected(kind: str, case: Mapping[str, Any]) -> Any:
    """Return the document that a note adjusts."""
    return original() if kind in NOTES else None
