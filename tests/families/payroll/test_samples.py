"""Real documents of other software, kept beside the project: read whole, and written again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Issuer, Organization, Payroll, build, read
from dian_fe.signing.xades import sign
from dian_fe.testing import ToyPki
from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.writer.build import write
from tests.contracts.properties.judges import refused_by_xmlsec1
from tests.families.payroll.documents import SAMPLES, SOFTWARE, official_faults, signer

pytestmark = [
    pytest.mark.judge,
    pytest.mark.skipif(not SAMPLES, reason="the real documents are not beside the project"),
]

EMPTY = {"nomina-01.xml": ["SoftwareID"], "nomina-02.xml": ["SoftwareID"]}
"""Attributes that a sample has and says nothing in."""


def data(xml: bytes) -> list[tuple[str, str, dict[str, str]]]:
    """Return the elements below the root in their order: name, text and attributes."""
    root = etree.fromstring(xml)
    return [
        (etree.QName(each).localname, (each.text or "").strip(), {str(k): str(v) for k, v in each.attrib.items()})
        for each in root.iter(etree.Element)
        if each is not root and "Signature" not in {etree.QName(up).localname for up in (each, *each.iterancestors())}
    ]


def same_figures(one: str, other: str) -> bool:
    """True if two texts are equal, or two spellings of one number."""
    try:
        return one == other or float(one) == float(other)
    except ValueError:
        return False


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_is_read_whole(file: Path) -> None:
    received = read(file.read_bytes())
    assert isinstance(received.document, Payroll)
    assert (received.document.missing, received.unmapped) == ((), ())
    assert [problem.attribute for problem in received.problems] == EMPTY.get(file.name, [])


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_signed_again_passes_the_official_schema(file: Path, tmp_path: Path) -> None:
    received: Any = read_document(file.read_bytes())
    control = received.control.replace(software_id=received.control.software_id or SOFTWARE.id)
    written = write(received.document, control, received.kind)
    signed = sign(written, signer(), at=received.document.issued_at.replace(year=2026)).xml
    assert official_faults(signed) == []
    assert refused_by_xmlsec1({"sample": signed}, tmp_path) is None
    theirs, ours = data(file.read_bytes()), data(signed)
    assert [each[0] for each in theirs] == [each[0] for each in ours]
    for (name, text, attributes), (_, written_text, written_attributes) in zip(theirs, ours, strict=True):
        assert same_figures(text, written_text), name
        assert attributes.keys() == written_attributes.keys(), name
        for key, value in attributes.items():
            assert same_figures(value, written_attributes[key]) or key in EMPTY.get(file.name, []), (name, key)


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_is_issued_again_by_its_employer(file: Path) -> None:
    document: Any = read(file.read_bytes()).document
    company = Organization(nit=document.empleador.nit, name=document.empleador.name)
    built = build(document, Issuer(organization=company, software=SOFTWARE))
    assert built.document == document
    signed = sign(built.canonical, ToyPki(0).signer(company.nit), at=document.issued_at.replace(year=2026)).xml
    assert official_faults(signed) == []
    assert read(signed).document == document


def test_the_root_declares_what_the_sample_does_in_its_order() -> None:
    sample = SAMPLES[0].read_bytes()
    received: Any = read_document(sample)
    written = write(received.document, received.control, received.kind).unsigned_file()

    def opening(xml: bytes) -> bytes:
        start = xml.index(b"<NominaIndividual")
        return xml[start : xml.index(b">", start)]

    assert opening(written) == opening(sample)
