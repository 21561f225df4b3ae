"""Rules about an address: a maker for each of its data, registered for every address by `address`.

Places, departments and postal codes are judged in Colombian addresses alone. What an address does not say is told by
the rules of its completeness, not by these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from ..catalogs import catalog, departments, municipality
from ..catalogs._text import fold
from .context import Context
from .facts import code_facts
from .party_checks import add, own, reader
from .registry import Check, Finding

COLOMBIA: Final = "CO"
_UNKNOWN_POSTAL_CODE: Final = "000000"


def national(address: Any) -> bool:
    """Tell whether an address is Colombian, which it is unless it tells another country."""
    return address.country is None or address.country == COLOMBIA


def _same(found: str, expected: str) -> bool:
    """Tell whether a name is that one, however it is written; most are to the letter, which is quick."""
    return found == expected or fold(found) == fold(expected)


@cache
def _countries() -> frozenset[str]:
    return frozenset(catalog("countries"))


def _municipality(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The municipality is one of DIVIPOLA."""
    if national(address) and address.municipality not in catalog("municipalities"):
        yield Finding(f"{path}.municipality", address.municipality, "un código DIVIPOLA de la lista")


def _department(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The department's code is one of the list."""
    if national(address) and address.department_code not in departments():
        yield Finding(f"{path}.department_code", address.department_code, "un código de departamento de la lista")


def _city_name(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The city's name is that of its municipality, however it is written."""
    if national(address) and address.municipality in catalog("municipalities"):
        place = municipality(address.municipality)
        if not _same(address.city, place.official_name) and not _same(address.city, place.name):
            yield Finding(f"{path}.city", address.city, place.official_name)


def _city_capitals(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The city's name is that of its municipality, in capitals («Cali» is notified, «ITAGÜÍ» is not)."""
    if national(address) and address.municipality in catalog("municipalities"):
        expected = municipality(address.municipality).official_name
        if not _same(address.city, expected) or address.city != address.city.upper():
            yield Finding(f"{path}.city", address.city, expected)


def _official_department(address: Any) -> str | None:
    known = departments().get(address.department_code or (address.municipality or "")[:2])
    return known.official_name if known is not None and national(address) else None


def _department_name(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The department's name is that of its code, however it is written."""
    expected = _official_department(address)
    if expected is not None and not _same(address.department, expected):
        yield Finding(f"{path}.department", address.department, expected)


def _department_capitals(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The department's name is that of its code, in capitals."""
    expected, found = _official_department(address), address.department
    if expected is not None and (not _same(found, expected) or found != found.upper()):
        yield Finding(f"{path}.department", found, expected)


def _country(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The country is one of ISO 3166-1."""
    if address.country not in _countries():
        yield Finding(f"{path}.country", address.country, "un código de país ISO 3166-1 de dos letras")


def _country_name(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The country's name is that of its code."""
    if address.country in _countries():
        expected = catalog("countries").label(address.country)
        if not _same(address.country_name, expected):
            yield Finding(f"{path}.country_name", address.country_name, expected)


def _postal_code(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The postal code is one of the list; 000000 passes, as no postal code at all does."""
    code = address.postal_code
    if national(address) and code != _UNKNOWN_POSTAL_CODE and code not in catalog("postal_codes"):
        yield Finding(f"{path}.postal_code", code, "un código postal de la lista")


_Judge = Callable[[Context, Any, str], Iterator[Finding]]
_RULES: Final[Mapping[str, tuple[str, _Judge, str | None]]] = {
    "municipality": ("municipality", _municipality, None),
    "department_code": ("department_code", _department, None),
    "country": ("country", _country, None),
    "country_name": ("country_name", _country_name, None),
    # Names in answers of 1.8 («Bogotá», «05631») were not notified: the list of names is that of 1.9.
    "city": ("city", _city_name, "1.9"),
    "department": ("department", _department_name, "1.9"),
    "city_capitals": ("city", _city_capitals, "1.9"),
    "department_capitals": ("department", _department_capitals, "1.9"),
    "postal_code": ("postal_code", _postal_code, "1.8"),
}
"""What is judged: the field, the function, and the annex from which it is."""


def address(path: str, group: str, letters: str = "FCD", **numbers: str) -> None:
    """Register the rules of an address by the number of their code: ``address("supplier.address", "AJ", city="10")``.

    A datum that is not said is not judged.
    """
    for name, number in numbers.items():
        field, judge, since = _RULES[name]
        for code in own(group, number, letters=letters):
            check = _said(path, field, judge)
            if field == "postal_code":
                check = _or_empty(check, code_facts()[code].path)
            add((code,), check, f"{path}.{field}", since=since)


def _said(path: str, field: str, judge: _Judge) -> Check:
    read = reader(path)

    def function(context: Context) -> Iterator[Finding]:
        found = read(context)
        if found is not None and getattr(found, field) is not None:
            yield from judge(context, found, path)

    return function


def _or_empty(check: Check, at: str) -> Check:
    """Make: DIAN notifies an empty postal code too, which the model does not keep."""

    def function(context: Context) -> Iterator[Finding]:
        yield from check(context)
        for node in context.xml.all(at) if context.xml is not None else ():
            if not (node.text or "").strip():
                yield Finding(node=node, found="", expected="un código postal de la lista, u omitirlo")

    return function


def line(*codes: str, of: str) -> None:
    """Register: an address tells street and number."""
    read = reader(of)

    def function(context: Context) -> Iterator[Finding]:
        found = read(context)
        if found is not None and found.line is None:
            yield Finding(f"{of}.line", None, "la dirección")

    add(codes, function, f"{of}.line")


def complete(*codes: str, of: str, **meta: Any) -> None:
    """Register: an address that is told tells its country, and in Colombia its municipality and street."""
    read = reader(of)

    def function(context: Context) -> Iterator[Finding]:
        found = read(context)
        if found is not None:
            for name in ("municipality", "line", "country") if national(found) else ("country",):
                if getattr(found, name) is None:
                    yield Finding(f"{of}.{name}", None, "un valor")

    add(codes, function, of, **meta)
