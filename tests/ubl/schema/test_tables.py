"""The tables hang together, carry the facts they came from, and the generated XSDs are theirs."""

from __future__ import annotations

import csv
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from dian_fe.errors import UnsupportedDocument
from dian_fe.ubl import vocabulary, xsd, xsd_explain
from dian_fe.ubl.vocabulary import Attribute, Datatype, Member
from tests.support.repository import ROOT
from tests.support.shared import shared_dir

GENERATOR = ROOT / "scripts" / "gen_schemas.py"


def test_members_in_order() -> None:
    assert vocabulary.members("Invoice")[:2] == (
        Member("ext:UBLExtensions", 0, 1),
        Member("cbc:UBLVersionID", 0, 1),
    )
    assert vocabulary.members("Invoice")[-2:] == (
        Member("cac:LegalMonetaryTotal", 1, 1),
        Member("cac:InvoiceLine", 1, None),
    )
    assert [m.name for m in vocabulary.members("TaxSubtotalType")][:4] == [
        "cbc:TaxableAmount",
        "cbc:TaxAmount",
        "cbc:CalculationSequenceNumeric",
        "cbc:TransactionCurrencyTaxAmount",
    ]
    assert vocabulary.members("UBLExtensionsType") == (Member("ext:UBLExtension", 1, None),)


def test_what_has_no_members_says_so() -> None:
    for type_name in ("IdentifierType", "ExtensionContentType", "Unheard"):
        assert vocabulary.members(type_name) == ()


def test_types_of_elements() -> None:
    assert vocabulary.type_of("cac:AccountingSupplierParty") == "SupplierPartyType"
    assert vocabulary.type_of("cbc:ID") == "IdentifierType"
    assert vocabulary.type_of("ext:ExtensionReasonCode") == "CodeType"
    with pytest.raises(LookupError):
        vocabulary.type_of("cbc:Unheard")


def test_datatypes() -> None:
    assert vocabulary.datatype("AmountType") == Datatype(
        "decimal",
        (
            Attribute("currencyID", "normalizedString", True),
            Attribute("currencyCodeListVersionID", "normalizedString", False),
        ),
    )
    assert vocabulary.datatype("DateType") == Datatype("date", ())
    assert vocabulary.is_datatype("AmountType")
    assert not vocabulary.is_datatype("PartyType")
    with pytest.raises(LookupError):
        vocabulary.datatype("PartyType")


def test_every_name_leads_somewhere() -> None:
    elements = vocabulary.elements()
    mentioned = {m.name for type_name in vocabulary.types() for m in vocabulary.members(type_name)}
    assert mentioned | {"ext:UBLExtension"} == set(elements)
    for name, type_name in elements.items():
        assert name.partition(":")[0] in vocabulary.namespaces()
        known = vocabulary.is_datatype(type_name) or vocabulary.members(type_name)
        assert known or type_name == "ExtensionContentType", name
    assert tuple(vocabulary.types())[: len(vocabulary.ROOTS)] == vocabulary.ROOTS


def test_vocabulary_is_read_lazily() -> None:
    code = (
        "import dian_fe.ubl.vocabulary as v, sys; assert 'lxml' not in sys.modules\n"
        "assert v.types.cache_info().currsize == 0\n"
        "v.members('Invoice'); assert v.types.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_facts_were_carried_over() -> None:
    folder = shared_dir()
    if folder is None:
        pytest.skip("the facts are not beside the repository")

    def facts(name: str) -> list[dict[str, str]]:
        with (folder / "ubl" / f"ubl21_{name}.tsv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    for row in facts("members"):
        most = None if row["max"] == "unbounded" else int(row["max"])
        assert Member(row["member"], int(row["min"]), most) in vocabulary.members(row["type"])
    assert len(facts("members")) == sum(
        len(vocabulary.members(name)) for name in vocabulary.types() if not name.startswith("UBLExtension")
    )
    for row in facts("aggregates"):
        assert vocabulary.type_of(f"cac:{row['element']}") == row["type"]
    for row in facts("basics"):
        assert f"udt:{vocabulary.type_of('cbc:' + row['element'])}" == row["datatype"]
    for row in facts("datatypes"):
        datatype = vocabulary.datatype(row["datatype"])
        assert f"xsd:{datatype.value}" == row["value"]
        if row["attribute"]:
            builtin = row["attribute_type"].removeprefix("xsd:")
            assert Attribute(row["attribute"], builtin, row["use"] == "required") in datatype.attributes


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is in the source checkout only")
def test_generated_files_are_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "stale.xsd").write_text("<gone/>")
    subprocess.run([sys.executable, str(GENERATOR), "--out", str(tmp_path)], check=True)
    committed = vocabulary.schemas_folder() / "xsd"

    def content(folder: Path) -> dict[str, bytes]:
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.xsd")}

    assert content(tmp_path) == content(committed)
    assert len(content(committed)) >= 5 + 3 + 4


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is in the source checkout only")
def test_only_optional_elements_can_be_left_out() -> None:
    spec = importlib.util.spec_from_file_location("gen_schemas", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    with pytest.raises(AssertionError):
        generator.ubl(frozenset({"PartyType"}))
    assert "DSAKeyValue" in generator.content_model("( ds:DSAKeyValue | other-lax )?")


@pytest.mark.parametrize("path", sorted((vocabulary.schemas_folder() / "xsd").rglob("*.xsd")), ids=lambda p: p.stem)
def test_each_file_is_a_schema_by_itself(path: Path) -> None:
    etree.XMLSchema(etree.parse(str(path)))


@pytest.mark.parametrize("file", ["UBL-Invoice-2.1.xsd", "UBL-AttachedDocument-2.1.xsd", "extensions.xsd"])
def test_xmlschema_finds_nothing_wrong_in_the_schemas(file: str) -> None:
    from xmlschema import XMLSchema10

    assert XMLSchema10(str(vocabulary.schemas_folder() / "xsd" / file)).validity == "valid"


def test_schema_for() -> None:
    tag = f"{{{vocabulary.namespace_of('Invoice')}}}Invoice"
    for name in ("Invoice", tag):
        assert isinstance(xsd.schema_for(name), etree.XMLSchema)
    for name in ("Order", "{urn:x}Invoice"):
        with pytest.raises(UnsupportedDocument) as caught:
            xsd.schema_for(name)
        assert caught.value.found == name


@pytest.mark.parametrize("name", ["con espacio", "ñandú", "a#b", "a%20b", "a?b&c"])
def test_schemas_load_from_any_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / name
    shutil.copytree(vocabulary.schemas_folder() / "xsd", folder / "xsd")
    monkeypatch.setattr(vocabulary, "schemas_folder", lambda: folder)
    assert isinstance(xsd.schema_for("Invoice"), etree.XMLSchema)
    assert xsd_explain._declarations.__wrapped__("UBL-AttachedDocument-2.1.xsd")
