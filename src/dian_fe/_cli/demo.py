"""The verb ``demo``: the main job on the embedded simulator with made-up parties, or one random document of a kind."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import write_file
from .issuing import files_of
from .options import moment_of
from .output import NO, YES, emit, say

if TYPE_CHECKING:
    from .. import Built, Event, Invoice, Issuer, Person
    from ..families.spec import DocumentKind
    from ..testing.judge import Judge
    from ..testing.simulator import Simulator

MOMENT = "2026-03-02T10:15:00-05:00"
"""When the demo's documents are issued: fixed, so that every run gives the same files."""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the parser."""
    verb = verbs.add_parser("demo", help="factura de ejemplo en el simulador incluido")
    verb.add_argument(
        "--kind",
        metavar="KIND",
        help="emite en su lugar un documento aleatorio de este tipo, por su nombre en JSON; deja en --out el XML "
        "firmado, la respuesta de la DIAN y la representación gráfica",
    )
    verb.add_argument("--out", metavar="DIR", type=Path, help="carpeta donde dejar todo lo producido")
    verb.add_argument(
        "--at", metavar="TIME", help=f"momento de emisión (por defecto {MOMENT}); con --kind es aleatorio también"
    )
    verb.add_argument("--seed", metavar="N", type=int, default=7, help="semilla del simulador")
    verb.set_defaults(run=run_demo)


def run_demo(options: argparse.Namespace) -> int:
    """Issue an invoice and the credit note that corrects it, deliver both, and acknowledge the invoice as its buyer."""
    if options.kind is not None:
        return _run_kind(options)
    from .. import CreditNote, build
    from ..catalogs import CreditNoteConcept
    from ..testing import Simulator

    dian = Simulator(seed=options.seed)
    moment = moment_of(MOMENT if options.at is None else options.at)
    issuer, invoice = example(dian, moment)
    files: dict[str, bytes | str] = {
        "issuer.json": json.dumps(issuer.with_secrets(), ensure_ascii=False, indent=2),
        "invoice.json": invoice.to_json(indent=2),
    }
    steps: list[dict[str, Any]] = []
    built = build(invoice, issuer)
    package = _issue(dian, built, issuer, moment, files, steps)
    note_at, event_at = moment + timedelta(minutes=20), moment + timedelta(hours=1)
    note = CreditNote.correcting(
        built,
        concept=CreditNoteConcept.DEVOLUCION_PARCIAL,
        description="Devolución de una unidad en mal estado",
        number="NC1",
        issued_at=note_at,
        lines=[invoice.lines[0].without_amounts(quantity=1)],
    )
    files["credit_note.json"] = note.to_json(indent=2)
    _issue(dian, build(note, issuer), issuer, note_at, files, steps, original=built)
    if package is not None:
        buyer, person, event = _acknowledged(dian, package, event_at)
        files["person.json"] = person.to_json(indent=2)
        files["buyer.json"] = json.dumps(buyer.with_secrets(), ensure_ascii=False, indent=2)
        _issue(dian, build(event, buyer), buyer, event_at, files, steps)
    if options.out is not None:
        for name, data in files.items():
            write_file(options.out, name, data)
    _print(options, steps, files)
    return YES if all(step["status_code"] == "00" for step in steps) else NO


def _issue(
    dian: Simulator,
    built: Built[Any],
    issuer: Issuer,
    at: datetime,
    files: dict[str, bytes | str],
    steps: list[dict[str, Any]],
    original: Built[Any] | None = None,
) -> bytes | None:
    """Check, sign, send and pack a document; return the ZIP for the other side, when it was accepted."""
    from .. import Client, check, sign

    faults = check(built, issuer=issuer, original=original).faults
    signer = dian.signer(issuer.organization.nit)
    signed = sign(built, signer, at=at)
    with Client(signer=signer, transport=dian) as ws:
        answer = ws.send(signed)
    made = {what: (name, data) for what, name, data in files_of(signed, answer, issuer, signer)}
    totals = getattr(built.document, "totals", None)
    steps.append(
        {
            "kind": built.kind.name,
            "number": built.document.number,
            "payable": str(totals.payable) if totals else "",
            "key": built.key,
            "file": signed.file_name,
            "status_code": answer.status_code,
            "message": answer.status_message,
            "answer": made["answer_file"][0],
            "faults": [fault.as_dict() for fault in (*faults, *answer.faults)],
        }
    )
    files.update(made.values())
    return made["package"][1] if answer.accepted else None


def _acknowledged(dian: Simulator, package: bytes, at: datetime) -> tuple[Issuer, Person, Event]:
    """Receive a package as its buyer: read and verify it, and make the acuse de recibo."""
    from .. import Event, Issuer, Organization, Person, read, verify
    from ..catalogs import EventCode

    verified = verify(read(package), dian.trust, at=at)
    customer = verified.document.customer
    us = Organization(nit=customer.id, name=customer.name)
    person = Person(id="1020304050", first_name="Ana", family_name="Ejemplo", job_title="Compras")
    event = Event.acknowledge(verified, EventCode.ACUSE_DE_RECIBO, number="ACU1", issued_at=at, person=person)
    return Issuer(organization=us, software=dian.software, environment=dian.environment), person, event


def example(dian: Judge, moment: datetime) -> tuple[Issuer, Invoice]:
    """Make the issuer and the invoice of the demo."""
    from .. import Customer, Invoice, Issuer, Line, Organization, Payment, discount, inc_bolsas, iva
    from ..catalogs import Environment, IdType, PartyTaxScheme, PaymentMeans, Responsibility

    shop = Organization(
        nit="700085371",
        name="Tienda Ejemplo SAS",
        municipality="76001",
        address="Cl 14 # 5-20",
        emails=["ventas@example.com"],
        responsibilities=[Responsibility.NO_APLICA],
        tax_scheme=PartyTaxScheme.IVA,
    )
    resolution = dian.resolution("SETP")
    issuer = Issuer(
        organization=shop,
        software=dian.software,
        resolution=resolution,
        environment=Environment.HABILITACION,
        note_prefix="NC",
    )
    buyer = Customer(
        id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"]
    )
    products = (
        ("CAFE-500", "Café tostado 500 g", 3, "18500", iva(5), 0),
        ("MOL-1", "Molino de mano", 1, "84033.61", iva(19), 10),
        ("BOL-1", "Bolsa plástica", 1, "100", inc_bolsas(66), 0),
    )
    lines = [
        Line(
            description=name,
            quantity=quantity,
            price=Decimal(price),
            allowances=[discount(percent, reason="Descuento de temporada")] if percent else [],
            taxes=[tax],
            standard_code=code,
        )
        for code, name, quantity, price, tax, percent in products
    ]
    invoice = Invoice.from_lines(
        number=resolution.number(990_000_001),
        issued_at=moment,
        supplier=shop,
        customer=buyer,
        lines=lines,
        payment=Payment.credit(moment.date() + timedelta(days=30), PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA),
    )
    return issuer, invoice


def _print(options: argparse.Namespace, steps: list[dict[str, Any]], files: dict[str, Any]) -> None:
    if options.json:
        emit({"documents": steps, "files": sorted(files) if options.out is not None else []})
        return
    from ..families.registry import kind as kind_named

    for step in steps:
        payable = f" {step['payable']} COP," if step["payable"] else ""
        say(f"{kind_named(step['kind']).title} {step['number']}:{payable} {step['status_code']} {step['message']}")
        say(f"  clave {step['key']}")
        say(f"  archivo {step['file']}, respuesta {step['answer']}")
        for fault in step["faults"]:
            say(f"  {fault['code']} {fault['severity']}: {fault['message']}")
    say(f"archivos en {options.out}" if options.out is not None else "use --out DIR para guardar los archivos")


_NAMES = {"file": "signed", "answer_file": "answer", "pdf": "pdf"}
"""What `files_of` yields, as the JSON of ``demo --kind`` calls it."""


def _run_kind(options: argparse.Namespace) -> int:
    """Issue the document and write its files into the folder."""
    from ..families.registry import find
    from ..testing.samples import issuable, samples_of
    from ..testing.simulator import Simulator
    from ..transport.client import Client

    kind = find(options.kind)
    if kind is None or kind.name not in issuable():
        raise InvalidInput.of(
            "_cli.kind_not_issued", field="--kind", found=options.kind, expected=", ".join(issuable())
        )
    if options.out is None:
        raise InvalidInput.of("_cli.no_folder", field="--out")
    if options.at is not None:
        raise InvalidInput.of("_cli.random_moment", field="--at", found=options.at)
    dian = Simulator(seed=options.seed)
    signed, issuer = samples_of(kind.name).issued(dian, kind.name, options.seed)
    with Client(environment=dian.environment, signer=dian.signer(issuer.organization.nit), transport=dian) as ws:
        answer = ws.send(signed)
    files = {
        _NAMES[what]: str(write_file(options.out, name, data)) for what, name, data in files_of(signed, answer, issuer)
    }
    if options.json:
        secret = _secret(kind, issuer, signed.document)
        names = dict.fromkeys(_NAMES.values())
        emit({"kind": kind.name, **names, **files, "secret": secret, "accepted": answer.accepted})
    else:
        say(f"{kind.label} {signed.document.number}: {answer.status_code} {answer.status_message}")
        for path in files.values():
            say(f"  {path}")
        for fault in answer.faults:
            say(f"  {fault.code} {fault.severity.value}: {fault.message}")
    return YES if answer.accepted else NO


def _secret(kind: DocumentKind, issuer: Issuer, document: Any) -> str | None:
    """Return the toy secret that enters the document's key, so that the key can be computed again."""
    from ..families.spec import Secret

    if kind.key is None:
        return None
    form = kind.key_form(getattr(document, "type_code", None))
    resolution = issuer.numbering_of(kind, document.number)
    if form.secret is Secret.TECHNICAL_KEY and resolution is not None:
        return resolution.key()
    return issuer.software_of(kind).pin.get_secret_value()
