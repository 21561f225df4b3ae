"""`issue` and `resume`: a night's records become documents that are signed, filed and sent, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from .._arguments import checked, refuses
from ..errors import InvalidInput, NotAllowed, OutOfRange, StoreError
from ..exchange.columns import Column
from ..exchange.importing import imported_kind, spelling_of
from ..models._dates import to_bogota
from ..models.payment import Payment
from ..transport.core import utc_now
from .engines import Lost, engine_of
from .factories import FROM_ENVIRONMENT, Factory, company_of, factories_of, facts_of
from .filing import ANSWERS, REFUSED, SHIPMENTS, arrow
from .making import is_number, make_part
from .manifests import LOCKS, NAME, Manifest, opened_folder
from .pace import Pace
from .planning import Planned, plan
from .progress import Told, progress_of
from .runs import ISSUE, FailedPart, Run, run_of
from .sending import is_sent, journal_path, send_part
from .sources import is_dask
from .values import setting_to_json
from .working import Task, Work

_MAKE, _SEND = "firmar", "enviar"
"""Steps, as the dashboard and the bar show them."""


@checked
@refuses("records", "company", "on", "progress")
def issue(
    records: Any,
    folder: str | Path,
    company: str | Factory | Mapping[str, str | Factory] = FROM_ENVIRONMENT,
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

    A test set is not sent so, as its documents have an order and an operation of their own: see `HabilitacionRun`.

    Run again with the same folder, parts that are done are skipped. Raise ``NotAllowed`` for other records or settings
    in a folder that has a run, for another certificate, for machines of a cluster that make different companies of one
    factory, and for a signer or a secret that would travel; ``OutOfRange``
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
    with opened_folder(path), closing(engine_of(on, workers, dask_records=is_dask(records))) as engine:
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
    with opened_folder(path), closing(engine_of(on, workers, dask_records=False)) as engine:
        manifest = Manifest.load(path)
        if manifest is None or manifest.data["what"] != ISSUE:
            raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
        return _Night(manifest, engine, pace or Pace(), progress_of(progress), send=send).run()


# --- before the first document ---------------------------------------------------------------------------------------


def _facts(
    folder: Path, factories: Mapping[str, Factory], settings: Mapping[str, Any], engine: Any
) -> dict[str, dict[str, Any]]:
    """Return what workers say of each company; raise what a factory raises, ``NotAllowed`` when two workers differ."""
    first = settings["first_number"]
    calls = {}
    for name, factory in factories.items():
        number = first[name] if isinstance(first, Mapping) else first
        calls[name] = (worker_facts, str(folder), factory.as_dict(), settings["kind"], number)
    found = {}
    for name, call in calls.items():
        for left in (True, False):
            futures = engine.everywhere("preparar", *call)
            engine.collect()
            try:
                found[name] = _agreed([future.result() for future in futures])
            except Lost:
                if not left:
                    raise InvalidInput.of("bulk.workers_end", field="workers") from None
                continue
            break
    return found


_LABELS = {
    "nit": "el NIT",
    "environment": "el ambiente",
    "certificate": "el certificado",
    "issuer": "los datos del emisor",
    "service": "la dirección del servicio",
}
"""The facts of a company, for people."""


def _agreed(said: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what all workers say of a company; raise ``NotAllowed`` for the first fact in which two differ."""
    for fact, value in said[0]["facts"].items():
        found = next((each["facts"][fact] for each in said[1:] if each["facts"][fact] != value), value)
        if found != value:
            raise NotAllowed.of(
                "bulk.workers_differ", field="company", found=found, expected=value, label=_LABELS[fact]
            )
    return said[0]


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
            raise OutOfRange.of("bulk.numbers_left", field="first_number", needed=needed, left=left)


# --- the parts -------------------------------------------------------------------------------------------------------


class _Night:
    """One call: parts are made, and each is sent once it is made."""

    def __init__(self, manifest: Manifest, engine: Any, pace: Pace, told: Told, *, send: bool) -> None:
        self.manifest, self.pace, self.told, self.send = manifest, pace, told, send
        self.work = Work(engine, self._reached, self._ended)
        self.held: list[Task] | None = []
        """What is sent when all else is done, since its service is down; None once that is tried."""
        self.done = {_MAKE: 0, _SEND: 0}

    def run(self) -> Run:
        folder, work = self.manifest.folder, self.work
        for index in range(len(self.manifest.parts)):
            if not SHIPMENTS.path(folder, index).exists():
                work.waiting.append(self._task(_MAKE, index))
                continue
            self._count(_MAKE, index)
            if self.send and not is_sent(folder, index):
                work.waiting.append(self._task(_SEND, index))
            elif self.send:
                self._count(_SEND, index)
        if not self.manifest.parts:
            for table in (SHIPMENTS, REFUSED, ANSWERS)[: 3 if self.send else 2]:
                table.write_empty(folder)
        work.waiting.reverse()
        work.run()
        if self.held:
            work.waiting, self.held = self.held[::-1], None
            work.run()
        run = run_of(self.manifest, tuple(FailedPart(part, work.failed[part]) for part in sorted(work.failed)))
        counts = {name: getattr(run, name) for name in ("signed", "refused", "accepted", "rejected", "undecided")}
        self.manifest.write("finished" if run.finished else "unfinished", counts=counts)
        return run

    def _task(self, step: str, part: int) -> Task:
        folder = str(self.manifest.folder)
        if step == _MAKE:
            return Task(step, part, make_part, (folder, part))
        return Task(step, part, send_part, (folder, part, self.pace.as_dict()))

    def _ended(self, task: Task, result: Mapping[str, int]) -> None:
        waiting = self.work.waiting
        if task.step == _SEND and result.get("down") and self.held is not None:
            self.held += [task, *(each for each in reversed(waiting) if each.step == _SEND)]
            waiting[:] = [each for each in waiting if each.step != _SEND]
            return
        self._count(task.step, task.part)
        if task.step == _MAKE and self.send:
            (self.held or waiting).append(self._task(_SEND, task.part))

    def _count(self, step: str, part: int) -> None:
        self.done[step] += self.manifest.parts[part]["documents"]
        self.told(step, self.done[step], self.manifest.data["documents"])

    def _reached(self, part: int) -> int:
        """Return how far a part came: the bytes of its files."""
        folder = self.manifest.folder
        files = (SHIPMENTS.path(folder, part), journal_path(folder, part))
        return sum(path.stat().st_size for path in files if path.exists())
