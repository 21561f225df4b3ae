"""`Store`: where a company's shipments and numbers are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from .._arguments import checked
from .._shown import clipped, shown
from .._viewed import Viewed
from ..delivery.sending import DeliveryRecord
from ..errors import InvalidInput
from ..transport.shipment import Shipment

_LONGEST: Final = 500
"""Characters that every database can index, whatever they are."""


def check_name(name: str, text: str) -> None:
    """Raise ``InvalidInput`` for a text that not every database can keep, or that names nothing."""
    if name == "idempotency_key" and not text.strip():
        raise InvalidInput.of("company.empty_key", field=name, found=repr(text))
    if "\0" in text or len(text) > _LONGEST or text.encode(errors="replace").decode() != text:
        raise InvalidInput.of("company.name", field=name, found=clipped(shown(text), 80), longest=_LONGEST)


@checked
@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that are counted together."""

    name: str
    """Name in the store: company, authorisation (or kind of document) and prefix."""
    company: str = ""
    """NIT and environment of the issuer."""
    prefix: str = ""
    """Prefix of the numbers."""
    first: int = 1
    """Lowest consecutive that may be given."""
    last: int | None = None
    """Highest consecutive that may be given; None: no limit."""


@checked
@dataclass(frozen=True, slots=True)
class Entry(Viewed):
    """A document in a store."""

    company: str
    """NIT and environment of the issuer."""
    series: str
    """Name of the series of its number."""
    consecutive: int
    """Its number in the series."""
    shipment: Shipment
    """The signed document and its progress."""
    idempotency_key: str | None = None
    """The caller's name for it: the same is never issued twice."""
    package: bytes | None = field(default=None, repr=False)
    """The ZIP for the other side, or the PDF of a kind that is handed out on paper; None before it is made."""
    finished: bool = False
    """Whether nothing is left to do but to mail it."""


@runtime_checkable
class Store(Protocol):
    """Shipments and numbers, for threads and processes. `MemoryStore`, `SqliteStore` and `PostgresStore` are stores.

    A number is *taken* by one caller until its document is added or it is given back; a document is *claimed* by one
    caller while it is sent. Both end with the process that holds them, however it ends: a crash leaves no number
    unused, and what it left unfinished can be claimed by others. Every method is atomic, and durable when it returns.
    All raise ``StoreError`` when the store fails.
    """

    def take(self, series: Series, *, wanted: int | None = None, idempotency_key: str | None = None) -> int | None:
        """Take the lowest free number of a series, or that one; return None when there is none or it is not free.

        Raise ``BeingIssued`` when a number is taken for this idempotency key of the company, or a document that was not
        rejected has it.
        """

    def give_back(self, series: Series, consecutive: int) -> None:
        """Free a number that was taken and not used."""

    def add(self, entry: Entry) -> bool:
        """Store a document under the number that was taken for it, claimed.

        Return False when the company has a document with this idempotency key that was not rejected; the number stays
        taken. Raise ``ClaimLost`` when the number is not taken any more.
        """

    def save(self, shipment: Shipment) -> None:
        """Store a step of a claimed document; the number of a rejected one is free again, unless another has it.

        Raise ``ClaimLost`` when the document is not claimed any more.
        """

    def finish(self, key: str, package: bytes | None) -> None:
        """Store that a claimed document is accepted and packed, and end its claim. Raise ``ClaimLost`` as ``save``."""

    def claim(self, key: str) -> Entry | None:
        """Claim a document; return None when somebody else has it, or there is none."""

    def release(self, key: str) -> None:
        """End a claim."""

    def withdraw(self, key: str) -> None:
        """Delete a claimed document that was never sent; its number is free again. Raise ``ClaimLost``."""

    def find(
        self, company: str, *, key: str | None = None, number: str | None = None, idempotency_key: str | None = None
    ) -> Entry | None:
        """Return the company's last document with that key, number or idempotency key."""

    def unfinished(self, company: str) -> Sequence[str]:
        """Return the keys of the company's unfinished documents, in the order in which they were added."""

    def last(self, series: Series) -> int | None:
        """Return the highest number that a series has given, if any."""

    def record(self, record: DeliveryRecord) -> None:
        """Store the record of a delivery."""

    def deliveries(self, key: str) -> Sequence[DeliveryRecord]:
        """Return the records of a document's deliveries, in their order."""


@runtime_checkable
class Counter(Protocol):
    """A store that counts files, too: without it a file's name has the document's own consecutive."""

    def count(self, name: str) -> int:
        """Return the next number of a count, from 1: none is given twice, one may be left out. Raise ``StoreError``."""
