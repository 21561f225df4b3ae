"""Issuers' names as DER, byte by byte: string types, edges and escapes that no builder of certificates makes."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe.signing.distinguished_names import der_values
from dian_fe.testing import ToyPki

Attribute = tuple[str, int, bytes]
"""OID, tag of the string, its content."""

CN, SN, C, L, ST, STREET = (f"2.5.4.{number}" for number in (3, 5, 6, 7, 8, 9))
O, OU = "2.5.4.10", "2.5.4.11"  # noqa: E741
EMAIL, DC, UID = "1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25", "0.9.2342.19200300.100.1.1"
UTF8, NUMERIC, PRINTABLE, T61, IA5, VISIBLE, UNIVERSAL, BMP = 0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x1C, 0x1E
_ENCODINGS = {UNIVERSAL: "utf-32-be", BMP: "utf-16-be"}
_TEXTS = ("Autoridad, S.A.", " orillas ", "  ", "#1=2;3", 'a"b<c>d+e\\f', "a  b", "", "Ñandú €", "🦜", "x" * 300)


def one(oid: str, text: str, tag: int = UTF8) -> Attribute:
    """Return an attribute with its text in the encoding of its type."""
    return oid, tag, text.encode(_ENCODINGS.get(tag, "utf-8"))


def name(*rdns: Sequence[Attribute]) -> bytes:
    """Return the DER of a name."""
    sets = (sorted(tlv(0x30, _oid(oid) + tlv(tag, value)) for oid, tag, value in rdn) for rdn in rdns)
    return tlv(0x30, b"".join(tlv(0x31, b"".join(each)) for each in sets))


def with_issuer(issuer: bytes) -> x509.Certificate:
    """Return a certificate with this issuer; its own signature does not hold."""
    whole = ToyPki().identity("900373076").certificate.public_bytes(Encoding.DER)
    (_, signed, _), *rest = der_values(next(der_values(whole))[1])
    parts = [part for _, _, part in der_values(signed)]
    parts[3] = issuer
    return x509.load_der_x509_certificate(tlv(0x30, tlv(0x30, b"".join(parts)) + b"".join(part for _, _, part in rest)))


def tlv(tag: int, content: bytes) -> bytes:
    """Return a DER value."""
    size = len(content)
    length = b"" if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length) if length else size)) + length + content


def _oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    content = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return tlv(0x06, content)


BMP_A = name([one(CN, "A", BMP)])


def names() -> list[bytes]:
    """Return over a hundred made-up names."""
    country = [one(C, "CO", PRINTABLE)]
    found = [
        name(country, [one(oid, text, tag)])
        for tag in (UTF8, BMP, UNIVERSAL, T61, IA5, PRINTABLE, VISIBLE)
        for text in _TEXTS
        if tag != BMP or max(text, default="") <= "\uffff"
        if tag in (UTF8, BMP, UNIVERSAL) or (text.isascii() and (tag != PRINTABLE or set(text).isdisjoint('#=;"<>\\')))
        for oid in (CN, O)
    ]
    found += [name(country, [one(oid, "valor", UTF8)]) for oid in (L, ST, STREET, OU, DC, UID, SN, EMAIL, "2.5.4.97")]
    found += [
        BMP_A,
        name(),
        name(country, [one(CN, "12 34", NUMERIC)]),
        name(country, [one("1.3.6.1.4.1.23267.2.3", "900373076", PRINTABLE)]),
        name(country, [one("2.999.1", "otro", IA5)], [one(EMAIL, "ca@example.com", IA5)]),
        name(country, [one(DC, "example", IA5)], [one(DC, "com", IA5)]),
        name([one(CN, "b"), one(OU, "a"), one(C, "CO", PRINTABLE)]),
        name(country, [one(OU, "z"), one(CN, " a+b", BMP), one(SN, "1", PRINTABLE)], [one(O, "x")]),
        name(country, [(CN, T61, "Ñandú".encode())]),
        name(country, [one("2.5.4.45", "x", UTF8)], [("2.5.4.45", 0x03, b"\0abc")]),
        name(country, [one(CN, "a\x00b")]),
    ]
    return found
