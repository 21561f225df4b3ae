"""Distinguished names as text: RFC 2253, the form that ``ds:X509IssuerName`` takes (XMLDSig 1.1, section 4.5.4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

_COMMON_NAME: Final = "2.5.4.3"
_KEYWORDS: Final = {
    _COMMON_NAME: "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
"""The only attribute types that RFC 2253 (section 2.3) writes with a keyword."""

_STRINGS: Final = {
    0x0C: "utf-8",  # UTF8String
    0x12: "ascii",  # NumericString
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # TeletexString
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_SPECIAL = re.compile(r'([,+"\\<>;])')


class NameOrder(StrEnum):
    """In which order ``ds:X509IssuerName`` lists the parts of the name."""

    RFC2253 = "rfc2253"
    """Last part first, as XMLDSig wants and legacy validators insist."""
    AS_ENCODED = "as_encoded"
    """As the certificate has them: for receivers that compare the text with their own tools' of that order."""


def issuer_name(name: x509.Name, order: NameOrder = NameOrder.RFC2253) -> str:
    """Write a name as RFC 2253 does: known types by keyword, others as ``oid=#`` and the hex of their DER.

    The hex keeps the string type of the certificate, on which validators that compare bytes insist.
    """
    rdns = [
        "+".join(_attribute(der) for _, der, _ in der_values(rdn))
        for _, rdn, _ in der_values(_only(name.public_bytes()))
    ]
    return ",".join(reversed(rdns) if order is NameOrder.RFC2253 else rdns)


def label(name: x509.Name) -> str:
    """Give the common name, or the whole name where there is none: for messages."""
    for attribute in name:
        if attribute.oid.dotted_string == _COMMON_NAME and isinstance(attribute.value, str):
            return attribute.value
    return name.rfc4514_string()


def _attribute(content: bytes) -> str:
    (_, oid, _), (tag, value, whole) = der_values(content)
    written = dotted(oid)
    keyword, encoding = _KEYWORDS.get(written), _STRINGS.get(tag)
    if keyword is None or encoding is None:
        return f"{keyword or written}=#{whole.hex()}"
    return f"{keyword}={_escape(value.decode(encoding))}"


def _escape(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text)
    if text.startswith((" ", "#")):
        text = f"\\{text}"
    if text.endswith(" ") and len(text) > 1:
        text = f"{text[:-1]}\\ "
    return text


def _only(der: bytes) -> bytes:
    ((_, content, _),) = der_values(der)
    return content


def der_values(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Walk the DER values in ``content``: tag, inside, and the whole encoding of each."""
    at = 0
    while at < len(content):
        tag, length, inside = content[at], content[at + 1], at + 2
        if length & 0x80:
            inside += length & 0x7F
            length = int.from_bytes(content[at + 2 : inside], "big")
        yield tag, content[inside : inside + length], content[at : inside + length]
        at = inside + length


def dotted(oid: bytes) -> str:
    """Return an object identifier's content as text."""
    arcs, value = [], 0
    for byte in oid:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
