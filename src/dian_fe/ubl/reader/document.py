"""`read_document`: from a document's XML to its model, tolerating what other software writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from lxml import etree
from pydantic import BaseModel, ValidationError

from ... import _xmlsafe
from ..._collector import paused
from ..._text import fold
from ...catalogs import DocumentType
from ...errors import UnreadableDocument, UnsupportedDocument
from ...families.registry import find_type, kinds, kinds_of_root
from ...families.spec import DocumentKind
from ...models._dates import BOGOTA
from ...models._fast import validated
from ...models._missing import AS_READ, Trail, stand_in, take_out, trails_in
from ..codecs import DATE_OF, DAY, TIME_OF, lenient_time, time_of_day
from ..control import Control
from ..grammar import grammar_of, namespace_of
from ..namespaces import NAMESPACES, UBL
from ..received import Received
from .elements import OF_SCHEMA, Reader, leniently
from .extensions import read_extensions
from .making import reader
from .warnings import State

__all__ = ["Received", "read_document", "read_element"]

_EXTENSIONS = f"{{{NAMESPACES['ext']}}}UBLExtensions"
_SIGNATURE = f"{{{NAMESPACES['ds']}}}Signature"
_COMMENTED: Any = etree.XPath("descendant-or-self::*[not(*)][comment() or processing-instruction()]")
_TEXT = etree.XPath("string()")
_TRIES = 100


def read_document(data: bytes) -> Received[Any]:
    """Read the XML of one document, without those that it carries; ``containers.read`` reads these too.

    Raises ``MalformedXml``, ``UnsafeXml``, ``UnsupportedDocument`` (another family or version, named) or
    ``UnreadableDocument`` (it lacks what makes it a document at all, named). Anything less is reported in ``problems``.
    """
    return read_element(_xmlsafe.parse(data), data)


def read_element(root: Any, raw: bytes) -> Received[Any]:
    """Read a document already parsed; see `read_document`."""
    with paused():
        return _read(root, raw)


def _read(root: Any, raw: bytes) -> Received[Any]:
    state = State()
    state.attributed.add(root)
    _join_texts(root, state)
    kind = kind_of_root(root)
    read = reader(kind)
    if not read.own:
        constant = grammar_of(kind).namespaces.attributes
        for attribute in root.attrib:
            if not attribute.startswith(OF_SCHEMA) and attribute not in constant:
                state.unmapped.add(root, attribute)
    values = read.read(root, state)
    loose = state.loose.copy()  # without those in extensions, where each vendor has its own
    values |= read_extensions(root, kind, state)
    _tell_loose(root, loose, state)
    _join_moment(root, kind, values, state)
    document = _model(root, kind, values, state)
    control = _control(root, state)
    _place(values, state)
    _compare(root, document, values, state)
    return Received(
        document=document,
        kind=kind,
        control=control,
        raw=raw,
        problems=(*state.problems, *state.uncounted(root)),
        unmapped=tuple(state.where.of(element, name) for element, name in state.unmapped if element.tag != _EXTENSIONS),
        signed=next(root.iter(_SIGNATURE), None) is not None,
    )


def _join_texts(root: Any, state: State) -> None:
    """Remove comments and processing instructions: a text continues after them, as digests and XPath see it."""
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is None:
        return
    before = [(element, element.text or "") for element in _COMMENTED(root)]
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for element, text in before:
        whole = str(_TEXT(element))  # lxml's own text of many pieces takes quadratic time
        if whole[len(text) :].strip():
            element.text = whole
            state.tell(element, "hay un comentario o una instrucción en medio del dato; se leyó completo.", whole)


def kind_of_root(root: Any) -> DocumentKind:
    """Return the kind of a document by its root element; raise ``UnsupportedDocument`` when no family reads it."""
    name = etree.QName(root)
    same_root = kinds_of_root(name.localname)
    code = _type_code(root)
    for each in same_root:
        if _recognised(each, root, code) and namespace_of(each) == name.namespace:
            return each
    for each in sorted(same_root, key=lambda each: not each.otherwise):
        if namespace_of(each) == name.namespace:
            return _taken_for(root, each)
    what = "de una familia que no se conoce"
    if same_root:
        older = ", anterior a UBL 2.1" if grammar_of(same_root[0]).namespaces is UBL else ""
        what = f"un {name.localname} de otra versión (espacio de nombres {name.namespace}){older}"
    raise UnsupportedDocument.of(
        "ubl.unknown_root", found=root.tag, expected=", ".join(dict.fromkeys(each.root for each in kinds())), what=what
    )


def _recognised(kind: DocumentKind, root: Any, code: str) -> bool:
    """True if a root says that its document is of the kind; nothing of a kind is loaded to compare type codes."""
    if kind.recognise is not None:
        return bool(kind.facet(kind.recognise)(root))
    if kind.otherwise or code in kind.type_codes:
        return not kind.otherwise
    if code not in kind.shared_types:
        return False
    return fold(_text_of(_first(root, "ProfileID"))) in map(fold, (kind.profile, *kind.profiles.values()))


def _type_code(root: Any) -> str:
    """Return the type code of a document; DIAN's own example of note 95 names the element as an invoice does."""
    return _text_of(next(root.iterchildren(*_TYPE_CODES), None))


_TYPE_CODES = tuple(f"{{{NAMESPACES['cbc']}}}{name}" for name in ("InvoiceTypeCode", "CreditNoteTypeCode"))


def _taken_for(root: Any, kind: DocumentKind) -> DocumentKind:
    """Return the kind that a document of unknown type is taken for, by its key; refuse what is of another family."""
    element = grammar_of(kind).words.get("type_code")
    if element is None:
        return kind
    uuid = _first(root, "UUID")
    code = _text_of(_first(root, element))
    scheme = "" if uuid is None else (uuid.get("schemeName") or "")
    if code in kind.type_codes and scheme == kind.key_scheme:
        return kind
    other = next((member for member in DocumentType if member.value == code), None)
    if other is None or other.value in _types_of(kind):
        peers = [member for member in DocumentType if (member.root_element, member.id_scheme) == (kind.root, scheme)]
        of_key = None if not peers or any(member.value in _types_of(kind) for member in peers) else peers[0]
        if other is not None and of_key is not None and find_type(of_key.value) is not None:
            raise UnsupportedDocument.of(
                "ubl.type_against_key",
                label=other.label,
                label_of_key=of_key.label,
                element=element,
                code=code,
                scheme=scheme,
                scheme_of_code=other.id_scheme,
                code_of_key=of_key.value,
                scheme_of_key=of_key.id_scheme,
            )
        other = of_key
    known = None if other is None or other.value == code else find_type(other.value)
    if known is not None:
        return known
    if other is not None:
        raise UnsupportedDocument.of(
            "ubl.another_family",
            expected=", ".join(each.label.lower() for each in kind.family.kinds),
            label=other.label,
            code=code or "sin código",
            element=element,
            written=code,
            scheme=scheme or "sin esquema",
            family=kind.family.title.lower(),
        )
    return kind


def _types_of(kind: DocumentKind) -> frozenset[str]:
    """Return the type codes of every kind of a kind's family."""
    return frozenset(code for each in kind.family.kinds for code in each.type_codes)


def _text_of(element: Any) -> str:
    """Return the text of an element, empty when there is none."""
    return "" if element is None else (element.text or "").strip()


def _first(root: Any, name: str) -> Any:
    """Return the first cbc child of that name, or None."""
    return next(root.iterchildren(f"{{{NAMESPACES['cbc']}}}{name}"), None)


def _tell_loose(root: Any, loose: list[Any], state: State) -> None:
    """Report texts and attributes where a document has only elements: no field keeps them."""
    if not loose:
        return
    marked = set(loose)
    unmapped = {element for element, attribute in state.unmapped if attribute is None}
    for element in root.iter("*"):
        if element not in marked or not unmapped.isdisjoint((element, *element.iterancestors())):
            continue
        if element not in state.attributed:
            for name in element.attrib:
                state.unmapped.add(element, str(name))
        texts = (element.text, *(child.tail for child in element))
        said = " ".join(text.strip() for text in texts if text and text.strip())
        if said:
            state.tell(element, "hay texto entre los elementos; no se leyó como dato.", said)


_ISSUED = "issued_at"


def _join_moment(root: Any, kind: DocumentKind, values: dict[str, Any], state: State) -> None:
    """Join cbc:IssueDate and cbc:IssueTime: a day without its time is kept, a time without its day is dropped."""
    names = [f"{_ISSUED}:{codec.name}" for codec in (DATE_OF, TIME_OF)]
    _, _, places, of_root = state.structures[0]
    day, hour = (values.pop(name, None) for name in names)
    element, hour_element = (places.get(name) for name in names)
    the_day = None if day is None else _day(day, element, values, state)
    if the_day is None:
        if _ISSUED in _demanded(kind.model_class):
            state.absent.append((values, of_root, (_ISSUED,)))
            if element is None:
                state.lack(root, f"no indica «{_ISSUED}»", owner=values, name=_ISSUED)
        return
    moment = time(0, tzinfo=BOGOTA)
    if hour is None:
        place = element if hour_element is None else hour_element
        state.tell(place, "no indica la hora de emisión; se toma 00:00:00.", owner=values, name=_ISSUED)
    else:
        moment = _hour(hour, hour_element, values, state)
    values[_ISSUED] = datetime.combine(the_day, moment)


def _day(text: str, element: Any, values: dict[str, Any], state: State) -> date | None:
    assert DAY.decode is not None
    try:
        found: date | None = DAY.decode(text)
    except ValueError:
        found = leniently(DAY, text)
        reason = "la fecha no es AAAA-MM-DD"
        if found is None:
            state.lack(element, reason, text, owner=values, name=_ISSUED)
        else:
            state.understand(element, reason, str(found), text, owner=values, name=_ISSUED)
    return found


def _hour(text: str, element: Any, values: dict[str, Any], state: State) -> time:
    """Read a time with its zone; oddities are reported."""

    def tell(message: str) -> None:
        state.tell(element, message, text, owner=values, name=_ISSUED)

    try:
        moment = time_of_day(text)
    except ValueError:
        try:
            moment = lenient_time(text)
        except ValueError:
            tell("la hora no es HH:MM:SS-05:00; se toma 00:00:00.")
            return time(0, tzinfo=BOGOTA)
        reason = "la hora no es HH:MM:SS-05:00"
        state.understand(element, reason, moment.isoformat(), text, owner=values, name=_ISSUED)
    if moment.tzinfo is None:
        tell("la hora no indica su zona; se toma la de Colombia.")
        return moment.replace(tzinfo=BOGOTA)
    if moment.utcoffset() != BOGOTA.utcoffset(None):
        tell("la hora está en otra zona; se pasa a la de Colombia.")
    return moment


def _model(root: Any, kind: DocumentKind, values: dict[str, Any], state: State) -> Any:
    """Make the model without the values that it cannot take; placeholders replace what the XML lacks."""
    demanded = _demanded(kind.model_class)
    if demanded and not demanded & values.keys():
        raise UnreadableDocument.of(
            "ubl.no_document", root=root.tag.rpartition("}")[2], demanded=", ".join(sorted(demanded))
        )
    for _ in range(_TRIES):
        for owner, of_owner, names in state.absent:
            for name in names:
                owner[name] = stand_in(of_owner.model, name)
        try:
            document = validated(kind.model_class, values, AS_READ)
        except ValidationError as error:
            details = error.errors(include_url=False)
        else:
            return _without(document, values, state)
        structures = {id(owner): (element, places, of_it) for owner, element, places, of_it in state.structures}
        doomed = [
            _doomed(root, values, detail, state, structures) for detail in details if "_exact" not in detail["loc"]
        ]
        if not _remove([place for place in doomed if place is not None], state, structures):
            break
    raise UnreadableDocument.of(
        "ubl.unreadable_data",
        found=", ".join(sorted({".".join(str(part) for part in detail["loc"][:3]) for detail in details})),
    )


@cache
def _demanded(model: type[Any]) -> frozenset[str]:
    """Return the fields without which a model is not made."""
    return frozenset(name for name, info in model.model_fields.items() if info.is_required())


_Structures = Mapping[int, tuple[Any, Mapping[str, Any], Reader]]
"""Element, elements of the fields, and reader of each structure, by the identity of its values."""


def _doomed(
    root: Any, values: dict[str, Any], detail: Any, state: State, structures: _Structures
) -> tuple[Any, Any] | None:
    """Return the container and key of what an error is about: the value, or its owner when that lacks something."""
    trail: list[tuple[Any, Any]] = []
    here: Any = values
    for part in detail["loc"]:
        if isinstance(here, tuple) and isinstance(part, int):  # of several codes only one may be wrong
            container, key = trail[-1]
            here = container[key] = list(here)
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            trail.append((here, part))
            here = here[part]
    if not trail:
        return None
    container, key = trail[-1]
    owner, name = next((place for place in reversed(trail) if isinstance(place[0], dict)), (values, ""))
    element = structures[id(here)][0] if id(here) in structures else root
    if id(owner) in structures:
        element = structures[id(owner)][1].get(name, element)
    missing = detail["type"] == "missing"
    what = f"le falta «{detail['loc'][-1]}»" if missing else detail["msg"].removeprefix("Value error, ")
    value = None if isinstance(here, (dict, list, BaseModel)) else str(here)
    state.lack(element, what, value, owner=owner, name=name)
    return container, key


def _remove(doomed: list[tuple[Any, Any]], state: State, structures: _Structures) -> bool:
    """Remove values, all of a list together, so that their neighbours keep their order; return False for none."""
    containers = {id(container): container for container, _ in doomed}
    keys: dict[int, set[Any]] = {}
    for container, key in doomed:
        keys.setdefault(id(container), set()).add(key)
    for identity, container in containers.items():
        gone = keys[identity]
        if isinstance(container, list):
            container[:] = [value for position, value in enumerate(container) if position not in gone]
        else:
            for key in gone:
                del container[key]
            if identity in structures:
                of_it = structures[identity][2]
                state.absent.append((container, of_it, tuple(sorted(gone & of_it.demanded))))
    return bool(doomed)


def _without(document: Any, values: dict[str, Any], state: State) -> Any:
    """Remove the placeholders of data that the XML lacks from the document."""
    if state.absent:
        lacking: dict[int, list[str]] = {}
        for owner, _, names in state.absent:
            lacking.setdefault(id(owner), []).extend(names)
        take_out(document, ((at, name) for owner, at in trails_in(values) for name in lacking.get(id(owner), ())))
        for owner, _, names in state.absent:
            for name in names:
                owner.pop(name, None)
    return document


def _place(values: dict[str, Any], state: State) -> None:
    """Write the model paths into the problems, now that everything is in its place."""
    if not state.unplaced:
        return
    wanted = {id(owner) for owner in state.owners}
    paths = {id(owner): _path(trail) for owner, trail in trails_in(values) if id(owner) in wanted}
    paths[id(state.control)] = "control."
    for problem, owner in zip(state.unplaced, state.owners, strict=True):
        path = paths.get(id(owner))
        problem.path = "" if path is None else f"{path}{problem.path}"


def _path(trail: Trail) -> str:
    """Return what stands before the names of a structure's fields in their paths."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in trail)
    return f"{path.removeprefix('.')}." if trail else ""


def _control(root: Any, state: State) -> Control:
    values = dict(state.control)
    for _ in range(len(values) + 1):
        try:
            return validated(Control, values)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                name = str(detail["loc"][0])
                value = str(values.pop(name, None))
                state.lack(root, f"«{name}» no se entiende", value, owner=state.control, name=name)
    return Control()


def _compare(root: Any, document: Any, values: dict[str, Any], state: State) -> None:
    """Report repeated data that differ, and amounts in another currency."""
    for owner, name, said, element, attribute in state.echoes:
        kept = owner.get(name)
        if kept is None:
            kept = getattr(document, name, None) if owner is values else None
        if kept is not None and kept != said:
            state.tell(element, f"no concuerda con lo dicho en otra parte: {kept}.", str(said), attribute)
    for currency, element in state.currencies.items():
        if currency != (stated := getattr(document, "currency", currency)):
            message = f"el valor está en una moneda distinta a la del documento ({stated})."
            state.tell(element, message, currency, "currencyID")
