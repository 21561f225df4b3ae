"""Names of issuers as signatures write them, compared with the certificate's by what they say, not by spelling."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import chain
from typing import TYPE_CHECKING, Final

from ...signing.distinguished_names import string, texts

if TYPE_CHECKING:
    from cryptography import x509

_OIDS: Final = {
    "CN": "2.5.4.3", "SN": "2.5.4.4", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "S": "2.5.4.8",
    "ST": "2.5.4.8", "STREET": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11", "T": "2.5.4.12", "TITLE": "2.5.4.12",
    "G": "2.5.4.42", "GN": "2.5.4.42", "GIVENNAME": "2.5.4.42", "E": "1.2.840.113549.1.9.1",
    "EMAIL": "1.2.840.113549.1.9.1", "EMAILADDRESS": "1.2.840.113549.1.9.1", "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1", "COMMONNAME": "2.5.4.3", "SURNAME": "2.5.4.4", "COUNTRYNAME": "2.5.4.6",
    "LOCALITYNAME": "2.5.4.7", "STATEORPROVINCENAME": "2.5.4.8", "SP": "2.5.4.8", "STREETADDRESS": "2.5.4.9",
    "ORGANIZATIONNAME": "2.5.4.10", "ORGANIZATIONALUNITNAME": "2.5.4.11", "DESCRIPTION": "2.5.4.13",
    "BUSINESSCATEGORY": "2.5.4.15", "POSTALADDRESS": "2.5.4.16", "POSTALCODE": "2.5.4.17", "NAME": "2.5.4.41",
    "INITIALS": "2.5.4.43", "GENERATION": "2.5.4.44", "GENERATIONQUALIFIER": "2.5.4.44",
    "X500UNIQUEIDENTIFIER": "2.5.4.45", "UNIQUEIDENTIFIER": "2.5.4.45", "DN": "2.5.4.46", "DNQ": "2.5.4.46",
    "DNQUALIFIER": "2.5.4.46", "PSEUDONYM": "2.5.4.65", "ORGANIZATIONIDENTIFIER": "2.5.4.97",
    "USERID": "0.9.2342.19200300.100.1.1", "DOMAINCOMPONENT": "0.9.2342.19200300.100.1.25",
}  # fmt: skip
"""Keywords of RFC 4514, Windows, OpenSSL, Bouncy Castle and Java (RFC 4519, X.520)."""
_KEY: Final = r"\s*(?:[A-Za-z][\w.-]*|[\d.]+)\s*="
_PAIR: Final = re.compile(
    rf"""\s*([A-Za-z][\w.-]*|[\d.]+)\s*=\s*
    (\#[0-9A-Fa-f]+(?=\s*(?:[,;+]|$))|"(?:[^"\\]|\\.)*"(?=\s*(?:[,;+]|$))|(?:[^,;+\\]|\\.|[,;+](?!{_KEY}|\s*$))*)
    \s*([,;+]?)""",
    re.VERBOSE | re.DOTALL,
)
"""A part and the separator after it. A separator not followed by a part is text that the signer did not escape."""
_BARE: Final = re.compile(r"(?:[^,;+\\]|\\.)*", re.DOTALL)
_LINE: Final = re.compile(r"/([A-Za-z][\w.]*)=((?:(?!/[A-Za-z][\w.]*=).)*)")
_HEX: Final = re.compile("[0-9A-Fa-f]*")
_ESCAPED: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)

_Attribute = tuple[str, str]
_Rdns = list[list[_Attribute]]


class NameForm(Enum):
    """How a written name stands to the certificate's."""

    RIGHT = auto()
    """The same, last part first and separated by commas, as RFC 2253 requires."""
    OTHER_FORM = auto()
    """The same parts in another order, or with other separators."""
    OTHER_NAME = auto()
    """Another name, or no name."""


def compare(written: str, name: x509.Name) -> NameForm:
    """Compare a name as written with that of a certificate: case, whitespace and string types do not matter."""
    known: dict[_Attribute, _Attribute] = {}
    true: _Rdns = []
    for rdn in texts(name):
        true.append([])
        for oid, readings in rdn:
            attribute = oid, _folded(readings[0])
            known |= {(oid, _folded(each)): attribute for each in readings[1:]}
            true[-1].append(attribute)
    one_line = written.strip().startswith("/")
    clean, rdns = (False, _one_line(written)) if one_line else _separated(written)
    found = [[known.get(each, each) for each in rdn] for rdn in rdns]
    if sorted(chain(*found)) != sorted(chain(*true)):
        return NameForm.OTHER_NAME
    return NameForm.RIGHT if clean and _unordered(found[::-1]) == _unordered(true) else NameForm.OTHER_FORM


def _unordered(rdns: _Rdns) -> _Rdns:
    """Return a name with sorted RDNs: the parts of an RDN have no order (RFC 2253, section 2.2)."""
    return [sorted(rdn) for rdn in rdns]


def _separated(text: str) -> tuple[bool, _Rdns]:
    """Return whether a name is escaped as it should be, and its parts; none when one of them cannot be read."""
    found: _Rdns = []
    clean, joined, at, end = True, False, 0, len(text.rstrip())
    while at < end:
        match = _PAIR.match(text, at)
        if match is None:
            return False, []
        if not joined:
            found.append([])
        value = match[2]
        clean &= value.startswith('"') or _BARE.fullmatch(value) is not None
        found[-1].append((_oid(match[1]), _folded(_value(value))))
        at, joined = match.end(), match[3] == "+"
    return clean, found


def _one_line(text: str) -> _Rdns:
    return [[(_oid(key), _folded(value))] for key, value in _LINE.findall(text)]


def _oid(key: str) -> str:
    return _OIDS.get(key.upper(), key.upper().removeprefix("OID."))


def _value(text: str) -> str:
    if text.startswith("#"):
        return _string(bytes.fromhex(text[1:])) if len(text) % 2 and _HEX.fullmatch(text, 1) else text
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return _ESCAPED.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    return bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace") if match[1] else match[2]


def _string(der: bytes) -> str:
    """Read a DER string of less than 64 KiB; for anything else return what cannot be part of a name."""
    length = 2 + (der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0)
    return string(der[0] if der else 0, der[length:])


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
