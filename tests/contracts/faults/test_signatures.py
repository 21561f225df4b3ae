"""Forms of signatures, and what is told of them (rows A5, A6, A21, A22)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from dian_fe import examine
from dian_fe.verifying import verify_signature
from tests.contracts.faults.rows import cases
from tests.contracts.interop.support import needs_xmlsec1
from tests.delivery.support import AT, NIT
from tests.signing.support import DS, NS, XADES, canonical, signed
from tests.verifying.foreign import EXCLUSIVE, Foreign
from tests.verifying.judges import xmlsec1_says
from tests.verifying.sealing import answer, container, packed, sale
from tests.verifying.support import TRUST

GOOD = signed().xml
XADES141 = "http://uri.etsi.org/01903/v1.4.1#"


def template(change: Callable[[bytes], bytes]) -> bytes:
    """Return the small document, changed, without digests of the parts and without value."""
    kept = re.findall(rb"<xades:SigningCertificate>.*?</xades:SigningCertificate>", GOOD)[0]
    text = re.sub(rb"<(ds:(?:DigestValue|SignatureValue)[^>]*)>[^<]+", rb"<\1>", GOOD)
    text = re.sub(rb"<xades:SigningCertificate>.*?</xades:SigningCertificate>", lambda _: kept, text)
    changed = change(text)
    assert changed != text
    return changed


def by_xmlsec1(change: Callable[[bytes], bytes]) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        from tests.verifying.forms import sign_template

        return sign_template(template(change), folder)

    return make


def as_default(prefix: str, name: str, uri: str) -> Callable[[bytes], bytes]:
    """Write a namespace as the default one in the part of that name."""

    def change(text: bytes) -> bytes:
        opening, closing = f"<{prefix}:{name}".encode(), f"</{prefix}:{name.strip()}>".encode()
        start, end = text.index(opening), text.index(closing) + len(closing)
        part = text[start:end].replace(f"<{prefix}:".encode(), b"<").replace(f"</{prefix}:".encode(), b"</")
        part = part.replace(f"<{name}".encode(), f'<{name.strip()} xmlns="{uri}" '.encode(), 1)
        return text[:start] + part + text[end:]

    return change


def both(*changes: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(text: bytes) -> bytes:
        for each in changes:
            text = each(text)
        return text

    return change


def declared(at: str, prefix: str, uri: str) -> Callable[[bytes], bytes]:
    """Declare a prefix at the first element of that name."""
    return lambda text: text.replace(f"<{at}".encode(), f'<{at} xmlns:{prefix}="{uri}"'.encode(), 1)


def stranger(at: str, prefix: str, uri: str) -> Callable[[Path], bytes]:
    return lambda folder: declared(at, prefix, uri)(GOOD)


@needs_xmlsec1
@cases(
    "A5",
    {
        "ds in the signature": by_xmlsec1(as_default("ds", "Signature ", DS)),
        "xades in its properties": by_xmlsec1(as_default("xades", "QualifyingProperties", XADES)),
    },
    {
        "ds in SignedInfo": by_xmlsec1(as_default("ds", "SignedInfo", DS)),
        "ds in KeyInfo": by_xmlsec1(as_default("ds", "KeyInfo", DS)),
        "xades in SignedProperties": by_xmlsec1(as_default("xades", "SignedProperties", XADES)),
        "ds in SignedInfo, xades in the properties": by_xmlsec1(
            both(as_default("ds", "SignedInfo", DS), as_default("xades", "QualifyingProperties", XADES))
        ),
    },
)
def test_a_default_namespace_in_the_signature_is_valid(case: Callable[[Path], bytes], tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(case(tmp_path))
    assert xmlsec1_says([path]) == [True]
    assert verify_signature(path.read_bytes()).signature.valid


@needs_xmlsec1
@cases(
    "A6",
    {
        "two prefixes of one URI": by_xmlsec1(declared("xades:QualifyingProperties", "xadesv141", XADES141)),
        "a stranger's on SigningTime": stranger("xades:SigningTime", "q", XADES),
    },
    {
        "two prefixes, the second on KeyInfo": by_xmlsec1(declared("ds:KeyInfo", "dsig", DS)),
        "a stranger's of ds on X509Data": stranger("ds:X509Data", "q", DS),
        "a stranger's of xades on CertDigest": stranger("xades:CertDigest", "x2", XADES),
    },
)
def test_every_declaration_counts(case: Callable[[Path], bytes], tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(case(tmp_path))
    assert verify_signature(path.read_bytes()).signature.valid is xmlsec1_says([path])[0]


# ---- A21


def towards_the_first(*numbers: int) -> Callable[[etree._Element], None]:
    """Have references point at the first one, as those of one provider do."""

    def change(signature: etree._Element) -> None:
        references = signature.findall("ds:SignedInfo/ds:Reference", NS)
        references[0].set("Id", "s-ref0")
        for number in numbers:
            references[number].set("URI", "#s-ref0")

    return change


@cases(
    "A21",
    {"second and third": lambda: Foreign(change=towards_the_first(1, 2)).sign(canonical().xml)},
    {
        "the third alone": lambda: Foreign(change=towards_the_first(2)).sign(canonical().xml),
        "the second of two": lambda: Foreign(order=("document", "signed_properties"), change=towards_the_first(1)).sign(
            canonical().xml
        ),
        "by exclusive form": lambda: Foreign(c14n=EXCLUSIVE, transforms=True, change=towards_the_first(1, 2)).sign(
            canonical().xml
        ),
        "of a whole invoice": lambda: sale(change=towards_the_first(1, 2)),
    },
)
def test_references_to_a_reference_are_told_by_their_name(case: Callable[[], bytes]) -> None:
    verification = verify_signature(case())
    assert verification.signature.valid
    told = {fault.code for fault in verification.profile}
    assert not told & {"DC10", "DC13"}
    assert "uncovered_properties" in told


# ---- A22


def listed_twice(signature: etree._Element) -> None:
    (listed,) = signature.findall(".//xades:SigningCertificate", NS)
    listed.append(etree.fromstring(etree.tostring(listed[0])))


def without(path: str) -> Callable[[etree._Element], None]:
    def change(signature: etree._Element) -> None:
        (found,) = signature.findall(f".//{path}", NS)
        found.getparent().remove(found)

    return change


@cases(
    "A22", {"signed by another than the issuer": lambda: sale("860000123")}, {"signed for DIAN": lambda: answer(NIT)}
)
def test_who_signed_is_refused_without_a_code_of_dian(case: Callable[[], bytes]) -> None:
    told = [fault for fault in examine(case(), TRUST, at=AT).faults if fault.rejects]
    assert told
    assert not [fault.code for fault in told if not fault.code.islower()]


@cases(
    "A22",
    {
        "one certificate listed": lambda: sale(),
        "ds:KeyInfo uncovered": lambda: sale(order=("document", "signed_properties")),
    },
    {
        "two certificates listed": lambda: sale(change=listed_twice),
        "no role": lambda: sale(change=without("xades:SignerRole")),
        "a role without roles": lambda: sale(change=without("xades:ClaimedRoles")),
        "a container that lists one certificate": lambda: container(),
        "all that pack makes": lambda: packed().zip_bytes,
    },
)
def test_what_dian_does_not_tell_is_advice(case: Callable[[], bytes]) -> None:
    examination = examine(case(), TRUST, at=AT)
    assert examination.valid
    told = [fault for part in examination.walk() for fault in part.faults]
    assert not [fault.code for fault in told if not fault.code.islower()]
    assert {str(fault.severity) for fault in told} <= {"CONSEJO"}
