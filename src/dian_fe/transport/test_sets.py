"""The identifier of a test set, and the operation that takes it."""

from __future__ import annotations

from typing import Final, TypeAlias

from ..errors import InvalidIdentification
from ..models.issuer import GUID

TEST_SET_OPERATION: Final = "SendTestSetAsync"
TestSetId: TypeAlias = str
"""The GUID of a test set; `checked_test_set_id` refuses anything else."""


def checked_test_set_id(value: object) -> str:
    """Return a TestSetId: the GUID of 36 characters that the portal shows.

    Raise ``InvalidIdentification`` for None, an empty text, another form or zeros only: without it nothing reaches a
    test set.
    """
    if not isinstance(value, str) or not GUID.fullmatch(value) or not value.strip("0-"):
        if value is None or (isinstance(value, str) and not value.strip()):
            raise InvalidIdentification.of("transport.test_set_missing", field="test_set_id")
        raise InvalidIdentification.of("transport.test_set_malformed", field="test_set_id", found=repr(value))
    return value
