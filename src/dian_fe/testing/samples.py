"""Random documents of a family, and how each is issued on the simulator: a family declares its own ``samples``."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InvalidInput
from ..families.registry import families, find, kinds
from ..signing.documents import Signed, sign_document
from ..ubl.writer.build import build

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from .judge import Judge
    from .simulator import Simulator


class Issued(NamedTuple):
    """A random document, signed by who issues it."""

    signed: Signed[Any]
    issuer: Issuer


class Samples:
    """Makes random documents of the kinds of a family."""

    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        """Make a document of a kind, or of any; the same source gives the same one."""
        raise NotImplementedError

    def issuer(self, dian: Judge) -> Issuer:
        """Return who issues them, as an office knows it; other numberings and software are made known to it here."""
        from .random_documents import issuer_at

        return issuer_at(dian)

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Make a document in a numbering of the simulator and sign it, ready to be sent."""
        issuer = self.issuer(dian)
        document = self.document(Random(seed), kind, issuer)
        built = build(document, issuer)
        return Issued(sign_document(built, dian.signer(issuer.organization.nit), at=document.issued_at), issuer)


def samples_of(kind: str | None = None) -> Samples:
    """Return what makes documents of a kind; without one, the first family that makes any.

    Raise ``InvalidInput`` for a kind of which none are made.
    """
    if kind is None:
        found = next((each for each in families() if each.samples), None)
    else:
        known = find(kind)
        found = None if known is None else known.family
    samples: Samples | None = None if found is None else found.load(found.samples)
    if samples is None:
        raise InvalidInput.of("testing.samples_of", field="kind", found=kind, expected=", ".join(issuable()))
    return samples


def issuable() -> tuple[str, ...]:
    """Return the kinds of which random documents can be issued on the simulator."""
    return tuple(each.name for each in kinds() if each.family.samples and each.sends and each.numbering is not None)
