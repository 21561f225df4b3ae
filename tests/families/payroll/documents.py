"""A plain payroll of made-up people for the tests of the family, and the official schemas, which lie elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from dian_fe import (
    Aporte,
    Basico,
    Deducciones,
    Devengados,
    Issuer,
    Organization,
    Payroll,
    PayrollDeletion,
    PayrollReplacement,
    Periodo,
    Software,
    Trabajador,
    Transporte,
    build,
    sign,
)
from dian_fe.testing import ToyPki
from tests.support.shared import shared_dir

AT = datetime.fromisoformat("2026-02-28T10:00:00-05:00")
NIT = "700085371"
COMPANY = Organization(nit=NIT, name="Empresa Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20")
SOFTWARE = Software(id="33333333-3333-4444-8555-666666666666", pin="98765")
ISSUER = Issuer(organization=COMPANY, software=SOFTWARE)
SHARED = shared_dir() or Path("nowhere")
SAMPLES = sorted((SHARED / "samples").glob("nomina-*.xml"))
XSDS = SHARED / "oracles" / "nomina-xsd"


@cache
def signer() -> Any:
    return ToyPki(0).signer(NIT)


def worker(**changes: Any) -> Trabajador:
    given: dict[str, Any] = {
        "numero_documento": "1020304050",
        "primer_apellido": "Pérez",
        "segundo_apellido": "Díaz",
        "primer_nombre": "Ana",
        "lugar_trabajo_municipio_ciudad": "76001",
        "lugar_trabajo_direccion": "Cl 5 # 4-3",
        "sueldo": 1_300_000,
    }
    return Trabajador(**(given | changes))


def earned(**changes: Any) -> Devengados:
    given: dict[str, Any] = {
        "basico": Basico(dias_trabajados=30, sueldo_trabajado=1_300_000),
        "transporte": [Transporte(auxilio_transporte=200_000)],
    }
    return Devengados(**(given | changes))


def deducted(**changes: Any) -> Deducciones:
    four = Aporte(porcentaje=4, deduccion=52_000)
    return Deducciones(**({"salud": four, "fondo_pension": four} | changes))


def period(**changes: Any) -> Periodo:
    given: dict[str, Any] = {
        "fecha_ingreso": "2020-01-15",
        "fecha_liquidacion_inicio": "2026-02-01",
        "fecha_liquidacion_fin": "2026-02-28",
    }
    return Periodo(**(given | changes))


def paid(**changes: Any) -> Payroll:
    """Return the payroll of a month."""
    given: dict[str, Any] = {
        "number": "NE1",
        "issued_at": AT,
        "empleador": COMPANY,
        "periodo": period(),
        "trabajador": worker(),
        "fechas_pagos": ["2026-02-28"],
        "devengados": earned(),
        "deducciones": deducted(),
    }
    return Payroll(**(given | changes))


LATER = AT + timedelta(days=1)


@cache
def all_kinds() -> dict[str, Any]:
    """Return a signed document of each kind."""
    first = build(paid(), ISSUER)
    notes = (
        PayrollReplacement.replacing(first, number="NA1", issued_at=LATER, devengados=earned(dotacion=90_000)),
        PayrollDeletion.deleting(first, number="NA2", issued_at=LATER),
    )
    built = (first, *(build(note, ISSUER) for note in notes))
    return {each.kind.name: sign(each, signer(), at=each.document.issued_at) for each in built}


@cache
def official_schema(root: str) -> etree.XMLSchema:
    """Return DIAN's own schema of documents of a root."""
    return etree.XMLSchema(etree.parse(str(XSDS / f"{root}ElectronicaXSD.xsd")))


def official_faults(xml: bytes) -> list[str]:
    """Validate a document with DIAN's own schemas; return what they object to."""
    root = etree.fromstring(xml)
    schema = official_schema(etree.QName(root).localname)
    return [] if schema.validate(root) else [str(entry.message) for entry in schema.error_log]
