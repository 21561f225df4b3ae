"""Names of issuers as signatures write them, compared with the certificate's by what they say, not by spelling."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

_OIDS: Final = {
    "CN": "2.5.4.3", "SN": "2.5.4.4", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "S": "2.5.4.8",
    "ST": "2.5.4.8", "STREET": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11", "T": "2.5.4.12", "TITLE": "2.5.4.12",
    "G": "2.5.4.42", "GN": "2.5.4.42", "GIVENNAME": "2.5.4.42", "E": "1.2.840.113549.1.9.1",
    "EMAIL": "1.2.840.113549.1.9.1", "EMAILADDRESS": "1.2.840.113549.1.9.1", "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1",
}  # fmt: skip
"""Keywords of RFC 4514, Windows, OpenSSL and Java."""
_PAIR: Final = re.compile(
    r'\s*([A-Za-z][\w.-]*|[\d.]+)\s*=\s*(#[0-9A-Fa-f]+|"(?:[^"\\]|\\.)*"|(?:[^,;+\\]|\\.)*)\s*[,;+]?'
)
_LINE: Final = re.compile(r"/([A-Za-z][\w.]*)=((?:(?!/[A-Za-z][\w.]*=).)*)")
_HEX: Final = re.compile("[0-9A-Fa-f]*")
_ESCAPED: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)")

Attributes = list[tuple[str, str]]


class NameForm(Enum):
    """How a written name stands to the certificate's."""

    RIGHT = auto()
    """The same, last part first and separated by commas, as RFC 2253 wants."""
    OTHER_FORM = auto()
    """The same parts in another order, or separated otherwise."""
    OTHER_NAME = auto()
    """Another name, or no name."""


def compare(written: str, name: x509.Name) -> NameForm:
    """Compare a name as written with that of a certificate: case, blanks and string types do not matter."""
    true = [(attribute.oid.dotted_string, _folded(attribute.value)) for rdn in name.rdns for attribute in rdn]
    one_line = written.strip().startswith("/")
    found = _one_line(written) if one_line else _separated(written)
    if sorted(found) != sorted(true):
        return NameForm.OTHER_NAME
    return NameForm.RIGHT if not one_line and found[::-1] == true else NameForm.OTHER_FORM


def _separated(text: str) -> Attributes:
    """Read part after part from the beginning; nothing when something there is no part."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _PAIR.match(text, at)
        if match is None:
            return []
        found.append((_oid(match[1]), _folded(_value(match[2].strip()))))
        at = match.end()
    return found


def _one_line(text: str) -> Attributes:
    return [(_oid(key), _folded(value)) for key, value in _LINE.findall(text)]


def _oid(key: str) -> str:
    return _OIDS.get(key.upper(), key.upper().removeprefix("OID."))


def _value(text: str) -> str:
    if text.startswith("#"):
        return _string(bytes.fromhex(text[1:])) if len(text) % 2 and _HEX.fullmatch(text, 1) else text
    return _ESCAPED.sub(_unescaped, text.strip('"'))


def _unescaped(match: re.Match[str]) -> str:
    return bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace") if match[1] else match[2]


def _string(der: bytes) -> str:
    """Read a DER string of less than 64 KiB; what is none gives what cannot be a name's part."""
    length = 2 + (der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0)
    return der[length:].decode("utf-16-be" if der[:1] == b"\x1e" else "utf-8", "replace")


def _folded(value: str | bytes) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return " ".join(text.split()).casefold()
