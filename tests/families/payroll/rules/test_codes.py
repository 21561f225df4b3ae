"""The codes of payroll are those of the facts, each at the place of its datum, and no good document is refused."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from dian_fe import Certainty, Severity, build, check, read
from dian_fe.families.payroll.rules import KINDS
from dian_fe.families.payroll.rules.places import at
from dian_fe.families.registry import kind as kind_named
from dian_fe.rules import explain
from dian_fe.rules.codes_by_place import codes_at
from dian_fe.rules.facts import Status, code_facts, words
from dian_fe.rules.registry import registered
from dian_fe.testing import Judge
from dian_fe.testing.random_documents import random_document
from dian_fe.testing.samples import samples_of
from dian_fe.ubl.paths import DocumentPlaces
from tests.families.payroll.documents import SAMPLES, all_kinds, earned, paid
from tests.families.payroll.rules.bases import BASES, ISSUER
from tests.rules.harness import Case, judge
from tests.support.shared import shared_dir

CODES = [code for code, fact in code_facts().items() if set(fact.kinds) <= set(KINDS)]
_POSITION = re.compile(r"\[\d*\]")


def test_every_code_of_the_list_is_known_as_it_says() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the list is not here")
    with (shared / "spec/other-rules.csv").open(encoding="utf-8") as file:
        listed = {row["code"]: row for row in csv.DictReader(file) if row["code"].startswith(("NIE", "NIAE"))}
    assert set(CODES) - {"92"} == set(listed)  # DIAN's answer to an employer that is not enabled
    letters = {Severity.RECHAZO: "R", Severity.NOTIFICACION: "N"}
    for code, row in listed.items():
        facts = code_facts()[code]
        root = "NominaIndividual" if code.startswith("NIE") else "NominaIndividualDeAjuste"
        assert facts.severity is not None
        assert letters[facts.severity] == row["severity"], code
        if code != "NIAE214":  # the list has it at the group that TipoNota tells
            assert f"/{root}/{'' if facts.path == '.' else facts.path}" == row["path"], code


def test_most_codes_are_looked_at() -> None:
    infos = [explain(code) for code in CODES]
    homes = Counter(info.status for info in infos)
    assert homes == {Status.RULE: 364, Status.PENDING: 72, Status.VERIFY: 2}
    assert Counter(info.certainty for info in infos) == {
        Certainty.CONFIRMADA: 2, Certainty.PROBABLE: 355, Certainty.DUDOSA: 81,
    }  # fmt: skip


def test_a_rule_and_its_code_are_of_one_place() -> None:
    """The model path that a rule is about is that of the element or attribute that its code is about."""
    known = registered()
    for code in CODES:
        if code in known and known[code].path not in {"", "issued_at"}:  # a moment is two attributes
            for kind in known[code].kinds:
                place = DocumentPlaces(kind).xpath(known[code].path.replace("[]", "[0]"))
                whole = f"/{kind_named(kind).root}/{code_facts()[code].path}"
                assert _POSITION.sub("", place).removesuffix("/FechaPago") == whole.removesuffix("/FechaPago"), code


def test_a_place_has_a_code_in_each_kind_that_has_it() -> None:
    assert at("Empleador/@NIT") == ("NIE033", "NIAE033", "NIAE248")
    assert at("Pago/@Forma") == ("NIE064", "NIAE064")
    with pytest.raises(KeyError):
        at("Nada/@NIT")
    assert codes_at("payroll", "/NominaIndividual/Periodo/@FechaIngreso") == ("NIE002",)
    assert codes_at("payroll_deletion", "/NominaIndividualDeAjuste/Eliminar/Empleador/@NIT") == ("NIAE248",)


@pytest.mark.parametrize("name", [*BASES])
@pytest.mark.parametrize("kind", KINDS)
def test_the_bases_have_no_fault(name: str, kind: str) -> None:
    code = {"payroll": "NIE012", "payroll_replacement": "NIAE012", "payroll_deletion": "NIAE220"}[kind]
    report = judge(Case("", code, {"kind": kind, "base": name, "xml": []}))
    assert (report.faults, report.not_evaluated) == ((), ())


@pytest.mark.parametrize(
    ("kind", "code"), [("payroll", "NIE001"), ("payroll_replacement", "NIAE001"), ("payroll_deletion", "NIAE001")]
)
def test_an_unsigned_document_is_told_by_its_own_code(kind: str, code: str) -> None:
    report = check(read(all_kinds()[kind].built.xml))
    assert [fault.code for fault in report.own_faults if fault.source == "signature"] == [code]


@pytest.mark.skipif(not SAMPLES, reason="the real documents are not beside the project")
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_is_refused_by_no_sure_rule(file: object) -> None:
    """They are not signed, and their sums, dates and hashes are made up: that is doubtful, or advice."""
    report = check(read(file.read_bytes()))  # type: ignore[attr-defined]
    assert [str(fault) for fault in report.own_faults if fault.rejects and fault.code in registered()] == []
    assert "NIE187" in {fault.code for fault in report.own_faults}


def test_the_words_are_those_of_payroll() -> None:
    for code in CODES:
        said = {*re.findall(r"\w+", " ".join(words()[code]).lower())}
        assert not {"factura", "adquirente", "vendedor", "comprador"} & said, code


@pytest.mark.parametrize("seeds", [range(25), pytest.param(range(25, 225), marks=pytest.mark.long)], ids=len)
@pytest.mark.parametrize("kind", KINDS)
def test_random_documents_are_refused_by_no_rule(kind: str, seeds: range) -> None:
    """No code of DIAN's is told of them; advice may be, as of one that is reported late."""
    issuer = samples_of(kind).issuer(Judge())
    for seed in seeds:
        made = build(random_document(seed, kind, issuer=issuer), issuer)
        told = [fault for fault in check(made, issuer=issuer).own_faults if fault.severity is not Severity.CONSEJO]
        assert [str(fault) for fault in told] == [], seed


@pytest.mark.parametrize("field", ["comisiones", "anticipos"])
def test_each_amount_of_a_list_is_told_at_its_place(field: str) -> None:
    earned = BASES["plain"]("payroll").devengados.replace(**{field: [1, -2, 3, -4]})
    report = check(BASES["plain"]("payroll").replace(devengados=earned))
    told = [(fault.path, fault.found) for fault in report if fault.path.startswith(f"devengados.{field}")]
    assert told == [(f"devengados.{field}[1]", "-2"), (f"devengados.{field}[3]", "-4")]


def test_days_at_the_end_of_time_break_no_rule() -> None:
    last = date.max
    period = BASES["plain"]("payroll").periodo.replace(fecha_liquidacion_fin=last, fecha_retiro=last)
    report = check(BASES["plain"]("payroll").replace(periodo=period, fechas_pagos=[last]))
    assert "reported_late" not in {fault.code for fault in report}
    assert report.judged


def test_an_endless_address_is_searched_in_linear_time() -> None:
    built = build(BASES["plain"]("payroll"), ISSUER)
    text = "https://catalogo-vpfe.dian.gov.co/" * 12_000
    start = process_time()
    xml = built.xml.replace(b"https://catalogo-vpfe-hab.dian.gov.co/", text.encode()).replace(b"documentkey", b"llave")
    report = check(read(xml))
    assert "NIE021" in {fault.code for fault in report}
    assert process_time() - start < 5


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("devengados_total", {"NIE187", "NIE189"}),
        ("deducciones_total", {"NIE188", "NIE189"}),
        ("comprobante_total", {"NIE189"}),
    ],
)
def test_no_computed_rounding_hides_a_wrong_total(field: str, codes: set[str]) -> None:
    good = paid(devengados=earned(comisiones=["1000.006"]))
    assert good.redondeo == Decimal("0.004")
    totals = {name: getattr(good, name) for name in ("devengados_total", "deducciones_total", "comprobante_total")}
    wrong = paid(devengados=good.devengados, **(totals | {field: totals[field] + 100}))
    assert (wrong.redondeo or 0) <= Decimal("0.01")
    assert {fault.code for fault in check(wrong) if fault.severity is Severity.RECHAZO} == codes
