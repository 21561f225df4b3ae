"""Random documents of a family, and how each is issued on the simulator: a family declares its own ``samples``."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InvalidInput
from ..families.registry import families, find, kinds
from ..models.issuer import Issuer
from ..models.organization import Organization
from ..signing.documents import Signed, sign_document
from ..ubl.writer.build import build
from .authority import Authority

if TYPE_CHECKING:
    from .simulator import Simulator


class Issued(NamedTuple):
    """A random document, signed by its issuer."""

    signed: Signed[Any]
    issuer: Issuer


class Samples:
    """Makes random documents of the kinds of a family."""

    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = 3) -> Any:
        """Make a document of a kind, or of any; the same source gives the same one."""
        raise NotImplementedError

    def issuer(self, dian: Authority) -> Issuer:
        """Return their issuer, registered at the authority; a family registers further numberings and software here."""
        return issuer_at(dian)

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Make a document in a numbering of the simulator and sign it, ready to be sent."""
        issuer = self.issuer(dian)
        document = self.document(Random(seed), kind, issuer)
        built = build(document, issuer)
        return Issued(sign_document(built, dian.signer(issuer.organization.nit), at=document.issued_at), issuer)


def issuer_at(dian: Authority) -> Issuer:
    """Return the made-up issuer, registered at the authority."""
    shop = Organization(
        nit="700085371", name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20", emails="a@example.com"
    )
    return Issuer(organization=shop, software=dian.software, resolution=dian.resolution(), environment=dian.environment)


def samples_of(kind: str | None = None) -> Samples:
    """Return the samples of a kind; without one, those of the first family that has any.

    Raise ``InvalidInput`` for a kind without samples.
    """
    known = None if kind is None else find(kind)
    family = known and known.family if kind else next((each for each in families() if each.samples), None)
    samples: Samples | None = family.load(family.samples) if family else None
    if samples is None or (kind and kind not in issuable()):
        raise InvalidInput.of("testing.no_samples", field="kind", found=kind, expected=", ".join(issuable()))
    return samples


def issuable() -> tuple[str, ...]:
    """Return the kinds of which random documents can be issued on the simulator."""
    return tuple(each.name for each in kinds() if each.family.samples and each.sends and each.numbering is not None)
