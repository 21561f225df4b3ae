"""Who may sign for somebody else: the technology providers that a receiver trusts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, TypeAlias

from .._arguments import checked
from ..catalogs.identification import clean_nit
from ..errors import InvalidInput, NotAllowed

_FORM: Final = '{"providers": [{"nit": "900373076", "name": "Proveedor Ejemplo SAS"}]}'


@checked
class Providers:
    """The NITs whose certificates may sign for other issuers, with their names; it does not change.

    Half of all issuers have a technology provider sign for them, and which one a document names proves nothing: anybody
    with an accredited certificate can write its own NIT there. So each is trusted by name, once, and stored as JSON::

        providers = Providers.from_json(path.read_text())
        providers = providers.trusting("900373076", "Proveedor Ejemplo SAS")
        path.write_text(providers.to_json())
    """

    __slots__ = ("_anybody", "_names")

    ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY: ClassVar[Providers]
    """Any trusted certificate may sign for any issuer. A forged invoice passes: only to look at documents."""

    def __init__(self, nits: Iterable[str] | Mapping[str, str | None] | str = ()) -> None:
        """Store NITs without check digit, or a mapping of each to its name. Raise ``InvalidIdentification``."""
        listed = (nits,) if isinstance(nits, str) else nits
        given = listed.items() if isinstance(listed, Mapping) else ((nit, None) for nit in listed)
        self._names = {clean_nit(_text(nit), field="providers"): name for nit, name in given}
        self._anybody = False

    @classmethod
    def of(cls, given: Providers | Iterable[str] | str | None) -> Providers:
        """Return a ``providers=`` argument as `Providers`; None means no provider."""
        return given if isinstance(given, Providers) else cls(given or ())

    def trusting(self, nit: str, name: str | None = None) -> Providers:
        """Return a copy that also trusts this provider."""
        return Providers({**self._names, nit: name})

    def without(self, nit: str) -> Providers:
        """Return a copy that no longer trusts this provider."""
        return Providers({known: name for known, name in self._names.items() if known != nit})

    @property
    def anybody(self) -> bool:
        """True if every trusted certificate may sign for any issuer."""
        return self._anybody

    def name(self, nit: str) -> str | None:
        """Return the name of a provider; None for an unknown one, or one without a name."""
        return self._names.get(nit)

    def to_json(self) -> str:
        """Return the providers as JSON, for ``from_json``. Raise ``NotAllowed`` for the value that trusts anybody."""
        if self._anybody:
            raise NotAllowed.of("verifying.anybody_not_saved", field="providers")
        providers = [{"nit": nit, "name": name} for nit, name in sorted(self._names.items())]
        return json.dumps({"providers": providers}, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Providers:
        """Return the providers that ``to_json`` wrote. Raise ``InvalidInput`` for another form."""
        try:
            rows = json.loads(text)["providers"]
            named = {row["nit"]: row.get("name") for row in rows}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise _not_the_form("providers", text) from None
        wrong = next((name for name in named.values() if not isinstance(name, str | None)), None)
        if wrong is not None:
            raise _not_the_form("providers[].name", wrong)
        return cls(named)

    def __contains__(self, nit: object) -> bool:
        """True if this NIT may sign for others."""
        return self._anybody or nit in self._names

    def __iter__(self) -> Iterator[str]:
        """Return an iterator over the NITs, in order."""
        return iter(sorted(self._names))

    def __len__(self) -> int:
        """Return the number of NITs."""
        return len(self._names)

    def __bool__(self) -> bool:
        """True if somebody may sign for others."""
        return self._anybody or bool(self._names)

    def __eq__(self, other: object) -> bool:
        """True for the same NITs, whatever their names."""
        if not isinstance(other, Providers):
            return NotImplemented
        return (self._anybody, self._names.keys()) == (other._anybody, other._names.keys())

    def __hash__(self) -> int:
        """Return a hash of the NITs, as ``__eq__`` compares them."""
        return hash((self._anybody, frozenset(self._names)))

    def __repr__(self) -> str:
        """Show the NITs."""
        return "Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY" if self._anybody else f"Providers({self._names!r})"


Trusted: TypeAlias = Providers | Iterable[str]
"""What ``providers=`` accepts."""


def _text(nit: Any) -> str:
    if isinstance(nit, str):
        return nit
    raise InvalidInput.of("verifying.provider_not_text", field="providers", found=type(nit).__name__)


def _not_the_form(field: str, found: object) -> InvalidInput:
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
    return InvalidInput.of("verifying.not_providers", field=field, found=text[:80], expected=_FORM)


Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY = Providers()
Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY._anybody = True
