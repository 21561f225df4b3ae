"""`Run`: what a run has made so far, read from its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from .._arguments import checked
from .._viewed import Viewed
from ..errors import StoreError
from ..transport.outcome import Answer, Outcome
from .filing import ANSWERS, SHIPMENTS, Table
from .manifests import Manifest
from .sending import shipment_of_step

ISSUE: Final = "issue"
"""What the manifest of such a run says that it does."""


@dataclass(frozen=True, slots=True)
class FailedPart(Viewed):
    """A part that could not be done now; run again, or `resume`, tries it again."""

    part: int
    """Its position in the run, from 0."""
    reason: str
    """Why, in Spanish."""


@dataclass(frozen=True, slots=True)
class Run(Viewed):
    """What a run of `issue` has made so far: how many documents came how far. All else is in its folder.

    The tables are folders of Parquet files, one for each part, whose columns are always the same:

    - ``shipments``: the signed documents. ``position`` (from 0) of the document in the input, ``row`` and ``source`` of
      its first row as its file counts them, ``company``, ``reference``, ``kind``, ``number``, ``key``, ``issued_at``
      (Colombian time), ``customer_id``, ``currency``, ``payable`` (decimal128(38, 18)), ``supplier``, ``environment``,
      ``file_name``, ``zip_name``, ``operation``, ``references`` (keys, separated by blanks), ``may_reject`` (likely
      rejections that the local check found), ``sha256`` of ``xml``, and ``xml``, the signed bytes.
    - ``answers``: ``position``, ``company``, ``number``, ``key``, ``outcome`` (`Outcome`), ``state`` (`State`), DIAN's
      ``code``, ``message`` and ``faults``, ``next_step`` (Spanish), ``recovered``, ``taken_by``, ``error``,
      ``attempts`` (how many), ``last_attempt`` (ISO 8601), ``application_response`` (the signed bytes), and
      ``shipment``, the JSON of `Shipment` without the document's bytes.
    - ``refused``: one row for each finding. ``position``, ``row``, ``source``, ``company``, ``reference``, ``number``
      (the one that stays free), ``stage`` (``import``, ``build``, ``check`` or ``sign``), ``column``, ``code``,
      ``message``, ``found``, ``expected``, ``remedy``.
    """

    folder: Path
    """The run's folder; its tables are the folders ``shipments``, ``answers`` and ``refused`` in it."""
    documents: int = 0
    """Documents of the input."""
    signed: int = 0
    """Documents that are signed and filed."""
    refused: int = 0
    """Documents that could not be made; the table ``refused`` says why."""
    accepted: int = 0
    """Documents that DIAN accepted."""
    rejected: int = 0
    """Documents that DIAN rejected."""
    undecided: int = 0
    """Documents that may have reached DIAN and of which it has not decided; `resume` asks before it sends again."""
    failed: tuple[FailedPart, ...] = field(default=(), repr=False)
    """Parts that could not be done in this call."""

    @property
    def unsent(self) -> int:
        """Documents that are signed and surely not at DIAN."""
        return self.signed - self.accepted - self.rejected - self.undecided

    @property
    def missing(self) -> int:
        """Documents that are neither signed nor refused yet."""
        return max(0, self.documents - self.signed - self.refused)

    @property
    def finished(self) -> bool:
        """True if DIAN has decided every document that could be made."""
        return not (self.missing or self.unsent or self.undecided)

    @property
    def ok(self) -> bool:
        """True if DIAN accepted every document of the input."""
        return self.accepted == self.documents

    def answers(self) -> Iterator[Answer]:
        """Yield the answers with their signed documents, part after part, as ``send`` would return them.

        What `pack` and `deliver` take: ``pack(read(answer.shipment.xml), answer, signer, …)``. Documents of parts that
        were never sent are not among them. Raise ``StoreError`` for files that do not belong together, and
        ``InvalidInput`` for an answer that is not of its document.
        """
        manifest = _manifest(self.folder)
        for part in range(len(manifest.parts)):
            if not ANSWERS.path(self.folder, part).exists():
                continue
            signed = SHIPMENTS.read(self.folder, part, ("key", "xml"))
            told = ANSWERS.read(self.folder, part, ("key", "shipment"))
            nothing: dict[str, Any] = {}
            for document, answer in zip_longest(signed, told, fillvalue=nothing):
                if document.get("key") != answer.get("key"):
                    found = answer.get("key") or document.get("key")
                    raise StoreError.of("bulk.other_bytes", field="folder", found=found)
                yield Answer(shipment_of_step(json.loads(answer["shipment"]), document["xml"]))


@dataclass(frozen=True, slots=True)
class ReadRun(Viewed):
    """What a run of `read` has put into its tables so far: folders of Parquet files in its folder."""

    folder: Path
    """The run's folder; its tables are ``documents``, ``lines``, ``taxes``, ``unreadable``, ``repeated``, ``unfit``."""
    listed: int = 0
    """Files that were listed."""
    files: int = 0
    """Files that were read."""
    documents: int = 0
    """Documents in the tables."""
    unreadable: int = 0
    """Files without a document; the table ``unreadable`` says why."""
    repeated: int = 0
    """Documents that were left out because their bytes came before."""
    unfit: int = 0
    """Values that the columns cannot hold."""
    failed: tuple[FailedPart, ...] = field(default=(), repr=False)
    """Parts that could not be done in this call."""

    @property
    def finished(self) -> bool:
        """True if every file that was listed has been read."""
        return self.files == self.listed


@checked
def open_run(folder: str | Path) -> Run:
    """Return what the run of `issue` in a folder has made so far. Raise ``StoreError`` when the folder has none."""
    manifest = _manifest(Path(folder))
    if manifest.data["what"] != ISSUE:
        raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
    return run_of(manifest)


def _manifest(folder: Path) -> Manifest:
    manifest = Manifest.load(folder)
    if manifest is None:
        raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
    return manifest


def read_run_of(manifest: Manifest, documents: Table, failed: tuple[FailedPart, ...] = ()) -> ReadRun:
    """Return the counts of a run of `read` from the files of its parts."""
    counts = dict.fromkeys(("files", "documents", "unreadable", "repeated", "unfit"), 0)
    for part in range(len(manifest.parts)):
        if documents.path(manifest.folder, part).exists():
            found = documents.counts(manifest.folder, part)
            counts = {name: count + found[name] for name, count in counts.items()}
    return ReadRun(manifest.folder, manifest.data["rows"], **counts, failed=failed)


def run_of(manifest: Manifest, failed: tuple[FailedPart, ...] = ()) -> Run:
    """Return the counts of a run from the files of its parts."""
    made = {"signed": 0, "refused": 0}
    sent = {each.value: 0 for each in Outcome}
    for part in range(len(manifest.parts)):
        if SHIPMENTS.path(manifest.folder, part).exists():
            counts = SHIPMENTS.counts(manifest.folder, part)
            made = {name: count + counts[name] for name, count in made.items()}
        if ANSWERS.path(manifest.folder, part).exists():
            counts = ANSWERS.counts(manifest.folder, part)
            sent = {name: count + counts[name] for name, count in sent.items()}
    return Run(
        folder=manifest.folder,
        documents=manifest.data["documents"],
        **made,
        accepted=sent[Outcome.ACCEPTED.value],
        rejected=sent[Outcome.REJECTED.value],
        undecided=sent[Outcome.PENDING.value] + sent[Outcome.UNKNOWN.value],
        failed=failed,
    )
