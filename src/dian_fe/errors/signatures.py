"""What was received can be read but is not valid."""

from __future__ import annotations

from .base import TYPE_CHECKING, DianFeError, rebuild

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class SignatureInvalid(DianFeError):
    """What was received is not valid: its signature, or another thing that ``verify`` demands.

    ``faults`` are all the findings against it, and ``examination`` is everything found, part by part; it is None when a
    single signature was judged, and does not travel between processes.
    """

    def __init__(
        self, message: str, *, faults: Sequence[Any] = (), examination: Any | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)
        self.examination = examination

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error without its examination, which holds parsed documents."""
        return (rebuild, (type(self), {**self.__dict__, "examination": None}))


class NotSigned(SignatureInvalid):
    """A document without a signature."""


class SignerNotTrusted(SignatureInvalid):
    """The signature is valid, but not its certificate: path, dates, revocation, or the NIT that it names.

    ``signed_by`` (NIT, name, role) is who signed, if it is known: a technology provider is trusted by giving its NIT to
    ``verify`` in ``providers``.
    """

    signed_by: Any | None = None


class ContentsContradict(SignatureInvalid):
    """The signatures are valid, but the parts contradict each other: key, container's references, or DIAN's answer."""
