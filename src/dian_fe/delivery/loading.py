"""Loads an existing package: its bytes are unchanged, so that `resend` sends the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..catalogs.identification import DIAN_NIT
from ..errors import InvalidInput
from ..families.registry import kinds, labels
from ..families.spec import Standing
from ..models._missing import datum
from ..ubl.archive import make_zip
from ..ubl.reader.containers import read
from ..ubl.received import ARCHIVE, OtherFile, Received
from .answers import accepted_answer

if TYPE_CHECKING:
    from .packing import Package

P = TypeVar("P", bound="Package[Any]")


def load_package(cls: type[P], data: bytes, name: str | None) -> P:
    """See ``Package.load``."""
    received = read(data)
    containers = [part for part in received.walk() if part.kind.standing is Standing.CONTAINER]
    documents: Sequence[Received[Any]] = ()
    if len(containers) == 1:
        documents = [each for each in containers[0].documents if each.kind.delivered] or containers[0].events
    if len(documents) != 1:
        raise InvalidInput.of(
            "delivery.not_a_package",
            field="data",
            containers=len(containers),
            documents=len(documents),
            labels=labels(each for each in kinds() if each.delivered),
        )
    (container,), (inner,) = containers, documents
    answers = [answer for answer in container.answers if datum(answer.document, "sender.id") == DIAN_NIT]
    accepted_answer(answers[0].raw if answers else None, document=inner.document, key=inner.key or "")
    file_name = container.name or (name if name and received is container else None) or f"ad{inner.document.number}.xml"
    zipped = received.kind is ARCHIVE
    members = tuple(part.name or "" for part in received.parts) if zipped else (file_name,)
    zip_name = name if zipped and name else f"z{file_name.removesuffix('.xml').removeprefix('ad')}.zip"
    # The graphic representation is next to the container; a PDF among the annexes is not one.
    pdfs = (each for each in received.parts if isinstance(each, OtherFile) and each.media_type == "application/pdf")
    return cls(
        document=inner.document,
        kind=inner.kind,
        key=inner.key or "",
        environment=container.control.environment,
        container=container.document,
        xml=container.raw,
        file_name=file_name,
        zip_bytes=data if zipped else make_zip({file_name: data}),
        zip_name=zip_name,
        members=members,
        pdf=next((each.raw for each in pdfs), None),
    )
