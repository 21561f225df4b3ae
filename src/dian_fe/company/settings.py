"""A company's settings from the environment, for services: variables ``DIAN_FE_…``, secrets also from files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Final, NoReturn, Self, SupportsIndex, TypeVar

from pydantic import SecretStr

from .._api import load_issuer
from .._arguments import checked
from .._masks import refuse_pickle
from .._meant import meant
from ..delivery.mail import Mailbox
from ..delivery.smtp import SmtpSecurity, SmtpSender
from ..errors import InvalidInput, KeyMaterialError, StoreError, UnknownArgument, WrongPassword
from ..models._json import load_json
from ..models.issuer import Issuer
from ..models.party import check_email
from ..signing.pkcs12 import Pkcs12Signer
from ..transport.http import Timeouts
from ..transport.policy import RetryPolicy
from .postgres import PostgresStore
from .sqlite import SqliteStore

T = TypeVar("T")
PREFIX: Final = "DIAN_FE_"
_FILE: Final = "_FILE"
_OF_THE_COMMAND_LINE: Final = frozenset({"PASSWORD", "SMTP_PASSWORD"})
"""Variables that the command line reads too, and that a shell may have for it."""
_SERVICE: Final = re.compile(
    r"(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_ADDRESS: Final = re.compile(r"(?:tcp|udp|sctp)://")
_POLICIES: Final[Mapping[str, Callable[[], RetryPolicy]]] = {
    "usual": RetryPolicy,
    "annex": RetryPolicy.annex,
    "once": RetryPolicy.once,
}


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a service needs to issue, as texts of the environment. Its repr shows no secret.

    Field ``issuer`` is the variable ``DIAN_FE_ISSUER``, and so on. Each secret may be in a file instead, as container
    platforms mount them: ``DIAN_FE_P12_PASSWORD_FILE=/run/secrets/p12``; a line break at its end is left out.
    """

    issuer: str
    """Path of the issuer's JSON, as ``load_issuer`` takes it. PIN and technical key may be left out of it."""
    p12: str
    """Path of the certificate, a .p12 file."""
    p12_password: SecretStr | None = None
    """Its password."""
    software_pin: SecretStr | None = None
    """PIN of the software, in place of the issuer's JSON."""
    technical_key: SecretStr | None = None
    """Technical key of the issuer's ``resolution``, in place of the issuer's JSON."""
    store: SecretStr | None = None
    """``sqlite:PATH``, or the address of a PostgreSQL database (``postgresql://…``), which may have a password in it;
    without it nothing is kept."""
    store_password: SecretStr | None = None
    """Password of the database."""
    endpoint: str | None = None
    """URL of the service instead of DIAN's, such as that of a simulator."""
    proxy: SecretStr | None = None
    """URL of a proxy, which may have a password in it."""
    timeout: str | None = None
    """Seconds for a whole exchange with DIAN; 120 unless given."""
    retries: str | None = None
    """``usual``, ``annex`` (the cadence of the annex) or ``once`` (a background task resumes); see `RetryPolicy`."""
    smtp_host: str | None = None
    """Mail server; without it nothing can be delivered."""
    smtp_port: str | None = None
    smtp_security: str | None = None
    """``starttls`` (unless given), ``tls`` or ``none``."""
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str | None = None
    """Address from which documents are mailed; by default the organization's."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse pickling, which would write the secrets in plain text."""
        refuse_pickle("La configuración lleva secretos", "léala en el otro proceso con Settings.from_env()")

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the variables; ``environment`` is ``os.environ`` unless given. Blank ones count as absent.

        Raise ``InvalidInput`` for a needed variable that is absent, one given twice (with and without ``_FILE``) and a
        file that cannot be read; ``UnknownArgument`` for a variable ``DIAN_FE_…`` that does not exist: a mistyped one
        would be ignored.
        """
        given = os.environ if environment is None else environment
        known = {each.name.upper(): each for each in fields(cls)}
        secret = {name for name, each in known.items() if "SecretStr" in str(each.type)}
        files = {f"{name}{_FILE}" for name in secret}
        for variable, text in given.items():
            if not variable.upper().startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX)  # one in small letters keeps its prefix, and is unknown
            if _of_a_platform(name, text):
                continue
            if name not in known and name not in files | _OF_THE_COMMAND_LINE:
                name = variable[len(PREFIX) :].upper()
                close = meant(name.lower(), tuple(known)) or meant(name, (*known, *files))
                remedy = f"¿Quiso decir {PREFIX}{close}?" if close else "quítela."
                raise UnknownArgument.of("company.unknown_variable", field=variable, found=variable, remedy=remedy)
        values: dict[str, Any] = {}
        for name, each in known.items():
            found = _text_of(name, given, secret=name in secret)
            if found is None and each.default is MISSING:
                raise InvalidInput.of("company.missing_variable", field=f"{PREFIX}{name}")
            values[each.name] = SecretStr(found) if found is not None and name in secret else found
        return cls(**values)

    def load_issuer(self) -> Issuer:
        """Return the issuer, with the secrets that the environment has."""
        with _variables("ISSUER", whole=True):
            values = _named("ISSUER", self.issuer, lambda: load_json(_read(self.issuer)))
        if not isinstance(values, dict):
            raise InvalidInput.of("company.issuer_file", field=f"{PREFIX}ISSUER", found=self.issuer)
        for secret, owner, name in (
            (self.software_pin, "software", "pin"),
            (self.technical_key, "resolution", "technical_key"),
        ):
            if secret is not None:
                if not isinstance(values.get(owner), dict):
                    variable = f"{PREFIX}{'SOFTWARE_PIN' if name == 'pin' else 'TECHNICAL_KEY'}"
                    raise InvalidInput.of("company.secret_without_owner", field=variable, owner=owner)
                values[owner] = {**values[owner], name: secret.get_secret_value()}
        return load_issuer(values)

    def load_signer(self) -> Pkcs12Signer:
        """Open the certificate. Raise what ``Pkcs12Signer.load`` raises."""
        password = None if self.p12_password is None else self.p12_password.get_secret_value()
        try:
            with _variables("P12", whole=True):
                return _named("P12", self.p12, lambda: Pkcs12Signer.load(Path(self.p12), password))
        except WrongPassword as refusal:
            refusal.field = f"{PREFIX}P12_PASSWORD"
            raise

    def open_store(self) -> SqliteStore | PostgresStore | None:
        """Open the store; the caller closes it. Return None when there is none to keep documents in."""
        if self.store is None:
            return None
        address = self.store.get_secret_value()
        scheme, colon, path = address.partition(":")
        with _variables("STORE", whole=True):
            if scheme == "sqlite" and path and not path.startswith("//"):
                return SqliteStore(path)
            if scheme in {"postgresql", "postgres"}:
                return PostgresStore(address, password=self.store_password)
        # What has no scheme is not shown: it may be an address of another form, with a password in it.
        found = f"{scheme}:" if colon and scheme.isalnum() else None
        raise InvalidInput.of("company.store_variable", field=f"{PREFIX}STORE", found=found)

    def make_sender(self) -> SmtpSender | None:
        """Return what mails documents, None without a mail server."""
        if self.smtp_host is None:
            return None
        port = None if self.smtp_port is None else _number("SMTP_PORT", self.smtp_port, int)
        if port is not None and not 0 < port < 65536:
            raise InvalidInput.of("company.port_variable", field=f"{PREFIX}SMTP_PORT", found=port)
        security = (self.smtp_security or SmtpSecurity.STARTTLS).lower()
        with _variables("SMTP_"):
            return SmtpSender(self.smtp_host, port, user=self.smtp_user, password=self.smtp_password, security=security)

    def mailbox(self) -> Mailbox | None:
        """Return the address from which documents are mailed, None for the organization's."""
        if self.mail_from is None:
            return None
        with _variables("MAIL_FROM", whole=True):
            return Mailbox(check_email(self.mail_from))

    def client_options(self) -> dict[str, Any]:
        """Return the options of the `Client`, or `AsyncClient`, but for signer and environment."""
        options: dict[str, Any] = {}
        if self.endpoint is not None:
            options["endpoint"] = self.endpoint
        if self.proxy is not None:
            options["proxy"] = self.proxy.get_secret_value()
        if self.timeout is not None:
            seconds = _number("TIMEOUT", self.timeout, float)
            usual = Timeouts()
            with _variables("TIMEOUT", whole=True):
                options["timeouts"] = Timeouts(
                    connect=min(usual.connect, seconds),
                    write=min(usual.write, seconds),
                    read=min(usual.read, seconds),
                    total=seconds,
                )
        if self.retries is not None:
            policy = _POLICIES.get(self.retries)
            if policy is None:
                raise InvalidInput.of(
                    "company.retries_variable",
                    field=f"{PREFIX}RETRIES",
                    found=self.retries,
                    expected=", ".join(_POLICIES),
                )
            options["policy"] = policy()
        return options


def _text_of(name: str, given: Mapping[str, str], *, secret: bool) -> str | None:
    """Return the text of a variable, or of the file that it names; None when it is absent or blank."""
    text = given.get(f"{PREFIX}{name}", "")
    path = given.get(f"{PREFIX}{name}{_FILE}", "") if secret else ""
    if text.strip() and path.strip():
        raise InvalidInput.of("company.variable_twice", field=f"{PREFIX}{name}", file=f"{PREFIX}{name}{_FILE}")
    if path.strip():
        text = _named(f"{name}{_FILE}", path, lambda: _read(path)).rstrip("\r\n")
        if not text.strip():
            raise InvalidInput.of("company.empty_file", field=f"{PREFIX}{name}{_FILE}", found=path)
    elif not secret:
        text = text.strip()
    return text if text.strip() else None


def _of_a_platform(name: str, text: str) -> bool:
    """True if a variable is what Kubernetes tells every container about a service called ``dian-fe…``."""
    return _SERVICE.fullmatch(name) is not None or (name.endswith("PORT") and _ADDRESS.match(text) is not None)


@contextmanager
def _variables(name: str, *, whole: bool = False) -> Iterator[None]:
    """Name the variable in refusals of a field that was made of it."""
    try:
        yield
    except (InvalidInput, StoreError, KeyMaterialError) as refusal:
        field = "" if whole or refusal.field is None else refusal.field.rpartition(".")[2].upper()
        refusal.field = f"{PREFIX}{name}{field}"
        raise


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8-sig")


def _named(name: str, path: str, read: Callable[[], T]) -> T:
    """Run what reads a file; an error of the system names the variable and the path, never what is in the file."""
    try:
        if "\0" in path:
            raise FileNotFoundError(None, "la ruta tiene un carácter nulo")
        return read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no es texto en UTF-8"
        raise InvalidInput.of("company.unreadable_file", field=f"{PREFIX}{name}", found=path, reason=reason) from None


def _number(name: str, text: str, kind: Callable[[str], T]) -> T:
    try:
        return kind(text)
    except ValueError:
        raise InvalidInput.of("company.variable_not_number", field=f"{PREFIX}{name}", found=text) from None
