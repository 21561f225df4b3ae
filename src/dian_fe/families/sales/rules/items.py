"""Groups AZ and BA: the item – description, standard code – and, in mandates, the principal (FAV08a too)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....catalogs import IdType, OperationType, ProductStandard
from ....faults import Severity
from ....rules.context import Context
from ....rules.facts import code_facts
from ....rules.model_checks import each
from ....rules.party_checks import digit_of
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent, literal

_STANDARDS = frozenset(standard.value for standard in ProductStandard)
_LONGEST_STANDARD = max(map(len, _STANDARDS))
_ID_TYPES = {None, *(kind.value for kind in IdType)}
_NIT = IdType.NIT.value
_MANDATE = OperationType.MANDATOS.value


def _is_export(context: Context) -> bool:
    return context.is_export


literal("FBA06", among=("195",))
literal("FBA09", among=("CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)",))
absent("FBA02", "FBA04")


@rule("FAZ02", "CAZ02", "DAZ02", needs=("xml",))
def line_says_what_is_sold(context: Context) -> Iterator[Finding]:
    """Every line has a description; models always have one."""
    lines, _, description = code_facts()[f"{context.letter}AZ02"].path.partition("/")
    for node in context.subject.xml.all(lines):
        if not any((text.text or "").strip() for text in context.subject.xml.all(description, node)):
            yield Finding(node=node, expected=description)


each("FAZ04", path="lines[].brand", when=_is_export, wrong=lambda line: line.brand is None, expected="la marca")
each("FAZ05", path="lines[].model", when=_is_export, wrong=lambda line: line.model is None, expected="el modelo")


@rule("FAZ09", path="lines[].standard_code", since="1.9")
def line_has_standard_code(context: Context) -> Iterator[Finding]:
    """Every line has StandardItemIdentification; an empty one is not a fault (accepted documents)."""
    xml = context.subject.xml
    place, _, below = code_facts()["FAZ09"].path.partition("/")
    nodes = () if xml is None else xml.all(place)
    for index, line in enumerate(context.lines):
        empty = index < len(nodes) and line.standard_code is None and xml.first(below, nodes[index]) is not None
        if line.standard_code is None and not empty:
            yield Finding(f"lines[{index}].standard_code", None, "un código estándar o el propio, con 999")


@rule("FAZ11", "FAZ12", "CAZ12", "DAZ12", path="lines[].standard")
def standard_is_listed(context: Context) -> Iterator[Finding]:
    """The standard of a product code, when both are given, is in the table: free text is refused, a code notified."""
    for index, line in enumerate(context.lines):
        if line.standard_code and line.standard is not None and line.standard not in _STANDARDS:
            yield Finding(
                f"lines[{index}].standard",
                line.standard,
                "001, 010, 020 o 999",
                severity=Severity.NOTIFICACION if len(line.standard) <= _LONGEST_STANDARD else Severity.RECHAZO,
            )


@rule("FBA01", path="lines[].principal")
def mandate_names_the_principal(context: Context) -> Iterator[Finding]:
    """A mandate (operation 11) names the mandante in some line."""
    if context.document.operation != _MANDATE:
        return
    if context.lines and all(line.principal is None for line in context.lines):
        yield Finding("lines[0].principal", None, "la identificación del mandante")


each(
    "FAV08a",
    path="lines[].id_scheme",
    since="1.9",
    when=lambda context: context.document.operation == _MANDATE,
    wrong=lambda line: line.id_scheme is None,
    expected="un valor de la tabla 13.3.13, como 1",
)


def _has_principals(context: Context) -> bool:
    return any(line.principal is not None for line in context.lines)


@rule("FBA05", "CBA05", "DBA05", path="lines[].principal.check_digit", when=_has_principals)
def principal_check_digit_is_right(context: Context) -> Iterator[Finding]:
    """The NIT of the mandante has its check digit; its absence is FBA07 in invoices."""
    for index, line in enumerate(context.lines):
        expected = _digit(line.principal)
        if expected is None or line.principal.check_digit == expected:
            continue
        if line.principal.check_digit is not None or context.letter != "F":
            yield Finding(f"lines[{index}].principal.check_digit", line.principal.check_digit, expected)


@rule("FBA07", path="lines[].principal.check_digit", when=_has_principals)
def principal_has_check_digit(context: Context) -> Iterator[Finding]:
    """The NIT of the mandante carries its check digit in @schemeID."""
    for index, line in enumerate(context.lines):
        expected = _digit(line.principal)
        if expected is not None and line.principal.check_digit is None:
            yield Finding(f"lines[{index}].principal.check_digit", None, expected)


def _digit(principal: Any) -> str | None:
    """Return the check digit of a mandante identified by NIT; None for any other."""
    if principal is None or principal.id_type != _NIT:
        return None
    return digit_of(principal.id)


each(
    "FBA08",
    path="lines[].principal.id_type",
    when=_has_principals,
    wrong=lambda line: line.principal is not None and line.principal.id_type not in _ID_TYPES,
    expected="31, 13 u otro de la lista",
)
