"""Moments of a signature: aware, and in Colombian time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from ..errors import NaiveDatetime

BOGOTA: Final = timezone(timedelta(hours=-5))
"""Colombia's legal time, in which DIAN reads ``SigningTime``."""


def check_aware(at: datetime, field: str = "at") -> None:
    """Refuse a moment without zone (``NaiveDatetime``)."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise NaiveDatetime.of("signing.naive_datetime", field=field, found=at.isoformat())


def parse_moment(text: str | None) -> datetime | None:
    """Read an xsd:dateTime; without zone it is taken for Colombian time. None when it cannot be read."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=BOGOTA)
