"""The data around a document in its XML: key, environment, numbering and software, in DIAN's extension."""

from __future__ import annotations

from ..models._base import Model
from ..models._dates import MaybeDay
from ..models._fields import Text, field


class Control(Model):
    """The data of a written or read document outside its model (sts:DianExtensions and others).

    ``build`` fills it from the `Issuer`; ``read`` from the XML, where any of them may be missing.
    """

    ubl_version: Text | None = None
    profile: Text | None = None
    """cbc:ProfileID."""
    environment: Text | None = None
    """cbc:ProfileExecutionID: "1" production, "2" tests."""
    key: Text | None = None
    """CUFE or CUDE (cbc:UUID)."""
    key_scheme: Text | None = None
    """UUID/@schemeName: CUFE-SHA384 or CUDE-SHA384."""
    key_environment: Text | None = None
    """UUID/@schemeID: the same as ``environment``."""
    authorization: Text | None = None
    """Number of the numbering resolution."""
    authorization_start: MaybeDay = field(default=None)
    authorization_end: MaybeDay = field(default=None)
    prefix: Text | None = None
    """cac:CorporateRegistrationScheme/cbc:ID: the prefix of the numbering."""
    range_prefix: Text | None = None
    """sts:Prefix."""
    range_from: Text | None = None
    range_to: Text | None = None
    provider_nit: Text | None = None
    """NIT of the software's owner."""
    provider_check_digit: Text | None = None
    software_id: Text | None = None
    security_code: Text | None = None
    """sts:SoftwareSecurityCode."""
    qr: Text | None = None
    """sts:QRCode."""
