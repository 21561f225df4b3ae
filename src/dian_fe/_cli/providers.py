"""The options about who may sign for another."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from .files import read_file

if TYPE_CHECKING:
    from ..verifying.providers import Providers


def add_providers(verb: Any) -> None:
    """Add the options to a verb that verifies."""
    verb.add_argument(
        "--provider", metavar="NIT", action="append", default=[],
        help="proveedor que puede firmar por otro, por su NIT; se repite por cada uno",
    )  # fmt: skip
    verb.add_argument("--providers", metavar="JSON", help="archivo con los proveedores en que se confía")
    verb.add_argument(
        "--any-certificate-may-sign", action="store_true",
        help="acepta que cualquier certificado firme por cualquiera: así pasa también una factura falsa",
    )  # fmt: skip


def providers_of(options: argparse.Namespace) -> Providers:
    """Return those that the options name."""
    from ..verifying.providers import Providers

    if options.any_certificate_may_sign:
        return Providers.ANY_CERTIFICATE_MAY_SIGN_FOR_ANYBODY
    providers = Providers.from_json(read_file(options.providers)) if options.providers else Providers()
    for nit in options.provider:
        providers = providers.trusting(nit, providers.name(nit))
    return providers
