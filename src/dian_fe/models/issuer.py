"""Who sends: the organization with its software, numbering and environment, as one value."""

from __future__ import annotations

import re
from typing import Any, NoReturn, Self

from pydantic import field_validator, model_validator

from .._masks import refuse_pickle
from ..catalogs import Environment
from ..errors import InvalidIdentification, InvalidInput
from ._base import Model, Text
from ._refusals import ALPHANUMERIC, THREE_DIGITS
from ._secrets import PICKLE_REMEDY, Pin
from ._typing import field
from .organization import Organization
from .resolution import Resolution

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Form of the identifiers that DIAN's portal gives: SoftwareID, TestSetId."""


class Software(Model):
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

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling, which would write the PIN in clear; so an `Issuer` is not pickled either."""
        refuse_pickle("El software lleva su PIN", PICKLE_REMEDY)

    @field_validator("id")
    @classmethod
    def _guid(cls, value: str) -> str:
        if not GUID.fullmatch(value):
            raise InvalidIdentification(
                "el identificador del software no es el GUID que da la DIAN.",
                found=value,
                expected="00000000-0000-0000-0000-000000000000",
                remedy="copie el SoftwareID del portal de la DIAN.",
            )
        return value

    def with_secrets(self) -> dict[str, object]:
        """Give the JSON form with the PIN in clear, for a file that the caller protects."""
        return self.model_dump(mode="json", exclude_none=True) | {"pin": self.pin.get_secret_value()}


class Issuer(Model):
    """Everything about the sender that a document needs besides what it says.

    Organization, software, the resolution of the document's prefix and the environment travel together so that they
    cannot be mixed: the environment decides ProfileExecutionID, the key's @schemeID and the QR's host.
    """

    organization: Organization
    """Who issues; the supplier of every document must have its NIT."""
    software: Software
    """The software registered at DIAN that makes the documents."""
    resolution: Resolution | None = None
    """Numbering of the invoices; notes need none."""
    environment: Environment = Environment.HABILITACION
    """Tests unless production is chosen explicitly."""
    note_prefix: str | None = field(default=None, max_length=4, pattern=ALPHANUMERIC)
    """Prefix of credit and debit notes; by default the part of their number before its last digits."""

    @field_validator("environment", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """Take "HABILITACION" and "PRODUCCION" in JSON besides the codes."""
        if isinstance(value, str) and value.upper() in Environment.__members__:
            return Environment[value.upper()]
        return value

    @model_validator(mode="after")
    def _own_software(self) -> Self:
        if self.software.provider_nit == self.organization.nit and self.software.provider_code != "000":
            raise InvalidInput(
                "el software es propio y su código de proveedor no es 000.",
                field="software.provider_code",
                found=self.software.provider_code,
                expected="000",
                remedy="use 000 para software propio.",
            )
        return self

    def with_secrets(self) -> dict[str, object]:
        """Give the JSON form with technical key and PIN in clear, for a file that the caller protects."""
        data = self.model_dump(mode="json", exclude_none=True)
        data["software"] = self.software.with_secrets()
        if self.resolution is not None:
            data["resolution"] = self.resolution.with_secrets()
        return data
