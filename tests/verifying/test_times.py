"""Whether times can be true: of signatures against the present, of answers against what they answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dian_fe import examine, verify
from dian_fe.errors import SignatureInvalid
from dian_fe.testing.judge import DIAN_NIT
from tests.delivery.support import AT
from tests.verifying.sealing import event, sale, sealed, sold, unsigned_answer
from tests.verifying.support import TRUST, codes


@pytest.mark.parametrize(
    ("ahead", "refused"),
    [
        (timedelta(seconds=1), False),
        (timedelta(days=9), False),
        (timedelta(days=11), True),
        (timedelta(days=1800), True),
    ],
)
def test_a_signature_of_the_future_is_refused(ahead: timedelta, refused: bool) -> None:
    at = AT - ahead
    for data in (sale(), event()):
        examination = examine(data, TRUST, at=at)
        assert ("signing_time_in_future" in codes(examination, rejecting=True)) is refused
        assert "signing_time_in_future" in codes(examination)
    if refused:
        with pytest.raises(SignatureInvalid, match="signing_time_in_future"):
            verify(sale(), TRUST, at=at)
    assert "signing_time_in_future" not in codes(examine(sale(), TRUST, at=AT))


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(seconds=2), None),
        (timedelta(hours=-5), None),
        (timedelta(days=-2), False),
        (timedelta(days=-11), True),
        (timedelta(days=-2500), True),
    ],
)
def test_an_answer_older_than_its_document_is_refused(later: timedelta, told: bool | None) -> None:
    moment = AT + later
    dated = sealed(unsigned_answer(issued_at=moment), DIAN_NIT, time=moment.isoformat())
    signed = sealed(unsigned_answer(), DIAN_NIT, time=moment.isoformat())
    for answer in (dated, signed):
        examination = examine(sold()[0], TRUST, answer=answer)
        found = {fault.rejects for part in examination.walk() for fault in part.faults if "before" in fault.code}
        assert found == (set() if told is None else {told})
    if told:
        with pytest.raises(SignatureInvalid, match="answer_before_document"):
            verify(sold()[0], TRUST, answer=dated)


def test_an_answer_of_the_future_is_refused() -> None:
    moment = AT + timedelta(days=30)
    answer = sealed(unsigned_answer(issued_at=moment), DIAN_NIT, time=AT.isoformat())
    assert "answer_in_future" in codes(examine(sold()[0], TRUST, answer=answer, at=AT), rejecting=True)
    assert "answer_in_future" not in codes(examine(sold()[0], TRUST, answer=answer, at=moment))
