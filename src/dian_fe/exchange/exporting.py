"""`received_rows`, `write_csv` and `write_parquet`: what arrived as records, one file after the other."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from .._arguments import checked
from .._shown import shown
from .._viewed import Viewed
from ..errors import InvalidInput, MissingExtra
from ..families.registry import usual_family
from ..models.taxes import TaxSubtotal, TaxTotal
from ..models.totals import Totals
from ..ubl.control import Control
from ..ubl.received import Received
from ..ubl.records import Row, RowsOf, inert, rates_of, rows
from .arrivals import Arrival

_BATCH = 2_000
"""Rows that are held before they are written to Parquet."""
_NUMBERS = frozenset(Totals.model_fields) | frozenset(
    ("quantity", "price", "discounts", "charges", "amount", "iva", "inc", "ica", "other_taxes", "withholdings")
) | {"iva_percent", "tax_percent", "taxable"}  # fmt: skip
_COUNTS = frozenset({"line_count", "problems"})
_TRUTHS = frozenset({"signed", "accepted", "valid", "withheld"})
_MOMENTS = frozenset({"issued_at", "validated_at"})
_DAYS = frozenset({"due_date", "purchase_date"})
_SCALE = 18
"""Decimals of the numbers in Parquet; with the eighteen digits before them they fit 128 bits."""


@dataclass(slots=True)
class Summary(Viewed):
    """What was written, and everything that is not in the file."""

    files: int = 0
    """Files that came."""
    rows: int = 0
    """Rows that were written."""
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Files that could not be read, also inside of others: source and reason."""
    papers: list[str] = field(default_factory=list)
    """PDFs and images, which accompany documents and hold none."""
    empty: list[str] = field(default_factory=list)
    """Files without a document of the kinds that have rows: an event, an answer of DIAN alone."""
    repeated: list[tuple[str, str]] = field(default_factory=list)
    """Documents that were left out because the same bytes came before: source and first source."""
    same_key: list[tuple[str, str]] = field(default_factory=list)
    """Documents, written all the same, whose key came before with other bytes: source and first source."""
    invalid: list[tuple[str, str]] = field(default_factory=list)
    """Documents, written all the same, that the verification does not hold valid: source and causes."""
    unfit: list[tuple[str, str, str]] = field(default_factory=list)
    """Values that the file's form cannot hold, and that are empty in it: source, column and value."""

    def note(self, arrival: Arrival) -> None:
        """Add what is known of a file."""
        self.files += 1
        if arrival.accompanies:
            self.papers.append(arrival.source)
        elif arrival.reason is not None:
            self.unreadable.append((arrival.source, str(arrival.reason)))
        elif arrival.received is not None:
            inside = [each for each in arrival.received.files if each.reason is not None]
            self.unreadable += ((f"{arrival.source}: {shown(each.name or '')}", str(each.reason)) for each in inside)
            if not arrival.received.documents and not inside:
                self.empty.append(arrival.source)
        self.repeated += ((arrival.source, first) for first in arrival.repeated.values())
        self.same_key += ((arrival.source, first) for first in arrival.same_key.values())
        if arrival.valid is False and arrival.examination is not None:
            codes = dict.fromkeys(fault.code for part in arrival.examination.walk() for fault in part.faults)
            self.invalid.append((arrival.source, ", ".join(codes)))

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {name: getattr(self, name) for name in self.__slots__}


@checked
def received_rows(
    arrivals: Iterable[Arrival],
    of: RowsOf | str = RowsOf.DOCUMENTS,
    *,
    safe: bool = False,
    summary: Summary | None = None,
) -> Iterator[Row]:
    """Yield the records of what arrived, as `rows` makes them, with four columns more.

    ``source``: where it lay. ``sha256``: digest of the document's bytes. ``valid``: what the verification found, None
    without one. ``same_key_as``: the source where the same key came before with other bytes, or None. A document whose
    bytes came before has no record. ``safe`` is that of `rows`. ``summary`` collects what has no record.

    Only one file is held at a time. Raises ``InvalidInput`` when ``of`` is something else.
    """
    columns_of(of)
    return _records(arrivals, RowsOf(of), safe, Summary() if summary is None else summary)


def _records(arrivals: Iterable[Arrival], of: RowsOf, safe: bool, summary: Summary) -> Iterator[Row]:
    for arrival in arrivals:
        summary.note(arrival)
        if arrival.received is None:
            continue
        for digest, record in _of_documents(arrival.received, of):
            if digest in arrival.repeated:
                continue
            record |= {
                "source": arrival.source,
                "sha256": digest,
                "valid": arrival.valid,
                "same_key_as": arrival.same_key.get(digest),
            }
            yield {name: inert(value) for name, value in record.items()} if safe else record
            summary.rows += 1


def _of_documents(received: Received[Any], of: RowsOf) -> Iterator[tuple[str, Row]]:
    """Yield the records with the digest of the document that each is about."""
    records = iter(rows(received, of))
    digests: dict[str, Received[Any]] = {}
    for each in received.documents:
        digests.setdefault(sha256(each.raw).hexdigest(), each)
    for digest, each in digests.items():
        count = 1
        if of is RowsOf.LINES:
            count = len(each.document.lines) if each.kind.amounts else 0
        elif of is RowsOf.TAXES:
            count = len(rates_of(each))
        for record in islice(records, count):
            yield digest, record


@cache
def columns_of(of: RowsOf | str) -> tuple[str, ...]:
    """Return the columns of the records, which are always the same; raise ``InvalidInput`` for another ``of``."""
    kind = usual_family().kinds[0]
    model = kind.model_class
    tax = TaxTotal.model_construct(subtotals=(TaxSubtotal.model_construct(),))
    document = model.model_construct(lines=(model.LINE.model_construct(),), taxes=(tax,))
    (record,) = rows(Received(document, kind, Control(), b""), of)
    return (*record, "source", "sha256", "valid", "same_key_as")


@checked
def write_csv(
    arrivals: Iterable[Arrival],
    path: str | Path,
    *,
    of: RowsOf | str = RowsOf.DOCUMENTS,
    safe: bool = True,
    delimiter: str = ",",
) -> Summary:
    """Write the records of what arrived to a CSV file, in UTF-8 with a mark that Excel understands.

    Days and moments are ISO 8601, numbers have a decimal point, a missing datum is an empty cell. ``safe``: texts that
    a spreadsheet would run as a formula get an apostrophe before them. The file appears when it is complete. Raises
    ``OSError`` when it cannot be written.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InvalidInput.of("exchange.delimiter", field="delimiter", found=repr(delimiter))
    summary = Summary()
    columns = columns_of(of)
    with _whole(Path(path)) as (target, own):
        target.write("\ufeff".encode())
        text = _Encoded(target)
        table = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\r\n")
        table.writeheader()
        for record in received_rows(_others(arrivals, own), of, safe=safe, summary=summary):
            table.writerow({name: _cell(value) for name, value in record.items()})
    return summary


@checked
def write_parquet(arrivals: Iterable[Arrival], path: str | Path, *, of: RowsOf | str = RowsOf.DOCUMENTS) -> Summary:
    """Write the records of what arrived to a Parquet file (extra ``parquet``).

    Amounts are ``decimal128(38, 18)``, moments in Colombian time. A number with more decimals is empty in the file and
    in ``Summary.unfit``. The file appears when it is complete. Raises ``MissingExtra`` without pyarrow, and ``OSError``
    when it cannot be written.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra.needed("parquet", "pyarrow", "escribir archivos Parquet") from None
    summary = Summary()
    columns = columns_of(of)
    schema = pyarrow.schema([(name, arrow_type(pyarrow, name)) for name in columns])
    with _whole(Path(path)) as (target, own), parquet.ParquetWriter(target, schema) as writer:
        records = received_rows(_others(arrivals, own), of, summary=summary)
        while batch := list(islice(records, _BATCH)):
            fit = [{name: fitting(name, value, record, summary) for name, value in record.items()} for record in batch]
            writer.write_table(pyarrow.Table.from_pylist(fit, schema=schema))
    return summary


def arrow_type(pyarrow: Any, name: str) -> Any:
    """Return the Arrow type of a column of the records."""
    if name in _NUMBERS:
        return pyarrow.decimal128(38, _SCALE)
    if name in _COUNTS:
        return pyarrow.int64()
    if name in _TRUTHS:
        return pyarrow.bool_()
    if name in _MOMENTS:
        return pyarrow.timestamp("s", tz="America/Bogota")
    return pyarrow.date32() if name in _DAYS else pyarrow.string()


def fitting(name: str, value: Any, record: Row, summary: Summary) -> Any:
    """Return a value that the column holds exactly; None, and a note, for another."""
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -_SCALE or name not in _NUMBERS:
            summary.unfit.append((record["source"], name, str(value)))
            return None
    return value


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


class _Encoded:
    """A file of bytes that takes texts."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8", "backslashreplace"))


def _others(arrivals: Iterable[Arrival], own: Collection[Path]) -> Iterator[Arrival]:
    """Yield what arrived but the table itself, which may lie in the folder that it is about."""
    return (each for each in arrivals if each.file is None or each.file.resolve() not in own)


@contextmanager
def _whole(path: Path) -> Iterator[tuple[IO[bytes], Collection[Path]]]:
    """Yield a file that takes the place of the one at ``path`` when everything is in it, and never before; and both."""
    made = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with made.open("xb") as file:
            yield file, (made.resolve(), path.resolve())
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    made.replace(path)
