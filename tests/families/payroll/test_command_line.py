"""Every verb of the command line that takes a document takes payroll."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dian_fe import Client, load_document
from dian_fe._cli.main import main
from dian_fe.testing import Simulator
from tests.families.payroll.documents import AT, ISSUER, NIT, SOFTWARE, all_kinds

Run = Callable[..., tuple[int, str]]
KINDS = ("payroll", "payroll_replacement", "payroll_deletion")
PLAIN = {
    "kind": "payroll",
    "number": "NE1",
    "issued_at": AT.isoformat(),
    "empleador": {"nit": NIT, "name": "Empresa Ejemplo SAS", "municipality": "76001", "address": "Cl 14 # 5-20"},
    "periodo": {
        "fecha_ingreso": "2020-01-15",
        "fecha_liquidacion_inicio": "2026-02-01",
        "fecha_liquidacion_fin": "2026-02-28",
    },
    "trabajador": {
        "numero_documento": "1020304050",
        "primer_apellido": "Pérez",
        "primer_nombre": "Ana",
        "lugar_trabajo_municipio_ciudad": "76001",
        "lugar_trabajo_direccion": "Cl 5 # 4-3",
        "sueldo": "1300000",
    },
    "fechas_pagos": ["2026-02-28"],
    "devengados": {"basico": {"dias_trabajados": 30, "sueldo_trabajado": "1300000"}, "comisiones": ["0.10"]},
    "deducciones": {
        "salud": {"porcentaje": "4", "deduccion": "52000"},
        "fondo_pension": {"porcentaje": "4", "deduccion": "52000"},
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave a document of each kind as JSON and signed, its answer, and the issuer."""
    out = tmp_path_factory.mktemp("payroll")
    dian = Simulator(seed=7)
    dian.register_software(SOFTWARE)
    issuer = ISSUER.replace(softwares=(SOFTWARE.replace(serves=KINDS),))
    documents = all_kinds()
    for kind in KINDS:
        signed = documents[kind]
        with Client(signer=dian.signer(issuer.organization.nit), transport=dian) as ws:
            answer = ws.send(signed)
        (out / f"{kind}.json").write_text(signed.document.to_json(), encoding="utf-8")
        (out / f"{kind}.xml").write_bytes(signed.xml)
        (out / f"{kind}.ar.xml").write_bytes(answer.application_response)
        (out / "issuer.json").write_text(json.dumps(issuer.with_secrets()), encoding="utf-8")
        (out / "pin").write_text(issuer.softwares[0].pin.get_secret_value(), encoding="utf-8")
    (out / "plain.json").write_text(json.dumps(PLAIN), encoding="utf-8")
    return out


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the folder; return its status and all that it told."""

    def called(*arguments: str) -> tuple[int, str]:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(str(end.code))
        told = capsys.readouterr()
        return status, told.out + told.err

    return called


def test_plain_json_makes_a_payroll() -> None:
    document = load_document(PLAIN)
    assert (document.empleador.razon_social, document.empleador.departamento_estado) == ("Empresa Ejemplo SAS", "76")
    assert str(document.comprobante_total) == "1196000.10"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_checked_read_and_verified(kind: str, run: Run, folder: Path) -> None:
    assert run("check", f"{kind}.json", "--issuer", "issuer.json")[0] == 0
    assert run("check", f"{kind}.xml")[0] == 0
    status, told = run("read", f"{kind}.xml")
    assert (status, json.loads(told)["kind"]) == (0, kind)
    secret = (folder / "pin").read_text(encoding="utf-8")
    status, told = run("verify", f"{kind}.xml", "--key-secret", secret)
    assert (status, ": válid" in told) == (0, True), told
    status, told = run("verify", f"{kind}.xml", "--key-secret", "99999")
    assert status == 1, told
    assert any(code in told for code in ("NIE024", "NIAE024", "NIAE238")), told


@pytest.mark.parametrize("name", [*KINDS, "plain"])
def test_it_is_built_and_issued_on_the_simulator(name: str, run: Run, tmp_path: Path) -> None:
    status, told = run("build", f"{name}.json", "--issuer", "issuer.json", "--out", str(tmp_path))
    assert status == 0, told
    status, told = run("issue", f"{name}.json", "--issuer", "issuer.json", "--out", str(tmp_path), "--simulate")
    assert (status, "aceptado 00" in told) == (0, True), told
    assert [file.name[:5] for file in tmp_path.glob("ar*")] == ["ar070"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["pdf", "html"])
def test_it_is_drawn(kind: str, verb: str, run: Run, folder: Path) -> None:
    status, told = run(verb, f"{kind}.xml", "--answer", f"{kind}.ar.xml", "--out", f"{kind}.{verb}")
    assert (status, told.strip()) == (0, f"{kind}.{verb}")
    assert (folder / f"{kind}.{verb}").stat().st_size > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_the_demo_leaves_its_files_and_secret(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("demo", "--kind", kind, "--out", str(tmp_path), "--json")
    said = json.loads(told)
    assert (status, said["accepted"], list(said)) == (
        0, True, ["kind", "signed", "answer", "pdf", "secret", "accepted"],
    )  # fmt: skip
    assert all(Path(said[name]).stat().st_size for name in ("signed", "answer", "pdf"))
    assert (
        ": válido"
        in run("verify", said["signed"], "--key-secret", said["secret"], "--at", "2029-12-31T10:00:00-05:00")[1]
    )


def test_its_json_schema_is_shown(run: Run) -> None:
    for kind in KINDS:
        assert json.loads(run("schema", kind)[1])["properties"]["kind"]["const"] == kind
