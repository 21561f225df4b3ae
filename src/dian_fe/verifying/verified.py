"""`Verified`: a sales document whose signatures, key, container and answer are valid, and `verify`, which makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, Unpack, overload

from .._arguments import checked
from .._token import TOKEN, Token, require_token
from .._typevars import TypeVar
from .._viewed import Viewed
from ..errors import ContentsContradict, InvalidInput, NotSigned, SignatureInvalid, SignerNotTrusted
from ..families.spec import DocumentKind
from ..faults import Fault
from ..models._missing import datum
from ..models.application_response import ApplicationResponse
from ..models.document import TradeDocument
from ..signing.documents import Signed
from ..ubl.received import OtherFile, Received
from .acceptance import Acceptance, acceptance_of
from .consistency import same
from .examining import ExamineOptions, Packed, bytes_of, examine
from .report import Examination, is_answer, is_container
from .trust import TrustStore
from .verdicts import RevocationVerdict, SignedBy

D = TypeVar("D", bound=TradeDocument, covariant=True, default=Any)


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Verified(Viewed, Generic[D]):
    """An invoice or note that `verify` has verified: the stage that events are made from. Nothing else makes one."""

    received: Received[D] = field(repr=False)
    """The document itself, as read from the very bytes that were verified (``raw``)."""
    answer: Received[ApplicationResponse] | None = field(repr=False)
    """DIAN's acceptance, verified too; None without one: then nothing proves that the document was validated."""
    examination: Examination = field(repr=False)
    """Everything found, notifications too; of the whole received file, not only this document."""
    signed_by: SignedBy
    """Who signed the document: the issuer, or a provider that ``providers`` trusts."""
    acceptance: Acceptance
    """What DIAN's acceptance proves of this document; ``acceptance.meaning`` describes it in Spanish."""
    trusted: bool | None
    """True: the path of every certificate leads to an anchor of ``trust``. None: no ``trust`` was given, so that the
    signatures hold, and only their certificates say whose they are."""

    def __init__(self, token: Token, **values: Any) -> None:
        """Take every value from `verify`, which has the library's token. Raise ``NotAllowed`` for anybody else."""
        require_token(token, "verifying.made_by_verify_only")
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def document(self) -> D:
        """The model."""
        return self.received.document

    @property
    def key(self) -> str:
        """CUFE or CUDE."""
        return self.received.key or ""

    @property
    def kind(self) -> DocumentKind:
        """The kind of document."""
        return self.received.kind

    @property
    def validated_at(self) -> datetime | None:
        """When DIAN validated it, which is its legal date of issue (expedición); None without DIAN's answer."""
        return None if self.answer is None else datum(self.answer.document, "issued_at")

    @property
    def revocation(self) -> RevocationVerdict:
        """What is known of the revocation of all certificates in the file: the least sure of their verdicts."""
        found = {part.verification.trust.revocation for part in self.examination.walk() if part.signed}
        return min(found, key=list(RevocationVerdict).index)

    def __repr__(self) -> str:
        """Show what was verified."""
        answered = "accepted" if self.answer is not None else "without answer"
        verdicts = f"trusted={self.trusted}, revocation={self.revocation.value}"
        return f"Verified({self.kind.name} {datum(self.document, 'number')!r}, {answered}, {verdicts})"


S = TypeVar("S", bound=TradeDocument)


@overload
def verify(
    received: Signed[S] | Received[S],
    trust: TrustStore | None,
    *,
    which: str | None = ...,
    **options: Unpack[ExamineOptions],
) -> Verified[S]: ...


@overload
def verify(
    received: bytes | Received[Any] | Packed,
    trust: TrustStore | None,
    *,
    which: str | None = ...,
    **options: Unpack[ExamineOptions],
) -> Verified[Any]: ...


@checked
def verify(
    received: Any, trust: TrustStore | None, *, which: str | None = None, **options: Unpack[ExamineOptions]
) -> Verified[Any]:
    """Verify an invoice or note with its container and DIAN's answer: all of it holds, or the cause is raised.

    The options are those of ``examine``, which reports everything and raises nothing. ``trust=None``: only whether the
    signatures hold is judged, not whose they are; ``Verified.trusted`` is None then. ``providers``: the NITs that may
    sign for another issuer; without it only the issuer itself. ``which``: number or key of the document, when there are
    several; what is wrong with the others does not count then. A part taken out of a received file
    (``received.sales_documents[0]``) is verified alone, without the answer beside it.

    Raises ``SignatureInvalid`` or one of its kinds – ``NotSigned``, ``SignerNotTrusted``, ``ContentsContradict`` –
    with the first cause in its message and the whole ``examination``; ``InvalidInput`` when there is no invoice or
    note, or several and ``which`` picks none; and what ``examine`` does.
    """
    examination = examine(bytes_of(received), trust, **options)
    answer = options.get("answer")
    sale = _picked(examination, which)
    relevant = _relevant(examination, sale)
    _raise_for(relevant, examination)
    answers = [part for part in relevant if is_answer(part.received) and same(part.document.reference_key, sale.key)]
    if answer is not None and examination.parts[-1] not in answers:
        found = examination.parts[-1].document.reference_key
        raise ContentsContradict.of(
            "verifying.answer_of_another", field="answer", examination=examination, found=found, expected=sale.key
        )
    # The one handed in comes last, and before what was inside.
    answered = None if not answers else answers[0 if answer is None else -1]
    judged = {part.trusted for part in relevant if part.signed}
    signed_by = sale.verification.owner.signed_by
    assert signed_by is not None, "an owner that may not sign has a fault"
    return Verified(
        token=TOKEN,
        received=sale.received,
        signed_by=signed_by,
        acceptance=acceptance_of(examination, sale),
        answer=None if answered is None else answered.received,
        examination=examination,
        trusted=True if judged == {True} else None,
    )


def _picked(examination: Examination, which: str | None) -> Examination:
    """Return the one invoice or note, or the one asked for; the same bytes twice are one."""
    sales = examination.sales
    if which is not None:
        sales = tuple(part for part in sales if same(which, datum(part.document, "number")) or same(which, part.key))
    # The one inside a container comes first: that is where the answer is.
    containers = [part for part in examination.walk() if is_container(part.received)]
    inside = [sale for sale in sales if any(sale in container.parts for container in containers)]
    distinct: dict[bytes, Examination] = {}
    for part in (*inside, *sales):
        distinct.setdefault(_text(part), part)
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    missing = "verifying.none_of_several" if len(examination.sales) > 1 else "verifying.no_document"
    found = ", ".join(f"{part.name} ({part.key})" for part in examination.sales)
    if not examination.sales:
        found = ", ".join(map(_described, examination.walk()))
    raise InvalidInput.of(
        "verifying.several_documents" if distinct else missing,
        field="received" if which is None else "which",
        found=found if which is None else f"{which}; hay: {found}",
    )


def _described(part: Examination) -> str:
    """Return the name of a part, with the reason if it is unreadable."""
    reason = part.received.reason if isinstance(part.received, OtherFile) else None
    return part.name if reason is None else f"{part.name}: {reason.message}"


def _text(part: Examination) -> bytes:
    """Return a document's bytes without what containers change: byte order mark, surrounding whitespace, line ends."""
    return part.received.raw.removeprefix(b"\xef\xbb\xbf").strip().replace(b"\r\n", b"\n")


def _relevant(examination: Examination, sale: Examination) -> tuple[Examination, ...]:
    """Return the parts that must hold: all of them, but only those around the document when there are others."""
    if not {_text(part) for part in examination.sales} - {_text(sale)}:
        return tuple(examination.walk())
    path = _path_to(sale, examination)
    at = next((at for at, part in enumerate(path) if is_container(part.received)), len(path))
    container = tuple(path[at].walk()) if at < len(path) else ()
    answers = (part for part in examination.answers if same(part.document.reference_key, sale.key))
    return (*path[:at], *container, *(part for part in answers if part not in container))


def _path_to(sale: Examination, examination: Examination) -> tuple[Examination, ...]:
    """Return the parts from the whole down to the document, both included."""
    if examination is sale:
        return (examination,)
    below = next(filter(None, (_path_to(sale, part) for part in examination.parts)), ())
    return (examination, *below) if below else ()


def _raise_for(parts: Sequence[Examination], examination: Examination) -> None:
    """Raise the worst thing wrong with the parts: no signature, a broken one, its signer, then what they say."""
    wrong = [(part, fault) for part in parts for fault in part.faults if fault.rejects]
    if not wrong:
        assert all(part.holds for part in parts), "a signature that does not hold has a fault"
        return
    part, fault = min(wrong, key=lambda found: _rank(*found))
    error = _ERRORS[_rank(part, fault)](
        f"{part.name}: {fault.message} ({fault.code})",
        field=fault.xpath or fault.path or None,
        found=fault.found,
        expected=fault.expected,
        remedy=fault.hint or "pida al emisor el documento original.",
        examination=examination,
        faults=tuple(fault for _, fault in wrong),
    )
    if isinstance(error, SignerNotTrusted):
        error.signed_by = part.verification.owner.signed_by
    raise error


def _rank(part: Examination, fault: Fault) -> int:
    """Return the rank of a fault among the causes: those of lower rank explain those of higher rank."""
    if fault in part.findings:
        return 4
    if not part.signed:
        return 0
    if fault in part.verification.signature.faults:
        return 1
    found = part.verification
    return 2 if fault in (*found.owner.faults, *found.trust.faults, *found.dates.faults) else 3


_ERRORS: Final = (NotSigned, SignatureInvalid, SignerNotTrusted, SignatureInvalid, ContentsContradict)
