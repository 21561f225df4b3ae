"""The verbs that make documents: build and issue."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..faults import MAY_REJECT, may_reject
from .files import read_file, write_file
from .options import add_key, add_sending, moment_of, signer_of
from .output import NO, YES, emit, say, say_faults

if TYPE_CHECKING:
    from ..faults import Fault
    from ..models.issuer import Issuer
    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from ..transport.client import Client
    from ..transport.outcome import Answer
    from ..ubl.writer.build import Built


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser("build", help="hace el XML de un documento JSON, sin enviarlo")
    _add_inputs(verb)
    add_key(verb, "llave de firma; sin ella el XML queda sin firmar")
    verb.set_defaults(run=run_build)

    verb = verbs.add_parser("issue", help="hace, revisa, firma y envía un documento JSON")
    _add_inputs(verb)
    add_sending(verb)
    verb.set_defaults(run=run_issue)


_REFUSED = "no se escribe ni se envía: la DIAN lo rechazaría"


def _add_inputs(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("document", metavar="DOC.json", help="documento; - para la entrada estándar")
    verb.add_argument("--issuer", metavar="ISSUER.json", required=True, help="emisor con su PIN y clave técnica")
    verb.add_argument("--out", metavar="DIR", required=True, type=Path, help="carpeta donde dejar los archivos")
    verb.add_argument("--at", metavar="TIME", help="momento de la firma (ISO 8601); por defecto, el de emisión")
    verb.add_argument("--sequence", metavar="N", type=int, help="consecutivo anual de archivos enviados")


def run_build(options: argparse.Namespace) -> int:
    """Build (and sign) a document; exit 1, and nothing written, when DIAN would refuse it."""
    from .._api import sign

    built, faults, _ = _build(options)
    if any(fault.stops for fault in faults):
        return refuse(options, faults, _summary(built, faults), _REFUSED)
    xml = built.xml
    if options.key is not None:
        xml = sign(built, signer_of(options), at=_signing_time(options, built)).xml
    check_place(options, built)
    path = write_file(options.out, built.file_name, xml)
    _print_built(options, built, faults, {"file": str(path), "signed": options.key is not None})
    return YES


def run_issue(options: argparse.Namespace) -> int:
    """Build, check, sign, send, draw and pack; leave the XML, DIAN's answer, the PDF and the package in the folder."""
    from .._api import sign

    built, faults, issuer = _build(options)
    if any(fault.stops for fault in faults):
        return refuse(options, faults, _summary(built, faults), _REFUSED)
    signer, client = connect(options, issuer)
    at = _signing_time(options, built) if options.simulate else moment_of(options.at)
    signed = sign(built, signer, at=at)
    with client as ws:
        answer = send(options, ws, signed, built.document.number)
    return finish(options, issuer, signed, signer, answer, faults)


def _build(options: argparse.Namespace) -> tuple[Built[Any], Sequence[Fault], Issuer]:
    """Build the document of the options; return it with its faults and its issuer."""
    from .._api import build, load_document, load_issuer
    from .._checking import check

    issuer = load_issuer(read_file(options.issuer))
    built = build(load_document(read_file(options.document)), issuer, sequence=options.sequence)
    return built, check(built, issuer=issuer).faults, issuer


def _signing_time(options: argparse.Namespace, built: Built[Any]) -> datetime:
    """Return the moment of signing: ``--at``, or that of issue."""
    return moment_of(built.document.issued_at if options.at is None else options.at)


def connect(
    options: argparse.Namespace, issuer: Issuer, *, name: str | None = None, accepted: Sequence[bytes] = ()
) -> tuple[Signer, Client]:
    """Return the signer and an open client: of the issuer's environment or, with ``--simulate``, of a simulator.

    The simulator knows the issuer's software and numbering and the ``accepted`` documents, and trusts the key; ``name``
    is what the certificate made for it calls the issuer, where that matters.
    """
    from ..transport.client import Client

    if not options.simulate:
        if options.key is None:
            raise InvalidInput.of("_cli.no_key_to_send", field="--key")
        signer = signer_of(options)
        return signer, Client(signer=signer, environment=issuer.environment, endpoint=options.endpoint)
    from ..testing.simulator import Simulator

    dian = Simulator(environment=issuer.environment)
    dian.know(issuer)
    if options.key is None:
        signer = dian.signer(issuer.organization.nit, name=name)
    else:
        signer = signer_of(options)
        dian.trust_chain(signer.certificate_chain)
    for document in accepted:
        dian.adopt(document)
    return signer, Client(signer=signer, transport=dian)


def check_place(options: argparse.Namespace, built: Built[Any]) -> None:
    """Refuse a file name that another document has in the folder, as one of another prefix with the same consecutive.

    A new version of the same document takes the place of the old one.
    """
    path: Path = options.out / built.file_name
    number = built.document.number.encode()
    if path.is_file() and not any(each in path.read_bytes() for each in (b">%b<" % number, b'"%b"' % number)):
        raise InvalidInput.of("_cli.other_document", field="--out", found=str(path))


def send(options: argparse.Namespace, client: Client, signed: Signed[Any], name: str) -> Answer:
    """Write the signed document, then send it; its shipment is stored at every step, so a crash loses nothing."""
    check_place(options, signed.built)
    write_file(options.out, signed.file_name, signed.xml)
    shipment_name = f"{name}.shipment.json"
    return client.send(signed, store=lambda shipment: write_file(options.out, shipment_name, shipment.to_json()))


def files_of(
    signed: Signed[Any], answer: Answer, issuer: Issuer, signer: Signer | None = None
) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files that sending a document leaves: kind, file name and bytes.

    They are the document, DIAN's answer and, of an accepted document, the PDF where the extra ``pdf`` is installed and,
    with a signer, the package.
    """
    from ..delivery.packing import pack
    from ..graphic.pdf import pdf_is_installed, render_pdf

    pdf = None
    yield "file", signed.file_name, signed.xml
    if answer.application_response:
        # Named as the document, with the prefix of answers, which events have themselves.
        prefix = signed.kind.files.prefix
        rest = signed.file_name.removeprefix(prefix)
        name = f"ar{rest}" if prefix != "ar" else f"ar{rest.removesuffix('.xml')}-dian.xml"
        yield "answer_file", name, answer.application_response
    if answer.accepted and signed.kind.family.presentation and pdf_is_installed():
        pdf = render_pdf(signed, answer=answer, software=issuer.software_of(signed.kind))
        yield "pdf", f"{signed.built.file_stem}.pdf", pdf
    if answer.accepted and signer is not None and signed.kind.delivered:
        package = pack(signed, answer, signer, at=signed.signing_time, pdf=pdf)
        yield "package", package.zip_name, package.zip_bytes


def finish(
    options: argparse.Namespace,
    issuer: Issuer,
    signed: Signed[Any],
    signer: Signer,
    answer: Answer,
    faults: Sequence[Fault],
    more: dict[str, Any] | None = None,
) -> int:
    """Write the files of a sent document into the folder and print the outcome; ``more`` goes into the JSON form."""
    files = files_of(signed, answer, issuer, signer)
    paths = {what: str(write_file(options.out, name, data)) for what, name, data in files}
    result = {
        "status_code": answer.status_code,
        "outcome": answer.outcome.value,
        "accepted": answer.accepted,
        "message": answer.status_message,
        "next_step": answer.next_step,
        "faults": [fault.as_dict() for fault in answer.faults],
    }
    _print_built(options, signed.built, faults, {**paths, **(more or {}), "signed": True, "answer": result})
    if not options.json:
        say("respuesta:", answer.outcome.label, answer.status_code, answer.status_message)
        for line in (*answer.faults, answer.next_step):
            if line:
                say(line)
    return YES if answer.accepted else NO


def _print_built(options: argparse.Namespace, built: Built[Any], faults: Sequence[Fault], more: dict[str, Any]) -> None:
    if options.json:
        emit(_summary(built, faults) | more)
        return
    say_faults(faults)
    if may_reject(faults):
        say(MAY_REJECT)
    say(f"{built.kind.title} {built.document.number}: {more['file']}")
    say(f"clave: {built.key}")


def refuse(options: argparse.Namespace, faults: Sequence[Fault], data: dict[str, Any], *lines: str) -> int:
    """Print why nothing is written or sent: ``data`` as JSON, ``lines`` for people."""
    if options.json:
        emit({**data, "file": None, "signed": False, "faults": [fault.as_dict() for fault in faults]})
    else:
        say_faults(faults)
        for line in lines:
            say(line)
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
