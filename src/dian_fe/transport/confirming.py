"""Confirmation: a received document compared with DIAN's own copy under the same key."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from lxml.etree import _Element

from .._arguments import checked
from .._labelled import Labelled
from .._viewed import Viewed
from .._xmlsafe import parse
from ..errors import TransportError, UnreadableDocument
from ..verifying.verified import Verified
from .answers import NOT_FOUND, DocumentXml
from .soap import elements, local_name

_MOST: Final = 100


class Confirmed(Labelled):
    """Result of comparing a received document with DIAN's copy."""

    SAME = "same", "Es el documento que la DIAN tiene con esta clave."
    """The same, byte for byte or as XML. It is the strongest proof there is."""
    DIFFERENT = "different", "La DIAN tiene otro documento con esta clave: el que llegó no es el que aceptó."
    """DIAN holds another document under this key: it did not accept the received one."""
    NOT_FOUND = "not_found", "La DIAN no tiene un documento con esta clave en este ambiente."
    """DIAN answered that it has no document under this key in this environment."""
    NOT_CONFIRMED = "not_confirmed", "Sin confirmar: la DIAN no respondió con un documento que se pueda comparar."
    """Unknown: DIAN did not answer, or not with a document that can be compared."""

    @property
    def meaning(self) -> str:
        """The meaning, in Spanish."""
        return self.label


@checked
@dataclass(frozen=True, slots=True)
class PartDiffers(Viewed):
    """One place where the documents differ."""

    xpath: str
    """XPath in DIAN's document, or in the received one for additions to it."""
    what: str
    """``element``, ``attributes`` or ``text``."""
    dian: str
    """DIAN's value."""
    found: str
    """The received value."""

    @property
    def in_signature(self) -> bool:
        """True if it is inside ds:Signature, not in the data."""
        return "ExtensionContent" in self.xpath and ":Signature" in self.xpath


@checked
@dataclass(frozen=True, slots=True)
class Confirmation(Viewed):
    """The comparison of a document with DIAN's copy. True only when both are the same."""

    outcome: Confirmed
    key: str
    identical: bool = False
    """True if not a byte differs; the same XML may be serialised differently."""
    differences: tuple[PartDiffers, ...] = ()
    """Where they differ, in document order; at most a hundred."""
    reason: str | None = None
    """Why it is not confirmed, in Spanish."""
    error: TransportError | None = field(default=None, repr=False)
    """The error of the exchange."""
    document: DocumentXml | None = field(default=None, repr=False)
    """DIAN's document."""

    def __bool__(self) -> bool:
        """True if DIAN has exactly this document."""
        return self.outcome is Confirmed.SAME

    @property
    def only_the_signature_differs(self) -> bool:
        """True if the data are the same and the signature is another."""
        return bool(self.differences) and all(each.in_signature for each in self.differences)


def compared(verified: Verified[Any], held: DocumentXml) -> Confirmation:
    """Return the comparison of a document with DIAN's copy."""
    key = verified.key
    if not held.found:
        if held.code == NOT_FOUND:
            return Confirmation(Confirmed.NOT_FOUND, key, reason=held.message or None, document=held)
        said = " ".join(filter(None, (held.code, held.message))) or "nada"
        return Confirmation(Confirmed.NOT_CONFIRMED, key, reason=f"la DIAN respondió: {said}", document=held)
    if held.xml == verified.received.raw:
        return Confirmation(Confirmed.SAME, key, identical=True, document=held)
    try:
        ours, theirs = (parse(data, tolerant=True) for data in (verified.received.raw, held.xml))
    except UnreadableDocument as error:
        return Confirmation(Confirmed.NOT_CONFIRMED, key, reason=str(error), document=held)
    if local_name(theirs) == "ApplicationResponse":
        reason = "la DIAN devolvió una respuesta en lugar del documento"
        return Confirmation(Confirmed.NOT_CONFIRMED, key, reason=reason, document=held)
    differences = tuple(_differences(ours, theirs))
    outcome = Confirmed.DIFFERENT if differences else Confirmed.SAME
    return Confirmation(outcome, key, differences=differences, document=held)


def _differences(ours: _Element, theirs: _Element) -> list[PartDiffers]:
    """Return where two trees differ; below different elements nothing is compared."""
    found: list[PartDiffers] = []
    pairs: list[tuple[_Element | None, _Element | None]] = [(ours, theirs)]
    while pairs and len(found) < _MOST:
        mine, dian = pairs.pop()
        if mine is None or dian is None or mine.tag != dian.tag:
            there = dian if dian is not None else mine
            found.append(PartDiffers(_path(there), "element", _tag(dian), _tag(mine)))
            continue
        if sorted(mine.items()) != sorted(dian.items()):
            found.append(PartDiffers(_path(dian), "attributes", str(sorted(dian.items())), str(sorted(mine.items()))))
        one, other = _texts(mine), _texts(dian)
        if len(one) != len(other):  # an element more or less: reported below
            one, other = ["".join(one)], ["".join(other)]
        if one != other:
            found.append(PartDiffers(_path(dian), "text", " ".join(other).strip(), " ".join(one).strip()))
        pairs.extend(reversed(list(zip_longest(elements(mine), elements(dian)))))
    return found


def _texts(element: _Element) -> list[str]:
    """Return the texts between the child elements; comments and instructions do not split them."""
    texts = [[element.text or ""]]
    for child in element:
        if isinstance(child.tag, str):
            texts.append([])
        texts[-1].append(child.tail or "")
    return ["".join(pieces) for pieces in texts]


def _path(element: _Element | None) -> str:
    return "" if element is None else str(element.getroottree().getpath(element))


def _tag(element: _Element | None) -> str:
    return "" if element is None else str(element.tag)
