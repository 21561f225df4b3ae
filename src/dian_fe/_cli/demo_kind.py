"""``demo --kind``: a random document of any kind that can be issued, on the simulator."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import write_file
from .issuing import files_of
from .output import NO, YES, emit, say

if TYPE_CHECKING:
    from ..families.spec import DocumentKind
    from ..models.issuer import Issuer

_NAMES = {"file": "signed", "answer_file": "answer", "pdf": "pdf"}


def run_kind(options: argparse.Namespace) -> int:
    """Issue the document and leave what came of it in the folder."""
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
    """Return the toy secret that the key was made with, for whoever computes it again."""
    from ..families.spec import Secret

    if kind.key is None:
        return None
    form = kind.key_form(getattr(document, "type_code", None))
    resolution = issuer.numbering_of(kind, document.number)
    if form.secret is Secret.TECHNICAL_KEY and resolution is not None:
        return resolution.key()
    return issuer.software_of(kind).pin.get_secret_value()
