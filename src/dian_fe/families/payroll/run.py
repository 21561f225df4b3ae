"""`payroll_run`: a month's payroll from plain records to documents, one worker after the other.

The payroll was settled elsewhere. Here amounts are copied, added and compared; none is settled and none is corrected.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..._arguments import checked
from ..._viewed import Viewed
from ...errors import DianFeError, InconsistentAmounts, InvalidInput
from ...exchange.columns import Column
from ...exchange.findings import RowFinding, finding, problems_of
from ...exchange.rows import TableRow
from ...exchange.spellings import Spelling, shown_cell
from ...exchange.tables import TableForm, opened
from ...models._dates import BOGOTA, to_bogota
from ...models.organization import Organization
from .assembling import Numbers, Paid, Settings, assembled, numbers_of
from .columns import EMAIL, ENTERED, ID_TYPE, REFERENCE, WORKER, Bound, asked, flat
from .models import Payroll
from .parties import Empleador, Trabajador, employer_of

if TYPE_CHECKING:
    from ...rules import Report

_KEYS = (REFERENCE, WORKER, ID_TYPE, ENTERED)


@checked
@dataclass(frozen=True, slots=True)
class PayrollEntry(Viewed):
    """One document of a month's payroll, or what keeps it from being made."""

    rows: tuple[int, ...]
    """Numbers of the rows that it was made of; the header is row 1."""
    reference: str | None
    """What the file calls the document; without such a column, the worker's identification."""
    document: Payroll | None = field(default=None, repr=False)
    """The document; None when there are findings."""
    findings: tuple[RowFinding, ...] = ()
    """What is wrong with the rows, confirmed rejections of DIAN included."""
    report: Report | None = field(default=None, repr=False)
    """What `check` says of the document: likely rejections and notifications do not hold it back."""
    emails: tuple[str, ...] = ()
    """The worker's addresses, for the payslip: DIAN's schema has no place for them."""
    earlier: str | None = None
    """Number of the document before it for the same worker in this run, as for another contract of the month."""

    @property
    def ok(self) -> bool:
        """True if there is a document."""
        return self.document is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "rows": list(self.rows),
            "reference": self.reference,
            "number": None if self.document is None else self.document.number,
            "findings": [each.as_dict() for each in self.findings],
            "emails": list(self.emails),
            "earlier": self.earlier,
        }


@checked
def payroll_run(
    employer: Empleador | Organization,
    employees: str | Path | bytes | Iterable[Mapping[str, Any]] | Any,
    month: str | date,
    *,
    issued_at: datetime | str,
    numbers: str | Callable[[], str],
    columns: Mapping[str, str | Column | None] | None = None,
    defaults: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    zone: tzinfo = BOGOTA,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> PayrollRun:
    """Return the documents of a month, made one by one as they are asked for: each worker has one, or findings.

    ``employees``: a path or the bytes of a CSV or Excel file, a data frame, or mappings, nested ones too
    (``{"devengados": {"heds": [{"cantidad": 2, …}]}}``). ``month``: ``"2026-02"`` or any of its days; a row without
    period is paid for all of it. ``issued_at``: moment of the documents. ``numbers``: the first number (``"NE101"``;
    the digits at its end are counted up), or a function that returns the next one. A number is taken only for a
    document that is made, unless a column has it.

    A header is the path of a datum, such as ``devengados.basico.sueldo_trabajado``, or its business words, such as
    «Salario», «Días trabajados» or «Horas extra diurnas: pago». ``columns`` says it for other headers, as a name or a
    `Column` that also translates the file's words; None leaves a column out. A header that is none of these is refused:
    it may be an amount. A group that repeats has its element in the name (``devengados.heds.2.pago``, «Libranza 2»),
    the first one without it, or one element a row.

    Rows are of one document when ``reference`` is the same; without that column, when worker and first day of the
    contract are, so that two contracts are two documents. They may stand anywhere. The rows of one document repeat its
    data or leave them empty. Those with different payment days (``fechas_pagos``) are its payments: their amounts and
    days are added. Elsewhere an amount that two rows have is a finding. An element of an optional group whose amounts
    are zero is left out.

    ``defaults``: data by path for rows without them; those of a group serve where the row has the group.
    ``devengados_total``, ``deducciones_total`` and ``comprobante_total`` are compared with the sums; within the
    tolerance of 2.00 the document has the file's.

    ``decimal``, ``day_first``, ``zone``, ``delimiter``, ``encoding`` and ``sheet`` are those of `import_documents`.

    What is wrong with rows is reported, never raised. Raise ``InvalidInput`` for a column, a month or a number that is
    none, ``UnreadableDocument`` for a file that is no table, and ``MissingExtra`` without what reads it.
    """
    if decimal not in (None, ",", "."):
        raise InvalidInput.of("exchange.decimal", field="decimal", found=repr(decimal))
    first, last = _month(month)
    spelling = Spelling(decimal, day_first, zone)
    moment = to_bogota(issued_at, "issued_at")
    settings = Settings(employer_of(employer), first, last, moment, _defaults(defaults or {}, spelling), spelling)
    if not isinstance(employees, (str, Path, bytes, Sequence)) and not hasattr(employees, "itertuples"):
        employees = tuple(employees) if isinstance(employees, Iterable) else employees
    form = TableForm(delimiter, encoding, sheet)
    return PayrollRun(settings, numbers, _Source(employees, form, dict(columns or {})))


@checked
class PayrollRun(Viewed):
    """A month's payroll: iterate over it for its entries. Each time, the table is read again from the beginning.

    Only rows of a document whose other rows are still to come are kept in memory.
    """

    def __init__(self, settings: Settings, numbers: str | Callable[[], str], source: _Source) -> None:
        numbers_of(numbers)  # refused here, before anything is read
        self._settings, self._numbers, self._source = settings, numbers, source
        self.columns: Mapping[str, str] = source.understood()
        """What each header of the file was taken for; empty for mappings, whose keys are taken one by one."""

    def __iter__(self) -> Iterator[PayrollEntry]:
        """Yield the entries, each when the last of its rows is read."""
        return _entries(self._source, self._settings, numbers_of(self._numbers))


def _month(given: str | date) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    day: date | None = given if isinstance(given, date) else None
    if isinstance(given, str):
        try:
            day = date.fromisoformat(given if len(given) > len("2026-02") else f"{given}-01")
        except ValueError:
            day = None
    if day is None:
        raise InvalidInput.of("families.payroll.month", field="month", found=str(given)[:40])
    first = date(day.year, day.month, 1)
    return first, first.replace(day=monthrange(day.year, day.month)[1])


def _defaults(given: Mapping[str, Any], spelling: Spelling) -> dict[str, tuple[Bound, Any]]:
    """Return the caller's data by path. Raise ``InvalidInput`` for names and values that are none."""
    found: dict[str, tuple[Bound, Any]] = {}
    for name, value in flat(given).items():
        bound = asked(name, None)
        assert bound is not None
        if bound.element > 1 or bound.target.path == bound.target.group or bound.target.is_amount:
            raise InvalidInput.of("families.payroll.no_default", field=f"defaults[{name!r}]", found=name)
        try:
            read = bound.read(value, spelling)
        except InvalidInput as error:
            error.field = f"defaults[{name!r}]"
            raise
        if read is not None:
            found[bound.target.path] = bound, read
    return found


# --- rows ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """A table that can be read again, and how the caller names its columns."""

    table: Any
    form: TableForm
    names: dict[str, str | Column | None]

    def understood(self) -> dict[str, str]:
        """Return what each header is. Raise ``InvalidInput`` for one that is nothing, or the same as another."""
        if self._is_of_mappings:
            for name, given in self.names.items():
                asked(name, given) if given is not None else None
            return {}
        with opened(self.table, self.form) as table:
            headers = table.headers
        for position, header in enumerate(headers):
            if header and header in headers[:position]:
                raise InvalidInput.of("exchange.header_twice", field=header)
        for name in self.names:
            if name not in headers:
                raise InvalidInput.of(
                    "exchange.no_such_column", field=name, expected=", ".join(headers), remedy="revise el encabezado."
                )
        bound = _bound([header for header in headers if header], self.names)
        return {each.header: each.path for each in bound.values() if each is not None}

    @property
    def _is_of_mappings(self) -> bool:
        return not isinstance(self.table, (str, Path, bytes)) and not hasattr(self.table, "itertuples")

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows; a record of nested mappings has dotted paths as its headers."""
        if not self._is_of_mappings:
            with opened(self.table, self.form) as table:
                yield from table.rows
            return
        if not isinstance(self.table, Iterable) or isinstance(self.table, Mapping):
            raise InvalidInput.of("exchange.not_a_table", field="employees", found=type(self.table).__name__)
        for number, record in enumerate(self.table, 2):
            if not isinstance(record, Mapping):
                raise InvalidInput.of("exchange.not_a_table", field="employees", found=type(record).__name__)
            yield TableRow(number, flat(record))


def _bound(headers: Iterable[str], names: Mapping[str, str | Column | None]) -> dict[str, Bound | None]:
    """Return the datum of each header; None for one to leave out. Raise for one that is nothing, or a repetition."""
    found: dict[str, Bound | None] = {}
    taken: dict[str, str] = {}
    for header in headers:
        if header in names and names[header] is None:
            found[header] = None
            continue
        bound = asked(header, names.get(header))
        assert bound is not None
        if (other := taken.setdefault(bound.path, header)) != header:
            raise InvalidInput.of("exchange.target_twice", field=header, found=bound.path, other=other)
        found[header] = bound
    return found


@dataclass(slots=True)
class _Read:
    """A row that was read: its values, and what is wrong with it."""

    number: int
    values: dict[Bound, Any]
    findings: list[RowFinding]
    empty: dict[str, str]
    """Headers of the cells without value, by path."""
    unsaid: Mapping[str, Any]
    """What holds of the worker and the contract where the row does not say it."""

    @property
    def key(self) -> tuple[Any, ...] | None:
        """What tells its document; None when that cannot be known."""
        found = {bound.target.path: value for bound, value in self.values.items() if bound.target.path in _KEYS}
        if found.get(REFERENCE) is not None:
            return (found[REFERENCE],)
        return (
            None if found.get(WORKER) is None else tuple(found.get(name, self.unsaid.get(name)) for name in _KEYS[1:])
        )


class _Reader:
    """Reads rows; which datum a header is, is found once."""

    def __init__(self, source: _Source, settings: Settings) -> None:
        self.source, self.spelling = source, settings.spelling
        given = {path: value for path, (_, value) in settings.defaults.items() if path in (ID_TYPE, ENTERED)}
        self.unsaid = {ID_TYPE: Trabajador.model_fields["tipo_documento"].default} | given
        self._known: dict[tuple[str, ...], dict[str, Bound | None]] = {}

    def __iter__(self) -> Iterator[_Read]:
        """Yield every row that has data."""
        for row in self.source.rows():
            if row.cells or row.problem is not None or row.spoiled:
                yield self.read(row)

    def read(self, row: TableRow) -> _Read:
        read = _Read(row.number, {}, [], {}, self.unsaid)
        if row.problem is not None:
            read.findings.append(finding(row.problem, row.number, None))
        for header, bound in self.bound(row, read).items():
            if bound is None:
                continue
            cell = row.cells.get(header)
            try:
                if (spoiled := (row.spoiled or {}).get(header)) is not None:
                    raise spoiled
                value = bound.read(cell, self.spelling)
            except DianFeError as error:
                found = None if cell is None else shown_cell(cell)
                read.findings.append(finding(error, row.number, header, found=found))
            else:
                if value is not None:
                    read.values[bound] = value
                else:
                    read.empty[bound.target.path] = header
        return read

    def bound(self, row: TableRow, read: _Read) -> dict[str, Bound | None]:
        """Return the data of a row's headers; with a finding for each that is none, as records may have."""
        headers = tuple(header for header in row.cells if header)
        known = self._known.get(headers)
        if known is not None:
            return known
        found: dict[str, Bound | None] = {}
        clean = True
        for header in headers:
            try:
                found |= _bound((header,), self.source.names)
            except InvalidInput as error:
                clean = False
                read.findings.append(finding(error, row.number, header, found=header[:60]))
        try:
            found = _bound(found, self.source.names)
        except InvalidInput as error:
            clean = False
            read.findings.append(finding(error, row.number, error.field, found=error.found))
        if clean and len(self._known) < _MOST_SHAPES:
            self._known[headers] = found
        return found


_MOST_SHAPES = 1_000
"""Sets of keys that are remembered: records of one source have a few."""


# --- entries ---------------------------------------------------------------------------------------------------------


def _entries(source: _Source, settings: Settings, numbers: Numbers) -> Iterator[PayrollEntry]:
    """Yield the entries: first the table is read for what tells documents apart, then for the data."""
    reader = _Reader(source, settings)
    left: dict[tuple[Any, ...], int] = {}
    doubted: dict[tuple[Any, ...], int] = {}
    previous: tuple[Any, ...] | None = None
    orphan: int | None = None
    for read in reader:
        key = read.key
        if key is None:
            orphan = read.number
            if previous is not None:
                doubted.setdefault(previous, orphan)
        else:
            left[key] = left.get(key, 0) + 1
            if orphan is not None:
                doubted.setdefault(key, orphan)
            previous, orphan = key, None
    if not any(count > 1 for count in left.values()):
        doubted = {}  # each document has one row: none lacks another
    waiting: dict[tuple[Any, ...], list[_Read]] = {}
    earlier: dict[tuple[Any, Any], str] = {}
    for read in reader:
        key = read.key
        if key is None:
            yield _lost(read)
            continue
        rows = waiting.setdefault(key, [])
        rows.append(read)
        if len(rows) == left[key]:
            del waiting[key]
            yield _entry(rows, doubted.get(key), settings, numbers, earlier)


def _lost(read: _Read) -> PayrollEntry:
    """Return the entry of a row whose worker is not known."""
    findings = read.findings or [finding(InvalidInput.of("families.payroll.no_worker"), read.number, None)]
    return PayrollEntry((read.number,), None, None, tuple(findings))


def _entry(
    rows: list[_Read], orphan: int | None, settings: Settings, numbers: Numbers, earlier: dict[tuple[Any, Any], str]
) -> PayrollEntry:
    """Return the entry of the rows of a document."""
    from ..._checking import check

    named = {bound.target.path: value for read in rows for bound, value in read.values.items()}
    reference = str(named.get(REFERENCE) or named.get(WORKER))
    places = tuple(read.number for read in rows)
    paid = Paid([(read.number, read.values) for read in rows], settings, rows[0].empty)
    emails = tuple(dict.fromkeys(_addresses(rows)))
    findings = [replace(each, reference=reference) for read in rows for each in read.findings]

    def tell(error: DianFeError, row: int, column: str | None) -> None:
        findings.extend(finding(each, row, column, reference=reference) for each in problems_of(error))

    if orphan is not None:
        tell(InvalidInput.of("exchange.may_lack_a_line", found=f"fila {orphan}", row=orphan), places[-1], None)
    unread = {each.column for each in findings}

    def tell_too(error: DianFeError, row: int, column: str | None) -> None:
        # Where cells could not be read, what is said of the others still holds, but no sum and nothing missing does.
        if not unread or (column not in {*unread, None} and not isinstance(error, InconsistentAmounts)):
            tell(error, row, column)

    tried = assembled(paid, numbers.candidate(), tell_too)
    if tried is None or findings:
        return PayrollEntry(places, reference, None, tuple(findings), emails=emails)
    report = check(tried)
    for fault in report.rejected:
        row, column = paid.place_of(fault.path)
        told = (fault.message, fault.found, fault.expected, fault.hint or None)
        findings.append(RowFinding(row, column, fault.code, *told, reference))
    document = None
    if not findings:
        try:
            document = numbers.settled(tried, of_file="number" in paid.common)
        except DianFeError as error:
            tell(error, *paid.place_of("number"))
    if document is None:
        return PayrollEntry(places, reference, None, tuple(findings), report, emails)
    worker = document.trabajador
    who = worker.tipo_documento, worker.numero_documento
    before = earlier.get(who)
    earlier[who] = document.number
    return PayrollEntry(places, reference, document, (), report, emails, before)


def _addresses(rows: list[_Read]) -> Iterator[str]:
    for read in rows:
        for bound, value in read.values.items():
            if bound.target.path == EMAIL:
                yield from (part for each in value.replace(",", ";").split(";") if (part := each.strip()))
