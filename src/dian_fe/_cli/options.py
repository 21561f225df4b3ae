"""Options that several verbs share, and the values made of them."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, WrongPassword
from .files import read_file

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from ..signing.signer import Signer
    from ..transport.client import Client
    from ..verifying.providers import Providers
    from ..verifying.trust import TrustStore

PASSWORD_VARIABLE = "DIAN_FE_PASSWORD"
"""Environment variable that holds the key's password, so that it need not be typed in the command."""


def add_key(verb: argparse.ArgumentParser, use: str, *, required: bool = False) -> None:
    """Add the options of the signing key."""
    verb.add_argument("--key", metavar="FILE.p12", required=required, help=use)
    verb.add_argument("--password", metavar="TEXT", help=f"contraseña de la llave (o la variable {PASSWORD_VARIABLE})")
    verb.add_argument("--cert", metavar="PEM", help="certificado, cuando la llave PEM va aparte")


def signer_of(options: argparse.Namespace) -> Signer:
    """Load a .p12/.pfx, or a PEM key with its certificate; a password that was not given is named as missing."""
    secret = options.password if options.password is not None else os.environ.get(PASSWORD_VARIABLE)
    data = read_file(options.key)
    try:
        if data.lstrip()[:10] == b"-----BEGIN":
            from ..signing.pem import PemSigner

            return PemSigner.load(data, read_file(options.cert) if options.cert else data, password=secret)
        from ..signing.pkcs12 import Pkcs12Signer

        return Pkcs12Signer.load(data, secret or "")
    except WrongPassword:
        if secret:
            raise
    raise WrongPassword.of("_cli.no_password", field="--password", name=options.key, variable=PASSWORD_VARIABLE)


def add_connection(verb: argparse.ArgumentParser) -> None:
    """Add the options about key and service."""
    add_key(verb, "llave con que se firma la petición", required=True)
    verb.add_argument(
        "--environment",
        choices=("habilitacion", "produccion"),
        help="ambiente de la DIAN; por defecto el del emisor, o habilitación",
    )
    add_endpoint(verb)


def add_endpoint(verb: argparse.ArgumentParser) -> None:
    """Add the option of the service's address."""
    verb.add_argument("--endpoint", metavar="URL", help="dirección del servicio, en vez de la usual del ambiente")


def client_of(options: argparse.Namespace, issuer: Issuer | None = None) -> Client:
    """Open the client of the environment given, or else of the issuer's."""
    from ..transport.client import Client

    environment = options.environment or (issuer.environment if issuer else "habilitacion")
    return Client(signer=signer_of(options), environment=environment, endpoint=options.endpoint)


def add_sending(verb: argparse.ArgumentParser) -> None:
    """Add the options of verbs that send a document."""
    add_key(verb, "llave de firma; con --simulate se puede omitir")
    verb.add_argument("--simulate", action="store_true", help="envía al simulador incluido en vez de a la DIAN")
    add_endpoint(verb)


def issuer_of(options: argparse.Namespace) -> Issuer | None:
    """Load the issuer of ``--issuer``; None without."""
    from .._api import load_issuer

    return None if options.issuer is None else load_issuer(read_file(options.issuer))


def optional_file(name: str | None) -> bytes | None:
    """Read the file of an option; None when it was not given."""
    return None if name is None else read_file(name)


def moment_of(text: str | None) -> datetime:
    """Return the moment of ``--at`` in Colombian time: now, when it is not given.

    Raises ``InvalidInput`` and ``NaiveDatetime`` for a text that is not a moment.
    """
    from ..models._dates import to_bogota

    try:
        return to_bogota(datetime.now(UTC) if text is None else text)
    except InvalidInput as error:
        error.at("--at")
        raise


def add_trust(verb: Any, *, answer: bool = True) -> None:
    """Add the options of verbs that verify: trusted authorities, who may sign for another and, of one, its answer."""
    verb.add_argument("--trust", metavar="PEM", help="certificados de las CA en que se confía")
    verb.add_argument(
        "--provider", metavar="NIT", action="append", default=[],
        help="NIT de un proveedor que puede firmar por otro; puede repetirse",
    )  # fmt: skip
    verb.add_argument("--providers", metavar="JSON", help="archivo con los proveedores en que se confía")
    verb.add_argument(
        "--any-certificate-may-sign", action="store_true",
        help="acepta que cualquier certificado firme por cualquiera: así pasa también una factura falsa",
    )  # fmt: skip
    if answer:
        verb.add_argument("--answer", metavar="AR.xml", help="respuesta de la DIAN, cuando no viene con el documento")


def trust_of(options: argparse.Namespace) -> TrustStore | None:
    """Load the authorities of ``--trust``; None without."""
    from ..verifying.trust import TrustStore

    return TrustStore.load(read_file(options.trust)) if options.trust else None


def providers_of(options: argparse.Namespace) -> Providers:
    """Return the providers that the options name."""
    from ..verifying.providers import Providers

    if options.any_certificate_may_sign:
        return Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY
    providers = Providers.from_json(read_file(options.providers)) if options.providers else Providers()
    for nit in options.provider:
        providers = providers.trusting(nit, providers.name(nit))
    return providers
