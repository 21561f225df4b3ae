"""Places of Colombia (DIVIPOLA), their postal codes, and the names of countries.

DIAN refuses a municipality or department code that its tables do not hold (rules FAJ09, FAJ12), and only notifies
a place of delivery whose name is spelled differently (FAM06, FAM07) or a postal code not in its list (FAJ73, FAJ74,
FAK57, FAK58).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

from .._arguments import checked
from .._text import nearest
from .._viewed import Viewed
from ..errors import InvalidInput, UnknownPlace
from ..faults import Severity
from ._catalog import catalog
from ._place_names import codes_of, department_code, key_of, nearest_codes

__all__ = [
    "Department",
    "Municipality",
    "PlaceFinding",
    "check_place",
    "country_name",
    "department",
    "departments",
    "find_municipality",
    "municipalities",
    "municipality",
    "municipality_of_postal_code",
    "postal_codes",
    "require_place",
]

COLOMBIA: Final = "CO"
_UNKNOWN_POSTAL_CODE: Final = "000000"
"""Accepted by DIAN without a notification, like an absent postal code."""


class Department(NamedTuple):
    """A department: DIVIPOLA code of two digits, name, name in upper case as in annex 1.9, ISO 3166-2 code."""

    code: str
    name: str
    official_name: str
    iso_3166_2: str


class Municipality(NamedTuple):
    """A municipality of Colombia.

    ``code`` has five digits (DIVIPOLA), the first two being ``department_code``. ``name`` is that of the annex 1.8
    list, ``official_name`` the upper-case one of annex 1.9, which documents carry. ``postal_code`` is the usual one of
    the municipality, its lowest urban code; ``postal_codes`` lists them all. ``country`` is ISO 3166-1 alpha-2.
    """

    code: str
    name: str
    official_name: str
    department_code: str
    department: str
    postal_code: str
    country: str = COLOMBIA


@dataclass(frozen=True, slots=True)
class PlaceFinding(Viewed):
    """One thing that is wrong with a place.

    ``field`` is the argument of ``check_place`` at fault. ``severity`` is what DIAN does about it. ``contradicts``:
    whether the data cannot all be true, or a code does not exist; otherwise the text only differs from DIAN's list in
    its spelling, or the postal code may be newer than our list.
    """

    field: str
    severity: Severity
    contradicts: bool
    message: str
    found: str
    expected: str
    remedy: str

    def error(self, field: str | None = None) -> UnknownPlace:
        """Return the finding as an error, at another field if one is named."""
        return UnknownPlace(
            self.message,
            field=field or self.field,
            found=repr(self.found),
            expected=self.expected,
            remedy=self.remedy[:1].lower() + self.remedy[1:],
        )


@cache
def departments() -> Mapping[str, Department]:
    """Return the 33 departments by code; Bogotá (11) counts as one."""
    entries = catalog("departments").values()
    return {e.code: Department(e.code, e.label, e.label.upper(), e.details["iso_3166_2"]) for e in entries}


@checked
def department(code: str, *, field: str | None = None) -> Department:
    """Return the department of a two-digit code; raises ``UnknownPlace``, naming the nearest one."""
    found = departments().get(code)
    if found is None:
        raise _unknown_department(code).error(field)
    return found


@checked
def municipality(code: str, *, field: str | None = None) -> Municipality:
    """Return the municipality of a five-digit DIVIPOLA code; raises ``UnknownPlace``, naming the nearest one."""
    if code not in catalog("municipalities"):
        raise _unknown_municipality(code).error(field)
    return _municipality(code)


@checked
def municipalities(department_code: str | None = None) -> tuple[Municipality, ...]:
    """Return every municipality, or those of a department, in the order of their codes.

    Raises ``UnknownPlace`` when there is no such department.
    """
    prefix = "" if department_code is None else department(department_code).code
    return tuple(_municipality(code) for code in catalog("municipalities") if code.startswith(prefix))


@checked
def find_municipality(name: str, department: str | None = None, *, field: str | None = None) -> Municipality:
    """Return the municipality of a name or code, whatever its case and accents; ``department`` is a code or a name.

    Known are the names of annexes 1.8 and 1.9, those that people use (list ``municipality_names``), and the form of
    geocoders: «Cali, Valle del Cauca, Colombia». Raise ``UnknownPlace`` when there is none, naming the nearest, and
    when several municipalities may be meant, naming them with their departments.
    """
    within = "" if department is None else _department_code(department)
    codes = codes_of(name, within)
    if len(codes) == 1:
        return _municipality(codes[0])
    if codes:
        raise UnknownPlace.of("catalogs.unknown_place", field=field, found=repr(name), codes=_options(codes))
    raise UnknownPlace(
        "No hay un municipio con ese nombre."
        if not within
        else "No hay un municipio con ese nombre en el departamento.",
        field=field,
        found=repr(name),
        expected="el nombre de un municipio de la tabla DIVIPOLA",
        remedy=_meant_by(name, within),
    )


@checked
def postal_codes(municipality_code: str, *, field: str | None = None) -> tuple[str, ...]:
    """Return the postal codes of a municipality, in order; those that end in 7, 8 or 9 are rural.

    Raises ``UnknownPlace`` when there is no such municipality.
    """
    return _postal_codes()[municipality(municipality_code, field=field).code]


@checked
def municipality_of_postal_code(code: str, *, field: str | None = None) -> Municipality:
    """Return the municipality of a postal code of six digits; raises ``UnknownPlace`` for an unknown one."""
    entry = catalog("postal_codes").get(code)
    if entry is None:
        raise _unknown_postal_code(code).error(field)
    return _municipality(entry.details["municipality"])


@checked
def country_name(code: str, *, field: str | None = None) -> str:
    """Return the Spanish name of a country from its ISO 3166-1 alpha-2 code; raises ``UnknownCode``."""
    return catalog("countries").require(code, field=field).label


@checked
def check_place(
    *, municipality: str, city: str | None = None, department: str | None = None, postal_code: str | None = None
) -> list[PlaceFinding]:
    """Compare the data of an address in Colombia with each other and with DIAN's lists.

    ``municipality`` is the DIVIPOLA code, ``city`` its name, ``department`` its code or name, ``postal_code`` six
    digits. ``None`` is not checked, nor is the postal code ``000000``. An unknown municipality ends the comparison. The
    findings come in the order of the arguments; an empty list means that nothing is wrong.
    """
    if municipality not in catalog("municipalities"):
        return [_unknown_municipality(municipality)]
    place = _municipality(municipality)
    findings = (
        None if city is None else _city(city, place),
        None if department is None else _department(department, place),
        None if postal_code in (None, _UNKNOWN_POSTAL_CODE) else _postal_code(postal_code or "", place),
    )
    return [finding for finding in findings if finding is not None]


@checked
def require_place(
    *,
    municipality: str,
    city: str | None = None,
    department: str | None = None,
    postal_code: str | None = None,
    field: str | None = None,
) -> Municipality:
    """Return the municipality of an address whose data do not contradict each other.

    Raises ``UnknownPlace`` for what ``check_place`` finds contradictory, an ``InvalidInput`` that lists them when they
    are several. Other spellings and postal codes that no list has pass; ``field`` is put before the field at fault.
    """
    findings = check_place(municipality=municipality, city=city, department=department, postal_code=postal_code)
    errors = [finding.error() for finding in findings if finding.contradicts]
    if field:
        for error in errors:
            error.at(field)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        message = " ".join(error.message for error in errors)
        raise InvalidInput(f"Los datos del lugar se contradicen: {message}", field=field, errors=errors)
    return _municipality(municipality)


def _meant_by(name: str, within: str = "", search: str = "búsquelo con municipalities() de su departamento.") -> str:
    """Return the remedy for a name that no municipality has; ``search`` when no name is similar."""
    if not within and (code := department_code(name)):
        return f"{departments()[code].name} es un departamento: escriba el municipio, uno de municipalities({code!r})."
    digits = name.strip().zfill(5)
    close = (digits,) if digits in catalog("municipalities") else nearest_codes(name, within)
    if close:
        return f"¿Quiso decir {_options(close)}?"
    return search


def _municipality(code: str) -> Municipality:
    entry = catalog("municipalities")[code]
    owner = departments()[code[:2]]
    details = entry.details
    return Municipality(
        code, entry.label, details["official_name"], owner.code, owner.name, details["postal_code"], COLOMBIA
    )


def _title(place: Municipality) -> str:
    """Return a municipality's name as messages write it."""
    return f"{place.name} ({place.code})"


def _alternatives(codes: Sequence[str]) -> str:
    """Return the name of a municipality, or of several with their departments."""
    return _title(_municipality(codes[0])) if len(codes) == 1 else _options(codes)


def _options(codes: Sequence[str]) -> str:
    """Return municipalities with their departments, as alternatives."""
    places = [_municipality(code) for code in codes]
    return " o ".join(f"{_title(place)} en {place.department}" for place in places)


@cache
def _postal_codes() -> Mapping[str, tuple[str, ...]]:
    """Index the postal codes by municipality."""
    index: dict[str, list[str]] = {}
    for entry in catalog("postal_codes").values():
        index.setdefault(entry.details["municipality"], []).append(entry.code)
    return {code: tuple(codes) for code, codes in index.items()}


def _department_code(text: str) -> str:
    """Return the code of a department from its code or name."""
    code = department_code(text)
    if code is None:
        raise _unknown_department(text).error()
    return code


def _unknown_municipality(code: str) -> PlaceFinding:
    known = catalog("municipalities")
    if code[:5] in known:  # the code of a populated centre: eight digits, the first five its municipality's
        close: tuple[str, ...] = (code[:5],)
    elif code.zfill(5) in known:  # a spreadsheet dropped the leading zero
        close = (code.zfill(5),)
    elif code.isdecimal():
        siblings = [other for other in known if other[:2] == code[:2]]
        close = (min(siblings, key=lambda other: abs(int(other) - int(code))),) if siblings else ()
    else:
        close = codes_of(code)
    return PlaceFinding(
        field="municipality",
        severity=Severity.RECHAZO,
        contradicts=True,
        message="No hay un municipio con ese código.",
        found=code,
        expected="un código DIVIPOLA de cinco dígitos",
        remedy=f"¿Quiso decir {_alternatives(close)}?"
        if close
        else _meant_by(code, search="Búsquelo por su nombre: dian_fe.catalogs.find_municipality."),
    )


def _unknown_department(text: str) -> PlaceFinding:
    names = {key_of(one.name): one for one in departments().values()}
    if text.zfill(2) in departments():
        close: Department | None = departments()[text.zfill(2)]
    else:
        name = nearest(key_of(text), names)
        close = names[name] if name else None
    return PlaceFinding(
        field="department",
        severity=Severity.RECHAZO,
        contradicts=True,
        message="No hay un departamento con ese código o nombre.",
        found=text,
        expected="el código de dos dígitos o el nombre de un departamento",
        remedy=f"¿Quiso decir {close.name} ({close.code})?" if close else "Use los dos primeros dígitos del municipio.",
    )


def _unknown_postal_code(code: str) -> PlaceFinding:
    known = catalog("postal_codes")
    if code.zfill(6) in known:
        close: str | None = code.zfill(6)
    else:
        close = nearest(code, [other for other in known if other[:2] == code[:2]])
    return PlaceFinding(
        field="postal_code",
        severity=Severity.NOTIFICACION,
        contradicts=False,
        message="El código postal no está en la lista.",
        found=code,
        expected="un código postal de seis dígitos",
        remedy=f"¿Quiso decir {close}?" if close else "Use el código postal usual del municipio, u omítalo.",
    )


def _city(city: str, place: Municipality) -> PlaceFinding | None:
    if city in (place.name, place.official_name):
        return None
    others = codes_of(city)
    same = place.code in codes_of(city, place.department_code)
    if same:
        message, remedy = "El nombre del municipio no está escrito como en la lista.", ""
    elif others:
        message = f"Esa ciudad no es el municipio {place.code}."
        remedy = f" o use el código de {_title(_municipality(others[0]))}"
    else:
        message = f"Esa ciudad no es el municipio {place.code}."
        close = next(iter(nearest_codes(city)), place.code)
        remedy = f" o use el código de {_title(_municipality(close))}" if close != place.code else ""
    return PlaceFinding(
        field="city",
        severity=Severity.NOTIFICACION,
        contradicts=not same,
        message=message,
        found=city,
        expected=repr(place.official_name),
        remedy=f"Escriba {place.official_name!r}{remedy}.",
    )


def _department(text: str, place: Municipality) -> PlaceFinding | None:
    own = departments()[place.department_code]
    if text in (own.code, own.name, own.official_name):
        return None
    code = department_code(text)
    same = code == own.code and text not in departments()
    is_code = text.isascii() and text.isdigit()
    other = departments()[code] if code else None
    if same:
        message = "El nombre del departamento no está escrito como en la lista."
    elif other:
        message = f"{_title(place)} es de {own.name} ({own.code}), no de {other.name} ({other.code})."
    else:
        message = f"{_title(place)} es de {own.name} ({own.code})."
    return PlaceFinding(
        field="department",
        severity=Severity.RECHAZO if is_code else Severity.NOTIFICACION,
        contradicts=not same,
        message=message,
        found=text,
        expected=repr(own.code if is_code else own.name),
        remedy=f"Escriba {own.code if is_code else own.name!r}." if same else "Corrija el departamento o el municipio.",
    )


def _postal_code(code: str, place: Municipality) -> PlaceFinding | None:
    entry = catalog("postal_codes").get(code)
    if entry is None:
        remedy = f"Use {place.postal_code}, el usual de {place.name}, u omítalo."
        return replace(_unknown_postal_code(code), remedy=remedy)
    owner = entry.details["municipality"]
    if owner == place.code:
        return None
    return PlaceFinding(
        field="postal_code",
        severity=Severity.NOTIFICACION,
        contradicts=True,
        message=f"El código postal es de {_title(_municipality(owner))}, no de {_title(place)}.",
        found=code,
        expected=f"un código postal de {place.name}",
        remedy=f"Use {place.postal_code}, el usual de {place.name}, o corrija el municipio.",
    )
