"""`Issued`: a document that a company issued, with DIAN's answer and what the other side gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, Self

from .._typevars import TypeVar
from .._viewed import Viewed
from ..delivery.handing import Handout
from ..delivery.packing import Package
from ..errors import DianFeError
from ..faults import Fault
from ..models.issuable import Issuable
from ..transport.outcome import Answer
from ..transport.shipment import Shipment

D = TypeVar("D", bound=Issuable, default=Any)


@dataclass(frozen=True, slots=True)
class Issued(Viewed, Generic[D]):
    """A document that was numbered, signed, stored and sent.

    It is what notes over it are made of: ``company.credit_note(issued, …)``.
    """

    document: D = field(repr=False)
    """The document, with its number and moment."""
    answer: Answer
    """DIAN's answer, whatever it is; ``answer.next_step`` says what to do."""
    package: Package[Any] | None = field(default=None, repr=False)
    """What the other side gets; None until DIAN accepts the document, and for kinds that are not delivered."""
    may_reject: tuple[Fault, ...] = ()
    """Likely rejections that the local check found; it was sent anyway. Only ``issue`` knows them."""
    error: DianFeError | None = field(default=None, compare=False)
    """Why it could not be sent or packed now; `Company.resume` tries again."""
    handout: Handout | None = field(default=None, repr=False)
    """What the other side gets of a kind that is handed out on paper, a worker's payslip; None until DIAN accepts the
    document, and without the extra ``pdf``."""

    @property
    def key(self) -> str:
        """CUFE, CUDE, CUDS or CUNE."""
        return self.answer.key

    @property
    def number(self) -> str:
        """Its number."""
        return self.answer.number

    @property
    def accepted(self) -> bool:
        """Whether DIAN accepted it."""
        return self.answer.accepted

    @property
    def shipment(self) -> Shipment:
        """The signed bytes and every exchange about them."""
        return self.answer.shipment

    @property
    def xml(self) -> bytes:
        """The signed XML."""
        return self.shipment.xml

    @property
    def pdf(self) -> bytes | None:
        """The representación gráfica; None before DIAN accepts the document, or without the extra ``pdf``."""
        if self.handout is not None:
            return self.handout.pdf
        return None if self.package is None else self.package.pdf

    def raise_for_rejection(self) -> Self:
        """Return itself if DIAN accepted it; raise what ``Answer.raise_for_rejection`` raises otherwise."""
        self.answer.raise_for_rejection()
        return self
