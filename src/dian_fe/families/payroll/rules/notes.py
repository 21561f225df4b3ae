"""Notes of adjustment: their type, and the document that they replace or delete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ....catalogs import PayrollAdjustmentType
from ....rules.context import Context
from ....rules.registry import Check, Finding, add, own_rule, rule
from . import NOTES
from .places import at, whole_numbers

_CUNE: Final = re.compile("[0-9A-Fa-f]{96}")
_TYPES: Final = dict(
    zip(NOTES, (PayrollAdjustmentType.REEMPLAZAR.value, PayrollAdjustmentType.ELIMINAR.value), strict=True)
)
_GROUPS: Final = ("Reemplazar", "Eliminar")


@rule(*at("TipoNota"), path="tipo_nota", needs=("document", "xml"))
def type_is_that_of_its_data(context: Context) -> Iterator[Finding]:
    """TipoNota is 1 with the group Reemplazar and 2 with Eliminar, of which there is one."""
    found, expected = context.document.tipo_nota, _TYPES[context.subject.kind]
    if found not in whole_numbers(expected):
        yield Finding(found=found, expected=expected)
    groups = [group for name in _GROUPS for group in context.subject.xml.all(name)]
    if len(groups) > 1:
        yield Finding(node=groups[1], found=len(groups), expected="un solo grupo, Reemplazar o Eliminar")


def _original(context: Context) -> Any:
    """Return the model of the document adjusted; None for anything else."""
    original = context.subject.original
    original = getattr(original, "document", original)
    return original if hasattr(original, "empleador") else None


def _of_original(field: str, name: str) -> Check:
    """Return the check that a datum of the predecessor is that of the document itself."""

    def function(context: Context) -> Iterator[Finding]:
        original = _original(context)
        found = getattr(context.document.predecesor, field)
        if original is not None and found != (expected := getattr(original, name)):
            yield Finding(found=found, expected=expected)

    return function


_NEEDS: Final = ("document", "original")
_PLACES: Final = ("ReemplazandoPredecesor/@", "EliminandoPredecesor/@")
for _attribute, _field, _name in (("NumeroPred", "numero", "number"), ("FechaGenPred", "fecha_gen", "issue_date")):
    _codes = at(*(f"{place}{_attribute}" for place in _PLACES))
    add(_codes, _of_original(_field, _name), f"predecesor.{_field}", needs=_NEEDS)


@rule(*at(*(f"{place}CUNEPred" for place in _PLACES)), path="predecesor.cune")
def cune_is_that_of_the_document(context: Context) -> Iterator[Finding]:
    """CUNEPred is a CUNE, and that of the document adjusted where it is known."""
    found, expected = context.document.predecesor.cune, context.subject.original_key
    if not _CUNE.fullmatch(found):
        yield Finding(found=found, expected="96 cifras hexadecimales")
    elif expected is not None and found.lower() != expected.lower():
        yield Finding(found=found, expected=expected)


@own_rule("adjusted_too_early", *NOTES, path="predecesor.fecha_gen")
def note_follows_its_document(context: Context) -> Iterator[Finding]:
    """A note is not issued before the document that it adjusts."""
    found = context.document.predecesor.fecha_gen
    if found > context.issue_date:
        yield Finding(found=found, expected=f"{context.issue_date} o antes")


@own_rule("adjusts_another_employer", *NOTES, path="empleador.nit", needs=_NEEDS)
def note_is_of_the_same_employer(context: Context) -> Iterator[Finding]:
    """The employer of a note is that of the document that it adjusts."""
    original, found = _original(context), context.document.empleador.nit
    if original is not None and found != original.empleador.nit:
        yield Finding(found=found, expected=original.empleador.nit)


@own_rule("adjusts_another_worker", NOTES[0], path="trabajador.numero_documento", needs=_NEEDS)
def replacement_is_of_the_same_worker(context: Context) -> Iterator[Finding]:
    """The worker of a replacement is that of the document that it replaces."""
    worker = getattr(_original(context), "trabajador", None)
    found = context.document.trabajador.numero_documento
    if worker is not None and found != worker.numero_documento:
        yield Finding(found=found, expected=worker.numero_documento)
