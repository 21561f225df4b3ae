"""Bad signatures are explained by their cause, in three manners each; good ones never are, however they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from dian_fe import build
from dian_fe.signing import sign
from dian_fe.testing.random_documents import random_document, sample_issuer
from dian_fe.verifying import Cause, verify_signature
from dian_fe.verifying.verdicts import PROFILE_CAUSES
from tests.signing.support import BOGOTA, NIT, PKI, xmlsec1
from tests.verifying import bad_signers, damages
from tests.verifying.corpus import CASES, KINDS, Case, base, pretty
from tests.verifying.foreign import Foreign

pytestmark = pytest.mark.slow

FILLED_BY = (damages, bad_signers)
"""Where the cases are written down; importing them fills the corpus."""
CERTIFICATE = PKI.identity(NIT).certificate.public_bytes(Encoding.DER)
KNOWN = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@KNOWN
def test_damage_is_told_by_its_cause(case: Case) -> None:
    signature = verify_signature(case.data()).signature
    assert signature.valid is False
    assert set(signature.causes) == set(case.causes)
    assert all(fault.hint for fault in signature.faults)
    assert signature.evidence


@KNOWN
def test_xmlsec1_refuses_it_too(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "alterada.xml"
    path.write_bytes(case.data())
    assert not xmlsec1(path, verify_signature(base(case.kind).signed).signature.certificate_der or b"")


def test_the_corpus_has_every_cause_in_three_manners() -> None:
    alone = Counter(case.causes[0] for case in CASES if len(case.causes) == 1)
    others = {Cause.SEVERAL_SIGNATURES, *PROFILE_CAUSES}
    """Told without undoing anything: tested with the verification and the profile."""
    assert set(alone) == set(Cause) - others
    assert set(alone.values()) == {3}
    assert len({case.data() for case in CASES}) == len(CASES)


# ---- what changes nothing


def outside(pattern: str, new: str) -> Callable[[bytes], bytes]:
    """Rewrite tags, not the documents that a container carries as text."""

    def rewrite(data: bytes) -> bytes:
        pieces = re.split(rb"(<!\[CDATA\[.*?\]\]>)", data, flags=re.DOTALL)
        pieces[::2] = [re.sub(pattern.encode(), new.encode(), piece) for piece in pieces[::2]]
        return b"".join(pieces)

    return rewrite


def byte_order_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def latin_1(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data).getroottree(), encoding="ISO-8859-1", xml_declaration=True)


def utf_16(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data).getroottree(), encoding="UTF-16", xml_declaration=True)


def character_references(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data).getroottree(), encoding="US-ASCII")


def line_end(data: bytes) -> bytes:
    return data.rstrip() + b"\r\n"


def parsed_again(data: bytes) -> bytes:
    return etree.tostring(
        etree.fromstring(data).getroottree(), encoding="UTF-8", xml_declaration=True, standalone=False
    )


CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
HARMLESS: dict[str, Callable[[bytes], bytes]] = {
    "quotes": outside('(<cbc:[A-Za-z]+ [A-Za-z]+=)"([^"<>]*)"', r"\1'\2'"),
    "attribute order": outside('<ds:Reference( Id="[^"]*")( URI="[^"]*")', r"<ds:Reference\2\1"),
    "comments": outside("(<cac:[A-Za-z]+>)", r"\1<!-- aquí -->"),
    "sections": outside("(<cbc:ID[^>]*>)([^<&]+)<", r"\1<![CDATA[\2]]><"),
    "empty tags": outside(r"<(ds:(?:DigestMethod|Transform)) ([^>]*)></\1>", r"<\1 \2 />"),
    "blanks in tags": outside("<(/?cbc:ID)([^<>]*)>", r"<\1\2\n >"),
    "value in lines": outside("(<ds:SignatureValue[^>]*>)([^<]{64})([^<]{64})", "\\1\n\\2\r\n\\3 \n"),
    "declared again": outside("<cbc:ID(?=[ >])", f'<cbc:ID xmlns:cbc="{CBC}"'),
    "byte order mark": byte_order_mark,
    "latin 1": latin_1,
    "utf-16": utf_16,
    "character references": character_references,
    "line end": line_end,
    "parsed again": parsed_again,
}


def assert_good(data: bytes) -> None:
    verification = verify_signature(data)
    assert verification.signature.valid is True
    assert verification.causes == ()
    assert verification.signature.evidence == ""


@pytest.mark.parametrize("rewrite", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_rewrite_is_no_damage(rewrite: Callable[[bytes], bytes], tmp_path: Path) -> None:
    for kind in KINDS:
        data = rewrite(base(kind).signed)
        assert data != base(kind).signed
        assert_good(data)
    path = tmp_path / "reescrita.xml"
    path.write_bytes(rewrite(base("invoice").signed))
    assert xmlsec1(path, CERTIFICATE)


@pytest.mark.parametrize("unit", ["  ", "\t"])
def test_line_ends_of_an_indented_document_may_change(unit: str) -> None:
    data = Foreign(pretty=True).sign(pretty(base("invoice").unsigned, unit))
    assert_good(data)
    assert_good(data.replace(b"\n", b"\r\n"))
    assert_good(data.replace(b"\n", b"\r"))


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
@pytest.mark.parametrize("seed", range(100, 105))
def test_undamaged_documents_have_no_cause(kind: str, seed: int) -> None:
    document = random_document(seed, kind)  # type: ignore[arg-type]
    canonical = build(document, sample_issuer()).canonical
    at = datetime.combine(document.issued_at.date(), time(10, 15), BOGOTA)
    assert_good(sign(canonical, PKI.signer(NIT), at=at).xml)
    assert verify_signature(Foreign(pretty=True).sign(canonical.xml)).signature.causes == ()
