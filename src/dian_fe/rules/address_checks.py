"""Rules about an address: a maker for each of its data, registered for every address by `address`.

Places, departments and postal codes are judged only in Colombian addresses. Missing data of an address are the
business of the completeness rules, not of these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from .._text import fold
from ..catalogs import catalog, departments, municipalities, municipality
from .context import Context
from .party_checks import having, own, reader
from .registry import Check, Finding, When, add

COLOMBIA: Final = "CO"
_UNKNOWN_POSTAL_CODE: Final = "000000"


def national(address: Any) -> bool:
    """True if an address is Colombian, which it is unless it names another country."""
    return address.country is None or address.country == COLOMBIA


@cache
def _cities() -> frozenset[str]:
    """Return the names of cities folded for comparison: those of the list, with and without «D.C.»."""
    names = {fold(name) for place in municipalities() for name in (place.official_name, place.name)}
    return frozenset(names | {name.removesuffix(" dc") for name in names})


@cache
def _departments() -> frozenset[str]:
    return frozenset(fold(item.name) for item in departments().values())


def _is_no_city(address: Any) -> bool:
    """True unless the city's name is in the list, in capitals: «Cali» is notified, «BOGOTA» is not.

    It need not be the name of the given municipality.
    """
    return address.city != address.city.upper() or fold(address.city) not in _cities()


def _city_of(address: Any) -> str:
    known = address.municipality in catalog("municipalities")
    return municipality(address.municipality).official_name if known else "un municipio, en mayúsculas"


def _is_no_department(address: Any) -> bool:
    """True unless the department's name is in the list and is not all capitals: «BOGOTÁ, D.C.» is notified."""
    name = address.department
    return name == name.upper() or fold(name) not in _departments()


def _department_of(address: Any) -> str:
    known = departments().get(address.department_code or (address.municipality or "")[:2])
    return "un departamento" if known is None else known.name


def _is_no_postal_code(address: Any) -> bool:
    """True unless the postal code is in the list or the code of a municipality; 000000 passes, as an absent one does.

    Accepted documents of 2026 with 11001 or 76001 were not notified; those with 0, 574, 011001 or 110110 were, and so
    is an empty element.
    """
    code = address.postal_code
    known = code == _UNKNOWN_POSTAL_CODE or code in catalog("postal_codes") or code in catalog("municipalities")
    return not known


class _Datum(NamedTuple):
    """A datum of an address, and when it is wrong."""

    field: str
    is_wrong: Callable[[Any], bool]
    expected: Callable[[Any], str]


def _listed(field: str, known: Callable[[], Collection[str]], expected: str) -> _Datum:
    """Return the datum that is wrong unless it is one of a list."""
    return _Datum(field, lambda address: getattr(address, field) not in known(), lambda _: expected)


_DATA: Final = {
    "municipality": _listed("municipality", partial(catalog, "municipalities"), "un código DIVIPOLA de la lista"),
    "department_code": _listed("department_code", departments, "un código de departamento de la lista"),
    "country": _listed("country", partial(catalog, "countries"), "un código de país ISO 3166-1 de dos letras"),
    "city_capitals": _Datum("city", _is_no_city, _city_of),
    "department_name": _Datum("department", _is_no_department, _department_of),
    "postal_code": _Datum("postal_code", _is_no_postal_code, lambda _: "un código postal de la lista, u omitirlo"),
}
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

    ``since`` is the version of the norm from which a datum is judged; ``when`` selects the documents. An absent datum
    is not judged. Names of places under a party are not judged: DIAN never notified them.
    """
    for name, number in numbers.items():
        datum = _DATA[name]
        check, place = _of_datum(path, datum), f"{path}.{datum.field}"
        concerned = _having_registration if path.endswith(_REGISTRATION) and datum.field != "postal_code" else _having
        add(own(group, number, letters=letters), check, place, since=since.get(name), when=concerned(path, when))


def _having(path: str, when: When | None) -> When:
    """Return what selects the documents that have an address, or for a fiscal address the party."""
    return having(path.removesuffix(f".{_REGISTRATION}"), when)


@cache
def _having_registration(path: str, when: When | None) -> When:
    """Return what selects the documents with a fiscal address of its own, or whose XML may have one."""
    told = _having(path, when) if when is not None else None
    apart = reader(path)

    def selects(context: Context) -> bool:
        there = context.subject.xml is not None or apart(context) is not None
        return there and (told is None or bool(told(context)))

    return selects


def _of_datum(path: str, datum: _Datum) -> Check:
    field, is_wrong, expected = datum
    read = _registration(path, field) if path.endswith(f".{_REGISTRATION}") else reader(path)

    def function(context: Context) -> Iterable[Finding]:
        found = read(context)
        if found is None or getattr(found, field) is None or not (field == "country" or national(found)):
            return ()
        return (Finding(f"{path}.{field}", getattr(found, field), expected(found)),) if is_wrong(found) else ()

    return function


def _registration(path: str, field: str) -> Callable[[Context], Any]:
    """Return the reader of a fiscal address, which models have only when it is not the physical one.

    If both are the same, DIAN reports both codes, and only the XML shows whether it is present. Without XML only the
    postal code is judged, as the written document will have both; the others may reject.
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
    """Register the rule that an address has its country, and in Colombia its municipality and street.

    ``names`` are the required data, if not these. ``needed``: the address is required.
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

    add(codes, function, of, when=when if needed else having(of, when), **meta)
