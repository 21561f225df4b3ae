"""A payroll of other software that lacks or garbles a datum: only that datum is missing, and it is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dian_fe import PayrollDeletion, PayrollReplacement, build, check, read
from dian_fe.errors import MissingDatum, UnreadableDocument, UnsupportedDocument
from tests.families.payroll.documents import ISSUER, LATER, all_kinds, earned, paid

FULL = build(
    paid(
        cune_nov="a" * 96,
        devengados=earned(
            heds=[{"cantidad": 2, "porcentaje": 25, "pago": 1, "hora_inicio": "2026-02-03T18:00:00"}],
            incapacidades=[{"cantidad": 1, "tipo": "1", "pago": 1}],
            comisiones=[1, 2],
        ),
    ),
    ISSUER,
).xml
BODY = FULL.index(b"<Novedad")
ATTRIBUTES = sorted({match[0] for match in re.finditer(rb' [A-Za-z]+="[^"]*"', FULL[BODY:])})
TEXTS = (b"", b"x", b"-1", b"9" * 50, b"2026-99-99", b" ")


def told(xml: bytes) -> tuple[Any, int]:
    received = read(xml)
    return received.document, len(received.problems)


def test_an_attribute_that_is_not_there_is_missing_alone() -> None:
    for attribute in ATTRIBUTES:
        document, problems = told(FULL.replace(attribute, b""))
        # The same attribute may stand in several elements; nothing else goes with it.
        assert len(document.missing) <= 4, attribute
        assert problems <= 4, attribute
        assert document.has("devengados.basico"), attribute


@pytest.mark.parametrize("text", TEXTS)
def test_a_garbled_attribute_never_spoils_its_neighbours(text: bytes) -> None:
    for attribute in ATTRIBUTES:
        name = attribute.split(b"=")[0]
        document, _ = told(FULL.replace(attribute, name + b'="' + text + b'"'))
        assert document.has("trabajador"), attribute
        assert document.has("deducciones.salud"), attribute


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (' NumeroDocumento="1020304050"', ' NumeroDocumento="1_0"', "1_0"),
        (' NumeroDocumento="1020304050"', ' NumeroDocumento="١"', "١"),
        (' Sueldo="1300000.00"', ' Sueldo="1 0"', "1 0"),
        ("<Comision>1.00<", "<Comision>1 0<", "1 0"),
    ],
)
def test_a_value_that_only_python_reads_is_told_in_words(before: str, after: str, found: str) -> None:
    spoiled = FULL.decode().replace(before, after)
    assert spoiled != FULL.decode()
    told = {fault.found: fault for fault in check(read(spoiled.encode())) if fault.code == "ZB01"}
    assert found in told
    assert "número" in told[found].message


def test_what_is_missing_cannot_be_written_again() -> None:
    document, _ = told(FULL.replace(b' DiasTrabajados="30"', b' DiasTrabajados="30.5"'))
    assert document.missing == ("devengados.basico.dias_trabajados",)
    with pytest.raises(MissingDatum) as refused:
        build(document, ISSUER)
    assert refused.value.field == "devengados.basico.dias_trabajados"


def test_another_consecutive_is_told() -> None:
    (problem,) = read(FULL.replace(b'Consecutivo="1"', b'Consecutivo="2"')).problems
    assert "no concuerda" in problem.message


def test_a_second_header_that_differs_is_told() -> None:
    header = re.search(rb"<InformacionGeneral.*?</InformacionGeneral>", FULL, re.DOTALL) or pytest.fail("no header")
    other = header[0].replace(b' CUNE="', b' CUNE="0')
    received = read(FULL.replace(header[0], header[0] + other))
    assert received.key == read(FULL).key
    assert [(each.path, each.attribute) for each in received.problems] == [("control.key", "CUNE")]
    assert received.unmapped == ("/NominaIndividual/InformacionGeneral[2]/@CUNE",)
    assert read(FULL.replace(header[0], header[0] * 2)).problems == ()


def test_a_note_is_told_by_what_it_holds() -> None:
    kinds = all_kinds()
    assert isinstance(read(kinds["payroll_replacement"].xml).document, PayrollReplacement)
    assert isinstance(read(kinds["payroll_deletion"].xml).document, PayrollDeletion)
    # Its type of note is read as it is written, also where the other one is meant.
    odd = read(kinds["payroll_deletion"].xml.replace(b"<TipoNota>2<", b"<TipoNota>1<"))
    assert (type(odd.document), odd.document.tipo_nota) == (PayrollDeletion, "1")
    both = kinds["payroll_replacement"].xml.replace(
        b"</Reemplazar>", b"</Reemplazar><Eliminar><Notas>x</Notas></Eliminar>"
    )
    assert read(both).unmapped == ("/NominaIndividualDeAjuste/Eliminar",)


def test_a_note_without_content_is_no_document() -> None:
    name = "NominaIndividualDeAjuste"
    xml = f'<{name} xmlns="dian:gov:co:facturaelectronica:{name}"><TipoNota>1</TipoNota></{name}>'.encode()
    with pytest.raises(UnreadableDocument):
        read(xml)
    with pytest.raises(UnsupportedDocument, match="otra versión"):
        read(b'<NominaIndividual xmlns="urn:example:otra"/>')


def test_what_was_read_can_be_adjusted() -> None:
    received = read(all_kinds()["payroll"].xml)
    note = PayrollReplacement.replacing(received, number="NA8", issued_at=LATER, devengados=earned(dotacion=5))
    assert build(note, ISSUER).document.devengados_total == received.document.devengados_total + 5
    broken = read(FULL.replace(b' Sueldo="1300000.00"', b""))
    with pytest.raises(MissingDatum):
        build(PayrollReplacement.replacing(broken, number="NA8", issued_at=LATER), ISSUER)
