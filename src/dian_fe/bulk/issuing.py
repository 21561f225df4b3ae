"""`issue` and `resume`: a night's records become documents that are signed, filed and sent, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from .._arguments import checked, refuses
from ..errors import DianFeError, InvalidInput, OutOfRange, StoreError
from ..exchange.columns import Column
from ..exchange.importing import imported_kind, spelling_of
from ..models._dates import to_bogota
from ..models.payment import Payment
from ..transport.core import utc_now
from .engines import Lost, engine_of
from .factories import FROM_ENVIRONMENT, Factory, company_of, factories_of, facts_of
from .filing import SHIPMENTS, arrow
from .locks import locked
from .making import LOCKS, is_number, make_part
from .manifests import NAME, Manifest
from .pace import Pace
from .planning import INPUT, Planned, plan
from .progress import Told, progress_of
from .runs import FailedPart, Run, run_of
from .sending import is_sent, journal_path, send_part
from .sources import is_dask
from .values import setting_to_json

ISSUE: Final = "issue"
_MAKE, _SEND = "firmar", "enviar"
"""Steps, as the dashboard and the bar show them."""
_TRIES: Final = 5
"""How often a part is begun without coming any farther before it is given up for now."""


@checked
@refuses("records", "company", "on", "progress")
def issue(
    records: Any,
    folder: str | Path,
    company: Any = FROM_ENVIRONMENT,
    *,
    columns: Mapping[str, str | Column] | None = None,
    kind: str | None = None,
    at: datetime | str | None = None,
    first_number: str | Mapping[str, str] | None = None,
    payment: Payment | None = None,
    details: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    zone: tzinfo | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    size: int = 1000,
    send: bool = True,
    pace: Pace | None = None,
    on: Any = None,
    workers: int | None = None,
    progress: bool | Told | None = None,
) -> Run:
    """Make documents of records, sign and file them in ``folder``, and send each once; go on where a run was cut off.

    ``records``: rows as `import_documents` takes them, with the same ``columns``, ``kind``, ``payment``, ``details``
    and options of files: the path or pattern of Parquet, CSV or Excel files, a pandas or Dask data frame, an Arrow
    table, a Dask bag or an iterable of mappings. The rows of a document stand together, in one file or partition. A
    record that gives no document is told in the table ``refused`` and stops nothing.

    ``company``: the name of the function that makes the `Company` on each worker, ``"package.module:function"``, or a
    `Factory` with arguments; by default `from_environment`. A mapping of them, when the column ``company`` of the
    records says whose each document is. No key, PIN or password travels or is kept.

    ``first_number``: number of the first document (by company, when there are several), for records without a column
    ``number``; the others follow by their position in the input, so a refused record leaves its number free. ``at``:
    moment of documents that have none, and of every signature; by default now, and when a run goes on that of its
    beginning. So the same input gives the same bytes, on any worker and however often a part is made: RSA signatures
    (PKCS#1 v1.5) are deterministic, those of tokens too, and `Company` takes no other.

    Each part of ``size`` documents becomes files of the tables ``shipments``, ``answers`` and ``refused`` (Parquet,
    extra ``bulk``), which appear when they are complete. Nothing is sent before it is filed; what may have reached DIAN
    is asked for before it is sent again. With ``send=False`` it ends once all is filed; the same call without it, or
    `resume`, sends. The order in which documents of one company are sent is not promised; a note over an invoice of the
    same run is sent again with `resume` if it came first.

    ``on``: a Dask client or cluster, or ``"dask"`` for the one in use or Dask's own scheduler; records of Dask need no
    ``on``. Otherwise ``workers`` processes, by default one per processor; 0 or 1 stays in this process. Workers see the
    same ``folder``, and programs that begin processes do so under ``if __name__ == "__main__":``. ``pace``: limits of
    sending. ``progress``: a bar on the standard error output, by default on a terminal; or a function, called with
    step, documents done and documents in all.

    Run again with the same folder, parts that are done are skipped. Raise ``NotAllowed`` for other records or settings
    in a folder that has a run, for another certificate, and for a signer or a secret that would travel; ``OutOfRange``
    when the numbers do not suffice; ``InvalidInput`` for what cannot be used; ``StoreError`` while another call has the
    folder; ``MissingExtra``. What fails in one part is in ``failed`` of what is returned.
    """
    arrow()
    imported_kind(kind), spelling_of(decimal, day_first, zone)
    factories = factories_of(company)
    if size < 1:
        raise InvalidInput.of("bulk.size", field="size", found=size)
    starts = [first_number] if isinstance(first_number, str) else list((first_number or {}).values())
    for number in starts:
        if not is_number(number):
            raise InvalidInput.of("bulk.first_number", field="first_number", found=number)
    if isinstance(first_number, Mapping) or (first_number is not None and set(factories) != {""}):
        named = set(first_number) if isinstance(first_number, Mapping) else set()
        if named != set(factories) or set(factories) == {""}:
            expected = ", ".join(factories)
            raise InvalidInput.of(
                "bulk.first_numbers", field="first_number", found=str(first_number), expected=expected
            )
    settings = {
        "companies": {name: each.as_dict() for name, each in factories.items()},
        "columns": columns,
        "kind": kind,
        "first_number": first_number,
        "payment": payment,
        "details": details,
        "decimal": decimal,
        "day_first": day_first,
        "zone": zone,
        "delimiter": delimiter,
        "encoding": encoding,
        "sheet": sheet,
        "size": size,
    }
    asked = {name: setting_to_json(value, name) for name, value in settings.items()}
    moment = None if at is None else to_bogota(at, "at")
    path = Path(folder).absolute()
    with _opened(path), _engine(on, workers, records=records) as engine:
        known = Manifest.load(path)
        if known is not None and moment is None:
            moment = datetime.fromisoformat(known.data["settings"]["at"])
        asked["at"] = (moment or to_bogota(utc_now())).isoformat()
        if known is not None:
            known.compare(ISSUE, asked)
        told = progress_of(progress)
        facts = _facts(path, factories, settings, engine)
        planned = plan(records, path, asked, engine, told, kept=known)
        if known is None:
            _check_numbers(planned, facts)
            known = Manifest.made(
                path, ISSUE, asked, {name: each["facts"] for name, each in facts.items()}, planned.parts
            )
        else:
            known.compare_parts(planned.parts)
            known.compare_facts({name: each["facts"] for name, each in facts.items()})
        return _Night(known, engine, pace or Pace(), told, send=send).run()


@checked
@refuses("on", "progress")
def resume(
    folder: str | Path,
    *,
    send: bool = True,
    pace: Pace | None = None,
    on: Any = None,
    workers: int | None = None,
    progress: bool | Told | None = None,
) -> Run:
    """Go on with the run of a folder, from the rows that it keeps: records and settings need not be at hand.

    The arguments are those of `issue`. Raise ``StoreError`` when the folder has no run, or while another call has it.
    """
    path = Path(folder).absolute()
    arrow()
    if not (path / NAME).exists():
        raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
    with _opened(path), _engine(on, workers) as engine:
        manifest = Manifest.load(path)
        if manifest is None or manifest.data["what"] != ISSUE:
            raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
        return _Night(manifest, engine, pace or Pace(), progress_of(progress), send=send).run()


@contextmanager
def _opened(folder: Path) -> Iterator[None]:
    """Hold the folder of a run. Raise ``StoreError`` when another call has it."""
    for name in (LOCKS, INPUT):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCKS / "run") as lock:
        if lock is None:
            raise StoreError.of("bulk.folder_taken", field="folder", found=str(folder))
        yield


@contextmanager
def _engine(on: Any, workers: int | None, *, records: Any = None) -> Iterator[Any]:
    engine = engine_of(on, workers, dask_records=is_dask(records))
    try:
        yield engine
    finally:
        engine.close()


# --- before the first document ---------------------------------------------------------------------------------------


def _facts(
    folder: Path, factories: Mapping[str, Factory], settings: Mapping[str, Any], engine: Any
) -> dict[str, dict[str, Any]]:
    """Return what a worker says of each company; raise what its factory raises."""
    first = settings["first_number"]
    calls = {}
    for name, factory in factories.items():
        number = first[name] if isinstance(first, Mapping) else first
        calls[name] = (worker_facts, str(folder), factory.as_dict(), settings["kind"], number)
    found = {}
    for name, call in calls.items():
        for left in reversed(range(_TRIES)):
            future = engine.submit("preparar", *call)
            engine.collect()
            try:
                found[name] = future.result()
            except Lost:
                if not left:
                    raise InvalidInput.of("bulk.workers_end", field="workers") from None
                continue
            break
    return found


def worker_facts(folder: str, factory: Mapping[str, Any], kind: str | None, first: str | None) -> dict[str, Any]:
    """Return what a worker says of a company: what documents are made with, and how many numbers it has left."""
    if not (Path(folder) / LOCKS).is_dir():
        raise StoreError.of("bulk.folder_not_seen", field="folder", found=folder)
    company = company_of(Factory(**factory))
    left = None
    if first is not None:
        resolution = company.issuer.numbering_of(imported_kind(kind), first)
        if resolution is not None:
            left = resolution.range_to - resolution.consecutive_of(first) + 1 if resolution.holds(first) else 0
    return {"facts": facts_of(company), "left": left}


def _check_numbers(planned: Planned, facts: Mapping[str, Mapping[str, Any]]) -> None:
    for name, each in facts.items():
        needed, left = planned.by_company.get(name, 0), each["left"]
        if left is not None and needed > left:
            raise OutOfRange.of("bulk.numbers_left", field="first_number", found=needed, expected=left)


# --- the parts -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """A part that is under way."""

    index: int
    documents: int
    tries: int = 0
    reached: int = 0
    """Bytes of its journal when it was last begun: how far it came."""


@dataclass(slots=True)
class _Night:
    """One call: parts are made, and each is sent once it is made."""

    manifest: Manifest
    engine: Any
    pace: Pace
    told: Told
    send: bool
    waiting: list[tuple[str, _Part]] = field(default_factory=list)
    held: list[_Part] = field(default_factory=list)
    """Parts whose service is down: tried once more when all else is done."""
    failed: dict[int, str] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=lambda: {_MAKE: 0, _SEND: 0})

    def run(self) -> Run:
        folder = self.manifest.folder
        for index, each in enumerate(self.manifest.parts):
            part = _Part(index, each["documents"])
            if not SHIPMENTS.path(folder, index).exists():
                self.waiting.append((_MAKE, part))
            elif self.send and not is_sent(folder, index):
                self.done[_MAKE] += part.documents
                self.waiting.append((_SEND, part))
            else:
                self._count(_MAKE, part)
                self._count(_SEND, part)
        self.waiting.reverse()
        self._work(hold=True)
        if self.held:
            self.waiting = [(_SEND, part) for part in reversed(self.held)]
            self._work(hold=False)
        failed = tuple(FailedPart(part, self.failed[part]) for part in sorted(self.failed))
        run = run_of(self.manifest, failed)
        counts = {name: getattr(run, name) for name in ("signed", "refused", "accepted", "rejected", "undecided")}
        self.manifest.write("finished" if run.finished else "unfinished", counts=counts)
        return run

    def _work(self, *, hold: bool) -> None:
        running: dict[Future[Any], tuple[str, _Part]] = {}
        while self.waiting or running:
            while self.waiting and len(running) < self.engine.width:
                step, part = self.waiting.pop()
                if step == _SEND and hold and self.held:
                    self.held.append(part)
                    continue
                running[self._begin(step, part)] = step, part
            self.engine.collect()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                self._end(*running.pop(future), future, hold=hold)

    def _begin(self, step: str, part: _Part) -> Future[Any]:
        folder = str(self.manifest.folder)
        name = f"{step}-parte-{part.index}"
        if step == _MAKE:
            future: Future[Any] = self.engine.submit(name, make_part, folder, part.index)
        else:
            future = self.engine.submit(name, send_part, folder, part.index, self.pace.as_dict())
        return future

    def _end(self, step: str, part: _Part, future: Future[Any], *, hold: bool) -> None:
        error = future.exception()
        if isinstance(error, Lost):
            reached = self._reached(part)
            part.tries = 0 if reached != part.reached else part.tries + 1
            part.reached = reached
            if part.tries < _TRIES:
                self.waiting.append((step, part))
                return
            error = StoreError.of("bulk.workers_end")
        if isinstance(error, (DianFeError, OSError)):
            self.failed[part.index] = str(error)
            return
        if error is not None:
            raise error
        self._count(step, part)
        if step == _MAKE and self.send:
            self.waiting.append((_SEND, part))
        elif step == _SEND and future.result().get("down"):
            self.held.append(part)

    def _reached(self, part: _Part) -> int:
        """Return how far a part came: the bytes of its files."""
        files = (SHIPMENTS.path(self.manifest.folder, part.index), journal_path(self.manifest.folder, part.index))
        return sum(path.stat().st_size for path in files if path.exists())

    def _count(self, step: str, part: _Part) -> None:
        self.done[step] += part.documents
        self.told(step, self.done[step], self.manifest.data["documents"])
