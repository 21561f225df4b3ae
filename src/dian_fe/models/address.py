"""Addresses. A Colombian one needs only its municipality: names, department, country and postal code follow."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any, Self

from pydantic import ValidationInfo, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler

from ..catalogs import catalog
from ..catalogs._place_names import department_code as known_department
from ..catalogs.places import COLOMBIA, PlaceFinding, check_place, country_name, departments, municipality
from ..errors import InvalidInput
from ..faults import Severity
from ._base import Model
from ._fields import Text, TextOrEmpty, field, field_default_from
from ._missing import AS_READ

_POSTAL_CODE = re.compile("[0-9]{6}")


def _place(attribute: str) -> Any:
    """Return a field whose default is a datum of the municipality."""
    return field(
        default_factory=field_default_from("municipality", make=lambda code: getattr(municipality(code), attribute))
    )


def _department(code: str) -> str:
    return departments()[municipality(code).department_code].name


def _elsewhere(country: str) -> PlaceFinding:
    return PlaceFinding(
        field="country",
        severity=Severity.RECHAZO,
        contradicts=True,
        message="Un municipio de Colombia no está en otro país.",
        found=country,
        expected=repr(COLOMBIA),
        remedy="fuera de Colombia deje sin valor municipality y escriba city.",
    )


class Address(Model):
    """A postal address (cac:Address and its like).

    For Colombia pass ``municipality`` and ``line``; the rest follows from DIVIPOLA. Abroad, omit ``municipality`` and
    pass ``country``, ``city`` and what else is known.
    """

    municipality: Text | None = None
    """DIVIPOLA code of five digits, "76001" for Cali; only for Colombia."""
    city: Text | None = _place("official_name")
    """Name of the municipality as DIAN's list has it, in capitals (rule FAM06 notifies other spellings)."""
    department: Text | None = field(default_factory=field_default_from("municipality", make=_department))
    """cbc:CountrySubentity: name of the department, that of the municipality unless given (rule FAM07)."""
    department_code: Text | None = _place("department_code")
    """cbc:CountrySubentityCode: two digits of DIVIPOLA, those of the municipality unless given."""
    postal_code: TextOrEmpty | None = _place("postal_code")
    """Six digits; the municipality's default one unless given. Empty when a received document has the element empty."""
    line: Text | None = None
    """Street and number, free text."""
    country: Text | None = field(default_factory=lambda data: "CO" if data.get("municipality") else None)
    """ISO 3166-1 alpha-2."""
    country_name: Text | None = field(
        default_factory=field_default_from("country", make=partial(country_name, field="country"))
    )
    """Spanish name of the country, that of its code unless given."""

    @classmethod
    def colombia(cls, municipality: str, line: str | None = None, *, postal_code: str | None = None) -> Self:
        """Make the address of a Colombian place.

        ``municipality`` is the DIVIPOLA code. Raise ``UnknownPlace`` for a code that does not exist, naming the nearest
        match, and for a postal code of another municipality; ``InvalidInput`` for one that has not six digits. An
        unlisted postal code is accepted: DIAN only notifies it (FAJ73), and it may be newer than the list.
        """
        address = cls.model_validate(
            {"municipality": municipality, "line": line} | ({"postal_code": postal_code} if postal_code else {})
        )
        return address.checked()

    def checked(self) -> Self:
        """Return the address itself when its place data agree; raise as ``colombia`` does otherwise."""
        code = self.postal_code
        if self.municipality is not None and code is not None and not _POSTAL_CODE.fullmatch(code):
            raise InvalidInput.of("models.postal_code", field="postal_code", found=repr(code))
        return self._agreeing()

    def _agreeing(self) -> Self:
        """Return the address itself unless its data contradict each other."""
        errors = [finding.error() for finding in self.contradictions()]
        if len(errors) > 1:
            told = " ".join(error.message for error in errors)
            raise InvalidInput(f"Los datos del lugar se contradicen: {told}", field=errors[0].field, errors=errors)
        if errors:
            raise errors[0]
        return self

    def contradictions(self) -> list[PlaceFinding]:
        """Return the data that contradict the municipality: country, city, department by name or code, postal code.

        Only addresses of received documents have any. Empty for an address without municipality.
        """
        if self.municipality is None:
            return self._department_contradicted()
        if self.country not in (None, COLOMBIA):
            return [_elsewhere(self.country)]
        found = check_place(
            municipality=self.municipality,
            city=self.city,
            department=self.department,
            postal_code=self.postal_code,
        )
        if self.department_code not in (None, self.municipality[:2]):
            code = check_place(municipality=self.municipality, department=self.department_code)
            found += [replace(each, field="department_code") for each in code if each.field == "department"]
        return [each for each in found if each.contradicts]

    def _department_contradicted(self) -> list[PlaceFinding]:
        """Return the contradiction between code and name of the department, if any; unknown ones contradict nothing."""
        code, name = self.department_code, self.department
        if code is None or name is None or self.country not in (None, COLOMBIA):
            return []
        named = known_department(name)
        if named is None or code not in departments() or named == code:
            return []
        return [
            PlaceFinding(
                field="department_code",
                severity=Severity.RECHAZO,
                contradicts=True,
                message=f"El código {code} es de otro departamento: {departments()[code].name}.",
                found=code,
                expected=f"{named!r} ({departments()[named].name})",
                remedy=f"escriba department_code={named!r}, o corrija department.",
            )
        ]

    @model_validator(mode="wrap")
    @classmethod
    def _consistent(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        made = handler(value)
        # Nothing can deny a municipality that is in no list; DIAN's rules report it.
        unlisted = made.municipality is not None and made.municipality not in catalog("municipalities")
        given = isinstance(value, Address) or info.context is AS_READ
        return made if given or unlisted else made._agreeing()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"line": value} if isinstance(value, str) else value
