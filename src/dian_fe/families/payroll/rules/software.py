"""ProveedorXML: the owner of the software, its registration and its security code."""

from __future__ import annotations

from ....rules.extension_checks import provider, provider_digit, security_code
from ....rules.model_checks import equal
from .places import at

provider(*at("ProveedorXML/@NIT"))
provider_digit(*at("ProveedorXML/@DV"))
equal(
    *at("ProveedorXML/@SoftwareID"),
    path="control.software_id",
    to=lambda context: context.software.id,
    needs=("control", "issuer"),
)
security_code(*at("ProveedorXML/@SoftwareSC"))
