"""Which delivery `Company.deliver` repeats, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from ..delivery.mail import check_address
from ..delivery.sending import DeliveryRecord
from ..errors import InvalidEmail


def first_of(records: Sequence[DeliveryRecord], *, chosen: bool) -> DeliveryRecord | None:
    """Return the last delivery that repeats no other; unless ``chosen``, of those to the other side's own addresses."""
    own = [each for each in records if chosen or not each.chosen]
    return next((each for each in reversed(own) if each.resend_of is None), own[0] if own else None)


def still_without(record: DeliveryRecord, records: Sequence[DeliveryRecord]) -> tuple[str, ...]:
    """Return the addresses that refused a delivery and have not got the document by another one.

    What is no address is left out: it would be refused for ever.
    """
    got = {address.casefold() for each in records for address in each.recipients}
    return tuple(each for each in record.refused if each.casefold() not in got and _is_address(each))


def _is_address(text: str) -> bool:
    try:
        check_address(text)
    except InvalidEmail:
        return False
    return True
