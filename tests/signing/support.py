"""Documents made by hand and outside judges, for the tests of signing and verifying."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dian_fe.signing import SignedXml, sign
from dian_fe.testing.pki import ToyPki
from dian_fe.ubl.canonical import Canonical

NIT = "700085371"
BOGOTA = timezone(timedelta(hours=-5))
AT = datetime(2026, 3, 2, 10, 15, 30, 999_999, tzinfo=BOGOTA)
PKI = ToyPki(11)

OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
NS = {"ds": DS, "xades": XADES, "ext": f"{OASIS}CommonExtensionComponents-2", "cbc": f"{OASIS}CommonBasicComponents-2"}
PREFIXES = {
    "cac": f"{OASIS}CommonAggregateComponents-2",
    "cbc": NS["cbc"],
    "ds": DS,
    "ext": NS["ext"],
    "sts": "dian:gov:co:facturaelectronica:Structures-2-1",
    "xades": XADES,
    "xades141": "http://uri.etsi.org/01903/v1.4.1#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Eight prefixes beside the default one, as in the documents that the library writes."""

PLACE = "<ext:UBLExtension><ext:ExtensionContent></ext:ExtensionContent></ext:UBLExtension>"
FIRST = PLACE.replace("></ext:ExtensionContent>", "><sts:DianExtensions></sts:DianExtensions></ext:ExtensionContent>")

ID_ATTRIBUTES = [
    argument
    for name in (f"{DS}:Signature", f"{DS}:KeyInfo", f"{DS}:Object", f"{XADES}:SignedProperties")
    for argument in ("--id-attr:Id", name)
]
"""What xmlsec1 must be told, since it reads no schema: which attributes are identifiers."""


def canonical(
    body: str = "",
    *,
    root: str = "Invoice",
    issued: str = "2026-03-02",
    extensions: str = FIRST + PLACE,
    prefixes: Mapping[str, str] = PREFIXES,
    day_rule: str = "FAD09e",
) -> Canonical:
    """Write a small document in canonical form; the tests check against lxml that it is so."""
    namespaces = f' xmlns="{OASIS}{root}-2"' + "".join(f' xmlns:{name}="{uri}"' for name, uri in prefixes.items())
    text = (
        f"<{root}{namespaces}><ext:UBLExtensions>{extensions}</ext:UBLExtensions><cbc:ID>SETP1</cbc:ID>"
        f"<cbc:IssueDate>{issued}</cbc:IssueDate><cbc:Note>Café &amp; ñandú €, «10 &lt; 20»</cbc:Note>{body}</{root}>"
    )
    xml = text.encode()
    opening = b"<ext:ExtensionContent>"
    at = xml.index(opening + b"</ext:ExtensionContent>") + len(opening)
    day = datetime.fromisoformat(issued).date()
    return Canonical(xml=xml, signature_at=at, namespaces=namespaces, issue_date=day, day_rule=day_rule)


def signed(document: Canonical | None = None, **options: object) -> SignedXml:
    return sign(document or canonical(), PKI.signer(NIT), at=AT, **options)  # type: ignore[arg-type]


def xmlsec1(path: Path, certificate: bytes, *more: str) -> bool:
    """Ask xmlsec1 whether the signature holds; ``more`` are options. Skips when it is not installed."""
    binary = shutil.which("xmlsec1")
    if binary is None:
        pytest.skip("xmlsec1 is not installed")
    key = path.with_suffix(".pub.pem")
    public = x509.load_der_x509_certificate(certificate).public_key()
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    done = subprocess.run(
        [binary, "--verify", "--pubkey-pem", str(key), *ID_ATTRIBUTES, *more, str(path)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
