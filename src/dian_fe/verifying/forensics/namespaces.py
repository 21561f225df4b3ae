"""Namespace declarations and prefixes as a signed document may have had them before somebody rewrote it.

Inclusive C14N puts every declaration of the root into each part that is digested, so a declaration more or less breaks
all of them. Which one it was is found on the small parts (KeyInfo, SignedProperties), where a try costs microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, combinations, islice
from typing import TYPE_CHECKING, Final

from ...signing.algorithms import DS, XADES
from ..signature.c14n import CanonicalizationError
from ..verdicts import Cause, Part

if TYPE_CHECKING:
    from ..signature.references import SignedInfo

OASIS: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
USUAL: Final = (
    ("cac", f"{OASIS}CommonAggregateComponents-2"),
    ("cbc", f"{OASIS}CommonBasicComponents-2"),
    ("ext", f"{OASIS}CommonExtensionComponents-2"),
    ("ds", DS),
    ("sts", "dian:gov:co:facturaelectronica:Structures-2-1"),
    ("xades", XADES),
    ("xades141", "http://uri.etsi.org/01903/v1.4.1#"),
    ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ("xsd", "http://www.w3.org/2001/XMLSchema"),
    ("ccts", "urn:un:unece:uncefact:documentation:2"),
    ("qdt", f"{OASIS}QualifiedDatatypes-2"),
    ("udt", "urn:un:unece:uncefact:data:specification:UnqualifiedDataTypesSchemaModule:2"),
)
"""Prefixes of UBL and of DIAN's examples; the last five are declared by many and used by nobody."""
_OTHER_STS: Final = (
    ("sts", "urn:dian:gov:co:facturaelectronica:Structures-2-1"),
    ("sts", "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures"),
)
_MOST: Final = 4096
"""Sets of declarations tried on one part: all that twelve make, or the small ones of more."""
_MOST_BYTES: Final = 128 * 1024 * 1024
"""Most bytes digested for one part by all sets together: enough for every set of a usual part of 10 kB."""
_FEW: Final = 8
"""Sets tried on the whole document."""
_DECLARED: Final = re.compile(r'\sxmlns(?::([^\s=]+))?="([^"]*)"')
_ROOT: Final = re.compile(r"<[^?!][^>]*>")
_ELEMENT_PREFIX: Final = re.compile(r"<([^\s/>!?:]+):")
_ATTRIBUTE_PREFIX: Final = re.compile(r"\s(?!xmlns:)([^\s=:<>\"']+):[^\s=:<>\"']+=\"")
_TAG: Final = re.compile(r"""<(/?)([^\s/<>?!][^\s/<>]*)((?:\s+[^\s=<>]+=(?:"[^"<]*"|'[^'<]*'))*)(\s*/?)>""")
_ATTRIBUTE: Final = re.compile(r"""(\s+)([^\s=]+)(=(?:"[^"]*"|'[^']*'))""")

Declarations = Mapping[str, str]
Restored = Iterator[tuple[tuple[Cause, ...], bytes]]
"""Documents as they may have been signed, each with the causes that it undoes."""


def restored_namespaces(text: str, tags: str, info: SignedInfo) -> Restored:
    """Yield the document with declarations that its root may have lost, and without those that it may have gained."""
    root = _ROOT.search(text)
    if root is None:
        return
    declared = dict(_DECLARED.findall(root[0]))
    inside = dict(_DECLARED.findall(tags, tags.index(root[0]) + len(root[0])))
    addable = {p: uri for p, uri in {**dict(USUAL), **inside}.items() if p and p not in declared and ":" in uri}
    used = {*_ELEMENT_PREFIX.findall(tags), *_ATTRIBUTE_PREFIX.findall(tags)}
    removable = [prefix for prefix in declared if prefix and (prefix not in used or prefix in inside)]
    for added, removed in _sets(info, addable, removable, inside):
        left = _DECLARED.sub(lambda match, gone=removed: "" if match[1] in gone else match[0], root[0])  # type: ignore[misc]
        extra = "".join(f' xmlns:{prefix}="{addable[prefix]}"' for prefix in added)
        end = len(left) - (2 if left.endswith("/>") else 1)
        tag = left[:end] + extra + left[end:]
        causes = ((Cause.NAMESPACE_LOST,) if added else ()) + ((Cause.NAMESPACE_ADDED,) if removed else ())
        yield causes, (text[: root.start()] + tag + text[root.end() :]).encode()


def _sets(
    info: SignedInfo, addable: Declarations, removable: list[str], inside: Declarations
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the declarations to add and to remove: what makes a small part right, then what no small part shows."""
    hidden_add = [prefix for prefix in addable if prefix in inside]
    hidden_remove = [prefix for prefix in removable if prefix in inside]
    for pointed in info.pointed:
        if pointed.target is None or pointed.problem or info.judge(pointed).valid:
            continue
        try:
            first, rest = apex(info.canonical(pointed).decode())
        except CanonicalizationError:
            continue
        for added, removed in _pairs(list(addable), removable, _size(first, rest)):
            tokens = {p: uri for p, uri in first.items() if p not in removed} | {p: addable[p] for p in added}
            if tokens != first and info.matches(pointed, with_apex(tokens, rest)):
                yield added, removed
                # What the signature declares itself makes no difference here, but does on the root.
                for more in islice(_subsets([p for p in hidden_add if p not in added]), _FEW):
                    yield (*added, *more), removed
                for more in islice(_subsets([p for p in hidden_remove if p not in removed]), _FEW):
                    yield added, (*removed, *more)
                return
    if any(pointed.part == Part.DOCUMENT and not info.judge(pointed).valid for pointed in info.pointed):
        yield from islice(((more, ()) for more in _subsets(hidden_add)), _FEW)
        yield from islice((((), more) for more in _subsets(hidden_remove)), _FEW)


def _pairs(addable: list[str], removable: list[str], size: int) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what to add and what to remove, as often as a part of ``size`` characters may be digested."""
    fewer = (((), removed) for removed in islice(_subsets(removable), _MOST))
    more = ((added, ()) for added in islice(_subsets(addable), _MOST))
    both = ((added, removed) for added in _subsets(addable, 2) for removed in _subsets(removable, 2))
    yield from islice(chain(fewer, more, islice(both, _MOST)), _MOST_BYTES // max(size, 1))


def _size(declarations: Declarations, rest: tuple[str, str]) -> int:
    """Return what a try costs, in characters: those of the part, and more for sorting the declarations each time."""
    count = len(declarations)
    return len(rest[1]) + 400 * count + count * count // 10


def _subsets(names: list[str], most: int | None = None) -> Iterator[tuple[str, ...]]:
    """Return the sets that are not empty: small ones first."""
    sizes = range(1, (len(names) if most is None else min(most, len(names))) + 1)
    return chain.from_iterable(combinations(names, size) for size in sizes)


def apex(canonical: str) -> tuple[dict[str, str], tuple[str, str]]:
    """Split the first start tag of a canonical form: its declarations, and what is before and after them."""
    tag = canonical[: canonical.index(">")]
    declarations = list(_DECLARED.finditer(tag))
    if declarations:
        start, end = declarations[0].start(), declarations[-1].end()
    else:
        name = re.match(r"<[^\s>]+", tag)
        start = end = name.end() if name else 0
    return {match[1] or "": match[2] for match in declarations}, (canonical[:start], canonical[end:])


def with_apex(declarations: Declarations, rest: tuple[str, str]) -> bytes:
    """Put that start tag together again, its declarations in the order of C14N."""
    text = "".join(f' xmlns{":" if prefix else ""}{prefix}="{uri}"' for prefix, uri in sorted(declarations.items()))
    return f"{rest[0]}{text}{rest[1]}".encode()


def other_apexes(canonical: str) -> Iterator[bytes]:
    """Yield a part's canonical form under fewer or more declarations than it has in its place."""
    own, rest = apex(canonical)
    needed = rest[0].strip("<").partition(":")[0]
    removable = [prefix for prefix in own if prefix != needed]
    addable = {prefix: uri for prefix, uri in USUAL if prefix not in own}
    for added, removed in _pairs(list(addable), removable, _size(own, rest)):
        left = {prefix: uri for prefix, uri in own.items() if prefix not in removed}
        yield with_apex(left | {prefix: addable[prefix] for prefix in added}, rest)


def restored_prefixes(text: str, tags: str) -> Restored:
    """Yield the document with the usual prefixes of its namespaces."""
    root = _ROOT.search(text)
    declarations = set(_DECLARED.findall(tags))
    declared = dict(declarations)
    if root is None or len(declared) != len(declarations):
        return  # a prefix means two things: names cannot be compared by their text
    own = re.match(r"<(?:([^\s>:]+):)?", root[0])
    usual = {uri: prefix for prefix, uri in (*USUAL, *_OTHER_STS)} | {declared.get((own and own[1]) or "", ""): ""}
    renamed = {old: usual[uri] for old, uri in declared.items() if usual.get(uri, old) != old}
    taken = [prefix for prefix in declared if prefix not in renamed]
    if renamed and len({*renamed.values(), *taken}) == len(declared):
        yield (Cause.PREFIX_RENAMED,), _TAG.sub(lambda match: _renamed(match, renamed), text).encode()


def _renamed(match: re.Match[str], renamed: Declarations) -> str:
    attributes = _ATTRIBUTE.sub(lambda found: f"{found[1]}{_attribute(found[2], renamed)}{found[3]}", match[3])
    return f"<{match[1]}{_element(match[2], renamed)}{attributes}{match[4]}>"


def _element(name: str, renamed: Declarations) -> str:
    prefix, _, local = name.rpartition(":")
    new = renamed.get(prefix, prefix)
    return f"{new}:{local}" if new else local


def _attribute(name: str, renamed: Declarations) -> str:
    if name == "xmlns":
        return f"xmlns:{renamed['']}" if renamed.get("") else name
    prefix, _, local = name.partition(":")
    if prefix == "xmlns":
        new = renamed.get(local, local)
        return f"xmlns:{new}" if new else "xmlns"
    return _element(name, renamed) if local else name
