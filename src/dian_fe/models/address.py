"""Addresses. A Colombian one is told by its municipality: names, department, country and postal code follow."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import model_validator

from ..catalogs.places import country_name, departments, municipality, require_place
from ..errors import InvalidInput
from ._base import Model, Text, TextOrEmpty, field_default_from
from ._typing import field

_POSTAL_CODE = re.compile("[0-9]{6}")


def _place(attribute: str) -> Any:
    """A field whose default is a datum of the municipality."""
    return field(
        default_factory=field_default_from("municipality", make=lambda code: getattr(municipality(code), attribute))
    )


def _department(code: str) -> str:
    return departments()[municipality(code).department_code].name


class Address(Model):
    """A postal address (cac:Address and its like).

    For Colombia give ``municipality`` and ``line``; the rest follows from DIVIPOLA. Abroad, leave ``municipality``
    out and give ``country``, ``city`` and what else is known.
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
    """Six digits; the municipality's default one unless given. Empty when a document read has the element empty."""
    line: Text | None = None
    """Street and number, free text."""
    country: Text | None = field(default_factory=lambda data: "CO" if data.get("municipality") else None)
    """ISO 3166-1 alpha-2."""
    country_name: Text | None = field(default_factory=field_default_from("country", make=country_name))
    """Spanish name of the country, that of its code unless given."""

    @classmethod
    def colombia(cls, municipality: str, line: str | None = None, *, postal_code: str | None = None) -> Self:
        """Make the address of a Colombian place.

        ``municipality`` is the DIVIPOLA code. Raises ``UnknownPlace`` for a code that does not exist, naming the
        nearest match, and ``InvalidInput`` for a postal code that has not six digits. One of another municipality is
        no error: DIAN only notifies it (FAJ73), and so do the rules.
        """
        address = cls.model_validate(
            {"municipality": municipality, "line": line} | ({"postal_code": postal_code} if postal_code else {})
        )
        return address.checked()

    def checked(self) -> Self:
        """Give the address itself when its place data agree; raises as ``colombia`` does otherwise."""
        if self.municipality is not None:
            if self.postal_code is not None and not _POSTAL_CODE.fullmatch(self.postal_code):
                raise InvalidInput(
                    "un código postal colombiano tiene seis dígitos.",
                    field="postal_code",
                    found=repr(self.postal_code),
                    expected="seis dígitos, también el cero inicial",
                    remedy="omítalo: se toma el usual del municipio.",
                )
            require_place(
                municipality=self.municipality,
                city=self.city,
                department=self.department_code or self.department,
                postal_code=self.postal_code,
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"line": value} if isinstance(value, str) else value
