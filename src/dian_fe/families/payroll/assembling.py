"""A document of the rows of a table: what they say once, what they add, and the elements of its groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ...errors import DianFeError, InconsistentAmounts, InvalidInput
from ...exchange.spellings import Spelling
from ...models.arithmetic import money_sum
from ...models.totals import TOLERANCE
from .columns import EMAIL, PAID_ON, REFERENCE, TOTALS, Bound, Form, Target, targets
from .deductions import Deducciones
from .earnings import Devengados
from .models import Payroll
from .parties import Empleador

_START, _END = "periodo.fecha_liquidacion_inicio", "periodo.fecha_liquidacion_fin"
_NOTES = "notes"
_POSITION = re.compile(r"\[\d+\]")
_DIGITS = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)
_GROUPS: Mapping[str, Any] = {"devengados": Devengados, "deducciones": Deducciones}
_COUNTED = frozenset({Form.NUMBER, Form.COUNT})
_ALWAYS = frozenset(
    f"{name}.{group}" for name, model in _GROUPS.items() for group, info in model.model_fields.items()
    if info.is_required()
)  # fmt: skip
"""Groups that every document has, even with zeros."""

Tell = Callable[[DianFeError, int, str | None], None]
"""Takes what is wrong, with its row and column."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What all documents of a run have in common."""

    employer: Empleador
    first: date
    last: date
    issued_at: datetime
    defaults: Mapping[str, tuple[Bound, Any]]
    spelling: Spelling


# --- numbers ---------------------------------------------------------------------------------------------------------


def numbers_of(given: str | Callable[[], str]) -> Numbers:
    """Return the numbers of a run; raise ``InvalidInput`` for a first number that does not end in digits."""
    if not isinstance(given, str):
        return Numbers(given)
    match = _DIGITS.fullmatch(given.strip())
    if match is None:
        raise InvalidInput.of("families.payroll.first_number", field="numbers", found=given[:40])
    return Numbers(None, match[1], int(match[2]), len(match[2]) if match[2].startswith("0") else 0)


@dataclass(slots=True)
class Numbers:
    """The numbers of a run; none is taken for a document that is not made."""

    own: Callable[[], str] | None
    prefix: str = ""
    next: int = 0
    width: int = 0
    """Digits of a first number that begins with zero."""
    taken: set[str] = field(default_factory=set)

    def candidate(self) -> str:
        """Return the number that a document is tried with: the next one unless a function has it."""
        while self.own is None and self._counted in self.taken:  # a row has it
            self.next += 1
        return "1" if self.own is not None else self._counted

    @property
    def _counted(self) -> str:
        return f"{self.prefix}{self.next:0{self.width}d}"

    def settled(self, document: Payroll, *, of_file: bool) -> Payroll:
        """Return a document with its number, which is taken now. Raise ``InvalidInput`` for one that is taken."""
        if not of_file and self.own is not None:
            document = document.replace(number=self.own())
        if document.number in self.taken:
            raise InvalidInput.of("exchange.number_twice", field="number", found=document.number)
        self.taken.add(document.number)
        self.next += not of_file
        return document


# --- one document ----------------------------------------------------------------------------------------------------


class Paid:
    """What the rows of one document say."""

    def __init__(
        self, rows: Sequence[tuple[int, Mapping[Bound, Any]]], settings: Settings, empty: Mapping[str, str]
    ) -> None:
        self.rows, self.settings, self._empty = rows, settings, empty
        self.common: dict[str, Any] = {}
        self.elements: dict[str, dict[tuple[int, int], dict[str, Any]]] = {}
        self.days: dict[date, None] = {}
        self.notes: list[str] = []
        self._told: dict[str, tuple[int, str | None]] = {}
        """By model path: row and column of the datum."""
        self.payments = self._are_payments()

    def _are_payments(self) -> bool:
        """True if each of several rows has payment days of its own."""
        seen: set[date] = set()
        for _, values in self.rows:
            own = {each for bound, value in values.items() if bound.target.path == PAID_ON for each in _days(value)}
            if not own or own & seen:
                return False
            seen |= own
        return len(self.rows) > 1

    def gather(self, tell: Tell) -> None:
        """Take the data of all rows; tell where they contradict each other."""
        for row, values in self.rows:
            for bound, value in values.items():
                target = bound.target
                if target.path == PAID_ON:
                    self._told.setdefault(PAID_ON, (row, bound.header))
                    self.days |= dict.fromkeys(_days(value))
                elif target.path == _NOTES:
                    self.notes += [] if value in self.notes else [value]
                elif target.many:
                    element = self.elements.setdefault(target.many, {}).setdefault((row, bound.element), {})
                    element[target.path] = (value, bound)
                elif target.path not in {REFERENCE, EMAIL}:
                    self._once(target, value, row, bound.header, tell)

    def _once(self, target: Target, value: Any, row: int, header: str, tell: Tell) -> None:
        """Take a datum that the document has once."""
        path = target.path
        self._told.setdefault(path, (row, header))
        known = self.common.setdefault(path, value)
        if self._told[path][0] == row:
            return
        if self.payments and target.adds:
            self.common[path] = known + value if isinstance(value, int) else money_sum((known, value))
        elif self.payments and path in (_START, _END):
            self.common[path] = min(known, value) if path == _START else max(known, value)
        elif target.adds and target.group and (known or value):
            found = str(value)
            tell(InvalidInput.of("families.payroll.amount_twice", found=found, first=self._told[path][0]), row, header)
        elif known != value:
            error = InvalidInput.of("exchange.contradicts", found=str(value), expected=str(known))
            tell(error, row, header)

    def values(self) -> dict[str, Any]:
        """Return the arguments of the model, in nested mappings."""
        made: dict[str, Any] = {name: {} for name in ("trabajador", "periodo", *_GROUPS)}
        for path in _ALWAYS:
            _put(made, path, {})
        defaults = self.settings.defaults
        groups: dict[str, dict[str, Any]] = {}
        for path, value in self.common.items():
            group = _group(path)
            if not group:
                _put(made, path, value)
            else:
                groups.setdefault(group, {})[path] = value
        for path, (bound, value) in defaults.items():
            if not bound.target.group and path not in self.common and path not in {PAID_ON, _NOTES}:
                _put(made, path, value)
        for group in dict.fromkeys((*_ALWAYS, *groups)):
            data = groups.get(group, {})
            if group in _ALWAYS or _says(data):
                for path, value in (self._defaults(group) | data).items():
                    _put(made, path, value)
        for many, elements in self.elements.items():
            self._put_elements(made, many, elements)
        self._put_whole(made)
        return made

    def _put_elements(
        self, made: dict[str, Any], many: str, elements: Mapping[tuple[int, int], dict[str, Any]]
    ) -> None:
        """Put the elements of a group that repeats, in the order of the rows and of their own numbers."""
        kept: list[Any] = []
        for (row, _), data in sorted(elements.items()):
            values = {path: value for path, (value, _) in data.items()}
            if not _says(values):
                continue
            place = f"{many}[{len(kept)}]"
            self._told[place] = row, None
            self._told |= {place + path.removeprefix(many): (row, bound.header) for path, (_, bound) in data.items()}
            if many in values:  # a list of amounts
                kept.append(values[many])
                continue
            element: dict[str, Any] = {}
            for path, value in (self._defaults(many) | values).items():
                element[path.removeprefix(f"{many}.")] = value
            kept.append(element)
        if kept:
            _put(made, many, kept)

    def _put_whole(self, made: dict[str, Any]) -> None:
        """Put what the rows say together, and what the run says of all documents."""
        settings = self.settings
        told = settings.defaults
        days = tuple(self.days) or (_days(told[PAID_ON][1]) if PAID_ON in told else ())
        notes = self.notes or ([told[_NOTES][1]] if _NOTES in told else [])
        made |= {"empleador": settings.employer, "fechas_pagos": days, "notes": tuple(notes)}
        made.setdefault("issued_at", settings.issued_at)
        made["periodo"].setdefault("fecha_liquidacion_inicio", settings.first)
        made["periodo"].setdefault("fecha_liquidacion_fin", settings.last)

    def _defaults(self, group: str) -> dict[str, Any]:
        """Return the caller's data for a group that the rows have."""
        known = self.settings.defaults.items()
        return {path: value for path, (bound, value) in known if path.startswith(f"{group}.")}

    def place_of(self, path: str | None) -> tuple[int, str | None]:
        """Return row and column of a datum by its model path; the first row for what no column has."""
        sought = path or ""
        while sought:
            if sought in self._told:
                row, column = self._told[sought]
                return row, column or self._empty.get(_POSITION.sub("", path or ""))
            sought = sought[: max(sought.rfind("."), sought.rfind("["), 0)]
        return self.rows[0][0], self._empty.get(_POSITION.sub("", path or ""))


def assembled(paid: Paid, number: str, tell: Tell) -> Payroll | None:
    """Return the document of its rows, with its own number or this one; None when something was told."""
    clean = True

    def problem(error: DianFeError, row: int, column: str | None) -> None:
        nonlocal clean
        clean = False
        tell(error, row, column)

    paid.gather(problem)
    if not clean:
        return None
    values = paid.values()
    stated = {name: values.pop(name) for name in TOTALS if name in values}
    values.setdefault("number", number)
    try:
        document = Payroll(**values)
        document.refuse_unwritable()
    except InvalidInput as error:
        for each in error.errors:
            problem(each, *paid.place_of(each.field))
        return None
    except DianFeError as error:
        problem(error, *paid.place_of(error.field))
        return None
    period, settings = document.periodo, paid.settings
    if period.fecha_liquidacion_inicio > settings.last or period.fecha_liquidacion_fin < settings.first:
        found = f"{period.fecha_liquidacion_inicio} – {period.fecha_liquidacion_fin}"
        expected = f"{settings.first} – {settings.last}"
        other = InvalidInput.of("families.payroll.other_month", found=found, expected=expected)
        problem(other, *paid.place_of(_START))
    if not document.fechas_pagos:
        problem(InvalidInput.of("families.payroll.no_payment_day"), *paid.place_of(PAID_ON))
    for name, amount in stated.items():
        computed = getattr(document, name)
        if abs(amount - computed) > TOLERANCE:
            unlike = InconsistentAmounts.of("families.payroll.other_total", found=str(amount), expected=str(computed))
            problem(unlike, *paid.place_of(name))
    if not clean:
        return None
    differing = {name: amount for name, amount in stated.items() if amount != getattr(document, name)}
    return document.replace(**stated) if differing else document


def _days(value: Any) -> tuple[date, ...]:
    return value if isinstance(value, tuple) else (value,)


def _group(path: str) -> str:
    """Return the group of earnings or deductions of a path; empty for what is of the whole document."""
    steps = path.split(".")
    return ".".join(steps[:2]) if steps[0] in _GROUPS else ""


def _says(values: Mapping[str, Any]) -> bool:
    """True if there is an amount or a count other than zero, or a text or a day without any of them."""
    numbers = [value for path, value in values.items() if targets()[path].form in _COUNTED]
    rest = any(targets()[path].form is not Form.PERCENT for path in values)
    return any(numbers) if numbers else rest


def _put(made: dict[str, Any], path: str, value: Any) -> None:
    *above, name = path.split(".")
    for step in above:
        made = made.setdefault(step, {})
    if isinstance(value, dict) and not value:
        made.setdefault(name, value)
    else:
        made[name] = value
