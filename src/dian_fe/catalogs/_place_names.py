"""Municipalities by the names that people and geocoders write.

A name is looked up in three steps, each only when the one before finds nothing: the names of DIAN's lists, the usual
names (``municipality_names`` and both halves of «ATRATO (YUTO)»), and spelling that differs in an article, a space or
an abbreviation («Toluviejo», «Sta. Marta»).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from .._text import alike, fold
from ._catalog import Entry, catalog

_ARTICLE = re.compile("^(el|la|los|las) ")
_TITLE = re.compile("^(municipio|ciudad|distrito( especial| turistico)?|villa) de ")
_HALVES = re.compile(r"[(–]| - ")
_SEPARATORS = re.compile(r"[,()/–-]")
_WITH_CODE = re.compile(r"(?P<name>.*\S)\s*\((?P<code>\d{2}|\d{5})\)\s*")
"""A place as messages of the library write it: «Valle del Cauca (76)»."""
_LIKE = 0.75
"""Least similarity of a suggested name: «Papayán» is Popayán, «Miami» is not Maní."""
_ABBREVIATED = {"sta": "santa", "sto": "santo", "pto": "puerto", "vlla": "villa", "nvo": "nuevo"}
_COUNTRY = "colombia"
_BOGOTA, _CUNDINAMARCA = "11", "25"
_CAPITAL_DISTRICT = ("11001",)
_DEPARTMENT_NAMES = {
    "valle": "76",
    "norte santander": "54",
    "n de santander": "54",
    "guajira": "44",
    "san andres": "88",
    "san andres islas": "88",
    "san andres providencia y santa catalina": "88",  # Constitución Política, article 309
    "archipielago de san andres providencia y santa catalina": "88",
    "distrito capital": _BOGOTA,
    "bogota distrito capital": _BOGOTA,
    "santafe de bogota": _BOGOTA,
}


def key_of(name: str) -> str:
    """Return a name folded for comparison; «D.C.» after Bogotá is ignored."""
    return fold(name).removesuffix(" dc").removesuffix(" d c")


def department_code(text: str) -> str | None:
    """Return the code of a department given by code, ISO 3166-2 code or name, as lists or people write it, or None."""
    if written := _WITH_CODE.fullmatch(text):
        return written["code"] if department_code(written["name"]) == written["code"] else None
    key = key_of(text)
    for entry in catalog("departments").values():
        iso = entry.details["iso_3166_2"]
        if text.strip() == entry.code or key == key_of(entry.label) or text.strip().upper() in (iso, iso[3:]):
            return entry.code
    return _DEPARTMENT_NAMES.get(key.removeprefix("departamento de ").removeprefix("departamento del "))


def codes_of(name: str, within: str = "") -> tuple[str, ...]:
    """Return the codes of the municipalities that a name may mean, in a department (two digits) when one is given.

    The name may carry its department and country after commas, dashes or in parentheses, as geocoders write them, or
    its code, as messages do. A code stands for itself.
    """
    if name.strip() in catalog("municipalities"):
        return (name.strip(),) if _lies_in(name.strip(), within) else ()
    if (written := _WITH_CODE.fullmatch(name)) and len(written["code"]) == 5:
        return tuple(code for code in codes_of(written["name"], within) if code == written["code"])
    bare, department = _qualified(name)
    for text, place in ((name, within), (bare, within or department), *_ending_in_department(bare, within)):
        for index, key in ((_listed(), key_of(text)), (_usual(), key_of(text)), (_loose(), _loose_key(text))):
            if codes := tuple(code for code in index.get(key, ()) if _lies_in(code, place)):
                return codes
    return _CAPITAL_DISTRICT if department_code(name) == _BOGOTA and _lies_in(*_CAPITAL_DISTRICT, within) else ()


def nearest_codes(name: str, within: str = "") -> tuple[str, ...]:
    """Return the municipalities probably meant by a name that `codes_of` does not know, the likeliest first.

    A name that exists in another department comes first, then those that begin with it, then the ones most like it.
    """
    bare, department = _qualified(name)
    if within and (elsewhere := codes_of(name) or codes_of(bare)):
        return elsewhere
    place = within or department
    key = key_of(bare)
    index = {**_usual(), **_listed()}
    inside = {other: codes for other, codes in index.items() if any(_lies_in(code, place) for code in codes)}
    longer = [other for other in inside if other.startswith(key + " ")] if len(key) > 2 else []
    found = longer if 0 < len(longer) <= 3 else alike(key, inside, _LIKE)
    codes = dict.fromkeys(code for other in found for code in inside[other] if _lies_in(code, place))
    return tuple(codes)


def _lies_in(code: str, department: str) -> bool:
    """True if a municipality is in a department; people write Cundinamarca after Bogotá, its capital."""
    return code.startswith(department) or (department == _CUNDINAMARCA and code.startswith(_BOGOTA))


def _qualified(name: str) -> tuple[str, str]:
    """Split «Cali, Valle del Cauca, Colombia» into the name and the code of the department that it carries."""
    pieces = [piece for piece in _SEPARATORS.split(name) if key_of(piece)]
    if len(pieces) > 1 and key_of(pieces[-1]) == _COUNTRY:
        del pieces[-1]
    department = ""
    if len(pieces) > 1:
        department = department_code(pieces[-1]) or ""
        if department or fold(pieces[-1]) in ("dc", "d c", "distrito capital"):
            del pieces[-1]
    return _TITLE.sub("", key_of(" ".join(pieces))), department


def _ending_in_department(name: str, within: str) -> Iterator[tuple[str, str]]:
    """Yield municipality and department of a text like «Cali Valle del Cauca», without a comma."""
    words = name.split()
    for number in range(1, len(words)):
        department = department_code(" ".join(words[number:]))
        if department and within in ("", department):
            yield " ".join(words[:number]), department


def _loose_key(name: str) -> str:
    words = " ".join(_ABBREVIATED.get(word, word) for word in key_of(name).split())
    return _ARTICLE.sub("", words).replace(" ", "")


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Index the municipalities by the names of both annexes."""
    return _index(_list_names())


@cache
def _usual() -> Mapping[str, tuple[str, ...]]:
    """Index the municipalities by the names that people write, and by both halves of a double name."""
    return _index(_usual_names())


@cache
def _loose() -> Mapping[str, tuple[str, ...]]:
    return _index((*_list_names(), *_usual_names()), _loose_key)


def _list_names() -> Iterator[tuple[str, str]]:
    for entry in catalog("municipalities").values():
        yield from ((name, entry.code) for name in _names(entry))


def _names(entry: Entry) -> tuple[str, str]:
    return entry.label, entry.details["official_name"]


def _usual_names() -> Iterator[tuple[str, str]]:
    for entry in catalog("municipality_names").values():
        for code in entry.details["municipality"].split():
            yield entry.label, code
    for place in catalog("municipalities").values():
        for name in _names(place):
            halves = _HALVES.split(name)
            if len(halves) > 1:
                yield from ((half, place.code) for half in halves)


def _index(pairs: Iterable[tuple[str, str]], key: Callable[[str], str] = key_of) -> Mapping[str, tuple[str, ...]]:
    index: dict[str, dict[str, None]] = {}
    for name, code in pairs:
        index.setdefault(key(name), {})[code] = None
    return {name: tuple(codes) for name, codes in index.items()}
