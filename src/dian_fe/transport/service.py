"""DIAN's service in use: environment, endpoint, catalogue and execution id as one value that cannot be mixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._arguments import checked, refuses
from .._viewed import Viewed
from ..catalogs import Environment
from ..errors import InvalidInput, WrongEnvironment
from ..ubl.qr import catalogue_url

if TYPE_CHECKING:
    from ..ubl.control import Control
    from .shipment import Shipment

_PATH = "/WcfDianCustomerServices.svc"
URLS = {
    Environment.PRODUCCION: f"https://vpfe.dian.gov.co{_PATH}",
    Environment.HABILITACION: f"https://vpfe-hab.dian.gov.co{_PATH}",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@checked
@dataclass(frozen=True, slots=True)
class Service(Viewed):
    """A DIAN service. Production and tests are two separate databases."""

    environment: Environment
    url: str

    @classmethod
    @refuses("environment")
    def of(cls, environment: Environment | str | None, url: str | None = None) -> Service:
        """Choose a service; ``url`` replaces the usual one (DIAN shows the operative one in the participant's portal).

        Production is never a default: without environment ``WrongEnvironment`` is raised. ``InvalidInput`` when the
        URL is not https (http only on this machine), has a user or password in it, or is the usual one of the other
        environment.
        """
        chosen = _environment(environment)
        if url is not None:
            _check_url(chosen, url)
        return cls(chosen, url or URLS[chosen])

    @property
    def execution_id(self) -> str:
        """cbc:ProfileExecutionID of the documents that it takes: "1" production, "2" tests."""
        return self.environment.value

    def catalogue_url(self, key: str) -> str:
        """Return the address of a document in this environment's public catalogue."""
        return catalogue_url(key, self.execution_id)

    def check(self, control: Control | Shipment) -> None:
        """Refuse a document that was built for the other environment (``WrongEnvironment``)."""
        if control.environment != self.execution_id:
            raise WrongEnvironment.of(
                "transport.other_environment",
                field="environment",
                found=_name(control.environment),
                expected=_name(self.execution_id),
            )


def _environment(value: Any) -> Environment:
    if isinstance(value, str) and value.upper() in Environment.__members__:
        return Environment[value.upper()]
    try:
        return Environment(value)
    except ValueError:
        key = "transport.environment_missing" if value is None else "transport.environment_unknown"
        raise WrongEnvironment.of(key, field="environment", found=value) from None


def _name(code: str | None) -> str:
    names = {member.value: member.name for member in Environment}
    return names.get(code or "", str(code))


def _check_url(environment: Environment, url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets of an IPv6 address that do not close
        parts = urlsplit("")
    if "@" in parts.netloc:
        raise InvalidInput.of("transport.endpoint_with_user", field="endpoint")
    local = parts.hostname in _LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise InvalidInput.of("transport.unsafe_endpoint", field="endpoint", found=url)
    for other, usual in URLS.items():
        if other is not environment and parts.hostname == urlsplit(usual).hostname:
            raise WrongEnvironment.of(
                "transport.endpoint_of_other_environment", field="endpoint", found=url, expected=URLS[environment]
            )
