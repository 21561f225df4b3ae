"""The order and the terms of events, against rules written a second time in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from typing import Any

import pytest

from dian_fe.errors import InvalidInput, NaiveDatetime, NotAllowed
from dian_fe.events import EventHistory, InvoiceState, RegisteredEvent, deadline
from dian_fe.testing.event_order import refusals as refusals_at_the_office
from dian_fe.testing.event_order import takes_notes
from tests.events.support import at, every_day, oracle, third_business_day

MONDAY = date(2026, 3, 2)
CODES = ("030", "031", "032", "033", "034")


def refusals(history: EventHistory, proposed: RegisteredEvent, issued: date = MONDAY, **options: object) -> set[str]:
    """Return the codes for which the timeline refuses an event."""
    faults = history.judge(proposed, issued_at=at(issued), **options)  # type: ignore[arg-type]
    return {fault.code for fault in faults if fault.rejects}


STATES = {
    "": InvoiceState.RECIBIDA,
    "030": InvoiceState.ACUSADA,
    "030 031": InvoiceState.RECLAMADA,
    "030 032": InvoiceState.BIEN_RECIBIDO,
    "030 031 032": InvoiceState.RECLAMADA,
    "030 032 033": InvoiceState.ACEPTADA_EXPRESAMENTE,
    "030 032 034": InvoiceState.ACEPTADA_TACITAMENTE,
}
"""Every set of events that can come to be, and where it leaves the invoice."""


DAYS = ((0, 0, 0, 0), (0, 1, 2, 3), (0, 0, 3, 4), (0, 0, 0, 7), (0, 0, 7, 7), (0, 7, 14, 21))
"""Days after Monday on which the first, second, third and fourth event are signed."""


def test_every_order_of_up_to_four_events() -> None:
    """What is refused leaves no trace, as at DIAN; what is not, is registered."""
    reached: set[str] = set()
    for days, length in product(DAYS, (1, 2, 3, 4)):
        for codes in product(CODES, repeat=length):
            history, registered = EventHistory(), dict[str, date]()
            for position, code in enumerate(codes):
                day = MONDAY + timedelta(days=days[position])
                proposed = RegisteredEvent(code, f"E{position}", at(day, hour=8 + position))
                found = refusals(history, proposed)
                assert found == oracle(registered, code, day), (days, codes, position)
                if not found:
                    history = history.with_event(proposed)
                    registered[code] = day
            said = " ".join(sorted(registered))
            assert history.state is STATES[said], codes
            assert history.accepts_notes is not ("033" in registered or "034" in registered)
            reached.add(said)
    assert reached == set(STATES)


def _at_the_office(history: EventHistory, proposed: RegisteredEvent, issued: date = MONDAY) -> set[str]:
    """Return the codes for which the simulator refuses it, by its own rules."""
    registered = {event.code: event.signed_at for event in history}
    assert proposed.signed_at is not None
    return {code for code, *_ in refusals_at_the_office(
        proposed.code, proposed.signed_at, registered, invoiced_on=issued)}  # fmt: skip


def _every_history() -> Iterator[EventHistory]:
    """Yield every order of up to four different events, also those that nobody should have registered."""
    for length in range(5):
        for codes in permutations(CODES, length):
            yield EventHistory(
                tuple(
                    RegisteredEvent(code, f"E{position}", at(MONDAY, 8 + position))
                    for position, code in enumerate(codes)
                )
            )


def test_the_office_judges_by_itself_and_says_the_same() -> None:
    """Every event after every order of others, before, within and after the term, and before what precedes it."""
    moments = [at(MONDAY, 9, 30), at(MONDAY, 14), *(at(MONDAY + timedelta(days=days)) for days in (-1, 2, 3, 4, 7))]
    seen: set[str] = set()
    for history, code, moment in product(_every_history(), CODES, moments):
        proposed = RegisteredEvent(code, "E99", moment)
        found = _at_the_office(history, proposed)
        assert found == refusals(history, proposed), (str(history), str(proposed))
        if moment >= at(MONDAY, 14):
            days = {event.code: MONDAY for event in history}
            assert found == oracle(days, code, moment.date()), (str(history), str(proposed))
        assert takes_notes({event.code: event.signed_at for event in history}) is history.accepts_notes
        seen |= found
    assert seen == {"LGC01", "missing_event", "excluded_event", "late_claim", "early_event",
                    "DC24a", "DC24b", "DC24c", "DC24e"}  # fmt: skip


def test_both_end_the_term_on_the_same_day() -> None:
    for day in every_day(last=date(2027, 12, 20)):
        history, last = _received(day), third_business_day(day)
        for code, moment in product(("031", "033", "034"), (at(last, 23, 59, 59), at(last + timedelta(days=1), 0))):
            proposed = RegisteredEvent(code, "E3", moment)
            assert _at_the_office(history, proposed, day) == refusals(history, proposed, day), (code, day)


def _received(day: date) -> EventHistory:
    return EventHistory((RegisteredEvent("030", "E1", at(day, 8)), RegisteredEvent("032", "E2", at(day, 9))))


def test_the_term_ends_at_the_end_of_the_third_business_day() -> None:
    """For goods received on every single day of four years, at the seconds around both ends of the term."""
    for day in every_day(last=date(2027, 12, 20)):
        history, last = _received(day), third_business_day(day)
        assert history.term == deadline(at(day, 23, 59, 59))
        end, start = at(last, 23, 59, 59), at(last + timedelta(days=1), 0, 0, 0)
        for code, late in (("031", "late_claim"), ("033", "DC24c")):
            assert refusals(history, RegisteredEvent(code, "E3", end), day) == set(), (code, day)
            assert refusals(history, RegisteredEvent(code, "E3", start), day) == {late}, (code, day)
        assert refusals(history, RegisteredEvent("034", "E3", end), day) == {"DC24e"}, day
        assert refusals(history, RegisteredEvent("034", "E3", start), day) == set(), day
        assert not history.tacitly_accepted(last)
        assert history.tacitly_accepted(last + timedelta(days=1))


def test_every_hour_within_and_around_the_term_of_holy_week() -> None:
    """Wednesday before Easter 2026: Thursday and Friday are free, the term is Monday to Wednesday."""
    history = _received(date(2026, 4, 1))
    for hours in range(24 * 12):
        moment = at(date(2026, 4, 1), 10) + timedelta(hours=hours)
        over = moment.date() > date(2026, 4, 8)
        assert refusals(history, RegisteredEvent("033", "E3", moment)) == ({"DC24c"} if over else set())
        assert refusals(history, RegisteredEvent("034", "E3", moment)) == (set() if over else {"DC24e"})


def test_days_are_colombian_whatever_the_zone() -> None:
    """03:00 UTC of the fourth day is still the third one in Bogotá."""
    history = _received(MONDAY)
    evening = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)
    assert refusals(history, RegisteredEvent("033", "E3", evening)) == set()
    assert refusals(history, RegisteredEvent("033", "E3", evening + timedelta(hours=2))) == {"DC24c"}


def test_days_on_which_the_sources_differ_are_told() -> None:
    history = _received(MONDAY)  # the term ends on Thursday

    def told(code: str, day: date) -> set[str]:
        proposed = RegisteredEvent(code, "E3", at(day))
        return {fault.code for fault in history.judge(proposed, issued_at=at(MONDAY)) if not fault.rejects}

    assert told("033", date(2026, 3, 4)) == set()
    assert told("033", date(2026, 3, 5)) == {"doubtful_day"}
    assert told("031", date(2026, 3, 5)) == {"doubtful_day"}
    assert told("034", date(2026, 3, 6)) == set()
    friday = EventHistory(
        (RegisteredEvent("030", "E1", at(MONDAY)), RegisteredEvent("032", "E2", at(date(2026, 3, 3))))
    )
    proposed = RegisteredEvent("034", "E3", at(date(2026, 3, 7)))  # Saturday after the third business day
    assert [fault.code for fault in friday.judge(proposed, issued_at=at(MONDAY))] == ["doubtful_day"]


def test_times_before_what_precedes() -> None:
    acknowledged = EventHistory((RegisteredEvent("030", "E1", at(MONDAY, 8)),))
    assert refusals(EventHistory(), RegisteredEvent("030", "E1", at(MONDAY, 0))) == set()  # same day: DIAN says "date"
    assert refusals(EventHistory(), RegisteredEvent("030", "E1", at(date(2026, 3, 1), 23, 59, 59))) == {"DC24a"}
    assert refusals(acknowledged, RegisteredEvent("032", "E2", at(MONDAY, 7, 59, 59))) == {"DC24b"}
    assert refusals(acknowledged, RegisteredEvent("032", "E2", at(MONDAY, 8))) == set()
    assert refusals(acknowledged, RegisteredEvent("031", "E2", at(MONDAY, 7))) == {"early_event"}
    assert refusals(_received(MONDAY), RegisteredEvent("033", "E3", at(MONDAY, 8, 59))) == {"early_event"}
    assert refusals(_received(MONDAY), RegisteredEvent("034", "E3", at(MONDAY, 8, 59))) == {"DC24e"}


def test_nothing_is_signed_after_the_clock_of_the_office() -> None:
    proposed = RegisteredEvent("030", "E1", at(MONDAY, 12, 0, 1))
    assert refusals(EventHistory(), proposed, now=at(MONDAY, 12)) == {"DC24"}
    assert refusals(EventHistory(), proposed, now=at(MONDAY, 12, 0, 1)) == set()


def test_a_number_is_not_used_twice_on_an_invoice() -> None:
    history = EventHistory((RegisteredEvent("030", "E1", at(MONDAY, 8)),))
    assert refusals(history, RegisteredEvent("032", "E1", at(MONDAY, 9))) == {"AAD05"}
    assert refusals(history, RegisteredEvent("030", "E1", at(MONDAY, 9))) == {"LGC01", "AAD05"}


@pytest.mark.parametrize("code", CODES)
def test_events_of_cash_invoices_are_refused_unless_asked_for(code: str) -> None:
    proposed = RegisteredEvent(code, "E3", at(date(2026, 3, 9)))
    assert "LGC62" in refusals(_received(MONDAY), proposed, credit=False)
    assert "LGC62" not in refusals(_received(MONDAY), proposed, credit=False, allow_cash=True)


def test_unknown_times_are_told_and_do_not_refuse() -> None:
    history = EventHistory((RegisteredEvent("030", "E1"), RegisteredEvent("032", "E2")))
    faults = history.judge(RegisteredEvent("033", "E3", at(MONDAY)), issued_at=at(MONDAY))
    assert [(fault.code, fault.rejects) for fault in faults] == [("unknown_time", False)]
    faults = history.judge(RegisteredEvent("033", "E3"), issued_at=at(MONDAY))
    assert [(fault.code, fault.rejects) for fault in faults] == [("unknown_time", False)]
    assert history.term is None
    assert not history.tacitly_accepted(MONDAY)


@pytest.mark.parametrize("code", ["02", "035", "036", "051", "30", ""])
def test_other_events_are_not_of_this_order(code: str) -> None:
    with pytest.raises(NotAllowed, match="evento de la factura"):
        EventHistory().judge(RegisteredEvent(code, "E1", at(MONDAY)), issued_at=at(MONDAY))


def test_a_history_puts_events_in_order_and_can_be_read() -> None:
    given = [
        RegisteredEvent("032", "E2", at(MONDAY, 9)),
        RegisteredEvent("099"),
        RegisteredEvent("030", "E1", at(MONDAY)),
    ]
    history = EventHistory.of(given, key="ab")
    assert [event.code for event in history] == ["032", "030", "099"]
    assert len(history) == 3
    text = str(history)
    assert text.startswith("Factura con recibo del bien o servicio.")
    assert "030 Acuse de recibo de Factura Electrónica de Venta · E1 · 2026-03-02T12:00:00-05:00" in text
    assert "evento que no se conoce · sin fecha conocida" in text
    assert text.endswith("Reclamo o aceptación hasta el 2026-03-05; tácita desde el 2026-03-06.")
    assert str(EventHistory()) == "Factura recibida, sin eventos."


@pytest.mark.parametrize("year", [1, 1970, 1983, 1984, 4098, 4099, 9999])
def test_printing_never_raises(year: int) -> None:
    """Years without known holidays have no term; every other year has one."""
    day = date(year, 12, 30)
    history = EventHistory((RegisteredEvent("032", "E2", at(day)),), unread=("algo",))
    known = 1984 <= year < 4099
    assert str(day) in str(history)
    assert "Sin leer: algo" in str(history)
    assert str(day) in history._repr_html_()
    assert (history.term is not None) is known
    assert (str(history).count("Reclamo o aceptación hasta")) == known
    assert history.tacitly_accepted(date(2026, 3, 2)) is (known and year < 2026)


def test_a_term_that_cannot_be_counted_is_told() -> None:
    history = EventHistory((RegisteredEvent("032", "E2", at(date(1983, 12, 30))),))
    for code in ("033", "034"):
        faults = history.judge(RegisteredEvent(code, "E3", at(MONDAY)), issued_at=at(MONDAY))
        assert [(fault.code, fault.rejects, fault.found) for fault in faults] == [("unknown_time", False, "1983-12-30")]


def test_what_was_not_read_refuses_only_where_it_decides() -> None:
    unread = EventHistory(unread=("algo",))
    for code in CODES:
        found = unread.judge(RegisteredEvent(code, "E1", at(MONDAY)), issued_at=at(MONDAY))
        assert [(fault.code, fault.rejects) for fault in found] == [("unread_history", code != "030")]
    known = EventHistory(_received(MONDAY).events, unread=("algo",)).with_event(RegisteredEvent("099"))
    found = known.judge(RegisteredEvent("033", "E3", at(MONDAY, 10)), issued_at=at(MONDAY))
    assert [(fault.code, fault.rejects) for fault in found] == [("unread_history", False)]


def test_radian_events_do_not_change_the_state() -> None:
    history = EventHistory.of([*_received(MONDAY), RegisteredEvent("036", "X")])
    assert history.state is InvoiceState.BIEN_RECIBIDO


def test_moments_have_a_zone() -> None:
    for take in (lambda moment: RegisteredEvent("030", "E1", moment), deadline):
        with pytest.raises(NaiveDatetime):
            take(datetime(2026, 3, 2))
        for wrong in (MONDAY, datetime(1, 1, 1, tzinfo=UTC), 5):
            with pytest.raises(InvalidInput):
                take(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("events", [None, 5, "030", [None], ["030"], [EventHistory()]])
def test_a_history_is_made_of_registered_events(events: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        EventHistory.of(events)
    assert caught.value.field == "history[0]"
    assert "registered" in str(caught.value.remedy)
