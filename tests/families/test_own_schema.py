"""A family brings the vocabulary of its own elements, or an XSD alone, and its documents are judged by it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import check, read, sign
from dian_fe.errors import InvalidInput
from dian_fe.families.registry import declared, kind, kinds
from dian_fe.testing import Simulator
from dian_fe.ubl import xsd
from dian_fe.ubl.codecs import TEXT
from dian_fe.ubl.grammar import Grammar, grammar_of, structure_of
from dian_fe.ubl.namespaces import Namespaces
from dian_fe.ubl.table import Row
from dian_fe.ubl.tree import tree_of
from dian_fe.ubl.vocabulary import UBL, Attribute, Member, OwnVocabulary, vocabulary_of
from tests.families import toy
from tests.families.test_toy_family import ISSUER, SHOP, built, voucher
from tests.support.repository import ROOT

GENERATOR = ROOT / "scripts" / "gen_schemas.py"
DATA = Path(toy.__file__).with_name("data")


@contextmanager
def spelled(monkeypatch: pytest.MonkeyPatch, grammar: Grammar) -> Iterator[None]:
    """Declare the toy family with another grammar."""
    monkeypatch.setattr(toy, "OTHER", grammar, raising=False)
    (known,) = toy.FAMILY.kinds
    with declared(replace(toy.FAMILY, kinds=(replace(known, grammar=f"{toy.__name__}:OTHER"),))):
        yield


@pytest.fixture
def _family() -> Iterator[None]:
    with declared(toy.FAMILY):
        yield


@pytest.mark.parametrize("schema", [Path("nowhere") / "vale.xsd", Path("nowhere"), DATA.parent, "vales"])
def test_schema_that_is_not_there_is_refused_by_name(schema: str | Path) -> None:
    with pytest.raises(InvalidInput, match=r"Grammar\.schema.*types\.tsv") as caught:
        vocabulary_of(schema)
    assert caught.value.found == str(schema)


def test_tables_declare_attributes_of_every_type() -> None:
    known = vocabulary_of(DATA)
    assert known.members("Emision") == ()
    assert known.attributes("Emision") == (Attribute("Fecha", "date", True), Attribute("Hora", "time", True))
    assert known.attributes("Parte") == (
        Attribute("Numero", "string", True),
        Attribute("Tipo", "13|31", False),
        Attribute("DV", "string", False),
    )
    assert known.members("Parte") == (Member("Nombre", 0, 1, "string"),)
    assert known.type_of("Vale", "Tienda") == "Parte"
    assert (known.members("string"), known.attributes("string")) == ((), ())
    assert (known.members("Campana"), known.attributes("Campana")) == (None, None)


def test_ubl_declares_them_as_before() -> None:
    known = vocabulary_of(UBL)
    assert known.attributes("PartyType") == ()
    assert "schemeID" in [item.name for item in known.attributes("IdentifierType") or ()]
    assert known.attributes("DianExtensionsType") is None


def test_elements_stand_in_the_order_of_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    with spelled(monkeypatch, replace(toy.VOUCHER, rows=toy.VOUCHER.rows[::-1])):
        assert check(built(), issuer=ISSUER).own_faults == ()
        turned = built().xml
    with declared(toy.FAMILY):
        assert built().xml == turned


@pytest.mark.parametrize("path", ["Emision/@Dia", "Emision/Dia", "Clave/@Forma", "Tipo/@Lista", "Tipo/Lista"])
def test_a_row_that_the_tables_lack_is_an_error(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (*toy.VOUCHER.rows, Row(path, "number", TEXT, "Número"))
    with spelled(monkeypatch, replace(toy.VOUCHER, rows=rows)), pytest.raises(LookupError, match="has no"):
        tree_of(structure_of(kind("voucher")), "Vale", kind("voucher"))


@pytest.mark.usefixtures("_family")
def test_a_good_document_is_valid() -> None:
    report = check(built(), issuer=ISSUER)
    assert report.own_faults == ()
    assert "ZB01" not in [item.code for item in report.not_evaluated]
    bare = built(valid_until=None, days=None, items=(), notes=())
    assert [fault for fault in check(bare, issuer=ISSUER) if fault.code == "ZB01"] == []


SPOILED = [
    (' Hora="10:00:00-05:00"', "", "/Vale/Emision/@Hora", "A Emision le falta el atributo Hora, que es obligatorio."),
    (' Serie="VR"', "", "/Vale/@Serie", "A Vale le falta el atributo Serie, que es obligatorio."),
    (' Esquema="', ' Esquemas="', "/Vale/Clave/@Esquema", "A Clave le falta el atributo Esquema, que es obligatorio."),
    (' Esquema="', ' x="" Esquema="', "/Vale/Clave/@x", "Clave no admite el atributo x."),
    (' Dias="304"', ' Dia="304"', "/Vale/Vigencia/@Dia", "Vigencia no admite el atributo Dia."),
    (' Dias="304"', ' Dias="pronto"', "/Vale/Vigencia/@Dias", "El atributo Dias de Vigencia no es un número decimal."),
    (' Tipo="13"', ' Tipo="99"', "/Vale/Tenedor/@Tipo", "El atributo Tipo de Tenedor no es 13 o 31."),
    ("</Vigencia>", "texto</Vigencia>", "/Vale/Vigencia", "Vigencia no admite texto: sus datos son atributos."),
    ("</Vigencia>", "<Nota>x</Nota></Vigencia>", "/Vale/Vigencia/Nota", "Nota no pertenece a Vigencia."),
    ("<Valor>50000.00</Valor>", "", "/Vale", "En Vale falta Valor, antes de Items."),
    ("<Valor>50000.00", "<Valor>mucho", "/Vale/Valor", "El valor de Valor no es un número decimal."),
]


@pytest.mark.usefixtures("_family")
@pytest.mark.parametrize(("old", "new", "xpath", "message"), SPOILED)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, xpath: str, message: str) -> None:
    spoiled = built().xml.decode().replace(old, new)
    assert spoiled != built().xml.decode()
    told = [fault for fault in check(read(spoiled.encode())) if fault.code == "ZB01"]
    assert (xpath, message) in [(fault.xpath, fault.message) for fault in told]
    assert all(fault.hint and fault.certainty.value == "confirmed" for fault in told)


@pytest.mark.usefixtures("_family")
def test_the_simulator_refuses_what_the_schema_refuses() -> None:
    dian = Simulator()
    dian.register_software(ISSUER.software)
    made = built(holder=voucher().holder.model_copy(update={"id_type": "99"}))
    wrong = sign(made, dian.signer(SHOP.nit), at=made.document.issued_at)
    verdict = dian.judge(wrong.xml)
    assert [(fault.code, fault.xpath) for fault in verdict.faults] == [("ZB01", "/Vale/Tenedor/@Tipo")]


def test_another_namespace_is_another_document(monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = Namespaces("urn:example:otro:{root}", toy.VOUCHER.namespaces.prefixes, "")
    with spelled(monkeypatch, replace(toy.VOUCHER, namespaces=spaces)):
        data = built().xml
    with declared(toy.FAMILY):
        (fault,) = xsd.validate_as(etree.fromstring(data), kind("voucher")) or ()
    assert (fault.code, fault.found) == ("ZB01", "{urn:example:otro:Vale}Vale")
    assert fault.expected == "{urn:example:Vale}Vale"


def test_an_xsd_alone_judges_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with spelled(monkeypatch, replace(toy.VOUCHER, schema=DATA / "Vale.xsd")):
        assert check(built(), issuer=ISSUER).own_faults == ()
        report = check(read(built().xml.replace(b' Serie="VR"', b"")))
    assert ("ZB01", "/Vale/@Serie") in [(fault.code, fault.xpath) for fault in report]


def test_without_a_schema_nobody_calls_it_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    with spelled(monkeypatch, replace(toy.VOUCHER, schema=None)):
        report = check(built(), issuer=ISSUER)
    assert ("ZB01", ("schema",)) in [(item.code, item.needs) for item in report.not_evaluated]


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is in the source checkout only")
def test_the_toy_schema_is_made_of_its_tables(tmp_path: Path) -> None:
    generated(DATA, tmp_path)
    for path in DATA.glob("*.xsd"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert len(list(tmp_path.iterdir())) == len(list(DATA.glob("*.xsd"))) == 3


def generated(tables: Path, out: Path) -> None:
    command = [sys.executable, str(GENERATOR), "--tables", str(tables), "--out", str(out)]
    subprocess.run(command, check=True)


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is in the source checkout only")
def test_one_name_may_have_two_types(tmp_path: Path) -> None:
    """As in DIAN's payroll adjustments, where what replaces and what deletes are numbered otherwise."""
    (tmp_path / "roots.tsv").write_text("root\tnamespace\nAjuste\turn:example:ajuste\n")
    (tmp_path / "types.tsv").write_text(
        "type\tcontent\tattributes\n"
        "Ajuste\t( Reemplazar | Eliminar ) Nota=string*\n"
        "Reemplazar\tNumero\t\n"
        "Eliminar\tNumero=NumeroEliminado\t\n"
        "Numero\t\tTrabajador:string Consecutivo:integer!\n"
        "NumeroEliminado\t\tConsecutivo:integer!\n"
    )
    generated(tmp_path, tmp_path)
    known = OwnVocabulary(tmp_path, tmp_path)
    assert [member.name for member in known.members("Ajuste") or ()] == ["Reemplazar", "Eliminar", "Nota"]
    text = '<Ajuste xmlns="urn:example:ajuste"><{0}><Numero Consecutivo="1" Trabajador="7"/></{0}></Ajuste>'
    assert told(text.format("Reemplazar"), known) == []
    assert told(text.format("Eliminar"), known) == [
        ("/Ajuste/Eliminar/Numero/@Trabajador", "Numero no admite el atributo Trabajador.")
    ]


def told(text: str, known: OwnVocabulary) -> list[tuple[str, str]]:
    from dian_fe.ubl.xsd_explain import explain

    root: Any = etree.fromstring(text)
    file = str(known.xsd("Ajuste").resolve())
    complaints = xsd._run(file, root) or []
    faults = explain(root, complaints, file, xsd.CODE, xsd.Severity.RECHAZO, own="urn:example:ajuste")
    return [(fault.xpath, fault.message) for fault in faults]


def test_every_kind_has_a_schema_of_its_namespace() -> None:
    for each in filter(lambda each: each.root, kinds()):
        grammar = grammar_of(each)
        assert grammar.schema is not None
        root = etree.parse(str(grammar.vocabulary.xsd(each.root))).getroot()
        assert root.get("targetNamespace") == grammar.namespaces.of(each.root)
