"""Employer and provider of the software: who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....rules.context import Context
from ....rules.party_checks import digit_of
from ....rules.registry import Check, Finding, add, rule
from .places import at


@rule(*at("Empleador/@NIT"), path="empleador.nit", needs=("document", "issuer"))
def employer_is_the_issuer(context: Context) -> Iterator[Finding]:
    """The employer is the company that issues; DIAN answers this code when it is not enabled for payroll."""
    found, expected = context.document.empleador.nit, context.subject.issuer.organization.nit
    if found != expected:
        yield Finding(found=found, expected=expected)


@rule(*at("Empleador/@DV"), path="empleador.dv")
def digit_of_the_employer(context: Context) -> Iterator[Finding]:
    """DV is the check digit of the employer's NIT."""
    found, expected = context.document.empleador.dv, digit_of(context.document.empleador.nit)
    if expected is not None and found != expected:
        yield Finding(found=found, expected=expected)


_SURNAME, _FIRST = "primer_apellido", "primer_nombre"


def _named(party: str, field: str) -> Check:
    """Return the check of a field of the name: a company has one name; a person, a surname and a first name."""

    def function(context: Context) -> Iterator[Finding]:
        owner = getattr(context.document, party)
        if owner.razon_social is not None or getattr(owner, field) is not None:
            return
        nameless = (owner.primer_apellido, owner.primer_nombre) == (None, None)
        if nameless is (field == "razon_social"):
            yield Finding(expected="el nombre del RUT")

    return function


_NAMES: Final = (("RazonSocial", "razon_social"), ("PrimerApellido", _SURNAME), ("PrimerNombre", _FIRST))
for _element, _party in (("Empleador", "empleador"), ("ProveedorXML", "proveedor")):
    for _attribute, _field in _NAMES:
        add(at(f"{_element}/@{_attribute}"), _named(_party, _field), f"{_party}.{_field}")
