"""Distinguished names as text: RFC 2253, the form that ``ds:X509IssuerName`` takes (XMLDSig 1.1, section 4.5.4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from .._xmlchars import FORBIDDEN

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
    0x13: "latin-1",  # PrintableString
    0x14: "latin-1",  # TeletexString
    0x16: "latin-1",  # IA5String
    0x1B: "latin-1",  # GeneralString
    0x1E: "utf-16-be",  # BMPString
}
"""How Java's X500Principal reads the strings that it writes as text; all others it writes as ``#`` and hex.

Latin-1 for PrintableString and IA5String too, whose bytes over 127 are then one letter each.
"""
_OTHER_STRINGS: Final = {0x12: "ascii", 0x1A: "ascii", 0x1C: "utf-32-be"}
"""NumericString, VisibleString, UniversalString: readable, but not written as text by Java."""
_SPECIAL: Final = re.compile(r'([,=+<>#;"\\])')
_BLANKS: Final = " \r"
_NOT_XML: Final = re.compile(f"[{FORBIDDEN}]")


class NameOrder(StrEnum):
    """The order in which ``ds:X509IssuerName`` lists the parts of a name."""

    RFC2253 = "rfc2253"
    """Last part first, as XMLDSig demands and older validators require."""
    AS_ENCODED = "as_encoded"
    """The certificate's order: for receivers that compare with the text of tools that use it."""


def issuer_name(name: x509.Name, order: NameOrder = NameOrder.RFC2253) -> str:
    """Return a name as ``X500Principal.getName(RFC2253)`` of Java writes it.

    Known types go by keyword, others as ``oid=#`` and the hex of their DER, as do strings that Java does not read. The
    hex keeps the string type of the certificate, which validators that compare bytes require. A text with a character
    that XML does not allow is written as hex too, as Java's form could not be.
    """
    rdns = ["+".join(map(_attribute, values)) for values in _rdns(name)]
    return ",".join(reversed(rdns) if order is NameOrder.RFC2253 else rdns)


def texts(name: x509.Name) -> list[list[tuple[str, tuple[str, ...]]]]:
    """Return the attributes of each RDN: OID, and every text that tools decode from its bytes."""
    return [[(dotted(oid), _readings(tag, value)) for oid, tag, value, _ in values] for values in _rdns(name)]


def string(tag: int, value: bytes) -> str:
    """Return the text of a DER string; bytes invalid in its type become U+FFFD."""
    return value.decode(_STRINGS.get(tag) or _OTHER_STRINGS.get(tag) or "utf-8", "replace")


def _readings(tag: int, value: bytes) -> tuple[str, ...]:
    # Authorities write UTF-8 in single-byte string types, which tools decode differently.
    return tuple(dict.fromkeys((value.decode("utf-8", "replace"), string(tag, value))))[::-1]


def label(name: x509.Name) -> str:
    """Return the common name, or the whole name without one, for messages."""
    for attribute in name:
        if attribute.oid.dotted_string == _COMMON_NAME and isinstance(attribute.value, str):
            return attribute.value
    return name.rfc4514_string()


_Value = tuple[bytes, int, bytes, bytes]
"""An attribute: its OID's content; tag, content and whole DER of its value."""


def _rdns(name: x509.Name) -> Iterator[list[_Value]]:
    ((_, content, _),) = der_values(name.public_bytes())
    for _, rdn, _ in der_values(content):
        yield [(oid, *value) for (_, oid, _), value in (der_values(pair) for _, pair, _ in der_values(rdn))]


def _attribute(attribute: _Value) -> str:
    oid, tag, value, whole = attribute
    written = dotted(oid)
    keyword = _KEYWORDS.get(written)
    if keyword is not None and tag in _STRINGS:
        text = _escape(string(tag, value))
        if not _NOT_XML.search(text):
            return f"{keyword}={text}"
    return f"{keyword or written}=#{whole.hex()}"


def _escape(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text).replace("\0", r"\00")
    core = text.strip(_BLANKS)
    head, _, tail = text.partition(core) if core else (text, "", "")
    before, after = ("".join(f"\\{blank}" for blank in blanks) for blanks in (head, tail))
    return f"{before}{core}{after}"


def der_values(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the DER values in ``content``: tag, inside, and the whole encoding of each."""
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
