"""Groups AB and PD: what a ticket says of its software's maker, of the buyer's points and of the till.

The names of the pairs are those of the paths in ``codes.tsv``. The sources give ranges of codes for the pairs and not
which is of each name or value: they are taken in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from ...._text import fold
from ....rules.context import Context
from ....rules.facts import code_facts
from ....rules.registry import Check, Finding, register, rule

_CONTENTS: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/*"
_BENEFITS: Final = "BeneficiosComprador"
_GROUPS: Final = {
    "FabricanteSoftware": "InformacionDelFabricanteDelSoftware",
    _BENEFITS: "InformacionBeneficiosComprador",
    "PuntoVenta": "InformacionCajaVenta",
}
_ANNEX: Final = {"InformacionVeneficiosComprador": _GROUPS[_BENEFITS]}
"""Group as the annex's paths spell it, and as DIAN's examples do."""


class _Extension(NamedTuple):
    """What the extensions have of one wrapper."""

    wrappers: list[Any]
    groups: list[Any]
    """The groups in them, usually one."""
    pairs: list[tuple[Any, str, Any]]
    """Each Name with its text and its Value, None when the Value is missing."""


_FOUND: WeakKeyDictionary[Context, Mapping[str, _Extension]] = WeakKeyDictionary()
"""Read once for all rules of a check."""


def _extension(context: Context, wrapper: str) -> _Extension:
    found = _FOUND.get(context)
    if found is None:
        found = _FOUND[context] = _read(context.subject.xml)
    return found[wrapper]


def _read(xml: Any) -> Mapping[str, _Extension]:
    found = {wrapper: _Extension([], [], []) for wrapper in _GROUPS}
    for content in xml.all(_CONTENTS):
        wrapper = _local(xml, content)
        if wrapper in found:
            found[wrapper].wrappers.append(content)
            groups = [each for each in xml.all("*", content) if _local(xml, each) == _GROUPS[wrapper]]
            found[wrapper].groups.extend(groups)
            for group in groups:
                found[wrapper].pairs.extend(_pairs(xml, group))
    return found


def _local(xml: Any, node: Any) -> str:
    name: str = xml.name(node).rpartition(":")[2]
    return _ANNEX.get(name, name)


def _pairs(xml: Any, group: Any) -> Iterator[tuple[Any, str, Any]]:
    name: Any = None
    for child in (*xml.all("*", group), None):
        kind = "" if child is None else _local(xml, child)
        if name is not None:
            yield name, (name.text or "").strip(), child if kind == "Value" else None
        name = child if kind == "Name" else None


def _extensions(context: Context) -> Any:
    """Return ext:UBLExtensions, or the root without it."""
    found = context.subject.xml.first("ext:UBLExtensions")
    return context.subject.xml.all("")[0] if found is None else found


@rule("DEPD11", "DEPD21", needs=("xml",))
def extensions_are_complete(context: Context) -> Iterator[Finding]:
    """The extensions have DIAN's and the three groups; the signature is a matter of its verification."""
    missing = [] if context.subject.xml.everywhere("sts:DianExtensions") else ["sts:DianExtensions"]
    missing += [group for wrapper, group in _GROUPS.items() if not _extension(context, wrapper).groups]
    if missing:
        yield Finding(node=_extensions(context), expected=", ".join(missing))


@rule("DEPD13", needs=("xml",))
def benefits_are_there(context: Context) -> Iterator[Finding]:
    """One of the extensions is BeneficiosComprador."""
    if not _extension(context, _BENEFITS).wrappers:
        yield Finding("benefits", node=_extensions(context), expected=_BENEFITS)


@rule("DEPD14", needs=("xml",))
def benefits_have_their_group(context: Context) -> Iterator[Finding]:
    """BeneficiosComprador has its group, as the examples or the annex's paths spell it."""
    wrappers, groups, _ = _extension(context, _BENEFITS)
    if wrappers and not groups:
        yield Finding("benefits", node=wrappers[0], expected=_GROUPS[_BENEFITS])


def _has_name(wrapper: str, literal: str, path: str) -> Check:
    def function(context: Context) -> Iterator[Finding]:
        """A present group has a Name of exactly that text, capitals and accents included."""
        wrappers, groups, pairs = _extension(context, wrapper)
        if not wrappers or any(text == literal for _, text, _ in pairs):
            return
        near = next(((node, text) for node, text, _ in pairs if fold(text) == fold(literal)), None)
        place, found = near or ((groups or wrappers)[0], None)
        yield Finding(path, node=place, found=found, expected=literal)

    return function


def _has_value(wrapper: str, literal: str, path: str) -> Check:
    def function(context: Context) -> Iterator[Finding]:
        """A Name of that text is followed by a Value that is not empty."""
        for name, text, value in _extension(context, wrapper).pairs:
            if text == literal and (value is None or not (value.text or "").strip()):
                yield Finding(path, node=name if value is None else value, expected="un valor")

    return function


for _name, _value, _path in (
    ("DEAB41", "DEAB42", "maker.person"),
    ("DEAB43", "DEAB44", "maker.company"),
    ("DEAB45", "DEAB46", "maker.software"),
    ("DEPD15", "DEPD16", "benefits.code"),
    ("DEPD17", "DEPD18", "benefits.name"),
    ("DEPD19", "DEPD20", "benefits.points"),
    ("DEPD25", "DEPD26", "point_of_sale.plate"),
    ("DEPD27", "DEPD28", "point_of_sale.location"),
    ("DEPD29", "DEPD30", "point_of_sale.cashier"),
    ("DEPD31", "DEPD32", "point_of_sale.till_type"),
    ("DEPD33", "DEPD34", "point_of_sale.sale_code"),
    ("DEPD35", "DEPD36", "point_of_sale.subtotal"),
):
    _steps, _, _literal = code_facts()[_name].path.removesuffix("']").partition("[.='")
    _wrapper = _steps.split("/")[-3]
    register(_name, _has_name(_wrapper, _literal, _path), path=_path, needs=("xml",))
    register(_value, _has_value(_wrapper, _literal, _path), path=_path, needs=("xml",))
