"""The verbs that use DIAN's web service, and the simulator over HTTP: status, numbering, simulator."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import read_file
from .options import add_connection, client_of, issuer_of
from .output import NO, YES, emit, say

if TYPE_CHECKING:
    from ..testing.simulator import Simulator


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser("status", help="pregunta a la DIAN por un documento (GetStatus)")
    verb.add_argument("document_key", metavar="KEY", help="CUFE, CUDE, CUDS o CUNE")
    add_connection(verb)
    verb.set_defaults(run=run_status)

    verb = verbs.add_parser("numbering", help="pide la numeración con su clave técnica (GetNumberingRange)")
    verb.add_argument("--issuer", metavar="ISSUER.json", help="emisor: de él salen el NIT y el software")
    verb.add_argument("--nit", help="NIT sin dígito; por defecto, el del emisor o el del certificado")
    verb.add_argument("--provider-nit", metavar="NIT", help="NIT del proveedor del software, si es otro")
    verb.add_argument("--software", metavar="ID", help="SoftwareID; por defecto, el del emisor")
    verb.add_argument("--prefix", metavar="PREFIX", help="solo los rangos de este prefijo")
    add_connection(verb)
    verb.set_defaults(run=run_numbering)

    verb = verbs.add_parser("simulator", help="el simulador por HTTP en este equipo, con su WSDL en ?wsdl")
    verb.add_argument("--port", metavar="N", type=int, default=8080, help="puerto (por defecto 8080; 0, uno libre)")
    verb.add_argument("--seed", metavar="N", type=int, default=7, help="semilla: llaves, software y respuestas")
    verb.add_argument("--trust", metavar="PEM", action="append", default=[], help="certificados que también se aceptan")
    verb.add_argument(
        "--issuer", metavar="ISSUER.json", action="append", default=[], help="emisor cuyo software y numeración conoce"
    )
    verb.set_defaults(run=run_simulator)


def run_status(options: argparse.Namespace) -> int:
    """Ask for the status of a document; return exit status 0 only when it is accepted."""
    with client_of(options) as ws:
        status = ws.status(options.document_key)
    accepted = status.standing == "accepted"
    if options.json:
        emit(
            {
                "key": options.document_key,
                "standing": status.standing.value,
                "status_code": status.code,
                "accepted": accepted,
                "description": status.description,
                "message": status.message,
                "faults": [fault.as_dict() for fault in status.faults],
            }
        )
    else:
        description = " · ".join(status.description.splitlines())
        say(f"{status.standing.label} {status.code} {description} {status.message}".rstrip())
        for fault in status.faults:
            say(fault)
    return YES if accepted else NO


def run_numbering(options: argparse.Namespace) -> int:
    """Ask for the numbering; JSON has each resolution ready for ISSUER.json, technical key included."""
    from ..signing.certificates import certificate_nit

    issuer = issuer_of(options)
    with client_of(options, issuer) as ws:
        nit = options.nit or (issuer.organization.nit if issuer else certificate_nit(ws.certificate))
        software = options.software or (issuer.software.id if issuer else None)
        for name, value in (("--nit", nit), ("--software", software)):
            if not value:
                raise InvalidInput.of("_cli.missing_option", field=name)
        provider = options.provider_nit or (issuer.software.provider_nit if issuer else None)
        resolutions = ws.numbering(str(nit), str(software), provider_nit=provider, prefix=options.prefix)
    if options.json:
        emit([resolution.with_secrets() for resolution in resolutions])
        return YES
    for resolution in resolutions:
        key = "sin clave técnica" if resolution.technical_key is None else "con clave técnica (véala con --json)"
        say(
            f"{resolution.authorization} {resolution.prefix or '(sin prefijo)'} {resolution.range_from}–"
            f"{resolution.range_to}, {resolution.valid_from} a {resolution.valid_to}, {key}"
        )
    return YES


def run_simulator(options: argparse.Namespace) -> int:
    """Serve the simulator until it is interrupted; its companies and numberings are printed first."""
    from ..testing.server import SimulatorServer

    dian = _simulator(options)
    server = SimulatorServer(dian, port=options.port, log=lambda line: say(line, flush=True))
    say(f"simulador en {server.url} (WSDL en {server.url}?wsdl)")
    say(f"software {dian.software.id}, PIN {dian.software.pin.get_secret_value()} (de prueba)")
    for resolution in dian.resolutions:
        say(f"numeración {resolution.prefix} {resolution.range_from}–{resolution.range_to}", flush=True)
    try:
        server.serve_forever()
    finally:
        server.close()
    return YES


def _simulator(options: argparse.Namespace) -> Simulator:
    from .._api import load_issuer
    from ..signing.certificates import load_certificates
    from ..testing.simulator import Simulator

    dian = Simulator(seed=options.seed)
    for name in options.trust:
        for certificate in load_certificates(read_file(name)):
            dian.trust_chain((certificate,))
    for name in options.issuer:
        dian.know(load_issuer(read_file(name)))
    return dian
