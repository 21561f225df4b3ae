"""Moments in Colombian time and calendar days: accepted inputs, and the types of the fields."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from .._blank import MESSAGE, REMEDY, is_blank
from ..errors import InvalidInput, NaiveDatetime

if TYPE_CHECKING:
    from ._fields import Taken

_BOGOTA_OFFSET = timedelta(hours=-5)
BOGOTA = timezone(_BOGOTA_OFFSET)
"""Colombia's legal time: UTC−05:00 all year round."""

_A_MOMENT = "una fecha y hora con zona, por ejemplo 2026-03-02T10:15:00-05:00"


def to_bogota(value: Any, field: str | None = None) -> datetime:
    """Return an aware datetime, or its ISO 8601 text, in Colombian time, to the second.

    The fraction of a second is dropped because cbc:IssueTime is written to the second. Raises ``NaiveDatetime``, and
    ``InvalidInput`` for anything else: a number of seconds or a day alone has no zone.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise InvalidInput.of("models.not_an_iso_moment", found=repr(value)[:60]) from error
    if is_blank(value):
        raise InvalidInput(MESSAGE, found=repr(value), expected=_A_MOMENT, remedy=REMEDY)
    if not isinstance(value, datetime):
        raise InvalidInput.of("models.not_a_moment", found=repr(value)[:60], expected=_A_MOMENT)
    moment: datetime = value
    if type(value) is not datetime:  # pandas' Timestamp has nanoseconds too
        moment = datetime.combine(value.date(), value.timetz())
    offset = moment.utcoffset()
    if offset is None:
        raise NaiveDatetime.of("models.naive_datetime", field=field, found=value.isoformat())
    if offset == _BOGOTA_OFFSET:  # most moments are in Colombian time already
        return moment.replace(tzinfo=BOGOTA, microsecond=0)
    try:
        return moment.astimezone(BOGOTA).replace(microsecond=0)
    except OverflowError:  # the first and last hours of Python's range
        raise InvalidInput.of("models.moment_out_of_range", found=value.isoformat(), expected=_A_MOMENT) from None


if TYPE_CHECKING:
    Moment = Taken[datetime, datetime | str]
    MaybeMoment = Taken[datetime | None, datetime | str | None]
else:
    Moment = Annotated[datetime, BeforeValidator(to_bogota)]
    """A moment in Colombian legal time (UTC−05:00), to the second; what `to_bogota` takes."""
    MaybeMoment = Moment | None


def _plain_date(value: Any) -> date:
    if is_blank(value):
        raise InvalidInput(MESSAGE, found=repr(value), expected="una fecha, por ejemplo 2026-03-02", remedy=REMEDY)
    if isinstance(value, datetime):
        key = "models.date_with_time" if value.tzinfo is None else "models.date_with_time_and_zone"
        raise InvalidInput.of(key, found=value.isoformat())
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    raise InvalidInput.of("models.not_a_date", found=repr(value)[:60])


if TYPE_CHECKING:
    Day = Taken[date, date | str]
    MaybeDay = Taken[date | None, date | str | None]
else:
    Day = Annotated[date, BeforeValidator(_plain_date)]
    """A calendar day, or its ISO 8601 text; a datetime is refused because its day depends on the zone."""
    MaybeDay = Day | None
