"""Groups AB and PD: what a ticket says of its software's maker, of the buyer's points and of the till.

The names of the pairs are those of the paths in ``codes.tsv``. The sources give ranges of codes for the pairs and not
which is of each name or value: they are taken in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from ...._text import fold
from ....rules.context import Context
from ....rules.facts import code_facts
from ....rules.registry import Finding, register, rule

_CONTENTS: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/*"
_BENEFITS: Final = "InformacionBeneficiosComprador"
_ANNEX: Final = {"InformacionVeneficiosComprador": _BENEFITS}
"""Group as the annex's paths spell it, and as DIAN's examples do."""
_GROUPS: Final = {
    "FabricanteSoftware": "InformacionDelFabricanteDelSoftware",
    "BeneficiosComprador": _BENEFITS,
    "PuntoVenta": "InformacionCajaVenta",
}


def _local(context: Context, node: Any) -> str:
    name: str = context.subject.xml.name(node).rpartition(":")[2]
    return _ANNEX.get(name, name)


def _wrappers(context: Context, name: str) -> list[Any]:
    """Return the contents of extensions with that local name."""
    return [node for node in context.subject.xml.all(_CONTENTS) if _local(context, node) == name]


def _groups(context: Context, wrapper: str) -> list[Any]:
    """Return the groups of pairs in the wrappers of a name."""
    return [
        group
        for node in _wrappers(context, wrapper)
        for group in context.subject.xml.all("*", node)
        if _local(context, group) == _GROUPS[wrapper]
    ]


def _extensions(context: Context) -> Any:
    """Return ext:UBLExtensions, or the root without it."""
    found = context.subject.xml.first("ext:UBLExtensions")
    return context.subject.xml.all("")[0] if found is None else found


@rule("DEPD11", "DEPD21", needs=("xml",))
def extensions_are_complete(context: Context) -> Iterator[Finding]:
    """The extensions have DIAN's and the three groups; the signature is a matter of its verification."""
    missing = [] if context.subject.xml.everywhere("sts:DianExtensions") else ["sts:DianExtensions"]
    missing += [group for wrapper, group in _GROUPS.items() if not _groups(context, wrapper)]
    if missing:
        yield Finding(node=_extensions(context), expected=", ".join(missing))


@rule("DEPD13", needs=("xml",))
def benefits_are_there(context: Context) -> Iterator[Finding]:
    """One of the extensions is BeneficiosComprador."""
    if not _wrappers(context, "BeneficiosComprador"):
        yield Finding("benefits", node=_extensions(context), expected="BeneficiosComprador")


@rule("DEPD14", needs=("xml",))
def benefits_have_their_group(context: Context) -> Iterator[Finding]:
    """BeneficiosComprador has its group, as the examples or the annex's paths spell it."""
    wrappers = _wrappers(context, "BeneficiosComprador")
    if wrappers and not _groups(context, "BeneficiosComprador"):
        yield Finding("benefits", node=wrappers[0], expected=_BENEFITS)


def _pairs(context: Context, wrapper: str) -> Iterator[tuple[Any, str, Any]]:
    """Yield each Name with its text and its Value, None when the Value is missing."""
    for group in _groups(context, wrapper):
        name: Any = None
        for child in (*context.subject.xml.all("*", group), None):
            kind = "" if child is None else _local(context, child)
            if name is not None:
                yield name, (name.text or "").strip(), child if kind == "Value" else None
            name = child if kind == "Name" else None


def _place(code: str) -> tuple[str, str]:
    """Return wrapper and literal of the Name in the path of a code."""
    steps, _, literal = code_facts()[code].path.removesuffix("']").partition("[.='")
    return steps.split("/")[-3], literal


def _has_name(code: str, path: str, context: Context) -> Iterator[Finding]:
    """A present group has a Name of exactly that text; one that differs in capitals or accents is told."""
    wrapper, literal = _place(code)
    wrappers = _wrappers(context, wrapper)
    if not wrappers:
        return
    names = [(node, text) for node, text, _ in _pairs(context, wrapper)]
    if all(text != literal for _, text in names):
        near = next(((node, text) for node, text in names if fold(text) == fold(literal)), None)
        place, found = near or (next(iter(_groups(context, wrapper)), wrappers[0]), None)
        yield Finding(path, node=place, found=found, expected=literal)


def _has_value(code: str, path: str, context: Context) -> Iterator[Finding]:
    """A Name of that text is followed by a Value that is not empty."""
    wrapper, literal = _place(code)
    for name, text, value in _pairs(context, wrapper):
        if text == literal and not (value is not None and (value.text or "").strip()):
            yield Finding(path, node=name if value is None else value, expected="un valor")


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
    register(_name, partial(_has_name, _name, _path), path=_path, needs=("xml",))
    register(_value, partial(_has_value, _value, _path), path=_path, needs=("xml",))
