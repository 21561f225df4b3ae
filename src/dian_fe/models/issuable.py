"""What documents of every kind have in common: what `build` needs, and the parties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ..families.registry import kind_of

if TYPE_CHECKING:
    from .application_response import Response
    from .document import TradeDocument
    from .event import EventDocument
    from .issuer import Issuer

    Deliverable: TypeAlias = TradeDocument | EventDocument
    """Documents that go to the other side once DIAN has accepted them."""


class Issuable(Protocol):
    """A document that is ready to be written: sales documents, and events made from a verified invoice.

    A document that was only read lacks ``check_issuable``, so it does not match.
    """

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""

    @property
    def issuer_id(self) -> str:
        """NIT of its issuer and signer."""

    def check_issuable(self, issuer: Issuer) -> None:
        """Refuse another issuer, and missing data that every such document needs.

        Raises errors of ``InvalidInput``.
        """


def parties_of(document: Deliverable | Response) -> tuple[Any, Any]:
    """Return issuer and recipient of a document: supplier and customer, or sender and receiver."""
    roles = kind_of(document).roles
    return roles.issuer_of(document), roles.counterpart_of(document)


def references_of(document: Any) -> tuple[tuple[str, Any], ...]:
    """Return the documents that one corrects or names, each with its path in the model."""
    name = kind_of(document).references
    said = getattr(document, name, None)
    if isinstance(said, (tuple, list)):
        return tuple((f"{name}[{position}]", each) for position, each in enumerate(said))
    return () if said is None else ((name, said),)


def issuer_of(document: Deliverable) -> str:
    """Return the NIT of the issuer and signer: the party's own, or that of its mandatary."""
    nit: str = getattr(document, "issuer_id", None) or parties_of(document)[0].id
    return nit
