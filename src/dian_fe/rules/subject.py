"""The input of the rules: a document and its context, each part optional.

The rules never import XML, keys or network: callers pass them through the small protocols below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from ..families.registry import kind as kind_named
from ..families.spec import Secret

if TYPE_CHECKING:
    from ..models.issuer import Issuer, Software
    from ..models.resolution import Resolution

Need = Literal[
    "document",
    "control",
    "xml",
    "issuer",
    "resolution",
    "secret",
    "original",
    "original_key",
    "clock",
    "keys",
    "certificate",
]
"""Parts of a `Subject` that a rule may ask for."""
NEEDS: tuple[Need, ...] = get_args(Need)


class Xml(Protocol):
    """A document's XML, for rules about data that the model does not hold.

    Paths are relative to the root, with the usual prefixes (``cac:Party/cbc:Name``); ``//`` and ``..`` are not
    supported. The implementation chooses the type of nodes; they have ``text`` and ``get(attribute)``.
    """

    size: int
    """Bytes of the file."""

    def all(self, path: str, node: Any = None) -> Sequence[Any]:
        """Return the nodes at a path below ``node`` (or the root), in document order."""

    def first(self, path: str, node: Any = None) -> Any | None:
        """Return the first node at a path below ``node`` (or the root); None when there is no node."""

    def everywhere(self, name: str) -> Sequence[Any]:
        """Return every element of that prefixed name, or with that attribute (``@currencyID``), at any depth."""

    def text(self, path: str, node: Any = None) -> str | None:
        """Return the stripped text of the first node at a path; None when there is no node."""

    def name(self, node: Any) -> str:
        """Return the prefixed name of a node."""

    def declared(self) -> Collection[str]:
        """Return the usual prefixes of the namespaces that the root declares."""

    def around(self, node: Any) -> Iterable[Any]:
        """Return the ancestors of a node, the nearest first."""


class Places(Protocol):
    """Where in the XML a datum of the model is, and the other way round (`dian_fe.ubl.paths`)."""

    def xpath(self, path: str) -> str:
        """Return the XPath of a model path."""

    def path(self, xpath: str) -> str:
        """Return the model path of an XPath, or that of its nearest ancestor."""

    def where(self, node: Any, attribute: str | None = None) -> str:
        """Return the XPath of a node, or of its attribute."""


class Keys(Protocol):
    """Computes the keys of the documents of a kind: `dian_fe.ubl.keys.KindKeys`."""

    def key(self, document: Any, *, secret: str, environment: str) -> str:
        """Return the document's unique code."""

    def security_code(self, *, software_id: str, pin: str, number: str) -> str:
        """Return the software's security code."""


class CertificateFacts(Protocol):
    """The data of a certificate that rules and readiness use; `dian_fe.signing.CertificateInfo` has it."""

    @property
    def nit(self) -> str | None:
        """NIT of its owner, without check digit."""

    @property
    def not_before(self) -> datetime:
        """Start of its validity."""

    @property
    def not_after(self) -> datetime:
        """End of its validity."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a check. Rules whose needs are not met here are reported as not evaluated.

    ``kind`` is the name of a kind of document, such as ``invoice``. ``control`` has the data around the document in its
    XML (`dian_fe.ubl.control.Control`). ``original`` is the document that a note corrects or an event is about,
    preferably as built, signed or read, since those have a key. ``clock`` is the moment at which the document is (or
    would be) sent. ``issued_on`` is the day of issue when there is no model.
    """

    kind: str
    document: Any | None = None
    control: Any | None = None
    xml: Xml | None = field(default=None, repr=False)
    issuer: Issuer | None = field(default=None, repr=False)
    original: Any | None = field(default=None, repr=False)
    clock: datetime | None = None
    keys: Keys | None = field(default=None, repr=False)
    certificate: CertificateFacts | None = field(default=None, repr=False)
    places: Places | None = field(default=None, repr=False)
    issued_on: date | None = None

    @property
    def resolution(self) -> Resolution | None:
        """The issuer's numbering of the document."""
        if self.issuer is None or self.document is None:
            return None if self.issuer is None else self.issuer.resolution
        number = vars(self.document).get("number") or ""  # a document read may lack it
        return self.issuer.numbering_of(kind_named(self.kind), number)

    @property
    def software(self) -> Software | None:
        """The registration that makes the document."""
        return None if self.issuer is None else self.issuer.software_of(kind_named(self.kind))

    @property
    def original_key(self) -> str | None:
        """The key of the document that is corrected."""
        return getattr(self.original, "key", None)

    @property
    def secret(self) -> str | None:
        """The secret of the document's key: the range's technical key for a CUFE, the software's PIN for a CUDE."""
        if self.issuer is None or self.document is None:
            return None
        kind = kind_named(self.kind)
        if kind.key_form(getattr(self.document, "type_code", None)).secret is Secret.PIN:
            return self.issuer.software_of(kind).pin.get_secret_value()
        resolution = self.resolution
        if resolution is None or resolution.technical_key is None:
            return None
        return resolution.technical_key.get_secret_value()
