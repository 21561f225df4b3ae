"""Why a signature fails. A cause is told only when it is proven: with the fault undone, the digests are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .c14n import CanonicalizationError, Method, OwnedDocument
from .references import SignedInfo
from .verdicts import Cause, Part

if TYPE_CHECKING:
    from lxml.etree import _Element

Locate = Callable[[OwnedDocument], SignedInfo]
"""Finds the signature in a changed copy of the document."""

EXPLANATIONS: Final = {
    Cause.DOUBLE_ESCAPED_AMPERSAND: "al incluir el documento en otro se escapó dos veces el «&» (&amp;amp;): con "
    "&amp; la firma es válida.",
    Cause.INDENTED_AFTER_SIGNING: "se añadieron espacios o saltos de línea entre las etiquetas después de firmar: "
    "use el archivo original.",
    Cause.EXTENSION_ADDED_LATER: "el firmador resumió el documento antes de añadir la extensión que lleva la firma.",
    Cause.DETACHED_DIGEST: "el firmador resumió nodos sueltos, sin los espacios de nombres que heredan de la raíz: "
    "debe insertar la firma antes de calcular los resúmenes.",
    Cause.SEVERAL_SIGNATURES: "deje una sola firma, o pida el documento original.",
}
_DETACHED: Final = (Method(exclusive=True), Method(exclusive=True, prefixes=("ds", "xades")))
"""What detached nodes give: declarations where they are first used, or those of ds and xades on the first tag."""


def cause_of(info: SignedInfo, locate: Locate) -> Cause | None:
    """Find the cause of the failing references; None when nothing is proven."""
    failing = [pointed.part for pointed in info.pointed if not info.judge(pointed).valid]
    if not failing:
        return None
    try:
        if _holds_unescaped(info, locate):
            return Cause.DOUBLE_ESCAPED_AMPERSAND
        if _holds_without_blanks(info, locate):
            return Cause.INDENTED_AFTER_SIGNING
        if Part.DOCUMENT in failing and _holds_without_extension(info):
            return Cause.EXTENSION_ADDED_LATER
        if any(part in failing and _holds_detached(info, part) for part in (Part.KEY_INFO, Part.SIGNED_PROPERTIES)):
            return Cause.DETACHED_DIGEST
    except CanonicalizationError:
        return None
    return None


def _holds_unescaped(info: SignedInfo, locate: Locate) -> bool:
    data = info.document.data
    if b"&amp;amp;" not in data:
        return False
    return _all_hold(locate(OwnedDocument(data.replace(b"&amp;amp;", b"&amp;"))))


def _holds_without_blanks(info: SignedInfo, locate: Locate) -> bool:
    copy = OwnedDocument(info.document.data)
    for element in copy.root.iter():
        _strip_blanks(element)
    return _all_hold(locate(copy))


def _strip_blanks(element: _Element) -> None:
    if len(element) and not (element.text or "").strip():
        element.text = None
    for child in element:
        if not (child.tail or "").strip():
            child.tail = None


def _all_hold(info: SignedInfo) -> bool:
    return all(info.judge(pointed).valid for pointed in info.pointed)


def _holds_without_extension(info: SignedInfo) -> bool:
    content = info.signature.getparent()
    extension = None if content is None else content.getparent()
    pointed = info.reference_to(Part.DOCUMENT)
    if pointed is None or pointed.problem or extension is None or extension.getparent() is None:
        return False
    return info.matches(pointed, info.document.without(extension, pointed.method.without_comments()))


def _holds_detached(info: SignedInfo, part: Part) -> bool:
    pointed = info.reference_to(part)
    if pointed is None or pointed.problem or pointed.target is None:
        return False
    target = pointed.target
    return any(info.matches(pointed, info.document.subtree(target, method)) for method in _DETACHED)
