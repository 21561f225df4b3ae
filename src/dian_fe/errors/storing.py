"""Documents cannot be stored, or belong to another process at the moment."""

from __future__ import annotations

from .base import DianFeError
from .inputs import InvalidInput


class StoreError(DianFeError):
    """The store failed: nothing was sent that it does not have."""


class BeingIssued(StoreError):
    """Another call is issuing, or has just issued, a document with this idempotency key."""


class ClaimLost(StoreError):
    """Another process has taken over the document or its number, as the connection that held it ended."""


class StoredDamaged(StoreError):
    """A stored document, or the record of a delivery, cannot be read back; the others can."""


class StoredNewer(StoreError, InvalidInput):
    """A later version of the library stored this; it is not damaged, and that version can read it."""
