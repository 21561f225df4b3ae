"""The types of fields that only payroll has, the base of its parts, and days of months of thirty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ...errors import InvalidInput
from ...models._base import Model
from ...models._dates import Day, to_bogota
from ...models._numbers import Number

if TYPE_CHECKING:
    from ...models._fields import Taken
    from ...models._numbers import Exact


def _local(value: Any) -> datetime:
    """Return a moment as Colombian clocks show it, without zone, to the second."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise InvalidInput.of("families.payroll.not_a_time", found=repr(value)[:60]) from None
    if not isinstance(value, datetime):
        raise InvalidInput.of("families.payroll.not_a_time", found=repr(value)[:60])
    moment: datetime = value if value.tzinfo is None else to_bogota(value)
    return moment.replace(tzinfo=None, microsecond=0)


def _whole(value: Any) -> Any:
    """Refuse a truth value and a fraction; take numpy's integers, and a float without decimals, as data frames have."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise InvalidInput.of("families.payroll.not_whole", found=repr(value)[:60])
    return int(value) if isinstance(value, (Integral, float)) else value


def local_time(text: str) -> datetime:
    """Read a moment of the XML (xsd:dateTime) as Colombian clocks show it. Raise ``ValueError``."""
    return _local(datetime.fromisoformat(text))


if TYPE_CHECKING:
    MaybeLocalTime = Taken[datetime | None, datetime | str | None]
    Numbers = Taken[tuple[Decimal, ...], Iterable[Exact]]
    Days = Taken[tuple[date, ...], Iterable[date | str]]
    Count = int
else:
    MaybeLocalTime = Annotated[datetime, BeforeValidator(_local)] | None
    """A moment by Colombian clocks; one with a zone is converted and stored without it (xsd:dateTime of hours)."""
    Numbers = tuple[Number, ...]
    """Amounts, one element for each."""
    Days = tuple[Day, ...]
    """Calendar days, one element for each."""
    Count = Annotated[int, BeforeValidator(_whole)]
    """A whole number of days."""


class Part(Model, defer_build=True):
    """A group of amounts."""

    ADDS: ClassVar[tuple[str, ...]] = ()
    """Its fields that enter the total: an amount, amounts, a group or groups."""

    def amounts(self) -> Iterator[Decimal]:
        """Yield every amount that enters the total."""
        values = self.__dict__
        for name in self.ADDS:
            value = values.get(name)
            if value is None or value == ():
                continue
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Part):
                    yield from each.amounts()
                else:
                    yield each


_MONTH, _YEAR = 30, 360


def days_of_360(start: date, end: date) -> int:
    """Return the days from ``start`` to ``end``, both included, in years of 360 days and months of thirty.

    The last day of any month counts as day 30 at the end. The annex's formula is years × 360 + months × 30 + days
    (rule NIE006); that both days count is the custom of Colombian payroll. Below 1 when the end precedes the start.
    """
    last = (end + timedelta(days=1)).day == 1 if end < date.max else True
    first_day, last_day = min(start.day, _MONTH), _MONTH if last else min(end.day, _MONTH)
    return (end.year - start.year) * _YEAR + (end.month - start.month) * _MONTH + last_day - first_day + 1
