"""What a signer digested or signed instead of what it should: each guess is tried against its digest or value."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from lxml import etree

from ...signing.algorithms import DIGESTS
from ...signing.certificates import public_rsa
from ..allowance import Allowance, weight
from ..signature.c14n import INCLUSIVE, Method
from ..signature.references import HASHES, NS, Pointed, SignedInfo, decoded, digest
from ..verdicts import Cause, Part
from .namespaces import other_apexes

if TYPE_CHECKING:
    from lxml.etree import _Element

    _Elements = Sequence[_Element | None]

_EXCLUSIVE: Final = (Method(exclusive=True), Method(exclusive=True, prefixes=("ds", "xades")))
"""The form of detached nodes: declarations where they are first used, or those of ds and xades on the start tag."""
_COMMENTS: Final = (Method(comments=True), Method(exclusive=True, comments=True))
_DECLARATION: Final = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*\?>\s*")
_EMPTY_TAG: Final = re.compile(rb"<([^\s/<>!?]+)(\s[^<>]*|)></\1>")
_DIGEST_INFO: Final = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What precedes the digest inside a PKCS#1 v1.5 value (RFC 8017, section 9.2, note 1)."""
_SIZES: Final = {128, 192, 256, 384, 512, 1024}
"""Lengths in bytes of RSA values of the usual keys."""


# --- references


def reference_fault(info: SignedInfo, pointed: Pointed, allowance: Allowance) -> Cause | None:
    """Return what the signer digested for a reference that does not hold; None when no guess is right.

    The bytes as they are written are left to `written_fault`, since a document read in another encoding has those too.
    """
    if not pointed.judged:
        return None
    right = info.canonical(pointed)
    if _by_another_algorithm(pointed, right):
        return Cause.ANOTHER_ALGORITHM
    if _as_hexadecimal(pointed, right):
        return Cause.DIGEST_ENCODING
    guesses = _of_document(info, pointed) if pointed.target is None else _of_part(info, pointed.target)
    cost = weight(info.document.data if pointed.target is None else right)
    for cause, data in allowance.metered(guesses, cost):
        if info.matches(pointed, data):
            return cause
    return None


def written_fault(info: SignedInfo, pointed: Pointed, allowance: Allowance) -> Cause | None:
    """Return the cause if the bytes of the file were digested in place of their canonical form, else None."""
    if not pointed.judged:
        return None
    guesses = _raw_document(info) if pointed.target is None else _as_written(info, pointed.target)
    tries = allowance.metered(guesses, len(info.document.data))
    return Cause.RAW_BYTES_DIGESTED if any(info.matches(pointed, data) for data in tries) else None


def declared_elsewhere(info: SignedInfo, pointed: Pointed) -> Cause | None:
    """Return the cause if a part was digested under other namespace declarations than those in scope: a long search."""
    if pointed.problem is not None or pointed.target is None:
        return None
    canonical = info.canonical(pointed).decode()
    return Cause.DETACHED_DIGEST if any(info.matches(pointed, data) for data in other_apexes(canonical)) else None


def _by_another_algorithm(pointed: Pointed, data: bytes) -> bool:
    value = decoded(pointed.digest_value)
    return value is not None and any(name != pointed.hash and digest(name, data) == value for name in DIGESTS.values())


def _as_hexadecimal(pointed: Pointed, data: bytes) -> bool:
    if pointed.hash is None:
        return False
    text = digest(pointed.hash, data).hex()
    return text in (pointed.digest_value.lower(), (decoded(pointed.digest_value) or b"").decode("latin-1").lower())


def _of_part(info: SignedInfo, target: _Element) -> Iterator[tuple[Cause, bytes]]:
    document = info.document
    for method in _EXCLUSIVE:
        yield Cause.DETACHED_DIGEST, document.subtree(target, method)
    for method in _COMMENTS:
        yield Cause.WRONG_CANONICALIZATION, document.subtree(target, method)
    yield Cause.WRONG_CANONICALIZATION, document.subtree(target)
    yield Cause.WRONG_CANONICALIZATION, document.subtree(target, inherit_id=False)


def _of_document(info: SignedInfo, pointed: Pointed) -> Iterator[tuple[Cause, bytes]]:
    document, signature = info.document, info.signature
    for method in (*_EXCLUSIVE, INCLUSIVE, *(_COMMENTS if b"<!--" in document.data else ())):
        yield Cause.WRONG_CANONICALIZATION, document.without(signature, method)
    for above in signature.iterancestors():
        if above.getparent() is not None:
            yield Cause.EXTENSION_ADDED_LATER, document.without(above)
    for data in _with_signature(info):
        yield Cause.SIGNATURE_DIGESTED, data


def _with_signature(info: SignedInfo) -> Iterator[bytes]:
    """Yield the document with the signature as it may have been while digesting: without value, digests, or more."""
    signature, pointed = info.signature, info.reference_to(Part.DOCUMENT)
    emptied = [signature.find("ds:SignatureValue", NS)]
    emptied += [] if pointed is None else [pointed.element.find("ds:DigestValue", NS)]
    digests = list(signature.iterfind("ds:SignedInfo/ds:Reference/ds:DigestValue", NS))
    yield _emptied(info, [emptied[0]], [])
    yield _emptied(info, emptied, [])
    yield _emptied(info, [emptied[0], *digests], [])
    yield _emptied(info, emptied[1:], [emptied[0]])
    yield _emptied(info, digests, [emptied[0]])
    yield _emptied(info, [], [signature.find("ds:SignedInfo", NS), emptied[0]])
    yield _emptied(info, [], list(signature))


def _emptied(info: SignedInfo, texts: Sequence[_Element | None], children: Sequence[_Element | None]) -> bytes:
    """Canonicalise the document without some texts and children of the signature."""
    document, signature = info.document, info.signature
    gone = [child for child in children if child is not None]
    if len(gone) == len(signature):
        return document.cut([document.span(signature, inside=True)])
    spans = [document.span(element, inside=True) for element in texts if element is not None]
    return document.cut([*spans, *map(document.span, gone)])


def _raw_document(info: SignedInfo) -> Iterator[bytes]:
    """Yield the bytes of the file around the signature, with and without declaration and last line break."""
    data = info.document.data
    span = span_of(data, info.signature)
    if span is None:
        return
    around = data[: span[0]] + data[span[1] :]
    place = re.compile(rb"<((?:[^\s/>:]+:)?ExtensionContent)></\1>")
    for whole in (around, place.sub(rb"<\1/>", around), place.sub(rb"<\1 />", around)):
        for text in (whole, _DECLARATION.sub(b"", whole)):
            yield text
            yield text.strip()
            yield text.replace(b"\r\n", b"\n")
            yield text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _as_written(info: SignedInfo, element: _Element) -> Iterator[bytes]:
    """Yield an element's own bytes in the file, as written or with the namespaces that it needs."""
    data = info.document.data
    span = span_of(data, element)
    if span is not None:
        raw = data[span[0] : span[1]]
        yield raw
        yield _EMPTY_TAG.sub(rb"<\1\2/>", raw)
        yield _EMPTY_TAG.sub(rb"<\1\2 />", raw)
    serialized = etree.tostring(element, with_tail=False)
    yield serialized
    yield etree.tostring(element, encoding="utf-8", xml_declaration=True, with_tail=False)
    yield _EMPTY_TAG.sub(rb"<\1\2/>", serialized)


def span_of(data: bytes, element: _Element) -> tuple[int, int] | None:
    """Return where the bytes of an element are: the first of its name, as others are in documents carried as text."""
    name = re.escape(f"{element.prefix}:" if element.prefix else "") + re.escape(etree.QName(element).localname)
    found = re.search(rf"<{name}[\s>].*?</{name}\s*>".encode(), data, re.DOTALL)
    return found.span() if found else None


# --- the value


@dataclass(frozen=True, slots=True)
class Recovered:
    """The digest inside the value, by the certificate's key. ``name`` of the hash: None when the value lacks it."""

    name: str | None
    digest: bytes


class Value:
    """The signature value of one signature, taken apart with the certificate's key."""

    def __init__(self, info: SignedInfo) -> None:
        """Read the value; nothing is tried yet."""
        self.info = info
        self.bytes = info.value or b""
        self.keys = [key for key in map(public_rsa, info.certificates) if key is not None]
        self.recovered = self._recover(self.bytes)

    def _recover(self, value: bytes) -> Recovered | None:
        for key in self.keys:
            with suppress(InvalidSignature, UnsupportedAlgorithm, ValueError):
                data = key.recover_data_from_signature(value, PKCS1v15(), None)
                for name, prefix in _DIGEST_INFO.items():
                    if data.startswith(prefix):
                        return Recovered(name, data[len(prefix) :])
                return Recovered(None, data)
        return None

    def fault(self) -> Cause | None:
        """Return what was signed in place of SignedInfo, or how; None when no guess is right."""
        element = self.info.element
        if element is None or self.info.hash is None or not self.keys:
            return None
        method = self.info.signed_info_method() or INCLUSIVE
        right = self.info.document.subtree(element, method)
        if self.recovered is None:
            if self._padded_otherwise(right):
                return Cause.ANOTHER_ALGORITHM
            turned = self._recover(self.bytes[::-1])
            return Cause.VALUE_DAMAGED if turned is not None and self._is(turned, right) else None
        if self._is(self.recovered, right, any_name=True):
            return Cause.ANOTHER_ALGORITHM
        for name in _DIGEST_INFO:
            value = digest(name, right)
            forms = value, value.hex().encode(), b64encode(value)
            if any(self._is(self.recovered, data, any_name=True) for data in forms):
                return Cause.DIGEST_SIGNED
        for form in (*_EXCLUSIVE, INCLUSIVE):
            if self._is(self.recovered, self.info.document.subtree(element, form)):
                return Cause.SIGNED_INFO_DETACHED
        other = self.info.document.subtree(element, method, inherit_id=False)
        if other != right and self._is(self.recovered, other):
            return Cause.WRONG_CANONICALIZATION
        written = any(self._is(self.recovered, data) for data in _as_written(self.info, element))
        return Cause.SIGNED_INFO_NOT_CANONICAL if written else None

    def rest(self) -> Cause | None:
        """Return what is left when no guess was right: another SignedInfo, another key, or a damaged value."""
        element, recovered = self.info.element, self.recovered
        if element is None or self.info.hash is None or not self.keys:
            return None
        if recovered is not None:
            canonical = self.info.document.subtree(element, self.info.signed_info_method() or INCLUSIVE).decode()
            detached = any(self._is(recovered, data) for data in other_apexes(canonical))
            return Cause.SIGNED_INFO_DETACHED if detached else Cause.SIGNED_INFO_CHANGED
        length = len(self.bytes)
        if length not in {key.key_size // 8 for key in self.keys} and length not in _SIZES:
            return Cause.VALUE_DAMAGED
        return Cause.OTHER_KEY

    def _is(self, recovered: Recovered, data: bytes, *, any_name: bool = False) -> bool:
        names = _DIGEST_INFO if any_name else (self.info.hash or "",)
        return any(recovered.name in (name, None) and digest(name, data) == recovered.digest for name in names)

    def _padded_otherwise(self, data: bytes) -> bool:
        for key in self.keys:
            for algorithm in HASHES:
                with suppress(InvalidSignature, UnsupportedAlgorithm, ValueError):
                    key.verify(self.bytes, data, PSS(MGF1(algorithm), PSS.AUTO), algorithm)
                    return True
        return False
