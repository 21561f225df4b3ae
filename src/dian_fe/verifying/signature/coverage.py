"""What a valid signature does not cover: its own unreferenced content, and texts that parsers read differently.

The enveloped transform takes the whole ``ds:Signature`` out of what is digested. So anybody can change content in it
that no reference covers, while the signature stays valid; even a forged document fits there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from ...faults import Fault
from ...signing.algorithms import DS, XADES
from ..verdicts import fault
from .references import NS, SignedInfo

_OBJECT: Final = f"{{{DS}}}Object"
_QUALIFYING: Final = f"{{{XADES}}}QualifyingProperties"
_UNSIGNED: Final = f"{{{XADES}}}UnsignedProperties"
_OF_SIGNATURES: Final = frozenset({DS, XADES, "http://uri.etsi.org/01903/v1.4.1#"})


def unsigned_content(info: SignedInfo) -> Iterator[Fault]:
    """Yield content of a signature beyond its own parts that no reference covers.

    Unsigned parts that are normal in signatures are exempt: a key without a reference, time stamps and
    countersignatures (XAdES, ETSI TS 101 903, section 7).
    """
    odd = next(_uncovered(info), None)
    if odd is not None:
        xpath, found = info.document.root.getroottree().getpath(odd), str(etree.QName(odd).localname)
        expected = "ds:SignedInfo, ds:SignatureValue, ds:KeyInfo y un ds:Object con xades:QualifyingProperties"
        yield fault("unsigned_content", xpath=xpath, found=found, expected=expected)
    qualifying = info.signature.find("ds:Object/xades:QualifyingProperties", NS)
    target = None if qualifying is None else qualifying.get("Target")
    own = info.signature.get("Id")
    if target and target != f"#{own}":
        xpath = "//ds:Signature/ds:Object/xades:QualifyingProperties/@Target"
        expected = f"#{own}" if own else "el Id de ds:Signature"
        yield fault("qualifying_target", xpath=xpath, found=target, expected=expected)


def _uncovered(info: SignedInfo) -> Iterator[_Element]:
    covered = {id(pointed.target) for pointed in info.pointed if pointed.target is not None and not pointed.problem}
    for child in info.signature.iterchildren("*"):
        if child is info.element or id(child) in covered:
            continue
        if child.tag != _OBJECT:
            yield from _foreign(child)
            continue
        if _has_text(child):
            yield child
        for part in child.iterchildren("*"):
            if part.tag == _QUALIFYING and not _has_text(part):
                yield from _uncovered_properties(part, covered, info)
            elif id(part) not in covered:
                yield part


def _uncovered_properties(qualifying: _Element, covered: set[int], info: SignedInfo) -> Iterator[_Element]:
    for properties in qualifying.iterchildren("*"):
        if properties.tag == _UNSIGNED:
            yield from _foreign(properties)
        elif id(properties) not in covered and properties is not info.properties:
            yield properties


def _foreign(element: _Element) -> Iterator[_Element]:
    """Return the elements in another one that signatures are not made of."""
    return (below for below in element.iter("*") if etree.QName(below).namespace not in _OF_SIGNATURES)


def hidden_text(root: _Element) -> Iterator[Fault]:
    """Yield comments and processing instructions in the middle of a text.

    No digest covers a comment, and at either some readers end the text.
    """
    seen: set[_Element] = set()
    for odd in root.iter(etree.Comment, etree.ProcessingInstruction):
        parent = odd.getparent()
        if parent is None or parent in seen:
            continue
        seen.add(parent)
        if _has_text(parent):
            yield fault("comment_in_text", xpath=root.getroottree().getpath(parent))
            return


def _has_text(element: _Element) -> bool:
    return any(piece and piece.strip() for piece in (element.text, *(child.tail for child in element)))
