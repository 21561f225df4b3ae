"""Columns of a table and what they become: the data of a document, named by their place in its model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin

from .._arguments import checked
from .._meant import meant
from ..catalogs import TaxCode, catalog
from ..errors import InvalidInput
from ..families.spec import DocumentKind
from .spellings import Spelling, day_of, is_empty, moment_of, number_of, plain, text_of, truth_of

REFERENCE = "reference"
"""What tells documents apart: rows with the same reference are lines of one document."""


class Form(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    PERCENT = "percent"
    TRUTH = "truth"
    DAY = "day"
    MOMENT = "moment"
    IDENTIFICATION = "identification"


_DOCUMENT = {
    REFERENCE: Form.TEXT,
    "number": Form.TEXT,
    "issued_at": Form.MOMENT,
    "operation": Form.TEXT,
    "type_code": Form.TEXT,
    "currency": Form.TEXT,
    "exchange_rate": Form.NUMBER,
    "exchange_date": Form.DAY,
    "due_date": Form.DAY,
    "notes": Form.TEXT,
    "order": Form.TEXT,
    "payment.form": Form.TEXT,
    "payment.means": Form.TEXT,
    "payment.due_date": Form.DAY,
    "payable": Form.NUMBER,
}
"""Data of a whole document; ``payable`` is compared with what is computed, never copied."""
_OF_NOTES = {
    "concept": Form.TEXT,
    "reason": Form.TEXT,
    "corrects.number": Form.TEXT,
    "corrects.key": Form.TEXT,
    "corrects.date": Form.DAY,
}
"""Data of a note: why it corrects, and the document that it corrects."""
_OF_LINES = {"line.discount": Form.PERCENT, "line.discount_amount": Form.NUMBER, "line.charge_amount": Form.NUMBER}
_NAMED_TAXES = {"line.iva": TaxCode.IVA, "line.inc": TaxCode.INC}
_NOT_OF_LINES = frozenset({"amount", "base_quantity", "base_unit", "free_of_charge"})
"""Fields of a line that are computed."""
_MOST_TOLD = 50
"""Headers that a refusal lists."""
_COMPUTED = frozenset({"line.amount"})
"""Headers of what is computed, which nothing is lost without."""
_SEPARATED = frozenset({"emails", "responsibilities", "activities"})
"""Lists that a cell may hold, separated by commas or semicolons."""


@checked
@dataclass(frozen=True, slots=True)
class Column:
    """What a column of the file becomes, when its name alone does not say it all.

    ``Column("line.unit", values={"UND": "94", "KG": "KGM"})``: the file's own words, translated. A word that is not
    among them is taken as it is, and refused if the field does not know it.
    """

    target: str
    """Place of the datum in the document, as `import_documents` lists them."""
    values: Mapping[str, str] | None = None
    """The file's words and what they mean."""


@dataclass(frozen=True, slots=True)
class Target:
    """A datum that a column may become."""

    name: str
    form: Form
    of_line: bool = False
    tax: str | None = None
    """Code of the tax whose percent the cell holds."""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A column of the file bound to what it becomes."""

    column: str
    target: Target
    values: Mapping[str, str]

    def read(self, cell: Any, spelling: Spelling) -> Any:
        """Return the value of a cell; None for an empty one. Raise the typed errors of a cell that cannot be read."""
        if is_empty(cell):
            return None
        if self.values and (said := self.values.get(str(plain(cell)).strip())) is not None:
            cell = said
        form = self.target.form
        if form in (Form.NUMBER, Form.PERCENT):
            if form is Form.PERCENT and isinstance(cell, str) and (rate := _rate(cell)) is not None:
                return rate
            return number_of(cell, spelling, percent=form is Form.PERCENT)
        if form is Form.DAY:
            return day_of(cell, spelling)
        if form is Form.MOMENT:
            return moment_of(cell, spelling)
        if form is Form.TRUTH:
            return truth_of(cell)
        text = text_of(cell)
        if form is Form.TEXTS:
            if self.target.name.rpartition(".")[2] not in _SEPARATED:
                return (text,)
            return tuple(part for each in text.replace(",", ";").split(";") if (part := each.strip()))
        return text


EXCLUDED = Decimal(-1)
"""Stands for «excluido»: the good has no such tax at all."""


def _rate(cell: str) -> Decimal | None:
    """Return the rate of a word: «exento» is zero percent, «excluido» no tax."""
    word = cell.strip().casefold()
    if word in {"exento", "exenta"}:
        return Decimal(0)
    return EXCLUDED if word in {"excluido", "excluida"} else None


def targets_of(kind: DocumentKind) -> Mapping[str, Target]:
    """Return every datum of a kind of document that a column may become, by name."""
    return _targets(kind.model_class, kind.roles.counterpart, corrects=bool(kind.corrects))


@cache
def _targets(model: Any, side: str, *, corrects: bool) -> Mapping[str, Target]:
    found = {name: Target(name, form) for name, form in _DOCUMENT.items() if name in _SHARED or _has(model, name)}
    if corrects:
        found |= {name: Target(name, form) for name, form in _OF_NOTES.items()}
    for name, form in _forms(model.COUNTERPART):
        found[f"{side}.{name}"] = Target(f"{side}.{name}", Form.IDENTIFICATION if name == "id" else form)
    for name, form in _forms(model.LINE):
        if name not in _NOT_OF_LINES:
            found[f"line.{name}"] = Target(f"line.{name}", form, of_line=True)
    for name, form in _OF_LINES.items():
        found[name] = Target(name, form, of_line=True)
    for name, named in _NAMED_TAXES.items():
        found[name] = Target(name, Form.PERCENT, of_line=True, tax=named.value)
    for code in catalog("tax_codes"):
        found[f"line.tax.{code}"] = Target(f"line.tax.{code}", Form.PERCENT, of_line=True, tax=code)
        if model.ALLOWS_WITHHOLDINGS:
            name = f"line.withholding.{code}"
            found[name] = Target(name, Form.PERCENT, of_line=True, tax=code, withheld=True)
    return found


def _named(header: str, known: Mapping[str, Target]) -> str | None:
    """Return the datum that a header names, in any case of letters; None for a column that is not of the document.

    A header that begins like a datum is meant as one: `bind` refuses it, where a tax or a discount would be lost.
    """
    if header in known:
        return header
    name = header.casefold()
    group = name.partition(".")[0]
    meant_as_datum = "." in name and any(each.startswith(f"{group}.") for each in known) and name not in _COMPUTED
    return {each.casefold(): each for each in known}.get(name, header if meant_as_datum else None)


_SHARED = frozenset(_DOCUMENT) - {"due_date"}


def _has(model: Any, name: str) -> bool:
    return name in model.model_fields


def _forms(model: Any) -> Iterable[tuple[str, Form]]:
    """Yield the fields of a model that one cell can hold."""
    for name, info in model.model_fields.items():
        annotation: Any = info.annotation
        types = {_bare(each) for each in (annotation, *get_args(annotation))}
        if Decimal in types:
            yield name, Form.NUMBER
        elif bool in types:
            yield name, Form.TRUTH
        elif get_origin(annotation) is tuple:
            if _bare(get_args(annotation)[0]) is str:
                yield name, Form.TEXTS
        elif str in types:
            yield name, Form.TEXT


def _bare(annotation: Any) -> Any:
    """Return the type without what pydantic was told about it."""
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def bind(
    headers: Iterable[str], columns: Mapping[str, str | Column] | None, kind: DocumentKind
) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
    """Return the columns bound to what they become, and those of the file that nothing asks for.

    Without ``columns`` a header is itself the name of the datum. Raises ``InvalidInput`` for a header that is twice or
    missing, a datum that the kind does not have, and two columns for one datum.
    """
    present = tuple(headers)
    before: set[str] = set()
    for header in present:
        if header in before:
            raise InvalidInput.of("exchange.header_twice", field=header)
        before.add(header)
    known = targets_of(kind)
    asked: dict[str, str | Column] = dict(columns or ())
    if not asked:
        asked |= {name: datum for name in present if (datum := _named(name, known))}
    bound: dict[str, Bound] = {}
    for header, given in asked.items():
        column = Column(given) if isinstance(given, str) else given
        if header not in present:
            close = meant(header, present)
            raise InvalidInput.of(
                "exchange.no_such_column",
                field=header,
                expected=", ".join(present[:_MOST_TOLD]) or "un archivo con encabezado",
                remedy=f"¿Quiso decir «{close}»?" if close else "revise el encabezado del archivo.",
            )
        target = known.get(column.target)
        if target is None:
            close = meant(column.target, known)
            raise InvalidInput.of(
                "exchange.no_such_target",
                field=header,
                found=column.target,
                expected=f"un dato de {kind.label}",
                remedy=f"¿Quiso decir {close}?" if close else f"use uno de: {', '.join(_told(known))}.",
            )
        name = f"line.tax.{target.tax}" if target.tax and not target.withheld else target.name
        if name in bound:
            raise InvalidInput.of("exchange.target_twice", field=header, found=target.name, other=bound[name].column)
        bound[name] = Bound(header, target, dict(column.values or {}))
    if not bound:
        raise InvalidInput.of(
            "exchange.no_columns", found=", ".join(present[:10]), targets=", ".join(_told(known)[:12])
        )
    taken = {each.column for each in bound.values()}
    return tuple(bound.values()), tuple(header for header in present if header not in taken)


def _told(known: Iterable[str]) -> list[str]:
    """Return the names worth telling: without one for each tax of the catalogue."""
    return [name for name in known if not name.startswith(("line.tax.", "line.withholding."))]
