"""Contingency: when DIAN's service counts as down, the evidence, the documents to send, and the deadline.

Sources: annex 1.9, sections 12.2 and 12.4, and Res. 000165 de 2023 as compiled in Res. 000227 de 2025, both as cited by
independent readers. The figures are a policy, so that they can be changed when the norm does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from .. import errors
from .._arguments import checked
from .._viewed import Viewed
from ..catalogs import DocumentType
from ..families.registry import kinds, model_kind
from ..models._dates import BOGOTA, to_bogota
from ..models.document import TradeDocument
from ..models.references import DocumentReference

if TYPE_CHECKING:
    from ..families.spec import Contingency
    from .shipment import Attempt

D = TypeVar("D", bound=TradeDocument)

DIAN_FAILURE = DocumentType.FACTURA_DE_CONTINGENCIA_DIAN.value
"""Type 04 of invoices: DIAN's service was down."""
_DELAYS = frozenset({errors.AnswerTimeout.code, errors.ConnectionLost.code})
_OUTAGES = frozenset({errors.ServiceUnavailable.code, errors.InternalFault.code})
_ELSEWHERE: list[type[errors.TransportError]] = [errors.ConnectionFailed, errors.UnreadableAnswer]
_UNCLEAR = _DELAYS | _OUTAGES | {each.code for kind in _ELSEWHERE for each in (kind, *kind.__subclasses__())}
"""Outcomes that show DIAN neither down nor working, except those counted as delays or outages."""


class DeadlineFrom(StrEnum):
    """Start of the time to transmit; the two norms are read differently."""

    SEEN_ALIVE = "seen_alive"
    """When the service is seen to work again (annex): the stricter reading."""
    NEXT_DAY = "next_day"
    """The start of the day after it was restored (Res. 000227 de 2025)."""


@checked
@dataclass(frozen=True, slots=True)
class ContingencyPolicy(Viewed):
    """The cadence and limits of contingency.

    ``statuses``: HTTP codes that show DIAN down. ``tries``: how many such answers in a row; ``delays``: how many
    timeouts in a row, of more than ``delay`` each. ``retest``: when to try again once in contingency. ``window``: time
    to transmit what was issued, from ``deadline_from``.
    """

    statuses: frozenset[int] = frozenset({403, 500, 503, 507, 508})
    tries: int = 4
    delays: int = 6
    delay: timedelta = timedelta(minutes=1)
    retest: timedelta = timedelta(minutes=30)
    window: timedelta = timedelta(hours=48)
    deadline_from: DeadlineFrom = DeadlineFrom.SEEN_ALIVE

    def assess(self, attempts: Iterable[Attempt]) -> Assessment:
        """Return an assessment of whether DIAN is down, from the attempts made.

        Only its own answers count, or connections without an answer: a name that is not resolved, a network that is not
        reached, a proxy or a certificate are local failures, and never show an outage. The first try counts as well as
        its retries, so four and six by default.
        """
        failures: list[Attempt] = []
        for attempt in attempts:
            if attempt.outcome == "started":
                continue
            if self._is_dians(attempt):
                failures.append(attempt)
            elif attempt.outcome not in _UNCLEAR:
                failures.clear()  # the service answered: earlier failures no longer count
        outages = sum(attempt.outcome in _OUTAGES for attempt in failures)
        down = outages >= self.tries or len(failures) - outages >= self.delays
        return Assessment(down, tuple(failures), self)

    def _is_dians(self, attempt: Attempt) -> bool:
        if attempt.outcome in _OUTAGES:
            return attempt.status in self.statuses
        slow = attempt.elapsed is not None and attempt.elapsed >= self.delay.total_seconds()
        return attempt.outcome in _DELAYS and slow

    def deadline(self, alive_at: datetime) -> datetime:
        """Return the last moment to transmit what was issued in contingency, in Colombian time.

        ``alive_at`` (aware): when the service was seen to work again, or DIAN declared so. Raises ``NaiveDatetime``.
        """
        start = to_bogota(alive_at, "alive_at")
        if self.deadline_from is DeadlineFrom.NEXT_DAY:
            start = datetime.combine(start.date() + timedelta(days=1), time(), tzinfo=BOGOTA)
        return start + self.window


@checked
@dataclass(frozen=True, slots=True)
class Assessment(Viewed):
    """Whether DIAN is down, and the evidence to keep: each failure with moment, HTTP status and answer."""

    dian_is_down: bool
    evidence: tuple[Attempt, ...]
    policy: ContingencyPolicy

    @property
    def invoice_type(self) -> str | None:
        """The type code for invoices issued meanwhile: "04" while DIAN is down, None otherwise."""
        return DIAN_FAILURE if self.dian_is_down else None

    @property
    def retest_at(self) -> datetime | None:
        """When to try the service again, in Colombian time; None while it is not down."""
        if not self.dian_is_down:
            return None
        last = to_bogota(self.evidence[-1].at)
        return last + self.policy.retest

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, to be stored with the documents."""
        retest = self.retest_at
        return {
            "dian_is_down": self.dian_is_down,
            "invoice_type": self.invoice_type,
            "retest_at": None if retest is None else retest.isoformat(),
            "evidence": [asdict(attempt) for attempt in self.evidence],
        }


@checked
def dian_contingency(document: D, assessment: Assessment, references: Sequence[DocumentReference] = ()) -> D:
    """Return the document of contingency that replaces one that DIAN could not receive: of type 04 for an invoice.

    Number, date and amounts, and so the key, are the same; it is built and signed again, handed to the other side
    without DIAN's answer, and transmitted before ``ContingencyPolicy.deadline``. Keep both signed XML. Only DIAN's
    failure has this type: rule CTG01 refuses an invoice outside the periods that DIAN recorded. ``references`` are
    added to ``additional_references``: an equivalent document of type 08 needs one (rule DEAI01). Raises ``NotAllowed``
    for a kind without contingency, and when the evidence does not show DIAN down.
    """
    types = _types_of(document)
    if not assessment.dian_is_down:
        raise errors.NotAllowed.of(
            "transport.dian_works",
            field="type_code",
            failures=len(assessment.evidence),
            tries=assessment.policy.tries,
            delays=assessment.policy.delays,
            types=types,
        )
    return _of_contingency(document, types.dian, references)


@checked
def transcribed(document: D, paper: Sequence[DocumentReference]) -> D:
    """Return the document of contingency that transcribes one written on paper: of type 03 for an invoice.

    ``paper``: number and date of what was handed over while the issuer could not issue. The key of an invoice is then a
    CUDE made with the software's PIN, and its number one of the contingency range. Raises ``NotAllowed`` for a kind
    without contingency, ``InvalidInput`` without reference.
    """
    types = _types_of(document)
    if not paper:
        raise errors.InvalidInput.of("transport.paper", field="additional_references")
    return _of_contingency(document, types.issuer, paper)


def _types_of(document: Any) -> Contingency:
    kind = model_kind(type(document))
    if kind is None or kind.contingency is None:
        expected = ", ".join(each.model_path[1] for each in kinds() if each.contingency)
        raise errors.NotAllowed.of(
            "transport.no_contingency", field="document", found=type(document).__name__, expected=expected
        )
    return kind.contingency


def _of_contingency(document: D, type_code: str, references: Sequence[DocumentReference]) -> D:
    changes: dict[str, Any] = {"type_code": type_code}
    if references:
        changes["additional_references"] = (*document.additional_references, *references)
    return document.replace(**changes)
