"""The decisions of sending once and only once, told without I/O: what is asked, when it waits, where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from dian_fe import errors
from dian_fe.testing import Simulator
from dian_fe.transport import Answer, Recovery, RetryPolicy, Shipment, State, Status
from dian_fe.transport.answers import Upload, UploadMessage
from dian_fe.transport.sending import Sending
from dian_fe.transport.twins import finish
from tests.transport.support import KEY, NOW, signed

DIAN = Simulator(seed=7)
SIGNED = signed(DIAN)
READY = Shipment.of(SIGNED)
OTHER = "cd" * 48
POLICY = RetryPolicy(sends=3, unavailable=(5, 6), slow=(50, 60), polls=(7, 8), settling=(2,))


def status(code: str, *, valid: bool | None = None, lines: Sequence[str] = (), key: str = "", text: str = "") -> Status:
    given = code == "00" if valid is None else valid
    return Status(given, code, text, "", tuple(lines), key, "", b"", b"")


BARE, NOT_FOUND, PENDING = status("00"), status("66"), status("")
ACCEPTED = replace(BARE, application_response=b"<a/>", raw=b"<a/>")
REJECTED = status("99", lines=["Regla: FAD06, Rechazo: x"])
RULE_90 = status("99", lines=["Regla: 90, Rechazo: Documento procesado anteriormente."])
TIMEOUT, CUT = errors.AnswerTimeout("x"), errors.ConnectionLost("x")
NO_NETWORK, DOWN = errors.NameNotResolved("x"), errors.ServiceUnavailable("x", status=503)
BAD_SEAL = errors.InvalidSecurity("x")


class Told:
    """What a delivery did: its steps as words, and where it ended."""

    def __init__(self, steps: list[str], noted: list[Shipment], end: Shipment) -> None:
        self.steps = steps
        self.noted = noted
        self.end = end
        self.answer = Answer(end)


def tell(*answers: Any, shipment: Shipment = READY, policy: RetryPolicy = POLICY) -> Told:
    """Drive a delivery with these results, one for each question; it must ask for exactly as many."""
    left, steps, noted = list(answers), [], []

    class Desk:
        """What a sending asks of its client."""

        _clock = staticmethod(lambda: NOW)

        async def _ask(self, operation: str, arguments: Any) -> Any:
            steps.append(operation)
            result = left.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        async def _sleep(self, seconds: float) -> None:
            steps.append(f"wait {seconds}")

    desk: Any = Desk()
    desk.policy = policy
    end = finish(Sending(desk, shipment, noted.append).run())
    assert not left
    return Told(steps, noted, end)


SEND, ASK, ZIP = "SendBillSync", "GetStatus", "GetStatusZip"


@pytest.mark.parametrize(
    ("answers", "steps", "state"),
    [
        ([ACCEPTED], [SEND], State.ACCEPTED),
        ([REJECTED], [SEND], State.REJECTED),
        # surely not sent: again, without asking
        ([NO_NETWORK, ACCEPTED], [SEND, "wait 5", SEND], State.ACCEPTED),
        ([NO_NETWORK, NO_NETWORK, NO_NETWORK], [SEND, "wait 5", SEND, "wait 6", SEND], State.READY),
        # uncertain: asked by key first
        ([TIMEOUT, ACCEPTED], [SEND, "wait 50", ASK], State.ACCEPTED),
        ([DOWN, ACCEPTED], [SEND, "wait 5", ASK], State.ACCEPTED),
        ([CUT, REJECTED], [SEND, "wait 50", ASK], State.REJECTED),
        ([CUT, NOT_FOUND, NOT_FOUND, ACCEPTED], [SEND, "wait 50", ASK, "wait 2", ASK, SEND], State.ACCEPTED),
        ([CUT, NOT_FOUND, ACCEPTED], [SEND, "wait 50", ASK, "wait 2", ASK], State.ACCEPTED),
        # the question itself fails: never a blind sending
        ([CUT, TIMEOUT, DOWN, DOWN, DOWN], [SEND, "wait 50", ASK, "wait 60", ASK, "wait 5", ASK, "wait 6", ASK],
         State.IN_DOUBT),
        # undecided: asked again, and told as pending in the end
        ([PENDING, PENDING, ACCEPTED], [SEND, "wait 7", ASK, "wait 8", ASK], State.ACCEPTED),
        ([PENDING, PENDING, PENDING], [SEND, "wait 7", ASK, "wait 8", ASK], State.PENDING),
        # DIAN took it and then does not know it: after settling it is safe to send
        ([PENDING, NOT_FOUND, NOT_FOUND, ACCEPTED], [SEND, "wait 7", ASK, "wait 2", "wait 8", ASK, SEND],
         State.ACCEPTED),
        # final refusals of the service: no second try
        ([BAD_SEAL], [SEND], State.READY),
        ([errors.MessageTooLarge("x")], [SEND], State.READY),
        # sendings are counted
        ([CUT, NOT_FOUND, NOT_FOUND, CUT, NOT_FOUND, NOT_FOUND, DOWN, NOT_FOUND, NOT_FOUND],
         [SEND, "wait 50", ASK, "wait 2", ASK, SEND, "wait 60", ASK, "wait 2", ASK, SEND, "wait 5", ASK, "wait 2", ASK],
         State.READY),
    ],
)  # fmt: skip
def test_what_is_asked_when_and_where_it_ends(answers: list[Any], steps: list[str], state: State) -> None:
    told = tell(*answers)
    assert told.steps == steps
    assert told.end.state is state
    assert told.end.xml == READY.xml


def test_the_shipment_is_noted_before_and_after_each_exchange() -> None:
    told = tell(CUT, ACCEPTED)
    assert [noted.state for noted in told.noted] == [State.IN_DOUBT, State.IN_DOUBT, State.ACCEPTED]
    assert [attempt.outcome for attempt in told.noted[0].attempts] == ["started"]
    assert [attempt.outcome for attempt in told.end.attempts] == ["connection_lost", "accepted"]
    assert told.end.recovered is Recovery.ASKED


@pytest.mark.parametrize("answers", [[ACCEPTED], [NOT_FOUND, NOT_FOUND, ACCEPTED]])
def test_a_shipment_that_crashed_in_doubt_asks_before_it_sends(answers: list[Any]) -> None:
    crashed = Shipment.from_json(tell(CUT, ACCEPTED).noted[0].to_json())
    told = tell(*answers, shipment=crashed)
    assert told.steps[0] == ASK
    assert told.end.state is State.ACCEPTED


def test_a_final_shipment_is_not_touched() -> None:
    assert tell(shipment=READY.with_state(State.ACCEPTED)).steps == []


def test_unknown_outcomes_tell_what_to_do_and_raise_their_cause() -> None:
    lost = tell(CUT, *[DOWN] * 3)
    assert lost.answer.outcome == "unknown"
    assert "resume" in lost.answer.next_step
    with pytest.raises(errors.OutcomeUnknown) as caught:
        lost.answer.raise_for_rejection()
    assert caught.value.__cause__ is DOWN
    assert caught.value.found == SIGNED.key
    with pytest.raises(errors.StillPending):
        tell(PENDING, PENDING, PENDING).answer.raise_for_rejection()
    with pytest.raises(errors.InvalidSecurity):
        tell(BAD_SEAL).answer.raise_for_rejection()
    with pytest.raises(errors.NameNotResolved):
        tell(*[NO_NETWORK] * 3).answer.raise_for_rejection()


def test_a_shipment_never_tried_waits_and_has_not_failed() -> None:
    answer = Answer(READY)
    assert "aún no se ha enviado" in answer.next_step
    with pytest.raises(errors.OutcomeUnknown, match="aún no se ha enviado"):
        answer.raise_for_rejection()
    asked = READY.with_attempt("GetStatus", NOW).with_outcome("unknown_key")
    assert "aún no se ha enviado" in Answer(asked).next_step
    tried = READY.with_attempt(READY.operation, NOW).with_outcome("connection_failed")
    assert "no llegó a la DIAN" in Answer(tried).next_step


def test_rule_90_is_confirmed_by_key() -> None:
    told = tell(RULE_90, ACCEPTED)
    assert told.steps == [SEND, ASK]
    assert told.end.recovered is Recovery.RULE_90
    pending = tell(RULE_90, PENDING, ACCEPTED)
    assert pending.end.state is State.ACCEPTED
    assert pending.steps == [SEND, ASK, "wait 7", ASK]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (f"Regla: 90, Rechazo: Documento con CUFE {OTHER.upper()} procesado anteriormente.", OTHER),
        ("Regla: 90, Rechazo: Documento procesado anteriormente.", ""),
    ],
)
def test_rule_90_of_another_document_is_told_once_it_settled(line: str, named: str) -> None:
    told = tell(status("99", lines=[line], key=SIGNED.key), NOT_FOUND, NOT_FOUND)
    assert told.steps == [SEND, ASK, "wait 2", ASK]
    assert (told.end.state, told.end.taken_by) == (State.REJECTED, named)
    with pytest.raises(errors.NumberTaken) as caught:
        told.answer.raise_for_rejection()
    assert named in (caught.value.found or "")
    assert "otro número" in told.answer.next_step


def test_rule_90_that_names_our_own_key_is_never_a_taken_number() -> None:
    ours = status("99", lines=[f"Regla: 90, Rechazo: Documento {SIGNED.key} procesado anteriormente."])
    told = tell(ours, NOT_FOUND, NOT_FOUND, NOT_FOUND, ACCEPTED)
    assert told.end.state is State.ACCEPTED
    assert told.end.taken_by is None


CLAIMED = status("99", lines=[f"Regla: 90, Rechazo: Documento {SIGNED.key.upper()} procesado anteriormente."])


def test_rule_90_of_our_own_key_that_is_not_found_stays_in_doubt() -> None:
    """DIAN says that it has it; it was sent five times and told «no llegó a la DIAN»."""
    told = tell(CLAIMED, *[NOT_FOUND] * 4)
    assert told.steps == [SEND, ASK, "wait 2", ASK, "wait 7", ASK, "wait 8", ASK]
    assert told.end.state is State.IN_DOUBT
    assert "no llegó" not in told.answer.next_step
    assert told.answer.outcome.label == "sin confirmar"
    with pytest.raises(errors.OutcomeUnknown, match="Sin confirmar"):
        told.answer.raise_for_rejection()


def test_what_dian_claims_to_have_is_not_resent_after_a_crash() -> None:
    end = tell(CLAIMED, *[NOT_FOUND] * 4).end
    for _ in range(3):
        again = tell(*[NOT_FOUND] * 3, shipment=Shipment.from_json(end.to_json()))
        assert SEND not in again.steps
        assert again.end.state is State.IN_DOUBT
        end = again.end
    found = tell(ACCEPTED, shipment=end)
    assert found.end.state is State.ACCEPTED


def test_a_claim_with_its_confirmation_cut_off_is_not_resent() -> None:
    told = tell(CLAIMED, TIMEOUT, *[NOT_FOUND] * 3)
    assert told.steps.count(SEND) == 1
    assert told.end.state is State.IN_DOUBT


def test_rule_90_without_key_after_a_doubtful_sending_is_unsure() -> None:
    """The number may be taken by these very bytes: nobody is told to take another one."""
    told = tell(TIMEOUT, NOT_FOUND, NOT_FOUND, RULE_90, *[NOT_FOUND] * 4)
    assert told.steps.count(SEND) == 2
    assert (told.end.state, told.end.taken_by) == (State.IN_DOUBT, None)
    assert "no lo envíe con otro número" in str(told.answer.error)


def test_rule_90_after_a_sending_that_never_left_is_a_collision() -> None:
    told = tell(NO_NETWORK, RULE_90, NOT_FOUND, NOT_FOUND)
    assert (told.end.state, told.end.taken_by) == (State.REJECTED, "")


def test_rule_90_among_other_rejections_is_a_rejection() -> None:
    both = status("99", lines=["Regla: 90, Rechazo: x", "Regla: FAD06, Rechazo: y"])
    told = tell(both, NOT_FOUND, NOT_FOUND)
    assert (told.end.state, told.end.taken_by) == (State.REJECTED, None)
    assert {fault.code for fault in told.answer.rejections} == {"90", "FAD06"}


def test_rule_90_whose_confirmation_fails_stays_in_doubt() -> None:
    told = tell(RULE_90, TIMEOUT, ACCEPTED)
    assert told.steps == [SEND, ASK, "wait 50", ASK]
    assert told.end.state is State.ACCEPTED


def test_an_acceptance_without_signed_answer_is_asked_again_once() -> None:
    told = tell(BARE, ACCEPTED)
    assert told.steps == [SEND, ASK]
    assert told.answer.application_response == b"<a/>"
    for other in (TIMEOUT, PENDING, BARE, replace(ACCEPTED, document_key=OTHER)):
        without = tell(BARE, other)
        assert without.end.state is State.ACCEPTED
        assert without.answer.error is None
        assert without.answer.application_response == b""


def test_rule_90_is_not_confirmed_by_another_acceptance() -> None:
    told = tell(RULE_90, status("00", key=OTHER), ACCEPTED)
    assert told.steps == [SEND, ASK, "wait 5", ASK]
    assert told.end.state is State.ACCEPTED
    assert any(attempt.outcome == "unreadable_answer" for attempt in told.end.attempts)


def test_an_acceptance_of_another_document_is_not_believed() -> None:
    stranger = status("00", key=OTHER)
    told = tell(stranger, ACCEPTED)
    assert told.steps == [SEND, "wait 5", ASK]
    assert told.end.state is State.ACCEPTED
    assert told.end.attempts[0].outcome == "unreadable_answer"
    uuid = f"<DocumentReference><UUID>{OTHER}</UUID></DocumentReference>"
    xml = f"<ApplicationResponse><DocumentResponse>{uuid}</DocumentResponse></ApplicationResponse>"
    other = replace(ACCEPTED, application_response=xml.encode())
    assert tell(other, ACCEPTED).steps == [SEND, "wait 5", ASK]


@pytest.mark.parametrize("odd", [status("77"), status("00", valid=False), status("66", lines=["no se sabe"])])
def test_an_unrecognised_status_is_asked_once_and_never_guessed(odd: Status) -> None:
    told = tell(odd, odd)
    assert told.steps == [SEND, ASK]
    assert told.answer.outcome == "unknown"
    assert isinstance(told.answer.error, errors.UnrecognisedStatus)
    assert told.answer.status is odd
    assert tell(odd, ACCEPTED).end.state is State.ACCEPTED


# --- asynchronous sendings ------------------------------------------------------------------------------------------

BATCH = Shipment.of(SIGNED, operation="SendBillAsync")
TEST_SET = Shipment.of(SIGNED, test_set_id="01234567-89ab-cdef-0123-456789abcdef")
TAKEN = Upload("zip-1", ())


def test_a_batch_is_polled_by_its_zip_key() -> None:
    told = tell(TAKEN, (PENDING,), (ACCEPTED,), shipment=BATCH)
    assert told.steps == ["SendBillAsync", "wait 7", ZIP, "wait 8", ZIP]
    assert told.end.state is State.ACCEPTED
    assert told.end.zip_key == "zip-1"
    assert told.noted[1].zip_key == "zip-1"  # stored as soon as it is known


def test_a_batch_that_stays_undecided_is_asked_by_key_in_the_end() -> None:
    assert tell(TAKEN, (PENDING,), (PENDING,), ACCEPTED, shipment=BATCH).end.recovered is Recovery.ASKED
    lost = tell(TAKEN, (PENDING,), (), NOT_FOUND, shipment=BATCH)
    assert lost.steps == ["SendBillAsync", "wait 7", ZIP, "wait 8", ZIP, "wait 2", ASK]
    assert (lost.end.state, lost.end.zip_key) == (State.READY, "")  # safe to send again, by whoever resumes it


def test_a_batch_that_dian_lost_is_sent_again() -> None:
    told = tell(TAKEN, (NOT_FOUND,), (NOT_FOUND,), NOT_FOUND, Upload("zip-2", ()), (ACCEPTED,), shipment=BATCH,
                policy=replace(POLICY, polls=(7,) * 9))  # fmt: skip
    assert told.steps == [
        "SendBillAsync", "wait 7", ZIP, "wait 2", "wait 7", ZIP, ASK, "SendBillAsync", "wait 7", ZIP,
    ]  # fmt: skip
    assert told.end.state is State.ACCEPTED
    assert told.end.zip_key == "zip-2"


def test_of_several_documents_in_a_batch_our_own_is_taken() -> None:
    told = tell(TAKEN, (replace(REJECTED, document_key=OTHER), replace(ACCEPTED, document_key=SIGNED.key.upper())),
                shipment=BATCH)  # fmt: skip
    assert told.end.state is State.ACCEPTED


def test_a_refused_upload_is_a_rejection_with_its_messages() -> None:
    told = tell(Upload("", (UploadMessage("", "Set inválido", "", False, ""),)), shipment=TEST_SET)
    assert told.end.state is State.REJECTED
    assert [(fault.code, fault.message) for fault in told.answer.rejections] == [("2", "Set inválido")]


def test_an_upload_whose_receipt_was_lost_is_asked_by_key() -> None:
    told = tell(TIMEOUT, ACCEPTED, shipment=TEST_SET)
    assert told.steps == ["SendTestSetAsync", "wait 50", ASK]
    assert told.end.state is State.ACCEPTED


def test_a_closed_test_set_refuses_unless_dian_has_the_document() -> None:
    closed = status("2", text="Set de prueba con identificador 0123 se encuentra Aceptado.")
    refused = tell(TAKEN, (closed,), NOT_FOUND, NOT_FOUND, shipment=TEST_SET)
    assert refused.end.state is State.REJECTED
    assert refused.answer.status_code == "2"
    assert tell(TAKEN, (closed,), ACCEPTED, shipment=TEST_SET).end.recovered is Recovery.ASKED


def test_the_annexs_cadence_is_3_times_5_s_and_5_times_2_minutes() -> None:
    policy = RetryPolicy.annex()
    outage = tell(*[NO_NETWORK] * 4, policy=policy)
    assert [step for step in outage.steps if step.startswith("wait")] == ["wait 5"] * 3
    slow = tell(TIMEOUT, *[TIMEOUT] * 5, policy=policy)
    assert [step for step in slow.steps if step.startswith("wait")] == ["wait 120"] * 5


def test_once_is_one_sending_and_no_wait() -> None:
    assert tell(TIMEOUT, policy=RetryPolicy.once()).steps == [SEND]
    assert tell(PENDING, policy=RetryPolicy.once()).end.state is State.PENDING
    resumed = tell(PENDING, policy=RetryPolicy.once()).end
    again = tell(PENDING, shipment=resumed, policy=RetryPolicy.once())
    assert (again.steps, again.end.state) == ([ASK], State.PENDING), "resuming asks, or it would stay so for ever"
    assert tell(ACCEPTED, shipment=resumed, policy=RetryPolicy.once()).end.state is State.ACCEPTED


# --- storage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    [[ACCEPTED], [REJECTED], [CUT, DOWN, DOWN, DOWN], [RULE_90, ACCEPTED], [RULE_90, NOT_FOUND, NOT_FOUND],
     [replace(ACCEPTED, application_response=b"<a/>", raw=b"PK")]],
)  # fmt: skip
def test_a_stored_shipment_comes_back_as_it_was(answers: list[Any]) -> None:
    end = tell(*answers).end
    back = Shipment.from_json(end.to_json())
    assert back == end
    assert back.as_dict() == end.as_dict()
    assert Answer(back).next_step == Answer(end).next_step
    assert type(back.error) is type(end.error)
    assert str(back.error) == str(end.error)


STORED = READY.to_json()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": "9"}', STORED[:-2], STORED.replace("ready", "x"), "[" * 99_999]
)
def test_what_is_no_stored_shipment_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidInput, match="envío guardado"):
        Shipment.from_json(text)


@pytest.mark.parametrize("text", ['{"version": 9}', STORED.replace('"version": 1', '"version": 2')])
def test_a_shipment_of_a_later_version_is_told_as_that(text: str) -> None:
    with pytest.raises(errors.StoredNewer, match="actualice dian-fe") as caught:
        Shipment.from_json(text)
    assert isinstance(caught.value, errors.InvalidInput)
    assert caught.value.expected == "hasta la versión 1"


def test_a_shipment_shows_no_bytes_and_keeps_no_secret() -> None:
    assert "<" not in repr(READY).replace("<State.READY", "")
    stored = READY.to_json()
    assert DIAN.software.pin.get_secret_value() not in stored.replace(READY.as_dict()["xml"], "")
    assert "technical" not in stored
    assert KEY not in stored
