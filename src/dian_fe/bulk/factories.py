"""`Factory`: the function that makes a company on each worker, by its name; what it needs is said by its place."""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from os import PathLike, fspath
from typing import Any, Final, TypeVar

from .._arguments import checked
from ..company.company import Company
from ..company.settings import Settings
from ..errors import DianFeError, InvalidInput, NotAllowed
from ..transport.client import Client

T = TypeVar("T")
_NAME: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_SECRET: Final = re.compile(r"password|passphrase|contrase|secret|token|(?:^|_)(?:pin|clave|key|llave)(?:_|$)", re.I)
_PLACE: Final = re.compile(r"(?:^|_)(?:file|path|folder|env|variable|name|label|archivo|ruta|carpeta|nombre)$", re.I)
_MADE: dict[str, Any] = {}
_LOCK: Final = threading.Lock()


@checked
@dataclass(frozen=True, slots=True)
class Factory:
    """A function that makes a `Company`, by its name, for workers: it is called once in each process and kept there.

    ``Factory("shops.night:company", {"issuer": "/etc/shop/issuer.json", "p12": "/run/secrets/shop.p12"})``. The
    company's issuer, signer, role and client are used, its store is not. Raise ``InvalidInput`` for a name of another
    form, and ``NotAllowed`` for arguments that hold a secret instead of its place.
    """

    name: str
    """``package.module:function``, which can be imported on every worker."""
    arguments: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    """Arguments by name: paths, names of variables, numbers. They are kept in the run's manifest."""

    def __post_init__(self) -> None:
        """Refuse names that cannot be imported, and secrets."""
        if not _NAME.fullmatch(self.name) or self.name.startswith("__main__:"):
            raise InvalidInput.of("bulk.factory_name", field="name", found=self.name)
        plain: dict[str, str | int | bool | None] = {}
        for name, value in self.arguments.items():
            if _SECRET.search(name) and not _PLACE.search(name) and value is not None:
                raise NotAllowed.of("bulk.secret_argument", field=f"arguments.{name}", name=name)
            given = fspath(value) if isinstance(value, PathLike) else value
            if given is not None and not isinstance(given, (str, int, bool)):
                raise NotAllowed.of("bulk.argument", field=f"arguments.{name}", found=type(value).__name__)
            plain[name] = given
        object.__setattr__(self, "arguments", plain)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"name": self.name, "arguments": dict(self.arguments)}


def from_environment() -> Company:
    """Return the company of the worker's own variables ``DIAN_FE_…``, as `Settings` reads them; nothing is stored.

    It is the factory of a run that names none. Raise what `Settings` raises.
    """
    settings = Settings.from_env()
    issuer, signer = settings.load_issuer(), settings.load_signer()
    client = Client(signer=signer, environment=issuer.environment, **settings.client_options())
    return Company(issuer, signer, client=client)


FROM_ENVIRONMENT: Final = f"{__name__.rpartition('.')[0]}:{from_environment.__name__}"


def factories_of(given: Any) -> dict[str, Factory]:
    """Return the factories by the value of the column ``company``; "" stands for every record.

    Raise ``NotAllowed`` for a signer or a company, whose key would travel, and ``InvalidInput`` for anything else.
    """
    if isinstance(given, Mapping):
        if not given:
            raise InvalidInput.of("bulk.no_factories", field="company")
        return {str(name).strip(): factory_of(each, f"company[{name}]") for name, each in given.items()}
    return {"": factory_of(given, "company")}


def factory_of(given: Any, place: str) -> Factory:
    """Return a factory of itself or its name; raise as `factories_of` does."""
    if isinstance(given, Factory):
        return given
    if isinstance(given, str):
        return Factory(given)
    kind = type(given).__name__
    if isinstance(given, Company) or hasattr(given, "certificate_chain") or hasattr(given, "organization"):
        raise NotAllowed.of("bulk.key_would_travel", field=place, found=kind)
    if callable(given):
        module, name = getattr(given, "__module__", "paquete.modulo"), getattr(given, "__qualname__", "funcion")
        raise NotAllowed.of("bulk.a_function", field=place, found=kind, name=f"{module}:{name}")
    raise InvalidInput.of("bulk.factory", field=place, found=kind)


def company_of(factory: Factory) -> Company:
    """Return this process's company of a factory; see `made_by`."""
    return made_by(factory, Company)


def made_by(factory: Factory, expected: type[T]) -> T:
    """Return what a factory makes for this process: it is called the first time, and what it made is kept.

    Raise ``InvalidInput`` when there is no such function, or it returns something else, and every `DianFeError` that it
    raises. Of any other exception only class and place are shown: its text may be a secret.
    """
    key = repr(factory.as_dict())
    with _LOCK:
        if key not in _MADE:
            if not _MADE:
                atexit.register(_close)
            _MADE[key] = _made(factory)
        made = _MADE[key]
    if isinstance(made, expected):
        return made
    found, name = type(made).__name__, factory.name
    raise InvalidInput.of("bulk.not_made", field=name, found=found, expected=expected.__name__)


def _close() -> None:
    """Close the connections of what was made, as the process ends."""
    for made in _MADE.values():
        if isinstance(made, Company):
            made.client.close()


def _made(factory: Factory) -> Any:
    module, _, name = factory.name.partition(":")
    problem: Exception
    try:
        make: Callable[..., Any] | None = getattr(import_module(module), name, None)
        if make is not None:
            return make(**factory.arguments)
        raise InvalidInput.of("bulk.no_such_factory", field="company", found=factory.name)
    except DianFeError:
        raise
    except ModuleNotFoundError as error:  # names a module, nothing else
        missing = f"{factory.name}; falta el módulo {error.name}"
        raise InvalidInput.of("bulk.no_such_factory", field="company", found=missing) from None
    except Exception as error:
        problem = error
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f", {trace.tb_frame.f_code.co_name}(), línea {trace.tb_lineno}"
    found = f"{type(problem).__name__}{where}"
    raise InvalidInput.of("bulk.factory_failed", field="company", found=found, name=factory.name) from None


def facts_of(company: Company) -> dict[str, Any]:
    """Return what the documents of a company are made with, without any secret: another certificate, other bytes."""
    issuer, certificate = company.issuer, company.signer.certificate_chain[0]
    from cryptography.hazmat.primitives.serialization import Encoding

    return {
        "nit": issuer.organization.nit,
        "environment": str(issuer.environment),
        "certificate": sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        "issuer": sha256(issuer.model_dump_json().encode()).hexdigest(),
        "service": company.client.service.url,
    }
