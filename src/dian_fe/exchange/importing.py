"""`import_documents`: documents from the rows of a table, with a finding for every row that gives none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from .._arguments import checked
from .._viewed import Viewed
from ..errors import DianFeError, InvalidInput
from ..families.registry import find, usual_family
from ..families.spec import DocumentKind
from ..models.document import TradeDocument
from ..models.organization import Organization
from ..models.payment import Payment
from .columns import REFERENCE, Bound, Column, bind
from .drafts import IncomingDraft, make
from .findings import RowFinding, finding, problems_of
from .making import Parts, at_once
from .rows import Table, TableRow
from .spellings import Spelling, shown_cell
from .tables import TableForm, opened


@dataclass(frozen=True, slots=True)
class Imported(Viewed):
    """What an import gave: drafts of documents, and findings about everything else.

    Every row with data is either in ``rows`` of one draft or in ``refused``: nothing is lost.
    """

    drafts: tuple[IncomingDraft, ...]
    """Documents that can be made, in the order of their first rows."""
    findings: tuple[RowFinding, ...]
    """What is wrong, in the order of the rows."""
    refused: tuple[int, ...]
    """Numbers of the rows that are in no draft: those with findings, and the others of their documents."""
    blank: tuple[int, ...]
    """Numbers of the rows without data."""
    unused: tuple[str, ...]
    """Columns of the file that no datum was taken from."""
    hidden_rows: tuple[int, ...] = ()
    """Numbers of the rows with data that the spreadsheet hides, by hand or by a filter; they were read all the same."""
    hidden_columns: tuple[str, ...] = ()
    """Columns that the spreadsheet hides and data were taken from."""
    hidden_sheets: tuple[str, ...] = ()
    """Hidden sheets of the spreadsheet, which were not read: ``sheet`` names one to be read."""

    @property
    def documents(self) -> tuple[TradeDocument, ...]:
        """The documents of the drafts that have one."""
        return tuple(draft.document for draft in self.drafts if draft.document is not None)

    @property
    def ok(self) -> bool:
        """True if every row with data is in a draft."""
        return not self.refused

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {
            "drafts": [
                {"kind": each.kind, "reference": each.reference, "rows": list(each.rows)} for each in self.drafts
            ],
            "findings": [each.as_dict() for each in self.findings],
            "refused": list(self.refused),
            "blank": list(self.blank),
            "unused": list(self.unused),
            "hidden_rows": list(self.hidden_rows),
            "hidden_columns": list(self.hidden_columns),
            "hidden_sheets": list(self.hidden_sheets),
        }


@checked
def import_documents(
    source: str | Path | bytes | Iterable[Mapping[str, Any]] | Any,
    columns: Mapping[str, str | Column] | None = None,
    *,
    organization: Organization,
    kind: str | None = None,
    issued_at: datetime | str | None = None,
    numbers: Iterable[str] | None = None,
    payment: Payment | None = None,
    details: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    zone: tzinfo | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> Imported:
    """Make documents of the rows of a table.

    ``source``: a path or the bytes of a CSV or Excel file (extra ``excel``), a data frame, or mappings with the same
    keys. ``columns``: what each column becomes, by its header: ``{"Cantidad": "line.quantity"}``, or a `Column` that
    also translates the file's words. Without it, a header is itself the name of the datum:

    - ``reference``: rows with the same reference are lines of one document. Without it ``number`` tells documents
      apart, and without both every row is one.
    - ``number``, ``issued_at``, ``operation``, ``currency``, ``exchange_rate``, ``exchange_date``, ``due_date``,
      ``notes``, ``order``; ``payment.form``, ``payment.means``, ``payment.due_date``.
    - ``customer.…`` (of a kind whose customer issues, ``supplier.…``) and ``line.…``: fields of their models, such as
      ``customer.id``, ``line.description``, ``line.price``.
    - ``line.iva``, ``line.inc``, ``line.tax.CODE``, ``line.withholding.CODE``: percents; an empty cell is no such tax.
    - ``line.discount`` (percent), ``line.discount_amount``, ``line.charge_amount``.
    - ``payable``: compared with the amount computed; a document with another one is refused.
    - Of notes: ``concept``, ``reason``, ``corrects.number``, ``corrects.key``, ``corrects.date``.

    ``organization`` issues. ``kind`` is the name of the kind of document, by default the first of the usual family,
    the invoice. ``numbers`` are taken for documents whose file has none, one for each that can be made. ``issued_at``
    and ``payment`` serve where the file has none, ``payment`` also for a form or a means that is not in it. ``details``
    are further arguments of ``from_lines``.

    ``decimal`` ("," or "."), ``day_first`` and ``zone`` say how the file writes what can be read in two ways; without
    them such a cell is a finding. ``delimiter``, ``encoding`` (UTF-8 unless given) and ``sheet`` describe the file.

    What is wrong with rows is reported, never raised. Raises ``InvalidInput`` for columns that the file or the kind
    does not have, ``UnreadableDocument`` for a file that is no table, ``MissingExtra`` without what reads it.
    """
    of_kind, spelling = imported_kind(kind), spelling_of(decimal, day_first, zone)
    given = {**(details or {}), of_kind.roles.issuer: organization}
    if issued_at is not None:
        given["issued_at"] = issued_at
    if payment is not None:
        given["payment"] = payment
    with opened(source, TableForm(delimiter, encoding, sheet)) as table:
        return import_table(table, columns, of_kind, spelling, given, numbers)


def imported_kind(name: str | None) -> DocumentKind:
    """Return the kind of document that rows become; raise ``InvalidInput`` for one that has no lines."""
    kind = usual_family().kinds[0] if name is None else find(name)
    if kind is None or not hasattr(kind.model_class, "from_lines"):
        raise InvalidInput.of("exchange.kind", field="kind", found=repr(name))
    return kind


def spelling_of(decimal: str | None, day_first: bool | None, zone: tzinfo | None) -> Spelling:
    """Return how cells are read; raise ``InvalidInput`` for another decimal separator."""
    if decimal not in (None, ",", "."):
        raise InvalidInput.of("exchange.decimal", field="decimal", found=repr(decimal))
    return Spelling(decimal, day_first, zone)


def import_table(
    table: Table,
    columns: Mapping[str, str | Column] | None,
    kind: DocumentKind,
    spelling: Spelling,
    given: Mapping[str, Any],
    numbers: Iterable[str] | None = None,
) -> Imported:
    """Make documents of the rows of an open table; ``given`` are arguments of ``from_lines``, with the company."""
    bound, unused = bind(table.headers, columns, kind) if table.headers else ((), ())
    reading = _Import(kind, bound, spelling, given, iter(numbers or ()))
    imported = reading.all(table.rows, unused, numbered=numbers is not None)
    return replace(
        imported,
        hidden_rows=tuple(sorted(table.hidden_rows - {1, *imported.blank})),
        hidden_columns=tuple(header for header in table.hidden_columns if header not in unused),
        hidden_sheets=table.hidden_sheets,
    )


_PLACES = {
    "corrections.concept": "concept",
    "corrections.description": "reason",
    "billing_references.number": "corrects.number",
    "billing_references.key": "corrects.key",
    "billing_references.issue_date": "corrects.date",
    "customer.check_digit": "customer.id",
    "supplier.check_digit": "supplier.id",
    "payments.form": "payment.form",
    "payments.means": "payment.means",
    "payments.due_date": "payment.due_date",
}
"""Data that a column of another name becomes."""


@dataclass(slots=True)
class _Document:
    """The rows of one document, and whether all of them could be read."""

    reference: str | None
    rows: list[tuple[int, dict[str, Any]]]
    spoiled: bool = False


class _Import:
    """One import: the columns, how cells are read, and what the caller gave."""

    def __init__(
        self,
        kind: DocumentKind,
        bound: Sequence[Bound],
        spelling: Spelling,
        given: Mapping[str, Any],
        numbers: Iterator[str],
    ) -> None:
        self.kind, self.bound, self.spelling, self.given, self.numbers = kind, bound, spelling, given, numbers
        self.by_target = {each.target.name: each for each in bound}
        self.key = next((name for name in (REFERENCE, "number") if name in self.by_target), None)
        self.findings: list[RowFinding] = []
        self.taken: set[str] = set()

    def all(self, rows: Iterable[TableRow], unused: tuple[str, ...], *, numbered: bool) -> Imported:
        documents: dict[str, _Document] = {}
        blank: list[int] = []
        lost: list[int] = []
        before: _Document | None = None
        orphan: int | None = None
        for row in rows:
            if not row.cells and row.problem is None and not row.spoiled:
                blank.append(row.number)
                continue
            reference, values, whole = self.read(row)
            if self.key is not None and reference is None:
                lost.append(row.number)
                orphan = row.number
                self.lacking(before, orphan)
                continue
            document = documents.setdefault(reference or f"#{row.number}", _Document(reference, []))
            document.rows.append((row.number, values))
            document.spoiled |= not whole
            self.lacking(document, orphan)
            before, orphan = document, None
        drafts: list[IncomingDraft] = []
        for document in documents.values():
            draft = None if document.spoiled else self.draft(document, numbered=numbered)
            if draft is None:
                lost += (number for number, _ in document.rows)
            else:
                drafts.append(draft)
        order = sorted(self.findings, key=lambda each: each.row)
        return Imported(tuple(drafts), tuple(order), tuple(sorted(lost)), tuple(blank), unused)

    def lacking(self, document: _Document | None, orphan: int | None) -> None:
        """Spoil the document beside a row of unknown reference, which may be one of its lines."""
        if document is None or orphan is None:
            return
        error = InvalidInput.of("exchange.may_lack_a_line", found=f"fila {orphan}", row=orphan)
        self.tell(error, document.rows[-1][0], None, document.reference)
        document.spoiled = True

    def read(self, row: TableRow) -> tuple[str | None, dict[str, Any], bool]:
        """Return the reference of a row, its values by target, and whether all of it could be read."""
        values: dict[str, Any] = {}
        problems: list[tuple[DianFeError, str | None, Any]] = []
        if row.problem is not None:
            problems.append((row.problem, None, None))
        for each in self.bound:
            cell = row.cells.get(each.column)
            spoiled = (row.spoiled or {}).get(each.column)
            try:
                if spoiled is not None and (each.target.of_line or cell is None):
                    raise spoiled
                value = each.read(cell, self.spelling)
            except DianFeError as error:
                problems.append((error, each.column, None if error is spoiled else cell))
            else:
                if value is not None:
                    values[each.target.name] = value
        reference = None if self.key is None else values.get(self.key)
        if self.key is not None and reference is None and not problems:
            problems.append((InvalidInput.of("exchange.no_reference"), self.by_target[self.key].column, None))
        for problem, column, cell in problems:
            found = None if cell is None else shown_cell(cell)
            self.findings.append(finding(problem, row.number, column, reference=reference, found=found))
        return reference, values, not problems

    def draft(self, document: _Document, *, numbered: bool) -> IncomingDraft | None:
        """Return the draft of a document; None when it cannot be made, with the findings why."""
        first = document.rows[0][0]
        common, clean = self.shared(document)
        usual = self.given.get("payment")
        usual = usual if isinstance(usual, Payment) else None
        lines = [values for _, values in document.rows]
        parts = Parts(self.kind, common, lines, usual, self.given.get("currency"))
        made: dict[str, Any] = {}
        for problem, place, line in parts.into(made):
            clean = False
            row = first if line is None else document.rows[line][0]
            self.tell(problem, row, self.column_of(place), document.reference)
        if not clean:
            return None
        details = {**self.given, **made}
        if "payment" not in details:
            self.tell(InvalidInput.of("exchange.no_payment"), first, None, document.reference)
            return None
        whole = "issued_at" in details and ("number" in details or numbered)
        for problem, place, line in at_once(self.kind, details, common.get("payable")):
            clean = False
            row = document.rows[line][0] if line is not None and line < len(document.rows) else first
            self.tell(problem, row, self.column_of(place), document.reference)
        if not clean:
            return None
        if whole and "number" not in details:
            number = next(self.numbers, None)
            if number is None:
                self.tell(InvalidInput.of("exchange.no_number"), first, None, document.reference)
                return None
            details["number"] = number
        if (number := details.get("number")) in self.taken:
            self.tell(InvalidInput.of("exchange.number_twice", found=number), first, self.column_of("number"), number)
            return None
        if number is not None:
            self.taken.add(number)
        draft = IncomingDraft(self.kind.name, document.reference, details, tuple(number for number, _ in document.rows))
        if not whole:
            return draft
        try:
            return replace(draft, document=make(self.kind, details))
        except DianFeError as error:
            self.tell(error, first, None, document.reference)
            return None

    def shared(self, document: _Document) -> tuple[dict[str, Any], bool]:
        """Return the data of the whole document, which its rows repeat or leave empty; False if they contradict."""
        common: dict[str, Any] = {}
        clean = True
        for number, values in document.rows:
            for name, value in values.items():
                bound = self.by_target[name]
                if bound.target.of_line:
                    continue
                if common.setdefault(name, value) != value:
                    clean = False
                    error = InvalidInput.of("exchange.contradicts", found=str(value), expected=str(common[name]))
                    self.tell(error, number, bound.column, document.reference)
        return common, clean

    def tell(self, error: DianFeError, row: int, column: str | None, reference: str | None) -> None:
        self.findings.extend(finding(each, row, column, reference=reference) for each in problems_of(error))

    def column_of(self, place: str) -> str | None:
        """Return the column of a datum, or of what it is a part of; None when it has none."""
        name = re.sub(r"\[\d+\]", "", place)
        name = _PLACES.get(name, name)
        while name not in self.by_target:
            name = name.rpartition(".")[0]
            if not name:
                return None
        return self.by_target[name].column
