"""The CUNE: the vectors, through the formula and through whole documents."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from dian_fe import Issuer, PayrollDeletion, PayrollReplacement, build, verify
from dian_fe.errors import ContentsContradict
from dian_fe.families.payroll.keys import cune_seed
from dian_fe.testing import ToyPki
from dian_fe.ubl.keys import sha384
from tests.families.payroll.documents import (
    COMPANY,
    ISSUER,
    LATER,
    SOFTWARE,
    all_kinds,
    deducted,
    earned,
    paid,
    worker,
)

EMPLOYER = COMPANY.replace(nit="900000001")
ISSUER_OF_VECTORS = Issuer(organization=EMPLOYER, software=SOFTWARE.replace(pin="12345"))
V5 = {
    "payroll": "56f3b2c733ddf589870756f5e8a348cc749f08d5ff7640144355f0c1f8d1b25a6611597f8bc2734ee9796d777cda981a",
    "payroll_replacement": (
        "de84e87fe646ce38859d3f35225fdab195c4a547deeca45761f6b51d4b6d9fb78f5e9870155ba49345bcf1277fd7e3e5"
    ),
    "payroll_deletion": (
        "3ec00cce156c985835686b284e88cadac40edd2d8c69d8ad3abd0cfd8e73f48382b89db4309225b35a45176bba1f8fe0"
    ),
}
"""Computed apart from the formula of annex 1.0, section 8.1.1; DIAN has published none that verifies."""
ANNEX = {
    "number": "N00001",
    "issue_date": "2020-01-16",
    "issue_time": "10:53:10-05:00",
    "devengados": "3500000.00",
    "deducciones": "1000000.00",
    "comprobante": "2500000.00",
    "employer_id": "700085371",
    "worker_id": "800199436",
    "type_code": "102",
    "pin": "693",
    "environment": "1",
}
"""The example of annex 1.0, section 8.1.1.3."""
DOCUMENTED = "dae35b4dfdf10939502c96278feb97be1af6cd5653bd662ca29b5c9cdf2729464b51d272ba0008586cf153b46f87a2bd"
MISPRINTED = "16560dc8956122e84ffb743c817fe7d494e058a44d9ca3fa4c234c268b4f766003253fbee7ea4af9682dd57210f3bac2"
"""The hash that the annex prints: no composition of its fields gives it."""


def of_vectors(number: str, at: str, earnings: str, deductions: str) -> Any:
    return paid(
        number=number,
        issued_at=at,
        empleador=EMPLOYER,
        trabajador=worker(numero_documento="1000000001"),
        devengados=earned(basico={"dias_trabajados": 30, "sueldo_trabajado": earnings}, transporte=()),
        deducciones=deducted(
            salud={"porcentaje": 4, "deduccion": deductions}, fondo_pension={"porcentaje": 0, "deduccion": 0}
        ),
    )


@pytest.mark.parametrize("kind", V5)
def test_the_key_of_a_document_is_that_of_the_vector(kind: str) -> None:
    first = build(of_vectors("NE1", "2024-01-31T10:00:00-05:00", "1300000", "104000"), ISSUER_OF_VECTORS)
    second = of_vectors("NE1", "2024-01-31T10:00:00-05:00", "1400000", "112000")
    built = {
        "payroll": lambda: first,
        "payroll_replacement": lambda: build(
            PayrollReplacement.replacing(
                first,
                number="NA2",
                issued_at="2024-02-01T11:00:00-05:00",
                devengados=second.devengados,
                deducciones=second.deducciones,
            ),
            ISSUER_OF_VECTORS,
        ),
        "payroll_deletion": lambda: build(
            PayrollDeletion.deleting(first, number="NA1", issued_at="2024-02-01T10:00:00-05:00"), ISSUER_OF_VECTORS
        ),
    }[kind]()
    assert (built.kind.name, built.key) == (kind, V5[kind])


def test_the_annexs_composition_gives_the_documented_hash() -> None:
    assert sha384(cune_seed(**ANNEX)) == DOCUMENTED
    assert DOCUMENTED != MISPRINTED


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("payroll", "/NominaIndividual/InformacionGeneral/@CUNE"),
        ("payroll_deletion", "/NominaIndividualDeAjuste/Eliminar/InformacionGeneral/@CUNE"),
    ],
)
def test_the_key_of_another_pin_is_told_at_its_attribute(kind: str, place: str) -> None:
    with pytest.raises(ContentsContradict) as refused:
        verify(all_kinds()[kind].xml, ToyPki(0).trust, at=LATER, secret="12345")
    assert [fault.xpath for fault in refused.value.faults] == [place]


def test_amounts_are_cut_not_rounded() -> None:
    assert cune_seed(**(ANNEX | {"devengados": "3500000.009"})) == cune_seed(**ANNEX)
    assert cune_seed(**(ANNEX | {"devengados": "3500000.01"})) != cune_seed(**ANNEX)


def test_the_security_code_joins_software_pin_and_number() -> None:
    expected = hashlib.sha384(f"{SOFTWARE.id}98765NE1".encode()).hexdigest()
    assert build(paid(), ISSUER).control.security_code == expected


def test_the_printed_qr_names_the_note_and_the_worker() -> None:
    built = build(paid(), ISSUER)
    deletion = build(PayrollDeletion.deleting(built, number="NA1", issued_at="2026-03-01T10:00:00-05:00"), ISSUER)
    assert built.qr_text.splitlines()[:8] == [
        "NumNIE: NE1", "FecNIE: 2026-02-28", "HorNIE: 10:00:00-05:00", "NitNIE: 700085371", "DocEmp: 1020304050",
        "ValDev: 1500000.00", "ValDed: 104000.00", "ValTol: 1396000.00",
    ]  # fmt: skip
    assert built.qr_text.splitlines()[8:] == [f"CUNE: {built.key}", built.qr_url]
    assert built.control.qr == built.qr_url  # CodigoQR holds the address alone
    assert deletion.qr_text.splitlines()[3:6] == ["TipoNota: 2", "NitNIE: 700085371", "DocEmp: 0"]
