"""Whether a document satisfies the schema, fast; and when it does not, why.

The verdict is libxml2's, on XSDs generated from the vocabulary (``schemas/xsd``) and equal to that of OASIS' own for
everything but the content of extensions. There UBL accepts any element; ``validate_extension`` looks into those
of DIAN and of signatures, softly: what real documents carry and DIAN accepts is never called a reason for rejection.

DIAN's code for a document that its schema refuses is ZB01. Everything loads on first use.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from .. import _xmlsafe
from ..errors import UnsupportedDocument
from ..faults import Fault, Severity
from . import vocabulary
from .vocabulary import ROOTS
from .xpaths import Whereabouts

if TYPE_CHECKING:
    from lxml.etree import _Element

    from ..families.spec import DocumentKind

CODE = "ZB01"
ADVICE = "extension_schema"
"""Code of what DIAN's own schema demands of ``sts:DianExtensions`` and DIAN itself does not."""
SOURCE = "xsd"
MAX_FAULTS = 100
"""Most findings reported on one document: a mistake in every line is clear from the first hundred."""

_WIDE = etree.XPath("boolean(descendant::*[1001]) and boolean(descendant-or-self::*[count(*) > 1000])")
"""Whether an element has so many children that only the errors to be reported may be looked at."""
_EXTENSIONS = "extensions.xsd"
_STAND_IN = "{urn:dian-fe:stand-in}Signature"

_idle: dict[str, deque[etree.XMLSchema]] = {}
"""Compiled schemas that nobody is using, by file: one object keeps the log of its last run, so none is shared."""


class Complaint(NamedTuple):
    """An error of libxml2: its number, path of the node (as ``xmlGetNodePath`` writes it), text in English."""

    type: int
    path: str
    text: str


def is_valid(element: _Element) -> bool:
    """True if a document (its root element) is valid by the XSD of its kind; an unknown root is not."""
    root = _root_name(element)
    return root is not None and _complaints(root, element) is None


def validate(data: bytes | _Element, kind: str | None = None) -> list[Fault]:
    """Return what the schema refuses in a document; an empty list when it is valid.

    ``data`` are the bytes of a document or its root element. ``kind``, when given, is the root that it must have
    (``Invoice``, ``CreditNote``, ``DebitNote``, ``ApplicationResponse``, ``AttachedDocument``); without it the
    document's own root decides. Each fault has code ZB01, the XPath of the faulty place, what was expected and found,
    and what to do, in Spanish; at most ``MAX_FAULTS`` of them. Bytes that are not XML, and other types, raise what
    ``_xmlsafe.parse`` does.
    """
    element = data if isinstance(data, etree._Element) else _xmlsafe.parse(data)
    root = _root_name(element)
    if root is None or (kind is not None and kind != root):
        return [_wrong_root(element, {name: vocabulary.namespace_of(name) for name in ((kind,) if kind else ROOTS)})]
    complaints = _complaints(root, element)
    return [] if complaints is None else _explained(element, complaints, _file(root))


def validate_as(element: _Element, kind: DocumentKind) -> list[Fault] | None:
    """Return what the schema of a kind refuses in a document of it; None when the kind has none.

    Faults are those of `validate`. A grammar with tables or an XSD of its own is judged by its own file.
    """
    from .grammar import grammar_of, namespace_of

    grammar = grammar_of(kind)
    if grammar.schema is None:
        return None
    if grammar.schema == vocabulary.UBL:
        return validate(element)
    namespace = namespace_of(kind)
    wanted = f"{{{namespace}}}{kind.root}"
    if element.tag != wanted:
        return [_wrong_root(element, {kind.root: namespace})]
    file = str(grammar.vocabulary.xsd(kind.root))
    complaints = _run(file, element)
    return [] if complaints is None else _explained(element, complaints, file, own=namespace)


def _explained(
    element: _Element,
    complaints: list[Complaint],
    file: str,
    code: str = CODE,
    severity: Severity = Severity.RECHAZO,
    **options: Any,
) -> list[Fault]:
    from .xsd_explain import explain  # it loads xmlschema

    return explain(element, complaints, file, code, severity, **options)


def validate_extension(element: _Element) -> list[Fault]:
    """Return what is wrong inside the extensions of a document, or inside one extension (its topmost element).

    A malformed ``ds:Signature`` (XML Signature 1.0 with XAdES 1.3.2) is refused by OASIS' schema too: RECHAZO. What
    ``sts:DianExtensions`` lacks or misplaces is advice, ``extension_schema``: DIAN accepts many that its published
    schema refuses, and what it does demand are rules with codes of their own. Other extensions are not judged.
    """
    told = {
        _clark("ds:Signature"): (CODE, Severity.RECHAZO),
        _clark("sts:DianExtensions"): (ADVICE, Severity.CONSEJO),
    }
    faults: list[Fault] = []
    where = Whereabouts()
    tops = [element] if element.tag in told else element.iterfind(f".//{_clark('ext:ExtensionContent')}/*")
    for top in tops:
        if (code_and_severity := told.get(str(top.tag))) is None:
            continue
        # A copy, because libxml2 registers the xs:ID attributes that it meets in the tree that it judges.
        complaints = _run(_EXTENSIONS, deepcopy(top))
        if complaints is not None:
            faults += _explained(top, complaints, _EXTENSIONS, *code_and_severity, where=where)
        if len(faults) >= MAX_FAULTS:
            break
    return faults[:MAX_FAULTS]


def fill_signature_place(root: _Element) -> None:
    """Put a stand-in into the empty ``ext:ExtensionContent`` that waits for the signature, changing the tree.

    UBL refuses an empty one, so an unsigned document can only be judged on all the rest with something in its place.
    """
    places = [place for place in root.iterfind("/".join(map(_clark, _PLACE))) if len(place) == 0]
    if places:
        etree.SubElement(places[-1], _STAND_IN)


_PLACE = ("ext:UBLExtensions", "ext:UBLExtension", "ext:ExtensionContent")


def schema_for(root_tag: str) -> etree.XMLSchema:
    """Return a compiled XSD of a document, complete, for use with lxml; ``root_tag`` is its local or Clark name.

    Each call compiles a new one (tens of milliseconds), to be kept by the caller and used by one thread at a time.
    Raises ``UnsupportedDocument`` for other roots.
    """
    name = etree.QName(root_tag)
    root = name.localname
    if root not in ROOTS or name.namespace not in (None, vocabulary.namespace_of(root)):
        raise UnsupportedDocument("No hay esquema para esa raíz.", found=root_tag, expected=", ".join(ROOTS))
    return _load(_file(root))


def _root_name(element: _Element) -> str | None:
    """Return the local name of a root that is one of ours in its own namespace; None for any other."""
    for root in ROOTS:
        if element.tag == f"{{{vocabulary.namespace_of(root)}}}{root}":
            return root
    return None


def _wrong_root(element: _Element, wanted: dict[str, str]) -> Fault:
    name = etree.QName(element)
    standard = " (UBL 2.1)" if wanted.keys() <= set(ROOTS) else ""
    hint = (
        f'Declare xmlns="{wanted[name.localname]}" en la raíz{standard}.'
        if name.localname in wanted
        else "Compruebe que es el archivo correcto: la raíz dice de qué documento se trata."
    )
    return Fault(
        code=CODE,
        severity=Severity.RECHAZO,
        message="La raíz del documento no es la que el esquema espera.",
        xpath=f"/{name.localname}",
        hint=hint,
        expected=" o ".join(f"{{{namespace}}}{root}" for root, namespace in wanted.items()),
        found=str(element.tag),
        source=SOURCE,
    )


def _file(root: str) -> str:
    return f"UBL-{root}-2.1.xsd"


def _complaints(root: str, element: _Element) -> list[Complaint] | None:
    """Judge a document by the quick schemas, which lack only optional elements; by the full ones if it has those."""
    complaints = _run(f"quick/{_file(root)}", element)
    if complaints is not None and next(element.iter(*_freight()), None) is not None:
        complaints = _run(_file(root), element)
    return complaints


def _run(file: str, element: _Element) -> list[Complaint] | None:
    idle = _idle.setdefault(file, deque())
    try:
        schema = idle.pop()
    except IndexError:
        schema = _load(file)
    judged = _xmlsafe.beginning(element, schema, MAX_FAULTS) if _WIDE(element) else None
    try:
        if schema.validate(element if judged is None else judged):
            return None
        log: Any = schema.error_log
        return [Complaint(entry.type, entry.path or "", entry.message) for entry in islice(log, MAX_FAULTS)]
    finally:
        idle.append(schema)


def path_of(file: str) -> Path:
    """Return where a schema lies: beside the library's own, unless its path is whole."""
    return vocabulary.schemas_folder() / "xsd" / file


def _load(file: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path_of(file))))


@cache
def _freight() -> tuple[str, ...]:
    """Return the elements that the quick set lacks, as Clark names."""
    types = {row[0] for row in vocabulary.rows("ubl21/freight.tsv")}
    return tuple(_clark(name) for name, type_name in vocabulary.elements().items() if type_name in types)


@cache
def _clark(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{vocabulary.namespaces()[prefix]}}}{local}"
