"""A part of a run made on a worker: its rows become documents that are built, checked, signed and filed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from .._api import sign
from .._checking import check
from ..company.company import Company
from ..errors import (
    DianFeError,
    InvalidInput,
    KeyMaterialError,
    NotAllowed,
    SigningError,
    WrongSigningDate,
)
from ..exchange.drafts import IncomingDraft
from ..exchange.findings import finding, problems_of
from ..exchange.importing import import_table, imported_kind, spelling_of
from ..exchange.rows import Table
from ..faults import Fault
from ..signing.documents import Signed
from ..transport.shipment import Shipment
from ..ubl.writer.build import build
from .factories import Factory, company_of, facts_of
from .filing import REFUSED, SHIPMENTS, clear_unfinished
from .manifests import Manifest, manifest_of, opened_part
from .staging import Layout, Placed, columns_of, digest, layout_of, staged_rows

_ASSIGNED: Final = "número asignado"
"""Header of the numbers that follow from the position, beside the columns of a file."""
_NUMBER: Final = re.compile(r"(?s:(.*?))([0-9]{1,18})")
_PROVEN: Final[set[Path]] = set()
"""Folders whose documents come out of this process as they are filed."""
Row = dict[str, Any]


def number_at(first: str, position: int) -> str:
    """Return the number that is ``position`` after the first one, with as many digits at least."""
    match = _NUMBER.fullmatch(first)
    assert match is not None  # checked before the run began
    return f"{match[1]}{int(match[2]) + position:0{len(match[2])}}"


def is_number(first: str) -> bool:
    """True if a text ends in the digits of a consecutive."""
    return _NUMBER.fullmatch(first) is not None


def make_part(folder: str, part: int) -> dict[str, int]:
    """Make a part unless it is made; return its counts.

    A document that cannot be made is told in the table of what is refused. A key that fails stops the part, which is
    then not made at all. Raise what the factory raises, and ``NotAllowed`` for another certificate than the run's.
    """
    path = Path(folder)
    with opened_part(path, part):
        if not SHIPMENTS.path(path, part).exists():
            for table in (SHIPMENTS, REFUSED):
                clear_unfinished(table.path(path, part))
            _make(path, part)
        return SHIPMENTS.counts(path, part)


def _make(folder: Path, part: int) -> None:
    manifest = manifest_of(folder)
    _prove(manifest)
    making = Making(manifest, part)
    counts: dict[str, int] = {}

    def signed() -> Iterator[Row]:
        number = 0
        for row in making.signed():
            number += 1
            yield row
        # What is refused is filed first: the other file says that the part is made.
        documents = making.part["documents"]
        refused = {each["position"] for each in making.refused}
        counts.update(documents=documents, signed=number, refused=len(refused))
        REFUSED.write(folder, part, making.refused, {"findings": len(making.refused)})

    SHIPMENTS.write(folder, part, signed(), counts)


def _prove(manifest: Manifest) -> None:
    """Raise ``NotAllowed`` unless a document of each company comes out as an earlier part has it.

    It is made again once in each process: what no manifest may keep, the secrets, can have changed meanwhile.
    """
    parts = range(len(manifest.parts))
    made = next((part for part in parts if SHIPMENTS.path(manifest.folder, part).exists()), None)
    if made is None or manifest.folder in _PROVEN:
        return
    first: dict[str | None, Row] = {}
    for row in SHIPMENTS.read(manifest.folder, made, ("position", "company", "number", "sha256")):
        first.setdefault(row["company"], row)
    kept = {row["position"]: row for row in first.values()}  # companies may have the same numbers
    start = manifest.parts[made]["position"]
    for row in Making(manifest, made, {row["position"] - start for row in first.values()}).signed():
        if kept.pop(row["position"])["sha256"] != row["sha256"]:
            raise NotAllowed.of("bulk.other_secrets", field="company", number=row["number"])
    for row in kept.values():  # it is refused now
        raise NotAllowed.of("bulk.other_secrets", field="company", number=row["number"])
    _PROVEN.add(manifest.folder)


class Making:
    """Makes the documents of a part; those that it refuses are in ``refused`` once all are made."""

    def __init__(self, manifest: Manifest, part: int, only: Container[int] | None = None) -> None:
        """Read the rows of a part; ``only`` those of some of its documents, by their position in it."""
        self.settings, self.part, self.facts = manifest.settings, manifest.parts[part], manifest.data["facts"]
        self.at = datetime.fromisoformat(self.settings["at"])
        self.kind = imported_kind(self.settings["kind"])
        self.refused: list[Row] = []
        staged = staged_rows(manifest.input_of(part))
        self._source, self._headers = staged.source, staged.headers
        self._layout: Layout = layout_of(staged.headers, self.settings)
        self._scattered = {bytes.fromhex(each) for each in self.part["scattered"]}
        self._taken = {bytes.fromhex(each) for each in self.part["taken"]}
        self._places: dict[int, Placed] = {}
        """Rows by their number."""
        self._companies: dict[str, list[Placed]] = {}
        whose: dict[int, str] = {}
        self._torn: set[int] = set()
        """Documents whose rows name several companies."""
        for placed in staged.rows:
            if only is not None and placed.document not in only:
                continue
            self._places[placed.row.number] = placed
            name = self._layout.company_of(placed.row.cells)
            self._companies.setdefault(name, []).append(placed)
            if placed.row.problem is None and whose.setdefault(placed.document, name) != name:
                self._torn.add(placed.document)

    def signed(self) -> Iterator[Row]:
        """Yield the row of each document that is signed."""
        for name, rows in self._companies.items():
            factory = self.settings["companies"].get(name)
            if factory is None:
                error = InvalidInput.of("bulk.unknown_company", found=name, expected=self._known())
                for placed in rows:
                    self._refuse(name, placed.row.number, None, error, "import")
                continue
            company = company_of(Factory(**factory))
            self._check_facts(name, company)
            for draft in self._drafts(name, company, list(self._together(name, rows))):
                row = self._signed(name, company, draft)
                if row is not None:
                    yield row

    def _known(self) -> str:
        return ", ".join(list(self.settings["companies"])[:5])

    def _check_facts(self, name: str, company: Company) -> None:
        """Refuse another certificate or issuer than the one of the run: the documents would be others."""
        for fact, value in facts_of(company).items():
            kept = self.facts[name][fact]
            if kept != value:
                raise NotAllowed.of(f"bulk.other_{fact}", field="company", found=value, expected=kept)

    # --- from rows to drafts -----------------------------------------------------------------------------------------

    def _together(self, name: str, rows: Iterable[Placed]) -> Iterator[Placed]:
        """Yield the rows but those of documents that are in several places, or of several companies."""
        told: set[int] = set()
        for each in rows:
            error = None
            key = self._layout.key_of(each.row.cells) if self._scattered else None
            if each.document in self._torn:
                error = InvalidInput.of("bulk.two_companies", found=name)
            elif key is not None and digest(name, key) in self._scattered:
                error = InvalidInput.of("bulk.scattered", found=key)
            if error is None:
                yield each
            elif each.document not in told:
                told.add(each.document)
                self._refuse(name, each.row.number, None if key is None else self._layout.key, error, "import")

    def _drafts(self, name: str, company: Company, rows: Iterable[Placed]) -> Iterator[IncomingDraft]:
        settings, layout = self.settings, self._layout
        given = {**(settings["details"] or {}), self.kind.roles.issuer: company.issuer.organization}
        given["issued_at"] = self.at
        if settings["payment"] is not None:
            given["payment"] = settings["payment"]
        columns, _ = columns_of(settings["columns"])
        first = settings["first_number"]
        headers = self._headers
        if first is None:
            table = Table(headers, (each.row for each in rows))
        else:
            header = _ASSIGNED if columns is not None else "number"
            headers = (*headers, header)
            columns = None if columns is None else {**columns, header: "number"}
            start = self.part["first"].get(name, 0)
            begins = first[name] if isinstance(first, Mapping) else first

            def numbered() -> Iterator[Any]:
                for each in rows:
                    if each.row.problem is not None:
                        yield each.row
                    else:
                        number = number_at(begins, start + each.of_company)
                        yield replace(each.row, cells={**each.row.cells, header: number})

            table = Table(headers, numbered())
        spelling = spelling_of(settings["decimal"], settings["day_first"], settings["zone"])
        imported = import_table(table, columns, self.kind, spelling, given)
        told = {self._places[each.row].document for each in imported.findings}
        for each in imported.findings:
            self._told(name, each.row, "import", each.as_dict())
        for number in imported.refused:  # the other rows of a document are told by those with findings
            if self._places[number].document not in told:
                self._refuse(name, number, None, InvalidInput.of("bulk.not_taken"), "import")
        for draft in imported.drafts:
            if digest(name, str(draft.details.get("number"))) in self._taken:
                found = draft.details["number"]
                error = InvalidInput.of("exchange.number_twice", found=found)
                self._refuse(name, draft.rows[0], layout.number, error, "import")
            else:
                yield draft

    # --- from drafts to signed documents -----------------------------------------------------------------------------

    def _signed(self, name: str, company: Company, draft: IncomingDraft) -> Row | None:
        """Return the row of a draft's signed document; None when it is refused."""
        assert draft.document is not None  # number and moment are always there
        stage = "build"
        try:
            built = build(draft.document, company.issuer)
            stage = "check"
            certificate = getattr(company.signer, "info", None)
            report = check(built, issuer=company.issuer, at=self.at, certificate=certificate)
            if report.rejected:
                for fault in report.rejected:
                    self._fault(name, draft, fault)
                return None
            stage = "sign"
            signed = sign(built, company.signer, at=self.at, role=company._role)
            shipment = company.client.shipment_of(signed)
        except (KeyMaterialError, SigningError) as error:
            if not isinstance(error, WrongSigningDate):
                raise
            self._refuse(name, draft.rows[0], None, error, stage)
            return None
        except DianFeError as error:
            self._refuse(name, draft.rows[0], None, error, stage)
            return None
        return self._row(name, draft, signed, shipment, report.may_reject)

    def _row(
        self, name: str, draft: IncomingDraft, signed: Signed[Any], shipment: Shipment, may_reject: Iterable[Fault]
    ) -> Row:
        document: Any = signed.document
        return {
            **self._place(name, draft.rows[0]),
            "reference": draft.reference,
            "kind": shipment.kind,
            "number": shipment.number,
            "key": shipment.key,
            "issued_at": document.issued_at,
            "customer_id": getattr(document, self.kind.roles.counterpart).id,
            "currency": document.currency,
            "payable": document.payable,
            "supplier": shipment.supplier,
            "environment": shipment.environment,
            "file_name": shipment.file_name,
            "zip_name": shipment.zip_name,
            "operation": shipment.operation,
            "references": " ".join(shipment.references),
            "may_reject": "; ".join(map(str, may_reject)) or None,
            "sha256": sha256(shipment.xml).hexdigest(),
            "xml": shipment.xml,
        }

    # --- what is refused ---------------------------------------------------------------------------------------------

    def _place(self, name: str, row: int) -> Row:
        position = self.part["position"] + self._places[row].document
        return {"position": position, "row": row, "source": self._source or None, "company": name or None}

    def _refuse(self, name: str, row: int, bound: Any, error: DianFeError, stage: str) -> None:
        column = None if bound is None else bound.column
        for each in problems_of(error):
            self._told(name, row, stage, finding(each, row, column).as_dict())

    def _fault(self, name: str, draft: IncomingDraft, fault: Fault) -> None:
        self._told(
            name,
            draft.rows[0],
            "check",
            {"code": fault.code, "message": str(fault), "reference": draft.reference, "remedy": fault.hint},
        )

    def _told(self, name: str, row: int, stage: str, told: Mapping[str, Any]) -> None:
        first = self.settings["first_number"]
        free = None
        if first is not None and name in self.settings["companies"]:
            begins = first[name] if isinstance(first, Mapping) else first
            free = number_at(begins, self.part["first"].get(name, 0) + self._places[row].of_company)
        names = ("column", "code", "message", "found", "expected", "remedy", "reference")
        texts = {each: None if told.get(each) is None else _valid(str(told[each])) for each in names}
        self.refused.append({**self._place(name, row), "number": free, "stage": stage, **texts})


def _valid(text: str) -> str:
    """Return a text that UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode()
