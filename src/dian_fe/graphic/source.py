"""The source of a representación gráfica: a document with its key, and DIAN's answer about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalogs.identification import DIAN_NIT
from ..errors import ForeignAnswer, InvalidInput, UnreadableDocument
from ..families.registry import kinds, labels, model_kind, standing_of
from ..families.spec import DocumentKind, Standing
from ..models._missing import shown
from ..models.application_response import ACCEPTED, REJECTED, VERDICTS, ApplicationResponse
from ..signing.documents import Signed
from ..ubl.answers import answer_about
from ..ubl.control import Control
from ..ubl.qr import CATALOGUE_HOSTS, catalogue_url, key_name, qr_text
from ..ubl.reader.containers import read
from ..ubl.received import Received
from ..ubl.writer.build import Built
from ..verifying.verified import Verified
from .presentation import presentation_of

if TYPE_CHECKING:
    from ..transport import Answer


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be shown, built or received."""

    document: Any
    kind: DocumentKind
    control: Control
    key: str
    environment: str
    answer: ApplicationResponse | None
    xml: bytes | None = None
    """The signed document as it was written, where there is one."""
    irregular: bool = False
    """Whether reading it reported problems: a datum left out, or read differently from how it is written."""

    @property
    def key_name(self) -> str:
        """Name of its key: CUFE, CUDE or CUDS."""
        return key_name(self.control.key_scheme, self.kind.key_scheme)

    @property
    def qr_text(self) -> str:
        """Text of the printed QR."""
        if self.kind.qr is None:
            return self.qr_url
        pairs = self.kind.facet(self.kind.qr)(self.document)
        return qr_text(pairs, self.key, self.key_name, self.environment)

    @property
    def qr_url(self) -> str:
        """Address of the document in DIAN's catalogue."""
        return catalogue_url(self.key, self.environment)


def source_of(subject: Any, answer: Answer | Received[Any] | ApplicationResponse | bytes | None = None) -> Source:
    """Return the document to be shown.

    Raises ``InvalidInput`` for anything that is not one document; ``UnreadableDocument`` for a document without key,
    environment or totals, which cannot be drawn; ``ForeignAnswer`` when ``answer`` is not DIAN's verdict, or about
    another document.
    """
    if model_kind(type(subject)) is not None:
        raise InvalidInput.of("graphic.bare_model", field="document", found=type(subject).__name__)
    if isinstance(subject, Received):
        found: Received[Any] | Built[Any] | Signed[Any] = _only(subject)
        answers = [part.document for part in subject.answers]
    elif isinstance(subject, Verified):
        return source_of(subject.received, subject.answer if answer is None else answer)
    elif standing_of(getattr(subject, "container", None)) is Standing.CONTAINER:  # a package of `dian_fe.delivery`
        return source_of(read(subject.xml), answer)
    elif isinstance(subject, (Built, Signed)):
        found, answers = subject, []
    else:
        raise InvalidInput.of("graphic.not_a_document", field="document", found=type(subject).__name__)
    document, control, key = found.document, found.control, found.key
    presentation = presentation_of(found.kind)
    if presentation is None:
        raise InvalidInput.of(
            "graphic.kind_not_drawn", field="document", found=found.kind.name, expected=_drawn(), label=found.kind.label
        )
    environment = _environment(control)
    fields = type(document).model_fields
    demanded = ((path, name) for path, name in presentation.required.items() if path.partition(".")[0] in fields)
    lacking = next((name for path, name in demanded if not document.has(path)), None)
    if not key or environment is None or lacking:
        missing = found.kind.key_label if not key else "ambiente" if environment is None else lacking
        raise UnreadableDocument.of(
            "graphic.missing_datum",
            field="document",
            found=f"{found.kind.name} {getattr(document, 'number', '')}".rstrip(),
            missing=missing,
        )
    verdict = _verdict(answers, key) if answer is None else _given(answer, document.number, key)
    irregular = isinstance(found, Received) and bool(found.problems)
    written = {Signed: "xml", Received: "raw"}.get(type(found))
    xml = None if written is None else getattr(found, written)
    return Source(shown(document), found.kind, control, key, environment, verdict, xml, irregular)


def _drawn() -> str:
    """Return the labels of the kinds that have a representación gráfica."""
    return labels(each for each in kinds() if presentation_of(each) is not None)


def _only(received: Received[Any]) -> Received[Any]:
    found = tuple(part for part in received.walk() if presentation_of(part.kind) is not None)
    if not found:
        raise InvalidInput.of(
            "graphic.nothing_to_draw",
            field="document",
            found=received.kind.name,
            label=received.kind.label,
            drawn=_drawn(),
        )
    if len({part.raw for part in found}) != 1:
        raise InvalidInput.of("graphic.several_documents", field="document", name=received.kind.name, count=len(found))
    return found[0]


def _environment(control: Control) -> str | None:
    """Return the environment: the document's, or else that of the catalogue that its QR points to; None for neither."""
    pointed_to = (code for code, host in CATALOGUE_HOSTS.items() if host in (control.qr or ""))
    codes = (control.environment, control.key_environment, *pointed_to)
    return next((code for code in codes if code in CATALOGUE_HOSTS), None)


def _given(answer: Any, number: str, key: str) -> ApplicationResponse:
    """Return the caller's answer, given as bytes, as read, or as a result of sending."""
    raw = answer if isinstance(answer, bytes) else getattr(answer, "application_response", None)
    if isinstance(raw, bytes):
        from ..ubl.reader.document import read_document

        answer = read_document(raw)
    given = answer.document if isinstance(answer, Received) else answer
    response = answer_about(given, number=number, key=key)
    if response.code not in VERDICTS:
        raise ForeignAnswer.of(
            "graphic.answer_without_verdict", field="answer", found=response.code, ACCEPTED=ACCEPTED, REJECTED=REJECTED
        )
    return response


def _verdict(answers: list[ApplicationResponse], key: str) -> ApplicationResponse | None:
    """Return DIAN's verdict about the document among the answers beside it: an acceptance, if there is one."""
    verdicts = [
        answer
        for answer in answers
        if answer.code in VERDICTS
        and getattr(getattr(answer, "sender", None), "id", None) == DIAN_NIT
        and (answer.reference_key or "").lower() == key.lower()
    ]
    return next((answer for answer in verdicts if answer.accepted), verdicts[-1] if verdicts else None)
