"""The verbs that make documents: build and issue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import PASSWORD_VARIABLE, load_signer, read_file, write_file
from .main import NO, YES, emit

if TYPE_CHECKING:
    from ..faults import Fault
    from ..signing.documents import Signed
    from ..ubl.build import Built


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
    """Give the moment of signing: ``--at``, or that of issue."""
    if options.at is None:
        return built.document.issued_at  # type: ignore[no-any-return]
    from ..models._base import to_bogota

    moment = to_bogota(options.at)
    if not isinstance(moment, datetime):
        raise InvalidInput("no es una fecha y hora.", field="--at", found=options.at)
    return moment


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
    if any(fault.rejects for fault in faults):
        return _refused(options, built, faults)
    xml = built.xml
    if options.key is not None:
        signer = load_signer(options.key, options.password, options.cert)
        xml = sign(built, signer, at=signing_time(options, built)).xml
    path = write_file(options.out, built.file_name, xml)
    _tell(options, built, faults, {"file": str(path), "signed": options.key is not None})
    return YES


def run_issue(options: argparse.Namespace) -> int:
    """Build, check, sign and send; leave the XML and DIAN's answer in the folder."""
    from .._api import sign

    if not options.simulate:
        raise InvalidInput(
            "el envío a la DIAN todavía no está en la línea de órdenes.",
            field="--simulate",
            expected="--simulate",
            remedy="agregue --simulate, o use build y envíe el XML con Client.",
        )
    built, faults, issuer = built_from(options)
    if any(fault.rejects for fault in faults):
        return _refused(options, built, faults)
    from ..testing.judge import Judge

    dian = Judge(environment=issuer.environment)
    dian.register_software(issuer.software)
    if issuer.resolution is not None:
        dian.register(issuer.resolution)
    if options.key is None:
        signer = dian.signer(issuer.organization.nit)
    else:
        signer = load_signer(options.key, options.password, options.cert)
        dian.trust_chain(signer.certificate_chain)
    signed = sign(built, signer, at=signing_time(options, built))
    return _send(options, dian, signed, faults)


def _send(options: argparse.Namespace, dian: Any, signed: Signed[Any], faults: Sequence[Fault]) -> int:
    verdict = dian.judge(signed.xml)
    files = {"file": str(write_file(options.out, signed.file_name, signed.xml))}
    if verdict.application_response:
        files["answer_file"] = str(write_file(options.out, verdict.file_name, verdict.application_response))
    answer = {
        "status_code": verdict.status_code,
        "accepted": verdict.is_valid,
        "message": verdict.status_message,
        "faults": [fault.as_dict() for fault in verdict.faults],
    }
    _tell(options, signed.built, faults, {**files, "signed": True, "answer": answer})
    if not options.json:
        print("respuesta:", verdict.status_code, verdict.status_message)
        for fault in verdict.faults:
            print(fault)
    return YES if verdict.is_valid else NO


def _tell(options: argparse.Namespace, built: Built[Any], faults: Sequence[Fault], more: dict[str, Any]) -> None:
    if options.json:
        emit(_summary(built, faults) | more)
        return
    for fault in faults:
        print(fault)
    print(f"{built.kind.root} {built.document.number}: {more.get('file', '')}")
    print(f"clave: {built.key}")


def _refused(options: argparse.Namespace, built: Built[Any], faults: Sequence[Fault]) -> int:
    if options.json:
        emit(_summary(built, faults) | {"file": None, "signed": False})
    else:
        for fault in faults:
            print(fault)
        print("no se escribe ni se envía: la DIAN lo rechazaría")
    return NO


def _summary(built: Built[Any], faults: Sequence[Fault]) -> dict[str, Any]:
    return {
        "kind": built.kind.name,
        "number": built.document.number,
        "key": built.key,
        "file_name": built.file_name,
        "qr": built.qr_url,
        "faults": [fault.as_dict() for fault in faults],
    }
