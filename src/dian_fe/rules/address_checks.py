"""Rules about an address: a maker for each of its data, registered for every address by `address`.

Places, departments and postal codes are judged in Colombian addresses alone. What an address does not say is told by
the rules of its completeness, not by these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from .._text import fold
from ..catalogs import catalog, departments, municipalities, municipality
from .context import Context
from .model_checks import When, only
from .party_checks import own, reader
from .registry import Check, Finding, add

COLOMBIA: Final = "CO"
_UNKNOWN_POSTAL_CODE: Final = "000000"


def national(address: Any) -> bool:
    """Return whether an address is Colombian, which it is unless it tells another country."""
    return address.country is None or address.country == COLOMBIA


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


@cache
def _cities() -> frozenset[str]:
    """Return the names of cities as they are compared: those of the list, with and without «D.C.»."""
    names = {fold(name) for place in municipalities() for name in (place.official_name, place.name)}
    return frozenset(names | {name.removesuffix(" dc") for name in names})


@cache
def _departments() -> frozenset[str]:
    return frozenset(fold(item.name) for item in departments().values())


def _city_capitals(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The city's name is one of the list, in capitals: «Cali» and «Bogotá, D.C.» are notified, «BOGOTA» is not.

    That it is the name of the municipality told is not asked.
    """
    if national(address) and (address.city != address.city.upper() or fold(address.city) not in _cities()):
        known = address.municipality in catalog("municipalities")
        expected = municipality(address.municipality).official_name if known else "un municipio, en mayúsculas"
        yield Finding(f"{path}.city", address.city, expected)


def _department_name(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The department's name is one of the list, in mixed case: «Bogotá» passes, «BOGOTÁ, D.C.» is notified."""
    found = address.department
    if national(address) and (found == found.upper() or fold(found) not in _departments()):
        known = departments().get(address.department_code or (address.municipality or "")[:2])
        yield Finding(f"{path}.department", found, "un departamento" if known is None else known.name)


def _country(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The country is one of ISO 3166-1."""
    if address.country not in _countries():
        yield Finding(f"{path}.country", address.country, "un código de país ISO 3166-1 de dos letras")


def _postal_code(context: Context, address: Any, path: str) -> Iterator[Finding]:
    """The postal code is one of the list or the code of a municipality; 000000 passes, as none at all does.

    Accepted documents of 2026 with 11001 or 76001 were not notified; those with 0, 574, 011001 or 110110 were, and so
    is an empty element.
    """
    code = address.postal_code
    known = code == _UNKNOWN_POSTAL_CODE or code in catalog("postal_codes") or code in catalog("municipalities")
    if national(address) and not known:
        yield Finding(f"{path}.postal_code", code, "un código postal de la lista, u omitirlo")


_Judge = Callable[[Context, Any, str], Iterator[Finding]]
_RULES: Final[Mapping[str, tuple[str, _Judge]]] = {
    "municipality": ("municipality", _municipality),
    "department_code": ("department_code", _department),
    "country": ("country", _country),
    "city_capitals": ("city", _city_capitals),
    "department_name": ("department", _department_name),
    "postal_code": ("postal_code", _postal_code),
}
"""What is judged: the field, and the function."""
_REGISTRATION: Final = "registration_address"
_OF_REGISTRATION: Final = "cac:Party/cac:PartyTaxScheme/cac:RegistrationAddress"


def address(
    path: str,
    group: str,
    letters: Iterable[str] = "FCD",
    *,
    since: Mapping[str, str] = MappingProxyType({}),
    when: When | None = None,
    **numbers: str,
) -> None:
    """Register rules of an address by the number of their code: ``address("customer.address", "AK", country="16")``.

    ``since`` is the version of the norm from which a datum is judged; ``when`` tells the documents that are. A datum
    that is not said is not judged. Names of places under a party are not judged: DIAN never notified them.
    """
    for name, number in numbers.items():
        field, judge = _RULES[name]
        check = only(when, _said(path, field, judge))
        add(own(group, number, letters=letters), check, f"{path}.{field}", since=since.get(name))


def _said(path: str, field: str, judge: _Judge) -> Check:
    read = reader(path)
    if path.endswith(f".{_REGISTRATION}"):
        read = _registration(path, field)

    def function(context: Context) -> Iterator[Finding]:
        found = read(context)
        if found is not None and getattr(found, field) is not None:
            yield from judge(context, found, path)

    return function


def _registration(path: str, field: str) -> Callable[[Context], Any]:
    """Make the reader of a fiscal address, which models tell only when it is not the physical one.

    Where it is the same DIAN tells both codes, and only the XML says whether it is there at all. Without XML the
    postal code alone is judged, as what is written will have both; the others may reject.
    """
    party, told = path.removesuffix(f".{_REGISTRATION}"), reader(path)
    same = reader(f"{party}.address")
    place = f"cac:Accounting{party.title()}Party/{_OF_REGISTRATION}"

    def read(context: Context) -> Any:
        apart = told(context)
        if apart is not None:
            return apart
        there = field == "postal_code" if context.subject.xml is None else context.subject.xml.first(place) is not None
        return same(context) if there else None

    return read


def complete(
    *codes: str,
    of: str,
    names: tuple[str, ...] = ("municipality", "line", "country"),
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register: an address that is told tells its country, and in Colombia its municipality and street.

    ``names`` are the data asked for when not all of them are, or others. ``needed``: it is told.
    """
    read = reader(of)

    def function(context: Context) -> Iterator[Finding]:
        found = read(context)
        if found is None:
            if needed:
                yield Finding(of, None, "la dirección completa")
        else:
            here = national(found)
            for name in names:
                if not getattr(found, name) and (here or name == "country"):
                    yield Finding(f"{of}.{name}", None, "un valor")

    add(codes, only(when, function), of, **meta)
