"""A part of a run sent by a worker: each step is stored before the next byte leaves, so a killed worker's part goes on.

A journal beside the signed documents has one line for each step. The line that says that a document is in doubt is on
the disk before its bytes leave; so what a journal does not have was not sent, and what it has in doubt is asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from copy import copy
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from ..errors import StoreError
from ..transport.client import Client
from ..transport.outcome import Answer, Outcome
from ..transport.shipment import Shipment, State
from .factories import Factory, company_of
from .filing import ANSWERS, SHIPMENTS, clear_unfinished, sync_folder
from .manifests import manifest_of, opened_part
from .pace import Gate, Pace, Paced

SENDING: Final = "sending"
Row = dict[str, Any]


def journal_path(folder: Path, part: int) -> Path:
    """Return the journal of a part, which exists while some of its documents are undecided."""
    return folder / SENDING / f"part-{part:05}.jsonl"


def is_sent(folder: Path, part: int) -> bool:
    """True if DIAN has decided every document of a part, and the answers are filed."""
    return ANSWERS.path(folder, part).exists() and not journal_path(folder, part).exists()


def send_part(folder: str, part: int, pace: dict[str, Any]) -> dict[str, int]:
    """Send what is undecided of a part that is made, and file the answers; return the counts.

    ``down``: 1 when the service is down, and documents are left unsent. Raise what the factory raises, and
    ``StoreError`` when what is filed is not what was made.
    """
    path = Path(folder)
    with opened_part(path, part):
        if not is_sent(path, part):
            clear_unfinished(ANSWERS.path(path, part))
            down = _send(path, part, Pace(**pace))
            return {**ANSWERS.counts(path, part), "down": int(down)}
        return ANSWERS.counts(path, part)


def _send(folder: Path, part: int, pace: Pace) -> bool:
    settings = manifest_of(folder).settings
    limits = Path(pace.folder) if pace.folder is not None else folder / "pace"
    down = False
    with Journal(journal_path(folder, part)) as journal:
        filed = list(SHIPMENTS.read(folder, part))
        shipments = [_shipment_of(row, journal.last.get(row["key"])) for row in filed]
        reached = {shipment.key: shipment for shipment in shipments}

        def keep(shipment: Shipment) -> None:
            journal.keep(shipment)
            reached[shipment.key] = shipment

        for name in dict.fromkeys(row["company"] or "" for row in filed):
            company = company_of(Factory(**settings["companies"][name]))
            client = company.client
            gate = Gate(
                limits, pace, f"{company.issuer.organization.nit} {client.service.environment}", client.service.url
            )
            mine = [
                shipment
                for row, shipment in zip(filed, shipments, strict=True)
                if (row["company"] or "") == name and not shipment.state.is_final
            ]
            for answer in _paced(client, gate).send_all(mine, store=keep, concurrency=pace.company_at_once):
                if isinstance(answer.error, StoreError):
                    raise answer.error
                reached[answer.key] = answer.shipment
            down |= gate.down()
        answers = [Answer(reached[row["key"]]) for row in filed]
        counts = {each.value: 0 for each in Outcome} | {"unsent": 0}
        for answer in answers:
            counts["unsent" if _unsent(answer) else answer.outcome.value] += 1
        ANSWERS.write(folder, part, _rows(filed, answers), counts)
        if all(answer.shipment.state.is_final for answer in answers):
            journal.remove()
    return down


def _paced(client: Client, gate: Gate) -> Client:
    """Return the client with every call passing the gate; it shares all else with the one that is kept."""
    paced = copy(client)
    paced._transport = Paced(client._transport, gate)
    return paced


def _unsent(answer: Answer) -> bool:
    """True if the document surely is not at DIAN."""
    return answer.shipment.state is State.READY


def _shipment_of(row: Row, step: Row | None) -> Shipment:
    """Return the shipment of a filed document in its last stored state. Raise ``StoreError`` for other bytes."""
    xml = row["xml"]
    if sha256(xml).hexdigest() != row["sha256"]:
        raise StoreError.of("bulk.other_bytes", field="folder", found=row["number"])
    if step is not None:
        return shipment_of_step(step, xml)
    names = ("key", "number", "kind", "supplier", "environment", "file_name", "zip_name", "operation")
    return Shipment(**{name: row[name] for name in names}, xml=xml, references=tuple(row["references"].split()))


def shipment_of_step(step: Row, xml: bytes) -> Shipment:
    """Return a shipment of its stored step and its bytes, which must agree; raise ``InvalidInput`` otherwise."""
    from base64 import b64encode

    return Shipment.from_json({**step, "xml": b64encode(xml).decode()})


def step_of(shipment: Shipment) -> Row:
    """Return the JSON of a shipment without its bytes, which are filed already."""
    step = shipment.as_dict()
    del step["xml"]
    return step


class Journal:
    """The steps of a part's documents, one line each; the last one of a document counts."""

    def __init__(self, path: Path) -> None:
        """Open the journal; a line that a killed process left unfinished is cut off: its bytes did not leave."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = path.open("a+b")
        self._file.seek(0)
        self.last: dict[str, Row] = {}
        end = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            try:
                step = json.loads(line)
                self.last[step["key"]] = step
            except (ValueError, KeyError, TypeError):
                break
            end += len(line)
        self._file.truncate(end)
        sync_folder(path.parent)
        self._broken = False

    def __enter__(self) -> Journal:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self._file.close()

    def keep(self, shipment: Shipment) -> None:
        """Store a step; one in doubt is on the disk when this returns.

        Raise ``OSError`` when it cannot be stored, and ``StoreError`` from then on: a line after half a line is lost.
        """
        if self._broken:
            raise StoreError.of("bulk.broken_journal", field="folder", found=str(self._path))
        self._broken = True
        self._file.write(json.dumps(step_of(shipment)).encode() + b"\n")
        self._file.flush()
        if not shipment.state.is_final:
            os.fsync(self._file.fileno())
        self._broken = False

    def remove(self) -> None:
        """Delete the journal of a part whose answers are filed."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _rows(filed: Iterable[Row], answers: Iterable[Answer]) -> Iterator[Row]:
    for row, answer in zip(filed, answers, strict=True):
        status = answer.status
        attempts = answer.attempts
        yield {
            "position": row["position"],
            "company": row["company"],
            "number": answer.number,
            "key": answer.key,
            "outcome": answer.outcome.value,
            "state": answer.shipment.state.value,
            "code": None if status is None else status.code,
            "message": answer.status_message or None,
            "faults": "; ".join(map(str, answer.faults)) or None,
            "next_step": answer.next_step or None,
            "recovered": None if answer.recovered is None else answer.recovered.value,
            "taken_by": answer.shipment.taken_by,
            "error": None if answer.error is None else str(answer.error),
            "attempts": len(attempts),
            "last_attempt": attempts[-1].at if attempts else None,
            "application_response": answer.application_response or None,
            "shipment": json.dumps(step_of(answer.shipment), ensure_ascii=True),
        }
