"""What a program makes, as a look at every document that it makes: the manual issues nothing that `check` rejects."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from dian_fe import Built, Severity, check
from dian_fe.models.document import TradeDocument


@dataclass
class Issued:
    """The documents that were made from lines, and those that were built from any model."""

    documents: list[Any] = field(default_factory=list)

    def add(self, document: Any) -> None:
        """Note a document, unless `readiness` made it to be looked at: nobody issues that."""
        caller = sys._getframe(1)
        while caller is not None and caller.f_globals["__name__"] != "dian_fe._readiness":
            caller = caller.f_back  # type: ignore[assignment]
        if caller is None:
            self.documents.append(document)

    def rejected(self, shown: str = "") -> dict[str, list[str]]:
        """Return the codes of rejection by the document's number, whatever their certainty.

        A page may show a document that is rejected when it names the code: it is ``shown``.
        """
        found = {}
        for document in self.documents:
            faults = [fault for fault in check(document) if fault.severity is Severity.RECHAZO]
            codes = sorted({fault.code for fault in faults if fault.code not in shown})
            if codes:
                found[getattr(document, "document", document).number] = codes
        return found


@contextmanager
def recorded() -> Iterator[Issued]:
    """Record what is made meanwhile, in this process."""
    issued = Issued()
    from_lines, initialise = TradeDocument.from_lines.__func__, Built.__init__  # type: ignore[attr-defined]

    def made(cls: type[TradeDocument], **given: Any) -> TradeDocument:
        document: TradeDocument = from_lines(cls, **given)
        issued.add(document)
        return document

    def built(self: Built[Any], *given: Any, **named: Any) -> None:
        initialise(self, *given, **named)
        issued.add(self)

    with patch.object(TradeDocument, "from_lines", classmethod(made)), patch.object(Built, "__init__", built):
        yield issued
