"""Every exception that dian-fe raises.

::

    DianFeError                     anything this library refuses
    ├── InvalidInput                data given by the caller cannot be used (also a ValueError)
    │   ├── FloatMoney              a float where money, a quantity or a rate is expected
    │   ├── InvalidNumberText       text that is not a plain decimal number
    │   ├── WrongCheckDigit         a NIT's check digit is not the computed one
    │   ├── InvalidIdentification   an identification of the wrong form (NIT typed with its digit, symbols, …)
    │   ├── UnknownCode             a code that its catalogue does not hold
    │   ├── UnknownPlace            a municipality, department or postal code that does not exist or do not match
    │   ├── ForbiddenCharacter      a control character that XML cannot carry
    │   ├── InvalidEmail            an e-mail address of the wrong form
    │   ├── NaiveDatetime           a datetime without zone
    │   ├── MissingExchangeRate     a foreign currency without its rate
    │   ├── MissingDueDate          a credit payment without a due date
    │   ├── InconsistentAmounts     an amount given by the caller contradicts the computed one
    │   └── NotAllowed              a combination that the kind of document does not admit
    ├── NumberingError              the document's number does not fit the resolution
    │   ├── OutOfRange
    │   ├── WrongPrefix
    │   ├── ResolutionNotInForce
    │   └── MissingTechnicalKey
    ├── KeyMaterialError            a key or certificate that cannot be used
    │   ├── WrongPassword
    │   ├── NotAKeyStore
    │   ├── LegacyKeyStore          a .p12 sealed with ciphers that OpenSSL 3 no longer opens (RC2, 3DES)
    │   ├── MissingPrivateKey
    │   ├── KeyDoesNotMatch
    │   ├── WeakKey
    │   ├── CertificateExpired
    │   ├── CertificateNotYetValid
    │   └── WrongCertificateOwner   the certificate names another NIT
    ├── SigningError                the signer failed or gave an impossible value
    ├── UnreadableDocument          bytes that are not a document we can read
    │   ├── MalformedXml
    │   ├── UnsafeXml               DTD, entities, or over the size and depth limits
    │   └── UnsupportedDocument     well-formed, but of a family or version that is not handled
    ├── SchemaInvalid               a document does not satisfy the XSD
    ├── SignatureInvalid            the signature of a document does not hold
    └── Rejected                    DIAN (or the simulator) rejected the document

Each carries ``code`` (stable, for programs), a Spanish message, and ``field``, ``found``, ``expected`` and ``remedy``
where they make sense. Secrets are never part of any of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class DianFeError(Exception):
    """Base of every error of the library.

    ``code`` is stable; ``field`` is the model path (``lines[0].price``), ``found`` and ``expected`` are texts,
    ``remedy`` says in Spanish what to do.
    """

    code: ClassVar[str] = "dian_fe_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Derive the stable code from the class name: one spelling for one thing."""
        super().__init_subclass__(**kwargs)
        cls.code = _BOUNDARY.sub("_", cls.__name__).lower()

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        found: object = None,
        expected: object = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.found = None if found is None else str(found)
        self.expected = None if expected is None else str(expected)
        self.remedy = remedy

    def __str__(self) -> str:
        """Give the whole story on one line: where, what, found, expected, what to do."""
        text = f"{self.field}: {self.message}" if self.field else self.message
        if self.found is not None:
            text += f" Se encontró: {self.found}."
        if self.expected is not None:
            text += f" Se esperaba: {self.expected}."
        if self.remedy:
            text += f" Qué hacer: {self.remedy}"
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling (process pools) with every attribute."""
        return (_rebuild, (type(self), self.__dict__))

    def at(self, field: str) -> DianFeError:
        """Prefix the place where the error was met, as models nest in each other; returns itself."""
        if field:
            joint = "" if self.field is None or self.field.startswith("[") else "."
            self.field = field if self.field is None else f"{field}{joint}{self.field}"
        return self

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form used by the command line."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }


def _rebuild(cls: type[DianFeError], state: dict[str, Any]) -> DianFeError:
    error = cls.__new__(cls)
    Exception.__init__(error, state.get("message", ""))
    error.__dict__.update(state)
    return error


class InvalidInput(DianFeError, ValueError):
    """The caller's data cannot be used.

    ``errors`` holds every problem, each of its own type. With a single problem that problem itself is raised, so
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
        """Give the JSON form, with the single problems when there are several."""
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


class UnknownPlace(InvalidInput):
    """A place that does not exist, or two place data that contradict each other."""


class ForbiddenCharacter(InvalidInput):
    """A character that XML 1.0 cannot carry."""


class InvalidEmail(InvalidInput):
    """An e-mail address of the wrong form."""


class NaiveDatetime(InvalidInput):
    """A datetime without zone: its day would depend on the machine."""


class MissingExchangeRate(InvalidInput):
    """A document in foreign currency needs the exchange rate to COP."""


class MissingDueDate(InvalidInput):
    """A credit payment needs its due date (rule FAN04)."""


class InconsistentAmounts(InvalidInput):
    """An amount given by the caller is further from the computed one than DIAN tolerates."""


class NotAllowed(InvalidInput):
    """A combination that this kind of document does not admit."""


class NumberingError(DianFeError, ValueError):
    """The number of a document does not fit its resolution."""


class OutOfRange(NumberingError):
    """The consecutive lies outside the authorised range."""


class WrongPrefix(NumberingError):
    """The prefix is not that of the resolution."""


class ResolutionNotInForce(NumberingError):
    """The issue date lies outside the resolution's validity."""


class MissingTechnicalKey(NumberingError):
    """The resolution has no technical key, without which no CUFE exists."""


class KeyMaterialError(DianFeError, ValueError):
    """A key or certificate that cannot be used."""


class WrongPassword(KeyMaterialError):
    """The password does not open the file."""


class NotAKeyStore(KeyMaterialError):
    """The file is not a PKCS#12 or PEM container."""


class LegacyKeyStore(KeyMaterialError):
    """The .p12 is sealed with ciphers that current OpenSSL refuses."""


class MissingPrivateKey(KeyMaterialError):
    """The container holds no private key."""


class KeyDoesNotMatch(KeyMaterialError):
    """No certificate of the container belongs to the private key."""


class WeakKey(KeyMaterialError):
    """The key is not RSA of at least 2048 bits."""


class CertificateExpired(KeyMaterialError):
    """The certificate was no longer valid at the signing time."""


class CertificateNotYetValid(KeyMaterialError):
    """The certificate was not valid yet at the signing time."""


class WrongCertificateOwner(KeyMaterialError):
    """The certificate belongs to another NIT."""


class SigningError(DianFeError):
    """The signer failed, or its value is not a signature of the bytes given to it."""


class UnreadableDocument(DianFeError, ValueError):
    """The bytes are not a document that can be read."""


class MalformedXml(UnreadableDocument):
    """The bytes are not well-formed XML."""


class UnsafeXml(UnreadableDocument):
    """The XML uses a DTD or entities, or passes the limits of size or depth."""


class UnsupportedDocument(UnreadableDocument):
    """A well-formed document of a family or version that is not handled."""


class SchemaInvalid(DianFeError, ValueError):
    """A document does not satisfy the XSD."""


class SignatureInvalid(DianFeError):
    """The signature of a document does not hold."""


class Rejected(DianFeError):
    """The document was rejected; ``faults`` says by which rules."""

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)
