"""Canonical XML 1.0, inclusive and exclusive, of whole documents and of subtrees, as XMLDSig needs it when verifying.

The forms are written from the text of the file, which libxml2 has found well formed: trees forget what was declared
twice, and lxml's own form of a subtree is wrong under an inherited default namespace. The tree is only looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final

from lxml import etree
from lxml.etree import _Element

from ..._xmlsafe import parse, tidy
from ...signing.algorithms import EXCLUSIVE_C14N, INCLUSIVE_C14N

_XML: Final = "http://www.w3.org/XML/1998/namespace"
_TOKEN: Final = re.compile(
    r"<(?P<plain>/?[^\s/>!?]+)>"
    r"|<(?P<opened>[^\s/>!?]+)(?P<attributes>(?:\s+[^\s=/<>\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>"
    r"|<(?P<closed>/[^\s/>!?]+)\s+>"
    r"|<!--(?P<comment>.*?)-->"
    r"|<\?(?P<instruction>.*?)\?>"
    r"|<!\[CDATA\[(?P<section>.*?)\]\]>"
    r"|&(?!(?:amp|lt|gt);)(?P<reference>[^;]*);"
    r"|[<>]",
    re.ASCII | re.DOTALL,
)
"""Tokens of XML that is well formed and has no DOCTYPE. Other text is canonical as it stands."""
_ATTRIBUTE: Final = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.ASCII)
_TARGET: Final = re.compile(r"(\S+)\s*(.*)", re.ASCII | re.DOTALL)
_REFERENCE: Final = re.compile(r"&([^;]*);")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BLANKS: Final = str.maketrans("\t\n", "  ")
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_VALUE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CODECS: Final = {"UTF-8": "utf-8", "US-ASCII": "ascii", "ASCII": "ascii", "ISO-8859-1": "latin-1"}
"""Encodings that libxml2 and Python decode alike, with no table of their own; others libxml2 turns into UTF-8."""

_METHODS: Final = {
    INCLUSIVE_C14N: (False, False),
    f"{INCLUSIVE_C14N}#WithComments": (False, True),
    EXCLUSIVE_C14N: (True, False),
    f"{EXCLUSIVE_C14N}WithComments": (True, True),
}

Scope = Mapping[str, str]
"""Namespace URIs by prefix; the default one is that of the empty prefix."""
Span = tuple[int, int]


class CanonicalizationError(Exception):
    """The canonical form of this document is not known, so no digest of it can be right."""


@dataclass(frozen=True, slots=True)
class Method:
    """A canonicalisation: ``prefixes`` is the InclusiveNamespaces list of the exclusive one."""

    exclusive: bool = False
    comments: bool = False
    prefixes: tuple[str, ...] = ()

    @classmethod
    def named(cls, uri: str | None, prefixes: Sequence[str] = ()) -> Method | None:
        """Return the method of an algorithm URI, or None when it is not Canonical XML 1.0."""
        found = _METHODS.get(uri or "")
        return None if found is None else cls(*found, tuple(prefixes))

    def without_comments(self) -> Method:
        """Return the method for a same-document reference, whose node-set never holds comments (XMLDSig 4.4.3.3)."""
        return Method(self.exclusive, False, self.prefixes)


INCLUSIVE: Final = Method()


@dataclass(slots=True)
class _Form:
    """The inclusive canonical form of a whole document, and where its elements are, in document order."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sections: set[int] = field(default_factory=set)
    """Places of the elements that have CDATA sections among their children."""
    relative: tuple[int, str] | None = None
    """Place of the first element that declares a relative namespace URI, and that URI."""
    levels: int = 0
    """How many elements that declare namespaces are inside each other, at most."""


class OwnedDocument:
    """A document parsed for verification only, with its canonical forms. The tree is never changed.

    Relative namespace URIs (``xmlns="noova"``), which accepted documents have and Canonical XML 1.0 leaves without a
    form (section 1.3), are written as they are.
    """

    def __init__(self, data: bytes) -> None:
        """Parse the bytes; raises what ``_xmlsafe.parse`` does."""
        self.data = data
        self.root = parse(data, tolerant=True)
        self._forms: dict[bool, _Form] = {}

    def subtree(self, element: _Element, method: Method = INCLUSIVE, *, inherit_id: bool = True) -> bytes:
        """Return the canonical form of an element: inclusive C14N takes namespaces and xml: attributes from above.

        ``inherit_id``: False leaves an inherited ``xml:id`` out, as Canonical XML 1.1 does (section 2.4).
        """
        form = self._form(comments=method.comments)
        start, end = self.span(element, comments=method.comments)
        text, scope = form.text[start:end], _scope(element)
        if method.exclusive:
            return "".join(_exclusive(text, scope, method.prefixes)).encode()
        tag = _TOKEN.match(text)
        assert tag is not None, "a span begins with its tag"
        attributes, _ = _split(tag["attributes"] or "")
        for name, value in _inherited(element):
            if inherit_id or name != "xml:id":
                attributes.setdefault(name, value)
        first = _tag(tag["opened"] or tag["plain"], {p: uri for p, uri in scope.items() if uri}, attributes, scope)
        return (first + text[tag.end() :]).encode()

    def inherited_twice(self, element: _Element, method: Method) -> str | None:
        """Return the ``xml:`` attribute that an element inherits from two others with different values; None for none.

        Canonical XML 1.0 takes the nearest (section 2.4), as libxml2 does; Apache Santuario takes another.
        """
        if method.exclusive:
            return None
        nearest: dict[str, str] = {}
        own = {name for name, _ in _xml_attributes(element)}
        twice = (name for name, value in _inherited(element) if nearest.setdefault(name, value) != value)
        return next((name for name in twice if name not in own), None)

    def without(self, element: _Element, method: Method = INCLUSIVE) -> bytes:
        """Return the form of the whole document as the enveloped transform leaves it: without ``element``."""
        if element is self.root:
            raise CanonicalizationError("the signature is the document's root")
        return self.cut([self.span(element, comments=method.comments)], method)

    def cut(self, spans: Iterable[Span], method: Method = INCLUSIVE) -> bytes:
        """Return the form of the whole document without parts of it, given by their places in it."""
        text, pieces, at = self._form(comments=method.comments).text, [], 0
        for start, end in sorted(spans):
            pieces.append(text[at:start])
            at = max(at, end)
        whole = "".join((*pieces, text[at:]))
        return "".join(_exclusive(whole, {}, method.prefixes) if method.exclusive else whole).encode()

    def span(self, element: _Element, *, comments: bool = False, inside: bool = False) -> Span:
        """Return where an element is in the inclusive form; ``inside``: without its two tags."""
        form = self._form(comments=comments)
        place = self._elements.index(element)
        start, end = form.starts[place], form.ends[place]
        name = etree.QName(element).localname
        name = f"{element.prefix}:{name}" if element.prefix else name
        if not form.text.startswith((f"<{name}>", f"<{name} "), start):
            raise CanonicalizationError(f"the text has another element than {name} in its place")
        if inside:
            tag = _TOKEN.match(form.text, start)
            return (tag.end() if tag else start), end - len(name) - 3
        return start, end

    def relative_namespace(self) -> tuple[_Element, str] | None:
        """Return the first element that declares a relative namespace URI, and that URI; None also without a form."""
        found = self._known.relative
        return None if found is None else (self._elements[found[0]], found[1])

    @property
    def levels(self) -> int:
        """How many elements that declare namespaces are inside each other, at most; 0 without a form."""
        return self._known.levels

    def with_sections(self) -> list[_Element]:
        """Return the elements whose text is in CDATA sections, wholly or in part; none without a form."""
        return [self._elements[place] for place in sorted(self._known.sections)]

    def prefixes(self, element: _Element) -> dict[str, str]:
        """Return the namespaces in scope at an element or declared in it, the last of each prefix."""
        form = self._form()
        start, end = self.span(element)
        inside = (_split(tag["attributes"])[1] for tag in _TOKEN.finditer(form.text, start, end) if tag["attributes"])
        found = {prefix: uri for prefix, uri in _scope(element).items() if prefix}
        for declared in inside:
            found |= declared
        return found

    @property
    def tidied(self) -> bytes:
        """The bytes that were parsed, without what may stand before an XML document by mistake."""
        return tidy(self.data).data

    @cached_property
    def source(self) -> str:
        """The text of the file, its line ends as XML reads them (XML 1.0, section 2.11)."""
        tree = self.root.getroottree()
        codec = _CODECS.get((tree.docinfo.encoding or "UTF-8").upper())
        try:
            text = str(etree.tostring(tree, encoding="unicode")) if codec is None else self.tidied.decode(codec)
        except ValueError as error:
            raise CanonicalizationError(str(error)) from None
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def _elements(self) -> list[_Element]:
        """All elements, in document order."""
        return list(self.root.iter("*"))

    @property
    def _known(self) -> _Form:
        """The form without comments; an empty one for a document that has none."""
        try:
            return self._form()
        except CanonicalizationError:
            return _Form()

    def _form(self, *, comments: bool = False) -> _Form:
        comments = comments and "<!--" in self.source
        if comments not in self._forms:
            form = _written(self.source, comments=comments)
            if len(form.starts) != len(self._elements):
                raise CanonicalizationError("the text and its tree have not the same elements")
            self._forms[comments] = form
        return self._forms[comments]


def _written(source: str, *, comments: bool) -> _Form:
    """Write the inclusive form of a whole document (Canonical XML 1.0, section 2.3)."""
    form = _Form()
    pieces: list[str] = []
    copied = grown = 0  # the source is taken over up to here; by how much the form is longer than that
    places: list[int] = []  # of the open elements
    scope: dict[str, str] = {}
    known: dict[str, str] = {}  # tags in this scope
    split: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    outer: list[tuple[int, Scope, dict[str, str]]] = []  # what to go back to, by depth
    for token in _TOKEN.finditer(source):
        plain, opened, attributes, empty, closed = token.group(1, 2, 3, 4, 5)
        at, end = token.span()
        if not places:  # whitespace outside the root is left out
            grown -= at - copied
            copied = at
        if opened or (plain and plain[0] != "/"):
            place = len(form.starts)
            places.append(place)
            form.starts.append(at + grown)
            form.ends.append(0)
            if plain:
                continue
        closing = bool(plain or closed)
        old = token[0]
        if opened:
            new = known.get(old, "")
            if not new:
                if attributes not in split:
                    split[attributes] = _split(attributes)
                values, declared = split[attributes]
                fresh = {prefix: uri for prefix, uri in declared.items() if scope.get(prefix, "") != uri}
                if fresh:
                    outer.append((len(places) - 1, _replaced(scope, fresh), known))
                    known = {}
                    relative = ((place, uri) for uri in fresh.values() if uri and not _ABSOLUTE.match(uri))
                    form.relative = form.relative or next(relative, None)
                    form.levels = max(form.levels, len(outer))
                new = _tag(opened, fresh, values, scope)
                if empty:
                    new += f"</{opened}>"
                if not declared:
                    known[old] = new
            closing = bool(empty)
        elif closing:
            new = old if plain else f"<{closed}>"
        else:
            new = _other(token, comments=comments)
            if token["section"] is not None:
                form.sections.add(places[-1])
            if new and not places:
                new = f"\n{new}" if form.starts else f"{new}\n"
        if new != old:
            pieces += source[copied:at], new
            copied = end
            grown += len(new) - (end - at)
        if closing:
            form.ends[places.pop()] = end + grown
            if outer and outer[-1][0] == len(places):
                _, before, known = outer.pop()
                scope.update(before)
            if not places:
                pieces.append(source[copied:end])
                copied = end
    if places or source[copied:].strip():
        raise CanonicalizationError("the text is not read to its end")
    form.text = "".join(pieces)
    return form


def _replaced(scope: dict[str, str], new: Scope) -> Scope:
    """Change a scope in place, since a copy costs its whole size; return the declarations that restore it."""
    before = {prefix: scope.get(prefix, "") for prefix in new}
    scope.update(new)
    return before


def _other(token: re.Match[str], *, comments: bool) -> str:
    """Write a token that is not a tag; the XML declaration is left out."""
    comment, instruction, section, reference = token.group(6, 7, 8, 9)
    if reference is not None:
        return _resolved(reference).translate(_IN_TEXT)
    if section is not None:
        return section.translate(_IN_TEXT)
    if comment is not None:
        return f"<!--{comment}-->" if comments else ""
    if instruction is not None:
        found = _TARGET.fullmatch(instruction)
        if found is None or found[1] == "xml":
            return ""
        return f"<?{found[1]} {found[2]}?>" if found[2] else f"<?{found[1]}?>"
    if token[0] == ">":
        return "&gt;"
    raise CanonicalizationError("a tag is not understood")


def _exclusive(text: str, scope: Scope, prefixes: Sequence[str]) -> Iterator[str]:
    """Yield the exclusive form of an inclusive one: declarations where they are used (Exclusive C14N 1.0, 3)."""
    listed = {"" if prefix == "#default" else prefix for prefix in prefixes}
    scope, rendered = dict(scope), dict[str, str]()
    above: list[tuple[Scope, Scope] | None] = []
    known: dict[str, tuple[dict[str, str], dict[str, str], set[str]]] = {}
    at = 0
    for token in _TOKEN.finditer(text):
        plain, opened, attributes = token.group(1, 2, 3)
        name = plain or opened
        if not name:
            continue
        if name[0] == "/":
            if (before := above.pop()) is not None:
                scope.update(before[0])
                rendered.update(before[1])
            continue
        if plain and above:
            prefix = _prefix(name)
            if scope.get(prefix, "") == rendered.get(prefix, ""):
                above.append(None)
                continue
        parts = known.get(attributes or "")
        if parts is None:
            values, declared = _split(attributes or "")
            parts = known[attributes or ""] = values, declared, {_prefix(key) for key in values if ":" in key}
        values, declared, prefixed = parts
        used = {_prefix(name), *prefixed, *(listed & declared.keys())} - {"xml"}
        if not above:
            used |= listed
        outer = _replaced(scope, declared) if declared else declared
        new = {prefix: uri for prefix in used if (uri := scope.get(prefix, "")) != rendered.get(prefix, "")}
        if not new and not declared:
            above.append(None)
            continue
        above.append((outer, _replaced(rendered, new)))
        yield text[at : token.start()]
        yield _tag(name, new, values, scope)
        at = token.end()
    yield text[at:]


def _split(attributes: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the attributes of a tag, and the namespaces that it declares."""
    values: dict[str, str] = {}
    declared: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(attributes):
        value = (double or single).translate(_BLANKS)  # normalised as XML requires (XML 1.0, section 3.3.3)
        if "&" in value:
            value = _REFERENCE.sub(lambda match: _resolved(match[1]), value)
        if name == "xmlns":
            declared[""] = value
        elif name.startswith("xmlns:"):
            declared[name[6:]] = value
        else:
            values[name] = value
    declared.pop("xml", None)
    return values, declared


def _tag(name: str, declared: Scope, attributes: Mapping[str, str], scope: Scope) -> str:
    """Write a start tag: declarations by prefix, attributes by namespace URI and name."""
    pieces = [f"<{name}"]
    for prefix in sorted(declared):
        pieces.append(f' xmlns{":" if prefix else ""}{prefix}="{declared[prefix].translate(_IN_VALUE)}"')
    if len(attributes) > 1:
        attributes = dict(sorted(attributes.items(), key=lambda item: _order(item[0], scope)))
    pieces += (f' {key}="{value.translate(_IN_VALUE)}"' for key, value in attributes.items())
    return "".join((*pieces, ">"))


def _order(name: str, scope: Scope) -> tuple[str, str]:
    prefix, colon, local = name.partition(":")
    return ((_XML if prefix == "xml" else scope.get(prefix, "")), local) if colon else ("", name)


def _prefix(name: str) -> str:
    return name.partition(":")[0] if ":" in name else ""


def _resolved(name: str) -> str:
    """Return the character of a reference; only XML's five entities have a name, since a DOCTYPE is refused."""
    try:
        if name[0] == "#":
            return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))
        return _ENTITIES[name]
    except (LookupError, ValueError, OverflowError):
        raise CanonicalizationError(f"unknown reference: &{name[:40]};") from None


def _xml_attributes(element: _Element) -> Iterator[tuple[str, str]]:
    """Yield the ``xml:`` attributes of an element."""
    for name, value in element.attrib.items():
        if str(name).startswith(f"{{{_XML}}}"):
            yield f"xml:{etree.QName(name).localname}", str(value)


def _inherited(element: _Element) -> Iterator[tuple[str, str]]:
    """Yield the ``xml:`` attributes of the elements above an element, nearest first."""
    return chain.from_iterable(map(_xml_attributes, element.iterancestors()))


def _scope(element: _Element) -> dict[str, str]:
    """Return the namespaces in scope; None, as lxml writes no namespace, is the empty URI."""
    return {prefix or "": uri or "" for prefix, uri in element.nsmap.items()}
