"""The verb ``deliver``: a package goes to the customer, as an .eml file or by SMTP."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import read_file, write_file
from .options import add_key, moment_of, optional_file, signer_of
from .output import NO, YES, emit, say

if TYPE_CHECKING:
    from ..delivery.mail import Mailbox
    from ..delivery.packing import Package
    from ..delivery.sending import DeliveryRecord, Sender

SMTP_PASSWORD_VARIABLE = "DIAN_FE_SMTP_PASSWORD"
"""Environment variable that holds the mail server's password, so that it need not be typed in the command."""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the parser."""
    verb = verbs.add_parser(
        "deliver",
        help="entrega un documento aceptado a la otra parte",
        description="Escribe el correo en DIR o lo envía por SMTP; un documento suelto se empaca antes.",
    )
    verb.add_argument("file", metavar="FILE", help="ZIP o AttachedDocument; o el XML firmado, con --answer y --key")
    verb.add_argument("--to", metavar="EMAIL", action="append", help="destinatario; por defecto los del documento")
    verb.add_argument("--from", metavar="EMAIL", dest="sender", help="remitente; por defecto el correo del emisor")
    verb.add_argument("--from-name", metavar="TEXT", help="nombre del remitente")
    verb.add_argument("--reply-to", metavar="EMAIL", help="correo para acuse, aceptación o reclamo")
    verb.add_argument("--line", metavar="TEXT", help="línea de negocio, sexto campo del asunto")
    verb.add_argument("--resend", metavar="RECORD.json", help="registro de una entrega anterior, que se repite")
    verb.add_argument("--answer", metavar="AR.xml", help="respuesta de la DIAN, para empacar")
    add_key(verb, "llave con que se firma el contenedor, para empacar")
    verb.add_argument("--provider-code", metavar="PPP", help="código del proveedor tecnológico, para empacar")
    verb.add_argument("--pdf", metavar="FILE", help="representación gráfica, para empacar")
    verb.add_argument("--annex", metavar="FILE", action="append", help="otro archivo que va con el documento")
    verb.add_argument("--out", metavar="DIR", type=Path, help="carpeta donde dejar correo, paquete y registro")
    verb.add_argument("--smtp", metavar="HOST[:PORT]", help="servidor de correo; sin él solo se escribe el .eml")
    verb.add_argument("--security", choices=("starttls", "tls", "none"), default="starttls", help="cifrado de SMTP")
    verb.add_argument("--user", metavar="TEXT", help=f"usuario de SMTP (contraseña en {SMTP_PASSWORD_VARIABLE})")
    verb.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=30.0, help="espera en cada paso de SMTP")
    verb.add_argument("--at", metavar="TIME", help="momento de la entrega (ISO 8601); por defecto, ahora")
    verb.set_defaults(run=run_deliver)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"No es un número. Se encontró: {text!r}.") from None


def run_deliver(options: argparse.Namespace) -> int:
    """Deliver a package; exit 1 when some address was refused."""
    from ..delivery.sending import DeliveryRecord, deliver, resend
    from ..models._json import load_json

    if options.smtp is None and options.out is None:
        raise InvalidInput.of("_cli.nowhere_to_deliver", field="--out")
    moment = moment_of(options.at)
    package = _package(options, moment)
    messages: list[EmailMessage] = []
    smtp = None if options.smtp is None else _smtp(options)

    def sender(message: EmailMessage, recipients: Sequence[str]) -> object:
        """Keep the message for its file, and send it where a server was given."""
        messages.append(message)
        return None if smtp is None else smtp(message, recipients)

    if options.resend is not None:
        record = DeliveryRecord.from_dict(load_json(read_file(options.resend)))
        done = resend(package, record, sender=sender, at=moment, to=options.to)
    else:
        done = deliver(
            package, sender=sender, at=moment, to=options.to, mailbox=_mailbox(options), business_line=options.line
        )
    files = _write(options, package, messages[-1], done) if options.out is not None else {}
    _print(options, package, done, files)
    return NO if done.refused else YES


def _package(options: argparse.Namespace, moment: datetime) -> Package[Any]:
    """Load the package that the options name, or make it from a signed document and its answer."""
    from .._api import read
    from ..delivery.packing import Package, pack

    data = read_file(options.file)
    if options.answer is None and options.key is None:
        return Package.load(data, name=None if options.file == "-" else Path(options.file).name)
    if options.key is None:
        raise InvalidInput.of("_cli.no_key_to_pack", field="--key")
    return pack(
        read(data),
        optional_file(options.answer),
        signer_of(options),
        at=moment,
        provider_code=options.provider_code,
        pdf=optional_file(options.pdf),
        annexes={Path(name).name: read_file(name) for name in options.annex or ()},
    )


def _mailbox(options: argparse.Namespace) -> Mailbox | None:
    from ..delivery.mail import Mailbox

    if options.sender is not None:
        return Mailbox(options.sender, options.from_name, options.reply_to)
    if options.from_name is not None or options.reply_to is not None:
        raise InvalidInput.of("_cli.no_sender", field="--from")
    return None


def _smtp(options: argparse.Namespace) -> Sender:
    from ..delivery.smtp import SmtpSender

    host, _, port = options.smtp.rpartition(":") if options.smtp.count(":") == 1 else (options.smtp, "", "")
    if port and not port.isdigit():
        raise InvalidInput("El puerto no es un número.", field="--smtp", found=options.smtp, expected="HOST:PORT")
    return SmtpSender(
        host,
        int(port) if port else None,
        user=options.user,
        password=os.environ.get(SMTP_PASSWORD_VARIABLE) if options.user else None,
        security=options.security,
        timeout=options.timeout,
    )


def _write(
    options: argparse.Namespace, package: Package[Any], message: EmailMessage, record: DeliveryRecord
) -> dict[str, str]:
    stem = package.zip_name.removesuffix(".zip")
    contents: dict[str, tuple[str, bytes | str]] = {
        "message": (f"{stem}.eml", message.as_bytes()),
        "package": (package.zip_name, package.zip_bytes),
        "record": (f"{stem}.record.json", json.dumps(record.as_dict(), ensure_ascii=False, indent=2)),
    }
    return {what: str(write_file(options.out, name, data)) for what, (name, data) in contents.items()}


_FILES = {"message": "correo", "package": "paquete", "record": "registro"}


def _print(options: argparse.Namespace, package: Package[Any], record: DeliveryRecord, files: dict[str, str]) -> None:
    findings = (*package.findings, *record.findings)
    sent = options.smtp is not None
    if options.json:
        result = {"sent": sent, "record": record.as_dict(), "files": files, "members": list(package.members)}
        emit(result | {"findings": [finding.as_dict() for finding in findings]})
        return
    say(f"{'enviado' if sent else 'escrito'}: {record.subject}")
    say("para:", ", ".join(record.recipients))
    for address, reply in record.refused.items():
        say(f"no aceptada: {address}: {reply}")
    for finding in findings:
        say(finding)
    for what, path in files.items():
        say(f"{_FILES[what]}: {path}")
