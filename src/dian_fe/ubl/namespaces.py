"""The namespaces of DIAN's documents, and their usual prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES: dict[str, str] = {
    "cac": f"{_OASIS}CommonAggregateComponents-2",
    "cbc": f"{_OASIS}CommonBasicComponents-2",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "ext": f"{_OASIS}CommonExtensionComponents-2",
    "sts": "dian:gov:co:facturaelectronica:Structures-2-1",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "xades141": "http://uri.etsi.org/01903/v1.4.1#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Prefixes declared at the root of every document of UBL, in canonical order; the default one is the root's own."""

OTHER_STS = (
    "urn:dian:gov:co:facturaelectronica:Structures-2-1",
    "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures",
)
"""Namespaces under which older software wrote DIAN's extension; read, never written."""

PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()} | dict.fromkeys(OTHER_STS, "sts")
"""The usual prefix of each namespace, for paths that people read."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The namespaces that the root of a grammar declares."""

    default: str = f"{_OASIS}{{root}}-2"
    """Namespace of the root element, with ``{root}`` for its local name."""
    prefixes: Mapping[str, str] = field(default_factory=lambda: NAMESPACES)
    """The other ones, by their prefixes."""
    location: str = "{namespace} http://docs.oasis-open.org/ubl/os-UBL-2.1/xsd/maindoc/UBL-{root}-2.1.xsd"
    """xsi:schemaLocation, with ``{root}`` and ``{namespace}``; empty: none is written."""
    filed: tuple[str, ...] = ()
    """Prefixes in the order of the file's root, the default namespace by an empty one; empty: the canonical order.

    XML gives that order no meaning and digests see the canonical one, but DIAN has refused documents for it."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Further attributes of the root, without prefix, that are always the same."""

    def of(self, root: str) -> str:
        """Return the namespace of a root element."""
        return self.default.format(root=root)

    def declared(self, root: str, prefixes: Iterable[str]) -> str:
        """Return the declarations of those prefixes in that order, each with a blank before it."""
        uris = {"": self.of(root), **self.prefixes}
        return "".join(f' xmlns{prefix and ":"}{prefix}="{uris[prefix]}"' for prefix in prefixes)

    def location_of(self, root: str) -> str:
        """Return xsi:schemaLocation for a root element."""
        return self.location.format(root=root, namespace=self.of(root))


UBL = Namespaces()
"""UBL 2.1 as DIAN's annexes use it."""
