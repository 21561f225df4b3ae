"""Columns of a payroll's table: the data of a document by their path, and the business words that name them.

Paths, forms and words are those of the tables that write the XML, so none is typed twice; `words.tsv` adds what people
call the most usual ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ..._meant import meant, words_of
from ...errors import InvalidInput
from ...exchange.columns import Column
from ...exchange.spellings import (
    Spelling,
    day_of,
    is_empty,
    moment_of,
    number_of,
    plain,
    shown_cell,
    text_of,
    truth_of,
)
from ...ubl.codecs import BOOLEAN, COUNT, DAY, NUMBER, PERCENT, TEXT, TEXT_OR_EMPTY
from ...ubl.table import Row, Structure
from .fields import Part
from .tables import DAYS_OF_360, LOCAL_TIME, MONEY, PAYROLL

REFERENCE, EMAIL = "reference", "correo"
"""What tells documents apart, and the worker's address: data of the run alone."""
WORKER, ID_TYPE, ENTERED = "trabajador.numero_documento", "trabajador.tipo_documento", "periodo.fecha_ingreso"
"""What tells the documents of a month apart where no reference does: the worker and the contract's first day."""
PAID_ON = "fechas_pagos"
TOTALS = ("devengados_total", "deducciones_total", "comprobante_total")
_MOST_ELEMENTS = 99
_DEEPEST = 3
"""Steps below the first that a path has: ``devengados.heds.1.pago``."""
_STEM = 4
"""Letters by which a word is the same in singular and plural."""
_NUMBERED = re.compile(r"(.*\D) ?([1-9][0-9]?)")
_NOT_TAKEN = frozenset({"type_code", "prefijo", "consecutivo", "empleador", "periodo.fecha_gen"})
"""Rows whose data are computed, or the company's own."""
_SYNONYMS = (("pago", "valor"), ("horas", "cantidad"), ("dias", "cantidad"), ("deduccion", "valor"))
"""Words of the tables, and what a business also calls them."""


class Form(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    COUNT = "count"
    TRUTH = "truth"
    DAY = "day"
    MOMENT = "moment"


_FORMS = {
    id(codec): form
    for codec, form in (
        (TEXT, Form.TEXT),
        (TEXT_OR_EMPTY, Form.TEXT),
        (MONEY, Form.NUMBER),
        (NUMBER, Form.NUMBER),
        (DAYS_OF_360, Form.NUMBER),
        (PERCENT, Form.PERCENT),
        (COUNT, Form.COUNT),
        (BOOLEAN, Form.TRUTH),
        (DAY, Form.DAY),
        (LOCAL_TIME, Form.MOMENT),
    )
}


@dataclass(frozen=True, slots=True)
class Target:
    """A datum that a column may become."""

    path: str
    """Its place in the model, without positions: ``devengados.heds.pago``."""
    form: Form
    many: str = ""
    """Path of the group or of the list that repeats; empty for a datum that is there once."""
    adds: bool = False
    """Whether it is an amount or a number of days, of which a month has the sum of its payments."""

    @property
    def is_amount(self) -> bool:
        """True if it is an amount or hours that enter a total, or a total."""
        return self.adds and self.form is Form.NUMBER

    @property
    def group(self) -> str:
        """Path of the group of earnings or deductions that holds it; empty for what is of the whole document."""
        steps = self.path.split(".")
        return ".".join(steps[:2]) if steps[0] in {"devengados", "deducciones"} else ""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A column bound to its datum: of which element, where the group repeats."""

    header: str
    target: Target
    element: int = 1
    values: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """The path with the position of the element, as `payroll_run` takes it: ``devengados.heds.2.pago``."""
        many = self.target.many
        return f"{many}.{self.element}{self.target.path.removeprefix(many)}" if many else self.target.path

    def read(self, cell: Any, spelling: Spelling) -> Any:
        """Return the value of a cell; None for an empty one. Raise the typed errors of a cell that cannot be read."""
        if is_empty(cell):
            return None
        if self.values and (said := self.values.get(str(plain(cell)).strip())) is not None:
            cell = said
        if self.target.path == PAID_ON and isinstance(cell, str):
            return tuple(day_of(part, spelling) for part in cell.split(";") if part.strip())
        return value_of(cell, self.target.form, spelling)


def value_of(cell: Any, form: Form, spelling: Spelling) -> Any:
    """Return a cell in a form. Raise the typed errors of one that cannot be read so."""
    if form in (Form.NUMBER, Form.PERCENT):
        return number_of(cell, spelling, percent=form is Form.PERCENT)
    if form is Form.COUNT:
        number = number_of(cell, spelling)
        if number != int(number):
            raise InvalidInput.of("families.payroll.not_whole", found=shown_cell(cell))
        return int(number)
    if form is Form.DAY:
        return day_of(cell, spelling)
    if form is Form.MOMENT:
        return moment_of(cell, spelling)
    return truth_of(cell) if form is Form.TRUTH else text_of(cell)


@cache
def targets() -> Mapping[str, Target]:
    """Return every datum that a column may become, by path."""
    own = (Target(REFERENCE, Form.TEXT), Target(EMAIL, Form.TEXT), Target("issued_at", Form.MOMENT))
    return {each.path: each for each in (*own, *(target for target, _ in _walked(PAYROLL.rows, "", "", ())))}


def _walked(
    rows: tuple[Any, ...], above: str, many: str, words: tuple[str, ...], owner: Any = None
) -> Iterator[tuple[Target, tuple[str, ...]]]:
    """Yield the data of a table with the labels that lead to them."""
    for row in rows:
        if not isinstance(row, Row) or row.in_control or row.echo:
            continue
        path = f"{above}.{row.field}" if above else row.field
        if path in _NOT_TAKEN or row.field == "issued_at":
            continue
        repeated = many or (path if row.many else "")
        labels = (*words, row.label)
        if isinstance(row.codec, Structure):
            yield from _walked(row.codec.rows, path, repeated, labels, row.codec.model)
            continue
        form = _FORMS[id(row.codec)]
        counted = isinstance(owner, type) and issubclass(owner, Part) and form is not Form.PERCENT
        adds = path in TOTALS or path == "redondeo" or (counted and form in (Form.NUMBER, Form.COUNT))
        yield Target(path, form, repeated, adds), labels


@cache
def _names() -> dict[str, str]:
    """Return the path of each business name that means one datum alone."""
    found: dict[str, set[str]] = {}
    amounts: dict[str, list[str]] = {}
    for target, labels in _walked(PAYROLL.rows, "", "", ()):
        said = [words_of(label) for label in labels]
        for start in range(len(said) if _tells_alone(target, said) else len(said) - 1):
            name = " ".join(said[start:])
            found.setdefault(name, set()).add(target.path)
            for word, other in _SYNONYMS:
                if start < len(said) - 1 and said[-1] == word:
                    found.setdefault(" ".join((*said[start:-1], other)), set()).add(target.path)
        if target.group and len(labels) > 2:
            amounts.setdefault(said[1], []).append(target.path)
    for name, paths in amounts.items():  # «Salud» is what is deducted for it; «Horas extra» may be hours or their pay
        added = [path for path in paths if targets()[path].adds]
        if len(added) == 1:
            found.setdefault(name, set()).add(added[0])
    known = {name: paths.pop() for name, paths in found.items() if len(paths) == 1}
    return {EMAIL: EMAIL, REFERENCE: REFERENCE} | known | _usual()


def _tells_alone(target: Target, said: list[str]) -> bool:
    """True if the label of a datum says without its group what it is: «Auxilio de transporte», but not «Pago»."""
    if target.path.startswith(("lugar_generacion.", "proveedor.")):
        return False
    return not target.group or len(said) < 3 or shares_a_word(said[-2], said[-1])


def shares_a_word(one: str, other: str) -> bool:
    """True if two labels have a word in common, in singular or plural."""
    first, second = ({word[:_STEM] for word in words_of(each).split() if len(word) >= _STEM} for each in (one, other))
    return bool(first & second)


@cache
def _usual() -> dict[str, str]:
    """Return the path of each usual name."""
    text = files(__package__).joinpath("words.tsv").read_text(encoding="utf-8")
    return {name: path for path, *names in (line.split("\t") for line in text.splitlines()[1:]) for name in names}


def bound_to(header: str, name: str, values: Mapping[str, str] | None = None) -> Bound | None:
    """Return a column bound to the datum of a name: a path, or business words; None when no datum has that name."""
    steps = name.strip().split(".")
    position = next((place for place, step in enumerate(steps) if place and step.isdecimal()), None)
    if position is not None:
        path, element = ".".join(steps[:position] + steps[position + 1 :]), int(steps[position])
        many = ".".join(steps[:position])
    else:
        path, element, many = ".".join(steps), 1, ""
    target = targets().get(path)
    if target is None:
        said = words_of(name)
        known = _names().get(said)
        if known is None and (match := _NUMBERED.fullmatch(said)) is not None:
            known, element = _names().get(match[1].strip()), int(match[2])
            many = "?"
        target = None if known is None else targets()[known]
    if target is None or not 1 <= element <= _MOST_ELEMENTS:
        return None
    if many and (not target.many or many not in {"?", target.many}):
        return None
    return Bound(header, target, element, values)


def asked(header: str, given: str | Column | None) -> Bound | None:
    """Return a column bound as the caller's map says, or by its own name; None for one to leave out.

    Raise ``InvalidInput`` for a name that no datum has, with the nearest one.
    """
    column = Column(given) if isinstance(given, str) else given
    name = header if column is None else column.target
    bound = bound_to(header, name, None if column is None else column.values)
    if bound is not None:
        return bound
    near = _near(name[:100])
    raise InvalidInput.of(
        "families.payroll.no_such_datum", field=header[:100], found=name[:100], header=header[:60], near=near
    )


@lru_cache(maxsize=1_000)
def _near(name: str) -> str:
    """Return the question for the nearest name: records of one source repeat the same odd key in every row."""
    close = meant(name, {**targets(), **_names()})
    return f"¿Quiso decir «{close}»? " if close else ""


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record by dotted paths: nested records and lists become ``devengados.heds.1.pago``.

    What lies deeper than any datum keeps its value, which is refused like that of any unknown name.
    """
    found: dict[str, Any] = {}
    for name, value in record.items():
        for path, cell in _flat(str(name), value, _DEEPEST):
            found[path] = cell
    return found


def _flat(path: str, value: Any, deeper: int) -> Iterator[tuple[str, Any]]:
    known = getattr(type(value), "model_fields", None)
    if known is not None:  # a model's own part, such as Trabajador
        value = {name: getattr(value, name) for name in known if name in value.model_fields_set}
    if deeper and isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(f"{path}.{name}", each, deeper - 1)
    elif deeper and isinstance(value, (list, tuple)):
        for place, each in enumerate(value, 1):
            yield from _flat(f"{path}.{place}", each, deeper - 1)
    else:
        yield path, value
