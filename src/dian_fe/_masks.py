"""The mask that shows in place of a secret: refused where passwords and PINs are given outside of models.

It knows no room and imports no pydantic, which opening a key does not need.
"""

from __future__ import annotations

from .errors import MaskedSecret

_MASK = "**********"
"""What ``str`` of pydantic's ``SecretStr`` gives."""


def refuse_mask(value: object, field: str, what: str) -> None:
    """Refuse exactly the ten asterisks; asterisks of another number may be somebody's password.

    ``what`` names the secret in Spanish with its article. Raise ``MaskedSecret``.
    """
    inside = getattr(value, "get_secret_value", None)
    shown = value if inside is None else inside()
    if shown in (_MASK, _MASK.encode()):
        raise MaskedSecret(
            f"{what} está enmascarado: es lo que se muestra en lugar de un secreto.",
            field=field,
            found="asteriscos en lugar del valor",
            expected="el valor en claro",
            remedy="use secreto.get_secret_value(), no str(secreto); o tómelo de su almacén de secretos.",
        )
