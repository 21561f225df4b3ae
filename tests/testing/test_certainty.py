"""How sure a rejection must be for the office to refuse a document."""

import pytest

from dian_fe import Certainty, Fault, Severity
from dian_fe.testing import Simulator
from dian_fe.testing.answering import as_answered


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({}, {"A", "B"}),
        ({"refuses": Certainty.CONFIRMADA}, {"A"}),
        ({"refuses": "doubtful"}, {"A", "B", "C"}),
    ],
)
def test_the_office_refuses_what_is_sure_enough(options: dict[str, Certainty], refused: set[str]) -> None:
    found = [Fault(code, Severity.RECHAZO, "", certainty=each) for code, each in zip("ABC", Certainty, strict=True)]
    advice = Fault("advice", Severity.CONSEJO, "")
    answered = as_answered([*found, advice], Simulator(**options).refuses)
    assert {fault.code for fault in answered if fault.rejects} == refused
    assert [fault.code for fault in answered] == ["A", "B", "C"]
