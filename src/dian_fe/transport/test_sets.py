"""The identifier of a test set, and the operation that takes it."""

from __future__ import annotations

from typing import Final, TypeAlias

from ..errors import InvalidIdentification
from ..models.issuer import GUID

TEST_SET_OPERATION: Final = "SendTestSetAsync"
TestSetId: TypeAlias = str
"""The GUID of a test set; whatever else is given is refused by `checked_test_set_id`, by name."""


def checked_test_set_id(value: object) -> str:
    """Return a TestSetId: the GUID of 36 characters that the portal shows.

    Raise ``InvalidIdentification`` for None, an empty text, another form or zeros only: without it nothing reaches a
    test set.
    """
    if not isinstance(value, str) or not GUID.fullmatch(value) or not value.strip("0-"):
        empty = value is None or (isinstance(value, str) and not value.strip())
        raise InvalidIdentification(
            "Falta el identificador del set de pruebas: sin él no hay set."
            if empty
            else "El identificador del set de pruebas no es el GUID que da la DIAN.",
            field="test_set_id",
            found="vacío" if empty else repr(value),
            expected="un GUID como 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            remedy="copie el TestSetId del portal de habilitación; si el documento no es de un set de pruebas, "
            "quite el argumento test_set_id.",
        )
    return value
