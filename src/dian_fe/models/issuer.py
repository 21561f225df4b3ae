"""The issuer: the organization with its software, numbering and environment, as one value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, Self

from pydantic import field_validator, model_validator

from .._masks import refuse_pickle
from .._text import fold
from ..catalogs import Environment, catalog
from ..catalogs.identification import clean_nit
from ..errors import InvalidIdentification, InvalidInput
from ..families.registry import find, find_type, kinds
from ..families.spec import DocumentKind, OwnPrefix
from ._fields import Many, Text, field
from ._refusals import ALPHANUMERIC, THREE_DIGITS
from ._secrets import PICKLE_REMEDY, Pin, SecretModel
from .organization import Organization
from .resolution import Resolution

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Form of the identifiers that DIAN's portal gives: SoftwareID, TestSetId."""


def _placed(name: str, items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield items with their paths."""
    return ((f"{name}[{index}]", each) for index, each in enumerate(items))


class Software(SecretModel):
    """The software registered at DIAN that produces the documents (sts:SoftwareProvider).

    ``pin`` is the secret chosen when registering it: it enters SoftwareSecurityCode and CUDE, never the XML.
    """

    id: Text
    """SoftwareID: the GUID given by DIAN."""
    pin: Pin
    """Chosen when registering the software; never shown. A mask («**********») is refused."""
    provider_nit: Text | None = None
    """NIT, without digit, of the technology provider; absent when the software is the issuer's own."""
    provider_code: str = field(default="000", pattern=THREE_DIGITS)
    """Three digits for file names: 000 own software, 001 DIAN's free solution, else the provider's code."""
    name: Text | None = None
    """Name of the software, for the graphic representation."""
    maker: Text | None = None
    """Name of the software's maker, for the graphic representation."""
    maker_nit: Text | None = None
    """NIT of the software's maker, without digit, for the graphic representation."""
    serves: Many[Text] = field(default=())
    """Kinds of document that this registration makes, by name; empty: all that no other registration names."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling, which would write the PIN in plain text; so an `Issuer` is not pickled either."""
        refuse_pickle("El software lleva su PIN", PICKLE_REMEDY)

    @field_validator("id")
    @classmethod
    def _guid(cls, value: str) -> str:
        if not GUID.fullmatch(value):
            raise InvalidIdentification.of("models.software_id", found=value)
        return value

    @field_validator("provider_nit", "maker_nit")
    @classmethod
    def _nit(cls, value: str | None) -> str | None:
        return None if value is None else clean_nit(value)


class Issuer(SecretModel):
    """Everything about the issuer that a document needs apart from its own data.

    Organization, software, the resolution of the document's prefix and the environment are one value so that they
    cannot be mixed: the environment decides ProfileExecutionID, the key's @schemeID and the QR's host.
    """

    organization: Organization
    """The issuing organization; the supplier of every document must have its NIT."""
    software: Software
    """The software registered at DIAN that makes the documents."""
    resolution: Resolution | None = None
    """Numbering of the invoices; notes need none."""
    numberings: Many[Resolution] = field(default=())
    """Further numberings: other prefixes, contingency, other kinds. The document's prefix selects one."""
    softwares: Many[Software] = field(default=())
    """Further registrations of software at DIAN, each for the kinds that it ``serves``."""
    environment: Environment = Environment.HABILITACION
    """Tests unless production is chosen explicitly."""
    note_prefix: str | None = field(default=None, max_length=4, pattern=ALPHANUMERIC)
    """Prefix of the credit and debit notes of sales; by default the part of their number before its last digits."""

    @field_validator("environment", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """Accept "HABILITACION" and "PRODUCCION" in JSON as well as the codes, «producción» too."""
        name = fold(value).upper() if isinstance(value, str) else ""
        return Environment[name] if name in Environment.__members__ else value

    @model_validator(mode="after")
    def _own_software(self) -> Self:
        if self.software.provider_nit == self.organization.nit and self.software.provider_code != "000":
            raise InvalidInput.of(
                "models.own_software", field="software.provider_code", found=self.software.provider_code
            )
        return self

    @model_validator(mode="after")
    def _served_once(self) -> Self:
        served: set[str] = set()
        for position, software in enumerate(self.softwares):
            if not software.serves or served & set(software.serves):
                raise InvalidInput.of(
                    "models.served_twice",
                    field=f"softwares[{position}].serves",
                    found=", ".join(software.serves) or "ninguno",
                )
            served |= set(software.serves)
        return self

    def software_of(self, kind: DocumentKind) -> Software:
        """Return the registration that makes documents of a kind: the one that serves it, else ``software``.

        Raise ``InvalidInput`` when a registration names a kind that does not exist: its documents would go out with
        the identifier and the PIN of another.
        """
        for place, software in (("software", self.software), *_placed("softwares", self.softwares)):
            for name in software.serves:
                if find(name) is None:
                    raise InvalidInput.of(
                        "models.unknown_kind",
                        field=f"{place}.serves",
                        found=name,
                        expected=", ".join(each.name for each in kinds()),
                    )
        return next((each for each in self.softwares if kind.name in each.serves), self.software)

    def issues(self, kind: DocumentKind) -> bool:
        """True if a registration of software makes documents of a kind: it names it, or ``software`` names none."""
        serving = [name for each in (self.software, *self.softwares) for name in each.serves]
        return not self.software.serves or kind.name in serving

    def numbering_of(self, kind: DocumentKind, number: str) -> Resolution | None:
        """Return the numbering of a document: the one for its kind whose prefix and range its number has.

        A numbering of the kind's own type precedes one of any. If none has the number, return the first for the kind,
        whose check says what is wrong; None without any. Raise ``UnknownCode`` for a numbering of a type that no list
        has.
        """
        only = self.resolution
        if not self.numberings and only is not None and only.document_type is None:  # 6 % of all rules on ten lines
            return only if only.numbers(kind) else None
        fitting = self.numberings_of(kind)
        return next((each for each in fitting if each.holds(number)), fitting[0] if fitting else None)

    def numberings_of(self, kind: DocumentKind) -> list[Resolution]:
        """Return the numberings for a kind: those of its own type, then those of any type.

        Raise ``UnknownCode`` for a numbering of a type that no list has.
        """
        known = (self.resolution, *self.numberings)
        for place, given in (("resolution", self.resolution), *_placed("numberings", self.numberings)):
            code = None if given is None else given.document_type
            if code is not None and code not in catalog("document_types") and find_type(code) is None:
                raise catalog("document_types").unknown(code, field=f"{place}.document_type")
        fitting = [each for each in known if each is not None and each.numbers(kind)]
        return sorted(fitting, key=lambda each: each.document_type is None)

    def prefix_of(self, kind: DocumentKind) -> str | None:
        """Return the prefix that ``note_prefix`` gives to numbers of a kind; None: any prefix."""
        chosen = isinstance(kind.numbering, OwnPrefix) and kind.numbering.of_issuer
        return self.note_prefix if chosen else None
