"""The verbs that make documents: build and issue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..faults import MAY_REJECT, may_reject
from .files import PASSWORD_VARIABLE, load_signer, read_file, write_file
from .graphic import pdf_if_installed
from .main import NO, YES, emit, say, say_faults
from .moments import moment_of

if TYPE_CHECKING:
    from ..faults import Fault
    from ..models.issuer import Issuer
    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from ..testing.simulator import Simulator
    from ..transport.client import Client
    from ..transport.outcome import Answer
    from ..transport.shipment import Shipment
    from ..ubl.writer.build import Built


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser("build", help="hace el XML de un documento JSON, sin enviarlo")
    _add_inputs(verb)
    verb.add_argument("--key", metavar="FILE.p12", help="llave de firma; sin ella el XML queda sin firmar")
    verb.set_defaults(run=run_build)

    verb = verbs.add_parser("issue", help="hace, revisa, firma y envía un documento JSON")
    _add_inputs(verb)
    verb.add_argument("--key", metavar="FILE.p12", help="llave de firma; con --simulate se puede omitir")
    verb.add_argument("--simulate", action="store_true", help="envía al simulador incluido en vez de a la DIAN")
    verb.add_argument("--endpoint", metavar="URL", help="dirección del servicio, en vez de la usual del ambiente")
    verb.set_defaults(run=run_issue)


def _add_inputs(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("document", metavar="DOC.json", help="documento; - para la entrada estándar")
    verb.add_argument("--issuer", metavar="ISSUER.json", required=True, help="emisor con su PIN y clave técnica")
    verb.add_argument("--out", metavar="DIR", required=True, type=Path, help="carpeta donde dejar los archivos")
    verb.add_argument("--password", metavar="TEXT", help=f"contraseña de la llave (o la variable {PASSWORD_VARIABLE})")
    verb.add_argument("--cert", metavar="PEM", help="certificado, cuando la llave PEM va aparte")
    verb.add_argument("--at", metavar="TIME", help="momento de la firma (ISO 8601); por omisión, el de emisión")
    verb.add_argument("--sequence", metavar="N", type=int, help="consecutivo anual de archivos enviados")
    verb.add_argument("--json", action="store_true", help="resultado en JSON")


def signing_time(options: argparse.Namespace, built: Built[Any]) -> datetime:
    """Return the moment of signing: ``--at``, or that of issue."""
    if options.at is None:
        issued_at: datetime = built.document.issued_at
        return issued_at
    return moment_of(options.at)


def built_from(options: argparse.Namespace) -> tuple[Built[Any], Sequence[Fault], Any]:
    """Build the document of the options; give it with its faults and its issuer."""
    from .._api import build, check, load_document, load_issuer

    issuer = load_issuer(read_file(options.issuer))
    built = build(load_document(read_file(options.document)), issuer, sequence=options.sequence)
    return built, check(built, issuer=issuer).faults, issuer


def run_build(options: argparse.Namespace) -> int:
    """Build (and sign) a document; exit 1, and nothing written, when DIAN would refuse it."""
    from .._api import sign

    built, faults, _ = built_from(options)
    if any(fault.stops for fault in faults):
        return _refused(options, built, faults)
    xml = built.xml
    if options.key is not None:
        signer = load_signer(options.key, options.password, options.cert)
        xml = sign(built, signer, at=signing_time(options, built)).xml
    path = write_file(options.out, built.file_name, xml)
    _tell(options, built, faults, {"file": str(path), "signed": options.key is not None})
    return YES


def run_issue(options: argparse.Namespace) -> int:
    """Build, check, sign, send, draw and pack; leave the XML, DIAN's answer, the PDF and the package in the folder."""
    from .._api import sign

    built, faults, issuer = built_from(options)
    if any(fault.stops for fault in faults):
        return _refused(options, built, faults)
    if options.simulate:
        signer, client, at = _simulated(options, issuer, built)
    else:
        signer, client, at = _real(options, issuer)
    signed = sign(built, signer, at=at)
    files = {"file": str(write_file(options.out, signed.file_name, signed.xml))}

    def store(shipment: Shipment) -> None:
        """Keep the shipment at every step: a crash loses nothing."""
        write_file(options.out, f"{built.document.number}.shipment.json", shipment.to_json())

    with client as ws:
        answer = ws.send(signed, store=store)
    return answered(options, issuer, signed, signer, answer, faults, files)


def _simulated(options: argparse.Namespace, issuer: Issuer, built: Built[Any]) -> tuple[Any, Client, datetime]:
    from ..transport.client import Client

    dian, signer = simulated(options, issuer)
    return signer, Client(signer=signer, transport=dian), signing_time(options, built)


def simulated(options: argparse.Namespace, issuer: Issuer, name: str | None = None) -> tuple[Simulator, Signer]:
    """Open a simulator that knows the issuer's software and numbering, and trusts its key; give it with the signer.

    ``name`` is what the certificate made for it calls the issuer, where that matters.
    """
    from ..testing.simulator import Simulator

    dian = Simulator(environment=issuer.environment)
    dian.know(issuer)
    if options.key is None:
        signer: Signer = dian.signer(issuer.organization.nit, name=name)
    else:
        signer = load_signer(options.key, options.password, options.cert)
        dian.trust_chain(signer.certificate_chain)
    return dian, signer


def _real(options: argparse.Namespace, issuer: Issuer) -> tuple[Any, Client, datetime]:
    """Open the client of the issuer's environment; documents are signed now unless ``--at`` says when."""
    signer, client = connected(options, issuer)
    return signer, client, moment_of(options.at)


def connected(options: argparse.Namespace, issuer: Issuer) -> tuple[Signer, Client]:
    """Open the client of the issuer's environment; give the signer of ``--key`` with it."""
    from ..transport.client import Client

    if options.key is None:
        raise InvalidInput.of("_cli.connected", field="--key")
    signer = load_signer(options.key, options.password, options.cert)
    return signer, Client(signer=signer, environment=issuer.environment, endpoint=options.endpoint)


def answered(
    options: argparse.Namespace,
    issuer: Issuer,
    signed: Signed[Any],
    signer: Any,
    answer: Answer,
    faults: Sequence[Fault],
    files: dict[str, Any],
) -> int:
    """Leave the answer and, when the document was accepted, its PDF (extra ``pdf``) and the package; tell them.

    ``files`` is what was left already, and whatever else the JSON form tells.
    """
    from ..delivery.packing import pack

    if answer.application_response:
        files["answer_file"] = str(write_file(options.out, answer_name(signed), answer.application_response))
    if answer.accepted:
        pdf = pdf_if_installed(signed, answer, issuer.software) if signed.kind.family.presentation else None
        if pdf is not None:
            files["pdf"] = str(write_file(options.out, f"{signed.built.file_stem}.pdf", pdf))
        package = pack(signed, answer, signer, at=signed.signing_time, pdf=pdf)
        files["package"] = str(write_file(options.out, package.zip_name, package.zip_bytes))
    told = {
        "status_code": answer.status_code,
        "outcome": answer.outcome.value,
        "accepted": answer.accepted,
        "message": answer.status_message,
        "next_step": answer.next_step,
        "faults": [fault.as_dict() for fault in answer.faults],
    }
    _tell(options, signed.built, faults, {**files, "signed": True, "answer": told})
    if not options.json:
        say("respuesta:", answer.outcome.label, answer.status_code, answer.status_message)
        for fault in answer.faults:
            say(fault)
        if answer.next_step:
            say(answer.next_step)
    return YES if answer.accepted else NO


def answer_name(signed: Signed[Any]) -> str:
    """Name the file of DIAN's answer: as the document's, with the prefix of answers, which events have themselves."""
    prefix = signed.kind.files.prefix
    rest = signed.file_name.removeprefix(prefix)
    return f"ar{rest}" if prefix != "ar" else f"ar{rest.removesuffix('.xml')}-dian.xml"


def _tell(options: argparse.Namespace, built: Built[Any], faults: Sequence[Fault], more: dict[str, Any]) -> None:
    if options.json:
        emit(_summary(built, faults) | more)
        return
    say_faults(faults)
    if may_reject(faults):
        say(MAY_REJECT)
    say(f"{built.kind.title} {built.document.number}: {more.get('file', '')}")
    say(f"clave: {built.key}")


def _refused(options: argparse.Namespace, built: Built[Any], faults: Sequence[Fault]) -> int:
    if options.json:
        emit(_summary(built, faults) | {"file": None, "signed": False})
    else:
        say_faults(faults)
        say("no se escribe ni se envía: la DIAN lo rechazaría")
    return NO


def _summary(built: Built[Any], faults: Sequence[Fault]) -> dict[str, Any]:
    return {
        "kind": built.kind.name,
        "number": built.document.number,
        "key": built.key,
        "file_name": built.file_name,
        "qr": built.qr_url,
        "may_reject": may_reject(faults),
        "faults": [fault.as_dict() for fault in faults],
    }
