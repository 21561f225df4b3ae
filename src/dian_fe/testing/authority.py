"""The tax authority as parts of the simulator see it: `Judge` is one, and so is `Simulator`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from .._arguments import checked
from ..catalogs import Environment
from ..events.timeline import EventHistory
from ..families.spec import DocumentKind
from ..faults import Fault
from ..models.issuer import Software
from ..models.resolution import Resolution
from ..signing.signer import KeySigner
from ..ubl.control import Control
from .pki import ToyPki

TEST_PREFIX: Final = "SETP"
"""Prefix of the public test range, open to every company."""


@checked
@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that the simulator accepted and keeps."""

    key: str
    number: str
    kind: DocumentKind = field(repr=False)
    supplier: str
    customer: str
    raw: bytes = field(repr=False)
    application_response: bytes = field(repr=False)
    received_at: datetime


@checked
@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one document."""

    key: str | None
    number: str | None
    status_code: str
    """"00" accepted, "99" rejected."""
    is_valid: bool
    status_message: str
    faults: tuple[Fault, ...]
    application_response: bytes = field(repr=False)
    """Signed ApplicationResponse; empty when the document could not be read."""
    file_name: str


class Authority(Protocol):
    """The interface of the simulator for answers, lists and families' judges; `Judge` documents each member."""

    seed: int
    environment: Environment
    pki: ToyPki
    clock: Callable[[], datetime] | None
    rules: bool
    references: bool
    cash_events: bool
    software: Software
    accepted: dict[str, Accepted]
    taken: dict[tuple[str, str, str], str]
    histories: dict[str, EventHistory]
    event_numbers: set[tuple[str, str, str]]

    def signer(self, nit: str) -> KeySigner:
        """Return a signer whose certificate names that NIT."""

    def resolution(self, prefix: str = ..., *, key_digits: int = ..., nit: str | None = ...) -> Resolution:
        """Return a numbering with its technical key."""

    def register(self, resolution: Resolution, *, nit: str | None = ...) -> Resolution:
        """Register a numbering and its owner."""

    def register_software(self, software: Software) -> Software:
        """Register a software and its PIN."""

    def range_of(self, nit: str, authorization: str | None, prefix: str | None) -> Resolution | None:
        """Return the numbering that a company's document names; None when it belongs to another."""

    def own_range(self, nit: str, control: Control) -> None:
        """Record the owner of an accepted document's numbering."""

    def software_of(self, identifier: str | None) -> Software | None:
        """Return a registered software; None for an unknown one."""

    def history(self, key: str) -> EventHistory:
        """Return the events registered on an invoice, by its CUFE."""

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Verdict:
        """Judge a document."""
