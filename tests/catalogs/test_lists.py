"""Every code list: whole, well-formed, and the same in enum, packed file and fact table."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from importlib import import_module
from pathlib import Path

import pytest

from dian_fe.catalogs import (
    PARTY_TAX_SCHEME_NAMES,
    TAX_NAMES,
    AllowanceReason,
    CodeEnum,
    DocumentType,
    Environment,
    EventCode,
    HealthCoverage,
    IdAlgorithm,
    IdType,
    OperationType,
    PaymentMeans,
    PayrollIdType,
    ProductStandard,
    RadianOperation,
    Responsibility,
    TaxCode,
    Unit,
    catalog,
    lists,
)
from dian_fe.catalogs._catalog import read_lines
from dian_fe.errors import UnknownCode
from tests.support.repository import ROOT
from tests.support.shared import shared_dir

FACTS = ROOT / "scripts" / "catalog_data"
NAMES = sorted(name for name, info in lists().items() if info.kind != "table")
ENUMS = sorted({info.enum for info in lists().values() if info.enum})


def enum_of(where: str) -> type[CodeEnum]:
    module, _, name = where.partition(":")
    cls = getattr(import_module(f"dian_fe.catalogs.{module}"), name)
    assert issubclass(cls, CodeEnum)
    return cls


def fact_rows(name: str) -> list[dict[str, str]]:
    header, *lines = (FACTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_every_list_has_codes_labels_and_a_source(name: str) -> None:
    known = catalog(name)
    assert len(known) >= 2
    assert known.source
    assert known.info.confidence
    assert known.info.spanish_name
    for code, entry in known.items():
        assert entry.code == code
        assert entry.label == known.label(code)
        assert code
        assert code == code.strip()
        assert entry.label
        assert entry.label == entry.label.strip()


@pytest.mark.parametrize("path", sorted(FACTS.glob("*.tsv")), ids=lambda path: path.stem)
def test_fact_tables_hold_each_key_once_and_clean_text(path: Path) -> None:
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw
    assert unicodedata.normalize("NFC", text) == text
    assert not re.search("[ÃÂâ€¥¶“\ufffd]", text), "text that was decoded with the wrong charset"
    header, *lines = text.splitlines()
    columns = header.split("\t")
    assert all(line.count("\t") == len(columns) - 1 for line in lines)
    width = {"tax_rates": 5, "payroll_overtime_rates": 3, "usual_names": 2}.get(path.stem, 1)
    keys = [tuple(line.split("\t")[:width]) for line in lines]
    assert len(set(keys)) == len(keys)


def test_official_labels_keep_their_accents() -> None:
    assert IdType.CEDULA_DE_CIUDADANIA.label == "Cédula de ciudadanía"
    assert PaymentMeans.CREDITO_ACH.label == "Crédito ACH"
    assert Environment.PRODUCCION.label == "Producción"
    assert EventCode.ACEPTACION_TACITA.label == "Aceptación tácita"
    assert catalog("countries").label("ES") == "España"
    assert catalog("departments").label("63") == "Quindío"
    assert catalog("municipalities").label("52427") == "Magüí"
    assert catalog("units").label("SÍ") == "montaje"


@pytest.mark.parametrize("where", ENUMS)
def test_enums_hold_what_their_list_holds(where: str) -> None:
    enum = enum_of(where)
    info = next(info for info in lists().values() if info.enum == where and info.kind != "alias")
    known = catalog(info.name)
    members = list(enum)
    assert [member.value for member in members] == [m.value for m in members if m.value in known]
    if info.kind == "enum":
        assert [member.value for member in members] == list(known)
    for member in members:
        assert member.isascii() or info.name == "units"
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", member.name)
        assert member.label == known.label(member.value)
        assert known[member.value].member is member
        assert enum(member.value) is member
        assert member == member.value


@pytest.mark.parametrize("where", ENUMS)
def test_enums_agree_with_the_fact_tables(where: str) -> None:
    enum = enum_of(where)
    info = next(info for info in lists().values() if info.enum == where and info.kind != "alias")
    rows = [row for row in fact_rows(info.name) if row["member"]]
    assert [(member.name, member.value, member.label) for member in enum] == [
        (row["member"], row["code"], row["label"]) for row in rows
    ]


def test_names_that_others_rely_on() -> None:
    assert PaymentMeans.EFECTIVO == "10"
    assert Environment.HABILITACION == "2"
    assert Environment.PRODUCCION == "1"
    assert IdType.NIT == "31"
    assert Unit.UNIDAD == "94"
    assert Unit.MES == "LUN"
    assert Unit.MES.unece_code == "MON"
    assert EventCode.ACUSE_DE_RECIBO == "030"
    assert OperationType("SS-CUFE").health
    assert OperationType.ESTANDAR.is_default
    assert not AllowanceReason.DESCUENTO_CONDICIONADO.charge
    assert AllowanceReason.RECARGO_CONDICIONADO.charge
    assert Responsibility.NO_APLICA == "R-99-PN"
    assert Responsibility.NO_APLICA.exclusive
    assert ProductStandard.GTIN.agency_id == "9"
    assert ProductStandard.ESTANDAR_DEL_CONTRIBUYENTE.agency_id is None
    assert TaxCode.RETEIVA.kind == "withholding"
    assert TaxCode.IBUA.base == "nominal"
    assert PayrollIdType is IdType
    assert len(PaymentMeans) == 78


def test_validity_is_typed() -> None:
    before, after = HealthCoverage.PLAN_DE_BENEFICIOS_UPC, HealthCoverage.PLAN_DE_BENEFICIOS_UPC_CONTRIBUTIVO
    assert before.valid_from is None
    assert before.valid_to is not None
    assert after.valid_from is not None
    assert (after.valid_from - before.valid_to).days == 1
    assert catalog("health_coverages")["01"].details["valid_to"] == before.valid_to.isoformat()


def test_exact_names_of_taxes() -> None:
    assert TAX_NAMES["06"] == "ReteRenta"
    assert TAX_NAMES["22"] == "INC Bolsas"
    assert "ZZ" not in TAX_NAMES
    assert set(TAX_NAMES) == {code.value for code in TaxCode} - {"ZZ"}
    assert PARTY_TAX_SCHEME_NAMES == {"01": "IVA", "04": "INC", "ZA": "IVA e INC", "ZZ": "No aplica"}


def test_documents_refer_to_codes_that_exist() -> None:
    assert {kind.id_scheme for kind in DocumentType} == {algorithm.value for algorithm in IdAlgorithm}
    assert all(EventCode.by_code(operation.event) for operation in RadianOperation)
    assert all((kind.profile_id is None) == (kind.profile_confidence is None) for kind in DocumentType)


def test_a_rare_unit_is_a_member_too() -> None:
    radian = Unit("C81")
    assert radian.label == "radián"
    assert radian.unece_code == "C81"
    assert Unit("C81") is radian
    assert catalog("units")["C81"].member is radian
    assert radian not in list(Unit)
    assert Unit.by_code("no") is None


@pytest.mark.parametrize(
    ("refused", "meant"),
    [
        (lambda: Unit("MON"), "LUN"),
        (lambda: Unit("kgm"), "KGM"),
        (lambda: IdType("CC"), "13"),
        (lambda: PaymentMeans("efectivo"), "10"),
        (lambda: PaymentMeans("010"), "10"),
        (lambda: TaxCode("1"), "01"),
        (lambda: catalog("countries").label("COL"), "CO"),
        (lambda: catalog("currencies").require("cop", field="currency"), "COP"),
    ],
)
def test_an_unknown_code_is_refused_with_the_one_meant(refused, meant: str) -> None:
    with pytest.raises(UnknownCode) as caught:
        refused()
    assert caught.value.remedy is not None
    assert repr(meant) in caught.value.remedy
    assert caught.value.expected


def test_an_unknown_code_names_the_few_that_exist() -> None:
    with pytest.raises(UnknownCode) as caught:
        Environment("3")
    assert caught.value.expected == "1 (Producción), 2 (Pruebas)"
    assert caught.value.found == "'3'"


@pytest.mark.parametrize("name", ["unit", "tax_rates", ""])
def test_an_unknown_list_is_refused(name: str) -> None:
    with pytest.raises(UnknownCode):
        catalog(name)


def test_a_catalog_is_a_mapping() -> None:
    units = catalog("units")
    assert "94" in units
    assert "nope" not in units
    assert units.get("nope") is None
    assert units["94"].details["status"] == "not_current"
    with pytest.raises(KeyError):
        units["nope"]
    assert dict(units)["KGM"].label == "kilogramo"


def test_importing_reads_no_file() -> None:
    program = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import dian_fe.catalogs\n"
        "assert not [m for m in sys.modules if m.startswith('dian_fe.catalogs.')], 'the package loads its rooms'\n"
        "from dian_fe.catalogs import Environment, Unit, TAX_NAMES, clean_nit\n"
        "assert not [name for name in opened if name.endswith('.tsv')], opened\n"
        "from dian_fe.catalogs import catalog\n"
        "catalog('units')\n"
        "assert [name for name in opened if name.endswith('.tsv')]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_generated_files_are_up_to_date(tmp_path: Path) -> None:
    room = ROOT / "src" / "dian_fe" / "catalogs"
    copy = tmp_path / "src" / "dian_fe" / "catalogs"
    copy.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "catalog_data").symlink_to(FACTS)
    for path in room.glob("*.py"):
        (copy / path.name).write_bytes(path.read_bytes())
    script = tmp_path / "scripts" / "gen_catalogs.py"
    script.write_bytes((ROOT / "scripts" / "gen_catalogs.py").read_bytes())
    subprocess.run([sys.executable, str(script)], check=True)
    files = {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    written = {path: text for path, text in files.items() if path.suffix in (".py", ".tsv")}
    assert written == {path: (room / path).read_bytes() for path in written}
    packed = {path.name for path in (room / "data").iterdir()}
    assert packed == {path.name for path in written if path.suffix == ".tsv"}


RENAMED = {
    "allowance_charge_codes": "allowance_reasons",
    "economic_activities_ciiu": "economic_activities",
    "fiscal_responsibilities": "responsibilities",
    "health_identification_types": "health_id_types",
    "identification_types": "id_types",
    "payment_methods": "payment_means",
    "payroll_identification_types": "payroll_id_types",
    "rut_responsibilities_legacy": "responsibilities_legacy",
    "taxes": "tax_codes",
    "units_of_measure": "units",
    "withholding_income_rates": "income_withholding_rates",
}
SPLIT = {
    "health_payment_modalities": {
        "RES948": "health_payment_modalities",
        "RES2275": "health_payment_modalities_res2275",
    },
    "radian_list_ids": {
        "endorsement": "radian_endorsement_kinds",
        "legal_form": "radian_legal_forms",
        "mandate_power": "radian_mandate_powers",
        "mandate_scope": "radian_mandate_scopes",
        "mandator": "radian_mandators",
        "payment_limit": "radian_payment_limits",
    },
    "operation_types": {
        "invoice": "operation_types",
        "credit_note": "operation_types",
        "debit_note": "operation_types",
        "support_document": "support_document_operation_types",
        "support_document_note": "support_document_operation_types",
        "equivalent": "equivalent_operation_types",
        "equivalent_spd": "equivalent_operation_types",
        "equivalent_note": "equivalent_note_operation_types",
    },
}
GARBLED = {"A11", "C85", "KR"}
"""Units whose names DIAN's file garbles; ours are the right ones."""
LABEL_COLUMNS = ("name_es", "name", "concept_es", "name_en")


def shared_rows(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_the_lists_are_those_of_the_shared_facts() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the folder of facts is not here")
    compared = 0
    for path in sorted((shared / "codes").glob("*.tsv")):
        rows = shared_rows(path)
        if path.stem in ("tax_rates", "payroll_overtime_rates"):
            assert len(read_lines(path.stem)[1]) == len(rows)
            compared += 1
            continue
        if path.stem == "profile_ids":
            assert {row["document_code"] for row in rows} == {k.value for k in DocumentType if k.profile_id}
            compared += 1
            continue
        if path.stem == "postal_codes":
            ours = {e.code: e.details["municipality"] for e in catalog("postal_codes").values()}
            assert ours == {row["postal_code"]: row["municipality_code5"] for row in rows}
            compared += 1
            continue
        if path.stem == "municipalities":
            for row in rows:
                entry = catalog("municipalities")[row["code5"]]
                assert entry.label == row["name"]
                assert entry.details["postal_code"] == row["default_postal_code"]
                assert entry.details["official_name"] == row["name_dian_v2026"]
            compared += 1
            continue
        keys = list(rows[0])
        label = next(name for name in LABEL_COLUMNS if name in keys)
        for row in rows:
            split = SPLIT.get(path.stem)
            name = split[row[keys[0]]] if split else RENAMED.get(path.stem, path.stem)
            code = row["code"] if "code" in row else row[keys[0]]
            assert catalog(name).label(code) == row[label] or (name == "units" and code in GARBLED), (path.stem, row)
        if path.stem not in SPLIT:
            assert len(catalog(RENAMED.get(path.stem, path.stem))) == len(rows)
        compared += 1
    assert compared > 50
