"""The data that the caller gives cannot be used."""

from __future__ import annotations

from .base import TYPE_CHECKING, DianFeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class InvalidInput(DianFeError, ValueError):
    """The caller's data cannot be used.

    ``errors`` holds every problem, each with its own type. With a single problem that problem itself is raised, so
    ``except WrongCheckDigit`` works; with several, an ``InvalidInput`` that lists them.
    """

    def __init__(self, message: str, *, errors: Sequence[InvalidInput] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[InvalidInput, ...]:
        """Every problem found; the error itself when it is the only one."""
        return self._errors or (self,)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, with each problem when there are several."""
        result = super().as_dict()
        if self._errors:
            result["errors"] = [error.as_dict() for error in self._errors]
        return result


class FloatMoney(InvalidInput):
    """A float was given for an exact number: binary fractions lose cents (0.1 + 0.2 ≠ 0.3)."""


class InvalidNumberText(InvalidInput):
    """A text that is not a plain finite decimal number."""


class WrongCheckDigit(InvalidInput):
    """The check digit given is not the one that the number has."""


class InvalidIdentification(InvalidInput):
    """An identification number of the wrong form."""


class UnknownCode(InvalidInput):
    """A code that its catalogue does not hold."""


class UnknownArgument(InvalidInput, TypeError):
    """A call names an argument that does not exist; also a ``TypeError``, which Python itself raises for it."""


class UnknownPlace(InvalidInput):
    """A place that does not exist, or place data that contradict each other."""


class ForbiddenCharacter(InvalidInput):
    """A character that XML 1.0 cannot carry."""


class InvalidEmail(InvalidInput):
    """An e-mail address of the wrong form."""


class MaskedSecret(InvalidInput):
    """A mask («**********») where a secret belongs: the JSON was made without secrets."""


class NaiveDatetime(InvalidInput):
    """A datetime without zone: its day would depend on the machine."""


class MissingDatum(InvalidInput, AttributeError):
    """A document read lacks a datum that every such document has: its element is absent, empty or unreadable.

    Raised when the datum is accessed, so that no invented value is used; ``getattr(line, "price", None)`` returns None.
    ``Model.missing`` names all of them.
    """


class MissingExchangeRate(InvalidInput):
    """A document in foreign currency needs the exchange rate to COP."""


class MissingDueDate(InvalidInput):
    """A credit payment needs its due date (rule FAN04)."""


class InconsistentAmounts(InvalidInput):
    """An amount given by the caller is further from the computed one than DIAN tolerates."""


class HeaderInjection(InvalidInput):
    """A line break or another control character in what becomes a mail header: it could add headers of its own."""


class WrongEnvironment(InvalidInput):
    """No environment was chosen, or a document of one environment was about to be sent to the other."""


class NotAllowed(InvalidInput):
    """A combination that this kind of document does not allow."""


class EventRefused(NotAllowed):
    """The invoice does not allow the event; ``faults`` holds every reason, as DIAN's rules name it where they do."""

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)
