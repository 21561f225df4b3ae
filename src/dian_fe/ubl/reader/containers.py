"""`read`: reads XML or ZIP as a tree of documents, including the contents of containers.

The content decides, never a file's name. At the top whatever cannot be read is raised; inside a container it stays as
an `OtherFile` with its reason, because the rest may still be of use.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from ... import _xmlsafe
from ...errors import DianFeError, MalformedXml, UnreadableDocument, UnsafeArchive, UnsafeXml
from ...families.spec import Standing
from ...models._missing import datum
from ..archive import Limits, is_zip, unpack
from ..control import Control
from ..namespaces import NAMESPACES
from ..received import ARCHIVE, Archive, OtherFile, Received
from ..xpaths import Whereabouts
from .document import read_element
from .warnings import Problem

MAX_DEPTH = 5
"""Most levels of containers inside each other: a ZIP, an AttachedDocument and its documents are three."""
_MAX_PARTS = 1000

_CBC, _CAC = NAMESPACES["cbc"], NAMESPACES["cac"]
_DESCRIPTION, _BINARY = f"{{{_CBC}}}Description", f"{{{_CBC}}}EmbeddedDocumentBinaryObject"
_EXTERNAL = f"{{{_CAC}}}ExternalReference"
_BLANKS = "\ufeff \t\r\n"
_DECLARED = re.compile(r"""(<\?xml\s[^>]*?)\s+encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_LONGEST_DECLARATION = 200  # searched no further: patterns with whitespace in them take quadratic time
_CODECS = {
    name: codecs.lookup(name)
    for name in [
        "us-ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "iso-8859-15",
        "windows-1252",
        "utf-16",
        "utf-16le",
        "utf-16be",
    ]
}
"""Encodings in which documents come. Python looks any other name up on disk, as that of a module."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_BARE = "el documento está dentro del contenedor sin CDATA ni escape: su firma puede no sobrevivir."
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes) -> Received[Any]:
    """Read the bytes of any XML or ZIP file.

    The result of an AttachedDocument or a ZIP has what is inside as ``parts``, to any depth up to
    ``MAX_DEPTH``. Byte order marks, leading whitespace, any declared encoding, CDATA, escaped or base64 content are
    understood; anything unexpected is reported in ``problems``.

    Raises ``MalformedXml``, ``UnsafeXml``, ``UnsupportedDocument`` (another family or version, named),
    ``UnreadableDocument`` (not a document, or a ZIP without any) or ``UnsafeArchive`` (damaged, or it unpacks to too
    much).
    """
    return _Reading().top(data)


class _Reading:
    """One reading: what it may still unpack."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.parts = 0

    def top(self, data: bytes) -> Received[Any]:
        if not isinstance(data, bytes) or not is_zip(data):
            return self.document(data, None, 1)
        archive = self.archive(data, None, 1)
        if not any(part.kind is not ARCHIVE for part in archive.walk()):
            raise _nothing_in(archive)
        return archive

    def document(self, data: bytes, name: str | None, depth: int) -> Received[Any]:
        """Read one XML and, when it is a container, what is inside."""
        tidied = _xmlsafe.tidy(data)
        root = _xmlsafe.parse(tidied.data, tags=self.counted(tidied.data) if depth > 1 else None)
        received = read_element(root, data)
        if name is None and not tidied.notes and received.kind.standing is not Standing.CONTAINER:
            return received
        problems = [Problem(root, note) for note in tidied.notes]
        parts: tuple[Received[Any] | OtherFile, ...] = ()
        if received.kind.standing is Standing.CONTAINER:
            if depth == 1:
                self.counted(tidied.data)
            parts = tuple(self.embedded(root, depth + 1))
            problems += _contradictions(root, parts)
        return replace(received, problems=(*problems, *received.problems), parts=parts, name=name)

    def counted(self, data: bytes) -> int:
        """Return the number of a document's tags; refuse those beyond the limit of all documents inside each other."""
        tags = _xmlsafe.tags_of(data)
        self.limits.tags -= tags
        if self.limits.tags < 0:
            raise UnsafeXml.of("ubl.too_many_tags", MAX_TAGS=2 * _xmlsafe.MAX_TAGS)
        return tags

    def archive(self, data: bytes, name: str | None, depth: int) -> Received[Archive]:
        """Read a ZIP and the files in it."""
        parts: list[Received[Any] | OtherFile] = []
        for inner_name, content in unpack(data, self.limits):
            clean = inner_name.encode("utf-8", "replace").decode().translate(_CONTROLS)
            if isinstance(content, UnsafeArchive):
                parts.append(OtherFile(clean, b"", "application/octet-stream", content))
            else:
                parts.append(self.part(content, clean, depth + 1))
        files = tuple(part.name for part in parts if part.name)
        return Received(Archive(files=files), ARCHIVE, Control(), data, parts=tuple(parts), name=name)

    def part(self, data: bytes, name: str | None, depth: int) -> Received[Any] | OtherFile:
        """Read what is inside a container, by its content; an unreadable part is kept with its reason."""
        media_type = _media_type(data, name)
        if media_type not in {"text/xml", "application/zip"}:
            return OtherFile(name, data, media_type)
        self.parts += 1
        try:
            if depth > MAX_DEPTH or self.parts > _MAX_PARTS:
                raise UnsafeXml.of(
                    "ubl.too_many_parts", depth=depth, parts=self.parts, MAX_DEPTH=MAX_DEPTH, MAX_PARTS=_MAX_PARTS
                )
            if media_type == "application/zip":
                return self.archive(data, name, depth)
            return self.document(data, name, depth)
        except UnsafeArchive as error:
            # A nested bomb counts too: the limits are those of the whole reading.
            if self.limits.total <= 0 or self.limits.files <= 0:
                raise
            return OtherFile(name, data, media_type, error)
        except UnreadableDocument as error:
            return OtherFile(name, data, media_type, error)

    def embedded(self, root: Any, depth: int) -> Iterator[Received[Any] | OtherFile]:
        """Yield the documents that a container carries as text, wherever they are."""
        for element in root.iter(_DESCRIPTION, _BINARY):
            for child in element.iterchildren("*"):
                bare: bytes = etree.tostring(child, encoding="utf-8", with_tail=False)
                yield _noted(self.part(bare, None, depth), _BARE)
            text = element.text or ""
            carried = _carried(text, binary=element.tag == _BINARY)
            if carried is not None:
                data, note = carried
                yield _noted(self.part(data, None, depth), note)
            elif text.strip() and element.getparent().tag == _EXTERNAL:
                error = MalformedXml.of("ubl.no_document_inside", found=repr(text.strip()[:40]))
                yield OtherFile(None, text.encode(), "application/octet-stream", error)


_CONTROLS = dict.fromkeys((*range(32), 127), "_")


def _media_type(data: bytes, name: str | None) -> str:
    if is_zip(data):
        return "application/zip"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "application/pdf"
    if start.startswith(b"<") or start.startswith(_UTF16) or (name or "").lower().endswith(".xml"):
        return "text/xml"
    return "application/octet-stream"


def _carried(text: str, *, binary: bool) -> tuple[bytes, str | None] | None:
    """Return the bytes of a document carried as text and what was odd about it; None when it is not a document."""
    stripped = text.strip(_BLANKS)
    if not binary and stripped.startswith("<"):
        return _encoded(text)
    if stripped.startswith("&lt;"):
        for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            text = text.replace(escape, character)
        return _encoded(text)[0], "el documento estaba escapado dos veces; se quitó un escape."
    packed = "".join(stripped.split())
    if not _BASE64.fullmatch(packed):
        return None
    try:
        data = b64decode(packed, validate=True)
    except ValueError:
        return None
    if binary:
        return data, None
    if _media_type(data, None) == "application/octet-stream":
        return None
    return data, "el documento viene en base64 y no como texto XML (anexo técnico 1.9, sección 6.4)."


def _encoded(text: str) -> tuple[bytes, str | None]:
    """Encode a document's text as its own declaration says, so that the bytes can be parsed again."""
    declared = _DECLARED.match(text.lstrip(_BLANKS)[:_LONGEST_DECLARATION])
    if declared is None or declared[2].lower() in {"utf-8", "utf8"}:
        return text.encode(), None
    codec = _CODECS.get(declared[2].lower())
    if codec is not None:
        with contextlib.suppress(UnicodeError):
            return codec.encode(text.lstrip(_BLANKS))[0], None
    data = _DECLARED.sub(r"\1", text, count=1).encode()
    return data, f"la codificación declarada ({declared[2]}) no es la del texto; se tomó UTF-8."


def _noted(part: Received[Any] | OtherFile, note: str | None) -> Received[Any] | OtherFile:
    if note is None or isinstance(part, OtherFile):
        return part
    element = part.problems[0].element if part.problems else _xmlsafe.parse(part.raw, tolerant=True)
    return replace(part, problems=(Problem(element.getroottree().getroot(), note), *part.problems))


def _contradictions(root: Any, parts: tuple[Received[Any] | OtherFile, ...]) -> Iterator[Problem]:
    """Yield contradictions between a container and its documents (real ones: ids of the answer, old hashes)."""
    documents = [part for part in parts if isinstance(part, Received)]
    whole = (part for part in documents if part.kind.standing is Standing.DOCUMENT)
    inner = next(whole, None) or next((part for part in documents if part.kind.standing is Standing.EVENT), None)
    if inner is None:
        if not any(part for part in documents if part.kind.standing not in {Standing.EVENT, Standing.ANSWER}):
            yield Problem(root, "el contenedor no trae un documento que se pueda leer.")
        return
    number, key = datum(inner.document, "number") or "", (inner.key or "").lower()
    where = Whereabouts()
    reference = "cac:ParentDocumentLineReference/cac:DocumentReference"
    for path, expected, what in (
        ("cbc:ParentDocumentID", number, "el número"),
        (f"{reference}/cbc:ID", number, "el número"),
        (f"{reference}/cbc:UUID", key, "la clave"),
    ):
        for element in root.iterfind(path, NAMESPACES):
            told = (element.text or "").strip()
            if told and told.lower() != expected.lower():
                yield Problem(element, f"no es {what} del documento contenido: {expected}.", told, where=where)
    for part in documents:
        spoken_of = getattr(part.document, "reference_key", None)
        if part is not inner and spoken_of is not None and spoken_of.lower() != key:
            yield Problem(root, "la respuesta contenida se refiere a otro documento.", spoken_of)


def _nothing_in(archive: Received[Archive]) -> DianFeError:
    """Return the error of a ZIP without documents: the reason of its only candidate, or those of all."""
    reasons = [(file.name, file.reason) for file in archive.files if file.reason is not None]
    if len(reasons) == 1:
        name, reason = reasons[0]
        return reason if reason.field else reason.at(name or "")
    told = "; ".join(f"{name}: {reason.message}" for name, reason in reasons[:10])
    return UnreadableDocument.of(
        "ubl.empty_archive", found=told or ", ".join(file.name or "" for file in archive.files[:10]) or "un ZIP vacío"
    )
