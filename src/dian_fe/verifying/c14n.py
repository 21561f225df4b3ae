"""Canonical XML 1.0 of whole documents and of subtrees, as XMLDSig needs it when verifying."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from .._xmlsafe import parse
from ..signing.algorithms import EXCLUSIVE_C14N, INCLUSIVE_C14N

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML_ATTRIBUTE: Final = "{http://www.w3.org/XML/1998/namespace}"
_RELATIVE = re.compile(rb"""(\sxmlns(?::[^\s=]+)?\s*=\s*)(["'])([!#-%(-9;=?-~]+)\2""")
"""Only characters that text and attributes spell alike in C14N: what looks declared and is text stays text."""
_ALIAS: Final = b"urn:dian-fe:relative:"
_ASCII_INSIDE: Final = {"UTF-8", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"}
"""Encodings in which a byte below 128 is always that character, so that bytes may be searched."""

_METHODS: Final = {
    INCLUSIVE_C14N: (False, False),
    f"{INCLUSIVE_C14N}#WithComments": (False, True),
    EXCLUSIVE_C14N: (True, False),
    f"{EXCLUSIVE_C14N}WithComments": (True, True),
}


class CanonicalizationError(Exception):
    """libxml2 refuses to canonicalise this document."""


@dataclass(frozen=True, slots=True)
class Method:
    """A canonicalisation: ``prefixes`` is the InclusiveNamespaces list of the exclusive one."""

    exclusive: bool = False
    comments: bool = False
    prefixes: tuple[str, ...] = ()

    @classmethod
    def named(cls, uri: str | None, prefixes: Sequence[str] = ()) -> Method | None:
        """Give the method of an algorithm URI, or None when it is not Canonical XML 1.0."""
        found = _METHODS.get(uri or "")
        return None if found is None else cls(*found, tuple(prefixes))

    def without_comments(self) -> Method:
        """Give the method for a same-document reference, whose node-set never holds comments (XMLDSig 4.4.3.3)."""
        return Method(self.exclusive, False, self.prefixes)


INCLUSIVE: Final = Method()


class OwnedDocument:
    """A document parsed for verification only: it may be taken apart and put together again.

    libxml2 refuses relative namespace URIs (``xmlns="noova"``), which accepted documents have; they are replaced by
    absolute ones while canonicalising and put back in the result, which is the same since C14N sorts by prefix. The
    replacement names the document's own hash, which no document can hold: else whoever wrote it into a text could have
    any other text, tags too, digested in its place.
    """

    def __init__(self, data: bytes) -> None:
        """Parse; raises what ``_xmlsafe.parse`` does."""
        self.data = data
        self.root = parse(data, tolerant=True)
        self._alias: bytes | None = None
        encoding = (self.root.getroottree().docinfo.encoding or "UTF-8").upper()
        if encoding in _ASCII_INSIDE and _RELATIVE.search(data) is not None:
            alias = self._alias = _ALIAS + hashlib.sha256(data).hexdigest().encode() + b":"
            self.root = parse(_RELATIVE.sub(lambda match: _aliased(match, alias), data), tolerant=True)

    def subtree(self, element: _Element, method: Method = INCLUSIVE) -> bytes:
        """Canonicalise an element in place: inclusive C14N takes namespaces and xml: attributes of its ancestors."""
        inherited = {} if method.exclusive else _inherited_attributes(element)
        for name, value in inherited.items():
            element.set(name, value)
        try:
            return self._canonical(element, method)
        finally:
            for name in inherited:
                del element.attrib[name]

    def without(self, element: _Element, method: Method = INCLUSIVE) -> bytes:
        """Canonicalise the whole document as the enveloped transform leaves it: without ``element``."""
        with _detached(element):
            return self._canonical(self.root.getroottree(), method)

    def relative_namespace(self) -> tuple[_Element, str] | None:
        """Give the first element in whose scope a relative namespace URI is declared, and that URI."""
        if self._alias is None:
            return None
        alias = self._alias.decode()
        for element in self.root.iter("*"):
            for uri in element.nsmap.values():
                if uri.startswith(alias):
                    return element, bytes.fromhex(uri.removeprefix(alias)).decode()
        return None

    def whole(self, method: Method = INCLUSIVE) -> bytes:
        """Canonicalise the document as it is."""
        return self._canonical(self.root.getroottree(), method)

    def _canonical(self, node: _Element | etree._ElementTree, method: Method) -> bytes:
        try:
            text: bytes = etree.tostring(
                node,
                method="c14n",
                exclusive=method.exclusive,
                with_comments=method.comments,
                inclusive_ns_prefixes=list(method.prefixes) or None,
            )
        except (etree.C14NError, ValueError) as error:
            raise CanonicalizationError(str(error)) from None
        if self._alias is None:
            return text
        return re.sub(self._alias + b"([0-9a-f]+)", lambda match: bytes.fromhex(match[1].decode()), text)


def _aliased(match: re.Match[bytes], alias: bytes) -> bytes:
    return match[1] + match[2] + alias + match[3].hex().encode() + match[2]


def _inherited_attributes(element: _Element) -> dict[str, str]:
    inherited: dict[str, str] = {}
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if str(name).startswith(_XML_ATTRIBUTE) and name not in element.attrib:
                inherited.setdefault(str(name), str(value))
    return inherited


@contextmanager
def _detached(element: _Element) -> Iterator[None]:
    """Take an element out of its document, leaving the text after it, and put it back."""
    parent = element.getparent()
    if parent is None:
        raise CanonicalizationError("the signature is the document's root")
    index, tail, before = parent.index(element), element.tail, element.getprevious()
    element.tail = None
    kept = parent.text if before is None else before.tail
    joined = (kept or "") + (tail or "") or None
    parent.remove(element)
    _set_text(parent, before, joined)
    try:
        yield
    finally:
        _set_text(parent, before, kept)
        parent.insert(index, element)
        element.tail = tail


def _set_text(parent: _Element, before: _Element | None, text: str | None) -> None:
    if before is None:
        parent.text = text
    else:
        before.tail = text
