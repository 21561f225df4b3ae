"""Who signed, with what certificate, and when (rows A1, A2, A11, A14, A15)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID
from lxml import etree

from dian_fe import examine, read, verify
from dian_fe._cli.main import main
from dian_fe.errors import SignatureInvalid, SignerNotTrusted
from dian_fe.testing.judge import DIAN_NIT
from dian_fe.testing.pki import ToyIdentity
from dian_fe.ubl.archive import make_zip
from dian_fe.verifying import TrustStore, verify_signature
from tests.contracts.faults.rows import cases
from tests.delivery.support import AT, NIT, issued, note_of
from tests.signing.support import NS
from tests.signing.support import PKI as AUTHORITY
from tests.verifying.foreign import Foreign
from tests.verifying.sealing import ANSWERED, TIME, container, event, sale, sealed, sold, unsigned_answer
from tests.verifying.support import PKI, TRUST, codes
from tests.verifying.test_trust import ISSUING, MIDDLE, ROOT, dian, issue, problem, usage

PROVIDER = "900373076"
Make = Callable[[], bytes]


# ---- A1


def named(xml: bytes, nit: str = PROVIDER) -> bytes:
    return re.sub(rb"(<sts:ProviderID[^>]*>)[^<]*", lambda found: found[1] + nit.encode(), xml)


def forged(**how: Any) -> bytes:
    """Forge an invoice that DIAN accepted: another amount, signed by a party that names itself its provider."""
    edited = sold()[0].built.canonical.xml.replace(b"58275.00", b"98275.00")
    return sealed(named(edited), PROVIDER, **{"role": "third party"} | how)


def forged_note() -> bytes:
    edited = issued(note_of(sold()[0]))[0].built.canonical.xml.replace(b"58275.00", b"18275.00")
    return sealed(named(edited), PROVIDER, role="third party")


def answered() -> bytes:
    return bytes(sold()[1].application_response)


@cases(
    "A1",
    {"an invoice": lambda: make_zip({"fv.xml": forged(), "ar.xml": answered()})},
    {
        "a credit note": forged_note,
        "in a container of the issuer": lambda: container(forged()),
        "with another spelling of the role": lambda: forged(role="third_party"),
    },
)
def test_a_provider_that_the_document_names_is_not_believed(case: Make) -> None:
    with pytest.raises(SignerNotTrusted):
        verify(read(case()), TRUST, at=AT)


@cases("A1", {}, {"on the command line": forged})
def test_the_command_line_does_not_believe_it_either(
    case: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, trust = tmp_path / "fv.xml", tmp_path / "ca.pem"
    document.write_bytes(case())
    trust.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in TRUST.anchors + TRUST.intermediates))
    assert main(["verify", str(document), "--trust", str(trust), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["signature"]["valid"] is True


# ---- A2


def holder(*subject: tuple[x509.ObjectIdentifier, str]) -> ToyIdentity:
    """Return somebody with a certificate of an accredited authority and any subject."""
    key, authority = PKI.identity(PROVIDER).key, PKI.issuing
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in subject])
    builder = x509.CertificateBuilder(
        authority.certificate.subject, name, key.public_key(), 77, AT - timedelta(days=99), AT + timedelta(days=99)
    )
    made = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return ToyIdentity(key, made.sign(authority.key, SHA256()), (authority.certificate,))


def invoice_of(*subject: tuple[x509.ObjectIdentifier, str]) -> bytes:
    return Foreign(identity=holder(*subject), time=TIME).sign(sold()[0].built.canonical.xml)


def answer_of(*subject: tuple[x509.ObjectIdentifier, str]) -> bytes:
    return container(answers=(Foreign(identity=holder(*subject), time=ANSWERED).sign(unsigned_answer()),))


GOATS = (NameOID.COMMON_NAME, "7 mares 000 y 85 cabras 371 SAS")
DIANS = (NameOID.COMMON_NAME, f"Inversiones {DIAN_NIT} SAS")


@cases(
    "A2",
    {
        "a name with digits": lambda: invoice_of(GOATS, (NameOID.SERIAL_NUMBER, PROVIDER)),
        "a name with DIAN's number": lambda: answer_of(DIANS),
    },
    {
        "a unit with the number": lambda: invoice_of(
            (NameOID.COMMON_NAME, "Otro SAS"), (NameOID.ORGANIZATIONAL_UNIT_NAME, f"NIT {NIT}")
        ),
        "an organization with letters between": lambda: invoice_of(
            (NameOID.ORGANIZATION_NAME, "Calle 70 casa 00 lote 85 local 371"), (NameOID.SERIAL_NUMBER, PROVIDER)
        ),
        "a serial number with words": lambda: invoice_of((NameOID.SERIAL_NUMBER, f"proveedor de {NIT}")),
        "a unit of DIAN's": lambda: answer_of(
            (NameOID.COMMON_NAME, "Contratista"), (NameOID.ORGANIZATIONAL_UNIT_NAME, f"DIAN {DIAN_NIT}")
        ),
    },
)
def test_digits_of_names_are_nobodys_nit(case: Make) -> None:
    with pytest.raises(SignerNotTrusted):
        verify(read(case()), TRUST, at=AT)


# ---- A11


def elsewhen(years: int) -> str:
    return AT.replace(year=AT.year + years).isoformat()


def answered_in(years: int) -> bytes:
    moment = AT.replace(year=AT.year + years)
    made = sealed(unsigned_answer(issued_at=moment), DIAN_NIT, time=moment.isoformat())
    return container(answers=(made,))


def dated(xml: bytes, years: int) -> bytes:
    day = AT.date().isoformat().encode()
    return xml.replace(day, day.replace(b"2026", str(2026 + years).encode()))


@cases(
    "A11",
    {
        "document and signature of years ahead": lambda: sealed(
            dated(sold()[0].built.canonical.xml, 5), time=elsewhen(5)
        ),
        "an answer of years before": lambda: answered_in(-7),
    },
    {
        "a container signed years ahead": lambda: container(how={"time": elsewhen(5)}),
        "an answer of years ahead": lambda: answered_in(5),
        "a note of years ahead": lambda: sealed(
            dated(issued(note_of(sold()[0]))[0].built.canonical.xml, 5), time=elsewhen(5)
        ),
        "an answer of the day before, signed years before": lambda: container(
            answers=(sealed(unsigned_answer(), DIAN_NIT, time=elsewhen(-2)),)
        ),
    },
)
def test_moments_that_cannot_be_are_refused(case: Make) -> None:
    examination = examine(case(), TRUST, at=AT)
    assert not examination.valid
    told = codes(examination, rejecting=True)
    assert told & {"signing_time_in_future", "answer_in_future", "answer_before_document"}, told


@cases("A11", {}, {"an event signed years ahead": event})
def test_an_event_of_the_future_is_refused(case: Make) -> None:
    root = etree.fromstring(dated(case(), 5))
    (signature,) = root.iter(f"{{{NS['ds']}}}Signature")
    signature.getparent().remove(signature)
    assert not examine(sealed(etree.tostring(root), "800199436", time=elsewhen(5)), TRUST, at=AT).valid


# ---- A14


def twin(*, nit: str = NIT, serial: int = 5) -> bytes:
    """Issue another certificate for the key of `NIT`."""
    mine, toy = PKI.identity(NIT).certificate, PKI.issuing
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otro"), x509.NameAttribute(NameOID.SERIAL_NUMBER, nit)])
    builder = x509.CertificateBuilder(
        toy.certificate.subject, name, mine.public_key(), serial, AT - timedelta(days=9), AT + timedelta(days=9)
    )
    return builder.sign(toy.key, SHA256()).public_bytes(Encoding.DER)


def swapped(change: Callable[[etree._Element], None] | None = None, *, first: bool = False, **how: Any) -> bytes:
    """Sign without covering ds:KeyInfo, and put the other certificate there; ``first``: before the right one."""
    xml = sale(order=("document", "signed_properties"), change=change, **how)
    assert verify_signature(xml).signature.valid
    other = b64encode(twin())
    if first:
        return re.sub(
            rb"<ds:X509Certificate>",
            lambda found: b"<ds:X509Certificate>" + other + b"</ds:X509Certificate>" + found[0],
            xml,
            count=1,
        )
    return re.sub(rb"(<ds:X509Certificate>)[^<]+", lambda found: found[1] + other, xml)


def with_sha512(signature: etree._Element) -> None:
    der = PKI.identity(NIT).certificate
    (digest,) = signature.findall(".//xades:CertDigest", NS)
    digest[0].set("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha512")
    digest[1].text = b64encode(der.fingerprint(SHA512())).decode()


def as_version_2(signature: etree._Element) -> None:
    (listed,) = signature.findall(".//xades:SigningCertificate", NS)
    listed.tag = f"{{{NS['xades']}}}SigningCertificateV2"


@cases(
    "A14",
    {"another certificate": swapped},
    {
        "named by SHA-512": lambda: swapped(with_sha512),
        "named by SigningCertificateV2": lambda: swapped(as_version_2),
        "before the right one": lambda: swapped(first=True),
    },
)
def test_another_certificate_of_the_key_is_not_taken(case: Make) -> None:
    found = verify_signature(case(), trust=TRUST, nit=NIT)
    assert found.signature.valid, "the key is the same"
    assert "signing_certificate" in {fault.code for fault in found.faults if fault.rejects}
    with pytest.raises(SignatureInvalid):
        verify(case(), TRUST, at=AT)


# ---- A15


STORE = TrustStore([ROOT], [MIDDLE, ISSUING])
CA = (x509.BasicConstraints(ca=True, path_length=None), True)


def used(*uses: x509.ObjectIdentifier) -> str:
    return problem(STORE, issue(AUTHORITY.issuing, (x509.ExtendedKeyUsage(uses), False)))


def below(*limits: x509.ExtensionType, names: tuple[x509.GeneralName, ...] = ()) -> str:
    authority = issue(AUTHORITY.intermediate, CA, *((each, False) for each in limits), name="Limitada")
    alternative = [(x509.SubjectAlternativeName(names), False)] if names else []
    leaf = issue(ToyIdentity(dian().key, authority, ()), *alternative)
    return problem(TrustStore([ROOT], [MIDDLE, authority]), leaf)


def excluded(*names: x509.GeneralName) -> x509.NameConstraints:
    return x509.NameConstraints(None, list(names))


PERSON = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Prueba")]))


@cases(
    "A15",
    {
        "for servers alone": lambda: used(Use.SERVER_AUTH),
        "for OCSP alone": lambda: used(Use.OCSP_SIGNING),
        "an excluded name": lambda: below(excluded(PERSON)),
    },
    {
        "for code alone": lambda: used(Use.CODE_SIGNING),
        "for time stamps and servers": lambda: used(Use.TIME_STAMPING, Use.SERVER_AUTH),
        "to agree on keys": lambda: problem(STORE, issue(AUTHORITY.issuing, (usage(key_agreement=True), True))),
        "an authority for code": lambda: below(x509.ExtendedKeyUsage([Use.CODE_SIGNING])),
        "an excluded address": lambda: below(
            excluded(x509.RFC822Name("example.com")), names=(x509.RFC822Name("ventas@example.com"),)
        ),
    },
)
def test_who_may_not_sign_documents_is_not_trusted(case: Callable[[], str]) -> None:
    assert case(), "a path was found"
