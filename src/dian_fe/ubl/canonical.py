"""The form in which a document leaves the writer: canonical bytes with an empty place for the signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
"""Precedes every file that the library writes; it is not part of the canonical form, hence of no digest."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """An unsigned document, already in Canonical XML 1.0 (inclusive, without comments).

    ``xml`` are the canonical bytes of the whole document, without XML declaration: their SHA-256 is the digest that
    the signature's enveloped reference needs. ``signature_at`` is the byte offset inside the one empty
    ``ext:ExtensionContent`` that waits for the ``ds:Signature``. ``namespaces`` is the text of the root's namespace
    declarations in canonical order, which inclusive canonicalisation repeats on the apex of each signed subtree.
    ``issue_date`` is the document's date, which the signing time must share; None where any day will do, as in
    contingency, or where no rule is known. ``day_rule`` is DIAN's code of the rule that says so. ``filed`` are the
    same declarations in the order of the file, where it is another one: no digest sees it.
    """

    xml: bytes
    signature_at: int
    namespaces: str
    issue_date: date | None = None
    day_rule: str = ""
    filed: str = ""

    def _head(self) -> bytes:
        """Return the bytes of the file before the signature, without declaration."""
        head = self.xml[: self.signature_at]
        return head.replace(self.namespaces.encode(), self.filed.encode(), 1) if self.filed else head

    def unsigned_file(self) -> bytes:
        """Return the bytes of the unsigned file, with declaration."""
        return self.with_signature(b"")

    def with_signature(self, signature: bytes) -> bytes:
        """Return the bytes of the signed file; ``signature`` is in canonical form, without inherited namespaces."""
        return b"".join((DECLARATION, self._head(), signature, self.xml[self.signature_at :]))
